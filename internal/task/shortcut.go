package task

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
)

// Shortcut is a link in a mail by which one person decides about one task, once.
type Shortcut struct {
	Task      uuid.UUID
	Person    process.Person
	Active    bool // the person is
	Language  string
	ExpiresAt time.Time
	Used      bool
}

// Refusal is why a link does not decide; empty when it does.
type Refusal string

// The refusals.
const (
	RefusedUnknown Refusal = "unknown"   // there is no such link
	RefusedUsed    Refusal = "used"      // it decided before
	RefusedOver    Refusal = "over"      // its time ran out
	RefusedPerson  Refusal = "person"    // its person is disabled, or not asked any more
	RefusedClaimed Refusal = "claimed"   // somebody else has taken the task
	RefusedSelf    Refusal = "self"      // it is about the person's own request
	RefusedForm    Refusal = "form"      // the task has a form that has to be filled in
	RefusedOff     Refusal = "off"       // the installation has no such links
	refusedStatus  Refusal = "cancelled" // the task is over; the status of the task says how
)

// Sheet is what a link shows. Detail is that of a task that can be decided about, and empty with a refusal.
type Sheet struct {
	Detail
	Person   process.Person
	Language string
	Refusal  Refusal
}

// LookByShortcut gives what the link with this hash decides about. It changes nothing.
func (s *Tasks) LookByShortcut(ctx context.Context, hash []byte) (Sheet, error) {
	_, out, err := s.shortcut(ctx, hash)
	return out, err
}

// DecideByShortcut completes the task of a link as its person, by all rules that hold for them in the console, and uses the link up. What it
// refuses changes nothing and is told in the sheet; errors are those of [Tasks.Complete].
func (s *Tasks) DecideByShortcut(ctx context.Context, hash []byte, outcome, comment string) (Sheet, error) {
	var out Sheet
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		as, sheet, err := s.shortcut(ctx, hash)
		out = sheet
		if err != nil || sheet.Refusal != "" {
			return err
		}
		used, err := s.Store.UseShortcut(ctx, hash)
		if err != nil {
			return err
		}
		if !used {
			out = Sheet{Person: sheet.Person, Language: sheet.Language, Refusal: RefusedUsed}
			return nil
		}
		line := process.LogLine{Kind: "shortcut", Element: sheet.Element, Name: sheet.Name, Actor: sheet.Person.UserName}
		if err := s.Store.Log(ctx, sheet.ProcessID, line); err != nil {
			return err
		}
		_, err = s.Complete(as, sheet.ID, Completion{Version: sheet.Version, Outcome: outcome, Comment: comment})
		return err
	})
	return out, err
}

// shortcut finds out what a link may still do. The context it gives is that of its person, with no permission but those of whom is asked.
func (s *Tasks) shortcut(ctx context.Context, hash []byte) (context.Context, Sheet, error) {
	link, err := s.Store.Shortcut(ctx, hash)
	if fault.Is(err, fault.NotFound) {
		return ctx, Sheet{Refusal: RefusedUnknown}, nil
	}
	if err != nil {
		return ctx, Sheet{}, err
	}
	out := Sheet{Person: link.Person, Language: link.Language}
	as := authz.With(ctx, authz.Principal{UserID: link.Person.ID, UserName: link.Person.UserName, Origin: authz.OriginPerson})
	out.Refusal, err = s.refusal(as, &link)
	if err != nil || out.Refusal != "" {
		return as, out, err
	}
	out.Detail, err = s.Get(as, link.Task)
	return as, out, err
}

// refusal says why a link does not decide.
func (s *Tasks) refusal(ctx context.Context, link *Shortcut) (Refusal, error) {
	switch {
	case link.Used:
		return RefusedUsed, nil
	case !link.Active:
		return RefusedPerson, nil
	}
	t, err := s.Store.Get(ctx, link.Task)
	switch {
	case err != nil:
		return "", err
	case !t.Live() && t.Status != Waiting:
		return Refusal(t.Status), nil
	case t.Status == Waiting:
		return refusedStatus, nil
	case !time.Now().Before(link.ExpiresAt):
		return RefusedOver, nil
	}
	by, err := s.stand(ctx, &t)
	switch {
	case fault.Is(err, fault.NotFound):
		return RefusedPerson, nil
	case err != nil:
		return "", err
	case t.Status == Claimed && by.candidate && !by.assignee:
		return RefusedClaimed, nil
	case !by.assignee && !by.candidate: // a manager decides in the console
		return RefusedPerson, nil
	}
	return s.unsuited(ctx, &t, by.who.UserID)
}

// unsuited says why a task is not decided by a link, or not by this person.
func (s *Tasks) unsuited(ctx context.Context, t *Task, user uuid.UUID) (Refusal, error) {
	_, step, _, err := s.content(ctx, t)
	switch {
	case err != nil:
		return "", err
	case step.Mail == nil || !step.Mail.Shortcut:
		return RefusedOff, nil
	case !ByShortcut(step):
		return RefusedForm, nil
	case !process.Deciding(step):
		return "", nil
	}
	lines, err := s.lines(ctx, t)
	if err != nil {
		return "", err
	}
	err = impartial(t, step, lines, user)
	if fault.Is(err, fault.Denied) {
		return RefusedSelf, nil
	}
	return "", err
}

// ByShortcut tells whether a link may decide about the tasks of a step: approvals, and decisions whose form demands nothing.
func ByShortcut(step *bpm.Step) bool {
	decided := process.Deciding(step) || step.Approval == nil && step.Match == nil && len(step.Decisions) > 0
	return decided && !step.Form.Demands()
}

// Ways are the buttons of a sheet: to approve and to deny, or the decisions of the task. Approvals leave their names to the page.
func (d *Sheet) Ways() []bpm.Decision {
	if d.Deciding {
		return []bpm.Decision{{Flow: ApproveAll}, {Flow: DenyAll}}
	}
	return slices.Clone(d.Decisions)
}
