package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/secret"
)

func TestFixedAddresses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.visitor(t)
	require.JSONEq(t, `{"status":"ok","version":"1.2.3"}`, string(c.get("/healthz").status(http.StatusOK).body))
	c.get("/readyz").status(http.StatusOK)
	require.Contains(t, string(c.get("/metrics").status(http.StatusOK).body), "provost_up")
	require.Contains(t, string(c.get("/users/4711").status(http.StatusOK).body), "console", "the console finds its own way")
	document := c.get("/openapi.json").status(http.StatusOK).object()
	require.Equal(t, "3.1.0", document["openapi"])
	for _, path := range []string{"/docs", "/docs.js"} {
		text := string(c.get(path).status(http.StatusOK).body)
		require.NotContains(t, text, "http://", "the page must work without any other host")
		require.NotContains(t, text, "https://", "the page must work without any other host")
	}
}

func TestAddressesAndMethodsThatAreNone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.get("/api/v1/shoes").problem(http.StatusNotFound, "notFound")
	b.admin.get("/api/v2/users").problem(http.StatusNotFound, "notFound")
	wrong := b.admin.json(http.MethodPut, "/api/v1/users", map[string]any{})
	wrong.problem(http.StatusMethodNotAllowed, "method")
	require.Equal(t, "GET, POST", wrong.head.Get("Allow"))
}

func TestReadinessTellsNoInsides(t *testing.T) {
	t.Parallel()
	b := setup(t, func(d *Deps) {
		d.Ready = func(context.Context) error { return errors.New("dial tcp 10.0.0.1:5432: refused") }
	})
	answer := b.visitor(t).get("/readyz")
	answer.problem(http.StatusServiceUnavailable, "unavailable")
	require.NotContains(t, string(answer.body), "10.0.0.1")
	require.Contains(t, b.log.String(), "10.0.0.1")
}

func TestPanicsAreInternalAndLogged(t *testing.T) {
	t.Parallel()
	b := setup(t, func(d *Deps) {
		d.UI = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/late" {
				_, _ = io.WriteString(w, strings.Repeat("x", 10_000))
			}
			panic("a sample mistake")
		})
	})
	answer := b.visitor(t).get("/early")
	p := answer.problem(http.StatusInternalServerError, "internal")
	require.Equal(t, answer.head.Get("X-Request-ID"), p.ID)
	require.Contains(t, p.Detail, p.ID)
	require.NotContains(t, string(answer.body), "sample mistake")
	require.Contains(t, b.log.String(), "a sample mistake")

	response, err := http.Get(b.server.URL + "/late")
	if err == nil {
		_, err = io.ReadAll(response.Body)
		require.NoError(t, response.Body.Close())
	}
	require.Error(t, err, "half an answer must not look whole")
}

func TestAnswersAreCompressedWhenItPays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	big := b.admin.get("/api/v1/permissions", "Accept-Encoding", "gzip").status(http.StatusOK)
	require.Equal(t, "gzip", big.head.Get("Content-Encoding"))
	reader, err := gzip.NewReader(bytes.NewReader(big.body))
	require.NoError(t, err)
	text, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.JSONEq(t, string(b.admin.get("/api/v1/permissions", "Accept-Encoding", "identity").body), string(text))
	require.Empty(t, b.admin.get("/api/v1/users?size=1&filter=id+pr", "Accept-Encoding", "gzip").head.Get("Content-Encoding"))
	require.Equal(t, "gzip", b.admin.get("/api/v1/users?format=csv", "Accept-Encoding", "gzip").head.Get("Content-Encoding"))
	require.Equal(t, http.StatusNoContent, b.admin.remove("/api/v1/session", "Accept-Encoding", "gzip").code)
}

func TestTheLogTellsRequestsButNoQueries(t *testing.T) {
	t.Parallel()
	b := setup(t)
	answer := b.admin.get("/api/v1/users?q=private-word").status(http.StatusOK)
	var line string
	for each := range strings.SplitSeq(b.log.String(), "\n") {
		if strings.Contains(each, answer.head.Get("X-Request-ID")) {
			line = each
		}
	}
	var entry map[string]any
	require.NoError(t, json.Unmarshal([]byte(line), &entry), line)
	require.Equal(t, "/api/v1/users", entry["path"])
	require.Equal(t, "GET", entry["method"])
	require.NotContains(t, b.log.String(), "private-word")
}

// listenTo opens the stream of events and gives its lines; the first is read, so that nothing published from now on is missed.
func listenTo(t *testing.T, c *client) *bufio.Scanner {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/api/v1/events", nil)
	require.NoError(t, err)
	response, err := c.http.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() {
		cancel()
		_ = response.Body.Close()
	})
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	lines := bufio.NewScanner(response.Body)
	require.True(t, lines.Scan())
	require.Equal(t, ": connected", lines.Text())
	return lines
}

func nextEvent(t *testing.T, lines *bufio.Scanner) Event {
	t.Helper()
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var e Event
			require.NoError(t, json.Unmarshal([]byte(data), &e))
			return e
		}
	}
	require.NoError(t, lines.Err())
	require.Fail(t, "the stream ended")
	return Event{}
}

func TestEventsReachThoseWhoMayAsk(t *testing.T) {
	t.Parallel()
	b := setup(t)
	all, some := listenTo(t, b.admin), listenTo(t, b.clerk(t, "listener", nil, authz.GroupQuery))
	user := b.admin.post("/api/v1/users", person("new")).status(http.StatusCreated).id()
	group := b.admin.post("/api/v1/groups", map[string]any{"name": "new", "parent": "world"}).status(http.StatusCreated).id()
	require.Equal(t, Event{Topic: "users", ID: uuid.MustParse(user)}, nextEvent(t, all))
	require.Equal(t, Event{Topic: "groups", ID: uuid.MustParse(group)}, nextEvent(t, all))
	require.Equal(t, Event{Topic: "groups", ID: uuid.MustParse(group)}, nextEvent(t, some), "topics that one may not query are not told")

	run := uuid.New()
	b.events.Publish("runs", run)
	require.Equal(t, Event{Topic: "runs", ID: run}, nextEvent(t, all))
	b.visitor(t).get("/api/v1/events").problem(http.StatusUnauthorized, "unauthenticated")
}

func TestASlowListenerHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	events := NewEvents()
	heard, stop := events.Listen()
	for range 10 * backlog {
		events.Publish("users", uuid.New())
	}
	require.Len(t, heard, backlog)
	events.Publish("no-such-topic", uuid.New())
	stop()
	stop()
	<-heard
	events.Publish("users", uuid.New())
	require.Len(t, heard, backlog-1, "who stopped listening hears nothing")
}

func TestTemporalIsReadOnlyAndForReaders(t *testing.T) {
	t.Parallel()
	var seen []*http.Request
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r)
		_, _ = io.WriteString(w, "workflows")
	}))
	defer behind.Close()
	b := setup(t, func(d *Deps) {
		d.TemporalUI = &TemporalUI{Address: strings.TrimPrefix(behind.URL, "http://"), Token: secret.New("reader-token")}
	})
	b.visitor(t).get("/temporal/namespaces").problem(http.StatusUnauthorized, "unauthenticated")
	b.clerk(t, "curious", nil, authz.RunQuery).get("/temporal/").problem(http.StatusForbidden, "denied")
	reader := b.clerk(t, "operator", nil, authz.TemporalRead)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		reader.do(method, "/temporal/api/v1/workflows", nil).problem(http.StatusMethodNotAllowed, "method")
	}
	require.Empty(t, seen)

	answer := reader.get("/temporal/api/v1/workflows?q=1", "Cookie", "theirs=kept").status(http.StatusOK)
	require.Equal(t, "workflows", string(answer.body))
	require.Len(t, seen, 1)
	require.Equal(t, "/temporal/api/v1/workflows?q=1", seen[0].URL.String())
	require.Equal(t, "Bearer reader-token", seen[0].Header.Get("Authorization"))
	require.NotContains(t, seen[0].Header.Get("Cookie"), "provost")
	require.Contains(t, seen[0].Header.Get("Cookie"), "theirs=kept")
}

func TestTemporalThatDoesNotRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.get("/temporal/").problem(http.StatusServiceUnavailable, "unavailable")
	gone := setup(t, func(d *Deps) { d.TemporalUI = &TemporalUI{Address: "127.0.0.1:1"} })
	gone.admin.get("/temporal/").problem(http.StatusServiceUnavailable, "unavailable")
}

func TestSchemasDescribeAttributes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.post("/api/v1/metadata", map[string]any{
		"objectType": "user", "code": "pin", "dataType": "string", "options": map[string]any{"operatorVisibility": "hidden", "label": map[string]any{"es": "Clave"}},
	}).status(http.StatusCreated)
	b.admin.post("/api/v1/users", map[string]any{
		"userName": "zoe", "firstName": "Zoe", "lastName": "Sample", "userType": "I", "primaryGroup": "world", "attributes": map[string]any{"pin": "hidden-value"},
	}).status(http.StatusCreated)
	names := b.admin.get("/api/v1/schemas/user").status(http.StatusOK).names("name")
	require.Contains(t, names, "userName")
	require.Contains(t, names, "attributes.pin")
	require.Equal(t, "[]\n", string(b.admin.get("/api/v1/schemas/shoe").status(http.StatusOK).body))

	operator := b.clerk(t, "operator", nil, authz.UserQuery)
	require.NotContains(t, operator.get("/api/v1/schemas/user").status(http.StatusOK).names("name"), "attributes.pin")
	table := operator.get("/api/v1/users?format=csv").status(http.StatusOK)
	require.NotContains(t, string(table.body), "hidden-value")
	operator.get("/api/v1/users?format=csv&columns=attributes.pin").problem(http.StatusForbidden, "denied")
	user := "/api/v1/users/" + b.userID(t, "zoe")
	b.admin.patch(user, map[string]any{"phone": "1"}).status(http.StatusOK)
	for _, path := range []string{user, user + "/history", "/api/v1/users"} {
		require.NotContains(t, string(operator.get(path).status(http.StatusOK).body), "hidden-value", path)
		require.Contains(t, string(b.admin.get(path).status(http.StatusOK).body), "hidden-value", path)
	}
	b.visitor(t).get("/api/v1/schemas/user").problem(http.StatusUnauthorized, "unauthenticated")
}

func TestGrantsAreRequested(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.world()
	asked := b.admin.post("/api/v1/grants", map[string]any{"userId": w.user, "roleId": w.role}).status(http.StatusCreated).list()
	require.Len(t, asked, 1)
	require.Equal(t, "wanda", asked[0]["user"], "the account comes with the grant")
	one := "/api/v1/grants/" + asked[0]["id"].(string)
	b.admin.post("/api/v1/grants", map[string]any{"userId": w.user, "roleId": w.role}).problem(http.StatusConflict, "conflict")
	p := b.admin.post("/api/v1/grants", map[string]any{"roleId": w.role}).problem(http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, "userId", p.Errors[0].Location)
	b.admin.post("/api/v1/grants", map[string]any{"userId": "x", "roleId": w.role}).problem(http.StatusUnprocessableEntity, "invalid")
	b.admin.post("/api/v1/grants", map[string]any{"userId": w.user}).problem(http.StatusUnprocessableEntity, "invalid")

	b.admin.patch(one, map[string]any{"endAt": "2031-01-01T00:00:00Z"}).status(http.StatusOK)
	held := b.admin.get("/api/v1/users/" + w.user + "/effective-roles").status(http.StatusOK)
	require.Equal(t, []string{"READER"}, held.names("role"))
	require.Equal(t, "1", held.head.Get("X-Total-Count"))
	require.Equal(t, asked[0]["id"], held.list()[0]["grantId"])
	account := asked[0]["accountId"].(string)
	require.Equal(t, []string{"READER"}, b.admin.get("/api/v1/accounts/"+account+"/effective-roles").status(http.StatusOK).names("role"))
	require.Equal(t, []string{"READER"}, b.admin.get("/api/v1/accounts/"+account+"/grants").status(http.StatusOK).names("role"))
	require.Equal(t, []string{"READER"}, b.admin.get("/api/v1/users/"+w.user+"/grants?filter=role+eq+%22READER%22").status(http.StatusOK).names("role"))
	require.Empty(t, b.admin.get("/api/v1/users/"+w.user+"/grants?filter=role+eq+%22WRITER%22+or+role+eq+%22NONE%22").status(http.StatusOK).list())
	require.Equal(t, []string{"wanda"}, b.admin.get("/api/v1/users/"+w.user+"/accounts").status(http.StatusOK).names("name"))

	b.admin.remove(one).status(http.StatusNoContent)
	require.Empty(t, b.admin.get("/api/v1/users/"+w.user+"/effective-roles").status(http.StatusOK).list())
}

func TestAuditIsReadOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := b.admin.post("/api/v1/groups", map[string]any{"name": "traced", "parent": "world"}).status(http.StatusCreated)
	b.admin.patch(made.head.Get("Location"), map[string]any{"description": "seen"}).status(http.StatusOK)
	trail := b.admin.get("/api/v1/audit?filter=objectId+eq+%22" + made.id() + "%22").status(http.StatusOK)
	require.Equal(t, []string{"update", "create"}, trail.names("action"), "newest first")
	change := trail.list()[0]
	require.Equal(t, map[string]any{"description": "seen"}, change["after"])
	require.Equal(t, map[string]any{"description": ""}, change["before"])
	require.Equal(t, "admin", change["actor"])
	require.Equal(t, change, b.admin.get("/api/v1/audit/"+string(mustJSON(t, change["id"]))).status(http.StatusOK).object())
	_, rows := readCSV(t, b.admin.get("/api/v1/audit?q=traced&format=csv&columns=at,actor,action,after").status(http.StatusOK))
	require.Len(t, rows, 2)
	require.JSONEq(t, `{"description":"seen"}`, rows[0][3])
	b.admin.post("/api/v1/audit", map[string]any{}).problem(http.StatusMethodNotAllowed, "method")
	b.admin.remove("/api/v1/audit/1").problem(http.StatusMethodNotAllowed, "method")
	b.admin.get("/api/v1/audit/999999").problem(http.StatusNotFound, "notFound")
	b.admin.get("/api/v1/audit?filter=shoe+pr").problem(http.StatusUnprocessableEntity, "invalid")
	b.admin.get("/api/v1/audit?sort=shoe").problem(http.StatusUnprocessableEntity, "invalid")
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return text
}

func TestSearchFindsObjectsOfAllKinds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.world()
	found := b.admin.get("/api/v1/search?q=a").status(http.StatusOK)
	require.LessOrEqual(t, len(found.list()), maxFound)
	kinds := map[string]bool{}
	for _, kind := range found.names("resource") {
		kinds[kind] = true
	}
	require.Greater(t, len(kinds), 3, "%s", found.body)
	require.Equal(t, []string{"staff"}, b.admin.get("/api/v1/search?q=staff").status(http.StatusOK).names("name"))
	b.admin.get("/api/v1/search").problem(http.StatusUnprocessableEntity, "invalid")
}
