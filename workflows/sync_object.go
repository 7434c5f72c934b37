// Package workflows is what the platform does over time. Workflows decide, activities act: nothing here reads a clock, a database or
// the network.
package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"provost/activities"
	"provost/internal/agent"
	"provost/internal/synctask"
	"provost/workflows/messages"
)

var sync *activities.Sync // names the methods; never called

// scheduleToStart is how long a task waits for an agent before it is planned again.
const scheduleToStart = 2 * time.Minute

// SyncObject brings one object into its systems: plan, apply on every agent at the same time, record; again while there is something
// new. Signals only say "look again". It returns with nothing between its last look and its end, so no signal is lost.
func SyncObject(ctx workflow.Context, in messages.SyncObject) error {
	signals := workflow.GetSignalChannel(ctx, messages.Look)
	for {
		drain(signals)
		plan, err := planObject(ctx, in)
		if err != nil {
			return err
		}
		progress, err := perform(ctx, plan, &manner{priority: 3})
		if err != nil {
			return err
		}
		signalled := drain(signals)
		switch {
		case progress.Again || signalled:
		case !progress.RetryAt.IsZero():
			waitUntil(ctx, signals, progress.RetryAt)
		default:
			return nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, SyncObject, in)
		}
	}
}

func planObject(ctx workflow.Context, in messages.SyncObject) (synctask.Plan, error) {
	var plan synctask.Plan
	err := workflow.ExecuteLocalActivity(beside(ctx), sync.PlanObject, in.Kind, in.ID).Get(ctx, &plan)
	if err != nil {
		return plan, fmt.Errorf("plan: %w", err)
	}
	return plan, nil
}

// manner is how the work of a plan is done: how urgent it is, how much one call may do, and how many calls an agent gets at the same time.
type manner struct {
	priority int
	budget   agent.Budget
	calls    map[string]workflow.Semaphore // by agent; nil for no bound
}

// enter waits until the agent may get another call, and gives the function that ends it.
func (m *manner) enter(ctx workflow.Context, work synctask.Work) (leave func(), err error) {
	if m.calls == nil {
		return func() {}, nil
	}
	calls, ok := m.calls[work.Key]
	if !ok {
		calls = workflow.NewSemaphore(ctx, int64(max(work.Calls, 1)))
		m.calls[work.Key] = calls
	}
	if err := calls.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { calls.Release(1) }, nil
}

// perform has every agent of a plan do its part, all at the same time, and records each as it comes.
func perform(ctx workflow.Context, plan synctask.Plan, m *manner) (synctask.Progress, error) {
	var progress synctask.Progress
	var failure error
	group := workflow.NewWaitGroup(ctx)
	for _, work := range plan.Work {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			p, err := performWork(ctx, plan.Tasks, work, m)
			failure = errors.Join(failure, err)
			progress = merge(progress, p)
		})
	}
	group.Wait(ctx)
	return progress, failure
}

// performWork has one agent apply its targets, in as many calls as the budget makes of them.
func performWork(ctx workflow.Context, tasks []synctask.Task, work synctask.Work, m *manner) (synctask.Progress, error) {
	var progress synctask.Progress
	concerned := tasksOf(tasks, work.Targets)
	for left := work.Targets; len(left) > 0; {
		leave, err := m.enter(ctx, work)
		if err != nil {
			return progress, fmt.Errorf("wait for %s: %w", work.Name, err)
		}
		results := apply(ctx, work, synctask.WholeTasks(left, m.budget.Items), m)
		leave()
		left = left[len(results):]
		var p synctask.Progress
		err = workflow.ExecuteLocalActivity(beside(ctx), sync.Record, work.System, concerned, results).Get(ctx, &p)
		if err != nil {
			return progress, fmt.Errorf("record %s: %w", work.Name, err)
		}
		progress = merge(progress, p)
	}
	return progress, nil
}

// apply runs one call on the agent's queue. A call that was not taken or did not come back is told as results too.
func apply(ctx workflow.Context, work synctask.Work, targets []synctask.Target, m *manner) []synctask.Result {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              messages.AgentQueue(work.Key),
		ScheduleToStartTimeout: scheduleToStart,
		StartToCloseTimeout:    time.Duration(len(targets))*work.Timeout + 10*time.Second,
		HeartbeatTimeout:       work.Timeout + 10*time.Second,
		RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1}, // what comes next is decided from the database
		Priority:               temporal.Priority{PriorityKey: m.priority},
		Summary:                fmt.Sprintf("%d to %s", len(targets), work.Name),
	})
	var results []synctask.Result
	err := workflow.ExecuteActivity(ctx, sync.Apply, work.System, targets, m.budget).Get(ctx, &results)
	if err == nil && len(results) > 0 {
		return results
	}
	var timeout *temporal.TimeoutError
	if errors.As(err, &timeout) && timeout.TimeoutType() == scheduleToStartTimeout {
		noteUnanswered(ctx, work)
		return synctask.NotTaken(targets)
	}
	return synctask.NotFinished(targets)
}

// noteUnanswered opens the probe of an agent nobody serves; that it could not be noted must not stop the recording of results.
func noteUnanswered(ctx workflow.Context, work synctask.Work) {
	if err := workflow.ExecuteLocalActivity(beside(ctx), sync.NoteUnanswered, work.System).Get(ctx, nil); err != nil {
		workflow.GetLogger(ctx).Warn("could not note that the agent is not served", "agent", work.Name, "error", err)
	}
}

// tasksOf gives the tasks that the targets belong to.
func tasksOf(tasks []synctask.Task, targets []synctask.Target) []synctask.Task {
	wanted := map[string]bool{}
	for _, t := range targets {
		wanted[t.Task.String()] = true
	}
	var out []synctask.Task
	for _, t := range tasks {
		if wanted[t.ID.String()] {
			out = append(out, t)
		}
	}
	return out
}

func merge(a, b synctask.Progress) synctask.Progress {
	a.Again = a.Again || b.Again
	if a.RetryAt.IsZero() || (!b.RetryAt.IsZero() && b.RetryAt.Before(a.RetryAt)) {
		a.RetryAt = b.RetryAt
	}
	return a
}
