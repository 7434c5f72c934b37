// Package synctask is how a change reaches the managed systems: it plans what each system should hold, and records what was applied.
// A task is one object that has to reach its systems; its parts are the systems. Workflows call Plan, the agents apply, workflows call
// Record; only Record closes a task. What is wanted is kept per system, object and mapping class with a version, so that what is pushed
// is always a current state and nothing stale is applied (design: sync-engine, "Out").
package synctask

import (
	"time"

	"github.com/google/uuid"

	"provost/internal/change"
	"provost/internal/connector"
)

// Status of a task. Done and cancelled ones are finished.
const (
	Pending   = "pending"
	Held      = "held"    // over the task limit: waits for release or cancellation
	Waiting   = "waiting" // for an agent that is paused or not connected
	Failed    = "failed"  // a part failed for good: somebody has to look
	Done      = "done"
	Cancelled = "cancelled"
)

// MaxAttempts is how often a transient error is tried before the part fails for good.
const MaxAttempts = 8

// Task is an open task as a plan works on it.
type Task struct {
	ID         uuid.UUID   `json:"id"`
	Type       change.Kind `json:"type"`
	Object     uuid.UUID   `json:"object"`
	Name       string      `json:"name"`
	Generation int64       `json:"generation"`
	Priority   int         `json:"priority"`
}

// Cursor is the place of a task in the order in which bulk tasks are worked on; the zero one is before all.
type Cursor struct {
	Type change.Kind `json:"type"`
	ID   uuid.UUID   `json:"id"`
}

// Cursor gives the task's place.
func (t *Task) Cursor() Cursor { return Cursor{Type: t.Type, ID: t.ID} }

// Target addresses one wanted state: an object as one mapping class of a system, and the task that wants it.
type Target struct {
	Task   uuid.UUID `json:"task"`
	Type   string    `json:"type"` // account, role or group
	Object uuid.UUID `json:"object"`
	Class  string    `json:"class"`
}

// Work is what one agent has to do.
type Work struct {
	System  uuid.UUID     `json:"system"`
	Key     string        `json:"key"`  // of the queue agent/<key>
	Name    string        `json:"name"` // for people who read the run
	Timeout time.Duration `json:"timeout"`
	Calls   int           `json:"calls"` // how many calls of one batch it may get at the same time
	Targets []Target      `json:"targets"`
}

// Plan is what a batch of tasks needs.
type Plan struct {
	Tasks []Task `json:"tasks"`
	Work  []Work `json:"work"`
}

// Outcomes of applying one target.
const (
	Created   = "created"
	Updated   = "updated"
	Unchanged = "unchanged"
	Deleted   = "deleted"
	Absent    = "absent" // was to be deleted and was not there
	Vetoed    = "vetoed" // a trigger refused
	Errored   = "failed"
)

// Result is what became of one target. It carries names of attributes, never their values.
type Result struct {
	Target
	Outcome    string               `json:"outcome"`
	Version    int64                `json:"version"`
	Key        string               `json:"key,omitempty"`
	ExternalID string               `json:"externalId,omitempty"`
	Attributes []string             `json:"attributes,omitempty"`
	ErrorClass connector.ErrorClass `json:"errorClass,omitempty"`
	Message    string               `json:"message,omitempty"`
	RetryAfter time.Duration        `json:"retryAfter,omitempty"`
	// Unknown is set when the call did not come back: it may have written or not, and may still do so.
	Unknown bool `json:"unknown,omitempty"`
}

// NotTaken gives the results of targets that no server of the agent took in time: they wait for it, and no attempt is counted.
func NotTaken(targets []Target) []Result {
	return unanswered(targets, connector.ClassUnavailable, "No server took the agent's tasks in time.")
}

// NotFinished gives the results of targets that a server of the agent took and gave no result for: they are tried again.
func NotFinished(targets []Target) []Result {
	return unanswered(targets, connector.ClassTransient, "The agent did not finish: its server ended or the time limit passed.")
}

func unanswered(targets []Target, class connector.ErrorClass, message string) []Result {
	results := make([]Result, len(targets))
	for i, t := range targets {
		results[i] = Result{
			Target: t, Outcome: Errored, ErrorClass: class, Message: message, Unknown: class == connector.ClassTransient,
		}
	}
	return results
}

// Progress says what is left after recording.
type Progress struct {
	// Again is set when a task changed while it was worked on, or can be tried at once.
	Again bool `json:"again"`
	// RetryAt is when the first part may be tried again; zero when there is none.
	RetryAt time.Time `json:"retryAt"`
}

// WholeTasks gives the first of the targets, at least that many if there are, without cutting a task. Zero gives all.
func WholeTasks(targets []Target, size int) []Target {
	if size <= 0 {
		return targets
	}
	for i := size; i < len(targets); i++ {
		if targets[i].Task != targets[i-1].Task {
			return targets[:i]
		}
	}
	return targets
}
