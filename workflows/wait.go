package workflows

import (
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

const scheduleToStartTimeout = enums.TIMEOUT_TYPE_SCHEDULE_TO_START

// beside gives the options of local activities beside the database: they are tried until the database is back.
func beside(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: time.Hour,
		StartToCloseTimeout:    time.Minute,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 15 * time.Second,
		},
	})
}

// lasting is [beside] for what nobody starts again when it has failed: it is tried as long as it takes. The pauses grow until the engine counts
// them instead of the worker, so that an outage of days does not fill the history.
func lasting(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 10 * 365 * 24 * time.Hour,
		StartToCloseTimeout:    2 * time.Minute, // longer than a batch of scripts may take
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 2 * time.Minute,
		},
	})
}

// onCore gives the options of activities on the core queue that run longer; a crash of the worker is noticed by the missing heartbeat.
func onCore(ctx workflow.Context, limit, beat time.Duration, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: limit,
		HeartbeatTimeout:    beat,
		Summary:             summary,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 500 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second,
		},
	})
}

// drain empties a channel of signals and reports whether there was one.
func drain(signals workflow.ReceiveChannel) bool {
	found := false
	for signals.ReceiveAsync(nil) {
		found = true
	}
	return found
}

// waitUntil waits for a moment or for a signal, whichever comes first. The signal is left for the caller to read.
func waitUntil(ctx workflow.Context, signals workflow.ReceiveChannel, at time.Time) {
	pause := at.Sub(workflow.Now(ctx))
	if pause <= 0 {
		return
	}
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	workflow.NewSelector(ctx).
		AddFuture(workflow.NewTimer(ctx, pause), func(workflow.Future) {}).
		AddReceive(signals, func(workflow.ReceiveChannel, bool) {}).
		Select(ctx)
}
