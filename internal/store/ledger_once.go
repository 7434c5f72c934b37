package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/store/db"
)

// Once implements process.Ledger.
func (l *Ledger) Once(ctx context.Context, of process.Effect, do func(context.Context) (bpm.Values, error)) (bpm.Values, error) {
	var values bpm.Values
	err := l.Do(ctx, func(ctx context.Context) error {
		known, found, err := l.effect(ctx, of)
		if err != nil || found {
			values = known
			return err
		}
		if values, err = do(ctx); err != nil {
			return err
		}
		return l.keepEffect(ctx, of, values)
	})
	return values, err
}

func (l *Ledger) effect(ctx context.Context, of process.Effect) (values bpm.Values, found bool, err error) {
	err = l.exec(ctx, func(ctx context.Context, u *unit) error {
		if _, err := u.lock(ctx, of.Process); err != nil {
			return err
		}
		text, err := u.q.ProcessEffect(ctx, db.ProcessEffectParams{ProcessID: of.Process, Element: of.Element, Visit: int32(of.Visit)}) //nolint:gosec // a small number
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read effect: %w", err)
		}
		found = true
		if err := json.Unmarshal(text, &values); err != nil {
			return fmt.Errorf("decode effect: %w", err)
		}
		return nil
	})
	return values, found, err
}

func (l *Ledger) keepEffect(ctx context.Context, of process.Effect, values bpm.Values) error {
	text, err := encoded(values)
	if err != nil {
		return err
	}
	return l.exec(ctx, func(ctx context.Context, u *unit) error {
		params := db.InsertProcessEffectParams{ProcessID: of.Process, Element: of.Element, Visit: int32(of.Visit), Variables: text} //nolint:gosec // a small number
		if err := u.q.InsertProcessEffect(ctx, params); err != nil {
			return fmt.Errorf("write effect: %w", err)
		}
		return nil
	})
}
