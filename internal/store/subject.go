package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/identity"
	"provost/internal/provision"
	"provost/internal/store/db"
)

// Subjects implements synctask.Store: the users that still exist with all that policies and mappings look at, in a fixed number of
// queries whatever their number.
func (s *SyncTasks) Subjects(ctx context.Context, users []uuid.UUID) ([]provision.Subject, error) {
	var out []provision.Subject
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		found, err := s.Users().Get(ctx, everything, users...)
		if err != nil {
			return err
		}
		managed, err := u.q.ManagedUserTypes(ctx)
		if err != nil {
			return fmt.Errorf("read user types: %w", err)
		}
		isManaged := map[uuid.UUID]bool{}
		for _, id := range managed {
			isManaged[id] = true
		}
		byID := map[uuid.UUID]*provision.Subject{}
		out = make([]provision.Subject, len(found))
		for i := range found {
			out[i] = provision.Subject{User: found[i], Managed: isManaged[found[i].UserTypeID]}
			byID[found[i].ID] = &out[i]
		}
		if err := s.addGroups(ctx, u, users, byID); err != nil {
			return err
		}
		if err := s.addAccounts(ctx, u, users, byID); err != nil {
			return err
		}
		return addRoles(ctx, u, users, byID)
	})
	return out, err
}

func (s *SyncTasks) addGroups(ctx context.Context, u *unit, users []uuid.UUID, byID map[uuid.UUID]*provision.Subject) error {
	rows, err := u.q.GroupsOfUsers(ctx, users)
	if err != nil {
		return fmt.Errorf("read groups of users: %w", err)
	}
	ids := map[uuid.UUID]bool{}
	for _, r := range rows {
		ids[r.GroupID] = true
	}
	groups, err := s.Groups().Get(ctx, everything, keys(ids)...)
	if err != nil {
		return err
	}
	named := map[uuid.UUID]identity.Group{}
	for i := range groups {
		named[groups[i].ID] = groups[i]
	}
	for _, r := range rows {
		subject := byID[r.UserID]
		if subject == nil {
			continue
		}
		g := provision.Group{Group: named[r.GroupID], Primary: r.IsPrimary, Direct: r.Direct, StartAt: r.StartAt, EndAt: r.EndAt}
		if err := json.Unmarshal(r.Extra, &g.Extra); err != nil {
			return fmt.Errorf("read membership: %w", err)
		}
		subject.Groups = append(subject.Groups, g)
	}
	return nil
}

// addAccounts adds all accounts, those that are gone too: a removed one has to leave its system.
func (s *SyncTasks) addAccounts(ctx context.Context, u *unit, users []uuid.UUID, byID map[uuid.UUID]*provision.Subject) error {
	ids, err := u.q.AccountIDsOfUsers(ctx, users)
	if err != nil {
		return fmt.Errorf("read accounts of users: %w", err)
	}
	accounts, err := s.Accounts().Get(ctx, everything, ids...)
	if err != nil {
		return err
	}
	for i := range accounts {
		if subject := byID[*accounts[i].UserID]; subject != nil {
			subject.Accounts = append(subject.Accounts, accounts[i])
		}
	}
	return nil
}

func addRoles(ctx context.Context, u *unit, users []uuid.UUID, byID map[uuid.UUID]*provision.Subject) error {
	rows, err := u.q.RolesOfUsers(ctx, db.RolesOfUsersParams{Users: users})
	if err != nil {
		return fmt.Errorf("read roles of users: %w", err)
	}
	for _, r := range rows {
		if r.UserID == nil {
			continue
		}
		if subject := byID[*r.UserID]; subject != nil {
			subject.Roles = append(subject.Roles, role(r))
		}
	}
	return nil
}

func role(r db.RolesOfUsersRow) provision.Role {
	return provision.Role{
		ID: r.RoleID, Name: r.Name, System: r.System, SystemID: r.SystemID, AccountID: r.AccountID, Scope: r.Scope, Holder: r.Holder, Direct: r.Direct,
		GrantID: r.GrantID, OwnerGroup: r.OwnerGroup, OwnerRoleID: r.OwnerRoleID, OwnerRole: r.OwnerRole, OwnerRoleSystem: r.OwnerRoleSystem,
	}
}

// Holders implements synctask.Store.
func (s *SyncTasks) Holders(ctx context.Context, accounts []uuid.UUID) ([]provision.Holder, error) {
	var out []provision.Holder
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		found, err := s.Accounts().Get(ctx, everything, accounts...)
		if err != nil {
			return err
		}
		roles, err := u.q.RolesOfUsers(ctx, db.RolesOfUsersParams{Accounts: accounts})
		if err != nil {
			return fmt.Errorf("read roles of accounts: %w", err)
		}
		byID := map[uuid.UUID]*provision.Holder{}
		out = make([]provision.Holder, len(found))
		for i := range found {
			out[i].Account = found[i]
			byID[found[i].ID] = &out[i]
		}
		for _, r := range roles {
			if r.AccountID != nil && byID[*r.AccountID] != nil {
				byID[*r.AccountID].Roles = append(byID[*r.AccountID].Roles, role(r))
			}
		}
		access, err := s.accessOf(ctx, u, accounts)
		if err != nil {
			return err
		}
		for _, a := range access {
			byID[a.AccountID].Access = append(byID[a.AccountID].Access, a)
		}
		return nil
	})
	return out, err
}

func (s *SyncTasks) accessOf(ctx context.Context, u *unit, accounts []uuid.UUID) ([]account.Access, error) {
	ids, err := u.q.AccessIDsOfAccounts(ctx, accounts)
	if err != nil {
		return nil, fmt.Errorf("read access of accounts: %w", err)
	}
	return s.AccountAccess().Get(ctx, everything, ids...)
}
