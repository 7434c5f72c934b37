package connectortest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

func memorySubject(kind func(*Memory) connector.Kind) Subject {
	m := NewMemory()
	m.Password = "memory-Secret.1"
	s := Subject{
		Kind: kind(m), SecretParameter: "password", KeyAttribute: "name", TextAttribute: "note", MultiAttribute: "tags", StableID: true,
		Value: func(n int) any { return fmt.Sprintf("tag %d", n) },
		New:   func(string) connector.Attributes { return connector.Attributes{"city": "Palma"} },
	}
	s.Fresh = func(T) Instance {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.last++
		return Instance{
			Parameters: map[string]string{"password": m.Password},
			Class:      connector.Class{Name: fmt.Sprintf("class %d", m.last)},
		}
	}
	return s
}

func TestMemoryConforms(t *testing.T) {
	t.Parallel()
	Run(t, memorySubject((*Memory).Kind))
}

// recorder is a T that notes whether its check failed.
type recorder struct {
	ctx      context.Context
	mu       sync.Mutex
	failures []string
	cleanups []func()
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) FailNow()                 { runtime.Goexit() }
func (r *recorder) Cleanup(f func())         { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Context() context.Context { return r.ctx }

// failing runs all checks and returns the names of those that fail.
func failing(t *testing.T, s Subject) []string {
	t.Helper()
	var names []string
	for _, c := range checks() {
		if !c.applies(s) {
			continue
		}
		r := &recorder{ctx: t.Context()}
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() {
				for _, cleanup := range r.cleanups {
					cleanup()
				}
			}()
			s.run(r, c)
		}()
		<-done
		if len(r.failures) > 0 {
			names = append(names, c.name)
		}
	}
	return names
}

func TestSuiteAcceptsASoundConnector(t *testing.T) {
	t.Parallel()
	require.Empty(t, failing(t, memorySubject((*Memory).Kind)))
}

// fault plants one mistake into a sound connector.
type fault struct {
	name string
	// noticed are checks that have to fail; others may fail too.
	noticed []string
	plant   func(kind *connector.Kind)
}

// wrap makes the kind open broken connectors.
func wrap(broken func(*MemoryConnector) connector.Connector) func(*connector.Kind) {
	return func(kind *connector.Kind) {
		open := kind.Open
		kind.Open = func(ctx context.Context, config connector.Config) (connector.Connector, error) {
			sound, err := open(ctx, config)
			if err != nil {
				return nil, err
			}
			return broken(sound.(*MemoryConnector)), nil
		}
	}
}

func TestSuiteNoticesPlantedFaults(t *testing.T) {
	t.Parallel()
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s := memorySubject(func(m *Memory) connector.Kind {
				kind := m.Kind()
				f.plant(&kind)
				return kind
			})
			require.Subset(t, failing(t, s), f.noticed)
		})
	}
}

func faults() []fault {
	return slices.Concat(declarationFaults(), objectFaults(), listFaults(), lifeFaults())
}

func declarationFaults() []fault {
	return []fault{
		{"says it can invoke", []string{"capabilities are the declared ones"}, func(k *connector.Kind) {
			k.Capabilities = append(k.Capabilities, connector.CanInvoke)
		}},
		{"parameter without a label", []string{"declaration is complete"}, func(k *connector.Kind) {
			k.Parameters = append(k.Parameters, connector.Parameter{Name: "odd"})
		}},
		{"default out of its choices", []string{"declaration is complete"}, func(k *connector.Kind) {
			k.Parameters = append(k.Parameters, connector.Parameter{
				Name: "odd", Label: "Odd", Type: connector.TypeChoice, Choices: []string{"a"}, Default: "b",
			})
		}},
		{"template with an unknown property", []string{"declaration is complete"}, func(k *connector.Kind) {
			k.Templates = []connector.ClassTemplate{{ObjectType: "user", Properties: map[string]string{"odd": "1"}}}
		}},
	}
}

func objectFaults() []fault {
	return []fault{
		{"create overwrites", []string{"create of a taken key is refused"}, wrap(func(c *MemoryConnector) connector.Connector { return overwriting{c} })},
		{
			"absent is not an error",
			[]string{"get of an absent object", "rename", "delete"},
			wrap(func(c *MemoryConnector) connector.Connector { return forgiving{c} }),
		},
		{
			"update wipes the rest",
			[]string{"update changes only what differs"},
			wrap(func(c *MemoryConnector) connector.Connector { return wiping{c} }),
		},
		{
			"update answers with the old object",
			[]string{"update changes only what differs", "concurrent use"},
			wrap(func(c *MemoryConnector) connector.Connector { return stale{c} }),
		},
		{"update creates", []string{"update of an absent object"}, wrap(func(c *MemoryConnector) connector.Connector { return upserting{c} })},
		{
			"update ignores empty values",
			[]string{"empty values clear", "several values are a set"},
			wrap(func(c *MemoryConnector) connector.Connector { return keeping{c} }),
		},
		{"only the first value", []string{"several values are a set"}, wrap(func(c *MemoryConnector) connector.Connector { return single{c} })},
		{"rename is a new object", []string{"rename"}, wrap(func(c *MemoryConnector) connector.Connector { return recreating{c} })},
		{"delete is always fine", []string{"delete"}, wrap(func(c *MemoryConnector) connector.Connector { return indifferent{c} })},
		{"delete hits the neighbour", []string{"delete"}, wrap(func(c *MemoryConnector) connector.Connector { return astray{c} })},
		{"names are cut at a comma", []string{"special characters"}, wrap(func(c *MemoryConnector) connector.Connector { return cutting{c} })},
		{"names are patterns", []string{"get of an absent object"}, wrap(func(c *MemoryConnector) connector.Connector { return matching{c} })},
	}
}

func listFaults() []fault {
	return []fault{
		{
			"list loses the last page",
			[]string{"list in pages", "special characters"},
			wrap(func(c *MemoryConnector) connector.Connector { return losing{c} }),
		},
		{"list repeats a page", []string{"list in pages"}, wrap(func(c *MemoryConnector) connector.Connector { return repeating{c} })},
		{"list ignores the page size", []string{"list in pages"}, wrap(func(c *MemoryConnector) connector.Connector { return flooding{c} })},
		{
			"list ignores emit's error",
			[]string{"list stops at an error of emit"},
			wrap(func(c *MemoryConnector) connector.Connector { return deaf{c} }),
		},
		{
			"list wraps emit's error",
			[]string{"list stops at an error of emit"},
			wrap(func(c *MemoryConnector) connector.Connector { return wrapping{c} }),
		},
		{
			"contexts are ignored",
			[]string{"ended context refuses calls", "list stops when the context ends"},
			wrap(func(c *MemoryConnector) connector.Connector { return timeless{c} }),
		},
	}
}

func lifeFaults() []fault {
	return []fault{
		{"closed goes on", []string{"closed connector refuses calls"}, wrap(func(c *MemoryConnector) connector.Connector { return undead{c} })},
		{
			"empty password is right",
			[]string{"password is set and checked"},
			wrap(func(c *MemoryConnector) connector.Connector { return anonymous{c} }),
		},
		{"one password for all", []string{"password is set and checked"}, wrap(func(c *MemoryConnector) connector.Connector { return shared{c, new(string)} })},
		{
			"error tells the password",
			[]string{"password of an absent object"},
			wrap(func(c *MemoryConnector) connector.Connector { return telltale{c} }),
		},
		{"find finds everything", []string{"find by example"}, wrap(func(c *MemoryConnector) connector.Connector { return greedy{c} })},
		{"any credentials", []string{"wrong credentials"}, func(k *connector.Kind) {
			open := k.Open
			k.Open = func(ctx context.Context, _ connector.Config) (connector.Connector, error) {
				return open(ctx, connector.Config{Parameters: map[string]string{"password": "memory-Secret.1"}})
			}
		}},
		{"credentials in the error", []string{"wrong credentials"}, func(k *connector.Kind) {
			k.Open = func(_ context.Context, config connector.Config) (connector.Connector, error) {
				return nil, connector.Errorf(connector.ClassAuth, "open", "%s is wrong", config.Parameters["password"])
			}
		}},
		{"unclassified errors", []string{"wrong credentials"}, func(k *connector.Kind) {
			k.Open = func(context.Context, connector.Config) (connector.Connector, error) { return nil, errors.New("no") }
		}},
	}
}
