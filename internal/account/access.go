package account

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/object"
)

// AccessEntries is the use cases of who may use, manage or sign in through accounts (guide page 016, Owners, Managers, and SSO users).
type AccessEntries = object.Service[Access, *Access]

// levelReserve lets somebody reserve a privileged account, and nothing else.
const levelReserve = "reserve"

// Reservations knows the processes that decide about reservations.
type Reservations interface {
	// Reserves tells why the definition with a code cannot decide about reservations, or nil.
	Reserves(ctx context.Context, code string) error
}

// NewAccessEntries gives the use cases of access entries. Who may change an account may change its access.
func NewAccessEntries(base AccessEntries, landscape Landscape, accounts object.Store[Account], processes Reservations) *AccessEntries {
	base.Type, base.Label = "accountAccess", "access entry"
	base.Permissions = object.Permissions{
		Query: authz.AccountQuery, Create: authz.AccountUpdate, Update: authz.AccountUpdate, Delete: authz.AccountUpdate,
	}
	base.Rules = &accessRules{landscape: landscape, accounts: accounts, processes: processes}
	return &base
}

type accessRules struct {
	landscape Landscape
	accounts  object.Store[Account]
	processes Reservations
}

// Key implements object.Rules: the table refuses a second equal entry.
func (*accessRules) Key(*Access) string { return "" }

// Prepare resolves names; an entry names exactly one user, group or role, and its account is shared or privileged.
func (r *accessRules) Prepare(ctx context.Context, edits []*object.Edit[Access]) error {
	err := object.Resolve(ctx, r.landscape, edits,
		object.Reference[Access]{
			Location: "user", Type: "user",
			Optional: func(a *Access) **uuid.UUID { return &a.UserID }, Name: func(a *Access) *string { return &a.User },
		},
		object.Reference[Access]{
			Location: "group", Type: "group",
			Optional: func(a *Access) **uuid.UUID { return &a.GroupID }, Name: func(a *Access) *string { return &a.Group },
		},
		object.Reference[Access]{
			Location: "role", Type: "role",
			Optional: func(a *Access) **uuid.UUID { return &a.RoleID }, Name: func(a *Access) *string { return &a.Role },
		})
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, e := range edits {
		if e.After != nil {
			ids = append(ids, e.After.AccountID)
		}
	}
	found, err := r.accounts.Get(ctx, everything, ids...)
	if err != nil {
		return fmt.Errorf("find accounts of access entries: %w", err)
	}
	byID := make(map[uuid.UUID]*Account, len(found))
	for i := range found {
		byID[found[i].ID] = &found[i]
	}
	for _, e := range edits {
		if e.After != nil && e.Err == nil {
			e.Err = checkAccess(e, byID[e.After.AccountID])
		}
		if e.Err == nil {
			if err := r.checkProcess(ctx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkProcess accepts only a process that can decide; one that was named before stays, also when it is disabled now.
func (r *accessRules) checkProcess(ctx context.Context, e *object.Edit[Access]) error {
	if e.After == nil || e.After.Process == "" || (e.Before != nil && e.Before.Process == e.After.Process) {
		return nil
	}
	err := r.processes.Reserves(ctx, e.After.Process)
	switch {
	case err == nil:
	case fault.CodeOf(err) == "":
		return fmt.Errorf("look process up: %w", err)
	default:
		e.Err = fault.InvalidField("process", "%s", err.Error())
	}
	return nil
}

func checkAccess(e *object.Edit[Access], a *Account) error {
	named := 0
	for _, id := range []*uuid.UUID{e.After.UserID, e.After.GroupID, e.After.RoleID} {
		if id != nil {
			named++
		}
	}
	switch {
	case a == nil:
		return fault.InvalidField("accountId", "There is no such account.")
	case e.Before != nil && e.Before.AccountID != e.After.AccountID:
		return fault.InvalidField("accountId", "An access entry stays with its account.")
	case named != 1:
		return fault.InvalidField("user", "Name exactly one user, group or role.")
	case a.Type != Shared && a.Type != Privileged:
		return fault.InvalidField("accountId", "%s is a %s account: only shared and privileged accounts have owners, managers and SSO users.", a.Name, a.Type)
	case e.After.Level == levelReserve && a.Type != Privileged:
		return fault.InvalidField("level", "%s is a %s account: only privileged accounts are reserved.", a.Name, a.Type)
	case e.After.Level != levelReserve && e.After.Process != "":
		return fault.InvalidField("process", "Only the level reserve names a process.")
	}
	return nil
}

// Written touches the accounts: some systems keep their owners.
func (r *accessRules) Written(ctx context.Context, edits []*object.Edit[Access]) error {
	for _, e := range edits {
		if e.After != nil {
			r.landscape.Touch(ctx, change.Account, e.After.AccountID)
		} else {
			r.landscape.Touch(ctx, change.Account, e.Before.AccountID)
		}
	}
	return nil
}
