package api

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/object"
)

// batchSize is how many edits are written together.
const batchSize = 500

// errNotKept rolls back a trial run.
var errNotKept = errors.New("trial run: nothing is kept")

// savepoints is what a store offers that can take back a part of a transaction.
type savepoints interface {
	// Attempt runs fn within the transaction of ctx and takes back what it wrote when it fails.
	Attempt(ctx context.Context, fn func(ctx context.Context) error) error
}

// batch writes many edits of one type: in parts, each refused edit with its reason, as one source for the task limit.
type batch[T any, P object.Pointer[T]] struct {
	service *object.Service[T, P]
	// dryRun does everything and takes it back.
	dryRun bool
	// atomic takes everything back when one edit is refused.
	atomic bool
}

// origin gives ctx the origin of a mass change with a fresh id, by which the task limit counts its tasks as of one source (guide 093).
func (b *batch[T, P]) origin(ctx context.Context) context.Context {
	return change.WithOrigin(ctx, change.Origin{Kind: change.Import, ID: uuid.New(), Priority: 5})
}

// run writes the edits; refused ones carry their Err. kept is false when everything was taken back. A trial run and an atomic one are a
// single transaction, others one for each part, so that a long import holds no lock for long.
func (b *batch[T, P]) run(ctx context.Context, edits []*object.Edit[T]) (kept bool, err error) {
	ctx = b.origin(ctx)
	originals := make([]object.Edit[T], len(edits))
	for i, e := range edits {
		originals[i] = *e
	}
	if !b.dryRun && !b.atomic {
		return true, b.inParts(edits, func(part []*object.Edit[T]) error {
			return b.service.Tx.Do(ctx, func(ctx context.Context) error { return b.write(ctx, part) })
		})
	}
	err = b.service.Tx.Do(ctx, func(ctx context.Context) error {
		for i, e := range edits {
			*e = originals[i]
		}
		if err := b.inParts(edits, func(part []*object.Edit[T]) error { return b.write(ctx, part) }); err != nil {
			return err
		}
		if b.dryRun || (b.atomic && object.Rejected(edits) != nil) {
			return errNotKept
		}
		return nil
	})
	if errors.Is(err, errNotKept) {
		return false, nil
	}
	return err == nil, err
}

func (b *batch[T, P]) inParts(edits []*object.Edit[T], write func([]*object.Edit[T]) error) error {
	for start := 0; start < len(edits); start += batchSize {
		if err := write(edits[start:min(start+batchSize, len(edits))]); err != nil {
			return err
		}
	}
	return nil
}

// write writes a part. What the rules refuse is marked on its edit; what only the database refuses ends the whole part, so that it is
// halved and tried again until the edit at fault stands alone.
func (b *batch[T, P]) write(ctx context.Context, part []*object.Edit[T]) error {
	tx, ok := b.service.Tx.(savepoints)
	if !ok {
		return fmt.Errorf("write batch of %s: the store has no savepoints", b.service.Type)
	}
	originals := make([]object.Edit[T], len(part))
	for i, e := range part {
		originals[i] = *e
	}
	err := tx.Attempt(ctx, func(ctx context.Context) error { return b.service.Apply(ctx, part, false) })
	switch {
	case err == nil:
		return nil
	case !refusal(err):
		return err
	case len(part) == 1:
		*part[0] = originals[0]
		part[0].Err = err
		return nil
	}
	for i, e := range part {
		*e = originals[i]
	}
	half := len(part) / 2
	if err := b.write(ctx, part[:half]); err != nil {
		return err
	}
	return b.write(ctx, part[half:])
}

// refusal tells errors that speak about an edit from those that mean that nothing works.
func refusal(err error) bool {
	about := []fault.Code{fault.Invalid, fault.Conflict, fault.NotFound, fault.Stale, fault.Denied}
	return slices.Contains(about, fault.CodeOf(err)) || errors.Is(err, authz.ErrDenied)
}

// counts says what became of the edits of a batch.
type counts struct{ created, updated, deleted, unchanged int }

func (c *counts) add(created, deleted, unchanged bool) {
	switch {
	case unchanged:
		c.unchanged++
	case deleted:
		c.deleted++
	case created:
		c.created++
	default:
		c.updated++
	}
}
