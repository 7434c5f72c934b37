package api

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/bpm"
	"provost/bpm/template"
	"provost/internal/authz"
	"provost/internal/process"
	"provost/internal/rehearsal"
)

type sourceInput struct {
	File    string `query:"file" doc:"Name of the file, for people" maxLength:"255"`
	RawBody []byte `contentType:"application/xml"`
}

type findingsOutput struct{ Body []process.Finding }

type convertedOutput struct{ Body process.Converted }

type versionOutput struct{ Body process.Version }

type deployedOutput struct {
	Location string `header:"Location" doc:"Address of the version"`
	Body     process.Version
}

type versionsOutput struct{ Body []process.Version }

type definitionOutput = objectOutput[process.Definition]

type differencesInput struct {
	IDInput
	From string `query:"from" format:"uuid" doc:"Version to compare with; the one before when absent"`
}

type differencesOutput struct{ Body []bpm.Difference }

// fileOutput is an answer that browsers keep as a file.
type fileOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// attachment gives a file to keep: nothing of it is ever shown in the place of a page of ours.
func attachment(name, mediaType string, content []byte) *fileOutput {
	return &fileOutput{ContentType: mediaType, Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": name}), Body: content}
}

// IfMatchInput names one object, as it was seen.
type IfMatchInput struct {
	IDInput
	IfMatch string `header:"If-Match" doc:"ETag of the version that was seen"`
}

// sourceBody documents a definition as a body: BPMN, or a .pardef of the editor that others used.
func sourceBody() *huma.RequestBody {
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{xmlMediaType: {Schema: &huma.Schema{Type: huma.TypeString}}}}
}

func (a *API) registerProcessDefinitions() {
	d, tags := a.deps.Platform.ProcessDefinitions, []string{"Process definitions"}
	listing(a, authz.ProcessDefinitionQuery, huma.Operation{
		OperationID: "list-process-definitions", Path: "/process-definitions", Tags: tags, Summary: "List process definitions, by folder and name",
		Description: "Enabled ones only: filter=enabled eq true.",
	}, d.List, d.Each)
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "get-process-definition", Method: http.MethodGet, Path: "/process-definitions/{id}", Tags: tags, Summary: "One process definition",
	}, func(ctx context.Context, in *IDInput) (*definitionOutput, error) {
		found, err := d.Get(ctx, in.ID)
		return &definitionOutput{ETag: etag(&found), Body: found}, err
	})
	a.registerDefinitionFiles(d, tags)
	a.registerDefinitionUse(d, tags)
	a.registerRehearsal(tags)
	a.registerProcessVersions(d, tags)
	a.registerDesign(tags)
}

// registerDefinitionFiles adds what is done with a definition that comes as a file.
func (a *API) registerDefinitionFiles(d *process.Definitions, tags []string) {
	register(a, holding(authz.ProcessDefinitionPublish), huma.Operation{
		OperationID: "deploy-process-definition", Method: http.MethodPost, Path: "/process-definitions", Tags: tags, Summary: "Deploy a definition",
		Description: "The body is the file: BPMN 2.0, or a .pardef, which is imported. It becomes the current version of the definition with its code, or a new definition; a file that is " +
			"the current version already changes nothing. With errors nothing is stored, and the answer holds all of them (422).",
		DefaultStatus: http.StatusCreated, RequestBody: sourceBody(), MaxBodyBytes: maxDefinition,
	}, func(ctx context.Context, in *sourceInput) (*deployedOutput, error) {
		v, err := d.Deploy(ctx, in.File, in.RawBody)
		if err != nil {
			return nil, err
		}
		a.deps.Events.Publish("process-definitions", v.DefinitionID)
		return &deployedOutput{Location: Base + "/process-versions/" + v.ID.String(), Body: v}, nil
	})
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "check-process-definition", Method: http.MethodPost, Path: "/process-definitions/check", Tags: tags,
		Summary: "Everything that can be said about a definition; nothing is stored", DefaultStatus: http.StatusOK,
		RequestBody: sourceBody(), MaxBodyBytes: maxDefinition,
	}, func(ctx context.Context, in *sourceInput) (*findingsOutput, error) {
		findings, err := d.Check(ctx, in.RawBody)
		return &findingsOutput{Body: filled(findings)}, err
	})
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "convert-process-definition", Method: http.MethodPost, Path: "/process-definitions/convert", Tags: tags,
		Summary: "A file as the designer can open it: BPMN without a diagram is drawn, a .pardef becomes BPMN; nothing is stored", DefaultStatus: http.StatusOK,
		RequestBody: sourceBody(), MaxBodyBytes: maxDefinition,
	}, func(ctx context.Context, in *sourceInput) (*convertedOutput, error) {
		made, err := d.Convert(ctx, in.RawBody)
		return &convertedOutput{Body: made}, err
	})
}

// registerDefinitionUse adds what says whether a definition is used, and takes it away.
func (a *API) registerDefinitionUse(d *process.Definitions, tags []string) {
	for _, s := range []struct {
		action, summary string
		enabled         bool
	}{{"enable", "Let people start processes of a definition", true}, {"disable", "Let nobody start processes of a definition any more", false}} {
		register(a, holding(authz.ProcessDefinitionPublish), huma.Operation{
			OperationID: s.action + "-process-definition", Method: http.MethodPost, Path: "/process-definitions/{id}/" + s.action, Tags: tags,
			Summary: s.summary, Description: "Processes that run are not concerned. " + ifMatchDoc, DefaultStatus: http.StatusOK,
		}, func(ctx context.Context, in *IfMatchInput) (*definitionOutput, error) {
			seen, err := parseETag(in.IfMatch)
			if err != nil {
				return nil, err
			}
			changed, err := d.SetEnabled(ctx, in.ID, seen, s.enabled)
			if err != nil {
				return nil, err
			}
			a.deps.Events.Publish("process-definitions", in.ID)
			return &definitionOutput{ETag: etag(&changed), Body: changed}, nil
		})
	}
	register(a, holding(authz.ProcessDefinitionDelete), huma.Operation{
		OperationID: "delete-process-definition", Method: http.MethodDelete, Path: "/process-definitions/{id}", Tags: tags,
		Summary: "Delete a definition of which there never was a process", Description: ifMatchDoc, DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *IfMatchInput) (*struct{}, error) {
		seen, err := parseETag(in.IfMatch)
		if err != nil {
			return nil, err
		}
		return nil, d.Delete(ctx, in.ID, seen)
	})
}

// registerRehearsal adds the playing of definitions.
func (a *API) registerRehearsal(tags []string) {
	register(a, holding(authz.ProcessDefinitionUpdate), huma.Operation{
		OperationID: "rehearse-process-definition", Method: http.MethodPost, Path: "/process-definitions/rehearse", Tags: tags,
		Summary: "Play a definition without any effect", DefaultStatus: http.StatusOK, MaxBodyBytes: maxDefinition,
		Description: "It is played from its beginning with all acts so far; the answer says where its tokens are and what can happen next.",
	}, func(ctx context.Context, in *rehearseInput) (*rehearseOutput, error) {
		values, err := valuesOf(in.Body.Values)
		if err != nil {
			return nil, err
		}
		acts := make([]rehearsal.Act, len(in.Body.Acts))
		for i, act := range in.Body.Acts {
			set, err := valuesOf(act.Values)
			if err != nil {
				return nil, err
			}
			acts[i] = rehearsal.Act{Kind: act.Kind, ID: act.ID, Name: act.Name, Key: act.Key, Outcome: act.Outcome, Values: set}
		}
		played, err := a.deps.Platform.Rehearsals.Play(ctx, rehearsal.Request{Source: []byte(in.Body.Source), Values: values, Message: in.Body.Message, Acts: acts})
		return &rehearseOutput{Body: played}, err
	})
}

// RehearsalAct is what the designer lets happen.
type RehearsalAct struct {
	Kind    string         `json:"kind" enum:"complete,fire,message,signal,skip"`
	ID      int64          `json:"id,omitempty" doc:"Of the work to complete, the timer to fire, or the incident to skip"`
	Name    string         `json:"name,omitempty" maxLength:"255" doc:"Of the message or signal"`
	Key     string         `json:"key,omitempty" maxLength:"255" doc:"Of the message"`
	Outcome string         `json:"outcome,omitempty" maxLength:"255" doc:"Flow that people choose"`
	Values  map[string]any `json:"values,omitempty" doc:"Variables that it sets"`
}

// RehearseRequest says what is to be played.
type RehearseRequest struct {
	Source  string         `json:"source" doc:"BPMN"`
	Values  map[string]any `json:"values,omitempty" doc:"Of the start form"`
	Message string         `json:"message,omitempty" maxLength:"255" doc:"That starts it; absent for people and timers"`
	Acts    []RehearsalAct `json:"acts,omitempty" maxItems:"500" doc:"In their order"`
}

type rehearseInput struct{ Body RehearseRequest }

type rehearseOutput struct{ Body rehearsal.Result }

// ProcessTemplate is a process that designers begin with.
type ProcessTemplate struct {
	Kind   string `json:"kind" enum:"user,permission,request,reservation,delegation"`
	Name   string `json:"name"`
	Source string `json:"source" doc:"BPMN with diagram"`
}

type templatesOutput struct{ Body []ProcessTemplate }

type moddleOutput struct{ Body json.RawMessage }

// registerDesign adds what the editor of processes is made of.
func (a *API) registerDesign(tags []string) {
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "get-process-moddle", Method: http.MethodGet, Path: "/process-definitions/moddle", Tags: tags,
		Summary: "Descriptor of our elements in BPMN, for editors that are built on moddle",
	}, func(context.Context, *struct{}) (*moddleOutput, error) { return &moddleOutput{Body: bpm.Moddle()}, nil })
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "list-process-templates", Method: http.MethodGet, Path: "/process-definitions/templates", Tags: tags,
		Summary: "Processes to begin with, one for each kind",
	}, func(context.Context, *struct{}) (*templatesOutput, error) {
		all := template.All()
		out := make([]ProcessTemplate, len(all))
		for i, t := range all {
			out[i] = ProcessTemplate{Kind: string(t.Kind), Name: t.Name, Source: string(t.Source)}
		}
		return &templatesOutput{Body: out}, nil
	})
}

func (a *API) registerProcessVersions(d *process.Definitions, tags []string) {
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "list-process-versions", Method: http.MethodGet, Path: "/process-definitions/{id}/versions", Tags: tags,
		Summary: "What was deployed of a definition, newest first, with what was remarked at each deployment",
	}, func(ctx context.Context, in *IDInput) (*versionsOutput, error) {
		versions, err := d.Versions(ctx, in.ID)
		return &versionsOutput{Body: filled(versions)}, err
	})
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "get-process-version", Method: http.MethodGet, Path: "/process-versions/{id}", Tags: tags, Summary: "One version",
	}, func(ctx context.Context, in *IDInput) (*versionOutput, error) {
		v, _, err := d.Source(ctx, in.ID)
		return &versionOutput{Body: v}, err
	})
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "download-process-version", Method: http.MethodGet, Path: "/process-versions/{id}/source", Tags: tags, Summary: "The document of a version",
	}, func(ctx context.Context, in *IDInput) (*fileOutput, error) {
		v, source, err := d.Source(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return attachment(fmt.Sprintf("%s-%d.bpmn", v.Code, v.Number), xmlMediaType+"; charset=utf-8", source), nil
	})
	register(a, holding(authz.ProcessDefinitionQuery), huma.Operation{
		OperationID: "compare-process-versions", Method: http.MethodGet, Path: "/process-versions/{id}/differences", Tags: tags,
		Summary: "What changed, element by element",
	}, func(ctx context.Context, in *differencesInput) (*differencesOutput, error) {
		from, err := a.comparedWith(ctx, in)
		if err != nil {
			return nil, err
		}
		changes, err := d.Differences(ctx, from, in.ID)
		return &differencesOutput{Body: filled(changes)}, err
	})
}

// comparedWith gives the version that another is compared with: the one named, else the one before, else itself.
func (a *API) comparedWith(ctx context.Context, in *differencesInput) (uuid.UUID, error) {
	if in.From != "" {
		return uuid.Parse(in.From)
	}
	v, _, err := a.deps.Platform.ProcessDefinitions.Source(ctx, in.ID)
	if err != nil {
		return in.ID, err
	}
	all, err := a.deps.Platform.ProcessDefinitions.Versions(ctx, v.DefinitionID)
	for i := range all {
		if all[i].Number < v.Number {
			return all[i].ID, err
		}
	}
	return in.ID, err
}
