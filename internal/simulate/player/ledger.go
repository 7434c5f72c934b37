package player

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/simulate"
)

// ledger is the ledger of one process, in memory.
type ledger struct {
	process.Ledger // nothing else is asked of it

	play *play
}

// Plan implements process.Ledger.
func (l *ledger) Plan(context.Context, uuid.UUID) (bpm.Plan, error) { return l.play.plan, nil }

// Library implements process.Ledger.
func (l *ledger) Library(context.Context, uuid.UUID) (*bpm.Library, error) {
	return l.play.library, nil
}

// Brief implements process.Ledger: the process is asked for by somebody called requester.
func (l *ledger) Brief(context.Context, uuid.UUID) (process.Brief, error) {
	requester := process.Person{UserName: "requester", FullName: "Requester"}
	return process.Brief{
		Process: uuid.Max, Number: 1, Name: l.play.library.Name, Code: l.play.library.ID, Kind: l.play.library.Kind,
		Initiator: requester, Subject: requester, Values: l.play.values,
	}, nil
}

// Decided implements process.Ledger.
func (l *ledger) Decided(_ context.Context, _ uuid.UUID, tasks []uuid.UUID) ([]process.Decision, error) {
	var out []process.Decision
	for _, id := range tasks {
		t := l.play.tasks[id]
		out = append(out, process.Decision{Task: id, Work: t.work, Finished: true, Outcome: t.outcome, Values: t.values, Actor: "player"})
	}
	return out, nil
}

// Expire implements process.Ledger.
func (l *ledger) Expire(_ context.Context, _ uuid.UUID, works []int64, _ string) ([]process.Decision, error) {
	l.close(works)
	return nil, nil
}

func (l *ledger) close(works []int64) {
	for _, t := range l.play.tasks {
		if slices.Contains(works, t.work) {
			t.open = false
		}
	}
}

// Record implements process.Ledger: it writes the trace down. What happens because the simulation ends is not part of it.
func (l *ledger) Record(_ context.Context, e process.Entry) error {
	p := l.play
	if p.over {
		return nil
	}
	for _, t := range e.Traces {
		event := "leave"
		if t.Enter {
			event = "enter"
		}
		p.result.Trace = append(p.result.Trace, simulate.Mark{Element: t.Node, Name: t.Name, Type: string(t.Type), Event: event})
	}
	for _, c := range e.Closed {
		l.close([]int64{c.Work})
	}
	for _, s := range e.Sent {
		p.effect(0, simulate.Effect{Element: s.Node, Type: string(s.Type), Name: s.Name, Values: s.Values})
	}
	for _, a := range e.Incidents {
		p.result.Error = &simulate.Failure{Code: a.Fault.Code, Element: a.Node, Message: a.Fault.Message}
	}
	p.status, p.result.Variables = e.Status, e.Values
	if e.Finish == nil {
		return nil
	}
	p.status = e.Finish.Status
	if f := e.Finish.Fault; f != nil {
		p.result.Error = &simulate.Failure{Code: f.Code, Message: f.Message}
	}
	return nil
}

// Stopped implements process.Ledger: the engine runs.
func (l *ledger) Stopped(context.Context) (bool, error) { return false, nil }

// Child implements process.Ledger: a called process is an effect, and its call is not answered.
func (l *ledger) Child(_ context.Context, _ uuid.UUID, work int64, code string, values bpm.Values) (uuid.UUID, error) {
	l.play.effect(work, simulate.Effect{Type: "call", Name: code, Values: values})
	return uuid.Max, nil
}
