package run

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/mapping"
)

// Compare works out the change list from the staging table, page by page, and has the guard judge it. It writes nothing but the list and
// may be called again: it starts over.
func (s *Service) Compare(ctx context.Context, id uuid.UUID, heartbeat func(objects int64)) (Verdict, error) {
	ctx, r, system, err := s.begin(ctx, id)
	if err != nil {
		return Verdict{}, err
	}
	if err := s.Store.Advance(ctx, id, Running, PhaseCompare, nil); err != nil {
		return Verdict{}, err
	}
	if err := s.Store.ClearChanges(ctx, id); err != nil {
		return Verdict{}, err
	}
	c := &comparison{service: s, run: &r, system: &system, heartbeat: heartbeat, tally: map[string]*Extent{}}
	steps := map[string]func(context.Context) error{Load: c.load, Reconcile: c.reconcile, Impact: c.impact}
	if err := steps[r.source()](ctx); err != nil {
		return Verdict{}, err
	}
	extents, err := c.extents(ctx)
	if err != nil {
		return Verdict{}, err
	}
	verdict := Judge(system.Guard, extents)
	if r.Kind == Impact || r.Kind == ImpactIn {
		verdict.Blocked = false // a preview writes nothing: the reasons are told, and that is all
	}
	if err := s.Store.Judged(ctx, id, verdict); err != nil {
		return Verdict{}, err
	}
	counters := map[string]int64{"changes": c.seq, "failed": c.failed, "rejected": c.rejected}
	return verdict, s.Store.Advance(ctx, id, Running, PhaseGuard, counters)
}

// comparison is one change list under way.
type comparison struct {
	service   *Service
	run       *Run
	system    *account.System
	seq       int64
	failed    int64 // records that nobody can identify
	rejected  int64
	pending   []Change
	heartbeat func(int64)
	rank      map[uuid.UUID]int // precedence of the sources met; the lower comes first
	tally     map[string]*Extent
}

// each hands the staged objects of some types over, page by page, groups with parents before children; objects with a problem are told
// of here.
func (c *comparison) each(ctx context.Context, visit func(ctx context.Context, objects []Object) error, types ...mapping.ObjectType) error {
	for after := (Object{Level: -1}); ; {
		objects, err := c.service.Store.Objects(ctx, c.run.ID, types, after.Level, after.Seq, page)
		if err != nil {
			return err
		}
		if len(objects) == 0 {
			return c.flush(ctx)
		}
		after = objects[len(objects)-1]
		var usable []Object
		for i := range objects {
			if objects[i].Problem == "" {
				usable = append(usable, objects[i])
				continue
			}
			c.refuse(&objects[i])
		}
		if err := visit(ctx, usable); err != nil {
			return err
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
		c.heartbeat(c.seq)
	}
}

// refuse lists an object that cannot be used, with its place in the listing and the reason.
func (c *comparison) refuse(o *Object) {
	change := Change{ObjectType: reported(o.Type, c.run), ObjectKey: o.Key, Action: Reject, Message: o.Problem}
	if o.Address != "" {
		change.Message = o.Address + ": " + o.Problem
	}
	if o.Unidentified {
		change.Action = Unidentified
	}
	if change.ObjectKey == "" {
		change.ObjectKey = o.Address
	}
	c.add(change)
}

// CountedAs is the object type under which the guard counts staged objects of a type: objects that are links by their kind.
func CountedAs(t string) string {
	if kind := kindOf(mapping.ObjectType(t)); kind != "" {
		return kind
	}
	return t
}

// reported is the object type a listed object counts as: users of a managed system are accounts here.
func reported(t mapping.ObjectType, r *Run) string {
	if kind := kindOf(t); kind != "" {
		return kind
	}
	if r.source() != Load && t == mapping.TypeUser {
		return "account"
	}
	return string(t)
}

func (c *comparison) add(change Change) {
	c.seq++
	change.Seq = c.seq
	change.Status = "proposed"
	switch change.Action {
	case Unidentified:
		change.Status = "failed"
		c.failed++
	case Reject:
		change.Status = "skipped"
		c.rejected++
	case Conflict, Drift:
		change.Status = "skipped"
	}
	c.count(&change)
	c.pending = append(c.pending, change)
}

// count adds a change to what the guard judges.
func (c *comparison) count(change *Change) {
	if change.Status != "proposed" {
		return
	}
	e := c.tally[change.ObjectType]
	if e == nil {
		e = &Extent{}
		c.tally[change.ObjectType] = e
	}
	switch change.Action {
	case Create, Grant:
		e.Inserts++
	case Delete, Disable, Revoke:
		e.Deletes++
	default:
		e.Updates++
	}
	if change.Action == Revoke || change.Object["absent"] == true {
		e.Absent++
	}
}

// extents puts what was listed and known together with what is to be changed.
func (c *comparison) extents(ctx context.Context) ([]Extent, error) {
	extents, err := c.service.Store.Staged(ctx, *c.run)
	for i := range extents {
		e, changes := &extents[i], c.tally[extents[i].ObjectType]
		e.Partial = c.run.Listing.Partial
		if changes != nil {
			e.Inserts, e.Updates, e.Deletes, e.Absent = changes.Inserts, changes.Updates, changes.Deletes, changes.Absent
		}
	}
	return extents, err
}

func (c *comparison) flush(ctx context.Context) error {
	if len(c.pending) == 0 {
		return nil
	}
	pending := c.pending
	c.pending = nil
	return c.service.Store.AddChanges(ctx, c.run.ID, pending)
}

// removes reports whether what the listing does not name may be taken for missing: only a complete listing of an agent with full
// reconciliation says so (guide 045, Incoming data).
func (c *comparison) removes() bool { return c.system.FullReconciliation && !c.run.Listing.Partial }

// inPages calls visit with a part of the ids at a time and writes what it lists.
func (c *comparison) inPages(ctx context.Context, ids []uuid.UUID, visit func(ctx context.Context, ids []uuid.UUID) error) error {
	for part := range slices.Chunk(ids, page) {
		if err := visit(ctx, part); err != nil {
			return err
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
		c.heartbeat(c.seq)
	}
	return nil
}
