package acceptance

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"provost/internal/account"
	"provost/internal/app"
	"provost/internal/authz"
	"provost/internal/config"
	"provost/internal/identity"
	"provost/internal/ldapdev"
	"provost/internal/mapping"
	"provost/internal/object"
	"provost/internal/parameter"
	"provost/internal/query"
	"provost/internal/run"
	"provost/internal/script/scripttest"
	"provost/internal/secret"
	"provost/internal/store"
	"provost/internal/testenv"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

// server is the name of the one worker of a world.
const server = "here"

// patience is how long a test waits for something that has to happen.
const patience = 90 * time.Second

// world is a running platform with a database and a namespace of its own.
type world struct {
	*app.App
	t   testing.TB
	ctx context.Context
	dir string
	url string
}

type bearer struct{ token string }

func (b bearer) GetHeaders(context.Context) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + b.token}, nil
}

// migrated names the template database by the content of the migrations.
func migrated(tb testing.TB) string {
	tb.Helper()
	sum := sha256.New()
	require.NoError(tb, filepath.WalkDir("../store/migrations", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		_, _ = sum.Write(text)
		return err
	}))
	return fmt.Sprintf("acceptance/%x", sum.Sum(nil)[:8])
}

// begin starts a platform whose engine is in a mode. Where a log is wanted it gets every line as it is, before the net that keeps secrets
// out of what a process writes; otherwise the test shows warnings.
func begin(tb testing.TB, mode string, log ...io.Writer) *world {
	tb.Helper()
	return beginAs(tb, mode, &app.WorkerSettings{Server: server, Core: true}, log...)
}

// beginAs is begin with another worker, or with none.
func beginAs(tb testing.TB, mode string, worker *app.WorkerSettings, log ...io.Writer) *world {
	tb.Helper()
	url := testenv.Database(tb, func(ctx context.Context, url string) error { return store.Migrate(ctx, url, app.Tenant) }, migrated(tb))
	address, token, _ := testenv.Temporal(tb)
	namespace := "t" + strings.ReplaceAll(uuid.NewString(), "-", "")
	prepareNamespace(tb, address, token, namespace)

	w := &world{t: tb, dir: tb.TempDir(), url: url}
	w.ctx = authz.With(context.WithoutCancel(tb.Context()), authz.System(authz.OriginSystem))
	started, err := app.Start(w.ctx, app.Settings{
		Common:     config.Common{Data: w.dir},
		Database:   config.Database{URL: secret.New(url), MaxConnections: 20, ConnectTimeout: patience},
		Engine:     app.Engine{Temporal: config.Temporal{Address: address, Namespace: namespace}, Token: secret.New(token)},
		HTTP:       &config.HTTP{Address: "127.0.0.1:0", DrainPeriod: time.Second},
		Worker:     worker,
		ScriptHost: scripttest.Command(tb),
		Version:    "test",
		Logger:     logger(tb, log...),
	})
	require.NoError(tb, err)
	w.App = started
	tb.Cleanup(func() { require.NoError(tb, started.Close(context.WithoutCancel(tb.Context()))) })
	w.set("soffid.task.mode", mode)
	return w
}

func logger(tb testing.TB, log ...io.Writer) zerolog.Logger {
	tb.Helper()
	if len(log) > 0 {
		return zerolog.New(zerolog.SyncWriter(zerolog.MultiLevelWriter(log...))).Level(zerolog.DebugLevel)
	}
	return zerolog.New(zerolog.NewTestWriter(tb)).Level(zerolog.WarnLevel)
}

// prepareNamespace gives a test a namespace of its own, so that its queues are its own too.
func prepareNamespace(tb testing.TB, address, token, namespace string) {
	tb.Helper()
	connection, err := client.Dial(client.Options{HostPort: address, Namespace: namespace, HeadersProvider: bearer{token}})
	require.NoError(tb, err)
	defer connection.Close()
	_, err = connection.WorkflowService().RegisterNamespace(tb.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	require.NoError(tb, err)
	attributes := map[string]enums.IndexedValueType{}
	for _, name := range []string{"Kind", "Subject", "System", "State", "Tenant", "Definition", "Initiator"} {
		attributes["Provost"+name] = enums.INDEXED_VALUE_TYPE_KEYWORD
	}
	require.Eventually(tb, func() bool {
		_, err := connection.OperatorService().AddSearchAttributes(tb.Context(), &operatorservice.AddSearchAttributesRequest{
			Namespace: namespace, SearchAttributes: attributes,
		})
		if err != nil {
			return false
		}
		_, err = connection.ListWorkflow(tb.Context(), &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace})
		return err == nil
	}, patience, 50*time.Millisecond)
}

func (w *world) set(name, value string) {
	w.t.Helper()
	page, err := w.Platform.Parameters.List(w.ctx, query.List{Filter: `name eq "` + name + `"`})
	require.NoError(w.t, err)
	if page.Total == 0 {
		_, err = w.Platform.Parameters.Create(w.ctx, parameter.Parameter{Name: name, Value: value})
	} else {
		p := page.Items[0]
		p.Value = value
		_, err = w.Platform.Parameters.Update(w.ctx, p.ID, 0, p)
	}
	require.NoError(w.t, err)
}

// file writes a file into the world's folder and gives its path.
func (w *world) file(name, content string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	require.NoError(w.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// system creates a managed system served here.
func (w *world) system(s account.System) account.System {
	w.t.Helper()
	s.Server, s.Usage, s.Removal = server, "iam", "disable"
	s.Threads, s.TaskTimeoutMS, s.LongTaskTimeoutMS, s.PropagateChanges, s.FullReconciliation = 2, 30000, 600000, true, true
	created, err := w.Platform.Systems.Create(w.ctx, s)
	require.NoError(w.t, err)
	return created
}

// hr creates an authoritative CSV source that is keyed by a column.
func (w *world) hr(path, key string, rows ...mapping.Row) account.System {
	w.t.Helper()
	return w.system(account.System{
		Name: "HR", Connector: "csv", Parameters: map[string]string{"file": path, "key": key}, Authoritative: true, ManualAccountCreation: true,
		Mappings: []mapping.ObjectMapping{{
			SystemObject: "person", ObjectType: mapping.TypeUser, Properties: map[string]string{"key": key}, Rows: rows,
		}},
	})
}

// attribute defines a custom attribute of users.
func (w *world) attribute(code string) {
	w.t.Helper()
	_, err := w.Platform.Metadata.Create(w.ctx, userAttribute(code))
	require.NoError(w.t, err)
}

// start starts a run and waits until it has one of the states.
func (w *world) start(system account.System, kind string, until ...string) run.Run {
	w.t.Helper()
	r, err := w.Runs.Start(w.ctx, system.ID, kind, run.Options{})
	require.NoError(w.t, err)
	return w.await(r.ID, until...)
}

func (w *world) await(id uuid.UUID, until ...string) run.Run {
	w.t.Helper()
	var r run.Run
	defer func() {
		if w.t.Failed() {
			w.t.Logf("the run stands at: %+v, guard %+v", r, r.Verdict)
		}
	}()
	require.Eventually(w.t, func() bool {
		var err error
		r, err = w.Tenant.Runs().Get(w.ctx, id)
		require.NoError(w.t, err)
		if slices.Contains(until, r.Status) {
			return true
		}
		require.NotContains(w.t, []string{run.Failed, run.Cancelled}, r.Status, r.Message)
		return false
	}, patience, 20*time.Millisecond, "run does not become %v", until)
	return r
}

// settled waits until no task is open.
func (w *world) settled() {
	w.t.Helper()
	var open string
	require.Eventually(w.t, func() bool {
		open = w.value(`select coalesce(string_agg(t.object_type || ' ' || t.object_name || ' ' || t.status || ' ' || coalesce(p.message, ''), '; '), '')
			from sync_tasks t left join sync_parts p on p.task_id = t.id where t.status not in ('done', 'cancelled')`)
		return open == ""
	}, patience, 20*time.Millisecond, "open tasks")
}

// value reads one text from the tenant's schema.
func (w *world) value(sql string, args ...any) string {
	w.t.Helper()
	conn := connect(w.t, w.url)
	defer conn.Close(w.ctx)
	var out string
	_, err := conn.Exec(w.ctx, "set search_path = t_"+app.Tenant+", provost")
	require.NoError(w.t, err)
	require.NoError(w.t, conn.QueryRow(w.ctx, sql, args...).Scan(&out))
	return out
}

func (w *world) user(name string) identity.User {
	w.t.Helper()
	u, err := w.Platform.Users.Named(w.ctx, name)
	require.NoError(w.t, err)
	return u
}

func (w *world) change(name string, edit func(*identity.User)) {
	w.t.Helper()
	u := w.user(name)
	edit(&u)
	_, err := w.Platform.Users.Update(w.ctx, u.ID, u.Version, u)
	require.NoError(w.t, err)
}

// directory starts slapd and gives the parameters of an agent for it.
func directory(tb testing.TB, options ldapdev.Options) (*ldapdev.Server, map[string]string) {
	tb.Helper()
	s := testenv.Slapd(tb, options)
	host, port, ok := strings.Cut(strings.TrimPrefix(s.URL(), "ldap://"), ":")
	require.True(tb, ok)
	return s, map[string]string{
		"host": host, "port": port, "ssl": "none", "bindDN": s.AdminDN, "password": s.AdminPassword, "baseDN": s.Suffix,
	}
}

// entries reads what is below a base, by the value of a naming attribute.
func entries(tb testing.TB, s *ldapdev.Server, base, filter, key string) map[string]*goldap.Entry {
	tb.Helper()
	conn, err := goldap.DialURL(s.URL())
	require.NoError(tb, err)
	defer conn.Close()
	require.NoError(tb, conn.Bind(s.AdminDN, s.AdminPassword))
	found, err := conn.SearchWithPaging(goldap.NewSearchRequest(base, goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, 0, 0, false,
		filter, []string{"*"}, nil), 500)
	require.NoError(tb, err)
	out := map[string]*goldap.Entry{}
	for _, e := range found.Entries {
		out[e.GetAttributeValue(key)] = e
	}
	return out
}

// setPassword gives ada a password in the directory, as its own administrators may.
func (w *world) setPassword(s *ldapdev.Server, password string) {
	w.t.Helper()
	conn, err := goldap.DialURL(s.URL())
	require.NoError(w.t, err)
	defer conn.Close()
	require.NoError(w.t, conn.Bind(s.AdminDN, s.AdminPassword))
	change := goldap.NewModifyRequest("uid=ada,ou=people,"+suffix, nil)
	change.Replace("userPassword", []string{password})
	require.NoError(w.t, conn.Modify(change))
}

// changes gives the change list of a run as lines "action type key: attribute before → after".
func (w *world) changes(id uuid.UUID) []string {
	w.t.Helper()
	conn := connect(w.t, w.url)
	defer conn.Close(w.ctx)
	rows, err := conn.Query(w.ctx, `select c.action || ' ' || c.object_type || ' ' || c.object_key ||
		coalesce(': ' || (x ->> 'attribute') || ' ' || coalesce(x ->> 'before', '-') || ' → ' || coalesce(x ->> 'after', '-'), '')
		from t_`+app.Tenant+`.run_changes c left join lateral jsonb_array_elements(c.changes) x on true where c.run_id = $1 order by 1`, id)
	require.NoError(w.t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var line string
		require.NoError(w.t, rows.Scan(&line))
		out = append(out, line)
	}
	require.NoError(w.t, rows.Err())
	return out
}

var _ object.Object = (*identity.User)(nil)
