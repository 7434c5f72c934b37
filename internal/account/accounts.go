package account

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
)

// Accounts is the use cases of accounts (guide page 016). Delete is logical: the account becomes removed and leaves its system, its image
// stays; an update to another status takes it back.
type Accounts = object.Service[Account, *Account]

// AdminAccount is the console account of the built-in administrator, which stays usable.
var AdminAccount = uuid.MustParse("00000000-0000-7000-8000-000000000090")

// NewAccounts gives the use cases of accounts.
func NewAccounts(base Accounts, landscape Landscape, users object.Store[identity.User], attributes identity.Checker) *Accounts {
	base.Type, base.Label = "account", "account"
	base.Permissions = object.Permissions{
		Query: authz.AccountQuery, Create: authz.AccountCreate, Update: authz.AccountUpdate, Delete: authz.AccountDelete,
	}
	base.Store = logical{base.Store, landscape}
	base.Rules = &accountRules{landscape: landscape, users: users, attributes: attributes}
	return &base
}

// logical deletes accounts by marking them.
type logical struct {
	object.Store[Account]
	landscape Landscape
}

// Delete implements object.Store.
func (l logical) Delete(ctx context.Context, ids ...uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	return l.landscape.RemoveAccounts(ctx, ids)
}

type accountRules struct {
	landscape  Landscape
	users      object.Store[identity.User]
	attributes identity.Checker
}

// Key implements object.Rules: names are unique per system among the accounts that are not gone.
func (*accountRules) Key(a *Account) string {
	if Gone(a.Status) {
		return ""
	}
	return a.System + `\` + a.Name
}

// Prepare resolves system, user and policy, and checks type and status.
func (r *accountRules) Prepare(ctx context.Context, edits []*object.Edit[Account]) error {
	err := object.Resolve(ctx, r.landscape, edits,
		object.Reference[Account]{
			Location: "system", Type: "system", Required: true,
			ID: func(a *Account) *uuid.UUID { return &a.SystemID }, Name: func(a *Account) *string { return &a.System },
		},
		object.Reference[Account]{
			Location: "user", Type: "user",
			Optional: func(a *Account) **uuid.UUID { return &a.UserID }, Name: func(a *Account) *string { return &a.User },
		},
		object.Reference[Account]{
			Location: "userType", Type: "userType",
			ID: func(a *Account) *uuid.UUID { return &a.UserTypeID }, Name: func(a *Account) *string { return &a.UserType },
		})
	if err != nil {
		return err
	}
	if err := r.names(ctx, edits); err != nil {
		return err
	}
	origin := change.OriginOf(ctx)
	for _, e := range edits {
		if e.Err == nil {
			e.Err = check(origin, e)
		}
	}
	return identity.CheckAttributes(ctx, r.attributes, "account", edits, func(a *Account) *object.Attributes { return &a.Attributes })
}

// names completes the names beside ids, and gives the account of a user the user's password policy where none is named.
func (r *accountRules) names(ctx context.Context, edits []*object.Edit[Account]) error {
	var systems, users []uuid.UUID
	for _, e := range edits {
		if e.After != nil && e.Err == nil {
			systems = append(systems, e.After.SystemID)
			if e.After.UserID != nil {
				users = append(users, *e.After.UserID)
			}
		}
	}
	systemNames, err := r.landscape.Names(ctx, "system", systems)
	if err != nil {
		return fmt.Errorf("find systems of accounts: %w", err)
	}
	found, err := r.users.Get(ctx, everything, users...)
	if err != nil {
		return fmt.Errorf("find users of accounts: %w", err)
	}
	byID := make(map[uuid.UUID]*identity.User, len(found))
	for i := range found {
		byID[found[i].ID] = &found[i]
	}
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		a := e.After
		if a.System = systemNames[a.SystemID]; a.System == "" {
			e.Err = fault.InvalidField("system", "There is no such system.")
			continue
		}
		if a.UserID == nil {
			a.User = ""
			continue
		}
		u := byID[*a.UserID]
		if u == nil {
			e.Err = fault.InvalidField("user", "There is no such user.")
			continue
		}
		a.User = u.UserName
		if a.UserTypeID == uuid.Nil {
			a.UserTypeID, a.UserType = u.UserTypeID, u.UserType
		}
		if a.Description == "" {
			a.Description = u.FullName
		}
	}
	return nil
}

// check fills in defaults and tells what is wrong with an edit, or nil.
func check(origin change.Origin, e *object.Edit[Account]) error {
	if e.After == nil {
		return checkRemoval(e.Before)
	}
	a := e.After
	a.Name = strings.TrimSpace(a.Name)
	if a.Status == "" {
		a.Status = Enabled
	}
	if a.Type == "" {
		a.Type = Shared
		if a.UserID != nil {
			a.Type = Single
		}
	}
	if e.Before == nil {
		a.Origin = origin.Kind
	} else {
		a.Origin = e.Before.Origin
		if a.SystemID != e.Before.SystemID {
			return fault.InvalidField("system", "An account stays in its system. Add one in the other system.")
		}
		if a.ExternalID == "" {
			a.ExternalID = e.Before.ExternalID // a rename finds the account in its system by it
		}
	}
	if err := checkOwner(a); err != nil {
		return err
	}
	return checkStatus(origin, e)
}

// checkOwner keeps type and user together: a single account has a user, all others have none.
func checkOwner(a *Account) error {
	switch {
	case a.Type == Single && a.UserID == nil && !Gone(a.Status):
		return fault.InvalidField("user", "A single user account needs its user.")
	case a.Type != Single && a.UserID != nil:
		return fault.InvalidField("user", "Only a single user account has a user; give others access to this one as owner, manager or SSO user.")
	case a.UserTypeID == uuid.Nil:
		return fault.InvalidField("userType", "An account needs a password policy: name its user type.")
	}
	return nil
}

// checkStatus keeps people from setting what only a failed login sets, and from taking the administrator's own access.
func checkStatus(origin change.Origin, e *object.Edit[Account]) error {
	status := e.After.Status
	was := ""
	if e.Before != nil {
		was = e.Before.Status
	}
	byHand := origin.Kind == change.Person || origin.Kind == change.Token || origin.Kind == change.Import
	switch {
	case status == Locked && was != Locked && byHand:
		return fault.InvalidField("status", "Accounts are locked by failed logins. To keep this one from being used, disable it.")
	case e.ID == AdminAccount && !Usable(status):
		return fault.InvalidField("status", "The account of the built-in administrator stays enabled.")
	case e.Before == nil && Gone(status) && byHand:
		return fault.InvalidField("status", "A new account cannot be removed already.")
	}
	return nil
}

func checkRemoval(a *Account) error {
	switch {
	case a == nil:
		return nil
	case a.ID == AdminAccount:
		return fault.New(fault.Conflict, "The account of the built-in administrator cannot be removed.")
	case Gone(a.Status):
		return fault.New(fault.Conflict, "%s was removed already; its image is kept for the audit.", a.Name)
	}
	return nil
}

// Written touches the accounts, and computes roles again where user, type or status decide about them.
func (r *accountRules) Written(ctx context.Context, edits []*object.Edit[Account]) error {
	var adopted []uuid.UUID
	for _, e := range edits {
		r.landscape.Touch(ctx, change.Account, e.ID)
		if e.Before != nil && e.Before.UserID != nil {
			r.landscape.Touch(ctx, change.User, *e.Before.UserID)
		}
		if !holdsOtherwise(e) {
			continue
		}
		r.landscape.Regrant(ctx, change.Account, e.ID)
		if e.Before != nil && e.Before.UserID != nil {
			r.landscape.Regrant(ctx, change.User, *e.Before.UserID)
		}
		if e.Before != nil && e.After != nil && e.Before.Type == Unmanaged && e.After.Type != Unmanaged {
			adopted = append(adopted, e.ID)
		}
	}
	if len(adopted) == 0 {
		return nil
	}
	return r.landscape.AdoptGrants(ctx, adopted)
}

// holdsOtherwise tells whether an edit changes what is held through the account.
func holdsOtherwise(e *object.Edit[Account]) bool {
	if e.Before == nil || e.After == nil {
		return true
	}
	b, a := e.Before, e.After
	same := b.UserID == a.UserID || (b.UserID != nil && a.UserID != nil && *b.UserID == *a.UserID)
	return !same || b.Type != a.Type || Gone(b.Status) != Gone(a.Status)
}
