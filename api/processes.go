package api

import (
	"context"
	"encoding/json"
	"net/http"
	"sort"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/workflows/messages"
)

// StartRequest starts a process.
type StartRequest struct {
	Definition string         `json:"definition" minLength:"1" maxLength:"255" doc:"Code of the definition"`
	For        string         `json:"for,omitempty" maxLength:"255" doc:"User name or id of the person on whose behalf it is started; needs process:start"`
	Values     map[string]any `json:"values,omitempty" doc:"What was filled in, by field"`
}

// StartMessageRequest is a message that starts a process.
type StartMessageRequest struct {
	Definition string         `json:"definition" minLength:"1" maxLength:"255" doc:"Code of the definition"`
	Name       string         `json:"name" minLength:"1" maxLength:"255" doc:"Of the message"`
	Key        string         `json:"key" minLength:"1" maxLength:"255" doc:"By which the sender knows the message: the same key again starts nothing, and answers the process that there is"`
	Values     map[string]any `json:"values,omitempty" doc:"Attributes of the process"`
}

type startMessageInput struct{ Body StartMessageRequest }

// ReasonRequest says why.
type ReasonRequest struct {
	Reason string `json:"reason,omitempty" maxLength:"10000"`
}

// CommentRequest is a comment.
type CommentRequest struct {
	Text string `json:"text" minLength:"1" maxLength:"10000"`
}

// MoveRequest puts a token elsewhere.
type MoveRequest struct {
	From   string `json:"from" minLength:"1" maxLength:"255" doc:"Id of the element where the token is"`
	To     string `json:"to" minLength:"1" maxLength:"255" doc:"Id of an element of the same scope"`
	Reason string `json:"reason" minLength:"1" maxLength:"10000"`
}

// MigrateRequest puts a process on another version.
type MigrateRequest struct {
	Version  uuid.UUID         `json:"version" format:"uuid" doc:"Id of the version"`
	Elements map[string]string `json:"elements,omitempty" doc:"New ids of elements that are gone or renamed, by their old ones"`
	Reason   string            `json:"reason" minLength:"1" maxLength:"10000"`
	DryRun   bool              `json:"dryRun,omitempty" doc:"Only say which elements have no place; nothing is changed"`
}

// MessageRequest is a message or a signal for a process.
type MessageRequest struct {
	Kind   string         `json:"kind" enum:"message,signal"`
	Name   string         `json:"name" minLength:"1" maxLength:"255"`
	Key    string         `json:"key,omitempty" maxLength:"255" doc:"Of a message: it is for who waits with this key, else for who waits without one"`
	Values map[string]any `json:"values,omitempty" doc:"Variables that it sets"`
}

type catalogueOutput struct{ Body []process.CatalogueEntry }

type startFormOutput struct{ Body process.StartForm }

type startInput struct{ Body StartRequest }

type startedOutput struct {
	Location string `header:"Location" doc:"Address of the process"`
	Body     process.Process
}

// ProcessView is a process with the way to it in the Temporal interface.
type ProcessView struct {
	process.Detail
	TemporalURL string `json:"temporalUrl" doc:"Its workflow in the Temporal interface; empty for callers without temporal:read"`
}

type processOutput struct{ Body ProcessView }

type reasonInput struct {
	IDInput
	Body ReasonRequest
}

type moveInput struct {
	IDInput
	Body MoveRequest
}

type migrateInput struct {
	IDInput
	Body MigrateRequest
}

type messageInput struct {
	IDInput
	Body MessageRequest
}

type commentInput struct {
	IDInput
	Body CommentRequest
}

type commentOutput struct{ Body process.Comment }

type commentsOutput struct{ Body []process.Comment }

type documentInput struct {
	IDInput
	Name        string `query:"name" doc:"Name of the file" maxLength:"255"`
	ContentType string `header:"Content-Type"`
	RawBody     []byte `contentType:"application/octet-stream"`
}

type documentOutput struct{ Body process.Document }

type documentsOutput struct{ Body []process.Document }

// valuesOf gives values that came as JSON their form in processes.
func valuesOf(in map[string]any) (bpm.Values, error) {
	out := make(bpm.Values, len(in))
	names := make([]string, 0, len(in))
	for name := range in {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		text, err := json.Marshal(in[name])
		if err != nil {
			return nil, fault.InvalidField("values."+name, "%s is not JSON.", name)
		}
		out[name] = text
	}
	return out, nil
}

func (a *API) registerProcesses() {
	p := a.deps.Platform.Processes
	requests, tags := []string{"Requests"}, []string{"Processes"}
	a.registerRequests(p, requests)
	a.registerStarts(p, requests, tags)
	a.registerStartMessages(p, requests)
	a.registerProcessLists(p)
	a.registerSights(p, tags)
	a.registerSteeringOfProcesses(p, tags)
	a.registerAttachments(p, tags)
}

// registerRequests adds what the caller may start.
func (a *API) registerRequests(p *process.Processes, requests []string) {
	register(a, signedIn, huma.Operation{
		OperationID: "list-request-catalogue", Method: http.MethodGet, Path: "/requests/catalogue", Tags: requests,
		Summary: "What the caller may start, by folder and name",
	}, func(ctx context.Context, _ *struct{}) (*catalogueOutput, error) {
		entries, err := p.Catalogue(ctx)
		return &catalogueOutput{Body: filled(entries)}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "get-request-form", Method: http.MethodGet, Path: "/requests/catalogue/{id}", Tags: requests, Summary: "What has to be filled in to start it",
	}, func(ctx context.Context, in *IDInput) (*startFormOutput, error) {
		form, err := p.Form(ctx, in.ID)
		return &startFormOutput{Body: form}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "fill-request-form", Method: http.MethodPost, Path: "/requests/catalogue/{id}/form", Tags: requests,
		Summary: "The form that starts a process after a change", Description: fillDoc, DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *fillInput) (*startFormOutput, error) {
		values, err := valuesOf(in.Body.Values)
		if err != nil {
			return nil, err
		}
		form, err := p.Fill(ctx, in.ID, values, in.Body.Changed)
		return &startFormOutput{Body: form}, err
	})
}

// registerStarts adds what starts processes.
func (a *API) registerStarts(p *process.Processes, requests, tags []string) {
	register(a, signedIn, huma.Operation{
		OperationID: "start-process", Method: http.MethodPost, Path: "/processes", Tags: tags, Summary: "Start a process", DefaultStatus: http.StatusCreated,
		Description: "The caller has to be among the initiators of the definition; what they may start is in /requests/catalogue.",
	}, func(ctx context.Context, in *startInput) (*startedOutput, error) {
		values, err := valuesOf(in.Body.Values)
		if err != nil {
			return nil, err
		}
		started, err := p.StartFor(ctx, in.Body.Definition, in.Body.For, values)
		if err != nil {
			return nil, err
		}
		a.deps.Events.Publish("processes", started.ID)
		return &startedOutput{Location: Base + "/processes/" + started.ID.String(), Body: started}, nil
	})
	register(a, holding(authz.ProcessStart), huma.Operation{
		OperationID: "start-process-by-message", Method: http.MethodPost, Path: "/requests/messages", Tags: requests,
		Summary: "Start a process by a message", DefaultStatus: http.StatusCreated,
		Description: "For definitions that begin with a message start event.",
	}, func(ctx context.Context, in *startMessageInput) (*startedOutput, error) {
		values, err := valuesOf(in.Body.Values)
		if err != nil {
			return nil, err
		}
		started, err := p.Receive(ctx, process.Incoming{Definition: in.Body.Definition, Name: in.Body.Name, Key: in.Body.Key, Values: values})
		if err != nil {
			return nil, err
		}
		a.deps.Events.Publish("processes", started.ID)
		return &startedOutput{Location: Base + "/processes/" + started.ID.String(), Body: started}, nil
	})
}

// registerSights adds what shows processes.
func (a *API) registerSights(p *process.Processes, tags []string) {
	register(a, signedIn, huma.Operation{
		OperationID: "get-process", Method: http.MethodGet, Path: "/processes/{id}", Tags: tags,
		Summary: "One process with its log, what people have to do now, and where it stands",
	}, func(ctx context.Context, in *IDInput) (*processOutput, error) { return a.process(ctx, in.ID) })
	register(a, signedIn, huma.Operation{
		OperationID: "get-process-diagram", Method: http.MethodGet, Path: "/processes/{id}/diagram", Tags: tags, Summary: "The BPMN document that it runs by",
	}, func(ctx context.Context, in *IDInput) (*fileOutput, error) {
		source, err := p.Diagram(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return attachment("process.bpmn", xmlMediaType+"; charset=utf-8", source), nil
	})
}

func (a *API) process(ctx context.Context, id uuid.UUID) (*processOutput, error) {
	found, err := a.deps.Platform.Processes.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	found.Log, found.Tasks, found.Places, found.Waits = filled(found.Log), filled(found.Tasks), filled(found.Places), filled(found.Waits)
	return &processOutput{Body: ProcessView{Detail: found, TemporalURL: a.temporalURL(ctx, messages.Process{ID: id}.WorkflowID())}}, nil
}

// steered answers a request to a process, which acts on it within moments.
func (a *API) steered(ctx context.Context, id uuid.UUID, err error) (*processOutput, error) {
	if err != nil {
		return nil, err
	}
	a.deps.Events.Publish("processes", id)
	return a.process(ctx, id)
}

const steeredDoc = "The process acts on it within moments; follow it by the topic processes of /events. "

func (a *API) registerSteeringOfProcesses(p *process.Processes, tags []string) {
	operation := func(action, summary, who string) huma.Operation {
		return huma.Operation{
			OperationID: action + "-process", Method: http.MethodPost, Path: "/processes/{id}/" + action, Tags: tags, Summary: summary,
			Description: steeredDoc + "For managers of the process, and " + who + ".", DefaultStatus: http.StatusAccepted,
		}
	}
	register(a, signedIn, operation("cancel", "End a process; its tasks are taken back", "its initiator and holders of process:cancel"),
		func(ctx context.Context, in *reasonInput) (*processOutput, error) {
			return a.steered(ctx, in.ID, p.Cancel(ctx, in.ID, in.Body.Reason))
		})
	register(a, signedIn, operation("move", "Put the token of an element elsewhere", "holders of process:update"),
		func(ctx context.Context, in *moveInput) (*processOutput, error) {
			return a.steered(ctx, in.ID, p.Move(ctx, in.ID, process.Move(in.Body)))
		})
	register(a, signedIn, operation("migrate", "Put a process on another version of its definition", "holders of process:update"),
		func(ctx context.Context, in *migrateInput) (*processOutput, error) {
			return a.steered(ctx, in.ID, a.migrateProcess(ctx, in))
		})
	register(a, signedIn, operation("message", "Give a process a message or a signal", "holders of process:update"),
		func(ctx context.Context, in *messageInput) (*processOutput, error) {
			values, err := valuesOf(in.Body.Values)
			if err != nil {
				return nil, err
			}
			message := process.Message{Name: in.Body.Name, Key: in.Body.Key, Values: values}
			return a.steered(ctx, in.ID, p.Send(ctx, in.ID, process.Action(in.Body.Kind), message))
		})
}

func (a *API) registerAttachments(p *process.Processes, tags []string) {
	register(a, signedIn, huma.Operation{
		OperationID: "list-process-comments", Method: http.MethodGet, Path: "/processes/{id}/comments", Tags: tags, Summary: "Comments, oldest first",
	}, func(ctx context.Context, in *IDInput) (*commentsOutput, error) {
		comments, err := p.Comments(ctx, in.ID)
		return &commentsOutput{Body: filled(comments)}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "comment-process", Method: http.MethodPost, Path: "/processes/{id}/comments", Tags: tags, Summary: "Write about a process",
		DefaultStatus: http.StatusCreated,
	}, func(ctx context.Context, in *commentInput) (*commentOutput, error) {
		comment, err := p.AddComment(ctx, in.ID, nil, in.Body.Text)
		return &commentOutput{Body: comment}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "list-process-documents", Method: http.MethodGet, Path: "/processes/{id}/documents", Tags: tags, Summary: "Documents, oldest first",
	}, func(ctx context.Context, in *IDInput) (*documentsOutput, error) {
		documents, err := p.Documents(ctx, in.ID)
		return &documentsOutput{Body: filled(documents)}, err
	})
	register(a, signedIn, a.documentOperation("attach-to-process", "/processes/{id}/documents", "Attach a document", tags),
		func(ctx context.Context, in *documentInput) (*documentOutput, error) {
			d, err := p.Attach(ctx, in.ID, nil, in.Name, in.ContentType, in.RawBody)
			return &documentOutput{Body: d}, err
		})
	register(a, signedIn, huma.Operation{
		OperationID: "download-process-document", Method: http.MethodGet, Path: "/process-documents/{id}", Tags: tags, Summary: "A document as a file",
	}, func(ctx context.Context, in *IDInput) (*fileOutput, error) {
		d, content, err := p.Open(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return attachment(d.Name, d.MediaType, content), nil
	})
	register(a, signedIn, huma.Operation{
		OperationID: "delete-process-document", Method: http.MethodDelete, Path: "/process-documents/{id}", Tags: tags, Summary: "Remove a document",
		Description: "For whoever attached it, managers of the process, and holders of process:update.", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *IDInput) (*struct{}, error) { return nil, p.Detach(ctx, in.ID) })
}

// documentOperation describes the upload of a file: the body is the file.
func (a *API) documentOperation(id, path, summary string, tags []string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: path, Tags: tags, Summary: summary,
		Description:   "The body is the file, of at most soffid.upload.maxsize bytes.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: -1, // limitBody bounds it by the parameter
		RequestBody: &huma.RequestBody{
			Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
		},
	}
}
