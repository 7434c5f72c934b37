package scriptservice

import (
	"context"

	"github.com/google/uuid"

	"provost/internal/identity"
)

func groupMethods() map[string]method {
	return map[string]method{
		"findGroupByGroupName":                groups.byName(),
		"findGroupById":                       groups.byID(),
		"findGroups":                          groups.search(),
		"findGroupByJsonQuery":                groups.jsonQuery(),
		"create":                              byClass(entry(&groups, groups.create()), entry(&memberships, memberships.create())),
		"update":                              byClass(entry(&groups, groups.update()), entry(&memberships, memberships.update())),
		"delete":                              byClass(entry(&groups, groups.remove()), entry(&memberships, memberships.remove())),
		"findUsersGroupByUserName":            {reads, groupsOfUser},
		"findUsersGroupByGroupName":           {reads, usersOfGroup},
		"findUserGroupByUserNameAndGroupName": {reads, userGroup},
		"addGroupToUser":                      {writes, addGroupToUser},
		"removeGroupFromUser":                 {writes, removeGroupFromUser},
	}
}

func mailMethods() map[string]method {
	return map[string]method{
		"findMailDomainByName":      mailDomains.byName(),
		"findMailDomains":           mailDomains.search(),
		"findMailDomainByJsonQuery": mailDomains.jsonQuery(),
		"create":                    mailDomains.create(),
		"update":                    mailDomains.update(),
		"delete":                    mailDomains.remove(),
	}
}

// groupsOfUser lists the secondary groups of a user as memberships; the primary group is an entry of the user.
func groupsOfUser(ctx context.Context, c *call) (any, error) {
	name, err := c.text(0, "the user name")
	if err != nil {
		return nil, err
	}
	return membersWhere(ctx, c, "user", name)
}

// usersOfGroup lists the memberships of a group.
func usersOfGroup(ctx context.Context, c *call) (any, error) {
	name, err := c.text(0, "the group name")
	if err != nil {
		return nil, err
	}
	return membersWhere(ctx, c, "group", name)
}

func membersWhere(ctx context.Context, c *call, attribute, value string) (any, error) {
	found, err := memberships.every(ctx, c, where(attribute, value))
	if err != nil {
		return nil, err
	}
	return memberships.showAll(ctx, c, found)
}

// membership gives the membership of the user and the group in the first two arguments, or nil.
func (c *call) membership(ctx context.Context) (*identity.Membership, error) {
	user, group, err := c.texts("the user name", "the group name")
	if err != nil {
		return nil, err
	}
	return memberships.named(ctx, c, user+`\`+group)
}

func userGroup(ctx context.Context, c *call) (any, error) {
	m, err := c.membership(ctx)
	return memberships.shown(ctx, c, m, err)
}

// addGroupToUser makes a user a member of a group; one who is a member already, or has it as primary group, stays as they are.
func addGroupToUser(ctx context.Context, c *call) (any, error) {
	m, err := c.membership(ctx)
	if m != nil || err != nil {
		return nil, err
	}
	u, err := c.user(ctx)
	if err != nil {
		return nil, err
	}
	name, err := c.text(1, "the group name")
	if err != nil {
		return nil, err
	}
	g, err := groups.named(ctx, c, name)
	switch {
	case err != nil:
		return nil, err
	case u == nil:
		return nil, c.wrong("there is no user %v", c.args.at(0))
	case g == nil:
		return nil, c.wrong("there is no group %s", name)
	case u.PrimaryGroupID == g.ID:
		return nil, nil
	}
	_, err = c.Memberships.Create(ctx, identity.Membership{UserID: u.ID, GroupID: g.ID})
	return nil, err
}

// removeGroupFromUser ends a membership; without one there is nothing to do.
func removeGroupFromUser(ctx context.Context, c *call) (any, error) {
	m, err := c.membership(ctx)
	if m == nil || err != nil {
		return nil, err
	}
	return nil, c.Memberships.Delete(ctx, m.ID, 0)
}

// groupsAbove gives the groups of a user, primary and secondary, with those above them, the nearest first.
func (c *call) groupsAbove(ctx context.Context, direct []uuid.UUID) ([]uuid.UUID, error) {
	above, err := c.Tenant.GroupsAbove(ctx, direct)
	if err != nil {
		return nil, err
	}
	all := append([]uuid.UUID{}, direct...)
	seen := map[uuid.UUID]bool{}
	for _, id := range direct {
		seen[id] = true
	}
	for _, id := range direct {
		for _, parent := range above[id] {
			if !seen[parent] {
				seen[parent] = true
				all = append(all, parent)
			}
		}
	}
	return all, nil
}
