package connector

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// ErrUnknownKind says that no connector of that name is registered.
var ErrUnknownKind = errors.New("no such connector")

// Registry holds the kinds of connectors a program offers.
type Registry struct {
	kinds map[string]Kind
}

// NewRegistry returns a registry of the kinds. Two kinds of one name are a mistake in the program's wiring and panic.
func NewRegistry(kinds ...Kind) *Registry {
	r := &Registry{kinds: make(map[string]Kind, len(kinds))}
	for _, kind := range kinds {
		if _, taken := r.kinds[kind.Name]; taken {
			panic(fmt.Sprintf("connector kind %q is registered twice", kind.Name))
		}
		r.kinds[kind.Name] = kind
	}
	return r
}

// Kinds returns the kinds sorted by label.
func (r *Registry) Kinds() []Kind {
	kinds := make([]Kind, 0, len(r.kinds))
	for _, kind := range r.kinds {
		kinds = append(kinds, kind)
	}
	sort.Slice(kinds, func(i, j int) bool { return kinds[i].Label < kinds[j].Label })
	return kinds
}

// Kind returns the kind of that name, or [ErrUnknownKind].
func (r *Registry) Kind(name string) (Kind, error) {
	kind, ok := r.kinds[name]
	if !ok {
		return Kind{}, fmt.Errorf("connector kind %q: %w", name, ErrUnknownKind)
	}
	return kind, nil
}

// Open validates the parameters, fills in the defaults and opens the connector. Errors: [ErrUnknownKind], a [ConfigError], or what the
// connector says.
func (r *Registry) Open(ctx context.Context, name string, config Config) (Connector, error) {
	kind, err := r.Kind(name)
	if err != nil {
		return nil, err
	}
	return Open(ctx, kind, config)
}

// Open is [Registry.Open] for a kind at hand.
func Open(ctx context.Context, kind Kind, config Config) (Connector, error) {
	if findings := Validate(kind, config.Parameters); len(findings) > 0 {
		return nil, &Error{
			Class: ClassPolicy, Op: "open", Message: "the parameters of the agent are not complete",
			Err: &ConfigError{Findings: findings},
		}
	}
	config.Parameters = WithDefaults(kind, config.Parameters)
	return kind.Open(ctx, config)
}

// ConfigError lists what is wrong with an agent's parameters.
type ConfigError struct {
	Findings []Finding
}

// Error joins the findings.
func (e *ConfigError) Error() string {
	parts := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		parts[i] = f.Parameter + ": " + f.Message
	}
	return strings.Join(parts, "; ")
}
