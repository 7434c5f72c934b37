package platform_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/parameter"
	"provost/internal/platform"
	"provost/internal/secret"
	"provost/internal/store"
	"provost/internal/testenv"
)

// bench is a platform over a database of its own, with helpers that make sample objects.
type bench struct {
	*platform.Platform
	t   *testing.T
	ctx context.Context // of the administrator
	box *secret.Box
	raw *pgx.Conn // looks at rows past the services
}

// setup gives a platform on a fresh database of the tenants master and other, as the built-in administrator, in automatic mode.
func setup(t *testing.T, change ...func(*platform.Deps)) *bench {
	t.Helper()
	database, raw := open(t)
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "master.key"))
	require.NoError(t, err)
	deps := platform.Deps{Secrets: box}
	for _, fn := range change {
		fn(&deps)
	}
	b := &bench{Platform: platform.New(database.Tenant("master"), deps), t: t, box: box, raw: raw}
	b.ctx = b.as(identity.Administrator)
	require.NoError(t, b.Seed(t.Context()))
	b.set(parameter.TaskMode, parameter.ModeAuto)
	return b
}

func open(t *testing.T) (*store.Database, *pgx.Conn) {
	t.Helper()
	fingerprint, err := store.Fingerprint()
	require.NoError(t, err)
	migrate := func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master", "other") }
	url := testenv.Database(t, migrate, "platform "+fingerprint)
	database, err := store.Open(t.Context(), url, 4)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	raw, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close(context.WithoutCancel(t.Context()))) })
	_, err = raw.Exec(t.Context(), "set search_path = t_master, provost")
	require.NoError(t, err)
	return database, raw
}

// as gives a context of a user with the permissions of this moment.
func (b *bench) as(user uuid.UUID) context.Context {
	b.t.Helper()
	p, err := b.LoadPrincipal(b.t.Context(), user)
	require.NoError(b.t, err)
	return authz.With(b.t.Context(), p)
}

// from gives the administrator's context with another origin.
func (b *bench) from(kind string) context.Context {
	return change.WithOrigin(b.ctx, change.Origin{Kind: kind, ID: uuid.New()})
}

// set writes a parameter.
func (b *bench) set(name, value string) {
	b.t.Helper()
	found, err := b.Tenant.Parameters().Named(b.t.Context(), name)
	require.NoError(b.t, err)
	if len(found) == 0 {
		_, err = b.Parameters.Create(b.ctx, parameter.Parameter{Name: name, Value: value})
	} else {
		found[0].Value = value
		_, err = b.Parameters.Update(b.ctx, found[0].ID, 0, found[0])
	}
	require.NoError(b.t, err)
}

func (b *bench) user(name string, change ...func(*identity.User)) identity.User {
	b.t.Helper()
	u := identity.User{
		UserName: name, FirstName: "Sample", LastName: name, UserType: "I", PrimaryGroup: "world", Active: true,
	}
	for _, fn := range change {
		fn(&u)
	}
	u, err := b.Users.Create(b.ctx, u)
	require.NoError(b.t, err)
	return u
}

func in(group string) func(*identity.User) {
	return func(u *identity.User) { u.PrimaryGroup = group }
}

func (b *bench) group(name, parent string) identity.Group {
	b.t.Helper()
	g, err := b.Groups.Create(b.ctx, identity.Group{Name: name, Parent: parent})
	require.NoError(b.t, err)
	return g
}

func (b *bench) member(user, group string) identity.Membership {
	b.t.Helper()
	m, err := b.Memberships.Create(b.ctx, identity.Membership{User: user, Group: group})
	require.NoError(b.t, err)
	return m
}

func (b *bench) system(name string, change ...func(*account.System)) account.System {
	b.t.Helper()
	s := account.System{Name: name, Connector: "ldap", Server: "*"}
	for _, fn := range change {
		fn(&s)
	}
	s, err := b.Systems.Create(b.ctx, s)
	require.NoError(b.t, err)
	return s
}

func (b *bench) application(name string, change ...func(*entitlement.InformationSystem)) entitlement.InformationSystem {
	b.t.Helper()
	s := entitlement.InformationSystem{Name: name}
	for _, fn := range change {
		fn(&s)
	}
	s, err := b.InformationSystems.Create(b.ctx, s)
	require.NoError(b.t, err)
	return s
}

func (b *bench) role(name, system, application string, change ...func(*entitlement.Role)) entitlement.Role {
	b.t.Helper()
	r := entitlement.Role{Name: name, System: system, InformationSystem: application}
	for _, fn := range change {
		fn(&r)
	}
	r, err := b.Roles.Create(b.ctx, r)
	require.NoError(b.t, err)
	return r
}

func (b *bench) contain(role, contained entitlement.Role, mandatory bool) entitlement.Content {
	b.t.Helper()
	c, err := b.RoleContents.Create(b.ctx, entitlement.Content{RoleID: role.ID, ContainedRoleID: contained.ID, Mandatory: mandatory})
	require.NoError(b.t, err)
	return c
}

func (b *bench) grant(user identity.User, role entitlement.Role) entitlement.Grant {
	b.t.Helper()
	grants, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &user.ID, RoleID: role.ID})
	require.NoError(b.t, err)
	return grants[0]
}

// held gives the effective roles of a user as "role@system via step / step".
func (b *bench) held(user uuid.UUID) []string {
	b.t.Helper()
	roles, err := b.EffectiveRoles(b.ctx, user)
	require.NoError(b.t, err)
	out := []string{}
	for _, r := range roles {
		text := r.Role
		if r.ScopeName != "" {
			text += "/" + r.ScopeName
		}
		for _, step := range r.Path {
			if step.Kind != "grant" {
				text += " < " + step.Name
			}
		}
		out = append(out, text)
	}
	return out
}

// tasks gives the open synchronisation tasks as "type/name".
func (b *bench) tasks() []string {
	b.t.Helper()
	return b.query("select object_type || '/' || object_name from sync_tasks where status in ('pending', 'held') order by 1")
}

// forget removes all tasks, so that a test sees those of the next action alone.
func (b *bench) forget() {
	b.t.Helper()
	_, err := b.raw.Exec(b.t.Context(), "delete from sync_tasks")
	require.NoError(b.t, err)
}

// query reads texts with a statement of the test's own.
func (b *bench) query(sql string, args ...any) []string {
	b.t.Helper()
	rows, err := b.raw.Query(b.t.Context(), sql, args...)
	require.NoError(b.t, err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(b.t, err)
	return out
}

func refused(t *testing.T, err error, code fault.Code, words ...string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, fault.CodeOf(err), err.Error())
	for _, w := range words {
		require.Contains(t, err.Error(), w)
	}
}

func edit[T any](id uuid.UUID, after *T) *object.Edit[T] {
	return &object.Edit[T]{ID: id, After: after}
}
