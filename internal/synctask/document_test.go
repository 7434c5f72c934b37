package synctask_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/testenv/enginetest"
)

// attribute is an expression of a mapping and what it gives; nil is nothing.
type attribute struct {
	expression string
	expect     any
}

// The objects of guide page 086, attribute by attribute: world > sales > export; anna leads sales, bert works in export and reads through
// a role that his group has; Boss of beta contains Reader of alpha, which contains Viewer.
var objectsOfTheGuide = []struct {
	kind       mapping.ObjectType
	key, of    string
	attributes []attribute
}{
	{kind: mapping.TypeGroup, key: "name", of: "sales", attributes: []attribute{
		{"description", "Sample sales"},
		{"parent", "world"},
		{"type", "unit"},
		{"server", "files"},
		{"driveLetter", "S"},
		{"disabled", "false"},
		{"accountingGroup", "4711"},
		{"userNames", []string{"anna"}},
		{"allUserNames", []string{"anna", "bert"}},
		{"users[0].emailAddress", "anna@example.com"},
		{"allUsers[1].userName", "bert"},
		{"grantedRoleNames", []string{"Reader"}},
		{"grantedRoles[0].grantedRoleSystem", "alpha"},
		{"grantedRoles[0].ownerGroup", "sales"},
		{"attributes.accountingGroup", "4711"},
	}},
	{kind: mapping.TypeRole, key: "name", of: "Reader", attributes: []attribute{
		{"system", "alpha"},
		{"application", "Sample"},
		{"category", "use"},
		{"description", "Sample reader"},
		{"passwordProtected", "true"},
		{"wfmanaged", "true"},
		{"domain", nil},
		{"ownedRoles[0].grantedRole", "Viewer"},
		{"ownedRoles[0].ownerRoleName", "Reader"},
		{"ownerRoles[0].ownerRoleName", "Boss"},
		{"ownerRoles[0].ownerSystem", "beta"},
		{"ownerGroups[0].name", "sales"},
		{"grantedAccountNames", []string{"anna"}},
		{"allGrantedAccountNames", []string{"anna", "bert"}},
		{"grantedAccounts[0].accountName", "anna"},
		{"grantedAccounts[0].fullName", "Sample anna"},
		{"allGrantedAccounts[1].userName", "bert"},
	}},
	{kind: mapping.TypeUser, key: "accountName", of: "anna", attributes: []attribute{
		{"primaryGroupObject.driveLetter", "S"},
		{"secondaryGroups[0].name", "sales"},
		{"granted", []string{"sales", "Reader"}},
		{"allGranted", []string{"sales", "world", "Reader", "Viewer"}},
		{"grantedRoles[0].grantedRole", "Reader"},
		{"grantedRoles[0].ownerAccount", "anna"},
		{"grantedRoles[0].ownerUser", "anna"},
		{"grantedRoles[0].grantedRoleObject.category", "use"},
		{"grantedRoles[0].ownerAccountObject.accountName", "anna"},
		{"grantedRoles[0].ownerUserObject.emailAddress", "anna@example.com"},
		{"allGrantedRoles[1].ownerRoleName", "Reader"},
		{"allGrantedRoles[1].ownerSystem", "alpha"},
	}},
	{kind: mapping.TypeUser, key: "accountName", of: "bert", attributes: []attribute{
		{"allGrantedRoles[0].grantedRole", "Reader"},
		{"allGrantedRoles[0].ownerGroup", "sales"},
		{"allGrantedRoles[0].id", nil},
		{"allGranted", []string{"export", "sales", "world", "Reader", "Viewer"}},
		{"granted", []string{"export"}},
	}},
}

func TestObjectsOfTheGuide(t *testing.T) {
	t.Parallel()
	for _, of := range objectsOfTheGuide {
		t.Run(string(of.kind)+" "+of.of, func(t *testing.T) {
			t.Parallel()
			m := mapping.ObjectMapping{
				SystemObject: "thing", ObjectType: of.kind, Properties: map[string]string{"key": "name"},
				Rows: []mapping.Row{{System: "name", Direction: mapping.DirectionOut, Provost: of.key}},
			}
			for _, a := range of.attributes {
				m.Rows = append(m.Rows, mapping.Row{System: `THIS{"` + slug(a.expression) + `"}`, Direction: mapping.DirectionOut, Provost: a.expression})
			}
			b := enginetest.New(t)
			organisation(t, b, m)
			b.Settle()
			require.Empty(t, b.Open())
			thing := b.Objects("alpha", "thing")[of.of]
			for _, a := range of.attributes {
				got := texts(thing.Attributes[slug(a.expression)])
				switch expect := a.expect.(type) {
				case nil:
					require.Empty(t, slices.DeleteFunc(got, func(s string) bool { return s == "" }), a.expression)
				case []string:
					require.ElementsMatch(t, expect, got, a.expression)
				default:
					require.Equal(t, []string{expect.(string)}, got, a.expression)
				}
			}
		})
	}
}

// The id of a grant is that of its row.
func TestGrantHasItsID(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", func(s *account.System) {
		s.Mappings[0].Rows = append(s.Mappings[0].Rows, mapping.Row{System: "grant", Direction: mapping.DirectionOut, Provost: "grantedRoles[0].id"})
	})
	r := b.Role("Reader", "alpha")
	grants, err := b.Grant(b.Ctx, grantTo(b.User("anna").ID, r.ID))
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, grants[0].ID.String(), value(b.Objects("alpha", enginetest.Person)["anna"], "grant"))
}

// slug names the attribute of the system in which the value of an expression ends.
func slug(expression string) string {
	return string(slices.DeleteFunc([]rune(expression), func(r rune) bool { return r == '.' || r == '[' || r == ']' }))
}

func texts(v any) []string {
	var out []string
	for _, one := range connector.Values(v) {
		out = append(out, connector.Text(one))
	}
	return out
}

// organisation is the sample organisation, all of it new, with the system that has the mapping.
func organisation(t *testing.T, b *enginetest.Bench, m mapping.ObjectMapping) {
	t.Helper()
	b.System("alpha", func(s *account.System) { s.Mappings = []mapping.ObjectMapping{enginetest.Mapping(), m} })
	b.System("beta", func(s *account.System) { s.Mappings = nil })
	_, err := b.GroupTypes.Create(b.Ctx, identity.GroupType{Name: "unit"})
	require.NoError(t, err)
	_, err = b.Groups.Create(b.Ctx, identity.Group{
		Name: "sales", Description: "Sample sales", Parent: "world", GroupType: "unit", DriveServer: "files", DriveLetter: "S",
	})
	require.NoError(t, err)
	group(t, b, "export", "sales")
	b.Exec(`update groups set attributes = '{"accountingGroup": "4711"}' where name = 'sales'`)
	viewer, boss := b.Role("Viewer", "alpha"), b.Role("Boss", "beta")
	reader, err := b.Roles.Create(b.Ctx, entitlement.Role{
		Name: "Reader", System: "alpha", InformationSystem: "Sample", Category: "use", Description: "Sample reader",
		PasswordProtected: true, BPMEnabled: true,
	})
	require.NoError(t, err)
	for _, c := range []entitlement.Content{{RoleID: boss.ID, ContainedRoleID: reader.ID}, {RoleID: reader.ID, ContainedRoleID: viewer.ID}} {
		c.Mandatory = true
		_, err = b.RoleContents.Create(b.Ctx, c)
		require.NoError(t, err)
	}
	anna := b.User("anna", func(u *identity.User) { u.PrimaryGroup = "sales" })
	b.Settle()
	_, err = b.Grant(b.Ctx, grantTo(anna.ID, reader.ID))
	require.NoError(t, err)
	_, err = b.GroupRoles.Create(b.Ctx, entitlement.GroupRole{Group: "sales", RoleID: reader.ID, Mandatory: true})
	require.NoError(t, err)
	b.User("bert", func(u *identity.User) { u.PrimaryGroup = "export" })
}
