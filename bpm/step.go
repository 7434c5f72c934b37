package bpm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Errors of Step that a caller may expect. The state is as it was.
var (
	// ErrGone says that the work, timer or incident is over, or the process is. Late answers are normal: there is nothing to do.
	ErrGone = errors.New("the process does not wait for this any more")
	// ErrPending says that an Evaluate has to be answered first.
	ErrPending = errors.New("scripts are being evaluated: answer the Evaluate first")
)

// Step brings something that happened to a process, and goes on until everything waits. It changes the state and gives the commands to
// perform, in their order. now is the time, of any zone; it must not go back.
//
// While an Evaluate is open, only Evaluated and Cancelled are taken: others are refused with ErrPending. What comes too late gives ErrGone.
// Every other error is a mistake of the caller. With any error the state is unchanged and there are no commands. Mistakes of the definition
// become an Alarm: the token waits for an operator while the others go on.
func (p *Plan) Step(s *State, now time.Time, o Occurrence) ([]Command, error) {
	x, err := p.index()
	if err != nil {
		return nil, err
	}
	m := &machine{plan: p, index: x, at: &s.at, now: now.UTC()}
	if err := m.fits(); err != nil {
		return nil, err
	}
	if err := m.accept(o); err != nil {
		return nil, err
	}
	m.settle()
	return m.commands, nil
}

// machine is one step of one process.
type machine struct {
	plan     *Plan
	index    *index
	at       *position
	now      time.Time
	commands []Command
	ready    []int64 // tokens that move, the lowest first
	thrown   []thrown
	listened bool // a wait was added: a kept message may be for it
}

// fits reports a state that was made with another plan.
func (m *machine) fits() error {
	known := ""
	for _, t := range m.at.Tokens {
		if t.Node == known { // instances of a loop stand in a row
			continue
		}
		known = t.Node
		if _, found := m.index.nodes[known]; !found {
			return fmt.Errorf("the process is at %s, which plan %s does not have: it runs on another plan", t.Node, m.plan.ID)
		}
	}
	return nil
}

func (m *machine) accept(o Occurrence) error {
	if started, is := o.(Started); is {
		return m.start(started)
	}
	if m.at.Status == "" {
		return fmt.Errorf("%T comes before Started", o)
	}
	if m.at.Status != Running {
		return ErrGone
	}
	switch o := o.(type) {
	case Evaluated:
		return m.evaluated(o)
	case Cancelled:
		m.cancel(o)
		return nil
	}
	if m.at.Wave != 0 {
		return ErrPending
	}
	return m.happen(o)
}

func (m *machine) happen(o Occurrence) error {
	var err error
	switch o := o.(type) {
	case Done:
		err = m.done(o)
	case Failed:
		err = m.failed(o)
	case Fired:
		err = m.fired(o)
	case Messaged:
		err = m.messaged(o)
	case Signalled:
		err = m.signalled(o)
	case Retried:
		err = m.retried(o)
	case Skipped:
		err = m.skipped(o)
	case Moved:
		err = m.moved(o)
	case Migrated:
		err = m.migrated(o)
	default:
		err = fmt.Errorf("%T is nothing that happens to a process", o)
	}
	if err == nil {
		m.at.Moves = 0
	}
	return err
}

// start begins the process at its start event.
func (m *machine) start(o Started) error {
	if m.at.Status != "" {
		return errors.New("the process has started already")
	}
	given, err := canonical(o.Values)
	if err != nil {
		return err
	}
	n, err := m.entrance(o.Message)
	if err != nil {
		return err
	}
	values := Values{}
	for _, v := range m.plan.Variables {
		if values[v.Name], err = canonicalValue(v.Default); err != nil {
			return fmt.Errorf("default of variable %s is no JSON: %w", v.Name, err)
		}
	}
	maps.Copy(values, given)
	*m.at = position{Format: PlanFormat, Status: Running, Values: values, Visits: map[string]int{}}
	s := m.open(0, nil)
	m.put(s, n)
	return nil
}

// entrance is the start event for a message, or, without one, for everything else: people, or a timer.
func (m *machine) entrance(message string) (*Node, error) {
	var timed *Node
	for _, n := range m.starts(None) {
		switch {
		case n.Event == nil && message == "":
			return n, nil
		case n.Event != nil && n.Event.Type == MessageEvent && message != "" && n.Event.Name == message:
			return n, nil
		case n.Event != nil && n.Event.Type == TimerEvent && message == "":
			timed = n
		}
	}
	if timed != nil {
		return timed, nil
	}
	if message != "" {
		return nil, fmt.Errorf("process %s does not start by message %q", m.plan.ID, message)
	}
	return nil, fmt.Errorf("process %s starts by a message only: name it", m.plan.ID)
}

// settle moves tokens until all of them wait.
func (m *machine) settle() {
	for m.at.Status == Running {
		switch {
		case len(m.ready) > 0:
			m.moveNext()
		case m.deliver():
		case len(m.at.Asked) > 0:
			m.evaluate()
			return
		case m.joinInclusive():
		default:
			m.stuck()
			return
		}
	}
}

// moveNext enters the node of the oldest token that moves.
func (m *machine) moveNext() {
	id := m.ready[0]
	m.ready = m.ready[1:]
	if t := m.at.token(id); t != nil && t.For == "" {
		m.enter(t)
	}
}

// move lets a token enter the node that it is at.
func (m *machine) move(t *token) {
	t.For = ""
	i, found := slices.BinarySearch(m.ready, t.ID)
	if !found {
		m.ready = slices.Insert(m.ready, i, t.ID)
	}
}

func (m *machine) command(c Command) { m.commands = append(m.commands, c) }

// seen gives what the scripts of a token see.
func (m *machine) seen(t *token) Values { return m.at.visible(t.Scope) }
