package parameter

import (
	"context"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/object"
	"provost/internal/query"
)

// masked shows the mask in place of secret values, whoever reads.
type masked struct{ object.Store[Parameter] }

func mask(p *Parameter) {
	if p.Secret {
		p.Value = Mask
	}
}

func maskAll(found []Parameter, err error) ([]Parameter, error) {
	for i := range found {
		mask(&found[i])
	}
	return found, err
}

// Get implements object.Store.
func (m masked) Get(ctx context.Context, s authz.Scope, ids ...uuid.UUID) ([]Parameter, error) {
	return maskAll(m.Store.Get(ctx, s, ids...))
}

// Named implements object.Store.
func (m masked) Named(ctx context.Context, keys ...string) ([]Parameter, error) {
	return maskAll(m.Store.Named(ctx, keys...))
}

// List implements object.Store.
func (m masked) List(ctx context.Context, s authz.Scope, l query.List) (query.Page[Parameter], error) {
	page, err := m.Store.List(ctx, s, l)
	_, _ = maskAll(page.Items, nil)
	return page, err
}

// Each implements object.Store.
func (m masked) Each(ctx context.Context, s authz.Scope, l query.List, yield func(Parameter) error) error {
	return m.Store.Each(ctx, s, l, func(p Parameter) error {
		mask(&p)
		return yield(p)
	})
}
