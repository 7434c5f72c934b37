package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/simulate"
	"provost/internal/simulate/player"
)

// fullBinary plays simulations as the full binary does.
type fullBinary struct{ fakeTemporal }

func (*fullBinary) Simulate(ctx context.Context, scripts simulate.Scripts, r simulate.Request) (simulate.Result, error) {
	return player.Run(ctx, scripts, r)
}

// TestSimulateTheGoldenSet plays every scenario of the language by the command. Where people say all that happens in it the process goes the
// way that is written there; and whatever happens, the state can be written down after every step without a difference.
func TestSimulateTheGoldenSet(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../bpm/testdata/scenarios/*.txt")
	require.NoError(t, err)
	require.Greater(t, len(files), 80)
	compared := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		args, way, whole := commandLine(strings.TrimSuffix(file, ".txt")+".bpmn", string(text))
		if whole {
			compared++
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			plain := simulated(t, args)
			require.Equal(t, plain, simulated(t, append(args, "--snapshot-every-step")))
			if !whole {
				return
			}
			var marks []string
			for _, m := range plain.Trace {
				marks = append(marks, m.Event+" "+m.Element)
			}
			require.Equal(t, way, marks)
		})
	}
	require.Greater(t, compared, 40, "most are played as they are written")
}

// simulated runs the command and reads what it prints. Its exit code says whether the process failed.
func simulated(t *testing.T, args []string) simulate.Result {
	t.Helper()
	var out, said bytes.Buffer
	code := run(t.Context(), append([]string{"bpm", "simulate"}, args...), &process{stdin: strings.NewReader(""), stdout: &out, stderr: &said, embedded: &fullBinary{}})
	var result simulate.Result
	require.NoError(t, json.Unmarshal(out.Bytes(), &result), "%d %s %s", code, &out, &said)
	require.Contains(t, []string{simulate.Completed, simulate.Waiting, simulate.Failed}, result.Status)
	require.Equal(t, result.Error != nil, code == exitRefused, "%d %s %s", code, &out, &said)
	return result
}

// passage matches a line of a scenario that says where the process goes.
var passage = regexp.MustCompile(`(?m)^  (enter|leave) ([A-Za-z0-9_]+)`)

// commandLine is a scenario as flags, with the way that is written in it. whole is false where something happens that flags cannot say, or
// that a simulation does by itself.
func commandLine(file, text string) (args, way []string, whole bool) {
	args, whole = []string{file}, true
	for _, found := range passage.FindAllStringSubmatch(text, -1) {
		way = append(way, found[1]+" "+found[2])
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "  perform") || strings.HasPrefix(line, "  invite") || strings.HasPrefix(line, "!") {
			whole = false
		}
		if event, is := strings.CutPrefix(line, "> "); is {
			flag := asFlag(strings.Fields(event))
			if flag == "" {
				whole = false
				continue
			}
			args = append(args, flag)
		}
	}
	return args, way, whole
}

// asFlag turns what happens into a flag; empty where there is none for it.
func asFlag(words []string) string {
	values := map[string]json.RawMessage{}
	var said []string
	for _, word := range words[1:] {
		if name, value, is := strings.Cut(word, "="); is {
			values[name] = json.RawMessage(strings.ReplaceAll(value, "'", `"`))
			continue
		}
		if strings.Contains(word, "#") || word == "hold" {
			return ""
		}
		said = append(said, word)
	}
	text, err := json.Marshal(values)
	if err != nil {
		return ""
	}
	head := strings.Join(said, "=")
	switch words[0] {
	case "start":
		if len(said) > 0 {
			return ""
		}
		return "--vars=" + string(text)
	case "done":
		return fmt.Sprintf("--complete=%s:%s", head, text)
	case "advance":
		return "--advance=" + head
	case "message", "signal":
		return fmt.Sprintf("--%s=%s:%s", words[0], head, text)
	}
	return ""
}
