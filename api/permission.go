package api

import (
	"context"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/query"
)

// permissionRoles gives the roles that hold each permission themselves.
func (a *API) permissionRoles(ctx context.Context) (map[authz.Permission][]PermissionRole, error) {
	out := map[authz.Permission][]PermissionRole{}
	err := a.deps.Platform.Authorizations.Each(ctx, query.List{}, func(x entitlement.Authorization) error {
		permission := authz.Permission(x.Permission)
		out[permission] = append(out[permission], PermissionRole{ID: x.ID.String(), RoleID: x.RoleID.String(), Role: x.Role, System: x.System})
		return nil
	})
	return out, err
}
