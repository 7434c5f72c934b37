package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/process"
	"provost/internal/store/db"
)

// SameDefinition implements process.OperationStore.
func (s *Processes) SameDefinition(ctx context.Context, one, other uuid.UUID) (bool, error) {
	var same bool
	err := s.query(ctx, func(ctx context.Context, u *unit) (err error) {
		same, err = u.q.AreOfOneDefinition(ctx, db.AreOfOneDefinitionParams{One: one, Other: other})
		return err
	})
	return same, err
}

// Standing implements process.OperationStore.
func (s *Processes) Standing(ctx context.Context, version uuid.UUID, wanted []uuid.UUID) ([]process.Standing, error) {
	if wanted == nil {
		wanted = []uuid.UUID{}
	}
	var out []process.Standing
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.StandingProcesses(ctx, db.StandingProcessesParams{VersionID: version, Wanted: wanted})
		for _, r := range rows {
			out = append(out, process.Standing(r))
		}
		return err
	})
	return out, err
}

// ControlAll implements process.OperationStore.
func (s *Processes) ControlAll(ctx context.Context, processes []uuid.UUID, action process.Action, by string, payload any, line process.LogLine) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode payload: %w", err)
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		err := u.q.ControlProcesses(ctx, db.ControlProcessesParams{
			Processes: processes, Action: string(action), Actor: by, Payload: text,
			Kind: line.Kind, Element: line.Element, Name: line.Name, Outcome: line.Outcome, Text: line.Text,
		})
		if err != nil {
			return fmt.Errorf("steer processes: %w", err)
		}
		return u.q.NotifyOutbox(ctx, u.tenant.key)
	})
}
