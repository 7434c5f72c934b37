package bpm

import (
	"slices"

	"provost/bpm/xmltree"
)

// Definition is a process definition as its document has it: the place of every step and flow is known, so that findings can name it, and
// nothing of the document is lost. It is read by Parse, and never changes.
type Definition struct {
	ID          string
	Name        string
	Folder      string // "Users/Leavers"
	Description string
	Kind        Kind // empty when the document does not say
	Access      Access
	Attributes  []Attribute
	Resources   []Resource

	document *xmltree.Document
	process  *xmltree.Element
	elements []*element
	flows    []*sequence
	byID     map[string]*element
	// incomplete is set when a flow was left out: what can be reached cannot be said then.
	incomplete bool
}

// element is a node of the flow. Scripts, timers and conditions in its members are as they were written; Compile turns them into keys.
type element struct {
	id, name   string
	kind       NodeType
	source     *xmltree.Element
	parent     *element // the sub-process it is in; nil for the process itself
	in, out    []*sequence
	byDefault  *sequence
	attachedTo *element // of a boundary event; nil also when what it names is no activity
	event      *Event
	loop       *Loop
	work       *Work
	detail     Step
	decision   string
	called     string
	inputs     []Copy
	outputs    []Copy

	interrupting, triggered bool
	loose                   bool // a flow out of it was left out
}

// sequence is a sequence flow; its ends are nil where what it names is no step.
type sequence struct {
	id, name          string
	source            *xmltree.Element
	from, to          *element
	condition, onTake string
}

// XML gives the document in UTF-8, with everything that Parse did not interpret: diagrams, documentation, extensions of others.
func (d *Definition) XML() []byte { return d.document.Bytes() }

// is reports whether the step is of one of the types.
func (e *element) is(types ...NodeType) bool {
	return slices.Contains(types, e.kind)
}

// activity reports whether work is done at the step: events can be attached to it, and it can be repeated.
func (e *element) activity() bool {
	return e.is(UserTask, ScriptTask, ServiceTask, SendTask, CallActivity, SubProcess)
}

// people reports whether the step is a task for people.
func (e *element) people() bool { return e.kind == UserTask }

// eventType is the type of the step's event, "" for none.
func (e *element) eventType() EventType {
	if e.event == nil {
		return ""
	}
	return e.event.Type
}

// label is how findings speak about the step.
func (e *element) label() string {
	if e.name != "" {
		return string(e.kind) + " \"" + e.name + "\""
	}
	return string(e.kind) + " " + e.id
}

// decisions are the ways out of a task that people choose from: none when the definition decides by conditions.
func (e *element) decisions() []*sequence {
	if !e.people() {
		return nil
	}
	for _, f := range e.out {
		if f.condition != "" {
			return nil
		}
	}
	return e.out
}
