package api

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/notice"
	"provost/internal/process"
	"provost/internal/task"
)

const form = "application/x-www-form-urlencoded"

// linked starts a process with a task for somebody, and gives the address of a link that decides about it.
func (b *bench) linked(t *testing.T, user string, work int64) (address, of string) {
	t.Helper()
	source := strings.Replace(leave, `<idm:assignment`, `<idm:form><idm:field name="days" readOnly="true"/></idm:form><idm:mail subject="S" shortcut="true">It waits.</idm:mail><idm:assignment`, 1)
	if work == 1 {
		b.admin.in(t).deploys(source).status(http.StatusCreated)
	}
	made := b.admin.in(t).post(processesPath, map[string]any{"definition": "leave", "values": map[string]any{"days": 3}}).status(http.StatusCreated)
	id := uuid.MustParse(b.opens(t, made.id(), work, user))
	person := uuid.MustParse(b.userID(t, user))
	mail := notice.Mail{ID: uuid.New(), TaskID: &id, UserID: &person}
	b.sql(t, "insert into mails (id, key, kind, address) values ($1::uuid, $1::uuid::text, 'task', 'a@example.org')", mail.ID)
	token, hash := notice.NewToken()
	require.NoError(t, b.platform.Tenant.KeepToken(t.Context(), &mail, hash, time.Now().Add(time.Hour)))
	return notice.Path + token.Reveal(), id.String()
}

func (b *bench) sql(t *testing.T, statement string, args ...any) {
	t.Helper()
	raw, err := pgx.Connect(t.Context(), b.database)
	require.NoError(t, err)
	defer func() { require.NoError(t, raw.Close(t.Context())) }()
	_, err = raw.Exec(t.Context(), "set search_path = t_master, provost")
	require.NoError(t, err)
	_, err = raw.Exec(t.Context(), statement, args...)
	require.NoError(t, err)
}

func (c *client) sends(address string, values url.Values, headers ...string) *answer {
	c.t.Helper()
	return c.do(http.MethodPost, address, strings.NewReader(values.Encode()), append([]string{"Content-Type", form}, headers...)...)
}

func TestLinkShowsAndDecides(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.post("/api/v1/users", person("anna")).status(http.StatusCreated)
	address, id := b.linked(t, "anna", 1)
	visitor := b.visitor(t)
	status := func() any { return b.admin.get(workPath + "/" + id).status(http.StatusOK).object()["status"] }
	for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodGet} {
		shown := visitor.do(method, address, nil, "Purpose", "prefetch").status(http.StatusOK)
		require.Equal(t, "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", shown.head.Get("Content-Security-Policy"))
		require.Equal(t, "no-store", shown.head.Get("Cache-Control"))
		require.Equal(t, "same-origin", shown.head.Get("Referrer-Policy"))
		require.Contains(t, shown.head.Get("X-Robots-Tag"), "noindex")
		require.Empty(t, shown.head.Values("Set-Cookie"))
		require.Equal(t, "open", status(), "%s changes nothing", method)
		if method == http.MethodGet {
			for _, words := range []string{"Decide about it", "Leave of absence", "<dt>Days</dt><dd>3</dd>", `value="yes" class="main">Approve`, `value="no">Refuse`} {
				require.Contains(t, string(shown.body), words)
			}
			require.NotContains(t, string(shown.body), "<script")
		}
	}
	visitor.do(http.MethodPut, address, nil).status(http.StatusMethodNotAllowed)
	visitor.do(http.MethodDelete, address, nil).status(http.StatusMethodNotAllowed)
	visitor.sends(address, url.Values{"outcome": {"no"}}, "Sec-Fetch-Site", "cross-site").status(http.StatusForbidden)
	visitor.sends(address, url.Values{"outcome": {"no"}}, "Origin", "https://elsewhere.example.org").status(http.StatusForbidden)
	for _, bad := range []url.Values{{}, {"outcome": {"f1"}}, {"outcome": {"no"}, "comment": {strings.Repeat("a", 20_000)}}} {
		visitor.sends(address, bad).status(http.StatusUnprocessableEntity)
	}
	visitor.sends(address, url.Values{"outcome": {"no"}, "comment": {strings.Repeat("a", 100_000)}}).status(http.StatusUnprocessableEntity)
	require.Equal(t, "open", status())
	done := visitor.sends(address, url.Values{"outcome": {"no"}, "comment": {"<b>by mail</b>"}}, "Sec-Fetch-Site", "same-origin").status(http.StatusOK)
	require.Contains(t, string(done.body), "Your decision is kept")
	require.NotContains(t, string(done.body), "<button")
	task := b.admin.get(workPath + "/" + id).status(http.StatusOK).object()
	require.Equal(t, "completed anna no <b>by mail</b>", strings.Join([]string{task["status"].(string), task["closedBy"].(string), task["outcome"].(string), task["comment"].(string)}, " "))

	again := visitor.sends(address, url.Values{"outcome": {"yes"}}).status(http.StatusGone)
	require.Contains(t, string(again.body), "used already")
	require.Contains(t, string(visitor.get(address, "Accept-Language", "es-ES,en").status(http.StatusGone).body), "ya se ha usado")
	require.NotContains(t, b.log.String(), strings.TrimPrefix(address, notice.Path), "the token is a secret")
}

func TestLinkOfAnother(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.post("/api/v1/users", person("anna")).status(http.StatusCreated)
	gone := b.admin.post("/api/v1/users", person("gone")).status(http.StatusCreated)
	address, id := b.linked(t, "anna", 1)
	visitor := b.visitor(t)
	tampered := []byte(address)
	tampered[len(tampered)-2] ^= 1
	for _, unknown := range []string{string(tampered), address + "x", address[:len(address)-1], notice.Path + "x", notice.Path + strings.Repeat("A", 43)} {
		found := visitor.get(unknown).status(http.StatusNotFound)
		require.Contains(t, string(found.body), "There is no such link")
		visitor.sends(unknown, url.Values{"outcome": {"yes"}}).status(http.StatusNotFound)
	}
	disabled, _ := b.linked(t, "gone", 2)
	b.sql(t, "update users set active = false where id = $1", gone.id())
	require.Contains(t, string(visitor.sends(disabled, url.Values{"outcome": {"yes"}}).status(http.StatusGone).body), "not active")

	// A session has no say: the link decides as the person it is for.
	b.admin.sends(address, url.Values{"outcome": {"yes"}}).status(http.StatusOK)
	require.Equal(t, "anna", b.admin.get(workPath + "/" + id).status(http.StatusOK).object()["closedBy"])

	other, id := b.linked(t, "anna", 3)
	b.admin.post("/api/v1/parameters", map[string]any{"name": "provost.mail.shortcuts", "value": "false"}).status(http.StatusCreated)
	require.Contains(t, string(visitor.sends(other, url.Values{"outcome": {"yes"}}).status(http.StatusGone).body), "switched off")
	require.Equal(t, "open", b.admin.get(workPath + "/" + id).status(http.StatusOK).object()["status"])
	for range decisionsPerMinute {
		visitor.get(other)
	}
	require.Equal(t, "60", visitor.get(other).status(http.StatusTooManyRequests).head.Get("Retry-After"))
}

func TestGateCountsEachClientAndMinute(t *testing.T) {
	t.Parallel()
	g := &gate{most: 2, seen: map[string]int{}}
	at := time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)
	require.True(t, g.enter("a", at))
	require.True(t, g.enter("a", at))
	require.False(t, g.enter("a", at.Add(time.Second)))
	require.True(t, g.enter("b", at))
	require.True(t, g.enter("a", at.Add(time.Minute)))
}

func TestPageOfALinkWritesValuesForItsReader(t *testing.T) {
	t.Parallel()
	s := &ballot{Language: "es"}
	s.Fields = []process.FieldView{
		{Name: "size", Label: "Talla", Type: "string", Values: []bpm.Value{{Code: "s", Label: "Pequeña"}, {Code: "m"}}},
		{Name: "paid", Type: "boolean"},
		{Name: "days", Type: "number"},
		{Name: "picture", Type: "photo"},
		{Name: "none", Type: "string"},
	}
	s.Values = bpm.Values{
		"size": []byte(`["s", "m", "x"]`), "paid": []byte(`true`), "days": []byte(`1234567`), "picture": []byte(`"AAAA"`), "none": []byte(`null`),
	}
	require.Equal(t, []shown{{"Talla", "Pequeña, m, x"}, {"paid", "Sí"}, {"days", "1234567"}}, s.Shown())
	s.Language = "en"
	s.Values = bpm.Values{"paid": []byte(`false`)}
	require.Equal(t, []shown{{"paid", "No"}}, s.Shown())
}

func TestPageOfALinkHasOneMainButton(t *testing.T) {
	t.Parallel()
	s := &ballot{Language: "en"}
	s.Deciding = true
	require.Equal(t, []way{{task.ApproveAll, "Approve", true}, {task.DenyAll, "Deny", false}}, s.Buttons())
	s.Deciding = false
	s.Decisions = []bpm.Decision{{Flow: "a", Name: "Take"}, {Flow: "b", Name: "Leave"}, {Flow: "c"}}
	require.Equal(t, []way{{"a", "Take", true}, {"b", "Leave", false}, {"c", "Decide", false}}, s.Buttons())
}

func TestPageOfALinkHasTheColoursOfTheConsole(t *testing.T) {
	t.Parallel()
	theme, err := os.ReadFile("../ui/src/theme/theme.ts")
	require.NoError(t, err)
	colours := regexp.MustCompile(`#[0-9a-f]{6}`).FindAllString(string(decideStyle), -1)
	require.Greater(t, len(colours), 20)
	for _, colour := range colours {
		require.Contains(t, string(theme), colour)
	}
}
