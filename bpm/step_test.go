package bpm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const oneTask = `
start S
user A
boundary T on=A duration=P1D
boundary M on=A along message=note
boundary X on=A signal=halt
end E
S -> A
A -> E
T -> E
M -> E
X -> E
`

// started plays a process until it waits.
func started(t *testing.T, text string, values Values) *player {
	t.Helper()
	p := play(t, draw(t, text))
	require.NoError(t, p.do(Started{Values: values}))
	checkState(t, p)
	return p
}

// odd is an occurrence that nobody wrote Step for.
type odd struct{}

func (odd) occurrence() {}

func TestStepRefusesMistakes(t *testing.T) {
	t.Parallel()
	waiting := `
start S
exclusive G
end E
S -> G
G -> E if="true"
`
	broken := Values{"x": json.RawMessage("{")}
	cases := map[string]struct {
		process string
		hold    bool
		given   Occurrence
		want    string
	}{
		"a second start":        {oneTask, false, Started{}, "the process has started already"},
		"no occurrence":         {oneTask, false, nil, "<nil> is nothing that happens to a process"},
		"an unknown occurrence": {oneTask, false, odd{}, "bpm.odd is nothing that happens to a process"},
		"an unasked answer":     {oneTask, false, Evaluated{Wave: 3}, "wave 3 is not being evaluated: 0 is (0 for none)"},
		"another wave":          {waiting, true, Evaluated{Wave: 99}, "wave 99 is not being evaluated: 3 is (0 for none)"},
		"too few results":       {waiting, true, Evaluated{Wave: 3}, "wave 3 asked for 1 results, and got 0"},
		"done while scripts run": {
			waiting, true, Done{Work: 1}, "scripts are being evaluated: answer the Evaluate first",
		},
		"values that are no JSON":           {oneTask, false, Done{Work: 4, Values: broken}, "value of x is no JSON"},
		"a message that is no JSON":         {oneTask, false, Messaged{Name: "note", Values: broken}, "value of x is no JSON"},
		"a signal that is no JSON":          {oneTask, false, Signalled{Name: "note", Values: broken}, "value of x is no JSON"},
		"a retry that is no JSON":           {oneTask, false, Retried{Incident: 1, Values: broken}, "value of x is no JSON"},
		"a skip that is no JSON":            {oneTask, false, Skipped{Incident: 1, Values: broken}, "value of x is no JSON"},
		"a move from nowhere":               {oneTask, false, Moved{From: "Z", To: "A"}, `the definition has no element "Z"`},
		"a move to an event at the border":  {oneTask, false, Moved{From: "A", To: "T"}, "T begins by an event only"},
		"a migration to no plan":            {oneTask, false, Migrated{}, "there is no plan to migrate to"},
		"a migration to an impossible plan": {oneTask, false, Migrated{Plan: &Plan{ID: "none"}}, "plan none has no place for [A]"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := play(t, draw(t, c.process))
			p.hold = c.hold
			require.NoError(t, p.do(Started{}))
			before, err := json.Marshal(p.state)
			require.NoError(t, err)
			commands, err := p.plan.Step(p.state, p.now, c.given)
			require.ErrorContains(t, err, c.want)
			require.NotErrorIs(t, err, ErrGone)
			require.Empty(t, commands)
			after, err := json.Marshal(p.state)
			require.NoError(t, err)
			require.Equal(t, string(before), string(after))
		})
	}
}

func TestStepBeforeTheStart(t *testing.T) {
	t.Parallel()
	s := &State{}
	_, err := draw(t, oneTask).Step(s, morning, Fired{Timer: 1})
	require.EqualError(t, err, "bpm.Fired comes before Started")
	_, err = draw(t, oneTask).Step(s, morning, Started{Values: Values{"x": json.RawMessage("nonsense")}})
	require.ErrorContains(t, err, "value of x is no JSON")
	require.Empty(t, s.Status())
	require.Equal(t, &State{}, s)
}

func TestLateAnswersAreGone(t *testing.T) {
	t.Parallel()
	p := started(t, oneTask, nil)
	work, timer := p.workAt("A"), p.timers[0].Timer
	for _, o := range []Occurrence{Done{Work: 99}, Failed{Work: 99}, Fired{Timer: 99}, Retried{Incident: 99}, Skipped{Incident: 99}} {
		require.ErrorIs(t, p.do(o), ErrGone, "%T", o)
	}
	require.NoError(t, p.done("A", "", nil))
	for _, o := range []Occurrence{
		Done{Work: work},
		Failed{Work: work},
		Fired{Timer: timer},
		Messaged{Name: "note"},
		Signalled{Name: "halt"},
		Cancelled{},
		Evaluated{},
		Moved{From: "A", To: "E"},
		Migrated{Plan: p.plan},
	} {
		require.ErrorIs(t, p.do(o), ErrGone, "%T", o)
	}
	require.Equal(t, Completed, p.state.Status())
}

func TestTimerAndTaskAtTheSameMoment(t *testing.T) {
	t.Parallel()
	text := strings.Replace(oneTask, "A -> E\nT -> E", "user B\nA -> B\nT -> B\nB -> E", 1)
	p := started(t, text, nil)
	work, timer := p.workAt("A"), p.timers[0].Timer
	require.NoError(t, p.done("A", "", nil))
	require.ErrorIs(t, p.do(Fired{Timer: timer}), ErrGone, "the task was first")
	require.ErrorIs(t, p.do(Done{Work: work}), ErrGone)
	checkState(t, p)

	p = started(t, text, nil)
	work, timer = p.workAt("A"), p.timers[0].Timer
	p.forget(timer)
	require.NoError(t, p.do(Fired{Timer: timer}))
	require.ErrorIs(t, p.do(Done{Work: work}), ErrGone, "the timer was first")
	require.ErrorIs(t, p.do(Fired{Timer: timer}), ErrGone)
	checkState(t, p)
	require.Equal(t, []Place{{Node: "B", Type: UserTask, Count: 1}}, p.state.Places())
}

func TestPlansThatDoNotFitTogetherAreRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		spoil func(p *Plan)
		want  string
	}{
		"a flow to nowhere":    {func(p *Plan) { p.Flows[0].To = 99 }, "flow S-A begins or ends at a node that is not there"},
		"a flow from nowhere":  {func(p *Plan) { p.Flows[0].From = None }, "flow S-A begins or ends at a node that is not there"},
		"two flows":            {func(p *Plan) { p.Flows[1].ID = "S-A" }, "there are two flows S-A"},
		"two nodes":            {func(p *Plan) { p.Nodes[1].ID = "S" }, "there are two nodes S"},
		"no such flow":         {func(p *Plan) { p.Nodes[1].Out = []int{99} }, "node A has a flow that is not there"},
		"no such parent":       {func(p *Plan) { p.Nodes[1].Parent = 99 }, "node A is in a sub-process that is not there"},
		"attached to nothing":  {func(p *Plan) { p.Nodes[2].Attached = None }, "boundary event T is attached to nothing"},
		"an unknown loop":      {func(p *Plan) { p.Nodes[1].Loop = &Loop{Type: "odd"} }, `node A has a loop of the unknown type "odd"`},
		"a default of nothing": {func(p *Plan) { p.Variables = []Variable{{Name: "v", Default: json.RawMessage("{")}} }, "default of variable v is no JSON"},
		"no start":             {func(p *Plan) { p.Nodes[0].Type = UserTask }, "process drawn starts by a message only: name it"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := draw(t, oneTask)
			c.spoil(p)
			_, err := p.Step(&State{}, morning, Started{})
			require.ErrorContains(t, err, c.want)
		})
	}
	p := started(t, oneTask, nil)
	other := draw(t, "start S\nend E\nS -> E")
	_, err := other.Step(p.state, p.now, Cancelled{})
	require.ErrorContains(t, err, "the process is at A, which plan drawn does not have")
}

func TestElementsOfANewerVersionAreIncidents(t *testing.T) {
	t.Parallel()
	plan := draw(t, oneTask)
	plan.Nodes[1].Type = "hologram"
	p := play(t, plan)
	require.NoError(t, p.do(Started{}))
	require.Contains(t, p.lines[len(p.lines)-1], `alarm unknown-element at A: A is a "hologram"`)
	checkState(t, p)
	require.NoError(t, p.do(Skipped{Incident: p.alarms[0].Incident}))
	require.Equal(t, Completed, p.state.Status())
}

func TestEndlessLoopsAreStopped(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"without scripts": "start S\nexclusive G\nexclusive H\nS -> G\nG -> H\nH -> G",
		"with conditions": "start S\nexclusive G\nexclusive H\nend E\nS -> G\nG -> H if=\"true\"\nG -> E default\nH -> G",
		"that fork":       "start S\nparallel G\nexclusive H\nexclusive I\nS -> G\nG -> H\nG -> I\nH -> G\nI -> G id=back",
		"twice":           "start S\nexclusive G\nexclusive H\nexclusive I\nS -> G\nG -> H\nH -> G\nF -> I\nI -> I id=round",
		"in a loop":       "start S\nscript A loop=standard while=true before run=\"n = 1\"\nend E\nS -> A\nA -> E",
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text = strings.ReplaceAll(text, "S -> G", "parallel F\nuser Beside\nend BE\nS -> F\nF -> G\nF -> Beside\nBeside -> BE")
			if name == "that fork" {
				text = strings.ReplaceAll(text, "parallel G", "service G work=none")
			}
			p := play(t, draw(t, text))
			require.NoError(t, p.do(Started{Values: Values{"n": json.RawMessage("1")}}))
			checkState(t, p)
			require.NotEmpty(t, p.alarms)
			want := "endless"
			if name == "that fork" {
				want = "too-many" // each turn adds tokens: there are too many of them before there were too many turns
			}
			require.Equal(t, want, p.alarms[0].Fault.Code)
			if name == "twice" {
				require.Len(t, p.alarms, 2)
			}
			require.LessOrEqual(t, len(p.state.at.Tokens), maxTokens)
			require.NoError(t, p.do(Retried{Incident: p.alarms[0].Incident}), "a retry goes on until the next limit")
			require.NotEmpty(t, p.alarms)
			require.NoError(t, p.do(Cancelled{}))
			checkState(t, p)
		})
	}
}

func TestManyTurnsAreNotEndlessWhenSomebodyIsAsked(t *testing.T) {
	t.Parallel()
	p := started(t, "start S\nexclusive G\nuser A\nend E\nS -> G\nG -> A\nA -> G id=back name=again\nA -> E name=enough", nil)
	for range 6_000 {
		require.NoError(t, p.done("A", "again", nil))
	}
	require.Empty(t, p.alarms)
	require.NoError(t, p.done("A", "enough", nil))
	require.Equal(t, Completed, p.state.Status())
}

func TestTooManyTokensAreRefused(t *testing.T) {
	t.Parallel()
	p := started(t, `
start S
sub P loop=parallel count=1500
start PS in=P
user A loop=parallel count=1500 in=P
end PE in=P
end E
S -> P
PS -> A
A -> PE
P -> E
`, nil)
	require.LessOrEqual(t, len(p.state.at.Tokens), maxTokens)
	require.Equal(t, 1499, len(p.alarms), "one inner loop could begin") //nolint:testifylint // Len would print all of them
	require.Equal(t, "too-many", p.alarms[0].Fault.Code)
	data, err := json.Marshal(p.state)
	require.NoError(t, err)
	require.Less(t, len(data), 2<<20, "a state of the greatest size fits into a payload")
}

func TestMessagesThatNobodyTakesAreBounded(t *testing.T) {
	t.Parallel()
	p := started(t, oneTask, nil)
	for i := range maxMessages + 5 {
		require.NoError(t, p.do(Messaged{Name: fmt.Sprintf("m%d", i)}))
		checkState(t, p)
	}
	require.Len(t, p.state.at.Messages, maxMessages)
	require.Equal(t, "m5", p.state.at.Messages[0].Name, "the oldest were dropped")
	require.Len(t, p.alarms, 1, "one incident until somebody has seen it")
	require.Equal(t, "message-dropped", p.alarms[0].Fault.Code)
	require.Contains(t, p.alarms[0].Fault.Message, `"m0"`)
	require.NoError(t, p.do(Retried{Incident: p.alarms[0].Incident}))
	require.Empty(t, p.alarms)
	require.NoError(t, p.do(Messaged{Name: "more"}))
	require.NoError(t, p.do(Skipped{Incident: p.alarms[0].Incident}))
	require.NoError(t, p.do(Messaged{Name: "more"}))
	require.NoError(t, p.done("A", "", nil))
	require.Equal(t, Completed, p.state.Status(), "an incident of no token holds nothing up")
	require.Empty(t, p.alarms)
}

func TestKeptMessagesAreAllTaken(t *testing.T) {
	t.Parallel()
	p := started(t, "start S\nuser A\nuser B\nboundary M on=B along message=note\nuser C\nend E\nS -> A\nA -> B\nM -> C\nB -> E\nC -> E", nil)
	for range 3 {
		require.NoError(t, p.do(Messaged{Name: "note"}))
	}
	require.NoError(t, p.done("A", "", nil))
	require.Equal(t, []Place{{Node: "B", Type: UserTask, Count: 1}, {Node: "C", Type: UserTask, Count: 3}}, p.state.Places())
}

func TestOneOfTwoHandlersOfASignalWins(t *testing.T) {
	t.Parallel()
	handler := "handler %[1]s\nstart %[1]sS in=%[1]s signal=go\nuser %[1]sA in=%[1]s\nend %[1]sE in=%[1]s\n%[1]sS -> %[1]sA\n%[1]sA -> %[1]sE\n"
	p := started(t, "start S\nuser A\nend E\nS -> A\nA -> E\n"+fmt.Sprintf(handler, "H")+fmt.Sprintf(handler, "K"), nil)
	require.NoError(t, p.do(Signalled{Name: "go"}))
	checkState(t, p)
	require.Equal(t, []Place{{Node: "H", Type: SubProcess, Count: 1}, {Node: "HA", Type: UserTask, Count: 1}}, p.state.Places())
}

func TestAJoinThatWasStuckIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	p := started(t, `
start S
parallel F
user A
user B
user Detour
user Never
parallel J
parallel K
end E
S -> F
F -> A
F -> B
A -> J
Detour -> J
B -> K
Never -> K
J -> E
K -> E
`, nil)
	require.NoError(t, p.done("A", "", nil))
	require.NoError(t, p.done("B", "", nil))
	require.Len(t, p.alarms, 1)
	require.Equal(t, "J", p.alarms[0].Node)
	require.NoError(t, p.do(Moved{From: "K", To: "Detour"}))
	require.NoError(t, p.done("Detour", "", nil))
	require.NoError(t, p.do(Retried{Incident: p.alarms[0].Incident}))
	require.Equal(t, Completed, p.state.Status(), "both have come meanwhile")
}

func TestAWaveFitsIntoAHistory(t *testing.T) {
	t.Parallel()
	p := play(t, draw(t, "start S\nscript A loop=parallel count=20 run=\"n = 1\" until=\"false\"\nend E\nS -> A\nA -> E"))
	big := json.RawMessage(`"` + strings.Repeat("x", 100<<10) + `"`)
	require.NoError(t, p.do(Started{Values: Values{"big": big}}))
	require.Equal(t, Completed, p.state.Status())
	waves, most := 0, 0
	for _, c := range p.sent {
		if e, is := c.(Evaluate); is {
			waves++
			most = max(most, len(e.Calls))
		}
	}
	require.Equal(t, 1+6, waves, "the count, and then calls that see 100 kB each, five at a time: 20 scripts, and conditions beside them")
	require.Equal(t, 5, most)
}

func TestResultsThatAreNoJSONAreIncidents(t *testing.T) {
	t.Parallel()
	p := play(t, draw(t, "var n = 1\nstart S\nscript A run=\"n = 1\"\nend E\nS -> A\nA -> E"))
	p.hold = true
	require.NoError(t, p.do(Started{}))
	_, err := p.plan.Step(p.state, p.now, Evaluated{Wave: p.wave.Wave, Results: []Result{{Changed: Values{"n": json.RawMessage("{")}}}})
	require.NoError(t, err)
	require.Len(t, p.state.at.Incidents, 1)
	require.Equal(t, `1`, string(p.state.Values()["n"]))
}
