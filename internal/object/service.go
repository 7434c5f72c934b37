package object

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/query"
)

// Service is the use cases of one kind of object.
type Service[T any, P Pointer[T]] struct {
	Type        string // "user": in audit entries, metadata and addresses
	Label       string // "user": in sentences
	Permissions Permissions
	Tx          Transactor
	Store       Store[T]
	Audit       audit.Recorder
	Rules       Rules[T]
	Vault       Vault // of password attributes; nil where there can be none
}

// Get gives one object. It returns fault.NotFound for an object that does not exist or that the caller may not see.
func (s *Service[T, P]) Get(ctx context.Context, id uuid.UUID) (T, error) {
	var zero T
	scope, err := s.scope(ctx, s.Permissions.Query)
	if err != nil {
		return zero, err
	}
	found, err := s.Store.Get(ctx, scope, id)
	if err != nil {
		return zero, err
	}
	if len(found) == 0 {
		return zero, s.missing()
	}
	return found[0], nil
}

// Named gives the object with a natural key, within what the caller may see, or fault.NotFound.
func (s *Service[T, P]) Named(ctx context.Context, key string) (T, error) {
	var zero T
	found, err := s.Store.Named(ctx, key)
	if err != nil {
		return zero, err
	}
	if len(found) == 0 {
		return zero, s.missing()
	}
	return s.Get(ctx, P(&found[0]).Base().ID)
}

// List gives one page of the objects the caller may see.
func (s *Service[T, P]) List(ctx context.Context, l query.List) (query.Page[T], error) {
	scope, err := s.scope(ctx, s.Permissions.Query)
	if err != nil {
		return query.Page[T]{}, err
	}
	return s.Store.List(ctx, scope, l.Bounded())
}

// Each streams every object that matches and that the caller may see: for CSV and scripts.
func (s *Service[T, P]) Each(ctx context.Context, l query.List, yield func(T) error) error {
	scope, err := s.scope(ctx, s.Permissions.Query)
	if err != nil {
		return err
	}
	return s.Store.Each(ctx, scope, l, yield)
}

// History gives the superseded versions of an object, newest first.
func (s *Service[T, P]) History(ctx context.Context, id uuid.UUID) ([]Versioned[T], error) {
	if _, err := s.Get(ctx, id); err != nil {
		return nil, err
	}
	return s.Store.History(ctx, id)
}

// Create writes one new object and gives it as stored.
func (s *Service[T, P]) Create(ctx context.Context, draft T) (T, error) {
	return s.one(ctx, &Edit[T]{After: &draft})
}

// Update replaces the object with this id; version is the one the caller saw (zero: do not check). It returns fault.Stale when
// somebody else changed the object in between.
func (s *Service[T, P]) Update(ctx context.Context, id uuid.UUID, version int64, draft T) (T, error) {
	return s.one(ctx, &Edit[T]{ID: id, Version: version, After: &draft})
}

// Delete removes the object with this id.
func (s *Service[T, P]) Delete(ctx context.Context, id uuid.UUID, version int64) error {
	_, err := s.one(ctx, &Edit[T]{ID: id, Version: version})
	return err
}

func (s *Service[T, P]) one(ctx context.Context, e *Edit[T]) (T, error) {
	var zero T
	if err := s.Apply(ctx, []*Edit[T]{e}, true); err != nil {
		return zero, err
	}
	if e.Deleted() {
		return zero, nil
	}
	return *e.After, nil
}

// Apply writes a batch in one transaction. An atomic batch is refused whole at the first rejected edit; otherwise rejected edits carry
// their Err and the rest is written. After holds the objects as stored.
func (s *Service[T, P]) Apply(ctx context.Context, edits []*Edit[T], atomic bool) error {
	originals := make([]Edit[T], len(edits))
	for i, e := range edits {
		originals[i] = *e
	}
	return s.Tx.Do(ctx, func(ctx context.Context) error {
		for i, e := range edits { // a retried transaction starts from what the caller gave
			*e = originals[i]
			if originals[i].After != nil {
				draft := *originals[i].After
				e.After = &draft
			}
		}
		return s.apply(ctx, edits, atomic)
	})
}

func (s *Service[T, P]) scope(ctx context.Context, perm authz.Permission) (authz.Scope, error) {
	p, err := authz.Check(ctx, perm)
	if err != nil {
		return authz.Scope{}, err
	}
	return p.Scope(perm), nil
}

func (s *Service[T, P]) missing() error {
	return fault.New(fault.NotFound, "There is no such %s, or you may not see it.", s.Label)
}

func (s *Service[T, P]) taken(t *T) error {
	return &fault.Error{
		Code: fault.Conflict, Message: fmt.Sprintf("There is a %s named %s already. Choose another name.", s.Label, P(t).Title()),
		Fields: []fault.Field{{Location: "name", Message: "taken"}},
	}
}

func live[T any](edits []*Edit[T]) []*Edit[T] {
	out := make([]*Edit[T], 0, len(edits))
	for _, e := range edits {
		if e.live() {
			out = append(out, e)
		}
	}
	return out
}

func firstErr[T any](edits []*Edit[T]) error {
	for _, e := range edits {
		if e.Err != nil {
			return e.Err
		}
	}
	return nil
}

// Rejected gives the edits of a batch that carry an error, each joined into one error for callers that want all or nothing.
func Rejected[T any](edits []*Edit[T]) error {
	var errs []error
	for _, e := range edits {
		if e.Err != nil {
			errs = append(errs, e.Err)
		}
	}
	return errors.Join(errs...)
}
