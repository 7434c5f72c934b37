package scriptservice

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/query"
)

// serverMethods are those of serverService, the look-ups of mappings (guide page 045). A user is named by id, by user name, or by an
// account name followed by its system.
func serverMethods() map[string]method {
	return map[string]method{
		"getUserInfo":             {reads, userInfo},
		"getUserAccounts":         {reads, userAccounts},
		"getUserRoles":            {reads, userRoleGrants},
		"getUserExplicitRoles":    {reads, userExplicitRoles},
		"getUserGroups":           {reads, userGroups},
		"getUserGroupsHierarchy":  {reads, userGroupsHierarchy},
		"getUserAttributes":       {reads, serverUserAttributes},
		"getAccountInfo":          {reads, findAccount},
		"getAccountRoles":         {reads, accountRoles},
		"getAccountExplicitRoles": {reads, accountExplicitRoles},
		"getAccountAttributes":    {reads, namedAccountAttributes},
		"getRoleInfo":             {reads, findRole},
		"getRoleAccounts":         {reads, roleAccounts},
		"getGroupInfo":            groups.byName(),
		"getGroupChildren":        {reads, groupChildren},
		"getConfig":               {reads, config},
	}
}

// person gives the user that the first arguments name, or nil.
func (c *call) person(ctx context.Context) (*identity.User, error) {
	if id, ok, err := c.id("the user"); err != nil || ok {
		if err != nil {
			return nil, err
		}
		return absent(c.Users.Get(ctx, id))
	}
	name, err := c.text(0, "the user")
	if err != nil {
		return nil, err
	}
	if system, _ := c.args.at(1).(string); system != "" {
		a, err := c.account(ctx, name, system)
		if err != nil || a == nil || a.UserID == nil {
			return nil, err
		}
		return absent(c.Users.Get(ctx, *a.UserID))
	}
	return users.named(ctx, c, name)
}

// ofPerson answers about the user that the first arguments name; without such a user the answer is missing.
func ofPerson(ctx context.Context, c *call, missing any, about func(u *identity.User) (any, error)) (any, error) {
	u, err := c.person(ctx)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return missing, nil
	}
	return about(u)
}

func userInfo(ctx context.Context, c *call) (any, error) {
	u, err := c.person(ctx)
	return users.shown(ctx, c, u, err)
}

func serverUserAttributes(ctx context.Context, c *call) (any, error) {
	return ofPerson(ctx, c, nil, func(u *identity.User) (any, error) {
		visible, err := users.visible(ctx, c)
		return shownAttributes(u.Attributes, visible), err
	})
}

// userAccounts lists the accounts of a user, in the system of the second argument if there is one.
func userAccounts(ctx context.Context, c *call) (any, error) {
	return ofPerson(ctx, c, []any{}, func(u *identity.User) (any, error) {
		list := where("userId", u.ID.String())
		if system, _ := c.args.at(1).(string); system != "" {
			list.Filter += " and " + where("system", system).Filter
		}
		found, err := accounts.every(ctx, c, list)
		if err != nil {
			return nil, err
		}
		return accounts.showAll(ctx, c, found)
	})
}

// inSystem leaves only what belongs to the system of the second argument, if there is one.
func (c *call) inSystem(held []entitlement.EffectiveRole) []entitlement.EffectiveRole {
	system, _ := c.args.at(1).(string)
	if system == "" {
		return held
	}
	return slices.DeleteFunc(held, func(r entitlement.EffectiveRole) bool { return r.System != system })
}

func userRoleGrants(ctx context.Context, c *call) (any, error) {
	return ofPerson(ctx, c, []any{}, func(u *identity.User) (any, error) {
		held, err := heldBy(ctx, c, u.ID, c.Users, c.EffectiveRoles)
		if err != nil {
			return nil, err
		}
		return grantsOf(c.inSystem(held), u.UserName), nil
	})
}

// userExplicitRoles lists only what is granted to the accounts of the user directly.
func userExplicitRoles(ctx context.Context, c *call) (any, error) {
	return ofPerson(ctx, c, []any{}, func(u *identity.User) (any, error) {
		list := where("userId", u.ID.String())
		if system, _ := c.args.at(1).(string); system != "" {
			list.Filter += " and " + where("system", system).Filter
		}
		return c.directGrants(ctx, list)
	})
}

func (c *call) directGrants(ctx context.Context, list query.List) (any, error) {
	found, err := grants.every(ctx, c, list)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(g entitlement.Grant) bool { return g.State == entitlement.GrantApprovalPending })
	return grants.showAll(ctx, c, found)
}

func userGroups(ctx context.Context, c *call) (any, error) {
	return ofPerson(ctx, c, []any{}, func(u *identity.User) (any, error) {
		direct, err := c.groupsOf(ctx, u)
		if err != nil {
			return nil, err
		}
		return c.showGroups(ctx, direct)
	})
}

func userGroupsHierarchy(ctx context.Context, c *call) (any, error) {
	return ofPerson(ctx, c, []any{}, func(u *identity.User) (any, error) {
		direct, err := c.groupsOf(ctx, u)
		if err != nil {
			return nil, err
		}
		all, err := c.groupsAbove(ctx, direct)
		if err != nil {
			return nil, err
		}
		return c.showGroups(ctx, all)
	})
}

// groupsOf gives the groups of a user, the primary one first.
func (c *call) groupsOf(ctx context.Context, u *identity.User) ([]uuid.UUID, error) {
	of, err := memberships.every(ctx, c, where("userId", u.ID.String()))
	if err != nil {
		return nil, err
	}
	ids := []uuid.UUID{u.PrimaryGroupID}
	for i := range of {
		ids = append(ids, of[i].GroupID)
	}
	return ids, nil
}

// showGroups shows those of the groups that the call may see, in their order.
func (c *call) showGroups(ctx context.Context, ids []uuid.UUID) (any, error) {
	found, err := groups.several(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	return groups.showAll(ctx, c, found)
}

// accountRoles lists every way in which the account of a name in a system holds roles.
func accountRoles(ctx context.Context, c *call) (any, error) {
	name, system, err := c.texts("the account name", "the system")
	if err != nil {
		return nil, err
	}
	a, err := c.account(ctx, name, system)
	return rolesOfAccount(ctx, c, a, err)
}

func accountExplicitRoles(ctx context.Context, c *call) (any, error) {
	name, system, err := c.texts("the account name", "the system")
	if err != nil {
		return nil, err
	}
	a, err := c.account(ctx, name, system)
	if a == nil || err != nil {
		return []any{}, err
	}
	return c.directGrants(ctx, where("accountId", a.ID.String()))
}

func namedAccountAttributes(ctx context.Context, c *call) (any, error) {
	name, system, err := c.texts("the account name", "the system")
	if err != nil {
		return nil, err
	}
	a, err := c.account(ctx, name, system)
	if a == nil || err != nil {
		return nil, err
	}
	visible, err := accounts.visible(ctx, c)
	return shownAttributes(a.Attributes, visible), err
}

// roleAccounts lists the accounts that a role, given by id or as role, is granted to directly.
func roleAccounts(ctx context.Context, c *call) (any, error) {
	id, ok, err := c.id("the role")
	if !ok || err != nil {
		return []any{}, err
	}
	of, err := grants.every(ctx, c, where("roleId", id.String()))
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for i := range of {
		if of[i].State != entitlement.GrantApprovalPending && !slices.Contains(ids, of[i].AccountID) {
			ids = append(ids, of[i].AccountID)
		}
	}
	found, err := accounts.several(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	return accounts.showAll(ctx, c, found)
}

// groupChildren lists the groups right below one, given by id, by name or as group.
func groupChildren(ctx context.Context, c *call) (any, error) {
	id, ok, err := c.id("the group")
	if err != nil {
		return nil, err
	}
	if !ok {
		name, err := c.text(0, "the group")
		if err != nil {
			return nil, err
		}
		g, err := groups.named(ctx, c, name)
		if g == nil || err != nil {
			return []any{}, err
		}
		id = g.ID
	}
	found, err := groups.every(ctx, c, where("parentId", id.String()))
	if err != nil {
		return nil, err
	}
	return groups.showAll(ctx, c, found)
}

// config gives a parameter of the installation, or null. Secrets are refused.
func config(ctx context.Context, c *call) (any, error) {
	name, err := c.text(0, "the parameter")
	if err != nil {
		return nil, err
	}
	if _, err := authz.Check(ctx, authz.ParameterQuery); err != nil {
		return nil, err
	}
	p, err := absent(c.Parameters.Named(ctx, name))
	if p == nil || err != nil {
		return nil, err
	}
	if p.Secret {
		return nil, fault.New(fault.Denied, "The parameter %s is a secret, which scripts cannot read.", p.Name)
	}
	return p.Value, nil
}
