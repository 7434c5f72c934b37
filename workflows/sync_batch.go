package workflows

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"provost/internal/agent"
	"provost/internal/synctask"
	"provost/workflows/messages"
)

// How a batch goes: so many tasks are planned at once, so many pages are under way at the same time, and one call of an agent lasts at
// most this long, so that a person's change arrives in about a second while a load runs.
const (
	batchPage   = 200
	pagesAtOnce = 4
	// planningBeat is how long the planner may be silent: it tells of every mapping of a system. A worker that ended is noticed by it.
	planningBeat = 20 * time.Second
)

var batchBudget = agent.Budget{Items: 100, Time: 300 * time.Millisecond}

// SyncBatch brings the bulk tasks of one source into their systems, at the lowest priority. Several pages are under way at the same time:
// agents work while the next page is planned, and one that is slow does not keep the others waiting.
func SyncBatch(ctx workflow.Context, in messages.SyncBatch) error {
	b := &batch{source: in.Source, manner: manner{priority: 5, budget: batchBudget, calls: map[string]workflow.Semaphore{}}}
	signals := workflow.GetSignalChannel(ctx, messages.Look)
	for !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		drain(signals)
		found, err := b.pass(ctx)
		if err != nil {
			return err
		}
		if found {
			continue
		}
		var next time.Time
		if err := workflow.ExecuteLocalActivity(beside(ctx), sync.NextRun, in.Source).Get(ctx, &next); err != nil {
			return fmt.Errorf("read next run: %w", err)
		}
		switch {
		case drain(signals):
		case next.IsZero():
			return nil
		default:
			waitUntil(ctx, signals, next)
		}
	}
	drain(signals) // the next run looks anyway
	return workflow.NewContinueAsNewError(ctx, SyncBatch, in)
}

// batch is the bulk tasks of one source under way.
type batch struct {
	source uuid.UUID
	manner manner
}

// pass goes once through the tasks that can be tried now, in their order, and reports whether there were any. What fails in between is
// left to the next pass.
func (b *batch) pass(ctx workflow.Context) (found bool, err error) {
	pages := workflow.NewSemaphore(ctx, pagesAtOnce)
	underWay := workflow.NewWaitGroup(ctx)
	var after synctask.Cursor
	for err == nil {
		if waiting := pages.Acquire(ctx, 1); waiting != nil {
			err = errors.Join(err, waiting)
			break
		}
		plan, failure := b.plan(ctx, after)
		if failure != nil || len(plan.Tasks) == 0 {
			err = errors.Join(err, failure)
			break
		}
		found, after = true, plan.Tasks[len(plan.Tasks)-1].Cursor()
		underWay.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer underWay.Done()
			defer pages.Release(1)
			_, failure := perform(ctx, plan, &b.manner)
			err = errors.Join(err, failure)
		})
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			break
		}
	}
	underWay.Wait(ctx)
	return found, err
}

func (b *batch) plan(ctx workflow.Context, after synctask.Cursor) (synctask.Plan, error) {
	var plan synctask.Plan
	planning := onCore(ctx, 10*time.Minute, planningBeat, "plan the next tasks")
	if err := workflow.ExecuteActivity(planning, sync.PlanSource, b.source, after, batchPage).Get(ctx, &plan); err != nil {
		return plan, fmt.Errorf("plan batch: %w", err)
	}
	return plan, nil
}
