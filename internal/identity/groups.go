package identity

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/object"
)

// Groups is the use cases of groups (guide page 015).
type Groups = object.Service[Group, *Group]

// NewGroups gives the use cases of groups.
func NewGroups(base Groups, people People, attributes Checker) *Groups {
	base.Type, base.Label = "group", "group"
	base.Permissions = object.Permissions{
		Query: authz.GroupQuery, Create: authz.GroupCreate, Update: authz.GroupUpdate, Delete: authz.GroupDelete,
	}
	base.Rules = &groupRules{people: people, attributes: attributes}
	return &base
}

type groupRules struct {
	people     People
	attributes Checker
}

// Key implements object.Rules.
func (*groupRules) Key(g *Group) string { return g.Name }

// Prepare resolves parent and type, keeps the tree a tree, and refuses to delete a group that is used.
func (r *groupRules) Prepare(ctx context.Context, edits []*object.Edit[Group]) error {
	err := object.Resolve(ctx, r.people, edits,
		object.Reference[Group]{
			Location: "parent", Type: "group",
			Optional: func(g *Group) **uuid.UUID { return &g.ParentID }, Name: func(g *Group) *string { return &g.Parent },
		},
		object.Reference[Group]{
			Location: "groupType", Type: "groupType",
			Optional: func(g *Group) **uuid.UUID { return &g.GroupTypeID }, Name: func(g *Group) *string { return &g.GroupType },
		})
	if err != nil {
		return err
	}
	for _, e := range edits {
		r.complete(e)
	}
	if err := r.checkTree(ctx, edits); err != nil {
		return err
	}
	if err := RefuseUsed(ctx, r.people, "group", edits); err != nil {
		return err
	}
	return CheckAttributes(ctx, r.attributes, "group", edits, func(g *Group) *object.Attributes { return &g.Attributes })
}

// complete derives what a draft leaves open: a group without parent hangs below world, the only root (guide page 015).
func (r *groupRules) complete(e *object.Edit[Group]) {
	if e.After == nil || e.Err != nil {
		return
	}
	g := e.After
	g.Name = strings.TrimSpace(g.Name)
	g.Builtin = e.Before != nil && e.Before.Builtin
	KeepBuiltinName(e, "name", func(g *Group) string { return g.Name })
	switch {
	case e.ID == World && g.ParentID != nil:
		e.Err = fault.InvalidField("parent", "%s is the root of all groups and cannot be moved.", g.Name)
	case e.ID == World && g.Disabled:
		e.Err = fault.InvalidField("disabled", "%s is the root of all groups and cannot be disabled.", g.Name)
	case e.ID != World && g.ParentID == nil:
		world := World
		g.ParentID = &world
	}
	if g.ActiveSince != nil && g.ActiveUntil != nil && !g.ActiveSince.Before(*g.ActiveUntil) {
		e.Err = fault.InvalidField("activeUntil", "The group must be active until later than since.")
	}
}

// checkTree rejects moves below the group itself. The moves of one batch are looked at together: two of them may close a circle
// that neither closes alone.
func (r *groupRules) checkTree(ctx context.Context, edits []*object.Edit[Group]) error {
	parents := map[uuid.UUID]uuid.UUID{}
	var targets []uuid.UUID
	for _, e := range edits {
		if e.After != nil && e.Err == nil && e.After.ParentID != nil {
			parents[e.ID] = *e.After.ParentID
			targets = append(targets, *e.After.ParentID)
		}
	}
	if len(targets) == 0 {
		return nil
	}
	above, err := r.people.GroupsAbove(ctx, targets)
	if err != nil {
		return fmt.Errorf("read tree of groups: %w", err)
	}
	for of, path := range above {
		for _, next := range path {
			if _, moved := parents[of]; !moved {
				parents[of] = next
			}
			of = next
		}
	}
	for _, e := range edits {
		if e.After == nil || e.Err != nil || e.After.ParentID == nil {
			continue
		}
		if Circular(parents, e.ID) {
			e.Err = fault.InvalidField("parent", "%s lies below %s: a group cannot hang below itself.", parentName(e.After), e.After.Name)
		}
	}
	return nil
}

// Circular reports whether following parents from a node comes back to it.
func Circular(parents map[uuid.UUID]uuid.UUID, node uuid.UUID) bool {
	at := node
	for range len(parents) + 1 {
		next, ok := parents[at]
		if !ok {
			return false
		}
		if next == node {
			return true
		}
		at = next
	}
	return false // a circle further up is somebody else's
}

func parentName(g *Group) string {
	if g.Parent != "" {
		return g.Parent
	}
	return "the parent"
}

// Written touches what changed, what was deleted too: it has to leave its systems. A move, a change of dates or of the disabled mark
// changes what everybody below holds; a new name is that of everything below.
func (r *groupRules) Written(ctx context.Context, edits []*object.Edit[Group]) error {
	var renamed, branches []uuid.UUID
	for _, e := range edits {
		r.people.Touch(ctx, change.Group, e.ID)
		if e.Deleted() || e.Created() {
			continue
		}
		b, a := e.Before, e.After
		if b.Name != a.Name {
			renamed = append(renamed, e.ID)
		}
		moved := !sameID(b.ParentID, a.ParentID)
		if moved {
			branches = append(branches, *b.ParentID, *a.ParentID) // only the root has none, and it stays
		}
		if moved || b.Disabled != a.Disabled || !sameTime(b.ActiveSince, a.ActiveSince) || !sameTime(b.ActiveUntil, a.ActiveUntil) {
			r.people.Regrant(ctx, change.Group, e.ID)
		}
	}
	if err := touchUp(ctx, r.people, branches); err != nil {
		return err
	}
	return touchBelow(ctx, r.people, renamed)
}

func sameID(a, b *uuid.UUID) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}

func sameTime(a, b *time.Time) bool {
	return a == b || (a != nil && b != nil && a.Equal(*b))
}
