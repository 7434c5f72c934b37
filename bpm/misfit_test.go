package bpm

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMisfit(t *testing.T) {
	t.Parallel()
	before := draw(t, "start S\nuser A\nservice B\ncatch T duration=P1D\nsub P\nstart S2 in=P\nuser C in=P\nend E2 in=P\nend E\n"+
		"S -> A\nA -> B\nB -> T\nT -> P\nP -> E\nS2 -> C\nC -> E2")
	after := draw(t, "start S\nuser A\nuser X\nservice B2\ncatch T message=m\nsub P\nstart S2 in=P\nuser D in=P\nend E2 in=P\nuser C\nend E\n"+
		"S -> A\nA -> X\nX -> B2\nB2 -> T\nT -> P\nP -> C\nC -> E\nS2 -> D\nD -> E2")
	for _, c := range []struct {
		element  string
		elements map[string]string
		problem  string
	}{
		{element: "A"},
		{element: "A", elements: map[string]string{"A": "X"}},
		{element: "B", problem: "no such element"},
		{element: "B", elements: map[string]string{"B": "B2"}},
		{element: "B", elements: map[string]string{"B": "X"}, problem: "X is a userTask, not a serviceTask"},
		{element: "T", problem: "T waits for something else"},
		{element: "C", problem: "C is in another sub-process"},
		{element: "C", elements: map[string]string{"C": "D"}},
		{element: "gone", problem: "does not run by this definition"},
	} {
		got := before.Misfit(after, c.element, c.elements)
		if c.problem == "" {
			require.Empty(t, got, c)
			continue
		}
		require.Contains(t, got, c.problem, c)
	}
}
