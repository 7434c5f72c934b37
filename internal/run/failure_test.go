package run_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/run"
	"provost/internal/testenv/enginetest"
)

// many puts people whose listing takes several pages.
func many(b *enginetest.Bench, n int) {
	b.T.Helper()
	for i := range n {
		b.Put("alpha", enginetest.Person, listed(fmt.Sprintf("p%04d", i), "Berg"))
	}
}

// A listing that breaks in the middle leaves nothing to compare: tried again, it starts over and nobody is listed twice or missing.
func TestListingThatBreaksInTheMiddleStartsOver(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.Source("alpha", func(s *account.System) { s.Guard.MaxInserts = -1 })
	many(b, 1200)
	b.Systems["alpha"].CutListingAfter(1)
	r := b.Start(s, run.Load)
	_, err := b.Runs.Export(t.Context(), r.ID, func(int64) {})
	require.Equal(t, connector.ClassUnavailable, connector.ClassOf(err))
	require.Equal(t, 500, b.Count("select count(*) from run_objects where run_id = $1", r.ID))
	require.Equal(t, []string{"running export"}, b.Texts("select status || ' ' || phase from runs where id = $1", r.ID))

	b.Systems["alpha"].CutListingAfter(0)
	require.False(t, b.Prepare(r.ID).Blocked)
	b.Finish(r.ID)
	require.Equal(t, 1200, b.Count("select count(*) from users where source_system_id = $1", s.ID))
	require.Equal(t, []string{"1200"}, b.Texts("select counters->>'applied' from runs where id = $1", r.ID))
}

func TestRunWhoseListingFailsRemovesNobody(t *testing.T) {
	t.Parallel()
	b, s := loaded(t)
	many(b, 600)
	b.Systems["alpha"].CutListingAfter(1)
	r := b.Start(s, run.Load)
	_, err := b.Runs.Export(t.Context(), r.ID, func(int64) {})
	require.Error(t, err)
	require.NoError(t, b.Runs.Finish(t.Context(), r.ID, run.Failed, "The system went away."))
	require.Zero(t, b.Count("select count(*) from run_objects"))
	require.Equal(t, 3, b.Count("select count(*) from users where source_system_id = $1 and active", s.ID))
	b.Systems["alpha"].CutListingAfter(0)
	b.Run(s, run.Load)
	require.Equal(t, 603, b.Count("select count(*) from users where source_system_id = $1 and active", s.ID))
}

func TestCancelledExportAndComparisonLeaveNothing(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := organisation(b, "alpha")
	units{"company": "", "works": "company"}.put(b, "alpha")
	b.Put("alpha", enginetest.Person, member("anna", "company", "works"))
	r := b.Start(s, run.Load)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := b.Runs.Export(ctx, r.ID, func(int64) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
	b.Prepare(r.ID)
	ended, stop := context.WithCancel(t.Context())
	stop()
	_, err = b.Runs.Compare(ended, r.ID, func(int64) {})
	require.Error(t, err)
	_, _, err = b.Runs.ApplyNext(ended, r.ID, 0)
	require.Error(t, err)
	require.NoError(t, b.Runs.Finish(t.Context(), r.ID, run.Cancelled, ""))
	require.Zero(t, b.Count("select count(*) from run_objects"))
	require.Zero(t, b.Count("select count(*) from run_links"))
	require.Zero(t, b.Count("select count(*) from groups where name = 'company'"))
	require.Len(t, b.Changes(b.Run(s, run.Load)), 4)
}

// The parts of a run are of one type each; a crash after any of them repeats and loses nothing, whatever it is about.
func TestCrashBetweenPartsOfDifferentTypes(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", teams(false))
	b.Put("alpha", enginetest.Person, seen("robot", "Robot"))
	b.Put("alpha", team, crew("pumps", "robot"))
	r := b.Start(s, run.Reconcile)
	require.False(t, b.Prepare(r.ID).Blocked)
	var places []int64
	for after, done := int64(0), false; !done; {
		var err error
		before := after
		after, done, err = b.Runs.ApplyNext(t.Context(), r.ID, before)
		require.NoError(t, err)
		places = append(places, after)
		_, _, err = b.Runs.ApplyNext(t.Context(), r.ID, before) // the answer was lost
		require.NoError(t, err)
	}
	require.Equal(t, int64(-1), places[len(places)-1], "sent on to the end")
	require.NoError(t, b.Runs.Finish(t.Context(), r.ID, run.Completed, ""))
	require.Equal(t, []string{"robot pumps reconciliation"}, held(b))
	require.Equal(t, 1, b.Count("select count(*) from audit_entries where object_type = 'roleAccount' and action = 'create' and origin = 'reconciliation'"))
	require.Equal(t, []string{"4"}, b.Texts("select counters->>'applied' from runs where id = $1", r.ID))
}

// A blocked load of groups and people is judged type by type, compared again when it is resumed, and then written whole.
func TestBlockedLoadOfGroupsResumes(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := organisation(b, "alpha", func(s *account.System) { s.Guard.MaxInserts = 2 })
	units{"a": "", "b": "", "c": ""}.put(b, "alpha")
	b.Put("alpha", enginetest.Person, member("anna", "a", "b"))
	r := b.Start(s, run.Load)
	verdict := b.Prepare(r.ID)
	require.Equal(t, []string{"3 groups would be created; the limit is 2."}, verdict.Reasons)
	require.NoError(t, b.Runs.Block(t.Context(), r.ID))
	require.Zero(t, b.Count("select count(*) from groups where source_system_id is not null"))
	require.NoError(t, b.Runs.Resume(b.Ctx, r.ID))
	again, err := b.Runs.Compare(t.Context(), r.ID, func(int64) {})
	require.NoError(t, err)
	require.Equal(t, verdict, again)
	b.Finish(r.ID)
	require.Equal(t, []string{"anna in b"}, belongs(b))

	refused := b.Start(s, run.Load)
	require.NoError(t, b.Runs.Cancel(b.Ctx, refused.ID))
	require.Equal(t, fault.Conflict, fault.CodeOf(b.Runs.Resume(b.Ctx, refused.ID)), "it is not blocked")
}

// What somebody changed between the comparison and the write is not overwritten blindly: the edit starts from what is there.
func TestGroupRemovedInTheMeantimeIsSkipped(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := organisation(b, "alpha")
	units{"a": "", "b": ""}.put(b, "alpha")
	b.Put("alpha", enginetest.Person, member("anna", "a"))
	b.Run(s, run.Load)
	b.Put("alpha", unit, connector.Attributes{"name": "b", "text": "changed"})
	r := b.Start(s, run.Load)
	b.Prepare(r.ID)
	require.NoError(t, b.Groups.Delete(b.Ctx, group(b, "b").ID, 0))
	b.Finish(r.ID)
	require.Equal(t, []string{"update b skipped"}, b.Changes(r.ID))
	require.Equal(t, []string{"The group was removed in the meantime."}, b.Texts("select message from run_changes where run_id = $1", r.ID))
}
