package process

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
)

// Addressee is a process that waits for a message or signal.
type Addressee struct {
	ID     uuid.UUID `json:"id"`
	Number int64     `json:"number"`
	Name   string    `json:"name"`
}

// Delivery says whom a message or signal reached.
type Delivery struct {
	Reached   int         `json:"reached" doc:"How many processes"`
	Processes []Addressee `json:"processes"`
	Started   bool        `json:"started" doc:"Nobody waited: the message began the process, now or when it came with the same key before"`
}

// check refuses a message or signal that nobody could wait for.
func (m *Message) check(kind Action) error {
	switch {
	case kind != ActionMessage && kind != ActionSignal:
		return fault.InvalidField("kind", "A process takes a message or a signal, not %q.", kind)
	case strings.TrimSpace(m.Name) == "":
		return fault.InvalidField("name", "Say which message it is.")
	case kind == ActionSignal && m.Key != "":
		return fault.InvalidField("key", "A signal is for everybody who waits for it: leave the key out, or send a message.")
	case utf8.RuneCountInString(m.Key) > bpm.MaxKey:
		return fault.InvalidField("key", "The key is longer than %d characters: nobody waits with such a key.", bpm.MaxKey)
	}
	return nil
}

func (m *Message) line() LogLine { return LogLine{Name: m.Name, Text: m.Key} }

// Post brings a message to the process that waits for it (see [bpm.Messaged] for which one), and a signal to all that do: of all processes with
// process:update, else of those that the caller manages. Where nobody waits for a message it begins the definition whose start event does, with
// process:start; its key is then what [Incoming] needs. It returns fault.NotFound when nobody was reached, and fault.Conflict when several definitions
// begin by the message.
func (s *Operations) Post(ctx context.Context, kind Action, m Message) (Delivery, error) {
	if err := m.check(kind); err != nil {
		return Delivery{}, err
	}
	who, err := me(ctx)
	if err != nil {
		return Delivery{}, err
	}
	var out Delivery
	err = s.Processes.Store.Do(ctx, func(ctx context.Context) error {
		waiting, err := s.waiting(ctx, who, kind, &m)
		if err != nil {
			return err
		}
		if len(waiting) > 0 {
			out = Delivery{Reached: len(waiting), Processes: waiting}
			return s.deliver(ctx, who, kind, m, waiting)
		}
		begun, err := s.begin(ctx, who, kind, m)
		out = Delivery{Reached: 1, Processes: []Addressee{{ID: begun.ID, Number: begun.Number, Name: begun.Name}}, Started: true}
		return err
	})
	if err != nil {
		return Delivery{}, err
	}
	return out, nil
}

// waiting finds whom a message or signal is for.
func (s *Operations) waiting(ctx context.Context, who authz.Principal, kind Action, m *Message) ([]Addressee, error) {
	see := Sight{Everything: who.Allows(permissions[kind])}
	if !see.Everything {
		var err error
		if see.Hats, err = s.Processes.Store.Hats(ctx, who.UserID); err != nil {
			return nil, err
		}
	}
	if kind == ActionSignal {
		return s.Store.Waiting(ctx, see, bpm.SignalEvent, m.Name, "", 0)
	}
	return s.Store.Waiting(ctx, see, bpm.MessageEvent, m.Name, m.Key, 1)
}

// deliver has the processes take a message or signal.
func (s *Operations) deliver(ctx context.Context, who authz.Principal, kind Action, m Message, to []Addressee) error {
	ids, numbers := make([]uuid.UUID, len(to)), make([]int64, len(to))
	for i, p := range to {
		ids[i], numbers[i] = p.ID, p.Number
	}
	line := m.line()
	line.Kind, line.Actor = string(kind), who.UserName
	if err := s.Store.ControlAll(ctx, ids, kind, who.UserName, m, line); err != nil {
		return err
	}
	told := map[string]any{"name": m.Name, "key": m.Key, "values": m.Values, "processes": numbers}
	return record(ctx, s.Processes.Audit, string(kind), AuditProcess, ids[0], to[0].Name, nil, told)
}

// begin starts the one definition that begins by a message for which nobody waits.
func (s *Operations) begin(ctx context.Context, who authz.Principal, kind Action, m Message) (Process, error) {
	var codes []string
	if kind == ActionMessage && who.Allows(authz.ProcessStart) {
		var err error
		if codes, err = s.Store.BegunBy(ctx, m.Name); err != nil {
			return Process{}, err
		}
	}
	switch {
	case len(codes) == 1:
		return s.Processes.Receive(ctx, Incoming{Definition: codes[0], Name: m.Name, Key: m.Key, Values: m.Values})
	case len(codes) > 1:
		return Process{}, fault.New(fault.Conflict, "Nobody waits for the message %q, and several processes begin by it: %s. Start the one that is meant.", m.Name, strings.Join(codes, ", "))
	case !who.Allows(permissions[kind]) && !who.Allows(authz.ProcessStart):
		return Process{}, &authz.DeniedError{Permission: permissions[kind]}
	case m.Key != "":
		return Process{}, fault.New(fault.NotFound, "Nobody was reached: no process waits for the message %q with the key %q, and none begins by it.", m.Name, m.Key)
	}
	return Process{}, fault.New(fault.NotFound, "Nobody was reached: no process waits for the %s %q.", kind, m.Name)
}
