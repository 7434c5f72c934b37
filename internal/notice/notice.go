// Package notice tells people by mail what concerns them: a task that waits, a reminder, what became of a request, a step that failed.
//
// An occasion is a row for each recipient, written in the transaction that is told about. Nothing is sent there: the office claims rows that
// are due, makes their texts from the facts of that moment and hands them to the mail server. What could not be sent is tried again for
// three days, and then the log of the process says whom it did not reach.
package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/notify"
	"provost/internal/parameter"
	"provost/internal/process"
)

// Kind is the occasion of a mail.
type Kind string

// The occasions.
const (
	Task      Kind = "task"      // somebody is asked to do a task
	Delegated Kind = "delegated" // a task was handed over to somebody
	Returned  Kind = "returned"  // a task came back to who had handed it over
	Reminder  Kind = "reminder"  // a task is due soon
	Escalated Kind = "escalated" // a task is late, and others are asked
	Outcome   Kind = "outcome"   // what became of a request
	Incident  Kind = "incident"  // a step of a process failed
	Digest    Kind = "digest"    // what was granted, revoked and ended in an information system
	Copy      Kind = "copy"      // the notice of a task, for addresses that its definition names
)

// Line is one grant that is decided about.
type Line struct {
	Title    string `json:"title"`
	Decision string `json:"decision"` // approved, denied, or empty
}

// Decision is what somebody decided in a process.
type Decision struct {
	Step    string `json:"step"`
	By      string `json:"by"`
	Outcome string `json:"outcome"`
	Comment string `json:"comment"`
	Kind    string `json:"kind"` // complete or expired
}

// Facts are what the occasion itself says.
type Facts struct {
	By      string  `json:"by,omitempty"`
	Comment string  `json:"comment,omitempty"`
	Step    string  `json:"step,omitempty"`
	Message string  `json:"message,omitempty"`
	System  string  `json:"system,omitempty"` // information system
	Day     string  `json:"day,omitempty"`
	Entries []Entry `json:"entries,omitempty"`
	More    int     `json:"more,omitempty"` // entries that are not listed
}

// Entry is one line of a digest.
type Entry struct {
	Action string    `json:"action"` // grant, revoke, or end: by its date
	Role   string    `json:"role"`
	Holder string    `json:"holder"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Mail is one mail that is to be sent now, with everything it may tell.
type Mail struct {
	ID        uuid.UUID
	Key       string // of the occasion and the recipient
	Kind      Kind
	TaskID    *uuid.UUID
	ProcessID *uuid.UUID
	UserID    *uuid.UUID
	Address   string
	Facts     Facts
	Declined  []string // occasions of which its person does not want to be told
	Attempts  int
	CreatedAt time.Time

	FullName string
	Language string
	Active   bool // false for people who are disabled

	Title      string // of the task
	Step       string
	TaskStatus string
	DueAt      *time.Time
	ExpireAt   *time.Time
	Letter     *process.Letter
	Lines      []Line

	Number    int64 // of the process
	Process   string
	Status    string
	Message   string
	Initiator string
	Decisions []Decision
}

// State is what became of a mail.
type State string

// The states.
const (
	Waiting State = "waiting" // is tried again
	Sent    State = "sent"
	Dropped State = "dropped" // nobody has to be told any more
	Failed  State = "failed"
)

// Result is what became of a mail that was claimed. Told is set when the log of its process is to say so.
type Result struct {
	ID      uuid.UUID
	State   State
	Message string
	Told    bool
}

// Store keeps mails.
type Store interface {
	// ClaimMails claims mails that are due, oldest first; nobody else sends them for a while.
	ClaimMails(ctx context.Context, limit int) ([]Mail, error)
	// EndMails writes down what became of mails.
	EndMails(ctx context.Context, results []Result) error
	// KeepToken keeps the hash of a link by which the recipient of a mail decides about its task.
	KeepToken(ctx context.Context, mail *Mail, hash []byte, expires time.Time) error
}

// Post sends mail; *notify.Mailer does.
type Post interface {
	SendAll(ctx context.Context, messages []notify.Message) ([]error, error)
}

// Settings say how mails speak to people; *parameter.Settings does.
type Settings interface {
	Notices(ctx context.Context) (parameter.Notices, error)
}

// Office sends what is due.
type Office struct {
	Store    Store
	Post     Post
	Settings Settings
	// PublicURL is where people reach the console when no parameter says so; empty where nobody knows.
	PublicURL string
	Logger    *slog.Logger // hears of mails that are given up and concern no process; nil for none
}

// How the office works.
const (
	batch     = 100
	patience  = 72 * time.Hour      // with a mail that cannot be sent
	tokenLife = 30 * 24 * time.Hour // of links, where the task does not end before
)

// Deliver sends a batch of what is due, and gives how many mails that were; zero when nothing was due.
func (o *Office) Deliver(ctx context.Context) (int, error) {
	mails, err := o.Store.ClaimMails(ctx, batch)
	if err != nil || len(mails) == 0 {
		return 0, err
	}
	settings, err := o.Settings.Notices(ctx)
	if err != nil {
		return 0, fmt.Errorf("read settings of notices: %w", err)
	}
	if settings.URL == "" {
		settings.URL = o.PublicURL
	}
	var results []Result
	var due []*Mail
	var messages []notify.Message
	for i := range mails {
		m := &mails[i]
		if reason := m.needless(); reason != "" {
			results = append(results, Result{ID: m.ID, State: Dropped, Message: reason})
			continue
		}
		message, err := o.write(ctx, m, &settings)
		if err != nil {
			return 0, err
		}
		due, messages = append(due, m), append(messages, message)
	}
	if len(due) > 0 {
		errs, err := o.Post.SendAll(ctx, messages)
		for i, m := range due {
			if err == nil {
				results = append(results, m.result(errs[i]))
			} else {
				results = append(results, m.result(err))
			}
		}
	}
	o.mourn(mails, results)
	return len(mails), o.Store.EndMails(context.WithoutCancel(ctx), results) // what was sent is sent, whoever waits for it
}

// mourn tells operators of mails that are given up where no log of a process does.
func (o *Office) mourn(mails []Mail, results []Result) {
	for _, r := range results {
		at := slices.IndexFunc(mails, func(m Mail) bool { return m.ID == r.ID })
		if o.Logger != nil && r.State == Failed && mails[at].ProcessID == nil {
			o.Logger.Warn("a mail was given up", "mail", r.ID, "kind", mails[at].Kind, "reason", r.Message)
		}
	}
}

// needless says why nobody has to be told any more; empty when somebody has.
func (m *Mail) needless() string {
	switch {
	case !m.Active:
		return "The person is not active any more."
	case slices.Contains(m.Declined, m.choice()):
		return "The person does not want to be told of this by mail."
	case m.TaskID != nil && m.TaskStatus != "open" && m.TaskStatus != "claimed":
		return "The task is over."
	}
	return ""
}

// result says what became of a mail. A server that does not answer, or puts off, is asked again until patience ends.
func (m *Mail) result(err error) Result {
	switch {
	case err == nil:
		return Result{ID: m.ID, State: Sent}
	case fault.Is(err, fault.Invalid):
		return Result{ID: m.ID, State: Failed, Message: "The mail cannot be sent. " + err.Error(), Told: true}
	case time.Since(m.CreatedAt) > patience:
		return Result{ID: m.ID, State: Failed, Message: "The mail could not be sent for three days, and is given up: " + err.Error(), Told: true}
	}
	return Result{ID: m.ID, State: Waiting, Message: "The mail could not be sent yet, and is tried again: " + err.Error(), Told: m.Attempts == 1}
}

// write makes the message of a mail, with its link that decides where it may have one.
func (o *Office) write(ctx context.Context, m *Mail, settings *parameter.Notices) (notify.Message, error) {
	var shortcut string
	if settings.URL != "" && settings.Shortcuts && m.decides() {
		token, hash := NewToken()
		if err := o.Store.KeepToken(ctx, m, hash, m.tokenEnd(time.Now())); err != nil {
			return notify.Message{}, fmt.Errorf("keep token: %w", err)
		}
		shortcut = settings.URL + Path + token.Reveal()
	}
	language := LanguageOf(m.Language, *settings)
	text, html := m.content(language, settings.URL, shortcut).render(language)
	return notify.Message{ID: m.ID.String() + "@notice.provost", To: []string{m.Address}, Subject: m.subject(language), Text: text, HTML: html}, nil
}

// decides tells whether a mail has a link that decides.
func (m *Mail) decides() bool {
	return m.TaskID != nil && m.UserID != nil && m.Kind != Copy && m.Letter != nil && m.Letter.Shortcut
}

// tokenEnd is when a link ends: with the task, and in any case after a while.
func (m *Mail) tokenEnd(now time.Time) time.Time {
	end := now.Add(tokenLife)
	if m.ExpireAt != nil && m.ExpireAt.Before(end) {
		return *m.ExpireAt
	}
	return end
}

// Encoded gives facts as they are kept.
func (f Facts) Encoded() (json.RawMessage, error) {
	text, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encode facts of a mail: %w", err)
	}
	return text, nil
}
