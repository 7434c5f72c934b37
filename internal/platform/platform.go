// Package platform wires one tenant's services together: it knows which rules belong to which rows, and lets what happens to one kind of
// object be felt by the others. The API, activities, loads and scripts all reach the domain through a Platform.
package platform

import (
	"context"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/metadata"
	"provost/internal/notice"
	"provost/internal/object"
	"provost/internal/offer"
	"provost/internal/parameter"
	"provost/internal/process"
	"provost/internal/rehearsal"
	"provost/internal/reservation"
	"provost/internal/script"
	"provost/internal/secret"
	"provost/internal/store"
	"provost/internal/task"
)

// Scripts runs scripts; it is implemented by *script.Host.
type Scripts interface {
	Evaluate(ctx context.Context, request script.Request) ([]script.Result, error)
}

// Deps is what a Platform needs besides the database. Each may be nil: without Secrets no secret can be stored, without Scripts naming
// rules and attributes with scripts are refused, without Connectors the parameters of agents are not checked.
type Deps struct {
	Secrets    *secret.Box
	Scripts    Scripts
	Connectors *connector.Registry
	// Services answers the host calls of scripts; nil refuses them.
	Services script.Services
	// Documents is the folder of documents; without it they can only be in the database.
	Documents *process.Folder
	// Now is the clock; nil means the real one.
	Now func() time.Time
}

// Platform is the use cases of one tenant.
type Platform struct {
	Tenant *store.Tenant

	Users       *identity.Users
	UserTypes   *identity.UserTypes
	Groups      *identity.Groups
	GroupTypes  *identity.GroupTypes
	MailDomains *identity.MailDomains
	Memberships *identity.Memberships
	Merger      *account.Merger
	Composer    *entitlement.Composer

	Metadata   *metadata.Attributes
	Attributes *metadata.Schemas
	Checker    *metadata.Checker
	Parameters *parameter.Parameters
	Settings   *parameter.Settings

	NamingRules     *account.NamingRules
	PasswordDomains *account.PasswordDomains
	Systems         *account.Systems
	Accounts        *account.Accounts
	AccountAccess   *account.AccessEntries
	Namer           *account.Namer
	Opener          *account.Opener

	InformationSystems *entitlement.InformationSystems
	ScopeDomains       *entitlement.ScopeDomains
	ScopeValues        *entitlement.ScopeValues
	Roles              *entitlement.Roles
	RoleContents       *entitlement.Contents
	GroupRoles         *entitlement.GroupRoles
	Grants             *entitlement.Grants
	PendingGrants      *entitlement.Pending[entitlement.Grant, *entitlement.Grant]
	PendingContents    *entitlement.Pending[entitlement.Content, *entitlement.Content]
	Reservations       *reservation.Service
	Authorizations     *entitlement.Authorizations
	Managers           *entitlement.Managers

	ProcessDefinitions *process.Definitions
	Rehearsals         *rehearsal.Service
	Processes          *process.Processes
	Operations         *process.Operations
	ProcessEngine      *process.Engine
	Tasks              *task.Tasks
	NoticeChoices      *notice.Choices
	Offers             *offer.Offers

	desk       *entitlement.Desk
	direct     *process.Direct // processes that start by something else
	vault      *store.Vault
	connectors *connector.Registry
}

// New wires the services of a tenant.
func New(t *store.Tenant, deps Deps) *Platform {
	p := &Platform{Tenant: t, connectors: deps.Connectors}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Secrets != nil {
		p.vault = t.Vault(deps.Secrets)
	}
	var evaluator mapping.Evaluator
	var runner process.ScriptRunner
	if deps.Scripts != nil {
		scripts := &scriptEvaluator{scripts: deps.Scripts, services: deps.Services, settings: parameter.NewSettings(t.Parameters(), nil)}
		evaluator, runner = scripts, scripts
	}
	p.direct = &process.Direct{Store: t.Processes(), Audit: t}
	p.wireSettings(t, evaluator)
	p.wireAccounts(t, evaluator)
	p.wireEntitlements(t, deps.Now)
	p.wireIdentities(t)
	p.wireProcesses(t, runner, deps.Scripts, deps.Documents)
	p.Reservations = &reservation.Service{
		Store: t.Reservations(), Door: p.direct, Access: p.AccountAccess, AccessRows: t.AccountAccess(), Now: deps.Now,
	}
	p.giveVault()
	p.Merger = &account.Merger{
		Users: p.Users, Memberships: p.Memberships, Accounts: p.Accounts, Access: p.AccountAccess, Systems: p.InformationSystems,
		Attributes: p.Attributes, Desk: t,
	}
	p.Composer = &entitlement.Composer{Roles: p.Roles, Contents: p.RoleContents, Users: t.Users(), Holdings: t}
	p.Managers = entitlement.NewManagers(p.Roles, p.Grants, t.ScopeDomains(), t.Authorizations())
	return p
}

// base gives a service its rows, its transactions and its trail.
func base[T any, P object.Pointer[T]](t *store.Tenant, rows object.Store[T]) object.Service[T, P] {
	return object.Service[T, P]{Tx: t, Store: rows, Audit: t}
}

func (p *Platform) wireSettings(t *store.Tenant, evaluator mapping.Evaluator) {
	var vault parameter.Vault
	if p.vault != nil {
		vault = p.vault
	}
	p.Metadata = metadata.NewAttributes(base[metadata.Attribute](t, t.Metadata()), t, evaluator)
	p.Attributes = metadata.NewSchemas(t.Metadata())
	var opener metadata.Vault
	if p.vault != nil {
		opener = p.vault
	}
	p.Checker = metadata.NewChecker(p.Attributes, t, evaluator, opener)
	p.Parameters = parameter.NewParameters(base[parameter.Parameter](t, t.Parameters()), vault)
	p.Settings = parameter.NewSettings(t.Parameters(), vault)
}

func (p *Platform) wireAccounts(t *store.Tenant, evaluator mapping.Evaluator) {
	var vault account.Vault
	if p.vault != nil {
		vault = p.vault
	}
	var connectors account.Connectors
	if p.connectors != nil {
		connectors = kinds{p.connectors}
	}
	p.NamingRules = account.NewNamingRules(base[account.NamingRule](t, t.NamingRules()), t, evaluator)
	p.PasswordDomains = account.NewPasswordDomains(base[account.PasswordDomain](t, t.PasswordDomains()), t)
	p.Systems = account.NewSystems(base[account.System](t, t.Systems()), t, connectors, vault, p.Checker, evaluator)
	p.Accounts = account.NewAccounts(base[account.Account](t, t.Accounts()), t, t.Users(), p.Checker)
	p.AccountAccess = account.NewAccessEntries(base[account.Access](t, t.AccountAccess()), t, t.Accounts(), p.direct)
	p.Namer = account.NewNamer(t.NamingRules(), t.Users(), evaluator)
	p.Opener = account.NewOpener(t.Systems(), t.Users(), t.Accounts(), p.Accounts, p.Namer)
}

func (p *Platform) wireEntitlements(t *store.Tenant, now func() time.Time) {
	rows := entitlement.Stores{
		Roles: t.Roles(), InformationSystems: t.InformationSystems(), ScopeDomains: t.ScopeDomains(), ScopeValues: t.ScopeValues(),
		Contents: t.RoleContents(), GroupRoles: t.GroupRoles(), Grants: t.Grants(),
	}
	p.InformationSystems = entitlement.NewInformationSystems(base[entitlement.InformationSystem](t, rows.InformationSystems), t, p.direct, p.Checker)
	p.ScopeDomains = entitlement.NewScopeDomains(base[entitlement.ScopeDomain](t, rows.ScopeDomains), t)
	p.ScopeValues = entitlement.NewScopeValues(base[entitlement.ScopeValue](t, rows.ScopeValues), t, rows.ScopeDomains)
	p.Roles = entitlement.NewRoles(base[entitlement.Role](t, rows.Roles), t, rows.ScopeDomains, p.Checker)
	p.RoleContents = entitlement.NewContents(base[entitlement.Content](t, rows.Contents), t, rows, p.direct)
	p.GroupRoles = entitlement.NewGroupRoles(base[entitlement.GroupRole](t, rows.GroupRoles), t, rows)
	p.Grants = entitlement.NewGrants(base[entitlement.Grant](t, rows.Grants), t, rows, accountOpener{p.Opener}, p.direct, p.Checker, now)
	p.PendingGrants = entitlement.PendingGrants(p.Grants, t.Processes())
	p.PendingContents = entitlement.PendingContents(p.RoleContents, t.Processes())
	p.Authorizations = entitlement.NewAuthorizations(base[entitlement.Authorization](t, t.Authorizations()), t, rows.Roles)
	p.desk = entitlement.NewDesk(p.Grants)
}

func (p *Platform) wireIdentities(t *store.Tenant) {
	follower := &follower{Groups: entitlement.Follower(p.Grants), tenant: t, accounts: p.Accounts}
	p.UserTypes = identity.NewUserTypes(base[identity.UserType](t, t.UserTypes()), t)
	p.GroupTypes = identity.NewGroupTypes(base[identity.GroupType](t, t.GroupTypes()), t)
	p.MailDomains = identity.NewMailDomains(base[identity.MailDomain](t, t.MailDomains()), t)
	p.Groups = identity.NewGroups(base[identity.Group](t, t.Groups()), t, p.Checker)
	p.Users = identity.NewUsers(base[identity.User](t, t.Users()), t, p.Checker, follower)
	p.Memberships = identity.NewMemberships(base[identity.Membership](t, t.Memberships()), t, t.Users(), p.Checker, follower)
}

// accountOpener gives entitlements the account a grant needs.
type accountOpener struct{ opener *account.Opener }

// OpenAccount implements entitlement.Opener.
func (o accountOpener) OpenAccount(ctx context.Context, user, system uuid.UUID) (uuid.UUID, error) {
	a, err := o.opener.Open(ctx, user, system)
	return a.ID, err
}

// follower tells entitlements and accounts what happens to users.
type follower struct {
	*entitlement.Groups
	tenant   *store.Tenant
	accounts *account.Accounts
}

// Leaving implements identity.Follower: grants are revoked, and the accounts become removed, so that the synchronisation takes them out
// of their systems. Nothing of a deleted user stays enabled anywhere; the images of the accounts stay for the audit, without a user.
func (f *follower) Leaving(ctx context.Context, users []uuid.UUID) error {
	if err := f.Groups.Leaving(ctx, users); err != nil {
		return err
	}
	ids, err := f.tenant.AccountsOfUsers(ctx, users)
	if err != nil {
		return err
	}
	edits := make([]*object.Edit[account.Account], len(ids))
	for i, id := range ids {
		edits[i] = &object.Edit[account.Account]{ID: id}
	}
	return f.accounts.Apply(identity.AsPlatform(ctx), edits, true)
}

var _ identity.Follower = (*follower)(nil)
