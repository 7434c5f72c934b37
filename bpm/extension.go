package bpm

// Namespace is that of the extension elements and attributes, usually written with the prefix idm.
const Namespace = "urn:provost:idm:1"

// valueType is what an attribute of an extension element may hold.
type valueType string

const (
	textValue     valueType = "text"
	flagValue     valueType = "flag"     // true or false
	numberValue   valueType = "number"   // a whole number from 0
	durationValue valueType = "duration" // ISO 8601, or text with #{expressions}
	flowValue     valueType = "flow"     // id of a flow out of the element
)

// property is an attribute of an extension element.
type property struct {
	name     string
	holds    valueType
	required bool
	choices  []string // the only values, if any
}

// extension is an element of our namespace: where it may stand and what it may hold. The table is what Parse checks documents against, and
// what idm.json tells designers.
type extension struct {
	name       string
	hosts      []string // BPMN elements in whose extensionElements it stands, or extension elements it stands in
	nested     bool     // the hosts are extension elements
	many       bool     // it may stand there more than once
	body       bool     // it holds text
	attributes []property
}

func textOf(name string) property     { return property{name: name, holds: textValue} }
func neededOf(name string) property   { return property{name: name, holds: textValue, required: true} }
func flagOf(name string) property     { return property{name: name, holds: flagValue} }
func numberOf(name string) property   { return property{name: name, holds: numberValue} }
func durationOf(name string) property { return property{name: name, holds: durationValue} }
func flowOf(name string) property     { return property{name: name, holds: flowValue} }

// deadline is what happens when a task is late: on idm:approval for approvals, on idm:task for every other task.
func deadline(more ...property) []property {
	return append(more, durationOf("remind"), textOf("escalate"), choiceOf("escalation", EscalateJoin, EscalateReplace), durationOf("expire"), flowOf("expireFlow"))
}

func choiceOf(name string, choices ...string) property {
	return property{name: name, holds: textValue, choices: choices}
}

func neededChoiceOf(name string, choices ...string) property {
	return property{name: name, holds: textValue, choices: choices, required: true}
}

// extensions are the elements of the namespace.
var extensions = []extension{
	{name: "process", hosts: []string{"process"}, attributes: []property{
		neededChoiceOf("type", string(UserManagement), string(PermissionsManagement), string(PermissionsRequest), string(AccountReservation), string(Delegation)), textOf("folder"),
	}},
	{name: "acl", hosts: []string{"process"}, attributes: []property{textOf("initiators"), textOf("managers"), textOf("observers")}},
	{name: "attribute", hosts: []string{"process"}, many: true, attributes: []property{
		neededOf("name"), textOf("label"), neededChoiceOf("type", dataTypes...), textOf("objectType"), flagOf("multiple"), numberOf("size"), textOf("default"),
	}},
	{name: "value", hosts: []string{"attribute"}, nested: true, many: true, attributes: []property{neededOf("code"), textOf("label")}},
	{name: "resource", hosts: []string{"process"}, many: true, body: true, attributes: []property{neededOf("name"), choiceOf("encoding", "text", "base64")}},
	{name: "lane", hosts: []string{"lane"}, attributes: []property{neededOf("actors")}},
	{name: "form", hosts: []string{"startEvent", "userTask"}},
	{name: "field", hosts: []string{"form"}, nested: true, many: true, attributes: []property{
		neededOf("name"), textOf("label"), flagOf("readOnly"), flagOf("required"), textOf("filter"),
	}},
	{name: "validation", hosts: []string{"field"}, nested: true, body: true},
	{name: "visibility", hosts: []string{"field"}, nested: true, body: true},
	{name: "trigger", hosts: []string{"form"}, nested: true, many: true, body: true, attributes: []property{
		neededChoiceOf("on", "onLoad", "onChange", "onPrepareTransition"), textOf("field"),
	}},
	{name: "task", hosts: []string{"userTask"}, attributes: deadline(textOf("title"), durationOf("due"), flagOf("uploads"))},
	{name: "assignment", hosts: []string{"userTask"}, body: true, attributes: []property{textOf("expression")}},
	{name: "approval", hosts: []string{"userTask"}, attributes: deadline(
		neededChoiceOf("mode", "request", "enter", "displayPending", "displayApproved", "displayRejected", "displayAll"),
		textOf("quorum"), choiceOf("self", "refuse", "allow"), textOf("roleFilter"), textOf("applicationFilter"),
		flowOf("approveFlow"), flowOf("denyFlow"),
	)},
	{name: "stage", hosts: []string{"approval"}, nested: true, many: true, attributes: []property{neededOf("actors")}},
	{name: "match", hosts: []string{"userTask"}, attributes: []property{numberOf("threshold")}},
	{name: "query", hosts: []string{"match"}, nested: true, many: true, body: true, attributes: []property{neededChoiceOf("type", "scim", "text"), numberOf("weight")}},
	{name: "job", hosts: []string{"scriptTask", "serviceTask", "sendTask"}, attributes: []property{flagOf("quick"), flagOf("async")}},
	{name: "apply", hosts: []string{"serviceTask"}, attributes: []property{flagOf("userChanges"), flagOf("entitlements"), flagOf("account"), flagOf("delegation")}},
	{name: "invoke", hosts: []string{"serviceTask"}, attributes: []property{neededOf("system"), neededOf("method"), textOf("path"), textOf("result")}},
	{name: "argument", hosts: []string{"invoke"}, nested: true, many: true, body: true, attributes: []property{neededOf("name")}},
	{name: "mail", hosts: []string{"sendTask", "userTask"}, body: true, attributes: []property{textOf("actors"), textOf("address"), textOf("subject"), flagOf("shortcut")}},
	{name: "decision", hosts: []string{"exclusiveGateway"}, body: true},
	{name: "onTake", hosts: []string{"sequenceFlow"}, body: true},
	{name: "onFire", hosts: []string{"startEvent", "intermediateCatchEvent", "boundaryEvent"}, body: true},
	{
		name:       "correlation",
		hosts:      []string{"startEvent", "intermediateCatchEvent", "boundaryEvent", "intermediateThrowEvent", "endEvent"},
		attributes: []property{neededOf("key")},
	},
	{name: "input", hosts: []string{"callActivity"}, many: true, body: true, attributes: []property{neededOf("name")}},
	{name: "output", hosts: []string{"callActivity"}, many: true, body: true, attributes: []property{neededOf("name")}},
	{name: "loop", hosts: []string{"multiInstanceLoopCharacteristics"}, attributes: []property{neededOf("collection"), textOf("element")}},
}

// dataTypes are the types that an attribute of a process may have: those of the metadata (internal/metadata), and grants.
var dataTypes = []string{
	"string", "multiline", "html", "number", "boolean", "date", "dateTime", "email", "password", "binary", "photo", "attachment", "separator", "ssoInput",
	"user", "group", "groupType", "role", "account", "informationSystem", "userType", "mailDomain", "system", grantType, objectType,
}

const (
	grantType  = "grant"  // a requested or given grant
	objectType = "object" // a reference to a custom object, whose type is named beside
)

// extensionOf finds an element of the namespace by its name.
func extensionOf(name string) (extension, bool) {
	for _, x := range extensions {
		if x.name == name {
			return x, true
		}
	}
	return extension{}, false
}
