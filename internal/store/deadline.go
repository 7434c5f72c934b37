package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/process"
	"provost/internal/store/db"
)

// processesAtOnce is how many processes are seen to in one transaction.
const processesAtOnce = 200

// HonourDeadlines reminds of tasks, escalates and expires them where it is time to. What two workers look at is done once: whoever locks a
// process sees to its tasks. Nothing happens while the process engine is stopped.
func (t *Tenant) HonourDeadlines(ctx context.Context) error {
	for seen := processesAtOnce; seen == processesAtOnce; {
		err := t.exec(ctx, func(ctx context.Context, u *unit) error {
			stopped, err := u.q.EngineStopped(ctx)
			if seen = 0; err != nil || stopped {
				return err
			}
			due, err := u.q.LockProcessesDue(ctx, processesAtOnce)
			if seen = len(due); err != nil || seen == 0 {
				return err
			}
			return u.honourDeadlines(ctx, due)
		})
		if err != nil {
			return fmt.Errorf("honour deadlines: %w", err)
		}
	}
	return nil
}

// honourDeadlines sees to the tasks of processes, which are locked. What expires is not reminded of.
func (u *unit) honourDeadlines(ctx context.Context, processes []uuid.UUID) error {
	if err := u.expire(ctx, processes); err != nil {
		return err
	}
	if err := u.escalate(ctx, processes); err != nil {
		return err
	}
	reminded, err := u.q.RemindTasks(ctx, processes)
	if err != nil {
		return fmt.Errorf("remind: %w", err)
	}
	return u.tellAsked(ctx, reminderMail(reminded))
}

// expire ends nodes whose time is over, and has their processes go on.
func (u *unit) expire(ctx context.Context, processes []uuid.UUID) error {
	expired, err := u.q.ExpireTasks(ctx, processes)
	if err != nil {
		return fmt.Errorf("expire: %w", err)
	}
	keys, payloads := make([]string, len(expired)), make([]json.RawMessage, len(expired))
	for i, e := range expired {
		keys[i] = "process/" + e.ProcessID.String()
		if payloads[i], err = json.Marshal(ProcessDecide{Process: e.ProcessID, Task: e.ID}); err != nil {
			return fmt.Errorf("encode outbox payload: %w", err)
		}
	}
	if len(expired) == 0 {
		return nil
	}
	return u.post(ctx, KindProcessDecide, keys, payloads)
}

// escalate asks others about tasks that are late. A task that somebody has taken is everybody's again.
func (u *unit) escalate(ctx context.Context, processes []uuid.UUID) error {
	rows, err := u.q.TasksToEscalate(ctx, processes)
	if err != nil || len(rows) == 0 {
		return err
	}
	var all, joined, replaced []uuid.UUID
	for _, r := range rows {
		var e process.Escalation
		if err := json.Unmarshal(r.Escalation, &e); err != nil {
			return fmt.Errorf("decode escalation: %w", err)
		}
		all = append(all, r.ID)
		switch {
		case len(e.To) == 0:
		case e.Replace:
			replaced = append(replaced, r.ID)
		default:
			joined = append(joined, r.ID)
		}
	}
	asked := append(joined, replaced...) //nolint:gocritic // joined is not used afterwards
	for _, do := range []func() error{
		func() error { return u.q.LogEscalations(ctx, all) },
		func() error { return u.q.MarkEscalated(ctx, all) },
		func() error { return u.q.KeepAssignees(ctx, joined) },
		func() error { return u.q.DropCandidates(ctx, replaced) },
		func() error { return u.q.InsertEscalated(ctx, asked) },
		func() error { return u.q.GiveBack(ctx, asked) },
		func() error { return u.q.ShowCandidates(ctx, db.ShowCandidatesParams{Tasks: asked, Pending: true}) },
		func() error { return u.q.AddAccessOfTasks(ctx, asked) },
	} {
		if err := do(); err != nil {
			return fmt.Errorf("escalate: %w", err)
		}
	}
	return u.tellAsked(ctx, escalationMail(asked))
}
