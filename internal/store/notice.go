package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/notice"
	"provost/internal/process"
	"provost/internal/store/db"
	"provost/internal/task"
)

// mostAsked is how many of those who are asked are told about one task by mail.
const mostAsked = 500

// mailDays is how long mails that are over are kept.
const mailDays = 30

// telling is about which tasks whom is to be told, and why.
type telling struct {
	kind  notice.Kind
	tasks []uuid.UUID
	// asked for by the definition: it is told whether or not usual notices are sent.
	asked bool
	// later limits it to those whom an escalation asks.
	later bool
}

func taskMail(tasks []uuid.UUID) telling { return telling{kind: notice.Task, tasks: tasks} }
func reminderMail(tasks []uuid.UUID) telling {
	return telling{kind: notice.Reminder, tasks: tasks, asked: true}
}

func escalationMail(tasks []uuid.UUID) telling {
	return telling{kind: notice.Escalated, tasks: tasks, asked: true, later: true}
}

// tellAsked writes the mails for those who are asked to do tasks.
func (u *unit) tellAsked(ctx context.Context, t telling) error {
	if len(t.tasks) == 0 {
		return nil
	}
	usual, err := u.usual(ctx)
	if err != nil {
		return err
	}
	err = u.q.TellAsked(ctx, db.TellAskedParams{Tasks: t.tasks, Kind: string(t.kind), Usual: usual || t.asked, LaterOnly: t.later, Most: mostAsked})
	if err != nil {
		return fmt.Errorf("write mails: %w", err)
	}
	return nil
}

// usual tells whether people are told without a definition asking for it.
func (u *unit) usual(ctx context.Context) (bool, error) {
	wanted, err := u.q.NoticesWanted(ctx)
	if err != nil {
		return false, fmt.Errorf("read whether notices are sent: %w", err)
	}
	return wanted, nil
}

// tellCopies writes the mails for the addresses that a definition names beside those who are asked.
func (u *unit) tellCopies(ctx context.Context, made []uuid.UUID, o *process.Opening) error {
	if len(made) == 0 || len(o.Copies) == 0 {
		return nil
	}
	if err := u.q.TellCopies(ctx, db.TellCopiesParams{TaskID: made[0], Addresses: o.Copies}); err != nil {
		return fmt.Errorf("write mails: %w", err)
	}
	return nil
}

// logUnsent writes down that the notice of a definition could not be written.
func (u *unit) logUnsent(ctx context.Context, id uuid.UUID, made []uuid.UUID, o *process.Opening) error {
	if len(made) == 0 || o.Unsent == "" || o.Part > 0 || o.Stage > 0 {
		return nil
	}
	line := db.InsertProcessLogParams{
		ProcessID: id, Kind: "notice", Element: o.Element, Name: o.Name, Text: "The notice cannot be written as it is defined. " + o.Unsent, At: time.Now(),
	}
	if err := u.q.InsertProcessLog(ctx, line); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return nil
}

// tellEnd lets the requester know what became of a process.
func (u *unit) tellEnd(ctx context.Context, id uuid.UUID) error {
	usual, err := u.usual(ctx)
	if err != nil || !usual {
		return err
	}
	if err := u.q.TellRequester(ctx, id); err != nil {
		return fmt.Errorf("write mail to the requester: %w", err)
	}
	return nil
}

// tellIncident lets operators know that a step failed.
func (u *unit) tellIncident(ctx context.Context, id uuid.UUID, a *bpm.Alarm, name string) error {
	facts, err := notice.Facts{Step: name, Message: a.Fault.Message}.Encoded()
	if err != nil {
		return err
	}
	if err := u.q.TellOperators(ctx, db.TellOperatorsParams{ProcessID: id, Incident: a.Incident, Facts: facts}); err != nil {
		return fmt.Errorf("write mails to operators: %w", err)
	}
	return nil
}

// Announce implements task.Store.
func (s *ProcessTasks) Announce(ctx context.Context, id, to uuid.UUID, what task.Announcement) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		usual, err := u.usual(ctx)
		if err != nil || !usual {
			return err
		}
		kind := notice.Delegated
		if what.Returned {
			kind = notice.Returned
		}
		facts, err := notice.Facts{By: what.By, Comment: what.Comment}.Encoded()
		if err != nil {
			return err
		}
		if err := u.q.TellPerson(ctx, db.TellPersonParams{TaskID: id, UserID: to, Kind: string(kind), Facts: facts}); err != nil {
			return fmt.Errorf("write mail: %w", err)
		}
		return nil
	})
}

// ClaimMails implements notice.Store.
func (t *Tenant) ClaimMails(ctx context.Context, limit int) ([]notice.Mail, error) {
	var out []notice.Mail
	err := t.exec(ctx, func(ctx context.Context, u *unit) error {
		ids, err := u.q.ClaimMails(ctx, int32(limit)) //nolint:gosec // a page size
		if err != nil || len(ids) == 0 {
			return err
		}
		rows, err := u.q.MailFacts(ctx, ids)
		if err != nil {
			return err
		}
		out = make([]notice.Mail, len(rows))
		for i := range rows {
			if out[i], err = mailOf(&rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim mails: %w", err)
	}
	return out, nil
}

func mailOf(r *db.MailFactsRow) (notice.Mail, error) {
	m := notice.Mail{
		ID: r.ID, Key: r.Key, Kind: notice.Kind(r.Kind), TaskID: r.TaskID, ProcessID: r.ProcessID, UserID: r.UserID, Address: r.Address,
		Declined: r.Declined, Attempts: int(r.Attempts), CreatedAt: r.CreatedAt, FullName: r.FullName, Language: r.Language, Active: r.Active,
		Title: r.Title, Step: r.Name, TaskStatus: r.TaskStatus, DueAt: r.TaskDueAt, ExpireAt: r.ExpireAt,
		Number: r.Number, Process: r.Process, Status: r.ProcessStatus, Message: r.ProcessMessage, Initiator: r.Initiator,
	}
	for _, part := range []struct {
		text json.RawMessage
		into any
	}{{r.Facts, &m.Facts}, {r.Lines, &m.Lines}, {r.Decisions, &m.Decisions}, {r.Letter, &m.Letter}} {
		if len(part.text) == 0 {
			continue
		}
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return m, fmt.Errorf("decode facts of mail %s: %w", r.ID, err)
		}
	}
	return m, nil
}

// EndMails implements notice.Store.
func (t *Tenant) EndMails(ctx context.Context, results []notice.Result) error {
	var ended db.EndMailsParams
	var noted db.NoteMailsParams
	var told db.LogUnsentParams
	for _, r := range results {
		if r.Told {
			told.Ids, told.Reasons = append(told.Ids, r.ID), append(told.Reasons, r.Message)
		}
		if r.State == notice.Waiting {
			noted.Ids, noted.Messages = append(noted.Ids, r.ID), append(noted.Messages, r.Message)
			continue
		}
		ended.Ids, ended.Statuses, ended.Messages = append(ended.Ids, r.ID), append(ended.Statuses, string(r.State)), append(ended.Messages, r.Message)
	}
	err := t.exec(ctx, func(ctx context.Context, u *unit) error {
		return errors.Join(u.q.EndMails(ctx, ended), u.q.NoteMails(ctx, noted), u.q.LogUnsent(ctx, told))
	})
	if err != nil {
		return fmt.Errorf("write down what became of mails: %w", err)
	}
	return nil
}

// DeclinedNotices implements notice.ChoiceStore.
func (t *Tenant) DeclinedNotices(ctx context.Context, user uuid.UUID) ([]string, error) {
	var out []string
	err := t.query(ctx, func(ctx context.Context, u *unit) (err error) {
		if out, err = u.q.DeclinedNotices(ctx, user); err != nil {
			return fmt.Errorf("read declined notices: %w", err)
		}
		return nil
	})
	return out, err
}

// DeclineNotices implements notice.ChoiceStore.
func (t *Tenant) DeclineNotices(ctx context.Context, user uuid.UUID, occasions []string) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.DeclineNotices(ctx, db.DeclineNoticesParams{UserID: user, Occasions: occasions}); err != nil {
			return fmt.Errorf("write declined notices: %w", err)
		}
		return nil
	})
}

// KeepToken implements notice.Store.
func (t *Tenant) KeepToken(ctx context.Context, m *notice.Mail, hash []byte, expires time.Time) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.InsertMailToken(ctx, db.InsertMailTokenParams{Hash: hash, MailID: m.ID, TaskID: *m.TaskID, UserID: *m.UserID, ExpiresAt: expires})
	})
}

// Shortcut implements task.Shortcuts.
func (s *ProcessTasks) Shortcut(ctx context.Context, hash []byte) (task.Shortcut, error) {
	var out task.Shortcut
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		r, err := u.q.MailToken(ctx, hash)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "There is no such link.")
		}
		out = task.Shortcut{
			Task: r.TaskID, Person: process.Person{ID: r.UserID, UserName: r.UserName}, Active: r.Active, Language: r.Language,
			ExpiresAt: r.ExpiresAt, Used: r.UsedAt != nil,
		}
		return err
	})
	return out, err
}

// UseShortcut implements task.Shortcuts.
func (s *ProcessTasks) UseShortcut(ctx context.Context, hash []byte) (bool, error) {
	var used int64
	err := s.exec(ctx, func(ctx context.Context, u *unit) (err error) {
		used, err = u.q.UseMailToken(ctx, hash)
		return err
	})
	return used == 1, err
}

// NextNotice gives the next moment at which there is something to do about tasks and mails; zero when there is none. While the process engine
// is stopped only mails count: the maintenance wakes the workflow of notices after it was started again.
func (t *Tenant) NextNotice(ctx context.Context) (time.Time, error) {
	var at time.Time
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		stopped, err := u.q.EngineStopped(ctx)
		if err != nil {
			return fmt.Errorf("read whether the process engine is stopped: %w", err)
		}
		next, err := u.q.NextNotice(ctx)
		if stopped && err == nil {
			var mail db.NextMailRow
			mail, err = u.q.NextMail(ctx)
			next = db.NextNoticeRow(mail)
		}
		if err != nil {
			return fmt.Errorf("find next notice: %w", err)
		}
		if next.There {
			at = next.At
		}
		return nil
	})
	return at, err
}

// lateNotices wakes the workflow of notices when one is overdue: whatever became of the wake-up or of the workflow.
func (u *unit) lateNotices(ctx context.Context) error {
	late, err := u.q.NoticesAreLate(ctx)
	if err != nil || !late {
		return err
	}
	return u.post(ctx, KindNotices, []string{KindNotices}, []json.RawMessage{json.RawMessage("{}")})
}

var (
	_ notice.Store       = (*Tenant)(nil)
	_ notice.ChoiceStore = (*Tenant)(nil)
)
