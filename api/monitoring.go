package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"provost/internal/authz"
	"provost/internal/monitor"
)

type serversOutput struct{ Body []monitor.ServerState }

type agentsOutput struct{ Body []monitor.AgentState }

type summaryOutput struct{ Body monitor.Summary }

type loadInput struct {
	Minutes int `query:"minutes" default:"60" minimum:"1" maximum:"1440" doc:"How far back finished tasks are counted"`
}

type loadOutput struct{ Body monitor.Load }

type engineInput struct{ Body monitor.Engine }

type engineOutput struct{ Body monitor.EngineSettings }

func (a *API) registerMonitoring() {
	m, tags := a.deps.Monitor, []string{"Monitoring"}
	register(a, holding(authz.SystemQuery), huma.Operation{
		OperationID: "list-servers", Method: http.MethodGet, Path: "/monitoring/servers", Tags: tags, Summary: "Synchronisation servers",
	}, func(ctx context.Context, _ *struct{}) (*serversOutput, error) {
		servers, err := m.Servers(ctx)
		return &serversOutput{Body: filled(servers)}, err
	})
	register(a, holding(authz.SystemQuery), huma.Operation{
		OperationID: "list-agents", Method: http.MethodGet, Path: "/monitoring/agents", Tags: tags, Summary: "Agents as they were seen last, and what they have to do",
	}, func(ctx context.Context, _ *struct{}) (*agentsOutput, error) {
		agents, err := m.Agents(ctx)
		return &agentsOutput{Body: filled(agents)}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "get-summary", Method: http.MethodGet, Path: "/monitoring/summary", Tags: tags, Summary: "The numbers of the first page",
		Description: "Users and accounts within what the caller may see; a number that the caller may not know is absent.",
	}, func(ctx context.Context, _ *struct{}) (*summaryOutput, error) {
		summary, err := m.Summary(ctx)
		return &summaryOutput{Body: summary}, err
	})
	register(a, holding(authz.SyncTaskQuery), huma.Operation{
		OperationID: "get-load", Method: http.MethodGet, Path: "/monitoring/load", Tags: tags, Summary: "Tasks per agent, per server and per minute, for graphs",
	}, func(ctx context.Context, in *loadInput) (*loadOutput, error) {
		load, err := m.Load(ctx, in.Minutes)
		return &loadOutput{Body: load}, err
	})
	a.registerEngine()
	a.registerIssues()
}

func (a *API) registerEngine() {
	m, tags := a.deps.Monitor, []string{"Settings"}
	register(a, holding(authz.SettingsQuery), huma.Operation{
		OperationID: "get-engine-settings", Method: http.MethodGet, Path: "/settings/engine", Tags: tags, Summary: "How changes travel, and what it may be set to",
	}, func(ctx context.Context, _ *struct{}) (*engineOutput, error) {
		settings, err := m.EngineSettings(ctx)
		return &engineOutput{Body: settings}, err
	})
	register(a, holding(authz.SettingsUpdate), huma.Operation{
		OperationID: "set-engine-settings", Method: http.MethodPut, Path: "/settings/engine", Tags: tags, Summary: "Change how changes travel",
	}, func(ctx context.Context, in *engineInput) (*engineOutput, error) {
		settings, err := m.SetEngine(ctx, in.Body)
		return &engineOutput{Body: settings}, err
	})
}

func (a *API) registerIssues() {
	m, tags := a.deps.Monitor, []string{"Issues"}
	listing(a, authz.IssueQuery, huma.Operation{
		OperationID: "list-issues", Path: "/issues", Tags: tags, Summary: "List issues, newest first",
	}, m.ListIssues, m.EachIssue)
	for _, s := range []struct{ action, status, summary string }{
		{"acknowledge", monitor.IssueAcknowledged, "Say that somebody looks at an issue"}, {"solve", monitor.IssueSolved, "Close an issue"},
	} {
		register(a, holding(authz.IssueUpdate), huma.Operation{
			OperationID: s.action + "-issue", Method: http.MethodPost, Path: "/issues/{id}/" + s.action, Tags: tags, Summary: s.summary,
			DefaultStatus: http.StatusNoContent,
		}, func(ctx context.Context, in *IDInput) (*struct{}, error) {
			return nil, m.SetIssue(ctx, in.ID, s.status)
		})
	}
}
