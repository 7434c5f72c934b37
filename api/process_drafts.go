package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/process"
)

type draftOutput struct {
	ETag string `header:"ETag" doc:"Version of the draft, for If-Match"`
	Body process.Draft
}

type newDraftOutput struct {
	ETag     string `header:"ETag" doc:"Version of the draft, for If-Match"`
	Location string `header:"Location" doc:"Address of the draft"`
	Body     process.Draft
}

type draftsOutput struct{ Body []process.Draft }

// DraftRequest begins a draft.
type DraftRequest struct {
	Name         string     `json:"name,omitempty" maxLength:"255" doc:"That of the definition when absent"`
	DefinitionID *uuid.UUID `json:"definitionId,omitempty" format:"uuid" doc:"Definition that it becomes a version of"`
	Source       string     `json:"source,omitempty" doc:"BPMN; the current version of the definition when absent"`
}

// DraftChange is a draft as it is saved.
type DraftChange struct {
	Name   string `json:"name" maxLength:"255"`
	Source string `json:"source" doc:"BPMN, finished or not"`
}

type newProcessDraftInput struct{ Body DraftRequest }

type saveDraftInput struct {
	IfMatchInput
	Body DraftChange
}

func draftAnswer(d process.Draft, err error) (*draftOutput, error) {
	return &draftOutput{ETag: versionTag(d.Version), Body: d}, err
}

func (a *API) registerProcessDrafts() {
	d, tags := a.deps.Platform.ProcessDefinitions, []string{"Process drafts"}
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "list-process-drafts", Method: http.MethodGet, Path: "/process-drafts", Tags: tags, Summary: "Unpublished work, by name, without sources",
	}, func(ctx context.Context, _ *struct{}) (*draftsOutput, error) {
		drafts, err := d.Drafts(ctx)
		return &draftsOutput{Body: filled(drafts)}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "create-process-draft", Method: http.MethodPost, Path: "/process-drafts", Tags: tags, Summary: "Begin a draft",
		Description:   "Needs processDefinition:create, or processDefinition:update for a version of a definition that there is.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: maxDefinition,
	}, func(ctx context.Context, in *newProcessDraftInput) (*newDraftOutput, error) {
		made, err := d.NewDraft(ctx, process.Draft{Name: in.Body.Name, DefinitionID: in.Body.DefinitionID, Source: in.Body.Source})
		return &newDraftOutput{ETag: versionTag(made.Version), Location: Base + "/process-drafts/" + made.ID.String(), Body: made}, err
	})
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "get-process-draft", Method: http.MethodGet, Path: "/process-drafts/{id}", Tags: tags, Summary: "One draft with its source",
	}, func(ctx context.Context, in *IDInput) (*draftOutput, error) { return draftAnswer(d.Draft(ctx, in.ID)) })
	register(a, holding(authz.ProcessDefinitionUpdate), huma.Operation{
		OperationID: "save-process-draft", Method: http.MethodPut, Path: "/process-drafts/{id}", Tags: tags, Summary: "Save a draft, finished or not",
		Description: ifMatchDoc, MaxBodyBytes: maxDefinition,
	}, func(ctx context.Context, in *saveDraftInput) (*draftOutput, error) {
		seen, err := parseETag(in.IfMatch)
		if err != nil {
			return nil, err
		}
		return draftAnswer(d.SaveDraft(ctx, in.ID, seen, in.Body.Name, in.Body.Source))
	})
	register(a, holding(authz.ProcessDefinitionUpdate), huma.Operation{
		OperationID: "delete-process-draft", Method: http.MethodDelete, Path: "/process-drafts/{id}", Tags: tags,
		Summary: "Throw a draft away; what is deployed stays", Description: ifMatchDoc, DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *IfMatchInput) (*struct{}, error) {
		seen, err := parseETag(in.IfMatch)
		if err != nil {
			return nil, err
		}
		return nil, d.DeleteDraft(ctx, in.ID, seen)
	})
	register(a, holding(authz.ProcessDefinitionPublish), huma.Operation{
		OperationID: "publish-process-draft", Method: http.MethodPost, Path: "/process-drafts/{id}/publish", Tags: tags, Summary: "Deploy a draft",
		Description:   "It becomes the current version and the draft is removed. With errors nothing changes, and the answer holds all of them (422). " + ifMatchDoc,
		DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *IfMatchInput) (*versionOutput, error) {
		seen, err := parseETag(in.IfMatch)
		if err != nil {
			return nil, err
		}
		v, err := d.PublishDraft(ctx, in.ID, seen)
		if err != nil {
			return nil, err
		}
		a.deps.Events.Publish("process-definitions", v.DefinitionID)
		return &versionOutput{Body: v}, nil
	})
}
