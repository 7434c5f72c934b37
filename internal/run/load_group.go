package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/identity"
	"provost/internal/mapping"
)

// loadGroups compares listed groups with ours.
func (c *comparison) loadGroups(ctx context.Context) error {
	return c.each(ctx, c.loadGroupPage, mapping.TypeGroup)
}

func (c *comparison) loadGroupPage(ctx context.Context, objects []Object) error {
	names := make([]string, len(objects))
	for i := range objects {
		names[i] = objects[i].Key
	}
	found, err := c.service.GroupRows.Named(ctx, names...)
	if err != nil {
		return err
	}
	known := map[string]*identity.Group{}
	for i := range found {
		known[strings.ToLower(found[i].Name)] = &found[i]
		if err := c.readRank(ctx, found[i].SourceSystemID); err != nil {
			return fmt.Errorf("read source of group %s: %w", found[i].Name, err)
		}
	}
	for i := range objects {
		c.loadGroup(&objects[i], known[strings.ToLower(objects[i].Key)])
	}
	return nil
}

// groupObject is what apply needs to write a group. A level is written after the one above it, so that parents are there by name.
func groupObject(o *Object) map[string]any {
	return map[string]any{"mapped": o.Mapped, "level": o.Level}
}

func (c *comparison) loadGroup(o *Object, current *identity.Group) {
	if current == nil {
		fresh := newGroup()
		mergeGroup(&fresh, o.Mapped)
		c.add(Change{
			ObjectType: "group", ObjectKey: o.Key, Action: Create, Object: groupObject(o), Changes: mapping.Diff(nil, groupState(&fresh)),
		})
		return
	}
	change := Change{ObjectType: "group", ObjectKey: o.Key, ObjectID: &current.ID, Action: Update, Object: groupObject(o)}
	theirs, stays := c.theirs(current.SourceSystemID)
	if stays {
		change.Action, change.Object = Conflict, nil
		change.Message = fmt.Sprintf("Another source is in charge of this group; what %s says is ignored.", c.system.Name)
		c.add(change)
		return
	}
	after := *current
	mergeGroup(&after, o.Mapped)
	change.Changes = mapping.Diff(groupState(current), groupState(&after))
	if !current.Builtin && (theirs || current.SourceSystemID == nil) {
		change.Changes = append(change.Changes, mapping.Change{Attribute: "sourceSystem", Before: current.SourceSystemID, After: c.system.Name})
	}
	switch {
	case len(change.Changes) == 0:
		return
	case !current.Disabled && after.Disabled:
		change.Action = Disable
	case current.Disabled && !after.Disabled:
		change.Action = Enable
	}
	c.add(change)
}

// missingGroups proposes what the source's removal setting says for the groups it no longer lists: obsolete ones are disabled, as the
// guide has it, unless the source deletes or detaches.
func (c *comparison) missingGroups(ctx context.Context) error {
	if !c.removes() || !c.run.Listing.Covers("group") {
		return nil
	}
	missing, err := c.service.Store.MissingGroups(ctx, *c.run)
	if err != nil {
		return err
	}
	return c.inPages(ctx, missing, func(ctx context.Context, ids []uuid.UUID) error {
		found, err := c.service.GroupRows.Get(ctx, everything, ids...)
		byID := map[uuid.UUID]*identity.Group{}
		for i := range found {
			byID[found[i].ID] = &found[i]
		}
		for _, id := range ids { // their order: a group goes before the one above it
			if byID[id] != nil {
				c.missingGroup(byID[id])
			}
		}
		return err
	})
}

func (c *comparison) missingGroup(g *identity.Group) {
	change := Change{
		ObjectType: "group", ObjectKey: g.Name, ObjectID: &g.ID, Object: absent(), Message: "No longer listed by " + c.system.Name + ".",
	}
	switch c.system.Removal {
	case "delete":
		change.Action = Delete
		change.Object["level"] = int(c.seq) + 1 // each on its own: a group can go once those below it are gone
	case "detach":
		change.Action, change.Changes = Update, []mapping.Change{{Attribute: "sourceSystem", Before: c.system.Name, After: nil}}
		change.Object["detach"] = true
	default:
		if g.Disabled {
			return
		}
		change.Action, change.Changes = Disable, []mapping.Change{{Attribute: "disabled", Before: false, After: true}}
	}
	c.add(change)
}
