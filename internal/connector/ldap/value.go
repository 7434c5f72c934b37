package ldap

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	goldap "github.com/go-ldap/ldap/v3"

	"provost/internal/connector"
)

// generalizedTime is how we write times (RFC 4517, 3.3.13).
const generalizedTime = "20060102150405Z"

// object builds an object from an entry.
func (d *Directory) object(s shape, entry *goldap.Entry, known *schema) connector.Object {
	o := connector.Object{Class: s.class.Name, Key: entry.DN, Attributes: connector.Attributes{}}
	for _, a := range entry.Attributes {
		if strings.EqualFold(a.Name, d.passwordAttr) && len(s.class.Attributes) == 0 {
			continue
		}
		if v := s.incoming(a, known); v != nil {
			o.Attributes[s.spelling(a.Name)] = v
		}
	}
	for _, name := range s.class.Attributes {
		switch {
		case strings.EqualFold(name, attrDN):
			o.Attributes[name] = entry.DN
		case strings.EqualFold(name, attrBaseDN):
			if _, parent, err := splitDN(entry.DN); err == nil {
				o.Attributes[name] = parent
			}
		}
	}
	o.ID = entry.GetEqualFoldAttributeValue(d.idAttribute)
	if o.ID == "" {
		o.ID = entry.GetEqualFoldAttributeValue(s.key)
	}
	return o
}

// incoming turns an entry's attribute into a value: a scalar for one, a list for several, nil for none.
func (s shape) incoming(a *goldap.EntryAttribute, known *schema) any {
	var values []any
	for _, raw := range a.ByteValues {
		if s.isPlaceholder(a.Name, string(raw)) {
			continue
		}
		values = append(values, known.decode(a.Name, raw))
	}
	switch len(values) {
	case 0:
		return nil
	case 1:
		return values[0]
	default:
		return values
	}
}

func (s shape) isPlaceholder(attribute, value string) bool {
	return s.placeholder != "" && strings.EqualFold(attribute, s.member) && sameDN(value, s.placeholder)
}

// decode turns one raw value into a Go value by the syntax of its attribute. Anything unreadable stays text, or bytes if it is no text.
func (k *schema) decode(attribute string, raw []byte) any {
	syntax := k.attribute(attribute).syntax
	plain := string(raw)
	switch {
	case binarySyntaxes[syntax], strings.HasSuffix(attribute, ";binary"):
		if strings.EqualFold(attribute, "userPassword") && utf8.Valid(raw) {
			return plain
		}
		return raw
	case syntax == syntaxBoolean && (plain == "TRUE" || plain == "FALSE"):
		return plain == "TRUE"
	case syntax == syntaxInteger:
		if n, err := strconv.ParseInt(plain, 10, 64); err == nil {
			return n
		}
	case syntax == syntaxTime:
		if t, ok := connector.AsTime(plain); ok {
			return t.UTC()
		}
	}
	if !utf8.Valid(raw) {
		return raw
	}
	return plain
}

// encode turns a value into what the protocol carries.
func encode(v any) string {
	switch value := v.(type) {
	case bool:
		return strings.ToUpper(strconv.FormatBool(value))
	case time.Time:
		return value.UTC().Format(generalizedTime)
	default:
		return connector.Text(v)
	}
}

func encodeAll(values []any) []string {
	encoded := make([]string, len(values))
	for i, v := range values {
		encoded[i] = encode(v)
	}
	return encoded
}

// Canonical folds the spelling of DNs, so that members are compared as the directory compares them.
func (d *Directory) Canonical(_ connector.Class, attribute string, v any) any {
	name, isText := v.(string)
	if !isText || !d.schemas.last().holdsDN(attribute) {
		return v
	}
	return canonicalDN(name)
}
