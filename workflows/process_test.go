package workflows_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"provost/bpm"
	"provost/internal/process"
	"provost/workflows/messages"
)

func TestProcessAsksAndApplies(t *testing.T) {
	t.Parallel()
	s := onStage(t, start+person("approve")+apply+end+flow("start", "approve")+flow("approve", "apply")+flow("apply", "end"))
	s.at(time.Minute, func() { s.decide("approve", "") })
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"ask approve", "perform apply", "finish completed"}, s.log)
	for i, e := range s.entries {
		require.Equal(t, int64(i+1), e.Seq, "entries are numbered without a gap")
	}
}

const withTimer = `<boundaryEvent id="late" attachedToRef="approve"><timerEventDefinition id="t"><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>`

func timed() string {
	return start + person("approve") + withTimer + person("boss") + end + flow("start", "approve") + flow("approve", "end") + flow("late", "boss") + flow("boss", "end")
}

func TestAMessageStartsAtItsStartEvent(t *testing.T) {
	t.Parallel()
	s := onStage(t, start+person("asked")+`<startEvent id="hired"><messageEventDefinition messageRef="paid"/></startEvent>`+person("greet")+end+
		flow("start", "asked")+flow("asked", "end")+flow("hired", "greet")+flow("greet", "end"))
	s.message = "paid"
	s.at(time.Hour, func() { s.decide("greet", "") })
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"ask greet", "finish completed"}, s.log)
}

func TestTimeRunsOut(t *testing.T) {
	t.Parallel()
	s := onStage(t, timed())
	s.at(25*time.Hour, func() { s.decide("boss", "") })
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"ask approve", "take back", "ask boss", "finish completed"}, s.log)
}

// Whoever was told that their decision is kept is right, also when the timer reaches the process first.
func TestDecisionBeforeTheTimerWins(t *testing.T) {
	t.Parallel()
	s := onStage(t, timed())
	s.expire = func(works []int64) []process.Decision {
		return []process.Decision{{Work: works[0], Finished: true}}
	}
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"ask approve", "take back", "finish completed"}, s.log)
	for _, e := range s.entries {
		require.Empty(t, e.Closed, "nothing was taken back")
	}
}

func TestCancelledProcessTakesEverythingBack(t *testing.T) {
	t.Parallel()
	s := onStage(t, timed())
	s.at(time.Hour, func() { s.steer(process.ActionCancel, process.Cancel{Reason: "no need"}) })
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"ask approve", "finish cancelled"}, s.log)
	require.Len(t, s.last().Closed, 1)
	require.Empty(t, s.last().Timers)
}

func TestRunThatIsCancelledInTheEngine(t *testing.T) {
	t.Parallel()
	s := onStage(t, timed())
	s.at(time.Hour, s.env.CancelWorkflow)
	require.True(t, temporal.IsCanceledError(s.run(t, thisProcess)))
	require.Equal(t, []string{"ask approve", "finish cancelled"}, s.log, "the ledger says so")
}

func TestHeldTimerWaits(t *testing.T) {
	t.Parallel()
	s := onStage(t, timed())
	var fired time.Duration
	begin := s.env.Now()
	s.at(time.Hour, func() {
		s.steer(process.ActionHold, process.Hold{Kind: process.TimerJob, Key: s.last().Timers[0].Key})
	})
	s.at(48*time.Hour, func() {
		require.NotContains(t, s.log, "ask boss")
		s.steer(process.ActionResume, process.Hold{Kind: process.TimerJob, Key: s.last().Timers[0].Key})
	})
	s.at(49*time.Hour, func() { s.decide("boss", "") })
	s.open = func(a bpm.Ask) process.Opened {
		if a.Node == "boss" {
			fired = s.env.Now().Sub(begin)
		}
		return process.Opened{Work: a.Work}
	}
	require.NoError(t, s.run(t, thisProcess))
	require.InDelta(t, 48, fired.Hours(), 0.1)
}

// However long the database is away, the process goes on when it is back.
func TestProcessOutlivesALongOutage(t *testing.T) {
	t.Parallel()
	s := onStage(t, timed())
	begin := s.env.Now()
	s.away = func() error {
		if s.env.Now().Before(begin.Add(3 * time.Hour)) {
			return errors.New("the database is away")
		}
		return nil
	}
	s.at(4*time.Hour, func() { s.decide("approve", "") })
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"ask approve", "finish completed"}, s.log)
}

// A process that nobody can begin fails, and says why; it does not hang.
func TestProcessThatCannotBegin(t *testing.T) {
	t.Parallel()
	s := onStage(t, `<startEvent id="start"><messageEventDefinition id="m" messageRef="paid"/></startEvent>`+end+flow("start", "end"))
	require.ErrorContains(t, s.run(t, thisProcess), "starts by a message only")
	require.Equal(t, []string{"finish failed"}, s.log)
	require.Equal(t, &bpm.Fault{Code: "start", Message: "process sample starts by a message only: name it"}, s.last().Finish.Fault)
}

func applied() string { return start + apply + end + flow("start", "apply") + flow("apply", "end") }

func TestWorkThatFailsWaitsForAnOperator(t *testing.T) {
	t.Parallel()
	s := onStage(t, applied())
	s.perform = func(n int, _ process.Work) (bpm.Values, error) {
		if n == 1 {
			return nil, temporal.NewNonRetryableApplicationError("There is no user ada.", "missing", nil)
		}
		return nil, nil
	}
	s.at(time.Hour, func() {
		require.Len(t, s.last().Incidents, 1)
		require.Equal(t, bpm.Fault{Code: "missing", Message: "There is no user ada."}, s.last().Incidents[0].Fault)
		s.steer(process.ActionRetry, process.Repair{Incident: s.last().Incidents[0].Incident})
	})
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"perform apply", "perform apply", "finish completed"}, s.log)
	require.Len(t, s.entries[2].SolvedIncidents, 1)
}

func TestWorkIsTriedThreeTimes(t *testing.T) {
	t.Parallel()
	s := onStage(t, applied())
	s.perform = func(int, process.Work) (bpm.Values, error) { return nil, errors.New("the network is away") }
	s.at(time.Hour, func() {
		s.steer(process.ActionSkip, process.Repair{Incident: s.last().Incidents[0].Incident, Reason: "done by hand"})
	})
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, 3, s.counts["apply"])
	require.Equal(t, "finish completed", s.log[len(s.log)-1])
}

// A killed worker is no failure of the step; a step that kills every worker is.
func TestKilledWorkersDoNotCount(t *testing.T) {
	t.Parallel()
	for kills, incidents := range map[int]int{7: 0, 100: 1} {
		s := onStage(t, applied())
		s.perform = func(n int, _ process.Work) (bpm.Values, error) {
			if n <= kills {
				return nil, temporal.NewHeartbeatTimeoutError()
			}
			return nil, nil
		}
		s.at(24*time.Hour, func() { s.steer(process.ActionCancel, process.Cancel{}) })
		require.NoError(t, s.run(t, thisProcess))
		found := 0
		for _, e := range s.entries {
			found += len(e.Incidents)
		}
		require.Equal(t, incidents, found)
		require.Equal(t, min(kills+1, 15), s.counts["apply"])
	}
}

func TestWishThatCannotBeIsNoted(t *testing.T) {
	t.Parallel()
	s := onStage(t, timed())
	s.at(time.Hour, func() { s.steer(process.ActionMove, process.Move{From: "boss", To: "end"}) })
	s.at(2*time.Hour, func() {
		require.NotEmpty(t, s.last().Refused)
		s.decide("approve", "")
	})
	require.NoError(t, s.run(t, thisProcess))
}

// An incident that somebody decided about waits for another decision when the first one could not be.
func TestIncidentOfARefusedWishIsOpenAgain(t *testing.T) {
	t.Parallel()
	s := onStage(t, applied())
	s.perform = func(int, process.Work) (bpm.Values, error) { return nil, errors.New("the network is away") }
	var incident int64
	s.at(time.Hour, func() {
		incident = s.last().Incidents[0].Incident
		s.steer(process.ActionSkip, process.Repair{Incident: incident, Outcome: "nowhere", Reason: "done by hand"})
	})
	s.at(2*time.Hour, func() {
		require.Contains(t, s.last().Refused, "nowhere")
		require.Equal(t, []int64{incident}, s.last().Reopened)
		s.steer(process.ActionSkip, process.Repair{Incident: incident, Reason: "done by hand"})
	})
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, "finish completed", s.log[len(s.log)-1])
}

func TestStepWithoutActorsFails(t *testing.T) {
	t.Parallel()
	s := onStage(t, timed())
	s.open = func(a bpm.Ask) process.Opened {
		return process.Opened{Work: a.Work, Fault: &bpm.Fault{Code: "no-actor", Message: "Nobody can do approve."}}
	}
	s.at(time.Hour, func() {
		require.Equal(t, "no-actor", s.last().Incidents[0].Fault.Code)
		s.steer(process.ActionCancel, process.Cancel{})
	})
	require.NoError(t, s.run(t, thisProcess))
}

const call = `<callActivity id="sub" calledElement="other"/><boundaryEvent id="oops" attachedToRef="sub"><errorEventDefinition id="e" errorRef="broken"/></boundaryEvent>`

func calling() string {
	return start + call + apply + end + flow("start", "sub") + flow("sub", "end") + flow("oops", "apply") + flow("apply", "end")
}

func TestCalledProcessReports(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault  *bpm.Fault
		expect []string
	}{
		"well":   {nil, []string{"call other", "finish completed"}},
		"badly":  {&bpm.Fault{Code: "broken"}, []string{"call other", "perform apply", "finish completed"}},
		"absent": {nil, []string{"call other", "perform apply", "finish completed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t, calling())
			s.called = func(bpm.Invite) *bpm.Fault {
				if name == "absent" {
					return &bpm.Fault{Code: "broken"}
				}
				return nil
			}
			s.at(time.Minute, func() { s.steer(process.ActionEnded, process.Ended{Work: s.works["sub"], Fault: c.fault}) })
			require.NoError(t, s.run(t, thisProcess))
			require.Equal(t, c.expect, s.log)
		})
	}
}

func TestProcessIsMigrated(t *testing.T) {
	t.Parallel()
	other := uuid.New()
	s := onStage(t, timed())
	s.plans = map[uuid.UUID]bpm.Plan{other: define(t, strings.ReplaceAll(timed(), "approve", "consent"))}
	s.at(time.Hour, func() { s.steer(process.ActionMigrate, process.Migrate{Version: other}) })
	s.at(2*time.Hour, func() {
		require.Contains(t, s.last().Refused, "approve", "what has no new place is named")
		s.steer(process.ActionMigrate, process.Migrate{Version: other, Elements: map[string]string{"approve": "consent"}})
	})
	s.at(3*time.Hour, func() {
		require.Equal(t, &other, s.last().Version)
		require.Equal(t, []string{"consent"}, s.last().Places)
		s.decide("approve", "")
	})
	require.NoError(t, s.run(t, thisProcess))
}

// Background work is listed under the element that took the place of its own.
func TestBackgroundWorkIsMigrated(t *testing.T) {
	t.Parallel()
	other := uuid.New()
	body := start + inBackground + end + flow("start", "apply") + flow("apply", "end")
	s := onStage(t, body)
	s.plans = map[uuid.UUID]bpm.Plan{other: define(t, strings.ReplaceAll(body, `"apply"`, `"change"`))}
	s.stopped = true
	s.at(time.Hour, func() {
		s.steer(process.ActionMigrate, process.Migrate{Version: other, Elements: map[string]string{"apply": "change"}})
	})
	s.at(2*time.Hour, func() {
		require.Equal(t, "change", s.last().Timers[0].Element)
		s.stopped = false
		s.steer(process.ActionResume, process.Hold{Kind: process.AsyncJob, Key: s.last().Timers[0].Key})
	})
	require.NoError(t, s.run(t, thisProcess))
	require.Equal(t, []string{"wait", "perform apply", "finish completed"}, s.log, "what has begun goes on under its key")
}

// The ledger says with which key a message is waited for, and the message that it is brings goes on to others with the key that it is sent with.
func TestProcessWaitsWithAKey(t *testing.T) {
	t.Parallel()
	s := onStage(t, start+keyed("intermediateCatchEvent", "wait", "#{order}")+keyed("intermediateThrowEvent", "tell", "#{order}")+end+
		flow("start", "wait")+flow("wait", "tell")+flow("tell", "end"))
	s.evaluate = func(bpm.Call) bpm.Result { return bpm.Result{Value: json.RawMessage(`"A7"`)} }
	s.at(time.Hour, func() {
		require.Equal(t, []process.Wait{{Type: bpm.MessageEvent, Name: "paid", Key: "A7", Element: "wait"}}, s.last().Waits)
		s.steer(process.ActionMessage, process.Message{Name: "paid", Key: "A8"})
	})
	s.at(2*time.Hour, func() {
		require.Equal(t, []string{"wait"}, s.last().Places, "the other one is kept")
		s.steer(process.ActionMessage, process.Message{Name: "paid", Key: "A7"})
	})
	require.NoError(t, s.run(t, thisProcess))
	require.Len(t, s.last().Sent, 1)
	require.Equal(t, "A7", s.last().Sent[0].Key)
}

// keyed is an event of the message paid with a key.
func keyed(kind, id, key string) string {
	return "<" + kind + ` id="` + id + `"><extensionElements><idm:correlation key="` + key + `"/></extensionElements><messageEventDefinition messageRef="paid"/></` + kind + ">"
}

// A process goes on in a new history from what it carried along, its timer included.
func TestProcessGoesOnFromWhatItCarried(t *testing.T) {
	t.Parallel()
	first := onStage(t, timed())
	first.at(time.Hour, func() {
		first.env.SetContinueAsNewSuggested(true)
		first.steer(process.ActionMessage, process.Message{Name: "paid"})
	})
	var again *workflow.ContinueAsNewError
	require.ErrorAs(t, first.run(t, thisProcess), &again)
	var carried messages.Process
	require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &carried))
	require.Equal(t, int64(len(first.entries)), carried.Carried.Seq)

	second := onStage(t, timed())
	second.env.SetStartTime(first.env.Now())
	second.works = first.works
	var fired time.Time
	second.open = func(a bpm.Ask) process.Opened {
		fired = second.env.Now()
		return process.Opened{Work: a.Work}
	}
	second.at(30*time.Hour, func() { second.decide("boss", "") })
	require.NoError(t, second.run(t, carried))
	require.Equal(t, []string{"take back", "ask boss", "finish completed"}, second.log)
	require.Equal(t, carried.Carried.Seq+1, second.entries[0].Seq)
	require.WithinDuration(t, *first.entries[0].Timers[0].Due, fired, time.Second)
}
