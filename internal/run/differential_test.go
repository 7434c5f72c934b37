package run_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/run"
	"provost/internal/testenv/enginetest"
)

// differential gives a loaded source that lists what changed.
func differential(t *testing.T) (*enginetest.Bench, account.System) {
	t.Helper()
	b := enginetest.New(t)
	b.Systems["alpha"].Memory.Tokens = true
	s := b.Source("alpha", func(s *account.System) { s.FullReconciliation = false })
	for _, name := range []string{"anna", "bert", "carl"} {
		b.Put("alpha", enginetest.Person, listed(name, "Berg"))
	}
	require.Len(t, b.Changes(b.Run(s, run.Load)), 3)
	return b, s
}

func counted(b *enginetest.Bench, id any) string {
	b.T.Helper()
	return b.Texts("select counters->>'listed' from runs where id = $1", id)[0]
}

func TestDifferentialLoadListsWhatChanged(t *testing.T) {
	t.Parallel()
	b, s := differential(t)
	id := b.Run(s, run.Load)
	require.Equal(t, "0", counted(b, id), "an empty listing of changes is no surprise")
	b.Put("alpha", enginetest.Person, listed("anna", "Changed"))
	b.Put("alpha", enginetest.Person, listed("dora", "New"))
	b.Drop("alpha", enginetest.Person, "carl")
	id = b.Run(s, run.Load)
	require.Equal(t, "2", counted(b, id))
	require.Equal(t, []string{"update anna applied", "create dora applied"}, b.Changes(id), "nobody is missing from a listing of changes")

	id = b.Run(s, run.Load, run.Options{Mode: run.Full})
	require.Equal(t, "3", counted(b, id))
	require.Empty(t, b.Changes(id), "without full reconciliation nobody is removed, however much is listed")
	s = b.Change(s, func(s *account.System) { s.FullReconciliation = true })
	require.Equal(t, []string{"disable carl applied"}, b.Changes(b.Run(s, run.Load)))
	b.Drop("alpha", enginetest.Person, "dora")
	require.Empty(t, b.Changes(b.Run(s, run.Load, run.Options{Mode: run.Differential})), "a differential listing never says that somebody is missing")
	require.Equal(t, []string{"disable dora applied"}, b.Changes(b.Run(s, run.Load)))
}

// The place to go on from moves only when everything that was listed is taken over.
func TestTokenMovesOnlyWhenNothingFailed(t *testing.T) {
	t.Parallel()
	whole := func(b *enginetest.Bench, s account.System) { b.Run(s, run.Load) }
	for name, c := range map[string]struct {
		last  string // name of the person that is new
		run   func(*enginetest.Bench, account.System)
		moves bool
	}{
		"everything is taken over": {"Berg", whole, true},
		"a change failed":          {strings.Repeat("x", 300), whole, false},
		"a preview":                {"Berg", func(b *enginetest.Bench, s account.System) { b.Run(s, run.ImpactIn) }, false},
		"a cancelled run": {"Berg", func(b *enginetest.Bench, s account.System) {
			r := b.Start(s, run.Load)
			b.Prepare(r.ID)
			require.NoError(b.T, b.Runs.Finish(b.T.Context(), r.ID, run.Cancelled, ""))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, s := differential(t)
			b.Put("alpha", enginetest.Person, listed("dora", c.last))
			c.run(b, s)
			want := "1"
			if c.moves {
				want = "0"
			}
			require.Equal(t, want, counted(b, b.Run(s, run.Load)), "what was not taken over is listed again")
		})
	}
}

func TestTokenWaitsForRecordsNobodyIdentifies(t *testing.T) {
	t.Parallel()
	b, s := differential(t)
	s = b.Change(s, func(s *account.System) { s.Mappings[0].Rows[0].System = "login" })
	b.Run(s, run.Load)
	require.Equal(t, "3", counted(b, b.Run(s, run.Load)), "nobody has a login")
}

// A mapping that reads something else reads everything again.
func TestChangedMappingListsEverything(t *testing.T) {
	t.Parallel()
	b, s := differential(t)
	s = b.Change(s, func(s *account.System) {
		s.Mappings[0].Rows = append(s.Mappings[0].Rows, mapping.Row{System: "name", Direction: mapping.DirectionIn, Provost: "comments"})
	})
	id := b.Run(s, run.Load)
	require.Equal(t, []string{"update anna applied", "update bert applied", "update carl applied"}, b.Changes(id))
	require.Equal(t, "0", counted(b, b.Run(s, run.Load)))
}

func TestTokenThatIsOfNoUseAnyMoreListsEverything(t *testing.T) {
	t.Parallel()
	b, s := differential(t)
	b.Exec(`update system_status set load_tokens = (select jsonb_object_agg(key, 'garbage') from jsonb_each(load_tokens))`)
	id := b.Run(s, run.Load)
	require.Equal(t, "3", counted(b, id))
	require.Empty(t, b.Changes(id))
	require.Equal(t, "0", counted(b, b.Run(s, run.Load)), "and goes on from there")
}

func TestUnknownModeIsRefused(t *testing.T) {
	t.Parallel()
	b, s := differential(t)
	_, err := b.Runs.Start(b.Ctx, s.ID, run.Load, run.Options{Mode: "some"})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
}

func TestDifferentialReconciliation(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.Systems["alpha"].Memory.Tokens = true
	s := b.System("alpha", teams(false), func(s *account.System) { s.FullReconciliation = false })
	for _, name := range []string{"backup", "robot"} {
		b.Put("alpha", enginetest.Person, seen(name, name))
	}
	b.Put("alpha", team, crew("pumps", "backup"))
	b.Put("alpha", team, crew("doors", "robot"))
	b.Run(s, run.Reconcile)
	b.Put("alpha", team, crew("pumps", "backup", "robot"))
	require.Equal(t, []string{"grant robot holds pumps applied"}, b.Changes(b.Run(s, run.Reconcile)))
	require.Equal(t, []string{"backup pumps reconciliation", "robot doors reconciliation", "robot pumps reconciliation"}, held(b),
		"roles that did not change keep their holders")
}
