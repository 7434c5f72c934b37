// Package object is the one use case engine for everything a person can edit: users, groups, roles, agents, naming rules and so on.
// A Service authorises, checks and writes a batch of edits in one transaction, with audit entries and synchronisation tasks, so that a
// change made on a page, by an import, by a load or by a script goes the same way. What is special about a kind of object is said by
// its Rules; how rows are kept is said by its Store.
package object

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/query"
	"provost/internal/secret"
)

// Meta is what every object has. Version is the ETag; it rises with every change.
type Meta struct {
	ID        uuid.UUID `json:"id" db:"id"`
	Version   int64     `json:"version" db:"version,auto"`
	CreatedAt time.Time `json:"createdAt" db:"created_at,auto"`
	CreatedBy string    `json:"createdBy" db:"created_by,auto"`
	UpdatedAt time.Time `json:"updatedAt" db:"updated_at,auto"`
	UpdatedBy string    `json:"updatedBy" db:"updated_by,auto"`
}

// Base gives the Meta of the object it is embedded in.
func (m *Meta) Base() *Meta { return m }

// Object is implemented by the pointers to all objects.
type Object interface {
	Base() *Meta
	// Title names the object for people, in the audit trail and in messages: usually its name.
	Title() string
}

// Pointer ties an object type to its pointer.
type Pointer[T any] interface {
	*T
	Object
}

// Builtin is implemented by objects of which some come with the platform and cannot be deleted or renamed.
type Builtin interface{ IsBuiltin() bool }

// Versioned is one superseded version of an object, from the history.
type Versioned[T any] struct {
	Object     T         `json:"object"`
	Superseded time.Time `json:"supersededAt"`
	By         string    `json:"supersededBy"`
	Operation  string    `json:"operation"`
}

// Store keeps the rows of one type. All methods join the transaction of the context; reads without one open their own.
type Store[T any] interface {
	// Get gives the objects with these ids that are within the scope, in no special order; missing ones are left out.
	Get(ctx context.Context, scope authz.Scope, ids ...uuid.UUID) ([]T, error)
	// Lock gives the objects with these ids, locked until the transaction ends. It alone gives the ids of secrets: rows are written from it.
	Lock(ctx context.Context, ids ...uuid.UUID) ([]T, error)
	// Named gives the objects with these natural keys (see Rules.Key), ignoring case.
	Named(ctx context.Context, keys ...string) ([]T, error)
	// Outside gives those of the ids that are not within the scope.
	Outside(ctx context.Context, scope authz.Scope, ids ...uuid.UUID) ([]uuid.UUID, error)
	List(ctx context.Context, scope authz.Scope, l query.List) (query.Page[T], error)
	// Each streams every object that matches, in order, whatever page the request names.
	Each(ctx context.Context, scope authz.Scope, l query.List, yield func(T) error) error
	Insert(ctx context.Context, objects []T) error
	Update(ctx context.Context, objects []T) error
	Delete(ctx context.Context, ids ...uuid.UUID) error
	History(ctx context.Context, id uuid.UUID) ([]Versioned[T], error)
}

// Vault keeps secrets by id, within the transaction of the context. Those that no row names any more are dropped by the database.
type Vault interface {
	Put(ctx context.Context, id uuid.UUID, plaintext string) error
}

// Transactor runs a function in a transaction. Do joins the transaction of the context if there is one; it runs fn again when the
// database asks for a retry, so fn must not have effects outside the database.
type Transactor interface {
	Do(ctx context.Context, fn func(ctx context.Context) error) error
}

// Edit is one change of a batch: creation (Before nil), deletion (After nil) or update. The engine loads Before.
type Edit[T any] struct {
	ID     uuid.UUID // of the object to update or delete
	Before *T
	After  *T
	// Version the caller saw; zero skips the check.
	Version int64
	// Err is why this edit was rejected; the others of a batch go on unless the batch is atomic.
	Err error
	// Unchanged is set when After says what Before says already: nothing was written.
	Unchanged bool
	// Deferred is set when a deletion waits for somebody to approve it: the object stays, and After says so. It asks for the permission to delete.
	Deferred bool
	// Sealed are the new values of password attributes, by the ids that After names: they are kept when After is written, and nowhere else.
	Sealed map[uuid.UUID]secret.Value
}

// Created reports whether the edit makes a new object.
func (e *Edit[T]) Created() bool { return e.Before == nil && e.After != nil }

// Deleted reports whether the edit removes the object.
func (e *Edit[T]) Deleted() bool { return e.After == nil }

// live reports whether the edit still has something to write.
func (e *Edit[T]) live() bool { return e.Err == nil && !e.Unchanged }

// Rules is what is special about a kind of object. Batches may hold hundreds of edits: implementations look things up set-based.
type Rules[T any] interface {
	// Key is the natural key by which two objects of the type clash, lower case matters not; empty means no check.
	Key(t *T) string
	// Prepare completes After (derived values, names to ids) and sets Err on edits that break a rule. A returned error ends the batch.
	Prepare(ctx context.Context, edits []*Edit[T]) error
	// Written runs after the rows are written, in the same transaction: memberships, touched objects.
	Written(ctx context.Context, edits []*Edit[T]) error
}

// NoRules is for objects about which nothing is special; embed it and override what is.
type NoRules[T any] struct{}

// Prepare accepts everything.
func (NoRules[T]) Prepare(context.Context, []*Edit[T]) error { return nil }

// Written does nothing.
func (NoRules[T]) Written(context.Context, []*Edit[T]) error { return nil }

// Permissions are what a Service asks for. Empty ones mean that nobody but the platform itself may.
type Permissions struct {
	Query, Create, Update, Delete authz.Permission
}

// Attributes are the values of custom attributes by code: string, float64, bool, Secret, nil, or []any of these.
type Attributes map[string]any

// Clone copies the map, not the values: values are never changed in place.
func (a Attributes) Clone() Attributes {
	out := make(Attributes, len(a))
	maps.Copy(out, a)
	return out
}

// MarshalJSON writes an empty object for nil, so that clients need no null checks.
func (a Attributes) MarshalJSON() ([]byte, error) {
	if a == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(map[string]any(a))
}
