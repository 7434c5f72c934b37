package run

import (
	"fmt"
	"strings"

	"provost/internal/account"
)

// words are how the guard names objects in its sentences.
var words = map[string]string{
	"user": "users", "account": "accounts", "group": "groups", "role": "roles", "grant": "grants", "membership": "memberships",
}

// Judge says whether a change list may be applied without a reviewer. Every limit is judged before the first write; of an absolute limit
// and a percentage the lower counts. Percentages are of the objects known before; with none known, only the absolute limit for inserts
// counts. An empty listing where objects were known is refused.
func Judge(guard account.Guard, extents []Extent) Verdict {
	v := Verdict{Reasons: []string{}}
	for _, e := range extents {
		v.Total += e.Inserts + e.Updates + e.Deletes
		v.Reasons = append(v.Reasons, judge(guard, e)...)
	}
	v.Blocked = len(v.Reasons) > 0
	return v
}

func judge(guard account.Guard, e Extent) []string {
	name := words[e.ObjectType]
	var reasons []string
	if e.Unidentified > 0 && e.Absent > 0 {
		reasons = append(reasons, doubt(e, name))
	}
	if emptied(e) && !guard.AllowEmptyListing {
		return append(reasons, fmt.Sprintf("The system listed no %s at all, but %d are known: applying this would have removed or disabled %d %s. "+
			"Check the source before you resume.", name, e.Known, e.Deletes, name))
	}
	checks := []struct {
		verb    string
		count   int64
		maximum int64
		percent int64
	}{
		{"created", e.Inserts, limit(guard.MaxInserts, DefaultInserts), limit(guard.MaxInsertPercent, -1)},
		{"changed", e.Updates, limit(guard.MaxUpdates, -1), limit(guard.MaxUpdatePercent, DefaultUpdatePercent)},
		{"removed or disabled", e.Deletes, limit(guard.MaxDeletes, -1), limit(guard.MaxDeletePercent, DefaultDeletePercent)},
	}
	for _, c := range checks {
		if c.maximum >= 0 && c.count > c.maximum {
			reasons = append(reasons, fmt.Sprintf("%d %s would be %s; the limit is %d.", c.count, name, c.verb, c.maximum))
			continue
		}
		if c.percent >= 0 && e.Known > 0 && c.count > smallNumber && c.count*100 > c.percent*e.Known {
			reasons = append(reasons, fmt.Sprintf("%d of %d %s would be %s; the limit is %d %%.", c.count, e.Known, name, c.verb, c.percent))
		}
	}
	return reasons
}

// emptied reports whether the system lists nothing where something was known. Catalogues are kept here too, so that no role or link at
// all is a surprise only when it would take something away.
func emptied(e Extent) bool {
	if e.Listed > 0 || e.Known == 0 || e.Partial {
		return false
	}
	switch e.ObjectType {
	case "role", "grant", "membership":
		return e.Deletes > 0
	}
	return true
}

// doubt says why nothing may be taken for missing while records cannot be identified.
func doubt(e Extent, name string) string {
	return fmt.Sprintf("%d records could not be identified (%s), so the %d %s that seem to be missing may be among them. None of them is "+
		"removed or disabled unless you resume: correct the records in the source, or resume if they are really gone.",
		e.Unidentified, strings.Join(e.Places, ", "), e.Absent, name)
}
