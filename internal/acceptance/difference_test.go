package acceptance

import (
	"sort"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"
)

// ours are the attributes that the mapping writes: what else differs in the directory is not ours to list.
var ours = []string{"uid", "givenName", "sn", "cn", "mail", "telephoneNumber", "ou", "employeeNumber"}

// differences is the oracle: what the directory says now beside what it said after provisioning, as "key attribute".
func differences(before, after map[string]*goldap.Entry) []string {
	var out []string
	for uid, old := range before {
		now := after[uid]
		if now == nil {
			out = append(out, uid+" is missing")
			continue
		}
		for _, attribute := range ours {
			if values(old, attribute) != values(now, attribute) {
				out = append(out, uid+" "+attribute)
			}
		}
	}
	return out
}

func values(e *goldap.Entry, attribute string) string {
	all := append([]string(nil), e.GetAttributeValues(attribute)...)
	sort.Strings(all)
	return strings.Join(all, "|")
}

// listed reduces the lines of a preview to the oracle's words.
func listed(lines []string) []string {
	missing := map[string]bool{}
	var out []string
	for _, line := range lines {
		action, rest, _ := strings.Cut(line, " account ")
		key, change, _ := strings.Cut(rest, ": ")
		if action == "create" {
			if !missing[key] {
				out = append(out, key+" is missing")
			}
			missing[key] = true
			continue
		}
		attribute, _, _ := strings.Cut(change, " ")
		out = append(out, key+" "+attribute)
	}
	return out
}
