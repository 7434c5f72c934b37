package bpm

import "encoding/json"

// PlanFormat is the version of the JSON of plans and states. A running process keeps the plan it was started with, so a newer engine
// reads every older format.
const PlanFormat = 1

// None is the index that stands for no node and no flow.
const None = -1

// Plan is what a running process needs of its definition: nodes and flows by index, without diagram. Scripts, forms and texts are named
// by their key in the Library, so that a plan stays small enough for the history of a workflow.
type Plan struct {
	Format    int        `json:"format"`
	ID        string     `json:"id"`   // of the process element: the definition's code
	Name      string     `json:"name"` // for people
	Kind      Kind       `json:"kind"`
	Variables []Variable `json:"variables,omitempty"`
	Nodes     []Node     `json:"nodes"`
	Flows     []Flow     `json:"flows"`
}

// Kind is what a process is for (guide page 052, Process type). It decides the built-in attributes and what an apply step does.
type Kind string

// The kinds of processes.
const (
	UserManagement        Kind = "user"
	PermissionsManagement Kind = "permission"
	PermissionsRequest    Kind = "request"
	AccountReservation    Kind = "reservation"
	Delegation            Kind = "delegation"
)

// Values are variables by name, each a JSON value.
type Values map[string]json.RawMessage

// Variable is a declared variable of a process. Only declared ones and those given at the start exist; what else a script creates stays
// in the script.
type Variable struct {
	Name    string          `json:"name"`
	Type    string          `json:"type"` // data type of the metadata: string, boolean, integer, date, user, role …
	Many    bool            `json:"many,omitempty"`
	Default json.RawMessage `json:"default,omitempty"`
}

// NodeType is the kind of a node, in BPMN's words.
type NodeType string

// The node types of the profile.
const (
	StartEvent       NodeType = "startEvent"
	EndEvent         NodeType = "endEvent"
	CatchEvent       NodeType = "intermediateCatchEvent"
	ThrowEvent       NodeType = "intermediateThrowEvent"
	BoundaryEvent    NodeType = "boundaryEvent"
	UserTask         NodeType = "userTask"
	ScriptTask       NodeType = "scriptTask"
	ServiceTask      NodeType = "serviceTask"
	SendTask         NodeType = "sendTask"
	CallActivity     NodeType = "callActivity"
	SubProcess       NodeType = "subProcess"
	ExclusiveGateway NodeType = "exclusiveGateway"
	ParallelGateway  NodeType = "parallelGateway"
	InclusiveGateway NodeType = "inclusiveGateway"
	EventGateway     NodeType = "eventBasedGateway"
)

// Node is an element that a token can be at.
type Node struct {
	ID           string   `json:"id"`
	Name         string   `json:"name,omitempty"`
	Type         NodeType `json:"type"`
	Parent       int      `json:"parent"` // the sub-process it is in; None for the process itself
	In           []int    `json:"in,omitempty"`
	Out          []int    `json:"out,omitempty"`
	Default      int      `json:"default"`                // the flow that is taken when no condition holds; None
	Event        *Event   `json:"event,omitempty"`        // of events other than none
	Attached     int      `json:"attached"`               // of a boundary event: the activity; None
	Interrupting bool     `json:"interrupting,omitempty"` // of boundary events and of the start of an event sub-process
	Triggered    bool     `json:"triggered,omitempty"`    // an event sub-process
	Loop         *Loop    `json:"loop,omitempty"`
	Decision     string   `json:"decision,omitempty"` // of an exclusive gateway: a script that returns the name or id of a flow
	Work         *Work    `json:"work,omitempty"`     // of tasks: what is to be done
	Called       string   `json:"called,omitempty"`   // of a call activity: the code of the other definition
	Inputs       []Copy   `json:"inputs,omitempty"`   // of a call activity: what it is given; none gives it everything
	Outputs      []Copy   `json:"outputs,omitempty"`  // and what is taken over at its end; none takes over nothing
}

// Copy gives a variable the value of an expression.
type Copy struct {
	Name   string `json:"name"`
	Script string `json:"script"`
}

// Flow is a sequence flow.
type Flow struct {
	ID        string `json:"id"`
	Name      string `json:"name,omitempty"`
	From      int    `json:"from"`
	To        int    `json:"to"`
	Condition string `json:"condition,omitempty"` // script
	OnTake    string `json:"onTake,omitempty"`    // script that runs when the flow is taken (the guide's transition action)
}

// EventType is what an event waits for, or throws.
type EventType string

// The event types of the profile.
const (
	TimerEvent      EventType = "timer"
	MessageEvent    EventType = "message"
	SignalEvent     EventType = "signal"
	ErrorEvent      EventType = "error"
	EscalationEvent EventType = "escalation"
	LinkEvent       EventType = "link"
	TerminateEvent  EventType = "terminate"
)

// Event is the definition of an event.
type Event struct {
	Type EventType `json:"type"`
	// Name of the message or signal, code of the error or escalation (empty catches every one), name of the link.
	Name  string `json:"name,omitempty"`
	Timer *Timer `json:"timer,omitempty"`
	// Script runs when a timer fires (the guide's timer on a node), before its flow is taken.
	Script string `json:"script,omitempty"`
	// Key is a script that gives the key of a message: of the one that is waited for when the wait begins, of the one that is sent when it is
	// thrown. None takes every message of the name, and sends one without a key.
	Key string `json:"key,omitempty"`
}

// Timer says when: exactly one of its members is set. Each is ISO 8601, or a script whose result is ISO 8601 when Scripted.
type Timer struct {
	Date     string `json:"date,omitempty"`     // 2026-01-31T08:00:00Z
	Duration string `json:"duration,omitempty"` // P3D, PT1H30M
	Cycle    string `json:"cycle,omitempty"`    // R3/PT1H; R/PT1H has no end
	Scripted bool   `json:"scripted,omitempty"`
}

// Loop repeats an activity.
type Loop struct {
	// Parallel and sequential multi-instance, or a standard loop.
	Type LoopType `json:"type"`
	// Count is a script that gives the number of instances; Collection names a variable whose elements each get an instance.
	Count      string `json:"count,omitempty"`
	Collection string `json:"collection,omitempty"`
	Element    string `json:"element,omitempty"`  // variable that holds the element in an instance
	Complete   string `json:"complete,omitempty"` // script: ends a multi-instance early when it holds after an instance
	While      string `json:"while,omitempty"`    // script: a standard loop goes on while it holds
	Before     bool   `json:"before,omitempty"`   // a standard loop that is tested before its first turn
	Maximum    int    `json:"maximum,omitempty"`  // turns of a standard loop; 0 for no limit
}

// LoopType is the kind of a loop.
type LoopType string

// The kinds of loops.
const (
	ParallelLoop   LoopType = "parallel"
	SequentialLoop LoopType = "sequential"
	StandardLoop   LoopType = "standard"
)

// WorkType is what a task does.
type WorkType string

// The kinds of work. Screen and Approval are done by people, the others by activities.
const (
	Screen   WorkType = "screen"   // a form to fill in (screen)
	Approval WorkType = "approval" // lines to decide about (grant screen)
	Match    WorkType = "match"    // a choice between users who may be the same person; nobody is asked when there is none
	Script   WorkType = "script"
	Apply    WorkType = "apply"
	Invoke   WorkType = "invoke" // a call of a managed system
	Mail     WorkType = "mail"
	Noop     WorkType = "none" // a task that only marks a place
)

// Work is what is to be done at a task. Everything beyond its type is in the Library, under the node's id.
type Work struct {
	Type WorkType `json:"type"`
	// Script of a script task.
	Script string `json:"script,omitempty"`
	// Quick scripts are free of side effects: they are evaluated in the wave, not as work of their own.
	Quick bool `json:"quick,omitempty"`
	// Async work may take long and is listed under scheduled jobs (guide page 072).
	Async bool `json:"async,omitempty"`
	// System of an invoke step: the name of the managed system, or a script when it begins with #{.
	System string `json:"system,omitempty"`
	// Result names the variable that takes the result of an invoke step.
	Result string `json:"result,omitempty"`
}

// People reports whether the work is done by people, who open, claim and complete a task.
func (w *Work) People() bool { return w.Type == Screen || w.Type == Approval || w.Type == Match }

// Node gives the node with an id, or nil.
func (p *Plan) Node(id string) *Node {
	for i := range p.Nodes {
		if p.Nodes[i].ID == id {
			return &p.Nodes[i]
		}
	}
	return nil
}

// Title names a node for people: its name, or its id where it has none.
func (p *Plan) Title(id string) string {
	if n := p.Node(id); n != nil && n.Name != "" {
		return n.Name
	}
	return id
}
