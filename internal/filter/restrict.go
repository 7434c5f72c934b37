package filter

import (
	"slices"
	"strings"
)

// Without returns a schema in which attributes, named in any case, exist but can be asked neither in a filter nor for sorting: the caller
// may not see them, and a filter would tell their values. columns are their SQL expressions. Names that the schema does not know are ignored.
func (s *Schema) Without(names ...string) (restricted *Schema, columns []string) {
	if len(names) == 0 {
		return s, nil
	}
	d := s.definition
	d.Attributes = slices.Clone(d.Attributes)
	for i := range d.Attributes {
		a := &d.Attributes[i]
		if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, a.Name) }) {
			a.Filterable, a.Sortable = false, false
			columns = append(columns, a.SQL)
		}
	}
	return MustSchema(d), columns // what was checked once stays right: only flags changed
}
