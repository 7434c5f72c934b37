package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/store/db"
)

// Waits implements process.ProcessStore.
func (s *Processes) Waits(ctx context.Context, id uuid.UUID) ([]process.Awaited, error) {
	out := []process.Awaited{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.WaitsOfProcess(ctx, id)
		for _, r := range rows {
			out = append(out, process.Awaited{Type: bpm.EventType(r.Type), Name: r.Name, Key: r.Key, Element: r.Element, Since: r.Since})
		}
		return err
	})
	return out, err
}

// Waiting implements process.OperationStore.
func (s *Processes) Waiting(ctx context.Context, see process.Sight, kind bpm.EventType, name, key string, most int) ([]process.Addressee, error) {
	var out []process.Addressee
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		params := db.WaitingProcessesParams{Type: string(kind), Name: name, Key: key, Everything: see.Everything, Hats: see.Hats, Most: int64(most)}
		rows, err := u.q.WaitingProcesses(ctx, params)
		for _, r := range rows {
			out = append(out, process.Addressee(r))
		}
		return err
	})
	return out, err
}

// BegunBy implements process.OperationStore.
func (s *Processes) BegunBy(ctx context.Context, message string) ([]string, error) {
	var codes []string
	err := s.query(ctx, func(ctx context.Context, u *unit) (err error) {
		codes, err = u.q.DefinitionsBegunBy(ctx, message)
		return err
	})
	return codes, err
}

// tellWaiting brings a message that a process sends to the one that it is for, and a signal to all that wait.
func (u *unit) tellWaiting(ctx context.Context, from uuid.UUID, s bpm.Send) error {
	params := db.WaitingProcessesParams{Type: string(s.Type), Name: s.Name, Key: s.Key, Sender: from, Everything: true}
	action := process.ActionSignal
	if s.Type == bpm.MessageEvent {
		action, params.Most = process.ActionMessage, 1
	}
	waiting, err := u.q.WaitingProcesses(ctx, params)
	if err != nil {
		return fmt.Errorf("find waiting processes: %w", err)
	}
	if len(waiting) == 0 {
		return nil
	}
	text, err := json.Marshal(process.Message{Name: s.Name, Key: s.Key, Values: s.Values})
	if err != nil {
		return fmt.Errorf("encode %s: %w", action, err)
	}
	keys, payloads := make([]string, len(waiting)), make([]json.RawMessage, len(waiting))
	for i := range waiting {
		to := waiting[i].ID
		keys[i] = "process/" + to.String()
		if payloads[i], err = json.Marshal(ProcessControl{Process: to, Action: string(action), Payload: text}); err != nil {
			return fmt.Errorf("encode outbox payload: %w", err)
		}
	}
	return u.post(ctx, KindProcessControl, keys, payloads)
}
