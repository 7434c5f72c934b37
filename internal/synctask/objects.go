package synctask

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/object"
	"provost/internal/provision"
)

// users decides about the accounts of users, writes them, and wants the state of each.
func (p *planner) users(ctx context.Context, ids []uuid.UUID) error {
	subjects, err := p.service.Store.Subjects(ctx, ids)
	if err != nil {
		return err
	}
	held := make([][]provision.Role, len(subjects))
	for i := range subjects {
		held[i] = subjects[i].Roles
	}
	if err := p.addRoleObjects(ctx, held, mapping.TypeUser, mapping.TypeAccount); err != nil {
		return err
	}
	for i := range p.systems {
		if err := p.decide(ctx, &p.systems[i], subjects); err != nil {
			return err
		}
	}
	for i := range p.systems {
		t := &p.systems[i]
		classes := t.mapped(mapping.TypeUser, mapping.TypeAccount)
		if t.ReadOnly || len(classes) == 0 {
			continue
		}
		if err := p.want(ctx, t, "account", classes, p.userItems(t, subjects)); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) userItems(t *target, subjects []provision.Subject) []item {
	var items []item
	for i := range subjects {
		s := &subjects[i]
		if !s.Managed {
			continue
		}
		for j := range s.Accounts {
			a := &s.Accounts[j]
			if a.SystemID != t.ID || a.Type == account.Unmanaged {
				continue
			}
			p.taskOf[a.ID] = p.taskOf[s.User.ID]
			items = append(items, item{object: a.ID, account: a, document: provision.UserDocument(s, a), absent: absence(a)})
		}
	}
	return items
}

// absence says when an account must not be in its system: it is removed, or it is disabled and the class removes disabled accounts.
func absence(a *account.Account) func(class) bool {
	return func(c class) bool {
		if account.Gone(a.Status) {
			return true
		}
		disabled := a.Status == account.Disabled || a.Status == account.ForcedDisabled
		return disabled && c.compiled.Mapping().Properties[account.RemoveDisabled] == "true"
	}
}

// decide creates, enables and disables the accounts of users in one system, as its policy says.
func (p *planner) decide(ctx context.Context, t *target, subjects []provision.Subject) error {
	var edits []*object.Edit[account.Account]
	var owners, nameless []*provision.Subject
	for i := range subjects {
		s := &subjects[i]
		if !s.Managed {
			continue
		}
		for _, d := range provision.Decide(s, &t.System) {
			switch d.Verdict {
			case provision.Create:
				if len(t.mapped(mapping.TypeUser, mapping.TypeAccount)) > 0 {
					nameless = append(nameless, s)
				}
			case provision.Enable, provision.Disable:
				changed := *d.Account
				changed.Status = map[provision.Verdict]string{provision.Enable: account.Enabled, provision.Disable: account.Disabled}[d.Verdict]
				edits, owners = append(edits, &object.Edit[account.Account]{ID: changed.ID, After: &changed}), append(owners, s)
			case provision.Keep:
			}
		}
	}
	created, ofWhom, err := p.create(ctx, t, nameless)
	if err != nil {
		return err
	}
	edits, owners = append(edits, created...), append(owners, ofWhom...)
	if len(edits) == 0 {
		return nil
	}
	if err := p.service.Accounts.Apply(ctx, edits, false); err != nil {
		return err
	}
	for i, e := range edits {
		p.adopt(owners[i], t, e)
	}
	return nil
}

// adopt brings a written account into its subject, or notes on the task why it was refused.
func (p *planner) adopt(s *provision.Subject, t *target, e *object.Edit[account.Account]) {
	if e.Err != nil {
		message := "The account was refused."
		if f, ok := errors.AsType[*fault.Error](e.Err); ok {
			message = f.Message
		}
		p.fail(s.User.ID, t.ID, message)
		return
	}
	for i := range s.Accounts {
		if s.Accounts[i].ID == e.ID {
			s.Accounts[i] = *e.After
			return
		}
	}
	s.Accounts = append(s.Accounts, *e.After)
}

// create names the missing accounts of a system. A name that an unmanaged account has adopts that one; any other clash leaves the
// existing account alone (guide 045).
func (p *planner) create(ctx context.Context, t *target, subjects []*provision.Subject) ([]*object.Edit[account.Account], []*provision.Subject, error) {
	if len(subjects) == 0 {
		return nil, nil, nil
	}
	names, err := p.service.Names.Names(ctx, &t.System, subjects)
	if err != nil {
		return nil, nil, err
	}
	var keys []string
	for _, n := range names {
		if n.Name != "" {
			keys = append(keys, accountKey(&t.System, n.Name))
		}
	}
	taken, err := p.service.Accounts.Named(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	var edits []*object.Edit[account.Account]
	var owners []*provision.Subject
	for i, s := range subjects {
		if names[i].Name == "" {
			if names[i].Failed {
				p.fail(s.User.ID, t.ID, names[i].Reason)
			}
			continue
		}
		existing, clash := taken[accountKey(&t.System, names[i].Name)]
		switch {
		case !clash:
			edits = append(edits, &object.Edit[account.Account]{After: newAccount(s, t, names[i].Name)})
		case existing.Type == account.Unmanaged:
			adopted := existing
			adopted.Type, adopted.UserID, adopted.User, adopted.UserTypeID = account.Single, &s.User.ID, s.User.UserName, s.User.UserTypeID
			edits = append(edits, &object.Edit[account.Account]{ID: adopted.ID, After: &adopted})
		default:
			p.fail(s.User.ID, t.ID, "The account name "+names[i].Name+" is taken by another account, which was left alone. "+
				"Change the naming rule or rename one of the two.")
			continue
		}
		owners = append(owners, s)
	}
	return edits, owners, nil
}

func accountKey(s *account.System, name string) string { return strings.ToLower(s.Name + `\` + name) }

func newAccount(s *provision.Subject, t *target, name string) *account.Account {
	return &account.Account{
		SystemID: t.ID, System: t.Name, Name: name, Description: s.User.FullName, Type: account.Single, Status: account.Enabled,
		UserTypeID: s.User.UserTypeID, UserType: s.User.UserType, UserID: &s.User.ID, User: s.User.UserName, Origin: "engine",
	}
}

// accounts wants the state of accounts without a user.
func (p *planner) accounts(ctx context.Context, ids []uuid.UUID) error {
	holders, err := p.service.Store.Holders(ctx, ids)
	if err != nil {
		return err
	}
	held := make([][]provision.Role, len(holders))
	for i := range holders {
		held[i] = holders[i].Roles
	}
	if err := p.addRoleObjects(ctx, held, mapping.TypeAccount, mapping.TypeUser); err != nil {
		return err
	}
	for i := range p.systems {
		t := &p.systems[i]
		classes := t.mapped(mapping.TypeAccount, mapping.TypeUser)
		if t.ReadOnly || len(classes) == 0 {
			continue
		}
		var items []item
		for j := range holders {
			a := &holders[j].Account
			if a.SystemID == t.ID && a.Type != account.Unmanaged {
				items = append(items, item{object: a.ID, account: a, document: provision.AccountDocument(&holders[j]), absent: absence(a)})
			}
		}
		if err := p.want(ctx, t, "account", classes, items); err != nil {
			return err
		}
	}
	return nil
}
