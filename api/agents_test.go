package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/connector"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/monitor"
)

const systemsPath = "/api/v1/systems/"

func TestConnectors(t *testing.T) {
	t.Parallel()
	w := watch(t)
	kinds := w.admin.get("/api/v1/connectors").status(http.StatusOK).list()
	require.Len(t, kinds, 2)
	var directory map[string]any
	for _, k := range kinds {
		if k["name"] == "ldap" {
			directory = k
		}
	}
	require.Contains(t, directory["capabilities"], "schema")
	require.NotEmpty(t, directory["templates"])
	types := map[any]any{}
	for _, p := range directory["parameters"].([]any) {
		types[p.(map[string]any)["name"]] = p.(map[string]any)["type"]
	}
	require.Equal(t, "secret", types["password"])
}

func TestConnectionOfADirectory(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system, _ := w.directory(t)
	path := systemsPath + system.ID.String()

	good := w.admin.do(http.MethodPost, path+"/test", nil).status(http.StatusOK).object()
	require.Equal(t, true, good["ok"])
	require.Empty(t, good["message"])

	var person map[string]any
	for _, class := range w.admin.get(path + "/schema").status(http.StatusOK).list() {
		if strings.EqualFold(class["name"].(string), "inetOrgPerson") {
			person = class
		}
	}
	names := []any{}
	for _, a := range person["attributes"].([]any) {
		names = append(names, a.(map[string]any)["name"])
	}
	require.Contains(t, names, "mail")

	defaults := w.admin.do(http.MethodPost, path+"/default-mappings", nil).status(http.StatusOK).list()
	require.NotEmpty(t, defaults)
	require.NotEmpty(t, defaults[0]["rows"])

	w.admin.patch(path, map[string]any{"parameters": map[string]any{"password": "wrong"}}).status(http.StatusOK)
	refused := w.admin.do(http.MethodPost, path+"/test", nil).status(http.StatusOK).object()
	require.Equal(t, false, refused["ok"])
	require.Equal(t, "auth", refused["errorClass"])
	require.NotEmpty(t, refused["message"])
	require.NotContains(t, refused["message"], "wrong")
}

func TestWhatWaitsGoesOnWhenTheConnectionWorks(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.engine("auto", 100)
	system := w.file(t, "Badges", "login,mail,title\n")
	w.user(t, "anna")
	path := systemsPath + system.ID.String()
	w.admin.do(http.MethodPost, path+"/test", nil).status(http.StatusOK)
	probes := "select key from outbox where kind = 'agent.probe'"
	require.Empty(t, w.texts(t, probes), "nothing waits")
	w.part(t, w.open(t)[0], system, "waiting", "")
	w.admin.do(http.MethodPost, path+"/test", nil).status(http.StatusOK)
	require.Equal(t, []string{"probe/badges"}, w.texts(t, probes))

	w.exec(t, "delete from outbox")
	w.admin.patch(path, map[string]any{"paused": true}).status(http.StatusOK)
	require.Empty(t, w.texts(t, probes))
	w.admin.patch(path, map[string]any{"paused": false}).status(http.StatusOK)
	require.Equal(t, []string{"probe/badges"}, w.texts(t, probes), "an agent that goes on looks after what waited")
}

func TestActualAccount(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system, server := w.directory(t)
	anna, bert := w.user(t, "anna"), w.user(t, "bert")
	hers, his := w.account(t, &anna, system), w.account(t, &bert, system)
	w.entry(t, system, connector.Attributes{
		"dn": "uid=anna,ou=people,dc=example,dc=org", "uid": "anna", "cn": "Somebody Else", "sn": "anna", "mail": "anna@example.org", "userPassword": "planted-secret",
	})
	path := "/api/v1/accounts/" + hers.ID.String() + "/actual"

	answer := w.admin.get(path).status(http.StatusOK)
	require.NotContains(t, string(answer.body), "planted-secret")
	object := answer.object()["objects"].([]any)[0].(map[string]any)
	require.Equal(t, true, object["found"])
	require.Equal(t, true, object["wanted"])
	require.Equal(t, "uid=anna,ou=people,dc=example,dc=org", object["key"])
	sides := map[string]map[string]any{}
	for _, a := range object["attributes"].([]any) {
		side := a.(map[string]any)
		sides[side["attribute"].(string)] = side
	}
	require.Equal(t, true, sides["cn"]["differs"])
	require.Equal(t, "Somebody Else", sides["cn"]["theirs"])
	require.Equal(t, anna.FullName, sides["cn"]["ours"])
	require.Equal(t, false, sides["mail"]["differs"])
	require.Equal(t, account.Mask, sides["userPassword"]["theirs"], "its presence is told, its value is not")
	require.Equal(t, false, sides["userPassword"]["mapped"])

	absent := w.admin.get("/api/v1/accounts/" + his.ID.String() + "/actual").status(http.StatusOK).object()["objects"].([]any)[0].(map[string]any)
	require.Equal(t, false, absent["found"])
	require.Equal(t, true, absent["wanted"])

	require.NoError(t, server.Stop(t.Context()))
	problem := w.admin.get(path).problem(http.StatusServiceUnavailable, "unavailable")
	require.Contains(t, problem.Detail, "Directory does not answer")
	away := w.admin.do(http.MethodPost, systemsPath+system.ID.String()+"/test", nil).status(http.StatusOK).object()
	require.Equal(t, false, away["ok"])
	require.Equal(t, "unavailable", away["errorClass"])
}

func TestActualAccountIsForThoseWhoMaySeeTheAccount(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system := w.file(t, "Badges", "login,mail,title\nanna,anna@example.org,Dr. anna\n")
	group, err := w.own.Groups.Create(asPlatform(t), identity.Group{Name: "sample", ParentID: new(identity.World)})
	require.NoError(t, err)
	inside, outside := w.user(t, "anna", group.ID), w.user(t, "bert")
	hers, his := w.account(t, &inside, system), w.account(t, &outside, system)
	limited := w.clerk(t, "limited", &group.ID, authz.AccountQuery)
	found := limited.get("/api/v1/accounts/" + hers.ID.String() + "/actual").status(http.StatusOK).object()
	for _, a := range found["objects"].([]any)[0].(map[string]any)["attributes"].([]any) {
		require.Equal(t, false, a.(map[string]any)["differs"], "%v", a)
	}
	limited.get("/api/v1/accounts/"+his.ID.String()+"/actual").problem(http.StatusNotFound, "notFound")
}

func TestMappingsAreTried(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system := w.file(t, "Badges", "login,mail,title\nbert,bert@example.net,Mr.\n")
	w.user(t, "anna")
	path := systemsPath + system.ID.String()

	result := w.admin.post(path+"/evaluate", map[string]any{"index": 0, "object": "anna"}).status(http.StatusOK).object()
	require.Equal(t, true, result["applies"])
	require.Equal(t, map[string]any{"login": "anna", "mail": "anna@example.org", "title": "Dr. anna"}, result["object"])
	require.Contains(t, result["log"], "title of anna")
	rows := result["rows"].([]any)
	require.Len(t, rows, 3, "rows that flow inwards say nothing here")
	require.Equal(t, "Dr. anna", rows[2].(map[string]any)["value"])

	draft := map[string]any{"systemObject": "person", "objectType": "user", "condition": "active", "rows": []any{
		map[string]any{"system": "login", "direction": "<=", "provost": "accountName"},
		map[string]any{"system": "title", "direction": "<=", "provost": "nobody.name.length + 1"},
	}}
	failed := w.admin.post(path+"/evaluate", map[string]any{"mapping": draft, "object": "anna"}).status(http.StatusOK).object()["rows"].([]any)
	require.Equal(t, "anna", failed[0].(map[string]any)["value"])
	require.Empty(t, failed[0].(map[string]any)["error"])
	require.Contains(t, failed[1].(map[string]any)["error"], "nobody")

	raw := w.admin.post(path+"/fetch-raw", map[string]any{"index": 0, "object": "bert"}).status(http.StatusOK).object()
	require.Equal(t, map[string]any{"login": "bert", "mail": "bert@example.net", "title": "Mr."}, raw["attributes"])
	mapped := w.admin.post(path+"/fetch-mapped", map[string]any{"index": 0, "object": "bert"}).status(http.StatusOK).object()
	require.Equal(t, map[string]any{"accountName": "bert", "emailAddress": "bert@example.net"}, mapped["object"])

	w.admin.post(path+"/fetch-raw", map[string]any{"index": 0, "object": "nobody"}).problem(http.StatusNotFound, "notFound")
	w.admin.post(path+"/evaluate", map[string]any{"index": 0, "object": "nobody"}).problem(http.StatusNotFound, "notFound")
	w.admin.post(path+"/evaluate", map[string]any{"index": 7, "object": "anna"}).problem(http.StatusUnprocessableEntity, "invalid")
	draft["rows"] = []any{map[string]any{"system": "login", "direction": "<=>", "provost": "1 + 1"}}
	wrong := w.admin.post(path+"/evaluate", map[string]any{"mapping": draft, "object": "anna"}).problem(http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, "mapping.rows[0].provost", wrong.Errors[0].Location)
	draft["objectType"], draft["rows"] = "mailList", []any{}
	w.admin.post(path+"/evaluate", map[string]any{"mapping": draft, "object": "anna"}).problem(http.StatusConflict, "conflict")
}

func TestMappingsOfGroupsAndRolesAreTried(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system := w.file(t, "Badges", "login,mail,title\n")
	shared := w.account(t, nil, system)
	_, err := w.own.Roles.Create(asPlatform(t), entitlement.Role{Name: "porter", System: "Badges", InformationSystem: "SOFFID"})
	require.NoError(t, err)
	for _, test := range []struct{ kind, object, ours, label string }{
		{"group", "world", "name", "world"},
		{"account", shared.ID.String(), "accountName", "shared"},
		{"account", "shared", "accountName", "shared"},
		{"role", "porter", "name", "porter"},
		{"user", "shared", "accountName", "shared"},
	} {
		draft := map[string]any{"systemObject": "thing", "objectType": test.kind, "rows": []any{
			map[string]any{"system": "label", "direction": "<=", "provost": test.ours},
		}}
		result := w.admin.post(systemsPath+system.ID.String()+"/evaluate", map[string]any{"mapping": draft, "object": test.object}).status(http.StatusOK).object()
		require.Equal(t, map[string]any{"label": test.label}, result["object"], "%s %s", test.kind, test.object)
	}
}

func TestAProcessWithoutConnectionsAndScriptsSaysSo(t *testing.T) {
	t.Parallel()
	w := watch(t, func(d *monitor.Deps) { d.Pool, d.Scripts, d.Connectors = nil, nil, nil })
	system := w.file(t, "Badges", "login,mail,title\n")
	anna := w.user(t, "anna")
	hers := w.account(t, &anna, system)
	path := systemsPath + system.ID.String()
	w.admin.do(http.MethodPost, path+"/test", nil).problem(http.StatusServiceUnavailable, "unavailable")
	w.admin.get(path+"/schema").problem(http.StatusServiceUnavailable, "unavailable")
	w.admin.get("/api/v1/accounts/"+hers.ID.String()+"/actual").problem(http.StatusServiceUnavailable, "unavailable")
	w.admin.post(path+"/evaluate", map[string]any{"index": 0, "object": "anna"}).problem(http.StatusServiceUnavailable, "unavailable")
	require.Empty(t, w.admin.get("/api/v1/connectors").status(http.StatusOK).list())
}

func TestAnAgentThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system := w.file(t, "Badges", "login,mail,title\n")
	path := systemsPath + system.ID.String()
	w.exec(t, `update systems set parameters = parameters || '{"file": "/nowhere/sample.csv"}', version = version + 1`)
	refused := w.admin.do(http.MethodPost, path+"/test", nil).status(http.StatusOK).object()
	require.Equal(t, false, refused["ok"])
	require.Contains(t, refused["message"], "/nowhere")
	w.admin.post(path+"/fetch-raw", map[string]any{"index": 0, "object": "anna"}).problem(http.StatusServiceUnavailable, "unavailable")
	w.exec(t, `update systems set connector = 'gone', version = version + 1`)
	w.admin.do(http.MethodPost, path+"/default-mappings", nil).problem(http.StatusConflict, "conflict")
	require.Equal(t, "policy", w.admin.do(http.MethodPost, path+"/test", nil).status(http.StatusOK).object()["errorClass"])
}

func TestMappingsTravelAsXML(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system := w.file(t, "Badges", "login,mail,title\n")
	other := w.file(t, "Doors", "login,mail,title\n")
	path := systemsPath + other.ID.String() + "/mappings/import"
	export := w.admin.do(http.MethodPost, systemsPath+system.ID.String()+"/mappings/export", nil).status(http.StatusOK)
	require.Contains(t, export.head.Get("Content-Type"), "application/xml")
	require.Contains(t, export.head.Get("Content-Disposition"), "mapping-badges.xml")

	same := w.admin.do(http.MethodPost, path+"?dryRun=true", strings.NewReader(string(export.body)), "Content-Type", "application/xml").status(http.StatusOK).object()
	require.Len(t, same["unchanged"], 1)
	changed := strings.ReplaceAll(string(export.body), "person", "member")
	dry := w.admin.do(http.MethodPost, path+"?dryRun=true", strings.NewReader(changed), "Content-Type", "application/xml").status(http.StatusOK).object()
	require.Equal(t, "person", dry["deleted"].([]any)[0].(map[string]any)["systemObject"], "what is lost is shown first")
	require.Equal(t, "member", dry["added"].([]any)[0].(map[string]any)["systemObject"])
	mappings := func() any {
		return w.admin.get(systemsPath + other.ID.String()).object()["mappings"].([]any)[0].(map[string]any)["systemObject"]
	}
	require.Equal(t, "person", mappings(), "a dry run writes nothing")
	w.admin.do(http.MethodPost, path, strings.NewReader(changed), "Content-Type", "application/xml", "If-Match", `"99"`).problem(http.StatusPreconditionFailed, "stale")
	w.admin.do(http.MethodPost, path, strings.NewReader(changed), "Content-Type", "application/xml").status(http.StatusOK)
	require.Equal(t, "member", mappings())
	w.admin.do(http.MethodPost, path, strings.NewReader("<nonsense/>"), "Content-Type", "application/xml").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestPolicyPreview(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system := w.file(t, "Badges", "login,mail,title\n")
	anna := w.user(t, "anna")
	w.account(t, &anna, system)
	path := systemsPath + system.ID.String() + "/preview-policy"
	before := w.admin.post(path, map[string]any{}).status(http.StatusOK).object()
	after := w.admin.post(path, map[string]any{"roleBased": true}).status(http.StatusOK).object()
	require.EqualValues(t, 0, before["lose"])
	require.EqualValues(t, 1, after["lose"])
	require.Equal(t, false, w.admin.get(systemsPath + system.ID.String()).object()["roleBased"], "nothing is written")
	w.admin.post(path, map[string]any{"threads": "many"}).problem(http.StatusUnprocessableEntity, "invalid")
}

func TestAgentsAskForPermissions(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system := w.file(t, "Badges", "login,mail,title\n")
	path := systemsPath + system.ID.String()
	reader := w.clerk(t, "reader", nil, authz.SystemQuery)
	reader.get("/api/v1/connectors").status(http.StatusOK)
	reader.get(path + "/status").status(http.StatusOK)
	reader.get(path+"/schema").problem(http.StatusForbidden, "denied")
	for _, action := range []string{"/test", "/evaluate", "/fetch-raw", "/fetch-mapped", "/mappings/import", "/preview-policy"} {
		reader.post(path+action, map[string]any{"index": 0, "object": "anna"}).problem(http.StatusForbidden, "denied")
	}
	nobody := w.clerk(t, "nobody", nil, authz.GroupQuery)
	nobody.get("/api/v1/connectors").problem(http.StatusForbidden, "denied")
	nobody.get(path+"/status").problem(http.StatusForbidden, "denied")
	nobody.do(http.MethodPost, path+"/mappings/export", nil).problem(http.StatusForbidden, "denied")
	nobody.do(http.MethodPost, path+"/default-mappings", nil).problem(http.StatusForbidden, "denied")
	w.admin.do(http.MethodPost, systemsPath+uuid.NewString()+"/test", nil).problem(http.StatusNotFound, "notFound")
	w.admin.get(systemsPath+uuid.NewString()+"/status").problem(http.StatusNotFound, "notFound")
	w.admin.do(http.MethodPost, systemsPath+account.InternalSystem.String()+"/test", nil).problem(http.StatusConflict, "conflict")

	// Who configures agents sees of people only what their other permissions open.
	w.user(t, "anna")
	engineer := w.clerk(t, "engineer", nil, authz.SystemUpdate)
	engineer.post(path+"/evaluate", map[string]any{"index": 0, "object": "anna"}).problem(http.StatusForbidden, "denied")
}
