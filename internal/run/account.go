package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/filter"
	"provost/internal/identity"
	"provost/internal/object"
)

// mergeAccount writes over an account what its system says: name, description, status, custom attributes.
func mergeAccount(a *account.Account, o *Object) {
	if o.Key != "" {
		a.Name = o.Key
	}
	a.ExternalID = o.ExternalID
	if value, ok := o.Mapped["accountDescription"]; ok {
		a.Description = text(value)
	} else if value, ok := o.Mapped["fullName"]; ok && a.Description == "" {
		a.Description = text(value)
	}
	if value, ok := o.Mapped["loginName"]; ok {
		a.LoginName = text(value)
	}
	if value, ok := o.Mapped["accountDisabled"]; ok && !account.Gone(a.Status) {
		a.Status = account.Enabled
		if truth(value) {
			a.Status = account.Disabled
		}
	}
	if account.Gone(a.Status) {
		a.Status = account.Enabled // it is there again
	}
	for _, key := range []string{"accountAttributes", "attributes"} {
		custom, _ := o.Mapped[key].(map[string]any)
		for name, value := range custom {
			if key == "accountAttributes" {
				a.Attributes = a.Attributes.Clone()
				a.Attributes[name] = value
			}
		}
	}
}

// accountState is what is compared and shown of an account.
func accountState(a *account.Account) map[string]any {
	state := map[string]any{
		"name": a.Name, "description": a.Description, "loginName": a.LoginName, "type": a.Type, "status": a.Status, "externalId": a.ExternalID,
		"user": a.User,
	}
	for name, value := range a.Attributes {
		state["attributes."+name] = value
	}
	return state
}

// expand puts an account's values for ${attribute} into a filter, quoted; ok is false when a value is missing.
func expand(expression string, values map[string]any) (condition string, ok bool, err error) {
	var b strings.Builder
	rest := expression
	for {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			return b.String(), true, nil
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			return "", false, fmt.Errorf("the correlation rule %q has a ${ without }", expression)
		}
		value := text(values[name])
		if value == "" {
			return "", false, nil
		}
		b.WriteString(filter.Quote(value))
		rest = tail
	}
}

// applyAccounts writes the changes of accounts and marks them.
func (s *Service) applyAccounts(ctx context.Context, system *account.System, changes []Change) error {
	var ids, owners []uuid.UUID
	for i := range changes {
		if changes[i].ObjectType != "account" {
			continue
		}
		if changes[i].ObjectID != nil {
			ids = append(ids, *changes[i].ObjectID)
		}
		if id, err := uuid.Parse(text(changes[i].Object["user"])); err == nil {
			owners = append(owners, id)
		}
	}
	accounts, err := s.accountsByID(ctx, ids)
	if err != nil {
		return err
	}
	users, err := s.usersByID(ctx, owners)
	if err != nil {
		return err
	}
	var edits []*object.Edit[account.Account]
	var of []*Change
	for i := range changes {
		if changes[i].ObjectType != "account" {
			continue
		}
		e := accountEdit(system, &changes[i], accounts, users)
		if e == nil {
			changes[i].Status, changes[i].Message = "skipped", "The account or its user was removed in the meantime."
			continue
		}
		edits, of = append(edits, e), append(of, &changes[i])
	}
	if err := s.Accounts.Apply(ctx, edits, false); err != nil {
		return fmt.Errorf("write accounts: %w", err)
	}
	for i, e := range edits {
		mark(of[i], e.ID, e.Err)
	}
	return nil
}

func (s *Service) accountsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*account.Account, error) {
	found, err := s.AccountRows.Get(ctx, everything, ids...)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]*account.Account{}
	for i := range found {
		out[found[i].ID] = &found[i]
	}
	return out, nil
}

func (s *Service) usersByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*identity.User, error) {
	found, err := s.UserRows.Get(ctx, everything, ids...)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]*identity.User{}
	for i := range found {
		out[found[i].ID] = &found[i]
	}
	return out, nil
}

// accountEdit turns an entry of the list into an edit of the account as it is now; nil when it, or its user, is gone.
func accountEdit(
	system *account.System, c *Change, accounts map[uuid.UUID]*account.Account, users map[uuid.UUID]*identity.User,
) *object.Edit[account.Account] {
	edit := &object.Edit[account.Account]{}
	a := account.Account{
		SystemID: system.ID, System: system.Name, Type: account.Unmanaged, Status: account.Enabled, UserType: "I",
		UserTypeID: identity.InternalType, Origin: "reconciliation",
	}
	if c.ObjectID != nil {
		known := accounts[*c.ObjectID]
		if known == nil {
			return nil
		}
		edit.ID, a = known.ID, *known
	}
	if c.Action == Delete {
		a.Status = account.Removed
		edit.After = &a
		return edit
	}
	mapped, _ := c.Object["mapped"].(map[string]any)
	mergeAccount(&a, &Object{Key: text(c.Object["key"]), ExternalID: text(c.Object["externalId"]), Mapped: mapped})
	if c.Action == Link {
		id, err := uuid.Parse(text(c.Object["user"]))
		if err != nil || users[id] == nil {
			return nil
		}
		a.Type, a.UserID, a.User = account.Single, &id, users[id].UserName
		a.UserTypeID, a.UserType = users[id].UserTypeID, users[id].UserType
	}
	edit.After = &a
	return edit
}

// normal folds an address for comparison: directories and most systems do not tell upper from lower case in keys.
func normal(key string) string { return strings.ToLower(strings.TrimSpace(key)) }
