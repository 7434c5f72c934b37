package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"provost/workflows/messages"
)

// Pauses between two looks at an agent that does not answer.
const (
	firstProbe   = 2 * time.Second
	longestPause = 5 * time.Minute
)

// AgentProbe looks after an agent that could not be reached, with growing pauses, and sends what waited for it when it is back. An agent
// that is lost again meanwhile is looked after again; one that was removed is not.
func AgentProbe(ctx workflow.Context, in messages.AgentProbe) error {
	signals := workflow.GetSignalChannel(ctx, messages.Look)
	for {
		answered, err := awaitAnswer(ctx, in, signals)
		if err != nil || !answered {
			return err
		}
		if err := workflow.ExecuteLocalActivity(beside(ctx), sync.Wake, in.System).Get(ctx, nil); err != nil {
			return fmt.Errorf("wake agent: %w", err)
		}
		if !drain(signals) {
			return nil
		}
	}
}

// awaitAnswer probes until the agent answers; false when it was removed meanwhile.
func awaitAnswer(ctx workflow.Context, in messages.AgentProbe, signals workflow.ReceiveChannel) (bool, error) {
	for pause := firstProbe; ; pause = min(2*pause, longestPause) {
		waitUntil(ctx, signals, workflow.Now(ctx).Add(pause))
		if drain(signals) {
			pause = firstProbe
		}
		var known bool
		if err := workflow.ExecuteLocalActivity(beside(ctx), sync.Known, in.System).Get(ctx, &known); err != nil || !known {
			return false, err
		}
		probing := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			TaskQueue:              messages.AgentQueue(in.Key),
			ScheduleToStartTimeout: scheduleToStart,
			StartToCloseTimeout:    time.Minute,
			RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1},
			Priority:               temporal.Priority{PriorityKey: 1},
			Summary:                "does " + in.Name + " answer?",
		})
		if err := workflow.ExecuteActivity(probing, sync.Probe, in.System).Get(ctx, nil); err == nil {
			return true, nil
		}
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return false, workflow.NewContinueAsNewError(ctx, AgentProbe, in)
		}
	}
}
