package run

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/object"
)

var everything = authz.Scope{All: true}

// ApplyNext applies the next part of the change list in one transaction with its marks, so that a crash neither loses nor repeats any.
// Triggers before a write run before that transaction, those after it once it is committed. It gives the place to go on from, or done; a
// place below zero says that all is written and that what follows from it elsewhere is being sent on.
func (s *Service) ApplyNext(ctx context.Context, id uuid.UUID, after int64) (next int64, done bool, err error) {
	ctx, r, system, err := s.begin(ctx, id)
	if err != nil {
		return after, false, err
	}
	if after < 0 {
		return s.sendOn(ctx, r, after)
	}
	changes, err := s.Store.Proposed(ctx, id, after, page)
	if err != nil {
		return after, false, err
	}
	if len(changes) == 0 {
		if r.Kind != Reconcile || !system.PropagateChanges {
			return after, true, nil
		}
		return -1, false, nil
	}
	changes = alike(changes)
	if mirrors(changes[0].ObjectType) && r.Kind == Reconcile {
		ctx = silently(ctx)
	}
	p := s.partOf(&system, changes)
	if err := p.prepare(ctx); err != nil {
		return after, false, err
	}
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		if err := p.write(ctx); err != nil {
			return err
		}
		if err := s.Store.Mark(ctx, id, changes); err != nil {
			return err
		}
		return s.Store.Advance(ctx, id, Running, PhaseApply, counted(r.Counters, changes))
	})
	if err != nil {
		return after, false, err
	}
	return changes[len(changes)-1].Seq, false, s.finishPart(ctx, &r, p, changes)
}

// finishPart runs the triggers after the write and notes which of them failed.
func (s *Service) finishPart(ctx context.Context, r *Run, p part, changes []Change) error {
	if !p.finish(ctx) {
		return nil
	}
	return s.Store.Do(ctx, func(ctx context.Context) error {
		if err := s.Store.Mark(ctx, r.ID, changes); err != nil {
			return err
		}
		return s.Store.Advance(ctx, r.ID, Running, PhaseApply, counted(r.Counters, changes))
	})
}

// alike gives the leading changes that are of one type of object: each type has its own use cases, and its own transaction.
func alike(changes []Change) []Change {
	for i := range changes {
		if changes[i].ObjectType != changes[0].ObjectType {
			return changes[:i]
		}
	}
	return changes
}

// mirrors reports whether objects of a type only repeat what the reconciled system has.
func mirrors(objectType string) bool {
	return objectType == "informationSystem" || objectType == "role" || objectType == linkGrant
}

// silently gives a context in which writing makes no tasks: while the holders of a role come in part by part, sending the role to its own
// system would take those out who are still to come.
func silently(ctx context.Context) context.Context {
	origin := change.OriginOf(ctx)
	origin.Silent = true
	return change.WithOrigin(ctx, origin)
}

// sendOn touches, once everything is written, whom the new grants concern, because roles may contain roles of other systems. The place is
// the last change looked at, below zero by one.
func (s *Service) sendOn(ctx context.Context, r Run, after int64) (next int64, done bool, err error) {
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		last, touched, err := s.Store.Granted(ctx, r, -after-1, page)
		if err != nil {
			return err
		}
		for kind, ids := range touched {
			s.Track.Touch(ctx, kind, ids...)
		}
		next, done = -last-1, last == 0
		return nil
	})
	return next, done, err
}

func counted(counters map[string]int64, changes []Change) map[string]int64 {
	out := map[string]int64{"applied": counters["applied"], "failed": counters["failed"]}
	for _, c := range changes {
		out[c.Status]++
	}
	return out
}

// part is the leading changes of one type, on their way.
type part interface {
	// prepare reads what is there now, makes the edits and asks the triggers.
	prepare(ctx context.Context) error
	// write writes the edits and marks the changes. It may be called again when the transaction is.
	write(ctx context.Context) error
	// finish runs the triggers after the write; failed says that marks changed.
	finish(ctx context.Context) (failed bool)
}

// kind is what is special about applying changes of a type of object.
type kind[T any] struct {
	name   string // in load triggers
	rows   object.Store[T]
	writer Writer[T]
	// look reads what the drafts need, once for all; it may be nil.
	look func(ctx context.Context, changes []Change) error
	// draft gives the object as the change wants it, nil to delete it, or a fault that says why there is none.
	draft func(known *T, c *Change) (*T, error)
	state func(*T) map[string]any
	merge func(*T, map[string]any)
}

// entry is one change of a batch.
type entry[T any] struct {
	change        *Change
	message       string
	before, after *T
	edit          *object.Edit[T]
	stopped       bool
}

func (e *entry[T]) stop(status, message string) {
	e.stopped, e.change.Status, e.change.Message = true, status, message
}

func (e *entry[T]) written() bool { return e.edit != nil && e.edit.Err == nil }

// current is the new object: as stored once it is written.
func (e *entry[T]) current() *T {
	if e.written() {
		return e.edit.After
	}
	return e.after
}

// batch applies changes of one type.
type batch[T any, P object.Pointer[T]] struct {
	kind[T]
	service *Service
	system  *account.System
	changes []Change
	entries []entry[T]
}

func newBatch[T any, P object.Pointer[T]](s *Service, system *account.System, changes []Change, k kind[T]) part {
	return &batch[T, P]{kind: k, service: s, system: system, changes: changes}
}

func (b *batch[T, P]) prepare(ctx context.Context) error {
	known, err := b.known(ctx)
	if err != nil {
		return err
	}
	if b.look != nil {
		if err := b.look(ctx, b.changes); err != nil {
			return err
		}
	}
	b.entries = make([]entry[T], len(b.changes))
	for i := range b.changes {
		e := &b.entries[i]
		e.change, e.message = &b.changes[i], b.changes[i].Message
		if e.change.ObjectID != nil {
			if e.before = known[*e.change.ObjectID]; e.before == nil {
				e.stop("skipped", "The "+e.change.ObjectType+" was removed in the meantime.")
				continue
			}
		}
		if e.after, err = b.draft(e.before, e.change); err != nil {
			e.stop("skipped", sentence(err))
		}
	}
	return b.ask(ctx, preTrigger)
}

func (b *batch[T, P]) known(ctx context.Context) (map[uuid.UUID]*T, error) {
	var ids []uuid.UUID
	for i := range b.changes {
		if b.changes[i].ObjectID != nil {
			ids = append(ids, *b.changes[i].ObjectID)
		}
	}
	found, err := b.rows.Get(ctx, everything, ids...)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]*T, len(found))
	for i := range found {
		out[P(&found[i]).Base().ID] = &found[i]
	}
	return out, nil
}

// write writes level by level. An object that somebody changed since the triggers saw it is left to the next run.
func (b *batch[T, P]) write(ctx context.Context) error {
	for start := 0; start < len(b.entries); {
		end := start + 1
		for end < len(b.entries) && level(b.entries[end].change) == level(b.entries[start].change) {
			end++
		}
		if err := b.writeLevel(ctx, b.entries[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// level is the depth at which a change of a tree is written.
func level(c *Change) float64 {
	depth, _ := c.Object["level"].(float64)
	return depth
}

func (b *batch[T, P]) writeLevel(ctx context.Context, entries []entry[T]) error {
	var edits []*object.Edit[T]
	var of []*entry[T]
	for i := range entries {
		e := &entries[i]
		if e.stopped {
			continue
		}
		e.edit = &object.Edit[T]{}
		if e.before != nil {
			base := P(e.before).Base()
			e.edit.ID, e.edit.Version = base.ID, base.Version
		}
		if e.after != nil {
			after := *e.after
			e.edit.After = &after
		}
		edits, of = append(edits, e.edit), append(of, e)
	}
	if err := b.writer.Apply(ctx, edits, false); err != nil {
		return err
	}
	for _, e := range of {
		e.change.Message = e.message
		mark(e.change, e.edit.ID, e.edit.Err)
	}
	return nil
}

// finish runs the triggers after the write. Nothing can be taken back any more, so whatever stops them is noted on the changes.
func (b *batch[T, P]) finish(ctx context.Context) (failed bool) {
	err := b.ask(ctx, postTrigger)
	for i := range b.entries {
		e := &b.entries[i]
		if err != nil && e.written() && !e.stopped && len(triggersOf(b.system, b.name, e.event(postTrigger))) > 0 {
			e.afterwards(e.event(postTrigger), mapping.TriggerResult{Err: err})
		}
		failed = failed || e.written() && e.stopped
	}
	return failed
}

// mark notes what became of an entry.
func mark(c *Change, id uuid.UUID, err error) {
	if err == nil {
		c.Status, c.ObjectID = "applied", &id
		return
	}
	c.Status, c.Message = "failed", sentence(err)
}

// sentence gives what may be told of an error.
func sentence(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Error()
	}
	if denied, ok := errors.AsType[*authz.DeniedError](err); ok {
		return denied.Error()
	}
	return "The change was refused by an internal error."
}
