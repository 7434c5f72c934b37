package store

import (
	"context"
	"fmt"

	"provost/internal/process"
	"provost/internal/store/db"
)

// Addresses implements process.Ledger.
func (l *Ledger) Addresses(ctx context.Context, of []process.Principal) ([]string, error) {
	var out []string
	kinds, ids, scopes, _ := columnsOf(of)
	err := l.query(ctx, func(ctx context.Context, u *unit) (err error) {
		if out, err = u.q.AddressesReached(ctx, db.AddressesReachedParams{Kinds: kinds, Ids: ids, Scopes: scopes}); err != nil {
			return fmt.Errorf("read addresses: %w", err)
		}
		return nil
	})
	return out, err
}
