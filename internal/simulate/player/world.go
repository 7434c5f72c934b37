package player

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"provost/activities"
	"provost/bpm"
	"provost/internal/process"
	"provost/internal/simulate"
	"provost/internal/step"
	"provost/workflows/messages"
)

// task is a task as the simulation knows it.
type task struct {
	work           int64
	element, title string
	candidates     []string
	open           bool
	outcome        string // id of a flow
	values         bpm.Values
}

// world stands in for the activities of processes: scripts and actors are real, the rest is written down.
type world struct {
	activities.Process

	play *play
}

func (p *play) world(context.Context) *world {
	w := &world{play: p}
	w.Ledger = &ledger{play: p}
	w.Steps = &step.Service{Ledger: w.Ledger, Host: p.scripts, Grants: nothing{}, Contents: nothing{}}
	return w
}

// nothing is what waits for a process that is only played.
type nothing struct{ step.Pending }

// Settle implements step.Pending.
func (nothing) Settle(context.Context, uuid.UUID) error { return nil }

// PerformStep runs scripts, and writes every other effect down.
func (w *world) PerformStep(ctx context.Context, in process.Work) (bpm.Values, error) {
	if in.Type == bpm.Script {
		return w.Process.PerformStep(ctx, in)
	}
	w.play.effect(in.Work, simulate.Effect{Element: in.Node, Type: string(in.Type), Values: in.Values})
	return nil, nil
}

// PrepareCall writes the call of a managed system down.
func (w *world) PrepareCall(_ context.Context, in process.Work) (process.SystemCall, error) {
	said := w.play.library.Steps[in.Node].Invoke
	w.play.effect(in.Work, simulate.Effect{Element: in.Node, Type: string(bpm.Invoke), Name: said.System + " " + said.Method, Values: in.Values})
	return process.SystemCall{Key: "simulated", Name: said.System}, nil
}

// CallSystem answers nothing.
func (w *world) CallSystem(context.Context, process.SystemCall) (bpm.Values, error) { return nil, nil }

// OpenTasks opens the tasks of steps. Approvals are decided as a whole, by whoever their actors are; nobody is looked up.
func (w *world) OpenTasks(_ context.Context, in process.Asking) ([]process.Opened, error) {
	p := w.play
	opened := make([]process.Opened, len(in.Asks))
	for i, ask := range in.Asks {
		opened[i].Work = ask.Work
		id := uuid.NewSHA1(uuid.Max, fmt.Appendf(nil, "%d", ask.Work))
		t := &task{work: ask.Work, element: ask.Node, title: p.plan.Title(ask.Node), candidates: candidates(p.library.Steps[ask.Node]), open: true}
		if p.tasks[id] == nil {
			p.order = append(p.order, id)
		}
		p.tasks[id] = t
	}
	return opened, nil
}

// candidates are the actors as the definition writes them.
func candidates(said *bpm.Step) []string {
	switch {
	case said == nil || said.Actors == nil:
		return []string{}
	case said.Actors.Expression != "":
		return []string{said.Actors.Expression}
	case said.Actors.Script != "":
		return []string{"by script"}
	}
	return slices.Clone(said.Actors.Lane)
}

// effect writes down what a work would have done. Works that are under way together end in any order, so that effects are told in the order of
// their works; what has none, 0, comes after the latest so far.
func (p *play) effect(work int64, e simulate.Effect) {
	p.writing.Lock()
	defer p.writing.Unlock()
	if n := len(p.effects); work == 0 && n > 0 {
		work = p.effects[n-1].work
	}
	at, _ := slices.BinarySearchFunc(p.effects, work+1, func(f effect, before int64) int { return cmp.Compare(f.work, before) })
	p.effects = slices.Insert(p.effects, at, effect{work, e})
}

// steer brings a message or signal to the process.
func (p *play) steer(action process.Action, m *simulate.Message) error {
	payload, err := json.Marshal(process.Message{Name: m.Name, Key: m.Key, Values: m.Values})
	if err != nil {
		return fmt.Errorf("encode %s: %w", action, err)
	}
	p.env.SignalWorkflow(messages.Control, messages.Steering{Action: action, Payload: payload})
	return nil
}
