package enginetest

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/mapping"
	"provost/internal/run"
)

// Source makes an authoritative source with the connector of its name: people with name, first, last, mail and active.
func (b *Bench) Source(name string, change ...func(*account.System)) account.System {
	b.T.Helper()
	people := func(s *account.System) {
		s.Authoritative, s.FullReconciliation, s.ReadOnly = true, true, true
		s.Mappings = []mapping.ObjectMapping{{
			SystemObject: Person, ObjectType: mapping.TypeUser, Properties: map[string]string{"key": "name"},
			Rows: []mapping.Row{
				{System: "name", Direction: mapping.DirectionIn, Provost: "userName"},
				{System: "first", Direction: mapping.DirectionIn, Provost: "firstName"},
				{System: "last", Direction: mapping.DirectionIn, Provost: "lastName"},
				{System: "active", Direction: mapping.DirectionIn, Provost: "active"},
			},
		}}
	}
	return b.System(name, append([]func(*account.System){people}, change...)...)
}

// Start queues a run, as a person does.
func (b *Bench) Start(s account.System, kind string, options ...run.Options) run.Run {
	b.T.Helper()
	var o run.Options
	if len(options) > 0 {
		o = options[0]
	}
	r, err := b.Runs.Start(b.Ctx, s.ID, kind, o)
	require.NoError(b.T, err)
	return r
}

// Prepare lists and compares.
func (b *Bench) Prepare(id uuid.UUID) run.Verdict {
	b.T.Helper()
	_, err := b.Runs.Export(b.T.Context(), id, func(int64) {})
	require.NoError(b.T, err)
	verdict, err := b.Runs.Compare(b.T.Context(), id, func(int64) {})
	require.NoError(b.T, err)
	return verdict
}

// Finish applies the change list and ends the run.
func (b *Bench) Finish(id uuid.UUID) {
	b.T.Helper()
	for after, done := int64(0), false; !done; {
		var err error
		after, done, err = b.Runs.ApplyNext(b.T.Context(), id, after)
		require.NoError(b.T, err)
	}
	require.NoError(b.T, b.Runs.Finish(b.T.Context(), id, run.Completed, ""))
}

// Run does a whole run that the guard lets pass.
func (b *Bench) Run(s account.System, kind string, options ...run.Options) uuid.UUID {
	b.T.Helper()
	r := b.Start(s, kind, options...)
	verdict := b.Prepare(r.ID)
	require.False(b.T, verdict.Blocked, "%v", verdict.Reasons)
	if kind == run.Impact || kind == run.ImpactIn {
		require.NoError(b.T, b.Runs.Finish(b.T.Context(), r.ID, run.Completed, ""))
		return r.ID
	}
	b.Finish(r.ID)
	return r.ID
}

// Changes gives the change list of a run as "action key status".
func (b *Bench) Changes(id uuid.UUID) []string {
	b.T.Helper()
	return b.Texts("select action || ' ' || object_key || ' ' || status from run_changes where run_id = $1 order by object_key, seq", id)
}
