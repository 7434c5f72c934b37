package bpm

import (
	"encoding/json"
	"errors"
	"strings"
)

// errUnclosed is an expression without an end.
var errUnclosed = errors.New("an expression that begins with #{ has no }")

// piece is a part of a text with expressions: plain text, or JavaScript.
type piece struct {
	text   string
	script bool
}

// pieces takes a text with expressions apart. Braces within the JavaScript are counted, those in its strings are not.
func pieces(text string) ([]piece, error) {
	var parts []piece
	for text != "" {
		begin := strings.Index(text, "#{")
		if begin < 0 {
			return append(parts, piece{text: text}), nil
		}
		if begin > 0 {
			parts = append(parts, piece{text: text[:begin]})
		}
		length := closing(text[begin+2:])
		if length < 0 {
			return nil, errUnclosed
		}
		parts = append(parts, piece{text: strings.TrimSpace(text[begin+2 : begin+2+length]), script: true})
		text = text[begin+2+length+1:]
	}
	return parts, nil
}

// closing gives the place of the brace that closes an expression, -1 when there is none.
func closing(script string) int {
	depth := 0
	var quote byte
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return i
		case c == '}':
			depth--
		}
	}
	return -1
}

// Expression gives the JavaScript that yields what a text with #{expressions} stands for: the value of the expression when the text is
// nothing else, otherwise the text with the values in their places (null and undefined as nothing). Scripted is false, and the script that of
// a constant, for a text without expressions. The error is that of an expression without end.
func Expression(text string) (script string, scripted bool, err error) {
	parts, err := pieces(text)
	if err != nil {
		return "", false, err
	}
	if len(parts) == 1 && parts[0].script {
		return parenthesised(parts[0].text), true, nil
	}
	var terms []string
	for _, p := range parts {
		if p.script {
			scripted = true
			terms = append(terms, parenthesised(p.text))
		} else {
			terms = append(terms, literal(p.text))
		}
	}
	if !scripted {
		return literal(text), false, nil
	}
	return "[" + strings.Join(terms, ", ") + "].join('')", true, nil
}

// parenthesised makes an expression a script with its value, also where it begins with a brace or ends with a comment.
func parenthesised(expression string) string {
	if strings.Contains(expression, "//") {
		expression += "\n"
	}
	return "(" + expression + ")"
}

// literal is a text as JavaScript.
func literal(text string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil { // never for a string
		return `""`
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// scriptText gives the script that a condition, count or action stands for: JavaScript, or one whole expression.
func scriptText(text string) string {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "#{") {
		return text
	}
	if parts, err := pieces(text); err == nil && len(parts) == 1 {
		return parenthesised(parts[0].text)
	}
	return text
}

// valueScript gives the script of an input, an output or a scripted timer: the text as Expression reads it.
func valueScript(text string) string {
	script, _, err := Expression(text)
	if err != nil {
		return literal(text) // Check refuses it
	}
	return script
}
