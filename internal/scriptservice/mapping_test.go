package scriptservice_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/mapscript"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/script"
)

func TestMappingLooksThingsUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "position")
	b.user("jane", func(u *identity.User) { u.Attributes = object.Attributes{"position": "Engineer"} })
	b.user("joan")
	runner := &mapscript.Runner{Host: b.host, Services: b.services, Language: script.Autodetect}
	compiled, findings := mapping.Compile(mapping.ObjectMapping{
		SystemObject: "inetOrgPerson", ObjectType: mapping.TypeUser, Rows: []mapping.Row{
			{System: "title", Direction: mapping.DirectionOut, Provost: sample(t, "045", "Script Example 2")},
			{System: "ou", Direction: mapping.DirectionOut, Provost: `serverService.getUserInfo(userName, null).primaryGroup`},
			{System: "description", Direction: mapping.DirectionOut, Provost: `serviceLocator.getGroupService().create(new com.soffid.iam.api.Group())`},
		},
	})
	require.Empty(t, findings)
	results, err := compiled.Out(t.Context(), []map[string]any{{"userName": "jane"}, {"userName": "joan"}}, runner)
	require.NoError(t, err)
	require.Equal(t, "Engineer", results[0].Object["title"])
	require.Equal(t, "world", results[0].Object["ou"])
	require.Nil(t, results[1].Object["title"])
	for _, r := range results {
		require.ErrorContains(t, r.Err(), "may only look things up", "a mapping changes nothing")
	}
}

// namedBy is a system whose accounts are named by a script.
func namedBy(b *bench, text string) account.System {
	b.t.Helper()
	_, err := b.NamingRules.Create(b.ctx, account.NamingRule{Code: "by script", Kind: account.NameScript, Script: text})
	require.NoError(b.t, err)
	return b.system("AD", func(s *account.System) { s.NamingRule = "by script" })
}

func TestNamingRuleLooksThingsUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.group("sales", "")
	s := namedBy(b, `serviceLocator.groupService.findGroupByGroupName(user.primaryGroup).parentGroup + "." +
		serverService.getUserInfo(user.userName, null).lastName`)
	u := b.user("jane", func(u *identity.User) { u.PrimaryGroup = "sales" })
	names, err := b.Names(b.ctx, *s.NamingRuleID, &s, nil)
	require.NoError(t, err)
	require.Empty(t, names)

	b.application("APP")
	made, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: b.role("R1", "AD", "APP").ID})
	require.NoError(t, err)
	require.Equal(t, "world.jane", made[0].Account, "the grant opens an account, whose name the rule looks up in the same transaction")
}

func TestNamingRuleChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := namedBy(b, `serviceLocator.getUserService().delete(user); user.userName`)
	u := b.user("jane")
	b.application("APP")
	_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: b.role("R1", s.Name, "APP").ID})
	require.ErrorContains(t, err, "may only look things up")
	require.Equal(t, u.ID, b.named("jane").ID)
}

// TestScriptsThatStartOtherScripts changes a user by a script, whose attribute is validated by a script, which looks things up.
func TestScriptsThatStartOtherScripts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "boss", func(a *metadata.Attribute) {
		a.Options.ValidationScript = `serverService.getUserInfo(value, null) != null ? true : "There is no such boss."`
	})
	b.user("jane")
	text := func(boss string) string {
		return `serviceLocator.getUserService().updateUserAttributes("jane", {boss: "` + boss + `"})`
	}
	_, err := b.run(administrator(), text("admin"), nil)
	require.NoError(t, err)
	require.Equal(t, object.Attributes{"boss": "admin"}, b.named("jane").Attributes)
	_, err = b.run(administrator(), text("nobody"), nil)
	require.ErrorContains(t, err, "There is no such boss.")
	require.Equal(t, object.Attributes{"boss": "admin"}, b.named("jane").Attributes)
}
