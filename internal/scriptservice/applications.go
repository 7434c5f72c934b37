package scriptservice

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/object"
)

func applicationMethods() map[string]method {
	create := byClass(entry(&roles, roles.create()), entry(&informationSystems, informationSystems.create()), entry(&grants, method{writes, grant}))
	update := byClass(entry(&roles, roles.update()), entry(&informationSystems, informationSystems.update()), entry(&grants, grants.update()))
	remove := byClass(entry(&roles, roles.remove()), entry(&informationSystems, informationSystems.remove()), entry(&grants, method{writes, revoke}))
	return map[string]method{
		"create": create, "update": update, "delete": remove,
		"findRoles":                        roles.search(),
		"findRoleByJsonQuery":              roles.jsonQuery(),
		"findRoleById":                     roles.byID(),
		"findRoleByNameAndSystem":          {reads, findRole},
		"findApplications":                 informationSystems.search(),
		"findInformationSystems":           informationSystems.search(),
		"findApplicationByJsonQuery":       informationSystems.jsonQuery(),
		"findApplicationById":              informationSystems.byID(),
		"findApplicationByApplicationName": {reads, findApplication},
		"findRoleAccountByAccount":         {reads, grantsOfAccount},
		"findRoleAccounts":                 grants.search(),
		"findRoleAccountByJsonQuery":       grants.jsonQuery(),
		"findEffectiveRoleGrantByUser":     {reads, effectiveOfUser},
		"findEffectiveRoleGrantByAccount":  {reads, effectiveOfAccount},
		"grantRole":                        {writes, grant},
		"revokeRole":                       {writes, revoke},
		"findRolesByInformationSystemName": {reads, rolesOfApplication},
	}
}

// role gives the role of a name in a system, or nil.
func (c *call) role(ctx context.Context, name, system string) (*entitlement.Role, error) {
	return roles.named(ctx, c, system+`\`+name)
}

func findRole(ctx context.Context, c *call) (any, error) {
	name, system, err := c.texts("the role name", "the system")
	if err != nil {
		return nil, err
	}
	r, err := c.role(ctx, name, system)
	return roles.shown(ctx, c, r, err)
}

func rolesOfApplication(ctx context.Context, c *call) (any, error) {
	name, err := c.text(0, "the name of the information system")
	if err != nil {
		return nil, err
	}
	found, err := roles.every(ctx, c, where("informationSystem", name))
	if err != nil {
		return nil, err
	}
	return roles.showAll(ctx, c, found)
}

// findApplication finds an information system by its name. Names are unique among siblings only: of several ones the script has to
// choose with findApplications.
func findApplication(ctx context.Context, c *call) (any, error) {
	name, err := c.text(0, "the name of the information system")
	if err != nil {
		return nil, err
	}
	found, err := informationSystems.every(ctx, c, where("name", name))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if len(found) > 1 {
		return nil, c.wrong("there are %d information systems named %s: choose with findApplications", len(found), name)
	}
	return informationSystems.showOne(ctx, c, &found[0])
}

// grantsOfAccount lists the roles granted to an account, given by id or as account.
func grantsOfAccount(ctx context.Context, c *call) (any, error) {
	id, ok, err := c.id("the account")
	if !ok || err != nil {
		return []any{}, err
	}
	found, err := grants.every(ctx, c, where("accountId", id.String()))
	if err != nil {
		return nil, err
	}
	return grants.showAll(ctx, c, found)
}

// effectiveOfUser lists every way in which a user, given by id or as user, holds roles.
func effectiveOfUser(ctx context.Context, c *call) (any, error) {
	u, err := users.identified(ctx, c)
	if u == nil || err != nil {
		return []any{}, err
	}
	held, err := heldBy(ctx, c, u.ID, c.Users, c.EffectiveRoles)
	if err != nil {
		return nil, err
	}
	return grantsOf(held, u.UserName), nil
}

func effectiveOfAccount(ctx context.Context, c *call) (any, error) {
	a, err := accounts.identified(ctx, c)
	return rolesOfAccount(ctx, c, a, err)
}

func rolesOfAccount(ctx context.Context, c *call, a *account.Account, err error) (any, error) {
	if a == nil || err != nil {
		return []any{}, err
	}
	held, err := heldBy(ctx, c, a.ID, c.Accounts, c.EffectiveRolesOfAccount)
	if err != nil {
		return nil, err
	}
	return grantsOf(held, a.User), nil
}

// grant grants a role as a RoleAccount says: the role by roleName and system, who holds it by userName, or by accountName and
// accountSystem, or by accountId; perhaps domainValue, holderGroup, startDate and endDate.
func grant(ctx context.Context, c *call) (any, error) {
	given, err := c.object(grants.classes...)
	if err != nil {
		return nil, err
	}
	request, err := c.grantRequest(ctx, given)
	if err != nil {
		return nil, err
	}
	made, err := c.Grant(ctx, request)
	if err != nil {
		return nil, err
	}
	return grants.showOne(ctx, c, &made[0])
}

func (c *call) grantRequest(ctx context.Context, given map[string]any) (entitlement.GrantRequest, error) {
	var request entitlement.GrantRequest
	said := func(names ...string) string {
		for _, name := range names {
			if text, _ := given[name].(string); text != "" {
				return text
			}
		}
		return ""
	}
	r, err := c.role(ctx, said("roleName"), said("system", "roleSystem"))
	if err != nil {
		return request, err
	}
	if r == nil {
		return request, c.wrong("there is no role %s in the system %s", said("roleName"), said("system", "roleSystem"))
	}
	request.RoleID = r.ID
	if err := c.holder(ctx, &request, r, said); err != nil {
		return request, err
	}
	if name := said("holderGroup"); name != "" {
		g, err := groups.named(ctx, c, name)
		if err != nil {
			return request, err
		}
		if g == nil {
			return request, c.wrong("there is no group %s to hold the grant", name)
		}
		request.HolderID = &g.ID
	}
	if request.StartAt, request.EndAt, err = c.dates(given); err != nil {
		return request, err
	}
	if attributes, ok := given[attributesName].(map[string]any); ok {
		request.Attributes = object.Attributes(attributes)
	}
	if value := said("domainValue"); value != "" {
		scope, err := c.scope(ctx, r, value)
		if err != nil {
			return request, err
		}
		request.Scopes = []entitlement.Scope{scope}
	}
	return request, nil
}

// holder names who shall hold the role of a request.
func (c *call) holder(ctx context.Context, request *entitlement.GrantRequest, r *entitlement.Role, said func(...string) string) error {
	if id, err := uuid.Parse(said("accountId")); err == nil {
		request.AccountID = &id
		return nil
	}
	if name := said("accountName"); name != "" {
		system := said("accountSystem")
		if system == "" {
			system = r.System
		}
		a, err := c.account(ctx, name, system)
		if err != nil {
			return err
		}
		if a == nil {
			return c.wrong("there is no account %s in %s", name, system)
		}
		request.AccountID = &a.ID
		return nil
	}
	name := said("userName", "userCode", "user")
	u, err := users.named(ctx, c, name)
	if err != nil {
		return err
	}
	if u == nil {
		return c.wrong("there is no user %s to hold the role: set userName, or accountName and accountSystem", name)
	}
	request.UserID = &u.ID
	return nil
}

func (c *call) dates(given map[string]any) (start, end *time.Time, err error) {
	if start, err = asMoment(given["startDate"]); err != nil {
		return nil, nil, c.wrong("startDate %s", err)
	}
	if end, err = asMoment(given["endDate"]); err != nil {
		return nil, nil, c.wrong("endDate %s", err)
	}
	return start, end, nil
}

// scope finds what a domain value means for a role: a group, an information system or a value of the role's own list.
func (c *call) scope(ctx context.Context, r *entitlement.Role, value string) (entitlement.Scope, error) {
	var scope entitlement.Scope
	if r.ScopeDomainID == nil {
		return scope, c.wrong("the role %s has no domain: grant it without domainValue", r.Name)
	}
	domain, err := c.ScopeDomains.Get(ctx, *r.ScopeDomainID)
	if err != nil {
		return scope, err
	}
	switch domain.Kind {
	case entitlement.ScopeOfValues:
		found, err := c.ScopeValues.Named(ctx, domain.ID.String()+`\`+value)
		if err == nil {
			scope.ScopeValueID = &found.ID
		}
		return scope, c.unknownScope(err, domain.Name, value)
	default:
		objectType := map[string]string{entitlement.ScopeOfGroups: "group", entitlement.ScopeOfInformationSystems: "informationSystem"}[domain.Kind]
		ids, err := c.Tenant.IDs(ctx, objectType, []string{strings.ToLower(value)})
		if err != nil {
			return scope, err
		}
		id, ok := ids[strings.ToLower(value)]
		if !ok {
			return scope, c.wrong("%s is no value of %s", value, domain.Name)
		}
		if domain.Kind == entitlement.ScopeOfGroups {
			scope.ScopeGroupID = &id
		} else {
			scope.ScopeInformationSystemID = &id
		}
		return scope, nil
	}
}

func (c *call) unknownScope(err error, domain, value string) error {
	if fault.Is(err, fault.NotFound) {
		return c.wrong("%s is no value of %s", value, domain)
	}
	return err
}

// revoke takes a grant away. Only direct grants have an id: what comes from groups, rules or other roles ends with its source.
func revoke(ctx context.Context, c *call) (any, error) {
	given, err := c.object(grants.classes...)
	if err != nil {
		return nil, err
	}
	text, _ := given["id"].(string)
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, c.wrong("this grant is not a direct one: it ends where it comes from (%v)", classOf(given))
	}
	return nil, c.Revoke(ctx, id)
}
