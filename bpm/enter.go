package bpm

import "fmt"

// A process may enter maxMoves nodes before something happens outside: what enters more turns in circles. Once it was stopped there, the
// tokens that are left share spareMoves.
const (
	maxMoves   = 10_000
	spareMoves = 1_000
)

// maxTokens is at how many places a process may be at once.
const maxTokens = 5_000

// crowded reports whether so many more tokens are too many, and stops the token that would make them.
func (m *machine) crowded(t *token, more int, redo purpose) bool {
	if more <= 0 || len(m.at.Tokens)+more <= maxTokens {
		return false
	}
	m.alarm(t, redo, Fault{Code: "too-many", Message: fmt.Sprintf("The process would be at more than %d places at once: there is a fork in a loop, or a loop in a loop, that is too big.", maxTokens)})
	return true
}

// enter brings a token into its node.
func (m *machine) enter(t *token) {
	m.at.Moves++
	if m.at.Moves == maxMoves || m.at.Moves > maxMoves+spareMoves {
		m.alarm(t, again, Fault{Code: "endless", Message: fmt.Sprintf("The process went through %d elements without waiting for anything: there is a loop that nothing ends.", maxMoves)})
		return
	}
	n := m.node(t)
	if n.Loop == nil || t.Inner {
		m.at.Visits[n.ID]++
		t.Visit = m.at.Visits[n.ID]
	}
	m.command(Trace{Node: n.ID, Name: n.Name, Type: n.Type, Enter: true, Instance: m.instance(t)})
	if t.Inner {
		m.body(t)
		return
	}
	switch n.Type {
	case EndEvent:
		m.enterEnd(t, n)
	case ThrowEvent:
		m.enterThrow(t, n)
	case BoundaryEvent:
		m.passed(t)
	case ParallelGateway:
		m.joinParallel(t, n)
	case InclusiveGateway:
		m.enterInclusive(t, n)
	case ExclusiveGateway:
		m.leave(t)
	case CatchEvent:
		m.enterCatch(t, n)
	case StartEvent, EventGateway, UserTask, ScriptTask, ServiceTask, SendTask, CallActivity, SubProcess:
		m.ask(t, toArm)
	default:
		m.alarm(t, again, Fault{Code: "unknown-element", Message: fmt.Sprintf("%s is a %q, which this version does not know: skip it, or move the process elsewhere.", n.ID, n.Type)})
	}
}

// instance gives the number of a loop instance from 1; 0 for a token that is none.
func (m *machine) instance(t *token) int {
	if !t.Inner {
		return 0
	}
	return counterOf(m.at.scope(t.Scope)) + 1
}

func (m *machine) enterCatch(t *token, n *Node) {
	switch {
	case t.Occurred: // before the gateway in front of it
		t.Occurred = false
		m.passed(t)
	case n.Event == nil || n.Event.Type == LinkEvent:
		m.leave(t)
	default:
		m.ask(t, toArm)
	}
}

func (m *machine) enterThrow(t *token, n *Node) {
	switch {
	case n.Event == nil:
		m.leave(t)
	case n.Event.Type == LinkEvent:
		m.jump(t, n)
	case n.Event.Type == EscalationEvent:
		if m.escalate(t, n) {
			m.leave(t)
		}
	default:
		m.ask(t, toThrow)
	}
}

// jump goes on at the link catch event of the same name.
func (m *machine) jump(t *token, n *Node) {
	for _, i := range m.index.children[n.Parent] {
		target := &m.plan.Nodes[i]
		if target.Type == CatchEvent && target.Event != nil && target.Event.Type == LinkEvent && target.Event.Name == n.Event.Name {
			m.left(t, nil, "")
			m.arrive(t, target, "")
			return
		}
	}
	m.alarm(t, again, Fault{Code: "no-link", Message: fmt.Sprintf("%s leads to the link %q, which does not go on anywhere: move the process to another element.", n.ID, n.Event.Name)})
}

func (m *machine) enterEnd(t *token, n *Node) {
	if n.Event == nil {
		m.leaveAndEnd(t)
		return
	}
	switch n.Event.Type {
	case TerminateEvent:
		m.terminate(t)
	case ErrorEvent:
		m.raise(t, n)
	case EscalationEvent:
		if m.escalate(t, n) {
			m.leaveAndEnd(t)
		}
	default:
		m.ask(t, toThrow)
	}
}

func (m *machine) leaveAndEnd(t *token) {
	m.left(t, nil, "")
	m.end(t)
}

// raise throws the error of an end event. What nothing catches ends the process.
func (m *machine) raise(t *token, n *Node) {
	name := n.Name
	if name == "" {
		name = n.ID
	}
	fault := Fault{Code: n.Event.Name, Message: fmt.Sprintf("The process ended with the error %q at %s.", n.Event.Name, name)}
	t.For = forDelivery
	if catcher, found := m.catcher(t, ErrorEvent, fault.Code); found {
		m.caught(catcher)
		return
	}
	m.stop(Broken, &fault, n.ID)
}
