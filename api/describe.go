package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"provost/internal/authz"
	"provost/internal/metadata"
)

// operationID derives the id of an operation from its path: /users/{id}/grants is list-grants-of-user.
func operationID(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	return "list-" + parts[len(parts)-1] + "-of-" + strings.TrimSuffix(parts[0], "s")
}

func tagOf(path string) string {
	first, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
	return capital(strings.ReplaceAll(first, "-", " "))
}

type schemaInput struct {
	ObjectType string `path:"objectType" doc:"user, group, account …" maxLength:"64"`
}

type schemaOutput struct{ Body []metadata.Field }

// PermissionView is a permission as the page Settings, Authorisations shows it (guide 053).
type PermissionView struct {
	Permission  authz.Permission   `json:"permission"`
	Object      authz.Object       `json:"object" doc:"What it is about"`
	Description string             `json:"description"`
	Implies     []authz.Permission `json:"implies" doc:"What comes with it, over all steps"`
	InheritedBy []authz.Permission `json:"inheritedFrom" doc:"What brings it"`
	Limits      []authz.ScopeKind  `json:"limits" doc:"What a grant of it may be limited to"`
	Roles       []PermissionRole   `json:"roles" doc:"Roles that hold it themselves; empty for callers who may not see authorisations"`
}

// PermissionRole is a role that holds a permission.
type PermissionRole struct {
	ID     string `json:"id" doc:"Id of the authorisation"`
	RoleID string `json:"roleId"`
	Role   string `json:"role"`
	System string `json:"system"`
}

type permissionsOutput struct{ Body []PermissionView }

// registerDescriptions adds what the console draws itself from: the attributes of objects and the permissions.
func (a *API) registerDescriptions() {
	register(a, signedIn, huma.Operation{
		OperationID: "get-schema", Method: http.MethodGet, Path: "/schemas/{objectType}", Tags: []string{"Schemas"},
		Summary:     "Attributes of an object type, for forms, columns, search and imports",
		Description: "As the caller may see them: hidden attributes are left out, those the caller may not change are marked.",
	}, func(ctx context.Context, in *schemaInput) (*schemaOutput, error) {
		fields, err := a.deps.Platform.Attributes.For(ctx, in.ObjectType)
		if err != nil {
			return nil, err
		}
		return &schemaOutput{Body: fields}, nil
	})
	register(a, holding(authz.AuthorizationQuery), huma.Operation{
		OperationID: "list-permissions", Method: http.MethodGet, Path: "/permissions", Tags: []string{"Authorizations"},
		Summary: "All permissions, what they bring with them, and the roles that hold them",
	}, a.permissions)
}

func (a *API) permissions(ctx context.Context, in *LanguageInput) (*permissionsOutput, error) {
	roles, err := a.permissionRoles(ctx)
	if err != nil {
		return nil, err
	}
	out := &permissionsOutput{}
	for _, d := range authz.Catalogue() {
		out.Body = append(out.Body, PermissionView{
			Permission: d.Permission, Object: d.Object, Description: d.Description.In(in.Language),
			Implies: filled(authz.Implied(d.Permission)), InheritedBy: filled(authz.Givers(d.Permission)),
			Limits: filled(d.Limits), Roles: filled(roles[d.Permission]),
		})
	}
	return out, nil
}

// filled gives an empty list for none: the document promises lists.
func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return slices.Clone(list)
}
