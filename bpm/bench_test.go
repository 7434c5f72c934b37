package bpm

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkTurns goes round a loop of a task for people, a script on a flow and a condition: steps of one process that lives long.
func BenchmarkTurns(b *testing.B) {
	for _, turns := range []int{500, 1_000, 2_000} {
		b.Run(fmt.Sprint(turns), func(b *testing.B) {
			plan := draw(b, `
var n = 0
start S
user A
exclusive G
end E
S -> A
A -> G take="n = n + 1"
G -> A id=back if="true"
G -> E default
`)
			steps := 0
			for b.Loop() {
				e := &quiet{plan: plan, state: &State{}}
				e.do(b, Started{})
				for range turns {
					e.do(b, Done{Work: e.works[0]})
				}
				steps += e.steps
			}
			b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
		})
	}
}

// BenchmarkInstances asks as many people at once, who answer one after the other: the cost of a step may not depend on how many there are.
func BenchmarkInstances(b *testing.B) {
	for _, people := range []int{125, 250, 500, 1_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			plan := draw(b, "start S\nuser A loop=parallel count=n\nend E\nS -> A\nA -> E")
			steps := 0
			for b.Loop() {
				e := &quiet{plan: plan, state: &State{}}
				e.do(b, Started{Values: Values{"n": json.RawMessage(fmt.Sprint(people))}})
				for len(e.works) > 0 {
					e.do(b, Done{Work: e.works[0]})
				}
				require.Equal(b, Completed, e.state.Status())
				steps += e.steps
			}
			b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
		})
	}
}

// quiet is an engine that only keeps the ids of open works, and evaluates nearly nothing.
type quiet struct {
	plan  *Plan
	state *State
	works []int64
	steps int
}

func (e *quiet) do(b *testing.B, o Occurrence) {
	b.Helper()
	if d, is := o.(Done); is && d.Work == e.works[0] {
		e.works = e.works[1:]
	}
	for o != nil {
		commands, err := e.plan.Step(e.state, morning, o)
		require.NoError(b, err)
		e.steps++
		o = nil
		for _, c := range commands {
			switch c := c.(type) {
			case Ask:
				e.works = append(e.works, c.Work)
			case Evaluate:
				o = e.answer(c)
			}
		}
	}
}

func (e *quiet) answer(c Evaluate) Occurrence {
	answer := Evaluated{Wave: c.Wave, Results: make([]Result, len(c.Calls))}
	for i, call := range c.Calls {
		answer.Results[i].Value = json.RawMessage("true")
		if call.Use == Number {
			answer.Results[i].Value = call.Values["n"]
		}
	}
	return answer
}
