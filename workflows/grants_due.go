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
	honour := func(ctx workflow.Context) (next time.Time, err error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: 10 * time.Minute, Summary: "honour the dates that have come", // one transaction: it has no progress to tell
		})
		if err := workflow.ExecuteActivity(ctx, upkeep.HonourDates).Get(ctx, &next); err != nil {
			return next, fmt.Errorf("honour dates: %w", err)
		}
		return next, nil
	}
	return followDates(ctx, honour, func() error { return workflow.NewContinueAsNewError(ctx, GrantsDue, in) })
}
