package account

import (
	"context"
	"maps"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/object"
	"provost/internal/query"
)

// masked shows the mask in place of the secret parameters of agents. Only Lock gives them as stored: the rules compare with it.
type masked struct{ object.Store[System] }

func mask(s *System) {
	s.Parameters = maps.Clone(s.Parameters)
	for name, value := range s.Parameters {
		if _, ok := SecretID(value); ok {
			s.Parameters[name] = Mask
		}
	}
}

func maskAll(found []System, err error) ([]System, error) {
	for i := range found {
		mask(&found[i])
	}
	return found, err
}

// Get implements object.Store.
func (m masked) Get(ctx context.Context, s authz.Scope, ids ...uuid.UUID) ([]System, error) {
	return maskAll(m.Store.Get(ctx, s, ids...))
}

// Named implements object.Store.
func (m masked) Named(ctx context.Context, keys ...string) ([]System, error) {
	return maskAll(m.Store.Named(ctx, keys...))
}

// List implements object.Store.
func (m masked) List(ctx context.Context, s authz.Scope, l query.List) (query.Page[System], error) {
	page, err := m.Store.List(ctx, s, l)
	_, _ = maskAll(page.Items, nil)
	return page, err
}

// Each implements object.Store.
func (m masked) Each(ctx context.Context, s authz.Scope, l query.List, yield func(System) error) error {
	return m.Store.Each(ctx, s, l, func(item System) error {
		mask(&item)
		return yield(item)
	})
}

// History implements object.Store.
func (m masked) History(ctx context.Context, id uuid.UUID) ([]object.Versioned[System], error) {
	versions, err := m.Store.History(ctx, id)
	for i := range versions {
		mask(&versions[i].Object)
	}
	return versions, err
}
