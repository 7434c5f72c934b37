package mapping

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type pathScanner struct {
	text string
	pos  int
}

func (s *pathScanner) fail(message string) error {
	return fmt.Errorf("%w: at character %d: %s", ErrNotPath, s.pos+1, message)
}

func (s *pathScanner) blanks() {
	for s.pos < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.pos]) >= 0 {
		s.pos++
	}
}

// peek returns the next byte, 0 at the end.
func (s *pathScanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *pathScanner) path() (Path, error) {
	c := s.peek()
	switch {
	case c == '"' || c == '\'':
		value, err := s.quoted()
		return Path{literal: true, value: value}, err
	case c == '-' || c >= '0' && c <= '9':
		value, err := s.number()
		return Path{literal: true, value: value}, err
	}
	name := s.identifier()
	switch name {
	case "":
		return Path{}, s.fail("a name, a text in quotes or a number was expected")
	case "true", "false":
		return Path{literal: true, value: name == "true"}, nil
	case "null":
		return Path{literal: true}, nil
	}
	var path Path
	if name != wholeObject {
		path.steps = append(path.steps, step{key: name})
	}
	for {
		next, ok, err := s.accessor()
		if err != nil {
			return Path{}, err
		}
		if !ok {
			return path, nil
		}
		if len(path.steps) > MaxPathSteps {
			return Path{}, s.fail("too many parts")
		}
		path.steps = append(path.steps, next)
		if path.steps[0].list {
			return Path{}, s.fail("the object itself is not a list")
		}
	}
}

func (s *pathScanner) accessor() (step, bool, error) {
	s.blanks()
	switch s.peek() {
	case '.':
		s.pos++
		s.blanks()
		name := s.identifier()
		if name == "" {
			return step{}, false, s.fail("a name was expected")
		}
		return step{key: name}, true, nil
	case '{':
		return s.bracketed('}', false)
	case '[':
		return s.bracketed(']', true)
	}
	return step{}, false, nil
}

func (s *pathScanner) bracketed(closing byte, index bool) (step, bool, error) {
	s.pos++
	s.blanks()
	var next step
	var err error
	if c := s.peek(); index && c >= '0' && c <= '9' {
		next.list = true
		next.index, err = s.index()
	} else {
		next.key, err = s.quoted()
	}
	if err != nil {
		return step{}, false, err
	}
	s.blanks()
	if s.peek() != closing {
		return step{}, false, s.fail(fmt.Sprintf("%q was expected", closing))
	}
	s.pos++
	return next, true, nil
}

func (s *pathScanner) index() (int, error) {
	start := s.pos
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.pos++
	}
	n, err := strconv.Atoi(s.text[start:s.pos])
	if err != nil || n > MaxIndex {
		return 0, s.fail(fmt.Sprintf("an index is at most %d", MaxIndex))
	}
	return n, nil
}

func (s *pathScanner) identifier() string {
	start := s.pos
	for s.pos < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.pos:])
		if !isIdentifierPart(r, s.pos > start) {
			break
		}
		s.pos += size
	}
	return s.text[start:s.pos]
}

func isIdentifierPart(r rune, inside bool) bool {
	return r == '_' || r == '$' || unicode.IsLetter(r) || inside && unicode.IsDigit(r)
}

func isIdentifier(text string) bool {
	for i, r := range text {
		if r == utf8.RuneError || !isIdentifierPart(r, i > 0) {
			return false
		}
	}
	return text != ""
}

// isReserved names mean something else at the start of a path.
func isReserved(name string) bool {
	return name == wholeObject || name == "true" || name == "false" || name == "null"
}

// number reads a JSON-like number: int64 if it is whole and fits, else float64.
func (s *pathScanner) number() (any, error) {
	start := s.pos
	for c := s.peek(); c != 0 && strings.IndexByte("+-.eE0123456789", c) >= 0; c = s.peek() {
		s.pos++
	}
	text := s.text[start:s.pos]
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		s.pos = start
		return nil, s.fail("not a number")
	}
	return f, nil
}

// quoted reads a text in double or single quotes with the escapes of JavaScript: \n \t \r \\ \" \' \/ \uXXXX.
func (s *pathScanner) quoted() (string, error) {
	quote := s.peek()
	if quote != '"' && quote != '\'' {
		return "", s.fail("a text in quotes was expected")
	}
	var b strings.Builder
	for s.pos++; s.pos < len(s.text); {
		c := s.text[s.pos]
		switch c {
		case quote:
			s.pos++
			return b.String(), nil
		case '\\':
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
		case '\n', '\r':
			return "", s.fail("the text has no end")
		default:
			r, size := utf8.DecodeRuneInString(s.text[s.pos:])
			if r == utf8.RuneError && size == 1 {
				return "", s.fail("not valid UTF-8")
			}
			b.WriteRune(r)
			s.pos += size
		}
	}
	return "", s.fail("the text has no end")
}

var pathEscapes = map[byte]rune{'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', '"': '"', '\'': '\'', '/': '/'}

func (s *pathScanner) escape() (rune, error) {
	rest := s.text[s.pos:]
	if len(rest) < 2 {
		return 0, s.fail("the text has no end")
	}
	if r, ok := pathEscapes[rest[1]]; ok {
		s.pos += 2
		return r, nil
	}
	if rest[1] != 'u' || len(rest) < 6 {
		return 0, s.fail("unknown escape")
	}
	code, err := strconv.ParseUint(rest[2:6], 16, 16)
	if err != nil || !utf8.ValidRune(rune(code)) {
		return 0, s.fail("unknown escape")
	}
	s.pos += 6
	return rune(code), nil
}

func literalText(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return quoteText(v)
	case float64:
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if strings.ContainsAny(text, ".e") {
			return text
		}
		return text + ".0"
	default:
		return fmt.Sprint(v)
	}
}

func quoteText(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
