package bpm

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// draw makes a plan of a few lines, one for each node and flow. The key of a script is its text.
//
//	var n = 1
//	start S
//	user A loop=parallel count=3
//	boundary T on=A duration=P1D along
//	sub P
//	start PS in=P
//	S -> A
//	P -> E if="n > 3" name=big default
func draw(tb testing.TB, text string) *Plan {
	tb.Helper()
	p := &Plan{Format: PlanFormat, ID: "drawn", Kind: UserManagement}
	places := map[string]int{}
	var flows [][]string
	for line := range strings.Lines(text) {
		words := split(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "//"):
		case words[0] == "var":
			_, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			p.Variables = append(p.Variables, Variable{Name: words[1], Type: "string", Default: json.RawMessage(strings.TrimSpace(value))})
		case len(words) > 2 && words[1] == "->":
			flows = append(flows, words)
		default:
			require.GreaterOrEqual(tb, len(words), 2, line)
			places[words[1]] = len(p.Nodes)
			p.Nodes = append(p.Nodes, drawNode(tb, words, places))
		}
	}
	for _, words := range flows {
		drawFlow(tb, p, words, places)
	}
	return p
}

var drawnTypes = map[string]NodeType{
	"start": StartEvent, "end": EndEvent, "catch": CatchEvent, "throw": ThrowEvent, "boundary": BoundaryEvent,
	"user": UserTask, "script": ScriptTask, "service": ServiceTask, "mail": SendTask, "call": CallActivity, "sub": SubProcess, "handler": SubProcess,
	"exclusive": ExclusiveGateway, "parallel": ParallelGateway, "inclusive": InclusiveGateway, "race": EventGateway,
}

var drawnWork = map[string]Work{
	"user": {Type: Screen}, "script": {Type: Script, Quick: true}, "service": {Type: Apply}, "mail": {Type: Mail},
}

func drawNode(tb testing.TB, words []string, places map[string]int) Node {
	tb.Helper()
	n := Node{ID: words[1], Type: drawnTypes[words[0]], Parent: None, Default: None, Attached: None, Triggered: words[0] == "handler"}
	require.NotEmpty(tb, n.Type, words[0])
	n.Interrupting = n.Type == BoundaryEvent || n.Type == StartEvent
	if w, found := drawnWork[words[0]]; found {
		n.Work = &w
	}
	o := drawn{n: &n, event: &Event{}, timer: &Timer{}, loop: &Loop{}}
	for _, word := range words[2:] {
		key, value, _ := strings.Cut(word, "=")
		o.set(tb, key, value, places)
	}
	if o.event.Type != "" {
		n.Event = o.event
	}
	if o.event.Type == TimerEvent {
		o.event.Timer = o.timer
	}
	if o.loop.Type != "" {
		n.Loop = o.loop
	}
	return n
}

// drawn is a node in the making.
type drawn struct {
	n     *Node
	event *Event
	timer *Timer
	loop  *Loop
}

func (d drawn) set(tb testing.TB, key, value string, places map[string]int) {
	tb.Helper()
	switch key {
	case "in":
		d.n.Parent = places[value]
	case "on":
		d.n.Attached = places[value]
	case "along":
		d.n.Interrupting = false
	case "timer", "message", "signal", "error", "escalation", "link", "terminate":
		d.event.Type, d.event.Name = EventType(key), value
	case "key":
		d.event.Key = value
	case "date", "duration", "cycle":
		d.event.Type = TimerEvent
		*map[string]*string{"date": &d.timer.Date, "duration": &d.timer.Duration, "cycle": &d.timer.Cycle}[key] = value
	case "when":
		d.event.Type, d.timer.Duration, d.timer.Scripted = TimerEvent, value, true
	case "then":
		d.event.Script = value
	case "loop":
		d.loop.Type = LoopType(value)
	case "count":
		d.loop.Count = value
	case "over":
		d.loop.Collection = value
	case "as":
		d.loop.Element = value
	case "until":
		d.loop.Complete = value
	case "while":
		d.loop.While = value
	case "before":
		d.loop.Before = true
	case "max":
		most, err := strconv.Atoi(value)
		require.NoError(tb, err)
		d.loop.Maximum = most
	default:
		d.setWork(tb, key, value)
	}
}

func (d drawn) setWork(tb testing.TB, key, value string) {
	tb.Helper()
	switch key {
	case "run":
		d.n.Work.Script = value
	case "work":
		d.n.Work = &Work{Type: WorkType(value)}
	case "slow":
		d.n.Work.Quick = false
	case "decision":
		d.n.Decision = value
	case "called":
		d.n.Called = value
	case "give", "receive":
		name, text, _ := strings.Cut(value, ":")
		list := map[string]*[]Copy{"give": &d.n.Inputs, "receive": &d.n.Outputs}[key]
		*list = append(*list, Copy{Name: name, Script: text})
	default:
		require.Fail(tb, "unknown word "+key)
	}
}

func drawFlow(tb testing.TB, p *Plan, words []string, places map[string]int) {
	tb.Helper()
	from, found := places[words[0]]
	require.True(tb, found, words)
	to, found := places[words[2]]
	require.True(tb, found, words)
	f := Flow{ID: fmt.Sprintf("%s-%s", words[0], words[2]), From: from, To: to}
	for _, word := range words[3:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "id":
			f.ID = value
		case "name":
			f.Name = value
		case "if":
			f.Condition = value
		case "take":
			f.OnTake = value
		case "default":
			p.Nodes[from].Default = len(p.Flows)
		default:
			require.Fail(tb, "unknown word "+key)
		}
	}
	p.Nodes[from].Out = append(p.Nodes[from].Out, len(p.Flows))
	p.Nodes[to].In = append(p.Nodes[to].In, len(p.Flows))
	p.Flows = append(p.Flows, f)
}

// split cuts a line into words; text in double quotes is one word.
func split(line string) []string {
	var words []string
	var word strings.Builder
	quoted, begun := false, false
	for _, c := range strings.TrimSpace(line) + " " {
		switch {
		case c == '"':
			quoted, begun = !quoted, true
		case c == ' ' && !quoted:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(c)
			begun = true
		}
	}
	return words
}
