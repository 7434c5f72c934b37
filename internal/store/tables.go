package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/filter"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/object"
)

// byGroup limits rows to those whose group is in the scope; the column holds a group id.
func byGroup(column string) func(authz.Scope, func(any) string) string {
	return func(s authz.Scope, arg func(any) string) string {
		return column + " = any(" + arg(s.Groups) + "::uuid[])"
	}
}

// byInformationSystem limits rows to those whose information system is in the scope.
func byInformationSystem(column string) func(authz.Scope, func(any) string) string {
	return func(s authz.Scope, arg func(any) string) string {
		return column + " = any(" + arg(s.InformationSystems) + "::uuid[])"
	}
}

// inTree limits the objects of a tree to those in the scope. A scope holds what lies below its limits already; the parent counts as well,
// so that a new object below one of the scope is in it before anybody asks for the scope again.
func inTree(by func(column string) func(authz.Scope, func(any) string) string) func(authz.Scope, func(any) string) string {
	return func(s authz.Scope, arg func(any) string) string {
		return "(" + by("t.id")(s, arg) + " or " + by("t.parent_id")(s, arg) + ")"
	}
}

// memberOfScope is true for users, by the SQL expression of their id, who belong to a group of the scope.
func memberOfScope(user string) func(authz.Scope, func(any) string) string {
	return func(s authz.Scope, arg func(any) string) string {
		groups := arg(s.Groups) + "::uuid[]"
		return fmt.Sprintf(`(exists (select 1 from users su where su.id = %[1]s and su.primary_group_id = any(%[2]s))
			or exists (select 1 from group_memberships sm where sm.user_id = %[1]s and sm.group_id = any(%[2]s)))`, user, groups)
	}
}

// Users keeps identity.User.
func (t *Tenant) Users() object.Store[identity.User] {
	groupNames := filter.MustSchema(filter.Definition{Object: "group", Attributes: []filter.Attribute{
		{Name: "name", SQL: "fg.name", Filterable: true}, {Name: "description", SQL: "fg.description", Filterable: true},
	}})
	roleNames := filter.MustSchema(filter.Definition{Object: "role", Attributes: []filter.Attribute{
		{Name: "name", SQL: "fr.name", Filterable: true}, {Name: "system", SQL: "fs.name", Filterable: true},
	}})
	accountNames := filter.MustSchema(filter.Definition{Object: "account", Attributes: []filter.Attribute{
		{Name: "name", SQL: "fa.name", Filterable: true},
		{Name: "system", SQL: "fs.name", Filterable: true},
		{Name: "status", SQL: "fa.status", Filterable: true},
	}})
	return newTable(table[identity.User]{
		tenant: t, name: "users",
		from: `users t join user_types ut on ut.id = t.user_type_id join groups pg on pg.id = t.primary_group_id
			left join systems src on src.id = t.source_system_id`,
		key: "lower(t.user_name)", search: "provost.fold(t.user_name || ' ' || t.full_name || ' ' || t.email)", order: "lower(t.user_name)",
		scope: memberOfScope("t.id"),
		list: newAttributes[identity.User]("user", "user", true,
			filter.Relation{Name: "groups", Default: "name", Schema: groupNames, SQL: `exists (select 1 from groups fg where (fg.id = t.primary_group_id
				or fg.id in (select m.group_id from group_memberships m where m.user_id = t.id)) and %s)`},
			filter.Relation{Name: "roles", Default: "name", Schema: roleNames, SQL: `exists (select 1 from effective_roles fe
				join roles fr on fr.id = fe.role_id join systems fs on fs.id = fr.system_id where fe.user_id = t.id and %s)`},
			filter.Relation{Name: "accounts", Default: "name", Schema: accountNames, SQL: `exists (select 1 from accounts fa
				join systems fs on fs.id = fa.system_id where fa.user_id = t.id and %s)`}),
	})
}

// UserTypes keeps identity.UserType.
func (t *Tenant) UserTypes() object.Store[identity.UserType] {
	return newTable(table[identity.UserType]{
		tenant: t, name: "user_types", key: "lower(t.name)", search: "provost.fold(t.name || ' ' || t.description)", order: "lower(t.name)",
		list: newAttributes[identity.UserType]("userType", "user type", false),
	})
}

// GroupTypes keeps identity.GroupType.
func (t *Tenant) GroupTypes() object.Store[identity.GroupType] {
	return newTable(table[identity.GroupType]{
		tenant: t, name: "group_types", key: "lower(t.name)", search: "provost.fold(t.name || ' ' || t.description)", order: "lower(t.name)",
		list: newAttributes[identity.GroupType]("groupType", "group type", false),
	})
}

// MailDomains keeps identity.MailDomain.
func (t *Tenant) MailDomains() object.Store[identity.MailDomain] {
	return newTable(table[identity.MailDomain]{
		tenant: t, name: "mail_domains", key: "lower(t.name)", search: "provost.fold(t.name || ' ' || t.description)", order: "lower(t.name)",
		list: newAttributes[identity.MailDomain]("mailDomain", "mail domain", false),
	})
}

// Groups keeps identity.Group.
func (t *Tenant) Groups() object.Store[identity.Group] {
	return newTable(table[identity.Group]{
		tenant: t, name: "groups",
		from: "groups t left join groups p on p.id = t.parent_id left join group_types gt on gt.id = t.group_type_id",
		key:  "lower(t.name)", search: "provost.fold(t.name || ' ' || t.description)", order: "lower(t.name)",
		scope: inTree(byGroup),
		list:  newAttributes[identity.Group]("group", "group", true),
	})
}

// Memberships keeps identity.Membership.
func (t *Tenant) Memberships() object.Store[identity.Membership] {
	return newTable(table[identity.Membership]{
		tenant: t, name: "group_memberships",
		from: "group_memberships t join users u on u.id = t.user_id join groups g on g.id = t.group_id",
		key:  `lower(u.user_name || '\' || g.name)`, search: "provost.fold(u.user_name || ' ' || u.full_name || ' ' || g.name)",
		order: "lower(g.name), lower(u.user_name)", scope: byGroup("t.group_id"),
		list: newAttributes[identity.Membership]("userGroup", "membership", true),
	})
}

// Metadata keeps metadata.Attribute.
func (t *Tenant) Metadata() object.Store[metadata.Attribute] {
	return newTable(table[metadata.Attribute]{
		tenant: t, name: "metadata", key: `lower(t.object_type || '\' || t.code)`, search: "provost.fold(t.object_type || ' ' || t.code)",
		order: "t.object_type, t.position, t.code",
		list:  newAttributes[metadata.Attribute]("metadata", "attribute", false),
	})
}

// NamingRules keeps account.NamingRule.
func (t *Tenant) NamingRules() object.Store[account.NamingRule] {
	return newTable(table[account.NamingRule]{
		tenant: t, name: "naming_rules", key: "lower(t.code)", search: "provost.fold(t.code || ' ' || t.description)", order: "lower(t.code)",
		list: newAttributes[account.NamingRule]("namingRule", "naming rule", false),
	})
}

// PasswordDomains keeps account.PasswordDomain.
func (t *Tenant) PasswordDomains() object.Store[account.PasswordDomain] {
	return newTable(table[account.PasswordDomain]{
		tenant: t, name: "password_domains", key: "lower(t.code)", search: "provost.fold(t.code || ' ' || t.description)", order: "lower(t.code)",
		list: newAttributes[account.PasswordDomain]("passwordDomain", "password domain", false),
	})
}

// Systems keeps account.System; user types and groups are written by the service through SetSystemPolicy.
func (t *Tenant) Systems() object.Store[account.System] {
	return newTable(table[account.System]{
		tenant: t, name: "systems",
		from: "systems t left join naming_rules nr on nr.id = t.naming_rule_id left join password_domains pd on pd.id = t.password_domain_id",
		key:  "lower(t.name)", search: "provost.fold(t.name || ' ' || t.description)", order: "lower(t.name)",
		list: newAttributes[account.System]("system", "system", true),
	})
}

// Accounts keeps account.Account.
func (t *Tenant) Accounts() object.Store[account.Account] {
	return newTable(table[account.Account]{
		tenant: t, name: "accounts",
		from: `accounts t join systems s on s.id = t.system_id join user_types ut on ut.id = t.user_type_id
			left join users u on u.id = t.user_id`,
		key:    `case when t.status in ('removed', 'archived') then null else lower(s.name || '\' || t.name) end`,
		search: "provost.fold(t.name || ' ' || t.description)", order: "lower(s.name), lower(t.name)",
		scope: memberOfScope("t.user_id"),
		list:  newAttributes[account.Account]("account", "account", true),
	})
}

// AccountAccess keeps account.Access.
func (t *Tenant) AccountAccess() object.Store[account.Access] {
	return newTable(table[account.Access]{
		tenant: t, name: "account_access",
		from: `account_access t left join users u on u.id = t.user_id left join groups g on g.id = t.group_id
			left join roles r on r.id = t.role_id`,
		order: "t.level, u.user_name, g.name, r.name",
		list:  newAttributes[account.Access]("accountAccess", "access entry", false),
	})
}

// InformationSystems keeps entitlement.InformationSystem.
func (t *Tenant) InformationSystems() object.Store[entitlement.InformationSystem] {
	return newTable(table[entitlement.InformationSystem]{
		tenant: t, name: "information_systems",
		from: `information_systems t left join information_systems p on p.id = t.parent_id left join users o on o.id = t.owner_id`,
		key:  `lower(coalesce(t.parent_id::text, '') || '\' || t.name)`, search: "provost.fold(t.name || ' ' || t.description)", order: "lower(t.name)",
		scope: inTree(byInformationSystem),
		list:  newAttributes[entitlement.InformationSystem]("informationSystem", "information system", true),
	})
}

// ScopeDomains keeps entitlement.ScopeDomain.
func (t *Tenant) ScopeDomains() object.Store[entitlement.ScopeDomain] {
	return newTable(table[entitlement.ScopeDomain]{
		tenant: t, name: "scope_domains",
		from: "scope_domains t left join information_systems s on s.id = t.information_system_id",
		key:  `lower(coalesce(t.information_system_id::text, '') || '\' || t.name)`, search: "provost.fold(t.name || ' ' || t.description)", order: "lower(t.name)",
		scope: byInformationSystem("t.information_system_id"),
		list:  newAttributes[entitlement.ScopeDomain]("scopeDomain", "scope domain", false),
	})
}

// ScopeValues keeps entitlement.ScopeValue.
func (t *Tenant) ScopeValues() object.Store[entitlement.ScopeValue] {
	return newTable(table[entitlement.ScopeValue]{
		tenant: t, name: "scope_values",
		from: "scope_values t join scope_domains d on d.id = t.scope_domain_id",
		key:  `lower(d.id::text || '\' || t.value)`, search: "provost.fold(t.value || ' ' || t.description)", order: "lower(d.name), lower(t.value)",
		scope: byInformationSystem("d.information_system_id"),
		list:  newAttributes[entitlement.ScopeValue]("scopeValue", "scope value", false),
	})
}

// Roles keeps entitlement.Role.
func (t *Tenant) Roles() object.Store[entitlement.Role] {
	return newTable(table[entitlement.Role]{
		tenant: t, name: "roles",
		from: `roles t join systems sy on sy.id = t.system_id join information_systems isy on isy.id = t.information_system_id
			left join scope_domains sd on sd.id = t.scope_domain_id`,
		key:    `lower(sy.name || '\' || t.name)`,
		search: "provost.fold(t.name || ' ' || t.description)", order: "lower(t.name), lower(sy.name)",
		scope: byInformationSystem("t.information_system_id"),
		list:  newAttributes[entitlement.Role]("role", "role", true),
	})
}

// RoleContents keeps entitlement.Content.
func (t *Tenant) RoleContents() object.Store[entitlement.Content] {
	return newTable(table[entitlement.Content]{
		tenant: t, name: "role_contents",
		from: `role_contents t join roles r on r.id = t.role_id join systems rs on rs.id = r.system_id
			join roles c on c.id = t.contained_role_id join systems cs on cs.id = c.system_id left join processes pr on pr.id = t.process_id`,
		order: "lower(r.name), lower(c.name)", scope: byInformationSystem("r.information_system_id"),
		list: newAttributes[entitlement.Content]("roleContent", "contained role", false),
	})
}

// GroupRoles keeps entitlement.GroupRole.
func (t *Tenant) GroupRoles() object.Store[entitlement.GroupRole] {
	return newTable(table[entitlement.GroupRole]{
		tenant: t, name: "group_roles",
		from:  `group_roles t join groups g on g.id = t.group_id join roles r on r.id = t.role_id join systems rs on rs.id = r.system_id`,
		order: "lower(g.name), lower(r.name)", scope: byInformationSystem("r.information_system_id"),
		list: newAttributes[entitlement.GroupRole]("groupRole", "group role", false),
	})
}

// Grants keeps entitlement.Grant.
func (t *Tenant) Grants() object.Store[entitlement.Grant] {
	return newTable(table[entitlement.Grant]{
		tenant: t, name: "grants",
		from: `grants t join accounts a on a.id = t.account_id left join users u on u.id = a.user_id
			join roles r on r.id = t.role_id join systems sy on sy.id = r.system_id
			join information_systems isy on isy.id = r.information_system_id
			left join groups scg on scg.id = t.scope_group_id left join information_systems sci on sci.id = t.scope_information_system_id
			left join scope_values scv on scv.id = t.scope_value_id left join groups hg on hg.id = t.holder_group_id
			left join processes pr on pr.id = t.process_id`,
		search: "provost.fold(a.name || ' ' || r.name)", order: "lower(a.name), lower(r.name)",
		scope: func(s authz.Scope, arg func(any) string) string {
			return "(r.information_system_id = any(" + arg(s.InformationSystems) + "::uuid[]) or " + memberOfScope("a.user_id")(s, arg) + ")"
		},
		list: newAttributes[entitlement.Grant]("roleAccount", "grant", true),
	})
}

// named says where the objects of a type are found by name.
var named = map[string]string{
	"user": "users x where lower(x.user_name)", "group": "groups x where lower(x.name)", "groupType": "group_types x where lower(x.name)",
	"userType": "user_types x where lower(x.name)", "system": "systems x where lower(x.name)", "namingRule": "naming_rules x where lower(x.code)",
	"passwordDomain": "password_domains x where lower(x.code)", "mailDomain": "mail_domains x where lower(x.name)",
	"informationSystem": "information_systems x where lower(x.name)",
	"role":              `roles x join systems s on s.id = x.system_id where lower(x.name || '@' || s.name)`,
	"scopeDomain":       "scope_domains x where lower(x.name)",
}

// IDs implements object.Directory.
func (t *Tenant) IDs(ctx context.Context, objectType string, names []string) (map[string]uuid.UUID, error) {
	where, ok := named[objectType]
	if !ok {
		return nil, fault.New(fault.Invalid, "Objects of type %s cannot be named.", objectType)
	}
	source, expression, _ := strings.Cut(where, " where ")
	out := make(map[string]uuid.UUID, len(names))
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.tx.Query(ctx, "select "+expression+", x.id from "+source+" where "+expression+" = any($1)", names)
		if err != nil {
			return fmt.Errorf("find %s by name: %w", objectType, err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var id uuid.UUID
			if err := rows.Scan(&name, &id); err != nil {
				return fmt.Errorf("find %s by name: %w", objectType, err)
			}
			out[name] = id
		}
		return rows.Err()
	})
	return out, err
}

var _ object.Directory = (*Tenant)(nil)
