package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"provost/activities"
)

var upkeep *activities.Upkeep // names the methods; never called

// Maintenance is one turn of the schedule that keeps the house in order; a turn that fails is left to the next one.
func Maintenance(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Minute, Summary: "sweep, purge, seal",
		RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 3},
	})
	return workflow.ExecuteActivity(ctx, upkeep.Tidy).Get(ctx, nil)
}
