package entitlement

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/object"
	"provost/internal/query"
)

// ManagerRole is a role whose holders manage an object: it carries permissions, and its grants are limited to objects of that kind
// (guide pages 015 and 017, Managers).
type ManagerRole struct {
	RoleID      uuid.UUID `json:"roleId"`
	Role        string    `json:"role"`
	System      string    `json:"system"`
	Description string    `json:"description"`
	Permissions []string  `json:"permissions"`
	Managers    []Grant   `json:"managers"` // whose scope is this object
}

// Managers tells who manages groups and information systems.
type Managers struct {
	roles          *Roles
	grants         *Grants
	domains        object.Store[ScopeDomain]
	authorizations object.Store[Authorization]
}

// NewManagers gives the use case of managers.
func NewManagers(roles *Roles, grants *Grants, domains object.Store[ScopeDomain], authorizations object.Store[Authorization]) *Managers {
	return &Managers{roles: roles, grants: grants, domains: domains, authorizations: authorizations}
}

// OfGroup gives the roles by which a group is managed, with those who hold them for it. The caller sees the roles that they may query,
// and of the holders those whose grants they may query. Whether they may see the group itself is for the caller of this to ask.
func (m *Managers) OfGroup(ctx context.Context, group uuid.UUID) ([]ManagerRole, error) {
	return m.of(ctx, ScopeOfGroups, "scopeGroupId", group)
}

// OfInformationSystem gives the roles by which an information system is managed; see OfGroup.
func (m *Managers) OfInformationSystem(ctx context.Context, system uuid.UUID) ([]ManagerRole, error) {
	return m.of(ctx, ScopeOfInformationSystems, "scopeInformationSystemId", system)
}

func (m *Managers) of(ctx context.Context, kind, attribute string, id uuid.UUID) ([]ManagerRole, error) {
	who, err := authz.Check(ctx, authz.GrantQuery)
	if err != nil {
		return nil, err
	}
	permissions, err := m.permissions(ctx)
	if err != nil {
		return nil, err
	}
	out, at, err := m.rolesOf(ctx, kind, permissions)
	if err != nil {
		return nil, err
	}
	condition := query.List{Filter: attribute + ` eq "` + id.String() + `"`}
	err = m.grants.Store.Each(ctx, who.Scope(authz.GrantQuery), condition, func(g Grant) error {
		if i, listed := at[g.RoleID]; listed {
			out[i].Managers = append(out[i].Managers, g)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read managers: %w", err)
	}
	return out, nil
}

// permissions gives the permissions that roles carry.
func (m *Managers) permissions(ctx context.Context) (map[uuid.UUID][]string, error) {
	out := map[uuid.UUID][]string{}
	err := m.authorizations.Each(ctx, everything, query.List{}, func(a Authorization) error {
		out[a.RoleID] = append(out[a.RoleID], a.Permission)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read authorisations: %w", err)
	}
	return out, nil
}

// rolesOf gives those of the roles that are limited to objects of a kind and that the caller may query, by name, with their places.
func (m *Managers) rolesOf(ctx context.Context, kind string, permissions map[uuid.UUID][]string) ([]ManagerRole, map[uuid.UUID]int, error) {
	who, err := authz.Check(ctx, authz.RoleQuery)
	if err != nil {
		return nil, nil, err
	}
	domains := map[uuid.UUID]bool{}
	err = m.domains.Each(ctx, everything, query.List{Filter: `kind eq "` + kind + `"`}, func(d ScopeDomain) error {
		domains[d.ID] = true
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read scope domains: %w", err)
	}
	ids := make([]uuid.UUID, 0, len(permissions))
	for id := range permissions {
		ids = append(ids, id)
	}
	roles, err := m.roles.Store.Get(ctx, who.Scope(authz.RoleQuery), ids...)
	if err != nil {
		return nil, nil, fmt.Errorf("read roles of managers: %w", err)
	}
	out := []ManagerRole{}
	for i := range roles {
		r := &roles[i]
		if r.ScopeDomainID == nil || !domains[*r.ScopeDomainID] {
			continue
		}
		slices.Sort(permissions[r.ID])
		out = append(out, ManagerRole{
			RoleID: r.ID, Role: r.Name, System: r.System, Description: r.Description, Permissions: permissions[r.ID], Managers: []Grant{},
		})
	}
	slices.SortFunc(out, func(a, b ManagerRole) int {
		return slices.Compare([]string{a.Role, a.System}, []string{b.Role, b.System})
	})
	at := make(map[uuid.UUID]int, len(out))
	for i := range out {
		at[out[i].RoleID] = i
	}
	return out, at, nil
}
