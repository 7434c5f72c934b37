package workflows_test

import (
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"

	"provost/internal/agent"
	"provost/internal/synctask"
	"provost/workflows"
	"provost/workflows/messages"
)

// pages gives a plan for each of the first calls, and nothing after them.
func pages(plans ...synctask.Plan) func(int, synctask.Cursor) synctask.Plan {
	return func(n int, _ synctask.Cursor) synctask.Plan {
		if n > len(plans) {
			return synctask.Plan{}
		}
		return plans[n-1]
	}
}

func TestBatchGoesPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var places []synctask.Cursor
	w.page = func(n int, after synctask.Cursor) synctask.Plan {
		places = append(places, after)
		return pages(planOf(240, "alpha"), planOf(240, "alpha"), planOf(240, "alpha"))(n, after)
	}
	w.apply = func(_ int, targets []synctask.Target, budget agent.Budget) ([]synctask.Result, error) {
		require.Equal(t, agent.Budget{Items: 100, Time: 300 * time.Millisecond}, budget)
		require.LessOrEqual(t, len(targets), 100, "a call is not told of more than it may do")
		return done(targets[:min(90, len(targets))]), nil
	}
	w.env.ExecuteWorkflow(workflows.SyncBatch, batch)
	w.completed(t)
	require.Equal(t, map[string]int{"page": 5, "apply": 9, "record": 9, "next run": 1}, w.counts)
	require.Len(t, w.results, 720)
	for _, tasks := range w.tasks {
		require.Len(t, tasks, 240, "every record may close what is through")
	}
	last := synctask.Cursor{Type: "user", ID: fixed(239)}
	require.Equal(t, []synctask.Cursor{{}, last, last, last, {}}, places, "and a new pass begins at the beginning")
}

// of gives a plan for agents whose targets carry the agent's name as their class, so that a test knows who is called.
func of(objects, calls int, agents ...string) synctask.Plan {
	plan := planOf(objects, agents...)
	for i := range plan.Work {
		plan.Work[i].Calls = calls
		for j := range plan.Work[i].Targets {
			plan.Work[i].Targets[j].Class = plan.Work[i].Key
		}
	}
	return plan
}

// While one agent is slow the others go on with the next pages, a few of them: what is planned must not be old when it is applied.
func TestSlowAgentDoesNotKeepTheOthersWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plan := of(1, 1, "slow", "quick")
	w.page = pages(plan, plan, plan, plan, plan, plan)
	ahead := make(chan struct{})
	var quick atomic.Int32
	var most int32
	w.apply = func(_ int, targets []synctask.Target, _ agent.Budget) ([]synctask.Result, error) {
		if targets[0].Class == "quick" {
			if quick.Add(1) == 4 {
				close(ahead)
			}
			return done(targets), nil
		}
		select {
		case <-ahead:
		case <-time.After(10 * time.Second):
			return nil, errors.New("the quick agent is kept waiting")
		}
		most = max(most, quick.Load())
		return done(targets), nil
	}
	w.env.ExecuteWorkflow(workflows.SyncBatch, batch)
	w.completed(t)
	require.Len(t, w.results, 12)
	for _, r := range w.results {
		require.Empty(t, r.ErrorClass)
	}
	require.Equal(t, 8, w.counts["page"], "six pages, the end of the pass, and an empty pass")
}

// An agent gets as many calls of a batch at the same time as its threads allow, whatever the number of pages under way.
func TestCallsOfOneAgentAtTheSameTime(t *testing.T) {
	t.Parallel()
	for _, calls := range []int{0, 1, 3} {
		t.Run(strconv.Itoa(calls), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			plan := of(1, calls, "alpha")
			w.page = pages(plan, plan, plan, plan, plan, plan, plan, plan)
			var now, most atomic.Int32
			all := make(chan struct{})
			w.apply = func(_ int, targets []synctask.Target, _ agent.Budget) ([]synctask.Result, error) {
				n := now.Add(1)
				defer now.Add(-1)
				if n > most.Load() {
					most.Store(n)
				}
				if int(n) == max(calls, 1) {
					select {
					case <-all:
					default:
						close(all)
					}
				}
				select { // until as many are here as may be
				case <-all:
				case <-time.After(10 * time.Second):
				}
				return done(targets), nil
			}
			w.env.ExecuteWorkflow(workflows.SyncBatch, batch)
			w.completed(t)
			require.Equal(t, max(calls, 1), int(most.Load()))
			require.Len(t, w.results, 8)
		})
	}
}

// A page that cannot be recorded ends the batch with its error, after the pages that are under way.
func TestBatchThatCannotBePlannedFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.OnActivity("PlanSource", mock.Anything, mock.Anything, mock.Anything, mock.Anything).
		Return(synctask.Plan{}, temporal.NewNonRetryableApplicationError("no", "", nil))
	w.env.ExecuteWorkflow(workflows.SyncBatch, batch)
	require.True(t, w.env.IsWorkflowCompleted())
	require.ErrorContains(t, w.env.GetWorkflowError(), "plan batch")
}

func TestCallThatDoesNotComeBackMayHaveWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.page = pages(planOf(2, "alpha"))
	w.apply = func(int, []synctask.Target, agent.Budget) ([]synctask.Result, error) {
		return nil, temporal.NewTimeoutError(enums.TIMEOUT_TYPE_HEARTBEAT, nil)
	}
	w.env.ExecuteWorkflow(workflows.SyncBatch, batch)
	w.completed(t)
	require.Len(t, w.results, 2)
	for _, r := range w.results {
		require.True(t, r.Unknown)
	}
}

func TestBatchWaitsForItsRetries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.env.Now()
	w.page = func(n int, _ synctask.Cursor) synctask.Plan {
		if n == 1 || n == 4 {
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
	require.Equal(t, 6, w.counts["page"])
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
	w.page = func(n int, _ synctask.Cursor) synctask.Plan {
		if n == 3 {
			w.env.SetContinueAsNewSuggested(true)
		}
		return planOf(1, "alpha")
	}
	w.env.ExecuteWorkflow(workflows.SyncBatch, batch)
	continued(t, w)
	require.Equal(t, w.counts["page"], w.counts["record"], "what is under way ends first")
}
