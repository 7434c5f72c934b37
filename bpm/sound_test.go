package bpm

import (
	"slices"

	"github.com/stretchr/testify/require"
)

// checkState requires what holds of every state between two steps, and that the engine that performed the commands knows the same open
// works, timers and incidents as the state.
func checkState(t require.TestingT, p *player) {
	at := &p.state.at
	checkTokens(t, p)
	checkOwners(t, at)
	checkIDs(t, at)
	checkEngine(t, p)
	require.Equal(t, at.Wave != 0, at.Open > 0, "a wave asks something")
	require.Equal(t, at.Wave != 0, len(at.Asked) > 0, "questions without a wave, or a wave without questions")
	if at.Status != Running {
		require.Empty(t, at.Tokens, "a process that ended is nowhere")
		require.Empty(t, at.Scopes)
		return
	}
	require.NotEmpty(t, at.Tokens, "a running process is somewhere")
	require.True(t, at.Wave != 0 || len(at.Works)+len(at.Timers)+len(at.Waits)+len(p.alarms) > 0, "a running process waits for something")
	require.LessOrEqual(t, len(at.Messages), maxMessages)
	for _, kept := range at.Messages {
		w, waited := (&machine{at: at}).listener(kept.Name, kept.Key)
		require.False(t, waited, "message %s %q is kept though %s waits for it", kept.Name, kept.Key, w.Node)
	}
}

func checkTokens(t require.TestingT, p *player) {
	at := &p.state.at
	for _, k := range at.Tokens {
		require.NotEmpty(t, k.For, "token %d at %s waits for nothing", k.ID, k.Node)
		require.NotEqual(t, forDelivery, k.For)
		require.NotNil(t, at.scope(k.Scope), "token %d has no scope", k.ID)
		open := slices.ContainsFunc(at.Works, func(w work) bool { return w.Token == k.ID && w.ID == k.Work })
		require.Equal(t, k.For == forWork, open, "work of token %d", k.ID)
		stopped := slices.ContainsFunc(at.Incidents, func(i incident) bool { return i.Token == k.ID })
		require.Equal(t, k.For == forOperator, stopped, "incident of token %d", k.ID)
		asked := slices.ContainsFunc(at.Asked, func(q question) bool { return q.Token == k.ID })
		require.Equal(t, k.For == forScript, asked, "question of token %d", k.ID)
		inside := slices.ContainsFunc(at.Scopes, func(s *scope) bool { return s.Owner == k.ID })
		if k.For == forScope || k.For == forInstances {
			require.True(t, inside, "token %d waits for a scope that is not there", k.ID)
		}
	}
	for _, k := range at.Tokens {
		require.True(t, k.Work == 0 || k.For == forWork, "token %d keeps the id of a work that is over", k.ID)
		require.True(t, k.Given == nil || k.Type == CallActivity, "token %d keeps what a call gave", k.ID)
		n := p.plan.Nodes[slices.IndexFunc(p.plan.Nodes, func(n Node) bool { return n.ID == k.Node })]
		require.True(t, k.Loop == nil || n.Loop != nil && !k.Inner, "token %d keeps a loop that is over", k.ID)
	}
	for _, s := range at.Scopes {
		live := 0
		for _, k := range at.Tokens {
			if k.Scope == s.ID {
				live++
			}
		}
		require.Equal(t, live, s.Live, "tokens of scope %d", s.ID)
		require.Positive(t, live, "scope %d is empty", s.ID)
	}
}

func checkOwners(t require.TestingT, at *position) {
	for _, s := range at.Scopes[min(1, len(at.Scopes)):] {
		require.NotNil(t, at.token(s.Owner), "scope %d belongs to a token that is gone", s.ID)
	}
	for _, w := range at.Works {
		require.NotNil(t, at.token(w.Token), "work %d belongs to a token that is gone", w.ID)
	}
	for _, w := range at.Timers {
		require.True(t, at.token(w.Owner) != nil || at.scope(w.Owner) != nil, "timer %d belongs to something that is gone", w.ID)
	}
	for _, w := range at.Waits {
		require.True(t, at.token(w.Owner) != nil || at.scope(w.Owner) != nil, "a wait of %s belongs to something that is gone", w.Node)
	}
	for _, i := range at.Incidents {
		require.True(t, i.Token == 0 || at.token(i.Token) != nil, "incident %d belongs to a token that is gone", i.ID)
	}
}

func checkIDs(t require.TestingT, at *position) {
	seen := map[int64]bool{}
	check := func(id int64) {
		require.False(t, seen[id], "id %d is used twice", id)
		require.LessOrEqual(t, id, at.Last)
		seen[id] = true
	}
	for _, k := range at.Tokens {
		check(k.ID)
	}
	for _, s := range at.Scopes {
		check(s.ID)
	}
	for _, w := range at.Works {
		check(w.ID)
	}
	for _, w := range at.Timers {
		check(w.ID)
	}
	for _, i := range at.Incidents {
		check(i.ID)
	}
	if at.Wave != 0 {
		check(at.Wave)
	}
}

func checkEngine(t require.TestingT, p *player) {
	var works, open []int64
	for _, w := range p.works {
		works = append(works, w.id)
	}
	for _, w := range p.state.at.Works {
		open = append(open, w.ID)
	}
	require.ElementsMatch(t, works, open, "works that the engine has open, and that the state knows")
	require.ElementsMatch(t, p.timers, p.state.Timers(), "timers that the engine has set, and that the state knows")
	var incidents, alarms []int64
	for _, a := range p.alarms {
		alarms = append(alarms, a.Incident)
	}
	for _, i := range p.state.at.Incidents {
		incidents = append(incidents, i.ID)
	}
	require.ElementsMatch(t, alarms, incidents)
}
