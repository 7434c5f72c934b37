package bpm

import (
	"cmp"
	"slices"
)

// open begins a scope that a token owns; 0 owns the process itself.
func (m *machine) open(owner int64, locals Values) *scope {
	s := &scope{ID: m.at.newID(), Owner: owner, Values: locals}
	m.at.Scopes = append(m.at.Scopes, s)
	return s
}

// put makes a token that is about to enter a node.
func (m *machine) put(s *scope, n *Node) *token {
	t := &token{ID: m.at.newID(), Scope: s.ID, Node: n.ID, Type: n.Type}
	m.at.Tokens = append(m.at.Tokens, t)
	s.Live++
	m.move(t)
	return t
}

// end takes a token away that has gone its way. With the last one its scope ends, and what waits for the scope goes on.
func (m *machine) end(t *token) {
	s := m.at.scope(t.Scope)
	m.remove(t)
	if s.Live > 0 {
		return
	}
	m.close(s)
	owner := m.at.token(s.Owner)
	if owner == nil {
		m.finish(Completed, nil)
		return
	}
	m.bodyDone(owner, "")
}

// remove takes a token out of the state, without anything it owns.
func (m *machine) remove(t *token) {
	i, found := slices.BinarySearchFunc(m.at.Tokens, t.ID, func(t *token, id int64) int { return cmp.Compare(t.ID, id) })
	if !found {
		return
	}
	m.at.Tokens = slices.Delete(m.at.Tokens, i, i+1)
	if s := m.at.scope(t.Scope); s != nil {
		s.Live--
	}
}

// close takes an empty scope out of the state, with the timers and waits of its event sub-processes.
func (m *machine) close(s *scope) {
	m.disarm(s.ID)
	i, found := slices.BinarySearchFunc(m.at.Scopes, s.ID, func(s *scope, id int64) int { return cmp.Compare(s.ID, id) })
	if found {
		m.at.Scopes = slices.Delete(m.at.Scopes, i, i+1)
	}
}

// kill takes a token away with all that it waits for. Its scope is the caller's concern. why is for people.
func (m *machine) kill(t *token, why string) {
	m.strip(t, why)
	if inside(t) {
		m.left(t, nil, "")
	}
	m.remove(t)
}

// inside reports whether a token has entered its node and not left it.
func inside(t *token) bool { return t.For != "" && !t.Leaving }

// strip takes everything from a token that it waits for: scopes, work, timers, waits and an incident.
func (m *machine) strip(t *token, why string) {
	for _, s := range m.owned(t) {
		m.clear(s, why)
		m.close(s)
	}
	if _, open := m.at.takeWork(t.Work); open {
		m.command(TakeBack{Work: t.Work, Reason: why})
	}
	t.Work = 0
	if t.Armed {
		m.disarm(t.ID)
		t.Armed = false
	}
	m.settleIncident(t)
}

// owned gives the scopes that a token waits for.
func (m *machine) owned(t *token) []*scope {
	if t.For != forScope && t.Loop == nil {
		return nil
	}
	var scopes []*scope
	for _, s := range m.at.Scopes {
		if s.Owner == t.ID {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// clear takes all tokens of a scope away.
func (m *machine) clear(s *scope, why string) {
	for _, t := range m.tokensIn(s.ID) {
		m.kill(t, why)
	}
}

func (m *machine) tokensIn(scope int64) []*token {
	var tokens []*token
	for _, t := range m.at.Tokens {
		if t.Scope == scope {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// disarm takes back the timers and waits of a token or scope.
func (m *machine) disarm(owner int64) {
	m.at.Timers = slices.DeleteFunc(m.at.Timers, func(t timer) bool {
		if t.Owner != owner {
			return false
		}
		m.command(Forget{Timer: t.ID})
		return true
	})
	m.at.Waits = slices.DeleteFunc(m.at.Waits, func(w wait) bool { return w.Owner == owner })
}

// terminate ends a scope at once, whatever is in it.
func (m *machine) terminate(t *token) {
	s := m.at.scope(t.Scope)
	for _, other := range m.tokensIn(s.ID) {
		if other.ID != t.ID {
			m.kill(other, t.Node)
		}
	}
	m.left(t, nil, "")
	m.end(t)
}

// cancel ends the process from outside.
func (m *machine) cancel(o Cancelled) {
	m.stop(Withdrawn, nil, o.Reason)
}

// stop takes everything away and ends the process.
func (m *machine) stop(status Status, fault *Fault, why string) {
	for _, s := range slices.Clone(m.at.Scopes) {
		if s.Owner == 0 {
			m.clear(s, why)
			m.close(s)
		}
	}
	m.finish(status, fault)
}

// finish says how the process ended. Nothing is left of it but its values.
func (m *machine) finish(status Status, fault *Fault) {
	for _, i := range m.at.Incidents {
		m.command(Settle{Incident: i.ID})
	}
	for _, t := range m.thrown {
		m.sendOut(t)
	}
	*m.at = position{Format: PlanFormat, Status: status, Values: m.at.Values, Last: m.at.Last, Visits: m.at.Visits}
	m.ready, m.thrown = nil, nil
	m.command(Finish{Status: status, Fault: fault})
}
