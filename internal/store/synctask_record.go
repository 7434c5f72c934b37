package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/store/db"
	"provost/internal/synctask"
)

// verdict says what a result means for its part, and whether it counts as an attempt: an agent that cannot be reached burns none.
func verdict(r *synctask.Result) (status string, counted bool) {
	switch r.ErrorClass {
	case "":
		return synctask.Done, false
	case connector.ClassUnavailable, connector.ClassAuth:
		return synctask.Waiting, false
	case connector.ClassThrottled:
		return synctask.Pending, false
	case connector.ClassTransient:
		return synctask.Pending, true
	default:
		return synctask.Failed, true
	}
}

// awaitReturn sees to it that what waits for a system is sent when it is back. Who noted that it cannot be reached started a probe, and
// that may have found it back, and sent all that waited, before this waiting was noted: then it has to ask again. Locking the status makes
// one of the two see the other.
func (u *unit) awaitReturn(ctx context.Context, system uuid.UUID) error {
	back, err := u.q.LockConnected(ctx, system)
	if err != nil {
		return fmt.Errorf("read agent status: %w", err)
	}
	if len(back) > 0 && back[0] {
		return u.postProbe(ctx, system)
	}
	return nil
}

// appliedEntries are the audit entries of what was changed in a system: which attributes, never their values.
func appliedEntries(system uuid.UUID, results []synctask.Result) []audit.Entry {
	var entries []audit.Entry
	for i := range results {
		r := &results[i]
		switch r.Outcome {
		case synctask.Created, synctask.Updated, synctask.Deleted:
		default:
			continue
		}
		after, err := json.Marshal(map[string]any{"system": system, "outcome": r.Outcome, "attributes": r.Attributes, "version": r.Version})
		if err != nil {
			continue // a map of strings always encodes
		}
		entries = append(entries, audit.Entry{Action: audit.Apply, ObjectType: r.Type, ObjectID: &r.Object, ObjectName: r.Key, After: after})
	}
	return entries
}

// recordUnknown has the states of calls that did not come back brought again: such a call may have written after a newer state was noted
// as applied, by another call that even closed the task.
func (u *unit) recordUnknown(ctx context.Context, system uuid.UUID, results []synctask.Result) error {
	p := db.ForgetAppliedParams{SystemID: system}
	var tasks []uuid.UUID
	for _, r := range results {
		if r.Unknown {
			tasks = append(tasks, r.Task)
			p.Types = append(p.Types, r.Type)
			p.Objects = append(p.Objects, r.Object)
			p.Classes = append(p.Classes, r.Class)
		}
	}
	if len(tasks) == 0 {
		return nil
	}
	if err := u.q.ForgetApplied(ctx, p); err != nil {
		return fmt.Errorf("forget applied states: %w", err)
	}
	return u.reopen(ctx, tasks)
}

// reopen writes new tasks, in a batch of their own, for the objects of tasks that are closed.
func (u *unit) reopen(ctx context.Context, tasks []uuid.UUID) error {
	closed, err := u.q.ClosedTasks(ctx, tasks)
	if err != nil || len(closed) == 0 {
		return err
	}
	source := uuid.New()
	p := db.EnqueueSyncTasksParams{Status: "pending", Priority: 5, Lane: "bulk", Source: change.Engine, SourceID: source}
	for _, t := range closed {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make task id: %w", err)
		}
		p.Ids = append(p.Ids, id)
		p.Types = append(p.Types, t.ObjectType)
		p.Objects = append(p.Objects, t.ObjectID)
	}
	written, err := u.q.EnqueueSyncTasks(ctx, p)
	if err != nil {
		return fmt.Errorf("write synchronisation tasks: %w", err)
	}
	return u.send(ctx, source, written)
}
