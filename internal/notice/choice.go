package notice

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/object"
)

// Occasions of which people may choose not to be told by mail. All others reach them always: what is late, what failed, and what the definition
// of a process itself sends.
const (
	assignments = "assignment"
	reminders   = "reminder"
	outcomes    = "outcome"
	digests     = "digest"
)

// ChoicePath is the page of the console where people choose.
const ChoicePath = "/me/notices"

// AuditChoice is the type of people's choices in the audit trail.
const AuditChoice = "noticeChoice"

// Wanted says which notices reach somebody by mail.
type Wanted struct {
	Assignment bool `json:"assignment" doc:"A task waits, is handed over or comes back"`
	Reminder   bool `json:"reminder" doc:"A task is due soon"`
	Outcome    bool `json:"outcome" doc:"What became of the own requests"`
	Digest     bool `json:"digest" doc:"What was granted and revoked in information systems that tell the own address"`
}

// ChoiceStore keeps what people do not want to be told. Methods join the transaction of the context.
type ChoiceStore interface {
	object.Transactor
	// DeclinedNotices gives the occasions that somebody declined.
	DeclinedNotices(ctx context.Context, user uuid.UUID) ([]string, error)
	// DeclineNotices has somebody told of everything but these occasions.
	DeclineNotices(ctx context.Context, user uuid.UUID, occasions []string) error
}

// Choices is the use case of choosing: each person chooses for themselves alone.
type Choices struct {
	Store ChoiceStore
	Audit audit.Recorder
}

// Mine says which notices reach the caller by mail: all of them until they choose.
func (s *Choices) Mine(ctx context.Context) (Wanted, error) {
	who, err := person(ctx)
	if err != nil {
		return Wanted{}, err
	}
	return s.of(ctx, who.UserID)
}

// Choose says which notices reach the caller from now on, also of those that are written already and not sent yet.
func (s *Choices) Choose(ctx context.Context, w Wanted) error {
	who, err := person(ctx)
	if err != nil {
		return err
	}
	return s.Store.Do(ctx, func(ctx context.Context) error {
		before, err := s.of(ctx, who.UserID)
		if err != nil || before == w {
			return err
		}
		if err := s.Store.DeclineNotices(ctx, who.UserID, w.declined()); err != nil {
			return err
		}
		e := audit.Entry{Action: "update", ObjectType: AuditChoice, ObjectID: &who.UserID, ObjectName: who.UserName}
		if e.Before, e.After, _, err = audit.Difference(before, w); err != nil {
			return err
		}
		return s.Audit.Record(ctx, e)
	})
}

// person gives the caller; the platform and nobody get no mail.
func person(ctx context.Context) (authz.Principal, error) {
	p, ok := authz.From(ctx)
	if !ok || p.UserID == uuid.Nil {
		return p, authz.ErrNoPrincipal
	}
	return p, nil
}

func (s *Choices) of(ctx context.Context, user uuid.UUID) (Wanted, error) {
	var w Wanted
	declined, err := s.Store.DeclinedNotices(ctx, user)
	for occasion, wanted := range w.each() {
		*wanted = !slices.Contains(declined, occasion)
	}
	return w, err
}

// each gives the choices by the names under which they are kept.
func (w *Wanted) each() map[string]*bool {
	return map[string]*bool{assignments: &w.Assignment, reminders: &w.Reminder, outcomes: &w.Outcome, digests: &w.Digest}
}

// declined lists what is not wanted.
func (w *Wanted) declined() []string {
	out := []string{}
	for occasion, wanted := range w.each() {
		if !*wanted {
			out = append(out, occasion)
		}
	}
	return out
}

// choice names the occasion by which a mail can be declined; empty for mails that reach their people always.
func (m *Mail) choice() string {
	switch m.Kind {
	case Task:
		if m.Letter != nil {
			return "" // the definition wants it sent
		}
		return assignments
	case Delegated, Returned:
		return assignments
	case Reminder:
		return reminders
	case Outcome:
		return outcomes
	case Digest:
		return digests
	case Escalated, Incident, Copy:
	}
	return ""
}
