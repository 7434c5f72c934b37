package filter

import "strings"

func (n And) String() string       { return printed(n) }
func (n Or) String() string        { return printed(n) }
func (n Not) String() string       { return printed(n) }
func (n Compare) String() string   { return printed(n) }
func (n Present) String() string   { return printed(n) }
func (n ValuePath) String() string { return printed(n) }

func printed(n Node) string {
	var b strings.Builder
	n.write(&b, precedenceOr)
	return b.String()
}

func (n And) write(b *strings.Builder, _ precedence) {
	for i, t := range n.Terms {
		if i > 0 {
			b.WriteString(" and ")
		}
		t.write(b, precedenceAnd)
	}
}

func (n Or) write(b *strings.Builder, outer precedence) {
	if outer > precedenceOr {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	for i, t := range n.Terms {
		if i > 0 {
			b.WriteString(" or ")
		}
		t.write(b, precedenceOr)
	}
}

func (n Not) write(b *strings.Builder, _ precedence) {
	b.WriteString("not (")
	n.Term.write(b, precedenceOr)
	b.WriteByte(')')
}

func (n Compare) write(b *strings.Builder, _ precedence) {
	b.WriteString(n.Path.String())
	b.WriteByte(' ')
	b.WriteString(string(n.Op))
	b.WriteByte(' ')
	b.WriteString(n.Value.String())
}

func (n Present) write(b *strings.Builder, _ precedence) {
	b.WriteString(n.Path.String())
	b.WriteString(" pr")
}

func (n ValuePath) write(b *strings.Builder, _ precedence) {
	b.WriteString(n.Path.String())
	b.WriteByte('[')
	n.Filter.write(b, precedenceOr)
	b.WriteByte(']')
}
