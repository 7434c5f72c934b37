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

func TestBatchGoesPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.page = func(n int) synctask.Plan {
		if n > 3 {
			return synctask.Plan{}
		}
		return planOf(120, "alpha")
	}
	w.apply = func(_ int, targets []synctask.Target, budget agent.Budget) ([]synctask.Result, error) {
		require.Equal(t, agent.Budget{Items: 50, Time: 300 * time.Millisecond}, budget)
		return done(targets[:min(50, len(targets))]), nil
	}
	w.env.ExecuteWorkflow(workflows.SyncBatch, batch)
	w.completed(t)
	require.Equal(t, map[string]int{"page": 4, "apply": 9, "record": 9, "next run": 1}, w.counts)
	require.Len(t, w.results, 360)
	for _, tasks := range w.tasks {
		require.Len(t, tasks, 120, "every record may close what is through")
	}
}

func TestBatchWaitsForItsRetries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.env.Now()
	w.page = func(n int) synctask.Plan {
		if n == 1 || n == 3 {
			return planOf(1, "alpha")
		}
		return synctask.Plan{}
	}
	w.nextRun = func(n int) time.Time {
		if n == 1 {
			return start.Add(40 * time.Second)
		}
		return time.Time{}
	}
	w.env.ExecuteWorkflow(workflows.SyncBatch, batch)
	w.completed(t)
	require.Equal(t, 4, w.counts["page"])
	require.GreaterOrEqual(t, w.env.Now().Sub(start), 40*time.Second)
}

func TestSignalAtTheEndOfABatchIsNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.nextRun = func(n int) time.Time {
		if n == 1 {
			w.env.SignalWorkflow(messages.Look, nil)
		}
		return time.Time{}
	}
	w.env.ExecuteWorkflow(workflows.SyncBatch, batch)
	w.completed(t)
	require.Equal(t, 2, w.counts["page"])
}

func TestLongBatchContinuesAsNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.page = func(int) synctask.Plan { return planOf(1, "alpha") }
	w.env.ExecuteWorkflow(workflows.SyncBatch, batch)
	continued(t, w)
	require.Equal(t, 25, w.counts["page"])
}

var probe = messages.AgentProbe{System: fixed(3), Key: "alpha", Name: "Alpha"}

func TestProbePausesGrow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var at []time.Time
	start := w.env.Now()
	w.probe = func(n int) error {
		at = append(at, w.env.Now())
		if n < 11 {
			return errors.New("no answer")
		}
		return nil
	}
	w.env.ExecuteWorkflow(workflows.AgentProbe, probe)
	w.completed(t)
	require.Equal(t, 1, w.counts["wake"])
	var pauses []int
	last := start
	for _, moment := range at {
		pauses = append(pauses, int(moment.Sub(last).Round(time.Second).Seconds()))
		last = moment
	}
	require.Equal(t, []int{2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300}, pauses)
}

func TestProbeLooksAtOnceWhenAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.env.Now()
	w.probe = func(n int) error {
		if n < 3 {
			return errors.New("no answer")
		}
		return nil
	}
	w.at(0, func() { w.env.SignalWorkflow(messages.Look, nil) })
	w.env.ExecuteWorkflow(workflows.AgentProbe, probe)
	w.completed(t)
	require.Less(t, w.env.Now().Sub(start), 15*time.Second)
}

// An agent that is lost again while what waited for it is sent needs its probe.
func TestAgentThatIsLostAgainIsProbedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.wake = func(n int) {
		if n == 1 {
			w.env.SignalWorkflow(messages.Look, nil)
		}
	}
	w.env.ExecuteWorkflow(workflows.AgentProbe, probe)
	w.completed(t)
	require.Equal(t, map[string]int{"probe": 2, "wake": 2}, w.counts)
}

func TestProbeCanBeEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.probe = func(int) error { return errors.New("no answer") }
	w.at(time.Hour, w.env.CancelWorkflow)
	w.env.ExecuteWorkflow(workflows.AgentProbe, probe)
	require.True(t, w.env.IsWorkflowCompleted())
	require.True(t, temporal.IsCanceledError(w.env.GetWorkflowError()), "%v", w.env.GetWorkflowError())
}

func TestLongProbeContinuesAsNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.SetContinueAsNewSuggested(true)
	w.probe = func(int) error { return errors.New("no answer") }
	w.env.ExecuteWorkflow(workflows.AgentProbe, probe)
	continued(t, w)
}
