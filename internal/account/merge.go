package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/query"
)

// MaxMerged is how many users may be merged into one at a time.
const MaxMerged = 10

// MergeRequest makes one user of several that turned out to be the same person (guide page 014, Merge).
type MergeRequest struct {
	// SurvivorID is the user that stays.
	SurvivorID uuid.UUID `json:"survivorId"`
	// MergedIDs are the users that become part of the survivor and end.
	MergedIDs []uuid.UUID `json:"mergedIds"`
	// From names, per attribute, the user whose value is kept; custom attributes are called attributes.<code>. What is not named keeps
	// the survivor's value, or the first one of the others where the survivor has none.
	From map[string]uuid.UUID `json:"from,omitempty"`
}

// Merged is what a merge does, or would do.
type Merged struct {
	Survivor    identity.User     `json:"survivor"`    // afterwards
	Attributes  []MergedAttribute `json:"attributes"`  // those in which the users differ
	Accounts    []MovedAccount    `json:"accounts"`    // that become the survivor's, with the grants they hold
	Groups      []string          `json:"groups"`      // that the survivor joins, or stays in for longer
	Access      []string          `json:"access"`      // shared and privileged accounts that the survivor may use instead
	Owned       []string          `json:"owned"`       // information systems that the survivor owns instead
	MergedUsers []string          `json:"mergedUsers"` // that end
}

// MovedAccount is an account that becomes the survivor's.
type MovedAccount struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	System string    `json:"system"`
	Status string    `json:"status"`
	User   string    `json:"user"` // whose it was
}

// MergeDesk is what a merge asks of the store, besides rows.
type MergeDesk interface {
	// HoldPermissions reports whether one of the users holds a role that carries permissions of the platform.
	HoldPermissions(ctx context.Context, users []uuid.UUID) (bool, error)
	// SingleRoleClashes names the information systems of a single role of which the users hold several between them.
	SingleRoleClashes(ctx context.Context, users []uuid.UUID) ([]string, error)
}

// Merger merges users.
type Merger struct {
	Users       *identity.Users
	Memberships *identity.Memberships
	Accounts    *Accounts
	Access      *AccessEntries
	Systems     *entitlement.InformationSystems
	Attributes  *metadata.Schemas
	Desk        MergeDesk
}

// errTakeBack ends a transaction that only looked.
var errTakeBack = errors.New("take back")

// Preview says what a merge would do, and what is chosen unless the person decides otherwise. Nothing is kept. It must not be called
// within a transaction.
func (m *Merger) Preview(ctx context.Context, r MergeRequest) (Merged, error) {
	var out Merged
	err := m.Users.Tx.Do(ctx, func(ctx context.Context) (err error) {
		if out, err = m.Merge(ctx, r); err != nil {
			return err
		}
		return errTakeBack
	})
	if !errors.Is(err, errTakeBack) {
		return Merged{}, err
	}
	return out, nil
}

// Merge makes one user of several, in one transaction: their accounts become the survivor's, with the grants that these hold; the
// survivor belongs to all their groups, uses and manages the shared accounts and owns the information systems in their place; then they
// are deleted. Their history and audit entries stay under their own names; an entry of the survivor names them.
//
// Who merges needs to be allowed to change the survivor and to delete the others, and chooses only among values that they may see and
// write. It returns fault.Invalid for a request that names too few or too many users or such a value, fault.Conflict for users that
// cannot be merged, and fault.Denied where the merge would hand on permissions.
func (m *Merger) Merge(ctx context.Context, r MergeRequest) (Merged, error) {
	var out Merged
	guard, err := m.Attributes.Guard(ctx, m.Users.Type, metadata.ReaderOf(ctx))
	if err != nil {
		return out, err
	}
	if err := guard.Given(chosen(guard, r)); err != nil {
		return out, err
	}
	err = m.Users.Tx.Do(ctx, func(ctx context.Context) error {
		survivor, others, err := m.look(ctx, r)
		if err != nil {
			return err
		}
		if err := m.refuse(ctx, survivor, others); err != nil {
			return err
		}
		picked, attributes, err := pick(survivor, others, r.From)
		if err != nil {
			return err
		}
		attributes = slices.DeleteFunc(attributes, func(a MergedAttribute) bool { return guard.Hidden(a.Name) })
		out = Merged{Attributes: attributes, Groups: []string{}, Access: []string{}, Owned: []string{}, MergedUsers: []string{}}
		if err := m.carryOver(ctx, survivor, others, &out); err != nil {
			return err
		}
		if err := m.end(ctx, others, &out); err != nil {
			return err
		}
		// Values that the person may not see or write are carried over too: nothing is lost.
		if out.Survivor, err = m.Users.Update(metadata.AsEngine(ctx), survivor.ID, 0, picked); err != nil {
			return err
		}
		if err := m.keepFormerGroup(ctx, survivor, &out.Survivor, &out); err != nil {
			return err
		}
		return m.record(ctx, &out, others)
	})
	return out, err
}

// chosen names the attributes that a request asks to see or to write: hidden ones, and those that get another user's value.
func chosen(guard *metadata.Guard, r MergeRequest) []string {
	var names []string
	for name, id := range r.From {
		if guard.Hidden(name) || id != r.SurvivorID {
			names = append(names, name)
		}
	}
	return names
}

// look reads the users, locked, if the caller may see them all.
func (m *Merger) look(ctx context.Context, r MergeRequest) (*identity.User, []identity.User, error) {
	ids := append([]uuid.UUID{r.SurvivorID}, r.MergedIDs...)
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	switch {
	case len(r.MergedIDs) == 0:
		return nil, nil, fault.InvalidField("mergedIds", "Name at least one user to be merged into the other.")
	case len(r.MergedIDs) > MaxMerged:
		return nil, nil, fault.InvalidField("mergedIds", "At most %d users are merged at a time.", MaxMerged)
	case len(slices.Compact(sorted)) != len(ids):
		return nil, nil, fault.InvalidField("mergedIds", "A user cannot be merged with itself: name each user once.")
	}
	for name, id := range r.From {
		if !slices.Contains(ids, id) {
			return nil, nil, fault.InvalidField("from."+name, "The value can only come from one of the merged users.")
		}
	}
	who, err := authz.Check(ctx, authz.UserQuery)
	if err != nil {
		return nil, nil, err
	}
	if _, err := m.Users.Store.Lock(ctx, ids...); err != nil {
		return nil, nil, fmt.Errorf("lock users to merge: %w", err)
	}
	found, err := m.Users.Store.Get(ctx, who.Scope(authz.UserQuery), ids...)
	if err != nil {
		return nil, nil, fmt.Errorf("read users to merge: %w", err)
	}
	if len(found) < len(ids) {
		return nil, nil, fault.New(fault.NotFound, "One of the users does not exist, or you may not see it.")
	}
	byID := map[uuid.UUID]identity.User{}
	for i := range found {
		byID[found[i].ID] = found[i]
	}
	survivor := byID[r.SurvivorID]
	others := make([]identity.User, len(r.MergedIDs))
	for i, id := range r.MergedIDs {
		others[i] = byID[id]
	}
	return &survivor, others, nil
}

// refuse tells why users cannot be merged. What carries permissions moves with the accounts: only who may give every permission hands
// it on, or whoever may change and delete users could make an administrator of anybody.
func (m *Merger) refuse(ctx context.Context, survivor *identity.User, others []identity.User) error {
	who, err := authz.Check(ctx, authz.UserUpdate)
	if err != nil {
		return err
	}
	if _, err := authz.Check(ctx, authz.UserDelete); err != nil {
		return err
	}
	ids, everybody := []uuid.UUID{}, []uuid.UUID{survivor.ID}
	for i := range others {
		if others[i].Builtin {
			return fault.New(fault.Conflict, "%s is built in and cannot be merged into another user.", others[i].UserName)
		}
		if others[i].ID == who.UserID {
			return fault.New(fault.Conflict, "You cannot merge yourself into another user. Keep %s and merge the other one.", others[i].UserName)
		}
		ids, everybody = append(ids, others[i].ID), append(everybody, others[i].ID)
	}
	if !who.Scope(authz.AuthorizationUpdate).All {
		hold, err := m.Desk.HoldPermissions(ctx, ids)
		if err != nil {
			return fmt.Errorf("read permissions of users: %w", err)
		}
		if hold {
			return fault.New(fault.Denied, "One of the users holds permissions of this platform. Only an administrator hands them on to another user.")
		}
	}
	clashes, err := m.Desk.SingleRoleClashes(ctx, everybody)
	if err != nil {
		return fmt.Errorf("compare roles of users: %w", err)
	}
	if len(clashes) > 0 {
		return fault.New(fault.Conflict, "The users hold different roles of %s, which allows a single one. Revoke all but one first.",
			strings.Join(clashes, ", "))
	}
	return nil
}

// carryOver gives the survivor what the others have: a consequence of the merge, for which nobody is asked again.
func (m *Merger) carryOver(ctx context.Context, survivor *identity.User, others []identity.User, out *Merged) error {
	ctx = identity.AsPlatform(ctx)
	steps := []func(context.Context, *identity.User, []identity.User, *Merged) error{
		m.joinGroups, m.moveAccounts, m.moveAccess, m.moveOwnership,
	}
	for _, step := range steps {
		if err := step(ctx, survivor, others, out); err != nil {
			return err
		}
	}
	return nil
}

func (m *Merger) moveAccounts(ctx context.Context, survivor *identity.User, others []identity.User, out *Merged) error {
	rows, err := ofUsers(ctx, m.Accounts.Store, "userId", others)
	if err != nil {
		return fmt.Errorf("read accounts of users: %w", err)
	}
	out.Accounts = []MovedAccount{}
	edits := make([]*object.Edit[Account], len(rows))
	for i := range rows {
		moved := rows[i]
		moved.UserID, moved.User, moved.UserTypeID, moved.UserType = &survivor.ID, survivor.UserName, survivor.UserTypeID, survivor.UserType
		edits[i] = &object.Edit[Account]{ID: moved.ID, After: &moved}
		out.Accounts = append(out.Accounts, MovedAccount{
			ID: moved.ID, Name: moved.Name, System: moved.System, Status: moved.Status, User: rows[i].User,
		})
	}
	return m.Accounts.Apply(ctx, edits, true)
}

// moveAccess puts the survivor in the place of the others at shared and privileged accounts; an equal entry of the survivor is enough.
func (m *Merger) moveAccess(ctx context.Context, survivor *identity.User, others []identity.User, out *Merged) error {
	rows, err := ofUsers(ctx, m.Access.Store, "userId", append([]identity.User{*survivor}, others...))
	if err != nil {
		return fmt.Errorf("read access of users: %w", err)
	}
	type place struct {
		account uuid.UUID
		level   string
	}
	has := map[place]bool{}
	for i := range rows {
		if *rows[i].UserID == survivor.ID {
			has[place{rows[i].AccountID, rows[i].Level}] = true
		}
	}
	var edits []*object.Edit[Access]
	for i := range rows {
		at := place{rows[i].AccountID, rows[i].Level}
		if *rows[i].UserID == survivor.ID || has[at] {
			continue
		}
		has[at] = true
		moved := rows[i]
		moved.UserID, moved.User = &survivor.ID, survivor.UserName
		edits = append(edits, &object.Edit[Access]{ID: moved.ID, After: &moved})
		out.Access = append(out.Access, moved.Title())
	}
	return m.Access.Apply(ctx, edits, true)
}

func (m *Merger) moveOwnership(ctx context.Context, survivor *identity.User, others []identity.User, out *Merged) error {
	rows, err := ofUsers(ctx, m.Systems.Store, "ownerId", others)
	if err != nil {
		return fmt.Errorf("read information systems of users: %w", err)
	}
	edits := make([]*object.Edit[entitlement.InformationSystem], len(rows))
	for i := range rows {
		moved := rows[i]
		moved.OwnerID, moved.Owner = &survivor.ID, survivor.UserName
		edits[i] = &object.Edit[entitlement.InformationSystem]{ID: moved.ID, After: &moved}
		out.Owned = append(out.Owned, moved.Name)
	}
	return m.Systems.Apply(ctx, edits, true)
}

// ofUsers gives the rows that name one of some users in an attribute.
func ofUsers[T any](ctx context.Context, rows object.Store[T], attribute string, users []identity.User) ([]T, error) {
	conditions := make([]string, len(users))
	for i := range users {
		conditions[i] = attribute + ` eq "` + users[i].ID.String() + `"`
	}
	var out []T
	err := rows.Each(ctx, everything, query.List{Filter: strings.Join(conditions, " or ")}, func(row T) error {
		out = append(out, row)
		return nil
	})
	return out, err
}

// end deletes the merged users, as the person who merges.
func (m *Merger) end(ctx context.Context, others []identity.User, out *Merged) error {
	edits := make([]*object.Edit[identity.User], len(others))
	for i := range others {
		edits[i] = &object.Edit[identity.User]{ID: others[i].ID}
		out.MergedUsers = append(out.MergedUsers, others[i].UserName)
	}
	return m.Users.Apply(ctx, edits, true)
}

// record leaves an entry at the survivor that says who became part of it and what came along.
func (m *Merger) record(ctx context.Context, out *Merged, others []identity.User) error {
	before, err := json.Marshal(map[string]any{"users": others})
	if err != nil {
		return fmt.Errorf("encode audit entry: %w", err)
	}
	after, err := json.Marshal(map[string]any{
		"accounts": out.Accounts, "groups": out.Groups, "access": out.Access, "owned": out.Owned, "mergedUsers": out.MergedUsers,
	})
	if err != nil {
		return fmt.Errorf("encode audit entry: %w", err)
	}
	return m.Users.Audit.Record(ctx, audit.Entry{
		Action: audit.Merge, ObjectType: m.Users.Type, ObjectID: &out.Survivor.ID, ObjectName: out.Survivor.UserName, Before: before, After: after,
	})
}
