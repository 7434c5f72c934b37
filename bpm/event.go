package bpm

import "time"

// Occurrence is something that happens to a running process: the input of Step.
type Occurrence interface{ occurrence() }

// Started begins a process at the none start event, or at the message start event of the name.
type Started struct {
	Values  Values
	Message string
}

// Evaluated answers an Evaluate: a result for each of its calls, in their order.
type Evaluated struct {
	Wave    int64
	Results []Result
}

// Result is what one script came to.
type Result struct {
	Value   []byte // JSON
	Changed Values // variables that the script assigned
	Fault   *Fault
}

// Done ends work, a task for people or a call of another process, with the values that it changes. Outcome is the decision of the people:
// the name or id of a flow out of the node; empty when the definition decides.
type Done struct {
	Work    int64
	Outcome string
	Values  Values
}

// Failed ends work, a task or a call without success. A boundary error event that catches the code takes it; else it is an incident.
type Failed struct {
	Work  int64
	Fault Fault
}

// Fired says that the time of a timer has come.
type Fired struct{ Timer int64 }

// Messaged brings a message to the process: to one event that waits for it. Nobody waits: it is kept for the first that does. One with a key
// is for who waits with that key, else for who waits without; one without a key is for the latter only.
type Messaged struct {
	Name   string
	Key    string
	Values Values
}

// Signalled brings a signal to every event that waits for it.
type Signalled struct {
	Name   string
	Values Values
}

// Cancelled ends the process: all its work, tasks, timers and calls are taken back.
type Cancelled struct{ Reason string }

// Retried does the work of an incident again, with values that an operator corrected.
type Retried struct {
	Incident int64
	Values   Values
}

// Skipped goes on behind the work of an incident as if it were done.
type Skipped struct {
	Incident int64
	Outcome  string
	Values   Values
}

// Moved takes the token of an element away, with all that it waits for, and puts one at another element of the same scope.
type Moved struct{ From, To string }

// Migrated puts the process on another plan. Elements names, for every element something is at, the one that takes its place; an element
// that keeps its id need not be named.
type Migrated struct {
	Plan     *Plan
	Elements map[string]string
}

func (Started) occurrence()   {}
func (Evaluated) occurrence() {}
func (Done) occurrence()      {}
func (Failed) occurrence()    {}
func (Fired) occurrence()     {}
func (Messaged) occurrence()  {}
func (Signalled) occurrence() {}
func (Cancelled) occurrence() {}
func (Retried) occurrence()   {}
func (Skipped) occurrence()   {}
func (Moved) occurrence()     {}
func (Migrated) occurrence()  {}

// Fault is why something failed. Code is what error events catch by; people read the message.
type Fault struct { //nolint:errname // it is a value of the process first, and an error where Go needs one
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error gives the message.
func (f *Fault) Error() string { return f.Message }

// Command is something that the engine asks for: the output of Step. Ids are unique within a process and never used again.
type Command interface{ command() }

// Evaluate asks for the values of scripts, all at once and in order: Step goes on with Evaluated and takes no other event before,
// but Cancelled.
type Evaluate struct {
	Wave  int64
	Calls []Call
}

// Call is one script to evaluate.
type Call struct {
	Node   string // element it belongs to, for people
	Script string // key in the Library
	Use    Use
	Values Values // what it sees
}

// Use is what a script is evaluated for.
type Use string

// The uses of scripts in a wave. Condition, Choice, Key, Number and Moment ask for a value, Action and Assign change variables; a
// Choice may do both.
const (
	Condition Use = "condition" // a boolean
	Choice    Use = "decision"  // the name or id of a flow
	Key       Use = "key"       // of a message: a text or a number
	Number    Use = "count"     // a number of instances, or a list
	Moment    Use = "timer"     // ISO 8601
	Action    Use = "action"    // a quick script task, a transition action, a timer's script
	Assign    Use = "value"     // an input or output of a call
)

// Perform asks for the work of a task that no person does. It is answered with Done or Failed.
type Perform struct {
	Work   int64
	Node   string
	Visit  int // how often the node was entered: with the ids of process and node, the key by which the work is done once
	Values Values
}

// Ask asks people: one or more tasks are opened for a node. It is answered with Done when they are decided.
type Ask struct {
	Work   int64
	Node   string
	Visit  int
	Values Values
}

// TakeBack ends work, a task or a call that nobody waits for any more. It is not answered.
type TakeBack struct {
	Work   int64
	Reason string // for people: element that interrupted, or the reason of a cancellation
}

// Wake asks for Fired at a time.
type Wake struct {
	Timer int64
	Node  string
	At    time.Time
}

// Forget takes a timer back.
type Forget struct{ Timer int64 }

// Invite starts another process and is answered with Done or Failed.
type Invite struct {
	Work   int64
	Node   string
	Visit  int
	Called string // code of the definition
	Values Values
}

// Send brings a message or signal to other processes. What this process itself waits for is served without it.
type Send struct {
	Node   string
	Type   EventType
	Name   string
	Key    string `json:",omitempty"` // of a message
	Values Values
}

// Alarm opens an incident: work that failed and waits for an operator (Retried, Skipped), or a position that goes nowhere.
type Alarm struct {
	Incident int64
	Work     int64
	Node     string
	Fault    Fault
}

// Settle closes an incident: it was retried or skipped, or what waited for it was taken away. It is not answered.
type Settle struct{ Incident int64 }

// Trace says where the process goes, for logs, diagram and statistics.
type Trace struct {
	Node  string
	Name  string
	Type  NodeType
	Enter bool // else it leaves
	// Outcome of a decision that left the node, and Taken the id of the flow it left by.
	Outcome string
	Taken   string
	// Instance of a loop, from 1; 0 for the loop as a whole and for what is none. A node that is left by several flows leaves one Trace each.
	Instance int
}

// Finish ends the process.
type Finish struct {
	Status Status
	Fault  *Fault // of an error end event of the process itself
}

func (Evaluate) command() {}
func (Perform) command()  {}
func (Ask) command()      {}
func (TakeBack) command() {}
func (Wake) command()     {}
func (Forget) command()   {}
func (Invite) command()   {}
func (Send) command()     {}
func (Alarm) command()    {}
func (Settle) command()   {}
func (Trace) command()    {}
func (Finish) command()   {}

// Status is how far a process is.
type Status string

// The states of a process.
const (
	Running   Status = "running"
	Completed Status = "completed"
	Withdrawn Status = "cancelled"
	Broken    Status = "failed" // ended by an error end event that nothing catches
)
