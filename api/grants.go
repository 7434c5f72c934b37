package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/entitlement"
)

type grantInput struct{ Body GrantRequest }

// GrantRequest asks for a role for a user or an account.
type GrantRequest struct {
	_ struct{} `additionalProperties:"false"`

	entitlement.GrantRequest
}

// TransformSchema makes the members optional that a request may leave out, in its scopes too.
func (GrantRequest) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = []string{"roleId"}
	describeIDs(reflect.TypeFor[entitlement.GrantRequest](), s)
	scope := r.SchemaFromRef(s.Properties["scopes"].Items.Ref)
	scope.Required = nil
	scope.PrecomputeMessages() // what is required is kept in the schema, from before
	describeIDs(reflect.TypeFor[entitlement.Scope](), scope)
	return s
}

type grantsOutput struct{ Body []entitlement.Grant }

// registerGrants adds the grants: creating one is a request at the desk, which may open an account and grant several scopes at once.
func (a *API) registerGrants() {
	grants := resource[entitlement.Grant, *entitlement.Grant]{
		path: "grants", one: "grant", service: a.deps.Platform.Grants, ownPost: true,
		permissions: permissionsOf(authz.GrantQuery, authz.GrantCreate, authz.GrantUpdate, authz.GrantRevoke),
		lookups: []lookup[entitlement.Grant]{
			{
				id:  func(g *entitlement.Grant) *uuid.UUID { return &g.AccountID },
				key: func(g *entitlement.Grant) string { return within(g.System, g.Account) }, find: byKey(a.deps.Platform.Accounts),
			},
			{
				id:  func(g *entitlement.Grant) *uuid.UUID { return &g.RoleID },
				key: func(g *entitlement.Grant) string { return within(g.System, g.Role) }, find: byKey(a.deps.Platform.Roles),
			},
		},
	}
	grants.add(a)
	register(a, holding(authz.GrantCreate), huma.Operation{
		OperationID: "create-grant", Method: http.MethodPost, Path: "/grants", Tags: []string{"Grants"}, Summary: "Grant a role",
		Description: "Names a user, who gets an account in the role's system when there is none and its policy allows one, or an account. " +
			"With several scopes the role is granted once for each, all or none. Several suitable accounts answer 409 and name them.",
		DefaultStatus: http.StatusCreated,
	}, func(ctx context.Context, in *grantInput) (*grantsOutput, error) {
		made, err := a.deps.Platform.Grant(ctx, in.Body.GrantRequest)
		if err != nil {
			return nil, err
		}
		grants.api = a
		if err := grants.veil(ctx, pointers(made)...); err != nil {
			return nil, err
		}
		for i := range made {
			a.deps.Events.Publish(grants.path, made[i].ID)
		}
		return &grantsOutput{Body: made}, nil
	})
}
