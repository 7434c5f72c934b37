package bpm_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
)

// compiledNode is a source, the id of a node, and what the plan and the library say about it. Places in the flow (id, type, parent, in, out) are
// left out; scripts are given by their texts.
type compiledNode struct {
	source string
	id     string
	node   string // JSON
	step   string // JSON, "" for none
}

// compiledNodes is one source for every kind of node and every part of a step.
var compiledNodes = map[string]compiledNode{
	"start event": {
		source: user(start, end, chain("s", "e")),
		id:     "s",
		node:   `{}`,
	},
	"timer start": {
		source: processOf(`<idm:process type="user"/>`, `<startEvent id="s"><timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent>`+end+chain("s", "e")),
		id:     "s",
		node:   `{"event": {"type": "timer", "timer": {"cycle": "R/P1D"}}}`,
	},
	"message start": {
		source: processOf(`<idm:process type="user"/>`, `<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>`+end+chain("s", "e")),
		id:     "s",
		node:   `{"event": {"type": "message", "name": "mail"}}`,
	},
	"terminating end": {
		source: user(start, `<endEvent id="e"><terminateEventDefinition/></endEvent>`, chain("s", "e")),
		id:     "e",
		node:   `{"event": {"type": "terminate"}}`,
	},
	"error end": {
		source: user(start, `<endEvent id="e"><errorEventDefinition errorRef="r"/></endEvent>`, chain("s", "e")),
		id:     "e",
		node:   `{"event": {"type": "error", "name": "broken"}}`,
	},
	"escalation end": {
		source: user(start, `<endEvent id="e"><escalationEventDefinition escalationRef="l"/></endEvent>`, chain("s", "e")),
		id:     "e",
		node:   `{"event": {"type": "escalation", "name": "boss"}}`,
	},
	"message end": {
		source: user(start, `<endEvent id="e"><messageEventDefinition messageRef="m"/></endEvent>`, chain("s", "e")),
		id:     "e",
		node:   `{"event": {"type": "message", "name": "mail"}}`,
	},
	"reference with a prefix": {
		source: user(start, `<endEvent id="e"><messageEventDefinition messageRef="tns:m"/></endEvent>`, chain("s", "e")),
		id:     "e",
		node:   `{"event": {"type": "message", "name": "mail"}}`,
	},
	"waiting for a signal": {
		source: user(start, `<intermediateCatchEvent id="c"><signalEventDefinition signalRef="g"/></intermediateCatchEvent>`, end, chain("s", "c", "e")),
		id:     "c",
		node:   `{"event": {"type": "signal", "name": "horn"}}`,
	},
	"waiting with a key": {
		source: keyed(`<idm:correlation key="#{days}"/>`),
		id:     "c",
		node:   `{"event": {"type": "message", "name": "mail", "key": "(days)"}}`,
	},
	"waiting with a key that is always the same": {
		source: keyed(`<idm:correlation key=" A7 "/>`),
		id:     "c",
		node:   `{"event": {"type": "message", "name": "mail", "key": "\"A7\""}}`,
	},
	"message end with a key": {
		source: user(start, with("endEvent", `id="e"`, `<idm:correlation key="A-#{days}"/>`, `<messageEventDefinition messageRef="m"/>`), chain("s", "e")),
		id:     "e",
		node:   `{"event": {"type": "message", "name": "mail", "key": "[\"A-\", (days)].join('')"}}`,
	},
	"waiting with a script": {
		source: user(start, with("intermediateCatchEvent", `id="c"`, `<idm:onFire>days = 1</idm:onFire>`, timer), end, chain("s", "c", "e")),
		id:     "c",
		node:   `{"event": {"type": "timer", "timer": {"duration": "P1D"}, "script": "days = 1"}}`,
	},
	"waiting until a date": {
		source: user(start, `<intermediateCatchEvent id="c"><timerEventDefinition><timeDate>#{days}</timeDate></timerEventDefinition></intermediateCatchEvent>`, end, chain("s", "c", "e")),
		id:     "c",
		node:   `{"event": {"type": "timer", "timer": {"date": "(days)", "scripted": true}}}`,
	},
	"throwing nothing": {
		source: user(start, `<intermediateThrowEvent id="t" name=" Half way "/>`, end, chain("s", "t", "e")),
		id:     "t",
		node:   `{"name": "Half way"}`,
	},
	"boundary event": {
		source: user(start, script, end, second, boundary("", timer), chain("s", "a", "e"), chain("b", "e3")),
		id:     "b",
		node:   `{"event": {"type": "timer", "timer": {"duration": "P1D"}}, "attached": 1, "interrupting": true}`,
	},
	"boundary event beside the work": {
		source: user(start, script, end, second, boundary(`cancelActivity="false"`, `<signalEventDefinition signalRef="g"/>`), chain("s", "a", "e"), chain("b", "e3")),
		id:     "b",
		node:   `{"event": {"type": "signal", "name": "horn"}, "attached": 1}`,
	},
	"boundary event for every error": {
		source: user(start, script, end, second, boundary("", `<errorEventDefinition/>`), chain("s", "a", "e"), chain("b", "e3")),
		id:     "b",
		node:   `{"event": {"type": "error"}, "attached": 1, "interrupting": true}`,
	},
	"event sub-process": {
		source: user(start, end, chain("s", "e"), onError("", `<errorEventDefinition errorRef="r"/>`)),
		id:     "ev",
		node:   `{"triggered": true}`,
	},
	"start of an event sub-process": {
		source: user(start, end, chain("s", "e"), onError(`isInterrupting="false"`, `<signalEventDefinition signalRef="g"/>`)),
		id:     "s2",
		node:   `{"event": {"type": "signal", "name": "horn"}}`,
	},
	"interrupting start of an event sub-process": {
		source: user(start, end, chain("s", "e"), onError("", `<messageEventDefinition messageRef="m"/>`)),
		id:     "s2",
		node:   `{"event": {"type": "message", "name": "mail"}, "interrupting": true}`,
	},
	"script task": {
		source: single(with("scriptTask", `id="a" name="A"`, `<idm:job quick="true"/>`, `<script>#{days + 1}</script>`)),
		id:     "a",
		node:   `{"name": "A", "work": {"type": "script", "script": "(days + 1)", "quick": true}}`,
	},
	"asynchronous script": {
		source: single(with("scriptTask", `id="a" name="A"`, `<idm:job async="1"/>`, `<documentation>Why</documentation><script>days = 1</script>`)),
		id:     "a",
		node:   `{"name": "A", "work": {"type": "script", "script": "days = 1", "async": true}}`,
		step:   `{"name": "A", "description": "Why"}`,
	},
	"call of a system": {
		source: single(service(`<idm:invoke system="#{system}" method="search" path="ou=x" result="answer"><idm:argument name="q">#{userName}</idm:argument><idm:argument name="n">7</idm:argument></idm:invoke>`)),
		id:     "a",
		node:   `{"name": "A", "work": {"type": "invoke", "system": "#{system}", "result": "answer"}}`,
		step: `{"name": "A", "invoke": {"system": "#{system}", "method": "search", "path": "ou=x", "result": "answer",
			"arguments": [{"name": "q", "expression": "#{userName}"}, {"name": "n", "expression": "7"}]}}`,
	},
	"apply": {
		source: single(service(`<idm:apply userChanges="true" entitlements="1" account="false"/>`)),
		id:     "a",
		node:   `{"name": "A", "work": {"type": "apply"}}`,
		step:   `{"name": "A", "apply": {"userChanges": true, "entitlements": true}}`,
	},
	"mail": {
		source: mail(`<idm:mail actors="boss" address="a@example.com" subject="S" shortcut="true"> Dear #{userName} </idm:mail>`),
		id:     "a",
		node:   `{"name": "A", "work": {"type": "mail"}}`,
		step:   `{"name": "A", "mail": {"actors": "boss", "address": "a@example.com", "subject": "S", "message": "Dear #{userName}", "shortcut": true}}`,
	},
	"screen": {
		source: single(with("userTask", `id="a" name="A"`, `<idm:assignment>return "boss"</idm:assignment><idm:task title="T" due="P1D" uploads="true" expire="PT0S"/>`+
			`<idm:form><idm:field name="days" label="Days" readOnly="true" required="true" filter="active eq true"><idm:validation>#{days &gt; 0}</idm:validation><idm:visibility>true</idm:visibility></idm:field>`+
			`<idm:trigger on="onChange" field="days">days = 2</idm:trigger></idm:form><idm:mail subject="S">M</idm:mail>`)),
		id:   "a",
		node: `{"name": "A", "work": {"type": "screen"}}`,
		step: `{"name": "A", "title": "T", "due": "P1D", "deadline": {"expire": "PT0S"}, "uploads": true, "actors": {"script": "return \"boss\""}, "decisions": [{"flow": "a-e", "name": ""}],
			"form": {"fields": [{"name": "days", "label": "Days", "readOnly": true, "required": true, "filter": "active eq true", "validation": "(days > 0)", "visibility": "true"}],
				"triggers": [{"on": "onChange", "field": "days", "script": "days = 2"}]},
			"mail": {"subject": "S", "message": "M"}}`,
	},
	"approval": {
		source: user(start, task(`<idm:approval mode="displayPending" quorum="all" self="allow" roleFilter="rf" applicationFilter="af" approveFlow="a-e" denyFlow="a-e3" remind="P1D" escalate="chief" escalation="replace" expire="P2D" expireFlow="a-e3">`+
			`<idm:stage actors="x"/><idm:stage actors="y"/></idm:approval><idm:task remind="P9D" due="P3D"/>`), end, second, chain("s", "a"), named("a", "e", "Yes"), named("a", "e3", "No")),
		id:   "a",
		node: `{"name": "A", "work": {"type": "approval"}}`,
		step: `{"name": "A", "actors": {"expression": "boss"}, "decisions": [{"flow": "a-e", "name": "Yes"}, {"flow": "a-e3", "name": "No"}],
			"approval": {"mode": "displayPending", "stages": ["x", "y"], "quorum": "all", "self": "allow", "roleFilter": "rf", "applicationFilter": "af",
				"approveFlow": "a-e", "denyFlow": "a-e3"},
			"due": "P3D", "deadline": {"remind": "P1D", "escalate": "chief", "escalation": "replace", "expire": "P2D", "expireFlow": "a-e3"}}`,
	},
	"approval of few words": {
		source: single(task(`<idm:approval mode="displayPending"/>`)),
		id:     "a",
		node:   `{"name": "A", "work": {"type": "approval"}}`,
		step:   `{"name": "A", "actors": {"expression": "boss"}, "decisions": [{"flow": "a-e", "name": ""}], "approval": {"mode": "displayPending", "stages": [], "quorum": "one", "self": "refuse"}}`,
	},
	"match": {
		source: single(task(`<idm:match threshold="2"><idm:query type="scim" weight="2">userName pr</idm:query><idm:query type="text">#{lastName}</idm:query></idm:match>`)),
		id:     "a",
		node:   `{"name": "A", "work": {"type": "match"}}`,
		step: `{"name": "A", "actors": {"expression": "boss"}, "decisions": [{"flow": "a-e", "name": ""}],
			"match": {"threshold": 2, "queries": [{"type": "scim", "text": "userName pr", "weight": 2}, {"type": "text", "text": "#{lastName}", "weight": 1}]}}`,
	},
	"call": {
		source: call(`calledElement=" other "`, `<idm:input name="days">#{days + 1}</idm:input><idm:input name="why">because</idm:input><idm:output name="back">#{result}</idm:output>`),
		id:     "a",
		node: `{"name": "A", "called": "other", "inputs": [{"name": "days", "script": "(days + 1)"}, {"name": "why", "script": "\"because\""}],
			"outputs": [{"name": "back", "script": "(result)"}]}`,
	},
	"parallel instances": {
		source: repeated(`<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality><completionCondition>#{days &gt; 1}</completionCondition></multiInstanceLoopCharacteristics>`),
		id:     "a",
		node:   `{"name": "A", "loop": {"type": "parallel", "count": "3", "complete": "(days > 1)"}, "work": {"type": "script", "script": "days = 1"}}`,
	},
	"instances of a list": {
		source: repeated(`<multiInstanceLoopCharacteristics isSequential="true"><extensionElements><idm:loop collection="grants" element="one"/></extensionElements></multiInstanceLoopCharacteristics>`),
		id:     "a",
		node:   `{"name": "A", "loop": {"type": "sequential", "collection": "grants", "element": "one"}, "work": {"type": "script", "script": "days = 1"}}`,
	},
	"standard loop": {
		source: repeated(`<standardLoopCharacteristics testBefore="true" loopMaximum="5"><loopCondition>days &lt; 4</loopCondition></standardLoopCharacteristics>`),
		id:     "a",
		node:   `{"name": "A", "loop": {"type": "standard", "while": "days < 4", "before": true, "maximum": 5}, "work": {"type": "script", "script": "days = 1"}}`,
	},
	"decision": {
		source: user(start, with("exclusiveGateway", `id="x"`, `<idm:decision>return "Yes"</idm:decision>`), end, second, chain("s", "x"), named("x", "e", "Yes"), named("x", "e3", "No")),
		id:     "x",
		node:   `{"decision": "return \"Yes\""}`,
	},
}

func TestEveryKindOfNodeCompiles(t *testing.T) {
	t.Parallel()
	for name, c := range compiledNodes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			definition, findings := bpm.Review([]byte(c.source))
			require.Empty(t, findings)
			plan, library := definition.Compile()
			for _, n := range plan.Nodes {
				if n.ID == c.id {
					require.JSONEq(t, c.node, nodeJSON(t, n, library))
				}
			}
			step := library.Steps[c.id]
			if c.step == "" {
				require.Nil(t, step)
				return
			}
			require.NotNil(t, step)
			spellOut(step, library)
			text, err := json.Marshal(step)
			require.NoError(t, err)
			require.JSONEq(t, c.step, string(text))
		})
	}
}

// nodeJSON gives a node without its place in the flow, with texts for the keys of scripts.
func nodeJSON(t *testing.T, n bpm.Node, library bpm.Library) string {
	t.Helper()
	text, err := json.Marshal(n)
	require.NoError(t, err)
	var members map[string]any
	require.NoError(t, json.Unmarshal(text, &members))
	for _, place := range []string{"id", "type", "parent", "in", "out", "default"} {
		delete(members, place)
	}
	if members["attached"] == float64(bpm.None) {
		delete(members, "attached")
	}
	text, err = json.Marshal(texts(members, library.Scripts))
	require.NoError(t, err)
	return string(text)
}

// texts puts the texts of scripts in the place of their keys.
func texts(value any, scripts map[string]string) any {
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			v[key] = texts(member, scripts)
		}
	case []any:
		for i, item := range v {
			v[i] = texts(item, scripts)
		}
	case string:
		if text, ok := scripts[v]; ok {
			return text
		}
	}
	return value
}

// spellOut puts the texts of scripts in the place of the keys of a step.
func spellOut(s *bpm.Step, library bpm.Library) {
	text := func(key string) string { return library.Scripts[key] }
	if s.Actors != nil {
		s.Actors.Script = text(s.Actors.Script)
	}
	if s.Form == nil {
		return
	}
	for i := range s.Form.Fields {
		f := &s.Form.Fields[i]
		f.Validation, f.Visibility = text(f.Validation), text(f.Visibility)
	}
	for i := range s.Form.Triggers {
		s.Form.Triggers[i].Script = text(s.Form.Triggers[i].Script)
	}
}

// TestScriptsAreKeptOnce: two uses of one text have one key, and the keys are those of the texts alone.
func TestScriptsAreKeptOnce(t *testing.T) {
	t.Parallel()
	source := user(start, script, `<scriptTask id="b"><script>days = 1</script></scriptTask>`, end, chain("s", "a", "b", "e"))
	definition, findings := bpm.Review([]byte(source))
	require.Empty(t, findings)
	plan, library := definition.Compile()
	require.Equal(t, map[string]string{"34e2d082f1383608": "days = 1"}, library.Scripts)
	require.Equal(t, plan.Nodes[1].Work.Script, plan.Nodes[2].Work.Script)
}

// TestCompilingChangesNothing: a definition gives the same plan again, and its document stays as it was.
func TestCompilingChangesNothing(t *testing.T) {
	t.Parallel()
	for name, source := range sound {
		definition, _ := bpm.Parse([]byte(source))
		before := string(definition.XML())
		first, err := json.Marshal(compiledOf(definition))
		require.NoError(t, err)
		spoil(definition.Compile())
		second, err := json.Marshal(compiledOf(definition))
		require.NoError(t, err)
		require.Equal(t, string(first), string(second), name)
		require.Equal(t, before, string(definition.XML()), name)
	}
}

func compiledOf(definition *bpm.Definition) compiled {
	plan, library := definition.Compile()
	return compiled{plan, library}
}

// spoil writes into a plan and a library what a careless caller might.
func spoil(plan bpm.Plan, library bpm.Library) {
	for i := range plan.Nodes {
		plan.Nodes[i].Name = "spoilt"
		if plan.Nodes[i].Work != nil {
			plan.Nodes[i].Work.Script = "spoilt"
		}
		if plan.Nodes[i].Loop != nil {
			plan.Nodes[i].Loop.Count = "spoilt"
		}
	}
	for _, s := range library.Steps {
		if s.Form != nil {
			for i := range s.Form.Fields {
				s.Form.Fields[i].Name = "spoilt"
			}
		}
		if s.Actors != nil {
			s.Actors.Script = "spoilt"
		}
	}
}
