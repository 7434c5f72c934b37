package monitor_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/monitor"
	"provost/internal/synctask"
)

// synchronise asks for an object by the kind of its page.
func (b *bench) synchronise(kind string, id uuid.UUID, priority int) ([]monitor.SyncTaskDetail, error) {
	do := map[string]func(context.Context, uuid.UUID, int) ([]monitor.SyncTaskDetail, error){
		"user": b.SynchroniseUser, "account": b.SynchroniseAccount, "group": b.SynchroniseGroup, "role": b.SynchroniseRole,
	}
	return do[kind](b.admin, id, priority)
}

// everyType maps users, groups and roles outwards.
func everyType(s *account.System) {
	for _, kind := range []mapping.ObjectType{mapping.TypeGroup, mapping.TypeRole} {
		s.Mappings = append(s.Mappings, mapping.ObjectMapping{SystemObject: string(kind), ObjectType: kind, Rows: []mapping.Row{
			{System: "login", Direction: mapping.DirectionOut, Provost: "name"},
		}})
	}
}

func TestSynchroniseNowInEveryModeButReadOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", header, everyType)
	anna := b.user("anna")
	objects := map[string]uuid.UUID{
		"user": anna.ID, "account": b.account(nil, system).ID, "group": b.group("team").ID, "role": b.role("keeper", system).ID,
	}
	for _, mode := range []string{"manual", "auto"} {
		b.engine(mode, 1)
		b.exec("delete from sync_tasks")
		for kind, id := range objects {
			tasks, err := b.synchronise(kind, id, 0)
			require.NoError(t, err, "%s in mode %s", kind, mode)
			require.Len(t, tasks, 1, kind)
			require.Equal(t, []any{kind, synctask.Pending, monitor.DefaultPriority, "interactive", "admin"},
				[]any{tasks[0].ObjectType, tasks[0].Status, tasks[0].Priority, tasks[0].Lane, tasks[0].Author}, "asked one by one, no limit holds it")
		}
	}
	require.Contains(t, b.trail("user")[len(b.trail("user"))-1], `synchronise anna  -> {"priority": 2}`)
	b.engine("readonly", 1)
	b.exec("delete from sync_tasks")
	for kind, id := range objects {
		_, err := b.synchronise(kind, id, 0)
		refused(t, err, fault.Conflict, "read only", "smart engine settings")
	}
	require.Empty(t, b.open(), "nothing half done")
}

func TestPrioritiesOfSynchroniseNow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.file("Badges", header)
	anna := b.user("anna")
	for priority, want := range map[int]int{1: 1, 2: 2, 3: 3, 0: monitor.DefaultPriority} {
		b.exec("delete from sync_tasks")
		tasks, err := b.SynchroniseUser(b.admin, anna.ID, priority)
		require.NoError(t, err)
		require.Equal(t, want, tasks[0].Priority)
	}
	for _, wrong := range []int{-1, 4, 99} {
		_, err := b.SynchroniseUser(b.admin, anna.ID, wrong)
		refused(t, err, fault.Invalid, "The priority is 1, 2 or 3")
	}
}

func TestWhatFailedIsTriedAsIfForTheFirstTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", header)
	anna := b.user("anna")
	hers := b.account(&anna, system)
	b.part(b.open()["anna"], system, synctask.Part{Status: synctask.Failed, Message: "No such badge."})
	b.exec("update sync_parts set attempts = 8")
	b.exec("update sync_tasks set status = 'failed'")
	b.exec(`insert into target_states (system_id, object_type, object_id, class, desired, desired_version, applied_version)
		values ($1, 'account', $2, 'user:person', '{}', 5, 5)`, system.ID, hers.ID)

	for _, ask := range []func() ([]monitor.SyncTaskDetail, error){
		func() ([]monitor.SyncTaskDetail, error) { return b.SynchroniseUser(b.admin, anna.ID, 0) },
		func() ([]monitor.SyncTaskDetail, error) { return b.SynchroniseAccount(b.admin, hers.ID, 0) },
	} {
		b.exec("update target_states set applied_version = desired_version")
		tasks, err := ask()
		require.NoError(t, err)
		require.Equal(t, "anna", tasks[0].ObjectName, "an account of a single user travels with the user")
		require.Zero(t, tasks[0].Parts[0].Attempts)
		require.Equal(t, []string{"t"}, b.texts("select case when applied_version is distinct from desired_version then 't' else 'f' end from target_states"),
			"what was applied counts no more: it is compared again")
	}
}

func TestWhereNothingWouldHappenItIsSaid(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna, team := b.user("anna"), b.group("team")
	_, err := b.SynchroniseUser(b.admin, anna.ID, 0)
	refused(t, err, fault.Conflict, "No agent takes users")
	_, err = b.SynchroniseGroup(b.admin, team.ID, 0)
	refused(t, err, fault.Conflict, "No agent takes groups")

	mirror := b.file("Mirror", header, everyType, func(s *account.System) { s.ReadOnly = true })
	_, err = b.SynchroniseRole(b.admin, b.role("keeper", mirror).ID, 0)
	refused(t, err, fault.Conflict, "keeper", "takes no roles")
	_, err = b.SynchroniseAccount(b.admin, b.account(nil, mirror).ID, 0)
	refused(t, err, fault.Conflict, "takes no accounts")

	badges := b.file("Badges", header)
	stray := b.account(nil, badges, func(a *account.Account) { a.Type = account.Unmanaged })
	_, err = b.SynchroniseAccount(b.admin, stray.ID, 0)
	refused(t, err, fault.Conflict, "is unmanaged")
	guest, err := b.own.UserTypes.Create(b.admin, identity.UserType{Name: "G", Description: "Guest"})
	require.NoError(t, err)
	b.exec("update user_types set managed = false where id = $1", guest.ID)
	b.exec("update users set user_type_id = $1 where id = $2", guest.ID, anna.ID)
	_, err = b.SynchroniseUser(b.admin, anna.ID, 0)
	refused(t, err, fault.Conflict, "type G are not managed")
	for _, kind := range []string{"user", "account", "group", "role"} {
		_, err = b.synchronise(kind, uuid.New(), 0)
		refused(t, err, fault.NotFound)
	}
	require.Empty(t, b.texts("select action from audit_entries where action = 'synchronise'"))
}

func TestEngineSettingsSayWhatTheyMayBe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.exec("delete from parameters where name like 'soffid.task.%'")
	fresh, err := b.EngineSettings(b.admin)
	require.NoError(t, err)
	require.Equal(t, monitor.Engine{Mode: "readonly", TaskLimit: 100, Language: "javascript"}, fresh.Engine, "an installation that says nothing sends nothing")
	require.Len(t, fresh.Modes, 3)
	require.Len(t, fresh.Languages, 3)

	wanted := monitor.Engine{Mode: "manual", TaskLimit: 7, Language: "autodetect"}
	set, err := b.SetEngine(b.admin, wanted)
	require.NoError(t, err)
	require.Equal(t, wanted, set.Engine)
	count := len(b.trail("parameter"))
	_, err = b.SetEngine(b.admin, wanted)
	require.NoError(t, err)
	require.Len(t, b.trail("parameter"), count, "what changes nothing leaves no trace")
	for field, wrong := range map[string]monitor.Engine{
		"wild":  {Mode: "wild", TaskLimit: 8, Language: "javascript"},
		"cobol": {Mode: "auto", TaskLimit: 8, Language: "cobol"},
		"limit": {Mode: "auto", TaskLimit: 0, Language: "javascript"},
	} {
		_, err = b.SetEngine(b.admin, wrong)
		require.Error(t, err, field)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), "%s: %v", field, err)
		kept, err := b.EngineSettings(b.admin)
		require.NoError(t, err)
		require.Equal(t, wanted, kept.Engine, "%s: nothing half applied", field)
	}
}
