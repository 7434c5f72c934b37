package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/provision"
	"provost/internal/store/db"
)

// RoleSubjects implements synctask.Store: the roles that still exist with what is read of them, in a fixed number of queries.
func (s *SyncTasks) RoleSubjects(ctx context.Context, ids []uuid.UUID, reads provision.Reads) ([]provision.RoleSubject, error) {
	var out []provision.RoleSubject
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		roles, err := s.Roles().Get(ctx, everything, ids...)
		if err != nil {
			return err
		}
		byID := map[uuid.UUID]*provision.RoleSubject{}
		out = make([]provision.RoleSubject, len(roles))
		for i := range roles {
			out[i].Role = roles[i]
			byID[roles[i].ID] = &out[i]
		}
		if err := s.addHolders(ctx, u, ids, byID, reads); err != nil {
			return err
		}
		if err := addRoleLinks(ctx, u, ids, byID, reads); err != nil {
			return err
		}
		return s.addOwnerGroups(ctx, u, ids, byID, reads)
	})
	return out, err
}

func (s *SyncTasks) addHolders(
	ctx context.Context, u *unit, ids []uuid.UUID, byID map[uuid.UUID]*provision.RoleSubject, reads provision.Reads,
) error {
	whole := reads.Any("grantedAccounts", "allGrantedAccounts")
	if !whole && !reads.Any("grantedAccountNames", "allGrantedAccountNames") {
		return nil
	}
	rows, err := u.q.AccountsHoldingRoles(ctx, ids)
	if err != nil {
		return fmt.Errorf("read holders of roles: %w", err)
	}
	accounts, users := map[uuid.UUID]*account.Account{}, map[uuid.UUID]*identity.User{}
	if whole {
		if accounts, users, err = s.holderObjects(ctx, rows); err != nil {
			return err
		}
	}
	for _, r := range rows {
		holder := provision.RoleHolder{Name: r.Name, Direct: r.Direct, Account: accounts[r.AccountID]}
		if r.UserID != nil {
			holder.User = users[*r.UserID]
		}
		if subject := byID[r.RoleID]; subject != nil {
			subject.Holders = append(subject.Holders, holder)
		}
	}
	return nil
}

// holderObjects gives the accounts that hold roles, and their users.
func (s *SyncTasks) holderObjects(
	ctx context.Context, rows []db.AccountsHoldingRolesRow,
) (map[uuid.UUID]*account.Account, map[uuid.UUID]*identity.User, error) {
	held, owners := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, r := range rows {
		held[r.AccountID] = true
		if r.UserID != nil {
			owners[*r.UserID] = true
		}
	}
	accounts, err := objectsByID[account.Account](ctx, s.Accounts(), keys(held))
	if err != nil {
		return nil, nil, err
	}
	users, err := objectsByID[identity.User](ctx, s.Users(), keys(owners))
	return accounts, users, err
}

// objectsByID gives objects by their id, whoever asks.
func objectsByID[T any, P object.Pointer[T]](ctx context.Context, rows object.Store[T], ids []uuid.UUID) (map[uuid.UUID]*T, error) {
	out := map[uuid.UUID]*T{}
	found, err := rows.Get(ctx, everything, ids...)
	for i := range found {
		out[P(&found[i]).Base().ID] = &found[i]
	}
	return out, err
}

func addRoleLinks(ctx context.Context, u *unit, ids []uuid.UUID, byID map[uuid.UUID]*provision.RoleSubject, reads provision.Reads) error {
	if !reads.Any("ownedRoles", "ownerRoles") {
		return nil
	}
	rows, err := u.q.RoleLinks(ctx, ids)
	if err != nil {
		return fmt.Errorf("read contents of roles: %w", err)
	}
	for _, r := range rows {
		link := provision.RoleLink{
			ID: r.ID, RoleID: r.RoleID, Role: r.Role, System: r.System, OwnerID: r.OwnerID, Owner: r.Owner, OwnerSystem: r.OwnerSystem,
			Scope: r.Scope, Mandatory: r.Mandatory,
		}
		if owner := byID[r.OwnerID]; owner != nil {
			owner.Contained = append(owner.Contained, link)
		}
		if granted := byID[r.RoleID]; granted != nil {
			granted.Containing = append(granted.Containing, link)
		}
	}
	return nil
}

func (s *SyncTasks) addOwnerGroups(
	ctx context.Context, u *unit, ids []uuid.UUID, subjects map[uuid.UUID]*provision.RoleSubject, reads provision.Reads,
) error {
	if !reads("ownerGroups") {
		return nil
	}
	rows, err := u.q.GroupRoleLinks(ctx, db.GroupRoleLinksParams{Roles: ids})
	if err != nil {
		return fmt.Errorf("read groups of roles: %w", err)
	}
	owners := map[uuid.UUID]bool{}
	for _, r := range rows {
		owners[r.GroupID] = true
	}
	groups, err := objectsByID[identity.Group](ctx, s.Groups(), keys(owners))
	if err != nil {
		return err
	}
	type pair struct{ role, group uuid.UUID }
	seen := map[pair]bool{} // a role may be granted to a group several times, with different scopes
	for _, r := range rows {
		subject, group := subjects[r.RoleID], groups[r.GroupID]
		if subject == nil || group == nil || seen[pair{r.RoleID, r.GroupID}] {
			continue
		}
		seen[pair{r.RoleID, r.GroupID}] = true
		subject.Groups = append(subject.Groups, *group)
	}
	return nil
}

// GroupSubjects implements synctask.Store: the groups that still exist with what is read of them, in a fixed number of queries.
func (s *SyncTasks) GroupSubjects(ctx context.Context, ids []uuid.UUID, reads provision.Reads) ([]provision.GroupSubject, error) {
	var out []provision.GroupSubject
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		groups, err := s.Groups().Get(ctx, everything, ids...)
		if err != nil {
			return err
		}
		byID := map[uuid.UUID]*provision.GroupSubject{}
		out = make([]provision.GroupSubject, len(groups))
		for i := range groups {
			out[i].Group = groups[i]
			byID[groups[i].ID] = &out[i]
		}
		if err := s.addMembers(ctx, u, ids, byID, reads); err != nil {
			return err
		}
		return addGroupRoles(ctx, u, ids, byID, reads)
	})
	return out, err
}

func (s *SyncTasks) addMembers(
	ctx context.Context, u *unit, ids []uuid.UUID, subjects map[uuid.UUID]*provision.GroupSubject, reads provision.Reads,
) error {
	nested, whole := reads.Any("allUsers", "allUserNames"), reads.Any("users", "allUsers")
	if !nested && !whole && !reads("userNames") {
		return nil
	}
	rows, err := u.q.MembersOfGroups(ctx, db.MembersOfGroupsParams{Groups: ids, Nested: nested})
	if err != nil {
		return fmt.Errorf("read members of groups: %w", err)
	}
	users := map[uuid.UUID]*identity.User{}
	if whole {
		members := map[uuid.UUID]bool{}
		for _, r := range rows {
			members[r.UserID] = true
		}
		if users, err = objectsByID[identity.User](ctx, s.Users(), keys(members)); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if subject := subjects[r.GroupID]; subject != nil {
			subject.Members = append(subject.Members, provision.GroupMember{Name: r.UserName, Direct: r.Direct, User: users[r.UserID]})
		}
	}
	return nil
}

func addGroupRoles(ctx context.Context, u *unit, ids []uuid.UUID, byID map[uuid.UUID]*provision.GroupSubject, reads provision.Reads) error {
	if !reads.Any("grantedRoles", "grantedRoleNames") {
		return nil
	}
	rows, err := u.q.GroupRoleLinks(ctx, db.GroupRoleLinksParams{Groups: ids})
	if err != nil {
		return fmt.Errorf("read roles of groups: %w", err)
	}
	for _, r := range rows {
		if subject := byID[r.GroupID]; subject != nil {
			subject.Roles = append(subject.Roles, provision.RoleLink{
				ID: r.ID, RoleID: r.RoleID, Role: r.Role, System: r.System, Scope: r.Scope, Mandatory: r.Mandatory,
			})
		}
	}
	return nil
}

// RoleObjects implements synctask.Store.
func (s *SyncTasks) RoleObjects(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*entitlement.Role, error) {
	var out map[uuid.UUID]*entitlement.Role
	err := s.exec(ctx, func(ctx context.Context, _ *unit) (err error) {
		out, err = objectsByID[entitlement.Role](ctx, s.Roles(), ids)
		return err
	})
	return out, err
}
