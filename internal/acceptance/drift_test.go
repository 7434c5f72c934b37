package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/ldapdev"
	"provost/internal/mapping"
	"provost/internal/run"
)

const suffix = "dc=example,dc=com"

// people is the mapping of people to entries below ou=people.
func people(rows ...mapping.Row) mapping.ObjectMapping {
	return mapping.ObjectMapping{
		SystemObject: "inetOrgPerson", ObjectType: mapping.TypeUser,
		Properties: map[string]string{"key": "uid", "objectClass": "inetOrgPerson", "searchBase": "ou=people," + suffix},
		Rows: append([]mapping.Row{
			{System: "dn", Direction: mapping.DirectionOut, Provost: `"uid=" + accountName + ",ou=people,` + suffix + `"`},
			{System: "uid", Direction: mapping.DirectionBoth, Provost: "accountName"},
			{System: "givenName", Direction: mapping.DirectionOut, Provost: "firstName"},
			{System: "sn", Direction: mapping.DirectionOut, Provost: "lastName"},
			{System: "cn", Direction: mapping.DirectionOut, Provost: "fullName"},
		}, rows...),
	}
}

// TestDriftIsListedExactly provisions 250 people, has the outside LDIF changes applied behind our back, and expects the preview to list
// exactly those differences.
func TestDriftIsListedExactly(t *testing.T) {
	folder := outside(t, "midpoint-samples", "drift")
	w := begin(t, "auto")
	w.set("soffid.task.limit", "1000")
	w.attribute("department")
	slapd, parameters := directory(t, ldapdev.Options{Suffix: suffix, InitialLDIF: []byte(
		"dn: ou=people," + suffix + "\nobjectClass: organizationalUnit\nou: people\n\ndn: ou=groups," + suffix + "\nobjectClass: organizationalUnit\nou: groups\n")})
	w.system(account.System{
		Name: "Directory", Connector: "ldap", Parameters: parameters,
		Mappings: []mapping.ObjectMapping{people(
			mapping.Row{System: "mail", Direction: mapping.DirectionOut, Provost: "emailAddress"},
			mapping.Row{System: "telephoneNumber", Direction: mapping.DirectionOut, Provost: "phone"},
			mapping.Row{System: "ou", Direction: mapping.DirectionOut, Provost: "attributes.department"},
			mapping.Row{System: "employeeNumber", Direction: mapping.DirectionOut, Provost: "accountDescription"},
		)},
	})
	target, err := w.Platform.Systems.Named(w.ctx, "Directory")
	require.NoError(t, err)

	hr, err := os.ReadFile(filepath.Join(folder, "hr.csv"))
	require.NoError(t, err)
	source := w.hr(w.file("hr.csv", string(hr)), "empNo",
		mapping.Row{
			System:    `firstName.substring(0, 1).toLowerCase() + lastName.toLowerCase().replace(/[^a-z]/g, "").substring(0, 7)`,
			Direction: mapping.DirectionIn, Provost: "userName",
		},
		mapping.Row{System: "firstName", Direction: mapping.DirectionIn, Provost: "firstName"},
		mapping.Row{System: "lastName", Direction: mapping.DirectionIn, Provost: "lastName"},
		mapping.Row{System: "phone", Direction: mapping.DirectionIn, Provost: "phone"},
		mapping.Row{System: "department", Direction: mapping.DirectionIn, Provost: "attributes.department"},
	)
	w.start(source, run.Load, run.Completed)
	w.settled()
	before := entries(t, slapd, "ou=people,"+suffix, "(objectClass=inetOrgPerson)", "uid")

	applied, refused := 0, 0
	for _, name := range []string{"changes.ldif", "changes-mail.ldif", "changes-phone-and-ou.ldif"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		for record := range strings.SplitSeq(string(text), "\n\n") {
			if strings.TrimSpace(record) == "" {
				continue
			}
			if err := slapd.ApplyLDIF(t.Context(), strings.NewReader(record+"\n"), false, nil); err != nil {
				// Four records add a telephone number that the load has brought already.
				require.ErrorContains(t, err, "telephoneNumber: value #0 already exists")
				refused++
				continue
			}
			applied++
		}
	}
	after := entries(t, slapd, "ou=people,"+suffix, "(objectClass=inetOrgPerson)", "uid")
	require.Len(t, before, 250)
	require.Equal(t, []int{75, 4}, []int{applied, refused})

	preview := w.start(target, run.Impact, run.Completed)
	require.ElementsMatch(t, differences(before, after), listed(w.changes(preview.ID)))
}
