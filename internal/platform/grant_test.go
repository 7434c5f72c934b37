package platform_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
)

func TestGrantOpensTheAccountItNeeds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	reader := b.role("reader", "dir", "app")
	u := b.user("u1")
	b.forget()
	g := b.grant(u, reader)
	require.Equal(t, "u1", g.Account)
	require.Equal(t, entitlement.OriginPerson, g.Origin)
	require.Equal(t, []string{"reader"}, b.held(u.ID))
	require.Equal(t, []string{"user/u1"}, b.tasks(), "the account rides with its user")
	_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: reader.ID})
	refused(t, err, fault.Conflict, "already")
	require.NoError(t, b.Revoke(b.ctx, g.ID))
	require.Empty(t, b.held(u.ID))
}

func TestGrantWithoutAccountIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("byhand", func(s *account.System) { s.ManualAccountCreation = true })
	rule, err := b.NamingRules.Create(b.ctx, account.NamingRule{Code: "HAND", Kind: account.NameManual})
	require.NoError(t, err)
	b.system("named", func(s *account.System) { s.NamingRule = rule.Code })
	b.application("app")
	u := b.user("u1")
	r1, r2 := b.role("r1", "byhand", "app"), b.role("r2", "named", "app")
	for _, role := range []entitlement.Role{r1, r2} {
		_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: role.ID})
		refused(t, err, fault.Conflict, "Create the account first")
	}
	_, err = b.Grant(b.ctx, entitlement.GrantRequest{RoleID: r1.ID})
	refused(t, err, fault.Invalid, "either the user or the account")
}

func TestConsoleRolesNeedNoAccountMadeByHand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	u := b.user("u1")
	console := b.role("auditor", "soffid", "SOFFID")
	require.Equal(t, "u1", b.grant(u, console).Account)
}

func TestSeveralAccountsAreAChoice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("dir")
	b.application("app")
	reader := b.role("reader", "dir", "app")
	u := b.user("u1")
	for _, name := range []string{"u1", "u1-admin"} {
		_, err := b.Accounts.Create(b.ctx, account.Account{SystemID: s.ID, Name: name, Type: account.Single, UserID: &u.ID})
		require.NoError(t, err)
	}
	_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: reader.ID})
	refused(t, err, fault.Conflict, "u1, u1-admin", "Choose")
	second, err := b.Accounts.Named(b.ctx, `dir\u1-admin`)
	require.NoError(t, err)
	grants, err := b.Grant(b.ctx, entitlement.GrantRequest{AccountID: &second.ID, RoleID: reader.ID})
	require.NoError(t, err)
	require.Equal(t, "u1-admin", grants[0].Account)
}

func TestAccountInTheWay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("dir")
	b.application("app")
	reader := b.role("reader", "dir", "app")
	u1, u2 := b.user("u1"), b.user("u2")
	_, err := b.Accounts.Create(b.ctx, account.Account{SystemID: s.ID, Name: "u1", Type: account.Shared, UserType: "I"})
	require.NoError(t, err)
	_, err = b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u1.ID, RoleID: reader.ID})
	refused(t, err, fault.Conflict, "shared account")
	unmanaged, err := b.Accounts.Create(b.from(change.Reconciliation), account.Account{SystemID: s.ID, Name: "u2", Type: account.Unmanaged, UserType: "I"})
	require.NoError(t, err)
	writer := b.role("writer", "dir", "app")
	_, err = b.Grants.Create(b.from(change.Load), entitlement.Grant{AccountID: unmanaged.ID, RoleID: writer.ID})
	require.NoError(t, err)
	b.grant(u2, reader)
	require.Equal(t, []string{"reader", "writer"}, b.held(u2.ID), "the adopted account brings its grants")
	require.Equal(t, []string{"reconciliation"}, b.query("select origin from grants where role_id = $1", writer.ID))
}

func TestScopedRole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	app := b.application("app")
	zones, err := b.ScopeDomains.Create(b.ctx, entitlement.ScopeDomain{Name: "zones", InformationSystemID: &app.ID})
	require.NoError(t, err)
	var values []entitlement.ScopeValue
	for _, v := range []string{"north", "south"} {
		value, err := b.ScopeValues.Create(b.ctx, entitlement.ScopeValue{ScopeDomainID: zones.ID, Value: v})
		require.NoError(t, err)
		values = append(values, value)
	}
	seller := b.role("seller", "dir", "app", func(r *entitlement.Role) { r.ScopeDomainID = &zones.ID })
	plain := b.role("plain", "dir", "app")
	team := b.group("team", "")
	u := b.user("u1")
	request := func(role entitlement.Role, scopes ...entitlement.Scope) error {
		_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: role.ID, Scopes: scopes})
		return err
	}
	north, south := entitlement.Scope{ScopeValueID: &values[0].ID}, entitlement.Scope{ScopeValueID: &values[1].ID}
	refused(t, request(seller), fault.Invalid, "zones", "at least one value")
	refused(t, request(seller, entitlement.Scope{ScopeGroupID: &team.ID}), fault.Invalid, "zones")
	refused(t, request(plain, north), fault.Invalid, "no scope")
	refused(t, request(seller, north, north), fault.Conflict, "already")
	require.Empty(t, b.held(u.ID), "all or none")
	require.NoError(t, request(seller, north, south))
	require.Equal(t, []string{"seller/north", "seller/south"}, b.held(u.ID))
	other := b.application("other")
	_, err = b.Roles.Create(b.ctx, entitlement.Role{Name: "x", System: "dir", InformationSystemID: other.ID, ScopeDomainID: &zones.ID})
	refused(t, err, fault.Invalid, "another information system")
	refused(t, b.ScopeValues.Delete(b.ctx, values[0].ID, 0), fault.Conflict, "1 grant")
	seller.ScopeDomainID, seller.ScopeDomain = nil, ""
	_, err = b.Roles.Update(b.ctx, seller.ID, 0, seller)
	refused(t, err, fault.Invalid, "2 grants")
}

func TestSingleRoleReplacesItsSibling(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app", func(s *entitlement.InformationSystem) { s.SingleRole = true })
	b.application("free")
	bronze, silver, other := b.role("bronze", "dir", "app"), b.role("silver", "dir", "app"), b.role("other", "dir", "free")
	u := b.user("u1")
	b.grant(u, bronze)
	b.grant(u, other)
	b.grant(u, silver)
	require.Equal(t, []string{"other", "silver"}, b.held(u.ID))
	require.Equal(t, []string{"delete bronze@dir to u1"},
		b.query("select action || ' ' || object_name from audit_entries where object_type = 'roleAccount' and action = 'delete'"))
}

func TestApprovalWindowOfARole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	u := b.user("u1")
	over := b.role("over", "dir", "app", func(r *entitlement.Role) { r.ApprovalEnd = at(-time.Hour) })
	_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: over.ID})
	refused(t, err, fault.Conflict, "approval of the role over ended")
	coming := b.role("coming", "dir", "app", func(r *entitlement.Role) { r.ApprovalStart = at(time.Hour) })
	b.grant(u, coming)
	require.Empty(t, b.held(u.ID), "not before the approval starts")
	coming.ApprovalStart = at(-time.Hour)
	coming, err = b.Roles.Update(b.ctx, coming.ID, 0, coming)
	require.NoError(t, err)
	require.Equal(t, []string{"coming"}, b.held(u.ID))
	coming.ApprovalEnd = at(-time.Minute)
	_, err = b.Roles.Update(b.ctx, coming.ID, 0, coming)
	require.NoError(t, err)
	require.Empty(t, b.held(u.ID))
}

func TestHolderGroups(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"none", "optional", "always"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.system("dir")
			b.application("app")
			reader := b.role("reader", "dir", "app")
			holderType, err := b.GroupTypes.Create(b.ctx, identity.GroupType{Name: "unit", RoleHolder: true})
			require.NoError(t, err)
			unit, plain := b.group("unit", ""), b.group("plain", "")
			unit.GroupTypeID = &holderType.ID
			_, err = b.Groups.Update(b.ctx, unit.ID, 0, unit)
			require.NoError(t, err)
			u := b.user("u1")
			m := b.member("u1", "unit")
			b.member("u1", "plain")
			b.set("soffid.entitlement.group.holder", policy)
			grant := func(holder *uuid.UUID) error {
				_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: reader.ID, HolderID: holder})
				return err
			}
			if policy == "none" {
				refused(t, grant(&unit.ID), fault.Invalid, "switched off")
				require.NoError(t, grant(nil))
				return
			}
			refused(t, grant(&plain.ID), fault.Invalid, "not a role holder")
			stranger := b.group("stranger", "")
			refused(t, grant(&stranger.ID), fault.Invalid, "does not belong")
			if policy == "always" {
				refused(t, grant(nil), fault.Invalid, "names the group")
			} else {
				require.NoError(t, grant(nil), "the same role may be held without a holder as well")
			}
			require.NoError(t, grant(&unit.ID))
			refused(t, grant(&unit.ID), fault.Conflict, "already")
			require.NoError(t, b.Memberships.Delete(b.ctx, m.ID, 0))
			require.Empty(t, b.query("select id::text from grants where holder_group_id = $1", unit.ID), "leaving the group ends the grant")
		})
	}
}

func TestRulesAndInheritanceNameTheirSource(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("dir")
	b.application("app")
	parent, child, ruled := b.role("parent", "dir", "app"), b.role("child", "dir", "app"), b.role("ruled", "dir", "app")
	b.contain(parent, child, true)
	u := b.user("u1")
	b.grant(u, parent)
	a, err := b.Accounts.Named(b.ctx, s.Name+`\u1`)
	require.NoError(t, err)
	g, err := b.Grants.Create(b.from(change.Rule), entitlement.Grant{AccountID: a.ID, RoleID: ruled.ID})
	require.NoError(t, err)
	refused(t, b.Revoke(b.ctx, g.ID), fault.Conflict, "role assignment rule")
	roles, err := b.EffectiveRoles(b.ctx, u.ID)
	require.NoError(t, err)
	sources := map[string]string{}
	for _, r := range roles {
		sources[r.Role] = r.Source
		require.Equal(t, r.Source == "", r.Revocable)
	}
	require.Equal(t, map[string]string{
		"parent": "", "child": "It is contained in the role parent@dir.", "ruled": "It is granted by a role assignment rule.",
	}, sources)
	require.NoError(t, b.Grants.Delete(b.from(change.Rule), g.ID, 0), "the rule itself may take it away")
}

func TestOnlyAdministratorsMakeAdministrators(t *testing.T) {
	t.Parallel()
	b := setup(t)
	clerk := b.user("clerk")
	b.group("team", "")
	role := b.role("granter", "soffid", "SOFFID")
	for _, p := range []string{"grant:create", "grant:revoke", "role:update"} {
		_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: p, RoleID: role.ID})
		require.NoError(t, err)
	}
	b.grant(clerk, role)
	ctx := b.as(clerk.ID)
	_, err := b.Grant(ctx, entitlement.GrantRequest{UserID: &clerk.ID, RoleID: entitlement.AdminRole})
	refused(t, err, fault.Denied, "Only an administrator")
	_, err = b.RoleContents.Create(ctx, entitlement.Content{RoleID: role.ID, ContainedRoleID: entitlement.AdminRole, Mandatory: true})
	refused(t, err, fault.Denied, "Only an administrator")
	_, err = b.GroupRoles.Create(ctx, entitlement.GroupRole{Group: "team", RoleID: entitlement.AdminRole, Mandatory: true})
	refused(t, err, fault.Denied, "Only an administrator")
	other, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &clerk.ID, RoleID: entitlement.AdminRole})
	require.NoError(t, err)
	require.True(t, b.principal(clerk.ID).Allows("audit:query"))
	require.NoError(t, b.Revoke(b.ctx, other[0].ID))
	refused(t, b.Revoke(b.ctx, entitlement.AdminGrant), fault.Conflict, "keeps SOFFID_ADMIN")
}

func TestGrantUpdates(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	app := b.application("app")
	reader, writer := b.role("reader", "dir", "app"), b.role("writer", "dir", "app")
	u := b.user("u1")
	g := b.grant(u, reader)
	moved := g
	moved.RoleID = writer.ID
	_, err := b.Grants.Update(b.ctx, g.ID, 0, moved)
	refused(t, err, fault.Invalid, "stays with its account and role")
	g.EndAt, g.State, g.Origin = at(-time.Minute), entitlement.GrantApprovalPending, entitlement.OriginLoad
	g, err = b.Grants.Update(b.ctx, g.ID, g.Version, g)
	require.NoError(t, err)
	require.Equal(t, [2]string{entitlement.GrantActive, entitlement.OriginPerson}, [2]string{g.State, g.Origin}, "state and origin are not the caller's")
	require.Empty(t, b.held(u.ID))
	g.StartAt = at(time.Hour)
	_, err = b.Grants.Update(b.ctx, g.ID, 0, g)
	refused(t, err, fault.Invalid, "end later")
	b.deploys("grant-approval")
	app.ApprovalProcess = "grant-approval"
	_, err = b.InformationSystems.Update(b.ctx, app.ID, 0, app)
	require.NoError(t, err)
	g.StartAt, g.EndAt = nil, nil
	_, err = b.Grants.Update(b.ctx, g.ID, 0, g)
	refused(t, err, fault.Conflict, "Revoke reader and grant it anew")
}

func TestPendingGrantIsNotHeld(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	reader, writer := b.role("reader", "dir", "app"), b.role("writer", "dir", "app")
	u := b.user("u1")
	first := b.grant(u, reader)
	g, err := b.Grants.Create(b.from(change.Process), entitlement.Grant{AccountID: first.AccountID, RoleID: writer.ID, State: entitlement.GrantApprovalPending})
	require.NoError(t, err)
	require.Equal(t, []string{"reader"}, b.held(u.ID))
	g.State = entitlement.GrantActive
	_, err = b.Grants.Update(b.from(change.Process), g.ID, 0, g)
	require.NoError(t, err)
	require.Equal(t, []string{"reader", "writer"}, b.held(u.ID))
}
