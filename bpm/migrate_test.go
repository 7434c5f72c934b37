package bpm

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

const before = `
var n = 1
start S
parallel F
user A
boundary T on=A duration=P1D
boundary M on=A message=old
sub P
start PS in=P
user Deep in=P
end PE in=P
service B
parallel J
end E
S -> F
F -> A
F -> P
F -> B
A -> J
T -> E
M -> E
PS -> Deep
Deep -> PE
P -> J
B -> J
J -> E
`

const after = `
var n = 1
var more = "new"
start S
parallel F
user Ask
boundary Tick on=Ask duration=P9D
boundary M on=Ask message=new
sub P
start PS in=P
user Deep in=P
end PE in=P
service B
user Extra
parallel J
end E
S -> F
F -> Ask
F -> P
F -> B
Ask -> J id=A-J
Tick -> E
M -> E
PS -> Deep
Deep -> PE
P -> J
B -> J
J -> Extra
Extra -> E
`

func TestMigrationGoesOnInTheOtherPlan(t *testing.T) {
	t.Parallel()
	p := started(t, before, nil)
	require.NoError(t, p.done("B", "", nil))
	to := draw(t, after)
	elements := map[string]string{"A": "Ask", "T": "Tick"}
	require.Equal(t, []string{"A"}, p.state.Unmapped(to, nil))
	require.Empty(t, p.state.Unmapped(to, elements))
	p.lines = nil
	require.NoError(t, p.do(Migrated{Plan: to, Elements: elements}))
	require.Empty(t, p.lines, "nothing moves")
	p.plan = to
	p.timers[0].Node, p.works[0].node = "Tick", "Ask"
	checkState(t, p)
	require.Equal(t, `"new"`, string(p.state.Values()["more"]))
	require.Equal(t, []Subscription{{Node: "M", Type: MessageEvent, Name: "new"}}, p.state.Waits())
	require.NoError(t, p.done("Ask", "", nil))
	require.NoError(t, p.done("Deep", "", nil))
	require.NoError(t, p.done("Extra", "", nil))
	require.Equal(t, Completed, p.state.Status())
}

func TestMigrationTakesTimersBackThatAreGone(t *testing.T) {
	t.Parallel()
	p := started(t, before, nil)
	to := draw(t, after)
	require.NoError(t, p.do(Migrated{Plan: to, Elements: map[string]string{"A": "Ask"}}))
	require.Equal(t, "forget T", p.lines[len(p.lines)-1])
	p.plan = to
	checkState(t, p)
	require.Empty(t, p.state.Timers())
}

func TestMigrationKeepsCountingVisits(t *testing.T) {
	t.Parallel()
	p := started(t, "start S\nuser A\nend E\nS -> A\nA -> A id=back name=again\nA -> E name=on", nil)
	require.NoError(t, p.done("A", "again", nil))
	p.plan = draw(t, "start S\nuser B\nend E\nS -> B\nB -> B id=back name=again\nB -> E name=on")
	old := draw(t, "start S\nuser A\nend E\nS -> A\nA -> A id=back name=again\nA -> E name=on")
	_, err := old.Step(p.state, p.now, Migrated{Plan: p.plan, Elements: map[string]string{"A": "B"}})
	require.NoError(t, err)
	p.works[0].node = "B"
	require.NoError(t, p.done("B", "again", nil))
	require.Contains(t, p.lines, "ask B, visit 3", "a visit is never used twice: it is a key of effects")
}

func TestMigrationIsRefusedWhileSomethingHasNoPlace(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		now, to  string
		elements map[string]string
		want     []string
	}{
		"another type": {
			"start S\nuser A\nend E\nS -> A\nA -> E", "start S\nservice A\nend E\nS -> A\nA -> E", nil, []string{"A"},
		},
		"another sub-process": {
			"start S\nuser A\nend E\nS -> A\nA -> E", "start S\nsub P\nstart PS in=P\nuser A in=P\nend PE in=P\nend E\nS -> P\nP -> E\nPS -> A\nA -> PE",
			nil,
			[]string{"A"},
		},
		"out of its sub-process": {
			"start S\nsub P\nstart PS in=P\nuser A in=P\nend PE in=P\nend E\nS -> P\nP -> E\nPS -> A\nA -> PE",
			"start S\nsub P\nstart PS in=P\nend PE in=P\nuser A\nend E\nS -> P\nP -> A\nA -> E\nPS -> PE", nil,
			[]string{"A"},
		},
		"no loop any more": {
			"start S\nuser A loop=parallel count=2\nend E\nS -> A\nA -> E", "start S\nuser A\nend E\nS -> A\nA -> E", nil, []string{"A"},
		},
		"another loop": {
			"start S\nuser A loop=parallel count=2\nend E\nS -> A\nA -> E", "start S\nuser A loop=sequential count=2\nend E\nS -> A\nA -> E", nil, []string{"A"},
		},
		"another event": {
			"start S\ncatch A message=m\nend E\nS -> A\nA -> E", "start S\ncatch A signal=m\nend E\nS -> A\nA -> E", nil, []string{"A"},
		},
		"another event than a timer": {
			"start S\ncatch A duration=P1D\nend E\nS -> A\nA -> E", "start S\ncatch A signal=m\nend E\nS -> A\nA -> E", nil, []string{"A"},
		},
		"mapped to nothing": {
			"start S\nuser A\nend E\nS -> A\nA -> E", "start S\nuser A\nend E\nS -> A\nA -> E", map[string]string{"A": "Z"}, []string{"A"},
		},
		"several at once": {
			"start S\nparallel F\nuser B\nuser A\nend E\nS -> F\nF -> A\nF -> B\nA -> E\nB -> E", "start S\nend E\nS -> E", nil, []string{"A", "B"},
		},
		"no event sub-process any more": {
			"start S\nthrow T signal=x\nend E\nhandler H\nstart HS in=H along signal=x\nuser A in=H\nend HE in=H\nS -> T\nT -> E\nHS -> A\nA -> HE",
			"start S\nsub H\nstart HS in=H\nuser A in=H\nend HE in=H\nend E\nS -> H\nH -> E\nHS -> A\nA -> HE", nil,
			[]string{"H"},
		},
		"the flow before a join": {
			"start S\nparallel F\nuser A\nparallel J\nend E\nS -> F\nF -> A\nF -> J\nA -> J\nJ -> E",
			"start S\nparallel F\nuser A\nparallel J\nend E\nS -> F\nF -> A\nF -> J id=renamed\nA -> J\nJ -> E", nil,
			[]string{"F-J"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := started(t, c.now, nil)
			to := draw(t, c.to)
			first, err := json.Marshal(p.state)
			require.NoError(t, err)
			require.Equal(t, c.want, p.state.Unmapped(to, c.elements))
			var places []string
			for _, place := range p.state.Places() {
				places = append(places, place.Node)
			}
			missing := slices.DeleteFunc(slices.Clone(places), func(id string) bool { return p.plan.Misfit(to, id, c.elements) == "" })
			known := slices.DeleteFunc(slices.Clone(c.want), func(id string) bool { return !slices.Contains(places, id) })
			require.ElementsMatch(t, known, missing, "of flows only the state knows")
			require.ErrorContains(t, p.do(Migrated{Plan: to, Elements: c.elements}), "plan drawn has no place for")
			second, err := json.Marshal(p.state)
			require.NoError(t, err)
			require.Equal(t, string(first), string(second))
			require.NoError(t, p.do(Migrated{Plan: p.plan}), "the plan it runs on has a place for everything")
		})
	}
}

func TestMigrationRenamesFlows(t *testing.T) {
	t.Parallel()
	p := started(t, "start S\nparallel F\nuser A\nparallel J\nend E\nS -> F\nF -> A\nF -> J\nA -> J\nJ -> E", nil)
	to := draw(t, "start S\nparallel F\nuser A\nparallel J\nend E\nS -> F\nF -> A\nF -> J id=renamed\nA -> J\nJ -> E")
	require.NoError(t, p.do(Migrated{Plan: to, Elements: map[string]string{"F-J": "renamed"}}))
	p.plan = to
	require.Empty(t, p.state.Unmapped(to, nil), "it knows the new name now")
	require.NoError(t, p.done("A", "", nil))
	require.Equal(t, Completed, p.state.Status())
}

func TestMigrationKeepsTheFlowThatATokenLeavesBy(t *testing.T) {
	t.Parallel()
	p := started(t, "start S\nuser A\nend E\nS -> A take=\"missing + 1\"\nA -> E", nil)
	require.Len(t, p.alarms, 1)
	require.Equal(t, []string{"S-A"}, p.state.Unmapped(draw(t, "start S\nuser A\nend E\nS -> A id=other\nA -> E"), nil))
	to := draw(t, "start S\nuser A\nend E\nS -> A\nA -> E")
	require.NoError(t, p.do(Migrated{Plan: to}))
	p.plan = to
	require.NoError(t, p.do(Retried{Incident: p.alarms[0].Incident}), "the script is gone with the old plan")
	require.NoError(t, p.done("A", "", nil))
	require.Equal(t, Completed, p.state.Status())
}

func TestMigrationToAPlanThatIsWrong(t *testing.T) {
	t.Parallel()
	p := started(t, oneTask, nil)
	to := draw(t, oneTask)
	to.Variables = []Variable{{Name: "v", Default: json.RawMessage("{")}}
	require.ErrorContains(t, p.do(Migrated{Plan: to}), "default of variable v is no JSON")
	to.Nodes[0].ID = "A"
	require.ErrorContains(t, p.do(Migrated{Plan: to}), "has no place for [A]")
}

// The number of a visit is the key by which a step is done once: it is never used again, whatever elements are called.
func TestMigrationNeverCountsAVisitTwice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ before, after, from, to, want string }{
		"an element that takes the place of another beside its own": {
			"start S\nservice B\nservice A\nend E\nS -> B\nB -> A\nA -> E", "start S\nservice B\nend E\nS -> B\nB -> E", "A", "B", "perform B, visit 2",
		},
		"an element whose place another takes": {
			"start S\nservice A\nend E\nS -> A\nA -> E", "start S\nservice C\nservice A\nend E\nS -> C\nC -> A\nA -> E", "A", "C", "perform A, visit 2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := started(t, c.before, nil)
			if len(p.plan.Nodes) > 3 {
				require.NoError(t, p.done("B", "", nil))
			}
			to := draw(t, c.after)
			require.NoError(t, p.do(Migrated{Plan: to, Elements: map[string]string{c.from: c.to}}))
			p.plan, p.works[0].node, p.lines = to, c.to, nil
			checkState(t, p)
			if c.to == "C" {
				require.NoError(t, p.done("C", "", nil))
			} else {
				require.NoError(t, p.fail("B", "broken", "It broke."))
				require.NoError(t, p.do(Retried{Incident: p.alarms[0].Incident}))
			}
			require.Contains(t, p.lines, c.want)
		})
	}
}
