package process

import (
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/entitlement"
)

// Beginning is what the workflow of a process needs to run.
type Beginning struct {
	Plan bpm.Plan `json:"plan"`
	// Values that the process is started with.
	Values bpm.Values `json:"values,omitempty"`
	// Message that starts it; empty when people or a timer do.
	Message string `json:"message,omitempty"`
}

// Record is what a turn of the workflow leaves: its entry for the ledger, and the processes that it calls.
type Record struct {
	Entry Entry        `json:"entry"`
	Calls []bpm.Invite `json:"calls,omitempty"`
}

// Wave is scripts to evaluate at once.
type Wave struct {
	Process uuid.UUID  `json:"process"`
	Version uuid.UUID  `json:"version"`
	Now     time.Time  `json:"now"`  // what the scripts see as the time
	Seed    int64      `json:"seed"` // of their random numbers
	Calls   []bpm.Call `json:"calls"`
}

// Work is what an activity does for a step. Process, Node and Visit are the key by which it is done once.
type Work struct {
	Process uuid.UUID    `json:"process"`
	Version uuid.UUID    `json:"version"`
	Work    int64        `json:"work"`
	Node    string       `json:"node"`
	Type    bpm.WorkType `json:"type"`
	Visit   int          `json:"visit"`
	Script  string       `json:"script,omitempty"` // of a script task: its key in the library
	Now     time.Time    `json:"now"`
	Values  bpm.Values   `json:"values"`
}

// SystemCall is a call of a managed system, ready for its agent. Key names the agent's queue.
type SystemCall struct {
	System    uuid.UUID      `json:"system"`
	Key       string         `json:"key"`
	Name      string         `json:"name"` // of the system, for people
	Method    string         `json:"method"`
	Path      string         `json:"path,omitempty"`
	Arguments map[string]any `json:"arguments,omitempty"`
	Result    string         `json:"result,omitempty"` // variable that takes the answer
}

// Asking is steps that people do, for which tasks are to be opened.
type Asking struct {
	Process uuid.UUID `json:"process"`
	Version uuid.UUID `json:"version"`
	Now     time.Time `json:"now"`
	// Values of the process; those of an ask come on top.
	Values bpm.Values `json:"values"`
	Asks   []bpm.Ask  `json:"asks"`
}

// Opened is what became of a step that people do: tasks, unless Done says that there was nothing to ask, or Fault why nobody can be asked.
type Opened struct {
	Work    int64      `json:"work"`
	Done    bool       `json:"done,omitempty"`
	Outcome string     `json:"outcome,omitempty"`
	Values  bpm.Values `json:"values,omitempty"`
	Fault   *bpm.Fault `json:"fault,omitempty"`
}

// LineContent is a line of an approval as the variable LinesVariable holds it: a role that somebody gets, or loses.
type LineContent struct {
	Key    string `json:"key"`
	Action string `json:"action"` // grant, which is the default, or revoke
	User   string `json:"user"`   // user name
	// Account is name@system of the account that gets or loses the role; the user's own where it is absent.
	Account string `json:"account,omitempty"`
	Role    string `json:"role"` // name@system
	// Container is name@system of the role that shall contain the role, or no longer contain it; ContentID is the content that waits for that.
	Container string     `json:"container,omitempty"`
	ContentID *uuid.UUID `json:"contentId,omitempty"`
	entitlement.Scope
	ScopeName     string     `json:"scopeName,omitempty"` // for people
	HolderGroupID *uuid.UUID `json:"holderGroupId,omitempty"`
	GrantID       *uuid.UUID `json:"grantId,omitempty"` // that is revoked, or waits to be approved
	StartAt       *time.Time `json:"startAt,omitempty"`
	EndAt         *time.Time `json:"endAt,omitempty"`
	Reason        string     `json:"reason,omitempty"`
	// Decision is approved or denied once somebody decided.
	Decision  string `json:"decision,omitempty"`
	DecidedBy string `json:"decidedBy,omitempty"`
	Comment   string `json:"comment,omitempty"`
}

// Actions of lines.
const (
	LineGrant  = "grant"
	LineRevoke = "revoke"
)
