package bpm

import "slices"

// Library is what a definition says besides its Plan: scripts, forms, actors, texts. It stays in the database; workflows name its parts
// by key, activities and the API read it.
type Library struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Folder      string            `json:"folder,omitempty"` // "Users/Leavers"
	Description string            `json:"description,omitempty"`
	Kind        Kind              `json:"kind"`
	Access      Access            `json:"access"`
	Attributes  []Attribute       `json:"attributes,omitempty"`
	Resources   map[string]string `json:"resources,omitempty"` // files that scripts read, by name
	Scripts     map[string]string `json:"scripts,omitempty"`   // text by key: the hex SHA-256 of the text, shortened to 16 digits
	Messages    []string          `json:"messages,omitempty"`  // that start a process
	Start       *Form             `json:"start,omitempty"`     // that the initiator fills in
	Steps       map[string]*Step  `json:"steps,omitempty"`     // by the id of the node
}

// Access says who may do what with the processes of a definition (guide page 052, Summary tab). Each is a list of principals: a user's
// name, group:name, role:name@system; * is everybody and -nobody- is no one.
type Access struct {
	Initiators []string `json:"initiators,omitempty"`
	Managers   []string `json:"managers,omitempty"`
	Observers  []string `json:"observers,omitempty"`
}

// Attribute is a custom attribute of the process (guide page 052, Attributes tab).
type Attribute struct {
	Name       string  `json:"name"`
	Label      string  `json:"label"`
	Type       string  `json:"type"`                 // data type of the metadata, see internal/metadata
	ObjectType string  `json:"objectType,omitempty"` // of a reference to a custom object
	Multiple   bool    `json:"multiple,omitempty"`
	Size       int     `json:"size,omitempty"`
	Values     []Value `json:"values,omitempty"` // the only ones that can be chosen
	Default    string  `json:"default,omitempty"`
}

// Value is one choice.
type Value struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// Step is what one step says beyond its place in the flow; the members that its type of work does not have are nil.
type Step struct {
	Name        string      `json:"name,omitempty"`
	Description string      `json:"description,omitempty"`
	Title       string      `json:"title,omitempty"` // of the task; may hold #{expressions}
	Actors      *Assignment `json:"actors,omitempty"`
	Due         string      `json:"due,omitempty"` // ISO 8601 duration from the opening of the task, or #{expression}
	Deadline    *DeadlineOf `json:"deadline,omitempty"`
	Form        *Form       `json:"form,omitempty"`
	Decisions   []Decision  `json:"decisions,omitempty"` // the buttons of a task: its outgoing flows
	Approval    *ApprovalOf `json:"approval,omitempty"`
	Match       *MatchOf    `json:"match,omitempty"`
	Apply       *ApplyOf    `json:"apply,omitempty"`
	Invoke      *InvokeOf   `json:"invoke,omitempty"`
	Mail        *MailOf     `json:"mail,omitempty"`
	Uploads     bool        `json:"uploads,omitempty"` // documents may be attached
}

// Assignment says who may do a task: expressions that yield principals, or a script that does.
type Assignment struct {
	Expression string   `json:"expression,omitempty"` // "role:auditor@soffid, #{manager}"
	Script     string   `json:"script,omitempty"`     // key; returns principals as text or list
	Lane       []string `json:"lane,omitempty"`       // principals of the lane, when neither is given
}

// Form is what people fill in.
type Form struct {
	Fields   []Field   `json:"fields"`
	Triggers []Trigger `json:"triggers,omitempty"`
}

// Demands tells whether a form has a field that has to be filled in.
func (f *Form) Demands() bool {
	return f != nil && slices.ContainsFunc(f.Fields, func(field Field) bool { return field.Required && !field.ReadOnly })
}

// Field is one field of a form (guide page 052, Fields tab).
type Field struct {
	Name       string `json:"name"` // of the variable
	Label      string `json:"label,omitempty"`
	ReadOnly   bool   `json:"readOnly,omitempty"`
	Required   bool   `json:"required,omitempty"`
	Validation string `json:"validation,omitempty"` // script: true, or the message to show
	Visibility string `json:"visibility,omitempty"` // script: a boolean
	Filter     string `json:"filter,omitempty"`     // SCIM filter of what a reference may point at
}

// Trigger runs a script on an occasion of a form.
type Trigger struct {
	On     string `json:"on"` // onLoad, onChange, onPrepareTransition
	Field  string `json:"field,omitempty"`
	Script string `json:"script"`
}

// Decision is a way out of a task.
type Decision struct {
	Flow string `json:"flow"` // id
	Name string `json:"name"` // on the button
}

// ApprovalOf is a grant screen: grants to request, enter, decide about or look at.
type ApprovalOf struct {
	Mode              string   `json:"mode"`   // request, enter, displayPending, displayApproved, displayRejected, displayAll
	Stages            []string `json:"stages"` // actors of further stages, one after the other
	Quorum            string   `json:"quorum"` // one, all, or a number
	Self              string   `json:"self"`   // who decides about their own request: refuse, allow
	RoleFilter        string   `json:"roleFilter,omitempty"`
	ApplicationFilter string   `json:"applicationFilter,omitempty"`
	ApproveFlow       string   `json:"approveFlow,omitempty"` // ids: the way out when at least one line was approved, or none
	DenyFlow          string   `json:"denyFlow,omitempty"`
}

// Words of DeadlineOf.Escalation: whom an escalation asks beside, or in the place of, those who were asked.
const (
	EscalateJoin    = "join"
	EscalateReplace = "replace"
)

// DeadlineOf says what happens to a task that has a due date and is not done.
type DeadlineOf struct {
	Remind     string `json:"remind,omitempty"`     // ISO 8601 duration before the due date
	Escalate   string `json:"escalate,omitempty"`   // principals that are asked from the due date on
	Escalation string `json:"escalation,omitempty"` // join (also when empty) or replace
	Expire     string `json:"expire,omitempty"`     // ISO 8601 duration after the due date; PT0S is the due date itself
	ExpireFlow string `json:"expireFlow,omitempty"` // id of the way out then; an approval without it is denied
}

// Replaces tells whether an escalation takes the task from those who were asked.
func (d *DeadlineOf) Replaces() bool { return d.Escalation == EscalateReplace }

// MatchOf looks for users who may be the same person (Detect duplicated user).
type MatchOf struct {
	Threshold int     `json:"threshold"`
	Queries   []Query `json:"queries"`
}

// Query finds candidates; its weight counts when it does.
type Query struct {
	Type   string `json:"type"` // scim or text
	Text   string `json:"text"` // may hold #{expressions}
	Weight int    `json:"weight"`
}

// ApplyOf carries out what was decided.
type ApplyOf struct {
	UserChanges  bool `json:"userChanges,omitempty"`
	Entitlements bool `json:"entitlements,omitempty"`
	Account      bool `json:"account,omitempty"`
	Delegation   bool `json:"delegation,omitempty"`
}

// InvokeOf calls a managed system.
type InvokeOf struct {
	System    string     `json:"system"`
	Method    string     `json:"method"`
	Path      string     `json:"path,omitempty"`
	Result    string     `json:"result,omitempty"`
	Arguments []Argument `json:"arguments,omitempty"`
}

// Argument is one value of a call.
type Argument struct {
	Name       string `json:"name"`
	Expression string `json:"expression"`
}

// MailOf is a message to people: the work of a send task, or a notice that a task for people waits; without actors and address that goes to
// those who are asked.
type MailOf struct {
	Actors   string `json:"actors,omitempty"`  // as Assignment.Expression
	Address  string `json:"address,omitempty"` // addresses; may hold #{expressions}
	Subject  string `json:"subject"`
	Message  string `json:"message"`
	Shortcut bool   `json:"shortcut,omitempty"` // with links to approve or deny
}
