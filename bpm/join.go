package bpm

import "slices"

// joinParallel waits until a token has come by every flow into the gateway. The oldest goes on for all of them.
func (m *machine) joinParallel(t *token, n *Node) {
	if !m.joins(t, n) {
		m.leave(t)
		return
	}
	t.For = forJoin
	waiting := m.arrived(t.Scope, n)
	if len(waiting) == len(n.In) {
		m.merge(waiting)
	}
}

// enterInclusive lets a token wait at an inclusive gateway: who else may come is looked at when nothing moves any more.
func (m *machine) enterInclusive(t *token, n *Node) {
	if !m.joins(t, n) {
		m.leave(t)
		return
	}
	t.For = forJoin
}

// joins reports whether a token has to wait at a gateway for others: not when an operator put it there.
func (m *machine) joins(t *token, n *Node) bool {
	if len(n.In) < 2 {
		return false
	}
	for _, i := range n.In {
		if m.plan.Flows[i].ID == t.Flow {
			return true
		}
	}
	return false
}

// arrived gives, of the tokens that wait at a gateway, the oldest of each flow.
func (m *machine) arrived(scope int64, n *Node) []*token {
	var waiting []*token
	seen := map[string]bool{}
	for _, t := range m.at.Tokens {
		if t.Scope == scope && t.Node == n.ID && t.For == forJoin && !seen[t.Flow] {
			seen[t.Flow] = true
			waiting = append(waiting, t)
		}
	}
	return waiting
}

// merge makes one token of several: the oldest.
func (m *machine) merge(tokens []*token) {
	for _, t := range tokens[1:] {
		m.remove(t)
	}
	tokens[0].For = ""
	m.leave(tokens[0])
}

// joinInclusive lets one inclusive gateway go on for which nobody else can come, and reports whether there was one.
func (m *machine) joinInclusive() bool {
	type place struct {
		scope int64
		node  string
	}
	seen := map[place]bool{}
	for _, t := range m.at.Tokens {
		here := place{t.Scope, t.Node}
		if t.For != forJoin || t.Type != InclusiveGateway || seen[here] {
			continue
		}
		seen[here] = true
		n := m.node(t)
		if waiting := m.arrived(t.Scope, n); !m.mayCome(t.Scope, n, waiting) {
			m.merge(waiting)
			return true
		}
	}
	return false
}

// mayCome reports whether a token of the scope can still reach a flow into the gateway by which none has come, without passing the gateway.
func (m *machine) mayCome(scope int64, n *Node, waiting []*token) bool {
	taken := map[string]bool{}
	for _, t := range waiting {
		taken[t.Flow] = true
	}
	var empty []int
	for _, i := range n.In {
		if !taken[m.plan.Flows[i].ID] {
			empty = append(empty, i)
		}
	}
	before := m.upstream(n, empty)
	for _, t := range m.at.Tokens {
		if t.Scope == scope && m.reaches(t, before, empty) {
			return true
		}
	}
	return false
}

// reaches reports whether a token can get to one of the flows into a gateway; upstream are the nodes from which they can be reached.
func (m *machine) reaches(t *token, upstream map[int]bool, flows []int) bool {
	if t.Leaving {
		i := m.index.flows[t.Flow]
		return slices.Contains(flows, i) || upstream[m.plan.Flows[i].To]
	}
	return upstream[m.index.nodes[t.Node]]
}

// upstream gives the nodes from which one of the flows into a gateway can be reached without passing it.
func (m *machine) upstream(gateway *Node, flows []int) map[int]bool {
	found := map[int]bool{}
	stop := m.index.nodes[gateway.ID]
	var open []int
	visit := func(i int) {
		if i != stop && !found[i] {
			found[i] = true
			open = append(open, i)
		}
	}
	for _, f := range flows {
		visit(m.plan.Flows[f].From)
	}
	for len(open) > 0 {
		n := &m.plan.Nodes[open[0]]
		open = open[1:]
		for _, f := range n.In {
			visit(m.plan.Flows[f].From)
		}
		if n.Type == BoundaryEvent {
			visit(n.Attached)
		}
		for _, i := range m.links(n) {
			visit(i)
		}
	}
	return found
}

// links gives the link throw events that lead to a link catch event.
func (m *machine) links(n *Node) []int {
	if n.Type != CatchEvent || n.Event == nil || n.Event.Type != LinkEvent {
		return nil
	}
	var found []int
	for _, i := range m.index.children[n.Parent] {
		from := &m.plan.Nodes[i]
		if from.Type == ThrowEvent && from.Event != nil && from.Event.Type == LinkEvent && from.Event.Name == n.Event.Name {
			found = append(found, i)
		}
	}
	return found
}

// stuck calls an operator when nothing can happen any more: tokens wait for each other, or for one that never comes.
func (m *machine) stuck() {
	if len(m.at.Tokens) == 0 || len(m.at.Works) > 0 || len(m.at.Timers) > 0 || len(m.at.Waits) > 0 {
		return
	}
	for _, i := range m.at.Incidents {
		if i.Token != 0 {
			return
		}
	}
	for _, t := range m.at.Tokens {
		if t.For != forJoin && t.For != forEvent {
			continue
		}
		redo := again
		if t.For == forJoin {
			redo = toJoin
		}
		m.alarm(t, redo, Fault{Code: "stuck", Message: t.Node + " waits for a token that cannot come any more: skip it to go on without, or move the process to another element."})
		return
	}
}
