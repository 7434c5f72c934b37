package enginetest

import (
	"context"
	"sort"
	"sync"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
	"provost/internal/connector/connectortest"
)

// System is a managed system in memory that can be made to misbehave, and that counts what is asked of it.
type System struct {
	Name   string
	Memory *connectortest.Memory

	mu     sync.Mutex
	before func(op string, key connector.Key) error
	calls  map[string]int
	pages  int // after which a listing breaks; zero for never
}

// NewSystem gives an empty system whose connector has the name.
func NewSystem(name string) *System {
	return &System{Name: name, Memory: connectortest.NewMemory(), calls: map[string]int{}}
}

// Kind is the kind of connector that reaches the system.
func (s *System) Kind() connector.Kind {
	kind := s.Memory.Kind()
	open := kind.Open
	kind.Name, kind.Label = s.Name, "Memory "+s.Name
	kind.Parameters = append(kind.Parameters, connector.Parameter{Name: "note", Label: "Note", Type: connector.TypeString})
	kind.Properties = append(kind.Properties,
		connector.Property{Name: "key", Type: connector.TypeString, Default: "name"},
		connector.Property{Name: "removeDisabledAccounts", Type: connector.TypeBoolean})
	kind.Open = func(ctx context.Context, config connector.Config) (connector.Connector, error) {
		if err := s.ask("open", connector.Key{}); err != nil {
			return nil, err
		}
		opened, err := open(ctx, config)
		if err != nil {
			return nil, err
		}
		return &watched{memory(opened), s}, nil
	}
	return kind
}

// Before has fn decide about every call; an error refuses it. nil ends that.
func (s *System) Before(fn func(op string, key connector.Key) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = fn
}

// Fail has every call of the operation fail.
func (s *System) Fail(op string, err error) {
	s.Before(func(of string, _ connector.Key) error {
		if of == op {
			return err
		}
		return nil
	})
}

// Down has every call fail as if the system could not be reached.
func (s *System) Down() {
	s.Before(func(op string, _ connector.Key) error {
		return connector.Errorf(connector.ClassUnavailable, op, "the system does not answer")
	})
}

// CutListingAfter has every listing break after so many pages; zero ends that.
func (s *System) CutListingAfter(pages int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages = pages
}

// Up ends every fault.
func (s *System) Up() { s.Before(nil) }

// Calls gives how often an operation was asked for.
func (s *System) Calls(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[op]
}

// Forget begins counting anew.
func (s *System) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = map[string]int{}
}

func (s *System) ask(op string, key connector.Key) error {
	s.mu.Lock()
	s.calls[op]++
	before := s.before
	s.mu.Unlock()
	if before == nil {
		return nil
	}
	return before(op, key)
}

// watched asks the system before every call.
type watched struct {
	*connectortest.MemoryConnector
	system *System
}

// Test implements connector.Connector.
func (w *watched) Test(ctx context.Context) error {
	if err := w.system.ask("test", connector.Key{}); err != nil {
		return err
	}
	return w.MemoryConnector.Test(ctx)
}

// List implements connector.Lister.
func (w *watched) List(ctx context.Context, class connector.Class, o connector.ListOptions, emit func(connector.Page) error) error {
	if err := w.system.ask("list", connector.Key{}); err != nil {
		return err
	}
	w.system.mu.Lock()
	left := w.system.pages
	w.system.mu.Unlock()
	if left == 0 {
		return w.MemoryConnector.List(ctx, class, o, emit)
	}
	return w.MemoryConnector.List(ctx, class, o, func(p connector.Page) error {
		if left--; left < 0 {
			return connector.Errorf(connector.ClassUnavailable, "list", "the connection broke")
		}
		return emit(p)
	})
}

// Get implements connector.Getter.
func (w *watched) Get(ctx context.Context, class connector.Class, key connector.Key) (connector.Object, error) {
	if err := w.system.ask("get", key); err != nil {
		return connector.Object{}, err
	}
	return w.MemoryConnector.Get(ctx, class, key)
}

// Create implements connector.Creator.
func (w *watched) Create(ctx context.Context, class connector.Class, attributes connector.Attributes) (connector.Object, error) {
	if err := w.system.ask("create", connector.Key{Name: connector.Text(attributes["name"])}); err != nil {
		return connector.Object{}, err
	}
	return w.MemoryConnector.Create(ctx, class, attributes)
}

// Update implements connector.Updater.
func (w *watched) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	if err := w.system.ask("update", current.Ref()); err != nil {
		return connector.Object{}, err
	}
	return w.MemoryConnector.Update(ctx, class, current, desired)
}

// Delete implements connector.Deleter.
func (w *watched) Delete(ctx context.Context, class connector.Class, key connector.Key) error {
	if err := w.system.ask("delete", key); err != nil {
		return err
	}
	return w.MemoryConnector.Delete(ctx, class, key)
}

// direct opens the memory past all faults and counters.
func (s *System) direct(b *Bench) *connectortest.MemoryConnector {
	b.T.Helper()
	opened, err := s.Memory.Kind().Open(b.T.Context(), connector.Config{})
	require.NoError(b.T, err)
	return memory(opened)
}

// memory gives the connector of a Memory, whose kind opens nothing else.
func memory(c connector.Connector) *connectortest.MemoryConnector {
	m, ok := c.(*connectortest.MemoryConnector)
	if !ok {
		panic("not a connector to a Memory")
	}
	return m
}

// Objects gives the objects of a class by key.
func (b *Bench) Objects(system, class string) map[string]connector.Object {
	b.T.Helper()
	out := map[string]connector.Object{}
	err := b.Systems[system].direct(b).List(b.T.Context(), connector.Class{Name: class}, connector.ListOptions{}, func(p connector.Page) error {
		for _, o := range p.Objects {
			out[o.Key] = o
		}
		return nil
	})
	require.NoError(b.T, err)
	return out
}

// Keys gives the keys of the objects of a class in order.
func (b *Bench) Keys(system, class string) []string {
	b.T.Helper()
	out := []string{}
	for key := range b.Objects(system, class) {
		out = append(out, key)
	}
	sort.Strings(out)
	return out
}

// Put writes an object into a system behind the engine's back.
func (b *Bench) Put(system, class string, attributes connector.Attributes) connector.Object {
	b.T.Helper()
	direct := b.Systems[system].direct(b)
	ctx, of := b.T.Context(), connector.Class{Name: class}
	if known, err := direct.Get(ctx, of, connector.Key{Name: connector.Text(attributes["name"])}); err == nil {
		updated, err := direct.Update(ctx, of, known, attributes)
		require.NoError(b.T, err)
		return updated
	}
	created, err := direct.Create(ctx, of, attributes)
	require.NoError(b.T, err)
	return created
}

// Drop removes an object from a system behind the engine's back.
func (b *Bench) Drop(system, class, name string) {
	b.T.Helper()
	require.NoError(b.T, b.Systems[system].direct(b).Delete(b.T.Context(), connector.Class{Name: class}, connector.Key{Name: name}))
}
