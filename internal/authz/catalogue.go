package authz

import (
	"fmt"
	"slices"
)

// ScopeKind says what a grant of a permission is limited to.
type ScopeKind string

// The kinds of limit a grant may carry.
const (
	ScopeAll               ScopeKind = "all"
	ScopeGroup             ScopeKind = "group"
	ScopeInformationSystem ScopeKind = "informationSystem"
)

// Text is a sentence for people in the two languages of the console.
type Text struct {
	English string
	Spanish string
}

// In returns the text in the language of an IETF tag ("es", "es-ES"); anything that is
// not Spanish is answered in English.
func (t Text) In(language string) string {
	if len(language) >= 2 && (language[:2] == "es" || language[:2] == "ES") {
		return t.Spanish
	}
	return t.English
}

// Definition describes one permission as the page Settings › Authorisations shows it.
type Definition struct {
	Permission  Permission
	Object      Object
	Description Text
	// Implies names the permissions that come with this one directly; [Implied] follows
	// them to the end.
	Implies []Permission
	// Limits are the kinds of limit that mean something for this permission. A grant with
	// another limit gives nothing.
	Limits []ScopeKind
}

// Limitable tells whether a grant of the permission may be limited in the given way.
// Every permission can be granted without a limit.
func (d Definition) Limitable(kind ScopeKind) bool {
	return kind == ScopeAll || slices.Contains(d.Limits, kind)
}

// index is everything that is computed once from the catalogue.
type index struct {
	definitions map[Permission]Definition
	// implied holds, per permission, all that comes with it, without itself.
	implied map[Permission][]Permission
	// givers holds, per permission, all that bring it, with itself.
	givers map[Permission]map[Permission]bool
}

var indexed = buildIndex(catalogue)

func buildIndex(all []Definition) index {
	ix := index{
		definitions: make(map[Permission]Definition, len(all)),
		implied:     make(map[Permission][]Permission, len(all)),
		givers:      make(map[Permission]map[Permission]bool, len(all)),
	}
	for _, d := range all {
		ix.definitions[d.Permission] = d
		ix.givers[d.Permission] = map[Permission]bool{d.Permission: true}
	}
	for _, d := range all {
		ix.implied[d.Permission] = closure(ix.definitions, d.Permission)
		for _, p := range ix.implied[d.Permission] {
			ix.givers[p][d.Permission] = true
		}
	}
	return ix
}

// closure walks the implications of a permission breadth first and returns what it
// reaches, sorted, without the permission itself.
func closure(definitions map[Permission]Definition, from Permission) []Permission {
	seen := map[Permission]bool{from: true}
	queue := slices.Clone(definitions[from].Implies)
	var reached []Permission
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		if seen[next] {
			continue
		}
		seen[next] = true
		reached = append(reached, next)
		queue = append(queue, definitions[next].Implies...)
	}
	slices.Sort(reached)
	return reached
}

// Catalogue returns the definitions of all permissions in the order in which people read
// them: by object, from looking to changing.
func Catalogue() []Definition {
	return slices.Clone(catalogue)
}

// Find returns the definition of a permission and whether there is one.
func Find(p Permission) (Definition, bool) {
	d, ok := indexed.definitions[p]
	return d, ok
}

// Parse checks a permission that comes from outside: an import, a request, a row.
// It returns [ErrUnknownPermission] for a name that is not in the catalogue.
func Parse(name string) (Permission, error) {
	if _, ok := indexed.definitions[Permission(name)]; !ok {
		return "", fmt.Errorf("%w: %q", ErrUnknownPermission, name)
	}
	return Permission(name), nil
}

// Implied returns all permissions that come with the given one, directly or through
// others, sorted and without the permission itself.
func Implied(p Permission) []Permission {
	return slices.Clone(indexed.implied[p])
}

// Givers returns the other permissions that bring the given one with them, sorted: what
// the authorisations page shows as "inherited from".
func Givers(p Permission) []Permission {
	var givers []Permission
	for giver := range indexed.givers[p] {
		if giver != p {
			givers = append(givers, giver)
		}
	}
	slices.Sort(givers)
	return givers
}
