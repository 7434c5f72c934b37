package activities

import (
	"context"
	"fmt"
	"time"
)

// Housekeeping is what has to be done again and again beside the database.
type Housekeeping interface {
	// Sweep sends the signals of tasks again that nobody works on, and gives their number.
	Sweep(ctx context.Context) (int, error)
	// Purge removes finished tasks, ended sessions and old run logs.
	Purge(ctx context.Context) error
}

// Sealer seals the audit trail.
type Sealer interface {
	Seal(ctx context.Context) error
}

// Dates makes begin and end what does so by date.
type Dates interface {
	// HonourDates sees to the dates that have come, and gives the next one; zero when there is none.
	HonourDates(ctx context.Context) (time.Time, error)
}

// Upkeep keeps the house in order.
type Upkeep struct {
	House  Housekeeping
	Sealer Sealer
	Dates  Dates
}

// HonourDates makes begin and end what does so by a date that has come, and gives the next such date; zero when there is none.
func (a *Upkeep) HonourDates(ctx context.Context) (time.Time, error) {
	return a.Dates.HonourDates(ctx)
}

// Tidy sweeps stale tasks, purges what is over and seals the audit trail.
func (a *Upkeep) Tidy(ctx context.Context) (int, error) {
	swept, err := a.House.Sweep(ctx)
	if err != nil {
		return 0, fmt.Errorf("sweep tasks: %w", err)
	}
	if err := a.House.Purge(ctx); err != nil {
		return swept, fmt.Errorf("purge: %w", err)
	}
	if a.Sealer == nil {
		return swept, nil
	}
	if err := a.Sealer.Seal(ctx); err != nil {
		return swept, fmt.Errorf("seal audit trail: %w", err)
	}
	return swept, nil
}
