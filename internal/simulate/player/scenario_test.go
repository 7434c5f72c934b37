package player_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/simulate"
	"provost/internal/simulate/player"
)

// TestScenariosOfTheLanguage plays the scenarios of the interpreter through the whole workflow: it goes the same way, also with the state
// written down after every step. Left out are those that steer from outside, and those in which work of an activity takes its time: here
// it is done at once.
func TestScenariosOfTheLanguage(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../bpm/testdata/scenarios/*.txt")
	require.NoError(t, err)
	host := scripttest.New(t, script.Options{Size: 2})
	played := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		request, trace, ok := told(t, string(text))
		if !ok {
			continue
		}
		played++
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			request.Source, err = os.ReadFile(strings.TrimSuffix(file, ".txt") + ".bpmn")
			require.NoError(t, err)
			plain, err := player.Run(t.Context(), host, request)
			require.NoError(t, err)
			require.Equal(t, trace, marks(plain))
			request.Snapshot = true
			carried, err := player.Run(t.Context(), host, request)
			require.NoError(t, err)
			require.Equal(t, plain, carried)
		})
	}
	require.Greater(t, played, 40)
}

// step matches a line of a scenario that says where the process goes.
var step = regexp.MustCompile(`^  (enter|leave) ([A-Za-z0-9_]+)`)

// told reads a scenario; ok is false for one that cannot be played.
func told(t *testing.T, text string) (r simulate.Request, trace []string, ok bool) {
	t.Helper()
	now := simulate.Began // scenarios begin at the same moment
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if found := step.FindStringSubmatch(line); found != nil {
			trace = append(trace, found[1]+" "+found[2])
		}
		if strings.HasPrefix(line, "  perform") || strings.HasPrefix(line, "  invite") || strings.HasPrefix(line, "!") {
			return r, nil, false
		}
		if event, is := strings.CutPrefix(line, "> "); is && !happens(t, &r, &now, strings.Fields(event)) {
			return r, nil, false
		}
	}
	return r, trace, true
}

// happens adds what a line of a scenario says.
func happens(t *testing.T, r *simulate.Request, now *time.Time, words []string) bool {
	t.Helper()
	values := bpm.Values{}
	var said []string
	for _, word := range words[1:] {
		if name, value, is := strings.Cut(word, "="); is {
			values[name] = json.RawMessage(strings.ReplaceAll(value, "'", `"`))
		} else {
			said = append(said, word)
		}
	}
	said = append(said, "", "")
	switch words[0] {
	case "start":
		r.Values = values
		return said[0] == ""
	case "done":
		r.Acts = append(r.Acts, simulate.Act{Complete: &simulate.Completion{Element: said[0], Outcome: said[1], Values: values}})
	case "advance":
		period, err := bpm.ParsePeriod(said[0])
		require.NoError(t, err)
		end, err := period.After(*now)
		require.NoError(t, err)
		r.Acts = append(r.Acts, simulate.Act{Advance: end.Sub(*now)})
		*now = end
	case "message":
		r.Acts = append(r.Acts, simulate.Act{Message: &simulate.Message{Name: said[0], Key: said[1], Values: values}})
	case "signal":
		r.Acts = append(r.Acts, simulate.Act{Signal: &simulate.Message{Name: said[0], Values: values}})
	default:
		return false
	}
	return !strings.Contains(said[0], "#") && !slices.Contains(said, "hold")
}

func marks(r simulate.Result) []string {
	var out []string
	for _, m := range r.Trace {
		out = append(out, m.Event+" "+m.Element)
	}
	return out
}
