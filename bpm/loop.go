package bpm

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// maxInstances is how many instances a multi-instance may have.
const maxInstances = 2_000

// counter is the variable of an instance that holds its number, from 0.
const counter = "loopCounter"

// loop begins a loop: it finds out how many instances there are.
func (m *machine) loop(t *token, n *Node) {
	t.Loop = &turns{Type: n.Loop.Type}
	if n.Loop.Type != StandardLoop {
		m.ask(t, toCount)
		return
	}
	if n.Loop.Before {
		m.ask(t, toTurn)
		return
	}
	m.instances(t, 1)
}

// counted begins the instances of a multi-instance.
func (m *machine) counted(t *token, n *Node, results []Result) {
	source := m.seen(t)[n.Loop.Collection]
	if n.Loop.Count != "" {
		source = results[0].Value
	}
	items, total, err := elements(source)
	if err != nil {
		m.alarm(t, toCount, Fault{Code: "not-countable", Message: fmt.Sprintf("The loop of %s cannot begin: %v.", n.ID, err)})
		return
	}
	begin := min(1, total)
	if t.Loop.Type == ParallelLoop {
		begin = total
	}
	if m.crowded(t, begin-1, toCount) {
		return
	}
	t.Loop.Total = total
	if n.Loop.Element != "" {
		t.Loop.Items = items
	}
	m.instances(t, begin)
}

// elements reads what a loop goes over: a list, or only a number. Nothing is no element.
func elements(source json.RawMessage) (items []json.RawMessage, total int, err error) {
	if len(source) == 0 {
		return nil, 0, nil
	}
	var number *float64
	if err := json.Unmarshal(source, &items); err == nil {
		total = len(items)
	} else {
		if err := json.Unmarshal(source, &number); err != nil || *number < 0 || *number != math.Trunc(*number) {
			return nil, 0, fmt.Errorf("%s is neither a list nor a whole number", clip(string(source)))
		}
		total = int(min(*number, maxInstances+1))
	}
	if total > maxInstances {
		return nil, 0, fmt.Errorf("it would have more than %d instances", maxInstances)
	}
	return items, total, nil
}

// instances begins so many more instances. With none the loop is over.
func (m *machine) instances(t *token, count int) {
	if count == 0 {
		m.loopDone(t)
		return
	}
	t.For = forInstances
	n := m.node(t)
	for range count {
		locals := Values{counter: json.RawMessage(strconv.Itoa(t.Loop.Begun))}
		if n.Loop.Element != "" {
			locals[n.Loop.Element] = t.Loop.next()
		}
		t.Loop.Begun++
		m.put(m.open(t.ID, locals), n).Inner = true
	}
}

// next takes the element of the next instance; null where the loop only counts.
func (l *turns) next() json.RawMessage {
	if len(l.Items) == 0 {
		return json.RawMessage("null")
	}
	item := l.Items[0]
	l.Items = l.Items[1:]
	if item == nil {
		return json.RawMessage("null")
	}
	return item
}

// counterOf gives the number of the instance that a scope is.
func counterOf(s *scope) int {
	number, err := strconv.Atoi(string(s.Values[counter]))
	if err != nil {
		return 0
	}
	return number
}

// instanceDone ends one instance of a loop and sees how the loop goes on.
func (m *machine) instanceDone(inner *token, outcome string) {
	s := m.at.scope(inner.Scope)
	t := m.at.token(s.Owner)
	m.strip(inner, inner.Node)
	m.left(inner, nil, outcome)
	m.remove(inner)
	m.close(s)
	t.Loop.Ended++
	if outcome != "" {
		t.Loop.Outcome = outcome
	}
	if t.For != forInstances {
		return // it has asked already, or waits for an operator
	}
	m.afterInstance(t)
}

// afterInstance asks whether a loop goes on, where that is to be asked.
func (m *machine) afterInstance(t *token) {
	n := m.node(t)
	switch {
	case t.Loop.Type != StandardLoop:
		m.ask(t, toComplete)
	case n.Loop.While == "" && n.Loop.Maximum == 0:
		m.loopDone(t)
	default:
		m.ask(t, toTurn)
	}
}

// turned goes on with a loop when it is known whether it ends (a multi-instance) or goes on (a standard loop).
func (m *machine) turned(t *token, p purpose, results []Result) {
	n := m.node(t)
	holds := p == toTurn
	if len(results) > 0 {
		var fault *Fault
		if holds, fault = truth(results[0]); fault != nil {
			m.alarm(t, p, *fault)
			return
		}
	}
	t.For = forInstances
	running := t.Loop.Begun - t.Loop.Ended
	switch {
	case p == toComplete && (holds || (running == 0 && t.Loop.Begun == t.Loop.Total)):
		m.loopDone(t)
	case p == toComplete && t.Loop.Type == SequentialLoop:
		m.instances(t, 1)
	case p == toTurn && (!holds || t.Loop.Begun >= n.Loop.limit()):
		m.loopDone(t)
	case p == toTurn:
		m.instances(t, 1)
	}
}

// limit is the number of turns that a standard loop may take: any, when it does not say.
func (l *Loop) limit() int {
	if l.Maximum > 0 {
		return l.Maximum
	}
	return math.MaxInt
}

// loopDone leaves a loop and takes back the instances that still run.
func (m *machine) loopDone(t *token) {
	m.leaveActivity(t, t.Loop.Outcome)
}

// counts gives how far a loop is, in BPMN's words.
func (l *turns) counts() map[string]int {
	return map[string]int{
		"numberOfInstances":          max(l.Total, l.Begun),
		"numberOfActiveInstances":    l.Begun - l.Ended,
		"numberOfCompletedInstances": l.Ended,
	}
}
