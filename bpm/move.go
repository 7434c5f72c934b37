package bpm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// moved takes the tokens of an element away and puts them at another of the same scope.
func (m *machine) moved(o Moved) error {
	from, to, err := m.ends(o)
	if err != nil {
		return err
	}
	var moving []*token
	for _, t := range m.at.Tokens {
		if t.Node == from.ID && !t.Inner {
			moving = append(moving, t)
		}
	}
	if len(moving) == 0 {
		return fmt.Errorf("the process is not at %s: it cannot be moved from there", from.ID)
	}
	for _, t := range moving {
		m.put(m.at.scope(t.Scope), to)
		m.kill(t, to.ID)
	}
	return nil
}

// ends reads where a move begins and where it leads, and refuses what would tear a scope.
func (m *machine) ends(o Moved) (from, to *Node, err error) {
	for _, id := range []string{o.From, o.To} {
		if _, found := m.index.nodes[id]; !found {
			return nil, nil, fmt.Errorf("the definition has no element %q", clip(id))
		}
	}
	from, to = &m.plan.Nodes[m.index.nodes[o.From]], &m.plan.Nodes[m.index.nodes[o.To]]
	switch {
	case from.Parent != to.Parent:
		return nil, nil, fmt.Errorf("%s and %s are not in the same sub-process: move within one only", from.ID, to.ID)
	case to.Type == BoundaryEvent || to.Triggered || to.Type == StartEvent && to.Event != nil:
		return nil, nil, fmt.Errorf("%s begins by an event only: move to another element", to.ID)
	default:
		return from, to, nil
	}
}

// migrated puts the process on another plan, if every token has its place there.
func (m *machine) migrated(o Migrated) error {
	if o.Plan == nil {
		return errors.New("there is no plan to migrate to")
	}
	s := &State{at: *m.at}
	if unmapped := s.Unmapped(o.Plan, o.Elements); len(unmapped) > 0 {
		return fmt.Errorf("plan %s has no place for %v: name for each an element of the same type, in the same place", o.Plan.ID, unmapped)
	}
	x, err := o.Plan.index()
	if err != nil {
		return err
	}
	for _, v := range o.Plan.Variables {
		if _, err := canonicalValue(v.Default); err != nil {
			return fmt.Errorf("default of variable %s is no JSON: %w", v.Name, err)
		}
	}
	m.remap(o, x)
	return nil
}

// Unmapped gives the elements that the process is at and that have no place in another plan: they are not there, or are of another type or
// in another sub-process. Flows that a token waits behind count as elements. It changes nothing; none means that Migrated is possible.
func (s *State) Unmapped(to *Plan, elements map[string]string) []string {
	x, err := to.index()
	missing := map[string]bool{}
	for _, t := range s.at.Tokens {
		if err != nil || !s.fitsInto(to, x, t, elements) {
			missing[t.Node] = true
		}
		if err == nil && (t.For == forJoin || t.Leaving) && !flowFits(to, x, t, elements) {
			missing[t.Flow] = true
		}
	}
	return sorted(missing)
}

// Misfit says why a process that is at an element of a plan has no place for it in another one; empty when it has. It knows less than
// [State.Unmapped], which is asked when a process is moved: loops and flows under way are not in a plan.
func (p *Plan) Misfit(to *Plan, element string, elements map[string]string) string {
	from := p.Node(element)
	if from == nil {
		return "The process does not run by this definition."
	}
	n := to.Node(mapped(elements, element))
	switch {
	case n == nil:
		return "There is no such element any more: name one that takes its place."
	case n.Type != from.Type || from.Triggered && !n.Triggered:
		return fmt.Sprintf("%s is a %s, not a %s.", n.ID, n.Type, from.Type)
	case from.Loop != nil && (n.Loop == nil || n.Loop.Type != from.Loop.Type):
		return n.ID + " is repeated in another way."
	case n.Type == CatchEvent && from.Event != nil && (n.Event == nil || n.Event.Type != from.Event.Type):
		return n.ID + " waits for something else."
	}
	around, inside := "", ""
	if from.Parent != None {
		around = mapped(elements, p.Nodes[from.Parent].ID)
	}
	if n.Parent != None {
		inside = to.Nodes[n.Parent].ID
	}
	if around != inside {
		return n.ID + " is in another sub-process."
	}
	return ""
}

// fitsInto reports whether a token has a place in another plan.
func (s *State) fitsInto(to *Plan, x *index, t *token, elements map[string]string) bool {
	i, found := x.nodes[mapped(elements, t.Node)]
	if !found {
		return false
	}
	n := &to.Nodes[i]
	if n.Type != t.Type || (t.Loop != nil) && (n.Loop == nil || n.Loop.Type != t.Loop.Type) || t.Inner && n.Loop == nil {
		return false
	}
	if t.Starts != "" && !n.Triggered {
		return false
	}
	return s.sameEvents(to, x, t, elements) && s.sameParent(x, t, n, elements)
}

// sameParent reports whether a node is in the sub-process that the token is in.
func (s *State) sameParent(x *index, t *token, n *Node, elements map[string]string) bool {
	around := s.at.token(s.at.scope(t.Scope).Owner)
	if t.Inner {
		around = s.at.token(s.at.scope(around.Scope).Owner)
	}
	if around == nil {
		return n.Parent == None
	}
	parent, found := x.nodes[mapped(elements, around.Node)]
	return found && n.Parent == parent
}

// sameEvents reports whether the event that a token has stopped at is still of its type.
func (s *State) sameEvents(to *Plan, x *index, t *token, elements map[string]string) bool {
	if t.Type != CatchEvent {
		return true
	}
	for _, w := range s.at.Waits {
		if w.Owner == t.ID && !sameEvent(to, x, mapped(elements, w.Node), w.Type) {
			return false
		}
	}
	for _, w := range s.at.Timers {
		if w.Owner == t.ID && !sameEvent(to, x, mapped(elements, w.Node), TimerEvent) {
			return false
		}
	}
	return true
}

func sameEvent(to *Plan, x *index, node string, event EventType) bool {
	i, found := x.nodes[node]
	return found && to.Nodes[i].Event != nil && to.Nodes[i].Event.Type == event
}

// flowFits reports whether the flow by which a token came, or leaves, still begins or ends at its node.
func flowFits(to *Plan, x *index, t *token, elements map[string]string) bool {
	i, found := x.flows[mapped(elements, t.Flow)]
	if !found {
		return false
	}
	end := to.Flows[i].To
	if t.Leaving {
		end = to.Flows[i].From
	}
	return to.Nodes[end].ID == mapped(elements, t.Node)
}

func mapped(elements map[string]string, id string) string {
	if to, found := elements[id]; found {
		return to
	}
	return id
}

// recount counts visits on under the new names. The number of a visit is never used again for an element, because what it changed is known by
// it: where an element takes the place of another beside its own, the visits of the other are counted behind its own, and an element whose
// place is taken keeps its count.
func (m *machine) recount(elements map[string]string) {
	visits, behind := maps.Clone(m.at.Visits), map[string]int{}
	for _, id := range sorted(m.at.Visits) {
		if to := mapped(elements, id); to != id {
			behind[id] = visits[to]
			visits[to] += m.at.Visits[id]
		}
	}
	for _, t := range m.at.Tokens {
		t.Visit += behind[t.Node]
	}
	m.at.Visits = visits
}

// remap renames everything to the elements of another plan. Timers and waits of events that it does not have are taken back; those that are
// new in it are set when their activity is entered next, and a key that is new, or another one, is asked for then too.
func (m *machine) remap(o Migrated, x *index) {
	m.recount(o.Elements)
	for _, t := range m.at.Tokens {
		t.Node, t.Starts = mapped(o.Elements, t.Node), mapped(o.Elements, t.Starts)
		t.Flow = mapped(o.Elements, t.Flow)
	}
	m.at.Timers = slices.DeleteFunc(m.at.Timers, func(t timer) bool {
		gone := !sameEvent(o.Plan, x, mapped(o.Elements, t.Node), TimerEvent)
		if gone {
			m.command(Forget{Timer: t.ID})
		}
		return gone
	})
	for i := range m.at.Timers {
		m.at.Timers[i].Node = mapped(o.Elements, m.at.Timers[i].Node)
	}
	m.at.Waits = slices.DeleteFunc(m.at.Waits, func(w wait) bool { return !sameEvent(o.Plan, x, mapped(o.Elements, w.Node), w.Type) })
	for i, w := range m.at.Waits {
		node := mapped(o.Elements, w.Node)
		event := o.Plan.Nodes[x.nodes[node]].Event
		m.at.Waits[i].Node, m.at.Waits[i].Name = node, event.Name
		if event.Key == "" {
			m.at.Waits[i].Key = ""
		}
	}
	for _, v := range o.Plan.Variables {
		if _, found := m.at.Values[v.Name]; !found {
			m.at.Values[v.Name], _ = canonicalValue(v.Default)
		}
	}
	m.plan, m.index, m.listened = o.Plan, x, true
}
