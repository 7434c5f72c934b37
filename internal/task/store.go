package task

import (
	"context"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/object"
	"provost/internal/process"
	"provost/internal/query"
)

// Content is what a task holds beside its row.
type Content struct {
	Version   uuid.UUID  // of the definition
	Current   bpm.Values // of the process
	Variables bpm.Values // the process had when the task was opened
	Payload   bpm.Values
	Draft     bpm.Values // nil when there is none
}

// Seat is a task of a node among the others of it.
type Seat struct {
	ID       uuid.UUID
	Part     int
	Stage    int
	Status   string
	ClosedBy *uuid.UUID
}

func (s *Seat) live() bool { return s.Status == Waiting || s.Status == Open || s.Status == Claimed }

// Announcement says to somebody that they have a task now.
type Announcement struct {
	By       string // user name
	Comment  string
	Returned bool // it came back to them; else it was handed over
}

// Votes counts what was said about a line in one stage.
type Votes struct{ Approvals, Denials int }

// Store is what is asked of the database about tasks. Methods join the transaction of the context.
type Store interface {
	object.Transactor
	process.Resolver
	List(ctx context.Context, d Desk, l query.List) (query.Page[Task], error)
	Each(ctx context.Context, d Desk, l query.List, yield func(Task) error) error
	Counts(ctx context.Context, d Desk) (Counts, error)

	// Get gives a task, or fault.NotFound. Lock does too, and nobody else changes anything of its process until the transaction ends.
	Get(ctx context.Context, id uuid.UUID) (Task, error)
	Lock(ctx context.Context, id uuid.UUID) (Task, error)
	Content(ctx context.Context, id uuid.UUID) (Content, error)
	Library(ctx context.Context, version uuid.UUID) (*bpm.Library, error)
	Candidates(ctx context.Context, id uuid.UUID) ([]process.Principal, error)
	IsCandidate(ctx context.Context, id uuid.UUID, hats []uuid.UUID) (bool, error)
	Person(ctx context.Context, nameOrID string) (process.Person, bool, error)

	// Save writes what changes of a task, and shows it to its candidates only while it is open.
	Save(ctx context.Context, t Task) error
	SaveDraft(ctx context.Context, id uuid.UUID, draft bpm.Values) error
	SavePayload(ctx context.Context, id uuid.UUID, payload bpm.Values) error
	// Admit lets somebody see the process from now on.
	Admit(ctx context.Context, process, user uuid.UUID, part process.Part) error
	// Announce lets somebody know by mail that they have a task now, where the installation sends such mails.
	Announce(ctx context.Context, task, to uuid.UUID, what Announcement) error
	Log(ctx context.Context, process uuid.UUID, line process.LogLine) error
	// Tell has the workflow of the process look at a completed task.
	Tell(ctx context.Context, process, task uuid.UUID) error

	// Node gives all tasks of a node, in the order of parts, stages and seats.
	Node(ctx context.Context, process uuid.UUID, work int64) ([]Seat, error)
	Lines(ctx context.Context, process uuid.UUID, work int64) ([]process.DecidedLine, error)
	Vote(ctx context.Context, task uuid.UUID, line Line, actor process.Person) error
	Votes(ctx context.Context, t Task) (map[uuid.UUID]Votes, error)
	DecideLine(ctx context.Context, line uuid.UUID, decision string, stage int) error
	OpenNext(ctx context.Context, tasks []uuid.UUID) error
	Close(ctx context.Context, tasks []uuid.UUID, reason string) error

	// Shortcut gives the link in a mail whose token has this hash, or fault.NotFound. UseShortcut uses it up, and reports whether it was not before.
	Shortcut(ctx context.Context, hash []byte) (Shortcut, error)
	UseShortcut(ctx context.Context, hash []byte) (bool, error)
}
