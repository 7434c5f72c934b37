package rehearsal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"provost/bpm"
)

// The kinds of acts and waits.
const (
	complete = "complete"
	fire     = "fire"
	message  = "message"
	signal   = "signal"
	skip     = "skip"
	work     = "work"
	call     = "call"
	timer    = "timer"
	incident = "incident"
)

// mostWaves bounds what follows from one act: a loop that never waits would go on for ever.
const mostWaves = 200

// Errors of acts.
var (
	errNotWaiting = errors.New("the process does not wait for it")
	errEndless    = errors.New("the process goes on without ever waiting: a loop has no way out")
	errNoScripts  = errors.New("this server runs no scripts")
	errKind       = errors.New("there is no such kind of act")
)

// play is one process that is rehearsed.
type play struct {
	service *Service
	plan    *bpm.Plan
	library *bpm.Library
	state   *bpm.State
	now     time.Time
	calls   []int64 // works that other processes would do
	timers  []bpm.Wake
	alarms  []bpm.Alarm
	result  Result
	failure *bpm.Fault
}

// act lets something happen that the process waits for.
func (p *play) act(ctx context.Context, a Act) error {
	switch a.Kind {
	case complete:
		if !slices.ContainsFunc(p.state.Works(), func(w bpm.OpenWork) bool { return w.Work == a.ID }) {
			return errNotWaiting
		}
		return p.happen(ctx, bpm.Done{Work: a.ID, Outcome: a.Outcome, Values: a.Values})
	case fire:
		at := slices.IndexFunc(p.timers, func(w bpm.Wake) bool { return w.Timer == a.ID })
		if at < 0 {
			return errNotWaiting
		}
		if p.timers[at].At.After(p.now) {
			p.now = p.timers[at].At
		}
		p.timers = slices.Delete(p.timers, at, at+1)
		return p.happen(ctx, bpm.Fired{Timer: a.ID})
	case message:
		return p.happen(ctx, bpm.Messaged{Name: a.Name, Key: a.Key, Values: a.Values})
	case signal:
		return p.happen(ctx, bpm.Signalled{Name: a.Name, Values: a.Values})
	case skip:
		return p.happen(ctx, bpm.Skipped{Incident: a.ID, Outcome: a.Outcome, Values: a.Values})
	}
	return errKind
}

// happen brings an occurrence, and does what the process asks for until it waits.
func (p *play) happen(ctx context.Context, o bpm.Occurrence) error {
	next := []bpm.Occurrence{o}
	for wave := 0; len(next) > 0; wave++ {
		if wave > mostWaves {
			return errEndless
		}
		commands, err := p.plan.Step(p.state, p.now, next[0])
		if errors.Is(err, bpm.ErrGone) && wave > 0 {
			next = next[1:]
			continue
		}
		if err != nil {
			return fmt.Errorf("step: %w", err)
		}
		next = next[1:]
		for _, c := range commands {
			answers, err := p.perform(ctx, c)
			if err != nil {
				return err
			}
			next = append(next, answers...)
		}
		// Scripts are answered before anything else happens.
		slices.SortStableFunc(next, func(a, b bpm.Occurrence) int { return cmp.Compare(later(a), later(b)) })
	}
	return nil
}

func later(o bpm.Occurrence) int {
	if _, first := o.(bpm.Evaluated); first {
		return 0
	}
	return 1
}

// perform does what the process asks for, without any effect, and gives what follows at once.
func (p *play) perform(ctx context.Context, c bpm.Command) ([]bpm.Occurrence, error) {
	switch c := c.(type) {
	case bpm.Evaluate:
		results, err := p.evaluate(ctx, c.Calls)
		return []bpm.Occurrence{bpm.Evaluated{Wave: c.Wave, Results: results}}, err
	case bpm.Perform:
		return p.work(ctx, c)
	case bpm.Wake:
		p.timers = append(p.timers, c)
	case bpm.Forget:
		p.timers = slices.DeleteFunc(p.timers, func(w bpm.Wake) bool { return w.Timer == c.Timer })
	case bpm.Invite:
		p.calls = append(p.calls, c.Work)
		p.effect(c.Node, call)
	case bpm.Send:
		p.effect(c.Node, string(c.Type))
	case bpm.Alarm:
		p.alarms = append(p.alarms, c)
	case bpm.Settle:
		p.alarms = slices.DeleteFunc(p.alarms, func(a bpm.Alarm) bool { return a.Incident == c.Incident })
	case bpm.Trace:
		event := "leave"
		if c.Enter {
			event = "enter"
		}
		p.result.Trace = append(p.result.Trace, Step{Element: c.Node, Name: p.plan.Title(c.Node), Event: event, Flow: c.Taken})
	case bpm.Finish:
		p.failure = c.Fault
	}
	return nil, nil
}

func (p *play) evaluate(ctx context.Context, calls []bpm.Call) ([]bpm.Result, error) {
	if p.service.Scripts == nil {
		return nil, errNoScripts
	}
	return p.service.Scripts.Evaluate(ctx, p.library, p.now, calls)
}

// work runs a script, and notes every other work as done.
func (p *play) work(ctx context.Context, c bpm.Perform) ([]bpm.Occurrence, error) {
	n := p.plan.Node(c.Node)
	if n.Work.Type != bpm.Script {
		if n.Work.Type != bpm.Noop {
			p.effect(c.Node, string(n.Work.Type))
		}
		return []bpm.Occurrence{bpm.Done{Work: c.Work}}, nil
	}
	results, err := p.evaluate(ctx, []bpm.Call{{Node: c.Node, Script: n.Work.Script, Use: bpm.Action, Values: c.Values}})
	if err != nil {
		return nil, err
	}
	failed := results[0].Fault
	if failed == nil {
		return []bpm.Occurrence{bpm.Done{Work: c.Work, Values: results[0].Changed}}, nil
	}
	return []bpm.Occurrence{bpm.Failed{Work: c.Work, Fault: *failed}}, nil
}

func (p *play) effect(node, kind string) {
	p.result.Effects = append(p.result.Effects, Effect{Element: node, Name: p.plan.Title(node), Kind: kind})
}

// told writes down where the process is.
func (p *play) told() Result {
	r := p.result
	r.Status, r.Now, r.Values, r.Places = string(p.state.Status()), p.now, p.state.Values(), []Place{}
	if p.failure != nil {
		r.Message = p.failure.Message
	}
	if p.state.Status() != bpm.Running {
		r.Waits = []Wait{}
		return r
	}
	for _, place := range p.state.Places() {
		r.Places = append(r.Places, Place{Element: place.Node, Count: place.Count, Stuck: place.Stuck})
	}
	r.Waits = p.waits()
	return r
}

// waits lists what the process waits for: people first, then time, then others.
func (p *play) waits() []Wait {
	out := []Wait{}
	for _, w := range p.state.Works() {
		if w.By == bpm.ByActivity {
			continue // it waits as an incident
		}
		wait := Wait{Kind: work, ID: w.Work, Element: w.Node, Name: p.plan.Title(w.Node)}
		if slices.Contains(p.calls, w.Work) {
			wait.Kind = call
		}
		if step := p.library.Steps[w.Node]; step != nil {
			wait.Actors, wait.Outcomes = actorsOf(step), step.Decisions
		}
		out = append(out, wait)
	}
	for _, w := range p.timers {
		out = append(out, Wait{Kind: timer, ID: w.Timer, Element: w.Node, Name: p.plan.Title(w.Node), At: &w.At})
	}
	for _, w := range p.state.Waits() {
		out = append(out, Wait{Kind: string(w.Type), Element: w.Node, Name: w.Name, Key: w.Key})
	}
	for _, a := range p.alarms {
		out = append(out, Wait{Kind: incident, ID: a.Incident, Element: a.Node, Name: p.plan.Title(a.Node), Text: a.Fault.Message})
	}
	return out
}

// actorsOf is who does a step, as the definition writes it.
func actorsOf(step *bpm.Step) string {
	switch {
	case step.Actors == nil || step.Actors.Script != "":
		return ""
	case step.Actors.Expression != "":
		return step.Actors.Expression
	case len(step.Actors.Lane) > 0:
		return step.Actors.Lane[0]
	}
	return ""
}
