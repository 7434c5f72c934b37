package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/run"
	"provost/internal/store/db"
)

// ClearChanges implements run.Store.
func (s *Runs) ClearChanges(ctx context.Context, id uuid.UUID) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.ClearRunChanges(ctx, id) })
}

// AddChanges implements run.Store.
func (s *Runs) AddChanges(ctx context.Context, id uuid.UUID, changes []run.Change) error {
	rows := make([][]any, len(changes))
	for i, c := range changes {
		list, err := json.Marshal(c.Changes)
		if err != nil {
			return fmt.Errorf("encode changes: %w", err)
		}
		if c.Changes == nil {
			list = []byte("[]")
		}
		rows[i] = []any{id, c.Seq, c.ObjectType, c.ObjectKey, c.ObjectID, c.Action, list, c.Object, c.Status, c.Message}
	}
	columns := []string{"run_id", "seq", "object_type", "object_key", "object_id", "action", "changes", "object", "status", "message"}
	return s.copyInto(ctx, "run_changes", columns, rows)
}

// Proposed implements run.Store.
func (s *Runs) Proposed(ctx context.Context, id uuid.UUID, after int64, limit int) ([]run.Change, error) {
	var out []run.Change
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ProposedRunChanges(ctx, db.ProposedRunChangesParams{RunID: id, After: after, HowMany: int32(limit)}) //nolint:gosec // a page size
		if err != nil {
			return fmt.Errorf("read proposed changes: %w", err)
		}
		for _, r := range rows {
			c := run.Change{
				Seq: r.Seq, ObjectType: r.ObjectType, ObjectKey: r.ObjectKey, ObjectID: r.ObjectID, Action: r.Action, Status: r.Status, Message: r.Message,
			}
			if err := json.Unmarshal(r.Changes, &c.Changes); err != nil {
				return fmt.Errorf("read proposed change: %w", err)
			}
			if r.Object != nil {
				if err := json.Unmarshal(r.Object, &c.Object); err != nil {
					return fmt.Errorf("read proposed change: %w", err)
				}
			}
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

// Mark implements run.Store.
func (s *Runs) Mark(ctx context.Context, id uuid.UUID, changes []run.Change) error {
	p := db.MarkRunChangesParams{RunID: id}
	for _, c := range changes {
		p.Seqs = append(p.Seqs, c.Seq)
		p.Statuses = append(p.Statuses, c.Status)
		p.Messages = append(p.Messages, c.Message)
		object := uuid.Nil
		if c.ObjectID != nil {
			object = *c.ObjectID
		}
		p.ObjectIds = append(p.ObjectIds, object)
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.MarkRunChanges(ctx, p) })
}
