package platform_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/parameter"
)

// builtin is an object that comes with the platform: how it is found, renamed and deleted by its service.
type builtin struct {
	find   func(b *bench) (string, uuid.UUID, error)
	rename func(ctx context.Context, b *bench, id uuid.UUID) error
	remove func(ctx context.Context, b *bench, id uuid.UUID) error
}

func builtinOf[T any, P object.Pointer[T]](service func(*bench) *object.Service[T, P], key string, rename func(P)) builtin {
	return builtin{
		find: func(b *bench) (string, uuid.UUID, error) {
			found, err := service(b).Named(b.ctx, key)
			if err != nil {
				return "", uuid.Nil, err
			}
			return P(&found).Title(), P(&found).Base().ID, nil
		},
		rename: func(ctx context.Context, b *bench, id uuid.UUID) error {
			found, err := service(b).Get(b.ctx, id)
			if err != nil {
				return err
			}
			rename(&found)
			_, err = service(b).Update(ctx, id, 0, found)
			return err
		},
		remove: func(ctx context.Context, b *bench, id uuid.UUID) error { return service(b).Delete(ctx, id, 0) },
	}
}

// What comes with the platform has exactly the names that samples and customers rely on, keeps them, and is deleted by nobody: not by an
// administrator, not by a load, not by an import (guide pages 045, 087, 018, 039).
func TestBuiltinObjectsStay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, o := range map[string]builtin{
		"soffid":              builtinOf(func(b *bench) *account.Systems { return b.Systems }, "soffid", func(s *account.System) { s.Name = "other" }),
		"SOFFID":              builtinOf(func(b *bench) *entitlement.InformationSystems { return b.InformationSystems }, `\soffid`, func(s *entitlement.InformationSystem) { s.Name = "OTHER" }),
		"SOFFID_ADMIN@soffid": builtinOf(func(b *bench) *entitlement.Roles { return b.Roles }, `soffid\soffid_admin`, func(r *entitlement.Role) { r.Name = "OTHER" }),
		"world":               builtinOf(func(b *bench) *identity.Groups { return b.Groups }, "world", func(g *identity.Group) { g.Name = "universe" }),
		"I":                   builtinOf(func(b *bench) *identity.UserTypes { return b.UserTypes }, "i", func(u *identity.UserType) { u.Name = "Internal" }),
		"E":                   builtinOf(func(b *bench) *identity.UserTypes { return b.UserTypes }, "e", func(u *identity.UserType) { u.Name = "External" }),
		"admin":               builtinOf(func(b *bench) *identity.Users { return b.Users }, "admin", func(u *identity.User) { u.UserName = "root" }),
		"DEFAULT naming rule": builtinOf(func(b *bench) *account.NamingRules { return b.NamingRules }, "default", func(r *account.NamingRule) { r.Code = "OTHER" }),
		"DEFAULT domain":      builtinOf(func(b *bench) *account.PasswordDomains { return b.PasswordDomains }, "default", func(d *account.PasswordDomain) { d.Code = "OTHER" }),
	} {
		title, id, err := o.find(b)
		require.NoError(t, err, name)
		require.Contains(t, name, title)
		for _, ctx := range map[string]context.Context{
			"a person": b.ctx, "a load": identity.AsPlatform(b.from(change.Load)), "an import": b.from(change.Import),
			"a reconciliation": identity.AsPlatform(b.from(change.Reconciliation)),
		} {
			refused(t, o.remove(ctx, b, id), fault.Conflict, "built in")
			refused(t, o.rename(ctx, b, id), fault.Invalid, "keeps its name")
		}
		again, _, err := o.find(b)
		require.NoError(t, err, name)
		require.Equal(t, title, again)
	}
}

// The administrator cannot be locked out, whoever tries (guide 018).
func TestTheWayBackInStaysOpen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	admin, err := b.Users.Get(b.ctx, identity.Administrator)
	require.NoError(t, err)
	console, err := b.Accounts.Get(b.ctx, account.AdminAccount)
	require.NoError(t, err)
	load := identity.AsPlatform(b.from(change.Load))
	for name, try := range map[string]func(context.Context) error{
		"disable the user": func(ctx context.Context) error {
			u := admin
			u.Active = false
			_, err := b.Users.Update(ctx, u.ID, 0, u)
			return err
		},
		"disable the account": func(ctx context.Context) error {
			a := console
			a.Status = account.Disabled
			_, err := b.Accounts.Update(ctx, a.ID, 0, a)
			return err
		},
		"archive the account": func(ctx context.Context) error {
			a := console
			a.Status = account.Archived
			_, err := b.Accounts.Update(ctx, a.ID, 0, a)
			return err
		},
		"remove the account": func(ctx context.Context) error { return b.Accounts.Delete(ctx, console.ID, 0) },
		"revoke the role":    func(ctx context.Context) error { return b.Revoke(ctx, entitlement.AdminGrant) },
		"disable the group": func(ctx context.Context) error {
			g, err := b.Groups.Get(ctx, identity.World)
			require.NoError(t, err)
			g.Disabled = true
			_, err = b.Groups.Update(ctx, g.ID, 0, g)
			return err
		},
	} {
		require.Error(t, try(b.ctx), "a person tries to %s", name)
		require.Error(t, try(load), "a load tries to %s", name)
	}
	p, err := b.LoadPrincipal(t.Context(), identity.Administrator)
	require.NoError(t, err)
	require.True(t, p.Scope(authz.AuthorizationUpdate).All)
}

// A removed account neither blocks its name nor counts; taking it back brings the roles, unless the name was taken meanwhile (guide 014).
func TestRemovedAccountsComeBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		between func(*bench, identity.User)
		code    fault.Code
		held    []string
	}{
		"with its roles":      {func(*bench, identity.User) {}, "", []string{"Reader"}},
		"not onto a new one":  {func(b *bench, u identity.User) { b.account("anna", u) }, fault.Conflict, []string{}},
		"beside another name": {func(b *bench, u identity.User) { b.account("anna2", u) }, "", []string{"Reader"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.system("alpha")
			b.application("Sample")
			u := b.user("anna")
			g := b.grant(u, b.role("Reader", "alpha", "Sample"))
			require.NoError(t, b.Accounts.Delete(b.ctx, g.AccountID, 0))
			require.Empty(t, b.held(u.ID))
			c.between(b, u)
			a, err := b.Accounts.Get(b.ctx, g.AccountID)
			require.NoError(t, err)
			a.Status = account.Enabled
			_, err = b.Accounts.Update(b.ctx, a.ID, 0, a)
			if c.code == "" {
				require.NoError(t, err)
			} else {
				refused(t, err, c.code, "already")
			}
			require.Equal(t, c.held, b.held(u.ID))
		})
	}
}

// account makes an account of a user in the system alpha.
func (b *bench) account(name string, u identity.User) account.Account {
	b.t.Helper()
	a, err := b.Accounts.Create(b.ctx, account.Account{System: "alpha", Name: name, Type: account.Single, User: u.UserName})
	require.NoError(b.t, err)
	return a
}

// The same role may be held several times: unique is account, role, scope and holder (guide 038).
func TestTheSameRoleSeveralTimes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("alpha")
	b.application("Sample")
	b.set(parameter.GroupHolder, parameter.HolderOptional)
	_, err := b.GroupTypes.Create(b.ctx, identity.GroupType{Name: "holder", RoleHolder: true})
	require.NoError(t, err)
	holder := func(name string) uuid.UUID {
		g, err := b.Groups.Create(b.ctx, identity.Group{Name: name, Parent: "world", GroupType: "holder"})
		require.NoError(t, err)
		return g.ID
	}
	sales, export := holder("sales"), holder("export")
	u := b.user("anna", in("sales"))
	left := b.member("anna", "export")
	r := b.role("Reader", "alpha", "Sample", func(r *entitlement.Role) { domain := entitlement.GroupsScope; r.ScopeDomainID = &domain })
	for _, c := range []struct {
		scope  uuid.UUID
		holder *uuid.UUID
		ok     bool
	}{
		{sales, nil, true}, {sales, nil, false}, {export, nil, true}, {sales, &sales, true}, {sales, &export, true}, {sales, &export, false},
	} {
		_, err := b.Grant(b.ctx, entitlement.GrantRequest{
			UserID: &u.ID, RoleID: r.ID, HolderID: c.holder, Scopes: []entitlement.Scope{{ScopeGroupID: &c.scope}},
		})
		if c.ok {
			require.NoError(t, err)
		} else {
			refused(t, err, fault.Conflict, "already")
		}
	}
	require.Equal(t, []string{"4"}, b.query("select count(*)::text from grants where role_id = $1", r.ID))
	require.NoError(t, b.Memberships.Delete(b.ctx, left.ID, 0))
	require.Equal(t, []string{"3"}, b.query("select count(*)::text from grants where role_id = $1", r.ID), "what was held for the group that was left ends")
}

// A role holds only within its own approval window, and what it contains with it (guide 017).
func TestApprovalWindowReachesContents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("alpha")
	b.application("Sample")
	soon := time.Now().Add(time.Hour)
	boss, reader := b.role("Boss", "alpha", "Sample"), b.role("Reader", "alpha", "Sample")
	b.contain(boss, reader, true)
	u := b.user("anna")
	b.grant(u, boss)
	require.Equal(t, []string{"Boss", "Reader < Boss@alpha"}, b.held(u.ID))
	boss.ApprovalStart = &soon
	_, err := b.Roles.Update(b.ctx, boss.ID, 0, boss)
	require.NoError(t, err)
	require.Empty(t, b.held(u.ID))
}

// What stands in a parameter is what the platform does (guide 036).
func TestParametersAreHonoured(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, value := range map[string]string{
		parameter.MailHost: "mail.example.com", parameter.MailPort: "587", parameter.MailFrom: "provost@example.com", parameter.MailAuth: "true",
		parameter.MailUser: "sender", parameter.MailPassword: "planted", parameter.MailProtocol: "smtps",
		parameter.SchedulerNotif: "anna, bert@example.com", parameter.BPMNotify: "carl;dora", parameter.UploadMaxSize: "12",
		parameter.GroupHolder: parameter.HolderAlways, parameter.NameFormat: "%3$s, %1$s",
	} {
		b.set(name, value)
	}
	mail, err := b.Settings.Mail(b.ctx)
	require.NoError(t, err)
	require.Equal(t, "planted", mail.Password.Reveal())
	require.Equal(t, []any{"mail.example.com", 587, "provost@example.com", true, "sender", "SMTPS"},
		[]any{mail.Host, mail.Port, mail.From, mail.Auth, mail.User, mail.Protocol})
	scheduler, processes, err := b.Settings.Notify(b.ctx)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"anna", "bert@example.com"}, {"carl", "dora"}}, [][]string{scheduler, processes})
	size, err := b.Settings.UploadMaxSize(b.ctx)
	require.NoError(t, err)
	require.Equal(t, 12, size)
	require.Equal(t, "anna, Sample", b.user("anna").FullName)
	b.system("alpha")
	b.application("Sample")
	u := b.user("bert")
	r := b.role("Reader", "alpha", "Sample")
	_, err = b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: r.ID})
	refused(t, err, fault.Invalid, "names the group")
}

// What parameters refuse: names, values, renames, and the deletion of what the engine needs (guide 036).
func TestParameterRules(t *testing.T) {
	t.Parallel()
	b := setup(t)
	free, err := b.Parameters.Create(b.ctx, parameter.Parameter{Name: " sample.name ", Value: " x "})
	require.NoError(t, err)
	require.Equal(t, []string{"sample.name", "x"}, []string{free.Name, free.Value}, "blanks around are nobody's intention")
	mode, err := b.Parameters.Named(b.ctx, parameter.TaskMode)
	require.NoError(t, err)
	create := func(name, value string) error {
		_, err := b.Parameters.Create(b.ctx, parameter.Parameter{Name: name, Value: value})
		return err
	}
	update := func(p parameter.Parameter, change func(*parameter.Parameter)) error {
		change(&p)
		_, err := b.Parameters.Update(b.ctx, p.ID, 0, p)
		return err
	}
	for _, c := range map[string]struct {
		err  error
		code fault.Code
		word string
	}{
		"a name with blanks":        {create("my name", "x"), fault.Invalid, "letters"},
		"no name":                   {create("", "x"), fault.Invalid, "letters"},
		"no value":                  {create("sample.empty", "  "), fault.Invalid, "needs a value"},
		"a secret without value":    {create("sample.password", ""), fault.Invalid, "needs a value"},
		"a mask of nothing":         {create("sample.password", parameter.Mask), fault.Invalid, "none yet"},
		"a name that is taken":      {create("sample.name", "y"), fault.Conflict, "already"},
		"a rename":                  {update(free, func(p *parameter.Parameter) { p.Name = "other" }), fault.Invalid, "keeps its name"},
		"a mode that is none":       {update(mode, func(p *parameter.Parameter) { p.Value = "sometimes" }), fault.Invalid, "one of"},
		"emptying the mode":         {update(mode, func(p *parameter.Parameter) { p.Value = "" }), fault.Conflict, "needed"},
		"deleting the mode":         {b.Parameters.Delete(b.ctx, mode.ID, 0), fault.Conflict, "needed"},
		"a limit that is no number": {create(parameter.MailPort, "many"), fault.Invalid, "whole number"},
	} {
		refused(t, c.err, c.code, c.word)
	}
	require.NoError(t, update(free, func(p *parameter.Parameter) { p.Value = "" }), "an empty value deletes")
	require.Empty(t, b.query("select name from parameters where name = 'sample.name'"))
}

// Groups and types: what their pages refuse (guide 015, 037, 038).
func TestGroupRules(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.group("sales", "world")
	early, late := time.Now(), time.Now().Add(time.Hour)
	_, err := b.GroupTypes.Create(b.ctx, identity.GroupType{Name: "unit"})
	require.NoError(t, err)
	typed, err := b.Groups.Create(b.ctx, identity.Group{Name: "typed", GroupType: "unit"})
	require.NoError(t, err)
	require.Equal(t, "world", typed.Parent, "a group without parent hangs below the root")
	unit, err := b.GroupTypes.Named(b.ctx, "unit")
	require.NoError(t, err)
	b.user("anna", in("sales"))
	sales, err := b.Groups.Named(b.ctx, "sales")
	require.NoError(t, err)
	world, err := b.Groups.Get(b.ctx, identity.World)
	require.NoError(t, err)
	world.ParentID = &sales.ID
	create := func(g identity.Group) error {
		_, err := b.Groups.Create(b.ctx, g)
		return err
	}
	moved := func() error {
		_, err := b.Groups.Update(b.ctx, world.ID, 0, world)
		return err
	}
	for _, c := range map[string]struct {
		err  error
		code fault.Code
		word string
	}{
		"a name that is taken":          {create(identity.Group{Name: "SALES"}), fault.Conflict, "already"},
		"an unknown parent":             {create(identity.Group{Name: "x", Parent: "nowhere"}), fault.Invalid, "nowhere"},
		"an unknown type":               {create(identity.Group{Name: "x", GroupType: "none"}), fault.Invalid, "none"},
		"an end before the start":       {create(identity.Group{Name: "x", ActiveSince: &late, ActiveUntil: &early}), fault.Invalid, "later"},
		"moving the root":               {moved(), fault.Invalid, "root"},
		"deleting a used type":          {b.GroupTypes.Delete(b.ctx, unit.ID, 0), fault.Conflict, "used by 1 group"},
		"deleting a group with members": {b.Groups.Delete(b.ctx, sales.ID, 0), fault.Conflict, "primary group"},
	} {
		refused(t, c.err, c.code, c.word)
	}
}
