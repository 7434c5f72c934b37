package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"provost/internal/agent"
	"provost/internal/synctask"
	"provost/workflows/messages"
)

// How a batch goes: so many tasks are planned at once, and one call of an agent lasts at most this long, so that a person's change
// arrives in about a second while a load runs.
const (
	batchPage        = 200
	batchPagesPerRun = 25
)

var batchBudget = agent.Budget{Items: 50, Time: 300 * time.Millisecond}

// SyncBatch brings the bulk tasks of one source into their systems, page by page, at the lowest priority.
func SyncBatch(ctx workflow.Context, in messages.SyncBatch) error {
	signals := workflow.GetSignalChannel(ctx, messages.Look)
	for range batchPagesPerRun {
		drain(signals)
		var plan synctask.Plan
		planning := onCore(ctx, 10*time.Minute, "plan the next tasks")
		if err := workflow.ExecuteActivity(planning, sync.PlanSource, in.Source, batchPage).Get(ctx, &plan); err != nil {
			return fmt.Errorf("plan batch: %w", err)
		}
		if len(plan.Tasks) > 0 {
			if _, err := perform(ctx, plan, 5, batchBudget); err != nil {
				return err
			}
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
	return workflow.NewContinueAsNewError(ctx, SyncBatch, in)
}
