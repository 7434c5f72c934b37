package api

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/metadata"
)

// attribute defines a custom attribute of users.
func (b *bench) attribute(code string, kind metadata.DataType, options map[string]any) {
	b.admin.t.Helper()
	b.admin.post("/api/v1/metadata", map[string]any{"objectType": "user", "code": code, "dataType": kind, "options": options}).status(http.StatusCreated)
}

// builtin changes the options of a built-in attribute of users.
func (b *bench) builtin(code string, options map[string]any) {
	b.admin.t.Helper()
	filter := url.QueryEscape(`objectType eq "user" and code eq "` + code + `"`)
	found := b.admin.get("/api/v1/metadata?filter=" + filter).status(http.StatusOK).list()
	require.Len(b.admin.t, found, 1)
	b.admin.patch("/api/v1/metadata/"+found[0]["id"].(string), map[string]any{"options": options}).status(http.StatusOK)
}

func TestHiddenAttributesStayHidden(t *testing.T) {
	t.Parallel()
	b := setup(t)
	hidden := map[string]any{"operatorVisibility": "hidden"}
	b.attribute("salary", metadata.Number, hidden)
	b.builtin("comments", hidden)
	b.builtin("userType", hidden)
	zoe := person("zoe")
	zoe["comments"], zoe["attributes"] = "whispered", map[string]any{"salary": 4711}
	user := "/api/v1/users/" + b.admin.post("/api/v1/users", zoe).status(http.StatusCreated).id()
	clerk := b.clerk(t, "guesser", nil, authz.UserUpdate, authz.UserCreate)

	for _, path := range []string{user, "/api/v1/users", user + "/history", "/api/v1/users?format=csv", "/api/v1/search?q=zoe"} {
		body := string(clerk.get(path).status(http.StatusOK).body)
		require.NotContains(t, body, "whispered", path)
		require.NotContains(t, body, "4711", path)
	}
	header, _ := readCSV(t, clerk.get("/api/v1/users?format=csv").status(http.StatusOK))
	for _, column := range []string{"comments", "userType", "userTypeId", "attributes.salary"} {
		require.NotContains(t, header, column)
		p := clerk.get("/api/v1/users?format=csv&columns=userName,"+column).problem(http.StatusForbidden, "denied")
		require.Contains(t, p.Detail, column)
		for _, question := range []string{"?filter=" + url.QueryEscape(column+" pr"), "?sort=" + column, "?format=csv&filter=" + url.QueryEscape(column+" pr")} {
			p := clerk.get("/api/v1/users"+question).problem(http.StatusForbidden, "denied")
			require.Contains(t, p.Detail, column, question)
		}
		b.admin.get("/api/v1/users?sort=" + column).status(http.StatusOK)
	}
	guesses := map[string]map[string]any{
		"right":          {"attributes": map[string]any{"salary": 4711}},
		"wrong":          {"attributes": map[string]any{"salary": 1}},
		"right built-in": {"comments": "whispered"},
		"clearing":       {"comments": nil},
		"by id":          {"userTypeId": uuid.NewString()},
		"other case":     {"attributes": map[string]any{"SALARY": 4711}},
	}
	for name, guess := range guesses {
		p := clerk.patch(user, guess).problem(http.StatusUnprocessableEntity, "invalid")
		require.Contains(t, p.Errors[0].Message, "may not see", "a guess is refused whether it is %s or not", name)
		bulk := map[string]any{"ids": []string{strings.TrimPrefix(user, "/api/v1/users/")}, "changes": guess}
		clerk.post("/api/v1/users/bulk", bulk).problem(http.StatusUnprocessableEntity, "invalid")
	}
	clerk.post("/api/v1/users/bulk", map[string]any{"filter": "attributes.salary eq 4711", "changes": map[string]any{"phone": "1"}}).
		problem(http.StatusForbidden, "denied")
	clerk.patch(user, map[string]any{"phone": "2"}).status(http.StatusOK)
	seen := b.admin.get(user).status(http.StatusOK).object()
	require.Equal(t, "whispered", seen["comments"], "a change of something else keeps what the clerk cannot see")
	require.Equal(t, map[string]any{"salary": 4711.0}, seen["attributes"])
	refused := clerk.upload("users", "userName,comments\nzoe,x\n", nil).problem(http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, "mapping.comments", refused.Errors[0].Location)
}

func TestReadOnlyAttributesAreRefusedEverywhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	readOnly := map[string]any{"operatorVisibility": "readOnly"}
	b.attribute("grade", metadata.String, readOnly)
	b.builtin("phone", readOnly)
	zoe := person("zoe")
	zoe["phone"], zoe["attributes"] = "1", map[string]any{"grade": "A"}
	id := b.admin.post("/api/v1/users", zoe).status(http.StatusCreated).id()
	user := "/api/v1/users/" + id
	clerk := b.clerk(t, "reader", nil, authz.UserUpdate, authz.UserCreate)
	require.Equal(t, "1", clerk.get(user).status(http.StatusOK).object()["phone"])

	changes := map[string]any{"phone": "2", "attributes.grade": "B"}
	for location, value := range changes {
		patch := map[string]any{location: value}
		if code, custom := strings.CutPrefix(location, "attributes."); custom {
			patch = map[string]any{"attributes": map[string]any{code: value}}
		}
		p := clerk.patch(user, patch).problem(http.StatusUnprocessableEntity, "invalid")
		require.Equal(t, location, p.Errors[0].Location)
		require.Contains(t, p.Errors[0].Message, "read-only for you")

		draft := person("new")
		maps.Copy(draft, patch)
		p = clerk.post("/api/v1/users", draft).problem(http.StatusUnprocessableEntity, "invalid")
		require.Equal(t, location, p.Errors[0].Location)

		report := clerk.post("/api/v1/users/bulk", map[string]any{"ids": []string{id}, "changes": patch}).status(http.StatusOK).object()
		require.InDelta(t, 1.0, report["rejectedCount"], 0)
		require.Equal(t, location, report["rejected"].([]any)[0].(map[string]any)["location"])

		file := "userName,userType,primaryGroup," + location + "\nzoe,I,world,9\nfresh,I,world,9\n"
		report = clerk.upload("users", file, nil).status(http.StatusOK).object()
		require.InDelta(t, 2.0, report["rejectedCount"], 0, "%v", report)
		for _, row := range report["rejected"].([]any) {
			require.Equal(t, location, row.(map[string]any)["location"])
		}
	}
	same := "userName,phone,attributes.grade,lastName\nzoe,1,A,Changed\n"
	report := clerk.upload("users", same, nil).status(http.StatusOK).object()
	require.InDelta(t, 1.0, report["updated"], 0, "what stays as it is needs no permission: %v", report)
	seen := b.admin.get(user).status(http.StatusOK).object()
	require.Equal(t, []any{"1", "Changed"}, []any{seen["phone"], seen["lastName"]})
}

func TestPasswordAttributesAnswerOnlyThatTheyAreSet(t *testing.T) {
	t.Parallel()
	const planted = "planted-4711-zebra"
	b := setup(t)
	b.attribute("pin", metadata.Password, map[string]any{})
	zoe := person("zoe")
	zoe["attributes"] = map[string]any{"pin": planted}
	id := b.admin.post("/api/v1/users", zoe).status(http.StatusCreated).id()
	user := "/api/v1/users/" + id
	pin := func() any {
		return b.admin.get(user).status(http.StatusOK).object()["attributes"].(map[string]any)["pin"]
	}
	require.Equal(t, "•••", pin())
	b.admin.patch(user, map[string]any{"attributes": map[string]any{"pin": "•••"}, "phone": "1"}).status(http.StatusOK)
	require.Equal(t, "•••", pin(), "what was shown can be sent back")
	b.admin.patch(user, map[string]any{"attributes": map[string]any{"pin": nil}}).status(http.StatusOK)
	require.Nil(t, pin())
	report := b.admin.upload("users", "userName,attributes.pin\nzoe,"+planted+"\n", nil).status(http.StatusOK).object()
	require.InDelta(t, 1.0, report["updated"], 0, "%v", report)
	require.Equal(t, "•••", pin())
	b.admin.post("/api/v1/users/bulk", map[string]any{"ids": []string{id}, "changes": map[string]any{"attributes.pin": "bulk-" + planted}}).status(http.StatusOK)
	b.admin.upload("users", "userName,email,attributes.pin\nzoe,wrong,"+planted+"\n", nil).status(http.StatusOK)
	for _, path := range []string{user, user + "/history", "/api/v1/users", "/api/v1/users?format=csv", "/api/v1/audit", "/api/v1/audit?format=csv"} {
		require.NotContains(t, string(b.admin.get(path).status(http.StatusOK).body), planted, path)
	}
	require.NotContains(t, b.log.String(), planted)
	header, _ := readCSV(t, b.admin.get("/api/v1/users?format=csv").status(http.StatusOK))
	require.NotContains(t, header, "attributes.pin")
	b.admin.get("/api/v1/users?filter=attributes.pin+pr").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestEventsTellNoIDsBeyondTheScope(t *testing.T) {
	t.Parallel()
	b := setup(t)
	group := uuid.MustParse(b.admin.post("/api/v1/groups", map[string]any{"name": "north", "parent": "world"}).status(http.StatusCreated).id())
	all, some := listenTo(t, b.admin), listenTo(t, b.clerk(t, "local", &group, authz.UserQuery))
	user := b.admin.post("/api/v1/users", person("elsewhere")).status(http.StatusCreated).id()
	require.Equal(t, Event{Topic: "users", ID: uuid.MustParse(user)}, nextEvent(t, all))
	require.Equal(t, Event{Topic: "users"}, nextEvent(t, some), "they read again what they may see")
	b.events.Publish("systems", uuid.New())
	b.events.Publish("users", uuid.Nil)
	require.Equal(t, Event{Topic: "users"}, nextEvent(t, some), "topics that one may not query are not told at all")
}

func TestOnlyTrustedProxiesSayWhereARequestComesFrom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	signIn := func(forwarded string) string {
		b.visitor(t).post("/api/v1/session", map[string]any{"userName": "admin", "password": "wrong"}, "X-Forwarded-For", forwarded).
			problem(http.StatusUnauthorized, "unauthenticated")
		entry := b.admin.get(`/api/v1/audit?size=1&filter=` + url.QueryEscape(`action eq "refused"`)).status(http.StatusOK).list()[0]
		return entry["remote"].(string)
	}
	require.Equal(t, "127.0.0.1", signIn("192.0.2.7"), "nobody is believed by default")
	b.admin.post("/api/v1/parameters", map[string]any{"name": "soffid.proxy.trustedIps", "value": "everywhere"}).
		problem(http.StatusUnprocessableEntity, "invalid")
	b.admin.post("/api/v1/parameters", map[string]any{"name": "soffid.proxy.trustedIps", "value": "127.0.0.0/8, 198.51.100.1"}).status(http.StatusCreated)
	for forwarded, expected := range map[string]string{
		"192.0.2.7": "192.0.2.7", "10.1.2.3, 192.0.2.8, 198.51.100.1": "192.0.2.8", "nonsense": "127.0.0.1",
	} {
		require.Equal(t, expected, signIn(forwarded), forwarded)
	}
	require.Contains(t, b.log.String(), `"remote":"192.0.2.8"`)
	answer := b.visitor(t).post("/api/v1/session", map[string]any{"userName": "admin", "password": b.password}, "X-Forwarded-For", "192.0.2.9")
	answer.status(http.StatusOK)
	var remote string
	connection, err := pgx.Connect(t.Context(), b.database)
	require.NoError(t, err)
	require.NoError(t, connection.QueryRow(t.Context(), "select remote from t_master.sessions order by created_at desc limit 1").Scan(&remote))
	require.Equal(t, "192.0.2.9", remote, "sessions keep the client's address")
	require.NoError(t, connection.Close(context.WithoutCancel(t.Context())))
}

func TestBrokenScriptsAreNotSaved(t *testing.T) {
	t.Parallel()
	w := watch(t)
	const broken = "var a = 1;\nif (a { return a }"
	cases := []struct {
		name, path, location string
		body                 map[string]any
	}{
		{"naming rule", "naming-rules", "script", map[string]any{"code": "r", "kind": "script", "script": broken}},
		{"naming condition", "naming-rules", "condition", map[string]any{"code": "r", "kind": "script", "script": "null", "condition": broken}},
		{"validation", "metadata", "options.validationScript", attributeWith("validationScript", broken)},
		{"visibility", "metadata", "options.visibilityScript", attributeWith("visibilityScript", broken)},
		{"on load", "metadata", "options.onLoad", attributeWith("onLoad", broken)},
		{"on change", "metadata", "options.onChange", attributeWith("onChange", broken)},
		{"mapping out", "systems", "mappings[0].rows[1].provost", agentWith(broken, "b", "<=", "")},
		{"mapping in", "systems", "mappings[0].rows[1].system", agentWith("b", broken, "=>", "")},
		{"condition", "systems", "mappings[0].condition", agentWith("b", "b", "=>", broken)},
	}
	for _, c := range cases {
		p := w.admin.post("/api/v1/"+c.path, c.body).problem(http.StatusUnprocessableEntity, "invalid")
		require.Equal(t, c.location, p.Errors[0].Location, c.name)
		require.Contains(t, p.Errors[0].Message, "Line 2, column", c.name)
	}
	triggers := agentWith("b", "b", "=>", "")
	triggers["mappings"].([]map[string]any)[0]["triggers"] = []map[string]any{{"kind": "preInsert", "script": broken}}
	triggers["loadTriggers"] = []map[string]any{{"objectType": "user", "event": "preInsert", "script": broken}}
	p := w.admin.post("/api/v1/systems", triggers).problem(http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, []string{"mappings[0].triggers[0]", "loadTriggers[0].script"}, []string{p.Errors[0].Location, p.Errors[1].Location}, "all at once")

	// The sample of guide page 039 is BeanShell; a new installation reads JavaScript (guide page 044).
	const beanShell = `return "E".equals(object{"userType"});`
	rule := map[string]any{"code": "bsh", "kind": "script", "script": beanShell}
	w.admin.post("/api/v1/naming-rules", rule).problem(http.StatusUnprocessableEntity, "invalid")
	setting := "/api/v1/parameters/" + w.admin.get("/api/v1/parameters?filter=" + url.QueryEscape(`name eq "soffid.interpreter"`)).
		status(http.StatusOK).list()[0]["id"].(string)
	w.admin.remove(setting).status(http.StatusNoContent)
	id := w.admin.post("/api/v1/naming-rules", rule).status(http.StatusCreated).id()
	w.admin.post("/api/v1/parameters", map[string]any{"name": "soffid.interpreter", "value": "javascript"}).status(http.StatusCreated)
	w.admin.patch("/api/v1/naming-rules/"+id, map[string]any{"description": "changed"}).status(http.StatusOK)
	rule["code"], rule["script"] = "marked", "/*bsh*/ "+beanShell
	w.admin.post("/api/v1/naming-rules", rule).status(http.StatusCreated)
}

func attributeWith(option, script string) map[string]any {
	return map[string]any{"objectType": "user", "code": "x", "dataType": "string", "options": map[string]any{option: script}}
}

func agentWith(provost, system, direction, condition string) map[string]any {
	return map[string]any{
		"name": "sample", "connector": "csv", "parameters": map[string]any{"file": "sample.csv"},
		"mappings": []map[string]any{{
			"systemObject": "users.csv", "objectType": "user", "condition": condition,
			"rows": []map[string]any{{"system": "a", "direction": "<=>", "provost": "userName"}, {"system": system, "direction": direction, "provost": provost}},
		}},
	}
}
