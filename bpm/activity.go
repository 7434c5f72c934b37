package bpm

import "fmt"

// begin starts an activity whose boundary events are armed.
func (m *machine) begin(t *token, n *Node) {
	if n.Loop != nil {
		m.loop(t, n)
		return
	}
	m.body(t)
}

// body does what an activity is for, once.
func (m *machine) body(t *token) {
	n := m.node(t)
	switch {
	case n.Type == SubProcess:
		m.openBody(t, n)
	case n.Type == CallActivity:
		m.ask(t, toGive)
	case n.Work == nil && n.Type == UserTask, n.Work != nil && n.Work.People():
		m.hire(t, ByPeople)
		m.command(Ask{Work: t.Work, Node: n.ID, Visit: t.Visit, Values: m.seen(t)})
	case n.Work == nil || n.Work.Type == Noop:
		m.bodyDone(t, "")
	case n.Work.Type == Script && n.Work.Quick:
		m.ask(t, toRun)
	default:
		m.hire(t, ByActivity)
		m.command(Perform{Work: t.Work, Node: n.ID, Visit: t.Visit, Values: m.seen(t)})
	}
}

// hire opens work that a token waits for.
func (m *machine) hire(t *token, by Doer) {
	t.For, t.Work = forWork, m.at.newID()
	m.at.Works = append(m.at.Works, work{ID: t.Work, Token: t.ID, By: by})
}

// invite calls another process with the values that were evaluated, or with all of them.
func (m *machine) invite(t *token, n *Node, results []Result) {
	values := m.seen(t)
	if len(n.Inputs) > 0 {
		values = Values{}
		for i, c := range n.Inputs {
			values[c.Name] = results[i].Value
		}
	}
	m.hire(t, ByProcess)
	m.command(Invite{Work: t.Work, Node: n.ID, Visit: t.Visit, Called: n.Called, Values: values})
}

// received takes over the outputs of a call.
func (m *machine) received(t *token, n *Node, results []Result) {
	outputs := make(Values, len(n.Outputs))
	for i, c := range n.Outputs {
		outputs[c.Name] = results[i].Value
	}
	m.at.assign(t.Scope, outputs)
	m.bodyDone(t, "")
}

// openBody begins the inside of a sub-process.
func (m *machine) openBody(t *token, n *Node) {
	for _, start := range m.starts(m.index.nodes[n.ID]) {
		if start.ID == t.Starts || (t.Starts == "" && start.Event == nil) {
			t.For = forScope
			m.put(m.open(t.ID, nil), start)
			return
		}
	}
	m.alarm(t, toWork, Fault{Code: "no-start", Message: fmt.Sprintf("Sub-process %s has no start event: skip it.", n.ID)})
}

// done ends work with the values that it changes.
func (m *machine) done(o Done) error {
	values, err := canonical(o.Values)
	if err != nil {
		return err
	}
	w, open := m.at.takeWork(o.Work)
	if !open {
		return ErrGone
	}
	t := m.at.token(w.Token)
	t.Work = 0
	if w.By == ByProcess {
		t.Given = values
		m.ask(t, toReceive)
		return nil
	}
	m.at.assign(t.Scope, values)
	m.bodyDone(t, o.Outcome)
	return nil
}

// failed ends work without success.
func (m *machine) failed(o Failed) error {
	w, open := m.at.takeWork(o.Work)
	if !open {
		return ErrGone
	}
	t := m.at.token(w.Token)
	t.Work = 0
	m.fail(t, o.Fault, o.Work)
	return nil
}

// fail brings the fault of an activity to what catches it, else to an operator.
func (m *machine) fail(t *token, fault Fault, failed int64) {
	if catcher, found := m.catcher(t, ErrorEvent, fault.Code); found {
		m.caught(catcher)
		return
	}
	redo := toWork
	if failed == 0 {
		redo = toRun
	}
	m.alarmFor(t, redo, fault, failed)
}

// bodyDone goes on when an activity, or an instance of it, has done its work.
func (m *machine) bodyDone(t *token, outcome string) {
	n := m.node(t)
	if fault := m.undecided(n, outcome); fault != nil {
		m.alarm(t, toWork, *fault)
		return
	}
	if t.Inner {
		m.instanceDone(t, outcome)
		return
	}
	m.leaveActivity(t, outcome)
}

// leaveActivity leaves an activity: what waits at its border waits no more.
func (m *machine) leaveActivity(t *token, outcome string) {
	m.strip(t, t.Node)
	t.Loop = nil
	m.leaveBy(t, outcome)
}
