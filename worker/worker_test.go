package worker_test

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"provost/activities"
	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/relay"
	"provost/internal/synctask"
	"provost/internal/testenv"
	"provost/internal/testenv/enginetest"
	"provost/worker"
	"provost/workflows/messages"
)

// bearer sends the token of the test server.
type bearer string

// GetHeaders implements client.HeadersProvider.
func (b bearer) GetHeaders(context.Context) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

func quiet() log.Logger { return log.NewStructuredLogger(slog.New(slog.DiscardHandler)) }

func dial(t *testing.T) client.Client {
	t.Helper()
	address, token, namespace := testenv.Temporal(t)
	c, err := client.DialContext(t.Context(), client.Options{
		HostPort: address, Namespace: namespace, HeadersProvider: bearer(token), Logger: quiet(),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// serve starts a worker of the bench in this process.
func serve(t *testing.T, b *enginetest.Bench, c client.Client, name string, core bool) *worker.Worker {
	t.Helper()
	w, err := worker.Start(t.Context(), worker.Options{
		Server: name, Version: "test", Temporal: c, Tenant: b.Tenant, Core: core, Sync: b.Sync, Runs: b.RunSteps,
		Upkeep: &activities.Upkeep{House: b.Tenant, Dates: b.Platform}, Logger: zerolog.Nop(),
	})
	require.NoError(t, err)
	return w
}

// deliver runs the relay of the bench beside the test.
func deliver(t *testing.T, b *enginetest.Bench, c client.Client) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &relay.Relay{Database: b.Database, Tenant: b.Tenant, Temporal: c, Logger: zerolog.Nop()}
	var done sync.WaitGroup
	done.Go(func() { r.Run(ctx) })
	t.Cleanup(func() { cancel(); done.Wait() })
}

func noOpenTask(b *enginetest.Bench) func() bool { return func() bool { return len(b.Open()) == 0 } }

// A change of a person reaches the system through relay, workflow, agent and record.
func TestChangeArrives(t *testing.T) { //nolint:paralleltest // one core queue
	b, c := enginetest.New(t), dial(t)
	b.System("alpha")
	w := serve(t, b, c, "one", true)
	defer w.Stop()
	deliver(t, b, c)
	b.User("anna")
	require.True(t, within(20*time.Second, noOpenTask(b)))
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person))
	require.Equal(t, []string{"one"}, b.Texts("select name from servers"))
}

// A grant that ends by its date ends in the system too, without anybody doing anything then.
func TestGrantEndsByItsDate(t *testing.T) { //nolint:paralleltest // one core queue
	b, c := enginetest.New(t), dial(t)
	s := b.System("alpha", func(s *account.System) { s.RoleBased = true })
	role := b.Role("reader", s.Name)
	u := b.User("anna")
	w := serve(t, b, c, "one", true)
	defer w.Stop()
	deliver(t, b, c)
	end := time.Now().Add(3 * time.Second)
	_, err := b.Grant(b.Ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: role.ID, EndAt: &end})
	require.NoError(t, err)
	enabled := func() int { return b.Count("select count(*) from accounts where name = 'anna' and status = 'enabled'") }
	require.True(t, within(20*time.Second, func() bool { return enabled() == 1 }), "the role gives the account")
	require.True(t, within(20*time.Second, func() bool { return enabled() == 0 && len(b.Open()) == 0 }), "and takes it away")
	require.False(t, time.Now().Before(end))
}

// An agent of a server that was not seen for half a minute is served by its alternative, and only then.
func TestAlternativeServerTakesOver(t *testing.T) { //nolint:paralleltest // one core queue
	b, c := enginetest.New(t), dial(t)
	b.System("alpha", func(s *account.System) { s.Server, s.AlternativeServer = "first", "second" })
	b.Exec("insert into servers (name, kind, started_at, last_seen) values ('first', 'agent', clock_timestamp(), clock_timestamp())")
	key := b.Texts("select key from systems where name = 'alpha'")[0]
	second := serve(t, b, c, "second", true)
	defer second.Stop()
	deliver(t, b, c)
	served, err := b.Tenant.ServedSystems(t.Context(), "second")
	require.NoError(t, err)
	require.Empty(t, served, "the first one was seen just now")
	b.User("anna")

	b.Exec("update servers set last_seen = clock_timestamp() - interval '31 seconds' where name = 'first'")
	require.True(t, within(20*time.Second, noOpenTask(b)), "the alternative takes over what waits")
	require.Equal(t, []string{"anna"}, b.Keys("alpha", enginetest.Person))

	first := serve(t, b, c, "first", false)
	defer first.Stop()
	require.True(t, within(20*time.Second, func() bool {
		described, err := c.DescribeTaskQueue(t.Context(), messages.AgentQueue(key), enums.TASK_QUEUE_TYPE_ACTIVITY)
		require.NoError(t, err)
		for _, p := range described.GetPollers() {
			if p.GetIdentity() == "first" {
				return true
			}
		}
		return false
	}), "it serves again")
	served, err = b.Tenant.ServedSystems(t.Context(), "second")
	require.NoError(t, err)
	require.Empty(t, served, "and the alternative leaves it")
}

func TestWhoServesAnAgent(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	for _, c := range []struct {
		server, alternative string
		seen                string // of the first
		served              map[string]bool
	}{
		{server: "*", served: map[string]bool{"first": true, "second": true, "third": true}},
		{server: "", served: map[string]bool{}},
		{server: "first", served: map[string]bool{"first": true}},
		{server: "first", alternative: "second", seen: "1 second", served: map[string]bool{"first": true}},
		{server: "first", alternative: "second", seen: "29 seconds", served: map[string]bool{"first": true}},
		{server: "first", alternative: "second", seen: "31 seconds", served: map[string]bool{"first": true, "second": true}},
		{server: "first", alternative: "second", served: map[string]bool{"first": true, "second": true}},
	} {
		s := b.System("alpha", func(s *account.System) { s.Server, s.AlternativeServer = c.server, c.alternative })
		b.Exec("delete from servers")
		if c.seen != "" {
			b.Exec("insert into servers (name, kind, started_at, last_seen) values ('first', 'agent', clock_timestamp(), clock_timestamp() - $1::text::interval)", c.seen)
		}
		for _, server := range []string{"first", "second", "third"} {
			found, err := b.Tenant.ServedSystems(t.Context(), server)
			require.NoError(t, err)
			require.Equal(t, c.served[server], len(found) == 1, "%+v by %s", c, server)
		}
		require.NoError(t, b.Platform.Systems.Delete(b.Ctx, s.ID, 0))
	}
}

func TestAgentThatIsReassignedIsLeft(t *testing.T) { //nolint:paralleltest // one core queue
	b, c := enginetest.New(t), dial(t)
	s := b.System("alpha", func(s *account.System) { s.Server = "one" })
	w := serve(t, b, c, "one", true)
	defer w.Stop()
	deliver(t, b, c)
	b.User("anna")
	require.True(t, within(20*time.Second, noOpenTask(b)))
	b.Change(s, func(s *account.System) { s.Threads = 4 })
	b.User("bert")
	require.True(t, within(20*time.Second, noOpenTask(b)), "with other settings it goes on")
	require.Equal(t, []string{"anna", "bert"}, b.Keys("alpha", enginetest.Person))
}

// counter stands in for the database of one object: changes raise what is wanted, a plan takes what is wanted at that moment, a record
// notes what was planned.
type counter struct {
	synctask.Store
	wanted, done atomic.Int64
}

// Do implements object.Transactor.
func (c *counter) Do(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }

// View implements object.Transactor.
func (c *counter) View(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }

// TargetSystems implements synctask.Store: none.
func (c *counter) TargetSystems(context.Context) ([]account.System, map[uuid.UUID]bool, error) {
	return nil, nil, nil
}

// OpenTasks implements synctask.Store: planning an object without systems closes its task at once.
func (c *counter) OpenTasks(_ context.Context, kind change.Kind, objects []uuid.UUID) ([]synctask.Task, error) {
	generation := c.wanted.Load()
	if generation == c.done.Load() {
		return nil, nil
	}
	c.done.Store(generation)
	return nil, nil
}

// However many signals come around the end of a workflow, the last change is always looked at. No sweep helps here.
func TestNoSignalIsLostAroundTheEnd(t *testing.T) { //nolint:paralleltest // one core queue
	const objects, signals = 20, 500
	b, c := enginetest.New(t), dial(t)
	counters := map[uuid.UUID]*counter{}
	var ids []uuid.UUID
	for range objects {
		id := uuid.New()
		counters[id] = &counter{}
		ids = append(ids, id)
	}
	b.Sync.Tasks = &synctask.Service{Store: &shelf{counters: counters}}
	w := serve(t, b, c, "one", true)
	defer w.Stop()
	var group sync.WaitGroup
	for _, id := range ids {
		group.Go(func() {
			in := messages.SyncObject{Kind: change.User, ID: id}
			for range signals {
				counters[id].wanted.Add(1)
				_, err := c.SignalWithStartWorkflow(t.Context(), in.WorkflowID(), messages.Look, nil,
					client.StartWorkflowOptions{TaskQueue: messages.CoreQueue}, messages.TypeSyncObject, in)
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	require.True(t, within(30*time.Second, func() bool {
		for _, counted := range counters {
			if counted.done.Load() != signals {
				return false
			}
		}
		return true
	}), "every object is at its last change")
}

// shelf gives each object its counter.
type shelf struct {
	counter
	counters map[uuid.UUID]*counter
}

// OpenTasks implements synctask.Store.
func (s *shelf) OpenTasks(ctx context.Context, kind change.Kind, objects []uuid.UUID) ([]synctask.Task, error) {
	return s.counters[objects[0]].OpenTasks(ctx, kind, objects)
}
