package synctask_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/identity"
	"provost/internal/parameter"
	"provost/internal/store"
	"provost/internal/testenv/enginetest"
)

func names(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%03d", prefix, i)
	}
	return out
}

// The modes of the engine (guide page 044): read only sends nothing, manual only what somebody asked for, automatic every change.
func TestEngineModeSaysWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		mode   string
		origin change.Origin
		sent   bool
	}{
		{"read only, change", parameter.ModeReadOnly, change.Origin{Kind: change.Person}, false},
		{"read only, synchronise now", parameter.ModeReadOnly, change.Origin{Kind: change.Person, Forced: true}, false},
		{"manual, change", parameter.ModeManual, change.Origin{Kind: change.Person}, false},
		{"manual, synchronise now", parameter.ModeManual, change.Origin{Kind: change.Person, Forced: true}, true},
		{"automatic, change", parameter.ModeAuto, change.Origin{Kind: change.Person}, true},
		{"automatic, source that does not propagate", parameter.ModeAuto, change.Origin{Kind: change.Load, Silent: true}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			b.System("alpha")
			b.Mode(c.mode)
			b.UsersAs(b.As(c.origin), "anna")
			b.Settle()
			want := []string{}
			if c.sent {
				want = []string{"anna"}
			}
			require.Equal(t, want, b.Keys("alpha", enginetest.Person))
			require.Empty(t, b.Open())
		})
	}
}

func TestTasksOverTheLimitAreHeld(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.Set(parameter.TaskLimit, "30")

	source := change.Origin{Kind: change.Import, ID: uuid.New()}
	b.UsersAs(b.As(source), names("a", 30)...)
	b.Settle()
	require.Len(t, b.Keys("alpha", enginetest.Person), 30, "as many as the limit are sent")

	b.UsersAs(b.As(change.Origin{Kind: change.Import}), names("b", 31)...)
	b.Settle()
	require.Len(t, b.Keys("alpha", enginetest.Person), 30)
	require.Equal(t, 31, b.Count("select count(*) from sync_tasks where status = 'held'"))
	require.Zero(t, b.Count("select count(*) from outbox"), "what is held wakes nobody")

	b.UsersAs(b.As(change.Origin{Kind: change.Load, Released: true}), names("c", 31)...)
	b.Settle()
	require.Len(t, b.Keys("alpha", enginetest.Person), 61, "a run that passed its guard counts as released")
}

// A source that works in several transactions is held as a whole once it is over the limit.
func TestLimitCountsTheWholeSource(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.Set(parameter.TaskLimit, "30")
	source := b.As(change.Origin{Kind: change.Rule})
	b.UsersAs(source, names("a", 20)...)
	b.UsersAs(source, names("b", 20)...)
	require.Equal(t, 40, b.Count("select count(*) from sync_tasks where status = 'held'"), "the first twenty, not yet done, are held too")
	b.Settle()
	require.Empty(t, b.Keys("alpha", enginetest.Person), "what was on its way finds nothing to do")
}

func TestHeldTasksAreReleasedOrCancelled(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.Set(parameter.TaskLimit, "1")
	b.UsersAs(b.Ctx, names("a", 25)...)
	require.Equal(t, 25, b.Count("select count(*) from sync_tasks where status = 'held'"))

	one := uuid.MustParse(b.Texts("select id::text from sync_tasks where object_name = 'a003'")[0])
	count, err := b.Tenant.Release(b.Ctx, []uuid.UUID{one}, false)
	require.NoError(t, err)
	require.Equal(t, 1, count)
	b.Settle()
	require.Equal(t, []string{"a003"}, b.Keys("alpha", enginetest.Person))

	other := uuid.MustParse(b.Texts("select id::text from sync_tasks where object_name = 'a004'")[0])
	count, err = b.Tenant.Cancel(b.Ctx, []uuid.UUID{other}, false)
	require.NoError(t, err)
	require.Equal(t, 1, count)

	count, err = b.Tenant.Release(b.Ctx, nil, true)
	require.NoError(t, err)
	require.Equal(t, 23, count)
	b.Settle()
	require.Len(t, b.Keys("alpha", enginetest.Person), 24, "all but the cancelled one")
	require.NotContains(t, b.Keys("alpha", enginetest.Person), "a004")
	require.Empty(t, b.Open())
}

func TestHeldTaskStaysHeldWhenItsObjectChangesAgain(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.Set(parameter.TaskLimit, "1")
	b.UsersAs(b.Ctx, names("a", 25)...)
	id := uuid.MustParse(b.Texts("select id::text from users where user_name = 'a007'")[0])
	b.Edit(identity.User{Meta: metaOf(id)}, func(u *identity.User) { u.LastName = "Changed" })
	b.Settle()
	require.Equal(t, []string{"held"}, b.Texts("select status from sync_tasks where object_name = 'a007'"))
	require.Empty(t, b.Keys("alpha", enginetest.Person))
}

// One open task per object: changes while it is open raise its generation, and what is pushed is the last state.
func TestChangesCoalesce(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	u := b.User("anna")
	before := b.Count("select generation from sync_tasks")
	for _, name := range []string{"One", "Two", "Three"} {
		u = b.Edit(u, func(u *identity.User) { u.LastName = name })
	}
	require.Equal(t, 1, b.Count("select count(*) from sync_tasks"))
	require.Greater(t, b.Count("select generation from sync_tasks"), before)
	b.Settle()
	require.Equal(t, "Sample Three", value(b.Objects("alpha", enginetest.Person)["anna"], "full"))
	require.Equal(t, 1, b.Systems["alpha"].Calls("create"))
	require.Zero(t, b.Systems["alpha"].Calls("update"), "only the last state is written")

	b.Edit(u, func(u *identity.User) { u.LastName = "Four" })
	require.Equal(t, 2, b.Count("select count(*) from sync_tasks"), "a change after the end is a new task")
}

func TestChangeDuringApplyIsNotLost(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	u := b.User("anna")
	plan, err := b.Sync.PlanObject(t.Context(), change.User, u.ID)
	require.NoError(t, err)
	b.Edit(u, func(u *identity.User) { u.LastName = "Meanwhile" })
	progress := b.Carry(plan, budgetless)
	require.True(t, progress.Again, "the task changed since it was planned")
	require.Equal(t, []string{"user anna pending"}, b.Open(), "a plan that is older than the task does not close it")
	b.Object(change.User, u.ID)
	require.Equal(t, "Sample Meanwhile", value(b.Objects("alpha", enginetest.Person)["anna"], "full"))
	require.Empty(t, b.Open())
}

func TestLaneByNumberOfTasks(t *testing.T) {
	t.Parallel()
	for count, lane := range map[int]string{store.BulkThreshold: "interactive", store.BulkThreshold + 1: "bulk"} {
		t.Run(lane, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			b.System("alpha")
			b.UsersAs(b.Ctx, names("a", count)...)
			require.Equal(t, []string{lane}, b.Texts("select distinct lane from sync_tasks"))
			rows := map[string]int{"interactive": count, "bulk": 1}
			require.Equal(t, rows[lane], b.Count("select count(*) from outbox"), "one wake-up per object, or one per batch")
			b.Settle()
			require.Len(t, b.Keys("alpha", enginetest.Person), count)
			require.Empty(t, b.Open())
		})
	}
}

func TestChangeOfAPersonTakesOverFromBulk(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	load := change.Origin{Kind: change.Load, ID: uuid.New(), Released: true}
	b.UsersAs(b.As(load), names("a", 40)...)
	id := uuid.MustParse(b.Texts("select id::text from users where user_name = 'a007'")[0])
	b.Edit(identity.User{Meta: metaOf(id)}, func(u *identity.User) { u.LastName = "Urgent" })
	require.Equal(t, []string{"interactive"}, b.Texts("select lane from sync_tasks where object_name = 'a007'"))
	require.Equal(t, []string{change.Person}, b.Texts("select source from sync_tasks where object_name = 'a007'"))

	b.Object(change.User, id)
	require.Equal(t, []string{"a007"}, b.Keys("alpha", enginetest.Person), "before the load, of which nothing is sent yet")
	b.Settle()
	require.Len(t, b.Keys("alpha", enginetest.Person), 40)
	require.Equal(t, 40, b.Systems["alpha"].Calls("create"), "once each")
}

func TestPrioritisedTaskLeavesItsBatch(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.UsersAs(b.Ctx, names("a", 30)...)
	task := uuid.MustParse(b.Texts("select id::text from sync_tasks where object_name = 'a029'")[0])
	moved, err := b.Tenant.Prioritise(b.Ctx, []uuid.UUID{task})
	require.NoError(t, err)
	require.Equal(t, 1, moved)
	require.Equal(t, []string{"interactive 1"}, b.Texts("select lane || ' ' || priority from sync_tasks where object_name = 'a029'"))
	require.Equal(t, 1, b.Count("select count(*) from outbox where kind = 'sync.object'"))
	b.Settle()
	require.Len(t, b.Keys("alpha", enginetest.Person), 30)
}

// Two tenants in one database know nothing of each other.
func TestTenantsAreApart(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.User("anna")
	other := b.Database.Tenant("other")
	rows, err := other.ClaimOutbox(t.Context(), 10)
	require.NoError(t, err)
	require.Empty(t, rows)
	b.Settle()
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person))
	require.Zero(t, b.Count("select count(*) from t_other.sync_tasks"))
}

func TestUserOfAnUnmanagedTypeIsNotSent(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	_, err := b.UserTypes.Create(b.Ctx, identity.UserType{Name: "G", Description: "Guests", Managed: false})
	require.NoError(t, err)
	b.User("guest", func(u *identity.User) { u.UserType = "G" })
	b.Settle()
	require.Empty(t, b.Keys("alpha", enginetest.Person))
	require.Zero(t, b.Count("select count(*) from accounts where name = 'guest' and system_id <> $1", account.InternalSystem))
}
