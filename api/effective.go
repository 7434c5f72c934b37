package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/entitlement"
)

type effectiveOutput struct {
	Total int `header:"X-Total-Count"`
	Body  []entitlement.EffectiveRole
}

// effective adds a list of everything that a user or an account holds. reached tells whether the holder is within the groups of a limit.
func (a *API) effective(
	path, summary string, of func(context.Context, uuid.UUID) ([]entitlement.EffectiveRole, error),
	reached func(context.Context, authz.Scope, uuid.UUID) (bool, error),
) {
	register(a, holding(authz.GrantQuery), huma.Operation{
		OperationID: operationID(path), Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tagOf(path)},
	}, func(ctx context.Context, in *IDInput) (*effectiveOutput, error) {
		held, err := of(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		scope := principalOf(ctx).Scope(authz.GrantQuery)
		whole, err := reached(ctx, scope, in.ID)
		if err == nil && !whole {
			held, err = a.withinInformationSystems(ctx, scope, held)
		}
		if err != nil {
			return nil, err
		}
		return &effectiveOutput{Total: len(held), Body: filled(held)}, nil
	})
}

func (a *API) userReached(ctx context.Context, scope authz.Scope, user uuid.UUID) (bool, error) {
	outside, err := a.deps.Platform.Users.Store.Outside(ctx, authz.Scope{All: scope.All, Groups: scope.Groups}, user)
	return len(outside) == 0, err
}

func (a *API) accountReached(ctx context.Context, scope authz.Scope, account uuid.UUID) (bool, error) {
	outside, err := a.deps.Platform.Accounts.Store.Outside(ctx, authz.Scope{All: scope.All, Groups: scope.Groups}, account)
	return len(outside) == 0, err
}

// withinInformationSystems keeps the roles of the information systems that a permission is limited to.
func (a *API) withinInformationSystems(ctx context.Context, scope authz.Scope, held []entitlement.EffectiveRole) ([]entitlement.EffectiveRole, error) {
	ids := make([]uuid.UUID, len(held))
	for i := range held {
		ids[i] = held[i].RoleID
	}
	outside, err := a.deps.Platform.Roles.Store.Outside(ctx, authz.Scope{InformationSystems: scope.InformationSystems}, ids...)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(held, func(r entitlement.EffectiveRole) bool { return slices.Contains(outside, r.RoleID) }), nil
}
