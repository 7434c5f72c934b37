// Package change carries, through a unit of work, where a change comes from and which objects it touched. Services touch; the store
// turns what was touched into recomputed effective roles, synchronisation tasks and outbox rows when the transaction ends.
package change

import (
	"context"

	"github.com/google/uuid"
)

// Kind of object that synchronisation knows.
type Kind string

// The kinds.
const (
	User    Kind = "user"
	Account Kind = "account"
	Group   Kind = "group"
	Role    Kind = "role"
)

// Tracker notes touched objects within the current transaction.
type Tracker interface {
	// Touch says that the objects, or what they hold, changed and have to reach their systems again.
	Touch(ctx context.Context, kind Kind, ids ...uuid.UUID)
	// Regrant says that what the objects pass on changed (contents of a role, roles or place of a group, grants of a user or an
	// account): the effective roles of everybody concerned are computed again, and whoever's changed is touched.
	Regrant(ctx context.Context, kind Kind, ids ...uuid.UUID)
}

// Origins of a change, kept on rows and in the audit trail.
const (
	Person         = "person"
	Token          = "token"
	Load           = "load"
	Reconciliation = "reconciliation"
	Import         = "import"
	Rule           = "rule"
	Process        = "process"
	Script         = "script"
	Engine         = "engine"       // the synchronisation engine itself: what it writes about users is under way already
	Provisioning   = "provisioning" // "provision all"
)

// Origin says where a change comes from. ID names the run, process or rule; it is also the source that the task limit counts by.
type Origin struct {
	Kind string
	ID   uuid.UUID
	// Released is set by a run that passed its guard: its tasks are not held by the task limit.
	Released bool
	// Silent is set when nothing may propagate (an agent with "propagate changes" off).
	Silent bool
	// Forced is set by "synchronise now": tasks are made in the manual engine mode too.
	Forced bool
	// Priority of the tasks: 1 passwords, 3 changes, 5 bulk. Zero means 3.
	Priority int
}

type originKey struct{}

// WithOrigin gives a context in which changes have this origin.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf gives the origin of changes made with ctx; a person when nothing was said.
func OriginOf(ctx context.Context) Origin {
	if o, ok := ctx.Value(originKey{}).(Origin); ok {
		return o
	}
	return Origin{Kind: Person}
}
