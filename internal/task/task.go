// Package task is what people do with the work that processes give them: the inbox, taking and handing over tasks, and completing them.
//
// The database is the arbiter. Completing a task is one transaction: the row is compared and set under the lock of its process, what was filled
// in is stored, votes are counted, the tasks beside it are closed and those of the next stage opened, and an outbox row tells the workflow to
// look. Whoever comes second reads who was first.
package task

import (
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
)

// Status of a task.
const (
	Waiting   = "waiting" // for the stage before it
	Open      = "open"
	Claimed   = "claimed"
	Completed = "completed"
	Cancelled = "cancelled"
	Expired   = "expired"
)

// Task is a piece of work for people.
type Task struct {
	ID           uuid.UUID  `json:"id" db:"id,auto"`
	ProcessID    uuid.UUID  `json:"processId" db:"process_id"`
	Number       int64      `json:"number" db:"number,read" sql:"p.number" doc:"Of the process"`
	Process      string     `json:"process" db:"process,read" sql:"p.name"`
	Initiator    string     `json:"initiator" db:"initiator,read" sql:"p.initiator" doc:"User name of who started the process"`
	InitiatorID  *uuid.UUID `json:"-" db:"initiator_id,read" sql:"p.initiator_id"`
	Subject      string     `json:"subject" db:"subject,read" sql:"p.subject" doc:"User name of whom the process is about"`
	SubjectID    *uuid.UUID `json:"-" db:"subject_id,read" sql:"p.subject_id"`
	StartedAt    time.Time  `json:"startedAt" db:"started_at,read" sql:"p.started_at" doc:"When the process was started"`
	Work         int64      `json:"-" db:"work"`
	Part         int        `json:"-" db:"part"`
	Stage        int        `json:"stage" db:"stage" doc:"Of an approval, from 0"`
	Seat         int        `json:"-" db:"seat"`
	Element      string     `json:"element" db:"element" doc:"Id of the step"`
	Name         string     `json:"name" db:"name" doc:"Of the step"`
	Title        string     `json:"title" db:"title"`
	Status       string     `json:"status" db:"status" enum:"waiting,open,claimed,completed,cancelled,expired"`
	AssigneeID   *uuid.UUID `json:"assigneeId" db:"assignee_id"`
	Assignee     string     `json:"assignee" db:"assignee,read" sql:"coalesce(ua.user_name, '')" doc:"User name of who has taken it"`
	OwnerID      *uuid.UUID `json:"ownerId" db:"owner_id"`
	Owner        string     `json:"owner" db:"owner,read" sql:"coalesce(uo.user_name, '')" doc:"User name of who delegated it"`
	OpenedAt     time.Time  `json:"openedAt" db:"opened_at"`
	DueAt        *time.Time `json:"dueAt" db:"due_at"`
	ScheduledFor *time.Time `json:"scheduledFor" db:"scheduled_for" doc:"When the assignee means to do it"`
	Outcome      string     `json:"outcome" db:"outcome" doc:"Id of the flow that was chosen"`
	Comment      string     `json:"comment" db:"comment"`
	ClosedAt     *time.Time `json:"closedAt" db:"closed_at"`
	ClosedByID   *uuid.UUID `json:"-" db:"closed_by_id"`
	ClosedBy     string     `json:"closedBy" db:"closed_by" doc:"User name of who completed it"`
	Reason       string     `json:"reason" db:"reason" doc:"Why it was cancelled or expired"`
	Finishes     bool       `json:"-" db:"finishes"`
	Version      int64      `json:"version" db:"version,auto"`
}

// Live tells whether somebody can still do the task.
func (t *Task) Live() bool { return t.Status == Open || t.Status == Claimed }

// Detail is a task as its page shows it.
type Detail struct {
	Task
	process.FormView

	Candidates []process.Principal   `json:"candidates"`
	Lines      []process.DecidedLine `json:"lines" doc:"What an approval decides about"`
	Decisions  []bpm.Decision        `json:"decisions" doc:"Ways out of the task, as buttons"`
	Match      *process.MatchView    `json:"match,omitempty" doc:"Of a step that detects duplicates: who may be the same person"`
	Deciding   bool                  `json:"deciding" doc:"Lines are approved or denied"`
	Uploads    bool                  `json:"uploads" doc:"Documents may be attached"`
	May        []string              `json:"may" enum:"claim,release,delegate,recall,schedule,draft,complete" doc:"What the caller may do"`
}

// Counts is the inbox in numbers.
type Counts struct {
	Available int64 `json:"available" doc:"Tasks the caller may take"`
	Mine      int64 `json:"mine" doc:"Tasks the caller has taken"`
	Overdue   int64 `json:"overdue" doc:"Of those: beyond their due date"`
}

// View is a list of tasks.
type View string

// The views.
const (
	Inbox     View = "inbox"     // what the caller has taken or may take
	Mine      View = "mine"      // what the caller has taken
	Available View = "available" // what the caller may take
	Done      View = "done"      // what the caller completed
)

// Desk is whose tasks are looked at.
type Desk struct {
	User uuid.UUID
	Hats []uuid.UUID
	View View
}

// Line is what somebody says about a line.
type Line struct {
	ID      uuid.UUID `json:"id"`
	Approve bool      `json:"approve"`
	Comment string    `json:"comment,omitempty" maxLength:"10000"`
}

// Outcomes that approve or deny every line of an approval that is not named, whatever its flows are called and whether it has any.
const (
	ApproveAll = "approve"
	DenyAll    = "deny"
)

// Completion is what somebody says when they complete a task.
type Completion struct {
	// Version they saw; zero for any.
	Version int64
	// Outcome is the id or the name of a way out of the step. For an approval, [ApproveAll], [DenyAll] or the way of consent or refusal
	// approves or denies every line that Lines does not name.
	Outcome string
	Values  bpm.Values
	// Same says who the person is, of a step that detects duplicates: a candidate, or "" for a new person. Nil leaves that to the outcome.
	Same    *string
	Lines   []Line
	Comment string
}
