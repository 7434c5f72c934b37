package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/workflows"
	"provost/workflows/messages"
)

func TestNoticesSleepToTheNextDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.env.Now()
	var at []time.Duration
	w.deliver = func(n int) time.Time {
		at = append(at, w.env.Now().Sub(start).Round(time.Second))
		return map[int]time.Time{1: start.Add(5 * time.Minute), 2: start.Add(7 * 24 * time.Hour)}[n]
	}
	w.env.ExecuteWorkflow(workflows.Notices, messages.Notices{})
	w.completed(t)
	require.Equal(t, []time.Duration{0, 5 * time.Minute, 7 * 24 * time.Hour}, at, "it ends when nothing is left")
	require.Equal(t, []string{"deadlines", "deliver", "deadlines", "deliver", "deadlines", "deliver"}, w.log, "what a deadline writes is sent at once")
}

func TestNoticeThatIsWrittenMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.env.Now()
	w.deliver = func(n int) time.Time {
		switch n {
		case 1: // one is written while the last one is sent
			w.env.SignalWorkflow(messages.Look, nil)
			return time.Time{}
		case 2:
			return start.Add(30 * 24 * time.Hour)
		}
		return time.Time{}
	}
	w.at(time.Minute, func() { w.env.SignalWorkflow(messages.Look, nil) })
	w.env.ExecuteWorkflow(workflows.Notices, messages.Notices{})
	w.completed(t)
	require.Equal(t, 3, w.counts["deliver"])
	require.Less(t, w.env.Now().Sub(start), time.Hour)
}

func TestLongLifeOfNoticesGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.SetContinueAsNewSuggested(true)
	w.deliver = func(int) time.Time { return w.env.Now().Add(time.Minute) }
	w.env.ExecuteWorkflow(workflows.Notices, messages.Notices{})
	continued(t, w)
}

func TestGrantDigest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.ExecuteWorkflow(workflows.GrantDigest)
	w.completed(t)
	require.Equal(t, []string{"digest"}, w.log)
}
