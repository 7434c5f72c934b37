package process

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/query"
)

// sight gives which processes the caller sees.
func (s *Processes) sight(ctx context.Context) (Sight, error) {
	who, err := me(ctx)
	if err != nil {
		return Sight{}, err
	}
	if who.Allows(authz.ProcessQuery) {
		return Sight{Everything: true}, nil
	}
	hats, err := s.Store.Hats(ctx, who.UserID)
	return Sight{Hats: hats, Self: who.UserID}, err
}

// List gives the processes that the caller sees: those they started, observe, manage, or had a task of; all with process:query.
func (s *Processes) List(ctx context.Context, l query.List) (query.Page[Process], error) {
	see, err := s.sight(ctx)
	if err != nil {
		return query.Page[Process]{}, err
	}
	return s.Store.List(ctx, see, l)
}

// Each streams the processes that the caller sees.
func (s *Processes) Each(ctx context.Context, l query.List, yield func(Process) error) error {
	see, err := s.sight(ctx)
	if err != nil {
		return err
	}
	return s.Store.Each(ctx, see, l, yield)
}

// Mine gives the processes that the caller started.
func (s *Processes) Mine(ctx context.Context, l query.List) (query.Page[Process], error) {
	who, err := me(ctx)
	if err != nil {
		return query.Page[Process]{}, err
	}
	return s.Store.List(ctx, Sight{Initiator: who.UserID}, l)
}

// EachOfMine streams the processes that the caller started.
func (s *Processes) EachOfMine(ctx context.Context, l query.List, yield func(Process) error) error {
	who, err := me(ctx)
	if err != nil {
		return err
	}
	return s.Store.Each(ctx, Sight{Initiator: who.UserID}, l, yield)
}

// See gives a process to somebody who may see it, with the parts they have in it. To others it is not there (fault.NotFound).
func (s *Processes) See(ctx context.Context, id uuid.UUID) (Process, []Part, error) {
	who, err := me(ctx)
	if err != nil {
		return Process{}, nil, err
	}
	found, err := s.Store.Get(ctx, id)
	if err != nil {
		return Process{}, nil, err
	}
	hats, err := s.Store.Hats(ctx, who.UserID)
	if err != nil {
		return Process{}, nil, err
	}
	parts, err := s.Store.Parts(ctx, id, hats)
	if err != nil {
		return Process{}, nil, err
	}
	if len(parts) == 0 && !who.Allows(authz.ProcessQuery) {
		return Process{}, nil, fault.New(fault.NotFound, "There is no such process.")
	}
	return found, parts, nil
}

// Get gives a process as its page shows it. The variables are for those who look after the process: its managers and observers, and holders of
// process:query. Whoever started it or had a task sees the forms that were theirs, and nothing else.
func (s *Processes) Get(ctx context.Context, id uuid.UUID) (Detail, error) {
	found, parts, err := s.See(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Process: found, Values: bpm.Values{}, Waits: []Awaited{}, May: s.may(ctx, &found, parts)}
	if d.Log, err = s.Store.Log(ctx, id); err != nil {
		return d, err
	}
	if d.Tasks, err = s.Store.OpenTasks(ctx, id); err != nil {
		return d, err
	}
	who, _ := authz.From(ctx)
	looksAfter := who.Allows(authz.ProcessQuery) || slices.Contains(parts, PartManager) || slices.Contains(parts, PartObserver)
	if looksAfter || slices.Contains(d.May, ActionMessage) {
		if d.Waits, err = s.Store.Waits(ctx, id); err != nil {
			return d, err
		}
	}
	if looksAfter {
		d.Values, err = s.Store.Values(ctx, id)
	}
	return d, err
}

// Diagram gives the document that a process runs by.
func (s *Processes) Diagram(ctx context.Context, id uuid.UUID) ([]byte, error) {
	if _, _, err := s.See(ctx, id); err != nil {
		return nil, err
	}
	return s.Store.Diagram(ctx, id)
}

// permissions says what steering asks for, of those who do not manage the process.
var permissions = map[Action]authz.Permission{
	ActionCancel: authz.ProcessCancel, ActionRetry: authz.ProcessResume, ActionSkip: authz.ProcessUpdate, ActionMove: authz.ProcessUpdate,
	ActionMigrate: authz.ProcessUpdate, ActionMessage: authz.ProcessUpdate, ActionSignal: authz.ProcessUpdate,
	ActionHold: authz.ProcessResume, ActionResume: authz.ProcessResume,
}

// steers tells whether somebody may steer a process: its managers may, holders of the permission, and initiators may withdraw their requests.
func steers(who authz.Principal, action Action, parts []Part) bool {
	return slices.Contains(parts, PartManager) || who.Allows(permissions[action]) ||
		action == ActionCancel && slices.Contains(parts, PartInitiator)
}

func (s *Processes) may(ctx context.Context, p *Process, parts []Part) []Action {
	out := []Action{}
	if p.Ended() {
		return out
	}
	who, _ := authz.From(ctx)
	for _, action := range []Action{ActionCancel, ActionRetry, ActionSkip, ActionMove, ActionMigrate, ActionMessage, ActionSignal} {
		if steers(who, action, parts) {
			out = append(out, action)
		}
	}
	return out
}

// steer has a process do something, and writes the log line that says so.
func (s *Processes) steer(ctx context.Context, id uuid.UUID, action Action, payload any, line LogLine) error {
	return s.steerAs(ctx, id, action, action, payload, line)
}

// steerAs is steer for those who may do what right asks for.
func (s *Processes) steerAs(ctx context.Context, id uuid.UUID, action, right Action, payload any, line LogLine) error {
	who, err := me(ctx)
	if err != nil {
		return err
	}
	return s.Store.Do(ctx, func(ctx context.Context) error {
		found, parts, err := s.See(ctx, id)
		if err != nil {
			return err
		}
		if !steers(who, right, parts) {
			return &authz.DeniedError{Permission: permissions[right]}
		}
		if found.Ended() {
			return fault.New(fault.Conflict, "Process %d has ended already.", found.Number)
		}
		line.Kind, line.Actor = string(action), who.UserName
		if err := s.Store.Control(ctx, id, action, who.UserName, payload, line); err != nil {
			return err
		}
		return record(ctx, s.Audit, string(action), AuditProcess, id, found.Name, nil, payload)
	})
}

// Cancel ends a process; its open tasks are taken back. Initiators may, managers, and holders of process:cancel.
func (s *Processes) Cancel(ctx context.Context, id uuid.UUID, reason string) error {
	return s.steer(ctx, id, ActionCancel, Cancel{Reason: strings.TrimSpace(reason)}, LogLine{Text: strings.TrimSpace(reason)})
}

// Move puts a token elsewhere. Managers may, and holders of process:update; the reason is required.
func (s *Processes) Move(ctx context.Context, id uuid.UUID, m Move) error {
	if err := reasoned(m.Reason); err != nil {
		return err
	}
	return s.steer(ctx, id, ActionMove, m, LogLine{Element: m.To, Text: m.Reason})
}

// Send gives a process a message, or a signal.
func (s *Processes) Send(ctx context.Context, id uuid.UUID, kind Action, m Message) error {
	if err := m.check(kind); err != nil {
		return err
	}
	return s.steer(ctx, id, kind, m, m.line())
}

func reasoned(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.InvalidField("reason", "Say why: it is kept in the log of the process.")
	}
	return nil
}
