package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
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

// Documents removes files of documents that nothing names any more.
type Documents interface {
	// Sweep looks at the part of the files whose turn it is at a moment, and gives the number of those that it removed.
	Sweep(ctx context.Context, now time.Time) (int, error)
}

// Dates makes begin and end what does so by date.
type Dates interface {
	// HonourDates sees to the dates that have come, and gives the next one; zero when there is none.
	HonourDates(ctx context.Context) (time.Time, error)
}

// Deadlines sees to what happens to tasks by date, and to what people are told of.
type Deadlines interface {
	// HonourDeadlines reminds of tasks, escalates and expires them where it is time to.
	HonourDeadlines(ctx context.Context) error
	// NextNotice gives the next moment at which there is something to do about tasks and mails; zero when there is none.
	NextNotice(ctx context.Context) (time.Time, error)
	// DigestGrants writes the mails about grants and revokes until the midnight before a moment, and gives their number.
	DigestGrants(ctx context.Context, at time.Time) (int, error)
}

// Office sends mails.
type Office interface {
	// Deliver sends mails that are due, and gives their number.
	Deliver(ctx context.Context) (int, error)
}

// Upkeep keeps the house in order.
type Upkeep struct {
	House  Housekeeping
	Sealer Sealer
	// Documents is nil where documents are in the database only.
	Documents Documents
	Dates     Dates
	// Deadlines and Office are what the workflow of notices does.
	Deadlines Deadlines
	Office    Office
}

// HonourDeadlines sees to tasks whose date has come.
func (a *Upkeep) HonourDeadlines(ctx context.Context) error {
	return a.Deadlines.HonourDeadlines(ctx)
}

// DigestGrants tells information systems what was granted and revoked in them until the last midnight.
func (a *Upkeep) DigestGrants(ctx context.Context) (int, error) {
	return a.Deadlines.DigestGrants(ctx, time.Now())
}

// DeliverMails sends the mails that are due, and gives the next moment at which there is something to do about tasks and mails; zero when
// there is none.
func (a *Upkeep) DeliverMails(ctx context.Context) (time.Time, error) {
	for {
		sent, err := a.Office.Deliver(ctx)
		if err != nil {
			return time.Time{}, fmt.Errorf("deliver mails: %w", err)
		}
		if sent == 0 {
			return a.Deadlines.NextNotice(ctx)
		}
		activity.RecordHeartbeat(ctx, sent)
	}
}

// HonourDates makes begin and end what does so by a date that has come, and gives the next such date; zero when there is none.
func (a *Upkeep) HonourDates(ctx context.Context) (time.Time, error) {
	return a.Dates.HonourDates(ctx)
}

// Tidy sweeps stale tasks, purges what is over, seals the audit trail and removes files that belong to nothing. It gives the number of tasks.
func (a *Upkeep) Tidy(ctx context.Context) (int, error) {
	swept, err := a.House.Sweep(ctx)
	if err != nil {
		return 0, fmt.Errorf("sweep tasks: %w", err)
	}
	if err := a.House.Purge(ctx); err != nil {
		return swept, fmt.Errorf("purge: %w", err)
	}
	if a.Sealer != nil {
		if err := a.Sealer.Seal(ctx); err != nil {
			return swept, fmt.Errorf("seal audit trail: %w", err)
		}
	}
	return swept, a.clear(ctx)
}

// clear removes files of documents that nothing names, and says how many.
func (a *Upkeep) clear(ctx context.Context) error {
	if a.Documents == nil {
		return nil
	}
	removed, err := a.Documents.Sweep(ctx, time.Now())
	if removed > 0 {
		activity.GetLogger(ctx).Info("files of documents removed that nothing names", "files", removed)
	}
	if err != nil {
		return fmt.Errorf("sweep documents: %w", err)
	}
	return nil
}
