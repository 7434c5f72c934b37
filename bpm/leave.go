package bpm

import (
	"encoding/json"
	"fmt"
	"strings"
)

// leave takes a token out of its node, by the flows that the definition chooses.
func (m *machine) leave(t *token) { m.ask(t, toChoose) }

// leaveBy takes a token out of its node by the flow that people, or an operator, decided for. Without an outcome the definition chooses.
func (m *machine) leaveBy(t *token, outcome string) {
	if f := m.named(m.node(t), outcome); outcome != "" && f != nil {
		m.take(t, []*Flow{f}, outcome)
		return
	}
	m.leave(t)
}

// undecided says why a node cannot be left with an outcome; nil when it can.
func (m *machine) undecided(n *Node, outcome string) *Fault {
	switch {
	case outcome != "" && m.named(n, outcome) == nil:
		fault := m.unknownWay(n, outcome)
		return &fault
	case outcome == "" && n.Type == UserTask && len(n.Out) > 1 && len(m.conditions(n)) == 0 && m.byDefault(n) == nil:
		return &Fault{Code: "no-outcome", Message: fmt.Sprintf("%s ended without a decision between %s.", n.ID, m.ways(n))}
	default:
		return nil
	}
}

func (m *machine) unknownWay(n *Node, outcome string) Fault {
	return Fault{Code: "unknown-way", Message: fmt.Sprintf("%s has no way out %q: it has %s.", n.ID, clip(outcome), m.ways(n))}
}

// ways names the flows out of a node, for people.
func (m *machine) ways(n *Node) string {
	flows := m.out(n)
	if len(flows) == 0 {
		return "none"
	}
	names := make([]string, 0, len(flows))
	for _, f := range flows {
		if f.Name == "" {
			names = append(names, f.ID)
		} else {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

// conditions gives the flows out of a node whose conditions have to be evaluated before it is left.
func (m *machine) conditions(n *Node) []*Flow {
	if n.Type == ParallelGateway {
		return nil
	}
	var conditional []*Flow
	for _, f := range m.out(n) {
		if f.Condition != "" && !m.isDefault(n, f) {
			conditional = append(conditional, f)
		}
	}
	return conditional
}

func (m *machine) isDefault(n *Node, f *Flow) bool { return m.byDefault(n) == f }

// byDefault gives the flow that is taken when no condition holds; nil when there is none.
func (m *machine) byDefault(n *Node) *Flow {
	if n.Default < 0 || n.Default >= len(m.plan.Flows) || m.plan.Flows[n.Default].From != m.index.nodes[n.ID] {
		return nil
	}
	return &m.plan.Flows[n.Default]
}

// chosen goes on when the conditions or the decision of a node are known.
func (m *machine) chosen(t *token, n *Node, results []Result) {
	switch {
	case n.Type == ExclusiveGateway && n.Decision != "":
		m.decided(t, n, results[0])
	case n.Type == ExclusiveGateway:
		m.choose(t, n, results, true)
	case n.Type == UserTask && len(n.Out) > 1 && len(results) == 0:
		m.otherwise(t, n)
	default:
		m.choose(t, n, results, false)
	}
}

// decided takes the flow that a decision script names.
func (m *machine) decided(t *token, n *Node, result Result) {
	if result.Fault != nil {
		m.alarm(t, toChoose, *result.Fault)
		return
	}
	m.at.assign(t.Scope, result.Changed)
	var outcome string
	if err := json.Unmarshal(result.Value, &outcome); err != nil {
		outcome = string(result.Value)
	}
	f := m.named(n, outcome)
	if f == nil {
		m.alarm(t, toChoose, m.unknownWay(n, outcome))
		return
	}
	m.take(t, []*Flow{f}, outcome)
}

// choose takes the flows that are open: only the first of them when first is set. Where none is the node is left by its default.
func (m *machine) choose(t *token, n *Node, results []Result, first bool) {
	open, fault := m.passable(n, results, first)
	switch {
	case fault != nil:
		m.alarm(t, toChoose, *fault)
	case len(open) == 0:
		m.otherwise(t, n)
	default:
		m.take(t, open, "")
	}
}

// passable gives the flows out of a node whose conditions hold, and those without one; the default is none of them. With first it looks no further
// than the first that is open, and a condition behind it may fail.
func (m *machine) passable(n *Node, results []Result, first bool) ([]*Flow, *Fault) {
	var open []*Flow
	next := 0
	for _, f := range m.out(n) {
		if m.isDefault(n, f) {
			continue
		}
		holds := true
		if f.Condition != "" && n.Type != ParallelGateway {
			var fault *Fault
			if holds, fault = truth(results[next]); fault != nil {
				return nil, fault
			}
			next++
		}
		if !holds {
			continue
		}
		if open = append(open, f); first {
			break
		}
	}
	return open, nil
}

// otherwise takes the default flow. A node without any way out ends its token.
func (m *machine) otherwise(t *token, n *Node) {
	if f := m.byDefault(n); f != nil {
		m.take(t, []*Flow{f}, "")
		return
	}
	if len(n.Out) == 0 {
		m.leaveAndEnd(t)
		return
	}
	m.alarm(t, toChoose, Fault{Code: "no-way", Message: fmt.Sprintf("No condition behind %s holds and there is no default flow: correct the values, or name the way out among %s.", n.ID, m.ways(n))})
}

// truth reads the result of a condition.
func truth(r Result) (bool, *Fault) {
	if r.Fault != nil {
		return false, r.Fault
	}
	var holds *bool
	if err := json.Unmarshal(r.Value, &holds); err != nil || holds == nil {
		return false, &Fault{Code: "not-boolean", Message: fmt.Sprintf("The condition came to %s: it has to be true or false.", clip(string(r.Value)))}
	}
	return *holds, nil
}

// take sends a token out of its node: it goes on by the first flow, and others are made for the rest.
func (m *machine) take(t *token, flows []*Flow, outcome string) {
	if m.crowded(t, len(flows)-1, toChoose) {
		return
	}
	n := m.node(t)
	s := m.at.scope(t.Scope)
	branches := []*token{t}
	for range flows[1:] {
		branches = append(branches, m.branch(s, n))
	}
	for _, f := range flows {
		m.left(t, f, outcome)
	}
	for i, f := range flows {
		b := branches[i]
		b.Flow, b.Leaving = f.ID, true
		m.ask(b, toTake)
	}
}

// branch makes a token beside another, at the same node.
func (m *machine) branch(s *scope, n *Node) *token {
	b := &token{ID: m.at.newID(), Scope: s.ID, Node: n.ID, Type: n.Type}
	m.at.Tokens = append(m.at.Tokens, b)
	s.Live++
	return b
}

// taken goes on at the end of a flow, when its script has run.
func (m *machine) taken(t *token) {
	f := m.flow(t.Flow)
	m.arrive(t, &m.plan.Nodes[f.To], f.ID)
}

func (m *machine) arrive(t *token, n *Node, flow string) {
	t.Node, t.Type, t.Flow, t.Leaving, t.Visit, t.Given = n.ID, n.Type, flow, false, 0, nil
	m.move(t)
}

// left writes down that a token leaves its node, by a flow or, with nil, for good.
func (m *machine) left(t *token, f *Flow, outcome string) {
	n := m.node(t)
	trace := Trace{Node: n.ID, Name: n.Name, Type: n.Type, Outcome: outcome, Instance: m.instance(t)}
	if f != nil {
		trace.Taken = f.ID
	}
	m.command(trace)
}
