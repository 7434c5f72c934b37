package bpm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// catch is an event that takes an error or escalation: at the border of a token's activity, or as an event sub-process of a scope.
type catch struct {
	event *Node
	token *token
	scope *scope
}

// catcher looks from a token outwards for what takes an error or escalation: event sub-processes of its scope, then the border of the
// activity around, and so on. For the failure of an activity its own border comes first.
func (m *machine) catcher(t *token, event EventType, code string) (catch, bool) {
	for t != nil {
		s := m.at.scope(t.Scope)
		if !t.Inner {
			if e := pick(m.boundary(t.Node), event, code); e != nil {
				return catch{event: e, token: t}, true
			}
			if e := pick(m.otherHandlers(t), event, code); e != nil && !s.Interrupted {
				return catch{event: e, scope: s}, true
			}
		}
		t = m.at.token(s.Owner)
	}
	return catch{}, false
}

// otherHandlers gives the start events of the event sub-processes beside a token. What one of them throws it does not catch itself.
func (m *machine) otherHandlers(t *token) []*Node {
	return slices.DeleteFunc(m.handlers(m.node(t).Parent), func(start *Node) bool { return m.plan.Nodes[start.Parent].ID == t.Node })
}

// pick chooses the event of a code, else one for every code.
func pick(events []*Node, event EventType, code string) *Node {
	var every *Node
	for _, e := range events {
		switch {
		case e.Event == nil || e.Event.Type != event:
		case e.Event.Name == code:
			return e
		case e.Event.Name == "" && every == nil:
			every = e
		}
	}
	return every
}

// caught makes an error or escalation happen where it is caught.
func (m *machine) caught(c catch) {
	if c.scope != nil {
		m.trigger(c.scope, c.event)
		return
	}
	m.cross(c.token, c.event)
}

// escalate throws an escalation, and reports whether its token is still there. Nothing has to catch it.
func (m *machine) escalate(t *token, n *Node) bool {
	t.For = forDelivery
	if c, found := m.catcher(t, EscalationEvent, n.Event.Name); found {
		m.caught(c)
	}
	return m.at.token(t.ID) != nil
}

// alarm stops a token until an operator helps it.
func (m *machine) alarm(t *token, redo purpose, fault Fault) { m.alarmFor(t, redo, fault, 0) }

// alarmFor is an alarm for work that failed.
func (m *machine) alarmFor(t *token, redo purpose, fault Fault, failed int64) {
	t.For = forOperator
	id := m.at.newID()
	m.at.Incidents = append(m.at.Incidents, incident{ID: id, Token: t.ID, Redo: redo})
	m.command(Alarm{Incident: id, Work: failed, Node: t.Node, Fault: fault})
}

// alarmDropped says that messages get lost: once, until an operator has seen it.
func (m *machine) alarmDropped(name string) {
	if slices.ContainsFunc(m.at.Incidents, func(i incident) bool { return i.Token == 0 }) {
		return
	}
	id := m.at.newID()
	m.at.Incidents = append(m.at.Incidents, incident{ID: id})
	m.command(Alarm{Incident: id, Fault: Fault{
		Code:    "message-dropped",
		Message: fmt.Sprintf("More than %d messages came that nothing waits for: the oldest, %q, was dropped.", maxMessages, clip(name)),
	}})
}

// settleIncident closes the incident of a token, if it has one.
func (m *machine) settleIncident(t *token) {
	if t.For != forOperator {
		return
	}
	i := slices.IndexFunc(m.at.Incidents, func(i incident) bool { return i.Token == t.ID })
	m.command(Settle{Incident: m.at.Incidents[i].ID})
	m.at.Incidents = slices.Delete(m.at.Incidents, i, i+1)
}

// takeIncident removes an incident and gives it with its token, which is nil when the incident is of no token.
func (m *machine) takeIncident(id int64) (incident, *token, error) {
	i, found := slices.BinarySearchFunc(m.at.Incidents, id, func(i incident, id int64) int { return cmp.Compare(i.ID, id) })
	if !found {
		return incident{}, nil, ErrGone
	}
	taken := m.at.Incidents[i]
	m.at.Incidents = slices.Delete(m.at.Incidents, i, i+1)
	m.command(Settle{Incident: id})
	return taken, m.at.token(taken.Token), nil
}

// freed takes a token out of its incident, with values that an operator corrected. The token is nil when the incident is of none.
func (m *machine) freed(id int64, values Values) (incident, *token, error) {
	i, t, err := m.takeIncident(id)
	if err != nil || t == nil {
		return i, nil, err
	}
	m.at.assign(t.Scope, values)
	t.For = ""
	return i, t, nil
}

// retried tries again what an incident stopped.
func (m *machine) retried(o Retried) error {
	values, err := canonical(o.Values)
	if err != nil {
		return err
	}
	i, t, err := m.freed(o.Incident, values)
	if err != nil || t == nil {
		return err
	}
	switch i.Redo {
	case again:
		m.move(t)
	case toWork:
		m.rework(t)
	case toJoin:
		m.rejoin(t)
	case toThrow:
		m.rethrow(t)
	default:
		m.ask(t, i.Redo)
	}
	return nil
}

// rejoin lets a token wait at its gateway again.
func (m *machine) rejoin(t *token) {
	if n := m.node(t); n.Type == ParallelGateway {
		m.joinParallel(t, n)
		return
	}
	t.For = forJoin
}

// rethrow throws again, whatever the event has become by a migration meanwhile.
func (m *machine) rethrow(t *token) {
	if n := m.node(t); n.Type == EndEvent {
		m.enterEnd(t, n)
	} else {
		m.enterThrow(t, n)
	}
}

// rework does the work of an activity again, all of it where it is a loop.
func (m *machine) rework(t *token) {
	if t.Inner {
		m.body(t)
		return
	}
	m.begin(t, m.node(t))
}

// skipped goes on behind an incident as if what failed were done.
func (m *machine) skipped(o Skipped) error {
	values, err := canonical(o.Values)
	if err != nil {
		return err
	}
	if err := m.skippable(o); err != nil {
		return err
	}
	i, t, err := m.freed(o.Incident, values)
	if err != nil || t == nil {
		return err
	}
	switch {
	case i.Redo == toTake:
		m.taken(t)
	case t.Inner:
		m.instanceDone(t, o.Outcome)
	case t.Type == EndEvent:
		m.leaveAndEnd(t)
	case i.Redo == toChoose && o.Outcome == "":
		m.take(t, []*Flow{m.onlyWay(m.node(t))}, "")
	default:
		m.leaveActivity(t, o.Outcome)
	}
	return nil
}

// onlyWay gives the flow by which a node is left whatever its conditions say: the default, or the only one; nil when there is a choice.
func (m *machine) onlyWay(n *Node) *Flow {
	if f := m.byDefault(n); f != nil || len(n.Out) != 1 {
		return f
	}
	return &m.plan.Flows[n.Out[0]]
}

// skippable reports an outcome that does not say how to go on.
func (m *machine) skippable(o Skipped) error {
	i := slices.IndexFunc(m.at.Incidents, func(i incident) bool { return i.ID == o.Incident })
	if i < 0 {
		return ErrGone
	}
	t := m.at.token(m.at.Incidents[i].Token)
	if t == nil || m.at.Incidents[i].Redo == toTake {
		return nil
	}
	n := m.node(t)
	if o.Outcome == "" && m.at.Incidents[i].Redo == toChoose && m.onlyWay(n) == nil {
		return fmt.Errorf("incident %d: name the way out of %s to go on by: %s", o.Incident, n.ID, m.ways(n))
	}
	if fault := m.undecided(n, o.Outcome); fault != nil {
		return fmt.Errorf("incident %d: %s", o.Incident, fault.Message)
	}
	return nil
}

// plain gives text as it comes back from being written down.
func plain(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
