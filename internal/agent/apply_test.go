package agent_test

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/agent"
	"provost/internal/connector"
	"provost/internal/synctask"
	"provost/internal/testenv/enginetest"
)

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

// blind is a world that answers every question about targets as it did the first time: what an agent would see that never looks again.
type blind struct {
	*world
	first []agent.Target
}

// Targets implements agent.Source.
func (b *blind) Targets(ctx context.Context, system uuid.UUID, targets []synctask.Target) ([]agent.Target, error) {
	if b.first == nil {
		found, err := b.world.Targets(ctx, system, targets)
		if err != nil {
			return nil, err
		}
		b.first = found
	}
	return b.first, nil
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

// What is wanted is read for many objects at once, not for each.
func TestWantedStatesAreReadInChunks(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	ids := make([]uuid.UUID, 60)
	for i := range ids {
		ids[i] = uuid.New()
		b.want(ids[i], person("p"+strconv.Itoa(i), "P"))
	}
	b.reads = 0
	require.Len(t, b.apply(ids...), 60)
	require.LessOrEqual(t, b.reads, 12, "at most two reads a chunk, though a slow machine makes smaller chunks")
	require.Equal(t, 60, b.memory.Calls("create"))
}

// Nobody waits for an object longer than the system needs for one chunk: a slow system makes small ones.
func TestSlowSystemMakesSmallChunks(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	slow, quick := uuid.New(), uuid.New()
	b.want(slow, person("slow", "S"))
	b.want(quick, person("quick", "Q"))
	var between atomic.Bool
	b.memory.Before(func(op string, key connector.Key) error {
		switch {
		case op == "get" && key.Name == "slow":
			<-time.After(150 * time.Millisecond)
		case op == "get" && key.Name == "quick":
			between.Store(b.reads >= 3) // read, looked again, read for the next chunk
		}
		return nil
	})
	require.Len(t, b.apply(slow, quick), 2)
	require.True(t, between.Load())
}

func TestCallsOverTheSameObjectsDoNotBlockEachOther(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	ids := make([]uuid.UUID, 30)
	for i := range ids {
		ids[i] = uuid.New()
		b.want(ids[i], person("p"+strconv.Itoa(i), "P"))
	}
	var group sync.WaitGroup
	for range 4 {
		slices.Reverse(ids)
		order := slices.Clone(ids)
		group.Go(func() { b.apply(order...) })
	}
	group.Wait()
	require.Equal(t, 30, b.memory.Calls("create"))
}

func TestObjectWithoutStateIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	results := b.apply(uuid.New(), id)
	require.Equal(t, synctask.Unchanged, results[0].Outcome)
	require.Equal(t, synctask.Created, results[1].Outcome)
}

// Whether the last look succeeded decides: what may be stale does not count as done.
func TestWriteThatCannotBeLookedAtAgainIsNotDone(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	id := uuid.New()
	b.want(id, person("anna", "Anna"))
	b.memory.Before(func(op string, _ connector.Key) error {
		if op == "create" {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.failure = &connectionError{}
		}
		return nil
	})
	r := b.apply(id)[0]
	require.Equal(t, connector.ClassTransient, r.ErrorClass)
	require.NotNil(t, b.there("anna"))
}
