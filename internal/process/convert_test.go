package process_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/process"
)

func designer(t *testing.T) context.Context {
	t.Helper()
	return authz.With(t.Context(), authz.System(authz.OriginSystem))
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return content
}

func TestConvertDrawsWhatHasNoDiagram(t *testing.T) {
	t.Parallel()
	bare := read(t, "../../bpm/testdata/sample.bpmn")
	require.NotContains(t, string(bare), "BPMNDiagram", "the sample is drawn already: it proves nothing")
	made, err := (&process.Definitions{}).Convert(designer(t), bare)
	require.NoError(t, err)
	require.Empty(t, made.Findings)
	require.Equal(t, 1, strings.Count(made.Source, "BPMNDiagram id="))
	require.Contains(t, made.Source, `bpmnElement="approve"`)
	require.Contains(t, made.Source, `<idm:attribute name="days"`, "the model is kept")
}

func TestConvertLeavesADiagramAlone(t *testing.T) {
	t.Parallel()
	drawn := read(t, "../../bpm/template/user.bpmn")
	made, err := (&process.Definitions{}).Convert(designer(t), drawn)
	require.NoError(t, err)
	require.Equal(t, string(drawn), made.Source)
}

func TestConvertBringsOverAPardef(t *testing.T) {
	t.Parallel()
	made, err := (&process.Definitions{}).Convert(designer(t), read(t, "../../bpm/pardef/testdata/leave.pardef"))
	require.NoError(t, err)
	require.Contains(t, made.Source, "<bpmn:definitions")
	require.Contains(t, made.Source, "BPMNDiagram")
}

func TestConvertSaysWhyNothingCanBeMade(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ file, code string }{
		"an archive":    {"PK\x03\x04 java", "import-java"},
		"another text":  {"hello", "import-malformed"},
		"nothing":       {"", "import-malformed"},
		"broken XML":    {"<definitions>", "xml-malformed"},
		"another model": {"<html/>", "not-bpmn"},
	} {
		made, err := (&process.Definitions{}).Convert(designer(t), []byte(test.file))
		require.NoError(t, err, name)
		require.Empty(t, made.Source, name)
		require.Len(t, made.Findings, 1, name)
		require.Equal(t, test.code, made.Findings[0].Code, name)
		require.Equal(t, process.SeverityError, made.Findings[0].Severity, name)
		require.NotEmpty(t, made.Findings[0].Message, name)
	}
}

func TestConvertNeedsTheRightToLookAtDefinitions(t *testing.T) {
	t.Parallel()
	_, err := (&process.Definitions{}).Convert(authz.With(t.Context(), authz.Principal{UserName: "anna"}), []byte("<a/>"))
	require.ErrorIs(t, err, authz.ErrDenied)
}
