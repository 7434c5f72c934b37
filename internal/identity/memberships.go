package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/object"
)

// Memberships is the use cases of secondary group memberships (guide page 014, Groups).
type Memberships = object.Service[Membership, *Membership]

// NewMemberships gives the use cases of memberships. Who may change a group may change its members.
func NewMemberships(base Memberships, people People, users object.Store[User], attributes Checker, follower Follower) *Memberships {
	base.Type, base.Label = "userGroup", "membership"
	base.Permissions = object.Permissions{
		Query: authz.GroupQuery, Create: authz.GroupUpdate, Update: authz.GroupUpdate, Delete: authz.GroupUpdate,
	}
	base.Rules = &membershipRules{people: people, users: users, attributes: attributes, follower: follower}
	return &base
}

type membershipRules struct {
	people     People
	users      object.Store[User]
	attributes Checker
	follower   Follower
}

// Key implements object.Rules: a user is a member of a group once.
func (*membershipRules) Key(m *Membership) string { return m.User + `\` + m.Group }

// Prepare resolves user and group and checks the dates.
func (r *membershipRules) Prepare(ctx context.Context, edits []*object.Edit[Membership]) error {
	err := object.Resolve(ctx, r.people, edits,
		object.Reference[Membership]{
			Location: "user", Type: "user", Required: true,
			ID: func(m *Membership) *uuid.UUID { return &m.UserID }, Name: func(m *Membership) *string { return &m.User },
		},
		object.Reference[Membership]{
			Location: "group", Type: "group", Required: true,
			ID: func(m *Membership) *uuid.UUID { return &m.GroupID }, Name: func(m *Membership) *string { return &m.Group },
		})
	if err != nil {
		return err
	}
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		m := e.After
		switch {
		case e.Before != nil && m.UserID != e.Before.UserID:
			e.Err = fault.InvalidField("user", "A membership stays with its user. Remove it and add one for the other user.")
		case m.StartAt != nil && m.EndAt != nil && !m.StartAt.Before(*m.EndAt):
			e.Err = fault.InvalidField("endAt", "The membership must end later than it starts.")
		}
	}
	if err := r.checkPrimary(ctx, edits); err != nil {
		return err
	}
	if err := r.checkReach(ctx, edits); err != nil {
		return err
	}
	return CheckAttributes(ctx, r.attributes, "userGroup", edits, func(m *Membership) *object.Attributes { return &m.Attributes })
}

// checkPrimary completes the names and rejects a secondary membership in the user's primary group, which would say the same twice.
func (r *membershipRules) checkPrimary(ctx context.Context, edits []*object.Edit[Membership]) error {
	var ids, groups []uuid.UUID
	for _, e := range edits {
		if e.After != nil && e.Err == nil {
			ids, groups = append(ids, e.After.UserID), append(groups, e.After.GroupID)
		}
	}
	found, err := r.users.Get(ctx, authz.Scope{All: true}, ids...)
	if err != nil {
		return fmt.Errorf("find users of memberships: %w", err)
	}
	users := make(map[uuid.UUID]*User, len(found))
	for i := range found {
		users[found[i].ID] = &found[i]
	}
	names, err := r.people.Names(ctx, "group", groups)
	if err != nil {
		return fmt.Errorf("find groups of memberships: %w", err)
	}
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		u, name := users[e.After.UserID], names[e.After.GroupID]
		switch {
		case u == nil:
			e.Err = fault.InvalidField("user", "There is no such user.")
		case name == "":
			e.Err = fault.InvalidField("group", "There is no such group.")
		case u.PrimaryGroupID == e.After.GroupID:
			e.Err = fault.InvalidField("group", "%s is the primary group of %s already.", name, u.UserName)
		default:
			e.After.User, e.After.FullName, e.After.Group = u.UserName, u.FullName, name
		}
	}
	return nil
}

// checkReach refuses to bring people into a group whom the caller may not change. Permissions can be limited to the members of a group:
// whoever may change the group could else bring anybody within their own reach, and then reset the password of an administrator.
func (r *membershipRules) checkReach(ctx context.Context, edits []*object.Edit[Membership]) error {
	who, _ := authz.From(ctx)
	scope := who.Scope(authz.UserUpdate)
	if scope.All {
		return nil
	}
	var ids []uuid.UUID
	for _, e := range edits {
		if joins(e) {
			ids = append(ids, e.After.UserID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := r.users.Get(ctx, scope, ids...)
	if err != nil {
		return fmt.Errorf("find users within reach: %w", err)
	}
	within := make(map[uuid.UUID]bool, len(found))
	for i := range found {
		within[found[i].ID] = true
	}
	for _, e := range edits {
		if joins(e) && !within[e.After.UserID] {
			e.Err = fault.New(fault.Denied, "You may not change %s, and so you may not add this user to a group.", e.After.User)
		}
	}
	return nil
}

// joins reports whether an edit brings a user into a group.
func joins(e *object.Edit[Membership]) bool {
	return e.After != nil && e.Err == nil && (e.Created() || e.Before.GroupID != e.After.GroupID)
}

// Written recomputes what the members hold: roles of the group come with it, grants held for it end with it.
func (r *membershipRules) Written(ctx context.Context, edits []*object.Edit[Membership]) error {
	var came []Join
	var moved, groups []uuid.UUID
	for _, e := range edits {
		for _, m := range []*Membership{e.Before, e.After} {
			if m != nil {
				groups = append(groups, m.GroupID)
			}
		}
		if e.Deleted() {
			r.people.Touch(ctx, change.User, e.Before.UserID)
			r.people.Regrant(ctx, change.User, e.Before.UserID)
			moved = append(moved, e.Before.UserID)
			continue
		}
		r.people.Touch(ctx, change.User, e.After.UserID)
		r.people.Regrant(ctx, change.User, e.After.UserID)
		if joins(e) {
			came = append(came, Join{UserID: e.After.UserID, GroupID: e.After.GroupID})
		}
		if !e.Created() {
			moved = append(moved, e.After.UserID)
		}
	}
	if err := touchUp(ctx, r.people, groups); err != nil {
		return err
	}
	return follow(ctx, r.follower, came, moved)
}
