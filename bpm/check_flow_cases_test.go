package bpm_test

import "strings"

const (
	xor       = `<exclusiveGateway id="x" name="X"/>`
	timer     = `<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>`
	caught    = `<intermediateCatchEvent id="c1"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><intermediateCatchEvent id="c2">` + timer + `</intermediateCatchEvent>`
	inner     = `<endEvent id="e2"/>`
	eventGate = `<eventBasedGateway id="x"/>`
)

// second is a second end.
const second = `<endEvent id="e3"/>`

// onError is an event sub-process with a start event.
func onError(attributes, event string) string {
	return `<subProcess id="ev" triggeredByEvent="true"><startEvent id="s2" ` + attributes + `>` + event + `</startEvent>` + inner + chain("s2", "e2") + `</subProcess>`
}

// boundary is an event on the step a.
func boundary(attributes, event string) string {
	return `<boundaryEvent id="b" attachedToRef="a" ` + attributes + `>` + event + `</boundaryEvent>`
}

// repeated is a script task with a loop.
func repeated(loop string) string {
	return single(strings.Replace(script, `<script>`, loop+`<script>`, 1))
}

// misdrawn are processes whose flow does not work.
var misdrawn = []refused{
	{"no start", user(end), []string{"p no-start", "e unreachable-node"}},
	{"two starts", user(start, `<startEvent id="s2"/>`, end, chain("s", "e"), chain("s2", "e")), []string{"p several-starts"}},
	{"no end", user(start, script, chain("s", "a")), []string{"p no-end", "a dead-end"}},
	{
		"into the start", user(start, script, end, xor, chain("s", "a", "x"), flowIf("x", "s", "days"), `<sequenceFlow id="f" sourceRef="x" targetRef="e"/>`),
		[]string{"x no-default", "x-s start-with-incoming", "f flow-without-condition"},
	},
	{"out of the end", user(start, end, second, chain("s", "e", "e3")), []string{"e-e3 end-with-outgoing"}},
	{"dead end", user(start, script, end, chain("s", "e"), chain("s", "a")), []string{"a dead-end"}},
	{"gateway as dead end", user(start, xor, end, chain("s", "x"), chain("s", "e")), []string{"x dead-end"}},
	{"unreachable", user(start, script, end, chain("s", "e"), chain("a", "e")), []string{"a unreachable-node"}},
	{
		"only the sub-process is unreachable",
		user(start, end, chain("s", "e"), `<subProcess id="a"><startEvent id="s2"/>`+inner+chain("s2", "e2")+`</subProcess>`, chain("a", "e")),
		[]string{"a unreachable-node"},
	},
	{
		"circle",
		user(start, script, strings.ReplaceAll(script, `"a"`, `"a2"`), end, chain("s", "e"), chain("s", "a", "a2", "a")),
		[]string{"a no-way-out", "a2 no-way-out"},
	},
	{
		"join of a choice",
		user(start, strings.Replace(xor, "/>", ` default="x-a"/>`, 1), `<parallelGateway id="y"/>`, script, end, chain("s", "x", "a", "y", "e"), flowIf("x", "y", "days")),
		[]string{"y join-after-choice"},
	},
	{
		"join of buttons",
		user(start, task(""), `<parallelGateway id="y"/>`, end, chain("s", "a"), named("a", "y", "Yes"), `<sequenceFlow id="f" name="No" sourceRef="a" targetRef="y"/>`, chain("y", "e")),
		[]string{"y join-after-choice"},
	},
	{
		"for people without a start",
		user(`<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>`, end, chain("s", "e")),
		[]string{"p no-manual-start"},
	},
	{
		"into a boundary event",
		user(start, script, end, boundary("", timer), chain("s", "a", "e"), chain("s", "b", "e")),
		[]string{"s-b boundary-with-incoming"},
	},
	{"boundary event to nowhere", user(start, script, end, boundary("", timer), chain("s", "a", "e")), []string{"b boundary-without-flow"}},
	{
		"error that goes on",
		user(start, script, end, boundary(`cancelActivity="false"`, `<errorEventDefinition errorRef="r"/>`), chain("s", "a", "e"), chain("b", "e")),
		[]string{"b error-not-interrupting"},
	},
	{
		"error that goes on inside",
		user(start, end, chain("s", "e"), onError(`isInterrupting="false"`, `<errorEventDefinition/>`)),
		[]string{"s2 error-not-interrupting"},
	},
	{
		"flow to an event sub-process",
		user(start, end, chain("s", "e"), chain("s", "ev"), onError("", timer)),
		[]string{"ev event-sub-process-flow"},
	},
	{
		"event sub-process with two starts", user(start, end, chain("s", "e"), strings.Replace(onError("", timer), inner, inner+`<startEvent id="s3">`+timer+`</startEvent>`+chain("s3", "e2"), 1)),
		[]string{"ev event-sub-process-start"},
	},
	{"event sub-process without event", user(start, end, chain("s", "e"), onError("", "")), []string{"s2 unsupported-event"}},
	{"one event to wait for", user(start, eventGate, caught, end, chain("s", "x", "c1", "c2", "e")), []string{"x event-gateway-target"}},
	{
		"waiting for a task",
		user(start, eventGate, caught, script, end, chain("s", "x", "c1", "e"), chain("x", "c2", "e"), chain("x", "a", "e")),
		[]string{"x-a event-gateway-target"},
	},
	{
		"an event with another way in",
		user(start, eventGate, caught, end, chain("s", "x", "c1", "e"), chain("x", "c2", "e"), chain("s", "c1")),
		[]string{"x-c1 event-gateway-target"},
	},
	{
		"circle round a sub-process that ends",
		user(start, end, `<subProcess id="a" name="A"><startEvent id="s2"/>`+inner+chain("s2", "e2")+`</subProcess>`,
			strings.ReplaceAll(script, `"a"`, `"a2"`), chain("s", "e"), chain("s", "a", "a2", "a")),
		[]string{"a no-way-out", "a2 no-way-out"},
	},
	{
		"condition at events",
		user(start, eventGate, caught, end, chain("s", "x", "c1", "e"), flowIf("x", "c2", "days"), chain("c2", "e")),
		[]string{"x-c2 ignored-condition"},
	},
	{
		"no condition",
		user(start, strings.Replace(xor, "/>", ` default="x-e3"/>`, 1), end, second, chain("s", "x", "e"), chain("x", "e3")),
		[]string{"x-e flow-without-condition"},
	},
	{
		"inclusive without condition",
		user(start, `<inclusiveGateway id="x" default="x-e3"/>`, end, second, chain("s", "x", "e"), chain("x", "e3")),
		[]string{"x-e flow-without-condition"},
	},
	{
		"condition of the default", user(start, strings.Replace(xor, "/>", ` default="x-e3"/>`, 1), end, second, chain("s", "x"), flowIf("x", "e", "days"), flowIf("x", "e3", "days")),
		[]string{"x-e3 ignored-condition"},
	},
	{
		"condition of a fork",
		user(start, `<parallelGateway id="x"/>`, end, second, chain("s", "x", "e"), flowIf("x", "e3", "days")),
		[]string{"x-e3 ignored-condition"},
	},
	{"condition of the only way", user(start, xor, end, chain("s", "x"), flowIf("x", "e", "days")), []string{"x no-default"}},
	{
		"no default",
		user(start, xor, end, second, chain("s", "x"), flowIf("x", "e", "days"), flowIf("x", "e3", "!days")),
		[]string{"x no-default"},
	},
	{"no default out of a task", user(start, script, end, chain("s", "a"), flowIf("a", "e", "days")), []string{"a no-default"}},
	{
		"people and conditions",
		user(start, task(""), end, second, chain("s", "a", "e"), flowIf("a", "e3", "days")),
		[]string{"a mixed-decisions"},
	},
	{
		"flows of one name",
		user(start, task(""), end, second, chain("s", "a"), named("a", "e", "Yes"), named("a", "e3", "Yes")),
		[]string{"a-e3 duplicate-flow-name"},
	},
	{
		"button without name",
		user(start, task(""), end, second, chain("s", "a"), named("a", "e", "Yes"), chain("a", "e3")),
		[]string{"a-e3 unnamed-flow"},
	},
	{
		"choice without name",
		user(start, with("exclusiveGateway", `id="x"`, `<idm:decision>return "Yes"</idm:decision>`), end, second, chain("s", "x"), named("x", "e", "Yes"), chain("x", "e3")),
		[]string{"x-e3 unnamed-flow"},
	},
	{
		"condition beside a decision",
		user(start, with("exclusiveGateway", `id="x"`, `<idm:decision>"Yes"</idm:decision>`), end, chain("s", "x"), flowIf("x", "e", "days")),
		[]string{"x-e ignored-condition"},
	},
	{
		"link to nowhere", user(start, `<intermediateThrowEvent id="t"><linkEventDefinition name="on"/></intermediateThrowEvent>`, end, chain("s", "e"), chain("s", "t")),
		[]string{"t link-unpaired", "t no-way-out"},
	},
	{
		"link from nowhere", user(start, `<intermediateCatchEvent id="c"><linkEventDefinition name="on"/></intermediateCatchEvent>`, end, chain("s", "e"), chain("c", "e")),
		[]string{"c link-unpaired", "c unreachable-node"},
	},
	{
		"flows at links",
		user(start, `<intermediateThrowEvent id="t"><linkEventDefinition name="on"/></intermediateThrowEvent><intermediateCatchEvent id="c"><linkEventDefinition name="on"/></intermediateCatchEvent>`, end, chain("s", "t", "c", "e")),
		[]string{"t-c boundary-with-incoming", "t-c end-with-outgoing"},
	},
	{"link caught twice", user(start, `<intermediateThrowEvent id="t"><linkEventDefinition name="on"/></intermediateThrowEvent>`,
		`<intermediateCatchEvent id="c1"><linkEventDefinition name="on"/></intermediateCatchEvent><intermediateCatchEvent id="c2"><linkEventDefinition name="on"/></intermediateCatchEvent>`,
		end, chain("s", "t"), chain("c1", "e"), chain("c2", "e")), []string{"c2 link-repeated"}},
	{
		"event without name",
		user(start, `<intermediateCatchEvent id="c"><signalEventDefinition/></intermediateCatchEvent>`, end, chain("s", "c", "e")),
		[]string{"c event-without-name"},
	},
	{
		"error without code",
		user(start, `<endEvent id="e"><errorEventDefinition/></endEvent>`, chain("s", "e")),
		[]string{"e event-without-name"},
	},
	{
		"timer in words",
		user(start, `<intermediateCatchEvent id="c"><timerEventDefinition><timeDuration>3 days</timeDuration></timerEventDefinition></intermediateCatchEvent>`, end, chain("s", "c", "e")),
		[]string{"c bad-timer"},
	},
	{
		"timer without time",
		user(start, `<intermediateCatchEvent id="c"><timerEventDefinition/></intermediateCatchEvent>`, end, chain("s", "c", "e")),
		[]string{"c bad-timer"},
	},
	{
		"timer with two times", user(start, `<intermediateCatchEvent id="c"><timerEventDefinition><timeDate>2026-01-31</timeDate><timeCycle>R/P1D</timeCycle></timerEventDefinition></intermediateCatchEvent>`, end, chain("s", "c", "e")),
		[]string{"c bad-timer"},
	},
	{"endless loop", repeated(`<standardLoopCharacteristics/>`), []string{"a loop-bounds"}},
	{
		"loop of words",
		repeated(`<standardLoopCharacteristics loopMaximum="many"><loopCondition>days</loopCondition></standardLoopCharacteristics>`),
		[]string{"a loop-bounds"},
	},
	{
		"condition behind a boundary event",
		user(start, script, end, boundary("", timer), chain("s", "a", "e"), flowIf("b", "e", "days")),
		[]string{"b no-default"},
	},
	{"uncounted instances", repeated(`<multiInstanceLoopCharacteristics/>`), []string{"a loop-bounds"}},
	{
		"instances counted twice", repeated(`<multiInstanceLoopCharacteristics><extensionElements><idm:loop collection="days"/></extensionElements><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>`),
		[]string{"a loop-bounds"},
	},
	{
		"instances of nothing", repeated(`<multiInstanceLoopCharacteristics><extensionElements><idm:loop collection="nobody" element="one by one"/></extensionElements></multiInstanceLoopCharacteristics>`),
		[]string{"a bad-variable-name", "a undeclared-variable"},
	},
	{
		"loop of an event",
		user(`<startEvent id="s"><standardLoopCharacteristics loopMaximum="3"/></startEvent>`, end, chain("s", "e")),
		[]string{"s misplaced-loop"},
	},
}
