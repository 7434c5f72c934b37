package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"provost/workflows/messages"
)

// followDates does what is due, sleeps to the next date and is woken when one is written. It returns nil when no date is left, and what
// anew gives, to begin the workflow anew, when the history has grown long. look does what is due and gives the next date; zero when there is none.
func followDates(ctx workflow.Context, look func(ctx workflow.Context) (time.Time, error), anew func() error) error {
	signals := workflow.GetSignalChannel(ctx, messages.Look)
	for {
		drain(signals)
		next, err := look(ctx)
		if err != nil {
			return err
		}
		switch {
		case drain(signals):
		case next.IsZero():
			return nil
		default:
			waitUntil(ctx, signals, later(next, workflow.Now(ctx).Add(time.Second)))
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return anew()
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
