package platform_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/parameter"
	"provost/internal/platform"
	"provost/internal/query"
)

func TestSecretParametersAreMasked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const planted = "planted-mail-secret"
	p, err := b.Parameters.Create(b.ctx, parameter.Parameter{Name: "mail.password", Value: planted})
	require.NoError(t, err)
	require.Equal(t, parameter.Mask, p.Value)
	page, err := b.Parameters.List(b.ctx, query.List{Q: "mail.password"})
	require.NoError(t, err)
	require.Equal(t, parameter.Mask, page.Items[0].Value)
	require.NoError(t, b.Parameters.Each(b.ctx, query.List{Filter: `name eq "mail.password"`}, func(p parameter.Parameter) error {
		require.Equal(t, parameter.Mask, p.Value)
		return nil
	}))
	for _, table := range []string{"parameters", "parameters_history", "audit_entries"} {
		require.Equal(t, []string{"0"}, b.query("select count(*)::text from "+table+" x where x::text like '%planted%'"), table)
	}
	mail, err := b.Settings.Mail(b.ctx)
	require.NoError(t, err)
	require.Equal(t, planted, mail.Password.Reveal())

	p, err = b.Parameters.Update(b.ctx, p.ID, p.Version, p)
	require.NoError(t, err)
	require.Equal(t, int64(1), p.Version, "the mask keeps what is stored")
	p.Value = "second"
	p, err = b.Parameters.Update(b.ctx, p.ID, p.Version, p)
	require.NoError(t, err)
	require.Equal(t, int64(2), p.Version)
	opened, err := b.Settings.Secret(b.ctx, "mail.password")
	require.NoError(t, err)
	require.Equal(t, "second", opened.Reveal())
	p.Value = ""
	_, err = b.Parameters.Update(b.ctx, p.ID, p.Version, p)
	require.NoError(t, err)
	require.Equal(t, []string{"0"}, b.query("select count(*)::text from secrets"), "an empty value deletes")
	_, err = b.Parameters.Create(b.ctx, parameter.Parameter{Name: "soffid.ui.docUserPassword", Value: parameter.Mask})
	refused(t, err, fault.Invalid, "none yet")
}

func TestSecretsNeedAMasterKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bare := platform.New(b.Tenant, platform.Deps{})
	_, err := bare.Parameters.Create(b.ctx, parameter.Parameter{Name: "mail.password", Value: "x"})
	refused(t, err, fault.Unavailable, "master key")
}

func TestParameterValues(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cases := []struct{ name, value, words string }{
		{"soffid.task.mode", "sometimes", "readonly, manual, auto"},
		{"soffid.task.limit", "0", "from 1"},
		{"soffid.task.limit", "many", "whole number"},
		{"soffid.entitlement.group.holder", "perhaps", "none, optional, always"},
		{"mail.port", "70000", "65535"},
		{"mail.from", "nobody", "e-mail address"},
		{"soffid.upload.maxsize", "-1", "whole number"},
		{"a b", "x", "letters, digits"},
	}
	for _, c := range cases {
		found, err := b.Tenant.Parameters().Named(b.ctx, c.name)
		require.NoError(t, err)
		if len(found) == 0 {
			_, err = b.Parameters.Create(b.ctx, parameter.Parameter{Name: c.name, Value: c.value})
		} else {
			found[0].Value = c.value
			_, err = b.Parameters.Update(b.ctx, found[0].ID, 0, found[0])
		}
		refused(t, err, fault.Invalid, c.words)
	}
	mode, err := b.Parameters.Named(b.ctx, parameter.TaskMode)
	require.NoError(t, err)
	refused(t, b.Parameters.Delete(b.ctx, mode.ID, 0), fault.Conflict, "needed by the synchronisation engine")
	mode.Value = ""
	_, err = b.Parameters.Update(b.ctx, mode.ID, 0, mode)
	refused(t, err, fault.Conflict, "cannot be deleted")
	b.set("component.custom", "1")
	custom, err := b.Parameters.Named(b.ctx, "component.custom")
	require.NoError(t, err)
	custom.Value = ""
	_, err = b.Parameters.Update(b.ctx, custom.ID, 0, custom)
	require.NoError(t, err)
	_, err = b.Parameters.Named(b.ctx, "component.custom")
	refused(t, err, fault.NotFound)
}

func TestSettingsHaveDefaults(t *testing.T) {
	t.Parallel()
	b := setup(t)
	engine, err := b.Settings.Engine(b.ctx)
	require.NoError(t, err)
	require.Equal(t, parameter.Engine{Mode: parameter.ModeAuto, TaskLimit: 100}, engine)
	mail, err := b.Settings.Mail(b.ctx)
	require.NoError(t, err)
	require.Equal(t, parameter.Mail{Protocol: "SMTP", Port: 25}, mail)
	size, err := b.Settings.UploadMaxSize(b.ctx)
	require.NoError(t, err)
	require.Equal(t, parameter.DefaultUploadSize, size)
	b.set("soffid.scheduler.error.notify", "admin, u1;u2")
	scheduler, processes, err := b.Settings.Notify(b.ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"admin", "u1", "u2"}, scheduler)
	require.Empty(t, processes)
}

func TestEngineModes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for mode, expected := range map[string]int{parameter.ModeReadOnly: 0, parameter.ModeManual: 0, parameter.ModeAuto: 1} {
		b.set(parameter.TaskMode, mode)
		b.forget()
		b.user("in-" + mode)
		require.Len(t, b.tasks(), expected, mode)
	}
}

func TestAuthorisationsAreEffectiveAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	u := b.user("u1")
	role := b.role("auditor", "soffid", "SOFFID")
	g := b.grant(u, role)
	require.Empty(t, b.principal(u.ID).Permissions())
	a, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: "audit:query", Role: "auditor@soffid"})
	require.NoError(t, err)
	require.Equal(t, "SOFFID", a.InformationSystem)
	require.Equal(t, []authz.Permission{authz.AuditQuery}, b.principal(u.ID).Permissions())
	_, err = b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: "audit:query", RoleID: role.ID})
	refused(t, err, fault.Conflict)
	_, err = b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: "audit:forge", RoleID: role.ID})
	refused(t, err, fault.Invalid, "no permission")
	_, err = b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: "audit:query", RoleID: entitlement.AdminRole})
	refused(t, err, fault.Invalid, "every permission already")
	u.Active = false
	_, err = b.Users.Update(b.ctx, u.ID, 0, u)
	require.NoError(t, err)
	require.Empty(t, b.principal(u.ID).Permissions(), "who is not active may do nothing")
	require.NoError(t, b.Revoke(b.ctx, g.ID))
	_, err = b.LoadPrincipal(b.ctx, uuid.New())
	refused(t, err, fault.NotFound)
}

func (b *bench) principal(user uuid.UUID) authz.Principal {
	b.t.Helper()
	p, err := b.LoadPrincipal(b.t.Context(), user)
	require.NoError(b.t, err)
	return p
}

func TestAdministratorMayDoEverything(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.principal(identity.Administrator)
	for _, d := range authz.Catalogue() {
		require.True(t, p.Scope(d.Permission).All, d.Permission)
	}
}

func TestNobodyGivesAwayWhatTheyDoNotHold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	u := b.user("u1")
	role := b.role("delegate", "soffid", "SOFFID")
	b.grant(u, role)
	for _, p := range []string{"authorization:update", "user:query"} {
		_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: p, RoleID: role.ID})
		require.NoError(t, err)
	}
	_, err := b.Authorizations.Create(b.as(u.ID), entitlement.Authorization{Permission: "user:delete", RoleID: role.ID})
	refused(t, err, fault.Denied, "user:delete")
	_, err = b.Authorizations.Create(b.as(u.ID), entitlement.Authorization{Permission: "role:query", RoleID: role.ID})
	require.NoError(t, err, "authorization:update brings role:query")
}

func TestScopedPermissionReachesBelow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	parent := b.application("parent")
	child := b.application("child", func(s *entitlement.InformationSystem) { s.ParentID = &parent.ID })
	other := b.application("other")
	role := b.role("owner", "soffid", "SOFFID", func(r *entitlement.Role) { r.ScopeDomain = "Information systems" })
	_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: "role:update", RoleID: role.ID})
	require.NoError(t, err)
	u := b.user("u1")
	_, err = b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: role.ID, Scopes: []entitlement.Scope{{ScopeInformationSystemID: &parent.ID}}})
	require.NoError(t, err)
	scope := b.principal(u.ID).Scope(authz.RoleUpdate)
	require.True(t, scope.InInformationSystems(parent.ID))
	require.True(t, scope.InInformationSystems(child.ID))
	require.False(t, scope.InInformationSystems(other.ID))
}

func TestInformationSystemTree(t *testing.T) {
	t.Parallel()
	b := setup(t)
	hr := b.application("hr")
	it := b.application("it")
	under := func(parent uuid.UUID) func(*entitlement.InformationSystem) {
		return func(s *entitlement.InformationSystem) { s.ParentID = &parent }
	}
	payroll := b.application("payroll", under(hr.ID))
	b.application("payroll", under(it.ID))
	_, err := b.InformationSystems.Create(b.ctx, entitlement.InformationSystem{Name: "Payroll", ParentID: &hr.ID})
	refused(t, err, fault.Conflict, "Payroll")
	hr.ParentID = &payroll.ID
	_, err = b.InformationSystems.Update(b.ctx, hr.ID, 0, hr)
	refused(t, err, fault.Invalid, "below itself")
	refused(t, b.InformationSystems.Delete(b.ctx, it.ID, 0), fault.Conflict, "1 information systems below")
	soffid, err := b.InformationSystems.List(b.ctx, query.List{Filter: `name eq "SOFFID"`})
	require.NoError(t, err)
	refused(t, b.InformationSystems.Delete(b.ctx, soffid.Items[0].ID, 0), fault.Conflict, "built in")
}

func TestScopeDomains(t *testing.T) {
	t.Parallel()
	b := setup(t)
	app := b.application("app")
	refused(t, b.ScopeDomains.Delete(b.ctx, entitlement.GroupsScope, 0), fault.Conflict, "built in")
	_, err := b.ScopeDomains.Create(b.ctx, entitlement.ScopeDomain{Name: "x"})
	refused(t, err, fault.Invalid, "belongs to an information system")
	_, err = b.ScopeDomains.Create(b.ctx, entitlement.ScopeDomain{Name: "x", Kind: "group"})
	refused(t, err, fault.Invalid, "exist already")
	_, err = b.ScopeValues.Create(b.ctx, entitlement.ScopeValue{ScopeDomainID: entitlement.GroupsScope, Value: "x"})
	refused(t, err, fault.Invalid, "takes its values")
	d, err := b.ScopeDomains.Create(b.ctx, entitlement.ScopeDomain{Name: "zones", InformationSystem: "app"})
	require.NoError(t, err)
	require.Equal(t, app.ID, *d.InformationSystemID)
	_, err = b.ScopeValues.Create(b.ctx, entitlement.ScopeValue{ScopeDomainID: d.ID, Value: "north"})
	require.NoError(t, err)
	_, err = b.ScopeValues.Create(b.ctx, entitlement.ScopeValue{ScopeDomainID: d.ID, Value: " North "})
	refused(t, err, fault.Conflict)
	b.system("dir")
	b.role("seller", "dir", "app", func(r *entitlement.Role) { r.ScopeDomainID = &d.ID })
	refused(t, b.ScopeDomains.Delete(b.ctx, d.ID, 0), fault.Conflict, "1 role")
}
