package workflows

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"provost/bpm"
	"provost/internal/process"
	"provost/workflows/messages"
)

// readControls turns what operators and other processes ask for into occurrences.
func (p *instance) readControls(ctx workflow.Context) error {
	for s := (messages.Steering{}); p.controls.ReceiveAsync(&s); s = (messages.Steering{}) {
		o, err := p.occurrence(ctx, s)
		if err != nil {
			return err
		}
		if o != nil {
			p.inbox = append(p.inbox, o)
		}
	}
	return nil
}

// occurrence says what an action is to the interpreter; nil for what concerns the clock alone.
func (p *instance) occurrence(ctx workflow.Context, s messages.Steering) (bpm.Occurrence, error) {
	switch s.Action {
	case process.ActionCancel:
		return asked(s, func(c process.Cancel) bpm.Occurrence { return bpm.Cancelled{Reason: c.Reason} })
	case process.ActionRetry:
		return asked(s, func(r process.Repair) bpm.Occurrence { return bpm.Retried{Incident: r.Incident, Values: r.Values} })
	case process.ActionSkip:
		return asked(s, func(r process.Repair) bpm.Occurrence {
			return bpm.Skipped{Incident: r.Incident, Outcome: r.Outcome, Values: r.Values}
		})
	case process.ActionMove:
		return asked(s, func(m process.Move) bpm.Occurrence { return bpm.Moved{From: m.From, To: m.To} })
	case process.ActionMessage:
		return asked(s, func(m process.Message) bpm.Occurrence {
			return bpm.Messaged{Name: m.Name, Key: m.Key, Values: m.Values}
		})
	case process.ActionSignal:
		return asked(s, func(m process.Message) bpm.Occurrence { return bpm.Signalled{Name: m.Name, Values: m.Values} })
	case process.ActionEnded:
		return asked(s, ended)
	case process.ActionMigrate:
		return p.migration(ctx, s)
	case process.ActionHold:
		return asked(s, func(h process.Hold) bpm.Occurrence { return p.hold(h) })
	case process.ActionResume:
		return asked(s, func(h process.Hold) bpm.Occurrence { return p.resume(ctx, h) })
	}
	return nil, fmt.Errorf("a process cannot be asked to %q", s.Action)
}

// asked reads the payload of an action.
func asked[T any](s messages.Steering, say func(T) bpm.Occurrence) (bpm.Occurrence, error) {
	var payload T
	if err := json.Unmarshal(s.Payload, &payload); err != nil {
		return nil, fmt.Errorf("read what is asked for by %s: %w", s.Action, err)
	}
	return say(payload), nil
}

// ended is what a called process came to.
func ended(e process.Ended) bpm.Occurrence {
	if e.Fault != nil {
		return bpm.Failed{Work: e.Work, Fault: *e.Fault}
	}
	return bpm.Done{Work: e.Work, Values: e.Values}
}

// migration is a change of plan with the version that the plan is of.
type migration struct {
	bpm.Migrated

	version uuid.UUID
}

// migration reads the plan of the version that a process is put on.
func (p *instance) migration(ctx workflow.Context, s messages.Steering) (bpm.Occurrence, error) {
	var m process.Migrate
	if err := json.Unmarshal(s.Payload, &m); err != nil {
		return nil, fmt.Errorf("read migration: %w", err)
	}
	var to process.Beginning
	if err := workflow.ExecuteLocalActivity(lasting(ctx), processes.BeginProcess, p.in.ID, m.Version).Get(ctx, &to); err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	return migration{bpm.Migrated{Plan: &to.Plan, Elements: m.Elements}, m.Version}, nil
}

// hold keeps a timer from firing until it is resumed. One that fired meanwhile is left alone.
func (p *instance) hold(h process.Hold) bpm.Occurrence {
	if cancel := p.timers[h.Key]; cancel != nil && h.Kind == process.TimerJob {
		delete(p.timers, h.Key)
		cancel()
		p.held[h.Key] = true
	}
	return nil
}

// resume lets a held timer go on: it fires at once when its time has come meanwhile. A background step goes on that waits for the engine.
func (p *instance) resume(ctx workflow.Context, h process.Hold) bpm.Occurrence {
	if j := p.works[h.Key]; j != nil && h.Kind == process.AsyncJob {
		j.waits = false
		return nil
	}
	if !p.held[h.Key] || h.Kind != process.TimerJob {
		return nil
	}
	delete(p.held, h.Key)
	for _, t := range p.state.Timers() {
		if t.Timer == h.Key {
			p.wake(ctx, t)
		}
	}
	return nil
}
