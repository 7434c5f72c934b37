package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/monitor"
	"provost/internal/query"
	"provost/workflows/messages"
)

// SyncTaskView is a task with its parts and the way to its run in the Temporal interface.
type SyncTaskView struct {
	monitor.SyncTaskDetail
	TemporalURL string `json:"temporalUrl" doc:"Its run in the Temporal interface; empty for callers without temporal:read"`
}

type syncTaskOutput struct{ Body SyncTaskView }

type syncTasksOutput struct{ Body []monitor.SyncTaskDetail }

type matrixOutput struct {
	Total int `header:"X-Total-Count" doc:"Number of all tasks that match"`
	Body  monitor.SyncMatrix
}

type heldOutput struct{ Body []monitor.HeldSource }

type selectionInput struct{ Body monitor.Selection }

type steeredOutput struct{ Body monitor.Steered }

// SynchroniseRequest asks for an object to be synchronised now.
type SynchroniseRequest struct {
	Priority int `json:"priority,omitempty" minimum:"1" maximum:"3" doc:"1 first, 3 like any change; 2 when absent"`
}

type synchroniseInput struct {
	IDInput
	Body *SynchroniseRequest
}

func (a *API) registerSynchronisation() {
	m, tags := a.deps.Monitor, []string{"Synchronisation"}
	listing(a, authz.SyncTaskQuery, huma.Operation{
		OperationID: "list-sync-tasks", Path: "/sync-tasks", Tags: tags, Summary: "List synchronisation tasks, newest first",
		Description: "Filters may look at the parts: systems[name eq \"Sample directory\" and status eq \"failed\"].",
	}, m.ListTasks, m.EachTask)
	register(a, holding(authz.SyncTaskQuery), huma.Operation{
		OperationID: "get-sync-task", Method: http.MethodGet, Path: "/sync-tasks/{id}", Tags: tags, Summary: "One synchronisation task with its parts",
	}, func(ctx context.Context, in *IDInput) (*syncTaskOutput, error) {
		found, err := m.GetTask(ctx, in.ID)
		return a.syncTask(ctx, found, err)
	})
	register(a, holding(authz.SyncTaskQuery), huma.Operation{
		OperationID: "get-sync-matrix", Method: http.MethodGet, Path: "/sync-tasks/matrix", Tags: tags, Summary: "Tasks by agents",
		Description: "One page of tasks with their parts as cells, and the agents as columns. Without a filter: what is still to be done.",
	}, func(ctx context.Context, in *ListInput) (*matrixOutput, error) {
		matrix, err := m.Matrix(ctx, in.list())
		if err != nil {
			return nil, err
		}
		return &matrixOutput{Total: matrix.Total, Body: matrix}, nil
	})
	register(a, holding(authz.SyncTaskQuery), huma.Operation{
		OperationID: "list-held-sources", Method: http.MethodGet, Path: "/sync-tasks/held", Tags: tags, Summary: "Held tasks by what made them",
	}, func(ctx context.Context, _ *struct{}) (*heldOutput, error) {
		held, err := m.Held(ctx)
		if err != nil {
			return nil, err
		}
		return &heldOutput{Body: filled(held)}, nil
	})
	a.registerSteering()
	a.registerSynchroniseNow()
}

// steerings are the actions on tasks, with what they ask for.
var steerings = []struct { //nolint:gochecknoglobals // immutable
	action, one, many string
	permission        authz.Permission
}{
	{monitor.ActionCancel, "Cancel a task", "Cancel tasks", authz.SyncTaskCancel},
	{monitor.ActionRelease, "Let a held, failed or waiting task go on", "Let held, failed or waiting tasks go on", authz.SyncTaskRelease},
	{monitor.ActionPrioritise, "Put a task first", "Put tasks first", authz.SyncTaskPrioritise},
}

func (a *API) registerSteering() {
	tags := []string{"Synchronisation"}
	for _, s := range steerings {
		register(a, holding(s.permission), huma.Operation{
			OperationID: s.action + "-sync-task", Method: http.MethodPost, Path: "/sync-tasks/{id}/" + s.action, Tags: tags, Summary: s.one,
			DefaultStatus: http.StatusOK,
		}, func(ctx context.Context, in *IDInput) (*syncTaskOutput, error) {
			changed, err := a.deps.Monitor.SteerOne(ctx, s.action, in.ID)
			if err == nil {
				a.deps.Events.Publish("sync-tasks", in.ID)
			}
			return a.syncTask(ctx, changed, err)
		})
		register(a, holding(s.permission), huma.Operation{
			OperationID: s.action + "-sync-tasks", Method: http.MethodPost, Path: "/sync-tasks/" + s.action, Tags: tags, Summary: s.many,
			Description:   "By ids, allHeld, or the sourceId whose tasks are held. Tasks whose state does not allow it are left out and counted.",
			DefaultStatus: http.StatusOK,
		}, func(ctx context.Context, in *selectionInput) (*steeredOutput, error) {
			done, err := a.deps.Monitor.Steer(ctx, s.action, in.Body)
			if err != nil {
				return nil, err
			}
			a.deps.Events.Publish("sync-tasks", uuid.Nil)
			return &steeredOutput{Body: done}, nil
		})
	}
}

// synchronise is one of the operations that bring an object to its systems now.
type synchronise func(ctx context.Context, id uuid.UUID, priority int) ([]monitor.SyncTaskDetail, error)

func (a *API) registerSynchroniseNow() {
	m := a.deps.Monitor
	for _, s := range []struct {
		path, one  string
		permission authz.Permission
		do         synchronise
	}{
		{"users", "user", authz.UserSync, m.SynchroniseUser},
		{"groups", "group", authz.GroupSync, m.SynchroniseGroup},
		{"accounts", "account", authz.AccountSync, m.SynchroniseAccount},
		{"roles", "role", authz.RoleSync, m.SynchroniseRole},
	} {
		register(a, holding(s.permission), huma.Operation{
			OperationID: "synchronise-" + s.one, Method: http.MethodPost, Path: "/" + s.path + "/{id}/synchronise", Tags: []string{capital(s.path)},
			Summary: "Synchronise a " + s.one + " with its systems now", DefaultStatus: http.StatusAccepted,
			Description: "Works in the manual and the automatic engine mode. The systems are read and compared again, even if nothing changed here. " +
				"The answer holds the tasks that are under way; follow them by the topic sync-tasks of /events.",
		}, func(ctx context.Context, in *synchroniseInput) (*syncTasksOutput, error) {
			priority := 0
			if in.Body != nil {
				priority = in.Body.Priority
			}
			tasks, err := s.do(ctx, in.ID, priority)
			if err != nil {
				return nil, err
			}
			for i := range tasks {
				a.deps.Events.Publish("sync-tasks", tasks[i].ID)
			}
			return &syncTasksOutput{Body: filled(tasks)}, nil
		})
	}
	for _, p := range []struct {
		path       string
		permission authz.Permission
		pending    func(ctx context.Context, id uuid.UUID) ([]monitor.SyncTaskDetail, error)
	}{{"users", authz.UserQuery, m.PendingOfUser}, {"accounts", authz.AccountQuery, m.PendingOfAccount}} {
		path := "/" + p.path + "/{id}/pending-tasks"
		register(a, holding(p.permission), huma.Operation{
			OperationID: operationID(path), Method: http.MethodGet, Path: path, Tags: []string{capital(p.path)},
			Summary: "What is still to be done in the systems",
		}, func(ctx context.Context, in *IDInput) (*syncTasksOutput, error) {
			tasks, err := p.pending(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &syncTasksOutput{Body: filled(tasks)}, nil
		})
	}
}

func (a *API) syncTask(ctx context.Context, found monitor.SyncTaskDetail, err error) (*syncTaskOutput, error) {
	if err != nil {
		return nil, err
	}
	id := messages.SyncObject{Kind: change.Kind(found.ObjectType), ID: found.ObjectID}.WorkflowID()
	if found.Lane == "bulk" {
		id = messages.SyncBatch{Source: found.SourceID}.WorkflowID()
	}
	return &syncTaskOutput{Body: SyncTaskView{SyncTaskDetail: found, TemporalURL: a.temporalURL(ctx, id)}}, nil
}

// temporalURL gives the page of a workflow in the Temporal interface, for callers who may see it.
func (a *API) temporalURL(ctx context.Context, workflowID string) string {
	if !principalOf(ctx).Allows(authz.TemporalRead) {
		return ""
	}
	namespace := a.deps.TemporalNamespace
	if namespace == "" {
		namespace = "default"
	}
	return "/temporal/namespaces/" + url.PathEscape(namespace) + "/workflows/" + url.PathEscape(workflowID)
}

// listing registers a list with CSV: all rows that match, streamed.
func listing[T any](
	a *API, permission authz.Permission, op huma.Operation, list func(context.Context, query.List) (query.Page[T], error), each rows[T],
) {
	listingFor(a, holding(permission), op, list, each)
}

// listingFor is listing for whoever may, where the service says which rows they see.
func listingFor[T any](
	a *API, who access, op huma.Operation, list func(context.Context, query.List) (query.Page[T], error), each rows[T],
) {
	op.Method = http.MethodGet
	op.Middlewares = append(op.Middlewares, csvOf(op.OperationID, func(huma.Context) (rows[T], error) { return each, nil }))
	register(a, who, op, func(ctx context.Context, in *ListInput) (*listOutput[T], error) {
		page, err := list(ctx, in.list())
		if err != nil {
			return nil, err
		}
		return &listOutput[T]{Total: page.Total, Body: filled(page.Items)}, nil
	})
	a.tellCSV(op.Path)
}

// tellCSV says in the document that a list answers CSV as well.
func (a *API) tellCSV(path string) {
	answer := a.huma.OpenAPI().Paths[Base+path].Get.Responses["200"]
	answer.Content[csvMediaType] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
}

// csvOf answers a list as CSV when that is asked for.
func csvOf[T any](name string, of func(huma.Context) (rows[T], error)) func(huma.Context, func(huma.Context)) {
	return csvWith(name, func(ctx huma.Context) ([]string, rows[T], error) {
		each, err := of(ctx)
		return memberNames[T](), each, err
	})
}

// csvWith is csvOf for rows that can hold more than the members of their type: of tells the columns too.
func csvWith[T any](name string, of func(huma.Context) ([]string, rows[T], error)) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if !wantsCSV(ctx.Query("format"), ctx.Header("Accept")) {
			next(ctx)
			return
		}
		request, w := humago.Unwrap(ctx)
		columns, each, err := of(ctx)
		if err != nil {
			writeProblem(w, request, err)
			return
		}
		serveTable(ctx.Context(), &table{w: w, name: name + ".csv"}, request, columns, each)
	}
}
