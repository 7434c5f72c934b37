package filter

import (
	"fmt"
	"strings"
)

// Limits of one filter text; beyond them [Parse] answers a [SyntaxError].
const (
	MaxLength = 8192 // bytes
	MaxDepth  = 64   // parentheses and value paths inside one another
	MaxTerms  = 200  // comparisons and presence tests
)

const (
	expectAttribute = "an attribute"
	expectOperator  = "an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr)"
	expectValue     = `a value ("text", 12, true, false, null)`
	expectAnd       = `"and"`
	expectOr        = `"or"`
)

// Parse reads a filter. Keywords and operators are case-insensitive; `not` binds stronger than `and`, `and` stronger
// than `or`. `emails[type eq "work"].value co "x"` is accepted as a short form of
// `emails[type eq "work" and value co "x"]`. The error is always a *[SyntaxError]; an empty text is one.
func Parse(text string) (Node, error) {
	p, err := newParser(text)
	if err != nil {
		return nil, err
	}
	node, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokenEnd {
		return nil, p.unexpected(expectAnd, expectOr, "the end of the filter")
	}
	return node, nil
}

// MustParse is Parse for texts that are part of the program; it panics on an error.
func MustParse(text string) Node {
	node, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return node
}

// Target is the path of a SCIM PATCH operation (RFC 7644 §3.5.2): an attribute, the elements of it that are meant
// (nil means all) and a part of those elements (no names means the element itself).
type Target struct {
	Path   Path
	Filter Node
	Sub    Path
}

// ParseTarget reads the path of a PATCH operation: `name.familyName`, `emails[type eq "work"].value`.
// The error is always a *[SyntaxError].
func ParseTarget(text string) (Target, error) {
	p, err := newParser(text)
	if err != nil {
		return Target{}, err
	}
	var t Target
	if t.Path, err = p.path(); err != nil {
		return Target{}, err
	}
	if p.tok.kind == tokenOpenBracket {
		if t.Filter, t.Sub, err = p.brackets(); err != nil {
			return Target{}, err
		}
	}
	if p.tok.kind != tokenEnd {
		return Target{}, p.unexpected("the end of the path")
	}
	return t, nil
}

type parser struct {
	lex   lexer
	tok   token
	depth int
	terms int
}

func newParser(text string) (*parser, error) {
	if len(text) > MaxLength {
		return nil, &SyntaxError{Offset: MaxLength, Message: fmt.Sprintf("the filter is longer than %d bytes", MaxLength)}
	}
	p := &parser{lex: lexer{input: text}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *parser) advance() error {
	tok, err := p.lex.next()
	if err != nil {
		return err
	}
	p.tok = tok
	return nil
}

func (p *parser) unexpected(expected ...string) error {
	return &SyntaxError{Offset: p.tok.offset, Message: "unexpected " + p.tok.String(), Expected: expected}
}

func (p *parser) isKeyword(word string) bool {
	return p.tok.kind == tokenWord && strings.EqualFold(p.tok.raw, word)
}

func (p *parser) or() (Node, error) {
	terms, err := p.list("or", p.and)
	if err != nil {
		return nil, err
	}
	return AnyOf(terms...), nil
}

func (p *parser) and() (Node, error) {
	terms, err := p.list("and", p.term)
	if err != nil {
		return nil, err
	}
	return AllOf(terms...), nil
}

func (p *parser) list(keyword string, item func() (Node, error)) ([]Node, error) {
	var nodes []Node
	for {
		node, err := item()
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
		if !p.isKeyword(keyword) {
			return nodes, nil
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}

func (p *parser) term() (Node, error) {
	switch p.tok.kind {
	case tokenOpen:
		return p.group()
	case tokenWord:
		if p.isKeyword("not") && p.opensNext() {
			if err := p.advance(); err != nil {
				return nil, err
			}
			inner, err := p.group()
			if err != nil {
				return nil, err
			}
			return Not{Term: inner}, nil
		}
		return p.attribute()
	default:
		return nil, p.unexpected(expectAttribute, `"not"`, `"("`)
	}
}

// opensNext keeps `not` usable as the name of an attribute: it is the keyword only in front of a parenthesis.
func (p *parser) opensNext() bool {
	ahead := p.lex
	tok, err := ahead.next()
	return err == nil && tok.kind == tokenOpen
}

func (p *parser) group() (Node, error) {
	return p.enclosed(tokenClose, `")"`)
}

// enclosed reads a filter between the current opening token and the closing one.
func (p *parser) enclosed(closing tokenKind, name string) (Node, error) {
	if p.depth == MaxDepth {
		return nil, &SyntaxError{
			Offset: p.tok.offset, Message: fmt.Sprintf("the filter is nested more than %d levels deep", MaxDepth),
		}
	}
	p.depth++
	defer func() { p.depth-- }()
	if err := p.advance(); err != nil {
		return nil, err
	}
	node, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != closing {
		return nil, p.unexpected(expectAnd, expectOr, name)
	}
	return node, p.advance()
}

func (p *parser) attribute() (Node, error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokenOpenBracket {
		return p.comparison(path)
	}
	inner, sub, err := p.brackets()
	if err != nil {
		return nil, err
	}
	if len(sub.Names) > 0 {
		condition, err := p.comparison(sub)
		if err != nil {
			return nil, err
		}
		inner = AllOf(inner, condition)
	}
	return ValuePath{Path: path, Filter: inner}, nil
}

// brackets reads `[filter]` and an optional `.sub` behind it.
func (p *parser) brackets() (Node, Path, error) {
	inner, err := p.enclosed(tokenCloseBracket, `"]"`)
	if err != nil {
		return nil, Path{}, err
	}
	if p.tok.kind != tokenDot {
		return inner, Path{}, nil
	}
	if err := p.advance(); err != nil {
		return nil, Path{}, err
	}
	sub, err := p.path()
	return inner, sub, err
}

func (p *parser) path() (Path, error) {
	if p.tok.kind != tokenWord {
		return Path{}, p.unexpected(expectAttribute)
	}
	var path Path
	names := p.tok.raw
	if i := strings.LastIndexByte(names, ':'); i >= 0 {
		path.URN, names = names[:i], names[i+1:]
	}
	if (path.URN != "" || len(names) != len(p.tok.raw)) && !strings.HasPrefix(strings.ToLower(path.URN), "urn:") {
		return Path{}, &SyntaxError{Offset: p.tok.offset, Message: fmt.Sprintf("%q is not a schema URN", path.URN)}
	}
	path.Names = strings.Split(names, ".")
	for _, name := range path.Names {
		if name == "" || !isWordStart(name[0]) {
			return Path{}, &SyntaxError{
				Offset: p.tok.offset, Message: fmt.Sprintf("%q is not an attribute", p.tok.raw),
				Expected: []string{"names of letters and digits, joined by dots"},
			}
		}
	}
	return path, p.advance()
}

func (p *parser) comparison(path Path) (Node, error) {
	op, ok := parseOp(p.tok.raw)
	if p.tok.kind != tokenWord || !ok {
		return nil, p.unexpected(expectOperator)
	}
	if p.terms++; p.terms > MaxTerms {
		return nil, &SyntaxError{Offset: p.tok.offset, Message: fmt.Sprintf("the filter has more than %d comparisons", MaxTerms)}
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if op == OpPresent {
		return Present{Path: path}, nil
	}
	value, ok := literal(p.tok)
	if !ok {
		return nil, p.unexpected(expectValue)
	}
	return Compare{Path: path, Op: op, Value: value}, p.advance()
}

func literal(tok token) (Value, bool) {
	switch tok.kind {
	case tokenString:
		return Text(tok.text), true
	case tokenNumber:
		return Value{Kind: KindNumber, Text: tok.raw}, true
	case tokenWord:
		switch strings.ToLower(tok.raw) {
		case "true":
			return Bool(true), true
		case "false":
			return Bool(false), true
		case "null":
			return Null(), true
		}
	default:
	}
	return Value{}, false
}
