package rehearsal_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/rehearsal"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/step"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

var morning = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// source is a sample: somebody decides, after three days somebody else does, and what was approved is counted, applied and told.
const source = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d" targetNamespace="urn:provost:sample">
  <message id="m" name="stop"/>
  <process id="leave" name="Sample leave" isExecutable="true">
    <extensionElements><idm:process type="request"/><idm:acl initiators="*"/><idm:attribute name="days" type="number" default="2"/>
      <idm:resource name="lib.js">function twice(x) { return 2 * x }</idm:resource></extensionElements>
    <startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="decide"/>
    <userTask id="decide" name="Decide"><extensionElements><idm:assignment expression="group:world"/></extensionElements></userTask>
    <boundaryEvent id="late" name="Late" attachedToRef="decide"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent>
    <boundaryEvent id="stop" name="Stop" attachedToRef="decide"><messageEventDefinition messageRef="m"/></boundaryEvent>
    <sequenceFlow id="f2" sourceRef="late" targetRef="boss"/><sequenceFlow id="f3" sourceRef="stop" targetRef="off"/>
    <userTask id="boss" name="Ask the boss"><extensionElements><idm:assignment expression="admin"/></extensionElements></userTask>
    <sequenceFlow id="yes" name="Approve" sourceRef="decide" targetRef="count"/><sequenceFlow id="no" name="Refuse" sourceRef="decide" targetRef="off"/>
    <sequenceFlow id="f4" sourceRef="boss" targetRef="count"/>
    <scriptTask id="count" name="Count"><script>load("lib.js"); if (days == 13) throw "unlucky"; days = twice(days)</script></scriptTask>
    <sequenceFlow id="f5" sourceRef="count" targetRef="apply"/>
    <serviceTask id="apply" name="Apply"><extensionElements><idm:apply entitlements="true"/></extensionElements></serviceTask>
    <sequenceFlow id="f6" sourceRef="apply" targetRef="done"/>
    <endEvent id="done"/><endEvent id="off"/>
  </process>
</definitions>`

func setup(t *testing.T) (*rehearsal.Service, context.Context) {
	t.Helper()
	host := scripttest.New(t, script.Options{})
	s := &rehearsal.Service{
		Language: process.BPMN{Scripts: host}, Scripts: step.Rehearser{Host: host}, Now: func() time.Time { return morning },
	}
	return s, authz.With(t.Context(), authz.System(authz.OriginSystem))
}

// at tells where a rehearsal is in one line.
func at(r rehearsal.Result) string {
	out := []string{r.Status}
	for _, w := range r.Waits {
		out = append(out, w.Kind+" "+w.Element)
	}
	for _, e := range r.Effects {
		out = append(out, e.Kind+"!")
	}
	return strings.Join(append(out, "days="+string(r.Values["days"])), ", ")
}

// wait gives the id of what the process waits for at an element.
func wait(t *testing.T, r rehearsal.Result, kind, element string) int64 {
	t.Helper()
	for _, w := range r.Waits {
		if w.Kind == kind && w.Element == element {
			return w.ID
		}
	}
	require.Fail(t, "nothing waits", "%s at %s", kind, element)
	return 0
}

func TestADefinitionIsPlayedWithoutEffects(t *testing.T) {
	t.Parallel()
	s, ctx := setup(t)
	play := func(values bpm.Values, acts ...rehearsal.Act) rehearsal.Result {
		r, err := s.Play(ctx, rehearsal.Request{Source: []byte(source), Values: values, Acts: acts})
		require.NoError(t, err)
		return r
	}
	first := play(nil)
	require.Equal(t, "running, work decide, timer late, message stop, days=2", at(first))
	require.Equal(t, []rehearsal.Place{{Element: "decide", Count: 1}}, first.Places)
	require.Equal(t, []bpm.Decision{{Flow: "yes", Name: "Approve"}, {Flow: "no", Name: "Refuse"}}, first.Waits[0].Outcomes)
	require.Equal(t, "group:world", first.Waits[0].Actors)
	require.Equal(t, morning.Add(72*time.Hour), *first.Waits[1].At)

	approve := rehearsal.Act{Kind: "complete", ID: wait(t, first, "work", "decide"), Outcome: "yes"}
	require.Equal(t, "completed, apply!, days=4", at(play(nil, approve)))
	require.Equal(t, "completed, apply!, days=10", at(play(bpm.Values{"days": json.RawMessage(`5`)}, approve)))
	approve.Values = bpm.Values{"days": json.RawMessage(`7`)}
	done := play(nil, approve)
	require.Equal(t, "completed, apply!, days=14", at(done))
	require.Equal(t, rehearsal.Step{Element: "decide", Name: "Decide", Event: "leave", Flow: "yes"}, done.Trace[3])

	fire := rehearsal.Act{Kind: "fire", ID: wait(t, first, "timer", "late")}
	late := play(nil, fire)
	require.Equal(t, "running, work boss, days=2", at(late))
	require.Equal(t, morning.Add(72*time.Hour), late.Now, "time goes on with the timer")
	require.Equal(t, "completed, apply!, days=4", at(play(nil, fire, rehearsal.Act{Kind: "complete", ID: wait(t, late, "work", "boss")})))
	require.Equal(t, "completed, days=2", at(play(nil, rehearsal.Act{Kind: "message", Name: "stop"})))

	approve.Values = bpm.Values{"days": json.RawMessage(`13`)}
	broken := play(nil, approve)
	require.Equal(t, "running, incident count, days=13", at(broken))
	require.Contains(t, broken.Waits[0].Text, "unlucky")
	require.Equal(t, []rehearsal.Place{{Element: "count", Count: 1, Stuck: 1}}, broken.Places)
	skipped := play(nil, approve, rehearsal.Act{Kind: "skip", ID: wait(t, broken, "incident", "count")})
	require.Equal(t, "completed, apply!, days=13", at(skipped))
}

func TestRehearsalsThatCannotBePlayed(t *testing.T) {
	t.Parallel()
	s, ctx := setup(t)
	for name, test := range map[string]struct {
		in   rehearsal.Request
		word string
	}{
		"no definition":     {rehearsal.Request{Source: []byte("x")}, ""},
		"with errors":       {rehearsal.Request{Source: []byte(strings.Replace(source, "group:world", "", 1))}, "does not say who"},
		"another work":      {rehearsal.Request{Source: []byte(source), Acts: []rehearsal.Act{{Kind: "complete", ID: 99}}}, "Act 1 cannot happen: the process does not wait for it"},
		"another timer":     {rehearsal.Request{Source: []byte(source), Acts: []rehearsal.Act{{Kind: "fire", ID: 99}}}, "Act 1"},
		"no act":            {rehearsal.Request{Source: []byte(source), Acts: []rehearsal.Act{{Kind: "dance"}}}, "no such kind"},
		"too many acts":     {rehearsal.Request{Source: []byte(source), Acts: make([]rehearsal.Act, 501)}, "at most 500"},
		"a strange message": {rehearsal.Request{Source: []byte(source), Message: "hello"}, "cannot begin"},
	} {
		_, err := s.Play(ctx, test.in)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), name)
		require.ErrorContains(t, err, test.word, name)
	}
	_, err := s.Play(t.Context(), rehearsal.Request{Source: []byte(source)})
	require.ErrorIs(t, err, authz.ErrNoPrincipal)
	_, err = s.Play(authz.With(t.Context(), authz.Principal{}), rehearsal.Request{Source: []byte(source)})
	require.ErrorContains(t, err, string(authz.ProcessDefinitionUpdate))
}

func TestALoopWithoutAWayOutIsStopped(t *testing.T) {
	t.Parallel()
	s, ctx := setup(t)
	endless := strings.Replace(source, `<sequenceFlow id="f5" sourceRef="count" targetRef="apply"/>`,
		`<sequenceFlow id="f5" sourceRef="count" targetRef="count"><conditionExpression>true</conditionExpression></sequenceFlow><sequenceFlow id="f7" sourceRef="count" targetRef="apply"><conditionExpression>false</conditionExpression></sequenceFlow>`, 1)
	first, err := s.Play(ctx, rehearsal.Request{Source: []byte(endless)})
	require.NoError(t, err)
	_, err = s.Play(ctx, rehearsal.Request{Source: []byte(endless), Acts: []rehearsal.Act{{Kind: "complete", ID: wait(t, first, "work", "decide"), Outcome: "yes"}}})
	require.ErrorContains(t, err, "without ever waiting")
}

// A message that is waited for with a key is given with it.
func TestMessagesWithKeys(t *testing.T) {
	t.Parallel()
	keyed := strings.Replace(source, `attachedToRef="decide"><messageEventDefinition`,
		`attachedToRef="decide"><extensionElements><idm:correlation key="#{days}-#{requester}"/></extensionElements><messageEventDefinition`, 1)
	require.NotEqual(t, source, keyed)
	s, ctx := setup(t)
	play := func(acts ...rehearsal.Act) rehearsal.Result {
		r, err := s.Play(ctx, rehearsal.Request{Source: []byte(keyed), Acts: acts})
		require.NoError(t, err)
		return r
	}
	waits := play().Waits
	stop := waits[len(waits)-1]
	require.Equal(t, "2-requester", stop.Key)
	require.Equal(t, "running", play(rehearsal.Act{Kind: "message", Name: "stop"}).Status)
	require.Equal(t, "completed", play(rehearsal.Act{Kind: "message", Name: "stop", Key: stop.Key}).Status)
}
