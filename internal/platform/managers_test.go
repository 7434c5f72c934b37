package platform_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/entitlement"
)

// brief gives the roles that manage an object as "role permissions: managers".
func brief(roles []entitlement.ManagerRole) []string {
	out := []string{}
	for _, r := range roles {
		text := r.Role
		for _, p := range r.Permissions {
			text += " " + p
		}
		text += ":"
		for _, m := range r.Managers {
			text += " " + m.User
		}
		out = append(out, text)
	}
	return out
}

// Managers are the holders of roles with permissions whose scope is the object (guide pages 015 and 017).
func TestManagersOfAnObject(t *testing.T) {
	t.Parallel()
	b := setup(t)
	sales, chess := b.group("sales", "world"), b.group("chess", "world")
	payroll := b.application("Payroll")
	role := func(name string, domain *uuid.UUID, permissions ...authz.Permission) entitlement.Role {
		r := b.role(name, "soffid", "SOFFID", func(r *entitlement.Role) { r.ScopeDomainID = domain })
		for _, p := range permissions {
			_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: string(p), RoleID: r.ID})
			require.NoError(t, err)
		}
		return r
	}
	groups, systems := entitlement.GroupsScope, entitlement.InformationSystemsScope
	lead := role("Lead", &groups, authz.UserUpdate, authz.GroupQuery)
	hr := role("HR", &groups, authz.UserQuery)
	owner := role("Owner", &systems, authz.RoleUpdate)
	role("Unscoped", nil, authz.UserQuery)
	powerless := role("Powerless", &groups)
	grant := func(user string, r entitlement.Role, scope entitlement.Scope) {
		u := b.user(user)
		_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: r.ID, Scopes: []entitlement.Scope{scope}})
		require.NoError(t, err)
	}
	grant("anna", lead, entitlement.Scope{ScopeGroupID: &sales.ID})
	grant("bert", lead, entitlement.Scope{ScopeGroupID: &chess.ID})
	grant("carl", powerless, entitlement.Scope{ScopeGroupID: &sales.ID})
	grant("dora", owner, entitlement.Scope{ScopeInformationSystemID: &payroll.ID})
	grant("emil", lead, entitlement.Scope{ScopeGroupID: &sales.ID})

	for name, c := range map[string]struct {
		of     func(context.Context, uuid.UUID) ([]entitlement.ManagerRole, error)
		id     uuid.UUID
		expect []string
	}{
		"a group":               {b.Managers.OfGroup, sales.ID, []string{"HR user:query:", "Lead group:query user:update: anna emil"}},
		"another group":         {b.Managers.OfGroup, chess.ID, []string{"HR user:query:", "Lead group:query user:update: bert"}},
		"an information system": {b.Managers.OfInformationSystem, payroll.ID, []string{"Owner role:update: dora"}},
		"an unknown one":        {b.Managers.OfInformationSystem, uuid.New(), []string{"Owner role:update:"}},
	} {
		roles, err := c.of(b.ctx, c.id)
		require.NoError(t, err, name)
		require.Equal(t, c.expect, brief(roles), name)
	}
	require.NotEqual(t, hr.ID, lead.ID)
}

// Who may not see grants sees no managers; who sees those of a group only, sees the managers that belong to it.
func TestManagersWithinTheCallersLimits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	sales := b.group("sales", "world")
	lead := b.role("Lead", "soffid", "SOFFID", func(r *entitlement.Role) { domain := entitlement.GroupsScope; r.ScopeDomainID = &domain })
	_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: string(authz.UserQuery), RoleID: lead.ID})
	require.NoError(t, err)
	for _, u := range []struct{ name, group string }{{"anna", "sales"}, {"bert", "world"}} {
		user := b.user(u.name, in(u.group))
		_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &user.ID, RoleID: lead.ID, Scopes: []entitlement.Scope{{ScopeGroupID: &sales.ID}}})
		require.NoError(t, err)
	}
	_, err = b.Managers.OfGroup(b.operator("blind", entitlement.Scope{}, authz.GroupQuery), sales.ID)
	require.ErrorIs(t, err, authz.ErrDenied)
	limited := b.operator("limited", entitlement.Scope{ScopeGroupID: &sales.ID}, authz.GrantQuery)
	open := b.operator("open", entitlement.Scope{}, authz.GrantQuery, authz.RoleQuery)
	roles, err := b.Managers.OfGroup(open, sales.ID)
	require.NoError(t, err)
	require.Contains(t, brief(roles), "Lead user:query: anna bert")
	who, _ := authz.From(limited)
	who.Grants = append(who.Grants, authz.Grant{Permission: authz.RoleQuery, ScopeKind: authz.ScopeAll})
	roles, err = b.Managers.OfGroup(authz.With(limited, who), sales.ID)
	require.NoError(t, err)
	require.Contains(t, brief(roles), "Lead user:query: anna")
}
