package bpm_test

import "strings"

var long = strings.Repeat("x", 64<<10+1)

// straight is a process of nothing but a start and an end.
var straight = start + end + chain("s", "e")

// field is a form with one field.
func field(attributes, content string) string {
	return `<idm:form><idm:field ` + attributes + `>` + content + `</idm:field></idm:form>`
}

// mail is a task that sends a mail.
func mail(extension string) string { return single(with("sendTask", `id="a" name="A"`, extension)) }

// call is a call of another process.
func call(attributes, extensions string) string {
	return single(with("callActivity", `id="a" name="A" `+attributes, extensions))
}

// misdone are processes whose steps do not say well what they do.
var misdone = []refused{
	{"no type", processOf(`<idm:acl initiators="*"/>`, straight), []string{"p missing-type"}},
	{"process without name", strings.Replace(user(straight), ` name="Sample"`, ``, 1), []string{"p missing-name"}},
	{"task without name", single(with("userTask", `id="a"`, asked)), []string{"a missing-name"}},
	{"nobody starts", processOf(`<idm:process type="user"/>`, straight), []string{"p no-initiators"}},
	{
		"reservation for everybody",
		processOf(`<idm:process type="reservation"/><idm:acl initiators="*"/>`, straight),
		[]string{"p reservation-initiators"},
	},
	{
		"attribute that is no variable",
		processOf(ofUsers+`<idm:attribute name="leave days" type="number"/>`, straight),
		[]string{"p bad-variable-name"},
	},
	{"attribute twice", processOf(ofUsers+`<idm:attribute name="days" type="string"/>`, straight), []string{"p duplicate-attribute"}},
	{
		"value twice",
		processOf(ofUsers+`<idm:attribute name="size" type="string"><idm:value code="s"/><idm:value code="s"/></idm:attribute>`, straight),
		[]string{"p duplicate-attribute"},
	},
	{"unknown data type", processOf(ofUsers+`<idm:attribute name="size" type="hat"/>`, straight), []string{"p bad-value"}},
	{"field of nothing", single(task(field(`name="hours"`, ""))), []string{"a undeclared-variable"}},
	{"field that is no variable", single(task(field(`name="the days"`, ""))), []string{"a bad-variable-name"}},
	{"field twice", single(task(`<idm:form><idm:field name="days"/><idm:field name="days"/></idm:form>`)), []string{"a duplicate-field"}},
	{
		"trigger of another field",
		single(task(`<idm:form><idm:trigger on="onChange" field="days">1</idm:trigger></idm:form>`)),
		[]string{"a undeclared-variable"},
	},
	{"trigger that does nothing", single(task(`<idm:form><idm:trigger on="onLoad"/></idm:form>`)), []string{"a empty-script"}},
	{"empty script", single(`<scriptTask id="a"/>`), []string{"a empty-script"}},
	{"empty input", call(`calledElement="other"`, `<idm:input name="days"/>`), []string{"a empty-script"}},
	{"Groovy", single(`<scriptTask id="a" scriptFormat="groovy"><script>1</script></scriptTask>`), []string{"a script-language"}},
	{
		"condition in JUEL", user(start, xor, end, second, chain("s", "x"), `<sequenceFlow id="f" sourceRef="x" targetRef="e"><conditionExpression language="juel">days</conditionExpression></sequenceFlow>`, flowIf("x", "e3", "days")),
		[]string{"x no-default", "f script-language"},
	},
	{"long script", single(`<scriptTask id="a"><script>` + long + `</script></scriptTask>`), []string{"a script-too-long"}},
	{"long text", mail(`<idm:mail address="a@example.com" subject="S">` + long + `</idm:mail>`), []string{"a literal-too-long"}},
	{"expression without end", mail(`<idm:mail address="a@example.com" subject="#{days">x</idm:mail>`), []string{"a bad-expression"}},
	{"expression of nothing", mail(`<idm:mail address="a@example.com" subject="#{ }">x</idm:mail>`), []string{"a bad-expression"}},
	{
		"expression of another product",
		mail(`<idm:mail address="a@example.com" subject="${days}">x</idm:mail>`),
		[]string{"a bad-expression"},
	},
	{
		"condition of another product",
		user(start, strings.Replace(xor, "/>", ` default="x-e3"/>`, 1), end, second, chain("s", "x", "e3"), flowIf("x", "e", "${days}")),
		[]string{"x-e bad-expression"},
	},
	{
		"condition of two",
		user(start, strings.Replace(xor, "/>", ` default="x-e3"/>`, 1), end, second, chain("s", "x", "e3"), flowIf("x", "e", "#{days} &gt; #{days}")),
		[]string{"x-e bad-expression"},
	},
	{"nobody asked", single(`<userTask id="a" name="A"/>`), []string{"a nobody-asked"}},
	{
		"approval without lines",
		processOf(`<idm:process type="reservation"/><idm:acl initiators="-nobody-"/>`, start+task(`<idm:approval mode="displayPending"/>`)+end+chain("s", "a", "e")),
		[]string{"a undeclared-variable"},
	},
	{"quorum of none", single(task(`<idm:approval mode="displayPending" quorum="0"/>`)), []string{"a approval-quorum"}},
	{"way for approval only", single(task(`<idm:approval mode="displayPending" approveFlow="a-e"/>`)), []string{"a approval-flows"}},
	{
		"one way for both",
		single(task(`<idm:approval mode="displayPending" approveFlow="a-e" denyFlow="a-e"/>`)),
		[]string{"a approval-flows"},
	},
	{
		"stages of a view",
		single(task(`<idm:approval mode="displayAll"><idm:stage actors="boss"/></idm:approval>`)),
		[]string{"a approval-mode"},
	},
	{"reminder of no date", single(task(`<idm:approval mode="displayPending" remind="P1D"/>`)), []string{"a deadline-without-due"}},
	{"expiry of no date", single(task(`<idm:task expire="P1D"/>`)), []string{"a deadline-without-due"}},
	{"escalation to nobody", single(task(`<idm:task due="P1D" escalation="replace"/>`)), []string{"a deadline-idle"}},
	{"way out without expiry", single(task(`<idm:task due="P1D" expireFlow="a-e"/>`)), []string{"a deadline-idle"}},
	{"escalation of another kind", single(task(`<idm:task due="P1D" escalate="boss" escalation="ask"/>`)), []string{"a bad-value"}},
	{"reminder that is no time", single(task(`<idm:task due="P1D" remind="soon"/>`)), []string{"a bad-value"}},
	{"expiry by a flow of nobody", single(task(`<idm:task due="P1D" expire="P1D" expireFlow="other"/>`)), []string{"a dangling-reference"}},
	{
		"consent by time",
		user(start, task(`<idm:task due="P1D"/><idm:approval mode="displayPending" approveFlow="a-e" denyFlow="a-e3" expire="PT0S" expireFlow="a-e"/>`),
			end, second, chain("s", "a"), named("a", "e", "Yes"), named("a", "e3", "No")),
		[]string{"a expire-approves"},
	},
	{
		"expiry without a way",
		user(start, task(`<idm:task due="P1D" expire="P1D"/>`), end, second, chain("s", "a"), named("a", "e", "Yes"), named("a", "e3", "No")),
		[]string{"a expire-undecided"},
	},
	{
		"links for a form that has to be filled in",
		single(task(`<idm:form><idm:field name="comments" required="true"/></idm:form><idm:mail subject="S" shortcut="true">x</idm:mail>`)),
		[]string{"a mail-shortcut"},
	},
	{"match of nothing", single(task(`<idm:match/>`)), []string{"a match-without-query"}},
	{"match with an empty query", single(task(`<idm:match><idm:query type="scim"/></idm:match>`)), []string{"a match-without-query"}},
	{
		"match that finds nobody",
		single(task(`<idm:match threshold="3"><idm:query type="scim" weight="2">userName pr</idm:query></idm:match>`)),
		[]string{"a match-threshold"},
	},
	{"apply nothing", single(service(`<idm:apply/>`)), []string{"a apply-nothing"}},
	{"apply something else", single(service(`<idm:apply delegation="true"/>`)), []string{"a apply-other-kind"}},
	{"mail to nobody", mail(`<idm:mail subject="S">x</idm:mail>`), []string{"a mail-without-recipient"}},
	{"no mail", mail(``), []string{"a mail-without-recipient"}},
	{"mail without subject", mail(`<idm:mail actors="boss">x</idm:mail>`), []string{"a mail-without-subject"}},
	{"notice without subject", single(task(`<idm:mail>x</idm:mail>`)), []string{"a mail-without-subject"}},
	{"service without work", single(service(``)), []string{"a nothing-to-do"}},
	{
		"quick and async",
		single(with("scriptTask", `id="a"`, `<idm:job quick="true" async="true"/>`, `<script>1</script>`)),
		[]string{"a quick-and-async"},
	},
	{"quick call", single(service(`<idm:job quick="true"/><idm:invoke system="ad" method="x"/>`)), []string{"a quick-and-async"}},
	{"result of a call", single(service(`<idm:invoke system="ad" method="x" result="the result"/>`)), []string{"a bad-variable-name"}},
	{"call of nothing", call(``, ``), []string{"a call-without-code"}},
	{"call of whatever", call(`calledElement="#{days}"`, ``), []string{"a call-without-code"}},
	{"large plan", user(start, end, chain("s", "e"), crowd()), []string{"p plan-too-large"}},
}

// crowd is so many steps with names that hardly compress that their plan is too large.
func crowd() string {
	var out strings.Builder
	last := "s"
	seed := uint64(1)
	for range 5_000 {
		name := []byte{'n'}
		for range 150 {
			seed = seed*6364136223846793005 + 1442695040888963407
			name = append(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"[seed>>58])
		}
		id := string(name)
		out.WriteString(`<scriptTask id="` + id + `"><script>1</script></scriptTask>` + `<sequenceFlow id="f` + id + `" sourceRef="` + last + `" targetRef="` + id + `"/>`)
		last = id
	}
	return out.String() + `<sequenceFlow id="last" sourceRef="` + last + `" targetRef="e"/>`
}

// sound are processes with nothing to remark, one for each part of the profile that the others do not have.
var sound = map[string]string{
	"straight":        user(straight),
	"timer start":     processOf(`<idm:process type="user"/>`, `<startEvent id="s"><timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent>`+end+chain("s", "e")),
	"message start":   processOf(`<idm:process type="user"/>`, `<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>`+end+chain("s", "e")),
	"both starts":     user(start, `<startEvent id="s2"><messageEventDefinition messageRef="m"/></startEvent>`, end, chain("s", "e"), chain("s2", "e")),
	"fork and join":   user(start, `<parallelGateway id="x"/><parallelGateway id="y"/>`, script, strings.ReplaceAll(script, `"a"`, `"a2"`), end, chain("s", "x", "a", "y", "e"), chain("x", "a2", "y")),
	"inclusive":       user(start, `<inclusiveGateway id="x" default="x-e"/>`, end, second, chain("s", "x", "e"), flowIf("x", "e3", "#{days > 3}")),
	"inclusive join":  user(start, `<inclusiveGateway id="x" default="x-a"/><inclusiveGateway id="y"/>`, script, end, chain("s", "x", "a", "y", "e"), flowIf("x", "y", "days")),
	"events":          user(start, eventGate, caught, end, chain("s", "x", "c1", "e"), chain("x", "c2", "e")),
	"decision script": user(start, with("exclusiveGateway", `id="x"`, `<idm:decision>return "Yes"</idm:decision>`), end, second, chain("s", "x"), named("x", "e", "Yes"), named("x", "e3", "No")),
	"throwing": user(start, `<intermediateThrowEvent id="t"><signalEventDefinition signalRef="g"/></intermediateThrowEvent><intermediateThrowEvent id="t2"><escalationEventDefinition escalationRef="l"/></intermediateThrowEvent>`,
		`<endEvent id="e"><messageEventDefinition messageRef="m"/></endEvent>`, chain("s", "t", "t2", "e")),
	"link": user(start, `<intermediateThrowEvent id="t"><linkEventDefinition name="on"/></intermediateThrowEvent><intermediateCatchEvent id="c"><linkEventDefinition name="on"/></intermediateCatchEvent>`, end, chain("s", "t"), chain("c", "e")),
	"boundary events": user(start, script, end, second, boundary(`cancelActivity="false"`, `<escalationEventDefinition/>`), chain("s", "a", "e"), chain("b", "e3"),
		strings.ReplaceAll(boundary("", `<errorEventDefinition/>`), `"b"`, `"b2"`), chain("b2", "e3")),
	"event sub-process": user(start, end, chain("s", "e"), onError("", `<errorEventDefinition/>`)),
	"sub-process":       user(start, end, chain("s", "a", "e"), `<subProcess id="a"><startEvent id="s2"/><endEvent id="e2"><terminateEventDefinition/></endEvent>`+chain("s2", "e2")+`</subProcess>`),
	"loops":             repeated(`<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>#{days}</loopCardinality><completionCondition>#{days > 3}</completionCondition></multiInstanceLoopCharacteristics>`),
	"loop while":        repeated(`<standardLoopCharacteristics testBefore="true" loopMaximum="5"><loopCondition>days &lt; 4</loopCondition></standardLoopCharacteristics>`),
	"call":              call(`calledElement="other"`, `<idm:input name="days">#{days + 1}</idm:input><idm:output name="answer">#{result}</idm:output>`),
	"invoke":            single(service(`<idm:job async="true"/><idm:invoke system="#{system}" method="search" path="/x" result="answer"><idm:argument name="q">#{userName}</idm:argument></idm:invoke>`)),
	"mail":              mail(`<idm:mail actors="#{requesterName}, group:hr" subject="Days: #{days}" shortcut="true">Dear #{ {a: "}"}.a },</idm:mail>`),
	"match":             single(task(`<idm:match threshold="2"><idm:query type="scim" weight="2">userName eq "#{userName}"</idm:query></idm:match>`)),
	"permissions":       processOf(`<idm:process type="request"/><idm:acl initiators="*"/>`, start+task(`<idm:task due="P3D"/><idm:approval mode="displayPending" quorum="2" remind="P1D" escalate="boss" expire="#{wait}"><idm:stage actors="group:hr"/></idm:approval><idm:form><idm:field name="grants"/></idm:form>`)+end+chain("s", "a", "e")),
	"reservation":       processOf(`<idm:process type="reservation"/><idm:acl initiators="-nobody-"/>`, start+service(`<idm:apply account="true"/>`)+end+chain("s", "a", "e")),
	"standard owner":    single(`<userTask id="a" name="A"><potentialOwner><resourceAssignmentExpression><formalExpression>boss</formalExpression></resourceAssignmentExpression></potentialOwner></userTask>`),
	"lane":              user(`<laneSet><lane id="l1">`+`<extensionElements><idm:lane actors="boss, group:hr"/></extensionElements><flowNodeRef>a</flowNodeRef></lane></laneSet>`, start, `<userTask id="a" name="A"/>`, end, chain("s", "a", "e")),
	"scripted action":   single(with("userTask", `id="a" name="A"`, `<idm:assignment>return [boss]</idm:assignment><idm:task due="#{days}" title="#{days} days" uploads="true"/>`)),
	"drawings":          user(straight, `<textAnnotation id="n"><text>A note</text></textAnnotation><association id="as" sourceRef="s" targetRef="n"/><dataObject id="do"/>`),
}
