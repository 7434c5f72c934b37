package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/identity"
	"provost/internal/mapping"
)

// load compares what an authoritative source lists with ours, in the order in which it is applied: groups with parents before children,
// people, memberships, and at last the groups of the source's zone that it no longer lists, the deepest first.
func (c *comparison) load(ctx context.Context) error {
	steps := []func(context.Context) error{c.loadGroups, c.loadUsers, c.loadMemberships, c.missingGroups}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// loadUsers compares listed people with our users, and finds the users of the source's zone that it no longer lists.
func (c *comparison) loadUsers(ctx context.Context) error {
	if err := c.each(ctx, c.loadPage, mapping.TypeUser); err != nil {
		return err
	}
	if !c.removes() || !c.run.Listing.Covers("user") {
		return nil
	}
	missing, err := c.service.Store.MissingUsers(ctx, *c.run)
	if err != nil {
		return err
	}
	return c.inPages(ctx, missing, func(ctx context.Context, ids []uuid.UUID) error {
		users, err := c.service.UserRows.Get(ctx, everything, ids...)
		for i := range users {
			c.missing(&users[i])
		}
		return err
	})
}

// absent marks changes of what the listing no longer names.
func absent() map[string]any { return map[string]any{"absent": true} }

// missing proposes what the source's removal setting says for a user it no longer lists.
func (c *comparison) missing(u *identity.User) {
	change := Change{
		ObjectType: "user", ObjectKey: u.UserName, ObjectID: &u.ID, Object: absent(), Message: "No longer listed by " + c.system.Name + ".",
	}
	switch c.system.Removal {
	case "delete":
		change.Action = Delete
	case "detach":
		change.Action, change.Changes = Update, []mapping.Change{{Attribute: "sourceSystem", Before: c.system.Name, After: nil}}
		change.Object["detach"] = true
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
	for i := range found {
		if err := c.readRank(ctx, found[i].SourceSystemID); err != nil {
			return fmt.Errorf("read source of %s: %w", found[i].UserName, err)
		}
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
	theirs, stays := c.theirs(current.SourceSystemID)
	if stays {
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

// readRank reads the precedence of a source that is in charge of something.
func (c *comparison) readRank(ctx context.Context, source *uuid.UUID) error {
	if c.rank == nil {
		c.rank = map[uuid.UUID]int{c.system.ID: c.system.Precedence}
	}
	if source == nil {
		return nil
	}
	if _, known := c.rank[*source]; known {
		return nil
	}
	other, err := c.service.Systems.Get(ctx, *source)
	if err == nil {
		c.rank[*source] = other.Precedence
	}
	return err
}

// theirs reports whether a source is another one, and whether that one stays in charge.
func (c *comparison) theirs(source *uuid.UUID) (other, stays bool) {
	if source == nil || *source == c.system.ID {
		return false, false
	}
	return true, !c.precedes(*source)
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
