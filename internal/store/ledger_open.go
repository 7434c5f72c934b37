package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/store/db"
)

// lock locks a process, before anything of it: whoever changes something of a process waits here, so that tasks and lines of one process
// are never changed by two at a time, and nobody waits in a circle.
func (u *unit) lock(ctx context.Context, id uuid.UUID) (*db.LockProcessRow, error) {
	row, err := u.q.LockProcess(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, noProcess()
	}
	if err != nil {
		return nil, fmt.Errorf("lock process: %w", err)
	}
	return &row, nil
}

// ended tells whether a status is one that no process leaves.
func ended(status string) bool {
	return status == string(bpm.Completed) || status == string(bpm.Withdrawn) || status == string(bpm.Broken)
}

// Open implements process.Ledger.
func (l *Ledger) Open(ctx context.Context, id uuid.UUID, openings []process.Opening) error {
	return l.exec(ctx, func(ctx context.Context, u *unit) error {
		of, err := u.lock(ctx, id)
		if err != nil || ended(of.Status) {
			return err // the tasks of a process that ended meanwhile would be closed at once
		}
		library, err := l.Library(ctx, of.VersionID)
		if err != nil {
			return err
		}
		var tasks []uuid.UUID
		for i := range openings {
			made, err := u.open(ctx, id, &openings[i], library.Steps[openings[i].Element])
			if err != nil {
				return err
			}
			tasks = append(tasks, made...)
		}
		if len(tasks) == 0 {
			return nil
		}
		if err := u.q.AddCandidateAccess(ctx, db.AddCandidateAccessParams{ProcessID: id, Tasks: tasks}); err != nil {
			return fmt.Errorf("let candidates see the process: %w", err)
		}
		return u.tellAsked(ctx, taskMail(tasks))
	})
}

// open makes the tasks of an opening, one for each seat, and gives those that were not there.
func (u *unit) open(ctx context.Context, id uuid.UUID, o *process.Opening, step *bpm.Step) ([]uuid.UUID, error) {
	if len(o.Candidates) == 0 {
		return nil, fault.New(fault.Invalid, "Nobody can do the task %s (%s): its actors name no one. Correct them, or the values they come from.", o.Title, o.Element)
	}
	seats, err := process.Seats(step, o.Candidates)
	if err != nil {
		return nil, err
	}
	made, err := u.openSeats(ctx, id, o, seats)
	if err != nil {
		return nil, err
	}
	if err := u.logUnsent(ctx, id, made, o); err != nil {
		return nil, err
	}
	if err := u.tellCopies(ctx, made, o); err != nil {
		return nil, err
	}
	return made, u.openLines(ctx, id, o)
}

// openSeats makes the tasks of all seats, with those who may do each, and gives those that were not there.
func (u *unit) openSeats(ctx context.Context, id uuid.UUID, o *process.Opening, seats [][]process.Principal) ([]uuid.UUID, error) {
	values, err := encoded(o.Values)
	if err != nil {
		return nil, err
	}
	late, err := deadlineOf(o)
	if err != nil {
		return nil, err
	}
	status := "open"
	if o.Stage > 0 {
		status = "waiting"
	}
	tasks := db.InsertProcessTasksParams{
		ProcessID: id, Work: o.Work, Part: int32(o.Part), Stage: int32(o.Stage), //nolint:gosec // small numbers
		Element: o.Element, Name: o.Name, Title: o.Title, Status: status, DueAt: o.Due, RemindAt: o.Remind, ExpireAt: o.Expire,
		ExpireFlow: o.ExpireFlow, Escalation: late.escalation, Letter: late.letter, Variables: values,
	}
	who := db.InsertCandidatesParams{Pending: status == "open"}
	for _, candidates := range seats {
		key, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("make task id: %w", err)
		}
		tasks.Ids = append(tasks.Ids, key)
		kinds, ids, scopes, names := columnsOf(candidates)
		who.Kinds, who.Principals, who.Scopes, who.Names = append(who.Kinds, kinds...), append(who.Principals, ids...), append(who.Scopes, scopes...), append(who.Names, names...)
		who.Tasks = append(who.Tasks, slices.Repeat([]uuid.UUID{key}, len(candidates))...)
	}
	if who.Made, err = u.q.InsertProcessTasks(ctx, tasks); err != nil {
		return nil, fmt.Errorf("write tasks: %w", err)
	}
	if len(who.Made) == 0 {
		return nil, nil // they are open already
	}
	if err := u.q.InsertCandidates(ctx, who); err != nil {
		return nil, fmt.Errorf("write candidates: %w", err)
	}
	return who.Made, nil
}

// deadline is what is kept of an opening for later, as JSON; null for what it does not have.
type deadline struct{ escalation, letter json.RawMessage }

func deadlineOf(o *process.Opening) (d deadline, err error) {
	if o.Escalation != nil {
		kept := *o.Escalation
		kept.To, kept.Unknown = append([]process.Principal{}, kept.To...), append([]string{}, kept.Unknown...) // lists, also when they are empty
		if d.escalation, err = json.Marshal(kept); err != nil {
			return d, fmt.Errorf("encode escalation: %w", err)
		}
	}
	if o.Letter != nil {
		if d.letter, err = json.Marshal(o.Letter); err != nil {
			return d, fmt.Errorf("encode letter: %w", err)
		}
	}
	return d, nil
}

func (u *unit) openLines(ctx context.Context, id uuid.UUID, o *process.Opening) error {
	if len(o.Lines) == 0 {
		return nil
	}
	lines := db.InsertProcessLinesParams{ProcessID: id, Work: o.Work, Part: int32(o.Part)} //nolint:gosec // a small number
	for _, line := range o.Lines {
		key, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make line id: %w", err)
		}
		content := line.Content
		if len(content) == 0 {
			content = json.RawMessage("{}")
		}
		subject := uuid.Nil
		if line.Subject != nil {
			subject = *line.Subject
		}
		lines.Ids, lines.Keys, lines.Titles = append(lines.Ids, key), append(lines.Keys, line.Key), append(lines.Titles, line.Title)
		lines.Subjects, lines.Contents = append(lines.Subjects, subject), append(lines.Contents, content)
	}
	if err := u.q.InsertProcessLines(ctx, lines); err != nil {
		return fmt.Errorf("write lines: %w", err)
	}
	return nil
}

// encoded gives values as JSON; none are an empty object.
func encoded(values bpm.Values) (json.RawMessage, error) {
	if values == nil {
		values = bpm.Values{}
	}
	text, err := json.Marshal(values)
	if err != nil {
		return nil, fmt.Errorf("encode values: %w", err)
	}
	return text, nil
}
