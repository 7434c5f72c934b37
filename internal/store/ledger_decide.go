package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/store/db"
)

// Decided implements process.Ledger.
func (l *Ledger) Decided(ctx context.Context, id uuid.UUID, tasks []uuid.UUID) ([]process.Decision, error) {
	var out []process.Decision
	err := l.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.CompletedTasks(ctx, db.CompletedTasksParams{ProcessID: id, Tasks: tasks})
		if err != nil {
			return fmt.Errorf("read completed tasks: %w", err)
		}
		out, err = l.decisions(ctx, u, id, rows)
		return err
	})
	return out, err
}

func (l *Ledger) decisions(ctx context.Context, u *unit, id uuid.UUID, rows []db.CompletedTasksRow) ([]process.Decision, error) {
	out := make([]process.Decision, 0, len(rows))
	for _, r := range rows {
		d := process.Decision{Task: r.ID, Work: r.Work, Finished: r.Finishes, Actor: r.ClosedBy}
		if d.Finished {
			var err error
			if d.Outcome, d.Values, err = l.conclude(ctx, u, id, &r); err != nil {
				return nil, err
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// conclude reads what all people of a node said.
func (l *Ledger) conclude(ctx context.Context, u *unit, id uuid.UUID, last *db.CompletedTasksRow) (string, bpm.Values, error) {
	brief, err := l.Brief(ctx, id)
	if err != nil {
		return "", nil, err
	}
	library, err := l.Library(ctx, brief.Version)
	if err != nil {
		return "", nil, err
	}
	rows, err := u.q.PayloadsOfWork(ctx, db.PayloadsOfWorkParams{ProcessID: id, Work: last.Work})
	if err != nil {
		return "", nil, fmt.Errorf("read payloads: %w", err)
	}
	payloads := make([]bpm.Values, len(rows))
	var step *bpm.Step
	for i, r := range rows {
		step = library.Steps[r.Element]
		if err := json.Unmarshal(r.Payload, &payloads[i]); err != nil {
			return "", nil, fmt.Errorf("decode payload: %w", err)
		}
	}
	lines, err := u.lines(ctx, id, last.Work)
	if err != nil {
		return "", nil, err
	}
	return process.Conclude(step, last.Outcome, payloads, lines)
}

// lines gives the lines of a node.
func (u *unit) lines(ctx context.Context, id uuid.UUID, work int64) ([]process.DecidedLine, error) {
	rows, err := u.q.ProcessLines(ctx, db.ProcessLinesParams{ProcessID: id, Work: work})
	if err != nil {
		return nil, fmt.Errorf("read lines: %w", err)
	}
	out := make([]process.DecidedLine, len(rows))
	for i, r := range rows {
		out[i] = process.DecidedLine{
			ID: r.ID, Part: int(r.Part), Key: r.Key, Title: r.Title, Subject: r.SubjectID, Content: r.Content, Decision: r.Decision,
			Stage: int(r.Stage), DecidedBy: r.DecidedBy, Comment: r.Comment,
		}
	}
	return out, nil
}

// Expire implements process.Ledger.
func (l *Ledger) Expire(ctx context.Context, id uuid.UUID, works []int64, reason string) ([]process.Decision, error) {
	var out []process.Decision
	err := l.exec(ctx, func(ctx context.Context, u *unit) error {
		if _, err := u.lock(ctx, id); err != nil {
			return err
		}
		finished, err := u.q.FinishedWorks(ctx, db.FinishedWorksParams{ProcessID: id, Works: works})
		if err != nil {
			return fmt.Errorf("read finished works: %w", err)
		}
		rows := make([]db.CompletedTasksRow, len(finished))
		for i, r := range finished {
			rows[i] = db.CompletedTasksRow(r)
		}
		if out, err = l.decisions(ctx, u, id, rows); err != nil {
			return err
		}
		return u.closeWorks(ctx, id, works, "expired", reason, time.Now())
	})
	return out, err
}

// closeWorks closes what is open of works; what people completed stays completed.
func (u *unit) closeWorks(ctx context.Context, id uuid.UUID, works []int64, status, reason string, at time.Time) error {
	if len(works) == 0 {
		return nil
	}
	closed, err := u.q.CloseWorks(ctx, db.CloseWorksParams{ProcessID: id, Works: works, Status: status, Reason: reason, At: at})
	if err != nil {
		return fmt.Errorf("close tasks: %w", err)
	}
	for _, t := range closed {
		entry := db.InsertProcessLogParams{ProcessID: id, Kind: status, Element: t.Element, Name: t.Name, Text: reason, At: at}
		if err := u.q.InsertProcessLog(ctx, entry); err != nil {
			return fmt.Errorf("write log: %w", err)
		}
	}
	return nil
}
