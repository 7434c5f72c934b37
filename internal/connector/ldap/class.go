package ldap

import (
	"regexp"
	"slices"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"provost/internal/connector"
)

// Pseudo attributes: they place the entry and are not stored in it.
const (
	attrDN     = "dn"
	attrBaseDN = "baseDN"
)

const attrObjectClass = "objectClass"

// shape is a class's mapping properties, resolved against the agent's parameters.
type shape struct {
	class       connector.Class
	key         string
	rdn         string
	base        string
	filter      string
	classes     []string
	rename      bool
	changed     string
	placeholder string
	member      string
}

func (d *Directory) shape(class connector.Class) (shape, error) {
	s := shape{
		class:       class,
		key:         class.Property(propKey, "uid"),
		base:        class.Property(propSearchBase, d.baseDN),
		filter:      class.Property(propLDAPFilter, "(objectClass="+goldap.EscapeFilter(class.Name)+")"),
		classes:     splitList(class.Property(propObjectClass, "")),
		rename:      class.Property(propRename, "true") == "true",
		changed:     class.Property(propModifyTimestamp, ""),
		placeholder: class.Property(propPlaceholder, ""),
		member:      class.Property(propMemberAttribute, "member"),
	}
	s.rdn = class.Property(propRDN, s.key)
	if len(s.classes) == 0 && class.Name != "" {
		s.classes = []string{class.Name}
	}
	for _, name := range []string{s.key, s.rdn, s.member, s.changed} {
		if name != "" && !isAttributeName(name) {
			return s, connector.Errorf(connector.ClassPolicy, "mapping", "%q is not the name of an attribute; correct the properties of %s", name, class.Name)
		}
	}
	if !strings.HasPrefix(s.filter, "(") {
		s.filter = "(" + s.filter + ")"
	}
	if _, err := goldap.CompileFilter(s.filter); err != nil {
		return s, &connector.Error{Class: connector.ClassPolicy, Op: "mapping", Message: "correct the property ldapFilter of " + class.Name, Err: err}
	}
	if !below(s.base, d.baseDN) {
		return s, connector.Errorf(connector.ClassPolicy, "mapping", "the search base %q of %s is not below the agent's base DN %q", s.base, class.Name, d.baseDN)
	}
	return s, nil
}

// attributeName is an attribute description (RFC 4512, section 2.5): a name or a dotted number, with options.
var attributeName = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*|[0-9]+(\.[0-9]+)+)(;[A-Za-z0-9-]+)*$`)

// isAttributeName reports whether the text may stand for an attribute in a filter. Anything else could be read as a part of the filter.
func isAttributeName(text string) bool {
	return attributeName.MatchString(text)
}

func splitList(text string) []string {
	var parts []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// requested are the attributes to ask the server for.
func (d *Directory) requested(s shape) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			names = append(names, name)
		}
	}
	if len(s.class.Attributes) == 0 {
		add("*")
	}
	for _, name := range s.class.Attributes {
		if !isPseudo(name) {
			add(name)
		}
	}
	add(s.key)
	add(d.idAttribute)
	add(attrObjectClass)
	add(s.changed)
	return names
}

func isPseudo(name string) bool {
	return strings.EqualFold(name, attrDN) || strings.EqualFold(name, attrBaseDN)
}

// spelling returns the attribute's name as the mapping spells it, or as the server does.
func (s shape) spelling(name string) string {
	bare, _, _ := strings.Cut(name, ";")
	for _, mapped := range s.class.Attributes {
		if strings.EqualFold(mapped, name) || strings.EqualFold(mapped, bare) {
			return mapped
		}
	}
	return name
}

// value returns a desired value by name, whatever its case, and whether it is there.
func value(attributes connector.Attributes, name string) (any, bool) {
	if v, ok := attributes[name]; ok {
		return v, true
	}
	for candidate, v := range attributes {
		if strings.EqualFold(candidate, name) {
			return v, true
		}
	}
	return nil, false
}

// text returns the first desired value as text.
func text(attributes connector.Attributes, name string) string {
	v, _ := value(attributes, name)
	values := connector.Values(v)
	if len(values) == 0 {
		return ""
	}
	return connector.Text(values[0])
}
