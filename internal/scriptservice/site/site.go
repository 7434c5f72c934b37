// Package site says, through a context, for which agent a script runs: dispatcherService is the interface of that agent. It is apart
// from the services so that whoever runs mappings and triggers can say it without knowing them.
package site

import (
	"context"

	"github.com/google/uuid"
)

type systemKey struct{}

// With gives a context in which scripts run for the agent of a system.
func With(ctx context.Context, system uuid.UUID) context.Context {
	return context.WithValue(ctx, systemKey{}, system)
}

// From gives the system for whose agent scripts run, and whether there is one.
func From(ctx context.Context) (uuid.UUID, bool) {
	id, ok := ctx.Value(systemKey{}).(uuid.UUID)
	return id, ok && id != uuid.Nil
}
