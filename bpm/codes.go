package bpm

import "slices"

// Code is what a finding is about: stable, for programs and for the language reference.
type Code string

// The codes of Parse.
const (
	XMLMalformed          Code = "xml-malformed"
	XMLEncoding           Code = "xml-encoding"
	XMLDoctype            Code = "xml-doctype"
	XMLTooLarge           Code = "xml-too-large"
	XMLTooDeep            Code = "xml-too-deep"
	XMLTooManyElements    Code = "xml-too-many-elements"
	NotBPMN               Code = "not-bpmn"
	NoProcess             Code = "no-process"
	SeveralProcesses      Code = "several-processes"
	NotExecutable         Code = "not-executable"
	MessageFlow           Code = "message-flow"
	MissingID             Code = "missing-id"
	BadID                 Code = "bad-id"
	DuplicateID           Code = "duplicate-id"
	DanglingReference     Code = "dangling-reference"
	UnsupportedElement    Code = "unsupported-element"
	UnsupportedEvent      Code = "unsupported-event"
	SeveralEvents         Code = "several-events"
	SeveralWorks          Code = "several-works"
	FlowCrossesScope      Code = "flow-crosses-scope"
	BoundaryNotOnActivity Code = "boundary-not-on-activity"
	UnknownExtension      Code = "unknown-extension"
	MisplacedExtension    Code = "misplaced-extension"
	RepeatedExtension     Code = "repeated-extension"
	ForeignExtension      Code = "foreign-extension"
	UnknownAttribute      Code = "unknown-attribute"
	MissingAttribute      Code = "missing-attribute"
	BadValue              Code = "bad-value"
	BadResource           Code = "bad-resource"
)

// The codes of Check.
const (
	MissingType           Code = "missing-type"
	MissingName           Code = "missing-name"
	NoInitiators          Code = "no-initiators"
	ReservationInitiators Code = "reservation-initiators"
	BadVariableName       Code = "bad-variable-name"
	DuplicateAttribute    Code = "duplicate-attribute"
	UndeclaredVariable    Code = "undeclared-variable"
	DuplicateField        Code = "duplicate-field"
	NoStart               Code = "no-start"
	SeveralStarts         Code = "several-starts"
	NoManualStart         Code = "no-manual-start"
	NoEnd                 Code = "no-end"
	StartWithIncoming     Code = "start-with-incoming"
	EndWithOutgoing       Code = "end-with-outgoing"
	DeadEnd               Code = "dead-end"
	UnreachableNode       Code = "unreachable-node"
	NoWayOut              Code = "no-way-out"
	JoinAfterChoice       Code = "join-after-choice"
	BoundaryWithIncoming  Code = "boundary-with-incoming"
	BoundaryWithoutFlow   Code = "boundary-without-flow"
	ErrorNotInterrupting  Code = "error-not-interrupting"
	EventSubProcessFlow   Code = "event-sub-process-flow"
	EventSubProcessStart  Code = "event-sub-process-start"
	EventGatewayTarget    Code = "event-gateway-target"
	FlowWithoutCondition  Code = "flow-without-condition"
	IgnoredCondition      Code = "ignored-condition"
	NoDefault             Code = "no-default"
	MixedDecisions        Code = "mixed-decisions"
	DuplicateFlowName     Code = "duplicate-flow-name"
	UnnamedFlow           Code = "unnamed-flow"
	LinkUnpaired          Code = "link-unpaired"
	LinkRepeated          Code = "link-repeated"
	EventWithoutName      Code = "event-without-name"
	BadTimer              Code = "bad-timer"
	LoopBounds            Code = "loop-bounds"
	MisplacedLoop         Code = "misplaced-loop"
	EmptyScript           Code = "empty-script"
	ScriptLanguage        Code = "script-language"
	ScriptTooLong         Code = "script-too-long"
	ScriptSyntax          Code = "script-syntax"
	ResourceName          Code = "resource-name"
	ResourceTooLarge      Code = "resource-too-large"
	ResourceAttached      Code = "resource-attached"
	LiteralTooLong        Code = "literal-too-long"
	BadExpression         Code = "bad-expression"
	NobodyAsked           Code = "nobody-asked"
	ApprovalQuorum        Code = "approval-quorum"
	ApprovalFlows         Code = "approval-flows"
	ApprovalMode          Code = "approval-mode"
	DeadlineWithoutDue    Code = "deadline-without-due"
	DeadlineIdle          Code = "deadline-idle"
	ExpireApproves        Code = "expire-approves"
	ExpireUndecided       Code = "expire-undecided"
	MatchWithoutQuery     Code = "match-without-query"
	MatchThreshold        Code = "match-threshold"
	ApplyNothing          Code = "apply-nothing"
	ApplyOtherKind        Code = "apply-other-kind"
	MailWithoutRecipient  Code = "mail-without-recipient"
	MailWithoutSubject    Code = "mail-without-subject"
	MailShortcut          Code = "mail-shortcut"
	NothingToDo           Code = "nothing-to-do"
	QuickAndAsync         Code = "quick-and-async"
	CallWithoutCode       Code = "call-without-code"
	PlanTooLarge          Code = "plan-too-large"
)

// The codes of imports from Soffid (bpm/pardef).
const (
	ImportMalformed   Code = "import-malformed"
	ImportJava        Code = "import-java"
	ImportVersion     Code = "import-version"
	ImportKind        Code = "import-kind"
	ImportUnknownStep Code = "import-unknown-step"
	ImportAmbiguous   Code = "import-ambiguous"
	ImportDeclared    Code = "import-declared"
	ImportActors      Code = "import-actors"
	ImportChoice      Code = "import-choice"
	ImportTimer       Code = "import-timer"
	ImportIgnored     Code = "import-ignored"
)

// explanation is what the language reference says about a code.
type explanation struct {
	severity Severity
	means    string
	todo     string
}

// codes explains every code. The language reference is written from it, and a test keeps both in step.
var codes = map[Code]explanation{
	XMLMalformed:       {SeverityError, "The file is not well-formed XML.", "Export the model again; the line says where reading stopped."},
	XMLEncoding:        {SeverityError, "The file is in an encoding that is not read.", "Save it as UTF-8."},
	XMLDoctype:         {SeverityError, "The file has a document type or entities, which are a way to attack readers.", "Remove the line that begins with <!DOCTYPE."},
	XMLTooLarge:        {SeverityError, "The file is larger than 5 MB.", "Remove images and other foreign content, or split the process with call activities."},
	XMLTooDeep:         {SeverityError, "Elements are nested more than 200 deep.", "Flatten the sub-processes."},
	XMLTooManyElements: {SeverityError, "The file has more than 20 000 elements.", "Split the process with call activities."},
	NotBPMN:            {SeverityError, "The file is XML, but not BPMN 2.0.", "Export the model as BPMN 2.0 XML."},
	NoProcess:          {SeverityError, "There is no process in the file.", "Draw one with at least a start and an end."},
	SeveralProcesses:   {SeverityError, "The file has more than one process that could be meant.", "Keep one executable process per file; a pool of others may stay without a process."},
	NotExecutable:      {SeverityHint, "The only process of the file is not marked as executable.", "Set isExecutable to true."},
	MessageFlow:        {SeverityHint, "Message flows between pools are not run.", "Send messages with message events."},
	MissingID:          {SeverityError, "An element has no id.", "Give it one, and keep it from version to version: running processes are moved by it."},
	BadID:              {SeverityError, "An id cannot be used in addresses and logs.", "Begin it with a letter or underscore; use letters, digits, underscores, hyphens and dots, 200 at most."},
	DuplicateID:        {SeverityError, "Two elements have the same id.", "Rename one of them."},
	DanglingReference:  {SeverityError, "Something names an element that does not exist or cannot be meant.", "Connect it to an existing element, or remove the reference."},
	UnsupportedElement: {SeverityError, "The element is outside of the executable profile.", "Use what the message suggests."},
	UnsupportedEvent:   {SeverityError, "An event of this type cannot stand here.", "Use one of the types that the message lists."},
	SeveralEvents:      {SeverityError, "An event has more than one event definition.", "Use one event for each."},
	SeveralWorks:       {SeverityError, "A task says in more than one way what is to be done.", "Split it into several tasks."},
	FlowCrossesScope:   {SeverityError, "A flow leads into or out of a sub-process.", "End within the sub-process and go on behind it; use an error or escalation event to leave early."},

	BoundaryNotOnActivity: {SeverityError, "A boundary event is attached to something that does no work.", "Attach it to a task, call activity or sub-process of the same scope."},
	UnknownExtension:      {SeverityError, "There is no extension element of this name.", "Look for a misspelling; the reference lists all elements."},
	MisplacedExtension:    {SeverityError, "An extension element stands in an element that it does not belong to.", "Move it to one of those that the message lists."},
	RepeatedExtension:     {SeverityError, "An extension element is there more than once.", "Remove all but one."},
	ForeignExtension:      {SeverityHint, "The file has extensions of another product.", "Nothing: they are kept, and not run."},
	UnknownAttribute:      {SeverityError, "An extension element has an attribute that it does not know.", "Look for a misspelling."},
	MissingAttribute:      {SeverityError, "An extension element lacks an attribute.", "Add it."},
	BadValue:              {SeverityError, "An attribute has a value that it cannot have.", "Use one that the message lists."},

	MissingType:           {SeverityError, "The process does not say what it is for.", "Add idm:process with a type."},
	MissingName:           {SeverityWarning, "The process, or a task for people, has no name: lists show it.", "Name it."},
	NoInitiators:          {SeverityWarning, "Nobody may start the process.", "Name initiators in idm:acl, * for everybody; or start it by a timer or message."},
	ReservationInitiators: {SeverityError, "An account reservation is started by the use of an account, never by hand.", "Set its initiators to -nobody-."},
	BadVariableName:       {SeverityError, "A variable's name cannot be used in scripts.", "Begin it with a letter; use letters, digits and underscores."},
	DuplicateAttribute:    {SeverityError, "Two attributes, or two of the values of one, have the same name.", "Rename one of them."},
	UndeclaredVariable:    {SeverityError, "A form, trigger or loop names a variable that is neither an attribute of the process nor built in for its type.", "Declare it with idm:attribute, or look for a misspelling."},
	DuplicateField:        {SeverityError, "A form has a field twice.", "Remove one of them."},
	NoStart:               {SeverityError, "There is no start event.", "Draw one."},
	SeveralStarts:         {SeverityError, "There is more than one start event without a timer or message.", "Keep one and branch behind it."},
	NoManualStart:         {SeverityWarning, "People may start the process, but it has no start event for them.", "Draw a start event without a timer or message, or remove the initiators."},
	NoEnd:                 {SeverityError, "There is no end event.", "Draw one, so that everybody sees how the process ends."},
	StartWithIncoming:     {SeverityError, "A flow leads into a start event.", "Lead it to the step behind the start."},
	EndWithOutgoing:       {SeverityError, "A flow leads out of an end event, or out of a throwing link event.", "Use an intermediate throw event; go on behind the catching link event."},
	DeadEnd:               {SeverityWarning, "No flow leads out of a step: its path ends there unseen.", "Lead it to an end event."},
	UnreachableNode:       {SeverityWarning, "No path leads to the step.", "Connect it, or remove it."},
	NoWayOut:              {SeverityError, "From this step no path leads to an end: the process would run for ever.", "Add a way out of the circle."},
	JoinAfterChoice:       {SeverityWarning, "A parallel gateway waits for several ways of which a step before takes only one: it waits for ever.", "Use an exclusive gateway, or lead the flows to the next step directly."},
	BoundaryWithIncoming:  {SeverityError, "A flow leads into a boundary event or a catching link event.", "Remove it: they begin by themselves."},
	BoundaryWithoutFlow:   {SeverityError, "No flow, or more than one, leads out of a boundary event.", "Connect it with the step that follows; branch behind that."},
	ErrorNotInterrupting:  {SeverityError, "An error always ends the activity or scope that it happens in.", "Make the event interrupting, or use an escalation."},
	EventSubProcessFlow:   {SeverityError, "A flow leads into or out of an event sub-process.", "Remove it: its start event begins it."},
	EventSubProcessStart:  {SeverityError, "An event sub-process does not have exactly one start event.", "Give it one start event with a timer, message, error, escalation or signal."},
	EventGatewayTarget:    {SeverityError, "An event-based gateway does not lead to at least two catch events.", "Let every flow lead to a timer, message or signal catch event that has no other incoming flow."},
	FlowWithoutCondition:  {SeverityError, "A flow out of a gateway has no condition and is not the default.", "Add a condition, mark the flow as default, or give the gateway a decision script."},
	IgnoredCondition:      {SeverityWarning, "A condition is never looked at here.", "Remove it, or use an exclusive or inclusive gateway."},
	NoDefault:             {SeverityWarning, "When no condition holds, the process stops with an incident.", "Mark one flow as default."},
	MixedDecisions:        {SeverityError, "Some flows out of a task for people have conditions and others are neither conditional nor default.", "Let people choose (no conditions), or the definition (conditions and a default)."},
	DuplicateFlowName:     {SeverityError, "Two flows out of a step have the same name: a decision could not tell them apart.", "Rename one of them."},
	UnnamedFlow:           {SeverityWarning, "A flow that people or a script choose by its name has none.", "Name it as the button shall read."},
	LinkUnpaired:          {SeverityError, "A link event has no counterpart of its name in the same scope.", "Name a throwing and a catching link event alike."},
	LinkRepeated:          {SeverityError, "Two catching link events have the same name.", "Keep one."},
	EventWithoutName:      {SeverityError, "An event does not say which message, signal, error, escalation or link it is.", "Refer to one."},
	BadTimer:              {SeverityError, "A timer does not say when, says it twice, or not in ISO 8601.", "Set one of date (2026-01-31T08:00:00Z), duration (P3D, PT8H) and cycle (R3/PT1H), or an #{expression}."},
	LoopBounds:            {SeverityError, "A loop does not say how often, or says it twice.", "A standard loop needs a condition or a maximum, a multi-instance a cardinality or a collection."},
	MisplacedLoop:         {SeverityError, "An element that does no work cannot be repeated.", "Put it into a sub-process and repeat that."},
	EmptyScript:           {SeverityError, "A script is empty.", "Write it, or remove the element."},
	ScriptLanguage:        {SeverityError, "A script or condition is in a language that is not run.", "Write JavaScript."},
	BadResource:           {SeverityError, "A resource is no text.", "Attach texts, JSON and JavaScript, in UTF-8."},
	ResourceName:          {SeverityError, "A resource has a name that it cannot have, or that another one has.", "Rename it."},
	ResourceTooLarge:      {SeverityError, "A resource has more than 256 kB, or all of them have more than 1 MB.", "Attach what scripts need, and keep tables elsewhere."},
	ResourceAttached:      {SeverityHint, "A file is attached to the definition.", "Read it by resource(name) or load(name); remove it when nothing does."},
	ScriptSyntax:          {SeverityError, "A script or expression cannot be read as JavaScript.", "Correct it at the line that is named."},
	ScriptTooLong:         {SeverityError, "A script is longer than 64 kB.", "Move texts and tables out of it."},
	LiteralTooLong:        {SeverityError, "A text, condition or value is longer than 64 kB.", "Shorten it."},
	BadExpression:         {SeverityError, "An #{expression} has no end, is empty, or is written in another product's way.", "Write #{JavaScript}; a condition is one whole expression."},
	NobodyAsked:           {SeverityError, "A task for people does not say who does it.", "Add idm:assignment, or idm:lane to its lane."},
	ApprovalQuorum:        {SeverityError, "The quorum of an approval is none.", "Use one, all, or a number from 1."},
	ApprovalFlows:         {SeverityError, "An approval names one of approveFlow and denyFlow only, or the same flow twice.", "Name both or none."},
	ApprovalMode:          {SeverityWarning, "The mode of an approval only shows or requests lines: stages and flows by decision have no effect.", "Use displayPending to have the lines decided."},
	DeadlineWithoutDue:    {SeverityWarning, "A task says what happens when it is late, and has no due date.", "Add due to idm:task, or remove remind, escalate and expire."},
	DeadlineIdle:          {SeverityWarning, "A task says how it is escalated or where it goes when it expires, and is never escalated or does not expire.", "Add escalate or expire, or remove the other attribute."},
	ExpireApproves:        {SeverityError, "An approval would be granted because nobody decided in time.", "Name another expireFlow, or none to have it denied."},
	ExpireUndecided:       {SeverityError, "A task with several ways out expires and does not say which one it takes.", "Name one by expireFlow."},
	MatchWithoutQuery:     {SeverityError, "A search for duplicates has no query.", "Add idm:query."},
	MatchThreshold:        {SeverityWarning, "The weights of all queries together do not reach the threshold: nobody is ever found.", "Lower the threshold."},
	ApplyNothing:          {SeverityError, "An apply step applies nothing.", "Tick at least one of userChanges, entitlements, account and delegation."},
	ApplyOtherKind:        {SeverityWarning, "The step applies something that processes of this type do not have.", "Change the type of the process, or what is applied."},
	MailWithoutRecipient:  {SeverityError, "A mail goes to nobody.", "Add actors or an address to idm:mail."},
	MailWithoutSubject:    {SeverityWarning, "A mail has no subject or no text.", "Add them."},
	MailShortcut:          {SeverityWarning, "A mail is to have links that decide about a task whose form has to be filled in.", "Remove shortcut, or the fields that are required."},
	NothingToDo:           {SeverityWarning, "A service task does nothing.", "Add idm:apply or idm:invoke, or remove it."},
	QuickAndAsync:         {SeverityError, "Work cannot be quick and asynchronous.", "Quick scripts compute only; asynchronous work may take long."},
	CallWithoutCode:       {SeverityError, "A call activity does not say which process it calls.", "Set calledElement to the code of a process."},
	PlanTooLarge:          {SeverityError, "The definition is too large to be kept with every running process (512 kB compressed).", "Split it with call activities."},

	ImportMalformed:   {SeverityError, "The file is not a .pardef.", "Export the process again with the process editor."},
	ImportJava:        {SeverityError, "The file is a .par: an archive with Java classes.", "Draw the process anew with a template; scripts can be copied."},
	ImportVersion:     {SeverityWarning, "The file has a version that is not known.", "Compare the imported process with the old one."},
	ImportKind:        {SeverityWarning, "The type of the process is not known.", "Choose a type."},
	ImportUnknownStep: {SeverityWarning, "A step or the target of a transition is not known.", "Draw what is missing."},
	ImportAmbiguous:   {SeverityWarning, "Two steps have the same name.", "Check where the flows to them lead."},
	ImportDeclared:    {SeverityHint, "A variable was declared as text.", "Give it its type."},
	ImportActors:      {SeverityWarning, "Who does a step could not be brought over.", "Name users, groups or roles."},
	ImportChoice:      {SeverityWarning, "Several transitions lead out of a step where there is no choice.", "Look at the gateway or screen that was put there."},
	ImportTimer:       {SeverityWarning, "A timer could not be brought over as it was.", "Set its time or its flow."},
	ImportIgnored:     {SeverityHint, "A detail has no counterpart and was left out.", "See whether it is needed."},
}

// Codes lists all codes in alphabetical order.
func Codes() []Code {
	all := make([]Code, 0, len(codes))
	for c := range codes {
		all = append(all, c)
	}
	slices.Sort(all)
	return all
}

// Explain says how severe the findings of a code are, what it means and what to do.
func (c Code) Explain() (severity Severity, means, todo string) {
	e := codes[c]
	return e.severity, e.means, e.todo
}
