package filter

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Node is one part of a filter: [And], [Or], [Not], [Compare], [Present] or [ValuePath].
// A tree is immutable once parsed and may be shared between goroutines.
type Node interface {
	// String prints the canonical form: lower-case operators, one blank, only the parentheses precedence asks for.
	String() string

	write(b *strings.Builder, outer precedence)
}

type precedence uint8

const (
	precedenceOr precedence = iota
	precedenceAnd
)

// And is true when all of its terms are. The parser yields at least two terms and none that is itself an And.
type And struct{ Terms []Node }

// Or is true when one of its terms is. The parser yields at least two terms and none that is itself an Or.
type Or struct{ Terms []Node }

// Not is true when its term is not.
type Not struct{ Term Node }

// Compare relates an attribute to a literal: `userName sw "j"`. Op is never [OpPresent].
type Compare struct {
	Path  Path
	Op    Op
	Value Value
}

// Present is true when the attribute holds a value that is neither null nor empty: `title pr`.
type Present struct{ Path Path }

// ValuePath is true when one single element of a complex attribute fulfils the inner filter:
// `emails[type eq "work" and value ew "@example.com"]`.
type ValuePath struct {
	Path   Path
	Filter Node
}

// AllOf joins terms with `and`, dropping nils and opening nested Ands; one term is returned as it is, none yields nil.
func AllOf(terms ...Node) Node {
	var flat []Node
	for _, t := range terms {
		if inner, ok := t.(And); ok {
			flat = append(flat, inner.Terms...)
		} else if t != nil {
			flat = append(flat, t)
		}
	}
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return And{Terms: flat}
}

// AnyOf joins terms with `or`, dropping nils and opening nested Ors; one term is returned as it is, none yields nil.
func AnyOf(terms ...Node) Node {
	var flat []Node
	for _, t := range terms {
		if inner, ok := t.(Or); ok {
			flat = append(flat, inner.Terms...)
		} else if t != nil {
			flat = append(flat, t)
		}
	}
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return Or{Terms: flat}
}

// Walk calls visit for node and everything below it, parents first; it does not descend where visit returns false.
func Walk(node Node, visit func(Node) bool) {
	if node == nil || !visit(node) {
		return
	}
	switch n := node.(type) {
	case And:
		for _, t := range n.Terms {
			Walk(t, visit)
		}
	case Or:
		for _, t := range n.Terms {
			Walk(t, visit)
		}
	case Not:
		Walk(n.Term, visit)
	case ValuePath:
		Walk(n.Filter, visit)
	}
}

// Path names an attribute: an optional schema URN and one or more names, `name.givenName`. Names keep the case they
// were written in and are looked up without regard to it.
type Path struct {
	URN   string
	Names []string
}

// NewPath returns the path of the given names, without a schema URN.
func NewPath(names ...string) Path { return Path{Names: names} }

// String prints the path as it is written in a filter.
func (p Path) String() string {
	dotted := strings.Join(p.Names, ".")
	if p.URN == "" {
		return dotted
	}
	return p.URN + ":" + dotted
}

// Equal tells whether both paths name the same attribute, case aside.
func (p Path) Equal(other Path) bool { return strings.EqualFold(p.String(), other.String()) }

func (p Path) join(sub Path) Path {
	names := make([]string, 0, len(p.Names)+len(sub.Names))
	return Path{URN: p.URN, Names: append(append(names, p.Names...), sub.Names...)}
}

// Op is an operator of the language.
type Op string

// The operators of RFC 7644, table 3.
const (
	OpEqual          Op = "eq"
	OpNotEqual       Op = "ne"
	OpContains       Op = "co"
	OpStartsWith     Op = "sw"
	OpEndsWith       Op = "ew"
	OpGreater        Op = "gt"
	OpGreaterOrEqual Op = "ge"
	OpLess           Op = "lt"
	OpLessOrEqual    Op = "le"
	OpPresent        Op = "pr"
)

// Ops lists all operators in the order a person expects them in a list.
func Ops() []Op {
	return []Op{
		OpEqual, OpNotEqual, OpContains, OpStartsWith, OpEndsWith,
		OpGreater, OpGreaterOrEqual, OpLess, OpLessOrEqual, OpPresent,
	}
}

func parseOp(word string) (Op, bool) {
	op := Op(strings.ToLower(word))
	switch op {
	case OpEqual, OpNotEqual, OpContains, OpStartsWith, OpEndsWith,
		OpGreater, OpGreaterOrEqual, OpLess, OpLessOrEqual, OpPresent:
		return op, true
	}
	return "", false
}

// Kind says which literal a [Value] is.
type Kind uint8

// The literals of the language, those of JSON without arrays and objects.
const (
	KindNull Kind = iota
	KindString
	KindNumber
	KindBool
)

// Value is a literal. Text holds the unescaped string, or the number as it was written (so that large numbers keep all
// their digits), or "true" and "false"; it is empty for null. Values are comparable with ==.
type Value struct {
	Kind Kind
	Text string
}

// Null is the literal null.
func Null() Value { return Value{} }

// Text is a string literal.
func Text(s string) Value { return Value{Kind: KindString, Text: s} }

// Number is a whole-number literal.
func Number(n int64) Value { return Value{Kind: KindNumber, Text: strconv.FormatInt(n, 10)} }

// Bool is the literal true or false.
func Bool(b bool) Value { return Value{Kind: KindBool, Text: strconv.FormatBool(b)} }

// String prints the literal as it is written in a filter.
func (v Value) String() string {
	switch v.Kind {
	case KindString:
		return quote(v.Text)
	case KindNumber, KindBool:
		return v.Text
	default:
		return "null"
	}
}

// Quote returns s as a string literal of the language, for callers that build a filter as text.
func Quote(s string) string { return quote(s) }

func quote(s string) string {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, len(s)+2)
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r == '\t':
			b = append(b, '\\', 't')
		case r < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&0xf])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return string(append(b, '"'))
}
