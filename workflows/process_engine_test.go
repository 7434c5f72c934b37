package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/process"
)

// While the engine is stopped no timer fires; started again, it fires at once.
func TestTimersWaitForTheEngine(t *testing.T) {
	t.Parallel()
	s := onStage(t, timed())
	s.stopped = true
	s.at(30*time.Hour, func() {
		require.Equal(t, []string{"ask approve", "wait"}, s.log)
		require.Len(t, s.last().Timers, 1, "it is pending all the same")
		s.stopped = false
		s.steer(process.ActionResume, process.Hold{Kind: process.TimerJob, Key: s.last().Timers[0].Key})
	})
	s.at(31*time.Hour, func() { s.decide("boss", "") })
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"ask approve", "wait", "take back", "ask boss", "finish completed"}, s.log)
}

// A timer that waits for the engine is forgotten with its task.
func TestWaitingTimerIsForgotten(t *testing.T) {
	t.Parallel()
	s := onStage(t, timed())
	s.stopped = true
	var timer int64
	s.at(30*time.Hour, func() {
		timer = s.last().Timers[0].Key
		s.decide("approve", "")
	})
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"ask approve", "wait", "finish completed"}, s.log)
	require.NotZero(t, timer)
	require.Empty(t, s.last().Timers)
}

const inBackground = `<serviceTask id="apply"><extensionElements><idm:job async="true"/><idm:apply userChanges="true"/></extensionElements></serviceTask>`

// While the engine is stopped no background step begins; what people do goes on.
func TestBackgroundStepsWaitForTheEngine(t *testing.T) {
	t.Parallel()
	s := onStage(t, start+`<parallelGateway id="fork"/>`+inBackground+person("approve")+end+
		flow("start", "fork")+flow("fork", "apply")+flow("fork", "approve")+flow("apply", "end")+flow("approve", "end"))
	s.stopped = true
	s.at(time.Hour, func() { s.decide("approve", "") })
	s.at(2*time.Hour, func() {
		require.NotContains(t, s.log, "perform apply")
		s.steer(process.ActionResume, process.Hold{Kind: process.AsyncJob, Key: s.last().Timers[0].Key})
	})
	s.at(3*time.Hour, func() {
		require.NotContains(t, s.log, "perform apply", "the engine is stopped still: it waits on")
		s.stopped = false
		s.steer(process.ActionResume, process.Hold{Kind: process.AsyncJob, Key: s.last().Timers[0].Key})
	})
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"wait", "ask approve", "wait", "perform apply", "finish completed"}, s.log)
}

// A background step that waits for the engine is taken back with its process.
func TestWaitingBackgroundStepIsTakenBack(t *testing.T) {
	t.Parallel()
	s := onStage(t, start+inBackground+end+flow("start", "apply")+flow("apply", "end"))
	s.stopped = true
	s.at(time.Hour, func() { s.steer(process.ActionCancel, process.Cancel{Reason: "no need"}) })
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"wait", "finish cancelled"}, s.log)
}
