package object

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/fault"
)

// Directory finds objects by name for references: people, imports and scripts name a group, not its id.
type Directory interface {
	// IDs gives the ids of the objects of a type by lower-case name; unknown names are left out.
	IDs(ctx context.Context, objectType string, names []string) (map[string]uuid.UUID, error)
}

// Reference is a field pair of T, an id and the name beside it. Whichever of the two the caller changed wins.
type Reference[T any] struct {
	Location string // JSON name of the name field
	Type     string // object type in the Directory
	Required bool
	ID       func(*T) *uuid.UUID
	Optional func(*T) **uuid.UUID // instead of ID, for a reference that may be empty
	Name     func(*T) *string
}

// Resolve completes the references of a batch; each type is looked up once. Edits with unknown or missing names are rejected.
func Resolve[T any](ctx context.Context, d Directory, edits []*Edit[T], refs ...Reference[T]) error {
	for _, r := range refs {
		if err := r.resolve(ctx, d, edits); err != nil {
			return err
		}
	}
	return nil
}

func (r Reference[T]) resolve(ctx context.Context, d Directory, edits []*Edit[T]) error {
	wanted := map[string][]*Edit[T]{}
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		name := strings.TrimSpace(*r.Name(e.After))
		if e.Before != nil && r.id(e.Before) != r.id(e.After) {
			continue // the id was changed: it wins
		}
		switch {
		case e.Before != nil && name == *r.Name(e.Before):
		case e.Before == nil && r.id(e.After) != uuid.Nil:
		case name == "":
			r.set(e.After, uuid.Nil)
		default:
			wanted[strings.ToLower(name)] = append(wanted[strings.ToLower(name)], e)
		}
	}
	if err := r.find(ctx, d, wanted); err != nil {
		return err
	}
	for _, e := range edits {
		if e.After != nil && e.Err == nil && r.Required && r.id(e.After) == uuid.Nil {
			e.Err = fault.InvalidField(r.Location, "%s is required.", r.Location)
		}
	}
	return nil
}

func (r Reference[T]) find(ctx context.Context, d Directory, wanted map[string][]*Edit[T]) error {
	if len(wanted) == 0 {
		return nil
	}
	names := make([]string, 0, len(wanted))
	for name := range wanted {
		names = append(names, name)
	}
	ids, err := d.IDs(ctx, r.Type, names)
	if err != nil {
		return fmt.Errorf("find %s: %w", r.Type, err)
	}
	for name, of := range wanted {
		for _, e := range of {
			if id, ok := ids[name]; ok {
				r.set(e.After, id)
				continue
			}
			e.Err = fault.InvalidField(r.Location, "There is no %s named %q.", r.Type, *r.Name(e.After))
		}
	}
	return nil
}

func (r Reference[T]) id(t *T) uuid.UUID {
	if r.ID != nil {
		return *r.ID(t)
	}
	if p := *r.Optional(t); p != nil {
		return *p
	}
	return uuid.Nil
}

func (r Reference[T]) set(t *T, id uuid.UUID) {
	switch {
	case r.ID != nil:
		*r.ID(t) = id
	case id == uuid.Nil:
		*r.Optional(t) = nil
	default:
		*r.Optional(t) = &id
	}
}
