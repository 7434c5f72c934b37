package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"

	"provost/activities"
	"provost/internal/run"
	"provost/workflows"
	"provost/workflows/messages"
)

func load(kind string) messages.Run {
	return messages.Run{ID: fixed(9), Number: 7, Kind: kind, System: fixed(3), Key: "alpha", Name: "Alpha"}
}

func (w *world) decide(after time.Duration, decision string, total int64) {
	w.at(after, func() {
		w.env.SignalWorkflow(messages.Decide, messages.Decision{Decision: decision, By: "admin", Total: total})
	})
}

func blocked(total int64) run.Verdict {
	return run.Verdict{Blocked: true, Total: total, Reasons: []string{"too many"}}
}

func TestRunGoesThroughItsPhases(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{run.Load, run.Reconcile} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.changes = func(after int64) activities.Next { return activities.Next{Seq: after + 500, Done: after == 1000} }
			w.env.ExecuteWorkflow(workflows.Run, load(kind))
			w.completed(t)
			require.Equal(t, []string{"export", "compare", "apply changes", "apply changes", "apply changes", "finish"}, w.log)
			require.Equal(t, run.Completed, w.ended)
		})
	}
}

func TestPreviewEndsBeforeTheFirstWrite(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{run.Impact, run.ImpactIn} {
		w := newWorld(t)
		w.env.ExecuteWorkflow(workflows.Run, load(kind))
		w.completed(t)
		require.Equal(t, []string{"export", "compare", "finish"}, w.log)
		require.Equal(t, run.Completed, w.ended)
	}
}

// A blocked run waits for its reviewer, for days if need be. Each line is a life of one.
func TestBlockedRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		verdicts []run.Verdict // one per comparison; the last repeats
		decide   func(w *world)
		log      []string
		ended    string
	}{
		{
			name: "cancelled", verdicts: []run.Verdict{blocked(10)},
			decide: func(w *world) { w.decide(72*time.Hour, messages.Cancel, 10) },
			log:    []string{"export", "compare", "block", "finish"}, ended: run.Cancelled,
		},
		{
			name: "resumed", verdicts: []run.Verdict{blocked(10)},
			decide: func(w *world) { w.decide(time.Hour, messages.Resume, 10) },
			log:    []string{"export", "compare", "block", "compare", "apply changes", "finish"}, ended: run.Completed,
		},
		{
			name: "resumed, and shorter now", verdicts: []run.Verdict{blocked(10), blocked(8)},
			decide: func(w *world) { w.decide(time.Hour, messages.Resume, 10) },
			log:    []string{"export", "compare", "block", "compare", "apply changes", "finish"}, ended: run.Completed,
		},
		{
			name: "resumed, and no longer over a limit", verdicts: []run.Verdict{blocked(10), {Total: 30}},
			decide: func(w *world) { w.decide(time.Hour, messages.Resume, 10) },
			log:    []string{"export", "compare", "block", "compare", "apply changes", "finish"}, ended: run.Completed,
		},
		{
			name: "grew, then cancelled", verdicts: []run.Verdict{blocked(10), blocked(11)},
			decide: func(w *world) {
				w.decide(time.Hour, messages.Resume, 10)
				w.decide(2*time.Hour, messages.Cancel, 11)
			},
			log: []string{"export", "compare", "block", "compare", "block", "finish"}, ended: run.Cancelled,
		},
		{
			name: "grew, then resumed", verdicts: []run.Verdict{blocked(10), blocked(11)},
			decide: func(w *world) {
				w.decide(time.Hour, messages.Resume, 10)
				w.decide(2*time.Hour, messages.Resume, 11)
			},
			log: []string{"export", "compare", "block", "compare", "block", "compare", "apply changes", "finish"}, ended: run.Completed,
		},
		{
			name: "resumed twice by two people, and grew: the second decision is about the shorter list", verdicts: []run.Verdict{blocked(10), blocked(11)},
			decide: func(w *world) {
				w.decide(time.Hour, messages.Resume, 10)
				w.decide(time.Hour, messages.Resume, 10)
				w.decide(3*time.Hour, messages.Cancel, 11)
			},
			log: []string{"export", "compare", "block", "compare", "block", "block", "finish"}, ended: run.Cancelled,
		},
		{
			name: "empty listing that would change nothing", verdicts: []run.Verdict{blocked(0)},
			decide: func(w *world) { w.decide(time.Hour, messages.Resume, 0) },
			log:    []string{"export", "compare", "block", "compare", "apply changes", "finish"}, ended: run.Completed,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.compare = func(n int) run.Verdict { return c.verdicts[min(n, len(c.verdicts))-1] }
			c.decide(w)
			w.env.ExecuteWorkflow(workflows.Run, load(run.Load))
			w.completed(t)
			require.Equal(t, c.log, w.log)
			require.Equal(t, c.ended, w.ended)
		})
	}
}

func TestCancelBetweenTwoParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changes = func(after int64) activities.Next {
		if after == 500 {
			w.env.SignalWorkflow(messages.Decide, messages.Decision{Decision: messages.Cancel})
		}
		return activities.Next{Seq: after + 500}
	}
	w.env.ExecuteWorkflow(workflows.Run, load(run.Load))
	w.completed(t)
	require.Equal(t, 2, w.counts["apply changes"])
	require.Equal(t, run.Cancelled, w.ended)
}

// A run that fails ends with a sentence for its page, not with the words of the engine.
func TestFailedRunSaysWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err     error
		message string
	}{
		"decided":         {temporal.NewNonRetryableApplicationError("the password is wrong", "auth", nil), "the password is wrong"},
		"no server":       {temporal.NewTimeoutError(enums.TIMEOUT_TYPE_SCHEDULE_TO_START, nil), "No server took the agent's work in time. Is the server it is assigned to running?"},
		"too long":        {temporal.NewTimeoutError(enums.TIMEOUT_TYPE_START_TO_CLOSE, nil), "The agent did not finish within its time limit."},
		"again and again": {errors.New("connection reset"), "connection reset"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.export = func() error { return c.err }
			w.env.ExecuteWorkflow(workflows.Run, load(run.Load))
			w.completed(t)
			require.Equal(t, run.Failed, w.ended)
			require.Equal(t, c.message, w.message)
			require.Zero(t, w.counts["compare"])
		})
	}
}

func TestRunWhoseWorkflowIsCancelledIsEndedAllTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.compare = func(int) run.Verdict { return blocked(10) }
	w.at(time.Hour, w.env.CancelWorkflow)
	w.env.ExecuteWorkflow(workflows.Run, load(run.Load))
	require.True(t, w.env.IsWorkflowCompleted())
	require.Equal(t, 1, w.counts["finish"])
	require.Equal(t, run.Cancelled, w.ended)
}

func TestMassProvisioningIsWatchedUntilItIsThrough(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.touch = func(after uuid.UUID) activities.Next {
		return activities.Next{After: fixed(int(after[15]) + 1), Done: after[15] == 2}
	}
	w.through = func(n int) bool { return n == 4 }
	w.env.ExecuteWorkflow(workflows.Run, load(run.Provision))
	w.completed(t)
	require.Equal(t, map[string]int{"touch": 3, "progress": 4, "finish": 1}, w.counts)
	require.Equal(t, run.Completed, w.ended)
}

func TestMassProvisioningIsCancelledWhileItIsWatched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.through = func(n int) bool { return n > 50 }
	w.decide(time.Minute, messages.Cancel, 0)
	w.env.ExecuteWorkflow(workflows.Run, load(run.Provision))
	w.completed(t)
	require.Equal(t, run.Cancelled, w.ended)
	require.Less(t, w.counts["progress"], 30)
}
