package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
)

const (
	templates = "../../bpm/template/"
	samples   = "../../bpm/pardef/testdata/"
)

// bpmCall runs a command on definitions with a standard input.
func bpmCall(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, said bytes.Buffer
	code = run(t.Context(), append([]string{"bpm"}, args...), &process{stdin: strings.NewReader(stdin), stdout: &out, stderr: &said})
	return code, out.String(), said.String()
}

// broken is a definition with a task of nobody, in a file.
func broken(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile(templates + "user.bpmn")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "broken.bpmn")
	text := strings.Replace(string(source), `<idm:assignment expression="#{requester}"/>`, `<idm:assignment/>`, 1)
	require.NotEqual(t, string(source), text)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestCheckPassesWhatCanBePublished(t *testing.T) {
	t.Parallel()
	code, said, complained := bpmCall(t, "", "check", templates+"user.bpmn", templates+"request.bpmn")
	require.Equal(t, exitDone, code, complained)
	require.Equal(t, templates+"user.bpmn: nothing to remark\n"+templates+"request.bpmn: nothing to remark\n", said)
	code, said, _ = bpmCall(t, "", "check", "--json", templates+"user.bpmn")
	require.Equal(t, exitDone, code)
	require.Empty(t, said)
}

func TestCheckRefusesWhatCannotBePublished(t *testing.T) {
	t.Parallel()
	file := broken(t)
	code, said, complained := bpmCall(t, "", "check", templates+"request.bpmn", file)
	require.Equal(t, exitRefused, code)
	require.Contains(t, said, templates+"request.bpmn: nothing to remark\n")
	require.Contains(t, said, file+":10: request: error: ")
	require.Contains(t, said, "[nobody-asked]\n")
	require.Contains(t, complained, "provost: 1 of 2: the process definitions have errors")
}

func TestCheckReadsScripts(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(templates + "user.bpmn")
	require.NoError(t, err)
	text := strings.Replace(string(source), `expression="#{requester}"`, `expression="#{requester +}"`, 1)
	require.NotEqual(t, string(source), text)
	code, said, _ := bpmCall(t, text, "check", "-")
	require.Equal(t, exitRefused, code)
	require.Contains(t, said, "the assignment cannot be read as JavaScript: line 1: ")
	require.Contains(t, said, "[script-syntax]")
}

func TestCheckPrintsJSONLines(t *testing.T) {
	t.Parallel()
	file := broken(t)
	code, said, _ := bpmCall(t, "", "check", "--json", file)
	require.Equal(t, exitRefused, code)
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(said), &line), said)
	require.Contains(t, line["message"], "does not say who does it")
	delete(line, "message")
	require.Equal(t, map[string]any{"file": file, "element": "request", "severity": "error", "code": "nobody-asked", "line": 10.0}, line)
}

func TestCheckReadsTheStandardInput(t *testing.T) {
	t.Parallel()
	code, said, _ := bpmCall(t, "no XML", "check", "-")
	require.Equal(t, exitRefused, code)
	require.Contains(t, said, "[xml-malformed]")
	code, said, _ = bpmCall(t, strings.Repeat(" ", 7<<20), "check", "-")
	require.Equal(t, exitRefused, code)
	require.Contains(t, said, "[xml-too-large]")
}

func TestCheckKnowsAttributesOfTheInstallation(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(templates + "user.bpmn")
	require.NoError(t, err)
	text := strings.ReplaceAll(string(source), `name="email"`, `name="badge"`)
	code, said, _ := bpmCall(t, text, "check", "-")
	require.Equal(t, exitRefused, code)
	require.Contains(t, said, "[undeclared-variable]")
	code, said, _ = bpmCall(t, text, "check", "--attribute", "badge", "-")
	require.Equal(t, exitDone, code, said)
}

func TestCheckNeedsFiles(t *testing.T) {
	t.Parallel()
	code, _, said := bpmCall(t, "", "check", "no-such-file.bpmn")
	require.Equal(t, exitRefused, code)
	require.Contains(t, said, "no-such-file.bpmn: no such file")
	code, _, _ = bpmCall(t, "", "check")
	require.Equal(t, exitUsage, code)
}

func TestImportWritesBPMN(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile(samples + "leave.bpmn")
	require.NoError(t, err)
	code, said, complained := bpmCall(t, "", "import", samples+"leave.pardef")
	require.Equal(t, exitDone, code)
	require.Equal(t, string(want), said)
	require.Contains(t, complained, samples+"leave.pardef: Compute: warning: ")
	require.Contains(t, complained, "[import-choice]")

	file := filepath.Join(t.TempDir(), "leave.bpmn")
	code, said, complained = bpmCall(t, "", "import", "--json", samples+"leave.pardef", "-o", file)
	require.Equal(t, exitDone, code)
	require.Empty(t, said)
	var line bpm.Finding
	require.NoError(t, json.Unmarshal([]byte(strings.SplitN(complained, "\n", 2)[0]), &line))
	require.Equal(t, bpm.ImportDeclared, line.Code)
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(written))
	code, _, _ = bpmCall(t, "", "check", file)
	require.Equal(t, exitDone, code)
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	code, said, complained := bpmCall(t, "PK\x03\x04", "import", "-")
	require.Equal(t, exitRefused, code)
	require.Empty(t, said)
	require.Contains(t, complained, "Java classes")
	code, said, complained = bpmCall(t, `{"type":"ProcessDefinition","data":{"name":"p","type":"user"}}`, "import", "-")
	require.Equal(t, exitRefused, code)
	require.Contains(t, said, "<bpmn:definitions", "a draft is written nevertheless")
	require.Contains(t, complained, "[no-start]")
	code, _, complained = bpmCall(t, "", "import", samples+"leave.pardef", "-o", filepath.Join(t.TempDir(), "no", "folder"))
	require.Equal(t, exitRefused, code)
	require.Contains(t, complained, "write document")
}
