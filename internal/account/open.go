package account

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
)

// Opener opens accounts for people who need one, as the policy of the system says.
type Opener struct {
	systems  object.Store[System]
	users    object.Store[identity.User]
	stored   object.Store[Account]
	accounts *Accounts
	namer    *Namer
}

// NewOpener gives an Opener that writes through the use cases of accounts.
func NewOpener(systems object.Store[System], users object.Store[identity.User], stored object.Store[Account], accounts *Accounts, namer *Namer) *Opener {
	return &Opener{systems: systems, users: users, stored: stored, accounts: accounts, namer: namer}
}

// Open opens a single account for a user in a system: the naming rule names it, an unmanaged account of that name is adopted, and any
// other one of that name stands in the way. Systems with manual account creation are refused, except the internal system: the console
// account of a person is their user name. ctx must carry somebody who may create accounts.
func (o *Opener) Open(ctx context.Context, user, system uuid.UUID) (Account, error) {
	var none Account
	systems, err := o.systems.Get(ctx, everything, system)
	if err != nil {
		return none, fmt.Errorf("read system: %w", err)
	}
	users, err := o.users.Get(ctx, everything, user)
	if err != nil {
		return none, fmt.Errorf("read user: %w", err)
	}
	if len(systems) == 0 || len(users) == 0 {
		return none, fault.New(fault.NotFound, "There is no such user or system.")
	}
	s, u := &systems[0], &users[0]
	if s.ManualAccountCreation && s.ID != InternalSystem {
		return none, fault.New(fault.Conflict, "%s has no account in %s, and accounts are created by hand there. Create the account first.", u.UserName, s.Name)
	}
	name, err := o.name(ctx, u, s)
	if err != nil {
		return none, err
	}
	found, err := o.stored.Named(ctx, s.Name+`\`+name)
	if err != nil {
		return none, fmt.Errorf("look for account %s: %w", name, err)
	}
	if len(found) > 0 {
		return o.adopt(ctx, found[0], u)
	}
	return o.accounts.Create(ctx, Account{
		SystemID: s.ID, Name: name, Description: u.FullName, Type: Single, Status: initial(u), UserID: &u.ID, UserTypeID: u.UserTypeID,
	})
}

func (o *Opener) name(ctx context.Context, u *identity.User, s *System) (string, error) {
	if s.ID == InternalSystem {
		return u.UserName, nil
	}
	rule := DefaultNamingRule
	if s.NamingRuleID != nil {
		rule = *s.NamingRuleID
	}
	names, err := o.namer.Names(ctx, rule, s, []uuid.UUID{u.ID})
	if err != nil {
		return "", err
	}
	switch {
	case names[0].Err != nil:
		return "", fault.Wrap(fault.Conflict, names[0].Err, "The naming rule of %s failed for %s: %s", s.Name, u.UserName, names[0].Err)
	case names[0].Manual:
		return "", fault.New(fault.Conflict, "%s has no account in %s, and account names are given by hand there. Create the account first.", u.UserName, s.Name)
	case names[0].Name == "":
		return "", fault.New(fault.Conflict, "The naming rule of %s gives %s no account.", s.Name, u.UserName)
	}
	return names[0].Name, nil
}

// adopt makes an unmanaged account the user's own; every other account stays as it is (guide page 014, Accounts).
func (o *Opener) adopt(ctx context.Context, a Account, u *identity.User) (Account, error) {
	if a.Type != Unmanaged {
		owner := ownerOf(&a)
		return Account{}, fault.New(fault.Conflict, "The account %s in %s is %s already. Give %s an account with another name there first.",
			a.Name, a.System, owner, u.UserName)
	}
	a.Type, a.UserID, a.User, a.UserTypeID, a.UserType = Single, &u.ID, u.UserName, u.UserTypeID, u.UserType
	return o.accounts.Update(ctx, a.ID, a.Version, a)
}

func ownerOf(a *Account) string {
	if a.User != "" {
		return "the account of " + a.User
	}
	return "a " + a.Type + " account"
}

func initial(u *identity.User) string {
	if u.Active {
		return Enabled
	}
	return Disabled
}
