// Package messages holds the names and payloads by which the rest of the platform speaks to workflows: queues, workflow types and ids,
// signals. Names are stable: running workflows and recorded histories depend on them.
package messages

import (
	"github.com/google/uuid"

	"provost/internal/change"
)

// CoreQueue is the task queue of workflows and of activities beside the database.
const CoreQueue = "core"

// AgentQueue is the task queue of an agent, by its immutable key.
func AgentQueue(key string) string { return "agent/" + key }

// Workflow types.
const (
	TypeSyncObject   = "sync.object"
	TypeSyncBatch    = "sync.batch"
	TypeAgentProbe   = "agent.probe"
	TypeRun          = "run"
	TypeMaintenance  = "maintenance"
	TypeGrantsDue    = "grants.due"
	TypeProcess      = "process"
	TypeProcessIndex = "process.index"
	TypeNotices      = "notices"
	TypeGrantDigest  = "grants.digest"
)

// Signals.
const (
	// Look tells a synchronisation workflow to look at its tasks again. It carries nothing: the database says what there is to do.
	Look = "look"
	// Decide tells a blocked run what its reviewer decided.
	Decide = "decide"
	// Decided tells a process that people completed a task. It carries the id only: the committed row says what they decided.
	Decided = "decided"
	// Control tells a process what an operator, another process or a message asks of it.
	Control = "control"
)

// SyncObject is the input of TypeSyncObject: one object that has to reach its systems.
type SyncObject struct {
	Kind change.Kind `json:"kind"`
	ID   uuid.UUID   `json:"id"`
}

// WorkflowID is the id of the one workflow of the object.
func (s SyncObject) WorkflowID() string { return "sync/" + string(s.Kind) + "/" + s.ID.String() }

// SyncBatch is the input of TypeSyncBatch: the bulk tasks of one source.
type SyncBatch struct {
	Source uuid.UUID `json:"source"`
}

// WorkflowID is the id of the one workflow of the source.
func (s SyncBatch) WorkflowID() string { return "sync/batch/" + s.Source.String() }

// AgentProbe is the input of TypeAgentProbe: an agent that could not be reached.
type AgentProbe struct {
	System uuid.UUID `json:"system"`
	Key    string    `json:"key"`
	Name   string    `json:"name"`
}

// WorkflowID is the id of the one probe of the agent.
func (p AgentProbe) WorkflowID() string { return "probe/" + p.Key }

// GrantsDue is the input of TypeGrantsDue: the database says which dates there are.
type GrantsDue struct{}

// WorkflowID is the id of the one workflow of a tenant that honours dates.
func (GrantsDue) WorkflowID() string { return TypeGrantsDue }

// Notices is the input of TypeNotices: the database says which deadlines and mails there are.
type Notices struct{}

// WorkflowID is the id of the one workflow of a tenant that sees to deadlines and mails.
func (Notices) WorkflowID() string { return TypeNotices }

// Run is the input of TypeRun.
type Run struct {
	ID     uuid.UUID `json:"id"`
	Number int64     `json:"number"`
	Kind   string    `json:"kind"`
	System uuid.UUID `json:"system"`
	Key    string    `json:"key"`
	Name   string    `json:"name"` // of the system, for people
}

// WorkflowID is the id of the run's workflow.
func (r Run) WorkflowID() string { return "run/" + r.ID.String() }

// Decisions of a reviewer about a blocked run.
const (
	Resume = "resume"
	Cancel = "cancel"
)

// Decision is the payload of Decide.
type Decision struct {
	Decision string `json:"decision"`
	By       string `json:"by"`
	// Total is the length of the change list that the reviewer decided about.
	Total int64 `json:"total"`
}
