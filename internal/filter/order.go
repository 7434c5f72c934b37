package filter

import (
	"fmt"
	"strings"
)

// MaxSortKeys limits the attributes of one sort order.
const MaxSortKeys = 8

// OrderBy turns "userName,-createdAt" (a minus for descending) into the list behind `order by`, empty for an empty sort.
// Text is ordered without regard to case unless case-exact; rows without a value come last either way. Callers add
// their key as the last column to make the order total. The error is an *[AttributeError], or plain for too many keys.
func OrderBy(sort string, schema *Schema) (string, error) {
	if strings.TrimSpace(sort) == "" {
		return "", nil
	}
	keys := strings.Split(sort, ",")
	if len(keys) > MaxSortKeys {
		return "", fmt.Errorf("filter: at most %d attributes can be sorted by", MaxSortKeys)
	}
	seen := make(map[*Attribute]bool, len(keys))
	columns := make([]string, 0, len(keys))
	for _, key := range keys {
		name, descending := strings.CutPrefix(strings.TrimSpace(key), "-")
		a, err := schema.sortable(name)
		if err != nil {
			return "", err
		}
		if seen[a] {
			return "", &AttributeError{Attribute: a.Name, Err: ErrNotSortable, Hint: "it is named twice"}
		}
		seen[a] = true
		columns = append(columns, a.orderSQL(descending))
	}
	return strings.Join(columns, ", "), nil
}

func (s *Schema) sortable(name string) (*Attribute, error) {
	target, err := ParseTarget(name)
	if err != nil || target.Filter != nil {
		return nil, &AttributeError{Attribute: name, Err: ErrUnknownAttribute, Near: nearest(name, s.sortableNames())}
	}
	st, err := s.resolve(target.Path)
	if err != nil {
		return nil, err
	}
	if st.attribute == nil || !st.attribute.Sortable {
		return nil, &AttributeError{Attribute: name, Err: ErrNotSortable}
	}
	return st.attribute, nil
}

func (a *Attribute) orderSQL(descending bool) string {
	expr := a.SQL
	if a.JSON != nil {
		expr = a.jsonExpression()
	}
	if a.Type == TypeString && !a.CaseExact {
		expr = "lower(" + expr + ")"
	}
	if descending {
		return expr + " desc nulls last"
	}
	return expr + " asc nulls last"
}
