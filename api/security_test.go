package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
)

// operations reads all operations from the document: path, method, permission.
func operations(t *testing.T) []struct{ path, method, permission string } {
	t.Helper()
	text, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	var document struct {
		Paths map[string]map[string]map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(text, &document))
	var out []struct{ path, method, permission string }
	for path, methods := range document.Paths {
		for method, operation := range methods {
			permission, _ := operation["x-permission"].(string)
			out = append(out, struct{ path, method, permission string }{path, strings.ToUpper(method), permission})
		}
	}
	require.Greater(t, len(out), 100)
	return out
}

func TestEveryOperationAsksForItsPermission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	visitor, powerless := b.visitor(t), b.clerk(t, "powerless", nil)
	for _, op := range operations(t) {
		path := strings.NewReplacer("{id}", uuid.NewString(), "{objectType}", "user").Replace(op.path)
		if strings.HasPrefix(op.path, "/api/v1/audit/") {
			path = "/api/v1/audit/1"
		}
		name := op.method + " " + op.path
		switch op.permission {
		case "":
			require.Equal(t, "/api/v1/session", op.path, "%s is open to everybody", name)
		case "signed-in":
			require.Equal(t, http.StatusUnauthorized, visitor.do(op.method, path, nil).code, name)
		default:
			_, err := authz.Parse(op.permission)
			require.NoError(t, err, name)
			require.Equal(t, http.StatusUnauthorized, visitor.do(op.method, path, nil).code, name)
			p := powerless.do(op.method, path, nil).problem(http.StatusForbidden, "denied")
			require.Contains(t, p.Detail, op.permission, "%s must name what is missing", name)
		}
	}
}

func TestDocumentSaysWhatTheServicesAsk(t *testing.T) {
	t.Parallel()
	b := setup(t)
	served := b.visitor(t).get("/openapi.json").status(http.StatusOK)
	var document struct {
		Paths map[string]map[string]map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(served.body, &document))
	for _, op := range operations(t) {
		permission, _ := document.Paths[op.path][strings.ToLower(op.method)]["x-permission"].(string)
		require.Equal(t, op.permission, permission, "%s %s", op.method, op.path)
	}
}

// region is two departments with a user, an account and a grant each, and a clerk who is limited to the first.
type region struct {
	inside, outside map[string]string // path → id
	clerk           *client
}

func setupRegion(t *testing.T, b *bench) region {
	t.Helper()
	c := b.admin
	system := c.post("/api/v1/systems", map[string]any{"name": "hr", "connector": "sample"}).status(http.StatusCreated).id()
	application := c.post("/api/v1/information-systems", map[string]any{"name": "HR"}).status(http.StatusCreated).id()
	role := c.post("/api/v1/roles", map[string]any{"name": "VIEW", "systemId": system, "informationSystemId": application}).status(http.StatusCreated).id()
	var made [2]map[string]string
	for i, name := range []string{"north", "south"} {
		group := c.post("/api/v1/groups", map[string]any{"name": name, "parent": "world"}).status(http.StatusCreated).id()
		draft := person("person-" + name)
		draft["primaryGroup"] = name
		user := c.post("/api/v1/users", draft).status(http.StatusCreated).id()
		account := c.post("/api/v1/accounts", map[string]any{"systemId": system, "name": name, "userId": user, "userType": "I"}).status(http.StatusCreated).id()
		grant := c.post("/api/v1/grants", map[string]any{"accountId": account, "roleId": role}).status(http.StatusCreated).list()[0]["id"]
		membership := c.post("/api/v1/memberships", map[string]any{"userId": b.userID(t, "admin"), "groupId": group}).status(http.StatusCreated).id()
		made[i] = map[string]string{"users": user, "groups": group, "accounts": account, "grants": fmt.Sprint(grant), "memberships": membership}
	}
	limit := uuid.MustParse(made[0]["groups"])
	r := region{inside: made[0], outside: made[1]}
	r.clerk = b.clerk(t, "regional", &limit, authz.UserUpdate, authz.UserDelete, authz.UserCreate, authz.UserPassword, authz.GroupUpdate,
		authz.AccountUpdate, authz.GrantRevoke, authz.GrantQuery)
	return r
}

func (b *bench) userID(t *testing.T, name string) string {
	t.Helper()
	found := b.admin.get("/api/v1/users?filter=userName+eq+%22" + name + "%22").status(http.StatusOK).list()
	require.Len(t, found, 1)
	return fmt.Sprint(found[0]["id"])
}

func TestLimitsHoldInListsCountsTablesAndHistories(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := setupRegion(t, b)
	for _, path := range []string{"users", "groups", "accounts", "grants", "memberships"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			clerk, address := r.clerk.in(t), "/api/v1/"+path
			listed := clerk.get(address + "?size=1000").status(http.StatusOK)
			require.Contains(t, listed.names("id"), r.inside[path])
			require.NotContains(t, listed.names("id"), r.outside[path])
			require.Equal(t, strconv.Itoa(len(listed.list())), listed.head.Get("X-Total-Count"))
			table := string(clerk.get(address, "Accept", "text/csv").status(http.StatusOK).body)
			require.Contains(t, table, r.inside[path])
			require.NotContains(t, table, r.outside[path])

			clerk.get(address + "/" + r.inside[path]).status(http.StatusOK)
			clerk.get(address + "/" + r.inside[path] + "/history").status(http.StatusOK)
			clerk.get(address+"/"+r.outside[path]).problem(http.StatusNotFound, "notFound")
			clerk.get(address+"/"+r.outside[path]+"/history").problem(http.StatusNotFound, "notFound")
			filtered := clerk.get(address + "?filter=id+eq+%22" + r.outside[path] + "%22").status(http.StatusOK)
			require.Equal(t, "0", filtered.head.Get("X-Total-Count"), "a filter must not tell what a list does not")
		})
	}
	found := string(r.clerk.get("/api/v1/search?q=south").status(http.StatusOK).body)
	require.NotContains(t, found, "south")
	require.Contains(t, string(r.clerk.get("/api/v1/search?q=north").status(http.StatusOK).body), "person-north")
}

func TestLimitsHoldForChanges(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := setupRegion(t, b)
	outside := "/api/v1/users/" + r.outside["users"]
	r.clerk.patch(outside, map[string]any{"phone": "1"}).problem(http.StatusNotFound, "notFound")
	r.clerk.remove(outside).problem(http.StatusNotFound, "notFound")
	r.clerk.post(outside+"/password", map[string]any{"password": "chosen by a stranger"}).problem(http.StatusNotFound, "notFound")
	for _, below := range []string{"accounts", "grants", "memberships", "effective-roles"} {
		r.clerk.get(outside+"/"+below).problem(http.StatusNotFound, "notFound")
		r.clerk.get("/api/v1/users/" + r.inside["users"] + "/" + below).status(http.StatusOK)
	}
	r.clerk.post("/api/v1/users", person("elsewhere")).problem(http.StatusForbidden, "denied")
	moved := r.clerk.patch("/api/v1/users/"+r.inside["users"], map[string]any{"primaryGroup": "south"})
	require.GreaterOrEqual(t, moved.code, 400, "nobody moves an object out of their own reach: %s", moved.body)

	report := r.clerk.post("/api/v1/users/bulk", map[string]any{"ids": []string{r.inside["users"], r.outside["users"]}, "changes": map[string]any{"phone": "7"}}).
		status(http.StatusOK).object()
	require.InEpsilon(t, 1.0, report["matched"], 0)
	require.Empty(t, b.admin.get(outside).object()["phone"])
	loaded := r.clerk.upload("users", "userName,phone\nperson-south,9\n", nil).status(http.StatusOK).object()
	require.InEpsilon(t, 1.0, loaded["rejectedCount"], 0, "%v", loaded)
	require.Empty(t, b.admin.get(outside).object()["phone"])
}

func TestPagesOfOtherSitesCannotAct(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://elsewhere.example.com"}} {
		b.admin.post("/api/v1/groups", map[string]any{"name": "forged", "parent": "world"}, headers...).problem(http.StatusForbidden, "crossOrigin")
		b.admin.remove("/api/v1/session", headers...).problem(http.StatusForbidden, "crossOrigin")
		b.admin.get("/api/v1/groups", headers...).status(http.StatusOK)
	}
	b.admin.post("/api/v1/groups", map[string]any{"name": "own", "parent": "world"}, "Sec-Fetch-Site", "same-origin").status(http.StatusCreated)
	require.Equal(t, "0", b.admin.get("/api/v1/groups?filter=name+eq+%22forged%22").head.Get("X-Total-Count"))
}

func TestAuthorisationsCountAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.clerk(t, "changing", nil, authz.GroupQuery)
	c.get("/api/v1/groups").status(http.StatusOK)
	given := b.admin.get("/api/v1/authorizations?filter=permission+eq+%22group%3Aquery%22").status(http.StatusOK).list()
	require.Len(t, given, 1)
	b.admin.remove("/api/v1/authorizations/" + fmt.Sprint(given[0]["id"])).status(http.StatusNoContent)
	c.get("/api/v1/groups").problem(http.StatusForbidden, "denied")

	b.admin.patch("/api/v1/users/"+b.userID(t, "changing"), map[string]any{"active": false}).status(http.StatusOK)
	c.get("/api/v1/session").problem(http.StatusUnauthorized, "unauthenticated")
}

const planted = "planted-secret-of-the-sample-system"

func TestSecretsLeaveTheirVaultNowhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.admin
	made := c.post("/api/v1/systems", map[string]any{"name": "vaulted", "connector": "sample", "parameters": map[string]any{"url": "x", "password": planted}}).status(http.StatusCreated)
	one := made.head.Get("Location")
	setting := c.post("/api/v1/parameters", map[string]any{"name": "mail.password", "value": planted}).status(http.StatusCreated)
	bodies := map[string]*answer{
		"made": made, "setting": setting,
		"changed":   c.patch(one, map[string]any{"description": "x"}).status(http.StatusOK),
		"again":     c.patch(one, map[string]any{"parameters": map[string]any{"password": planted + "2"}}).status(http.StatusOK),
		"parameter": c.patch(setting.head.Get("Location"), map[string]any{"description": "x"}).status(http.StatusOK),
		"refused":   c.post("/api/v1/systems", map[string]any{"name": "vaulted", "connector": "sample", "parameters": map[string]any{"password": planted}}),
		"wrong":     c.patch(one, map[string]any{"parameters": map[string]any{"password": map[string]any{"x": planted}}}),
		"import":    c.upload("systems", "name,connector,parameters\nvaulted2,sample,\"{\"\"password\"\":\"\""+planted+"\"\"}\"\n", nil),
	}
	for _, path := range []string{
		one, one + "/history", setting.head.Get("Location"), setting.head.Get("Location") + "/history", "/api/v1/systems?size=1000", "/api/v1/parameters?size=1000",
		"/api/v1/systems?format=csv", "/api/v1/parameters?format=csv", "/api/v1/audit?size=1000", "/api/v1/audit?format=csv", "/api/v1/search?q=vaulted",
		"/api/v1/systems?q=" + planted,
	} {
		bodies[path] = c.get(path).status(http.StatusOK)
	}
	for name, a := range bodies {
		require.NotContains(t, string(a.body), planted, name)
	}
	require.NotContains(t, b.log.String(), planted)
	require.NotContains(t, b.log.String(), b.password)
	require.Contains(t, string(bodies[one].body), "•••")
	for _, filter := range []string{"parameters.password eq \"x\"", "secretId pr"} {
		c.get("/api/v1/parameters?filter="+strings.ReplaceAll(filter, " ", "+")).problem(http.StatusUnprocessableEntity, "invalid")
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{"/", "/api/v1/session", "/healthz", "/docs", "/api/nothing"} {
		head := b.admin.get(path).head
		require.Equal(t, "nosniff", head.Get("X-Content-Type-Options"), path)
		require.Contains(t, head.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
		require.NotEmpty(t, head.Get("X-Request-ID"), path)
	}
	require.Equal(t, "no-store", b.admin.get("/api/v1/session").head.Get("Cache-Control"))
	require.Empty(t, b.admin.get("/").head.Get("Strict-Transport-Security"))
	require.NotEmpty(t, b.admin.get("/", "X-Forwarded-Proto", "https").head.Get("Strict-Transport-Security"))
}

func TestPermissionsAreTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.clerk(t, "holder", nil, authz.UserUpdate)
	listed := b.admin.get("/api/v1/permissions", "Accept-Language", "es").status(http.StatusOK).list()
	require.Len(t, listed, len(authz.Catalogue()))
	i := slices.IndexFunc(listed, func(p map[string]any) bool { return p["permission"] == "user:update" })
	require.Contains(t, listed[i]["implies"], "user:query")
	require.Contains(t, fmt.Sprint(listed[i]["roles"]), "CLERK_HOLDER")
	require.Contains(t, listed[i]["description"], "Modificar")
}
