package bpm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
)

func TestExpression(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		script   string
		scripted bool
	}{
		``:                           {`""`, false},
		`plain "text"`:               {`"plain \"text\""`, false},
		`<b>&</b>`:                   {`"<b>&</b>"`, false},
		`#{days}`:                    {`(days)`, true},
		`#{ days + 1 }`:              {`(days + 1)`, true},
		`Dear #{userName}, #{days}!`: {`["Dear ", (userName), ", ", (days), "!"].join('')`, true},
		` #{days}`:                   {`[" ", (days)].join('')`, true},
		`#{ {a: 1}.a }`:              {`({a: 1}.a)`, true},
		`#{"}"}`:                     {`("}")`, true},
		`#{'\'}'}`:                   {`('\'}')`, true},
		"#{`}`}":                     {"(`}`)", true},
		`#{days // why}`:             {"(days // why\n)", true},
		`a # b { c } #`:              {`"a # b { c } #"`, false},
		`#{a}#{b}`:                   {`[(a), (b)].join('')`, true},
	} {
		script, scripted, err := bpm.Expression(text)
		require.NoError(t, err, text)
		require.Equal(t, want.script, script, text)
		require.Equal(t, want.scripted, scripted, text)
	}
	for _, text := range []string{`#{`, `a #{b`, `#{"}`, `#{ {a: 1 }`} {
		_, _, err := bpm.Expression(text)
		require.EqualError(t, err, "an expression that begins with #{ has no }", text)
	}
}

// scriptsOf compiles a process and gives its scripts by what uses them.
func scriptsOf(t *testing.T, source string) (plan bpm.Plan, script func(string) string) {
	t.Helper()
	definition, findings := bpm.Review([]byte(source))
	require.Empty(t, findings)
	plan, library := definition.Compile()
	return plan, func(key string) string {
		require.Len(t, key, 16)
		require.Contains(t, library.Scripts, key)
		return library.Scripts[key]
	}
}

func TestConditionsBecomeScripts(t *testing.T) {
	t.Parallel()
	gate := strings.Replace(xor, "/>", ` default="x-e"/>`, 1)
	plan, script := scriptsOf(t, user(start, gate, end, second, `<endEvent id="e4"/>`, chain("s", "x", "e"), flowIf("x", "e3", "#{ days &gt; 3 }"), flowIf("x", "e4", "days &gt; 3")))
	require.Empty(t, plan.Flows[1].Condition)
	require.Equal(t, "(days > 3)", script(plan.Flows[2].Condition))
	require.Equal(t, "days > 3", script(plan.Flows[3].Condition), "plain JavaScript stays as it is")
	require.Equal(t, 1, plan.Nodes[1].Default)
}

func TestTimersKeepTheirText(t *testing.T) {
	t.Parallel()
	timed := func(member, text string) string {
		return user(start, `<intermediateCatchEvent id="c"><timerEventDefinition><`+member+`>`+text+`</`+member+`></timerEventDefinition></intermediateCatchEvent>`, end, chain("s", "c", "e"))
	}
	plan, _ := scriptsOf(t, timed("timeCycle", "R3/PT1H"))
	require.Equal(t, &bpm.Timer{Cycle: "R3/PT1H"}, plan.Nodes[1].Event.Timer)
	plan, script := scriptsOf(t, timed("timeDuration", "P#{days}D"))
	require.True(t, plan.Nodes[1].Event.Timer.Scripted)
	require.Equal(t, `["P", (days), "D"].join('')`, script(plan.Nodes[1].Event.Timer.Duration))
}

func TestTimerForms(t *testing.T) {
	t.Parallel()
	accepted := map[string][]string{
		"timeDuration": {"P3D", "PT8H", "P1Y2M3DT4H5M6S", "P2W", "PT0.5S", "P0D"},
		"timeDate":     {"2026-01-31", "2026-01-31T08:00", "2026-01-31T08:00:00Z", "2026-01-31T08:00:00+01:00", "2026-01-31T08:00:00.5Z"},
		"timeCycle":    {"R/P1D", "R3/PT1H", "R5/2026-01-31T08:00:00Z/P1D"},
	}
	refused := map[string][]string{
		"timeDuration": {"P", "PT", "P1DT", "1D", "P1H", "PT1D", "P-1D", "P1D2M", "p1d", "3 days", "P" + strings.Repeat("9", 60) + "D", "2026-01-31"},
		"timeDate":     {"2026-02-30", "31.01.2026", "2026-01-31 08:00", "P1D", "tomorrow"},
		"timeCycle":    {"R", "R/", "P1D", "R-1/P1D", "Rx/P1D", "R/P1D/2026-01-31", "0 0 * * *", "R1/2/3/4"},
	}
	has := func(member, text string) bool {
		_, findings := bpm.Review([]byte(user(start, `<intermediateCatchEvent id="c"><timerEventDefinition><`+member+`>`+text+`</`+member+`></timerEventDefinition></intermediateCatchEvent>`, end, chain("s", "c", "e"))))
		return len(findings) == 1 && findings[0].Code == bpm.BadTimer
	}
	for member, texts := range accepted {
		for _, text := range texts {
			require.False(t, has(member, text), "%s %s", member, text)
		}
	}
	for member, texts := range refused {
		for _, text := range texts {
			require.True(t, has(member, text), "%s %s", member, text)
		}
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	extensions := `<idm:process type="request"/><idm:acl initiators="*"/>` +
		`<idm:attribute name="days" type="number" default="3"/><idm:attribute name="odd" type="number" default="NaN"/><idm:attribute name="on" type="boolean" default="true"/>` +
		`<idm:attribute name="names" type="string" multiple="true" default="a&quot;b"/><idm:attribute name="user" type="string" default="x"/>`
	invoke := service(`<idm:invoke system="ad" method="x" result="answer"/>`)
	called := with("callActivity", `id="c" calledElement="other"`, `<idm:output name="back">#{days}</idm:output>`)
	definition, findings := bpm.Review([]byte(processOf(extensions, start+invoke+called+end+chain("s", "a", "c", "e"))))
	require.Empty(t, findings)
	plan, _ := definition.Compile()
	got := map[string]bpm.Variable{}
	for _, v := range plan.Variables {
		require.NotContains(t, got, v.Name, "a variable is there once")
		got[v.Name] = v
	}
	require.Equal(t, "3", string(got["days"].Default))
	require.Equal(t, `"NaN"`, string(got["odd"].Default), "what is no number stays a text")
	require.Equal(t, "true", string(got["on"].Default))
	require.Equal(t, `["a\"b"]`, string(got["names"].Default))
	require.True(t, got["names"].Many)
	require.Equal(t, "string", got["user"].Type, "an attribute says more than what is built in")
	require.Contains(t, got, "answer")
	require.Contains(t, got, "back")
	require.Contains(t, got, "requester")
	require.True(t, got["grants"].Many)
}

func TestLanesAndAssignments(t *testing.T) {
	t.Parallel()
	lane := func(id, actors, inner string) string {
		return `<lane id="` + id + `"><extensionElements><idm:lane actors="` + actors + `"/></extensionElements><flowNodeRef>a</flowNodeRef>` + inner + `</lane>`
	}
	lanes := `<laneSet>` + lane("l1", "group:hr, boss", `<childLaneSet>`+lane("l2", "#{first, second}; anna", "")+`</childLaneSet>`) + `</laneSet>`
	for extension, want := range map[string]*bpm.Assignment{
		``:    {Lane: []string{"#{first, second}", "anna"}}, // the inner lane
		asked: {Expression: "boss"},
	} {
		definition, findings := bpm.Review([]byte(user(lanes, start, with("userTask", `id="a" name="A"`, extension), end, chain("s", "a", "e"))))
		require.Empty(t, findings)
		_, library := definition.Compile()
		require.Equal(t, want, library.Steps["a"].Actors)
	}
}

func TestDecisionsOfTasks(t *testing.T) {
	t.Parallel()
	steps := func(flows ...string) *bpm.Step {
		source := user(start, strings.Replace(task(""), `id="a"`, `id="a" default="a-e"`, 1), end, `<endEvent id="e3" name="Third"/>`, chain("s", "a"), strings.Join(flows, ""))
		definition, findings := bpm.Review([]byte(source))
		require.False(t, bpm.Refused(findings), "%v", findings)
		_, library := definition.Compile()
		return library.Steps["a"]
	}
	require.Equal(t, []bpm.Decision{{Flow: "a-e", Name: ""}}, steps(chain("a", "e")).Decisions, "the only way needs no name")
	require.Equal(t, []bpm.Decision{{Flow: "a-e", Name: "Yes"}, {Flow: "a-e3", Name: "Third"}}, steps(named("a", "e", "Yes"), chain("a", "e3")).Decisions,
		"a flow without name is known by where it leads")
	require.Empty(t, steps(chain("a", "e"), flowIf("a", "e3", "days")).Decisions, "the definition decides")
}

func TestStartForms(t *testing.T) {
	t.Parallel()
	definition, findings := bpm.Review([]byte(user(
		`<startEvent id="s0"><messageEventDefinition messageRef="m"/></startEvent>`,
		with("startEvent", `id="s"`, `<idm:form><idm:field name="days"><idm:visibility>#{days &gt; 1}</idm:visibility></idm:field></idm:form>`),
		end, chain("s", "e"), chain("s0", "e"),
	)))
	require.Empty(t, findings)
	_, library := definition.Compile()
	require.Equal(t, "days", library.Start.Fields[0].Name)
	require.Equal(t, "(days > 1)", library.Scripts[library.Start.Fields[0].Visibility])
	require.NotContains(t, library.Steps, "s")

	definition, _ = bpm.Parse([]byte(user(
		with("startEvent", `id="s0"`, `<idm:form><idm:field name="userName"/></idm:form>`, `<messageEventDefinition messageRef="m"/>`), end, chain("s0", "e"),
	)))
	_, library = definition.Compile()
	require.Nil(t, library.Start, "nobody fills in a form when a message comes")
}
