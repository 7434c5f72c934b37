package run

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// loadMemberships compares the listed secondary groups of people with ours. A membership belongs to the zone of the source that listed
// it: those that people gave here stay, whatever the source says.
func (c *comparison) loadMemberships(ctx context.Context) error {
	if !c.run.Listing.Covers(linkMembership) {
		return nil
	}
	if err := c.each(ctx, nothing, kindTypes(linkMembership)...); err != nil {
		return err
	}
	for after := int64(0); ; {
		listed, err := c.service.Store.NewMemberships(ctx, *c.run, after, page)
		if err != nil {
			return err
		}
		if len(listed) == 0 {
			break
		}
		after = listed[len(listed)-1].Seq
		for i := range listed {
			if err := c.newMembership(ctx, &listed[i]); err != nil {
				return err
			}
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
		c.heartbeat(c.seq)
	}
	return c.endedMemberships(ctx)
}

// nothing is for objects of which only the broken ones are staged.
func nothing(context.Context, []Object) error { return nil }

func (c *comparison) newMembership(ctx context.Context, m *NewMembership) error {
	if err := c.readRank(ctx, m.Source); err != nil {
		return fmt.Errorf("read source of %s: %w", m.User, err)
	}
	change := Change{ObjectType: linkMembership, ObjectKey: m.User + " in " + m.Group, Action: Grant}
	_, stays := c.theirs(m.Source)
	switch {
	case stays:
		change.Action = Conflict
		change.Message = "Another source is in charge of this user; the membership is ignored."
	case !m.UserKnown:
		change.Action, change.Message = Reject, fmt.Sprintf("There is no user %s, and none that can be used is listed.", m.User)
	case !m.GroupKnown:
		change.Action, change.Message = Reject, fmt.Sprintf("There is no group %s, and none that can be used is listed.", m.Group)
	default:
		change.Object = map[string]any{"user": m.User, "group": m.Group}
	}
	c.add(change)
	return nil
}

// endedMemberships finds memberships of the source's zone that it no longer lists, of users whose groups it listed all.
func (c *comparison) endedMemberships(ctx context.Context) error {
	if !c.system.FullReconciliation {
		return nil
	}
	for after := uuid.Nil; ; {
		ended, err := c.service.Store.EndedMemberships(ctx, *c.run, after, page)
		if err != nil {
			return err
		}
		if len(ended) == 0 {
			return nil
		}
		after = ended[len(ended)-1].ID
		for i := range ended {
			c.add(Change{
				ObjectType: linkMembership, ObjectKey: ended[i].User + " in " + ended[i].Group, ObjectID: &ended[i].ID, Action: Revoke,
				Message: "No longer listed by " + c.system.Name + ".",
			})
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
		c.heartbeat(c.seq)
	}
}
