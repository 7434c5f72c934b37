package filter

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenString
	tokenNumber
	tokenOpen         // (
	tokenClose        // )
	tokenOpenBracket  // [
	tokenCloseBracket // ]
	tokenDot          // only after ]
)

type token struct {
	kind   tokenKind
	offset int
	raw    string // as written
	text   string // unescaped string
}

func (t token) String() string {
	if t.kind == tokenEnd {
		return "end of the filter"
	}
	return strconv.Quote(t.raw)
}

type lexer struct {
	input string
	pos   int
}

var punctuation = map[byte]tokenKind{
	'(': tokenOpen, ')': tokenClose, '[': tokenOpenBracket, ']': tokenCloseBracket, '.': tokenDot,
}

func (l *lexer) next() (token, error) {
	for l.pos < len(l.input) && isBlank(l.input[l.pos]) {
		l.pos++
	}
	if l.pos == len(l.input) {
		return token{kind: tokenEnd, offset: l.pos}, nil
	}
	start, c := l.pos, l.input[l.pos]
	if kind, ok := punctuation[c]; ok {
		l.pos++
		return token{kind: kind, offset: start, raw: l.input[start:l.pos]}, nil
	}
	switch {
	case c == '"':
		return l.string()
	case c == '-' || isDigit(c):
		return l.number()
	case isWordStart(c):
		for l.pos < len(l.input) && isWordPart(l.input[l.pos]) {
			l.pos++
		}
		return token{kind: tokenWord, offset: start, raw: l.input[start:l.pos]}, nil
	}
	r, size := utf8.DecodeRuneInString(l.input[start:])
	if r == utf8.RuneError && size == 1 {
		return token{}, &SyntaxError{Offset: start, Message: "the text is not valid UTF-8"}
	}
	return token{}, &SyntaxError{Offset: start, Message: fmt.Sprintf("unexpected character %q", r)}
}

func (l *lexer) number() (token, error) {
	start := l.pos
	for l.pos < len(l.input) && isNumberPart(l.input[l.pos]) {
		l.pos++
	}
	raw := l.input[start:l.pos]
	if !isJSONNumber(raw) {
		return token{}, &SyntaxError{Offset: start, Message: fmt.Sprintf("%q is not a number", raw)}
	}
	if !numberInRange(raw) {
		return token{}, &SyntaxError{Offset: start, Message: fmt.Sprintf("the number %q is out of range", raw)}
	}
	return token{kind: tokenNumber, offset: start, raw: raw}, nil
}

// numberInRange keeps numbers to what both a float64 and PostgreSQL's numeric can hold.
func numberInRange(raw string) bool {
	if f, err := strconv.ParseFloat(raw, 64); err != nil || math.IsInf(f, 0) {
		return false
	}
	i := strings.IndexAny(raw, "eE")
	if i < 0 {
		return true
	}
	exponent, err := strconv.Atoi(raw[i+1:])
	return err == nil && exponent >= -308 && exponent <= 308
}

func (l *lexer) string() (token, error) {
	start := l.pos
	var b strings.Builder
	for l.pos++; l.pos < len(l.input); {
		c := l.input[l.pos]
		switch {
		case c == '"':
			l.pos++
			return token{kind: tokenString, offset: start, raw: l.input[start:l.pos], text: b.String()}, nil
		case c == '\\':
			if err := l.escape(&b); err != nil {
				return token{}, err
			}
		case c < 0x20:
			return token{}, &SyntaxError{Offset: l.pos, Message: "control characters in a string must be escaped"}
		default:
			r, size := utf8.DecodeRuneInString(l.input[l.pos:])
			if r == utf8.RuneError && size == 1 {
				return token{}, &SyntaxError{Offset: l.pos, Message: "the text is not valid UTF-8"}
			}
			b.WriteRune(r)
			l.pos += size
		}
	}
	return token{}, &SyntaxError{Offset: start, Message: "the string has no end", Expected: []string{`"""`}}
}

var escapes = map[byte]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func (l *lexer) escape(b *strings.Builder) error {
	start := l.pos
	if l.pos+1 == len(l.input) {
		return &SyntaxError{Offset: start, Message: "the string has no end"}
	}
	c := l.input[l.pos+1]
	if plain, ok := escapes[c]; ok {
		l.pos += 2
		return b.WriteByte(plain)
	}
	r, ok := l.unicodeEscape()
	if ok && utf16.IsSurrogate(r) {
		var low rune
		low, ok = l.unicodeEscape()
		r = utf16.DecodeRune(r, low)
		ok = ok && r != utf8.RuneError
	}
	if !ok {
		return &SyntaxError{Offset: start, Message: "invalid escape in the string"}
	}
	if r == 0 {
		// PostgreSQL's text cannot hold it, so nothing could ever match.
		return &SyntaxError{Offset: start, Message: "a string cannot hold the character NUL"}
	}
	b.WriteRune(r)
	return nil
}

// unicodeEscape reads one \uXXXX.
func (l *lexer) unicodeEscape() (rune, bool) {
	rest := l.input[l.pos:]
	if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
		return 0, false
	}
	code, err := strconv.ParseUint(rest[2:6], 16, 16)
	if err != nil {
		return 0, false
	}
	l.pos += 6
	return rune(code), true
}

// isJSONNumber tells whether raw is a number of RFC 8259 §6.
func isJSONNumber(raw string) bool {
	rest := strings.TrimPrefix(raw, "-")
	whole := digits(rest)
	if whole == 0 || (whole > 1 && rest[0] == '0') {
		return false
	}
	rest = rest[whole:]
	if fraction, ok := strings.CutPrefix(rest, "."); ok {
		n := digits(fraction)
		if n == 0 {
			return false
		}
		rest = fraction[n:]
	}
	if rest == "" {
		return true
	}
	if rest[0] != 'e' && rest[0] != 'E' {
		return false
	}
	rest = rest[1:]
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[1:]
	}
	return rest != "" && digits(rest) == len(rest)
}

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isWordStart(c byte) bool { return isAlpha(c) || c == '_' || c == '$' }

// isWordPart takes dots and colons too: `name.givenName` and a schema URN are one word.
func isWordPart(c byte) bool {
	return isWordStart(c) || isDigit(c) || c == '-' || c == '.' || c == ':'
}

func isNumberPart(c byte) bool { return isDigit(c) || isAlpha(c) || c == '.' || c == '-' || c == '+' }
