package entitlement

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/object"
)

// Authorizations is the use cases of permissions given to roles (guide page 053). They are effective at once: principals are loaded
// afresh for every request.
type Authorizations = object.Service[Authorization, *Authorization]

// NewAuthorizations gives the use cases of authorisations.
func NewAuthorizations(base Authorizations, catalogue Catalogue, roles object.Store[Role]) *Authorizations {
	base.Type, base.Label = "authorization", "authorisation"
	base.Permissions = object.Permissions{
		Query: authz.AuthorizationQuery, Create: authz.AuthorizationUpdate, Update: authz.AuthorizationUpdate, Delete: authz.AuthorizationUpdate,
	}
	base.Rules = &authorizationRules{catalogue: catalogue, roles: roles}
	return &base
}

type authorizationRules struct {
	object.NoRules[Authorization]
	catalogue Catalogue
	roles     object.Store[Role]
}

// Key implements object.Rules.
func (*authorizationRules) Key(a *Authorization) string {
	return a.Permission + `\` + a.RoleID.String()
}

// Prepare checks permission and role. Nobody gives away what they do not hold: an authorisation would otherwise make an operator an
// administrator.
func (r *authorizationRules) Prepare(ctx context.Context, edits []*object.Edit[Authorization]) error {
	err := object.Resolve(ctx, r.catalogue, edits, object.Reference[Authorization]{
		Location: "role", Type: "role", Required: true,
		ID: func(a *Authorization) *uuid.UUID { return &a.RoleID }, Name: func(a *Authorization) *string { return &a.Role },
	})
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, e := range edits {
		if e.After != nil {
			ids = append(ids, e.After.RoleID)
		}
	}
	roles, err := load[Role, *Role](ctx, r.roles, ids)
	if err != nil {
		return fmt.Errorf("read roles of authorisations: %w", err)
	}
	who, _ := authz.From(ctx)
	for _, e := range edits {
		if e.After != nil && e.Err == nil {
			e.Err = checkAuthorization(who, e.After, roles[e.After.RoleID])
		}
	}
	return nil
}

func checkAuthorization(who authz.Principal, a *Authorization, role *Role) error {
	permission, err := authz.Parse(a.Permission)
	if err != nil {
		return fault.InvalidField("permission", "There is no permission %q.", a.Permission)
	}
	switch {
	case role == nil:
		return fault.InvalidField("role", "There is no such role.")
	case role.ID == AdminRole:
		return fault.InvalidField("role", "%s holds every permission already.", role.Name)
	case !who.Scope(permission).All:
		return fault.New(fault.Denied, "You cannot give the permission %s: you do not hold it without limits yourself.", permission)
	}
	a.Role, a.System = role.Name, role.System
	return nil
}
