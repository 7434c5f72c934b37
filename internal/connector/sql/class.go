package sql

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"provost/internal/connector"
)

// Phases: the stems of the properties that hold statements.
const (
	phaseSelectAll           = "selectAll"
	phaseSelect              = "select"
	phaseSelectByAccountName = "selectByAccountName"
	phaseCheck               = "check"
	phaseInsert              = "insert"
	phaseUpdate              = "update"
	phaseDelete              = "delete"
	phaseUpdatePassword      = "updatePassword"
	phaseValidatePassword    = "validatePassword"
)

// Names of the other properties.
const (
	propTable = "table"
	propKey   = "key"
	propID    = "id"
	propSince = "since"
)

// Names that statements may use beside the attributes.
const (
	bindCurrentKey  = "currentKey"
	bindCurrentID   = "currentId"
	bindAccountName = "accountName"
	bindPassword    = "password"
	bindMustChange  = "mustChange"
)

// shape is a class's mapping properties, parsed.
type shape struct {
	class connector.Class
	// key and id are attribute names; id is empty unless the table has a column that never changes.
	key, id string
	// since is the column that says when a row changed; empty without differential listings.
	since string
	// table is the quoted name, or empty if every statement is given.
	table      string
	statements map[string][]statement
}

func newShape(class connector.Class) (shape, error) {
	s := shape{
		class: class, key: class.Property(propKey, ""), id: class.Property(propID, ""), since: class.Property(propSince, ""),
		statements: map[string][]statement{},
	}
	if s.key == "" {
		return s, connector.Errorf(connector.ClassPolicy, "mapping", "the mapping of %s has no property key; name the column that identifies a row", class.Name)
	}
	if table := class.Property(propTable, ""); table != "" {
		s.table = quoteTable(table)
	}
	for _, phase := range phases() {
		for _, property := range numbered(class.Properties, phase) {
			parsed, err := parse(class.Properties[property])
			if err != nil {
				return s, &connector.Error{
					Class: connector.ClassPolicy, Op: "mapping", Message: fmt.Sprintf("correct the property %s of %s", property, class.Name), Err: err,
				}
			}
			s.statements[phase] = append(s.statements[phase], parsed)
		}
	}
	return s, nil
}

func phases() []string {
	return []string{
		phaseSelectAll, phaseSelect, phaseSelectByAccountName, phaseCheck, phaseInsert, phaseUpdate, phaseDelete, phaseUpdatePassword,
		phaseValidatePassword,
	}
}

// numbered returns the properties of a phase in the order of their numbers; the one without a number comes first.
func numbered(properties map[string]string, phase string) []string {
	numbers := map[string]int{}
	var names []string
	for name, text := range properties {
		suffix, found := strings.CutPrefix(name, phase)
		if !found || strings.TrimSpace(text) == "" {
			continue
		}
		n, err := strconv.Atoi(suffix)
		if suffix != "" && err != nil {
			continue
		}
		numbers[name] = n
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return numbers[names[i]] < numbers[names[j]] })
	return names
}

// quoteTable quotes "schema.table" part by part.
func quoteTable(name string) string {
	return pgx.Identifier(strings.Split(name, ".")).Sanitize()
}

func quote(column string) string {
	return pgx.Identifier{column}.Sanitize()
}

func (s shape) has(phase string) bool {
	return len(s.statements[phase]) > 0
}

func (s shape) unsupported(op, phase string) error {
	return connector.Errorf(connector.ClassUnsupported, op, "the mapping of %s has no property %s; write the statement or name a table",
		s.class.Name, phase)
}

// bindings are the values statements may refer to by name.
type bindings map[string]any

// bind collects the values of several sets of attributes, the later ones winning, and of the key.
func (s shape) bind(key connector.Key, sets ...connector.Attributes) bindings {
	b := bindings{bindCurrentKey: key.Name, bindCurrentID: key.ID, bindAccountName: key.Name}
	for _, name := range s.class.Attributes {
		b[name] = nil
	}
	b[s.key] = key.Name
	if s.id != "" && key.ID != "" {
		b[s.id] = key.ID
	}
	for _, set := range sets {
		for name, v := range set {
			if v == "" {
				v = nil
			}
			b[name] = v
		}
	}
	return b
}

// arguments returns the values of a statement's parameters. A name nobody knows is an error: binding NULL would hide a misspelling.
func (b bindings) arguments(s shape, st statement) ([]any, error) {
	args := make([]any, len(st.names))
	for i, name := range st.names {
		v, known := b.lookup(name)
		if !known {
			return nil, connector.Errorf(connector.ClassPolicy, "mapping",
				"a statement of %s uses :%s, which is neither a mapped attribute nor one of :currentKey, :currentId, :accountName", s.class.Name, name)
		}
		args[i] = argument(v)
	}
	return args, nil
}

// lookup finds a name exactly, or else regardless of case.
func (b bindings) lookup(name string) (any, bool) {
	if v, ok := b[name]; ok {
		return v, true
	}
	names := make([]string, 0, len(b))
	for candidate := range b {
		if strings.EqualFold(candidate, name) {
			names = append(names, candidate)
		}
	}
	if len(names) == 0 {
		return nil, false
	}
	return b[slices.Min(names)], true
}

// object builds an object from a row.
func (s shape) object(read map[string]any) connector.Object {
	o := connector.Object{Class: s.class.Name, Attributes: make(connector.Attributes, len(read))}
	for column, v := range read {
		o.Attributes[s.spelling(column)] = v
		if strings.EqualFold(column, s.key) {
			o.Key = connector.Text(v)
		}
		if s.id != "" && strings.EqualFold(column, s.id) {
			o.ID = connector.Text(v)
		}
	}
	if o.ID == "" {
		o.ID = o.Key
	}
	return o
}

// spelling returns the column's name as the mapping spells it, or as the database does.
func (s shape) spelling(column string) string {
	for _, mapped := range append(s.class.Attributes, s.key) {
		if strings.EqualFold(mapped, column) {
			return mapped
		}
	}
	return column
}
