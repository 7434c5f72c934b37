package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/object"
)

type managersOutput struct{ Body []entitlement.ManagerRole }

// registerManagers adds who manages groups and information systems (guide pages 015 and 017). Managers are made by granting the role
// with the object as scope.
func (a *API) registerManagers() {
	s := a.deps.Platform
	managersOf(a, "/groups/{id}/managers", "Roles by which a group is managed, with those who hold them for it", s.Groups, s.Managers.OfGroup)
	managersOf(a, "/information-systems/{id}/managers", "Roles by which an information system is managed, with those who hold them for it",
		s.InformationSystems, s.Managers.OfInformationSystem)
}

func managersOf[T any, P object.Pointer[T]](
	a *API, path, summary string, owners *object.Service[T, P], of func(context.Context, uuid.UUID) ([]entitlement.ManagerRole, error),
) {
	register(a, holding(authz.GrantQuery), huma.Operation{
		OperationID: operationID(path), Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tagOf(path)},
	}, func(ctx context.Context, in *IDInput) (*managersOutput, error) {
		if _, err := owners.Get(ctx, in.ID); err != nil {
			return nil, err
		}
		roles, err := of(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		grants := resource[entitlement.Grant, *entitlement.Grant]{api: a, service: a.deps.Platform.Grants}
		for i := range roles {
			if err := grants.veil(ctx, pointers(roles[i].Managers)...); err != nil {
				return nil, err
			}
		}
		return &managersOutput{Body: roles}, nil
	})
}
