package bpm

import "slices"

// thrown is a message or signal on its way through the process. A message from outside is kept when nobody waits for it; what the process
// itself throws also goes out.
type thrown struct {
	token  int64 // that throws it, and goes on when it is delivered; 0 from outside
	node   string
	event  EventType
	name   string
	key    string
	values Values
}

// throw sends a message or signal, once all tokens of this wave wait for what they wait for. Its token goes on afterwards, so that a process
// does not end before. keys is the result of the script that gives the message's key, if it has one.
func (m *machine) throw(t *token, n *Node, keys []Result) {
	what := thrown{token: t.ID, node: n.ID, event: n.Event.Type, name: n.Event.Name, values: m.seen(t)}
	if len(keys) > 0 {
		key, err := readKey(keys[0].Value)
		if err != nil {
			m.alarm(t, toThrow, badKey(n, err))
			return
		}
		what.key = key
	}
	t.For = forDelivery
	m.thrown = append(m.thrown, what)
}

// deliver brings what was thrown, or a message that was kept, to who waits for it. It reports whether there was any.
func (m *machine) deliver() bool {
	if len(m.thrown) > 0 {
		next := m.thrown[0]
		m.thrown = m.thrown[1:]
		m.send(next)
		if t := m.at.token(next.token); t != nil {
			m.threw(t)
		}
		return true
	}
	if !m.listened {
		return false
	}
	m.listened = false
	for i, kept := range m.at.Messages {
		if w, found := m.listener(kept.Name, kept.Key); found {
			m.at.Messages = slices.Delete(m.at.Messages, i, i+1)
			m.listened = true
			m.occur(w.Owner, w.Node, kept.Values)
			return true
		}
	}
	return false
}

// threw goes on behind a throw or end event.
func (m *machine) threw(t *token) {
	if t.Type == EndEvent {
		m.leaveAndEnd(t)
		return
	}
	m.leave(t)
}

// send brings a signal to all that wait for it and a message to one.
func (m *machine) send(what thrown) {
	if what.event == SignalEvent {
		for _, w := range slices.Clone(m.at.Waits) {
			if w.Type == SignalEvent && w.Name == what.name && slices.Contains(m.at.Waits, w) {
				m.occur(w.Owner, w.Node, what.given())
			}
		}
		m.sendOut(what)
		return
	}
	w, found := m.listener(what.name, what.key)
	switch {
	case found:
		m.occur(w.Owner, w.Node, what.given())
	case what.token == 0:
		m.keep(message{Name: what.name, Key: what.key, Values: what.values})
	default:
		m.sendOut(what)
	}
}

// sendOut brings what the process throws to others.
func (m *machine) sendOut(what thrown) {
	if what.token != 0 {
		m.command(Send{Node: what.node, Type: what.event, Name: what.name, Key: what.key, Values: what.values})
	}
}

// given gives the values that come with a message. What the process throws at itself brings nothing that it does not have.
func (t thrown) given() Values {
	if t.token == 0 {
		return t.values
	}
	return nil
}

// listener finds who a message is for: of those that wait with its key who has waited longest, else of those that wait without one.
func (m *machine) listener(name, key string) (waiting wait, found bool) {
	for _, w := range m.at.Waits {
		if w.Type != MessageEvent || w.Name != name {
			continue
		}
		if w.Key == key {
			return w, true
		}
		if w.Key == "" && !found {
			waiting, found = w, true
		}
	}
	return waiting, found
}

// maxMessages are kept of those that nobody waits for.
const maxMessages = 100

// keep holds a message until somebody waits for it. Of too many the oldest is dropped.
func (m *machine) keep(kept message) {
	m.at.Messages = append(m.at.Messages, kept)
	if len(m.at.Messages) <= maxMessages {
		return
	}
	dropped := m.at.Messages[0].Name
	m.at.Messages = slices.Delete(m.at.Messages, 0, 1)
	m.alarmDropped(dropped)
}

// occur makes an event happen for the token or scope that waits for it.
func (m *machine) occur(owner int64, node string, values Values) {
	i, found := m.index.nodes[node]
	if !found {
		return
	}
	n := &m.plan.Nodes[i]
	if s := m.at.scope(owner); s != nil {
		m.at.assign(s.ID, values)
		m.trigger(s, n)
		return
	}
	t := m.at.token(owner)
	if t == nil {
		return
	}
	m.at.assign(t.Scope, values)
	if n.Type == BoundaryEvent {
		m.cross(t, n)
		return
	}
	m.disarm(t.ID)
	t.Armed = false
	if t.Node == n.ID {
		m.passed(t)
		return
	}
	for _, f := range m.out(m.node(t)) {
		if m.plan.Nodes[f.To].ID == n.ID {
			t.Occurred = true
			m.take(t, []*Flow{f}, "")
			return
		}
	}
}

// cross makes a boundary event happen: the activity ends, or goes on beside it.
func (m *machine) cross(t *token, n *Node) {
	s := m.at.scope(t.Scope)
	m.put(s, n)
	if !n.Interrupting {
		return
	}
	m.kill(t, n.ID)
}

// trigger starts an event sub-process beside the tokens of its scope, or in their place.
func (m *machine) trigger(s *scope, start *Node) {
	if start.Parent < 0 {
		return
	}
	handler := &m.plan.Nodes[start.Parent]
	if start.Interrupting {
		s.Interrupted = true
		m.clear(s, handler.ID)
		m.disarm(s.ID)
	}
	m.put(s, handler).Starts = start.ID
}

// passed goes on behind an event that has happened: by the script of a timer first.
func (m *machine) passed(t *token) { m.ask(t, toPass) }

// fired is the time of a timer.
func (m *machine) fired(o Fired) error {
	i := slices.IndexFunc(m.at.Timers, func(t timer) bool { return t.ID == o.Timer })
	if i < 0 {
		return ErrGone
	}
	t := m.at.Timers[i]
	m.at.Timers = slices.Delete(m.at.Timers, i, i+1)
	if n := &m.plan.Nodes[m.index.nodes[t.Node]]; t.Every != nil && !n.Interrupting && n.Type != CatchEvent {
		if d, more := (due{at: t.At, every: *t.Every, left: t.Left}).next(m.now); more {
			m.listen(t.Owner, n, terms{due: d})
		}
	}
	m.occur(t.Owner, t.Node, nil)
	return nil
}

func (m *machine) messaged(o Messaged) error {
	values, err := canonical(o.Values)
	if err == nil {
		m.thrown = append(m.thrown, thrown{event: MessageEvent, name: plain(o.Name), key: plain(o.Key), values: values})
	}
	return err
}

func (m *machine) signalled(o Signalled) error {
	values, err := canonical(o.Values)
	if err == nil {
		m.thrown = append(m.thrown, thrown{event: SignalEvent, name: plain(o.Name), values: values})
	}
	return err
}
