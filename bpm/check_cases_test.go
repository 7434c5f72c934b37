package bpm_test

import (
	"strconv"
	"strings"
)

// unreadable are documents that are not even looked into, and others that have no process to run.
var unreadable = []refused{
	{"nothing", "", []string{"xml-malformed"}},
	{"text", "process", []string{"xml-malformed"}},
	{"cut off", user(start)[:300], []string{"xml-malformed"}},
	{"wrong end", `<a><b></a>`, []string{"xml-malformed"}},
	{"second root", `<a/><b/>`, []string{"xml-malformed"}},
	{"attribute twice", `<a b="1" b="2"/>`, []string{"xml-malformed"}},
	{"prefix of nobody", `<x:a/>`, []string{"xml-malformed"}},
	{"NUL", "<a>\x00</a>", []string{"xml-malformed"}},
	{"bytes that are no UTF-8", "<a>\xff</a>", []string{"xml-malformed"}},
	{"EBCDIC", `<?xml version="1.0" encoding="IBM037"?><a/>`, []string{"xml-encoding"}},
	{"UTF-16", "\xfe\xff\x00<", []string{"xml-encoding"}},
	{"entities", `<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>`, []string{"xml-doctype"}},
	{"large", "<a>" + strings.Repeat(" ", 5<<20) + "</a>", []string{"xml-too-large"}},
	{"deep", strings.Repeat("<a>", 201) + strings.Repeat("</a>", 201), []string{"xml-too-deep"}},
	{"many", "<a>" + strings.Repeat("<b/>", 20_000) + "</a>", []string{"xml-too-many-elements"}},
	{"XPDL", `<Package xmlns="http://www.wfmc.org/2009/XPDL2.2" id="x"/>`, []string{"x not-bpmn"}},
	{"no process", document(``, ``), []string{"d no-process"}},
	{"several", document(`<process id="p"/>`, `<process id="q"/>`), []string{"q several-processes"}},
	{
		"several to run",
		document(`<process id="p" isExecutable="true"/>`, `<process id="q" isExecutable="true"/>`),
		[]string{"q several-processes"},
	},
}

// misread are documents whose elements are not what they should be.
var misread = []refused{
	{"not executable", strings.Replace(user(start, end, chain("s", "e")), ` isExecutable="true"`, ``, 1), []string{"p not-executable"}},
	{
		"message flow",
		strings.Replace(user(start, end, chain("s", "e")), `<process`, `<collaboration id="c"><messageFlow id="mf"/></collaboration><process`, 1),
		[]string{"mf message-flow"},
	},
	{"process without id", strings.Replace(user(start, end, chain("s", "e")), `<process id="p"`, `<process`, 1), []string{"d missing-id"}},
	{"step without id", user(`<startEvent/>`, start, end, chain("s", "e")), []string{"p several-starts", "p dead-end", "p missing-id"}},
	{"flow without id", user(start, end, `<sequenceFlow sourceRef="s" targetRef="e"/>`), []string{"p missing-id"}},
	{
		"process with a bad id",
		strings.Replace(user(start, end, chain("s", "e")), `<process id="p"`, `<process id="my process"`, 1),
		[]string{"my process bad-id"},
	},
	{"step with a bad id", user(start, `<endEvent id="é"/>`, `<sequenceFlow id="f" sourceRef="s" targetRef="é"/>`), []string{"é bad-id"}},
	{"flow with a bad id", user(start, end, `<sequenceFlow id="1" sourceRef="s" targetRef="e"/>`), []string{"1 bad-id"}},
	{
		"form of a timer",
		user(with("startEvent", `id="s"`, `<idm:form><idm:field name="days"/></idm:form>`, `<timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition>`), end, chain("s", "e")),
		[]string{"p no-manual-start", "s misplaced-extension"},
	},
	{
		"form of a sub-process",
		user(start, end, chain("s", "a", "e"), `<subProcess id="a" name="A">`, with("startEvent", `id="s2"`, `<idm:form/>`), `<endEvent id="e2"/>`, chain("s2", "e2"), `</subProcess>`),
		[]string{"s2 misplaced-extension"},
	},
	{
		"resource that is no text",
		strings.Replace(user(start, end, chain("s", "e")), `<idm:process`, `<idm:resource name="a.txt" encoding="base64">%%</idm:resource><idm:resource name="b.bin" encoding="base64">/w==</idm:resource><idm:process`, 1),
		[]string{"p bad-resource", "p bad-resource"},
	},
	{
		"resources without a good name",
		strings.Replace(user(start, end, chain("s", "e")), `<idm:process`, `<idm:resource>x</idm:resource><idm:resource name="../x">x</idm:resource><idm:resource name="a">1</idm:resource><idm:resource name="a" encoding="base64">Mg==</idm:resource><idm:process`, 1),
		[]string{"p missing-attribute", "p resource-attached", "p resource-name", "p resource-attached", "p resource-attached", "p resource-name"},
	},
	{
		"resources that are too large",
		strings.Replace(user(start, end, chain("s", "e")), `<idm:process`, strings.Repeat(`<idm:resource name="a">`+strings.Repeat("x", 300<<10)+`</idm:resource>`, 1)+resourcesOf(4)+`<idm:process`, 1),
		[]string{"p resource-too-large", "p resource-attached", "p resource-too-large", "p resource-attached", "p resource-attached", "p resource-attached", "p resource-attached"},
	},
	{"id twice", user(start, end, `<endEvent id="e"/>`, chain("s", "e")), []string{"e duplicate-id", "e unreachable-node"}},
	{"flow to nowhere", user(start, end, chain("s", "e"), chain("s", "x")), []string{"s-x dangling-reference"}},
	{"flow from nothing", user(start, end, chain("s", "e"), `<sequenceFlow id="f" targetRef="e"/>`), []string{"f dangling-reference"}},
	{
		"message of nobody",
		user(`<startEvent id="s"><messageEventDefinition id="md" messageRef="x"/></startEvent>`, end, chain("s", "e")),
		[]string{"p no-manual-start", "md dangling-reference"},
	},
	{
		"signal for a message",
		user(`<startEvent id="s"><messageEventDefinition id="md" messageRef="g"/></startEvent>`, end, chain("s", "e")),
		[]string{"p no-manual-start", "md dangling-reference"},
	},
	{"default of another", single(`<scriptTask id="a" default="s-a"><script>1</script></scriptTask>`), []string{"a dangling-reference"}},
	{
		"boundary on nothing", user(start, end, chain("s", "e"), `<boundaryEvent id="b" attachedToRef="x"><errorEventDefinition/></boundaryEvent>`, chain("b", "e")),
		[]string{"b dangling-reference", "b unreachable-node"},
	},
	{"abstract task", single(`<task id="a"/>`), []string{"a unsupported-element"}},
	{"ad hoc", user(start, `<adHocSubProcess id="x"/>`, end, chain("s", "e")), []string{"x unsupported-element"}},
	{"invented", user(start, `<teaBreak id="x"/>`, end, chain("s", "e")), []string{"x unsupported-element"}},
	{"compensation", single(strings.Replace(script, `id="a"`, `id="a" isForCompensation="true"`, 1)), []string{"a unsupported-element"}},
	{
		"conditional event",
		user(`<startEvent id="s"><conditionalEventDefinition/></startEvent>`, end, chain("s", "e")),
		[]string{"s unsupported-event"},
	},
	{
		"signal at the start",
		user(`<startEvent id="s"><signalEventDefinition signalRef="g"/></startEvent>`, end, chain("s", "e")),
		[]string{"p no-manual-start", "s unsupported-event"},
	},
	{
		"two events",
		user(`<startEvent id="s"><messageEventDefinition messageRef="m"/><timerEventDefinition/></startEvent>`, end, chain("s", "e")),
		[]string{"s several-events"},
	},
	{
		"timer at the end",
		user(start, `<endEvent id="e"><timerEventDefinition><timeDate>2026-01-31</timeDate></timerEventDefinition></endEvent>`, chain("s", "e")),
		[]string{"e unsupported-event"},
	},
	{
		"timer in a sub-process", user(start, end, chain("s", "a", "e"),
			`<subProcess id="a" name="A"><startEvent id="s2"><timerEventDefinition><timeDate>2026-01-31</timeDate></timerEventDefinition></startEvent><endEvent id="e2"/>`+chain("s2", "e2")+`</subProcess>`),
		[]string{"s2 unsupported-event"},
	},
	{"two works", single(service(`<idm:apply userChanges="true"/><idm:invoke system="ad" method="x"/>`)), []string{"a several-works"}},
	{
		"flow into a sub-process", user(start, end, chain("s", "a", "e"), `<subProcess id="a" name="A"><startEvent id="s2"/><endEvent id="e2"/>`+chain("s2", "e2")+`</subProcess>`, chain("s", "e2")),
		[]string{"s-e2 flow-crosses-scope"},
	},
	{
		"boundary on a gateway", user(start, `<exclusiveGateway id="x"/>`, end, chain("s", "x", "e"), `<boundaryEvent id="b" attachedToRef="x"><errorEventDefinition/></boundaryEvent>`, chain("b", "e")),
		[]string{"b boundary-not-on-activity", "b unreachable-node"},
	},
	{"misspelt extension", single(task(`<idm:approve mode="enter"/>`)), []string{"a unknown-extension"}},
	{"misplaced extension", single(task(`<idm:apply account="true"/>`)), []string{"a misplaced-extension"}},
	{
		"extension outside of its place",
		single(`<userTask id="a" name="A"><extensionElements>` + asked + `</extensionElements><idm:form/></userTask>`),
		[]string{"a misplaced-extension"},
	},
	{"nested extension alone", single(task(`<idm:field name="days"/>`)), []string{"a misplaced-extension"}},
	{
		"script on a message",
		user(with("startEvent", `id="s"`, `<idm:onFire>1</idm:onFire>`, `<messageEventDefinition messageRef="m"/>`), end, chain("s", "e")),
		[]string{"p no-manual-start", "s misplaced-extension"},
	},
	{
		"key of a signal",
		user(start, with("intermediateCatchEvent", `id="c"`, `<idm:correlation key="A7"/>`, `<signalEventDefinition signalRef="g"/>`), end, chain("s", "c", "e")),
		[]string{"c misplaced-extension"},
	},
	{
		"key of nothing",
		user(start, with("intermediateThrowEvent", `id="t"`, `<idm:correlation key="A7"/>`), end, chain("s", "t", "e")),
		[]string{"t misplaced-extension"},
	},
	{
		"key of what begins a process",
		user(with("startEvent", `id="s"`, `<idm:correlation key="A7"/>`, `<messageEventDefinition messageRef="m"/>`), end, chain("s", "e")),
		[]string{"p no-manual-start", "s misplaced-extension"},
	},
	{"no key", keyed(`<idm:correlation/>`), []string{"c missing-attribute"}},
	{"key without end", keyed(`<idm:correlation key="A-#{days"/>`), []string{"c bad-expression"}},
	{"key of another product", keyed(`<idm:correlation key="${days}"/>`), []string{"c bad-expression"}},
	{"two keys", keyed(`<idm:correlation key="A"/><idm:correlation key="B"/>`), []string{"c repeated-extension"}},
	{"extension twice", single(task(`<idm:task due="P1D"/><idm:task due="P2D"/>`)), []string{"a repeated-extension"}},
	{"extension of others", single(task(`<x:y xmlns:x="urn:example:x"/><x:y xmlns:x="urn:example:x"/>`)), []string{"a foreign-extension"}},
	{"misspelt attribute", single(task(`<idm:task duo="P1D"/>`)), []string{"a unknown-attribute"}},
	{"missing attribute", single(task(`<idm:form><idm:field label="Days"/></idm:form>`)), []string{"a missing-attribute"}},
	{"bad choice", single(task(`<idm:approval mode="maybe"/>`)), []string{"a bad-value"}},
	{"bad flag", single(service(`<idm:apply userChanges="yes" account="false" entitlements="1"/>`)), []string{"a bad-value"}},
	{
		"bad switch",
		user(start, script, end, boundary(`cancelActivity="no"`, timer), chain("s", "a", "e"), chain("b", "e")),
		[]string{"b bad-value"},
	},
	{
		"bad switch of a loop",
		repeated(`<multiInstanceLoopCharacteristics isSequential="yes"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>`),
		[]string{"a bad-value"},
	},
	{"bad number", single(task(`<idm:match threshold="-1"><idm:query type="text">x</idm:query></idm:match>`)), []string{"a bad-value"}},
	{"bad duration", single(task(`<idm:task due="3 days"/>`)), []string{"a bad-value"}},
	{
		"flow of another",
		single(task(`<idm:approval mode="displayPending" approveFlow="a-e" denyFlow="s-a"/>`)),
		[]string{"a dangling-reference"},
	},
}

// resourcesOf are resources that are as large as one may be.
func resourcesOf(n int) string {
	out := ""
	for i := range n {
		out += `<idm:resource name="b` + strconv.Itoa(i) + `">` + strings.Repeat("y", 256<<10) + `</idm:resource>`
	}
	return out
}

// keyed is a process that waits for a message, with something in the event's extension.
func keyed(extension string) string {
	return user(start, with("intermediateCatchEvent", `id="c"`, extension, `<messageEventDefinition messageRef="m"/>`), end, chain("s", "c", "e"))
}
