package session_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/audit"
	"provost/internal/authn"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/query"
	"provost/internal/secret"
	"provost/internal/session"
	"provost/internal/store"
	"provost/internal/testenv"
)

// cheap are the least costs that argon2id is accepted with: tests hash often.
var cheap = authn.Params{Memory: 19 * 1024, Time: 2, Threads: 1}

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is a service over a database of its own.
type bench struct {
	*session.Service
	tenant *store.Tenant
	clock  *clock
	ann    uuid.UUID
}

const annPassword = "correct horse battery"

func setup(t *testing.T) *bench {
	t.Helper()
	ctx := t.Context()
	url := testenv.Database(t, func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master") }, "session/"+migrationKey(t))
	database, err := store.Open(ctx, url, 10)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	tenant := database.Tenant("master")
	hasher, err := authn.NewHasher(cheap, 2)
	require.NoError(t, err)
	c := &clock{now: time.Now().UTC().Truncate(time.Millisecond)}
	b := &bench{Service: session.New(tenant.Sessions(), tenant, hasher, session.Settings{Now: c.Now}), tenant: tenant, clock: c}
	b.ann = b.addUser(t, "ann")
	b.give(t, hasher, b.ann, annPassword)
	return b
}

// migrationKey names the state of the migrations, so that a database made by older ones is not used again.
func migrationKey(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("../store/migrations/*/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	sum := sha256.New()
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		sum.Write(content)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func (b *bench) addUser(t *testing.T, name string) uuid.UUID {
	t.Helper()
	id, err := uuid.NewV7()
	require.NoError(t, err)
	u := identity.User{UserName: name, FullName: name, UserTypeID: identity.InternalType, PrimaryGroupID: identity.World, Active: true}
	u.ID = id
	require.NoError(t, b.tenant.Users().Insert(t.Context(), []identity.User{u}))
	return id
}

func (b *bench) give(t *testing.T, hasher *authn.Hasher, user uuid.UUID, password string) {
	t.Helper()
	hash, err := hasher.Hash(t.Context(), secret.New(password))
	require.NoError(t, err)
	require.NoError(t, b.tenant.Sessions().SetCredential(t.Context(), user, session.Credential{Hash: hash}))
}

func (b *bench) signIn(t *testing.T, name, password string) (session.Session, secret.Value, error) {
	t.Helper()
	return b.SignIn(audit.WithRemote(t.Context(), "192.0.2.7"), name, secret.New(password), "test browser")
}

// actions lists what the audit trail says about sessions, oldest first.
func (b *bench) actions(t *testing.T) []string {
	t.Helper()
	page, err := b.tenant.Trail().List(t.Context(), query.List{Sort: "id", Size: 1000})
	require.NoError(t, err)
	var out []string
	for _, e := range page.Items {
		out = append(out, e.Action+" "+e.ObjectType+" "+e.ObjectName)
	}
	return out
}

func requireCode(t *testing.T, code fault.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, fault.CodeOf(err), "%v", err)
}

func TestSignInOpensASession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, cookie, err := b.signIn(t, " Ann ", annPassword)
	require.NoError(t, err)
	require.Equal(t, b.ann, s.UserID)
	require.Equal(t, "192.0.2.7", s.Remote)
	require.Equal(t, b.clock.Now().Add(30*time.Minute), s.ExpiresAt)

	resumed, err := b.Resume(t.Context(), cookie)
	require.NoError(t, err)
	require.Equal(t, "ann", resumed.UserName)
	require.Equal(t, []string{"signIn session ann"}, b.actions(t))

	require.NoError(t, b.SignOut(t.Context(), cookie))
	_, err = b.Resume(t.Context(), cookie)
	requireCode(t, fault.Unauthenticated, err)
}

func TestRefusalsAreAlike(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ben := b.addUser(t, "ben") // has no password
	require.NotEqual(t, uuid.Nil, ben)
	answers := map[string]bool{}
	for _, try := range [][2]string{{"ann", "wrong password"}, {"nobody", annPassword}, {"ben", ""}, {"ann\x00", annPassword}, {"", ""}} {
		_, _, err := b.signIn(t, try[0], try[1])
		requireCode(t, fault.Unauthenticated, err)
		answers[err.Error()] = true
	}
	require.Len(t, answers, 1, "nobody must learn who exists")
}

func TestInactiveUsersStayOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, cookie, err := b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
	token, presented, err := b.CreateToken(authz.With(t.Context(), authz.Principal{UserID: b.ann}), session.TokenRequest{UserID: b.ann, Name: "t"}, authz.Principal{})
	require.NoError(t, err)
	require.NotEqual(t, uuid.Nil, token.ID)

	users, err := b.tenant.Users().Lock(t.Context(), b.ann)
	require.NoError(t, err)
	users[0].Active = false
	require.NoError(t, b.tenant.Users().Update(t.Context(), users))

	_, err = b.Resume(t.Context(), cookie)
	requireCode(t, fault.Unauthenticated, err)
	_, _, err = b.UseToken(t.Context(), presented)
	requireCode(t, fault.Unauthenticated, err)
	_, _, err = b.signIn(t, "ann", annPassword)
	requireCode(t, fault.Unauthenticated, err)
}

func TestLockOutIsTheSameForNamesThatDoNotExist(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{"ann", "nobody"} {
		for range 5 {
			_, _, err := b.signIn(t, name, "wrong password")
			requireCode(t, fault.Unauthenticated, err)
		}
		_, _, err := b.signIn(t, name, annPassword)
		var locked *session.LockedError
		require.ErrorAs(t, err, &locked, name)
		require.Equal(t, 5*time.Minute, locked.RetryAfter)
	}
	b.clock.advance(4*time.Minute + 59*time.Second)
	_, _, err := b.signIn(t, "ann", annPassword)
	var locked *session.LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, time.Second, locked.RetryAfter, "attempts during a lock must not extend it")

	b.clock.advance(time.Second)
	_, _, err = b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
	require.Contains(t, b.actions(t), "refused session ann")
	require.Contains(t, b.actions(t), "refused session nobody")
}

func TestFailuresOfLongAgoDoNotCount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 4 {
		_, _, err := b.signIn(t, "ann", "wrong password")
		requireCode(t, fault.Unauthenticated, err)
	}
	b.clock.advance(16 * time.Minute)
	_, _, err := b.signIn(t, "ann", "wrong password")
	requireCode(t, fault.Unauthenticated, err)
	_, _, err = b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
	for range 4 { // a success wiped the slate
		_, _, err := b.signIn(t, "ann", "wrong password")
		requireCode(t, fault.Unauthenticated, err)
	}
	_, _, err = b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
}

func TestAttemptsAtTheSameTimeCannotGetPastTheLimit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const tries = 20
	results := make(chan error, tries)
	for range tries {
		go func() {
			_, _, err := b.SignIn(t.Context(), "ann", secret.New("wrong password"), "")
			results <- err
		}()
	}
	wrong := 0
	for range tries {
		if err := <-results; fault.Is(err, fault.Unauthenticated) {
			wrong++
		} else {
			var locked *session.LockedError
			require.ErrorAs(t, err, &locked)
		}
	}
	require.Equal(t, 5, wrong, "only five guesses may reach the password")
}

func TestUnlockNeedsItsPermissionOnTheUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 5 {
		_, _, _ = b.signIn(t, "ann", "wrong password")
	}
	elsewhere := grantsOf(authz.UserUnlock, authz.ScopeGroup, uuid.New())
	requireCode(t, fault.NotFound, b.Unlock(authz.With(t.Context(), elsewhere), b.ann))
	require.ErrorIs(t, b.Unlock(authz.With(t.Context(), authz.Principal{}), b.ann), authz.ErrDenied)
	require.NoError(t, b.Unlock(authz.With(t.Context(), grantsOf(authz.UserUnlock, authz.ScopeGroup, identity.World)), b.ann))
	_, _, err := b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
}

func grantsOf(p authz.Permission, kind authz.ScopeKind, ids ...uuid.UUID) authz.Principal {
	return authz.Principal{UserID: uuid.New(), UserName: "helpdesk", Grants: []authz.Grant{{Permission: p, ScopeKind: kind, ScopeIDs: ids}}}
}

func TestSessionsSlideButEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, cookie, err := b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
	for range 24 { // twelve hours of half an hour less a minute
		b.clock.advance(29 * time.Minute)
		_, err = b.Resume(t.Context(), cookie)
		require.NoError(t, err)
	}
	last, err := b.Resume(t.Context(), cookie)
	require.NoError(t, err)
	require.Equal(t, last.CreatedAt.Add(12*time.Hour), last.ExpiresAt, "no session outlives its longest life")
	b.clock.advance(25 * time.Minute)
	_, err = b.Resume(t.Context(), cookie)
	requireCode(t, fault.Unauthenticated, err)
}

func TestIdleSessionsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, cookie, err := b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
	b.clock.advance(30 * time.Minute)
	_, err = b.Resume(t.Context(), cookie)
	requireCode(t, fault.Unauthenticated, err)
}

func TestAdministratorGetsOnePassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const starts = 4
	type result struct {
		password string
		created  bool
		err      error
	}
	results := make(chan result, starts)
	for range starts {
		go func() {
			password, created, err := b.EnsureAdministrator(t.Context())
			results <- result{password, created, err}
		}()
	}
	password := ""
	for range starts {
		r := <-results
		require.NoError(t, r.err)
		require.Equal(t, r.created, r.password != "")
		if r.created {
			require.Empty(t, password, "processes that start together must agree on one password")
			password = r.password
		}
	}
	s, _, err := b.signIn(t, "admin", password)
	require.NoError(t, err)
	require.Equal(t, identity.Administrator, s.UserID)
	require.False(t, s.MustChange)
}

func TestSecretsAreKeptAsHashesOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, cookie, err := b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
	hash, err := authn.HashSession(cookie)
	require.NoError(t, err)
	kept, found, err := b.tenant.Sessions().Session(t.Context(), hash)
	require.NoError(t, err)
	require.True(t, found)
	require.NotContains(t, string(kept.Hash[:]), cookie.Reveal())
	page, err := b.tenant.Trail().List(t.Context(), query.List{Q: annPassword})
	require.NoError(t, err)
	require.Zero(t, page.Total)
}
