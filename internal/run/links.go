package run

import (
	"slices"
	"strings"

	"provost/internal/connector"
	"provost/internal/mapping"
)

// relation says where an object lists links (guide 086): under which attribute, of which kind, and whether what is held through other
// roles is among them. named attributes of listed maps hold the other end.
type relation struct {
	attribute string
	kind      string
	names     []string
	effective bool
	inverse   bool // the object is the target, the listed names are the owners
}

var (
	memberships = []relation{
		{attribute: "secondaryGroups", kind: linkMembership, names: []string{"name", "groupName", "group"}},
		{attribute: "secondaryGroups2", kind: linkMembership, names: []string{"groupName", "name", "group"}},
	}
	members = []relation{
		{attribute: "userNames", kind: linkMembership, inverse: true},
		{attribute: "users", kind: linkMembership, names: []string{"userName"}, inverse: true},
	}
	held = []relation{
		{attribute: "granted", kind: linkGrant},
		{attribute: "grantedRoles", kind: linkGrant, names: []string{"grantedRole", "name"}},
		{attribute: "allGranted", kind: linkGrant, effective: true},
		{attribute: "allGrantedRoles", kind: linkGrant, names: []string{"grantedRole", "name"}, effective: true},
	}
	holders = []relation{
		{attribute: "grantedAccountNames", kind: linkGrant, inverse: true},
		{attribute: "grantedAccounts", kind: linkGrant, names: []string{"accountName", "name", "ownerAccount"}, inverse: true},
		{attribute: "allGrantedAccountNames", kind: linkGrant, inverse: true, effective: true},
		{attribute: "allGrantedAccounts", kind: linkGrant, names: []string{"accountName", "name", "ownerAccount"}, inverse: true, effective: true},
	}
)

// relations gives the links that objects of a type may list in a kind of run.
func relations(source string, t mapping.ObjectType) []relation {
	switch {
	case source == Load && t == mapping.TypeUser:
		return memberships
	case source == Load && t == mapping.TypeGroup:
		return members
	case source == Reconcile && (t == mapping.TypeUser || t == mapping.TypeAccount):
		return held
	case source == Reconcile && t == mapping.TypeRole:
		return holders
	}
	return nil
}

// linksOf takes the links out of a listed object. ok is false when its mapping lists none.
func linksOf(source string, o *Object) (links []StagedLink, ok bool) {
	for _, r := range relations(source, o.Type) {
		value, mapped := o.Mapped[r.attribute]
		if !mapped {
			continue
		}
		ok = true
		for _, v := range items(value) {
			name, scope := r.end(v)
			if name == "" {
				continue
			}
			link := StagedLink{Kind: r.kind, Owner: o.Key, Target: name, Scope: scope, Effective: r.effective}
			if r.inverse {
				link.Owner, link.Target = fold(name), o.Key
			}
			links = append(links, link)
		}
	}
	return links, ok
}

// items gives the members of a list that may hold maps.
func items(v any) []any {
	switch list := v.(type) {
	case nil:
		return nil
	case []any:
		return list
	case []map[string]any:
		out := make([]any, len(list))
		for i := range list {
			out[i] = list[i]
		}
		return out
	case map[string]any:
		return []any{list}
	}
	return connector.Values(v)
}

// end gives the name of the other end of a link, and its scope.
func (r relation) end(v any) (name, scope string) {
	m, is := v.(map[string]any)
	if !is {
		return text(v), ""
	}
	for _, key := range r.names {
		if name = text(m[key]); name != "" {
			return name, text(m["domainValue"])
		}
	}
	return "", ""
}

// ends says under which attributes an object that is itself a link names its two ends, the owner first.
var ends = map[mapping.ObjectType][2][]string{
	mapping.TypeGrant:            {{"ownerAccount", "accountName"}, {"grantedRole"}},
	mapping.TypeAllGrantedRoles:  {{"ownerAccount", "accountName"}, {"grantedRole"}},
	mapping.TypeGrantedGroup:     {{"userName", "user"}, {"groupName", "group"}},
	mapping.TypeAllGrantedGroups: {{"userName", "user"}, {"groupName", "group"}},
}

// kindOf gives the kind of link that objects of a type are; empty for objects that stand for themselves.
func kindOf(t mapping.ObjectType) string { return kindsOfLinks[t] }

var kindsOfLinks = map[mapping.ObjectType]string{
	mapping.TypeGrant: linkGrant, mapping.TypeAllGrantedRoles: linkGrant,
	mapping.TypeGrantedGroup: linkMembership, mapping.TypeAllGrantedGroups: linkMembership,
}

// kindTypes gives the types whose objects are links of a kind.
func kindTypes(kind string) []mapping.ObjectType {
	return slices.DeleteFunc(mapping.ObjectTypes(), func(t mapping.ObjectType) bool { return kindOf(t) != kind })
}

// linkOf makes a link of an object that is one; problem says which end is missing.
func linkOf(o *Object) (link StagedLink, problem string) {
	link = StagedLink{Seq: o.Seq, Kind: kindOf(o.Type), Scope: text(o.Mapped["domainValue"]), Effective: o.Type == mapping.TypeAllGrantedRoles}
	names := ends[o.Type]
	link.Owner, link.Target = first(o.Mapped, names[0]), first(o.Mapped, names[1])
	switch {
	case link.Owner == "":
		return link, "The record has no " + names[0][0] + "."
	case link.Target == "":
		return link, "The record has no " + names[1][0] + "."
	}
	link.Owner = fold(link.Owner)
	return link, ""
}

func first(values map[string]any, names []string) string {
	for _, name := range names {
		if value := text(values[name]); value != "" {
			return value
		}
	}
	return ""
}

// fold writes an address as directories print it: no blanks after the commas of a distinguished name, other than escaped ones.
func fold(address string) string {
	if !strings.Contains(address, "=") {
		return address
	}
	parts := strings.Split(address, ",")
	for i := range parts {
		if i == 0 || !strings.HasSuffix(parts[i-1], `\`) {
			parts[i] = strings.TrimLeft(parts[i], " ")
		}
	}
	return strings.Join(parts, ",")
}
