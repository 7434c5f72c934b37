package run

import (
	"fmt"
	"maps"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/fault"
	"provost/internal/filter"
	"provost/internal/identity"
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
	if account.Gone(a.Status) {
		a.Status = account.Enabled // it is there again
	}
	if value, ok := o.Mapped["accountDisabled"]; ok && truth(value) == account.Usable(a.Status) {
		a.Status = account.Enabled // a forced or locked state that says the same as the system stays
		if truth(value) {
			a.Status = account.Disabled
		}
	}
	a.Attributes = mergeAttributes(a.Attributes, map[string]any{"attributes": o.Mapped["accountAttributes"]})
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

// accountDocument is an account as load triggers see it (guide 086, account object).
func accountDocument(a *account.Account) map[string]any {
	doc := map[string]any{
		"accountName": a.Name, "loginName": a.LoginName, "accountDescription": a.Description, "accountDisabled": !account.Usable(a.Status),
		"accountStatus": a.Status, "system": a.System, "type": a.Type, "ownerUser": a.User,
	}
	for name, value := range a.Attributes {
		doc["attributes."+name] = value
	}
	return doc
}

// mergeAccountDocument writes over an account what a load trigger made of it.
func mergeAccountDocument(a *account.Account, doc map[string]any) {
	mapped := maps.Clone(doc)
	mapped["accountAttributes"] = doc["attributes"]
	mergeAccount(a, &Object{Key: text(doc["accountName"]), ExternalID: a.ExternalID, Mapped: mapped})
}

// accountDraft gives the account as an entry of the list wants it.
func accountDraft(system *account.System, c *Change, known *account.Account, users map[uuid.UUID]*identity.User) (*account.Account, error) {
	a := account.Account{
		SystemID: system.ID, System: system.Name, Type: account.Unmanaged, Status: account.Enabled, UserType: "I",
		UserTypeID: identity.InternalType, Origin: "reconciliation",
	}
	if known != nil {
		a = *known
	}
	if c.Action == Delete {
		a.Status = account.Removed
		return &a, nil
	}
	mergeAccount(&a, &Object{Key: text(c.Object["key"]), ExternalID: text(c.Object["externalId"]), Mapped: mappedOf(c)})
	if c.Action == Link {
		id, err := uuid.Parse(text(c.Object["user"]))
		if err != nil || users[id] == nil {
			return nil, fault.New(fault.Conflict, "The user was removed in the meantime.")
		}
		a.Type, a.UserID, a.User = account.Single, &id, users[id].UserName
		a.UserTypeID, a.UserType = users[id].UserTypeID, users[id].UserType
	}
	return &a, nil
}

// normal folds an address for comparison: directories and most systems do not tell upper from lower case in keys.
func normal(key string) string { return strings.ToLower(strings.TrimSpace(key)) }
