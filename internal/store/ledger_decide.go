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

// decisions says what completed tasks came to.
func (l *Ledger) decisions(ctx context.Context, u *unit, id uuid.UUID, rows []db.CompletedTasksRow) ([]process.Decision, error) {
	out := make([]process.Decision, len(rows))
	var works []int64
	for i, r := range rows {
		out[i] = process.Decision{Task: r.ID, Work: r.Work, Finished: r.Finishes, Actor: r.ClosedBy}
		if r.Finishes {
			works = append(works, r.Work)
		}
	}
	if len(works) == 0 {
		return out, nil
	}
	said, err := l.said(ctx, u, id, works)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		if !r.Finishes {
			continue
		}
		of := said.of[r.Work]
		if out[i].Outcome, out[i].Values, err = process.Conclude(said.library.Steps[r.Element], r.Outcome, of.payloads, of.lines); err != nil {
			return nil, err
		}
		if expired := r.ClosedBy == ""; expired && r.Outcome != "" {
			out[i].Outcome = r.Outcome // as the definition says for that
		}
	}
	return out, nil
}

// opinions are what the people of works said.
type opinions struct {
	library *bpm.Library
	of      map[int64]*opinion
}

// opinion is what all people of a node said.
type opinion struct {
	payloads []bpm.Values // in the order of their completion
	lines    []process.DecidedLine
}

// said reads what the people of works said.
func (l *Ledger) said(ctx context.Context, u *unit, id uuid.UUID, works []int64) (*opinions, error) {
	brief, err := l.Brief(ctx, id)
	if err != nil {
		return nil, err
	}
	library, err := l.Library(ctx, brief.Version)
	if err != nil {
		return nil, err
	}
	out := &opinions{library: library, of: make(map[int64]*opinion, len(works))}
	for _, w := range works {
		out.of[w] = &opinion{}
	}
	rows, err := u.q.PayloadsOfWorks(ctx, db.PayloadsOfWorksParams{ProcessID: id, Works: works})
	if err != nil {
		return nil, fmt.Errorf("read payloads: %w", err)
	}
	for _, r := range rows {
		var payload bpm.Values
		if err := json.Unmarshal(r.Payload, &payload); err != nil {
			return nil, fmt.Errorf("decode payload: %w", err)
		}
		of := out.of[r.Work]
		of.payloads = append(of.payloads, payload)
	}
	lines, err := u.lines(ctx, id, works)
	if err != nil {
		return nil, err
	}
	for work, of := range out.of {
		of.lines = lines[work]
	}
	return out, nil
}

// lines gives the lines of works.
func (u *unit) lines(ctx context.Context, id uuid.UUID, works []int64) (map[int64][]process.DecidedLine, error) {
	rows, err := u.q.ProcessLines(ctx, db.ProcessLinesParams{ProcessID: id, Works: works})
	if err != nil {
		return nil, fmt.Errorf("read lines: %w", err)
	}
	out := map[int64][]process.DecidedLine{}
	for _, r := range rows {
		out[r.Work] = append(out[r.Work], process.DecidedLine{
			ID: r.ID, Part: int(r.Part), Key: r.Key, Title: r.Title, Subject: r.SubjectID, Content: r.Content, Decision: r.Decision,
			Stage: int(r.Stage), DecidedBy: r.DecidedBy, Comment: r.Comment,
		})
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

// closeWorks closes what is open of works, and logs it; what people completed stays completed.
func (u *unit) closeWorks(ctx context.Context, id uuid.UUID, works []int64, status, reason string, at time.Time) error {
	if len(works) == 0 {
		return nil
	}
	if err := u.q.CloseWorks(ctx, db.CloseWorksParams{ProcessID: id, Works: works, Status: status, Reason: reason, At: at}); err != nil {
		return fmt.Errorf("close tasks: %w", err)
	}
	return nil
}
