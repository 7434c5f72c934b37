package process

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
)

// Ledger is what the workflow of a process reads and writes, through its activities. It asks for no permission: the workflow acts for the
// platform. Every write is idempotent: the same call again changes nothing and gives the same answer. Errors are faults where a definition
// or a person can do something about them (fault.NotFound, fault.Invalid, fault.Conflict); all others are worth a retry.
type Ledger interface {
	// Plan gives the plan of a version. It never changes.
	Plan(ctx context.Context, version uuid.UUID) (bpm.Plan, error)
	// Library gives the library of a version. It never changes.
	Library(ctx context.Context, version uuid.UUID) (*bpm.Library, error)
	// Brief says what a process is.
	Brief(ctx context.Context, process uuid.UUID) (Brief, error)
	// Principals resolves names of people, groups and roles (see [ParseReference]), each of which may be a list separated by commas. unknown are
	// those that nobody goes by, as they were written.
	Principals(ctx context.Context, names []string) (found []Principal, unknown []string, err error)

	// Addresses gives the mail addresses of everybody whom principals reach. Whoever has none is left out, and so is everybody at large.
	Addresses(ctx context.Context, of []Principal) ([]string, error)

	// Open makes the tasks of openings, once for each process, work, part and stage. Openings of later stages are given together with the first
	// one and wait for it. An opening without candidates is refused with fault.Invalid: nobody would ever see its task.
	Open(ctx context.Context, process uuid.UUID, openings []Opening) error
	// Decided says what committed completions came to, in the order of the tasks. Tasks that are not completed are left out.
	Decided(ctx context.Context, process uuid.UUID, tasks []uuid.UUID) ([]Decision, error)
	// Expire closes the tasks of works whose time ran out. Where people were faster, the work stays theirs and their decision is given instead:
	// the workflow takes it in the place of the timer.
	Expire(ctx context.Context, process uuid.UUID, works []int64, reason string) ([]Decision, error)
	// Record writes down where a process came to with a step. A step that was recorded already, and one older than it, changes nothing.
	Record(ctx context.Context, entry Entry) error

	// Once does what a step changes, in one transaction with the note that it is done. A step that was done already is not done again: its
	// values are those of the first time.
	Once(ctx context.Context, of Effect, do func(ctx context.Context) (bpm.Values, error)) (bpm.Values, error)

	// Child makes the process of a call activity and has it started, once for each parent and work. It returns fault.NotFound for a code
	// that no enabled definition has.
	Child(ctx context.Context, parent uuid.UUID, work int64, code string, values bpm.Values) (uuid.UUID, error)

	// Stopped tells whether timers and background steps have to wait (see [Engine.Stop]).
	Stopped(ctx context.Context) (bool, error)
	// Reindex rebuilds the search index of processes by id, from one on, and gives the last of them; a zero id means that none is left.
	Reindex(ctx context.Context, after uuid.UUID, most int) (uuid.UUID, error)
}

// Effect names what a step changes when it is entered for a time.
type Effect struct {
	Process uuid.UUID
	Element string
	Visit   int
}

// Brief is what a process is, whatever it does.
type Brief struct {
	Process    uuid.UUID
	Number     int64
	Name       string
	Definition uuid.UUID
	Version    uuid.UUID
	Code       string // of the definition
	Kind       bpm.Kind
	Initiator  Person
	Subject    Person     // whom it is about; the initiator when the values named no one
	Parent     *uuid.UUID // process that called this one
	ParentWork int64
	Values     bpm.Values // it was started with, or has now
	Message    string     // that started it; empty when people or a timer did
}

// Person is a user as processes name one. ID is zero when there is none, or none any more.
type Person struct {
	ID       uuid.UUID `json:"id"`
	UserName string    `json:"userName"`
	FullName string    `json:"fullName"`
}

// Opening asks for the task of a node. A node has one part, except an approval whose lines belong to different owners: each owner set is a
// part. Stages of a part follow one another. Where more than one consent is needed (bpm.ApprovalOf.Quorum), each candidate gets a task.
type Opening struct {
	Work       int64
	Part       int
	Stage      int
	Element    string
	Name       string
	Title      string
	Candidates []Principal
	Due        *time.Time
	Remind     *time.Time
	// Expire is when the task ends by itself, and ExpireFlow the way out of the node then; empty denies an approval.
	Expire     *time.Time
	ExpireFlow string
	Escalation *Escalation // at the due date; nil for none
	Letter     *Letter     // in the place of the usual notice
	Unsent     string      // why there is no letter though the definition has one; for the log
	Copies     []string    // addresses that get the letter too
	Lines      []Line      // of the part; given with its first stage
	Values     bpm.Values
}

// Line is one grant to decide about. Key is unique within the node.
type Line struct {
	Key     string
	Title   string          // for people: role and holder
	Subject *uuid.UUID      // user that it concerns
	Content json.RawMessage // object as the process holds it; comes back in Decision.Values with the members decision, decidedBy and comment
}

// LinesVariable is the variable that takes the lines of an approval with what was decided about each.
const LinesVariable = "grants"

// Decision is what the completion of a task came to. Finished: the people of the node are done, and of all its tasks this one was the last;
// only then Outcome is the way out of the node, and Values hold what all of them said.
type Decision struct {
	Task     uuid.UUID
	Work     int64
	Finished bool
	Outcome  string // id of a flow; empty when the definition decides
	Values   bpm.Values
	Actor    string // user name
}

// Entry is where a process came to with one step.
type Entry struct {
	Process uuid.UUID
	Seq     int64 // of the step; rises
	At      time.Time
	Status  bpm.Status
	Values  bpm.Values // all variables; nil leaves those that are there
	Places  []string   // ids of all elements that something is at
	Steps   []string   // their names for people, once each
	Traces  []bpm.Trace
	Closed  []bpm.TakeBack
	// Timers are all timers and asynchronous steps that are pending now: one that is not named is over.
	Timers          []Job
	Incidents       []bpm.Alarm
	SolvedIncidents []int64
	// Waits are all messages and signals that are waited for now.
	Waits  []Wait
	Finish *bpm.Finish
	// Sent are messages and signals for other processes: a message goes to the one that has waited longest, a signal to all that wait. One
	// that nobody waits for is lost.
	Sent []bpm.Send
	// Version is set when the process was put on another version, with the new names of elements that something is at.
	Version *uuid.UUID
	Renamed map[string]string
	// Refused is why an operator's wish could not be done. Reopened are the incidents that it was about: they wait for another decision.
	Refused  string
	Reopened []int64
}

// JobKind is what a job waits for.
type JobKind string

// The kinds of jobs.
const (
	TimerJob JobKind = "timer"
	AsyncJob JobKind = "async"
)

// Job is a timer, or a step that works in the background (guide page 072). Key is the id of the timer, or of the work.
type Job struct {
	Kind     JobKind
	Key      int64
	Element  string
	Name     string
	Due      *time.Time
	Attempts int    // that failed
	Status   string // waiting, running, failed
	Message  string // of the last attempt
}

// Status of a job.
const (
	JobWaiting = "waiting"
	JobRunning = "running"
	JobFailed  = "failed"
)

// Wait is a message or a signal that an element of a process waits for.
type Wait struct {
	Type    bpm.EventType `json:"type" enum:"message,signal"`
	Name    string        `json:"name"`
	Element string        `json:"element" doc:"Id of the element that takes it"`
}
