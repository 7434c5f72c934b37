package monitor_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/monitor"
	"provost/internal/query"
	"provost/internal/synctask"
)

func TestMatrixIsTasksByAgents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	badges, doors := b.file("Badges", header), b.file("Doors", header)
	disabled := b.file("Archive", header)
	b.exec("update systems set server = '' where id = $1", disabled.ID)
	b.user("anna")
	b.user("bert")
	open := b.open()
	b.part(open["anna"], badges, synctask.Part{Status: synctask.Failed, Message: "The card printer is on fire."})
	b.part(open["bert"], doors, synctask.Part{Status: synctask.Waiting, Message: "The agent is paused."})
	b.exec("update sync_parts set error_class = 'data', attempts = 3, last_run = now() where status = 'failed'")

	m, err := b.Matrix(b.admin, query.List{})
	require.NoError(t, err)
	require.Equal(t, 2, m.Total)
	require.Equal(t, []string{"Badges", "Doors"}, systemsOf(m.Agents), "an agent without a server is no column")
	require.Equal(t, "bert", m.Tasks[0].ObjectName, "newest first")
	cell := m.Tasks[1].Parts[0]
	require.Equal(t, []any{"Badges", "failed", "data", "The card printer is on fire.", 3}, []any{cell.System, cell.Status, cell.ErrorClass, cell.Message, cell.Attempts})
	recently(t, cell.LastRun)
	require.Equal(t, 3, m.Tasks[1].Attempts)
	require.Equal(t, []string{"Badges"}, m.Tasks[1].Systems)

	b.exec("update sync_tasks set status = 'done' where object_name = 'bert'")
	m, err = b.Matrix(b.admin, query.List{})
	require.NoError(t, err)
	require.Len(t, m.Tasks, 1, "what is done is not shown unless somebody asks for it")
	m, err = b.Matrix(b.admin, query.List{Filter: `status eq "done"`})
	require.NoError(t, err)
	require.Equal(t, "bert", m.Tasks[0].ObjectName)
	_, err = b.Matrix(b.admin, query.List{Filter: "status is done"})
	refused(t, err, fault.Invalid)
}

func systemsOf(states []monitor.AgentState) []string {
	out := []string{}
	for i := range states {
		out = append(out, states[i].System)
	}
	return out
}

func TestATaskTellsItsErrorAndItsParts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	badges, doors := b.file("Badges", header), b.file("Doors", header)
	anna := b.user("anna")
	task := b.open()["anna"]
	fresh, err := b.GetTask(b.admin, task.ID)
	require.NoError(t, err)
	require.Empty(t, fresh.Parts, "not planned yet")
	require.NotNil(t, fresh.Parts, "a list, not nothing")
	require.Equal(t, anna.ID, fresh.ObjectID)
	require.True(t, fresh.Open())

	b.exec(`insert into sync_parts (task_id, system_id, status, message, last_run, next_run) values
		($1, $2, 'failed', 'the older error', now() - interval '1 hour', null), ($1, $3, 'pending', 'the newer error', now(), now() + interval '1 hour')`,
		task.ID, badges.ID, doors.ID)
	found, err := b.GetTask(b.admin, task.ID)
	require.NoError(t, err)
	require.Equal(t, "the newer error", found.LastError)
	require.Equal(t, []string{"Badges", "Doors"}, found.Systems)
	require.NotNil(t, found.NextRun, "when the pending part is tried again")
	_, err = b.GetTask(b.admin, uuid.New())
	refused(t, err, fault.NotFound, "no such synchronisation task")
}

func TestHeldTasksAreToldBySource(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", header)
	b.engine("auto", 25)
	small, large := b.crowd("small", 27), b.crowd("large", 28)
	b.user("harry")
	ofRun, err := b.StartRun(b.admin, system.ID, "reconcile", runOptions)
	require.NoError(t, err)
	b.exec("update sync_tasks set source_id = $1, source = 'reconciliation', object_type = 'account' where object_name = 'small-01'", ofRun.ID)

	held, err := b.Held(b.admin)
	require.NoError(t, err)
	require.Len(t, held, 3)
	require.Equal(t, large, held[0].SourceID, "the largest first")
	require.EqualValues(t, 28, held[0].Tasks)
	require.Equal(t, map[string]int64{"user": 28}, held[0].Types)
	require.Equal(t, small, held[1].SourceID)
	require.Equal(t, "rule", held[1].Source)
	require.Zero(t, held[1].Run)
	require.Equal(t, []any{ofRun.Number, "reconcile", "Badges", map[string]int64{"account": 1}}, []any{held[2].Run, held[2].RunKind, held[2].System, held[2].Types})
	require.False(t, held[1].LastAt.Before(held[1].FirstAt))
}

// Every action on every state: which state it leaves, whether the workflow hears of it, or the sentence that refuses it.
func TestActionsByState(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.file("Badges", header)
	b.user("anna")
	task := b.open()["anna"]
	for _, test := range []struct {
		action, from, to string // to empty: refused
		told             bool
	}{
		{"release", "held", "pending", true},
		{"release", "failed", "pending", true},
		{"release", "waiting", "pending", true},
		{"release", "pending", "", false},
		{"release", "done", "", false},
		{"release", "cancelled", "", false},
		{"cancel", "held", "cancelled", false},
		{"cancel", "failed", "cancelled", false},
		{"cancel", "waiting", "cancelled", false},
		{"cancel", "pending", "cancelled", false},
		{"cancel", "done", "", false},
		{"cancel", "cancelled", "", false},
		{"prioritise", "pending", "pending", true},
		{"prioritise", "failed", "pending", true},
		{"prioritise", "waiting", "waiting", true},
		{"prioritise", "held", "", false},
		{"prioritise", "done", "", false},
		{"prioritise", "cancelled", "", false},
	} {
		name := test.action + " " + test.from
		b.exec("update sync_tasks set status = $1, priority = 3, finished_at = null", test.from)
		b.exec("delete from audit_entries where object_type = 'syncTask'")
		b.sent()
		after, err := b.SteerOne(b.admin, test.action, task.ID)
		told := b.sent()
		if test.to == "" {
			refused(t, err, fault.Conflict, test.from)
			require.Empty(t, told, name)
			require.Empty(t, b.trail("syncTask"), name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, test.to, after.Status, name)
		require.Equal(t, test.told, len(told) == 1, "%s: %v", name, told)
		trail := b.trail("syncTask")
		require.Len(t, trail, 1, name)
		require.Contains(t, trail[0], test.action+" user anna", name)
		require.Contains(t, trail[0], `"status": "`+test.from+`"`, name)
		if test.action == "prioritise" {
			require.Equal(t, 1, after.Priority)
			require.Contains(t, trail[0], `"priority": 3`)
		}
	}
	_, err := b.SteerOne(b.admin, "explode", task.ID)
	refused(t, err, fault.Invalid, `no action "explode"`)
	_, err = b.SteerOne(b.admin, "cancel", uuid.New())
	refused(t, err, fault.NotFound)
}

func TestSelectionsOfTasks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.file("Badges", header)
	b.engine("auto", 25)
	first, second := b.crowd("first", 26), b.crowd("second", 27)
	b.user("emil")
	open := b.open()

	done, err := b.Steer(b.admin, monitor.ActionRelease, monitor.Selection{SourceID: &first})
	require.NoError(t, err)
	require.Equal(t, monitor.Steered{Count: 26}, done)
	require.Equal(t, synctask.Pending, b.open()["first-02"].Status)
	require.Equal(t, synctask.Held, b.open()["second-01"].Status)

	done, err = b.Steer(b.admin, monitor.ActionCancel, monitor.Selection{AllHeld: true})
	require.NoError(t, err)
	require.Equal(t, monitor.Steered{Count: 27}, done)
	require.Equal(t, synctask.Pending, b.open()["emil"].Status, "what is not held is left alone")
	require.NotContains(t, b.open(), "second-01")
	again, err := b.Steer(b.admin, monitor.ActionRelease, monitor.Selection{SourceID: &second})
	require.NoError(t, err)
	require.Zero(t, again, "there is nothing left to release")

	ids := []uuid.UUID{open["emil"].ID, open["second-01"].ID, uuid.New()}
	done, err = b.Steer(b.admin, monitor.ActionPrioritise, monitor.Selection{IDs: ids})
	require.NoError(t, err)
	require.Equal(t, monitor.Steered{Count: 1, Skipped: 2}, done, "a cancelled and an unknown one are counted")
	for _, sel := range []monitor.Selection{{}, {IDs: ids, AllHeld: true}, {AllHeld: true, SourceID: &first}} {
		_, err = b.Steer(b.admin, monitor.ActionCancel, sel)
		refused(t, err, fault.Invalid)
	}
	reader := b.holding(authz.SyncTaskQuery)
	_, err = b.Steer(reader, monitor.ActionCancel, monitor.Selection{IDs: ids[:1]})
	require.ErrorIs(t, err, authz.ErrDenied)
	require.Equal(t, synctask.Pending, b.open()["emil"].Status)
}

func TestTasksAreStreamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.file("Badges", header)
	b.crowd("sample", 3)
	var names []string
	each := func(task monitor.SyncTask) error {
		names = append(names, task.ObjectName)
		return nil
	}
	require.NoError(t, b.EachTask(b.admin, query.List{Sort: "objectName", Size: 1, Page: 2, Filter: `objectName ne "sample-02"`}, each))
	require.Equal(t, []string{"sample-01", "sample-03"}, names, "all that match, whatever the page")
}

func TestWhatIsPendingOfAPerson(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", header)
	anna := b.user("anna")
	b.user("bert")
	hers, shared := b.account(&anna, system), b.account(nil, system)
	for name, test := range map[string]struct {
		ask  func() ([]monitor.SyncTaskDetail, error)
		want []string
	}{
		"of the user":     {func() ([]monitor.SyncTaskDetail, error) { return b.PendingOfUser(b.admin, anna.ID) }, []string{"anna"}},
		"of the account":  {func() ([]monitor.SyncTaskDetail, error) { return b.PendingOfAccount(b.admin, hers.ID) }, []string{"anna"}},
		"of a shared one": {func() ([]monitor.SyncTaskDetail, error) { return b.PendingOfAccount(b.admin, shared.ID) }, []string{"shared"}},
	} {
		found, err := test.ask()
		require.NoError(t, err, name)
		names := []string{}
		for _, task := range found {
			names = append(names, task.ObjectName)
		}
		require.Equal(t, test.want, names, name)
	}
	b.exec("update sync_tasks set status = 'done'")
	found, err := b.PendingOfUser(b.admin, anna.ID)
	require.NoError(t, err)
	require.Empty(t, found)
}
