package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/monitor"
	"provost/internal/query"
	"provost/internal/run"
	"provost/workflows/messages"
)

// RunView is a run with its change list counted, and the way to it in the Temporal interface.
type RunView struct {
	monitor.RunDetail
	TemporalURL string `json:"temporalUrl" doc:"Its run in the Temporal interface; empty for callers without temporal:read"`
}

// RunRequest starts a run of a system.
type RunRequest struct {
	Kind    string       `json:"kind" enum:"load,reconcile,impact,impact-in,provision" doc:"load: authoritative load; reconcile: read accounts, roles and grants; impact-in: what one of these would change here; provision: write everything; impact: what that would change there"`
	Options *run.Options `json:"options,omitempty"`
}

type startRunInput struct {
	IDInput
	Body RunRequest
}

type runOutput struct{ Body RunView }

type startedRunOutput struct {
	Location string `header:"Location"`
	Body     monitor.Run
}

type runChangesInput struct {
	IDInput
	ListInput
}

type runLogInput struct {
	IDInput
	After int64 `query:"after" minimum:"0" doc:"Id of the last line seen"`
}

type runLogOutput struct{ Body []monitor.RunLogLine }

func (a *API) registerRuns() {
	m, tags := a.deps.Monitor, []string{"Runs"}
	listing(a, authz.RunQuery, huma.Operation{
		OperationID: "list-runs", Path: "/runs", Tags: tags, Summary: "List runs, newest first",
	}, m.ListRuns, m.EachRun)
	register(a, signedIn, huma.Operation{
		OperationID: "start-run", Method: http.MethodPost, Path: "/systems/{id}/runs", Tags: []string{"Systems"}, Summary: "Start a run of a system",
		Description:   "Needs system:load, system:reconcile or system:provision, as the kind says. One run per system at a time.",
		DefaultStatus: http.StatusCreated,
	}, func(ctx context.Context, in *startRunInput) (*startedRunOutput, error) {
		var options run.Options
		if in.Body.Options != nil {
			options = *in.Body.Options
		}
		started, err := m.StartRun(ctx, in.ID, in.Body.Kind, options)
		if err != nil {
			return nil, err
		}
		a.deps.Events.Publish("runs", started.ID)
		return &startedRunOutput{Location: Base + "/runs/" + started.ID.String(), Body: started}, nil
	})
	register(a, holding(authz.RunQuery), huma.Operation{
		OperationID: "get-run", Method: http.MethodGet, Path: "/runs/{id}", Tags: tags, Summary: "One run with its change list counted",
	}, func(ctx context.Context, in *IDInput) (*runOutput, error) { return a.run(ctx, in.ID) })
	a.registerRunLists()
	for _, d := range []struct {
		action, summary string
		permission      authz.Permission
		do              func(ctx context.Context, id uuid.UUID) (monitor.Run, error)
	}{
		{"resume", "Let a blocked run go on", authz.RunResume, m.ResumeRun}, {"cancel", "End a run", authz.RunCancel, m.CancelRun},
	} {
		register(a, holding(d.permission), huma.Operation{
			OperationID: d.action + "-run", Method: http.MethodPost, Path: "/runs/{id}/" + d.action, Tags: tags, Summary: d.summary,
			Description: "The run acts on it within moments; follow it by the topic runs of /events.", DefaultStatus: http.StatusAccepted,
		}, func(ctx context.Context, in *IDInput) (*runOutput, error) {
			if _, err := d.do(ctx, in.ID); err != nil {
				return nil, err
			}
			a.deps.Events.Publish("runs", in.ID)
			return a.run(ctx, in.ID)
		})
	}
}

// registerRunLists adds the change list and the log of a run.
func (a *API) registerRunLists() {
	m, tags := a.deps.Monitor, []string{"Runs"}
	const changes = "/runs/{id}/changes"
	register(a, holding(authz.RunQuery), huma.Operation{
		OperationID: "list-run-changes", Method: http.MethodGet, Path: changes, Tags: tags, Summary: "The change list of a run",
		Description: "Filter by objectType, action, status, objectKey or message.",
		Middlewares: huma.Middlewares{csvOf("run-changes", func(hc huma.Context) (rows[monitor.RunChange], error) {
			id, err := uuid.Parse(hc.Param("id"))
			if err != nil {
				return nil, fault.New(fault.NotFound, "There is no such run.")
			}
			return func(ctx context.Context, l query.List, yield func(monitor.RunChange) error) error {
				return m.EachRunChange(ctx, id, l, yield)
			}, nil
		})},
	}, func(ctx context.Context, in *runChangesInput) (*listOutput[monitor.RunChange], error) {
		page, err := m.ListRunChanges(ctx, in.ID, in.list())
		if err != nil {
			return nil, err
		}
		return &listOutput[monitor.RunChange]{Total: page.Total, Body: filled(page.Items)}, nil
	})
	a.tellCSV(changes)
	register(a, holding(authz.RunQuery), huma.Operation{
		OperationID: "get-run-log", Method: http.MethodGet, Path: "/runs/{id}/log", Tags: tags, Summary: "The log of a run, oldest first",
		Description: "At most 500 lines; ask again with after for the next ones.",
	}, func(ctx context.Context, in *runLogInput) (*runLogOutput, error) {
		lines, err := m.RunLog(ctx, in.ID, in.After)
		if err != nil {
			return nil, err
		}
		return &runLogOutput{Body: filled(lines)}, nil
	})
}

func (a *API) run(ctx context.Context, id uuid.UUID) (*runOutput, error) {
	found, err := a.deps.Monitor.GetRun(ctx, id)
	if err != nil {
		return nil, err
	}
	return &runOutput{Body: RunView{RunDetail: found, TemporalURL: a.temporalURL(ctx, messages.Run{ID: id}.WorkflowID())}}, nil
}
