package scriptservice

import (
	"context"

	"provost/internal/account"
)

func accountMethods() map[string]method {
	return map[string]method{
		"findAccountByJsonQuery": accounts.jsonQuery(),
		"findAccounts":           accounts.search(),
		"findAccountById":        accounts.byID(),
		"findAccount":            {reads, findAccount},
		"findUsersAccounts":      {reads, findUsersAccounts},
		"getAccountAttributes":   {reads, accountAttributes},
		"removeAccountAttribute": {writes, removeAccountAttribute},
		"createAccount":          accounts.create(),
		"updateAccount":          accounts.update(),
		"removeAccount":          accounts.remove(),
		"create":                 accounts.create(),
		"update":                 accounts.update(),
		"delete":                 accounts.remove(),
	}
}

// account gives the account of a name in a system, or nil.
func (c *call) account(ctx context.Context, name, system string) (*account.Account, error) {
	return accounts.named(ctx, c, system+`\`+name)
}

func findAccount(ctx context.Context, c *call) (any, error) {
	name, system, err := c.texts("the account name", "the system")
	if err != nil {
		return nil, err
	}
	a, err := c.account(ctx, name, system)
	return accounts.shown(ctx, c, a, err)
}

// findUsersAccounts lists the accounts of a user in a system.
func findUsersAccounts(ctx context.Context, c *call) (any, error) {
	user, system, err := c.texts("the user name", "the system")
	if err != nil {
		return nil, err
	}
	list := where("user", user)
	list.Filter += " and " + where("system", system).Filter
	found, err := accounts.every(ctx, c, list)
	if err != nil {
		return nil, err
	}
	return accounts.showAll(ctx, c, found)
}

// accountAttributes lists the custom attributes of an account one by one.
func accountAttributes(ctx context.Context, c *call) (any, error) {
	a, err := accounts.identified(ctx, c)
	if a == nil || err != nil {
		return []any{}, err
	}
	visible, err := accounts.visible(ctx, c)
	if err != nil {
		return nil, err
	}
	of := map[string]any{"accountName": a.Name, "systemName": a.System}
	return dataOf(shownAttributes(a.Attributes, visible), of), nil
}

// removeAccountAttribute takes away what getAccountAttributes gave: one value of one attribute of one account.
func removeAccountAttribute(ctx context.Context, c *call) (any, error) {
	data, err := c.object("UserData")
	if err != nil {
		return nil, err
	}
	name, _ := data["accountName"].(string)
	system, _ := data["systemName"].(string)
	code, _ := data["attribute"].(string)
	if name == "" || system == "" || code == "" {
		return nil, c.wrong("the attribute value names no account: take it from getAccountAttributes")
	}
	found, err := c.account(ctx, name, system)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, c.wrong("there is no account %s in %s", name, system)
	}
	visible, err := accounts.visible(ctx, c)
	if err != nil {
		return nil, err
	}
	if !visible.codes[code] {
		return nil, c.wrong("an account has no attribute %s", code)
	}
	found.Attributes = withoutValue(found.Attributes, code, data["value"])
	_, err = c.Accounts.Update(ctx, found.ID, found.Version, *found)
	return nil, err
}
