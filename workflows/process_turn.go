package workflows

import (
	"errors"
	"fmt"
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"provost/bpm"
	"provost/internal/process"
)

// turn is what one occurrence, or several of the same time, come to. Nothing of it is done before the interpreter is through with them.
type turn struct {
	record  process.Record
	asks    []bpm.Ask
	works   []bpm.Perform
	wakes   []bpm.Wake
	forgets []bpm.Forget
	refused error // by the interpreter
}

// take gives occurrences to the interpreter, does what it asks for, and writes the ledger. Where it takes tasks back that people completed
// a moment before, their decisions go first: whoever was told that a decision is kept is right.
func (p *instance) take(ctx workflow.Context, batch ...bpm.Occurrence) error {
	before, err := p.state.Clone()
	if err != nil {
		return fmt.Errorf("keep state: %w", err)
	}
	t, err := p.interpret(ctx, batch)
	if err != nil {
		p.state = *before
		return err
	}
	if t.refused != nil {
		p.state = *before
		return p.refuse(ctx, batch[0], t.refused)
	}
	faster, err := p.faster(ctx, batch[0], t)
	if err != nil {
		p.state = *before
		return err
	}
	if len(faster) > 0 {
		p.state = *before
		p.inbox = slices.Concat(faster, batch, p.inbox)
		return nil
	}
	if m, ok := batch[0].(migration); ok {
		p.plan, p.in.Version = *m.Plan, m.version
		p.rename(m.Elements)
		t.record.Entry.Version, t.record.Entry.Renamed = &m.version, m.Elements
	}
	if err := p.perform(ctx, t); err != nil || !p.rewritten {
		return err
	}
	after, err := p.state.Clone()
	if err != nil {
		return fmt.Errorf("write state down: %w", err)
	}
	p.state = *after
	return nil
}

// rename has background work listed under the elements that took the place of its own.
func (p *instance) rename(elements map[string]string) {
	for _, work := range sortedKeys(p.works) {
		if to, renamed := elements[p.works[work].node]; renamed {
			p.works[work].node = to
		}
	}
}

// interpret lets the interpreter go as far as it comes, with the results of the scripts it asks for on the way. What comes too late is
// dropped.
func (p *instance) interpret(ctx workflow.Context, batch []bpm.Occurrence) (*turn, error) {
	t := &turn{}
	for _, o := range batch {
		if m, ok := o.(migration); ok {
			o = m.Migrated
		}
		for o != nil {
			commands, err := p.plan.Step(&p.state, workflow.Now(ctx), o)
			if errors.Is(err, bpm.ErrGone) {
				break
			}
			if t.refused = err; err != nil {
				return t, nil //nolint:nilerr // a refusal is an answer
			}
			if o, err = p.evaluate(ctx, t.gather(commands)); err != nil {
				return nil, err
			}
		}
	}
	t.dropEnded()
	return t, nil
}

// gather sorts commands by what is to be done about them, and gives the scripts that come first.
func (t *turn) gather(commands []bpm.Command) (wave *bpm.Evaluate) {
	entry := &t.record.Entry
	for _, command := range commands {
		switch c := command.(type) {
		case bpm.Evaluate:
			wave = &c
		case bpm.Perform:
			t.works = append(t.works, c)
		case bpm.Ask:
			t.asks = append(t.asks, c)
		case bpm.Invite:
			t.record.Calls = append(t.record.Calls, c)
		case bpm.Send:
			entry.Sent = append(entry.Sent, c)
		case bpm.TakeBack:
			entry.Closed = append(entry.Closed, c)
		case bpm.Wake:
			t.wakes = append(t.wakes, c)
		case bpm.Forget:
			t.forgets = append(t.forgets, c)
		case bpm.Alarm:
			entry.Incidents = append(entry.Incidents, c)
		case bpm.Settle:
			entry.SolvedIncidents = append(entry.SolvedIncidents, c.Incident)
		case bpm.Trace:
			entry.Traces = append(entry.Traces, c)
		case bpm.Finish:
			entry.Finish = &c
		}
	}
	return wave
}

// dropEnded leaves out what a turn began and took back itself.
func (t *turn) dropEnded() {
	closed := map[int64]bool{}
	for _, c := range t.record.Entry.Closed {
		closed[c.Work] = true
	}
	forgotten := map[int64]bool{}
	for _, c := range t.forgets {
		forgotten[c.Timer] = true
	}
	t.asks = slices.DeleteFunc(t.asks, func(a bpm.Ask) bool { return closed[a.Work] })
	t.works = slices.DeleteFunc(t.works, func(w bpm.Perform) bool { return closed[w.Work] })
	t.wakes = slices.DeleteFunc(t.wakes, func(w bpm.Wake) bool { return forgotten[w.Timer] })
	t.record.Calls = slices.DeleteFunc(t.record.Calls, func(c bpm.Invite) bool { return closed[c.Work] })
}

// faster closes the tasks that a turn takes back, and gives the decisions of those that people completed before. A cancelled process
// wants none of them.
func (p *instance) faster(ctx workflow.Context, o bpm.Occurrence, t *turn) ([]bpm.Occurrence, error) {
	if _, cancelled := o.(bpm.Cancelled); cancelled || len(t.record.Entry.Closed) == 0 {
		return nil, nil
	}
	works := make([]int64, len(t.record.Entry.Closed))
	for i, c := range t.record.Entry.Closed {
		works[i] = c.Work
	}
	var decisions []process.Decision
	reason := t.record.Entry.Closed[0].Reason
	if err := workflow.ExecuteLocalActivity(lasting(ctx), processes.TakeTasksBack, p.in.ID, works, reason).Get(ctx, &decisions); err != nil {
		return nil, fmt.Errorf("take tasks back: %w", err)
	}
	return finished(decisions), nil
}

// perform does what a turn came to: clocks and work are taken back and begun, the ledger is written, and people are asked.
func (p *instance) perform(ctx workflow.Context, t *turn) error {
	for _, c := range t.record.Entry.Closed {
		p.stop(c.Work)
	}
	for _, c := range t.forgets {
		p.forget(c.Timer)
	}
	for _, c := range t.wakes {
		p.wake(ctx, c)
	}
	for _, c := range t.works {
		p.work(ctx, c)
	}
	if err := p.record(ctx, t.record); err != nil {
		return err
	}
	if err := p.open(ctx, t.asks); err != nil {
		return err
	}
	return p.tell(ctx)
}

// record writes the next entry of the ledger. Called processes that cannot be started fail the work that waits for them.
func (p *instance) record(ctx workflow.Context, r process.Record) error {
	p.seq++
	e := &r.Entry
	e.Process, e.Seq, e.At = p.in.ID, p.seq, workflow.Now(ctx)
	e.Status, e.Values, e.Timers = p.state.Status(), p.state.Values(), p.pending()
	for _, place := range p.state.Places() {
		e.Places = append(e.Places, place.Node)
		if title := p.plan.Title(place.Node); !slices.Contains(e.Steps, title) {
			e.Steps = append(e.Steps, title)
		}
	}
	for _, w := range p.state.Waits() {
		e.Waits = append(e.Waits, process.Wait{Type: w.Type, Name: w.Name, Key: w.Key, Element: w.Node})
	}
	var failed []bpm.Failed
	if err := workflow.ExecuteLocalActivity(lasting(ctx), processes.WriteLedger, r).Get(ctx, &failed); err != nil {
		return fmt.Errorf("write ledger: %w", err)
	}
	for _, f := range failed {
		p.inbox = append(p.inbox, f)
	}
	return nil
}

// pending lists the clocks that run and the work that goes on in the background.
func (p *instance) pending() []process.Job {
	var jobs []process.Job
	for _, t := range p.state.Timers() {
		jobs = append(jobs, process.Job{
			Kind: process.TimerJob, Key: t.Timer, Element: t.Node, Name: p.plan.Title(t.Node), Due: &t.At, Status: process.JobWaiting,
		})
	}
	for _, work := range sortedKeys(p.works) {
		if j := p.works[work]; j.async {
			jobs = append(jobs, process.Job{
				Kind: process.AsyncJob, Key: work, Element: j.node, Name: p.plan.Title(j.node), Status: process.JobRunning,
			})
		}
	}
	return jobs
}

// refuse deals with an occurrence that the interpreter refuses: an operator's wish that cannot be is noted and changes nothing, and a process
// that cannot begin has failed. Anything else is a mistake of the platform; the workflow task fails and is tried again, so that a mended
// platform goes on from here.
func (p *instance) refuse(ctx workflow.Context, o bpm.Occurrence, err error) error {
	entry := process.Entry{Refused: err.Error()}
	switch wish := o.(type) {
	case bpm.Started:
		fault := bpm.Fault{Code: "start", Message: err.Error()}
		if err := p.record(ctx, process.Record{Entry: process.Entry{Finish: &bpm.Finish{Status: bpm.Broken, Fault: &fault}}}); err != nil {
			return err
		}
		return temporal.NewNonRetryableApplicationError(fault.Message, fault.Code, err)
	case bpm.Moved, migration:
		return p.record(ctx, process.Record{Entry: entry})
	case bpm.Retried:
		entry.Reopened = []int64{wish.Incident}
		return p.record(ctx, process.Record{Entry: entry})
	case bpm.Skipped:
		entry.Reopened = []int64{wish.Incident}
		return p.record(ctx, process.Record{Entry: entry})
	}
	panic(fmt.Sprintf("process %d cannot go on: %v", p.in.Number, err))
}
