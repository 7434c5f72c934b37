package bpm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
)

// differences compares a process with what it becomes by replacements.
func differences(t *testing.T, before string, replacements ...string) []bpm.Difference {
	t.Helper()
	a, _ := bpm.Parse([]byte(before))
	text := strings.NewReplacer(replacements...).Replace(before)
	b, _ := bpm.Parse([]byte(text))
	require.NotNil(t, a)
	require.NotNil(t, b)
	return bpm.Diff(a, b)
}

func TestDiff(t *testing.T) {
	t.Parallel()
	before := user(start, end, chain("s", "a", "e"),
		with("userTask", `id="a" name="A"`, asked+`<idm:task due="P1D"/><idm:form><idm:field name="days" required="true"/><idm:trigger on="onLoad">1</idm:trigger></idm:form>`, `<incoming>s-a</incoming>`))
	for name, c := range map[string]struct {
		replacements []string
		want         []bpm.Difference
	}{
		"nothing":                 {nil, nil},
		"what editors write anew": {[]string{`<incoming>s-a</incoming>`, ``, `<definitions`, `<definitions exporter="x"`, `</definitions>`, `<x:d xmlns:x="urn:x" id="di"/></definitions>`}, nil},
		"a name": {[]string{`name="A"`, `name="B"`}, []bpm.Difference{
			{Change: bpm.ElementChanged, Element: "a", Type: "userTask", Name: "B", Property: "name", Before: "A", After: "B"},
		}},
		"an attribute of a field": {[]string{` required="true"`, ` readOnly="true"`}, []bpm.Difference{
			{Change: bpm.ElementChanged, Element: "a", Type: "userTask", Name: "A", Property: "idm:form/idm:field[days]/readOnly", After: "true"},
			{Change: bpm.ElementChanged, Element: "a", Type: "userTask", Name: "A", Property: "idm:form/idm:field[days]/required", Before: "true"},
		}},
		"a script": {[]string{`>1<`, `>2<`}, []bpm.Difference{
			{Change: bpm.ElementChanged, Element: "a", Type: "userTask", Name: "A", Property: "idm:form/idm:trigger[onLoad]", Before: "1", After: "2"},
		}},
		"an empty part": {[]string{`</extensionElements><incoming>`, `<idm:match/></extensionElements><incoming>`}, []bpm.Difference{
			{Change: bpm.ElementChanged, Element: "a", Type: "userTask", Name: "A", Property: "idm:match"},
		}},
		"a type": {[]string{`<endEvent id="e"/>`, `<intermediateThrowEvent id="e"/>`}, []bpm.Difference{
			{Change: bpm.ElementChanged, Element: "e", Type: "intermediateThrowEvent", Property: "type", Before: "endEvent", After: "intermediateThrowEvent"},
		}},
		"the process": {[]string{`initiators="*"`, `initiators="boss"`}, []bpm.Difference{
			{Change: bpm.ElementChanged, Element: "p", Type: "process", Name: "Sample", Property: "idm:acl/initiators", Before: "*", After: "boss"},
		}},
		"a declared code": {[]string{`errorCode="broken"`, `errorCode="lost"`}, []bpm.Difference{
			{Change: bpm.ElementChanged, Element: "r", Type: "error", Property: "errorCode", Before: "broken", After: "lost"},
		}},
		"a target": {[]string{`<endEvent id="e"/>`, `<endEvent id="e"/><endEvent id="z" name="Z"/>`, `targetRef="e"`, `targetRef="z"`}, []bpm.Difference{
			{Change: bpm.ElementAdded, Element: "z", Type: "endEvent", Name: "Z"},
			{Change: bpm.ElementChanged, Element: "a-e", Type: "sequenceFlow", Property: "targetRef", Before: "e", After: "z"},
		}},
		"an id": {[]string{`id="a-e"`, `id="out"`}, []bpm.Difference{
			{Change: bpm.ElementAdded, Element: "out", Type: "sequenceFlow"},
			{Change: bpm.ElementRemoved, Element: "a-e", Type: "sequenceFlow"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, differences(t, before, c.replacements...))
		})
	}
}

// TestDiffOverlooksIdsOfParts: editors give ids to event definitions and loops, anew with every drawing.
func TestDiffOverlooksIdsOfParts(t *testing.T) {
	t.Parallel()
	before := user(start, `<intermediateCatchEvent id="c"><timerEventDefinition id="t1"><timeDuration id="t2">P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>`, end, chain("s", "c", "e"))
	require.Empty(t, differences(t, before, `id="t1"`, `id="u1"`, ` id="t2"`, ``))
	require.Equal(t, []bpm.Difference{
		{Change: bpm.ElementChanged, Element: "c", Type: "intermediateCatchEvent", Property: "timerEventDefinition/timeDuration", Before: "P1D", After: "P2D"},
	}, differences(t, before, "P1D", "P2D"))
}

func TestDiffNumbersPartsOfOneName(t *testing.T) {
	t.Parallel()
	before := single(task(`<idm:match threshold="1"><idm:query type="text">a</idm:query><idm:query type="text">b</idm:query></idm:match>`))
	require.Equal(t, []bpm.Difference{
		{Change: bpm.ElementChanged, Element: "a", Type: "userTask", Name: "A", Property: "idm:match/idm:query(2)", Before: "b", After: "c"},
	}, differences(t, before, ">b<", ">c<"))
}
