package monitor_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/connector/csv"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/mapscript"
	"provost/internal/monitor"
	"provost/internal/object"
	"provost/internal/platform"
	"provost/internal/query"
	"provost/internal/run"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/secret"
	"provost/internal/store"
	"provost/internal/synctask"
	"provost/internal/testenv"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

// bench is the use cases of monitoring over a database of its own, with helpers that make sample objects.
type bench struct {
	*monitor.Service
	t      *testing.T
	own    *platform.Platform
	tenant *store.Tenant
	raw    *pgx.Conn       // looks at rows past the services
	admin  context.Context // of somebody who may do everything
}

// nothing gives secrets to connectors that have none.
type nothing struct{}

// Reveal implements store.Secrets.
func (nothing) Reveal(context.Context, uuid.UUID) (string, error) { return "", nil }

// setup gives a bench in automatic mode.
func setup(t *testing.T, more ...func(*monitor.Deps)) *bench {
	t.Helper()
	fingerprint, err := store.Fingerprint()
	require.NoError(t, err)
	migrate := func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master") }
	url := testenv.Database(t, migrate, "monitor "+fingerprint)
	database, err := store.Open(t.Context(), url, 4)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	b := &bench{t: t, tenant: database.Tenant("master"), raw: lookPast(t, url)}
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "master.key"))
	require.NoError(t, err)
	kinds := connector.NewRegistry(csv.Kind())
	host := scripttest.New(t, script.Options{})
	b.own = platform.New(b.tenant, platform.Deps{Secrets: box, Connectors: kinds, Scripts: host})
	pool := agent.NewPool(b.tenant.Agents("here", nothing{}), kinds, &mapscript.Runner{Host: host, Language: script.Autodetect}, slog.New(slog.DiscardHandler))
	t.Cleanup(pool.Close)
	deps := monitor.Deps{
		Store: b.tenant.Monitor(), Documents: b.tenant.SyncTasks(), Users: b.own.Users, Groups: b.own.Groups, Accounts: b.own.Accounts,
		Roles: b.own.Roles, Systems: b.own.Systems, Parameters: b.own.Parameters, Settings: b.own.Settings, Pool: pool, Connectors: kinds,
		Scripts: host,
		Runs: &run.Service{
			Store: b.tenant.Runs(), Systems: b.own.Systems, Users: b.own.Users, UserRows: b.tenant.Users(), Accounts: b.own.Accounts,
			AccountRows: b.tenant.Accounts(), Track: b.tenant,
		},
	}
	for _, change := range more {
		change(&deps)
	}
	b.Service = monitor.New(deps)
	require.NoError(t, b.own.Seed(t.Context()))
	b.admin = b.holding(permissions()...)
	b.engine("auto", 100)
	return b
}

// lookPast opens a connection of the test's own.
func lookPast(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	raw, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close(context.WithoutCancel(t.Context()))) })
	_, err = raw.Exec(t.Context(), "set search_path = t_master, provost")
	require.NoError(t, err)
	return raw
}

func permissions() []authz.Permission {
	catalogue := authz.Catalogue()
	all := make([]authz.Permission, len(catalogue))
	for i := range catalogue {
		all[i] = catalogue[i].Permission
	}
	return all
}

// holding is the context of somebody with these permissions everywhere.
func (b *bench) holding(permissions ...authz.Permission) context.Context {
	grants := make([]authz.Grant, len(permissions))
	for i, p := range permissions {
		grants[i] = authz.Grant{Permission: p, ScopeKind: authz.ScopeAll}
	}
	return b.as(grants...)
}

// within is the context of somebody with these permissions in one group.
func (b *bench) within(group uuid.UUID, permissions ...authz.Permission) context.Context {
	grants := make([]authz.Grant, len(permissions))
	for i, p := range permissions {
		grants[i] = authz.Grant{Permission: p, ScopeKind: authz.ScopeGroup, ScopeIDs: []uuid.UUID{group}}
	}
	return b.as(grants...)
}

func (b *bench) as(grants ...authz.Grant) context.Context {
	return authz.With(b.t.Context(), authz.Principal{
		UserID: identity.Administrator, UserName: "admin", Tenant: "master", Grants: grants, Origin: authz.OriginPerson,
	})
}

// engine sets the engine mode and the task limit.
func (b *bench) engine(mode string, limit int) {
	b.t.Helper()
	_, err := b.SetEngine(b.admin, monitor.Engine{Mode: mode, TaskLimit: limit, Language: "javascript"})
	require.NoError(b.t, err)
}

// user makes a sample user, of the group world unless another is named.
func (b *bench) user(name string, group ...uuid.UUID) identity.User {
	b.t.Helper()
	made, err := b.own.Users.Create(b.admin, draft(name, group...))
	require.NoError(b.t, err)
	return made
}

func draft(name string, group ...uuid.UUID) identity.User {
	u := identity.User{
		UserName: name, FirstName: "Sample", LastName: name, UserTypeID: identity.InternalType, PrimaryGroupID: identity.World, Active: true,
		Email: name + "@example.org",
	}
	if len(group) > 0 {
		u.PrimaryGroupID = group[0]
	}
	return u
}

// crowd makes as many sample users in one transaction of one source, which it gives: prefix-01, prefix-02 …
func (b *bench) crowd(prefix string, number int) uuid.UUID {
	b.t.Helper()
	edits := make([]*object.Edit[identity.User], number)
	for i := range edits {
		edits[i] = &object.Edit[identity.User]{After: new(draft(fmt.Sprintf("%s-%02d", prefix, i+1)))}
	}
	source := uuid.New()
	require.NoError(b.t, b.own.Users.Apply(change.WithOrigin(b.admin, change.Origin{Kind: change.Rule, ID: source}), edits, true))
	return source
}

func (b *bench) group(name string) identity.Group {
	b.t.Helper()
	made, err := b.own.Groups.Create(b.admin, identity.Group{Name: name, ParentID: new(identity.World)})
	require.NoError(b.t, err)
	return made
}

// account makes an account of a user, or a shared one.
func (b *bench) account(user *identity.User, system account.System, change ...func(*account.Account)) account.Account {
	b.t.Helper()
	draft := account.Account{
		SystemID: system.ID, Name: "shared", Type: account.Shared, Status: account.Enabled, UserTypeID: identity.InternalType, Origin: "person",
	}
	if user != nil {
		draft.Name, draft.Type, draft.UserID = user.UserName, account.Single, &user.ID
	}
	for _, fn := range change {
		fn(&draft)
	}
	made, err := b.own.Accounts.Create(b.admin, draft)
	require.NoError(b.t, err)
	return made
}

// role makes a role of a system in an application of its own.
func (b *bench) role(name string, system account.System) entitlement.Role {
	b.t.Helper()
	application, err := b.own.InformationSystems.Create(b.admin, entitlement.InformationSystem{Name: "application of " + name})
	require.NoError(b.t, err)
	made, err := b.own.Roles.Create(b.admin, entitlement.Role{Name: name, SystemID: system.ID, InformationSystemID: application.ID})
	require.NoError(b.t, err)
	return made
}

// file makes a system whose people are lines of a CSV file.
func (b *bench) file(name, content string, more ...func(*account.System)) account.System {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "sample.csv")
	require.NoError(b.t, os.WriteFile(path, []byte(content), 0o600))
	draft := account.System{
		Name: name, Connector: csv.Name, Server: "*", Parameters: map[string]string{"file": path, "key": "login"}, PropagateChanges: true,
		Mappings: []mapping.ObjectMapping{person()},
	}
	for _, fn := range more {
		fn(&draft)
	}
	made, err := b.own.Systems.Create(change.WithOrigin(b.admin, change.Origin{Kind: change.Engine}), draft)
	require.NoError(b.t, err)
	return made
}

// person maps users to lines.
func person() mapping.ObjectMapping {
	return mapping.ObjectMapping{SystemObject: "person", ObjectType: mapping.TypeUser, Rows: []mapping.Row{
		{System: "login", Direction: mapping.DirectionBoth, Provost: "accountName"},
		{System: "mail", Direction: mapping.DirectionOut, Provost: "emailAddress"},
		{System: "mail", Direction: mapping.DirectionIn, Provost: "emailAddress"},
		{System: "title", Direction: mapping.DirectionOut, Provost: `out.println("title of " + userName); "Dr. " + lastName`},
	}}
}

// paths of the samples: the header that person needs.
const header = "login,mail,title\n"

// open gives the open tasks by the name of their object.
func (b *bench) open() map[string]monitor.SyncTask {
	b.t.Helper()
	page, err := b.ListTasks(b.admin, query.List{Filter: `not (status eq "done" or status eq "cancelled")`, Size: 1000})
	require.NoError(b.t, err)
	out := make(map[string]monitor.SyncTask, len(page.Items))
	for _, task := range page.Items {
		out[task.ObjectName] = task
	}
	return out
}

// part says how a task fares in a system.
func (b *bench) part(task monitor.SyncTask, system account.System, part synctask.Part) {
	b.t.Helper()
	var generation int64
	require.NoError(b.t, b.raw.QueryRow(b.t.Context(), "select generation from sync_tasks where id = $1", task.ID).Scan(&generation))
	part.Task, part.System = task.ID, system.ID
	require.NoError(b.t, b.tenant.SyncTasks().SetParts(b.t.Context(), []synctask.Task{{ID: task.ID, Generation: generation}}, []synctask.Part{part}))
}

// texts reads texts with a statement of the test's own.
func (b *bench) texts(sql string, args ...any) []string {
	b.t.Helper()
	rows, err := b.raw.Query(b.t.Context(), sql, args...)
	require.NoError(b.t, err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(b.t, err)
	return out
}

// trail gives the audit entries of a type of object as "action name before -> after".
func (b *bench) trail(objectType string) []string {
	b.t.Helper()
	return b.texts(`select action || ' ' || object_name || ' ' || coalesce(before::text, '') || ' -> ' || coalesce(after::text, '')
		from audit_entries where object_type = $1 order by id`, objectType)
}

// sent gives kind and key of what is in the outbox, and empties it.
func (b *bench) sent() []string {
	b.t.Helper()
	return b.texts("with gone as (delete from outbox returning id, kind, key) select kind || ' ' || key from gone order by id")
}

func (b *bench) exec(sql string, args ...any) {
	b.t.Helper()
	_, err := b.raw.Exec(b.t.Context(), sql, args...)
	require.NoError(b.t, err)
}

// refused requires a fault with a code and words in its sentence.
func refused(t *testing.T, err error, code fault.Code, words ...string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, fault.CodeOf(err), err.Error())
	for _, w := range words {
		require.Contains(t, err.Error(), w)
	}
}

// recently requires a moment of the last minute.
func recently(t *testing.T, at *time.Time) {
	t.Helper()
	require.NotNil(t, at)
	require.WithinDuration(t, time.Now(), *at, time.Minute)
}
