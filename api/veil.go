package api

import (
	"context"

	"github.com/google/uuid"

	"provost/internal/metadata"
	"provost/internal/object"
)

// veiler takes out of objects what the metadata hides from the caller (guide page 039).
type veiler[T any, P object.Pointer[T]] struct {
	guard *metadata.Guard
	// own is the guard for the caller's own user object, where an administrator is a user as well; nil for other types.
	own  *metadata.Guard
	self uuid.UUID
}

func newVeiler[T any, P object.Pointer[T]](ctx context.Context, schemas *metadata.Schemas, objectType string) (veiler[T, P], error) {
	v := veiler[T, P]{self: principalOf(ctx).UserID}
	var err error
	if v.guard, err = schemas.Guard(ctx, objectType, metadata.ReaderOf(ctx)); err != nil {
		return v, err
	}
	if reader := metadata.ReaderOfObject(ctx, objectType, v.self); reader != metadata.ReaderOf(ctx) {
		v.own, err = schemas.Guard(ctx, objectType, reader)
	}
	return v, err
}

// of gives the guard of one object.
func (v veiler[T, P]) of(id uuid.UUID) *metadata.Guard {
	if v.own != nil && id == v.self {
		return v.own
	}
	return v.guard
}

func (v veiler[T, P]) veil(item *T) { v.of(P(item).Base().ID).Blank(item) }

// veil hides what the caller may not see in objects that are about to be sent; maps are copied, not changed.
func (r resource[T, P]) veil(ctx context.Context, items ...*T) error {
	if len(items) == 0 {
		return nil
	}
	v, err := r.veiler(ctx)
	if err != nil {
		return err
	}
	for _, item := range items {
		v.veil(item)
	}
	return nil
}

func (r resource[T, P]) veiler(ctx context.Context) (veiler[T, P], error) {
	return newVeiler[T, P](ctx, r.api.deps.Platform.Attributes, r.service.Type)
}

// named lists the attributes that members name, custom ones with their prefix.
func named(members map[string]any) []string {
	var out []string
	for name, value := range members {
		custom, ok := value.(map[string]any)
		if name != "attributes" || !ok {
			out = append(out, name)
			continue
		}
		for code := range custom {
			out = append(out, attributePrefix+code)
		}
	}
	return out
}

// mayName refuses changes of an object that name an attribute which the caller may not see.
func (r resource[T, P]) mayName(ctx context.Context, id uuid.UUID, members map[string]any) error {
	v, err := r.veiler(ctx)
	if err != nil {
		return err
	}
	return v.of(id).Named(named(members))
}

// mayGive refuses a new object that has attributes which the caller may not write.
func (r resource[T, P]) mayGive(ctx context.Context, members map[string]any) error {
	v, err := r.veiler(ctx)
	if err != nil {
		return err
	}
	return v.guard.Given(named(withoutNulls(members)))
}

// pointers gives the addresses of the items of a list.
func pointers[T any](items []T) []*T {
	out := make([]*T, len(items))
	for i := range items {
		out[i] = &items[i]
	}
	return out
}
