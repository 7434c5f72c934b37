package synctask_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/identity"
	"provost/internal/store"
	"provost/internal/synctask"
	"provost/internal/testenv/enginetest"
)

func TestPausedAgentMakesTasksWait(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", func(s *account.System) { s.Paused = true })
	b.System("beta")
	b.User("anna")
	b.Settle()
	require.Equal(t, []string{"user anna waiting"}, b.Open())
	require.Equal(t, []string{"alpha waiting", "beta done"}, b.Parts("anna"))
	require.Zero(t, b.Systems["alpha"].Calls("open"), "no activity is opened for a paused agent")
	require.Equal(t, []string{"anna"}, b.Keys("beta", enginetest.Person), "agents are independent")

	b.Change(s, func(s *account.System) { s.Paused = false })
	b.Later()
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person), "what waited is sent once the agent may go on")
	require.Empty(t, b.Open())
}

func TestDisconnectedAgentCountsNoAttempt(t *testing.T) {
	t.Parallel()
	for class, err := range map[string]error{
		"unavailable": connector.Errorf(connector.ClassUnavailable, "get", "the system does not answer"),
		"auth":        connector.Errorf(connector.ClassAuth, "get", "the password is wrong"),
	} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			s := b.System("alpha")
			b.Systems["alpha"].Fail("get", err)
			b.UsersAs(b.Ctx, "anna", "bert", "carl")
			b.Settle()
			require.Equal(t, []string{"user anna waiting", "user bert waiting", "user carl waiting"}, b.Open())
			require.Zero(t, b.Count("select coalesce(sum(attempts), 0) from sync_parts"))
			require.Equal(t, 1, b.Systems["alpha"].Calls("get"), "no storm: the others are not tried while the agent is away")
			require.Equal(t, []string{"new"}, b.Texts("select status from issues where kind = 'disconnected-system'"))

			b.Systems["alpha"].Up()
			require.NoError(t, b.Sync.Wake(t.Context(), s.ID))
			b.Settle()
			require.Len(t, b.Keys("alpha", enginetest.Person), 3)
			require.Empty(t, b.Open())
			require.Equal(t, []string{"solved"}, b.Texts("select status from issues where kind = 'disconnected-system'"))
		})
	}
}

func TestWokenTaskIsPlannedAfresh(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	b.Systems["alpha"].Down()
	u := b.User("anna")
	b.Settle()
	b.Edit(u, func(u *identity.User) { u.LastName = "Later" })
	b.Settle()
	b.Systems["alpha"].Up()
	require.NoError(t, b.Sync.Wake(t.Context(), s.ID))
	b.Settle()
	require.Equal(t, "Sample Later", value(b.Objects("alpha", enginetest.Person)["anna"], "full"))
	require.Equal(t, 1, b.Systems["alpha"].Calls("create"))
}

// A task that failed in one system and waits for another one goes on there when the other is back.
func TestWakeReachesTasksThatFailedElsewhere(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	b.System("beta")
	b.Systems["alpha"].Down()
	b.Systems["beta"].Fail("create", connector.Errorf(connector.ClassData, "create", "the value is refused"))
	b.User("anna")
	b.Settle()
	require.Equal(t, []string{"alpha waiting unavailable", "beta failed data"}, b.Parts("anna"))
	require.Equal(t, []string{"user anna failed"}, b.Open())
	b.Systems["alpha"].Up()
	require.NoError(t, b.Sync.Wake(t.Context(), s.ID))
	b.Settle()
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person))
	require.Equal(t, []string{"alpha done", "beta failed data"}, b.Parts("anna"))
}

// The result that made a task wait may be noted only after the agent was found back and all that waited was sent: then it is asked again,
// and should that be lost, the sweep finds the task.
func TestTaskThatWaitsForAConnectedAgentIsSent(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(b *enginetest.Bench, system uuid.UUID){
		"asked again": func(b *enginetest.Bench, system uuid.UUID) {
			require.Equal(b.T, 1, b.Count("select count(*) from outbox where kind = 'agent.probe'"))
			require.NoError(b.T, b.Sync.Wake(b.T.Context(), system))
			b.Settle()
		},
		"swept": func(b *enginetest.Bench, _ uuid.UUID) { b.Later() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			s := b.System("alpha")
			b.Systems["alpha"].Down()
			u := b.User("anna")
			plan, err := b.Sync.PlanObject(t.Context(), change.User, u.ID)
			require.NoError(t, err)
			results := b.Apply(plan.Work[0], plan.Work[0].Targets, budgetless)
			b.Systems["alpha"].Up()
			require.NoError(t, b.Sync.Wake(t.Context(), s.ID), "the probe is faster than the recording")
			b.Exec("delete from outbox")
			_, err = b.Sync.Record(t.Context(), s.ID, plan.Tasks, results)
			require.NoError(t, err)
			require.Equal(t, []string{"user anna waiting"}, b.Open())
			send(b, s.ID)
			require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person))
			require.Empty(t, b.Open())
		})
	}
}

func TestReadOnlyAgentGetsNothing(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", func(s *account.System) { s.ReadOnly = true })
	b.User("anna")
	b.Settle()
	require.Empty(t, b.Keys("alpha", enginetest.Person))
	require.Zero(t, b.Count("select count(*) from accounts where name = 'anna'"), "an account nobody would create is not made here either")
	require.Empty(t, b.Open())
}

func TestAgentWithoutServerGetsNoTask(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha", func(s *account.System) { s.Server = "" })
	b.User("anna")
	b.Settle()
	require.Empty(t, b.Parts("anna"))
	require.Empty(t, b.Open())
}

// How each class of error goes on (design: sync-engine, 9).
func TestErrorClassesSayHowATaskGoesOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		class    connector.ErrorClass
		after    time.Duration
		task     string
		attempts int
		retry    [2]float64 // seconds
	}{
		{class: connector.ClassTransient, task: "pending", attempts: 1, retry: [2]float64{0.7, 1.3}},
		{class: connector.ClassThrottled, after: 40 * time.Second, task: "pending", attempts: 0, retry: [2]float64{39, 41}},
		{class: connector.ClassThrottled, task: "pending", attempts: 0, retry: [2]float64{0.7, 1.3}},
		{class: connector.ClassData, task: "failed", attempts: 1},
		{class: connector.ClassPolicy, task: "failed", attempts: 1},
		{class: connector.ClassUnsupported, task: "failed", attempts: 1},
		{class: connector.ClassUnavailable, task: "waiting", attempts: 0},
		{class: connector.ClassAuth, task: "waiting", attempts: 0},
	} {
		t.Run(string(c.class)+c.after.String(), func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			b.System("alpha")
			b.Systems["alpha"].Fail("create", &connector.Error{Class: c.class, Op: "create", Message: "sample fault", RetryAfter: c.after})
			b.User("anna")
			b.Settle()
			require.Equal(t, []string{"user anna " + c.task}, b.Open())
			require.Equal(t, []string{"alpha " + c.task + " " + string(c.class)}, b.Parts("anna"))
			require.Equal(t, c.attempts, b.Count("select attempts from sync_parts"))
			require.Equal(t, 1, b.Count("select count(*) from sync_parts where message like '%sample fault%'"), "the person sees why")
			if c.retry[1] == 0 {
				require.Zero(t, b.Count("select count(next_run) from sync_parts"))
				return
			}
			seconds := "select count(*) from sync_parts where extract(epoch from next_run - last_run) between $1 and $2"
			require.Equal(t, 1, b.Count(seconds, c.retry[0], c.retry[1]))
		})
	}
}

func TestRetriesGrowWithJitterUntilTheDeadLetters(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.Systems["alpha"].Fail("create", connector.Errorf(connector.ClassTransient, "create", "try again"))
	b.User("anna")
	b.Settle()
	for attempt := 1; attempt < synctask.MaxAttempts; attempt++ {
		require.Equal(t, attempt, b.Count("select attempts from sync_parts"))
		pause := float64(int(1) << (attempt - 1))
		const within = "select count(*) from sync_parts where extract(epoch from next_run - last_run) between $1 and $2"
		require.Equal(t, 1, b.Count(within, 0.74*pause, 1.26*pause), "attempt %d is followed by %v s and a quarter", attempt, pause)
		b.Later()
	}
	require.Equal(t, []string{"user anna failed"}, b.Open())
	require.Equal(t, synctask.MaxAttempts, b.Systems["alpha"].Calls("create"))
	b.Later()
	require.Equal(t, synctask.MaxAttempts, b.Systems["alpha"].Calls("create"), "a dead letter is not tried by itself")

	b.Systems["alpha"].Up()
	task := uuid.MustParse(b.Texts("select id::text from sync_tasks")[0])
	_, err := b.Tenant.Release(b.Ctx, []uuid.UUID{task}, false)
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person), "it runs again when somebody asks")
	require.Empty(t, b.Open())
}

func TestDeadLetterThatChangesAgainHasAllItsAttempts(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.Systems["alpha"].Fail("create", connector.Errorf(connector.ClassTransient, "create", "try again"))
	u := b.User("anna")
	b.Settle()
	b.Exec("update sync_parts set attempts = $1, status = 'failed', next_run = null", synctask.MaxAttempts)
	b.Exec("update sync_tasks set status = 'failed'")
	b.Edit(u, func(u *identity.User) { u.LastName = "Berg" })
	b.Settle()
	require.Equal(t, []string{"user anna pending"}, b.Open(), "one more failure is not the end at once")
	require.Equal(t, 1, b.Count("select attempts from sync_parts"))
}

func TestSweepSendsForgottenTasksAgain(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.User("anna")
	b.UsersAs(b.Ctx, names("a", store.BulkThreshold+1)...)
	b.Exec("delete from outbox")
	swept, err := b.Tenant.Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, swept, "not before a minute is over")
	b.Later()
	require.Len(t, b.Keys("alpha", enginetest.Person), store.BulkThreshold+2)
	require.Empty(t, b.Open())
}

func TestSweepLeavesRetriesOfTheFutureAlone(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	b.Systems["alpha"].Fail("create", connector.Errorf(connector.ClassTransient, "create", "try again"))
	b.User("anna")
	b.Settle()
	b.Exec("update sync_tasks set signalled_at = clock_timestamp() - interval '1 hour'")
	b.Exec("update sync_parts set next_run = clock_timestamp() + interval '10 minutes'")
	swept, err := b.Tenant.Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, swept)
}

// What an agent does in several calls is recorded as a whole per task: a call that ends between two accounts of a user must not close
// the user's task.
func TestBudgetNeverCutsATask(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	for _, name := range []string{"anna", "bert"} {
		b.User(name)
	}
	b.Settle()
	for _, name := range []string{"anna", "bert"} {
		b.NewAccount("alpha", name+"-second", account.Single, func(a *account.Account) { a.User = name })
		found, err := b.Tenant.Users().Named(t.Context(), name)
		require.NoError(t, err)
		b.Edit(found[0], func(u *identity.User) { u.LastName = "Changed" })
	}
	var tasks []synctask.Task
	plan := synctask.Plan{}
	for _, id := range b.Texts("select object_id::text from sync_tasks where status = 'pending'") {
		p, err := b.Sync.PlanObject(t.Context(), change.User, uuid.MustParse(id))
		require.NoError(t, err)
		tasks = append(tasks, p.Tasks...)
		if len(plan.Work) == 0 {
			plan = p
		} else {
			plan.Work[0].Targets = append(plan.Work[0].Targets, p.Work[0].Targets...)
		}
	}
	plan.Tasks = tasks
	require.NotEmpty(t, plan.Work[0].Targets)
	results := b.Apply(plan.Work[0], plan.Work[0].Targets, agent.Budget{Items: 1})
	perTask := map[uuid.UUID]int{}
	for _, target := range plan.Work[0].Targets {
		perTask[target.Task]++
	}
	require.Equal(t, 2, perTask[results[0].Task])
	require.Len(t, results, 2, "the whole of the first task, and nothing of the second")
	_, err := b.Sync.Record(t.Context(), s.ID, plan.Tasks, results)
	require.NoError(t, err)
	require.Len(t, b.Open(), 1)
}
