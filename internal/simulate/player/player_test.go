package player_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/simulate"
	"provost/internal/simulate/player"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

func TestLeaveIsPlayed(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../../../bpm/testdata/sample.bpmn")
	require.NoError(t, err)
	host := scripttest.New(t, script.Options{})
	for _, snapshot := range []bool{false, true} {
		r, err := player.Run(t.Context(), host, simulate.Request{
			Source: source, Values: bpm.Values{"days": json.RawMessage("12")}, Snapshot: snapshot,
			Acts: []simulate.Act{{Advance: 25 * time.Hour}, {Complete: &simulate.Completion{Element: "approve", Outcome: "Approve"}}},
		})
		require.NoError(t, err)
		require.Equal(t, simulate.Completed, r.Status)
		require.Equal(t, []string{
			"enter start", "leave start", "enter approve", "enter late", "leave late", "enter remind", "leave remind", "enter reminded", "leave reminded",
			"leave approve", "enter many", "leave many", "enter apply", "leave apply", "enter done", "leave done",
		}, marks(r))
		require.JSONEq(t, `"approved"`, string(r.Variables["comments"]), "the action of the way out")
		require.Len(t, r.Effects, 2)
		require.Equal(t, "remind", r.Effects[0].Element)
		require.Equal(t, string(bpm.Mail), r.Effects[0].Type)
		require.Equal(t, string(bpm.Apply), r.Effects[1].Type)
	}
}
