package agent_test

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/connector"
	"provost/internal/connector/connectortest"
	"provost/internal/mapping"
	"provost/internal/mapscript"
	"provost/internal/object"
	"provost/internal/script"
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

// Target implements agent.Source.
func (w *world) Target(_ context.Context, _ uuid.UUID, t synctask.Target) (agent.Target, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return *w.targets[t.Object], w.failure
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

func TestBudgetEndsACall(t *testing.T) {
	t.Parallel()
	for name, budget := range map[string]agent.Budget{"items": {Items: 2}, "time": {Time: 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, nil)
			opened, err := b.pool.Get(t.Context(), b.system.ID)
			require.NoError(t, err)
			var targets []synctask.Target
			for i := range 5 {
				id := uuid.New()
				b.want(id, person("p"+strconv.Itoa(i), "P"))
				targets = append(targets, synctask.Target{Task: id, Object: id, Class: class})
			}
			done := 0
			results := opened.Apply(t.Context(), targets, budget, func(n int) { done = n })
			require.Len(t, results, map[string]int{"items": 2, "time": 1}[name])
			require.Equal(t, len(results), done)
		})
	}
}

func TestCallThatIsEndedTellsOnlyOfCompleteTasks(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	opened, err := b.pool.Get(t.Context(), b.system.ID)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	first, second := uuid.New(), uuid.New()
	var targets []synctask.Target
	for i, task := range []uuid.UUID{first, first, second, second} {
		id := uuid.New()
		b.want(id, person("p"+strconv.Itoa(i), "P"))
		targets = append(targets, synctask.Target{Task: task, Object: id, Class: class})
	}
	results := opened.Apply(ctx, targets, agent.Budget{}, func(done int) {
		if done == 3 {
			cancel()
		}
	})
	require.Len(t, results, 2)
	require.Equal(t, first, results[1].Task)
}

// Calls for one object never run at the same time, whatever the number of threads.
func TestCallsForOneObjectRunOneAfterTheOther(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	together := make(chan struct{})
	var looks atomic.Int32
	b.memory.Before(func(op string, _ connector.Key) error {
		if op != "get" {
			return nil
		}
		if looks.Add(1) == 2 {
			close(together)
		}
		select { // whoever looks first gives the others time to look as well, if only they may
		case <-together:
		case <-time.After(50 * time.Millisecond):
		}
		return nil
	})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() { b.apply(id) })
	}
	group.Wait()
	require.Equal(t, 1, b.memory.Calls("create"), "the second finds what the first made")
}

// heldUp has the next creation hang until another server has brought a newer state and noted it.
func (b *bench) heldUp(id uuid.UUID) {
	b.t.Helper()
	other := b.direct()
	b.memory.Before(func(op string, _ connector.Key) error {
		if op != "create" {
			return nil
		}
		b.memory.Up()
		b.want(id, person("anna", "New"))
		created, err := other.Create(b.t.Context(), connector.Class{Name: enginetest.Person}, connector.Attributes{"name": "anna", "full": "New"})
		require.NoError(b.t, err)
		b.applied(synctask.Result{Target: synctask.Target{Object: id}, Version: 2, Key: "anna", ExternalID: created.ID})
		return nil
	})
}

// A write that was held up must not be the last word: another server may have brought a newer state meanwhile.
func TestLateWriteBringsTheNewerStateAgain(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	id := uuid.New()
	b.want(id, person("anna", "Old"))
	b.heldUp(id)
	r := b.one(id)
	require.Equal(t, "New", b.there("anna")["full"])
	require.Equal(t, int64(2), r.Version)
}

// blind is a world that answers every question about a target as it did the first time: what an agent would see that never looks again.
type blind struct {
	*world
	first *agent.Target
}

// Target implements agent.Source.
func (b *blind) Target(ctx context.Context, system uuid.UUID, t synctask.Target) (agent.Target, error) {
	if b.first == nil {
		found, err := b.world.Target(ctx, system, t)
		if err != nil {
			return found, err
		}
		b.first = &found
	}
	return *b.first, nil
}

// The proof that the test before this one can fail: without the second look the late write wins.
func TestAgentThatNeverLooksAgainLeavesTheStaleState(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.pool = agent.NewPool(&blind{world: b.world}, connector.NewRegistry(b.memory.Kind()), nil, slog.New(slog.DiscardHandler))
	t.Cleanup(b.pool.Close)
	id := uuid.New()
	b.want(id, person("anna", "Old"))
	b.heldUp(id)
	b.apply(id)
	require.Equal(t, "Old", b.there("anna")["full"])
}

func TestPoolOpensAgainWhenTheSystemChanges(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	first, err := b.pool.Get(t.Context(), b.system.ID)
	require.NoError(t, err)
	again, err := b.pool.Get(t.Context(), b.system.ID)
	require.NoError(t, err)
	require.Same(t, first, again)
	require.Equal(t, 1, b.memory.Calls("open"))

	b.mu.Lock()
	b.system.Version, b.system.Name = 2, "renamed"
	b.mu.Unlock()
	changed, err := b.pool.Get(t.Context(), b.system.ID)
	require.NoError(t, err)
	require.Equal(t, "renamed", changed.System.Name)
	require.NoError(t, first.Connector.Test(t.Context()), "calls under way may end")
}

func TestPoolSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*account.System)
		class  connector.ErrorClass
	}{
		"unknown connector": {func(s *account.System) { s.Connector = "zeta" }, connector.ClassPolicy},
		"unknown parameter": {func(s *account.System) { s.Parameters = map[string]string{"colour": "red"} }, connector.ClassPolicy},
		"wrong password":    {func(s *account.System) { s.Parameters = map[string]string{"password": "wrong"} }, connector.ClassAuth},
		"broken mapping":    {func(s *account.System) { s.Mappings[0].ObjectType = "nonsense" }, connector.ClassPolicy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, nil, c.change)
			_, err := b.pool.Get(t.Context(), b.system.ID)
			require.Equal(t, c.class, connector.ClassOf(err))
		})
	}
}

func runner(t *testing.T) agent.Triggers {
	t.Helper()
	return &mapscript.Runner{Host: scripttest.New(t, script.Options{}), Language: script.JavaScript}
}

func withTrigger(kind mapping.TriggerKind, text string) func(*account.System) {
	return func(s *account.System) {
		s.Mappings[0].Triggers = append(s.Mappings[0].Triggers, mapping.Trigger{Kind: kind, Script: text})
	}
}

// Triggers around every operation (guide page 045, Triggers): a falsy result refuses it, newObject is what is written.
func TestTriggers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		kind    mapping.TriggerKind
		script  string
		outcome string
		class   connector.ErrorClass
		full    any // of anna afterwards
	}{
		{name: "insert refused", kind: mapping.TriggerPreInsert, script: `false`, outcome: synctask.Vetoed},
		{name: "insert changed", kind: mapping.TriggerPreInsert, script: `newObject.put("full", newObject.get("full") + "!"); true`, outcome: synctask.Created, full: "New!"},
		{name: "insert fails", kind: mapping.TriggerPreInsert, script: `throw new Error("no")`, outcome: synctask.Errored, class: connector.ClassData},
		{name: "update refused", kind: mapping.TriggerPreUpdate, script: `oldObject.get("full") != "Old"`, outcome: synctask.Vetoed, full: "Old"},
		{name: "update changed", kind: mapping.TriggerPreUpdate, script: `newObject["full"] = "Other"; true`, outcome: synctask.Updated, full: "Other"},
		{name: "delete refused", kind: mapping.TriggerPreDelete, script: `0`, outcome: synctask.Vetoed, full: "Old"},
		{name: "after insert fails", kind: mapping.TriggerPostInsert, script: `throw new Error("no")`, outcome: synctask.Errored, class: connector.ClassData, full: "New"},
		{name: "knows our object", kind: mapping.TriggerPreInsert, script: `source.get("userName") == "anna"`, outcome: synctask.Created, full: "New"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, runner(t), withTrigger(c.kind, c.script))
			id := uuid.New()
			if c.kind == mapping.TriggerPreUpdate || c.kind == mapping.TriggerPreDelete {
				b.put(connector.Attributes{"name": "anna", "full": "Old"})
			}
			b.want(id, person("anna", "New"))
			b.targets[id].Origin = map[string]any{"userName": "anna"}
			if c.kind == mapping.TriggerPreDelete {
				b.want(id, nil)
				b.targets[id].Key = connector.Key{Name: "anna"}
			}
			r := b.one(id)
			require.Equal(t, c.outcome, r.Outcome, r.Message)
			require.Equal(t, c.class, r.ErrorClass)
			if c.full == nil {
				require.Nil(t, b.there("anna"))
				return
			}
			require.Equal(t, c.full, b.there("anna")["full"])
		})
	}
}
