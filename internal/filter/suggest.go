package filter

import (
	"cmp"
	"slices"
	"strings"
)

// Hint describes one attribute to the search box.
type Hint struct {
	Name     string   `json:"name"`
	Type     Type     `json:"type"`
	Ops      []Op     `json:"ops"`
	Values   []string `json:"values,omitempty"` // of an enum or a bool
	Sortable bool     `json:"sortable"`
}

// maxRelationDepth keeps the list of a person's possible questions readable: roles of groups, not roles of groups of users.
const maxRelationDepth = 2

// Suggest lists the attributes whose name starts with or contains prefix (all for an empty one), names starting with it
// first, each with the operators and values that fit. Attributes of related objects carry the relation's name in front.
// What may not be filtered is not listed.
func (s *Schema) Suggest(prefix string) []Hint {
	wanted := strings.ToLower(prefix)
	hints := s.hints("", maxRelationDepth)
	hints = slices.DeleteFunc(hints, func(h Hint) bool { return !strings.Contains(strings.ToLower(h.Name), wanted) })
	slices.SortStableFunc(hints, func(a, b Hint) int {
		return cmp.Compare(rank(a.Name, wanted), rank(b.Name, wanted))
	})
	return hints
}

func rank(name, wanted string) int {
	if strings.HasPrefix(strings.ToLower(name), wanted) {
		return 0
	}
	return 1
}

func (s *Schema) hints(prefix string, depth int) []Hint {
	var hints []Hint
	for i := range s.definition.Attributes {
		a := &s.definition.Attributes[i]
		if !a.Filterable {
			continue
		}
		hint := Hint{
			Name: prefix + a.Name, Type: a.Type, Ops: a.Type.Ops(), Values: a.Values,
			Sortable: a.Sortable && prefix == "",
		}
		if a.Type == TypeBool {
			hint.Values = []string{"true", "false"}
		}
		hints = append(hints, hint)
	}
	if depth == 0 {
		return hints
	}
	for i := range s.definition.Relations {
		r := &s.definition.Relations[i]
		hints = append(hints, r.Schema.hints(prefix+r.Name+".", depth-1)...)
	}
	return hints
}

func (s *Schema) names() []string {
	hints := s.hints("", maxRelationDepth)
	names := make([]string, 0, len(hints)+len(s.definition.Relations))
	for _, h := range hints {
		names = append(names, h.Name)
	}
	for _, r := range s.definition.Relations {
		names = append(names, r.Name)
	}
	return names
}

func (s *Schema) sortableNames() []string {
	var names []string
	for _, h := range s.hints("", 0) {
		if h.Sortable {
			names = append(names, h.Name)
		}
	}
	return names
}

// examples lists up to three names to start from.
func (s *Schema) examples(prefix string) []string {
	hints := s.hints(prefix, 0)
	names := make([]string, min(len(hints), 3))
	for i := range names {
		names[i] = hints[i].Name
	}
	return names
}

// nearest returns up to three candidates that look like what was written: contained in each other, the same last part, or
// few typing errors away.
func nearest(written string, candidates []string) []string {
	type scored struct {
		name  string
		score int
	}
	var found []scored
	wanted := strings.ToLower(written)
	limit := 1 + len(wanted)/4
	for _, candidate := range candidates {
		name := strings.ToLower(candidate)
		score := distance(wanted, name)
		if score > limit {
			last := name[strings.LastIndexByte(name, '.')+1:]
			partial := len(wanted) >= 3 && (strings.Contains(name, wanted) || strings.Contains(wanted, name))
			if !partial && distance(wanted, last) > limit {
				continue
			}
			score = limit + 1
		}
		found = append(found, scored{candidate, score})
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	names := make([]string, 0, 3)
	for _, f := range found[:min(len(found), 3)] {
		names = append(names, f.name)
	}
	return names
}

// distance is the number of single-byte edits between two names, counted up to their lengths (Levenshtein).
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
