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

// ContentDraft is a role that another one shall contain. One that the role contains already is named by its id.
type ContentDraft struct {
	ID                        uuid.UUID  `json:"id,omitempty" doc:"Of the content as it is; without it the role is added"`
	Version                   int64      `json:"version,omitempty" doc:"That was seen; zero applies to whatever version there is"`
	ContainedRoleID           uuid.UUID  `json:"containedRoleId"`
	Mandatory                 bool       `json:"mandatory" doc:"Whoever holds the role holds the contained one; else it is proposed to new holders"`
	SourceGroupID             *uuid.UUID `json:"sourceGroupId,omitempty"`
	SourceInformationSystemID *uuid.UUID `json:"sourceInformationSystemId,omitempty"`
	SourceValueID             *uuid.UUID `json:"sourceValueId,omitempty"`
	ScopeGroupID              *uuid.UUID `json:"scopeGroupId,omitempty"`
	ScopeInformationSystemID  *uuid.UUID `json:"scopeInformationSystemId,omitempty"`
	ScopeValueID              *uuid.UUID `json:"scopeValueId,omitempty"`
}

func (d *ContentDraft) content() entitlement.Content {
	return entitlement.Content{
		Meta: object.Meta{ID: d.ID, Version: d.Version}, ContainedRoleID: d.ContainedRoleID, Mandatory: d.Mandatory,
		SourceGroupID: d.SourceGroupID, SourceInformationSystemID: d.SourceInformationSystemID, SourceValueID: d.SourceValueID,
		Scope: entitlement.Scope{
			ScopeGroupID: d.ScopeGroupID, ScopeInformationSystemID: d.ScopeInformationSystemID, ScopeValueID: d.ScopeValueID,
		},
	}
}

// RoleContentsDraft is everything that a role shall contain: what it does not name is removed.
type RoleContentsDraft struct {
	Contents []ContentDraft `json:"contents" maxItems:"1000"`
}

func (d *RoleContentsDraft) contents() []entitlement.Content {
	out := make([]entitlement.Content, len(d.Contents))
	for i := range d.Contents {
		out[i] = d.Contents[i].content()
	}
	return out
}

type roleContentsInput struct {
	IDInput
	Body RoleContentsDraft
}

type contentsPreviewInput struct {
	IDInput
	Page int `query:"page" default:"1" minimum:"1"`
	Size int `query:"size" default:"50" minimum:"1" maximum:"1000"`
	Body RoleContentsDraft
}

// ContentsPreview says who would get or lose which role if the contents of a role were a draft.
type ContentsPreview struct {
	Gained  int                         `json:"gained" doc:"Roles that somebody would get"`
	Lost    int                         `json:"lost" doc:"Roles that somebody would lose"`
	Hidden  int                         `json:"hidden" doc:"Of these, how many concern people and roles outside the caller's limits; they are not listed"`
	Changes []entitlement.HoldingChange `json:"changes" doc:"One page, by user"`
}

type contentsPreviewOutput struct {
	Total int `header:"X-Total-Count" doc:"Number of all changes that are listed"`
	Body  ContentsPreview
}

// registerContents adds the staged change of what a role contains: a preview that writes nothing, and the change as a whole.
func (a *API) registerContents() {
	register(a, holding(authz.RoleUpdate), huma.Operation{
		OperationID: "preview-contents-of-role", Method: http.MethodPost, Path: "/roles/{id}/contents/preview", Tags: []string{"Roles"},
		Summary: "Who would get or lose what if a role contained the draft", DefaultStatus: http.StatusOK,
		Description: "Nothing is kept. Changes are listed within the caller's grant:query.",
	}, a.previewContents)
	register(a, holding(authz.RoleUpdate), huma.Operation{
		OperationID: "set-contents-of-role", Method: http.MethodPut, Path: "/roles/{id}/contents", Tags: []string{"Roles"},
		Summary: "Make a role contain the draft", DefaultStatus: http.StatusNoContent,
		Description: "All or nothing: contents that the draft does not name are removed.",
	}, func(ctx context.Context, in *roleContentsInput) (*struct{}, error) {
		err := a.deps.Platform.Composer.Set(ctx, in.ID, in.Body.contents())
		if err == nil {
			a.deps.Events.Publish("roles", in.ID)
		}
		return nil, err
	})
}

func (a *API) previewContents(ctx context.Context, in *contentsPreviewInput) (*contentsPreviewOutput, error) {
	preview, err := a.deps.Platform.Composer.Preview(ctx, in.ID, in.Body.contents())
	if err != nil {
		return nil, err
	}
	from := min((in.Page-1)*in.Size, len(preview.Changes))
	to := min(from+in.Size, len(preview.Changes))
	return &contentsPreviewOutput{
		Total: len(preview.Changes),
		Body:  ContentsPreview{Gained: preview.Gained, Lost: preview.Lost, Hidden: preview.Hidden, Changes: filled(preview.Changes[from:to])},
	}, nil
}
