package bpm

import (
	"encoding/json"
	"fmt"
	"time"
)

// text gives what a timer says, or the key of the script that says it.
func (t *Timer) text() string {
	switch {
	case t.Date != "":
		return t.Date
	case t.Duration != "":
		return t.Duration
	default:
		return t.Cycle
	}
}

// events gives the events that a token has to wait for from now on: a catch event itself, those behind an event-based gateway, those at the
// border of an activity, and, at the start of a (sub-)process, those of its event sub-processes.
func (m *machine) events(t *token) []*Node {
	n := m.node(t)
	var found []*Node
	add := func(nodes ...*Node) {
		for _, e := range nodes {
			if e.Event != nil && e.Event.waits() {
				found = append(found, e)
			}
		}
	}
	switch n.Type {
	case StartEvent:
		add(m.handlers(n.Parent)...)
	case CatchEvent:
		add(n)
	case EventGateway:
		for _, f := range m.out(n) {
			add(&m.plan.Nodes[f.To])
		}
	default:
		add(m.boundary(n.ID)...)
	}
	return found
}

// waits reports whether the event comes from outside; others are thrown at it.
func (e *Event) waits() bool {
	return e.Type == TimerEvent || e.Type == MessageEvent || e.Type == SignalEvent
}

// asks gives the script that an event has evaluated before it is waited for, if it has one: that of its moment, or of its key.
func (e *Event) asks() (key string, use Use) {
	switch {
	case e.Type == TimerEvent && e.Timer != nil && e.Timer.Scripted:
		return e.Timer.text(), Moment
	case e.Type == MessageEvent:
		return e.Key, Key
	default:
		return "", ""
	}
}

// terms are what an event waits by: the time of a timer, the key of a message.
type terms struct {
	due due
	key string
}

// terms reads what an event waits by; answer is the result of its script, nil when it has none.
func (m *machine) terms(e *Node, answer json.RawMessage) (terms, *Fault) {
	switch {
	case e.Event.Type == TimerEvent:
		d, err := timing(e.Event.Timer, answer, m.now)
		if err != nil {
			return terms{}, &Fault{Code: "bad-timer", Message: fmt.Sprintf("The timer %s cannot be set: %v.", e.ID, err)}
		}
		return terms{due: d}, nil
	case answer != nil:
		key, err := readKey(answer)
		if err != nil {
			fault := badKey(e, err)
			return terms{}, &fault
		}
		return terms{key: key}, nil
	default:
		return terms{}, nil
	}
}

// arm sets the timers of a token and lets it wait for messages and signals, then goes on into the node. answers are the results of the
// scripts of timers and keys.
func (m *machine) arm(t *token, answers []Result) {
	events := m.events(t)
	by := make([]terms, len(events))
	for i, e := range events {
		var answer json.RawMessage
		if script, _ := e.Event.asks(); script != "" {
			answer, answers = answers[0].Value, answers[1:]
		}
		read, fault := m.terms(e, answer)
		if fault != nil {
			m.alarm(t, toArm, *fault)
			return
		}
		by[i] = read
	}
	owner := t.ID
	if m.node(t).Type == StartEvent {
		owner = t.Scope
	}
	for i, e := range events {
		m.listen(owner, e, by[i])
	}
	t.Armed = owner == t.ID && len(events) > 0
	m.armed(t)
}

// armed goes on into a node when its events are waited for.
func (m *machine) armed(t *token) {
	n := m.node(t)
	switch n.Type {
	case StartEvent:
		m.passed(t)
	case CatchEvent, EventGateway:
		t.For = forEvent
	default:
		m.begin(t, n)
	}
}

// listen sets a timer, or waits for a message or signal.
func (m *machine) listen(owner int64, e *Node, by terms) {
	d := by.due
	if e.Event.Type != TimerEvent {
		m.at.Waits = append(m.at.Waits, wait{Owner: owner, Node: e.ID, Type: e.Event.Type, Name: e.Event.Name, Key: by.key})
		m.listened = true
		return
	}
	t := timer{ID: m.at.newID(), Owner: owner, Node: e.ID, At: d.at}
	if d.left != 0 {
		t.Every, t.Left = &d.every, d.left
	}
	m.at.Timers = append(m.at.Timers, t)
	m.command(Wake{Timer: t.ID, Node: t.Node, At: t.At})
}

// timing reads when a timer fires; moment is the result of its script, if it has one.
func timing(t *Timer, moment json.RawMessage, now time.Time) (due, error) {
	if t == nil {
		return due{}, fmt.Errorf("it does not say when")
	}
	if moment == nil {
		return dueAt(t.text(), now)
	}
	var text string
	if err := json.Unmarshal(moment, &text); err == nil && text != "" {
		return dueAt(text, now)
	}
	var millis *float64
	if err := json.Unmarshal(moment, &millis); err != nil || millis == nil || *millis < 0 || *millis > maxMillis {
		return due{}, fmt.Errorf("its script came to %s: it has to come to an ISO 8601 date, duration or repetition, or to milliseconds since 1970", clip(string(moment)))
	}
	return due{at: time.UnixMilli(int64(*millis)).UTC()}, nil
}

// maxMillis is the end of the year 9999 in milliseconds since 1970.
const maxMillis = 253_402_300_799_999
