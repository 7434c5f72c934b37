package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/identity"
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
	c := &comparison{service: s, run: &r, system: &system, heartbeat: heartbeat}
	steps := map[string]func(context.Context) error{Load: c.load, Reconcile: c.reconcile, Impact: c.impact}
	if err := steps[r.source()](ctx); err != nil {
		return Verdict{}, err
	}
	extents, err := s.Store.Extents(ctx, r)
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
	return verdict, s.Store.Advance(ctx, id, Running, PhaseGuard, map[string]int64{"changes": c.seq})
}

// comparison is one change list under way.
type comparison struct {
	service   *Service
	run       *Run
	system    *account.System
	seq       int64
	pending   []Change
	heartbeat func(int64)
	rank      map[uuid.UUID]int // precedence of the sources met; the lower comes first
}

// each hands the staged objects over, page by page; objects with a problem are rejected here.
func (c *comparison) each(ctx context.Context, visit func(ctx context.Context, objects []Object) error) error {
	for after := int64(0); ; {
		objects, err := c.service.Store.Objects(ctx, c.run.ID, after, page)
		if err != nil {
			return err
		}
		if len(objects) == 0 {
			return c.flush(ctx)
		}
		after = objects[len(objects)-1].Seq
		var usable []Object
		for i := range objects {
			if objects[i].Problem == "" {
				usable = append(usable, objects[i])
				continue
			}
			c.add(Change{ObjectType: reported(objects[i].Type, c.run), ObjectKey: objects[i].Key, Action: Reject, Message: objects[i].Address + ": " + objects[i].Problem})
		}
		if err := visit(ctx, usable); err != nil {
			return err
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
		c.heartbeat(after)
	}
}

// reported is the object type a listed object counts as: users of a managed system are accounts here.
func reported(t mapping.ObjectType, r *Run) string {
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
	case Reject, Conflict, Drift:
		change.Status = "skipped"
	}
	c.pending = append(c.pending, change)
}

func (c *comparison) flush(ctx context.Context) error {
	if len(c.pending) == 0 {
		return nil
	}
	pending := c.pending
	c.pending = nil
	return c.service.Store.AddChanges(ctx, c.run.ID, pending)
}

// load compares listed people with our users, and finds the users of the source's zone that it no longer lists.
func (c *comparison) load(ctx context.Context) error {
	if err := c.each(ctx, c.loadPage); err != nil {
		return err
	}
	if !c.system.FullReconciliation {
		return nil
	}
	missing, err := c.service.Store.MissingUsers(ctx, *c.run)
	if err != nil {
		return err
	}
	for start := 0; start < len(missing); start += page {
		users, err := c.service.UserRows.Get(ctx, everything, missing[start:min(start+page, len(missing))]...)
		if err != nil {
			return err
		}
		for i := range users {
			c.missing(&users[i])
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// missing proposes what the source's removal setting says for a user it no longer lists.
func (c *comparison) missing(u *identity.User) {
	change := Change{ObjectType: "user", ObjectKey: u.UserName, ObjectID: &u.ID, Message: "No longer listed by " + c.system.Name + "."}
	switch c.system.Removal {
	case "delete":
		change.Action = Delete
	case "detach":
		change.Action, change.Changes = Update, []mapping.Change{{Attribute: "sourceSystem", Before: c.system.Name, After: nil}}
		change.Object = map[string]any{"detach": true}
	default:
		if !u.Active {
			return
		}
		change.Action, change.Changes = Disable, []mapping.Change{{Attribute: "active", Before: true, After: false}}
	}
	c.add(change)
}

func (c *comparison) loadPage(ctx context.Context, objects []Object) error {
	names := make([]string, len(objects))
	for i := range objects {
		names[i] = objects[i].Key
	}
	found, err := c.service.UserRows.Named(ctx, names...)
	if err != nil {
		return err
	}
	known := map[string]*identity.User{}
	for i := range found {
		known[strings.ToLower(found[i].UserName)] = &found[i]
	}
	if err := c.readRanks(ctx, found); err != nil {
		return err
	}
	for i := range objects {
		c.loadOne(&objects[i], known[strings.ToLower(objects[i].Key)])
	}
	return nil
}

func (c *comparison) loadOne(o *Object, current *identity.User) {
	if current == nil {
		fresh := newUser()
		mergeUser(&fresh, o.Mapped)
		c.add(Change{
			ObjectType: "user", ObjectKey: o.Key, Action: Create, Object: o.Mapped, Changes: mapping.Diff(nil, userState(&fresh)),
		})
		return
	}
	theirs := current.SourceSystemID != nil && *current.SourceSystemID != c.system.ID
	if theirs && !c.precedes(*current.SourceSystemID) {
		c.add(Change{
			ObjectType: "user", ObjectKey: o.Key, ObjectID: &current.ID, Action: Conflict,
			Message: fmt.Sprintf("%s is in charge of this user; what %s says is ignored.", current.SourceSystem, c.system.Name),
		})
		return
	}
	after := *current
	mergeUser(&after, o.Mapped)
	changes := mapping.Diff(userState(current), userState(&after))
	switch {
	case theirs:
		changes = append(changes, mapping.Change{Attribute: "sourceSystem", Before: current.SourceSystem, After: c.system.Name})
	case current.SourceSystemID == nil:
		changes = append(changes, mapping.Change{Attribute: "sourceSystem", Before: nil, After: c.system.Name})
	}
	if len(changes) == 0 {
		return
	}
	c.add(Change{
		ObjectType: "user", ObjectKey: o.Key, ObjectID: &current.ID, Action: loadAction(current, &after), Object: o.Mapped, Changes: changes,
	})
}

// readRanks reads the precedence of the sources that are in charge of the users.
func (c *comparison) readRanks(ctx context.Context, users []identity.User) error {
	if c.rank == nil {
		c.rank = map[uuid.UUID]int{c.system.ID: c.system.Precedence}
	}
	for i := range users {
		source := users[i].SourceSystemID
		if source == nil {
			continue
		}
		if _, known := c.rank[*source]; known {
			continue
		}
		other, err := c.service.Systems.Get(ctx, *source)
		if err != nil {
			return fmt.Errorf("read source of %s: %w", users[i].UserName, err)
		}
		c.rank[*source] = other.Precedence
	}
	return nil
}

// precedes reports whether this source comes before another one: what an earlier source lists is its own from then on.
func (c *comparison) precedes(other uuid.UUID) bool { return c.system.Precedence < c.rank[other] }

func loadAction(before, after *identity.User) string {
	switch {
	case before.Active && !after.Active:
		return Disable
	case !before.Active && after.Active:
		return Enable
	default:
		return Update
	}
}
