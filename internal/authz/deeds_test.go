package authz_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/parameter"
)

// deeds is creating, changing and deleting objects of one kind. inside and outside say where the object lies that a draft is for.
type deeds struct {
	permissions object.Permissions
	create      func(ctx context.Context, inside bool, name string) (uuid.UUID, error)
	update      func(ctx context.Context, id uuid.UUID, version int64, word string) error
	remove      func(ctx context.Context, id uuid.UUID) error
}

func deedsOf[T any, P object.Pointer[T]](o *organisation, s *object.Service[T, P], draft func(inside bool, name string) T, change func(t *T, word string)) deeds {
	return deeds{
		permissions: s.Permissions,
		create: func(ctx context.Context, inside bool, name string) (uuid.UUID, error) {
			made, err := s.Create(ctx, draft(inside, name))
			return P(&made).Base().ID, err
		},
		update: func(ctx context.Context, id uuid.UUID, version int64, word string) error {
			now, err := s.Get(o.ctx, id)
			require.NoError(o.t, err)
			change(&now, word)
			_, err = s.Update(ctx, id, version, now)
			return err
		},
		remove: func(ctx context.Context, id uuid.UUID) error { return s.Delete(ctx, id, 0) },
	}
}

// unique names what a draft refers to.
func unique(what string) string { return what + "-" + uuid.NewString() }

// place is one half of an organisation; the other is like it.
type place struct {
	group, application, system uuid.UUID
	user, account, role, other uuid.UUID
	domain                     uuid.UUID
}

func (o *organisation) halves() (inside, outside place) {
	system := o.systemOf("Sample")
	half := func(name string) place {
		p := place{group: o.group(name, identity.World), application: o.application("application "+name, nil), system: system}
		p.user = o.user("somebody "+name, p.group)
		p.account = o.account("account "+name, system, &p.user)
		p.role, p.other = o.role("role "+name, system, p.application), o.role("other "+name, system, p.application)
		p.domain = o.scopeDomain("domain "+name, p.application)
		return p
	}
	return half("inside"), half("outside")
}

// limitable is the deeds whose permissions can be limited.
func (o *organisation) limitable(in, out place) map[string]deeds {
	at := func(inside bool) place {
		if inside {
			return in
		}
		return out
	}
	return map[string]deeds{
		"user": deedsOf(o, o.Users, func(inside bool, name string) identity.User {
			return identity.User{UserName: name, FirstName: "Sample", LastName: name, UserTypeID: identity.InternalType, PrimaryGroupID: at(inside).group, Active: true}
		}, func(u *identity.User, word string) { u.Comments = word }),
		"group": deedsOf(o, o.Groups, func(inside bool, name string) identity.Group {
			return identity.Group{Name: name, ParentID: new(at(inside).group)}
		}, func(g *identity.Group, word string) { g.Description = word }),
		"membership": deedsOf(o, o.Memberships, func(inside bool, name string) identity.Membership {
			return identity.Membership{UserID: o.user(unique("member"), identity.World), GroupID: at(inside).group, Comments: name}
		}, func(m *identity.Membership, word string) { m.Comments = word }),
		"account": deedsOf(o, o.Accounts, func(inside bool, name string) account.Account {
			return account.Account{
				SystemID: in.system, Name: name, Type: account.Single, Status: account.Enabled, UserTypeID: identity.InternalType,
				UserID: new(o.user(unique("owner"), at(inside).group)), Origin: "person",
			}
		}, func(a *account.Account, word string) { a.Description = word }),
		"informationSystem": deedsOf(o, o.InformationSystems, func(inside bool, name string) entitlement.InformationSystem {
			return entitlement.InformationSystem{Name: name, ParentID: new(at(inside).application)}
		}, func(s *entitlement.InformationSystem, word string) { s.Description = word }),
		"scopeDomain": deedsOf(o, o.ScopeDomains, func(inside bool, name string) entitlement.ScopeDomain {
			return entitlement.ScopeDomain{Name: name, InformationSystemID: new(at(inside).application), Kind: "values"}
		}, func(d *entitlement.ScopeDomain, word string) { d.Description = word }),
		"scopeValue": deedsOf(o, o.ScopeValues, func(inside bool, name string) entitlement.ScopeValue {
			return entitlement.ScopeValue{ScopeDomainID: at(inside).domain, Value: name}
		}, func(v *entitlement.ScopeValue, word string) { v.Description = word }),
		"role": deedsOf(o, o.Roles, func(inside bool, name string) entitlement.Role {
			return entitlement.Role{Name: name, SystemID: in.system, InformationSystemID: at(inside).application}
		}, func(r *entitlement.Role, word string) { r.Description = word }),
		"roleContent": deedsOf(o, o.RoleContents, func(inside bool, name string) entitlement.Content {
			return entitlement.Content{RoleID: at(inside).role, ContainedRoleID: o.role(unique("part"), in.system, at(inside).application)}
		}, func(c *entitlement.Content, word string) { c.Mandatory = word == "mandatory" }),
		"groupRole": deedsOf(o, o.GroupRoles, func(inside bool, name string) entitlement.GroupRole {
			return entitlement.GroupRole{GroupID: o.group(unique("of"), identity.World), RoleID: at(inside).role}
		}, func(g *entitlement.GroupRole, word string) { g.Mandatory = word == "mandatory" }),
		"grant": deedsOf(o, o.Grants, func(inside bool, name string) entitlement.Grant {
			p := at(inside)
			return entitlement.Grant{AccountID: p.account, RoleID: o.role(unique("granted"), in.system, p.application)}
		}, func(g *entitlement.Grant, _ string) { g.HolderGroupID = nil }),
	}
}

// unlimited is the deeds that are allowed everywhere or nowhere.
func (o *organisation) unlimited() map[string]deeds {
	return map[string]deeds{
		"user type": deedsOf(o, o.UserTypes, func(_ bool, name string) identity.UserType {
			return identity.UserType{Name: name[:1], Description: name}
		}, func(u *identity.UserType, word string) { u.Description = word }),
		"group type": deedsOf(o, o.GroupTypes, func(_ bool, name string) identity.GroupType { return identity.GroupType{Name: name} },
			func(g *identity.GroupType, word string) { g.Description = word }),
		"mail domain": deedsOf(o, o.MailDomains, func(_ bool, name string) identity.MailDomain {
			return identity.MailDomain{Name: unique("mail") + ".example.org"}
		},
			func(m *identity.MailDomain, word string) { m.Description = word }),
		"system": deedsOf(o, o.Systems, func(_ bool, name string) account.System { return account.System{Name: name, Connector: "csv"} },
			func(s *account.System, word string) { s.Description = word }),
		"naming rule": deedsOf(o, o.NamingRules, func(_ bool, name string) account.NamingRule { return account.NamingRule{Code: name, Kind: "manual"} },
			func(n *account.NamingRule, word string) { n.Description = word }),
		"password domain": deedsOf(o, o.PasswordDomains, func(_ bool, name string) account.PasswordDomain { return account.PasswordDomain{Code: name} },
			func(p *account.PasswordDomain, word string) { p.Description = word }),
		"metadata": deedsOf(o, o.Metadata, func(_ bool, name string) metadata.Attribute {
			return metadata.Attribute{ObjectType: "user", Code: strings.ReplaceAll(name, " ", "-"), DataType: "string"}
		}, func(m *metadata.Attribute, word string) { m.Position = len(word) }),
		"parameter": deedsOf(o, o.Parameters, func(_ bool, name string) parameter.Parameter {
			return parameter.Parameter{Name: strings.ReplaceAll(name, " ", "."), Value: "1"}
		},
			func(p *parameter.Parameter, word string) { p.Description = word }),
		"authorisation": deedsOf(o, o.Authorizations, func(_ bool, name string) entitlement.Authorization {
			return entitlement.Authorization{Permission: string(authz.UserQuery), RoleID: o.authorised(unique("HOLDER"), uuid.UUID{}, nil)}
		}, func(a *entitlement.Authorization, _ string) { a.Permission = string(authz.UserCreate) }),
	}
}

func TestEveryLimitOfTheCatalogueIsTested(t *testing.T) {
	t.Parallel()
	o := found(t)
	in, out := o.halves()
	tested := map[authz.Object]bool{}
	for _, d := range o.limitable(in, out) {
		definition, _ := authz.Find(d.permissions.Query)
		tested[definition.Object] = true
	}
	for _, d := range authz.Catalogue() {
		require.Equal(t, tested[d.Object], len(d.Limits) > 0, "%s: a limit needs a predicate in SQL and a row in limitable, and the other way round", d.Permission)
	}
}

// Who holds every permission but the one is refused by name of the one.
func TestEveryDeedAsksForItsPermission(t *testing.T) {
	t.Parallel()
	o := found(t)
	in, out := o.halves()
	all := o.limitable(in, out)
	maps.Copy(all, o.unlimited())
	for name, d := range all {
		id, err := d.create(o.ctx, true, "first "+name)
		require.NoError(t, err, name)
		for _, deed := range []struct {
			ask authz.Permission
			do  func(ctx context.Context) error
		}{
			{d.permissions.Create, func(ctx context.Context) error { _, err := d.create(ctx, true, "second "+name); return err }},
			{d.permissions.Update, func(ctx context.Context) error { return d.update(ctx, id, 0, "mandatory") }},
			{d.permissions.Delete, func(ctx context.Context) error { return d.remove(ctx, id) }},
		} {
			var denied *authz.DeniedError
			require.ErrorAs(t, deed.do(allBut(t, deed.ask)), &denied, name)
			require.Equal(t, deed.ask, denied.Permission, name)
			require.ErrorIs(t, deed.do(t.Context()), authz.ErrNoPrincipal)
		}
		require.NoError(t, d.update(o.ctx, id, 0, "mandatory"), "nothing of all that was done")
		require.NoError(t, d.remove(o.ctx, id), name)
	}
}

// allBut is somebody with every permission that neither is the one nor brings it.
func allBut(t *testing.T, permission authz.Permission) context.Context {
	t.Helper()
	who := authz.Principal{UserName: "nearly everything", Tenant: "master", Origin: authz.OriginPerson}
	for _, d := range authz.Catalogue() {
		if d.Permission != permission && !slices.Contains(authz.Implied(d.Permission), permission) {
			who.Grants = append(who.Grants, everywhere(d.Permission))
		}
	}
	return authz.With(t.Context(), who)
}

// Inside the limit everything goes; outside, what exists does not exist to the clerk, and nothing is made there.
func TestDeedsEndAtTheLimit(t *testing.T) {
	t.Parallel()
	o := found(t)
	in, out := o.halves()
	for name, d := range o.limitable(in, out) {
		who := authz.Principal{UserName: "regional", Tenant: "master", Origin: authz.OriginPerson}
		for _, p := range []authz.Permission{d.permissions.Query, d.permissions.Create, d.permissions.Update, d.permissions.Delete} {
			who.Grants = append(who.Grants, inGroups(p, in.group), inSystems(p, in.application))
		}
		if name == "membership" { // nobody adds people whom they may not change
			who.Grants = append(who.Grants, authz.Grant{Permission: authz.UserUpdate, ScopeKind: authz.ScopeAll})
		}
		ctx := authz.With(t.Context(), who)
		theirs, err := d.create(o.ctx, false, "theirs "+name)
		require.NoError(t, err, name)

		_, err = d.create(ctx, false, "planted "+name)
		require.Error(t, err, name)
		require.True(t, fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) || isDenied(err), "%s: %v", name, err)
		require.Equal(t, fault.NotFound, fault.CodeOf(d.update(ctx, theirs, 0, "mandatory")), name)
		require.Equal(t, fault.NotFound, fault.CodeOf(d.update(ctx, theirs, 99, "mandatory")), "%s: a wrong version tells nothing about it either", name)
		require.Equal(t, fault.NotFound, fault.CodeOf(d.remove(ctx, theirs)), name)
		require.NoError(t, d.update(o.ctx, theirs, 0, "mandatory"), "%s: it is still there", name)
		require.NoError(t, d.remove(o.ctx, theirs), name)

		ours, err := d.create(ctx, true, "ours "+name)
		require.NoError(t, err, name)
		require.NoError(t, d.update(ctx, ours, 0, "mandatory"), name)
		require.NoError(t, d.remove(ctx, ours), name)
	}
}

func isDenied(err error) bool {
	_, ok := asDenied(err)
	return ok
}

func asDenied(err error) (*authz.DeniedError, bool) { return errors.AsType[*authz.DeniedError](err) }

// Nobody moves an object out of their own reach, or takes one that is not theirs.
func TestNothingIsMovedAcrossTheLimit(t *testing.T) {
	t.Parallel()
	o := found(t)
	in, out := o.halves()
	ctx := authz.With(t.Context(), authz.Principal{UserName: "regional", Tenant: "master", Grants: []authz.Grant{
		inGroups(authz.UserUpdate, in.group), inGroups(authz.AccountUpdate, in.group), inSystems(authz.RoleUpdate, in.application),
	}})
	user, err := o.Users.Get(o.ctx, in.user)
	require.NoError(t, err)
	user.PrimaryGroupID, user.PrimaryGroup = out.group, ""
	_, err = o.Users.Update(ctx, in.user, 0, user)
	require.True(t, isDenied(err) || fault.Is(err, fault.NotFound), "%v", err)
	moved, err := o.Users.Get(o.ctx, in.user)
	require.NoError(t, err)
	require.Equal(t, in.group, moved.PrimaryGroupID)

	role, err := o.Roles.Get(o.ctx, in.role)
	require.NoError(t, err)
	role.InformationSystemID, role.InformationSystem = out.application, ""
	_, err = o.Roles.Update(ctx, in.role, 0, role)
	require.Error(t, err)
	kept, err := o.Roles.Get(o.ctx, in.role)
	require.NoError(t, err)
	require.Equal(t, in.application, kept.InformationSystemID)
}
