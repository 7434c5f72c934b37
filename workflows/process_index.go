package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"provost/workflows/messages"
)

// ProcessIndex rebuilds the search index of processes. Asked for again meanwhile, it is rebuilt again.
func ProcessIndex(ctx workflow.Context, _ messages.ProcessIndex) error {
	signals := workflow.GetSignalChannel(ctx, messages.Look)
	for {
		drain(signals)
		rebuilding := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: 24 * time.Hour, HeartbeatTimeout: time.Minute, Summary: "rebuild the search index",
		})
		if err := workflow.ExecuteActivity(rebuilding, processes.RebuildIndex).Get(ctx, nil); err != nil {
			return fmt.Errorf("rebuild index: %w", err)
		}
		if !drain(signals) {
			return nil
		}
	}
}
