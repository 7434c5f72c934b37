package ldap

import (
	"slices"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"provost/internal/connector"
)

// addChanges adds to the request what has to change for the entry to hold the desired attributes.
func (d *Directory) addChanges(
	request *goldap.ModifyRequest, s shape, entry *goldap.Entry, desired connector.Attributes, known *schema,
) {
	naming := namingAttributes(entry.DN)
	var introduced []string
	for _, name := range sortedNames(desired) {
		switch {
		case isPseudo(name):
			continue
		case strings.EqualFold(name, attrObjectClass):
			addClasses(request, entry, encodeAll(connector.Values(desired[name])))
			continue
		}
		before, after := rawValues(entry, name, known), connector.Values(desired[name])
		if strings.EqualFold(name, s.member) && s.placeholder != "" && len(after) == 0 {
			after = []any{s.placeholder}
		}
		named, isNaming := naming[strings.ToLower(name)]
		if isNaming {
			if !s.rename {
				continue
			}
			before, after = withoutName(before, named), withoutName(after, named)
		}
		if s.addChange(request, name, before, after, isNaming, known) && len(before) == 0 {
			introduced = append(introduced, name)
		}
	}
	if missing := neededClasses(s, entry, introduced, known); len(missing) > 0 {
		addClasses(request, entry, missing)
	}
}

// namingAttributes are the attributes of the entry's own name, which only a rename may change.
func namingAttributes(dn string) map[string]string {
	naming := map[string]string{}
	if relative, _, err := splitDN(dn); err == nil {
		for _, a := range relative.Attributes {
			naming[strings.ToLower(a.Type)] = a.Value
		}
	}
	return naming
}

func withoutName(values []any, name string) []any {
	return slices.DeleteFunc(slices.Clone(values), func(v any) bool { return foldValue(encode(v)) == foldValue(name) })
}

func rawValues(entry *goldap.Entry, name string, known *schema) []any {
	var values []any
	for _, a := range entry.Attributes {
		if bare, _, _ := strings.Cut(a.Name, ";"); !strings.EqualFold(a.Name, name) && !strings.EqualFold(bare, name) {
			continue
		}
		for _, raw := range a.ByteValues {
			values = append(values, known.decode(name, raw))
		}
	}
	return values
}

// addChange adds the change of one attribute and reports whether there is one. Values that are not among before and after, such as the
// entry's own name, are kept if piecemeal is set.
func (s shape) addChange(request *goldap.ModifyRequest, name string, before, after []any, piecemeal bool, known *schema) bool {
	canonical := func(v any) any {
		if text, isText := v.(string); isText && known.holdsDN(name) {
			return canonicalDN(text)
		}
		return v
	}
	added, removed := connector.DiffValues(before, after, canonical)
	switch {
	case len(added)+len(removed) == 0:
		return false
	case !piecemeal && len(after) == 0 && len(removed) == len(before):
		request.Delete(name, nil)
	case !piecemeal && (len(before) <= 1 && len(after) <= 1 || !known.comparable(name)):
		request.Replace(name, encodeAll(after))
	default:
		if len(removed) > 0 {
			request.Delete(name, encodeAll(removed))
		}
		if len(added) > 0 {
			request.Add(name, encodeAll(added))
		}
	}
	return true
}

// neededClasses are the mapping's object classes the entry lacks, if one of the introduced attributes does not fit the ones it has.
func neededClasses(s shape, entry *goldap.Entry, introduced []string, known *schema) []string {
	held := entry.GetEqualFoldAttributeValues(attrObjectClass)
	fits := func(name string) bool { return known.allows(held, name) }
	if known == nil || !slices.ContainsFunc(introduced, func(name string) bool { return !fits(name) }) {
		return nil
	}
	lineage := known.lineage(held)
	return slices.DeleteFunc(slices.Clone(s.classes), func(class string) bool { return slices.Contains(lineage, strings.ToLower(class)) })
}

// addClasses adds the object classes the entry lacks. None is ever removed: others may depend on it.
func addClasses(request *goldap.ModifyRequest, entry *goldap.Entry, wanted []string) {
	held := entry.GetEqualFoldAttributeValues(attrObjectClass)
	for _, change := range request.Changes {
		if strings.EqualFold(change.Modification.Type, attrObjectClass) {
			held = append(held, change.Modification.Vals...)
		}
	}
	missing := slices.DeleteFunc(slices.Clone(wanted), func(class string) bool {
		return slices.ContainsFunc(held, func(h string) bool { return strings.EqualFold(h, class) })
	})
	if len(missing) > 0 {
		request.Add(attrObjectClass, missing)
	}
}
