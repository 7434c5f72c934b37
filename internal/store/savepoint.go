package store

import (
	"context"
	"errors"
	"fmt"

	"provost/internal/change"
	"provost/internal/store/db"
)

// errNoTransaction means a mistake in the code that calls Attempt.
var errNoTransaction = errors.New("a part of a transaction needs a transaction around it")

// Attempt runs fn as a part of the transaction of the context: when fn fails, what it wrote and touched is taken back and the
// transaction goes on. An error that asks for the whole transaction to run again is given back as it is, so that Do sees it.
func (t *Tenant) Attempt(ctx context.Context, fn func(ctx context.Context) error) error {
	outer := unitOf(ctx)
	if outer == nil || outer.tenant.key != t.key {
		return errNoTransaction
	}
	point, err := outer.tx.Begin(ctx)
	if err != nil {
		return fmt.Errorf("set savepoint: %w", err)
	}
	inner := &unit{tenant: outer.tenant, tx: point, q: db.New(point)}
	if err := fn(context.WithValue(ctx, unitKey{}, inner)); err != nil {
		if undo := point.Rollback(context.WithoutCancel(ctx)); undo != nil {
			return errors.Join(err, fmt.Errorf("roll back to savepoint: %w", undo))
		}
		if retryable(err) {
			return err
		}
		return translate(err)
	}
	if err := point.Commit(ctx); err != nil {
		return fmt.Errorf("release savepoint: %w", err)
	}
	outer.take(inner.touched)
	return nil
}

// take adds what a part of the transaction touched.
func (u *unit) take(part touched) {
	for _, kind := range []change.Kind{change.User, change.Account, change.Group, change.Role} {
		u.add(&u.objects, kind, keys(part.objects[kind]))
		u.add(&u.regrant, kind, keys(part.regrant[kind]))
	}
}
