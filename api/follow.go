package api

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
)

// Notices tells what changed in any process; *store.Tenant does.
type Notices interface {
	// ListenEvents calls tell for every notice until ctx ends or the connection breaks. The zero id stands for several objects.
	ListenEvents(ctx context.Context, tell func(topic string, id uuid.UUID)) error
}

// Pauses of Follow.
const (
	// gather is how long equal notices count as one: a batch changes a thing many times a second, and nobody reads that fast.
	gather = 250 * time.Millisecond
	// reconnect is the pause after a broken connection.
	reconnect = time.Second
)

// Follow publishes what other processes change, until ctx ends. A broken connection is opened again; browsers read again by themselves
// after each interruption of their stream.
func (e *Events) Follow(ctx context.Context, notices Notices, logger zerolog.Logger) {
	heard := make(chan Event, backlog)
	go e.pass(ctx, heard)
	for ctx.Err() == nil {
		err := notices.ListenEvents(ctx, func(topic string, id uuid.UUID) {
			select {
			case heard <- Event{Topic: topic, ID: id}:
			case <-ctx.Done():
			}
		})
		if ctx.Err() != nil {
			return
		}
		logger.Warn().Err(err).Msg("the connection for notices of changes broke; it is opened again")
		select {
		case <-ctx.Done():
		case <-time.After(reconnect):
		}
	}
}

// pass publishes events, each once within a moment: the first of a quiet time at once, those that follow when the moment is over.
func (e *Events) pass(ctx context.Context, heard <-chan Event) {
	waiting := map[Event]bool{}
	var over <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-heard:
			if over != nil {
				waiting[event] = true
				continue
			}
			e.Publish(event.Topic, event.ID)
			over = time.After(gather)
		case <-over:
			over = nil
			if len(waiting) > 0 {
				over = time.After(gather)
			}
			for event := range waiting {
				e.Publish(event.Topic, event.ID)
			}
			clear(waiting)
		}
	}
}
