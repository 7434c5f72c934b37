package account

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"provost/internal/identity"
	"provost/internal/object"
)

// joinGroups makes the survivor a member of every group the others belong to. Where both are members the time of both counts; a primary
// group of the others, of which nobody has two, becomes a secondary one.
func (m *Merger) joinGroups(ctx context.Context, survivor *identity.User, others []identity.User, out *Merged) error {
	rows, err := ofUsers(ctx, m.Memberships.Store, "userId", append([]identity.User{*survivor}, others...))
	if err != nil {
		return fmt.Errorf("read groups of users: %w", err)
	}
	own := map[uuid.UUID]*object.Edit[identity.Membership]{}
	for i := range rows {
		if rows[i].UserID == survivor.ID {
			kept := rows[i]
			own[kept.GroupID] = &object.Edit[identity.Membership]{ID: kept.ID, After: &kept}
		}
	}
	var order []uuid.UUID
	add := func(of identity.Membership) {
		if of.GroupID == survivor.PrimaryGroupID {
			return
		}
		if known := own[of.GroupID]; known != nil {
			if widen(known.After, &of) {
				order = append(order, of.GroupID)
			}
			return
		}
		of.Meta, of.UserID, of.User, of.FullName = object.Meta{}, survivor.ID, survivor.UserName, survivor.FullName
		own[of.GroupID] = &object.Edit[identity.Membership]{After: &of}
		order = append(order, of.GroupID)
	}
	for i := range rows {
		if rows[i].UserID != survivor.ID {
			add(rows[i])
		}
	}
	for i := range others {
		add(identity.Membership{GroupID: others[i].PrimaryGroupID, Group: others[i].PrimaryGroup})
	}
	var edits []*object.Edit[identity.Membership]
	for _, group := range order {
		if e := own[group]; e != nil {
			edits = append(edits, e)
			out.Groups = append(out.Groups, e.After.Group)
			delete(own, group) // a group that was widened twice is written once
		}
	}
	return m.Memberships.Apply(ctx, edits, true)
}

// widen makes a membership last as long as both do, and reports whether it changed. No date is without end.
func widen(m, with *identity.Membership) bool {
	start, end := m.StartAt, m.EndAt
	if start != nil && (with.StartAt == nil || with.StartAt.Before(*start)) {
		m.StartAt = with.StartAt
	}
	if end != nil && (with.EndAt == nil || with.EndAt.After(*end)) {
		m.EndAt = with.EndAt
	}
	return !sameMoment(start, m.StartAt) || !sameMoment(end, m.EndAt)
}

func sameMoment(a, b *time.Time) bool { return a == b || (a != nil && b != nil && a.Equal(*b)) }

// keepFormerGroup keeps the survivor in the group that was the primary one, when that of another user was chosen, and drops the
// membership in the chosen one, which would say the same twice.
func (m *Merger) keepFormerGroup(ctx context.Context, before, after *identity.User, out *Merged) error {
	if before.PrimaryGroupID == after.PrimaryGroupID {
		return nil
	}
	ctx = identity.AsPlatform(ctx)
	rows, err := ofUsers(ctx, m.Memberships.Store, "userId", []identity.User{*after})
	if err != nil {
		return fmt.Errorf("read groups of user: %w", err)
	}
	edits := []*object.Edit[identity.Membership]{
		{After: &identity.Membership{UserID: after.ID, GroupID: before.PrimaryGroupID}},
	}
	for i := range rows {
		if rows[i].GroupID == after.PrimaryGroupID {
			edits = append(edits, &object.Edit[identity.Membership]{ID: rows[i].ID})
		}
	}
	out.Groups = append(out.Groups, before.PrimaryGroup)
	return m.Memberships.Apply(ctx, edits, true)
}
