package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/change"
	"provost/internal/store/db"
)

// dueOverlap is looked at again each time: a transaction that wrote a date of a moment ago may have committed after that moment was
// honoured. What is computed again without need changes nothing.
const dueOverlap = 5 * time.Minute

// HonourDates computes again what everybody holds for whom a date passed since the last call: of a membership, a group, a grant or the
// approval of a role. It gives the users concerned, who may have left a group.
func (t *Tenant) HonourDates(ctx context.Context) ([]uuid.UUID, error) {
	var users []uuid.UUID
	err := t.exec(ctx, func(ctx context.Context, u *unit) error {
		mark, err := u.q.LockDueMark(ctx)
		if err != nil {
			return fmt.Errorf("read until when dates were honoured: %w", err)
		}
		rows, err := u.tx.Query(ctx, "select user_id, account_id from due_holders($1, $2)", mark.HonouredAt.Add(-dueOverlap), mark.Now)
		if err != nil {
			return fmt.Errorf("find whom dates concern: %w", err)
		}
		due, err := pgx.CollectRows(rows, pgx.RowToStructByPos[holder])
		if err != nil {
			return fmt.Errorf("find whom dates concern: %w", err)
		}
		for _, h := range due {
			switch {
			case h.UserID != nil:
				users = append(users, *h.UserID)
				t.Regrant(ctx, change.User, *h.UserID)
			case h.AccountID != nil:
				t.Regrant(ctx, change.Account, *h.AccountID)
			}
		}
		groups, err := u.q.GroupsWithDates(ctx, db.GroupsWithDatesParams{After: mark.HonouredAt.Add(-dueOverlap), Until: mark.Now})
		if err != nil {
			return fmt.Errorf("find whose members dates concern: %w", err)
		}
		t.Touch(ctx, change.Group, groups...)
		if err := u.q.MoveDueMark(ctx, mark.Now); err != nil {
			return fmt.Errorf("note until when dates were honoured: %w", err)
		}
		return nil
	})
	return users, err
}

// NextDate gives the next moment at which HonourDates has something to do, or nil when there is none.
func (t *Tenant) NextDate(ctx context.Context) (*time.Time, error) {
	var at *time.Time
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		if err := u.tx.QueryRow(ctx, "select next_date(honoured_at) from due_mark").Scan(&at); err != nil {
			return fmt.Errorf("find next date: %w", err)
		}
		return nil
	})
	return at, err
}

// lateDates wakes the workflow that honours dates when one is overdue: whatever became of the wake-up or of the workflow.
func (u *unit) lateDates(ctx context.Context) error {
	late, err := u.q.DatesAreLate(ctx)
	if err != nil || !late {
		return err
	}
	return u.post(ctx, KindGrantsDue, []string{KindGrantsDue}, []json.RawMessage{json.RawMessage("{}")})
}

// EndedAccess gives the entries of access to accounts whose end has come.
func (t *Tenant) EndedAccess(ctx context.Context) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := t.query(ctx, func(ctx context.Context, u *unit) (err error) {
		if ids, err = u.q.EndedAccess(ctx); err != nil {
			return fmt.Errorf("find access that ended: %w", err)
		}
		return nil
	})
	return ids, err
}
