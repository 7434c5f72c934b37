package process

import (
	"time"

	"github.com/google/uuid"

	"provost/bpm"
)

// Starting is the status of a process whose workflow has not begun; the others are those of bpm.
const Starting bpm.Status = "starting"

// Process is one instance of a definition.
type Process struct {
	ID            uuid.UUID  `json:"id" db:"id,auto"`
	Number        int64      `json:"number" db:"number,auto" doc:"What people call it by"`
	Definition    string     `json:"definition" db:"definition,read" sql:"d.code" doc:"Code of the definition"`
	DefinitionID  uuid.UUID  `json:"definitionId" db:"definition_id"`
	VersionID     uuid.UUID  `json:"versionId" db:"version_id"`
	VersionNumber int        `json:"versionNumber" db:"version_number,read" sql:"coalesce(v.number, 0)"`
	Name          string     `json:"name" db:"name"`
	Kind          string     `json:"kind" db:"kind,read" sql:"d.kind" enum:"user,permission,request,reservation,delegation"`
	Status        string     `json:"status" db:"status" enum:"starting,running,completed,cancelled,failed"`
	Message       string     `json:"message" db:"message" doc:"Why it failed"`
	InitiatorID   *uuid.UUID `json:"initiatorId" db:"initiator_id"`
	Initiator     string     `json:"initiator" db:"initiator" doc:"User name"`
	SubjectID     *uuid.UUID `json:"subjectId" db:"subject_id"`
	Subject       string     `json:"subject" db:"subject" doc:"User name of whom it is about"`
	Steps         string     `json:"steps" db:"steps" doc:"Where it stands, in words"`
	Places        []string   `json:"places" db:"places" filter:"-" doc:"Ids of the elements where it stands"`
	ParentID      *uuid.UUID `json:"parentId" db:"parent_id" doc:"Process that called it"`
	StartedAt     time.Time  `json:"startedAt" db:"started_at,auto"`
	EndedAt       *time.Time `json:"endedAt" db:"ended_at"`
	Values        bpm.Values `json:"values,omitempty" db:"values,read" sql:"chosen.held" filter:"-" doc:"In lists: those that were asked for and that the caller may see"`
}

// Title names the process in the audit trail.
func (p *Process) Title() string { return p.Name }

// Ended tells whether the process is over.
func (p *Process) Ended() bool { return p.EndedAt != nil }

// Detail is a process as its page shows it.
type Detail struct {
	Process
	Values bpm.Values  `json:"values" doc:"Its variables; empty for callers who only see that it goes on"`
	Log    []LogLine   `json:"log" doc:"Oldest first"`
	Tasks  []WorkPlace `json:"tasks" doc:"What people have to do now"`
	Waits  []Awaited   `json:"waits" doc:"Messages and signals that it waits for, the longest first; empty for callers who neither look after it nor may send it any"`
	// May says what the caller may do with the process.
	May []Action `json:"may" enum:"cancel,retry,skip,move,migrate,message,signal" doc:"What the caller may do"`
}

// LogLine is one thing that happened in a process.
type LogLine struct {
	ID      int64     `json:"id"`
	Kind    string    `json:"kind" doc:"enter and leave of an element, incident, finish; start, claim, release, delegate, complete, cancel … of people"`
	Element string    `json:"element"`
	Name    string    `json:"name"`
	Actor   string    `json:"actor"`
	Outcome string    `json:"outcome"`
	Flow    string    `json:"flow" doc:"Id of the flow that an element was left by"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
}

// WorkPlace is a task that is open in a process.
type WorkPlace struct {
	ID         uuid.UUID  `json:"id"`
	Element    string     `json:"element"`
	Title      string     `json:"title"`
	Status     string     `json:"status" enum:"waiting,open,claimed"`
	Assignee   string     `json:"assignee"`
	Candidates []string   `json:"candidates"`
	DueAt      *time.Time `json:"dueAt"`
	OpenedAt   time.Time  `json:"openedAt"`
}

// Awaited is a message or a signal that a process waits for.
type Awaited struct {
	Type    bpm.EventType `json:"type" enum:"message,signal"`
	Name    string        `json:"name"`
	Key     string        `json:"key" doc:"Of the message; empty takes every message of the name"`
	Element string        `json:"element" doc:"Id of the event that waits"`
	Since   time.Time     `json:"since"`
}

// CatalogueEntry is a process that the caller may start.
type CatalogueEntry struct {
	ID          uuid.UUID `json:"id" doc:"Of the definition"`
	Code        string    `json:"code"`
	Name        string    `json:"name"`
	Folder      string    `json:"folder"`
	Kind        string    `json:"kind" enum:"user,permission,request,reservation,delegation"`
	Description string    `json:"description"`
}

// StartForm is what the initiator fills in.
type StartForm struct {
	CatalogueEntry
	FormView
}

// Comment is what somebody wrote about a process.
type Comment struct {
	ID     uuid.UUID  `json:"id"`
	TaskID *uuid.UUID `json:"taskId"`
	Author string     `json:"author"`
	Text   string     `json:"text"`
	At     time.Time  `json:"at"`
}

// Document is a file that is attached to a process, without its content.
type Document struct {
	ID        uuid.UUID  `json:"id"`
	ProcessID uuid.UUID  `json:"processId"`
	TaskID    *uuid.UUID `json:"taskId"`
	Name      string     `json:"name"`
	MediaType string     `json:"mediaType"`
	Size      int64      `json:"size"`
	SHA256    string     `json:"sha256"`
	Author    string     `json:"author"`
	At        time.Time  `json:"at"`

	Place DocumentPlace `json:"-"`
}

// DocumentPlace is where the content of a document is.
type DocumentPlace string

// The places.
const (
	InDatabase DocumentPlace = "database"
	InFolder   DocumentPlace = "folder"
)

// Sight is which processes somebody sees: all of them, or those that one of their hats was given access to.
type Sight struct {
	Everything bool
	Hats       []uuid.UUID
	// Self is who looks: of what they started they see what they filled in.
	Self uuid.UUID
	// Initiator limits to what this person started.
	Initiator uuid.UUID
}

// Part is the part somebody has in a process.
type Part string

// The parts.
const (
	PartInitiator Part = "initiator"
	PartManager   Part = "manager"
	PartObserver  Part = "observer"
	PartCandidate Part = "candidate"
	PartActor     Part = "actor"
)
