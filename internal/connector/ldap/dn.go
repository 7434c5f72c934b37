package ldap

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	goldap "github.com/go-ldap/ldap/v3"
)

// rdn renders one naming attribute and its value, escaped as RFC 4514 section 2.4 asks.
func rdn(attribute, value string) string {
	return attribute + "=" + escapeValue(value)
}

// escapeValue escapes an attribute value for a DN. Everything special is written as hexadecimal pairs, which every server reads alike.
func escapeValue(value string) string {
	var b strings.Builder
	for i := range len(value) {
		c := value[i]
		edgeSpace := c == ' ' && (i == 0 || i == len(value)-1)
		if edgeSpace || c == '#' && i == 0 || strings.IndexByte(`,+"\<>;=`, c) >= 0 || c < ' ' || c == 0x7f {
			fmt.Fprintf(&b, `\%02x`, c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// renderRDN renders a parsed relative name without changing its spelling.
func renderRDN(name *goldap.RelativeDN) string {
	parts := make([]string, len(name.Attributes))
	for i, a := range name.Attributes {
		parts[i] = rdn(a.Type, a.Value)
	}
	return strings.Join(parts, "+")
}

// renderDN renders a parsed name without changing its spelling.
func renderDN(name *goldap.DN) string {
	parts := make([]string, len(name.RDNs))
	for i, r := range name.RDNs {
		parts[i] = renderRDN(r)
	}
	return strings.Join(parts, ",")
}

// splitDN returns the relative name and the parent of a DN as they are spelt.
func splitDN(dn string) (relative *goldap.RelativeDN, parent string, err error) {
	parsed, err := parseDN(dn)
	if err != nil {
		return nil, "", err
	}
	return parsed.RDNs[0], renderDN(&goldap.DN{RDNs: parsed.RDNs[1:]}), nil
}

// parseDN parses a DN that is not empty.
func parseDN(dn string) (*goldap.DN, error) {
	parsed, err := goldap.ParseDN(dn)
	if err != nil {
		return nil, fmt.Errorf("%q is not a distinguished name: %w", dn, err)
	}
	if len(parsed.RDNs) == 0 {
		return nil, fmt.Errorf("%q is not a distinguished name: it is empty", dn)
	}
	return parsed, nil
}

// canonicalDN returns the form that all spellings of a DN share: lower case, single spaces, naming attributes of a relative name in order.
// Text that is no DN comes back in lower case.
func canonicalDN(dn string) string {
	parsed, err := parseDN(dn)
	if err != nil {
		return strings.ToLower(strings.TrimSpace(dn))
	}
	names := make([]string, len(parsed.RDNs))
	for i, relative := range parsed.RDNs {
		parts := make([]string, len(relative.Attributes))
		for j, a := range relative.Attributes {
			parts[j] = rdn(strings.ToLower(a.Type), foldValue(a.Value))
		}
		sort.Strings(parts)
		names[i] = strings.Join(parts, "+")
	}
	return strings.Join(names, ",")
}

// foldValue prepares a value as caseIgnoreMatch does in essence (RFC 4518): case folded, outer spaces gone, inner runs of spaces as one.
func foldValue(value string) string {
	if !utf8.ValidString(value) {
		return value
	}
	return strings.Join(strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ' ' }), " ")
}

// sameDN reports whether two DNs name the same entry.
func sameDN(a, b string) bool {
	return canonicalDN(a) == canonicalDN(b)
}

// below reports whether dn is base or an entry under it. An empty base holds everything that is a DN.
func below(dn, base string) bool {
	if _, err := parseDN(dn); err != nil {
		return false
	}
	if base == "" {
		return true
	}
	name, root := canonicalDN(dn), canonicalDN(base)
	return name == root || strings.HasSuffix(name, ","+root)
}
