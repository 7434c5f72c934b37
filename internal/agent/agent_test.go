package agent_test

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/connector"
	"provost/internal/connector/connectortest"
	"provost/internal/mapping"
	"provost/internal/object"
	"provost/internal/script/scripttest"
	"provost/internal/synctask"
	"provost/internal/testenv/enginetest"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

// class is the name of the only mapping class of the sample system.
const class = "user:" + enginetest.Person

// world is what an agent works with, kept in memory.
type world struct {
	mu      sync.Mutex
	system  account.System
	targets map[uuid.UUID]*agent.Target
	failure error
	reads   int // of wanted states
}

// System implements agent.Source.
func (w *world) System(context.Context, uuid.UUID) (account.System, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.system, w.failure
}

// Version implements agent.Source.
func (w *world) Version(context.Context, uuid.UUID) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.system.Version, w.failure
}

// Targets implements agent.Source.
func (w *world) Targets(_ context.Context, _ uuid.UUID, targets []synctask.Target) ([]agent.Target, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads++
	out := make([]agent.Target, len(targets))
	for i, t := range targets {
		if known := w.targets[t.Object]; known != nil {
			out[i] = *known
		}
	}
	return out, w.failure
}

// want sets the wanted state of an object under a new version.
func (w *world) want(id uuid.UUID, desired map[string]any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known := w.targets[id]
	if known == nil {
		known = &agent.Target{}
		w.targets[id] = known
	}
	known.Desired = desired
	known.DesiredVersion++
}

// applied notes what an agent reports, as the database does.
func (w *world) applied(r synctask.Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.targets[r.Object]
	t.AppliedVersion, t.Key = r.Version, connector.Key{ID: r.ExternalID, Name: r.Key}
}

type bench struct {
	*world
	t      *testing.T
	pool   *agent.Pool
	memory *enginetest.System
}

func setup(t *testing.T, triggers agent.Triggers, change ...func(*account.System)) *bench {
	t.Helper()
	memory := enginetest.NewSystem("alpha")
	w := &world{targets: map[uuid.UUID]*agent.Target{}, system: account.System{
		Meta: object.Meta{ID: uuid.New(), Version: 1}, Name: "alpha", Connector: "alpha", TaskTimeoutMS: 2000, LongTaskTimeoutMS: 5000,
		Mappings: []mapping.ObjectMapping{enginetest.Mapping()},
	}}
	for _, fn := range change {
		fn(&w.system)
	}
	b := &bench{world: w, t: t, memory: memory}
	b.pool = agent.NewPool(w, connector.NewRegistry(memory.Kind()), triggers, slog.New(slog.DiscardHandler))
	t.Cleanup(b.pool.Close)
	return b
}

func (b *bench) apply(ids ...uuid.UUID) []synctask.Result {
	b.t.Helper()
	opened, err := b.pool.Get(b.t.Context(), b.system.ID)
	require.NoError(b.t, err)
	targets := make([]synctask.Target, len(ids))
	for i, id := range ids {
		targets[i] = synctask.Target{Task: id, Type: "account", Object: id, Class: class}
	}
	return opened.Apply(b.t.Context(), targets, agent.Budget{}, func(int) {})
}

// one applies one object and notes what was done.
func (b *bench) one(id uuid.UUID) synctask.Result {
	b.t.Helper()
	results := b.apply(id)
	require.Len(b.t, results, 1)
	if results[0].ErrorClass == "" {
		b.applied(results[0])
	}
	return results[0]
}

func (b *bench) direct() *connectortest.MemoryConnector {
	b.t.Helper()
	opened, err := b.memory.Memory.Kind().Open(b.t.Context(), connector.Config{})
	require.NoError(b.t, err)
	return opened.(*connectortest.MemoryConnector)
}

// there gives the attributes of an object of the system, nil when it is not there.
func (b *bench) there(name string) connector.Attributes {
	b.t.Helper()
	o, err := b.direct().Get(b.t.Context(), connector.Class{Name: enginetest.Person}, connector.Key{Name: name})
	if err != nil {
		require.ErrorIs(b.t, err, connector.ErrNotFound)
		return nil
	}
	return o.Attributes
}

func (b *bench) put(attributes connector.Attributes) connector.Object {
	b.t.Helper()
	created, err := b.direct().Create(b.t.Context(), connector.Class{Name: enginetest.Person}, attributes)
	require.NoError(b.t, err)
	return created
}

func person(name, full string) map[string]any { return map[string]any{"name": name, "full": full} }

// The states of an object, one after the other: what is asked for and what comes of it.
func TestApplyBringsTheWantedState(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	id := uuid.New()
	for _, step := range []struct {
		name    string
		desired map[string]any
		outcome string
		changed []string
	}{
		{"not there yet", person("anna", "Anna"), synctask.Created, []string{"full", "name"}},
		{"the same again", person("anna", "Anna"), synctask.Unchanged, nil},
		{"other text", person("anna", "Anna Berg"), synctask.Updated, []string{"full"}},
		{"renamed", person("anna.berg", "Anna Berg"), synctask.Updated, []string{"name"}},
		{"not to be there", nil, synctask.Deleted, nil},
		{"still not to be there", nil, synctask.Absent, nil},
		{"back again", person("anna", "Anna"), synctask.Created, []string{"full", "name"}},
	} {
		b.want(id, step.desired)
		r := b.one(id)
		require.Equal(t, step.outcome, r.Outcome, step.name)
		require.ElementsMatch(t, step.changed, r.Attributes, step.name)
		if step.desired == nil {
			require.Nil(t, b.there(r.Key), step.name)
			continue
		}
		require.Equal(t, step.desired["full"], b.there(step.desired["name"].(string))["full"], step.name)
		require.Equal(t, step.desired["name"], r.Key, step.name)
	}
	require.Equal(t, synctask.Unchanged, b.one(id).Outcome, "a version that is applied already is not even looked at")
}

func TestAppliedVersionAsksNothingOfTheSystem(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	b.one(id)
	b.memory.Forget()
	r := b.one(id)
	require.Equal(t, synctask.Unchanged, r.Outcome)
	require.Zero(t, b.memory.Calls("get"))
}

func TestObjectRenamedBehindOurBackIsFoundByItsID(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	created := b.one(id)
	direct := b.direct()
	of := connector.Class{Name: enginetest.Person}
	known, err := direct.Get(t.Context(), of, connector.Key{Name: "anna"})
	require.NoError(t, err)
	_, err = direct.Update(t.Context(), of, known, connector.Attributes{"name": "moved"})
	require.NoError(t, err)

	b.want(id, person("anna", "Anna Berg"))
	r := b.one(id)
	require.Equal(t, synctask.Updated, r.Outcome)
	require.Equal(t, created.ExternalID, r.ExternalID)
	require.Nil(t, b.there("moved"))
	require.Equal(t, "Anna Berg", b.there("anna")["full"])
}

func TestExistingObjectIsTakenOver(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	there := b.put(connector.Attributes{"name": "anna", "phone": "12"})
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	r := b.one(id)
	require.Equal(t, synctask.Updated, r.Outcome)
	require.Equal(t, there.ID, r.ExternalID)
	require.Equal(t, "12", b.there("anna")["phone"])
}

// Between our look and our write somebody else creates the object.
func TestObjectCreatedAtTheSameMomentIsTakenOver(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	var there connector.Object
	b.memory.Before(func(op string, _ connector.Key) error {
		if op == "create" && there.ID == "" {
			there = b.put(connector.Attributes{"name": "anna", "full": "Somebody"})
		}
		return nil
	})
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	r := b.one(id)
	require.Equal(t, synctask.Updated, r.Outcome)
	require.Equal(t, there.ID, r.ExternalID)
	require.Equal(t, "Anna", b.there("anna")["full"])
}

func TestRenameOntoAnotherObjectIsAFaultOfTheData(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	b.one(id)
	b.put(connector.Attributes{"name": "bert", "full": "Bert"})
	b.want(id, person("bert", "Anna"))
	r := b.one(id)
	require.Equal(t, connector.ClassData, r.ErrorClass)
	require.Equal(t, "Bert", b.there("bert")["full"], "the other one is left alone")
}

func TestReadOnlyAgentWritesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, nil, func(s *account.System) { s.ReadOnly = true })
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	r := b.one(id)
	require.Equal(t, connector.ClassPolicy, r.ErrorClass)
	require.Contains(t, r.Message, "read-only")
	require.Zero(t, b.memory.Calls("create"))
}

func TestClassThatIsNoLongerMapped(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	opened, err := b.pool.Get(t.Context(), b.system.ID)
	require.NoError(t, err)
	results := opened.Apply(t.Context(), []synctask.Target{{Object: uuid.New(), Class: "user:gone"}}, agent.Budget{}, func(int) {})
	require.Equal(t, connector.ClassPolicy, results[0].ErrorClass)
}

func TestUnavailableSystemEndsTheCall(t *testing.T) {
	t.Parallel()
	for _, class := range []connector.ErrorClass{connector.ClassUnavailable, connector.ClassAuth} {
		t.Run(string(class), func(t *testing.T) {
			t.Parallel()
			b := setup(t, nil)
			ids := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
			for i, id := range ids {
				b.want(id, person("p"+strconv.Itoa(i), "P"))
			}
			b.memory.Before(func(op string, _ connector.Key) error {
				if op == "get" && b.memory.Calls("get") > 1 {
					return connector.Errorf(class, "get", "gone")
				}
				return nil
			})
			results := b.apply(ids...)
			require.Len(t, results, 3, "every target has its answer")
			require.Equal(t, synctask.Created, results[0].Outcome)
			require.Equal(t, []connector.ErrorClass{class, class}, []connector.ErrorClass{results[1].ErrorClass, results[2].ErrorClass})
			require.Equal(t, ids[2], results[2].Object)
			require.Equal(t, 2, b.memory.Calls("get"), "the third is not tried")
		})
	}
}

func TestFaultOfOneObjectLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	ids := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	b.want(ids[0], person("a", "A"))
	b.want(ids[1], map[string]any{"full": "no key"})
	b.want(ids[2], person("c", "C"))
	results := b.apply(ids...)
	require.Equal(t, connector.ClassData, results[1].ErrorClass)
	require.Equal(t, synctask.Created, results[0].Outcome)
	require.Equal(t, synctask.Created, results[2].Outcome)
}

// Our own database not answering is no word about the system: nobody is disconnected for it.
func TestFailureOnOurSideIsTransient(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	opened, err := b.pool.Get(t.Context(), b.system.ID)
	require.NoError(t, err)
	b.failure = &connectionError{}
	results := opened.Apply(t.Context(), []synctask.Target{{Object: id, Class: class}}, agent.Budget{}, func(int) {})
	require.Equal(t, connector.ClassTransient, results[0].ErrorClass)
	_, err = b.pool.Get(t.Context(), b.system.ID)
	require.Equal(t, connector.ClassTransient, connector.ClassOf(err))
}

// connectionError looks like a refused connection.
type connectionError struct{}

func (*connectionError) Error() string   { return "connection refused" }
func (*connectionError) Timeout() bool   { return false }
func (*connectionError) Temporary() bool { return false }

func TestHangingSystemIsLeftAtTheTimeLimit(t *testing.T) {
	t.Parallel()
	b := setup(t, nil, func(s *account.System) { s.TaskTimeoutMS = 100 })
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	b.memory.Before(func(op string, _ connector.Key) error {
		if op == "get" {
			hanging, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			<-hanging.Done()
		}
		return nil
	})
	r := b.one(id)
	require.Equal(t, connector.ClassTransient, r.ErrorClass)
	require.Nil(t, b.there("anna"))
}
