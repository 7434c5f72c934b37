package workflows_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"provost/bpm"
	"provost/internal/process"
	"provost/workflows/messages"
)

// player is whoever deals with a process while its history is recorded.
type player struct {
	*stage
	t *testing.T
}

// actOn lets the test deal with a process that runs on a true server.
func actOn(t *testing.T, c client.Client, id string, s *stage) *player {
	t.Helper()
	s.send = func(signal string, payload any) {
		require.NoError(t, c.SignalWorkflow(t.Context(), id, "", signal, payload))
	}
	return &player{s, t}
}

// when waits until the last entry of the ledger is as wanted.
func (p *player) when(what string, is func(e process.Entry) bool) process.Entry {
	p.t.Helper()
	var e process.Entry
	require.Eventually(p.t, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.entries) == 0 {
			return false
		}
		e = p.last()
		return is(e)
	}, 20*time.Second, 10*time.Millisecond, what)
	return e
}

// asked waits until the people of an element are asked for the nth task of all.
func (p *player) asked(n int, element string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		count := 0
		for _, line := range p.log {
			if line == "ask "+element || line == "call "+element {
				count++
			}
		}
		return count >= n
	}, 20*time.Second, 10*time.Millisecond, element)
}

// says decides, as the people of an element.
func (p *player) says(element, outcome string) {
	p.t.Helper()
	p.asked(1, element)
	p.mu.Lock()
	id := uuid.New()
	p.decided[id] = process.Decision{Task: id, Work: p.works[element], Finished: true, Outcome: outcome}
	p.mu.Unlock()
	p.send(messages.Decided, messages.TaskDecision{Task: id})
}

// sample is the input of a process; every one has the same.
func sample(carried *messages.Carried) messages.Process {
	in := thisProcess
	in.Carried = carried
	return in
}

// timerOf is a boundary timer of the task approve.
func timerOf(duration string) string {
	return `<boundaryEvent id="late" attachedToRef="approve"><timerEventDefinition id="t"><timeDuration>` + duration + `</timeDuration></timerEventDefinition></boundaryEvent>` +
		start + person("approve") + person("boss") + end + flow("start", "approve") + flow("approve", "end") + flow("late", "boss") + flow("boss", "end")
}

// plays are the histories of processes to record.
func plays(t *testing.T) []scenario {
	t.Helper()
	return []scenario{interrupted(t), faster(t), repaired(t), called(t), carried(t), looped(t), withdrawn(t)}
}

// interrupted: the time of the approvers runs out, and the boss decides.
func interrupted(t *testing.T) scenario {
	t.Helper()
	return scenario{file: "process-interrupted", in: sample(nil), stage: newStage(define(t, timerOf("PT1S"))), play: func(p *player) {
		p.says("boss", "")
	}}
}

// faster: the timer fires, and finds a decision that was committed before.
func faster(t *testing.T) scenario {
	t.Helper()
	s := newStage(define(t, timerOf("PT1S")))
	s.expire = func(works []int64) []process.Decision { return []process.Decision{{Work: works[0], Finished: true}} }
	return scenario{file: "process-faster", in: sample(nil), stage: s}
}

// repaired: a fork with a script beside work that fails, which an operator has done again, and another that is skipped.
func repaired(t *testing.T) scenario {
	t.Helper()
	s := newStage(define(t, start+end+`<parallelGateway id="fork"/><parallelGateway id="join"/>
		<scriptTask id="count" scriptFormat="javascript"><extensionElements><idm:job quick="true"/></extensionElements><script>n = 1</script></scriptTask>
		<scriptTask id="slow" scriptFormat="javascript"><script>n = 2</script></scriptTask>`+apply+
		flow("start", "fork")+flow("fork", "count")+flow("fork", "apply")+flow("fork", "slow")+
		flow("count", "join")+flow("apply", "join")+flow("slow", "join")+flow("join", "end")))
	s.evaluate = func(bpm.Call) bpm.Result { return bpm.Result{Changed: bpm.Values{"n": json.RawMessage("1")}} }
	s.perform = func(n int, w process.Work) (bpm.Values, error) {
		if w.Node == "slow" {
			return nil, temporal.NewNonRetryableApplicationError("The script fails.", "script", nil)
		}
		if n <= 3 {
			return nil, errors.New("the database is away")
		}
		return nil, nil
	}
	return scenario{file: "process-repaired", in: sample(nil), stage: s, play: func(p *player) {
		open := map[string]int64{}
		require.Eventually(p.t, func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			for _, e := range p.entries {
				for _, i := range e.Incidents {
					open[i.Node] = i.Incident
				}
			}
			return len(open) == 2
		}, 30*time.Second, 20*time.Millisecond, "both fail")
		p.steer(process.ActionRetry, process.Repair{Incident: open["apply"]})
		p.steer(process.ActionSkip, process.Repair{Incident: open["slow"], Reason: "done by hand"})
	}}
}

// called: a message that is waited for, a called process, and a migration while it runs, after one that is refused.
func called(t *testing.T) scenario {
	t.Helper()
	body := start + `<intermediateCatchEvent id="wait"><messageEventDefinition id="m" messageRef="paid"/></intermediateCatchEvent>` + call + apply + person("approve") + end +
		flow("start", "wait") + flow("wait", "sub") + flow("sub", "approve") + flow("approve", "end") + flow("oops", "apply") + flow("apply", "end")
	renamed := start + `<intermediateCatchEvent id="wait"><messageEventDefinition id="m" messageRef="paid"/></intermediateCatchEvent>
		<callActivity id="sub2" calledElement="other"/>` + person("approve") + end +
		flow("start", "wait") + flow("wait", "sub2") + flow("sub2", "approve") + flow("approve", "end")
	s := newStage(define(t, body))
	other := uuid.MustParse("0199aa00-0000-7000-8000-000000000002")
	s.plans = map[uuid.UUID]bpm.Plan{other: define(t, renamed)}
	s.called = func(bpm.Invite) *bpm.Fault { return nil }
	return scenario{file: "process-called", in: sample(nil), stage: s, play: func(p *player) {
		p.when("a message is waited for", func(e process.Entry) bool { return len(e.Waits) == 1 })
		p.steer(process.ActionMessage, process.Message{Name: "paid", Values: bpm.Values{"amount": json.RawMessage("7")}})
		p.asked(1, "other")
		p.steer(process.ActionMigrate, process.Migrate{Version: other})
		p.when("sub has no new place", func(e process.Entry) bool { return e.Refused != "" })
		p.steer(process.ActionMigrate, process.Migrate{Version: other, Elements: map[string]string{"sub": "sub2"}})
		p.when("it is on the new version", func(e process.Entry) bool { return e.Version != nil })
		p.steer(process.ActionEnded, process.Ended{Work: p.works["sub"]})
		p.says("approve", "")
	}}
}

// carried: a new history goes on from what the last one left, with a timer that an operator holds.
func carried(t *testing.T) scenario {
	t.Helper()
	plan := define(t, timerOf("PT2S"))
	var state bpm.State
	_, err := plan.Step(&state, time.Now(), bpm.Started{})
	require.NoError(t, err)
	held := state.Timers()[0].Timer
	return scenario{
		file: "process-carried", in: sample(&messages.Carried{State: state, Seq: 4, Held: []int64{held}}), stage: newStage(plan),
		play: func(p *player) {
			p.steer(process.ActionMessage, process.Message{Name: "paid"})
			p.when("the first entry of this history", func(e process.Entry) bool { return e.Seq == 5 })
			p.steer(process.ActionResume, process.Hold{Kind: process.TimerJob, Key: held})
			p.says("boss", "")
		},
	}
}

// looped: many people are asked at once, and some decide at the same time.
func looped(t *testing.T) scenario {
	t.Helper()
	s := newStage(define(t, start+end+`<userTask id="crowd" name="crowd"><extensionElements><idm:assignment expression="anna"/></extensionElements>
		<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>`+
		flow("start", "crowd")+flow("crowd", "end")))
	s.evaluate = func(bpm.Call) bpm.Result { return bpm.Result{Value: []byte("3")} }
	var works []int64
	s.open = func(a bpm.Ask) process.Opened {
		works = append(works, a.Work)
		return process.Opened{Work: a.Work}
	}
	return scenario{file: "process-looped", in: sample(nil), stage: s, play: func(p *player) {
		p.asked(3, "crowd")
		for _, work := range works {
			id := uuid.New()
			p.mu.Lock()
			p.decided[id] = process.Decision{Task: id, Work: work, Finished: true}
			p.mu.Unlock()
			p.send(messages.Decided, messages.TaskDecision{Task: id})
		}
	}}
}

// withdrawn: a process is cancelled while people are asked.
func withdrawn(t *testing.T) scenario {
	t.Helper()
	return scenario{file: "process-withdrawn", in: sample(nil), stage: newStage(define(t, timerOf("P1D"))), play: func(p *player) {
		p.asked(1, "approve")
		p.steer(process.ActionHold, process.Hold{Kind: process.TimerJob, Key: p.when("a timer runs", func(e process.Entry) bool { return len(e.Timers) == 1 }).Timers[0].Key})
		p.steer(process.ActionCancel, process.Cancel{Reason: "no need"})
	}}
}
