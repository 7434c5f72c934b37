package run

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/filter"
	"provost/internal/mapping"
)

// reconcile compares what a system lists with ours, in the order in which it is applied: accounts, roles, who holds them, and at last the
// roles that are no longer there.
func (c *comparison) reconcile(ctx context.Context) error {
	opened, _, err := c.service.agentOf(ctx, c.system.ID)
	if err != nil {
		return err
	}
	steps := []func(context.Context, *agent.Agent) error{c.accounts, c.roles, c.grants, c.missingRoles}
	for _, step := range steps {
		if err := step(ctx, opened); err != nil {
			return err
		}
	}
	return nil
}

// follows reports whether the system is in charge of its accounts, roles and grants: it is only read, or it is the source.
func (c *comparison) follows() bool { return c.system.ReadOnly || c.system.Authoritative }

// accounts compares a system's listed accounts with ours. A managed account is never overwritten: what differs from what we applied is
// listed as drift. Unknown accounts become known, with their user where a correlation rule finds one.
func (c *comparison) accounts(ctx context.Context, opened *agent.Agent) error {
	visit := func(ctx context.Context, objects []Object) error { return c.reconcilePage(ctx, opened, objects) }
	if err := c.each(ctx, visit, mapping.TypeUser, mapping.TypeAccount); err != nil {
		return err
	}
	if !c.removes() || !c.run.Listing.Covers("account") {
		return nil
	}
	missing, err := c.service.Store.MissingAccounts(ctx, *c.run, c.follows())
	if err != nil {
		return err
	}
	return c.inPages(ctx, missing, func(ctx context.Context, ids []uuid.UUID) error {
		accounts, err := c.service.AccountRows.Get(ctx, everything, ids...)
		for i := range accounts {
			c.missingAccount(&accounts[i])
		}
		return err
	})
}

// missingAccount lists an account that the system no longer has. One that we manage is drift: provisioning creates it again. One that
// nobody manages is removed here too.
func (c *comparison) missingAccount(a *account.Account) {
	change := Change{
		ObjectType: "account", ObjectKey: a.Name, ObjectID: &a.ID, Object: absent(), Message: "No longer in " + c.system.Name + ".",
	}
	switch {
	case a.Type == account.Unmanaged || c.follows():
		change.Action, change.Changes = Delete, []mapping.Change{{Attribute: "status", Before: a.Status, After: account.Removed}}
	case account.Usable(a.Status):
		change.Action = Drift
	default:
		return
	}
	c.add(change)
}

func (c *comparison) reconcilePage(ctx context.Context, opened *agent.Agent, objects []Object) error {
	var ids, names []string
	for i := range objects {
		ids, names = append(ids, objects[i].ExternalID), append(names, objects[i].Key)
	}
	found, err := c.service.Store.AccountsAt(ctx, c.system.ID, ids, names)
	if err != nil {
		return err
	}
	byID, byName := map[string]*account.Account{}, map[string]*account.Account{}
	known := make([]uuid.UUID, 0, len(found))
	for i := range found {
		a := &found[i]
		known = append(known, a.ID)
		if a.ExternalID != "" {
			byID[a.ExternalID] = a
		}
		if !account.Gone(a.Status) {
			byName[strings.ToLower(a.Name)] = a
		}
	}
	applied, err := c.service.Store.Applied(ctx, c.system.ID, known)
	if err != nil {
		return err
	}
	var unowned []*Object
	owners := map[*Object]*account.Account{}
	for i := range objects {
		o := &objects[i]
		a := byID[o.ExternalID]
		if a == nil {
			a = byName[strings.ToLower(o.Key)]
		}
		if a != nil && a.Type != account.Unmanaged {
			c.known(opened, o, a, applied[a.ID])
			continue
		}
		unowned, owners[o] = append(unowned, o), a
	}
	return c.correlate(ctx, unowned, owners)
}

// known compares a managed account with its object: what we applied and the system changed since is drift. Accounts of read-only or
// authoritative systems follow the system.
func (c *comparison) known(opened *agent.Agent, o *Object, a *account.Account, applied []Applied) {
	if c.follows() {
		c.follow(o, a)
		return
	}
	for _, state := range applied {
		if state.Class == o.Class && state.Desired != nil {
			c.drift(opened, o, state, Change{ObjectType: "account", ObjectKey: a.Name, ObjectID: &a.ID})
			return
		}
	}
}

// follow proposes the system's facts for an account that the system is in charge of.
func (c *comparison) follow(o *Object, a *account.Account) {
	after := *a
	mergeAccount(&after, o)
	changes := mapping.Diff(accountState(a), accountState(&after))
	if len(changes) > 0 {
		c.add(Change{
			ObjectType: "account", ObjectKey: a.Name, ObjectID: &a.ID, Action: Update, Changes: changes, Object: c.accountObject(o, nil),
		})
	}
}

// accountObject is what apply needs to write an account.
func (c *comparison) accountObject(o *Object, user *uuid.UUID) map[string]any {
	out := map[string]any{"mapped": o.Mapped, "externalId": o.ExternalID, "key": o.Key}
	if user != nil {
		out["user"] = user.String()
	}
	return out
}

// correlate looks for the users of accounts that nobody owns, by the agent's rules in their order: one hit links, several are a conflict
// to be decided by a person, none leaves the account unmanaged.
func (c *comparison) correlate(ctx context.Context, objects []*Object, existing map[*Object]*account.Account) error {
	for _, o := range objects {
		user, message, err := c.match(ctx, o)
		if err != nil {
			return err
		}
		a := existing[o]
		change := Change{ObjectType: "account", ObjectKey: o.Key, Message: message, Object: c.accountObject(o, user)}
		if a != nil {
			change.ObjectID = &a.ID
		}
		switch {
		case message != "" && user == nil:
			change.Action = Conflict
		case user != nil:
			change.Action = Link
		case a == nil:
			change.Action = Create
		default:
			c.follow(o, a)
			continue
		}
		before := map[string]any{}
		after := account.Account{Name: o.Key, Type: account.Unmanaged, Status: account.Enabled}
		if a != nil {
			before, after = accountState(a), *a
		}
		mergeAccount(&after, o)
		if user != nil {
			after.Type = account.Single
		}
		change.Changes = mapping.Diff(before, accountState(&after))
		c.add(change)
	}
	return nil
}

// match tries the rules on one account. The message says why there is a conflict, or whom the account was linked to.
func (c *comparison) match(ctx context.Context, o *Object) (user *uuid.UUID, message string, err error) {
	for _, rule := range c.system.Correlation {
		condition, ok, err := c.filterOf(ctx, rule, o)
		if err != nil {
			return nil, "", err
		}
		if !ok {
			continue
		}
		found, err := c.service.Store.UsersMatching(ctx, condition)
		if err != nil {
			return nil, "", fmt.Errorf("correlate %s: %w", describe(o), err)
		}
		switch len(found) {
		case 0:
		case 1:
			return &found[0].ID, "Linked to " + found[0].UserName + ".", nil
		default:
			return nil, fmt.Sprintf("Several users match (%s, %s …): %s. Make the rule more exact, or link the account by hand.",
				found[0].UserName, found[1].UserName, condition), nil
		}
	}
	return nil, "", nil
}

// filterOf gives the filter that a rule asks for this account; ok is false when the account lacks what the rule needs.
func (c *comparison) filterOf(ctx context.Context, rule account.CorrelationRule, o *Object) (condition string, ok bool, err error) {
	values := map[string]any{}
	maps.Copy(values, o.Raw)
	maps.Copy(values, o.Mapped)
	if rule.Kind == "filter" {
		return expand(rule.Expression, values)
	}
	results, err := c.service.Scripts.Evaluate(ctx, []mapping.Script{{Name: "correlation", Source: rule.Expression}}, []map[string]any{values})
	if err != nil {
		return "", false, fmt.Errorf("run correlation script: %w", err)
	}
	name := text(results[0][0].V)
	if results[0][0].Err != nil || name == "" {
		return "", false, results[0][0].Err
	}
	return "userName eq " + filter.Quote(name), true, nil
}
