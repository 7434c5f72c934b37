package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"provost/internal/offer"
)

type choicesInput struct {
	IDInput
	Field  string `query:"field" maxLength:"255" doc:"Of the form"`
	Kind   string `query:"kind" maxLength:"40" doc:"Of a field of requested permissions: user, role, scope-group, scope-informationSystem, scope-values"`
	Domain string `query:"domain" format:"uuid" doc:"With scope-values: the scope domain"`
	Q      string `query:"q" maxLength:"200"`
}

func (in *choicesInput) wish() offer.Wish {
	return offer.Wish{Field: in.Field, Kind: in.Kind, Domain: in.Domain, Words: in.Q}
}

type choicesOutput struct{ Body []offer.Reference }

// registerChoices adds what fields can be filled with.
func (a *API) registerChoices() {
	about := "Twenty at most. For those who may fill the form in, with or without the permission to query such objects."
	register(a, signedIn, huma.Operation{
		OperationID: "list-task-choices", Method: http.MethodGet, Path: "/tasks/{id}/choices", Tags: []string{"Tasks"},
		Summary: "What a field of a task can be filled with", Description: about + " Without a field and with the kind user: to whom the task can be delegated.",
	}, func(ctx context.Context, in *choicesInput) (*choicesOutput, error) {
		found, err := a.deps.Platform.Offers.ForTask(ctx, in.ID, in.wish())
		return &choicesOutput{Body: filled(found)}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "list-request-choices", Method: http.MethodGet, Path: "/requests/catalogue/{id}/choices", Tags: []string{"Requests"},
		Summary: "What a field of a start form can be filled with", Description: about + " Without a field and with the kind user: on whose behalf the process can be started, for holders of process:start.",
	}, func(ctx context.Context, in *choicesInput) (*choicesOutput, error) {
		found, err := a.deps.Platform.Offers.ForStart(ctx, in.ID, in.wish())
		return &choicesOutput{Body: filled(found)}, err
	})
}
