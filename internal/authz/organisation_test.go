package authz_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/platform"
	"provost/internal/query"
	"provost/internal/store"
	"provost/internal/testenv"
)

// organisation is a platform with people, entitlements and what joins them, and a plain model of it to reason about.
type organisation struct {
	*platform.Platform
	t   *testing.T
	ctx context.Context // of the platform itself
	raw *pgx.Conn

	parents map[uuid.UUID]uuid.UUID // of groups and information systems
	// belongs says, per kind of object and object, which groups and information systems it belongs to.
	belongs map[string]map[uuid.UUID]belonging
}

// belonging is what limits of grants reach an object by.
type belonging struct{ groups, systems []uuid.UUID }

func found(t *testing.T) *organisation {
	t.Helper()
	fingerprint, err := store.Fingerprint()
	require.NoError(t, err)
	migrate := func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master") }
	url := testenv.Database(t, migrate, "authz "+fingerprint)
	database, err := store.Open(t.Context(), url, 4)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	raw, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close(context.WithoutCancel(t.Context()))) })
	_, err = raw.Exec(t.Context(), "set search_path = t_master, provost")
	require.NoError(t, err)
	o := &organisation{
		Platform: platform.New(database.Tenant("master"), platform.Deps{}), t: t, raw: raw,
		parents: map[uuid.UUID]uuid.UUID{}, belongs: map[string]map[uuid.UUID]belonging{},
	}
	o.ctx = change.WithOrigin(authz.With(t.Context(), authz.System(authz.OriginSystem)), change.Origin{Kind: change.Engine})
	require.NoError(t, o.Seed(t.Context()))
	return o
}

// create makes an object and notes what it belongs to.
func create[T any, P object.Pointer[T]](o *organisation, kind string, s *object.Service[T, P], draft T, in belonging) uuid.UUID {
	o.t.Helper()
	made, err := s.Create(o.ctx, draft)
	require.NoError(o.t, err, "%s %+v", kind, draft)
	id := P(&made).Base().ID
	o.note(kind, id, in)
	return id
}

func (o *organisation) note(kind string, id uuid.UUID, in belonging) {
	if o.belongs[kind] == nil {
		o.belongs[kind] = map[uuid.UUID]belonging{}
	}
	o.belongs[kind][id] = in
}

func (o *organisation) group(name string, parent uuid.UUID) uuid.UUID {
	id := create(o, "group", o.Groups, identity.Group{Name: name, ParentID: &parent}, belonging{})
	o.parents[id] = parent
	o.note("group", id, belonging{groups: []uuid.UUID{id}})
	return id
}

func (o *organisation) application(name string, parent *uuid.UUID) uuid.UUID {
	id := create(o, "informationSystem", o.InformationSystems, entitlement.InformationSystem{Name: name, ParentID: parent}, belonging{})
	if parent != nil {
		o.parents[id] = *parent
	}
	o.note("informationSystem", id, belonging{systems: []uuid.UUID{id}})
	return id
}

// user makes somebody of a primary group and further groups.
func (o *organisation) user(name string, primary uuid.UUID, further ...uuid.UUID) uuid.UUID {
	id := create(o, "user", o.Users, identity.User{
		UserName: name, FirstName: "Sample", LastName: name, UserTypeID: identity.InternalType, PrimaryGroupID: primary, Active: true,
	}, belonging{groups: append([]uuid.UUID{primary}, further...)})
	for _, g := range further {
		create(o, "membership", o.Memberships, identity.Membership{UserID: id, GroupID: g}, belonging{groups: []uuid.UUID{g}})
	}
	return id
}

func (o *organisation) role(name string, system, application uuid.UUID) uuid.UUID {
	return create(o, "role", o.Roles, entitlement.Role{Name: name, SystemID: system, InformationSystemID: application}, belonging{systems: []uuid.UUID{application}})
}

func (o *organisation) account(name string, system uuid.UUID, user *uuid.UUID) uuid.UUID {
	draft := account.Account{SystemID: system, Name: name, Type: account.Shared, Status: account.Enabled, UserTypeID: identity.InternalType, Origin: "person"}
	in := belonging{}
	if user != nil {
		draft.Type, draft.UserID, in = account.Single, user, o.belongs["user"][*user]
	}
	return create(o, "account", o.Accounts, draft, in)
}

// grant gives a role to an account: it belongs to both sides.
func (o *organisation) grant(accountID, role uuid.UUID) uuid.UUID {
	in := belonging{groups: o.belongs["account"][accountID].groups, systems: o.belongs["role"][role].systems}
	return create(o, "grant", o.Grants, entitlement.Grant{AccountID: accountID, RoleID: role}, in)
}

func (o *organisation) scopeDomain(name string, application uuid.UUID) uuid.UUID {
	id := create(o, "scopeDomain", o.ScopeDomains, entitlement.ScopeDomain{Name: name, InformationSystemID: &application, Kind: "values"},
		belonging{systems: []uuid.UUID{application}})
	create(o, "scopeValue", o.ScopeValues, entitlement.ScopeValue{ScopeDomainID: id, Value: "one"}, belonging{systems: []uuid.UUID{application}})
	return id
}

// random builds an organisation of two trees, with people and roles at random places.
func (o *organisation) random(r *rand.Rand) {
	groups, applications := []uuid.UUID{identity.World}, []uuid.UUID{}
	for i := range 7 {
		groups = append(groups, o.group(fmt.Sprintf("unit %d", i), pick(r, groups)))
		parent := (*uuid.UUID)(nil)
		if i > 1 {
			parent = new(pick(r, applications))
		}
		applications = append(applications, o.application(fmt.Sprintf("application %d", i), parent))
	}
	system := create(o, "system", o.Systems, account.System{Name: "Sample", Connector: "csv", ManualAccountCreation: true}, belonging{})
	var roles, accounts []uuid.UUID
	for i := range 8 {
		roles = append(roles, o.role(fmt.Sprintf("role %d", i), system, pick(r, applications)))
		create(o, "groupRole", o.GroupRoles, entitlement.GroupRole{GroupID: groups[1+i%7], RoleID: roles[i]}, o.belongs["role"][roles[i]])
		if i > 0 {
			container := pick(r, roles[:i])
			create(o, "roleContent", o.RoleContents, entitlement.Content{RoleID: container, ContainedRoleID: roles[i]}, o.belongs["role"][container])
		}
		o.scopeDomain(fmt.Sprintf("domain %d", i), pick(r, applications))
	}
	for i := range 10 {
		primary, further := pick(r, groups), pick(r, groups[1:])
		list := []uuid.UUID{}
		if further != primary && i%2 == 0 {
			list = append(list, further)
		}
		user := o.user(fmt.Sprintf("person %d", i), primary, list...)
		accounts = append(accounts, o.account(fmt.Sprintf("account %d", i), system, &user))
	}
	accounts = append(accounts, o.account("nobody's", system, nil))
	for i, a := range accounts {
		o.grant(a, roles[i%len(roles)])
	}
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// below tells whether a group or an information system is one of the roots or lies below one.
func (o *organisation) below(id uuid.UUID, roots []uuid.UUID) bool {
	for {
		if slices.Contains(roots, id) {
			return true
		}
		parent, ok := o.parents[id]
		if !ok {
			return false
		}
		id = parent
	}
}

// reaches is the rule of limits in plain words: an object is reached by a limit to a group or information system that it belongs to, or
// that lies above one that it belongs to.
func (o *organisation) reaches(in belonging, groups, systems []uuid.UUID) bool {
	under := func(roots []uuid.UUID) func(uuid.UUID) bool {
		return func(id uuid.UUID) bool { return o.below(id, roots) }
	}
	return slices.ContainsFunc(in.groups, under(groups)) || slices.ContainsFunc(in.systems, under(systems))
}

// clerk makes somebody with permissions through a role of the platform, granted once for each limit; none: without a limit.
func (o *organisation) clerk(name string, groups, systems []uuid.UUID, permissions ...authz.Permission) context.Context {
	o.t.Helper()
	user := o.user("clerk "+name, identity.World)
	for domain, limits := range map[uuid.UUID][]uuid.UUID{entitlement.GroupsScope: groups, entitlement.InformationSystemsScope: systems, {}: nil} {
		if (domain == uuid.UUID{}) != (len(groups)+len(systems) == 0) || (len(limits) == 0 && domain != uuid.UUID{}) {
			continue
		}
		role := o.authorised(fmt.Sprintf("CLERK %s %s", name, domain), domain, permissions)
		request := entitlement.GrantRequest{UserID: &user, RoleID: role}
		for _, limit := range limits {
			scope := entitlement.Scope{ScopeGroupID: &limit}
			if domain == entitlement.InformationSystemsScope {
				scope = entitlement.Scope{ScopeInformationSystemID: &limit}
			}
			request.Scopes = append(request.Scopes, scope)
		}
		_, err := o.Grant(o.ctx, request)
		require.NoError(o.t, err)
	}
	who, err := o.LoadPrincipal(o.t.Context(), user)
	require.NoError(o.t, err)
	return authz.With(o.t.Context(), who)
}

// authorised makes a role of the platform that holds permissions.
func (o *organisation) authorised(name string, domain uuid.UUID, permissions []authz.Permission) uuid.UUID {
	o.t.Helper()
	draft := entitlement.Role{Name: name, SystemID: account.InternalSystem, InformationSystem: "SOFFID"}
	if (domain != uuid.UUID{}) {
		draft.ScopeDomainID = &domain
	}
	role, err := o.Roles.Create(o.ctx, draft)
	require.NoError(o.t, err)
	for _, p := range permissions {
		_, err := o.Authorizations.Create(o.ctx, entitlement.Authorization{Permission: string(p), RoleID: role.ID})
		require.NoError(o.t, err)
	}
	return role.ID
}

// kind is one kind of object whose rows limits of grants reach.
type kind struct {
	name  string
	query authz.Permission
	// limits says which limits its permission may carry.
	limits []authz.ScopeKind
	list   func(ctx context.Context, l query.List) ([]uuid.UUID, int, error)
	get    func(ctx context.Context, id uuid.UUID) error
	each   func(ctx context.Context) ([]uuid.UUID, error)
}

func kindOf[T any, P object.Pointer[T]](name string, s *object.Service[T, P]) kind {
	definition, _ := authz.Find(s.Permissions.Query)
	return kind{
		name: name, query: s.Permissions.Query, limits: definition.Limits,
		list: func(ctx context.Context, l query.List) ([]uuid.UUID, int, error) {
			page, err := s.List(ctx, l)
			ids := []uuid.UUID{}
			for i := range page.Items {
				ids = append(ids, P(&page.Items[i]).Base().ID)
			}
			return ids, page.Total, err
		},
		get: func(ctx context.Context, id uuid.UUID) error { _, err := s.Get(ctx, id); return err },
		each: func(ctx context.Context) ([]uuid.UUID, error) {
			ids := []uuid.UUID{}
			err := s.Each(ctx, query.List{}, func(t T) error {
				ids = append(ids, P(&t).Base().ID)
				return nil
			})
			return ids, err
		},
	}
}

// kinds is every kind that has a limit in the catalogue.
func (o *organisation) kinds() []kind {
	return []kind{
		kindOf("user", o.Users), kindOf("group", o.Groups), kindOf("membership", o.Memberships), kindOf("account", o.Accounts),
		kindOf("informationSystem", o.InformationSystems), kindOf("scopeDomain", o.ScopeDomains), kindOf("scopeValue", o.ScopeValues),
		kindOf("role", o.Roles), kindOf("roleContent", o.RoleContents), kindOf("groupRole", o.GroupRoles), kindOf("grant", o.Grants),
	}
}

// known gives the objects of a kind that are in the model: what the platform itself brought is not.
func (o *organisation) known(kind string, ids []uuid.UUID) []uuid.UUID {
	out := []uuid.UUID{}
	for _, id := range ids {
		if _, ok := o.belongs[kind][id]; ok {
			out = append(out, id)
		}
	}
	return out
}

// ctxOf is a clerk with the limits that mean something for a kind.
type ctxOf struct {
	ctx             context.Context
	groups, systems []uuid.UUID
}

func (o *organisation) systemOf(name string) uuid.UUID {
	return create(o, "system", o.Systems, account.System{Name: name, Connector: "csv", ManualAccountCreation: true}, belonging{})
}

// limitTo grants a role of the platform, once for each group.
func (o *organisation) limitTo(user, role uuid.UUID, groups ...uuid.UUID) {
	o.t.Helper()
	request := entitlement.GrantRequest{UserID: &user, RoleID: role}
	for _, g := range groups {
		request.Scopes = append(request.Scopes, entitlement.Scope{ScopeGroupID: &g})
	}
	_, err := o.Grant(o.ctx, request)
	require.NoError(o.t, err)
}

func (o *organisation) move(group, parent uuid.UUID) {
	o.t.Helper()
	g, err := o.Groups.Get(o.ctx, group)
	require.NoError(o.t, err)
	g.ParentID, g.Parent = &parent, ""
	_, err = o.Groups.Update(o.ctx, group, 0, g)
	require.NoError(o.t, err)
}

func (o *organisation) exec(sql string, args ...any) {
	o.t.Helper()
	_, err := o.raw.Exec(o.t.Context(), sql, args...)
	require.NoError(o.t, err)
}
