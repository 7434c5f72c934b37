package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/simulate"
)

func TestActsAreReadInTheirOrder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sample.bpmn")
	require.NoError(t, os.WriteFile(file, []byte("<definitions/>"), 0o600))
	fake := &fakeTemporal{}
	code, stdout, stderr := call(t, fake, "bpm", "simulate", file, "--vars", `{"a":1}`, "--complete", "one=Approve", "--advance", "P1D",
		"--message", `paid=A7:{"sum":3}`, "--complete", `two:{"b":"x:y=z"}`, "--advance=1h30m", "--signal", "stop", "--snapshot-every-step")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, `"status":"completed"`)
	require.Equal(t, bpm.Values{"a": json.RawMessage("1")}, fake.played.Values)
	require.True(t, fake.played.Snapshot)
	require.Equal(t, []simulate.Act{
		{Complete: &simulate.Completion{Element: "one", Outcome: "Approve"}},
		{Advance: 24 * time.Hour},
		{Message: &simulate.Message{Name: "paid", Key: "A7", Values: bpm.Values{"sum": json.RawMessage("3")}}},
		{Complete: &simulate.Completion{Element: "two", Values: bpm.Values{"b": json.RawMessage(`"x:y=z"`)}}},
		{Advance: 90 * time.Minute},
		{Signal: &simulate.Message{Name: "stop"}},
	}, fake.played.Acts)
}

func TestSimulateRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sample.bpmn")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, c := range map[string]struct {
		embedded Embedded
		args     []string
		says     string
	}{
		"lean binary":      {nil, []string{file}, "use the full binary"},
		"variables":        {&fakeTemporal{}, []string{file, "--vars", "[1]"}, "--vars: the values are no JSON object"},
		"values of an act": {&fakeTemporal{}, []string{file, "--message", "paid:{"}, "the values are no JSON object"},
		"a pause":          {&fakeTemporal{}, []string{file, "--advance", "soon"}, "is no duration above zero"},
		"a pause back":     {&fakeTemporal{}, []string{file, "--advance=-1h"}, "is no duration above zero"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, _, stderr := call(t, c.embedded, append([]string{"bpm", "simulate"}, c.args...)...)
			require.Equal(t, exitUsage, code)
			require.Contains(t, stderr, c.says)
		})
	}
	code, _, stderr := call(t, &fakeTemporal{}, "bpm", "simulate", file+".missing")
	require.Equal(t, exitRefused, code)
	require.Contains(t, stderr, "read definition")
}
