package filter

import (
	"errors"
	"fmt"
	"strings"
)

// ErrIncomparable says that an operator was asked of a literal it cannot order, such as `active gt true`.
var ErrIncomparable = errors.New("true, false and null have no order and no parts")

// Resolver gives [Match] the attributes of one object.
type Resolver interface {
	// Attribute returns what the object holds under the first name of a path, found without regard to case; nil if
	// nothing. Values are strings, bools, numbers of any Go type, json.Number, time.Time, fmt.Stringer (ids), maps with
	// string keys for complex values, and slices of these. A schema URN is part of the name, before a colon.
	Attribute(name string) any
}

// Describer is a [Resolver] that knows the schema of its object; paths are relative to the object.
type Describer interface {
	Describe(p Path) (Attribute, bool)
}

// Object is an object in memory. Without a schema, text compares without regard to case, and text that reads as a
// RFC 3339 time on both sides compares as a time.
type Object map[string]any

// Attribute finds an attribute, by its exact name first.
func (o Object) Attribute(name string) any {
	if v, ok := o[name]; ok {
		return v
	}
	for k, v := range o {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return nil
}

// Describe always answers no: a bare map has no schema.
func (Object) Describe(Path) (Attribute, bool) { return Attribute{}, false }

// Resolver returns object with the types and case exactness of the schema.
func (s *Schema) Resolver(object map[string]any) Resolver {
	return described{Object: object, schema: s}
}

type described struct {
	Object

	schema *Schema
}

// Describe answers from the schema; what a filter may not use counts as unknown.
func (d described) Describe(p Path) (Attribute, bool) {
	a, err := d.schema.find(p)
	return a, err == nil
}

// Match evaluates a filter over an object. Attributes that do not exist count as null; use [Schema.Check] before to
// refuse unknown or secret ones. A nil node matches everything. The error is [ErrIncomparable] with the attribute's name.
func Match(node Node, object Resolver) (bool, error) {
	if node == nil {
		return true, nil
	}
	m := matcher{root: object}
	m.describer, _ = object.(Describer)
	return m.node(node)
}

type matcher struct {
	root      Resolver
	describer Describer
	prefix    Path // where root stands inside the object, for value paths
}

func (m matcher) node(node Node) (bool, error) {
	switch n := node.(type) {
	case And:
		return m.list(n.Terms, false)
	case Or:
		return m.list(n.Terms, true)
	case Not:
		ok, err := m.node(n.Term)
		return !ok && err == nil, err
	case Present:
		return m.present(n.Path), nil
	case Compare:
		return m.compare(n)
	case ValuePath:
		return m.valuePath(n)
	default:
		return false, fmt.Errorf("filter: %T cannot be evaluated", node)
	}
}

// list stops at the first term whose truth is decisive: false for and, true for or.
func (m matcher) list(terms []Node, decisive bool) (bool, error) {
	for _, t := range terms {
		ok, err := m.node(t)
		if err != nil {
			return false, err
		}
		if ok == decisive {
			return decisive, nil
		}
	}
	return !decisive, nil
}

func (m matcher) describe(p Path) (Attribute, bool) {
	if m.describer == nil {
		return Attribute{}, false
	}
	if len(m.prefix.Names) > 0 {
		p = m.prefix.join(p)
	}
	return m.describer.Describe(p)
}

// leaves calls visit with each value at the end of a path until it returns true. What is missing, and an empty list, is
// visited as nil.
func (m matcher) leaves(p Path, visit func(any) bool) bool {
	first := p.Names[0]
	if p.URN != "" {
		first = p.URN + ":" + first
	}
	value := m.root.Attribute(first)
	if value == nil && p.URN != "" {
		value = m.root.Attribute(p.Names[0])
	}
	return descend(value, p.Names[1:], visit)
}

func descend(value any, names []string, visit func(any) bool) bool {
	if list, ok := asList(value); ok {
		if len(list) == 0 {
			return visit(nil)
		}
		for _, item := range list {
			if descend(item, names, visit) {
				return true
			}
		}
		return false
	}
	if len(names) == 0 {
		return visit(value)
	}
	object, ok := asObject(value)
	if !ok {
		return visit(nil)
	}
	return descend(dotted(object, &names), names, visit)
}

// dotted takes the next value out of a map, preferring a key that holds the whole rest of the path.
func dotted(object Object, names *[]string) any {
	rest := *names
	if len(rest) > 1 {
		if v, ok := object[strings.Join(rest, ".")]; ok {
			*names = nil
			return v
		}
	}
	*names = rest[1:]
	return object.Attribute(rest[0])
}

func (m matcher) present(p Path) bool {
	return m.leaves(p, func(value any) bool {
		if object, ok := asObject(value); ok {
			return len(object) > 0
		}
		value = plain(value)
		return value != nil && value != ""
	})
}

func (m matcher) valuePath(n ValuePath) (bool, error) {
	var failure error
	found := m.leaves(n.Path, func(value any) bool {
		object, ok := asObject(value)
		if !ok {
			return false
		}
		inner := matcher{root: object, describer: m.describer, prefix: n.Path}
		if len(m.prefix.Names) > 0 {
			inner.prefix = m.prefix.join(n.Path)
		}
		matched, err := inner.node(n.Filter)
		failure = err
		return matched || err != nil
	})
	return found && failure == nil, failure
}

func (m matcher) compare(n Compare) (bool, error) {
	ordering := n.Op != OpEqual && n.Op != OpNotEqual
	if ordering && (n.Value.Kind == KindBool || n.Value.Kind == KindNull) {
		return false, fmt.Errorf("filter: %s: %w", n, ErrIncomparable)
	}
	attribute, typed := m.describe(n.Path)
	c := comparison{op: n.Op, literal: n.Value, attribute: attribute, typed: typed}
	return m.leaves(n.Path, c.matches), nil
}
