package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/store/db"
)

// How long what is over is kept.
const (
	finishedTaskDays = 30
	sweepAtOnce      = 500
)

// Sweep sends the signals of pending tasks again that nobody looked at for a minute, and gives their number. Tasks that still wait for a
// system that can be reached again are sent too, and dates that should have been honoured are seen to. It implements activities.Housekeeping.
func (t *Tenant) Sweep(ctx context.Context) (int, error) {
	swept := 0
	err := t.exec(ctx, func(ctx context.Context, u *unit) error {
		stranded, err := u.q.StrandedSystems(ctx)
		if err != nil {
			return fmt.Errorf("read stranded systems: %w", err)
		}
		for _, system := range stranded {
			if err := u.wake(ctx, system); err != nil {
				return err
			}
		}
		if err := u.lateDates(ctx); err != nil {
			return fmt.Errorf("look for late dates: %w", err)
		}
		if err := u.lateNotices(ctx); err != nil {
			return fmt.Errorf("look for late notices: %w", err)
		}
		stale, err := u.q.StaleTasks(ctx, sweepAtOnce)
		if err != nil {
			return fmt.Errorf("read stale tasks: %w", err)
		}
		swept = len(stale)
		ids := make([]uuid.UUID, 0, len(stale))
		rows := make([]db.EnqueueSyncTasksRow, 0, len(stale))
		batches := map[uuid.UUID]bool{}
		for _, s := range stale {
			ids = append(ids, s.ObjectID)
			if s.Lane == "bulk" {
				batches[s.SourceID] = true
				continue
			}
			rows = append(rows, db.EnqueueSyncTasksRow{ObjectType: s.ObjectType, ObjectID: s.ObjectID, ObjectName: s.ObjectName, Status: "pending", Lane: s.Lane})
		}
		if err := u.send(ctx, uuid.Nil, rows); err != nil {
			return err
		}
		for source := range batches {
			if err := u.postBatch(ctx, source); err != nil {
				return err
			}
		}
		return u.q.MarkSignalled(ctx, ids)
	})
	return swept, err
}

// Purge removes what is over. It implements activities.Housekeeping.
func (t *Tenant) Purge(ctx context.Context) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error {
		if _, err := u.q.PurgeFinishedTasks(ctx, finishedTaskDays); err != nil {
			return fmt.Errorf("purge finished tasks: %w", err)
		}
		if err := u.q.PurgeMails(ctx, mailDays); err != nil {
			return fmt.Errorf("purge mails: %w", err)
		}
		return nil
	})
}

// Release lets held, failed or waiting tasks go on: those named, or every held one.
func (t *Tenant) Release(ctx context.Context, ids []uuid.UUID, everyHeld bool) (int, error) {
	count := 0
	err := t.exec(ctx, func(ctx context.Context, u *unit) error {
		released, err := u.q.ReleaseTasks(ctx, db.ReleaseTasksParams{Ids: ids, Everything: everyHeld})
		if err != nil {
			return fmt.Errorf("release tasks: %w", err)
		}
		if err := u.q.ClearNextRuns(ctx, ids); err != nil {
			return fmt.Errorf("clear next runs: %w", err)
		}
		count = len(released)
		rows := make([]db.EnqueueSyncTasksRow, 0, count)
		batches := map[uuid.UUID]bool{}
		for _, r := range released {
			if r.Lane == "bulk" {
				batches[r.SourceID] = true
				continue
			}
			rows = append(rows, db.EnqueueSyncTasksRow{ObjectType: r.ObjectType, ObjectID: r.ObjectID, Status: r.Status, Lane: r.Lane})
		}
		if err := u.send(ctx, uuid.Nil, rows); err != nil {
			return err
		}
		for source := range batches {
			if err := u.postBatch(ctx, source); err != nil {
				return err
			}
		}
		return nil
	})
	return count, err
}

// Cancel ends open tasks without doing them: those named, or every held one.
func (t *Tenant) Cancel(ctx context.Context, ids []uuid.UUID, everyHeld bool) (int, error) {
	var count int64
	err := t.exec(ctx, func(ctx context.Context, u *unit) error {
		var err error
		count, err = u.q.CancelTasks(ctx, db.CancelTasksParams{Ids: ids, Everything: everyHeld})
		return err
	})
	return int(count), err
}

// Prioritise moves tasks to the front: they are tried now, one workflow each.
func (t *Tenant) Prioritise(ctx context.Context, ids []uuid.UUID) (int, error) {
	count := 0
	err := t.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.ClearNextRuns(ctx, ids); err != nil {
			return fmt.Errorf("clear next runs: %w", err)
		}
		moved, err := u.q.PrioritiseTasks(ctx, ids)
		if err != nil {
			return fmt.Errorf("prioritise tasks: %w", err)
		}
		count = len(moved)
		rows := make([]db.EnqueueSyncTasksRow, 0, count)
		for _, m := range moved {
			rows = append(rows, db.EnqueueSyncTasksRow{ObjectType: m.ObjectType, ObjectID: m.ObjectID, Status: "pending", Lane: m.Lane})
		}
		return u.send(ctx, uuid.Nil, rows)
	})
	return count, err
}
