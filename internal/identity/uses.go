package identity

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/object"
)

// Use is how many objects of a kind use another object; What is the plural word for them.
type Use struct {
	What  string
	Count int
}

// UseCounter counts what uses objects, so that a refusal to delete can say what stands in the way.
type UseCounter interface {
	// Uses gives, per object of the type that is used, what uses it. Unused objects are left out.
	Uses(ctx context.Context, objectType string, ids []uuid.UUID) (map[uuid.UUID][]Use, error)
}

// RefuseUsed rejects the deletions of a batch whose objects are used, with a sentence that says by how many of what.
func RefuseUsed[T any](ctx context.Context, c UseCounter, objectType string, edits []*object.Edit[T]) error {
	deleted := map[uuid.UUID]*object.Edit[T]{}
	ids := make([]uuid.UUID, 0, len(edits))
	for _, e := range edits {
		if e.Deleted() && e.Err == nil {
			deleted[e.ID] = e
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	uses, err := c.Uses(ctx, objectType, ids)
	if err != nil {
		return fmt.Errorf("count uses of %s: %w", objectType, err)
	}
	for id, of := range uses {
		e := deleted[id]
		e.Err = fault.New(fault.Conflict, "%s cannot be deleted: it is used by %s. Change or remove them first.", title(e.Before), sentence(of))
	}
	return nil
}

// sentence joins uses: "3 users, 1 child groups and 2 systems".
func sentence(uses []Use) string {
	parts := make([]string, len(uses))
	for i, u := range uses {
		what := u.What
		if u.Count == 1 {
			what = strings.TrimSuffix(what, "s")
		}
		parts[i] = fmt.Sprintf("%d %s", u.Count, what)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

func title[T any](t *T) string {
	if o, ok := any(t).(object.Object); ok {
		return o.Title()
	}
	return "It"
}
