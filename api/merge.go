package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/identity"
)

type mergeInput struct{ Body MergeRequest }

// MergeRequest names the users that are one person, and whose value is kept of each attribute.
type MergeRequest struct {
	_ struct{} `additionalProperties:"false"`

	account.MergeRequest
}

// TransformSchema describes the members.
func (MergeRequest) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	describeIDs(reflect.TypeFor[account.MergeRequest](), s)
	return s
}

type mergeOutput struct{ Body account.Merged }

// registerMerge adds the merge of users (guide page 014).
func (a *API) registerMerge() {
	register(a, holding(authz.UserDelete), huma.Operation{
		OperationID: "preview-merge-of-users", Method: http.MethodPost, Path: "/users/merge/preview", Tags: []string{"Users"},
		Summary: "What a merge of users would do, and which values it would keep", DefaultStatus: http.StatusOK,
		Description: "Nothing is kept. What would be refused is refused.",
	}, func(ctx context.Context, in *mergeInput) (*mergeOutput, error) {
		return a.merge(ctx, in, a.deps.Platform.Merger.Preview)
	})
	register(a, holding(authz.UserDelete), huma.Operation{
		OperationID: "merge-users", Method: http.MethodPost, Path: "/users/merge", Tags: []string{"Users"},
		Summary: "Make one user of several that are the same person", DefaultStatus: http.StatusOK,
		Description: "Accounts, grants, groups, access to shared accounts and information systems move to the survivor; the others are deleted. " +
			"All or nothing.",
	}, func(ctx context.Context, in *mergeInput) (*mergeOutput, error) {
		out, err := a.merge(ctx, in, a.deps.Platform.Merger.Merge)
		if err != nil {
			return nil, err
		}
		for _, id := range append([]uuid.UUID{in.Body.SurvivorID}, in.Body.MergedIDs...) {
			a.deps.Events.Publish("users", id)
		}
		return out, nil
	})
}

// merge runs a merge or its preview, and blanks what the metadata hides of the survivor.
func (a *API) merge(ctx context.Context, in *mergeInput, do func(context.Context, account.MergeRequest) (account.Merged, error)) (*mergeOutput, error) {
	merged, err := do(ctx, in.Body.MergeRequest)
	if err != nil {
		return nil, err
	}
	users := resource[identity.User, *identity.User]{api: a, service: a.deps.Platform.Users}
	if err := users.veil(ctx, &merged.Survivor); err != nil {
		return nil, err
	}
	return &mergeOutput{Body: merged}, nil
}
