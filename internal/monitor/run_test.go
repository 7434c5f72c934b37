package monitor_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/monitor"
	"provost/internal/query"
	"provost/internal/run"
)

func TestWhatARunAsksFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	source := b.file("Source", header, func(s *account.System) { s.Authoritative = true })
	target := b.file("Target", header)
	idle := b.file("Idle", header)
	mirror := b.file("Mirror", header, func(s *account.System) { s.ReadOnly = true })
	b.exec("update systems set server = '' where id = $1", idle.ID)
	for _, test := range []struct {
		system uuid.UUID
		kind   string
		code   fault.Code
		words  string
	}{
		{target.ID, run.Load, fault.Conflict, "Target is not an authoritative identity source"},
		{idle.ID, run.Reconcile, fault.Conflict, "Idle has no server"},
		{mirror.ID, run.Provision, fault.Conflict, "Mirror is read-only"},
		{target.ID, "explode", fault.Invalid, `no run of kind "explode"`},
		{uuid.New(), run.Reconcile, fault.NotFound, "no such"},
	} {
		_, err := b.StartRun(b.admin, test.system, test.kind, runOptions)
		refused(t, err, test.code, test.words)
	}
	require.Empty(t, b.trail("run"), "what is refused leaves no trace")
	require.Empty(t, b.sent())

	started, err := b.StartRun(b.admin, source.ID, run.ImpactIn, runOptions)
	require.NoError(t, err)
	require.Equal(t, []any{run.Queued, "Source", "admin", run.Load}, []any{started.Status, started.System, started.Author, started.Options.Of},
		"the preview of a source is that of its load")
	require.Equal(t, []string{"run.start run/" + started.ID.String()}, b.sent())
	require.Len(t, b.trail("run"), 1)
	require.Contains(t, b.trail("run")[0], fmt.Sprintf(`"number": %d`, started.Number))
	_, err = b.StartRun(b.admin, source.ID, run.Load, runOptions)
	refused(t, err, fault.Conflict)

	for kind, permission := range map[string]authz.Permission{
		run.Load: authz.SystemLoad, run.Reconcile: authz.SystemReconcile, run.Impact: authz.SystemReconcile, run.ImpactIn: authz.SystemReconcile,
		run.Provision: authz.SystemProvision,
	} {
		_, err := b.StartRun(b.holding(without(permission)...), target.ID, kind, runOptions)
		var denied *authz.DeniedError
		require.ErrorAs(t, err, &denied, kind)
		require.Equal(t, permission, denied.Permission, kind)
	}
}

// blocked is a reconciliation that its guard stopped, with a change list of three.
func (b *bench) blocked() uuid.UUID {
	b.t.Helper()
	started, err := b.StartRun(b.admin, b.file("Badges", header).ID, run.Reconcile, runOptions)
	require.NoError(b.t, err)
	runs, ctx := b.tenant.Runs(), b.t.Context()
	require.NoError(b.t, runs.AddChanges(ctx, started.ID, []run.Change{
		{Seq: 1, ObjectType: "account", ObjectKey: "anna", Action: run.Create, Status: "proposed"},
		{
			Seq: 2, ObjectType: "account", ObjectKey: "bert", Action: run.Update, Status: "proposed",
			Changes: []mapping.Change{{Attribute: "mail", Before: "a", After: "b"}},
		},
		{Seq: 3, ObjectType: "account", ObjectKey: "carla", Action: run.Reject, Status: "skipped", Message: "The line has no login."},
	}))
	require.NoError(b.t, runs.Log(ctx, started.ID, "info", "exported 3 objects"))
	require.NoError(b.t, runs.Log(ctx, started.ID, "warn", "the guard stopped the run"))
	require.NoError(b.t, runs.Judged(ctx, started.ID, run.Verdict{Blocked: true, Reasons: []string{"Too many new accounts."}, Total: 2}))
	require.NoError(b.t, runs.Advance(ctx, started.ID, run.Blocked, run.PhaseGuard, map[string]int64{"listed": 3}))
	b.sent()
	return started.ID
}

func TestARunWithItsChangesAndItsLog(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.blocked()
	found, err := b.GetRun(b.admin, id)
	require.NoError(t, err)
	require.Equal(t, []any{run.Blocked, run.PhaseGuard, int64(3), "Too many new accounts."},
		[]any{found.Status, found.Phase, found.Counters["listed"], found.Guard.Reasons[0]})
	require.ElementsMatch(t, []monitor.RunChangeCount{
		{ObjectType: "account", Action: run.Create, Status: "proposed", Changes: 1},
		{ObjectType: "account", Action: run.Update, Status: "proposed", Changes: 1},
		{ObjectType: "account", Action: run.Reject, Status: "skipped", Changes: 1},
	}, found.Changes)

	page, err := b.ListRunChanges(b.admin, id, query.List{Size: 2})
	require.NoError(t, err)
	require.Equal(t, 3, page.Total)
	require.Equal(t, []string{"anna", "bert"}, []string{page.Items[0].ObjectKey, page.Items[1].ObjectKey}, "in the order of the run")
	require.Equal(t, []mapping.Change{{Attribute: "mail", Before: "a", After: "b"}}, page.Items[1].Changes)
	var keys []string
	require.NoError(t, b.EachRunChange(b.admin, id, query.List{Filter: `status eq "skipped"`}, func(c monitor.RunChange) error {
		keys = append(keys, c.ObjectKey+": "+c.Message)
		return nil
	}))
	require.Equal(t, []string{"carla: The line has no login."}, keys)

	log, err := b.RunLog(b.admin, id, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"exported 3 objects", "the guard stopped the run"}, []string{log[0].Message, log[1].Message})
	later, err := b.RunLog(b.admin, id, log[0].ID)
	require.NoError(t, err)
	require.Equal(t, log[1:], later)

	runs, err := b.ListRuns(b.admin, query.List{Filter: `system eq "badges" and status eq "blocked"`})
	require.NoError(t, err)
	require.Equal(t, id, runs.Items[0].ID)
	count := 0
	require.NoError(t, b.EachRun(b.admin, query.List{}, func(monitor.Run) error { count++; return nil }))
	require.Equal(t, 1, count)
	for name, ask := range map[string]func(uuid.UUID) error{
		"run":     func(id uuid.UUID) error { _, err := b.GetRun(b.admin, id); return err },
		"changes": func(id uuid.UUID) error { _, err := b.ListRunChanges(b.admin, id, query.List{}); return err },
		"stream":  func(id uuid.UUID) error { return b.EachRunChange(b.admin, id, query.List{}, skip[monitor.RunChange]) },
		"log":     func(id uuid.UUID) error { _, err := b.RunLog(b.admin, id, 0); return err },
	} {
		require.NoError(t, ask(id), name)
		refused(t, ask(uuid.New()), fault.NotFound, "no such run")
	}
}

func TestTheLogOfARunComesInPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.blocked()
	b.exec("insert into run_log (run_id, level, message) select $1, 'info', 'line ' || n from generate_series(1, 600) n", id)
	var all int
	var after int64
	for {
		page, err := b.RunLog(b.admin, id, after)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		require.LessOrEqual(t, len(page), 500)
		all += len(page)
		after = page[len(page)-1].ID
	}
	require.Equal(t, 602, all)
}

func TestDecisionsAboutRuns(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status, action string
		refusal        string // empty: it is done
	}{
		{run.Blocked, "resume", ""},
		{run.Blocked, "cancel", ""},
		{run.Queued, "cancel", ""},
		{run.Running, "cancel", ""},
		{run.Running, "resume", "is not blocked"},
		{run.Queued, "resume", "is not blocked"},
		{run.Completed, "cancel", "has ended already"},
		{run.Failed, "resume", "has ended already"},
		{run.Cancelled, "cancel", "has ended already"},
	} {
		t.Run(test.action+" "+test.status, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			id := b.blocked()
			b.exec("update runs set status = $1", test.status)
			b.exec("delete from audit_entries where object_type = 'run'")
			decide := map[string]func() (monitor.Run, error){
				"resume": func() (monitor.Run, error) { return b.ResumeRun(b.admin, id) },
				"cancel": func() (monitor.Run, error) { return b.CancelRun(b.admin, id) },
			}[test.action]
			decided, err := decide()
			if test.refusal != "" {
				refused(t, err, fault.Conflict, test.refusal)
				require.Empty(t, b.sent())
				require.Empty(t, b.trail("run"))
				return
			}
			require.NoError(t, err)
			require.Equal(t, "admin", decided.ReviewedBy)
			require.Equal(t, []string{"run.signal run/" + id.String()}, b.sent(), "the workflow decides what follows")
			require.Len(t, b.trail("run"), 1)
			require.Contains(t, b.trail("run")[0], test.action+" reconcile Badges")
		})
	}
}
