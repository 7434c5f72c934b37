package process_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/process"
)

func TestFieldsOfferWhatTheyMayReferTo(t *testing.T) {
	t.Parallel()
	fields := []process.FieldView{
		{Name: "boss", Type: "user", Filter: `userType eq "I"`},
		{Name: "anybody", Type: "user"},
		{Name: "team", Type: "group", Filter: `name sw "A"`},
		{Name: "place", Type: "informationSystem"},
		{Name: "grants", Type: "grant", Filter: `system eq "Directory"`},
		{Name: "fixed", Type: "group", ReadOnly: true},
	}
	approval := &bpm.ApprovalOf{RoleFilter: `category eq "sample"`}
	for _, c := range []struct {
		field, kind string
		approval    *bpm.ApprovalOf
		want        process.Choice
		refused     fault.Code
	}{
		{field: "boss", want: process.Choice{Kind: "user", Filter: `(active eq true) and (userType eq "I")`}},
		{field: "boss", kind: "user", want: process.Choice{Kind: "user", Filter: `(active eq true) and (userType eq "I")`}},
		{field: "anybody", want: process.Choice{Kind: "user", Filter: "active eq true"}},
		{field: "team", want: process.Choice{Kind: "group", Filter: `name sw "A"`}},
		{field: "place", want: process.Choice{Kind: "informationSystem"}},
		{field: "team", kind: "user", refused: fault.Invalid},
		{field: "fixed", refused: fault.NotFound},
		{field: "nothing", refused: fault.NotFound},
		{field: "grants", refused: fault.Invalid},
		{field: "grants", kind: "account", refused: fault.Invalid},
		{field: "grants", kind: process.ChooseUser, want: process.Choice{Kind: "user", Filter: "active eq true"}},
		{field: "grants", kind: process.ChooseRole, want: process.Choice{Kind: "role", Filter: `(requestable eq true) and (system eq "Directory")`}},
		{
			field: "grants", kind: process.ChooseRole, approval: approval,
			want: process.Choice{Kind: "role", Filter: `((requestable eq true) and (system eq "Directory")) and (category eq "sample")`},
		},
		{field: "grants", kind: process.ChooseValueScope, want: process.Choice{Kind: "scope-values"}},
	} {
		got, err := process.ChoiceOf(fields, c.approval, c.field, c.kind)
		if c.refused != "" {
			require.True(t, fault.Is(err, c.refused), "%s %s: %v", c.field, c.kind, err)
			continue
		}
		require.NoError(t, err, "%s %s", c.field, c.kind)
		require.Equal(t, c.want, got, "%s %s", c.field, c.kind)
	}
}
