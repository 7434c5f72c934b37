package bpm

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// chance makes plans and decides what happens to them: the same from the same seed.
type chance struct{ *rand.Rand }

func newChance(seed uint64) chance {
	return chance{rand.New(rand.NewPCG(seed, 1))}
}

func pickOf[T any](c chance, choices ...T) T { return choices[c.IntN(len(choices))] }

// oneIn reports true once in n times.
func (c chance) oneIn(n int) bool { return c.IntN(n) == 0 }

// plan draws a process that Check would accept, and stranger ones: any node may lead to any other of its scope.
func (c chance) plan() *Plan {
	p := &Plan{Format: PlanFormat, ID: "random", Kind: UserManagement, Variables: []Variable{
		{Name: "n", Type: "integer", Default: json.RawMessage("1")}, {Name: "list", Type: "string", Many: true, Default: json.RawMessage(`["a","b"]`)},
	}}
	c.inside(p, None, 0)
	for i := range p.Flows {
		f := &p.Flows[i]
		p.Nodes[f.From].Out = append(p.Nodes[f.From].Out, i)
		p.Nodes[f.To].In = append(p.Nodes[f.To].In, i)
	}
	for i := range p.Nodes {
		if n := &p.Nodes[i]; len(n.Out) > 1 && c.oneIn(2) {
			n.Default = n.Out[0]
		}
	}
	return p
}

func (c chance) inside(p *Plan, parent, depth int) {
	first := c.node(p, parent, StartEvent, nil)
	for range 2 + c.IntN(5) {
		c.step(p, parent, depth)
	}
	c.node(p, parent, EndEvent, pickOf(c, nil, nil, nil, c.event(EscalationEvent, ErrorEvent, TerminateEvent, MessageEvent, SignalEvent)))
	last := len(p.Nodes)
	for i := first; i < last; i++ {
		n := p.Nodes[i]
		if n.Parent != parent || n.Type == EndEvent || n.Triggered {
			continue
		}
		for range 1 + c.IntN(3)/2 {
			c.flow(p, i, first, last)
		}
	}
	if depth < 2 && c.oneIn(3) {
		c.handler(p, parent, depth)
	}
}

// flow leads from a node to a later one of its scope, seldom to any.
func (c chance) flow(p *Plan, from, first, last int) {
	for range 20 {
		to := from + 1 + c.IntN(last-from)
		if c.oneIn(6) {
			to = first + 1 + c.IntN(last-first)
		}
		if to >= last {
			to = last - 1
		}
		n := p.Nodes[to]
		if n.Parent != p.Nodes[from].Parent || n.Type == StartEvent || n.Type == BoundaryEvent || n.Triggered {
			continue
		}
		f := Flow{ID: fmt.Sprintf("f%d", len(p.Flows)), Name: pickOf(c, "yes", "no", ""), From: from, To: to}
		if c.oneIn(3) {
			f.Condition = pickOf(c, "true", "false", "n > 2", "missing > 1", "n")
		}
		if c.oneIn(6) {
			f.OnTake = pickOf(c, "n = n + 1", "missing > 1", "list = 3")
		}
		p.Flows = append(p.Flows, f)
		return
	}
}

func (c chance) node(p *Plan, parent int, kind NodeType, e *Event) int {
	p.Nodes = append(p.Nodes, Node{ID: fmt.Sprintf("n%d", len(p.Nodes)), Type: kind, Parent: parent, Default: None, Attached: None, Event: e})
	return len(p.Nodes) - 1
}

// event makes an event of one of the types.
func (c chance) event(kinds ...EventType) *Event {
	e := &Event{Type: pickOf(c, kinds...), Name: pickOf(c, "a", "b")}
	switch e.Type {
	case TimerEvent:
		e.Name = ""
		e.Timer = pickOf(c, &Timer{Duration: "PT1H"}, &Timer{Date: "2026-03-03"}, &Timer{Cycle: "R2/P1D"}, &Timer{Duration: "'P1D'", Scripted: true},
			&Timer{Duration: "n", Scripted: true}, &Timer{Duration: "nonsense"})
		e.Script = pickOf(c, "", "", "n = n + 1", "missing > 1")
	case MessageEvent:
		e.Key = pickOf(c, "", "", "n", "'k'", "list")
	case ErrorEvent, EscalationEvent:
		e.Name = pickOf(c, "a", "b", "")
	case TerminateEvent:
		e.Name = ""
	}
	return e
}

func (c chance) step(p *Plan, parent, depth int) {
	kind := pickOf(c, UserTask, UserTask, ScriptTask, ServiceTask, CallActivity, SubProcess, ExclusiveGateway, ParallelGateway, InclusiveGateway,
		EventGateway, CatchEvent, ThrowEvent, InclusiveGateway, ParallelGateway)
	switch kind {
	case CatchEvent:
		c.node(p, parent, kind, c.event(TimerEvent, MessageEvent, SignalEvent, LinkEvent))
		return
	case ThrowEvent:
		c.node(p, parent, kind, pickOf(c, nil, c.event(MessageEvent, SignalEvent, EscalationEvent, LinkEvent)))
		return
	case SubProcess:
		if depth > 1 {
			kind = UserTask
		}
	}
	i := c.node(p, parent, kind, nil)
	n := &p.Nodes[i]
	switch kind {
	case UserTask:
		n.Work = &Work{Type: Screen}
	case ServiceTask:
		n.Work = &Work{Type: pickOf(c, Apply, Noop, Mail)}
	case ScriptTask:
		n.Work = &Work{Type: Script, Quick: true, Script: pickOf(c, "n = n + 1", "throw 'a broken'", "list = ['x']")}
	case CallActivity:
		n.Called = "other"
		n.Inputs, n.Outputs = pickOf(c, nil, []Copy{{"n", "n + 1"}}), pickOf(c, nil, []Copy{{"n", "n + 1"}, {"list", "missing"}})
	case ExclusiveGateway:
		n.Decision = pickOf(c, "", "", "'yes'", "'f1'")
		return
	case ParallelGateway, InclusiveGateway, EventGateway:
		return
	}
	c.loop(n)
	if kind == SubProcess {
		c.inside(p, i, depth+1)
	}
	for range c.IntN(3) {
		b := c.node(p, parent, BoundaryEvent, c.event(TimerEvent, MessageEvent, SignalEvent, ErrorEvent, EscalationEvent))
		p.Nodes[b].Attached = i
		p.Nodes[b].Interrupting = p.Nodes[b].Event.Type == ErrorEvent || c.oneIn(2)
	}
}

func (c chance) loop(n *Node) {
	if !c.oneIn(4) {
		return
	}
	n.Loop = &Loop{Type: pickOf(c, ParallelLoop, SequentialLoop, StandardLoop), Maximum: c.IntN(4), Before: c.oneIn(2), While: pickOf(c, "", "n > 1", "false")}
	n.Loop.Complete = pickOf(c, "", "", "numberOfCompletedInstances > 1", "missing > 1")
	if c.oneIn(2) {
		n.Loop.Count = pickOf(c, "3", "0", "n", "'x'", "list")
	} else {
		n.Loop.Collection, n.Loop.Element = "list", "element"
	}
}

func (c chance) handler(p *Plan, parent, depth int) {
	i := c.node(p, parent, SubProcess, nil)
	p.Nodes[i].Triggered = true
	first := len(p.Nodes)
	c.inside(p, i, depth+1)
	start := &p.Nodes[first]
	start.Event = c.event(TimerEvent, MessageEvent, SignalEvent, ErrorEvent, EscalationEvent)
	start.Interrupting = start.Event.Type == ErrorEvent || c.oneIn(2)
}

// happening decides what happens next.
func (c chance) happening(p *player) Occurrence {
	values := Values{"n": json.RawMessage(fmt.Sprint(c.IntN(5)))}
	outcome := pickOf(c, "", "", "yes", fmt.Sprintf("f%d", c.IntN(20)))
	switch k := c.IntN(20); {
	case k < 8 && len(p.works) > 0:
		id := pickOf(c, p.works...).id
		p.close(id)
		if c.oneIn(4) {
			return Failed{Work: id, Fault: Fault{Code: pickOf(c, "a", "b", "z"), Message: "It broke."}}
		}
		return Done{Work: id, Outcome: outcome, Values: values}
	case k < 11 && len(p.timers) > 0:
		w := pickOf(c, p.timers...)
		p.forget(w.Timer)
		if w.At.After(p.now) {
			p.now = w.At
		}
		return Fired{Timer: w.Timer}
	case k < 15 && len(p.alarms) > 0:
		id := pickOf(c, p.alarms...).Incident
		if c.oneIn(2) {
			return Retried{Incident: id, Values: values}
		}
		return Skipped{Incident: id, Outcome: pickOf(c, outcome, fmt.Sprintf("f%d", c.IntN(len(p.plan.Flows))))}
	case k == 16:
		return Signalled{Name: pickOf(c, "a", "b"), Values: values}
	case k == 17:
		return Moved{From: pickOf(c, p.plan.Nodes...).ID, To: pickOf(c, p.plan.Nodes...).ID}
	case k == 18:
		return Migrated{Plan: p.plan}
	case k == 19 && c.oneIn(10):
		return Cancelled{Reason: "by chance"}
	default:
		return Messaged{Name: pickOf(c, "a", "b"), Key: pickOf(c, "", "", "k", "1", "2"), Values: values}
	}
}

// life plays one random process and gives everything it was told to do, with its last state.
func life(t *testing.T, seed uint64, carry bool) (sent []Command, last []byte) {
	t.Helper()
	c := newChance(seed)
	p := play(t, c.plan())
	if carry {
		p.carry = func(s *State) *State { return carried(t, s) }
	}
	require.NoError(t, p.do(Started{Values: Values{"given": json.RawMessage("1")}}))
	checkState(t, p)
	const most = 300
	for range 60 {
		if p.state.Status() != Running || len(p.state.at.Tokens) > most {
			break
		}
		before, err := json.Marshal(p.state)
		require.NoError(t, err)
		o := c.happening(p)
		if err := p.do(o); err != nil {
			require.NotErrorIs(t, err, ErrPending, "%T", o)
			after, marshalErr := json.Marshal(p.state)
			require.NoError(t, marshalErr)
			require.Equal(t, string(before), string(after), "%T was refused (%v) and changed the state", o, err)
		}
		checkState(t, p)
	}
	last, err := json.Marshal(p.state)
	require.NoError(t, err)
	require.Less(t, len(last), 1<<20, "a state is small")
	return p.sent, last
}

// TestRandomLives plays random processes twice: the second time the state is written down and read again after every step.
func TestRandomLives(t *testing.T) {
	t.Parallel()
	runs := uint64(300)
	if testing.Short() {
		runs = 50
	}
	ended := map[Status]int{}
	for seed := range runs {
		sent, last := life(t, seed, false)
		again, lastAgain := life(t, seed, true)
		require.Equal(t, string(last), string(lastAgain), "seed %d", seed)
		require.Equal(t, sent, again, "seed %d", seed)
		var s State
		require.NoError(t, json.Unmarshal(last, &s))
		ended[s.Status()]++
	}
	for _, status := range []Status{Running, Completed, Withdrawn, Broken} {
		require.Positive(t, ended[status], "no random process is %s: the others are not random enough (%v)", status, ended)
	}
}
