package platform_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/platform"
)

// sampleKind is a connector with one parameter of each sort that matters here.

func sampleKind(deps *platform.Deps) {
	deps.Connectors = connector.NewRegistry(connector.Kind{
		Name: "sample", Label: "Sample",
		Parameters: []connector.Parameter{
			{Name: "host", Label: "Host", Type: connector.TypeString, Required: true},
			{Name: "password", Label: "Password", Type: connector.TypeSecret, Required: true},
			{Name: "port", Label: "Port", Type: connector.TypeNumber, Minimum: 1, Maximum: 65535},
		},
	})
}

func TestSystemParametersAndSecrets(t *testing.T) {
	t.Parallel()
	b := setup(t, sampleKind)
	draft := account.System{Name: "Corporate LDAP", Connector: "sample", Server: "*"}
	_, err := b.Systems.Create(b.ctx, account.System{Name: "x", Connector: "nothing"})
	refused(t, err, fault.Invalid, `no connector "nothing"`)
	draft.Parameters = map[string]string{"port": "99999", "colour": "red"}
	_, err = b.Systems.Create(b.ctx, draft)
	refused(t, err, fault.Invalid, "parameters.port", "parameters.colour", "parameters.host", "parameters.password")

	const planted = "planted-secret-Zx81"
	draft.Parameters = map[string]string{"host": "ldap.example.org", "password": planted}
	s, err := b.Systems.Create(b.ctx, draft)
	require.NoError(t, err)
	require.Equal(t, planted, draft.Parameters["password"], "the caller's draft is left alone")
	require.Equal(t, account.Mask, s.Parameters["password"])
	stored, err := b.Tenant.Systems().Named(b.ctx, s.Name)
	require.NoError(t, err)
	opened, err := b.ConnectorParameters(b.ctx, &stored[0])
	require.NoError(t, err)
	require.Equal(t, map[string]string{"host": "ldap.example.org", "password": planted}, opened)

	version := s.Version
	s, err = b.Systems.Update(b.ctx, s.ID, s.Version, s)
	require.NoError(t, err)
	require.Equal(t, version, s.Version, "saving what was shown changes nothing")
	s.Parameters["password"] = "another-secret-Qy72"
	s, err = b.Systems.Update(b.ctx, s.ID, s.Version, s)
	require.NoError(t, err)
	require.Greater(t, s.Version, version)
	require.Equal(t, []string{"1"}, b.query("select count(*)::text from secrets"), "the old one is gone")
	for _, table := range []string{"systems", "systems_history", "audit_entries", "sync_tasks", "outbox"} {
		require.Equal(t, []string{"0"}, b.query("select count(*)::text from "+table+" x where x::text like '%secret-%'"), table)
	}
	s.Parameters["password"] = ""
	_, err = b.Systems.Update(b.ctx, s.ID, s.Version, s)
	refused(t, err, fault.Invalid, "parameters.password")
	require.NoError(t, b.Systems.Delete(b.ctx, s.ID, 0))
	require.Equal(t, []string{"0"}, b.query("select count(*)::text from secrets"))
}

func TestSecretOfAnotherSystemCannotBeBorrowed(t *testing.T) {
	t.Parallel()
	b := setup(t, sampleKind)
	parameters := map[string]string{"host": "a.example.org", "password": "first"}
	first, err := b.Systems.Create(b.ctx, account.System{Name: "first", Connector: "sample", Parameters: parameters})
	require.NoError(t, err)
	stored, err := b.Tenant.Systems().Named(b.ctx, first.Name)
	require.NoError(t, err)
	stolen := stored[0].Parameters["password"]
	thief, err := b.Systems.Create(b.ctx, account.System{
		Name: "thief", Connector: "sample", Parameters: map[string]string{"host": "b.example.org", "password": stolen},
	})
	require.NoError(t, err)
	stored, err = b.Tenant.Systems().Named(b.ctx, thief.Name)
	require.NoError(t, err)
	opened, err := b.ConnectorParameters(b.ctx, &stored[0])
	require.NoError(t, err)
	require.Equal(t, stolen, opened["password"], "a reference is taken for a password like any other text")
}

func TestSystemKeyIsDerivedOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("Corporate LDAP (new)")
	require.Equal(t, "corporate-ldap-new", s.Key)
	require.Equal(t, "corporate-ldap-new-2", b.system("corporate ldap, NEW").Key)
	s.Name = "Directory"
	s.Key = "mine"
	s, err := b.Systems.Update(b.ctx, s.ID, 0, s)
	require.NoError(t, err)
	require.Equal(t, "corporate-ldap-new", s.Key, "the key names the queue and never changes")
	require.Len(t, b.system(strings.Repeat("long name ", 9)).Key, 39)
	require.Equal(t, "system", account.KeyOf("目录"))
	_, err = b.Systems.Create(b.ctx, account.System{Name: "DIRECTORY", Connector: "ldap"})
	refused(t, err, fault.Conflict, "DIRECTORY")
}

func TestMappingFindingsAreLocated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row := mapping.Row{System: "cn", Direction: "<=", Provost: "accountName"}
	_, err := b.Systems.Create(b.ctx, account.System{Name: "x", Connector: "ldap", Mappings: []mapping.ObjectMapping{
		{SystemObject: "a", ObjectType: mapping.TypeAccount, Rows: []mapping.Row{row}},
		{SystemObject: "b", ObjectType: "thing", Rows: []mapping.Row{row, {System: "a + b", Direction: "<=", Provost: "x"}, {System: "q", Direction: "?", Provost: "x"}}},
	}})
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	var locations []string
	for _, field := range f.Fields {
		locations = append(locations, field.Location)
	}
	require.Equal(t, []string{"mappings[1].objectType", "mappings[1].rows[1].system", "mappings[1].rows[2].direction"}, locations)
}

func TestBuiltinSystemIsProtected(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refused(t, b.Systems.Delete(b.ctx, account.InternalSystem, 0), fault.Conflict, "built in")
	s, err := b.Systems.Get(b.ctx, account.InternalSystem)
	require.NoError(t, err)
	s.Name = "renamed"
	_, err = b.Systems.Update(b.ctx, s.ID, 0, s)
	refused(t, err, fault.Invalid, "keeps its name")
	refused(t, b.Accounts.Delete(b.ctx, account.AdminAccount, 0), fault.Conflict, "administrator")
}

func TestPolicyPreviewAndEffect(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("dir")
	b.application("app")
	division := b.group("division", "")
	b.group("team", "division")
	inside := b.user("inside", in("team"))
	outside := b.user("outside")
	b.user("away", in("team"), func(u *identity.User) { u.Active = false })
	b.user("visitor", in("team"), func(u *identity.User) { u.UserType = "E" })
	reader := b.role("reader", "dir", "app")
	b.grant(outside, reader)
	b.forget()

	draft := s
	draft.GroupIDs, draft.UserTypeIDs = []uuid.UUID{division.ID}, []uuid.UUID{identity.InternalType}
	preview, err := b.PreviewPolicy(b.ctx, draft)
	require.NoError(t, err)
	require.Equal(t, []account.PolicyChange{
		{UserID: inside.ID, User: "inside", FullName: "Sample inside", Account: "inside", Effect: account.PolicyGain},
		{UserID: outside.ID, User: "outside", FullName: "Sample outside", Account: "outside", Effect: account.PolicyLose},
	}, preview.Changes)
	require.Equal(t, [3]int{1, 0, 1}, [3]int{preview.Gain, preview.Back, preview.Lose})
	require.Empty(t, b.tasks(), "a preview writes nothing")

	s, err = b.Systems.Update(b.ctx, s.ID, s.Version, draft)
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{division.ID}, s.GroupIDs)
	require.Equal(t, []string{"user/inside", "user/outside"}, b.tasks())

	s.RoleBased = true
	preview, err = b.PreviewPolicy(b.ctx, s)
	require.NoError(t, err)
	require.Equal(t, 0, preview.Gain, "nobody inside holds a role there")
	s.ManualAccountCreation, s.RoleBased = true, false
	preview, err = b.PreviewPolicy(b.ctx, s)
	require.NoError(t, err)
	require.Equal(t, 0, preview.Gain)
	_, err = b.PreviewPolicy(b.as(outside.ID), s)
	require.Error(t, err, "previews are for those who may change the system")
}

func TestChangedMappingTouchesTheAccounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("dir")
	b.application("app")
	b.grant(b.user("u1"), b.role("reader", "dir", "app"))
	b.forget()
	s.Description = "changed"
	s, err := b.Systems.Update(b.ctx, s.ID, 0, s)
	require.NoError(t, err)
	require.Empty(t, b.tasks())
	s.Mappings = []mapping.ObjectMapping{{SystemObject: "a", ObjectType: mapping.TypeAccount, Rows: []mapping.Row{{System: "cn", Direction: "<=", Provost: "accountName"}}}}
	_, err = b.Systems.Update(b.ctx, s.ID, 0, s)
	require.NoError(t, err)
	require.Equal(t, []string{"user/u1"}, b.tasks())
}

func TestRemovedSystemTakesItsTasks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("dir")
	b.forget()
	_, err := b.Accounts.Create(b.ctx, account.Account{SystemID: s.ID, Name: "service", Type: account.Shared, UserType: "I"})
	require.NoError(t, err)
	require.Equal(t, []string{"account/service"}, b.tasks())
	require.NoError(t, b.Systems.Delete(b.ctx, s.ID, 0))
	require.Empty(t, b.tasks())
}

func TestAccountLifeCycle(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("dir")
	u := b.user("u1", func(u *identity.User) { u.UserType = "E" })
	create := func(a account.Account) error {
		a.SystemID = s.ID
		_, err := b.Accounts.Create(b.ctx, a)
		return err
	}
	refused(t, create(account.Account{Name: "a", Type: account.Single}), fault.Invalid, "needs its user")
	refused(t, create(account.Account{Name: "a", Type: account.Shared, UserID: &u.ID}), fault.Invalid, "Only a single user account")
	refused(t, create(account.Account{Name: "a", Type: account.Shared}), fault.Invalid, "password policy")
	refused(t, create(account.Account{Name: "a", Type: account.Shared, UserType: "I", Status: account.Locked}), fault.Invalid, "failed logins")
	a, err := b.Accounts.Create(b.ctx, account.Account{SystemID: s.ID, Name: "u1", UserID: &u.ID, ExternalID: "cn=u1"})
	require.NoError(t, err)
	require.Equal(t, [4]string{"single", "enabled", "E", "Sample u1"}, [4]string{a.Type, a.Status, a.UserType, a.Description})
	refused(t, create(account.Account{Name: "U1", UserID: &u.ID}), fault.Conflict, "U1@dir")

	b.forget()
	a.Name, a.ExternalID = "u1-new", ""
	a, err = b.Accounts.Update(b.ctx, a.ID, a.Version, a)
	require.NoError(t, err)
	require.Equal(t, "cn=u1", a.ExternalID, "a rename keeps what finds the account in its system")
	require.Equal(t, []string{"user/u1"}, b.tasks())

	require.NoError(t, b.Accounts.Delete(b.ctx, a.ID, 0))
	removed, err := b.Accounts.Get(b.ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, account.Removed, removed.Status)
	refused(t, b.Accounts.Delete(b.ctx, a.ID, 0), fault.Conflict, "already")
	require.NoError(t, create(account.Account{Name: "u1-new", Type: account.Shared, UserType: "I"}), "a removed account does not block its name")
	removed.Status = account.Enabled
	_, err = b.Accounts.Update(b.ctx, a.ID, 0, removed)
	refused(t, err, fault.Conflict, "u1-new@dir")
	removed.Name = "u1-again"
	back, err := b.Accounts.Update(b.ctx, a.ID, 0, removed)
	require.NoError(t, err)
	require.Equal(t, account.Enabled, back.Status)
}

func TestRemovedAccountCountsNoMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	reader := b.role("reader", "dir", "app")
	u := b.user("u1")
	g := b.grant(u, reader)
	require.NoError(t, b.Accounts.Delete(b.ctx, g.AccountID, 0))
	require.Empty(t, b.held(u.ID))
	_, err := b.Grant(b.ctx, entitlement.GrantRequest{AccountID: &g.AccountID, RoleID: reader.ID})
	refused(t, err, fault.Conflict, "Take it back")
	a, err := b.Accounts.Get(b.ctx, g.AccountID)
	require.NoError(t, err)
	a.Status = account.Enabled
	_, err = b.Accounts.Update(b.ctx, a.ID, 0, a)
	require.NoError(t, err)
	require.Equal(t, []string{"reader"}, b.held(u.ID), "undelete brings the grants back")
}

func TestAccountMovesItsGrantsToItsUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	u1, u2 := b.user("u1"), b.user("u2")
	g := b.grant(u1, b.role("reader", "dir", "app"))
	a, err := b.Accounts.Get(b.ctx, g.AccountID)
	require.NoError(t, err)
	a.User = "u2"
	_, err = b.Accounts.Update(b.ctx, a.ID, 0, a)
	require.NoError(t, err)
	require.Empty(t, b.held(u1.ID))
	require.Equal(t, []string{"reader"}, b.held(u2.ID))
}

func TestAccessEntries(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("dir")
	u := b.user("u1")
	shared, err := b.Accounts.Create(b.ctx, account.Account{SystemID: s.ID, Name: "root", Type: account.Privileged, UserType: "I"})
	require.NoError(t, err)
	single, err := b.Accounts.Create(b.ctx, account.Account{SystemID: s.ID, Name: "u1", UserID: &u.ID})
	require.NoError(t, err)
	cases := []struct {
		entry account.Access
		words string
	}{
		{account.Access{AccountID: single.ID, Level: "owner", User: "u1"}, "only shared and privileged"},
		{account.Access{AccountID: shared.ID, Level: "owner"}, "exactly one"},
		{account.Access{AccountID: shared.ID, Level: "owner", User: "u1", Group: "world"}, "exactly one"},
		{account.Access{AccountID: shared.ID, Level: "boss", User: "u1"}, "level"},
		{account.Access{AccountID: uuid.New(), Level: "owner", User: "u1"}, "no such account"},
	}
	for _, c := range cases {
		_, err := b.AccountAccess.Create(b.ctx, c.entry)
		refused(t, err, fault.Invalid, c.words)
	}
	for _, level := range []string{"owner", "manager", "sso"} {
		_, err := b.AccountAccess.Create(b.ctx, account.Access{AccountID: shared.ID, Level: level, User: "u1"})
		require.NoError(t, err)
	}
	_, err = b.AccountAccess.Create(b.ctx, account.Access{AccountID: shared.ID, Level: "owner", User: "u1"})
	refused(t, err, fault.Conflict)
}

// names answers scripts by their text, without a script host.

func TestPasswordPolicyFollowsTheUserType(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	u := b.user("u1")
	g := b.grant(u, b.role("reader", "dir", "app"))
	u.UserType = "E"
	_, err := b.Users.Update(b.ctx, u.ID, 0, u)
	require.NoError(t, err)
	a, err := b.Accounts.Get(b.ctx, g.AccountID)
	require.NoError(t, err)
	require.Equal(t, "E", a.UserType)
}

func TestRulesOfASystemAreChecked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cases := []struct {
		change func(*account.System)
		words  string
	}{
		{func(s *account.System) { s.Correlation = []account.CorrelationRule{{Kind: "guess", Expression: "x"}} }, "correlation[0].kind"},
		{func(s *account.System) {
			s.LoadTriggers = []account.LoadTrigger{{ObjectType: "user", Event: "later", Script: "x"}}
		}, "loadTriggers[0].event"},
		{func(s *account.System) { s.Threads = 65 }, "threads"},
		{func(s *account.System) { s.Removal = "forget" }, "removal"},
		{func(s *account.System) { s.Guard.MaxDeletePercent = 101 }, "guard.maxDeletePercent"},
		{func(s *account.System) { s.NamingRule = "NOPE" }, "namingRule"},
	}
	for _, c := range cases {
		s := account.System{Name: "dir", Connector: "ldap"}
		c.change(&s)
		_, err := b.Systems.Create(b.ctx, s)
		refused(t, err, fault.Invalid, c.words)
	}
}
