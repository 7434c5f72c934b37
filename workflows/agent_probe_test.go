package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"provost/workflows"
	"provost/workflows/messages"
)

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
	require.Equal(t, map[string]int{"known": 2, "probe": 2, "wake": 2}, w.counts)
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

func TestRemovedAgentIsProbedNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.probe = func(int) error { return errors.New("no answer") }
	w.known = func(n int) bool { return n < 4 }
	w.env.ExecuteWorkflow(workflows.AgentProbe, probe)
	w.completed(t)
	require.Equal(t, map[string]int{"known": 4, "probe": 3}, w.counts)
}
