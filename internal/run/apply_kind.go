package run

import (
	"context"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
)

// partOf gives what applies changes of one type.
func (s *Service) partOf(system *account.System, changes []Change) part {
	switch changes[0].ObjectType {
	case "user":
		return newBatch(s, system, changes, s.userKind(system))
	case "group":
		return newBatch(s, system, changes, s.groupKind(system))
	case linkMembership:
		return newBatch(s, system, changes, s.membershipKind(system))
	case "account":
		return newBatch(s, system, changes, s.accountKind(system))
	case "informationSystem":
		return newBatch(s, system, changes, s.applicationKind())
	case "role":
		return newBatch(s, system, changes, s.roleKind(system))
	default:
		return newBatch(s, system, changes, s.grantKind(system))
	}
}

// mappedOf gives the mapped attributes that a change carries.
func mappedOf(c *Change) map[string]any {
	mapped, _ := c.Object["mapped"].(map[string]any)
	return mapped
}

func (s *Service) userKind(system *account.System) kind[identity.User] {
	return kind[identity.User]{
		name: "user", rows: s.UserRows, writer: s.Users, state: userState, merge: mergeUser,
		draft: func(known *identity.User, c *Change) (*identity.User, error) {
			u := newUser()
			if known != nil {
				u = *known
			}
			switch {
			case c.Action == Delete:
				return nil, nil //nolint:nilnil // nothing is what is left of it
			case c.Object["detach"] == true:
				u.SourceSystemID = nil
			case c.Object["absent"] == true:
				u.Active = false
			default:
				mergeUser(&u, c.Object)
				u.SourceSystemID = &system.ID
			}
			return &u, nil
		},
	}
}

func (s *Service) groupKind(system *account.System) kind[identity.Group] {
	return kind[identity.Group]{
		name: "group", rows: s.GroupRows, writer: s.Groups, state: groupState, merge: mergeGroup,
		draft: func(known *identity.Group, c *Change) (*identity.Group, error) {
			g := newGroup()
			if known != nil {
				g = *known
			}
			switch {
			case c.Action == Delete:
				return nil, nil //nolint:nilnil // nothing is what is left of it
			case c.Object["detach"] == true:
				g.SourceSystemID = nil
			case c.Object["absent"] == true:
				g.Disabled = true
			default:
				mergeGroup(&g, mappedOf(c))
				if !g.Builtin {
					g.SourceSystemID = &system.ID
				}
			}
			return &g, nil
		},
	}
}

func (s *Service) membershipKind(system *account.System) kind[identity.Membership] {
	return kind[identity.Membership]{
		name: linkMembership, rows: s.MembershipRows, writer: s.Memberships,
		state: func(m *identity.Membership) map[string]any {
			return map[string]any{"userName": m.User, "groupName": m.Group}
		},
		merge: func(*identity.Membership, map[string]any) {},
		draft: func(_ *identity.Membership, c *Change) (*identity.Membership, error) {
			if c.Action == Revoke {
				return nil, nil //nolint:nilnil // nothing is what is left of it
			}
			return &identity.Membership{User: text(c.Object["user"]), Group: text(c.Object["group"]), SourceSystemID: &system.ID}, nil
		},
	}
}

func (s *Service) accountKind(system *account.System) kind[account.Account] {
	users := map[uuid.UUID]*identity.User{}
	return kind[account.Account]{
		name: "account", rows: s.AccountRows, writer: s.Accounts, state: accountDocument, merge: mergeAccountDocument,
		look: func(ctx context.Context, changes []Change) error {
			var owners []uuid.UUID
			for i := range changes {
				if id, err := uuid.Parse(text(changes[i].Object["user"])); err == nil {
					owners = append(owners, id)
				}
			}
			found, err := s.UserRows.Get(ctx, everything, owners...)
			for i := range found {
				users[found[i].ID] = &found[i]
			}
			return err
		},
		draft: func(known *account.Account, c *Change) (*account.Account, error) {
			return accountDraft(system, c, known, users)
		},
	}
}

func (s *Service) applicationKind() kind[entitlement.InformationSystem] {
	return kind[entitlement.InformationSystem]{
		name: "informationSystem", rows: s.InformationSystemRows, writer: s.InformationSystems,
		state: func(a *entitlement.InformationSystem) map[string]any { return map[string]any{"name": a.Name} },
		merge: func(*entitlement.InformationSystem, map[string]any) {},
		draft: func(_ *entitlement.InformationSystem, c *Change) (*entitlement.InformationSystem, error) {
			return &entitlement.InformationSystem{Name: text(c.Object["name"]), Description: c.Message}, nil
		},
	}
}

func (s *Service) roleKind(system *account.System) kind[entitlement.Role] {
	return kind[entitlement.Role]{
		name: "role", rows: s.RoleRows, writer: s.Roles, state: roleState, merge: mergeRole,
		draft: func(known *entitlement.Role, c *Change) (*entitlement.Role, error) {
			if c.Action == Delete {
				return nil, nil //nolint:nilnil // nothing is what is left of it
			}
			r := entitlement.Role{SystemID: system.ID, System: system.Name, InformationSystem: system.Name}
			if known != nil {
				r = *known
			}
			mergeRole(&r, mappedOf(c))
			if id := text(c.Object["externalId"]); id != "" {
				r.ExternalID = id
			}
			return &r, nil
		},
	}
}

func (s *Service) grantKind(system *account.System) kind[entitlement.Grant] {
	l := &grantLookup{service: s, system: system}
	return kind[entitlement.Grant]{
		name: linkGrant, rows: s.GrantRows, writer: s.Grants, look: l.read, draft: l.draft,
		state: func(g *entitlement.Grant) map[string]any {
			return map[string]any{
				"grantedRole": g.Role, "grantedRoleSystem": system.Name, "ownerAccount": g.Account, "ownerSystem": system.Name,
				"ownerUser": g.User, "domainValue": g.ScopeName,
			}
		},
		merge: func(*entitlement.Grant, map[string]any) {},
	}
}

// grantLookup finds what listed grants name.
type grantLookup struct {
	service  *Service
	system   *account.System
	accounts map[string]*account.Account
	roles    map[string]*entitlement.Role
	groups   map[string]uuid.UUID
	systems  map[string]uuid.UUID
	values   map[string]uuid.UUID
}

// read looks accounts, roles and scopes of all changes up, each kind once.
func (l *grantLookup) read(ctx context.Context, changes []Change) error {
	var accounts, roles, scopes []string
	for i := range changes {
		accounts = append(accounts, l.system.Name+`\`+text(changes[i].Object["account"]))
		roles = append(roles, l.system.Name+`\`+text(changes[i].Object["role"]))
		if scope := text(changes[i].Object["scope"]); scope != "" {
			scopes = append(scopes, scope)
		}
	}
	foundAccounts, err := l.service.AccountRows.Named(ctx, accounts...)
	if err != nil {
		return err
	}
	l.accounts = map[string]*account.Account{}
	for i := range foundAccounts {
		if !account.Gone(foundAccounts[i].Status) {
			l.accounts[normal(foundAccounts[i].Name)] = &foundAccounts[i]
		}
	}
	foundRoles, err := l.service.RoleRows.Named(ctx, roles...)
	if err != nil {
		return err
	}
	l.roles = map[string]*entitlement.Role{}
	for i := range foundRoles {
		l.roles[normal(foundRoles[i].Name)] = &foundRoles[i]
	}
	return l.readScopes(ctx, scopes)
}

func (l *grantLookup) readScopes(ctx context.Context, names []string) (err error) {
	if len(names) == 0 {
		return nil
	}
	if l.groups, err = l.service.Store.IDs(ctx, "group", lowered(names)); err != nil {
		return err
	}
	if l.systems, err = l.service.Store.IDs(ctx, "informationSystem", lowered(names)); err != nil {
		return err
	}
	var keys []string
	for _, role := range l.roles {
		for _, name := range names {
			if role.ScopeDomainID != nil {
				keys = append(keys, role.ScopeDomainID.String()+`\`+name)
			}
		}
	}
	found, err := l.service.ScopeValueRows.Named(ctx, keys...)
	l.values = map[string]uuid.UUID{}
	for i := range found {
		l.values[found[i].ScopeDomainID.String()+`\`+normal(found[i].Value)] = found[i].ID
	}
	return err
}

func (l *grantLookup) draft(_ *entitlement.Grant, c *Change) (*entitlement.Grant, error) {
	if c.Action == Revoke {
		return nil, nil //nolint:nilnil // nothing is what is left of it
	}
	a, r := l.accounts[normal(text(c.Object["account"]))], l.roles[normal(text(c.Object["role"]))]
	if a == nil || r == nil {
		return nil, fault.New(fault.Conflict, "The account or the role is not there, or was removed in the meantime.")
	}
	g := &entitlement.Grant{AccountID: a.ID, Account: a.Name, User: a.User, RoleID: r.ID, Role: r.Name, System: l.system.Name}
	name := text(c.Object["scope"])
	if name == "" {
		return g, nil
	}
	g.ScopeName = name
	var id uuid.UUID
	var known bool
	switch {
	case r.ScopeDomainID == nil:
		return nil, fault.New(fault.Conflict, "The role %s has no scope domain, so it cannot be held for %s. Give it one first.", r.Name, name)
	case *r.ScopeDomainID == entitlement.GroupsScope:
		id, known = l.groups[normal(name)]
		g.ScopeGroupID = &id
	case *r.ScopeDomainID == entitlement.InformationSystemsScope:
		id, known = l.systems[normal(name)]
		g.ScopeInformationSystemID = &id
	default:
		id, known = l.values[r.ScopeDomainID.String()+`\`+normal(name)]
		g.ScopeValueID = &id
	}
	if !known {
		return nil, fault.New(fault.Conflict, "The scope domain %s of the role %s has no value %s. Add it first.", r.ScopeDomain, r.Name, name)
	}
	return g, nil
}
