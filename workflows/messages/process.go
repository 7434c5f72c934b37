package messages

import (
	"encoding/json"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
)

// Process is the input of TypeProcess: one process that somebody started.
type Process struct {
	ID      uuid.UUID `json:"id"`
	Number  int64     `json:"number"`
	Name    string    `json:"name"`    // of the definition, for people
	Version uuid.UUID `json:"version"` // of the definition: it stays the one that was current at the start
	// Carried is where the process goes on when its history began anew; nil at the start.
	Carried *Carried `json:"carried,omitempty"`
}

// ProcessIndex is the input of TypeProcessIndex: the database says what there is to index.
type ProcessIndex struct{}

// WorkflowID gives the one workflow that rebuilds the index.
func (ProcessIndex) WorkflowID() string { return TypeProcessIndex }

// WorkflowID is the id of the process's workflow.
func (p Process) WorkflowID() string { return "process/" + p.ID.String() }

// Carried is what a process takes along into a new history.
type Carried struct {
	State bpm.State `json:"state"`
	// Seq is the number of the last entry in the ledger.
	Seq int64 `json:"seq"`
	// Held are the timers that an operator holds.
	Held []int64 `json:"held,omitempty"`
}

// TaskDecision is the payload of Decided.
type TaskDecision struct {
	Task uuid.UUID `json:"task"`
}

// Steering is the payload of Control: an action and what it needs, see process.Action.
type Steering struct {
	Action  process.Action  `json:"action"`
	Payload json.RawMessage `json:"payload,omitempty"`
}
