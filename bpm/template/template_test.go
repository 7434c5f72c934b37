package template_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/bpm/diagram"
	"provost/bpm/template"
	"provost/bpm/xmltree"
)

var update = os.Getenv("PROVOST_UPDATE_GOLDEN") == "1"

// TestTemplatesAreSound: a designer begins with something that can be published as it is.
func TestTemplatesAreSound(t *testing.T) {
	t.Parallel()
	for _, one := range template.All() {
		definition, findings := bpm.Review(one.Source)
		require.Empty(t, findings, one.Kind)
		require.Equal(t, one.Kind, definition.Kind)
		require.Equal(t, one.Name, definition.Name)
		require.NotEmpty(t, definition.Description)
	}
}

func TestEveryKindHasATemplate(t *testing.T) {
	t.Parallel()
	all := template.All()
	require.Len(t, all, 5)
	for _, kind := range []bpm.Kind{bpm.UserManagement, bpm.PermissionsManagement, bpm.PermissionsRequest, bpm.AccountReservation, bpm.Delegation} {
		one, ok := template.Of(kind)
		require.True(t, ok, kind)
		require.Equal(t, kind, one.Kind)
	}
	_, ok := template.Of("tea")
	require.False(t, ok)
}

// TestTemplatesAreDrawn: the diagram in each file is the one that the layout gives. PROVOST_UPDATE_GOLDEN=1 draws it anew.
func TestTemplatesAreDrawn(t *testing.T) {
	t.Parallel()
	for _, one := range template.All() {
		document, err := xmltree.Parse(one.Source, xmltree.Limits{})
		require.NoError(t, err)
		diagram.Add(document)
		document.Indent()
		if update {
			require.NoError(t, os.WriteFile(string(one.Kind)+".bpmn", document.Bytes(), 0o644))
			continue
		}
		require.Equal(t, string(one.Source), string(document.Bytes()), "run PROVOST_UPDATE_GOLDEN=1 go test ./bpm/template")
		shapes := 0
		document.Root.Walk(func(e *xmltree.Element) bool {
			if e.Name == "BPMNShape" {
				shapes++
			}
			return true
		})
		definition, _ := bpm.Parse(one.Source)
		plan, _ := definition.Compile()
		require.Len(t, plan.Nodes, shapes)
	}
}

// TestTemplatesCompile compares the plans with recorded ones: running processes depend on them.
func TestTemplatesCompile(t *testing.T) {
	t.Parallel()
	for _, one := range template.All() {
		definition, _ := bpm.Parse(one.Source)
		plan, library := definition.Compile()
		text, err := json.MarshalIndent(map[string]any{"plan": plan, "library": library}, "", "  ")
		require.NoError(t, err)
		file := "testdata/" + string(one.Kind) + ".json"
		if update {
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(file, append(text, '\n'), 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), string(text)+"\n", "run PROVOST_UPDATE_GOLDEN=1 go test ./bpm/template")
	}
}

// TestTasksOfTemplatesCanBeDecided: the buttons have names, and both answers lead on.
func TestTasksOfTemplatesCanBeDecided(t *testing.T) {
	t.Parallel()
	one, _ := template.Of(bpm.UserManagement)
	definition, _ := bpm.Parse(one.Source)
	_, library := definition.Compile()
	require.Equal(t, []bpm.Decision{{Flow: "approved", Name: "Approve"}, {Flow: "refused", Name: "Reject"}}, library.Steps["approve"].Decisions)
	require.Equal(t, []bpm.Decision{{Flow: "request_approve", Name: "Submit"}}, library.Steps["request"].Decisions)
	require.True(t, library.Steps["approve"].Mail.Shortcut)
}
