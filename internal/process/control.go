package process

import (
	"github.com/google/uuid"

	"provost/bpm"
)

// Action is how a process is steered from outside.
type Action string

// The actions, with the type of their payload.
const (
	ActionCancel  Action = "cancel"  // Cancel
	ActionRetry   Action = "retry"   // Repair
	ActionSkip    Action = "skip"    // Repair
	ActionMove    Action = "move"    // Move
	ActionMigrate Action = "migrate" // Migrate
	ActionMessage Action = "message" // Message
	ActionSignal  Action = "signal"  // Message
	ActionHold    Action = "hold"    // Hold: a job waits although its time has come
	ActionResume  Action = "resume"  // Hold: a job goes on, at once when its time has come
	ActionEnded   Action = "ended"   // Ended: a called process tells the one that called it
)

// Cancel ends a process.
type Cancel struct {
	Reason string `json:"reason"`
}

// Repair does the work of an incident again, or goes on behind it.
type Repair struct {
	Incident int64      `json:"incident"`
	Outcome  string     `json:"outcome,omitempty"` // of a skipped step: the flow to leave it by
	Values   bpm.Values `json:"values,omitempty"`  // corrected
	Reason   string     `json:"reason"`
}

// Move puts a token elsewhere.
type Move struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// Migrate puts a process on another version of its definition. Elements names the new place of elements that are gone or renamed.
type Migrate struct {
	Version  uuid.UUID         `json:"version"`
	Elements map[string]string `json:"elements,omitempty"`
	Reason   string            `json:"reason"`
}

// Message is a message or a signal for a process.
type Message struct {
	Name   string     `json:"name"`
	Key    string     `json:"key,omitempty"` // of a message: it is for who waits with this key, else for who waits without
	Values bpm.Values `json:"values,omitempty"`
}

// Hold keeps a job back, or lets it go on.
type Hold struct {
	Kind JobKind `json:"kind"`
	Key  int64   `json:"key"`
}

// Ended is what a called process tells the one that called it.
type Ended struct {
	Work   int64      `json:"work"`
	Values bpm.Values `json:"values,omitempty"`
	Fault  *bpm.Fault `json:"fault,omitempty"`
}
