package bpm

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// errTired says that a process goes on longer than a player wants to follow.
var errTired = errors.New("too many waves")

// morning is when scenarios begin.
var morning = time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC)

// player plays a scenario: it performs commands as an engine would, and writes down what it was told to do.
type player struct {
	t       testing.TB
	plan    *Plan
	scripts map[string]string // by key; a key that is not here is the script itself
	state   *State
	now     time.Time
	last    Occurrence
	wave    *Evaluate // the last
	hold    bool      // leave the next Evaluate unanswered
	works   []playedWork
	timers  []Wake
	alarms  []Alarm
	lines   []string
	waves   int                 // that may be answered after one occurrence; 0 for any number
	carry   func(*State) *State // what happens to the state between two steps
	sent    []Command
}

type playedWork struct {
	id   int64
	node string
}

func play(tb testing.TB, plan *Plan) *player {
	tb.Helper()
	return &player{t: tb, plan: plan, state: &State{}, now: morning, carry: func(s *State) *State { return s }}
}

// do takes one step and answers every Evaluate, unless it was told to hold the next.
func (p *player) do(o Occurrence) error {
	p.t.Helper()
	p.last = o
	for wave := 0; ; wave++ {
		commands, err := p.plan.Step(p.state, p.now, o)
		if err != nil {
			return err
		}
		p.state = p.carry(p.state)
		asked := p.state.at.Asked[:p.state.at.Open]
		require.True(p.t, slices.IsSortedFunc(asked, func(a, b question) int { return cmp.Compare(a.Token, b.Token) }), "a wave asks by the age of tokens")
		p.sent = append(p.sent, commands...)
		before := p.wave
		for _, c := range commands {
			p.perform(c)
		}
		if p.waves > 0 && wave == p.waves {
			return errTired
		}
		if p.wave == before || p.hold {
			p.hold = false
			return nil
		}
		o = p.answer()
	}
}

// answer evaluates the scripts that were asked for.
func (p *player) answer() Evaluated {
	answer := Evaluated{Wave: p.wave.Wave}
	for _, c := range p.wave.Calls {
		answer.Results = append(answer.Results, evaluateCall(p.script(c.Script), c.Values))
	}
	return answer
}

func (p *player) script(key string) string {
	if text, found := p.scripts[key]; found {
		return text
	}
	return key
}

// perform writes a command down and remembers what it opens.
func (p *player) perform(c Command) {
	switch c := c.(type) {
	case Evaluate:
		p.wave = &c
		texts := make([]string, 0, len(c.Calls))
		for _, call := range c.Calls {
			texts = append(texts, fmt.Sprintf("%s of %s: %s", call.Use, call.Node, p.script(call.Script)))
		}
		p.write("evaluate %s", strings.Join(texts, " | "))
	case Perform:
		p.works = append(p.works, playedWork{c.Work, c.Node})
		p.write("perform %s, visit %d%s", c.Node, c.Visit, written(c.Values))
	case Ask:
		p.works = append(p.works, playedWork{c.Work, c.Node})
		p.write("ask %s, visit %d%s", c.Node, c.Visit, written(c.Values))
	case Invite:
		p.works = append(p.works, playedWork{c.Work, c.Node})
		p.write("invite %s to %s, visit %d%s", c.Called, c.Node, c.Visit, written(c.Values))
	case TakeBack:
		p.write("take back %s, because of %s", p.close(c.Work), c.Reason)
	case Wake:
		p.timers = append(p.timers, c)
		p.write("wake %s at %s", c.Node, c.At.Format(time.RFC3339))
	case Forget:
		p.write("forget %s", p.forget(c.Timer))
	case Alarm:
		p.alarms = append(p.alarms, c)
		p.write("alarm %s at %s: %s", c.Fault.Code, c.Node, c.Fault.Message)
	case Settle:
		p.alarms = slices.DeleteFunc(p.alarms, func(a Alarm) bool { return a.Incident == c.Incident })
		p.write("settle")
	case Send:
		p.write("send %s %s from %s", c.Type, strings.TrimSpace(c.Name+" "+c.Key), c.Node)
	case Trace:
		p.trace(c)
	case Finish:
		if c.Fault != nil {
			p.write("finish %s: %s %s", c.Status, c.Fault.Code, c.Fault.Message)
			return
		}
		p.write("finish %s", c.Status)
	}
}

func (p *player) trace(c Trace) {
	node := c.Node
	if c.Instance > 0 {
		node = fmt.Sprintf("%s[%d]", node, c.Instance)
	}
	if c.Enter {
		p.write("enter %s", node)
		return
	}
	line := "leave " + node
	if c.Taken != "" {
		line += " by " + c.Taken
	}
	if c.Outcome != "" {
		line += " (" + c.Outcome + ")"
	}
	p.write("%s", line)
}

func (p *player) write(format string, args ...any) {
	p.lines = append(p.lines, fmt.Sprintf(format, args...))
}

// written gives the values that are something in one line, for people.
func written(values Values) string {
	words := make([]string, 0, len(values))
	for _, name := range sorted(values) {
		if value := string(values[name]); value != "null" {
			words = append(words, name+"="+value)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return ": " + strings.Join(words, " ")
}

// close removes a work from the open ones and gives its node.
func (p *player) close(id int64) string {
	i := slices.IndexFunc(p.works, func(w playedWork) bool { return w.id == id })
	require.GreaterOrEqual(p.t, i, 0, "work %d was never opened, or is closed", id)
	node := p.works[i].node
	p.works = slices.Delete(p.works, i, i+1)
	return node
}

func (p *player) forget(id int64) string {
	i := slices.IndexFunc(p.timers, func(w Wake) bool { return w.Timer == id })
	require.GreaterOrEqual(p.t, i, 0, "timer %d was never set, or is over", id)
	node := p.timers[i].Node
	p.timers = slices.Delete(p.timers, i, i+1)
	return node
}

// workAt gives the open work of a node; "A#2" is the second.
func (p *player) workAt(place string) int64 {
	p.t.Helper()
	node, number, _ := strings.Cut(place, "#")
	nth := 1
	if number != "" {
		_, err := fmt.Sscan(number, &nth)
		require.NoError(p.t, err)
	}
	for _, w := range p.works {
		if w.node != node {
			continue
		}
		if nth--; nth == 0 {
			return w.id
		}
	}
	require.Fail(p.t, "no work is open at "+place)
	return 0
}

func (p *player) done(place, outcome string, values Values) error {
	p.t.Helper()
	id := p.workAt(place)
	p.close(id)
	return p.do(Done{Work: id, Outcome: outcome, Values: values})
}

func (p *player) fail(place, code, text string) error {
	p.t.Helper()
	id := p.workAt(place)
	p.close(id)
	return p.do(Failed{Work: id, Fault: Fault{Code: code, Message: text}})
}

// advance lets time pass: timers fire when they are due, in their order.
func (p *player) advance(period string) error {
	p.t.Helper()
	d, err := ParsePeriod(period)
	require.NoError(p.t, err)
	until, err := d.After(p.now)
	require.NoError(p.t, err)
	for {
		due := slices.DeleteFunc(slices.Clone(p.timers), func(w Wake) bool { return w.At.After(until) })
		if len(due) == 0 {
			p.now = until
			return nil
		}
		slices.SortStableFunc(due, func(a, b Wake) int { return a.At.Compare(b.At) })
		if p.now.Before(due[0].At) {
			p.now = due[0].At
		}
		p.forget(due[0].Timer)
		if err := p.do(Fired{Timer: due[0].Timer}); err != nil {
			return err
		}
	}
}

// where writes down what the process waits for.
func (p *player) where() string {
	if p.state.Status() != Running {
		return fmt.Sprintf("= %s%s", p.state.Status(), written(p.state.Values()))
	}
	places := make([]string, 0, len(p.state.Places()))
	for _, place := range p.state.Places() {
		word := place.Node
		if place.Count > 1 {
			word = fmt.Sprintf("%s x%d", word, place.Count)
		}
		if place.Stuck > 0 {
			word += " (stuck)"
		}
		places = append(places, word)
	}
	return "= at " + strings.Join(places, ", ") + written(p.state.Values())
}

// carried gives a state that was written down and read again.
func carried(tb testing.TB, s *State) *State {
	tb.Helper()
	data, err := json.Marshal(s)
	require.NoError(tb, err)
	read := &State{}
	require.NoError(tb, json.Unmarshal(data, read))
	again, err := json.Marshal(read)
	require.NoError(tb, err)
	require.Equal(tb, string(data), string(again))
	return read
}
