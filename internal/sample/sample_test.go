package sample

import (
	"bytes"
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/bpm/template"
	"provost/internal/account"
	"provost/internal/connector"
	csvfile "provost/internal/connector/csv"
	"provost/internal/connector/ldap"
	"provost/internal/connector/sql"
	"provost/internal/ldapdev"
	"provost/internal/mapping"
)

// records reads the HR file as maps by column.
func records(t *testing.T) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(people)).ReadAll()
	require.NoError(t, err)
	var out []map[string]string
	for _, line := range lines[1:] {
		record := map[string]string{}
		for i, name := range lines[0] {
			record[name] = line[i]
		}
		out = append(out, record)
	}
	return out
}

func TestPeopleAreMarkedAsSampleData(t *testing.T) {
	t.Parallel()
	groups, names := map[string]bool{}, map[string]bool{}
	for _, d := range departments {
		groups[d.name] = true
	}
	all := records(t)
	for _, p := range all {
		names[p["userName"]] = true
	}
	require.Len(t, names, 60, "user names are unique")
	for _, p := range all {
		require.Contains(t, p["comments"], "Sample data", p["userName"])
		require.True(t, strings.HasSuffix(p["email"], "@"+mailDomain), p["email"])
		require.True(t, groups[p["department"]], "no group %s", p["department"])
		require.Contains(t, []string{"I", "E"}, p["userType"])
		require.True(t, p["manager"] == "" || names[p["manager"]], "no manager %s", p["manager"])
		require.NotEqual(t, p["userName"], p["manager"])
	}
}

func TestPeopleFileOfSomebodyStays(t *testing.T) {
	t.Parallel()
	o := &organisation{Options: Options{Folder: t.TempDir() + "/sample"}}
	require.NoError(t, o.writePeople(t.Context()))
	written, err := os.ReadFile(o.peoplePath())
	require.NoError(t, err)
	require.Equal(t, people, written)
	require.NoError(t, os.WriteFile(o.peoplePath(), []byte("edited"), 0o600))
	require.NoError(t, o.writePeople(t.Context()))
	written, err = os.ReadFile(o.peoplePath())
	require.NoError(t, err)
	require.Equal(t, "edited", string(written), "a later start leaves it as it is")
}

// drafts are all sample systems.
func drafts(t *testing.T) []account.System {
	t.Helper()
	o := &organisation{Options: Options{
		Folder: "/data/sample", Server: "dev",
		Directory: &Directory{URL: "ldap://127.0.0.1:1389", Suffix: ldapdev.DefaultSuffix, BindDN: "cn=admin,dc=example,dc=org", Password: "p"},
	}}
	directory, err := o.directory(uuid.New())
	require.NoError(t, err)
	badges := o.badgeDraft(&badgeDatabase{host: "/socket", port: "5432", user: badgeRole, password: "p", sslMode: "prefer"}, uuid.New())
	return []account.System{o.hrFile(), directory, badges}
}

func TestSystemsAreComplete(t *testing.T) {
	t.Parallel()
	registry := connector.NewRegistry(csvfile.Kind(), ldap.Kind(), sql.Kind())
	for _, s := range drafts(t) {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, s.Description, "Sample data")
			kind, err := registry.Kind(s.Connector)
			require.NoError(t, err)
			require.Empty(t, connector.Validate(kind, s.Parameters))
			for _, m := range s.Mappings {
				require.Empty(t, connector.ValidateClass(kind, connector.Class{Name: m.SystemObject, Properties: m.Properties}))
			}
			_, findings := mapping.CompileAll(s.Mappings)
			require.Empty(t, findings)
		})
	}
}

// TestHRFileMapsItsColumns: a column that no row names, or a row that names no column, is a mistake.
func TestHRFileMapsItsColumns(t *testing.T) {
	t.Parallel()
	var mapped []string
	for _, row := range drafts(t)[0].Mappings[0].Rows {
		mapped = append(mapped, row.System)
	}
	var columns []string
	for name := range records(t)[0] {
		columns = append(columns, name)
	}
	require.ElementsMatch(t, columns, mapped)
}

func TestRolesNameWhatExists(t *testing.T) {
	t.Parallel()
	groups, known := map[string]bool{}, map[string]bool{}
	for _, d := range departments {
		groups[d.name] = true
	}
	named := map[string]bool{}
	for _, a := range applications {
		named[a.name] = true
	}
	for _, r := range sampleRoles {
		require.True(t, named[r.application], r.application)
		require.True(t, r.contains == "" || known[r.contains], "%s is made before the role that contains it", r.contains)
		for _, g := range r.groups {
			require.True(t, groups[g], g)
		}
		known[r.name+"@"+r.system] = true
	}
}

func TestDirectoryTreeIsLDIF(t *testing.T) {
	t.Parallel()
	found, err := ldapdev.ParseLDIF(bytes.NewReader(DirectoryTree()))
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.True(t, strings.HasPrefix(found[0].DN, peopleFolder+","))
	require.True(t, strings.HasPrefix(found[1].DN, groupsFolder+","))
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	require.Equal(t, `'it''s'`, quoted("it's"))
}

// TestEverySampleApplicationHasAnOwner: a request for a role of one without would end as an incident.
func TestEverySampleApplicationHasAnOwner(t *testing.T) {
	t.Parallel()
	active := map[string]bool{}
	for _, p := range records(t) {
		active[p["userName"]] = p["active"] == "yes"
	}
	for _, a := range applications {
		require.True(t, active[owners[a.name]], "%s: %s is no active person of the HR file", a.name, owners[a.name])
	}
	require.Len(t, owners, len(applications))
}

// TestEveryKindOfProcessIsDeployed: the catalogue of a new installation has one of each, under names that files can have.
func TestEveryKindOfProcessIsDeployed(t *testing.T) {
	t.Parallel()
	files := map[string]bool{}
	for _, each := range template.All() {
		files[fileOf(each.Kind)] = true
		definition, findings := bpm.Parse(each.Source)
		require.Equal(t, each.Kind, definition.Kind, "%v", findings)
	}
	require.Len(t, files, 5)
	require.True(t, files["request.bpmn"] && files["user.bpmn"])
}
