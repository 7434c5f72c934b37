package bpm

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// purpose is what a token has scripts evaluated for, and what an incident tries again.
type purpose string

const (
	toArm      purpose = "arm"      // moments of the timers it sets, and keys of the messages it waits for
	toThrow    purpose = "throw"    // the key of the message it sends
	toChoose   purpose = "choose"   // the way out
	toTake     purpose = "take"     // the script of the flow it leaves by
	toRun      purpose = "run"      // a quick script
	toPass     purpose = "pass"     // the script of a timer that fired
	toCount    purpose = "count"    // instances of a loop
	toComplete purpose = "complete" // whether a multi-instance ends early
	toTurn     purpose = "turn"     // whether a standard loop goes on
	toGive     purpose = "give"     // inputs of a call
	toReceive  purpose = "receive"  // outputs of a call

	again  purpose = "again" // only of incidents: enter the node, do its work, look at a join
	toWork purpose = "work"
	toJoin purpose = "join"
)

// script is one to evaluate.
type script struct {
	key string
	use Use
}

// scripts gives what a token has to have evaluated for a purpose.
func (m *machine) scripts(t *token, p purpose) []script {
	n := m.node(t)
	var found []script
	add := func(key string, use Use) {
		if key != "" {
			found = append(found, script{key, use})
		}
	}
	switch p {
	case toArm:
		for _, e := range m.events(t) {
			add(e.Event.asks())
		}
	case toThrow:
		add(n.Event.Key, Key)
	case toChoose:
		if n.Type == ExclusiveGateway && n.Decision != "" {
			return []script{{n.Decision, Choice}}
		}
		for _, f := range m.conditions(n) {
			add(f.Condition, Condition)
		}
	case toTake:
		add(m.flow(t.Flow).OnTake, Action)
	case toRun:
		add(n.Work.Script, Action)
	case toPass:
		if n.Event != nil && n.Event.Type == TimerEvent {
			add(n.Event.Script, Action)
		}
	case toCount:
		add(n.Loop.Count, Number)
	case toComplete:
		add(n.Loop.Complete, Condition)
	case toTurn:
		add(n.Loop.While, Condition)
	case toGive:
		return assignments(n.Inputs)
	case toReceive:
		return assignments(n.Outputs)
	default: // others need none
	}
	return found
}

func assignments(copies []Copy) []script {
	found := make([]script, 0, len(copies))
	for _, c := range copies {
		found = append(found, script{c.Script, Assign})
	}
	return found
}

// ask has the scripts of a purpose evaluated in this wave. When there are none the token goes on at once.
func (m *machine) ask(t *token, p purpose) {
	calls := len(m.scripts(t, p))
	if calls == 0 {
		m.answered(t, p, nil)
		return
	}
	t.For = forScript
	m.at.Asked = append(m.at.Asked, question{Token: t.ID, For: p, Calls: calls})
}

// maxWave is how many bytes of values go into one Evaluate, so that it fits into the history of a workflow. What is more has to wait for the
// next wave.
const maxWave = 512 << 10

// evaluate asks for the scripts of the wave, by the age of their tokens.
func (m *machine) evaluate() {
	m.at.Asked = slices.DeleteFunc(m.at.Asked, func(q question) bool { return m.at.token(q.Token) == nil })
	slices.SortStableFunc(m.at.Asked, func(a, b question) int { return cmp.Compare(a.Token, b.Token) })
	var calls []Call
	size := 0
	for _, q := range m.at.Asked {
		t := m.at.token(q.Token)
		values := m.valuesFor(t, q.For)
		if size += q.Calls * values.size(); size > maxWave && m.at.Open > 0 {
			break
		}
		m.at.Open++
		for _, s := range m.scripts(t, q.For) {
			calls = append(calls, Call{Node: t.Node, Script: s.key, Use: s.use, Values: values})
		}
	}
	if len(calls) == 0 {
		m.settle()
		return
	}
	m.at.Wave = m.at.newID()
	m.command(Evaluate{Wave: m.at.Wave, Calls: calls})
}

// size gives about how many bytes values are when they are written down.
func (v Values) size() int {
	size := 0
	for name, value := range v {
		size += len(name) + len(value)
	}
	return size
}

// valuesFor gives what the scripts of a purpose see: the completion condition of a loop also the counts that BPMN names, outputs of a call
// what the called process ended with.
func (m *machine) valuesFor(t *token, p purpose) Values {
	seen := m.seen(t)
	switch p {
	case toComplete, toTurn:
		for name, count := range t.Loop.counts() {
			seen[name] = json.RawMessage(strconv.Itoa(count))
		}
	case toReceive:
		maps.Copy(seen, t.Given)
	default:
	}
	return seen
}

// evaluated goes on with the results of a wave. What a token asked for that another one has taken away meanwhile is dropped.
func (m *machine) evaluated(o Evaluated) error {
	if m.at.Wave == 0 || o.Wave != m.at.Wave {
		return fmt.Errorf("wave %d is not being evaluated: %d is (0 for none)", o.Wave, m.at.Wave)
	}
	wanted := 0
	for _, q := range m.at.Asked[:m.at.Open] {
		wanted += q.Calls
	}
	if wanted != len(o.Results) {
		return fmt.Errorf("wave %d asked for %d results, and got %d", o.Wave, wanted, len(o.Results))
	}
	asked, results := m.at.Asked[:m.at.Open], sound(o.Results)
	m.at.Wave, m.at.Open, m.at.Asked = 0, 0, slices.Clone(m.at.Asked[m.at.Open:])
	for _, q := range asked {
		mine := results[:q.Calls]
		results = results[q.Calls:]
		if t := m.at.token(q.Token); t != nil && m.at.Status == Running {
			m.answered(t, q.For, mine)
		}
	}
	return nil
}

// sound gives results whose values are JSON: those that are not become faults.
func sound(results []Result) []Result {
	read := make([]Result, len(results))
	for i, r := range results {
		value, err := canonicalValue(r.Value)
		changed, changedErr := canonical(r.Changed)
		if err == nil {
			err = changedErr
		}
		if err != nil && r.Fault == nil {
			r.Fault = &Fault{Code: "not-json", Message: fmt.Sprintf("The script came to something that cannot be written down: %v", err)}
		}
		read[i] = Result{Value: value, Changed: changed, Fault: r.Fault}
	}
	return read
}

// answered goes on with a token when what it asked for is known.
func (m *machine) answered(t *token, p purpose, results []Result) {
	n := m.node(t)
	if p == toChoose {
		m.chosen(t, n, results)
		return
	}
	for _, r := range results {
		if r.Fault == nil {
			continue
		}
		if p == toRun {
			m.fail(t, *r.Fault, 0)
		} else {
			m.alarm(t, p, *r.Fault)
		}
		return
	}
	switch p {
	case toArm:
		m.arm(t, results)
	case toThrow:
		m.throw(t, n, results)
	case toTake, toRun, toPass:
		m.acted(t, p, results)
	case toCount:
		m.counted(t, n, results)
	case toComplete, toTurn:
		m.turned(t, p, results)
	case toGive:
		m.invite(t, n, results)
	case toReceive:
		m.received(t, n, results)
	default: // toChoose is done above, others ask nothing
	}
}

// acted goes on behind a script that may have changed variables.
func (m *machine) acted(t *token, p purpose, results []Result) {
	for _, r := range results {
		m.at.assign(t.Scope, r.Changed)
	}
	switch p {
	case toTake:
		m.taken(t)
	case toRun:
		m.bodyDone(t, "")
	default:
		m.leave(t)
	}
}
