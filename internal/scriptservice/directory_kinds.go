package scriptservice

import (
	"strings"
	"time"

	"provost/internal/account"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/platform"
)

// users is the User of the guide (pages 014, 086, 087). shortName and mailDomain are the two parts of our e-mail address.
var users = kind[identity.User, *identity.User]{
	classes: []string{"User"}, label: "user", metadata: "user",
	service:    func(p *platform.Platform) *identity.Users { return p.Users },
	attributes: func(u *identity.User) *object.Attributes { return &u.Attributes },
	fields: common[identity.User](
		text("userName", func(u *identity.User) *string { return &u.UserName }, "userName"),
		text("firstName", func(u *identity.User) *string { return &u.FirstName }, "firstName"),
		text("lastName", func(u *identity.User) *string { return &u.LastName }, "lastName"),
		text("middleName", func(u *identity.User) *string { return &u.MiddleName }, "lastName2", "middleName"),
		fixed("fullName", func(u *identity.User) any { return u.FullName }, "fullName"),
		text("userType", func(u *identity.User) *string { return &u.UserType }, "userType"),
		text("primaryGroup", func(u *identity.User) *string { return &u.PrimaryGroup }, "primaryGroup"),
		text("email", func(u *identity.User) *string { return &u.Email }, "emailAddress", "email"),
		mailPart("shortName", func(short, domain *string) *string { return short }),
		mailPart("mailDomain", func(short, domain *string) *string { return domain }),
		text("mailAlias", func(u *identity.User) *string { return &u.MailAlias }, "mailAlias"),
		text("mailServer", func(u *identity.User) *string { return &u.MailServer }, "mailServer"),
		text("homeServer", func(u *identity.User) *string { return &u.HomeServer }, "homeServer"),
		text("profileServer", func(u *identity.User) *string { return &u.ProfileServer }, "profileServer"),
		text("phone", func(u *identity.User) *string { return &u.Phone }, "phone", "phoneNumber"),
		flag("active", func(u *identity.User) *bool { return &u.Active }, "active"),
		flag("multiSession", func(u *identity.User) *bool { return &u.MultiSession }, "multiSession"),
		text("comments", func(u *identity.User) *string { return &u.Comments }, "comments"),
	),
	paths: map[string]string{
		"primaryGroup.name": "primaryGroup", "userType.name": "userType", "secondaryGroups.group.name": "groups.name",
		"groups.group.name": "groups.name", "secondaryGroups.name": "groups.name", "accounts.account.name": "accounts.name",
		"accounts.account.system": "accounts.system", "accounts.account.system.name": "accounts.system",
	},
}

// mailPart is one side of the e-mail address. Either side alone is no address yet, so that the order of the two does not matter.
func mailPart(name string, pick func(short, domain *string) *string) field[identity.User] {
	return field[identity.User]{
		names: []string{name},
		get: func(u *identity.User) any {
			short, domain, _ := strings.Cut(u.Email, "@")
			return *pick(&short, &domain)
		},
		set: func(u *identity.User, v any) error {
			part, err := asText(v)
			short, domain, _ := strings.Cut(u.Email, "@")
			*pick(&short, &domain) = part
			u.Email = short + "@" + domain
			if short == "" && domain == "" {
				u.Email = ""
			}
			return err
		},
	}
}

// groups is the Group of the guide (pages 015, 086).
var groups = kind[identity.Group, *identity.Group]{
	classes: []string{"Group"}, label: "group", metadata: "group",
	service:    func(p *platform.Platform) *identity.Groups { return p.Groups },
	attributes: func(g *identity.Group) *object.Attributes { return &g.Attributes },
	fields: common[identity.Group](
		text("name", func(g *identity.Group) *string { return &g.Name }, "name", "groupName"),
		text("description", func(g *identity.Group) *string { return &g.Description }, "description"),
		text("parent", func(g *identity.Group) *string { return &g.Parent }, "parentGroup", "parent"),
		text("groupType", func(g *identity.Group) *string { return &g.GroupType }, "type"),
		text("driveLetter", func(g *identity.Group) *string { return &g.DriveLetter }, "driveLetter"),
		text("driveServer", func(g *identity.Group) *string { return &g.DriveServer }, "driveServerName", "server"),
		flag("disabled", func(g *identity.Group) *bool { return &g.Disabled }, "disabled", "obsolete"),
		moment("activeSince", func(g *identity.Group) **time.Time { return &g.ActiveSince }, "startDate"),
		moment("activeUntil", func(g *identity.Group) **time.Time { return &g.ActiveUntil }, "endDate"),
	),
	paths: map[string]string{"parent.name": "parent", "type.name": "groupType"},
}

// memberships is the GroupUser, or Membership, of the guide (page 086): a secondary group of a user.
var memberships = kind[identity.Membership, *identity.Membership]{
	classes: []string{"GroupUser", "UserGroup", "Membership"}, label: "membership", metadata: "userGroup",
	service:    func(p *platform.Platform) *identity.Memberships { return p.Memberships },
	attributes: func(m *identity.Membership) *object.Attributes { return &m.Attributes },
	fields: common[identity.Membership](
		text("user", func(m *identity.Membership) *string { return &m.User }, "userName", "user"),
		text("group", func(m *identity.Membership) *string { return &m.Group }, "groupName", "group"),
		fixed("fullName", func(m *identity.Membership) any { return m.FullName }, "fullName"),
		moment("startAt", func(m *identity.Membership) **time.Time { return &m.StartAt }, "startDate"),
		moment("endAt", func(m *identity.Membership) **time.Time { return &m.EndAt }, "endDate"),
		text("comments", func(m *identity.Membership) *string { return &m.Comments }, "comments"),
	),
	paths: map[string]string{"user.userName": "user", "group.name": "group"},
}

// mailDomains is the MailDomain of the guide (pages 025, 087).
var mailDomains = kind[identity.MailDomain, *identity.MailDomain]{
	classes: []string{"MailDomain"}, label: "mail domain",
	service: func(p *platform.Platform) *identity.MailDomains { return p.MailDomains },
	fields: common[identity.MailDomain](
		text("name", func(d *identity.MailDomain) *string { return &d.Name }, "code", "name"),
		text("description", func(d *identity.MailDomain) *string { return &d.Description }, "description"),
		flag("obsolete", func(d *identity.MailDomain) *bool { return &d.Obsolete }, "obsolete"),
	),
}

// The guide's letters for types and states of accounts (page 086; the state letters are those of its AccountStatus).
var (
	accountTypes  = map[string]string{"U": account.Single, "S": account.Shared, "P": account.Privileged, "I": account.Unmanaged}
	accountStates = map[string]string{
		"a": account.Enabled, "FA": account.ForcedEnabled, "l": account.Locked, "d": account.Disabled, "FD": account.ForcedDisabled,
		"r": account.Removed, "x": account.Archived,
	}
)

// accounts is the Account of the guide (pages 016, 086).
var accounts = kind[account.Account, *account.Account]{
	classes: []string{"Account", "UserAccount"}, label: "account", metadata: "account",
	service:    func(p *platform.Platform) *account.Accounts { return p.Accounts },
	attributes: func(a *account.Account) *object.Attributes { return &a.Attributes },
	fields: common[account.Account](
		text("name", func(a *account.Account) *string { return &a.Name }, "name", "accountName"),
		text("system", func(a *account.Account) *string { return &a.System }, "system"),
		text("loginName", func(a *account.Account) *string { return &a.LoginName }, "loginName"),
		text("description", func(a *account.Account) *string { return &a.Description }, "description", "accountDescription"),
		coded("type", func(a *account.Account) *string { return &a.Type }, accountTypes, "type"),
		coded("status", func(a *account.Account) *string { return &a.Status }, accountStates, "status"),
		field[account.Account]{
			names: []string{"disabled", "accountDisabled"},
			get:   func(a *account.Account) any { return !account.Usable(a.Status) },
			set: func(a *account.Account, v any) error {
				disabled, err := asBool(v)
				a.Status = account.Enabled
				if disabled {
					a.Status = account.Disabled
				}
				return err
			},
		},
		text("userType", func(a *account.Account) *string { return &a.UserType }, "passwordPolicy", "userType"),
		text("user", func(a *account.Account) *string { return &a.User }, "user", "ownerUser"),
		fixed("fullName", func(a *account.Account) any { return a.FullName }, "userFullName"),
		text("externalId", func(a *account.Account) *string { return &a.ExternalID }, "externalId"),
		fixed("lastLogin", func(a *account.Account) any { return optional(a.LastLogin) }, "lastLogin"),
		fixed("lastPasswordSet", func(a *account.Account) any { return optional(a.LastPasswordSet) }, "lastPasswordSet", "lastPasswordUpdate"),
		fixed("passwordExpires", func(a *account.Account) any { return optional(a.PasswordExpires) }, "passwordExpiration"),
		fixed("lastSync", func(a *account.Account) any { return optional(a.LastSync) }, "lastUpdated", "lastUpdate"),
	),
	paths: map[string]string{
		"users.user.userName": "user", "user.userName": "user", "users.userName": "user", "users.user.fullName": "fullName",
		"system.name": "system", "passwordPolicy.name": "userType",
	},
}

// systems is the System, or Dispatcher, of the guide (page 045). Scripts see agents and change none; parameters are not shown.
var systems = kind[account.System, *account.System]{
	classes: []string{"System", "Dispatcher"}, label: "agent",
	service: func(p *platform.Platform) *account.Systems { return p.Systems },
	fields: common[account.System](
		fixed("name", func(s *account.System) any { return s.Name }, "name"),
		fixed("description", func(s *account.System) any { return s.Description }, "description"),
		fixed("connector", func(s *account.System) any { return s.Connector }, "className"),
		fixed("usage", func(s *account.System) any { return s.Usage }, "usage"),
		fixed("server", func(s *account.System) any { return s.Server }, "url"),
		fixed("alternativeServer", func(s *account.System) any { return s.AlternativeServer }, "url2"),
		fixed("readOnly", func(s *account.System) any { return s.ReadOnly }, "readOnly"),
		fixed("paused", func(s *account.System) any { return s.Paused }, "pause"),
		fixed("manualAccountCreation", func(s *account.System) any { return s.ManualAccountCreation }, "manualAccountCreation"),
		fixed("roleBased", func(s *account.System) any { return s.RoleBased }, "rolebased"),
		fixed("trustPasswords", func(s *account.System) any { return s.TrustPasswords }, "trusted"),
		fixed("authoritative", func(s *account.System) any { return s.Authoritative }, "authoritative"),
		fixed("namingRule", func(s *account.System) any { return s.NamingRule }, "usersDomain"),
		fixed("passwordDomain", func(s *account.System) any { return s.PasswordDomain }, "passwordsDomain"),
	),
}
