package scriptservice_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/parameter"
	"provost/internal/platform"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/scriptservice"
	"provost/internal/secret"
	"provost/internal/store"
	"provost/internal/testenv"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

// bench is a platform on a database of its own, whose scripts reach it through the services under test.
type bench struct {
	*platform.Platform
	t        *testing.T
	ctx      context.Context // of the administrator
	host     *script.Host
	services *scriptservice.Services
	raw      *pgx.Conn // looks at rows past the services
}

func setup(t *testing.T) *bench {
	t.Helper()
	fingerprint, err := store.Fingerprint()
	require.NoError(t, err)
	migrate := func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master") }
	url := testenv.Database(t, migrate, "scriptservice "+fingerprint)
	database, err := store.Open(t.Context(), url, 4)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	raw, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close(context.WithoutCancel(t.Context()))) })
	_, err = raw.Exec(t.Context(), "set search_path = t_master, provost")
	require.NoError(t, err)
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "master.key"))
	require.NoError(t, err)
	b := &bench{
		t: t, raw: raw, services: scriptservice.New(nil), host: scripttest.New(t, script.Options{Size: 2, WallLimit: 20 * time.Second}),
	}
	b.Platform = platform.New(database.Tenant("master"), platform.Deps{Secrets: box, Scripts: b.host, Services: b.services})
	b.services.Bind(b.Platform, nil, nil)
	b.ctx = b.as(identity.Administrator)
	require.NoError(t, b.Seed(t.Context()))
	return b
}

// as gives a context of a user with the permissions of this moment.
func (b *bench) as(user uuid.UUID) context.Context {
	b.t.Helper()
	p, err := b.LoadPrincipal(b.t.Context(), user)
	require.NoError(b.t, err)
	return authz.With(b.t.Context(), p)
}

// everything is every permission there is, as the scopes a script may declare.
func everything() []string {
	var all []string
	for _, d := range authz.Catalogue() {
		all = append(all, string(d.Permission))
	}
	return all
}

// administrator is the authority of a script that the administrator published with all scopes.
func administrator() script.Authority {
	return script.Authority{Publisher: identity.Administrator.String(), Scopes: everything()}
}

// run runs a script and gives its result.
func (b *bench) run(a script.Authority, text string, bindings map[string]any) (script.Result, error) {
	b.t.Helper()
	return b.host.Run(b.t.Context(), script.Request{
		Scripts: []script.Source{{Name: "sample", Text: text}}, Calls: []script.Call{{Bindings: bindings}}, Authority: a, Services: b.services,
	})
}

// output runs a script of the administrator and gives what it wrote.
func (b *bench) output(text string) string {
	b.t.Helper()
	result, err := b.run(administrator(), text, nil)
	require.NoError(b.t, err)
	return result.Output
}

// call is one host call past the script host.
func (b *bench) call(a script.Authority, service, method string, args ...any) (any, error) {
	b.t.Helper()
	return b.services.Call(b.t.Context(), a, service, method, args)
}

// must is call by the administrator, without an error.
func (b *bench) must(service, method string, args ...any) any {
	b.t.Helper()
	value, err := b.call(administrator(), service, method, args...)
	require.NoError(b.t, err)
	return value
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

func (b *bench) group(name, parent string) identity.Group {
	b.t.Helper()
	g, err := b.Groups.Create(b.ctx, identity.Group{Name: name, Parent: parent})
	require.NoError(b.t, err)
	return g
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

func (b *bench) account(name, system, user string, change ...func(*account.Account)) account.Account {
	b.t.Helper()
	a := account.Account{Name: name, System: system, User: user}
	for _, fn := range change {
		fn(&a)
	}
	a, err := b.Accounts.Create(b.ctx, a)
	require.NoError(b.t, err)
	return a
}

func (b *bench) role(name, system, application string) entitlement.Role {
	b.t.Helper()
	r, err := b.Roles.Create(b.ctx, entitlement.Role{Name: name, Description: "may " + name, System: system, InformationSystem: application})
	require.NoError(b.t, err)
	return r
}

func (b *bench) application(name string) entitlement.InformationSystem {
	b.t.Helper()
	s, err := b.InformationSystems.Create(b.ctx, entitlement.InformationSystem{Name: name})
	require.NoError(b.t, err)
	return s
}

func (b *bench) grant(user identity.User, role entitlement.Role) entitlement.Grant {
	b.t.Helper()
	made, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &user.ID, RoleID: role.ID})
	require.NoError(b.t, err)
	return made[0]
}

func (b *bench) attribute(objectType, code string, change ...func(*metadata.Attribute)) {
	b.t.Helper()
	a := metadata.Attribute{ObjectType: objectType, Code: code, DataType: metadata.String}
	for _, fn := range change {
		fn(&a)
	}
	_, err := b.Metadata.Create(b.ctx, a)
	require.NoError(b.t, err)
}

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

// named gives the user of a name as stored.
func (b *bench) named(name string) identity.User {
	b.t.Helper()
	u, err := b.Users.Named(b.ctx, name)
	require.NoError(b.t, err)
	return u
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

// guideFolder is where the guide lies beside the repository; its samples are read there and not copied.
const guideFolder = "../../../shared/reference/soffid4"

// sample gives the fenced block below a heading of a guide page, skipping the test where the guide is absent.
func sample(t *testing.T, page, heading string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(guideFolder, page+"-*.md"))
	require.NoError(t, err)
	if len(files) != 1 {
		t.Skip("the guide is not beside the repository")
	}
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	_, below, found := strings.Cut(string(text), "\n"+heading+"\n")
	require.True(t, found, "page %s has no heading %q", page, heading)
	_, block, found := strings.Cut(below, "```")
	require.True(t, found)
	_, block, found = strings.Cut(block, "\n")
	require.True(t, found)
	block, _, found = strings.Cut(block, "```")
	require.True(t, found)
	return block
}

// of makes a data object of a class.
func of(class string, entries map[string]any) map[string]any {
	o := map[string]any{script.ClassKey: class}
	maps.Copy(o, entries)
	return o
}
