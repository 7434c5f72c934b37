package scriptservice

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/script"
)

func userMethods() map[string]method {
	return map[string]method{
		"findUserByUserName":               users.byName(),
		"findUserByUserId":                 users.byID(),
		"findUsers":                        users.search(),
		"findUserByJsonQuery":              users.jsonQuery(),
		"create":                           users.create(),
		"update":                           users.update(),
		"delete":                           users.remove(),
		"findUserDataByUserName":           {reads, userData},
		"findUserAttributes":               {reads, userAttributes},
		"updateUserAttributes":             {writes, updateUserAttributes},
		"findUserRolesHierachyByUserName":  {reads, userRoles}, // spelled so in the guide
		"findUserRolesHierarchyByUserName": {reads, userRoles},
	}
}

// user gives the user whom the first argument names, or nil.
func (c *call) user(ctx context.Context) (*identity.User, error) {
	name, err := c.text(0, "the user name")
	if err != nil {
		return nil, err
	}
	return users.named(ctx, c, name)
}

// userData lists the custom attributes of a user one by one, several values as several entries.
func userData(ctx context.Context, c *call) (any, error) {
	u, err := c.user(ctx)
	if u == nil || err != nil {
		return []any{}, err
	}
	visible, err := users.visible(ctx, c)
	if err != nil {
		return nil, err
	}
	return dataOf(shownAttributes(u.Attributes, visible), map[string]any{"user": u.UserName}), nil
}

// dataOf gives attributes as a list of UserData, in the order of their codes; of says whose they are.
func dataOf(attributes, of map[string]any) []any {
	out := []any{}
	codes := make([]string, 0, len(attributes))
	for code := range attributes {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, strings.Compare)
	for _, code := range codes {
		values, several := attributes[code].([]any)
		if !several {
			values = []any{attributes[code]}
		}
		for _, value := range values {
			entry := map[string]any{script.ClassKey: "UserData", "attribute": code, "value": value}
			maps.Copy(entry, of)
			out = append(out, entry)
		}
	}
	return out
}

// userAttributes gives the custom attributes of a user as a map, or null for an unknown one.
func userAttributes(ctx context.Context, c *call) (any, error) {
	u, err := c.user(ctx)
	if u == nil || err != nil {
		return nil, err
	}
	visible, err := users.visible(ctx, c)
	if err != nil {
		return nil, err
	}
	return shownAttributes(u.Attributes, visible), nil
}

// updateUserAttributes makes the custom attributes of a user what the map says: those it leaves out are removed.
func updateUserAttributes(ctx context.Context, c *call) (any, error) {
	u, err := c.user(ctx)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, c.wrong("there is no user %v", c.args.at(0))
	}
	wanted, ok := c.args.at(1).(map[string]any)
	if !ok {
		return nil, c.wrong("the attributes must be a map (argument 2)")
	}
	visible, err := users.visible(ctx, c)
	if err != nil {
		return nil, err
	}
	delete(wanted, script.ClassKey)
	u.Attributes = replaced(u.Attributes, wanted, visible)
	_, err = c.Users.Update(ctx, u.ID, u.Version, *u)
	return nil, err
}

// userRoles lists the roles that a user holds in whatever way, each once.
func userRoles(ctx context.Context, c *call) (any, error) {
	u, err := c.user(ctx)
	if u == nil || err != nil {
		return []any{}, err
	}
	held, err := heldBy(ctx, c, u.ID, c.Users, c.EffectiveRoles)
	if err != nil {
		return nil, err
	}
	return rolesOf(held), nil
}

// heldBy gives every way in which a user or an account holds roles, as far as the call may see grants: those of holders in its groups
// whole, of others the roles of its information systems.
func heldBy[T any, P object.Pointer[T]](
	ctx context.Context, c *call, holder uuid.UUID, holders *object.Service[T, P],
	of func(context.Context, uuid.UUID) ([]entitlement.EffectiveRole, error),
) ([]entitlement.EffectiveRole, error) {
	who, err := authz.Check(ctx, authz.GrantQuery)
	if err != nil {
		return nil, err
	}
	held, err := of(ctx, holder)
	if err != nil {
		return nil, err
	}
	scope := who.Scope(authz.GrantQuery)
	outside, err := holders.Store.Outside(ctx, authz.Scope{All: scope.All, Groups: scope.Groups}, holder)
	if err != nil || len(outside) == 0 {
		return held, err
	}
	ids := make([]uuid.UUID, len(held))
	for i := range held {
		ids[i] = held[i].RoleID
	}
	outside, err = c.Roles.Store.Outside(ctx, authz.Scope{InformationSystems: scope.InformationSystems}, ids...)
	return slices.DeleteFunc(held, func(r entitlement.EffectiveRole) bool { return slices.Contains(outside, r.RoleID) }), err
}

// rolesOf gives the roles of effective roles, each once, by name.
func rolesOf(held []entitlement.EffectiveRole) []any {
	out := []any{}
	seen := map[string]bool{}
	slices.SortStableFunc(held, func(a, b entitlement.EffectiveRole) int {
		return strings.Compare(strings.ToLower(a.Role+"@"+a.System), strings.ToLower(b.Role+"@"+b.System))
	})
	for i := range held {
		if r := &held[i]; !seen[r.RoleID.String()] {
			seen[r.RoleID.String()] = true
			out = append(out, map[string]any{
				script.ClassKey: "Role", "id": r.RoleID.String(), "name": r.Role, "description": r.Description, "system": r.System,
				"informationSystemName": r.InformationSystem,
			})
		}
	}
	return out
}

// grantsOf gives effective roles as RoleGrants.
func grantsOf(held []entitlement.EffectiveRole, owner string) []any {
	out := make([]any, len(held))
	for i := range held {
		r := &held[i]
		grant := map[string]any{
			script.ClassKey: "RoleGrant", "roleId": r.RoleID.String(), "roleName": r.Role, "roleDescription": r.Description,
			"system": r.System, "informationSystem": r.InformationSystem, "informationSystemName": r.InformationSystem,
			"domainValue": r.ScopeName, "hasDomain": r.ScopeName != "", "ownerAccountName": r.Account, "ownerSystem": r.System,
			"user": owner, "id": nil,
		}
		if r.GrantID != nil {
			grant["id"] = r.GrantID.String()
		}
		out[i] = grant
	}
	return out
}

// withoutValue takes a value out of an attribute; the attribute goes with its last value.
func withoutValue(attributes object.Attributes, code string, value any) object.Attributes {
	out := attributes.Clone()
	values, several := out[code].([]any)
	if !several {
		delete(out, code)
		return out
	}
	left := slices.DeleteFunc(slices.Clone(values), func(v any) bool { return same(value, v) })
	out[code] = left
	if len(left) == 0 {
		delete(out, code)
	}
	return out
}
