// Package simulate says what a simulation of a process definition is told, and what it tells. Package player plays it.
package simulate

import (
	"context"
	"time"

	"provost/bpm"
	"provost/internal/script"
)

// Act is what somebody does in a simulation: exactly one member is set.
type Act struct {
	Complete *Completion
	Advance  time.Duration
	Message  *Message
	Signal   *Message
}

// Completion completes the oldest open task of an element.
type Completion struct {
	Element string
	Outcome string // name or id of a flow; empty when there is no choice
	Values  bpm.Values
}

// Message is brought to the process from outside.
type Message struct {
	Name   string
	Key    string // of a message
	Values bpm.Values
}

// Request says what is to be played.
type Request struct {
	Source []byte // the definition
	Values bpm.Values
	Acts   []Act // in their order, each when the process waits
	// Snapshot carries the state through JSON after every turn. The result must be the same.
	Snapshot bool
}

// Result is what came of it.
type Result struct {
	Status    string        `json:"status"` // completed, waiting, failed or refused
	Error     *Failure      `json:"error,omitempty"`
	Trace     []Mark        `json:"trace"`
	OpenTasks []OpenTask    `json:"openTasks"`
	Variables bpm.Values    `json:"variables"`
	Effects   []Effect      `json:"effects"`
	Findings  []bpm.Finding `json:"findings,omitempty"` // of a definition that is refused
}

// Failure is why a simulation did not go on.
type Failure struct {
	Code    string `json:"code"`
	Element string `json:"element,omitempty"`
	Message string `json:"message"`
}

// Mark is one line of the trace.
type Mark struct {
	Element string `json:"element"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	Event   string `json:"event"` // enter or leave
}

// OpenTask is a task that waits at the end.
type OpenTask struct {
	Element    string   `json:"element"`
	Name       string   `json:"name"`
	Candidates []string `json:"candidates"`
}

// Effect is something that would have happened.
type Effect struct {
	Element string     `json:"element"`
	Type    string     `json:"type"` // apply, mail, invoke, call, message, signal
	Name    string     `json:"name,omitempty"`
	Values  bpm.Values `json:"values,omitempty"`
}

// The states of a result.
const (
	Completed = "completed"
	Waiting   = "waiting"
	Failed    = "failed"
	Refused   = "refused"
)

// Began is when every simulation begins: results do not depend on the day.
var Began = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// Scripts runs scripts; *script.Host does.
type Scripts interface {
	Evaluate(ctx context.Context, request script.Request) ([]script.Result, error)
}
