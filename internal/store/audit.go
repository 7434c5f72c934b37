package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/change"
)

var auditColumns = []string{
	"actor_id", "actor", "origin", "origin_id", "action", "object_type", "object_id", "object_name", "before", "after", "remote",
}

// Record implements audit.Recorder: entries join the transaction, so there is no change without its entry.
func (t *Tenant) Record(ctx context.Context, entries ...audit.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	who, _ := authz.From(ctx)
	origin := change.OriginOf(ctx)
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = []any{
			present(who.UserID), actorName(ctx), origin.Kind, present(origin.ID), e.Action, e.ObjectType, e.ObjectID, e.ObjectName,
			e.Before, e.After, audit.Remote(ctx),
		}
	}
	return t.exec(ctx, func(ctx context.Context, u *unit) error {
		if _, err := u.tx.CopyFrom(ctx, pgx.Identifier{"audit_entries"}, auditColumns, pgx.CopyFromRows(rows)); err != nil {
			return fmt.Errorf("write audit: %w", err)
		}
		return nil
	})
}

func present(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

var _ audit.Recorder = (*Tenant)(nil)
