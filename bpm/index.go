package bpm

import "fmt"

// index finds the parts of a plan by their ids.
type index struct {
	nodes    map[string]int
	flows    map[string]int
	attached map[int][]int // boundary events by their activity
	children map[int][]int // nodes by the sub-process they are in
}

// index reads a plan, and refuses one whose parts do not fit together: it was not made by Compile.
func (p *Plan) index() (*index, error) {
	x := &index{
		nodes: make(map[string]int, len(p.Nodes)), flows: make(map[string]int, len(p.Flows)),
		attached: map[int][]int{}, children: map[int][]int{},
	}
	for i, f := range p.Flows {
		if !p.hasNode(f.From) || !p.hasNode(f.To) {
			return nil, fmt.Errorf("plan %s: flow %s begins or ends at a node that is not there", p.ID, f.ID)
		}
		if _, twice := x.flows[f.ID]; twice {
			return nil, fmt.Errorf("plan %s: there are two flows %s", p.ID, f.ID)
		}
		x.flows[f.ID] = i
	}
	for i := range p.Nodes {
		if err := x.add(p, i); err != nil {
			return nil, fmt.Errorf("plan %s: %w", p.ID, err)
		}
	}
	return x, nil
}

func (x *index) add(p *Plan, i int) error {
	n := &p.Nodes[i]
	if _, twice := x.nodes[n.ID]; twice {
		return fmt.Errorf("there are two nodes %s", n.ID)
	}
	x.nodes[n.ID] = i
	if n.Parent != None && !p.hasNode(n.Parent) {
		return fmt.Errorf("node %s is in a sub-process that is not there", n.ID)
	}
	if n.Loop != nil && n.Loop.Type != ParallelLoop && n.Loop.Type != SequentialLoop && n.Loop.Type != StandardLoop {
		return fmt.Errorf("node %s has a loop of the unknown type %q", n.ID, n.Loop.Type)
	}
	x.children[n.Parent] = append(x.children[n.Parent], i)
	for _, f := range append(append([]int{}, n.In...), n.Out...) {
		if f < 0 || f >= len(p.Flows) {
			return fmt.Errorf("node %s has a flow that is not there", n.ID)
		}
	}
	if n.Type != BoundaryEvent {
		return nil
	}
	if !p.hasNode(n.Attached) || n.Event == nil {
		return fmt.Errorf("boundary event %s is attached to nothing, or waits for nothing", n.ID)
	}
	x.attached[n.Attached] = append(x.attached[n.Attached], i)
	return nil
}

func (p *Plan) hasNode(i int) bool { return i >= 0 && i < len(p.Nodes) }

// starts gives the start events of the process (None) or of a sub-process.
func (m *machine) starts(parent int) []*Node {
	var found []*Node
	for _, i := range m.index.children[parent] {
		if n := &m.plan.Nodes[i]; n.Type == StartEvent {
			found = append(found, n)
		}
	}
	return found
}

// handlers gives the start events of the event sub-processes in the process or in a sub-process.
func (m *machine) handlers(parent int) []*Node {
	var found []*Node
	for _, i := range m.index.children[parent] {
		if m.plan.Nodes[i].Triggered {
			found = append(found, m.starts(i)...)
		}
	}
	return found
}

// boundary gives the events at the border of an activity.
func (m *machine) boundary(activity string) []*Node {
	attached := m.index.attached[m.index.nodes[activity]]
	found := make([]*Node, 0, len(attached))
	for _, i := range attached {
		found = append(found, &m.plan.Nodes[i])
	}
	return found
}

// node gives the node of a token.
func (m *machine) node(t *token) *Node { return &m.plan.Nodes[m.index.nodes[t.Node]] }

func (m *machine) flow(id string) *Flow {
	i, found := m.index.flows[id]
	if !found {
		return nil
	}
	return &m.plan.Flows[i]
}

// out gives the flows that leave a node, in the order of the definition.
func (m *machine) out(n *Node) []*Flow {
	flows := make([]*Flow, 0, len(n.Out))
	for _, i := range n.Out {
		flows = append(flows, &m.plan.Flows[i])
	}
	return flows
}

// named finds the way out that a decision names, by id or by name.
func (m *machine) named(n *Node, outcome string) *Flow {
	flows := m.out(n)
	for _, f := range flows {
		if f.ID == outcome {
			return f
		}
	}
	for _, f := range flows {
		if f.Name == outcome {
			return f
		}
	}
	return nil
}
