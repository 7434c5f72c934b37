package scriptservice

import (
	"time"

	"provost/internal/entitlement"
	"provost/internal/object"
	"provost/internal/platform"
)

// roles is the Role of the guide (pages 018, 086).
var roles = kind[entitlement.Role, *entitlement.Role]{
	classes: []string{"Role"}, label: "role", metadata: "role",
	service:    func(p *platform.Platform) *entitlement.Roles { return p.Roles },
	attributes: func(r *entitlement.Role) *object.Attributes { return &r.Attributes },
	fields: common[entitlement.Role](
		text("name", func(r *entitlement.Role) *string { return &r.Name }, "name"),
		text("description", func(r *entitlement.Role) *string { return &r.Description }, "description"),
		text("system", func(r *entitlement.Role) *string { return &r.System }, "system"),
		text("informationSystem", func(r *entitlement.Role) *string { return &r.InformationSystem }, "informationSystemName", "application"),
		text("category", func(r *entitlement.Role) *string { return &r.Category }, "category"),
		text("scopeDomain", func(r *entitlement.Role) *string { return &r.ScopeDomain }, "domain"),
		flag("bpmEnabled", func(r *entitlement.Role) *bool { return &r.BPMEnabled }, "bpmEnabled", "wfmanaged"),
		flag("passwordProtected", func(r *entitlement.Role) *bool { return &r.PasswordProtected }, "passwordProtected", "password"),
		text("externalId", func(r *entitlement.Role) *string { return &r.ExternalID }, "externalId"),
		moment("approvalStart", func(r *entitlement.Role) **time.Time { return &r.ApprovalStart }, "approvalStart"),
		moment("approvalEnd", func(r *entitlement.Role) **time.Time { return &r.ApprovalEnd }, "approvalEnd"),
	),
	paths: map[string]string{
		"informationSystem.name": "informationSystem", "application.name": "informationSystem", "system.name": "system",
	},
}

// informationSystemKinds are the guide's words for what an information system is (page 017).
var informationSystemKinds = map[string]string{"APPLICATION": "application", "CONTAINER": "container", "BUSINESS": "business"}

// informationSystems is the Application, or InformationSystem, of the guide (page 017).
var informationSystems = kind[entitlement.InformationSystem, *entitlement.InformationSystem]{
	classes: []string{"Application", "InformationSystem"}, label: "information system", metadata: "informationSystem",
	service:    func(p *platform.Platform) *entitlement.InformationSystems { return p.InformationSystems },
	attributes: func(s *entitlement.InformationSystem) *object.Attributes { return &s.Attributes },
	fields: common[entitlement.InformationSystem](
		text("name", func(s *entitlement.InformationSystem) *string { return &s.Name }, "name", "relativeName"),
		text("description", func(s *entitlement.InformationSystem) *string { return &s.Description }, "description"),
		text("parent", func(s *entitlement.InformationSystem) *string { return &s.Parent }, "parent"),
		coded("kind", func(s *entitlement.InformationSystem) *string { return &s.Kind }, informationSystemKinds, "type"),
		text("owner", func(s *entitlement.InformationSystem) *string { return &s.Owner }, "owner"),
		text("sources", func(s *entitlement.InformationSystem) *string { return &s.Sources }, "source"),
		text("binaries", func(s *entitlement.InformationSystem) *string { return &s.Binaries }, "executable"),
		text("database", func(s *entitlement.InformationSystem) *string { return &s.Database }, "database"),
		flag("bpmEnabled", func(s *entitlement.InformationSystem) *bool { return &s.BPMEnabled }, "bpmEnabled", "wfManagement"),
		text("notificationEmails", func(s *entitlement.InformationSystem) *string { return &s.NotificationEmails }, "notificationMails"),
		text("approvalProcess", func(s *entitlement.InformationSystem) *string { return &s.ApprovalProcess }, "approvalProcess"),
		text("roleDefinitionProcess", func(s *entitlement.InformationSystem) *string { return &s.RoleDefinitionProcess }, "roleDefinitionProcess"),
		flag("singleRole", func(s *entitlement.InformationSystem) *bool { return &s.SingleRole }, "singleRole"),
	),
	paths: map[string]string{"parent.name": "parent", "owner.userName": "owner"},
}

// grants is the RoleAccount of the guide: a role granted to an account. Who holds which role with which scope stays as it is granted;
// dates and attributes can be changed.
var grants = kind[entitlement.Grant, *entitlement.Grant]{
	classes: []string{"RoleAccount", "RoleGrant"}, label: "grant", metadata: "roleAccount",
	service:    func(p *platform.Platform) *entitlement.Grants { return p.Grants },
	attributes: func(g *entitlement.Grant) *object.Attributes { return &g.Attributes },
	fields: common[entitlement.Grant](
		fixed("role", func(g *entitlement.Grant) any { return g.Role }, "roleName"),
		fixed("roleId", func(g *entitlement.Grant) any { return idOf(g.RoleID) }, "roleId"),
		fixed("roleDescription", func(g *entitlement.Grant) any { return g.RoleDescription }, "roleDescription"),
		fixed("system", func(g *entitlement.Grant) any { return g.System }, "system", "accountSystem"),
		fixed("informationSystem", func(g *entitlement.Grant) any { return g.InformationSystem }, "informationSystemName", "informationSystem"),
		fixed("account", func(g *entitlement.Grant) any { return g.Account }, "accountName"),
		fixed("accountId", func(g *entitlement.Grant) any { return idOf(g.AccountID) }, "accountId"),
		fixed("user", func(g *entitlement.Grant) any { return g.User }, "userCode", "userName", "user"),
		fixed("fullName", func(g *entitlement.Grant) any { return g.FullName }, "userFullName"),
		fixed("scopeName", func(g *entitlement.Grant) any { return g.ScopeName }, "domainValue"),
		fixed("holderGroup", func(g *entitlement.Grant) any { return g.HolderGroup }, "holderGroup"),
		moment("startAt", func(g *entitlement.Grant) **time.Time { return &g.StartAt }, "startDate"),
		moment("endAt", func(g *entitlement.Grant) **time.Time { return &g.EndAt }, "endDate"),
		fixed("", func(g *entitlement.Grant) any { return g.State != entitlement.GrantApprovalPending }, "enabled"),
		fixed("", func(g *entitlement.Grant) any { return g.State == entitlement.GrantApprovalPending }, "approvalPending"),
		fixed("", func(g *entitlement.Grant) any { return g.State == entitlement.GrantRemovalPending }, "removalPending"),
		fixed("origin", func(g *entitlement.Grant) any { return g.Origin }, "origin"),
	),
	paths: map[string]string{
		"role.name": "role", "role.system.name": "system", "role.system": "system", "role.informationSystem.name": "informationSystem",
		"account.name": "account", "account.system.name": "system", "account.users.user.userName": "user",
	},
}
