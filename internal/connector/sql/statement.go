package sql

import (
	"fmt"
	"strconv"
	"strings"
)

// statement is a mapping's SQL with its named parameters replaced by positions.
type statement struct {
	// text holds $1, $2 and so on in place of :NAME.
	text string
	// names are the parameters in the order of their positions, each once.
	names []string
	// verb is the first keyword in lower case: select, insert, with.
	verb string
}

// parse replaces the named parameters of a statement. A parameter is a colon followed by a letter or underscore and further letters,
// digits and underscores; colons in strings, quoted identifiers, dollar quotes, comments and casts (::) are left alone. One closing
// semicolon is dropped; a second statement is an error, and so are quotes and comments that do not end.
func parse(source string) (statement, error) {
	p := &parser{source: source, positions: map[string]int{}}
	if err := p.run(); err != nil {
		return statement{}, err
	}
	if p.verb == "" {
		return statement{}, fmt.Errorf("the statement is empty")
	}
	return statement{text: strings.TrimSpace(p.out.String()), names: p.names, verb: strings.ToLower(p.verb)}, nil
}

type parser struct {
	source    string
	at        int
	out       strings.Builder
	names     []string
	positions map[string]int
	verb      string
	ended     bool
}

func (p *parser) run() error {
	for p.at < len(p.source) {
		if err := p.step(); err != nil {
			return err
		}
	}
	return nil
}

// step copies one token.
func (p *parser) step() error {
	rest := p.source[p.at:]
	c := rest[0]
	switch {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
		p.copy(1)
		return nil
	case strings.HasPrefix(rest, "--"):
		return p.copyToken(lineComment(rest), nil)
	case strings.HasPrefix(rest, "/*"):
		return p.copyToken(blockComment(rest))
	case p.ended:
		return fmt.Errorf("only one statement is allowed; number the properties to run several")
	case c == ';':
		p.ended = true
		p.at++
		return nil
	case c == '\'':
		return p.copyToken(quoted(rest, '\'', p.escapeString()))
	case c == '"':
		return p.copyToken(quoted(rest, '"', false))
	case c == '$':
		return p.copyToken(dollar(rest))
	case strings.HasPrefix(rest, "::"):
		p.copy(2)
		return nil
	case c == ':' && len(rest) > 1 && startsName(rest[1]):
		p.parameter(rest)
		return nil
	case startsName(c):
		p.word(rest)
		return nil
	default:
		p.copy(1)
		return nil
	}
}

func (p *parser) copy(n int) {
	p.out.WriteString(p.source[p.at : p.at+n])
	p.at += n
}

func (p *parser) copyToken(n int, err error) error {
	if err == nil {
		p.copy(n)
	}
	return err
}

func (p *parser) parameter(rest string) {
	end := nameEnd(rest, 1)
	name := rest[1:end]
	position, known := p.positions[name]
	if !known {
		p.names = append(p.names, name)
		position = len(p.names)
		p.positions[name] = position
	}
	p.out.WriteString("$" + strconv.Itoa(position))
	p.at += end
}

func (p *parser) word(rest string) {
	end := nameEnd(rest, 0)
	if p.verb == "" {
		p.verb = rest[:end]
	}
	p.copy(end)
}

// escapeString reports whether the quote at hand opens an escape string, E'…', in which a backslash escapes.
func (p *parser) escapeString() bool {
	if p.at == 0 || p.source[p.at-1] != 'e' && p.source[p.at-1] != 'E' {
		return false
	}
	return p.at == 1 || !continuesName(p.source[p.at-2])
}

func startsName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func continuesName(c byte) bool {
	return startsName(c) || c >= '0' && c <= '9' || c == '$'
}

// nameEnd returns where the name starting at from ends. A dollar sign ends a parameter and continues an identifier; since it is the
// identifier's business, parameters stop before it.
func nameEnd(text string, from int) int {
	parameter := from > 0
	end := from
	for end < len(text) && continuesName(text[end]) && !(parameter && text[end] == '$') {
		end++
	}
	return end
}

func lineComment(text string) int {
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		return end
	}
	return len(text)
}

// blockComment returns the length of a comment; comments nest in PostgreSQL.
func blockComment(text string) (int, error) {
	depth := 0
	for i := 0; i+1 < len(text); {
		switch text[i : i+2] {
		case "/*":
			depth++
			i += 2
		case "*/":
			depth--
			i += 2
			if depth == 0 {
				return i, nil
			}
		default:
			i++
		}
	}
	return 0, fmt.Errorf("a comment does not end")
}

func quoted(text string, quote byte, backslash bool) (int, error) {
	for i := 1; i < len(text); i++ {
		switch {
		case backslash && text[i] == '\\':
			i++
		case text[i] != quote:
		case i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i + 1, nil
		}
	}
	return 0, fmt.Errorf("a quote %c does not end", quote)
}

// dollar returns the length of a dollar-quoted string, or of the dollar sign if it opens none. A position such as $1 is refused, because
// positions are ours.
func dollar(text string) (int, error) {
	if len(text) > 1 && text[1] >= '0' && text[1] <= '9' {
		return 0, fmt.Errorf("write parameters as :name, not as $%c", text[1])
	}
	end := 1
	for end < len(text) && continuesName(text[end]) && text[end] != '$' {
		end++
	}
	if end >= len(text) || text[end] != '$' {
		return 1, nil
	}
	tag := text[:end+1]
	closing := strings.Index(text[len(tag):], tag)
	if closing < 0 {
		return 0, fmt.Errorf("a dollar quote %s does not end", tag)
	}
	return closing + 2*len(tag), nil
}
