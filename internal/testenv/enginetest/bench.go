// Package enginetest gives tests the whole synchronisation engine over a database of their own and systems that live in the test:
// the real services, stores, planner, agents and runs, without a workflow engine. [Bench.Settle] delivers the outbox and does what the
// workflows do, step by step, so that a scenario is a list of changes and a look at the systems.
package enginetest

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"provost/activities"
	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/identity"
	"provost/internal/mapscript"
	"provost/internal/parameter"
	"provost/internal/platform"
	"provost/internal/run"
	"provost/internal/script"
	"provost/internal/secret"
	"provost/internal/store"
	"provost/internal/synctask"
	"provost/internal/testenv"
)

// Bench is an engine under test.
type Bench struct {
	*platform.Platform
	T        testing.TB
	Ctx      context.Context
	Database *store.Database
	URL      string
	KeyFile  string             // of the master key, for further processes
	Systems  map[string]*System // by connector name
	Pool     *agent.Pool
	Tasks    *synctask.Service
	Runs     *run.Service
	Sync     *activities.Sync
	RunSteps *activities.Runs

	raw *pgxpool.Pool
}

// Option changes a bench before it is made.
type Option func(*settings)

type settings struct {
	url        string
	scripts    *script.Host
	connectors []connector.Kind
}

// WithScripts gives the bench a script host; without one, mappings with scripts and triggers fail.
func WithScripts(host *script.Host) Option { return func(s *settings) { s.scripts = host } }

// WithDatabase uses a migrated database of the test's own.
func WithDatabase(url string) Option { return func(s *settings) { s.url = url } }

// WithConnectors adds true connectors to the systems in memory.
func WithConnectors(kinds ...connector.Kind) Option {
	return func(s *settings) { s.connectors = append(s.connectors, kinds...) }
}

// New gives an engine on a fresh database, in automatic mode, as the built-in administrator. It knows the connectors alpha, beta and
// gamma: systems in memory.
func New(tb testing.TB, options ...Option) *Bench {
	tb.Helper()
	var s settings
	for _, o := range options {
		o(&s)
	}
	b := &Bench{T: tb, Systems: map[string]*System{}, URL: s.url}
	if b.URL == "" {
		b.URL = NewDatabase(tb)
	}
	var err error
	b.Database, err = store.Open(tb.Context(), b.URL, 12)
	require.NoError(tb, err)
	tb.Cleanup(b.Database.Close)
	b.raw = rawPool(tb, b.URL)
	kinds := s.connectors
	for _, name := range []string{"alpha", "beta", "gamma"} {
		b.Systems[name] = NewSystem(name)
		kinds = append(kinds, b.Systems[name].Kind())
	}
	b.wire(connector.NewRegistry(kinds...), &s)
	b.Mode(parameter.ModeAuto)
	return b
}

// NewDatabase gives the URL of a fresh database with the tenants master and other.
func NewDatabase(tb testing.TB) string {
	tb.Helper()
	fingerprint, err := store.Fingerprint()
	require.NoError(tb, err)
	migrate := func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master", "other") }
	return testenv.Database(tb, migrate, "platform "+fingerprint)
}

// rawPool looks at the tables themselves.
func rawPool(tb testing.TB, url string) *pgxpool.Pool {
	tb.Helper()
	config, err := pgxpool.ParseConfig(url)
	require.NoError(tb, err)
	config.ConnConfig.RuntimeParams["search_path"] = "t_master, provost"
	config.MaxConns = 2
	pool, err := pgxpool.NewWithConfig(tb.Context(), config)
	require.NoError(tb, err)
	tb.Cleanup(pool.Close)
	return pool
}

func (b *Bench) wire(registry *connector.Registry, s *settings) {
	tenant := b.Database.Tenant("master")
	b.KeyFile = filepath.Join(b.T.TempDir(), "master.key")
	box, err := secret.OpenBox(b.KeyFile)
	require.NoError(b.T, err)
	deps := platform.Deps{Secrets: box, Connectors: registry}
	scripts := &mapscript.Runner{Language: script.JavaScript}
	if s.scripts != nil {
		deps.Scripts, scripts.Host = s.scripts, s.scripts
	}
	b.Platform = platform.New(tenant, deps)
	require.NoError(b.T, b.Seed(b.T.Context()))
	principal, err := b.LoadPrincipal(b.T.Context(), identity.Administrator)
	require.NoError(b.T, err)
	b.Ctx = authz.With(b.T.Context(), principal)

	agents := tenant.Agents("bench", reveal{tenant.Vault(box)})
	b.Pool = agent.NewPool(agents, registry, scripts, slog.New(slog.DiscardHandler))
	b.T.Cleanup(b.Pool.Close)
	b.Tasks = &synctask.Service{
		Store: tenant.SyncTasks(), Accounts: accounts{b.Accounts, tenant.Accounts()}, Names: namer{b.Namer}, Scripts: scripts,
	}
	b.Runs = &run.Service{
		Store: tenant.Runs(), Systems: b.Platform.Systems, Users: b.Users, UserRows: tenant.Users(), Groups: b.Groups, GroupRows: tenant.Groups(),
		Memberships: b.Memberships, MembershipRows: tenant.Memberships(), Accounts: b.Accounts, AccountRows: tenant.Accounts(),
		InformationSystems: b.InformationSystems, InformationSystemRows: tenant.InformationSystems(), Roles: b.Roles, RoleRows: tenant.Roles(),
		Grants: b.Grants, GrantRows: tenant.Grants(), ScopeValueRows: tenant.ScopeValues(),
		Pool: b.Pool, Tasks: b.Tasks, Scripts: scripts, Triggers: scripts, Track: tenant,
	}
	b.Sync = &activities.Sync{Tasks: b.Tasks, Store: tenant.SyncTasks(), Agents: agents, Pool: b.Pool}
	b.RunSteps = &activities.Runs{Service: b.Runs}
}

// As gives the administrator's context with another origin of changes.
func (b *Bench) As(o change.Origin) context.Context {
	if o.ID == uuid.Nil {
		o.ID = uuid.New()
	}
	return change.WithOrigin(b.Ctx, o)
}

// Mode sets the mode of the engine.
func (b *Bench) Mode(mode string) { b.Set(parameter.TaskMode, mode) }

// Set writes a parameter.
func (b *Bench) Set(name, value string) {
	b.T.Helper()
	found, err := b.Tenant.Parameters().Named(b.T.Context(), name)
	require.NoError(b.T, err)
	if len(found) == 0 {
		_, err = b.Parameters.Create(b.Ctx, parameter.Parameter{Name: name, Value: value})
	} else {
		found[0].Value = value
		_, err = b.Parameters.Update(b.Ctx, found[0].ID, 0, found[0])
	}
	require.NoError(b.T, err)
}

// Texts gives the first column of a query of the test's own, as text.
func (b *Bench) Texts(sql string, args ...any) []string {
	b.T.Helper()
	rows, err := b.raw.Query(b.T.Context(), sql, args...)
	require.NoError(b.T, err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(b.T, err)
	return out
}

// Count gives the number a query of the test's own answers.
func (b *Bench) Count(sql string, args ...any) int {
	b.T.Helper()
	var n int
	require.NoError(b.T, b.raw.QueryRow(b.T.Context(), sql, args...).Scan(&n))
	return n
}

// Try reads the number a query answers, for moments at which the database may be down.
func (b *Bench) Try(n *int, sql string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.Ctx), 2*time.Second)
	defer cancel()
	return b.raw.QueryRow(ctx, sql).Scan(n)
}

// Exec runs a statement of the test's own and gives how many rows it concerned.
func (b *Bench) Exec(sql string, args ...any) int {
	b.T.Helper()
	tag, err := b.raw.Exec(b.T.Context(), sql, args...)
	require.NoError(b.T, err)
	return int(tag.RowsAffected())
}

// Account gives the account of a name in a system, of whatever status.
func (b *Bench) Account(system, name string) account.Account {
	b.T.Helper()
	ids := b.Texts("select a.id::text from accounts a join systems s on s.id = a.system_id where s.name = $1 and a.name = $2", system, name)
	require.Len(b.T, ids, 1, "account %s of %s", name, system)
	found, err := b.Tenant.Accounts().Get(b.T.Context(), authz.Scope{All: true}, uuid.MustParse(ids[0]))
	require.NoError(b.T, err)
	return found[0]
}
