package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/workflows"
	"provost/workflows/messages"
)

func TestDatesAreHonouredWhenTheyCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.env.Now()
	var at []time.Duration
	w.honour = func(n int) time.Time {
		at = append(at, w.env.Now().Sub(start).Round(time.Second))
		return map[int]time.Time{1: start.Add(time.Hour), 2: start.Add(90 * 24 * time.Hour)}[n]
	}
	w.env.ExecuteWorkflow(workflows.GrantsDue, messages.GrantsDue{})
	w.completed(t)
	require.Equal(t, []time.Duration{0, time.Hour, 90 * 24 * time.Hour}, at, "it sleeps from date to date, and ends when none is left")
}

func TestDateThatIsWrittenMeanwhileIsLookedAt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.env.Now()
	w.honour = func(n int) time.Time {
		return map[int]time.Time{1: start.Add(30 * 24 * time.Hour), 2: start.Add(time.Hour)}[n]
	}
	w.at(time.Minute, func() { w.env.SignalWorkflow(messages.Look, nil) })
	w.env.ExecuteWorkflow(workflows.GrantsDue, messages.GrantsDue{})
	w.completed(t)
	require.Equal(t, 3, w.counts["honour"])
	require.Less(t, w.env.Now().Sub(start), 2*time.Hour, "the earlier date counts")
}

func TestDateWrittenWhileTheLastOneIsHonoured(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.honour = func(n int) time.Time {
		if n == 1 {
			w.env.SignalWorkflow(messages.Look, nil)
		}
		return time.Time{}
	}
	w.env.ExecuteWorkflow(workflows.GrantsDue, messages.GrantsDue{})
	w.completed(t)
	require.Equal(t, 2, w.counts["honour"])
}

// The clocks of the database and of Temporal differ: a date that has come for one and not for the other is asked for once a second.
func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.env.Now()
	w.honour = func(n int) time.Time {
		if n < 4 {
			return start
		}
		return time.Time{}
	}
	w.env.ExecuteWorkflow(workflows.GrantsDue, messages.GrantsDue{})
	w.completed(t)
	require.Equal(t, 3*time.Second, w.env.Now().Sub(start).Round(time.Second))
}

func TestManyDatesContinueAsNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.SetContinueAsNewSuggested(true)
	w.honour = func(int) time.Time { return w.env.Now().Add(time.Hour) }
	w.env.ExecuteWorkflow(workflows.GrantsDue, messages.GrantsDue{})
	continued(t, w)
	require.Equal(t, 1, w.counts["honour"])
}
