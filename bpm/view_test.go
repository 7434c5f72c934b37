package bpm

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStateTellsWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	p := started(t, oneTask, Values{"who": json.RawMessage(` "ada" `)})
	s := p.state
	require.Equal(t, Running, s.Status())
	require.Equal(t, Values{"who": json.RawMessage(`"ada"`)}, s.Values())
	require.Equal(t, []Place{{Node: "A", Type: UserTask, Count: 1}}, s.Places())
	require.Equal(t, []Subscription{{Node: "M", Type: MessageEvent, Name: "note"}, {Node: "X", Type: SignalEvent, Name: "halt"}}, s.Waits())
	require.Equal(t, []Wake{{Timer: 3, Node: "T", At: morning.Add(24 * time.Hour)}}, s.Timers())
	require.Equal(t, []OpenWork{{Work: 4, Node: "A", Visit: 1, By: ByPeople}}, s.Works())
	require.Empty(t, s.at.Incidents)
	require.True(t, s.Quiet(), "only people are waited for")
	s.Values()["who"] = nil
	require.Equal(t, `"ada"`, string(s.Values()["who"]), "what is given away is a copy")
}

func TestStateIsNotQuietWhileSomethingRuns(t *testing.T) {
	t.Parallel()
	require.False(t, started(t, "start S\nservice A\nend E\nS -> A\nA -> E", nil).state.Quiet())
	p := play(t, draw(t, "start S\nexclusive G\nend E\nS -> G\nG -> E if=\"true\""))
	p.hold = true
	require.NoError(t, p.do(Started{}))
	require.False(t, p.state.Quiet())
	require.True(t, started(t, "start S\ncall A called=other\nend E\nS -> A\nA -> E", nil).state.Quiet(), "a called process runs by itself")
}

func TestStateTellsWhoHasToHelp(t *testing.T) {
	t.Parallel()
	p := started(t, "start S\nparallel F\nservice A\ncall C called=other\nend E\nS -> F\nF -> A\nF -> C\nA -> E\nC -> E", nil)
	require.Equal(t, []Doer{ByActivity, ByProcess}, []Doer{p.state.Works()[0].By, p.state.Works()[1].By})
	require.NoError(t, p.fail("A", "broken", "It broke."))
	for range maxMessages + 1 {
		require.NoError(t, p.do(Messaged{Name: "note"}))
	}
	require.Equal(t, []int64{p.alarms[0].Incident, p.alarms[1].Incident}, []int64{p.state.at.Incidents[0].ID, p.state.at.Incidents[1].ID})
	require.Equal(t, []Place{{Node: "A", Type: ServiceTask, Count: 1, Stuck: 1}, {Node: "C", Type: CallActivity, Count: 1}}, p.state.Places())
}

func TestStateIsWrittenDown(t *testing.T) {
	t.Parallel()
	p := started(t, oneTask, Values{"b": json.RawMessage("null"), "a": json.RawMessage(`{"x":"<&>"}`)})
	first, err := json.Marshal(p.state)
	require.NoError(t, err)
	held, err := json.Marshal(struct {
		State State `json:"state"`
	}{*p.state})
	require.NoError(t, err)
	require.JSONEq(t, `{"state":`+string(first)+`}`, string(held), "also as a value")
	clone, err := p.state.Clone()
	require.NoError(t, err)
	require.Equal(t, p.state.Values(), clone.Values())
	_, err = p.plan.Step(clone, p.now, Cancelled{})
	require.NoError(t, err)
	again, err := json.Marshal(p.state)
	require.NoError(t, err)
	require.Equal(t, string(first), string(again), "a clone shares nothing")

	var s State
	require.EqualError(t, json.Unmarshal([]byte(`{"format":99}`), &s), "state of a process: format 99 is newer than 1, the newest this version knows")
	require.ErrorContains(t, json.Unmarshal([]byte(`{"tokens":7}`), &s), "state of a process")
	require.Equal(t, State{}, s)
}
