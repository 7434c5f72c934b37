package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authn"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/platform"
	"provost/internal/secret"
	"provost/internal/session"
	"provost/internal/store"
	"provost/internal/testenv"
)

// journal is a log that tests read.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// String gives everything written.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// bench is the whole interface over a database of its own.
type bench struct {
	platform *platform.Platform
	sessions *session.Service
	events   *Events
	server   *httptest.Server
	log      *journal
	admin    *client
	password string
	database string // its URL
}

func setup(t *testing.T, more ...func(*Deps)) *bench {
	t.Helper()
	url := testenv.Database(t, migrated, "api/"+migrationKey(t))
	database, err := store.Open(t.Context(), url, 8)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	tenant := database.Tenant("master")
	hasher, err := authn.NewHasher(authn.Params{Memory: 19 * 1024, Time: 2, Threads: 1}, 2)
	require.NoError(t, err)
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "master.key"))
	require.NoError(t, err)
	kinds := connector.NewRegistry(connector.Kind{Name: "sample", Parameters: []connector.Parameter{
		{Name: "url", Type: connector.TypeString}, {Name: "password", Type: connector.TypeSecret},
	}})
	b := &bench{platform: platform.New(tenant, platform.Deps{Secrets: box, Connectors: kinds}), events: NewEvents(), log: &journal{}, database: url}
	b.sessions = session.New(tenant.Sessions(), tenant, hasher, session.Settings{})
	deps := Deps{
		Platform: b.platform, Sessions: b.sessions, Events: b.events, Version: "1.2.3", Logger: zerolog.New(b.log),
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "provost_up 1\n") }),
		UI:      http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<title>console</title>") }),
	}
	for _, change := range more {
		change(&deps)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(b.log.String())
		}
	})
	b.server = httptest.NewServer(New(deps))
	t.Cleanup(b.server.Close)
	b.password, _, err = b.sessions.EnsureAdministrator(t.Context())
	require.NoError(t, err)
	b.admin = b.signIn(t, "admin", b.password)
	return b
}

// migrated makes the template database: migrated and seeded.
func migrated(ctx context.Context, url string) error {
	if err := store.Migrate(ctx, url, "master"); err != nil {
		return err
	}
	database, err := store.Open(ctx, url, 2)
	if err != nil {
		return err
	}
	defer database.Close()
	return platform.New(database.Tenant("master"), platform.Deps{}).Seed(ctx)
}

// migrationKey names the state of what fills the template, so that one made by older code is not used again.
func migrationKey(t *testing.T) string {
	t.Helper()
	sum := sha256.New()
	for _, pattern := range []string{"../internal/store/migrations/*/*.sql", "../internal/metadata/*.go", "../internal/platform/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			sum.Write(content)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// client is a browser, or a program with a token.
type client struct {
	t     *testing.T
	http  *http.Client
	base  string
	token string
}

func (b *bench) visitor(t *testing.T) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &client{t: t, http: &http.Client{Jar: jar}, base: b.server.URL}
}

func (b *bench) signIn(t *testing.T, name, password string) *client {
	t.Helper()
	c := b.visitor(t)
	c.post("/api/v1/session", map[string]any{"userName": name, "password": password}).status(http.StatusOK)
	return c
}

// in gives the same client to a subtest.
func (c *client) in(t *testing.T) *client {
	t.Helper()
	other := *c
	other.t = t
	return &other
}

// answer is a response, read.
type answer struct {
	t    *testing.T
	code int
	head http.Header
	body []byte
}

func (c *client) do(method, path string, body io.Reader, headers ...string) *answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, body)
	require.NoError(c.t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(r)
	require.NoError(c.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	return &answer{t: c.t, code: response.StatusCode, head: response.Header, body: text}
}

func (c *client) json(method, path string, body any, headers ...string) *answer {
	c.t.Helper()
	text, err := json.Marshal(body)
	require.NoError(c.t, err)
	return c.do(method, path, bytes.NewReader(text), append([]string{"Content-Type", "application/json"}, headers...)...)
}

func (c *client) get(path string, headers ...string) *answer {
	c.t.Helper()
	return c.do(http.MethodGet, path, nil, headers...)
}

func (c *client) post(path string, body any, headers ...string) *answer {
	c.t.Helper()
	return c.json(http.MethodPost, path, body, headers...)
}

func (c *client) patch(path string, body any, headers ...string) *answer {
	c.t.Helper()
	return c.json(http.MethodPatch, path, body, append([]string{"Content-Type", "application/merge-patch+json"}, headers...)...)
}

func (c *client) remove(path string, headers ...string) *answer {
	c.t.Helper()
	return c.do(http.MethodDelete, path, nil, headers...)
}

// status requires the status and gives the answer on.
func (a *answer) status(code int) *answer {
	a.t.Helper()
	require.Equal(a.t, code, a.code, "%s", a.body)
	return a
}

// object reads the body as a JSON object.
func (a *answer) object() map[string]any {
	a.t.Helper()
	var out map[string]any
	require.NoError(a.t, json.Unmarshal(a.body, &out), "%s", a.body)
	return out
}

// list reads the body as a list of JSON objects.
func (a *answer) list() []map[string]any {
	a.t.Helper()
	var out []map[string]any
	require.NoError(a.t, json.Unmarshal(a.body, &out), "%s", a.body)
	return out
}

// names gives one member of each object of a list.
func (a *answer) names(member string) []string {
	a.t.Helper()
	out := []string{}
	for _, o := range a.list() {
		name, _ := o[member].(string)
		out = append(out, name)
	}
	return out
}

func (a *answer) id() string {
	a.t.Helper()
	id, _ := a.object()["id"].(string)
	require.NotEmpty(a.t, id, "%s", a.body)
	return id
}

// problem requires a problem with this status and code, in the one shape that problems have.
func (a *answer) problem(status int, code string) Problem {
	a.t.Helper()
	require.Equal(a.t, status, a.code, "%s", a.body)
	require.Equal(a.t, problemMediaType, a.head.Get("Content-Type"))
	var p Problem
	require.NoError(a.t, json.Unmarshal(a.body, &p), "%s", a.body)
	require.Equal(a.t, code, p.Code, "%s", a.body)
	require.Equal(a.t, status, p.Status)
	require.NotEmpty(a.t, p.Title)
	require.NotEmpty(a.t, p.Detail)
	return p
}

// asPlatform is a context in which everything is allowed.
func asPlatform(t *testing.T) context.Context {
	t.Helper()
	return change.WithOrigin(authz.With(t.Context(), authz.System(authz.OriginSystem)), change.Origin{Kind: change.Engine})
}

const clerkPassword = "sample password of a clerk"

// clerk signs in somebody new who holds the permissions, limited to a group when one is named.
func (b *bench) clerk(t *testing.T, name string, limit *uuid.UUID, permissions ...authz.Permission) *client {
	t.Helper()
	ctx := asPlatform(t)
	role := entitlement.Role{Name: "CLERK_" + strings.ToUpper(name), System: "soffid", SystemID: account.InternalSystem, InformationSystem: "SOFFID"}
	scope := entitlement.Scope{ScopeGroupID: limit}
	if limit != nil {
		id := entitlement.GroupsScope
		role.ScopeDomainID = &id
	}
	role, err := b.platform.Roles.Create(ctx, role)
	require.NoError(t, err)
	for _, p := range permissions {
		_, err := b.platform.Authorizations.Create(ctx, entitlement.Authorization{Permission: string(p), RoleID: role.ID, Role: role.Name + "@soffid"})
		require.NoError(t, err)
	}
	user, err := b.platform.Users.Create(ctx, identity.User{
		UserName: name, FirstName: "Sample", LastName: name, UserTypeID: identity.InternalType, PrimaryGroupID: identity.World, Active: true,
	})
	require.NoError(t, err)
	request := entitlement.GrantRequest{UserID: &user.ID, RoleID: role.ID}
	if limit != nil {
		request.Scopes = []entitlement.Scope{scope}
	}
	_, err = b.platform.Grant(ctx, request)
	require.NoError(t, err)
	require.NoError(t, b.sessions.SetPassword(ctx, user.ID, secret.New("initial "+clerkPassword)))
	c := b.signIn(t, name, "initial "+clerkPassword)
	c.post("/api/v1/session/password", map[string]any{"current": "initial " + clerkPassword, "new": clerkPassword}).status(http.StatusNoContent)
	return c
}
