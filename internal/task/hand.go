package task

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
)

// change runs fn on a task that can still be done, under the lock of its process, and saves it with a log line and an audit entry. fn gives
// nothing to log when there is nothing to do.
func (s *Tasks) change(
	ctx context.Context, id uuid.UUID, what string, fn func(ctx context.Context, t *Task, by *standing) (text string, changed bool, err error),
) (Task, error) {
	if _, err := me(ctx); err != nil {
		return Task{}, err
	}
	var out Task
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		t, err := s.Store.Lock(ctx, id)
		if err != nil {
			return err
		}
		by, err := s.stand(ctx, &t)
		if err != nil {
			return err
		}
		if err := over(&t); err != nil {
			return err
		}
		before := t
		text, changed, err := fn(ctx, &t, &by)
		if err != nil {
			return err
		}
		if changed {
			if err := s.Store.Save(ctx, t); err != nil {
				return err
			}
			line := process.LogLine{Kind: what, Element: t.Element, Name: t.Name, Actor: by.who.UserName, Text: text}
			if err := s.Store.Log(ctx, t.ProcessID, line); err != nil {
				return err
			}
			if err := s.trail(ctx, what, &t, facts(&before), facts(&t)); err != nil {
				return err
			}
		}
		out, err = s.Store.Get(ctx, id)
		return err
	})
	return out, err
}

// over says why a task can be done no more: who was first, or that the time ran out.
func over(t *Task) error {
	switch t.Status {
	case Waiting:
		return fault.New(fault.Conflict, "The task %q waits for the stage before it.", t.Title)
	case Completed:
		return fault.New(fault.Conflict, "The task %q was completed by %s first, at %s.", t.Title, t.ClosedBy, t.ClosedAt.UTC().Format("15:04 on 2 January 2006 (MST)"))
	case Expired:
		return fault.New(fault.Conflict, "The time for the task %q ran out. %s", t.Title, t.Reason)
	case Cancelled:
		return fault.New(fault.Conflict, "The task %q is not needed any more. %s", t.Title, t.Reason)
	}
	return nil
}

// facts is what the trail keeps of a task.
func facts(t *Task) map[string]any {
	return map[string]any{"status": t.Status, "assigneeId": t.AssigneeID, "ownerId": t.OwnerID, "scheduledFor": t.ScheduledFor, "outcome": t.Outcome, "comment": t.Comment}
}

func (s *Tasks) trail(ctx context.Context, what string, t *Task, before, after any) error {
	e := audit.Entry{Action: what, ObjectType: process.AuditTask, ObjectID: &t.ID, ObjectName: t.Title}
	var err error
	if e.Before, e.After, _, err = audit.Difference(before, after); err != nil {
		return err
	}
	return s.Audit.Record(ctx, e)
}

// denied says why somebody may not do a task that is there.
func denied(t *Task, by *standing) error {
	if t.Status == Claimed && by.candidate {
		return fault.New(fault.Conflict, "The task %q is taken by %s. Ask them, or a manager of the process, to give it back.", t.Title, t.Assignee)
	}
	return fault.New(fault.Denied, "The task %q is for others.", t.Title)
}

// Claim makes a task the caller's own: nobody else sees it in their inbox. A task the caller has taken already stays theirs; one that
// somebody else has taken is refused with fault.Conflict, which says who, except to managers.
func (s *Tasks) Claim(ctx context.Context, id uuid.UUID) (Task, error) {
	return s.change(ctx, id, "claim", func(ctx context.Context, t *Task, by *standing) (string, bool, error) {
		switch {
		case by.assignee:
			return "", false, nil
		case !by.works(t):
			return "", false, denied(t, by)
		}
		user := by.who.UserID
		t.Status, t.AssigneeID = Claimed, &user
		return "", true, s.Store.Admit(ctx, t.ProcessID, user, process.PartActor)
	})
}

// Release gives a task back: to who delegated it, else to all candidates. Who has taken it may, and managers.
func (s *Tasks) Release(ctx context.Context, id uuid.UUID) (Task, error) {
	return s.change(ctx, id, "release", func(ctx context.Context, t *Task, by *standing) (string, bool, error) {
		switch {
		case t.Status == Open:
			return "", false, fault.New(fault.Conflict, "Nobody has taken the task %q.", t.Title)
		case !by.assignee && !by.manager:
			return "", false, denied(t, by)
		}
		if t.OwnerID != nil && !is(t.OwnerID, *t.AssigneeID) {
			t.AssigneeID, t.OwnerID = t.OwnerID, nil
			return "back to " + t.Owner, true, s.announce(ctx, t, &by.who, Announcement{Returned: true})
		}
		t.Status, t.AssigneeID, t.OwnerID = Open, nil, nil
		return "", true, nil
	})
}

// Delegate hands a task to somebody else, who is named by user name or id; whoever delegates gets it back with [Tasks.Recall], or when the
// other one releases it. Who may do the task may. Nobody is given a task that they could not do themselves: an approval of their own request.
func (s *Tasks) Delegate(ctx context.Context, id uuid.UUID, to, comment string) (Task, error) {
	return s.change(ctx, id, "delegate", func(ctx context.Context, t *Task, by *standing) (string, bool, error) {
		if !by.works(t) {
			return "", false, denied(t, by)
		}
		person, ok, err := s.Store.Person(ctx, strings.TrimSpace(to))
		switch {
		case err != nil:
			return "", false, err
		case !ok || strings.TrimSpace(to) == "":
			return "", false, fault.InvalidField("to", "There is no active user %q.", to)
		case is(t.AssigneeID, person.ID):
			return "", false, fault.InvalidField("to", "%s has the task already.", person.UserName)
		}
		if err := s.substitute(ctx, t, person); err != nil {
			return "", false, err
		}
		if t.OwnerID == nil && person.ID != by.who.UserID {
			owner := by.who.UserID
			t.OwnerID = &owner
		}
		if is(t.OwnerID, person.ID) {
			t.OwnerID = nil
		}
		t.Status, t.AssigneeID = Claimed, &person.ID
		text := strings.TrimSpace("to " + person.UserName + ". " + strings.TrimSpace(comment))
		if err := s.Store.Admit(ctx, t.ProcessID, person.ID, process.PartActor); err != nil {
			return "", false, err
		}
		return text, true, s.announce(ctx, t, &by.who, Announcement{Comment: strings.TrimSpace(comment)})
	})
}

// announce tells whoever has a task now that they do, unless they took it themselves.
func (s *Tasks) announce(ctx context.Context, t *Task, by *authz.Principal, what Announcement) error {
	if is(t.AssigneeID, by.UserID) {
		return nil
	}
	what.By = by.UserName
	return s.Store.Announce(ctx, t.ID, *t.AssigneeID, what)
}

// substitute checks whoever takes a task over by the rules that hold for everybody who does it.
func (s *Tasks) substitute(ctx context.Context, t *Task, person process.Person) error {
	_, step, _, err := s.content(ctx, t)
	if err != nil || !process.Deciding(step) {
		return err
	}
	lines, err := s.lines(ctx, t)
	if err != nil {
		return err
	}
	if err := impartial(t, step, lines, person.ID); err != nil {
		return fault.InvalidField("to", "%s cannot be given this task: it is about their own request.", person.UserName)
	}
	return nil
}

// impartial refuses who would decide about their own request, unless the approval allows that.
func impartial(t *Task, step *bpm.Step, lines []process.DecidedLine, user uuid.UUID) error {
	if step.Approval.Self == process.SelfAllow {
		return nil
	}
	own := is(t.InitiatorID, user) || is(t.SubjectID, user)
	for i := range lines {
		own = own || is(lines[i].Subject, user)
	}
	if own {
		return fault.New(fault.Denied, "You cannot decide about your own request. Somebody else has to, or the task is delegated.")
	}
	return nil
}

// Recall gets a delegated task back. Who delegated it may.
func (s *Tasks) Recall(ctx context.Context, id uuid.UUID) (Task, error) {
	return s.change(ctx, id, "recall", func(_ context.Context, t *Task, by *standing) (string, bool, error) {
		if !by.owner {
			return "", false, fault.New(fault.Conflict, "You have not delegated the task %q.", t.Title)
		}
		from := t.Assignee
		t.AssigneeID, t.OwnerID, t.Status = t.OwnerID, nil, Claimed
		return "from " + from, true, nil
	})
}

// Schedule notes when somebody means to do a task; nil takes that back. Who may do the task may.
func (s *Tasks) Schedule(ctx context.Context, id uuid.UUID, at *time.Time) (Task, error) {
	return s.change(ctx, id, "schedule", func(_ context.Context, t *Task, by *standing) (string, bool, error) {
		if !by.works(t) {
			return "", false, denied(t, by)
		}
		t.ScheduledFor = at
		if at == nil {
			return "", true, nil
		}
		return at.UTC().Format(time.RFC3339), true, nil
	})
}

// SaveDraft keeps what was filled in so far. Values have to fit their fields; nothing has to be complete. A version other than zero must be the
// one the caller saw (fault.Stale).
func (s *Tasks) SaveDraft(ctx context.Context, id uuid.UUID, version int64, values bpm.Values) (Task, error) {
	if _, err := me(ctx); err != nil {
		return Task{}, err
	}
	var out Task
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		t, err := s.Store.Lock(ctx, id)
		if err != nil {
			return err
		}
		by, err := s.stand(ctx, &t)
		if err != nil {
			return err
		}
		if err := ready(&t, &by, version); err != nil {
			return err
		}
		content, step, library, err := s.content(ctx, &t)
		if err != nil {
			return err
		}
		draft, err := s.Forms.Check(ctx, process.Filled{Library: library, Form: step.Form, Current: content.Current, Given: values, Draft: true})
		if err != nil {
			return err
		}
		if err := s.Store.SaveDraft(ctx, id, draft); err != nil {
			return err
		}
		out, err = s.Store.Get(ctx, id)
		return err
	})
	return out, err
}

// Fill gives the form of a task as it is with what was filled in so far, after a field changed: triggers may have set values, shown or hidden
// fields, or have something to say. Nothing is kept. Who may do the task may (fault.Denied for others).
func (s *Tasks) Fill(ctx context.Context, id uuid.UUID, given bpm.Values, changed string) (process.FormView, error) {
	t, err := s.workable(ctx, id)
	if err != nil {
		return process.FormView{}, err
	}
	content, step, library, err := s.content(ctx, &t)
	if err != nil {
		return process.FormView{}, err
	}
	form := sheetOf(&t, &content, step, library)
	form.Given, form.Changed = given, changed
	return s.Forms.View(ctx, form)
}

// workable gives a task to somebody who may work on it now.
func (s *Tasks) workable(ctx context.Context, id uuid.UUID) (Task, error) {
	t, err := s.see(ctx, id)
	if err != nil {
		return Task{}, err
	}
	by, err := s.stand(ctx, &t)
	if err != nil {
		return Task{}, err
	}
	err = ready(&t, &by, 0)
	return t, err
}

// ready checks that a task can be worked on now, by this person, as they saw it.
func ready(t *Task, by *standing, version int64) error {
	if err := over(t); err != nil {
		return err
	}
	if !by.works(t) {
		return denied(t, by)
	}
	if version != 0 && version != t.Version {
		return fault.New(fault.Stale, "The task %q was changed in the meantime. Look at it again.", t.Title)
	}
	return nil
}

// Comment writes about a task. Whoever sees it may, also when it is over.
func (s *Tasks) Comment(ctx context.Context, id uuid.UUID, text string) (process.Comment, error) {
	t, err := s.see(ctx, id)
	if err != nil {
		return process.Comment{}, err
	}
	return s.Processes.AddComment(ctx, t.ProcessID, &id, text)
}

// Attach adds a file to a task that can still be done, where its step takes any. Who may do the task may.
func (s *Tasks) Attach(ctx context.Context, id uuid.UUID, name, mediaType string, content []byte) (process.Document, error) {
	t, err := s.workable(ctx, id)
	if err != nil {
		return process.Document{}, err
	}
	_, step, _, err := s.content(ctx, &t)
	if err != nil {
		return process.Document{}, err
	}
	if !step.Uploads {
		return process.Document{}, fault.New(fault.Conflict, "The step %s takes no documents.", t.Name)
	}
	return s.Processes.Attach(ctx, t.ProcessID, &id, name, mediaType, content)
}

// see gives a task to somebody who sees its process.
func (s *Tasks) see(ctx context.Context, id uuid.UUID) (Task, error) {
	if _, err := me(ctx); err != nil {
		return Task{}, err
	}
	t, err := s.Store.Get(ctx, id)
	if err != nil {
		return t, err
	}
	if _, _, err := s.Processes.See(ctx, t.ProcessID); err != nil {
		if fault.Is(err, fault.NotFound) {
			err = fault.New(fault.NotFound, "There is no such task.")
		}
		return Task{}, err
	}
	return t, nil
}
