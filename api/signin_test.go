package api

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/fault"
)

func TestSessionTellsWhoAndWhat(t *testing.T) {
	t.Parallel()
	b := setup(t)
	view := b.admin.get("/api/v1/session", "Accept-Language", "es-ES,en").status(http.StatusOK).object()
	user, ok := view["user"].(map[string]any)
	require.True(t, ok)
	require.Equal(t, "admin", user["userName"])
	require.Equal(t, "Provost Administrator", user["fullName"])
	require.Equal(t, "es", view["language"])
	require.Equal(t, false, view["mustChangePassword"])
	require.Len(t, view["permissions"], len(authz.Catalogue()))
	expires, err := time.Parse(time.RFC3339Nano, view["expiresAt"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(30*time.Minute), expires, time.Minute)

	b.visitor(t).get("/api/v1/session").problem(http.StatusUnauthorized, "unauthenticated")
	b.admin.remove("/api/v1/session").status(http.StatusNoContent)
	b.admin.get("/api/v1/session").problem(http.StatusUnauthorized, "unauthenticated")
}

func TestCookieOfPlainHTTPAndOfTLS(t *testing.T) {
	t.Parallel()
	b := setup(t)
	credentials := map[string]any{"userName": "admin", "password": b.password}
	plain := b.visitor(t).post("/api/v1/session", credentials).status(http.StatusOK).head.Get("Set-Cookie")
	require.True(t, strings.HasPrefix(plain, "provost="), plain)
	for _, flag := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		require.Contains(t, plain, flag)
	}
	require.NotContains(t, plain, "Secure")
	behind := b.visitor(t).post("/api/v1/session", credentials, "X-Forwarded-Proto", "https").status(http.StatusOK).head.Get("Set-Cookie")
	require.True(t, strings.HasPrefix(behind, "__Host-provost="), behind)
	require.Contains(t, behind, "Secure")
	require.NotContains(t, behind, "Domain")
	ended := b.admin.remove("/api/v1/session").status(http.StatusNoContent).head.Get("Set-Cookie")
	require.Contains(t, ended, "Max-Age=0")
}

func TestPasswordsDoNotTravelInClearText(t *testing.T) {
	t.Parallel()
	for host, confidential := range map[string]bool{
		"localhost:8080": true, "127.0.0.1": true, "[::1]:80": true, "demo.localhost": true, "192.0.2.1:8080": false, "provost.example.com": false, "localhost.example.com": false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/session", nil)
		r.Host = host
		require.Equal(t, confidential, checkConfidential(r) == nil, host)
		r.Header.Set("X-Forwarded-Proto", "https")
		require.NoError(t, checkConfidential(r), host)
	}
}

func TestRefusedSignIns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.clerk(t, "unlucky", nil)
	visitor := b.visitor(t)
	try := func(name, password string) *answer {
		return visitor.post("/api/v1/session", map[string]any{"userName": name, "password": password})
	}
	wrong := try("unlucky", "wrong").problem(http.StatusUnauthorized, "unauthenticated")
	nobody := try("nobody", "wrong").problem(http.StatusUnauthorized, "unauthenticated")
	require.Equal(t, wrong.Detail, nobody.Detail)
	for range 4 {
		try("unlucky", "wrong").problem(http.StatusUnauthorized, "unauthenticated")
	}
	locked := try("unlucky", clerkPassword)
	locked.problem(http.StatusTooManyRequests, "tooMany")
	wait, err := strconv.Atoi(locked.head.Get("Retry-After"))
	require.NoError(t, err)
	require.InDelta(t, 300, wait, 60, "five minutes from the last attempt, however long ago that was on a busy machine")
	b.admin.post("/api/v1/users/"+b.userID(t, "unlucky")+"/unlock", map[string]any{}).status(http.StatusNoContent)
	try("unlucky", clerkPassword).status(http.StatusOK)
	p := visitor.post("/api/v1/session", map[string]any{"userName": "unlucky"}).problem(http.StatusUnprocessableEntity, "invalid")
	require.NotEmpty(t, p.Errors)
	require.NotContains(t, b.log.String(), clerkPassword)
}

func TestAGivenPasswordHasToBeChangedFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := b.clerk(t, "newcomer", nil, authz.GroupQuery)
	b.admin.post("/api/v1/users/"+b.userID(t, "newcomer")+"/password", map[string]any{"password": "short"}).problem(http.StatusUnprocessableEntity, "invalid")
	b.admin.post("/api/v1/users/"+b.userID(t, "newcomer")+"/password", map[string]any{"password": "given by the desk"}).status(http.StatusNoContent)
	old.get("/api/v1/groups").problem(http.StatusUnauthorized, "unauthenticated")

	c := b.signIn(t, "newcomer", "given by the desk")
	require.Equal(t, true, c.get("/api/v1/session").status(http.StatusOK).object()["mustChangePassword"])
	c.get("/api/v1/groups").problem(http.StatusForbidden, "mustChangePassword")
	p := c.post("/api/v1/session/password", map[string]any{"current": "wrong", "new": "my very own words"}).problem(http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, "current", p.Errors[0].Location)
	c.post("/api/v1/session/password", map[string]any{"current": "given by the desk", "new": "my very own words"}).status(http.StatusNoContent)
	c.get("/api/v1/groups").status(http.StatusOK)
}

func TestTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.clerk(t, "machine", nil, authz.GroupCreate)
	made := c.post("/api/v1/tokens", map[string]any{"name": "nightly"}).status(http.StatusCreated).object()
	secret, _ := made["secret"].(string)
	require.True(t, strings.HasPrefix(secret, "pvt_"))
	program := b.visitor(t)
	program.token = secret
	created := program.post("/api/v1/groups", map[string]any{"name": "by-token", "parent": "world"}, "Sec-Fetch-Site", "cross-site").status(http.StatusCreated)
	require.Equal(t, "machine", created.object()["createdBy"])
	trail := b.admin.get("/api/v1/audit?filter=objectId+eq+%22" + created.id() + "%22").status(http.StatusOK).list()
	require.Equal(t, "token", trail[0]["origin"])
	require.Equal(t, made["id"], trail[0]["originId"])
	require.Equal(t, "127.0.0.1", trail[0]["remote"])

	listed := c.get("/api/v1/tokens").status(http.StatusOK)
	require.Len(t, listed.list(), 1)
	require.NotContains(t, string(listed.body), secret)
	c.post("/api/v1/tokens", map[string]any{"name": "as admin", "userId": b.userID(t, "admin")}).problem(http.StatusForbidden, "denied")
	b.admin.post("/api/v1/tokens", map[string]any{"name": "for the machine", "userId": b.userID(t, "machine")}).status(http.StatusCreated)
	require.Len(t, b.admin.get("/api/v1/tokens").list(), 2)

	c.remove("/api/v1/tokens/" + made["id"].(string)).status(http.StatusNoContent)
	program.get("/api/v1/session").problem(http.StatusUnauthorized, "unauthenticated")
	program.token = "nonsense"
	program.get("/api/v1/session").problem(http.StatusUnauthorized, "unauthenticated")
	program.token = ""
	program.get("/api/v1/session", "Authorization", "Basic YTpi").problem(http.StatusUnauthorized, "unauthenticated")
}

func TestErrorsSpeakTwice(t *testing.T) {
	t.Parallel()
	ctx := context.WithValue(t.Context(), requestIDKey{}, "0199")
	cases := []struct {
		err    error
		status int
		code   string
	}{
		{fault.New(fault.NotFound, "gone"), http.StatusNotFound, "notFound"},
		{errors.Join(errors.New("context"), fault.InvalidField("name", "bad")), http.StatusUnprocessableEntity, "invalid"},
		{fault.New(fault.Unavailable, "away"), http.StatusServiceUnavailable, "unavailable"},
		{authz.ErrNoPrincipal, http.StatusUnauthorized, "unauthenticated"},
		{authz.Outside(authz.UserQuery), http.StatusForbidden, "denied"},
		{&http.MaxBytesError{Limit: 5}, http.StatusRequestEntityTooLarge, "tooLarge"},
	}
	for _, c := range cases {
		p := problemOf(ctx, c.err)
		require.Equal(t, c.status, p.Status)
		require.Equal(t, c.code, p.Code)
		require.Regexp(t, `^[A-Z].*\.$`, p.Detail)
	}
	p := problemOf(ctx, errors.New("pq: relation users does not exist"))
	require.Equal(t, "internal", p.Code)
	require.Contains(t, p.Detail, "0199")
	require.NotContains(t, p.Detail, "relation")
}
