package step

import (
	"context"
	"fmt"
	"time"

	"provost/bpm"
	"provost/internal/process"
)

// Rehearser runs the scripts of definitions that are only played: they see the variables, and nothing of the platform answers them.
type Rehearser struct{ Host Host }

// Evaluate runs scripts of a definition, in their order, for a process that there is not.
func (r Rehearser) Evaluate(ctx context.Context, library *bpm.Library, now time.Time, calls []bpm.Call) ([]bpm.Result, error) {
	requester := process.Person{UserName: "requester", FullName: "requester"}
	brief := process.Brief{Number: 1, Name: library.Name, Code: library.ID, Kind: library.Kind, Initiator: requester, Subject: requester}
	s := Service{Host: r.Host}
	return s.evaluate(ctx, &scene{brief: brief, library: library, now: now}, calls)
}

// evaluate runs the scripts of calls.
func (s *Service) evaluate(ctx context.Context, sc *scene, calls []bpm.Call) ([]bpm.Result, error) {
	runs := make([]run, len(calls))
	for i, c := range calls {
		text, known := sc.library.Scripts[c.Script]
		if !known {
			return nil, fmt.Errorf("the definition has no script %s, which %s names", c.Script, c.Node)
		}
		runs[i] = run{name: sc.step(c.Node).Name, text: text, values: c.Values, capture: c.Use == bpm.Action}
	}
	return s.run(ctx, sc, runs)
}
