package filter

import (
	"fmt"
	"strconv"
	"strings"
)

// SQL is a condition with its bind arguments. Arguments are strings, bools and time.Time; every placeholder carries its
// type as a cast, so that the server never has to guess.
type SQL struct {
	Text string
	Args []any
}

// Compile turns a filter into a condition over the expressions of the schema. Placeholders are numbered from firstArg
// ($3 if two arguments precede). No literal of the filter ever becomes part of the text. The text is in parentheses and
// may be joined with others as it is; a nil node yields "(true)".
// The error is an *[AttributeError] or a *[ValueError].
func Compile(node Node, schema *Schema, firstArg int) (SQL, error) {
	if firstArg < 1 {
		return SQL{}, fmt.Errorf("filter: the first placeholder must be $1 or later, not $%d", firstArg)
	}
	if node == nil {
		return SQL{Text: "(true)"}, nil
	}
	c := &compiler{next: firstArg}
	text, err := c.node(node, schema)
	if err != nil {
		return SQL{}, err
	}
	return SQL{Text: "(" + text + ")", Args: c.args}, nil
}

type compiler struct {
	next int
	args []any
}

// bind adds an argument and returns its placeholder with a cast.
func (c *compiler) bind(value any, sqlType string) string {
	c.args = append(c.args, value)
	c.next++
	return "$" + strconv.Itoa(c.next-1) + "::" + sqlType
}

func (c *compiler) node(node Node, s *Schema) (string, error) {
	switch n := node.(type) {
	case And:
		return c.list(n.Terms, s, " and ")
	case Or:
		return c.list(n.Terms, s, " or ")
	case Not:
		text, err := c.node(n.Term, s)
		if err != nil {
			return "", err
		}
		// SQL's third truth value must not leak: whatever is not true is matched by not.
		return "(" + text + ") is not true", nil
	case Present:
		return c.present(n.Path, s)
	case Compare:
		return c.compare(n, s)
	case ValuePath:
		return c.valuePath(n, s)
	default:
		return "", fmt.Errorf("filter: %T cannot be compiled", node)
	}
}

func (c *compiler) list(terms []Node, s *Schema, joint string) (string, error) {
	texts := make([]string, len(terms))
	for i, t := range terms {
		text, err := c.node(t, s)
		if err != nil {
			return "", err
		}
		texts[i] = "(" + text + ")"
	}
	return strings.Join(texts, joint), nil
}

func (c *compiler) valuePath(n ValuePath, s *Schema) (string, error) {
	st, err := s.resolveElements(n.Path)
	if err != nil {
		return "", err
	}
	var inner string
	if len(st.rest.Names) > 0 {
		inner, err = c.valuePath(ValuePath{Path: st.rest, Filter: n.Filter}, st.relation.Schema)
	} else {
		inner, err = c.node(n.Filter, st.relation.Schema)
	}
	if err != nil {
		return "", st.relation.prefixed(err)
	}
	return st.relation.exists(inner), nil
}

func (c *compiler) present(p Path, s *Schema) (string, error) {
	st, err := s.resolve(p)
	switch {
	case err != nil:
		return "", err
	case st.attribute != nil:
		return st.attribute.presentSQL(), nil
	case len(st.rest.Names) == 0:
		return st.relation.exists("true"), nil
	}
	inner, err := c.present(st.rest, st.relation.Schema)
	if err != nil {
		return "", st.relation.prefixed(err)
	}
	return st.relation.exists(inner), nil
}

func (c *compiler) compare(n Compare, s *Schema) (string, error) {
	st, err := s.resolveValue(n.Path)
	if err != nil {
		return "", err
	}
	if st.attribute != nil {
		value, err := st.attribute.operand(n)
		if err != nil {
			return "", err
		}
		return c.attribute(st.attribute, n.Op, value), nil
	}
	inner, err := c.compare(Compare{Path: st.rest, Op: n.Op, Value: n.Value}, st.relation.Schema)
	if err != nil {
		return "", st.relation.prefixed(err)
	}
	exists := st.relation.exists(inner)
	if n.matchesNull() {
		// No related row at all counts as null.
		return exists + " or not " + st.relation.exists("true"), nil
	}
	return exists, nil
}

// matchesNull tells whether the comparison is true for an attribute that holds nothing.
func (n Compare) matchesNull() bool {
	return (n.Op == OpEqual) == (n.Value.Kind == KindNull) && (n.Op == OpEqual || n.Op == OpNotEqual)
}

func (r *Relation) exists(condition string) string {
	return strings.Replace(r.SQL, "%s", "("+condition+")", 1)
}
