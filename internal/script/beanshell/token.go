package beanshell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind classifies a token.
type Kind int

// The kinds of Token; End closes every scan and carries the white space at the end.
const (
	End Kind = iota
	Identifier
	Number
	Text
	Regexp
	Punctuation
)

// Token is one word of a script with the white space and comments before it. Line and Column count from 1, columns in
// bytes.
type Token struct {
	Kind   Kind
	Space  string
	Text   string
	Line   int
	Column int
}

// punctuators of more than one character, longest first; JavaScript's and Java's together.
var punctuators = []string{
	">>>=", "===", "!==", ">>>", "<<=", ">>=", "**=", "...", "&&=", "||=", "??=",
	"==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
	"<<", ">>", "=>", "->", "::", "??", "**",
}

// scanner cuts a text into tokens. It accepts any text: what fits nothing is a punctuation token of one character.
type scanner struct {
	text   string
	at     int
	line   int
	start  int // offset of the current line
	tokens []Token
}

// Scan returns the tokens of a script, the last of kind End. Joining Space and Text of all gives the text again.
func Scan(text string) []Token {
	s := &scanner{text: text, line: 1}
	for {
		from := s.at
		s.skipSpace()
		token := Token{Space: text[from:s.at], Line: s.line, Column: s.at - s.start + 1}
		begin := s.at
		token.Kind = s.next()
		token.Text = text[begin:s.at]
		s.countLines(begin)
		s.tokens = append(s.tokens, token)
		if token.Kind == End {
			return s.tokens
		}
	}
}

// countLines follows the line breaks between from and the current place.
func (s *scanner) countLines(from int) {
	part := s.text[from:s.at]
	if n := strings.Count(part, "\n"); n > 0 {
		s.line += n
		s.start = from + strings.LastIndexByte(part, '\n') + 1
	}
}

func (s *scanner) rest() string { return s.text[s.at:] }

func (s *scanner) skipSpace() {
	from := s.at
	defer func() { s.countLines(from) }()
	for s.at < len(s.text) {
		switch rest := s.rest(); {
		case strings.HasPrefix(rest, "//"):
			s.at += lengthTo(rest, "\n", false)
		case strings.HasPrefix(rest, "/*"):
			s.at += 2 + lengthTo(rest[2:], "*/", true)
		default:
			r, size := utf8.DecodeRuneInString(rest)
			if !unicode.IsSpace(r) && r != '\ufeff' {
				return
			}
			s.at += size
		}
	}
}

// lengthTo is the distance to a mark, beyond it if asked, or to the end.
func lengthTo(text, mark string, beyond bool) int {
	i := strings.Index(text, mark)
	if i < 0 {
		return len(text)
	}
	if beyond {
		return i + len(mark)
	}
	return i
}

// next moves over one token.
func (s *scanner) next() Kind {
	rest := s.rest()
	if rest == "" {
		return End
	}
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case isWordRune(r):
		return s.word()
	case r >= '0' && r <= '9', r == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		return s.number()
	case r == '"' || r == '\'':
		s.at += quoted(rest, byte(r), false)
		return Text
	case r == '`':
		s.at += template(rest)
		return Text
	case r == '/' && s.regexpAllowed():
		if n := regexpLength(rest); n > 0 {
			s.at += n
			return Regexp
		}
	}
	for _, p := range punctuators {
		if strings.HasPrefix(rest, p) {
			s.at += len(p)
			return Punctuation
		}
	}
	s.at += size
	return Punctuation
}

func isWordRune(r rune) bool {
	return r == '_' || r == '$' || unicode.IsLetter(r)
}

func (s *scanner) word() Kind {
	for i, r := range s.rest() {
		if !isWordRune(r) && !unicode.IsDigit(r) {
			s.at += i
			return Identifier
		}
	}
	s.at = len(s.text)
	return Identifier
}

func (s *scanner) number() Kind {
	rest := s.rest()
	i := 1
	for ; i < len(rest); i++ {
		c := rest[i]
		exponentSign := (c == '+' || c == '-') && (rest[i-1] == 'e' || rest[i-1] == 'E') && !strings.HasPrefix(rest, "0x")
		if c != '.' && c != '_' && !exponentSign && !isAlphanumeric(c) {
			break
		}
	}
	s.at += i
	return Number
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// quoted is the length of a text literal; without its closing quote it ends with the line.
func quoted(text string, quote byte, multiline bool) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		case '\n':
			if !multiline {
				return i
			}
		}
	}
	return len(text)
}

// template is the length of a template literal with the expressions in it.
func template(text string) int {
	depth := 0
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case depth == 0 && c == '`':
			return i + 1
		case depth == 0 && c == '$' && i+1 < len(text) && text[i+1] == '{':
			depth++
			i++
		case depth > 0 && c == '{':
			depth++
		case depth > 0 && c == '}':
			depth--
		case depth > 0 && (c == '"' || c == '\''):
			i += quoted(text[i:], c, false) - 1
		case depth > 0 && c == '`':
			i += quoted(text[i:], '`', true) - 1
		}
	}
	return len(text)
}

// regexpAllowed decides from the token before whether a slash can begin a regular expression.
func (s *scanner) regexpAllowed() bool {
	if len(s.tokens) == 0 {
		return true
	}
	switch prev := s.tokens[len(s.tokens)-1]; prev.Kind {
	case Identifier:
		switch prev.Text {
		case "return", "typeof", "case", "in", "of", "new", "delete", "void", "throw", "else", "do", "instanceof":
			return true
		}
		return false
	case Punctuation:
		return prev.Text != ")" && prev.Text != "]" && prev.Text != "}" && prev.Text != "++" && prev.Text != "--"
	default:
		return false
	}
}

// regexpLength is the length of a regular expression literal with its flags, 0 if it does not end on its line.
func regexpLength(text string) int {
	class := false
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			return 0
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			i++
			for i < len(text) && isAlphanumeric(text[i]) {
				i++
			}
			return i
		}
	}
	return 0
}

// join is the text of the tokens.
func join(tokens []Token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.Space)
		b.WriteString(t.Text)
	}
	return b.String()
}

// Normalise prepares a JavaScript text: x.length() on a text, which JavaScript does not know and the guide's samples
// use (page 065), becomes x.$length(). The tokens are those of the original.
func Normalise(text string) (string, []Token) {
	tokens := Scan(text)
	edited := append([]Token(nil), tokens...)
	changed := false
	for i := range edited {
		if isLengthCall(edited, i) {
			edited[i].Text = "$length"
			changed = true
		}
	}
	if !changed {
		return text, tokens
	}
	return join(edited), tokens
}

// isLengthCall recognises the word of .length().
func isLengthCall(tokens []Token, i int) bool {
	return tokens[i].Text == "length" && i > 0 && tokens[i-1].Text == "." &&
		i+2 < len(tokens) && tokens[i+1].Text == "(" && tokens[i+2].Text == ")"
}

// ClassNames finds the dotted class names of a script (java.util.Date), each as one token at its first word. A name
// given to Java.type as text counts too.
func ClassNames(tokens []Token) []Token {
	var names []Token
	for i := 0; i < len(tokens); i++ {
		if name, next := classNameAt(tokens, i); next > i {
			names = append(names, name)
			i = next - 1
		}
	}
	return names
}

// roots are the packages class names begin with.
var roots = map[string]bool{"java": true, "javax": true, "com": true, "es": true, "org": true}

func classNameAt(tokens []Token, i int) (Token, int) {
	t := tokens[i]
	if t.Kind == Text && i >= 2 && tokens[i-1].Text == "(" && tokens[i-2].Text == "type" {
		t.Text = strings.Trim(t.Text, `"'`)
		return t, i + 1
	}
	if !roots[t.Text] || i > 0 && tokens[i-1].Text == "." && !(i > 1 && tokens[i-2].Text == "Packages") {
		return t, i
	}
	for j := i + 1; j+1 < len(tokens) && tokens[j].Text == "." && tokens[j+1].Kind == Identifier; j += 2 {
		if c := tokens[j+1].Text[0]; c >= 'A' && c <= 'Z' {
			t.Text = joined(tokens[i : j+2])
			return t, j + 2
		}
	}
	return t, i
}

// joined is the text of the tokens without what stood between them.
func joined(tokens []Token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.Text)
	}
	return b.String()
}
