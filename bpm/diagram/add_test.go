package diagram_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/bpm/diagram"
	"provost/bpm/xmltree"
)

const process = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" xmlns:q="http://www.omg.org/spec/BPMN/20100524/DI" id="d">
<process id="p" name="P" isExecutable="true"><extensionElements><idm:process type="user"/><idm:acl initiators="*"/></extensionElements>
<startEvent id="s" name="Begin"/><sequenceFlow id="f1" sourceRef="s" targetRef="sub"/>
<subProcess id="sub" name="Sub"><startEvent id="s2"/><sequenceFlow id="f2" sourceRef="s2" targetRef="e2"/><endEvent id="e2"/></subProcess>
<boundaryEvent id="b" attachedToRef="sub"><errorEventDefinition/></boundaryEvent><sequenceFlow id="f3" sourceRef="b" targetRef="s_shape"/>
<sequenceFlow id="f4" sourceRef="sub" targetRef="x"/><exclusiveGateway id="x"/><sequenceFlow id="f5" sourceRef="x" targetRef="s_shape"/><endEvent id="s_shape"/>
<textAnnotation id="note"/></process>
<q:BPMNDiagram id="old"><q:BPMNPlane id="oldplane"/></q:BPMNDiagram></definitions>`

func drawn(t *testing.T) (*xmltree.Document, map[string]*xmltree.Element) {
	t.Helper()
	document, err := xmltree.Parse([]byte(process), xmltree.Limits{})
	require.NoError(t, err)
	diagram.Add(document)
	document, err = xmltree.Parse(document.Bytes(), xmltree.Limits{})
	require.NoError(t, err)
	of := map[string]*xmltree.Element{}
	document.Root.Walk(func(e *xmltree.Element) bool {
		if ref := e.Attr("bpmnElement"); ref != "" {
			require.Nil(t, of[ref], "%s is drawn twice", ref)
			of[ref] = e
		}
		return true
	})
	return document, of
}

func TestEverythingIsDrawnOnce(t *testing.T) {
	t.Parallel()
	document, of := drawn(t)
	for _, id := range []string{"p", "s", "sub", "s2", "e2", "b", "x", "s_shape", "f1", "f2", "f3", "f4", "f5"} {
		require.NotNil(t, of[id], "%s is not drawn", id)
	}
	require.Nil(t, of["note"])
	require.NotContains(t, string(document.Bytes()), `"old"`, "the old drawing is gone")
	require.Equal(t, "true", of["sub"].Attr("isExpanded"))
	require.Equal(t, "BPMNEdge", of["f2"].Name)
	require.Len(t, of["s"].Children(), 2, "the name of an event has a place")
	for i, want := range []string{"BPMNPlane", "BPMNShape"} {
		require.Equal(t, want, []*xmltree.Element{of["p"], of["s"]}[i].Name)
	}
}

func TestADrawingChangesNothingElse(t *testing.T) {
	t.Parallel()
	document, _ := drawn(t)
	before, findings := bpm.Review([]byte(process))
	require.Empty(t, findings)
	after, findings := bpm.Review(document.Bytes())
	require.Empty(t, findings, "ids are not used twice, though a step is called s_shape")
	require.Empty(t, bpm.Diff(before, after))
	require.Equal(t, 1, strings.Count(string(document.Bytes()), "<bpmndi:BPMNDiagram "))
}
