package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"provost/internal/agent"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/synctask"
	"provost/workflows"
	"provost/workflows/messages"
)

var (
	anna  = messages.SyncObject{Kind: change.User, ID: fixed(1)}
	batch = messages.SyncBatch{Source: fixed(2)}
)

func TestNothingToDoEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.ExecuteWorkflow(workflows.SyncObject, anna)
	w.completed(t)
	require.Equal(t, []string{"plan"}, w.log)
}

func TestEveryAgentDoesItsPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plan = func(int) synctask.Plan { return planOf(1, "alpha", "beta", "gamma") }
	w.env.ExecuteWorkflow(workflows.SyncObject, anna)
	w.completed(t)
	require.Equal(t, map[string]int{"plan": 1, "apply": 3, "record": 3}, w.counts)
}

// An agent that fails keeps neither the others nor the recording.
func TestAgentsFailAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plan = func(int) synctask.Plan { return planOf(2, "alpha", "beta") }
	w.apply = func(n int, targets []synctask.Target, _ agent.Budget) ([]synctask.Result, error) {
		if n == 1 {
			return nil, errors.New("the server ended")
		}
		return done(targets), nil
	}
	w.env.ExecuteWorkflow(workflows.SyncObject, anna)
	w.completed(t)
	classes := map[connector.ErrorClass]int{}
	for _, r := range w.results {
		classes[r.ErrorClass]++
	}
	require.Equal(t, map[connector.ErrorClass]int{"": 2, connector.ClassTransient: 2}, classes, "every target has a result")
	require.Zero(t, w.counts["unanswered"])
}

func TestNobodyTakesTheAgentsWork(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]error{"noted": nil, "cannot be noted": temporal.NewNonRetryableApplicationError("no", "", nil)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.plan = func(int) synctask.Plan { return planOf(2, "alpha") }
			w.unanswered = func() error { return fail }
			w.apply = func(int, []synctask.Target, agent.Budget) ([]synctask.Result, error) {
				return nil, temporal.NewTimeoutError(enums.TIMEOUT_TYPE_SCHEDULE_TO_START, nil)
			}
			w.env.ExecuteWorkflow(workflows.SyncObject, anna)
			w.completed(t)
			require.Equal(t, 1, w.counts["unanswered"])
			require.Len(t, w.results, 2)
			for _, r := range w.results {
				require.Equal(t, connector.ClassUnavailable, r.ErrorClass, "waits for the agent, counts no attempt")
			}
		})
	}
}

func TestCallThatDoesNotComeBackIsTransient(t *testing.T) {
	t.Parallel()
	for _, kind := range []enums.TimeoutType{enums.TIMEOUT_TYPE_START_TO_CLOSE, enums.TIMEOUT_TYPE_HEARTBEAT} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.plan = func(int) synctask.Plan { return planOf(1, "alpha") }
			w.apply = func(int, []synctask.Target, agent.Budget) ([]synctask.Result, error) {
				return nil, temporal.NewTimeoutError(kind, nil)
			}
			w.env.ExecuteWorkflow(workflows.SyncObject, anna)
			w.completed(t)
			require.Equal(t, connector.ClassTransient, w.results[0].ErrorClass)
			require.Zero(t, w.counts["unanswered"])
			require.Equal(t, 1, w.counts["apply"], "what comes next is decided from the database")
		})
	}
}

func TestTaskThatChangedMeanwhileIsPlannedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plan = func(int) synctask.Plan { return planOf(1, "alpha") }
	w.record = func(n int, _ []synctask.Result) synctask.Progress { return synctask.Progress{Again: n < 3} }
	w.env.ExecuteWorkflow(workflows.SyncObject, anna)
	w.completed(t)
	require.Equal(t, map[string]int{"plan": 3, "apply": 3, "record": 3}, w.counts)
}

// The first moment of all agents counts, and nothing happens before it.
func TestRetryWaitsForItsMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.env.Now()
	var again time.Duration
	w.plan = func(n int) synctask.Plan {
		if n == 2 {
			again = w.env.Now().Sub(start)
			return synctask.Plan{}
		}
		return planOf(1, "alpha", "beta", "gamma")
	}
	w.record = func(n int, _ []synctask.Result) synctask.Progress {
		return map[int]synctask.Progress{
			1: {RetryAt: start.Add(time.Hour)}, 2: {RetryAt: start.Add(90 * time.Second)}, 3: {},
		}[n]
	}
	w.env.ExecuteWorkflow(workflows.SyncObject, anna)
	w.completed(t)
	require.InDelta(t, 90, again.Seconds(), 1)
}

func TestSignalEndsTheWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.env.Now()
	w.plan = func(n int) synctask.Plan {
		if n == 2 {
			return synctask.Plan{}
		}
		return planOf(1, "alpha")
	}
	w.record = func(int, []synctask.Result) synctask.Progress {
		return synctask.Progress{RetryAt: start.Add(time.Hour)}
	}
	w.at(10*time.Second, func() { w.env.SignalWorkflow(messages.Look, nil) })
	w.env.ExecuteWorkflow(workflows.SyncObject, anna)
	w.completed(t)
	require.Less(t, w.env.Now().Sub(start), time.Minute)
	require.Equal(t, 2, w.counts["plan"])
}

// A signal may come at any moment: whenever it does, a plan begins after it.
func TestNoSignalIsLost(t *testing.T) {
	t.Parallel()
	for _, during := range []string{"plan", "apply", "record"} {
		t.Run(during, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			signal := func(step string, n int) {
				if step == during && n == 1 {
					w.env.SignalWorkflow(messages.Look, nil)
				}
			}
			w.plan = func(n int) synctask.Plan {
				signal("plan", n)
				return planOf(1, "alpha")
			}
			w.apply = func(n int, targets []synctask.Target, _ agent.Budget) ([]synctask.Result, error) {
				signal("apply", n)
				return done(targets), nil
			}
			w.record = func(n int, _ []synctask.Result) synctask.Progress {
				signal("record", n)
				return synctask.Progress{}
			}
			w.env.ExecuteWorkflow(workflows.SyncObject, anna)
			w.completed(t)
			require.Equal(t, 2, w.counts["plan"], "%v", w.log)
		})
	}
}

func TestManySignalsAreOneLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plan = func(n int) synctask.Plan {
		if n == 1 {
			for range 100 {
				w.env.SignalWorkflow(messages.Look, nil)
			}
		}
		return planOf(1, "alpha")
	}
	w.env.ExecuteWorkflow(workflows.SyncObject, anna)
	w.completed(t)
	require.Equal(t, 2, w.counts["plan"])
}

func continued(t *testing.T, w *world) {
	t.Helper()
	require.True(t, w.env.IsWorkflowCompleted())
	var again *workflow.ContinueAsNewError
	require.ErrorAs(t, w.env.GetWorkflowError(), &again)
}

func TestLongHistoryContinuesAsNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.SetContinueAsNewSuggested(true)
	w.plan = func(int) synctask.Plan { return planOf(1, "alpha") }
	w.record = func(int, []synctask.Result) synctask.Progress { return synctask.Progress{Again: true} }
	w.env.ExecuteWorkflow(workflows.SyncObject, anna)
	continued(t, w)
	require.Equal(t, 1, w.counts["plan"])
}
