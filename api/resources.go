package api

import (
	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/parameter"
)

func (a *API) registerResources() {
	a.registerIdentity()
	a.registerAccounts()
	a.registerEntitlements()
	a.registerSettings()
}

func (a *API) registerIdentity() {
	s := a.deps.Platform
	resource[identity.User, *identity.User]{
		path: "users", one: "user", service: s.Users,
		permissions: permissionsOf(authz.UserQuery, authz.UserCreate, authz.UserUpdate, authz.UserDelete),
		draft:       func() identity.User { return identity.User{Active: true} },
	}.add(a)
	resource[identity.UserType, *identity.UserType]{
		path: "user-types", one: "user-type", service: s.UserTypes,
		permissions: permissionsOf(authz.UserTypeQuery, authz.UserTypeCreate, authz.UserTypeUpdate, authz.UserTypeDelete),
		draft:       func() identity.UserType { return identity.UserType{Managed: true} },
	}.add(a)
	resource[identity.Group, *identity.Group]{
		path: "groups", one: "group", service: s.Groups,
		permissions: permissionsOf(authz.GroupQuery, authz.GroupCreate, authz.GroupUpdate, authz.GroupDelete),
	}.add(a)
	resource[identity.GroupType, *identity.GroupType]{
		path: "group-types", one: "group-type", service: s.GroupTypes,
		permissions: permissionsOf(authz.GroupTypeQuery, authz.GroupTypeCreate, authz.GroupTypeUpdate, authz.GroupTypeDelete),
	}.add(a)
	resource[identity.Membership, *identity.Membership]{
		path: "memberships", one: "membership", service: s.Memberships,
		permissions: permissionsOf(authz.GroupQuery, authz.GroupUpdate, authz.GroupUpdate, authz.GroupUpdate),
	}.add(a)
	resource[identity.MailDomain, *identity.MailDomain]{
		path: "mail-domains", one: "mail-domain", service: s.MailDomains,
		permissions: permissionsOf(authz.SettingsQuery, authz.SettingsUpdate, authz.SettingsUpdate, authz.SettingsUpdate),
	}.add(a)
}

func (a *API) registerAccounts() {
	s := a.deps.Platform
	resource[account.Account, *account.Account]{
		path: "accounts", one: "account", service: s.Accounts,
		permissions: permissionsOf(authz.AccountQuery, authz.AccountCreate, authz.AccountUpdate, authz.AccountDelete),
		draft:       func() account.Account { return account.Account{Type: account.Single, Status: account.Enabled} },
	}.add(a)
	resource[account.Access, *account.Access]{
		path: "account-access", one: "account-access-entry", service: s.AccountAccess,
		permissions: permissionsOf(authz.AccountQuery, authz.AccountUpdate, authz.AccountUpdate, authz.AccountUpdate),
	}.add(a)
	resource[account.System, *account.System]{
		path: "systems", one: "system", service: s.Systems,
		permissions: permissionsOf(authz.SystemQuery, authz.SystemCreate, authz.SystemUpdate, authz.SystemDelete),
		draft:       newSystem,
	}.add(a)
	resource[account.NamingRule, *account.NamingRule]{
		path: "naming-rules", one: "naming-rule", service: s.NamingRules,
		permissions: permissionsOf(authz.NamingRuleQuery, authz.NamingRuleCreate, authz.NamingRuleUpdate, authz.NamingRuleDelete),
	}.add(a)
	resource[account.PasswordDomain, *account.PasswordDomain]{
		path: "password-domains", one: "password-domain", service: s.PasswordDomains,
		permissions: permissionsOf(authz.PasswordDomainQuery, authz.PasswordDomainCreate, authz.PasswordDomainUpdate, authz.PasswordDomainDelete),
	}.add(a)
}

// newSystem gives an agent with the defaults of the schema: unserviced, so that nothing moves before somebody decides so.
func newSystem() account.System {
	return account.System{
		Usage: "iam", Threads: 2, TaskTimeoutMS: 30_000, LongTaskTimeoutMS: 3_600_000, FullReconciliation: true, PropagateChanges: true,
		Precedence: 100, Removal: "disable",
	}
}

func (a *API) registerEntitlements() {
	s := a.deps.Platform
	resource[entitlement.InformationSystem, *entitlement.InformationSystem]{
		path: "information-systems", one: "information-system", service: s.InformationSystems,
		permissions: permissionsOf(authz.InformationSystemQuery, authz.InformationSystemCreate, authz.InformationSystemUpdate, authz.InformationSystemDelete),
		draft:       func() entitlement.InformationSystem { return entitlement.InformationSystem{Kind: "application"} },
	}.add(a)
	scopes := permissionsOf(authz.ScopeQuery, authz.ScopeCreate, authz.ScopeUpdate, authz.ScopeDelete)
	resource[entitlement.ScopeDomain, *entitlement.ScopeDomain]{
		path: "scope-domains", one: "scope-domain", service: s.ScopeDomains, permissions: scopes,
		draft: func() entitlement.ScopeDomain { return entitlement.ScopeDomain{Kind: entitlement.ScopeOfValues} },
	}.add(a)
	resource[entitlement.ScopeValue, *entitlement.ScopeValue]{
		path: "scope-values", one: "scope-value", service: s.ScopeValues, permissions: scopes,
	}.add(a)
	resource[entitlement.Role, *entitlement.Role]{
		path: "roles", one: "role", service: s.Roles,
		permissions: permissionsOf(authz.RoleQuery, authz.RoleCreate, authz.RoleUpdate, authz.RoleDelete),
	}.add(a)
	contents := permissionsOf(authz.RoleQuery, authz.RoleUpdate, authz.RoleUpdate, authz.RoleUpdate)
	resource[entitlement.Content, *entitlement.Content]{
		path: "role-contents", one: "role-content", label: "contained role", service: s.RoleContents, permissions: contents,
		draft: func() entitlement.Content { return entitlement.Content{Mandatory: true} },
		lookups: []lookup[entitlement.Content]{
			{
				id:  func(c *entitlement.Content) *uuid.UUID { return &c.RoleID },
				key: func(c *entitlement.Content) string { return within(c.RoleSystem, c.Role) }, find: byKey(s.Roles),
			},
			{
				id:  func(c *entitlement.Content) *uuid.UUID { return &c.ContainedRoleID },
				key: func(c *entitlement.Content) string { return within(c.ContainedRoleSystem, c.ContainedRole) }, find: byKey(s.Roles),
			},
		},
	}.add(a)
	resource[entitlement.GroupRole, *entitlement.GroupRole]{
		path: "group-roles", one: "group-role", service: s.GroupRoles, permissions: contents,
		draft: func() entitlement.GroupRole { return entitlement.GroupRole{Mandatory: true} },
		lookups: []lookup[entitlement.GroupRole]{{
			id:  func(g *entitlement.GroupRole) *uuid.UUID { return &g.RoleID },
			key: func(g *entitlement.GroupRole) string { return within(g.System, g.Role) }, find: byKey(s.Roles),
		}},
	}.add(a)
	a.registerGrants()
}

func (a *API) registerSettings() {
	s := a.deps.Platform
	resource[metadata.Attribute, *metadata.Attribute]{
		path: "metadata", one: "attribute", service: s.Metadata,
		permissions: permissionsOf(authz.MetadataQuery, authz.MetadataCreate, authz.MetadataUpdate, authz.MetadataDelete),
	}.add(a)
	resource[parameter.Parameter, *parameter.Parameter]{
		path: "parameters", one: "parameter", service: s.Parameters,
		permissions: permissionsOf(authz.ParameterQuery, authz.ParameterUpdate, authz.ParameterUpdate, authz.ParameterUpdate),
	}.add(a)
	resource[entitlement.Authorization, *entitlement.Authorization]{
		path: "authorizations", one: "authorization", service: s.Authorizations,
		permissions: permissionsOf(authz.AuthorizationQuery, authz.AuthorizationUpdate, authz.AuthorizationUpdate, authz.AuthorizationUpdate),
		lookups: []lookup[entitlement.Authorization]{{
			id:  func(x *entitlement.Authorization) *uuid.UUID { return &x.RoleID },
			key: func(x *entitlement.Authorization) string { return within(x.System, x.Role) }, find: byKey(s.Roles),
		}},
	}.add(a)
}
