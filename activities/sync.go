// Package activities is what workflows do in the world: one struct per family, holding its dependencies. Workflows name the methods
// through a nil pointer, so the compiler checks the names.
package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"

	"provost/internal/agent"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/synctask"
)

// Agents notes what is seen of agents.
type Agents interface {
	// Connected notes that the agent answered.
	Connected(ctx context.Context, system uuid.UUID) error
	// Disconnected notes that it did not; a probe then looks after it.
	Disconnected(ctx context.Context, system uuid.UUID, message string) error
	// Known reports whether the agent still exists.
	Known(ctx context.Context, system uuid.UUID) (bool, error)
	// Wake makes the tasks that waited for an agent pending again, in one batch.
	Wake(ctx context.Context, system uuid.UUID) error
}

// Sync plans, applies and records synchronisation.
type Sync struct {
	Tasks  *synctask.Service
	Store  Schedule
	Agents Agents
	Pool   *agent.Pool
}

// Schedule tells when a bulk source has something to do again.
type Schedule interface {
	NextRun(ctx context.Context, source uuid.UUID) (time.Time, error)
}

// PlanObject plans the open task of one object.
func (a *Sync) PlanObject(ctx context.Context, kind change.Kind, id uuid.UUID) (synctask.Plan, error) {
	return a.Tasks.PlanObjects(ctx, kind, []uuid.UUID{id})
}

// PlanSource plans the next tasks of a bulk source after a place in their order.
func (a *Sync) PlanSource(ctx context.Context, source uuid.UUID, after synctask.Cursor, limit int) (synctask.Plan, error) {
	return a.Tasks.PlanSource(ctx, source, after, limit, func() { activity.RecordHeartbeat(ctx) })
}

// NextRun gives the moment at which a bulk source has something to try again; zero when it has nothing.
func (a *Sync) NextRun(ctx context.Context, source uuid.UUID) (time.Time, error) {
	return a.Store.NextRun(ctx, source)
}

// Apply brings targets into the system of the agent, as far as the budget allows. What goes wrong is told in the results.
func (a *Sync) Apply(ctx context.Context, system uuid.UUID, targets []synctask.Target, budget agent.Budget) ([]synctask.Result, error) {
	opened, err := a.Pool.Get(ctx, system)
	if err != nil {
		class := connector.ClassOf(err)
		if class == connector.ClassUnavailable || class == connector.ClassAuth {
			return failed(targets, class, err), a.report(ctx, system, err)
		}
		return failed(targets, class, err), nil
	}
	results := opened.Apply(ctx, targets, budget, func(done int) { activity.RecordHeartbeat(ctx, done) })
	for _, r := range results {
		if r.ErrorClass == connector.ClassUnavailable || r.ErrorClass == connector.ClassAuth {
			return results, a.report(ctx, system, errors.New(r.Message)) //nolint:err113 // the text is all that came back
		}
	}
	return results, a.Agents.Connected(ctx, system)
}

func (a *Sync) report(ctx context.Context, system uuid.UUID, err error) error {
	return a.Agents.Disconnected(ctx, system, err.Error())
}

func failed(targets []synctask.Target, class connector.ErrorClass, err error) []synctask.Result {
	out := make([]synctask.Result, len(targets))
	for i, t := range targets {
		out[i] = synctask.Result{
			Target: t, Outcome: synctask.Errored, ErrorClass: class, Message: err.Error(), RetryAfter: connector.RetryAfter(err),
		}
	}
	return out
}

// Record notes what an agent did and closes the tasks that are finished.
func (a *Sync) Record(ctx context.Context, system uuid.UUID, tasks []synctask.Task, results []synctask.Result) (synctask.Progress, error) {
	return a.Tasks.Record(ctx, system, tasks, results)
}

// NoteUnanswered notes that no server took an agent's work in time.
func (a *Sync) NoteUnanswered(ctx context.Context, system uuid.UUID) error {
	return a.Agents.Disconnected(ctx, system, "No server took the agent's tasks in time. Is the server it is assigned to running?")
}

// Probe asks the agent's system whether it answers.
func (a *Sync) Probe(ctx context.Context, system uuid.UUID) error {
	opened, err := a.Pool.Get(ctx, system)
	if err != nil {
		return fmt.Errorf("open agent: %w", err)
	}
	return opened.Connector.Test(ctx)
}

// Known reports whether the agent still exists.
func (a *Sync) Known(ctx context.Context, system uuid.UUID) (bool, error) {
	return a.Agents.Known(ctx, system)
}

// Wake notes that an agent is back and sends what waited for it.
func (a *Sync) Wake(ctx context.Context, system uuid.UUID) error {
	if err := a.Agents.Connected(ctx, system); err != nil {
		return fmt.Errorf("note connected agent: %w", err)
	}
	return a.Agents.Wake(ctx, system)
}
