package api

import (
	"context"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/connector/csv"
	"provost/internal/connector/ldap"
	"provost/internal/identity"
	"provost/internal/ldapdev"
	"provost/internal/mapping"
	"provost/internal/mapscript"
	"provost/internal/monitor"
	"provost/internal/object"
	"provost/internal/platform"
	"provost/internal/run"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/secret"
	"provost/internal/store"
	"provost/internal/synctask"
	"provost/internal/testenv"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

// watched is a bench whose agents can be opened and whose scripts run.
type watched struct {
	*bench
	own    *platform.Platform
	tenant *store.Tenant
	pool   *agent.Pool
	raw    *pgx.Conn // looks at rows past the services
}

// opener gives secrets to connectors.
type opener struct{ platform *platform.Platform }

// Reveal implements store.Secrets.
func (o opener) Reveal(ctx context.Context, id uuid.UUID) (string, error) {
	out, err := o.platform.ConnectorParameters(ctx, &account.System{Parameters: map[string]string{"value": account.SecretPrefix + id.String()}})
	return out["value"], err
}

func watch(t *testing.T, change ...func(*monitor.Deps)) *watched {
	t.Helper()
	w := &watched{}
	w.bench = setup(t, func(d *Deps) { w.wire(t, d, change...) })
	connection, err := pgx.Connect(t.Context(), w.database)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, connection.Close(context.WithoutCancel(t.Context()))) })
	_, err = connection.Exec(t.Context(), "set search_path = t_master, provost")
	require.NoError(t, err)
	w.raw = connection
	return w
}

func (w *watched) wire(t *testing.T, d *Deps, more ...func(*monitor.Deps)) {
	t.Helper()
	w.tenant = d.Platform.Tenant
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "own.key"))
	require.NoError(t, err)
	kinds := connector.NewRegistry(csv.Kind(), ldap.Kind())
	host := scripttest.New(t, script.Options{})
	w.own = platform.New(w.tenant, platform.Deps{Secrets: box, Connectors: kinds, Scripts: host})
	w.pool = agent.NewPool(w.tenant.Agents("here", opener{w.own}), kinds, &mapscript.Runner{Host: host, Language: script.Autodetect}, slog.New(slog.DiscardHandler))
	t.Cleanup(w.pool.Close)
	d.Platform, d.TemporalNamespace = w.own, "provost"
	deps := monitor.Deps{
		Store: w.tenant.Monitor(), Documents: w.tenant.SyncTasks(), Users: w.own.Users, Groups: w.own.Groups, Accounts: w.own.Accounts,
		Roles: w.own.Roles, Systems: w.own.Systems, Parameters: w.own.Parameters, Settings: w.own.Settings, Pool: w.pool, Connectors: kinds,
		Scripts: host,
		Runs: &run.Service{
			Store: w.tenant.Runs(), Systems: w.own.Systems, Users: w.own.Users, UserRows: w.tenant.Users(), Accounts: w.own.Accounts,
			AccountRows: w.tenant.Accounts(), Track: w.tenant,
		},
	}
	for _, fn := range more {
		fn(&deps)
	}
	d.Monitor = monitor.New(deps)
}

// byPerson is the context of changes that somebody makes: they are synchronised.
func byPerson(t *testing.T) context.Context {
	t.Helper()
	return change.WithOrigin(authz.With(t.Context(), authz.System(authz.OriginPerson)), change.Origin{Kind: change.Person})
}

// engine sets the engine mode and the task limit.
func (w *watched) engine(mode string, limit int) {
	w.admin.json("PUT", "/api/v1/settings/engine", map[string]any{"mode": mode, "taskLimit": limit, "language": "javascript"}).status(200)
}

// user makes a sample user, of the group world unless another is named.
func (w *watched) user(t *testing.T, name string, group ...uuid.UUID) identity.User {
	t.Helper()
	draft := identity.User{
		UserName: name, FirstName: "Sample", LastName: name, UserTypeID: identity.InternalType, PrimaryGroupID: identity.World, Active: true,
		Email: name + "@example.org",
	}
	if len(group) > 0 {
		draft.PrimaryGroupID = group[0]
	}
	made, err := w.own.Users.Create(byPerson(t), draft)
	require.NoError(t, err)
	return made
}

// crowd makes as many sample users in one transaction.
func (w *watched) crowd(t *testing.T, prefix string, number int) {
	t.Helper()
	var edits []*object.Edit[identity.User]
	for i := range number {
		edits = append(edits, &object.Edit[identity.User]{After: &identity.User{
			UserName: prefix + string(rune('a'+i/26)) + string(rune('a'+i%26)), FirstName: "Sample", LastName: prefix,
			UserTypeID: identity.InternalType, PrimaryGroupID: identity.World, Active: true,
		}})
	}
	ctx := change.WithOrigin(byPerson(t), change.Origin{Kind: change.Rule, ID: uuid.New()})
	require.NoError(t, w.own.Users.Apply(ctx, edits, true))
}

// account makes an account of a user.
func (w *watched) account(t *testing.T, user *identity.User, system account.System, change ...func(*account.Account)) account.Account {
	t.Helper()
	draft := account.Account{
		SystemID: system.ID, Name: "shared", Type: account.Shared, Status: account.Enabled, UserTypeID: identity.InternalType, Origin: "person",
	}
	if user != nil {
		draft.Name, draft.Type, draft.UserID = user.UserName, account.Single, &user.ID
	}
	for _, fn := range change {
		fn(&draft)
	}
	made, err := w.own.Accounts.Create(byPerson(t), draft)
	require.NoError(t, err)
	return made
}

// file makes a system whose users are lines of a CSV file.
func (w *watched) file(t *testing.T, name, content string) account.System {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample.csv")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	made, err := w.own.Systems.Create(asPlatform(t), account.System{
		Name: name, Connector: csv.Name, Server: "*", Parameters: map[string]string{"file": path, "key": "login"}, PropagateChanges: true,
		Mappings: []mapping.ObjectMapping{{SystemObject: "person", ObjectType: mapping.TypeUser, Rows: []mapping.Row{
			{System: "login", Direction: mapping.DirectionBoth, Provost: "accountName"},
			{System: "mail", Direction: mapping.DirectionOut, Provost: "emailAddress"},
			{System: "mail", Direction: mapping.DirectionIn, Provost: "emailAddress"},
			{System: "title", Direction: mapping.DirectionOut, Provost: `out.println("title of " + userName); "Dr. " + lastName`},
		}}},
	})
	require.NoError(t, err)
	return made
}

const tree = "dn: ou=people,dc=example,dc=org\nobjectClass: organizationalUnit\nou: people\n"

// directory makes a system over a directory of its own.
func (w *watched) directory(t *testing.T) (account.System, *ldapdev.Server) {
	t.Helper()
	server := testenv.Slapd(t, ldapdev.Options{Suffix: "dc=example,dc=org", InitialLDIF: []byte(tree)})
	address, err := url.Parse(server.URL())
	require.NoError(t, err)
	out := func(system, ours string) mapping.Row {
		return mapping.Row{System: system, Direction: mapping.DirectionOut, Provost: ours}
	}
	made, err := w.own.Systems.Create(asPlatform(t), account.System{
		Name: "Directory", Connector: ldap.Name, Server: "*", PropagateChanges: true,
		Parameters: map[string]string{
			"host": address.Hostname(), "port": address.Port(), "ssl": "none", "bindDN": server.AdminDN, "password": server.AdminPassword, "baseDN": server.Suffix,
		},
		Mappings: []mapping.ObjectMapping{{
			SystemObject: "inetOrgPerson", ObjectType: mapping.TypeUser,
			Properties: map[string]string{"key": "uid", "objectClass": "inetOrgPerson", "searchBase": "ou=people,dc=example,dc=org"},
			Rows: []mapping.Row{
				out("dn", `"uid=" + accountName + ",ou=people,dc=example,dc=org"`),
				{System: "uid", Direction: mapping.DirectionBoth, Provost: "accountName"},
				out("cn", "fullName"), out("sn", "lastName"),
				{System: "mail", Direction: mapping.DirectionBoth, Provost: "emailAddress"},
				{System: "userPassword", Direction: mapping.DirectionIn, Provost: "password"},
			},
		}},
	})
	require.NoError(t, err)
	return made, server
}

// entry adds an entry to the directory behind our back.
func (w *watched) entry(t *testing.T, system account.System, attributes connector.Attributes) {
	t.Helper()
	opened, err := w.pool.Get(t.Context(), system.ID)
	require.NoError(t, err)
	_, err = opened.Connector.(connector.Creator).Create(t.Context(), opened.Class("user:inetOrgPerson"), attributes)
	require.NoError(t, err)
}

// open gives the open tasks.
func (w *watched) open(t *testing.T) []monitor.SyncTask {
	t.Helper()
	rows, err := w.raw.Query(t.Context(), `select id, object_id, object_name, status, generation from sync_tasks
		where status in ('pending', 'held', 'waiting', 'failed') order by id`)
	require.NoError(t, err)
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (monitor.SyncTask, error) {
		var task monitor.SyncTask
		return task, row.Scan(&task.ID, &task.ObjectID, &task.ObjectName, &task.Status, &task.Number)
	})
	require.NoError(t, err)
	return out
}

// part says how a task fares in a system.
func (w *watched) part(t *testing.T, task monitor.SyncTask, system account.System, status, message string) {
	t.Helper()
	require.NoError(t, w.tenant.SyncTasks().SetParts(t.Context(), []synctask.Task{{ID: task.ID, Generation: task.Number}},
		[]synctask.Part{{Task: task.ID, System: system.ID, Status: status, Message: message}}))
}

// texts reads texts with a statement of the test's own.
func (w *watched) texts(t *testing.T, sql string, args ...any) []string {
	t.Helper()
	rows, err := w.raw.Query(t.Context(), sql, args...)
	require.NoError(t, err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return out
}

// trail gives the audit entries of actions as "actor action objectType objectName".
func (w *watched) trail(t *testing.T, actions ...string) []string {
	t.Helper()
	return w.texts(t, "select actor || ' ' || action || ' ' || object_type || ' ' || object_name from audit_entries where action = any($1) order by id", actions)
}

func (w *watched) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	_, err := w.raw.Exec(t.Context(), sql, args...)
	require.NoError(t, err)
}
