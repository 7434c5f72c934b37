package workflows

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"provost/activities"
	"provost/bpm"
	"provost/internal/process"
	"provost/workflows/messages"
)

var processes *activities.Process // names the methods; never called

// stateAttribute tells operators how a process stands.
var stateAttribute = temporal.NewSearchAttributeKeyKeyword("ProvostState")

// longestHistory is from when on a process begins a new history as soon as it is quiet, whatever the server suggests.
const longestHistory = 8000

// Process runs one process: what happens to it goes to the interpreter of the process language, one occurrence after the other, and what
// the interpreter asks for is done. After each occurrence the ledger is written, from which people see how the process stands. The state
// holds everything: a new history goes on from it. A run that is cancelled in the engine cancels its process.
func Process(ctx workflow.Context, in messages.Process) error {
	return play(ctx, &instance{in: in})
}

// Rewritten is Process for simulations, under the same name: it writes the state down after every turn and goes on from what it reads, as a new
// history does. What a process does must not depend on it.
func Rewritten(ctx workflow.Context, in messages.Process) error {
	return play(ctx, &instance{in: in, rewritten: true})
}

func play(ctx workflow.Context, p *instance) error {
	p.timers, p.works, p.held = map[int64]workflow.CancelFunc{}, map[int64]*job{}, map[int64]bool{}
	p.decided, p.controls = workflow.GetSignalChannel(ctx, messages.Decided), workflow.GetSignalChannel(ctx, messages.Control)
	err := p.run(ctx)
	if temporal.IsCanceledError(err) && !p.ended() {
		after, _ := workflow.NewDisconnectedContext(ctx)
		return errors.Join(p.take(after, bpm.Cancelled{Reason: "The run was cancelled in the engine."}), err)
	}
	return err
}

// run goes on until the process ends, or its history does.
func (p *instance) run(ctx workflow.Context) error {
	if err := p.begin(ctx); err != nil {
		return err
	}
	for !p.ended() {
		if err := p.await(ctx); err != nil {
			return err
		}
		for len(p.inbox) > 0 && !p.ended() {
			if err := p.take(ctx, p.next()...); err != nil {
				return err
			}
		}
		if p.ripe(ctx) {
			return workflow.NewContinueAsNewError(ctx, Process, p.carry())
		}
	}
	return nil
}

// instance is one process under way.
type instance struct {
	in    messages.Process
	plan  bpm.Plan
	state bpm.State
	seq   int64            // of the last entry in the ledger
	inbox []bpm.Occurrence // what happened and waits for its turn
	held  map[int64]bool   // timers that an operator holds
	told  string           // how the process stands, as operators were told last

	rewritten bool // the state is written down and read again after every turn

	timers   map[int64]workflow.CancelFunc
	works    map[int64]*job
	asking   int // questions whether the engine is stopped that wait for their answer
	decided  workflow.ReceiveChannel
	controls workflow.ReceiveChannel
}

// begin reads the plan, and starts the process or goes on where the last history ended.
func (p *instance) begin(ctx workflow.Context) error {
	var start process.Beginning
	if err := workflow.ExecuteLocalActivity(lasting(ctx), processes.BeginProcess, p.in.ID, p.in.Version).Get(ctx, &start); err != nil {
		return fmt.Errorf("read plan: %w", err)
	}
	p.plan = start.Plan
	if p.in.Carried == nil {
		p.inbox = append(p.inbox, bpm.Started{Values: start.Values, Message: start.Message})
		return nil
	}
	p.state, p.seq = p.in.Carried.State, p.in.Carried.Seq
	for _, timer := range p.in.Carried.Held {
		p.held[timer] = true
	}
	for _, timer := range p.state.Timers() {
		p.wake(ctx, timer)
	}
	return nil
}

func (p *instance) ended() bool { return p.state.Status() != "" && p.state.Status() != bpm.Running }

// await waits until something happens, and puts it into the inbox.
func (p *instance) await(ctx workflow.Context) error {
	err := workflow.Await(ctx, func() bool { return len(p.inbox) > 0 || p.decided.Len() > 0 || p.controls.Len() > 0 })
	if err != nil {
		return fmt.Errorf("wait: %w", err)
	}
	if err := p.readDecisions(ctx); err != nil {
		return err
	}
	return p.readControls(ctx)
}

// next gives what is taken in one turn: one occurrence, or all that were done at the same time.
func (p *instance) next() []bpm.Occurrence {
	n := 1
	for n < len(p.inbox) && isDone(p.inbox[0]) && isDone(p.inbox[n]) {
		n++
	}
	batch := p.inbox[:n]
	p.inbox = p.inbox[n:]
	return batch
}

func isDone(o bpm.Occurrence) bool {
	_, done := o.(bpm.Done)
	return done
}

// ripe tells whether it is time for a new history: it is long, and nothing is under way that would be lost with it.
func (p *instance) ripe(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	long := info.GetContinueAsNewSuggested() || info.GetCurrentHistoryLength() > longestHistory
	return long && p.state.Quiet() && len(p.works) == 0 && p.asking == 0 && len(p.inbox) == 0 && p.decided.Len() == 0 && p.controls.Len() == 0 && !p.ended()
}

func (p *instance) carry() messages.Process {
	in := p.in
	in.Carried = &messages.Carried{State: p.state, Seq: p.seq, Held: slices.Sorted(maps.Keys(p.held))}
	return in
}

// readDecisions turns what people decided into occurrences. A decision that does not end its step yet, one of several approvers for
// instance, is in the database already.
func (p *instance) readDecisions(ctx workflow.Context) error {
	var tasks []uuid.UUID
	for d := (messages.TaskDecision{}); p.decided.ReceiveAsync(&d); {
		tasks = append(tasks, d.Task)
	}
	if len(tasks) == 0 {
		return nil
	}
	var decisions []process.Decision
	if err := workflow.ExecuteLocalActivity(lasting(ctx), processes.ReadDecisions, p.in.ID, tasks).Get(ctx, &decisions); err != nil {
		return fmt.Errorf("read decisions: %w", err)
	}
	p.inbox = append(p.inbox, finished(decisions)...)
	return nil
}

// finished gives the decisions that end their step.
func finished(decisions []process.Decision) []bpm.Occurrence {
	var done []bpm.Occurrence
	for _, d := range decisions {
		if d.Finished {
			done = append(done, bpm.Done{Work: d.Work, Outcome: d.Outcome, Values: d.Values})
		}
	}
	return done
}

// tell lets operators see how the process stands: in the engine's list, and on the page of the run.
func (p *instance) tell(ctx workflow.Context) error {
	stands := p.stands()
	if stands == p.told {
		return nil
	}
	p.told = stands
	workflow.SetCurrentDetails(ctx, stands)
	word, _, _ := strings.Cut(stands, " · ")
	return workflow.UpsertTypedSearchAttributes(ctx, stateAttribute.ValueSet(word))
}

// stands says in one line where the process is.
func (p *instance) stands() string {
	word := string(p.state.Status())
	var names []string
	for _, place := range p.state.Places() {
		names = append(names, p.plan.Title(place.Node))
		switch {
		case place.Stuck > 0:
			word = "incident"
		case place.Type == bpm.UserTask && word == string(bpm.Running):
			word = "waiting for people"
		}
	}
	if len(names) == 0 {
		return word
	}
	return word + " · " + strings.Join(names, ", ")
}
