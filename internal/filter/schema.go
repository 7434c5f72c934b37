package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Type says how an attribute's values compare and what may be asked about them.
type Type uint8

// The types of attributes.
const (
	TypeString Type = iota
	TypeNumber
	TypeBool
	TypeTime // an instant; literals are RFC 3339, or a date, which means its first moment in UTC
	TypeUUID
	TypeEnum // one of Attribute.Values
)

// String names the type for people, as messages do.
func (t Type) String() string {
	names := [...]string{"text", "number", "true/false", "date and time", "id", "one of a list"}
	if int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("type %d", t)
}

// MarshalText is the type's code in JSON: "text", "number", "bool", "time", "id" or "enum".
func (t Type) MarshalText() ([]byte, error) {
	codes := [...]string{"text", "number", "bool", "time", "id", "enum"}
	if int(t) < len(codes) {
		return []byte(codes[t]), nil
	}
	return nil, fmt.Errorf("filter: unknown %s", t)
}

// Ops lists the operators that fit the type.
func (t Type) Ops() []Op {
	switch t {
	case TypeString:
		return Ops()
	case TypeNumber, TypeTime:
		return []Op{OpEqual, OpNotEqual, OpGreater, OpGreaterOrEqual, OpLess, OpLessOrEqual, OpPresent}
	case TypeEnum:
		return []Op{OpEqual, OpNotEqual, OpContains, OpStartsWith, OpEndsWith, OpPresent}
	default:
		return []Op{OpEqual, OpNotEqual, OpPresent}
	}
}

// Attribute describes one attribute of an object to the filter language.
type Attribute struct {
	// Name is the path as people write it, camelCase, with dots for parts: "userName", "primaryGroup.name",
	// "attributes.employeeNumber". It may begin with a schema URN and a colon.
	Name string
	// Type decides on operators, literals and comparison.
	Type Type
	// SQL is the expression that yields the value, "u.user_name". It is program text, never input.
	SQL string
	// JSON makes it a custom attribute inside a jsonb column instead; SQL must then be empty.
	JSON *JSONMember
	// Values lists the members of a TypeEnum in their stored spelling; literals match them without regard to case.
	Values []string
	// CaseExact makes text comparison exact. Custom attributes need it for `eq` to use a GIN index.
	CaseExact bool
	// Filterable must be set for whatever a filter or a sort order may see; secrets leave it off.
	Filterable bool
	// Sortable allows the attribute in [OrderBy].
	Sortable bool
}

// JSONMember places a custom attribute: the member Key of the object in the jsonb column Column.
type JSONMember struct {
	Column string // "u.attributes", program text
	Key    string // from the metadata; letters, digits, "_" and "-" only
	Multi  bool   // the member is an array
}

// Relation describes objects that belong to the object: `groups.name eq "x"` asks for any of them,
// `groups[name eq "x" and type eq "y"]` for one that fulfils both.
type Relation struct {
	Name string
	// SQL tests whether a related row exists, with one %s where its condition goes:
	// "exists (select 1 from memberships m join groups g on g.id = m.group_id where m.user_id = u.id and %s)".
	SQL string
	// Default names the attribute meant by `groups eq "x"`, usually "name"; empty if there is none.
	Default string
	Schema  *Schema
}

// Definition is what a [Schema] is made of.
type Definition struct {
	Object     string // the word for one object in messages, "user"
	URN        string // the SCIM core schema, whose prefix is optional in filters; may be empty
	Attributes []Attribute
	Relations  []Relation
}

// Schema is the checked list of what may be asked about one kind of object. It is immutable and safe for concurrent use.
type Schema struct {
	definition Definition
	attributes map[string]*Attribute // by lower-case name
	relations  map[string]*Relation
}

// NewSchema checks a definition: names that parse and are unique, an expression for each attribute, exactly one %s in
// each relation, keys that are safe in SQL. All faults are reported at once.
func NewSchema(d Definition) (*Schema, error) {
	d.Attributes, d.Relations = slices.Clone(d.Attributes), slices.Clone(d.Relations)
	s := &Schema{
		definition: d,
		attributes: make(map[string]*Attribute, len(d.Attributes)),
		relations:  make(map[string]*Relation, len(d.Relations)),
	}
	faults := make([]error, 0, 2*(len(d.Attributes)+len(d.Relations)))
	for i := range d.Attributes {
		a := &s.definition.Attributes[i]
		faults = append(faults, checkAttribute(a), s.claim(a.Name))
		s.attributes[strings.ToLower(a.Name)] = a
	}
	for i := range d.Relations {
		r := &s.definition.Relations[i]
		faults = append(faults, checkRelation(r), s.claim(r.Name))
		s.relations[strings.ToLower(r.Name)] = r
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("filter: schema of %s: %w", d.Object, err)
	}
	return s, nil
}

// MustSchema is NewSchema for definitions that are part of the program; it panics on an error.
func MustSchema(d Definition) *Schema {
	s, err := NewSchema(d)
	if err != nil {
		panic(err)
	}
	return s
}

// With returns a schema that has more attributes, usually the custom ones the metadata describes at this moment.
func (s *Schema) With(attributes ...Attribute) (*Schema, error) {
	d := s.definition
	d.Attributes = append(slices.Clone(d.Attributes), attributes...)
	return NewSchema(d)
}

// Object is the word for one object of this schema.
func (s *Schema) Object() string { return s.definition.Object }

func (s *Schema) claim(name string) error {
	key := strings.ToLower(name)
	if s.attributes[key] != nil || s.relations[key] != nil {
		return fmt.Errorf("%q is defined twice", name)
	}
	return nil
}

func checkAttribute(a *Attribute) error {
	if t, err := ParseTarget(a.Name); err != nil || t.Filter != nil {
		return fmt.Errorf("%q is not the name of an attribute", a.Name)
	}
	if (a.SQL == "") == (a.JSON == nil) {
		return fmt.Errorf("attribute %q needs either SQL or JSON", a.Name)
	}
	if a.JSON != nil && (a.JSON.Column == "" || !safeKey(a.JSON.Key)) {
		return fmt.Errorf("attribute %q: %q is not a usable key of a jsonb column", a.Name, a.JSON.Key)
	}
	if a.Type == TypeEnum && len(a.Values) == 0 {
		return fmt.Errorf("attribute %q has no values to choose from", a.Name)
	}
	if a.Sortable && a.JSON != nil && a.JSON.Multi {
		return fmt.Errorf("attribute %q has several values and cannot be sorted", a.Name)
	}
	return nil
}

func checkRelation(r *Relation) error {
	if t, err := ParseTarget(r.Name); err != nil || t.Filter != nil {
		return fmt.Errorf("%q is not the name of a relation", r.Name)
	}
	if strings.Count(r.SQL, "%s") != 1 {
		return fmt.Errorf("relation %q needs exactly one %%s in its SQL", r.Name)
	}
	if r.Schema == nil {
		return fmt.Errorf("relation %q has no schema", r.Name)
	}
	if r.Default != "" && r.Schema.attributes[strings.ToLower(r.Default)] == nil {
		return fmt.Errorf("relation %q: its default attribute %q does not exist", r.Name, r.Default)
	}
	return nil
}

func safeKey(key string) bool {
	if key == "" || len(key) > 128 {
		return false
	}
	for i := range len(key) {
		if c := key[i]; !isAlpha(c) && !isDigit(c) && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// step is where one path leads: to an attribute, or through a relation with the rest of the path still to go.
type step struct {
	attribute *Attribute
	relation  *Relation
	rest      Path
}

// resolve finds what a path names: an attribute of that full name, else the relation with the longest matching name.
func (s *Schema) resolve(p Path) (step, error) {
	if p.URN != "" && strings.EqualFold(p.URN, s.definition.URN) {
		p = Path{Names: p.Names}
	}
	if a := s.attributes[strings.ToLower(p.String())]; a != nil {
		if !a.Filterable {
			return step{}, &AttributeError{Attribute: a.Name, Err: ErrNotFilterable}
		}
		return step{attribute: a}, nil
	}
	for n := len(p.Names); n > 0; n-- {
		head := Path{URN: p.URN, Names: p.Names[:n]}
		if r := s.relations[strings.ToLower(head.String())]; r != nil {
			return step{relation: r, rest: Path{Names: p.Names[n:]}}, nil
		}
	}
	return step{}, s.unknown(p)
}

// resolveValue is resolve for a comparison: a relation alone stands for its default attribute.
func (s *Schema) resolveValue(p Path) (step, error) {
	st, err := s.resolve(p)
	if err != nil || st.relation == nil || len(st.rest.Names) > 0 {
		return st, err
	}
	if st.relation.Default == "" {
		return step{}, &AttributeError{
			Attribute: p.String(), Err: ErrUnknownAttribute,
			Hint: "name one of its attributes", Near: st.relation.Schema.examples(st.relation.Name + "."),
		}
	}
	st.rest = Path{Names: strings.Split(st.relation.Default, ".")}
	return st, nil
}

// resolveElements is resolve for a value path: only related objects can be chosen from.
func (s *Schema) resolveElements(p Path) (step, error) {
	st, err := s.resolve(p)
	if err == nil && st.attribute != nil {
		return step{}, &AttributeError{
			Attribute: p.String(), Err: ErrUnknownAttribute, Hint: "it has no parts to be chosen in brackets",
		}
	}
	return st, err
}

func (s *Schema) unknown(p Path) error {
	return &AttributeError{Attribute: p.String(), Err: ErrUnknownAttribute, Near: nearest(p.String(), s.names())}
}
