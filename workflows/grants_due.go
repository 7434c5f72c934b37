package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"provost/workflows/messages"
)

// GrantsDue makes begin and end what does so by date: it honours the dates that have come, sleeps to the next one and is woken when one is
// written. It ends when no date is left; the next one that is written starts it again.
func GrantsDue(ctx workflow.Context, in messages.GrantsDue) error {
	signals := workflow.GetSignalChannel(ctx, messages.Look)
	for {
		drain(signals)
		var next time.Time
		honouring := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: 10 * time.Minute, Summary: "honour the dates that have come", // one transaction: it has no progress to tell
		})
		if err := workflow.ExecuteActivity(honouring, upkeep.HonourDates).Get(ctx, &next); err != nil {
			return fmt.Errorf("honour dates: %w", err)
		}
		switch {
		case drain(signals):
		case next.IsZero():
			return nil
		default:
			waitUntil(ctx, signals, later(next, workflow.Now(ctx).Add(time.Second)))
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, GrantsDue, in)
		}
	}
}

// later gives the later of two moments: the database's clock may be behind, and is not asked in a tight loop.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
