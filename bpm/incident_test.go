package bpm

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMistakesOfADefinitionAreIncidents plays processes that Check refuses or cannot see through: each stops at its place, with a sentence,
// and can be skipped.
func TestMistakesOfADefinitionAreIncidents(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ process, code, message, skip string }{
		"a sub-process without a start": {
			"start S\nsub P\nend E\nS -> P\nP -> E", "no-start", "Sub-process P has no start event", "",
		},
		"a decision that is no text": {
			"start S\nexclusive G decision=7\nend E\nS -> G\nG -> E id=seven", "unknown-way", `G has no way out "7": it has seven.`, "seven",
		},
		"a completion condition that is no boolean": {
			"start S\nscript A loop=parallel count=2 until=1 run=\"n = 1\"\nend E\nS -> A\nA -> E", "not-boolean", "The condition came to 1", "",
		},
		"a loop condition that is no boolean": {
			"start S\nuser A loop=standard before while=n\nend E\nS -> A\nA -> E", "not-boolean", "The condition came to null", "",
		},
		"a link that leads nowhere": {
			"start S\nthrow L link=gone\nend E\nS -> L", "no-link", `L leads to the link "gone"`, "",
		},
		"a loop over a text": {
			"start S\nuser A loop=sequential count=\"'many'\"\nend E\nS -> A\nA -> E", "not-countable", `"many" is neither a list nor a whole number`, "",
		},
		"a loop of half an instance": {
			"start S\nuser A loop=sequential count=0.5\nend E\nS -> A\nA -> E", "not-countable", "0.5 is neither a list nor a whole number", "",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := started(t, c.process, Values{"n": json.RawMessage("null")})
			require.Len(t, p.alarms, 1)
			require.Equal(t, c.code, p.alarms[0].Fault.Code)
			require.Contains(t, p.alarms[0].Fault.Message, c.message)
			require.NoError(t, p.do(Skipped{Incident: p.alarms[0].Incident, Outcome: c.skip}))
			checkState(t, p)
			require.Equal(t, Completed, p.state.Status())
		})
	}
}

// TestElementsOfAListMayBeNothing gives an instance to each element, also to those that are null.
func TestElementsOfAListMayBeNothing(t *testing.T) {
	t.Parallel()
	p := started(t, "start S\nuser A loop=sequential over=list as=one\nend E\nS -> A\nA -> E", Values{"list": json.RawMessage(`[null,2]`)})
	require.NoError(t, p.done("A", "", nil))
	require.NoError(t, p.done("A", "", nil))
	require.Contains(t, p.lines, "ask A, visit 1: list=[null,2] loopCounter=0")
	require.Contains(t, p.lines, "ask A, visit 2: list=[null,2] loopCounter=1 one=2")
	require.Equal(t, Completed, p.state.Status())
}
