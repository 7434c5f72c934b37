package workflows

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"provost/activities"
	"provost/internal/run"
	"provost/workflows/messages"
)

var runs *activities.Runs // names the methods; never called

// longest is how long one step of a run may take.
const longest = 6 * time.Hour

// Run carries one run through its pipeline: export, compare and guard, apply, report. A run that the guard blocks waits for its reviewer.
// However it ends, its row says so.
func Run(ctx workflow.Context, in messages.Run) error {
	r := &running{in: in, decisions: workflow.GetSignalChannel(ctx, messages.Decide)}
	status, err := r.steps(ctx)
	message := ""
	switch {
	case temporal.IsCanceledError(err):
		status = run.Cancelled
	case err != nil:
		status, message = run.Failed, sentence(err)
	}
	after, _ := workflow.NewDisconnectedContext(ctx) // the end is noted even when the run was cancelled
	if err := workflow.ExecuteLocalActivity(beside(after), runs.Finish, in.ID, status, message).Get(after, nil); err != nil {
		return fmt.Errorf("finish run: %w", err)
	}
	return nil
}

// running is one run under way.
type running struct {
	in        messages.Run
	decisions workflow.ReceiveChannel
}

func (r *running) steps(ctx workflow.Context) (string, error) {
	if r.in.Kind == run.Provision {
		return r.provision(ctx)
	}
	var listed int64
	if err := workflow.ExecuteActivity(r.onAgent(ctx), runs.Export, r.in.ID).Get(ctx, &listed); err != nil {
		return "", err
	}
	verdict, err := r.compare(ctx)
	if err != nil {
		return "", err
	}
	if r.in.Kind == run.Impact || r.in.Kind == run.ImpactIn {
		return run.Completed, nil
	}
	if cancelled, err := r.review(ctx, verdict); err != nil || cancelled {
		return run.Cancelled, err
	}
	return r.apply(ctx)
}

// onAgent gives the options of the export, which runs beside the connector.
func (r *running) onAgent(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              messages.AgentQueue(r.in.Key),
		ScheduleToStartTimeout: scheduleToStart,
		StartToCloseTimeout:    longest,
		HeartbeatTimeout:       2 * time.Minute,
		Priority:               temporal.Priority{PriorityKey: 4},
		Summary:                "list " + r.in.Name,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: time.Minute, MaximumAttempts: 5},
	})
}

func (r *running) compare(ctx workflow.Context) (run.Verdict, error) {
	var verdict run.Verdict
	err := workflow.ExecuteActivity(onCore(ctx, longest, time.Minute, "compare with what is known"), runs.Compare, r.in.ID).Get(ctx, &verdict)
	return verdict, err
}

// review waits, as long as the guard blocks, for a reviewer. A decision to resume is about a list of a length; resuming compares again
// first, and a list that is longer is blocked again, whatever decisions about the shorter one still arrive.
func (r *running) review(ctx workflow.Context, verdict run.Verdict) (cancelled bool, err error) {
	for accepted := int64(-1); verdict.Blocked && verdict.Total > accepted; {
		if err := workflow.ExecuteLocalActivity(beside(ctx), runs.Block, r.in.ID).Get(ctx, nil); err != nil {
			return false, err
		}
		decision, err := r.decision(ctx)
		if err != nil {
			return false, err
		}
		if decision.Decision == messages.Cancel {
			return true, nil
		}
		if accepted = decision.Total; accepted < verdict.Total {
			continue
		}
		if verdict, err = r.compare(ctx); err != nil {
			return false, err
		}
	}
	return false, nil
}

// decision waits for what a reviewer decides, or for the end of the workflow.
func (r *running) decision(ctx workflow.Context) (messages.Decision, error) {
	var decision messages.Decision
	workflow.NewSelector(ctx).
		AddReceive(r.decisions, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &decision) }).
		AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {}).
		Select(ctx)
	return decision, ctx.Err()
}

func (r *running) apply(ctx workflow.Context) (string, error) {
	for next := (activities.Next{}); !next.Done; {
		if r.cancelled() {
			return run.Cancelled, nil
		}
		applying := onCore(ctx, time.Hour, time.Minute, "apply the next changes")
		if err := workflow.ExecuteActivity(applying, runs.ApplyChanges, r.in.ID, next.Seq).Get(ctx, &next); err != nil {
			return "", err
		}
	}
	return run.Completed, nil
}

// cancelled reports whether a reviewer cancelled the run between two steps.
func (r *running) cancelled() bool {
	var decision messages.Decision
	for r.decisions.ReceiveAsync(&decision) {
		if decision.Decision == messages.Cancel {
			return true
		}
	}
	return false
}

// provision touches everybody the system concerns and watches until all is applied.
func (r *running) provision(ctx workflow.Context) (string, error) {
	for next := (activities.Next{After: uuid.Nil}); !next.Done; {
		if r.cancelled() {
			return run.Cancelled, nil
		}
		touching := onCore(ctx, time.Hour, time.Minute, "touch the next users")
		if err := workflow.ExecuteActivity(touching, runs.ProvisionNext, r.in.ID, next.After).Get(ctx, &next); err != nil {
			return "", err
		}
	}
	for pause := run.Pause(); ; pause = min(pause+time.Second, 30*time.Second) {
		var through bool
		if err := workflow.ExecuteLocalActivity(beside(ctx), runs.ProvisionProgress, r.in.ID).Get(ctx, &through); err != nil {
			return "", err
		}
		if through {
			return run.Completed, nil
		}
		if r.cancelled() {
			return run.Cancelled, nil
		}
		waitUntil(ctx, r.decisions, workflow.Now(ctx).Add(pause))
	}
}

// sentence gives the sentence of an error that an activity decided, without the wrapping of the engine.
func sentence(err error) string {
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return application.Message()
	}
	if timeout, ok := errors.AsType[*temporal.TimeoutError](err); ok {
		if timeout.TimeoutType() == enums.TIMEOUT_TYPE_SCHEDULE_TO_START {
			return "No server took the agent's work in time. Is the server it is assigned to running?"
		}
		return "The agent did not finish within its time limit."
	}
	return err.Error()
}
