package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/task"
)

// DelegateRequest hands a task to somebody else.
type DelegateRequest struct {
	To      string `json:"to" minLength:"1" maxLength:"255" doc:"User name or id"`
	Comment string `json:"comment,omitempty" maxLength:"10000"`
}

// ScheduleRequest says when a task is going to be done.
type ScheduleRequest struct {
	At *time.Time `json:"at,omitempty" doc:"Absent: no longer scheduled"`
}

// DraftRequestOfTask is what was filled in so far.
type DraftRequestOfTask struct {
	Values map[string]any `json:"values" doc:"By field; nothing has to be complete"`
}

// FillRequest is a form as somebody fills it in.
type FillRequest struct {
	Values  map[string]any `json:"values" doc:"What was filled in so far, by field"`
	Changed string         `json:"changed,omitempty" maxLength:"255" doc:"Field that was changed last"`
}

type fillInput struct {
	IDInput
	Body FillRequest
}

type formOutput struct{ Body process.FormView }

const fillDoc = "Triggers and visibility scripts are run with what was filled in: fields may be shown, hidden, required, locked or given other values. Nothing is kept."

// CompleteRequest is what somebody says when they complete a task.
type CompleteRequest struct {
	Outcome string         `json:"outcome,omitempty" maxLength:"255" doc:"Id or name of a decision. Of an approval: what holds for every line that is not named (approve, deny)"`
	Values  map[string]any `json:"values,omitempty" doc:"What was filled in, by field"`
	Same    *string        `json:"same,omitempty" maxLength:"255" doc:"Of a step that detects duplicates: user name of the candidate who is the same person; empty for a new one"`
	Lines   []task.Line    `json:"lines,omitempty" maxItems:"10000" doc:"Of an approval"`
	Comment string         `json:"comment,omitempty" maxLength:"10000"`
}

// DecideRequest completes several tasks with the same decision.
type DecideRequest struct {
	IDs     []uuid.UUID `json:"ids" minItems:"1" maxItems:"200"`
	Outcome string      `json:"outcome" minLength:"1" maxLength:"255" doc:"Id or name of a decision that all of them have; of approvals: approve or deny"`
	Comment string      `json:"comment,omitempty" maxLength:"10000"`
}

// DecideResult is what became of one task of several.
type DecideResult struct {
	ID        uuid.UUID  `json:"id"`
	Completed bool       `json:"completed"`
	Task      *task.Task `json:"task,omitempty"`
	Problem   *Problem   `json:"problem,omitempty" doc:"Why it was not completed"`
}

// taskListInput asks for one of the caller's lists.
type taskListInput struct {
	ListInput
	View string `query:"view" enum:"inbox,mine,available,done" default:"inbox" doc:"inbox: what the caller has taken or may take"`
}

type taskOutput struct {
	ETag string `header:"ETag" doc:"Version of the task, for If-Match"`
	Body task.Detail
}

type countsOutput struct{ Body task.Counts }

type delegateInput struct {
	IDInput
	Body DelegateRequest
}

type scheduleInput struct {
	IDInput
	Body ScheduleRequest
}

type taskDraftInput struct {
	IfMatchInput
	Body DraftRequestOfTask
}

type completeInput struct {
	IfMatchInput
	Body CompleteRequest
}

type decideInput struct{ Body DecideRequest }

type decidedOutput struct{ Body []DecideResult }

func (a *API) registerTasks() {
	s, tags := a.deps.Platform.Tasks, []string{"Tasks"}
	register(a, signedIn, huma.Operation{
		OperationID: "list-tasks", Method: http.MethodGet, Path: "/tasks", Tags: tags, Summary: "The caller's tasks, newest first",
		Middlewares: huma.Middlewares{csvOf("tasks", func(hc huma.Context) (rows[task.Task], error) {
			return func(ctx context.Context, l query.List, yield func(task.Task) error) error {
				return s.Each(ctx, task.View(hc.Query("view")), l, yield)
			}, nil
		})},
	}, func(ctx context.Context, in *taskListInput) (*listOutput[task.Task], error) {
		page, err := s.List(ctx, task.View(in.View), in.list())
		return &listOutput[task.Task]{Total: page.Total, Body: filled(page.Items)}, err
	})
	a.tellCSV("/tasks")
	register(a, signedIn, huma.Operation{
		OperationID: "count-tasks", Method: http.MethodGet, Path: "/tasks/counts", Tags: tags, Summary: "The caller's inbox in numbers",
	}, func(ctx context.Context, _ *struct{}) (*countsOutput, error) {
		counts, err := s.Counts(ctx)
		return &countsOutput{Body: counts}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "get-task", Method: http.MethodGet, Path: "/tasks/{id}", Tags: tags,
		Summary: "One task with its form, lines and decisions", Description: "For everybody who may see its process; may says what the caller may do.",
	}, func(ctx context.Context, in *IDInput) (*taskOutput, error) { return a.task(ctx, in.ID) })
	a.registerHandling(s, tags)
	a.registerCompletion(s, tags)
	register(a, signedIn, huma.Operation{
		OperationID: "comment-task", Method: http.MethodPost, Path: "/tasks/{id}/comments", Tags: tags, Summary: "Write about a task",
		DefaultStatus: http.StatusCreated,
	}, func(ctx context.Context, in *commentInput) (*commentOutput, error) {
		comment, err := s.Comment(ctx, in.ID, in.Body.Text)
		return &commentOutput{Body: comment}, err
	})
	register(a, signedIn, a.documentOperation("attach-to-task", "/tasks/{id}/documents", "Attach a document to a task whose step takes any", tags),
		func(ctx context.Context, in *documentInput) (*documentOutput, error) {
			d, err := s.Attach(ctx, in.ID, in.Name, in.ContentType, in.RawBody)
			return &documentOutput{Body: d}, err
		})
}

func (a *API) task(ctx context.Context, id uuid.UUID) (*taskOutput, error) {
	found, err := a.deps.Platform.Tasks.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	found.Candidates, found.Lines, found.Decisions = filled(found.Candidates), filled(found.Lines), filled(found.Decisions)
	return &taskOutput{ETag: versionTag(found.Version), Body: found}, nil
}

// handled answers what was done with a task.
func (a *API) handled(ctx context.Context, id uuid.UUID, err error) (*taskOutput, error) {
	if err != nil {
		return nil, err
	}
	a.deps.Events.Publish("tasks", id)
	return a.task(ctx, id)
}

// registerHandling adds what hands a task from one to the other.
func (a *API) registerHandling(s *task.Tasks, tags []string) {
	operation := func(action, summary string) huma.Operation {
		return huma.Operation{
			OperationID: action + "-task", Method: http.MethodPost, Path: "/tasks/{id}/" + action, Tags: tags, Summary: summary, DefaultStatus: http.StatusOK,
		}
	}
	for _, h := range []struct {
		action, summary string
		do              func(ctx context.Context, id uuid.UUID) (task.Task, error)
	}{
		{"claim", "Take a task: nobody else sees it in their inbox", s.Claim},
		{"release", "Give a task back: to who delegated it, else to all candidates", s.Release},
		{"recall", "Get a delegated task back", s.Recall},
	} {
		register(a, signedIn, operation(h.action, h.summary), func(ctx context.Context, in *IDInput) (*taskOutput, error) {
			_, err := h.do(ctx, in.ID)
			return a.handled(ctx, in.ID, err)
		})
	}
	register(a, signedIn, operation("delegate", "Hand a task to somebody else"), func(ctx context.Context, in *delegateInput) (*taskOutput, error) {
		_, err := s.Delegate(ctx, in.ID, in.Body.To, in.Body.Comment)
		return a.handled(ctx, in.ID, err)
	})
	register(a, signedIn, operation("schedule", "Note when a task is going to be done"), func(ctx context.Context, in *scheduleInput) (*taskOutput, error) {
		_, err := s.Schedule(ctx, in.ID, in.Body.At)
		return a.handled(ctx, in.ID, err)
	})
}

// registerCompletion adds what ends a task.
func (a *API) registerCompletion(s *task.Tasks, tags []string) {
	register(a, signedIn, huma.Operation{
		OperationID: "fill-task-form", Method: http.MethodPost, Path: "/tasks/{id}/form", Tags: tags,
		Summary: "The form of a task after a change", Description: fillDoc, DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *fillInput) (*formOutput, error) {
		values, err := valuesOf(in.Body.Values)
		if err != nil {
			return nil, err
		}
		form, err := s.Fill(ctx, in.ID, values, in.Body.Changed)
		return &formOutput{Body: form}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "save-task-draft", Method: http.MethodPut, Path: "/tasks/{id}/draft", Tags: tags, Summary: "Keep what was filled in so far",
		Description: ifMatchDoc,
	}, func(ctx context.Context, in *taskDraftInput) (*taskOutput, error) {
		seen, values, err := filledIn(in.IfMatch, in.Body.Values)
		if err != nil {
			return nil, err
		}
		_, err = s.SaveDraft(ctx, in.ID, seen, values)
		return a.handled(ctx, in.ID, err)
	})
	register(a, signedIn, huma.Operation{
		OperationID: "complete-task", Method: http.MethodPost, Path: "/tasks/{id}/complete", Tags: tags, Summary: "Complete a task", DefaultStatus: http.StatusOK,
		Description: "One completion wins: the others answer 409 and say who was first, or that the time ran out. " + ifMatchDoc,
	}, func(ctx context.Context, in *completeInput) (*taskOutput, error) {
		seen, values, err := filledIn(in.IfMatch, in.Body.Values)
		if err != nil {
			return nil, err
		}
		_, err = s.Complete(ctx, in.ID, task.Completion{
			Version: seen, Outcome: in.Body.Outcome, Values: values, Same: in.Body.Same, Lines: in.Body.Lines, Comment: in.Body.Comment,
		})
		return a.handled(ctx, in.ID, err)
	})
	register(a, signedIn, huma.Operation{
		OperationID: "decide-tasks", Method: http.MethodPost, Path: "/tasks/decide", Tags: tags, Summary: "Complete several tasks with the same decision",
		Description: "Each for itself: one that cannot be completed says why, and the others are.", DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *decideInput) (*decidedOutput, error) {
		results, err := s.Decide(ctx, in.Body.IDs, task.Completion{Outcome: in.Body.Outcome, Comment: in.Body.Comment})
		if err != nil {
			return nil, err
		}
		return &decidedOutput{Body: a.decided(ctx, results)}, nil
	})
}

// decided says what became of each of several tasks, and tells of those that were completed.
func (a *API) decided(ctx context.Context, results []task.Result) []DecideResult {
	out := make([]DecideResult, len(results))
	for i := range results {
		r := &results[i]
		out[i] = DecideResult{ID: r.ID, Completed: r.Err == nil}
		if r.Err != nil {
			out[i].Problem = problemOf(ctx, r.Err)
			continue
		}
		out[i].Task = &r.Task
		a.deps.Events.Publish("tasks", r.ID)
	}
	return out
}

// filledIn reads the version of a task that somebody saw, and what they filled in.
func filledIn(ifMatch string, in map[string]any) (seen int64, values bpm.Values, err error) {
	if seen, err = parseETag(ifMatch); err != nil {
		return 0, nil, err
	}
	values, err = valuesOf(in)
	return seen, values, err
}
