package object

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
)

func (s *Service[T, P]) apply(ctx context.Context, edits []*Edit[T], atomic bool) error {
	steps := []func(context.Context, []*Edit[T]) error{
		s.load, s.authorise, s.stamp, s.prepare, s.validate, s.checkKeys, s.skipUnchanged,
	}
	for _, step := range steps {
		if err := step(ctx, edits); err != nil {
			return err
		}
		if atomic {
			if err := firstErr(edits); err != nil {
				return err
			}
		}
	}
	if err := s.write(ctx, edits); err != nil {
		return err
	}
	if err := s.record(ctx, edits); err != nil {
		return err
	}
	if err := s.Rules.Written(ctx, live(edits)); err != nil {
		return err
	}
	if err := s.reload(ctx, edits); err != nil {
		return err
	}
	if atomic {
		return firstErr(edits)
	}
	return nil
}

// load locks what is to be updated or deleted.
func (s *Service[T, P]) load(ctx context.Context, edits []*Edit[T]) error {
	byID := map[uuid.UUID]*Edit[T]{}
	var ids []uuid.UUID
	for _, e := range edits {
		if e.ID == uuid.Nil {
			continue
		}
		if byID[e.ID] != nil {
			e.Err = fault.New(fault.Conflict, "The same %s occurs twice in this request.", s.Label)
			continue
		}
		byID[e.ID] = e
		ids = append(ids, e.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := s.Store.Lock(ctx, ids...)
	if err != nil {
		return err
	}
	for i := range found {
		byID[P(&found[i]).Base().ID].Before = &found[i]
	}
	for _, e := range byID {
		if e.Before == nil {
			e.Err = s.missing()
		}
	}
	return nil
}

// authorise asks for the permissions the batch needs and that every existing object is within their scope, then for the
// versions.
func (s *Service[T, P]) authorise(ctx context.Context, edits []*Edit[T]) error {
	groups := map[authz.Permission][]*Edit[T]{}
	for _, e := range edits {
		if e.Err == nil {
			groups[s.permission(e)] = append(groups[s.permission(e)], e)
		}
	}
	for perm, of := range groups {
		scope, err := s.scope(ctx, perm)
		if err != nil {
			return err
		}
		if scope.All {
			continue
		}
		if err := s.checkScope(ctx, perm, scope, of); err != nil {
			return err
		}
	}
	s.compare(edits)
	return nil
}

func (s *Service[T, P]) permission(e *Edit[T]) authz.Permission {
	switch {
	case e.Deleted(), e.Deferred:
		return s.Permissions.Delete
	case e.Created():
		return s.Permissions.Create
	default:
		return s.Permissions.Update
	}
}

// checkScope rejects edits of objects that exist but lie outside the caller's scope; to the caller they do not exist.
func (s *Service[T, P]) checkScope(ctx context.Context, perm authz.Permission, scope authz.Scope, edits []*Edit[T]) error {
	byID := map[uuid.UUID]*Edit[T]{}
	var ids []uuid.UUID
	for _, e := range edits {
		if e.ID != uuid.Nil && e.Err == nil {
			byID[e.ID] = e
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	outside, err := s.Store.Outside(ctx, scope, ids...)
	if err != nil {
		return err
	}
	for _, id := range outside {
		if byID[id].Created() || byID[id].Before == nil {
			byID[id].Err = authz.Outside(perm)
			continue
		}
		byID[id].Err = s.missing()
	}
	return nil
}

// compare checks the versions the caller saw. It comes after the permissions: its sentence names the object and who changed it.
func (*Service[T, P]) compare(edits []*Edit[T]) {
	for _, e := range edits {
		if e.Err != nil || e.Before == nil || e.Version == 0 || e.Version == P(e.Before).Base().Version {
			continue
		}
		e.Err = fault.New(fault.Stale, "%s was changed by %s in the meantime. Look at the new version and apply your change again.",
			P(e.Before).Title(), P(e.Before).Base().UpdatedBy)
	}
}

// stamp gives new objects their id and keeps ids and built-in marks of existing ones.
func (s *Service[T, P]) stamp(_ context.Context, edits []*Edit[T]) error {
	for _, e := range edits {
		if e.Err != nil {
			continue
		}
		if e.Before != nil {
			if b, ok := any(P(e.Before)).(Builtin); ok && b.IsBuiltin() && e.Deleted() {
				e.Err = fault.New(fault.Conflict, "%s is built in and cannot be deleted.", P(e.Before).Title())
			}
			if e.After != nil {
				*P(e.After).Base() = *P(e.Before).Base()
			}
			continue
		}
		if e.After == nil {
			continue
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make id: %w", err)
		}
		e.ID = id
		*P(e.After).Base() = Meta{ID: id, Version: 1}
	}
	return nil
}

func (s *Service[T, P]) prepare(ctx context.Context, edits []*Edit[T]) error {
	return s.Rules.Prepare(ctx, live(edits))
}

func (s *Service[T, P]) validate(_ context.Context, edits []*Edit[T]) error { //nolint:unparam // a step like the others
	for _, e := range live(edits) {
		if e.After != nil {
			e.Err = Validate(e.After)
		}
	}
	return nil
}

// checkKeys rejects creations and renames onto a natural key that another object has, within the batch or in the store.
func (s *Service[T, P]) checkKeys(ctx context.Context, edits []*Edit[T]) error {
	claimed := map[string]*Edit[T]{}
	var keys []string
	for _, e := range live(edits) {
		if e.After == nil {
			continue
		}
		key := strings.ToLower(s.Rules.Key(e.After))
		if key == "" || (e.Before != nil && strings.ToLower(s.Rules.Key(e.Before)) == key) {
			continue
		}
		if claimed[key] != nil {
			e.Err = s.taken(e.After)
			continue
		}
		claimed[key] = e
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil
	}
	found, err := s.Store.Named(ctx, keys...)
	if err != nil {
		return err
	}
	for i := range found {
		e := claimed[strings.ToLower(s.Rules.Key(&found[i]))]
		if e != nil && P(&found[i]).Base().ID != e.ID {
			e.Err = s.taken(e.After)
		}
	}
	return nil
}

func (s *Service[T, P]) skipUnchanged(_ context.Context, edits []*Edit[T]) error {
	for _, e := range live(edits) {
		if e.Before == nil || e.After == nil {
			continue
		}
		_, _, equal, err := audit.Difference(e.Before, e.After)
		if err != nil {
			return err
		}
		e.Unchanged = equal
	}
	return nil
}

func (s *Service[T, P]) write(ctx context.Context, edits []*Edit[T]) error {
	var inserts, updates []T
	var deletes []uuid.UUID
	for _, e := range live(edits) {
		switch {
		case e.Deleted():
			deletes = append(deletes, e.ID)
		case e.Created():
			inserts = append(inserts, *e.After)
		default:
			updates = append(updates, *e.After)
		}
	}
	if err := s.Store.Delete(ctx, deletes...); err != nil {
		return err
	}
	if err := s.Store.Update(ctx, updates); err != nil {
		return err
	}
	if err := s.Store.Insert(ctx, inserts); err != nil {
		return err
	}
	if err := s.keepSecrets(ctx, live(edits)); err != nil {
		return err
	}
	return s.checkNewScope(ctx, live(edits))
}

// keepSecrets keeps what edits that are written seal; a rejected one leaves nothing behind.
func (s *Service[T, P]) keepSecrets(ctx context.Context, edits []*Edit[T]) error {
	for _, e := range edits {
		for id, value := range e.Sealed {
			if s.Vault == nil {
				return fault.New(fault.Unavailable, "Secrets cannot be stored: the installation has no master key.")
			}
			if err := s.Vault.Put(ctx, id, value.Reveal()); err != nil {
				return fmt.Errorf("keep secret of %s: %w", P(e.After).Title(), err)
			}
		}
	}
	return nil
}

// checkNewScope makes sure that nobody creates or moves an object out of their own scope.
func (s *Service[T, P]) checkNewScope(ctx context.Context, edits []*Edit[T]) error {
	groups := map[authz.Permission][]*Edit[T]{}
	for _, e := range edits {
		if !e.Deleted() {
			groups[s.permission(e)] = append(groups[s.permission(e)], e)
		}
	}
	for perm, of := range groups {
		scope, err := s.scope(ctx, perm)
		if err != nil {
			return err
		}
		if scope.All {
			continue
		}
		if err := s.checkScope(ctx, perm, scope, of); err != nil {
			return err
		}
		if err := firstErr(of); err != nil { // rows are written already: only a rollback takes them back
			return err
		}
	}
	return nil
}

func (s *Service[T, P]) record(ctx context.Context, edits []*Edit[T]) error {
	var entries []audit.Entry
	for _, e := range live(edits) {
		entry := audit.Entry{ObjectType: s.Type, ObjectID: &e.ID}
		var before, after any
		switch {
		case e.Deleted():
			entry.Action, entry.ObjectName, before = audit.Delete, P(e.Before).Title(), e.Before
		case e.Created():
			entry.Action, entry.ObjectName, after = audit.Create, P(e.After).Title(), e.After
		default:
			entry.Action, entry.ObjectName, before, after = audit.Update, P(e.After).Title(), e.Before, e.After
		}
		var err error
		if entry.Before, entry.After, _, err = audit.Difference(before, after); err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	return s.Audit.Record(ctx, entries...)
}

// reload gives the caller the objects as stored: new version, joined names.
func (s *Service[T, P]) reload(ctx context.Context, edits []*Edit[T]) error {
	byID := map[uuid.UUID]*Edit[T]{}
	var ids []uuid.UUID
	for _, e := range edits {
		if e.Err == nil && !e.Deleted() {
			byID[e.ID] = e
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := s.Store.Get(ctx, authz.Scope{All: true}, ids...)
	if err != nil {
		return err
	}
	for i := range found {
		byID[P(&found[i]).Base().ID].After = &found[i]
	}
	return nil
}
