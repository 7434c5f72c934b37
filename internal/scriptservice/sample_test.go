package scriptservice_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/identity"
	"provost/internal/object"
)

const samples = "087"

func mail(address string) func(*identity.User) {
	return func(u *identity.User) { u.Email = address }
}

func TestSamplesFindUsers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "language")
	b.user("test", mail("t.sample@example.com"), func(u *identity.User) {
		u.Attributes = object.Attributes{"language": "Catalan"}
	})
	b.user("zoe")
	for heading, want := range map[string]string{
		"#### Recover a user for userName":             "User: " + b.named("admin").FirstName,
		"#### Print some attributes":                   "UserName: test\nName: Sample\nLastName: test\n",
		"#### Print by user the email":                 "Email: t.sample@example.com",
		"#### Print by user some additional data":      "Atributs language = Catalan\n",
		"#### Recover users from a json query with AI": "Users whose username contains 'a':\nadmin\n",
	} {
		require.Equal(t, want, b.output(sample(t, samples, heading)), heading)
	}
}

func TestSamplesCreateUpdateAndDeleteAUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, "Created jkepler\n", b.output(sample(t, samples, "#### Create a new identity")))
	u := b.named("jkepler")
	require.Equal(t, []any{"Johannes", "Kepler", "I", "world", true},
		[]any{u.FirstName, u.LastName, u.UserType, u.PrimaryGroup, u.Active})

	require.Equal(t, "Updated jkepler\n", b.output(sample(t, samples, "#### Update an identity")))
	changed := b.named("jkepler")
	require.Equal(t, "E", changed.UserType)
	changed.UserType, changed.UserTypeID, changed.Meta = u.UserType, u.UserTypeID, u.Meta
	require.Equal(t, u, changed, "nothing else changed")

	remove := sample(t, samples, "#### Delete an identity")
	require.Equal(t, "Deleted jkepler\n", b.output(remove))
	require.Empty(t, b.query("select user_name from users where user_name = 'jkepler'"))
	require.Equal(t, "User not found\n", b.output(remove))
}

func TestSamplesFindAccounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("AD")
	b.user("02")
	own := b.account("second", "AD", "02")
	require.Equal(t, fmt.Sprintf("Cuenta: second\nID: %s\nSystem: AD\n\n", own.ID),
		b.output(sample(t, samples, "#### Recover accounts of users in Soffid 3")))

	for _, name := range []string{"ada", "alan", "grace"} {
		b.user(name)
		b.account(name, "AD", name)
	}
	out := b.output(sample(t, samples, "#### Recover accounts of users in Soffid 4 with AI with pagination"))
	require.ElementsMatch(t, []string{
		"Account: admin, System: soffid", "Account: ada, System: AD", "Account: alan, System: AD", "Account: grace, System: AD",
	}, strings.Split(strings.TrimSpace(out), "\n"), "all pages, each account once, and not that of 02")
}

func TestSamplesRemoveAccountAttributes(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3", "4"} {
		b := setup(t)
		b.attribute("account", "manager")
		b.attribute("account", "other")
		b.system("AD")
		b.system("elsewhere")
		values := func(a *account.Account) { a.Attributes = object.Attributes{"manager": "x", "other": "y"} }
		b.user("ada")
		b.account("ada", "AD", "ada", values)
		b.account("ada", "elsewhere", "ada", values)

		text := sample(t, samples, "#### Remove attribute values of a metadata in Soffid "+version)
		result, err := b.run(administrator(), text, map[string]any{"accountName": "ada"})
		require.NoError(t, err)
		require.Equal(t, "accountName: ada, attribute.value: x ---> removed\n", result.Output)
		require.Equal(t, []string{`AD {"other": "y"}`, `elsewhere {"other": "y", "manager": "x"}`}, b.query(
			`select s.name || ' ' || a.attributes::text from accounts a join systems s on s.id = a.system_id where a.name = 'ada' order by 1`))
	}
}

// held prepares a user with an account in AD that holds the role R1 of the information system APP.
func held(b *bench, user string) account.Account {
	b.t.Helper()
	b.system("AD")
	b.application("APP")
	a := b.account(user, "AD", b.user(user).UserName)
	b.grant(b.named(user), b.role("R1", "AD", "APP"))
	return a
}

func TestSamplesPrintRoles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := held(b, "david.gomez")
	cuenta := "   Cuenta : david.gomez"
	for heading, want := range map[string]string{
		"#### Print the associated roles for each account": cuenta + "      Role: R1\n",
		"#### Print for an account the roles and applications for each of them": cuenta + "   ID: " + a.ID.String() +
			"\n      Role: R1\n          Aplicacion: APP\n",
	} {
		require.Equal(t, want, b.output(sample(t, samples, heading)), heading)
	}
	all := b.output(sample(t, samples, "#### Print the roles associated with each account"))
	require.Contains(t, all, "Usuario: david.gomez\nNombre: Sample\nNombre del Rol: R1\nDescripcion: may R1\n\n")
	require.Contains(t, all, "Usuario: admin\n")
	require.Contains(t, all, "Nombre del Rol: SOFFID_ADMIN\n")

	agents := b.output(sample(t, samples, "#### Show by a user the agents that have associates"))
	require.Contains(t, agents, "Usuario: admin\n   Cuenta : admin")
	require.Contains(t, agents, "      Role: SOFFID_ADMIN\n          Aplicacion: SOFFID\n             Agente: soffid\n")
}

func TestSampleRolesOfAUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	held(b, "Ivan")
	require.Equal(t, "Usuari: Ivan\n\nNombre: R1\nDescripcion: may R1\n\n", b.output(sample(t, samples, "#### Recover roles of a user")))
}

func TestSamplesCreateUpdateAndDeleteARole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	create := sample(t, samples, "#### Create a new role")
	require.Equal(t, "Created: Rol_New_Script\n", b.output(create))
	found, err := b.Roles.Named(b.ctx, `soffid\Rol_New_Script`)
	require.NoError(t, err)
	require.Equal(t, []string{"Rol Script", "SOFFID", "soffid"}, []string{found.Description, found.InformationSystem, found.System})
	require.Contains(t, b.output(create), "Error:", "the name is taken now")
	require.Contains(t, b.output(sample(t, samples, "#### List the roles of an application")), "Rol_New_Script\n")

	b.system("AD")
	b.application("APPLICATION01")
	role := b.role("Rol editado por script", "AD", "APPLICATION01")
	b.role("another", "AD", "APPLICATION01")
	require.Equal(t, "Rol editado por script\nROL01\n", b.output(sample(t, samples, "#### Update a role")))
	require.Equal(t, []string{"ROL01", "another"}, b.query("select name from roles where name in ('ROL01', 'another') order by 1"))

	remove := sample(t, samples, "#### Delete a role")
	require.Contains(t, b.output(remove), "Error: ", "16576 is the id of no role of ours")
	require.Empty(t, b.output(strings.Replace(remove, "16576", `"`+role.ID.String()+`"`, 1)))
	require.Empty(t, b.query("select name from roles where name = 'ROL01'"))
}

func TestSampleGrantSetsAnAttribute(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "language")
	b.attribute("user", "badge")
	b.user("ada", func(u *identity.User) { u.Attributes = object.Attributes{"badge": "7"} })
	text := sample(t, samples, "#### On grant permission")
	for _, role := range []string{"RS001", "RS002"} {
		grant := map[string]any{"roleName": role, "user": "ada"}
		_, err := b.run(administrator(), text, map[string]any{"grant": grant})
		require.NoError(t, err)
		want := object.Attributes{"badge": "7"}
		if role == "RS002" {
			want["language"] = "Spanish"
		}
		require.Equal(t, want, b.named("ada").Attributes, role)
	}
}

func TestSamplesOfAgents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("AD")
	b.system("off", func(s *account.System) { s.Server = "" })
	require.Equal(t, "Nom: AD\nClass Name: ldap\n\n", b.output(sample(t, samples, "#### Recover active agents")),
		"not the internal system, and not the agent without a server")

	result, err := b.run(administrator(), sample(t, samples, "#### Create mainDomain if it doesn't exit"), nil)
	require.NoError(t, err)
	require.Equal(t, "exampledomain", result.Value)
	require.Equal(t, []string{"exampledomain/exampledomain/false"}, b.query("select name || '/' || description || '/' || obsolete from mail_domains"))
	_, err = b.run(administrator(), sample(t, samples, "#### Create mainDomain if it doesn't exit"), nil)
	require.NoError(t, err)
	require.Len(t, b.query("select name from mail_domains"), 1, "the second time it is found")
}

func TestSampleMappingMakesTheGroup(t *testing.T) {
	t.Parallel()
	b := setup(t)
	text := sample(t, "045", "Script Example 1")
	for range 2 {
		result, err := b.run(administrator(), text, map[string]any{"distinguishedName": "CN=ada,OU=Sales,DC=example,DC=com"})
		require.NoError(t, err)
		require.Equal(t, "sales", result.Value)
	}
	g, err := b.Groups.Named(b.ctx, "sales")
	require.NoError(t, err)
	require.Equal(t, "world", g.Parent)
}

func TestSamplesOfPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{"ada", "alan", "grace", "tim"} {
		b.user(name)
	}
	require.Equal(t, "ada\nadmin\nalan\ngrace\ntim\n", b.output(sample(t, "089", "List users")))
	require.Equal(t, "Searching...\n   ada\n   admin\nSearching...\n   alan\n   grace\nSearching...\n   tim\n",
		b.output(sample(t, "089", "List users with pagination")))
}

func TestSampleMappingMakesTheMailDomain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	text := sample(t, "045", "Below, a more complex script to create the main domain if it doesn't exist in Soffid:")
	text, _, found := strings.Cut(text, "=> mailDomain")
	require.True(t, found, "the arrow of the mapping is not script")
	for range 2 {
		result, err := b.run(administrator(), text, map[string]any{"email": "jane@example.org"})
		require.NoError(t, err)
		require.Equal(t, "example.org", result.Value)
	}
	require.Equal(t, []string{"example.org"}, b.query("select name from mail_domains"))
	_, err := b.run(administrator(), text, map[string]any{"email": "nobody"})
	require.ErrorContains(t, err, "name is required", "without an address the sample makes a domain without a name")
}
