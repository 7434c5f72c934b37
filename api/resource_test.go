package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// scenario is one resource: how to make an object, one change, and the member that shows it.
type scenario struct {
	path   string
	create map[string]any
	change map[string]any
	member string
	// fixed resources know no change.
	fixed bool
	// logical deletion leaves the object, marked (guide 016).
	logical bool
}

// scenarios gives every resource that is written through POST and PATCH, with what its objects refer to.
func scenarios(b *bench) []scenario {
	w := b.world()
	return []scenario{
		{path: "users", create: person("cleo"), change: map[string]any{"lastName": "Changed"}, member: "fullName"},
		{path: "user-types", create: map[string]any{"name": "P", "description": "Partner"}, change: map[string]any{"description": "x"}, member: "description"},
		{path: "groups", create: map[string]any{"name": "sales", "parent": "world"}, change: map[string]any{"description": "x"}, member: "description"},
		{path: "group-types", create: map[string]any{"name": "unit"}, change: map[string]any{"roleHolder": true}, member: "roleHolder"},
		{path: "mail-domains", create: map[string]any{"name": "example.org"}, change: map[string]any{"obsolete": true}, member: "obsolete"},
		{path: "memberships", create: map[string]any{"userId": w.user, "groupId": w.group}, change: map[string]any{"comments": "x"}, member: "comments"},
		{path: "accounts", create: map[string]any{"systemId": w.system, "name": "root", "type": "shared", "userType": "I"}, change: map[string]any{"description": "x"}, member: "description", logical: true},
		{path: "account-access", create: map[string]any{"accountId": w.shared, "level": "owner", "userId": w.user}, change: map[string]any{"level": "manager"}, member: "level"},
		{path: "systems", create: map[string]any{"name": "files", "connector": "sample"}, change: map[string]any{"description": "x"}, member: "description"},
		{path: "naming-rules", create: map[string]any{"code": "HAND", "kind": "manual"}, change: map[string]any{"description": "x"}, member: "description"},
		{path: "password-domains", create: map[string]any{"code": "OTHER"}, change: map[string]any{"description": "x"}, member: "description"},
		{path: "information-systems", create: map[string]any{"name": "Billing"}, change: map[string]any{"description": "x"}, member: "description"},
		{path: "scope-domains", create: map[string]any{"name": "Regions", "informationSystemId": w.application}, change: map[string]any{"description": "x"}, member: "description"},
		{path: "scope-values", create: map[string]any{"scopeDomainId": w.domain, "value": "north"}, change: map[string]any{"description": "x"}, member: "description"},
		{path: "roles", create: map[string]any{"name": "CLERK", "systemId": w.system, "informationSystemId": w.application}, change: map[string]any{"description": "x"}, member: "description"},
		{path: "role-contents", create: map[string]any{"roleId": w.role, "containedRoleId": w.otherRole}, change: map[string]any{"mandatory": false}, member: "mandatory"},
		{path: "group-roles", create: map[string]any{"groupId": w.group, "roleId": w.role}, change: map[string]any{"mandatory": false}, member: "mandatory"},
		{path: "metadata", create: map[string]any{"objectType": "user", "code": "badge", "dataType": "string"}, change: map[string]any{"position": 900}, member: "position"},
		{path: "parameters", create: map[string]any{"name": "sample.setting", "value": "1"}, change: map[string]any{"value": "2"}, member: "value"},
		{path: "authorizations", create: map[string]any{"permission": "user:query", "roleId": w.role}, fixed: true},
	}
}

// world is what objects refer to.
type world struct {
	user, group, system, shared, application, domain, role, otherRole string
}

func (b *bench) world() world {
	c := b.admin
	var w world
	w.user = c.post("/api/v1/users", person("wanda")).status(http.StatusCreated).id()
	w.group = c.post("/api/v1/groups", map[string]any{"name": "staff", "parent": "world"}).status(http.StatusCreated).id()
	w.system = c.post("/api/v1/systems", map[string]any{"name": "directory", "connector": "sample"}).status(http.StatusCreated).id()
	w.shared = c.post("/api/v1/accounts", map[string]any{"systemId": w.system, "name": "backup", "type": "shared", "userType": "I"}).status(http.StatusCreated).id()
	w.application = c.post("/api/v1/information-systems", map[string]any{"name": "Payroll"}).status(http.StatusCreated).id()
	w.domain = c.post("/api/v1/scope-domains", map[string]any{"name": "Plants", "informationSystemId": w.application}).status(http.StatusCreated).id()
	role := func(name string) string {
		return c.post("/api/v1/roles", map[string]any{"name": name, "systemId": w.system, "informationSystemId": w.application}).status(http.StatusCreated).id()
	}
	w.role, w.otherRole = role("READER"), role("WRITER")
	return w
}

// person is a sample user.
func person(name string) map[string]any {
	return map[string]any{"userName": name, "firstName": "Sample", "lastName": name, "userType": "I", "primaryGroup": "world"}
}

func TestEveryResourceIsMadeReadChangedAndRemoved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, s := range scenarios(b) {
		t.Run(s.path, func(t *testing.T) {
			t.Parallel()
			s.live(t, b.admin.in(t))
		})
	}
}

func (s scenario) live(t *testing.T, c *client) {
	t.Helper()
	address := "/api/v1/" + s.path
	before := c.get(address + "?size=1").status(http.StatusOK).head.Get("X-Total-Count")
	made := c.post(address, s.create).status(http.StatusCreated)
	one := made.head.Get("Location")
	require.Equal(t, address+"/"+made.id(), one)
	require.Equal(t, `"1"`, made.head.Get("ETag"))

	read := c.get(one).status(http.StatusOK)
	require.JSONEq(t, string(made.body), string(read.body), "what is created is what is read")
	require.NotEqual(t, before, c.get(address+"?size=1").status(http.StatusOK).head.Get("X-Total-Count"))
	if !s.fixed {
		s.edit(t, c, one, read)
	}
	c.remove(one).status(http.StatusNoContent)
	if s.logical {
		require.Equal(t, "removed", c.get(one).status(http.StatusOK).object()["status"])
		return
	}
	c.get(one).problem(http.StatusNotFound, "notFound")
	c.patch(one, map[string]any{}).problem(http.StatusNotFound, "notFound")
	require.Equal(t, before, c.get(address+"?size=1").status(http.StatusOK).head.Get("X-Total-Count"))
}

func (s scenario) edit(t *testing.T, c *client, one string, read *answer) {
	t.Helper()
	changed := c.patch(one, s.change, "If-Match", read.head.Get("ETag")).status(http.StatusOK)
	require.Equal(t, `"2"`, changed.head.Get("ETag"))
	require.NotEqual(t, read.object()[s.member], changed.object()[s.member])
	for name, value := range read.object() {
		if _, touched := s.change[name]; !touched && name != s.member && name != "version" && !strings.HasPrefix(name, "updated") {
			require.Equal(t, value, changed.object()[name], "%s must stay as it was", name)
		}
	}
	c.patch(one, s.change, "If-Match", read.head.Get("ETag")).problem(http.StatusPreconditionFailed, "stale")
	same := c.patch(one, s.change).status(http.StatusOK)
	require.Equal(t, `"2"`, same.head.Get("ETag"), "a change that changes nothing is none")

	history := c.get(one + "/history").status(http.StatusOK).list()
	require.Len(t, history, 1)
	object, ok := history[0]["object"].(map[string]any)
	require.True(t, ok)
	require.Equal(t, read.object()[s.member], object[s.member])
	require.Equal(t, "admin", history[0]["supersededBy"])
	c.remove(one, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "stale")
}

func TestAPatchSaysWhatItCannotUse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one := b.admin.post("/api/v1/users", person("dora")).status(http.StatusCreated).head.Get("Location")
	cases := []struct {
		name     string
		body     string
		status   int
		code     string
		location string
	}{
		{"no JSON", `{"lastName":`, http.StatusBadRequest, "malformed", ""},
		{"no object", `[1]`, http.StatusBadRequest, "malformed", ""},
		{"null", `null`, http.StatusBadRequest, "malformed", ""},
		{"unknown member", `{"surname":"x"}`, http.StatusUnprocessableEntity, "invalid", "surname"},
		{"wrong type", `{"active":"yes"}`, http.StatusUnprocessableEntity, "invalid", "active"},
		{"no id", `{"userTypeId":"I"}`, http.StatusUnprocessableEntity, "invalid", "userTypeId"},
		{"a rule", `{"email":"nobody"}`, http.StatusUnprocessableEntity, "invalid", "email"},
		{"required", `{"userName":null}`, http.StatusUnprocessableEntity, "invalid", "userName"},
		{"unknown name", `{"primaryGroup":"nowhere"}`, http.StatusUnprocessableEntity, "invalid", "primaryGroup"},
	}
	for _, c := range cases {
		answer := b.admin.do(http.MethodPatch, one, strings.NewReader(c.body), "Content-Type", "application/merge-patch+json")
		p := answer.problem(c.status, c.code)
		if c.location != "" {
			require.NotEmpty(t, p.Errors, c.name)
			require.Equal(t, c.location, p.Errors[0].Location, c.name)
			require.NotEmpty(t, p.Errors[0].Message, c.name)
		}
	}
	require.Equal(t, `"1"`, b.admin.get(one).status(http.StatusOK).head.Get("ETag"), "nothing is half applied")
}

func TestNullClearsAndNamesWinOverIDs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	draft := person("emma")
	draft["phone"] = "12"
	one := b.admin.post("/api/v1/users", draft).status(http.StatusCreated).head.Get("Location")
	cleared := b.admin.patch(one, map[string]any{"phone": nil}).status(http.StatusOK).object()
	require.Empty(t, cleared["phone"])
	moved := b.admin.patch(one, map[string]any{"userType": "E"}).status(http.StatusOK).object()
	require.NotEqual(t, cleared["userTypeId"], moved["userTypeId"])
	back := b.admin.patch(one, map[string]any{"userTypeId": cleared["userTypeId"]}).status(http.StatusOK).object()
	require.Equal(t, "I", back["userType"])
}

func TestWhatClientsSendBackUnchangedIsAccepted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := b.admin.post("/api/v1/users", person("fay")).status(http.StatusCreated)
	whole := made.object()
	whole["lastName"] = "Other"
	whole["version"], whole["createdBy"] = 77, "somebody"
	saved := b.admin.patch(made.head.Get("Location"), whole).status(http.StatusOK).object()
	require.Equal(t, "Other", saved["lastName"])
	require.Equal(t, "admin", saved["createdBy"], "what the server keeps is the server's")
	require.InEpsilon(t, 2.0, saved["version"], 0)
}

func TestListsSearchFilterSortAndPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{"gina", "gabi", "hugo"} {
		b.admin.post("/api/v1/users", person(name)).status(http.StatusCreated)
	}
	get := func(query string) *answer { return b.admin.get("/api/v1/users?" + query).status(http.StatusOK) }
	require.Equal(t, []string{"gabi", "gina"}, get("q=g&filter=userName+sw+%22g%22").names("userName"))
	require.Equal(t, []string{"hugo", "gina", "gabi"}, get("sort=-userName&filter=lastName+pr+and+userName+ne+%22admin%22").names("userName"))
	second := get("sort=userName&page=2&size=2")
	require.Equal(t, []string{"gina", "hugo"}, second.names("userName"))
	require.Equal(t, "4", second.head.Get("X-Total-Count"))
	require.Equal(t, "[]\n", string(get("filter=userName+eq+%22nobody%22").body), "an empty list is a list")

	p := b.admin.get("/api/v1/users?filter=userName+sw+%22g%22+and").problem(http.StatusUnprocessableEntity, "invalid")
	require.True(t, strings.HasPrefix(p.Errors[0].Location, "filter["), p.Errors[0].Location)
	b.admin.get("/api/v1/users?filter=shoeSize+eq+3").problem(http.StatusUnprocessableEntity, "invalid")
	b.admin.get("/api/v1/users?sort=shoeSize").problem(http.StatusUnprocessableEntity, "invalid")
	p = b.admin.get("/api/v1/users?page=0").problem(http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, "query.page", p.Errors[0].Location)
	b.admin.get("/api/v1/users?size=1001").problem(http.StatusUnprocessableEntity, "invalid")
	b.admin.get("/api/v1/users/not-an-id").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestNamesClashAndUsedObjectsStay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := b.admin.post("/api/v1/groups", map[string]any{"name": "Lab", "parent": "world"}).status(http.StatusCreated)
	b.admin.post("/api/v1/groups", map[string]any{"name": "LAB", "parent": "world"}).problem(http.StatusConflict, "conflict")
	user := person("ina")
	user["primaryGroup"] = "Lab"
	b.admin.post("/api/v1/users", user).status(http.StatusCreated)
	b.admin.remove(made.head.Get("Location")).problem(http.StatusConflict, "conflict")
	world := b.admin.get("/api/v1/groups?filter=name+eq+%22world%22").list()
	b.admin.remove("/api/v1/groups/"+world[0]["id"].(string)).problem(http.StatusConflict, "conflict")
}

func TestIfMatchMustBeAnETag(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one := b.admin.post("/api/v1/groups", map[string]any{"name": "x", "parent": "world"}).status(http.StatusCreated).head.Get("Location")
	b.admin.patch(one, map[string]any{"description": "a"}, "If-Match", `"abc"`).problem(http.StatusPreconditionFailed, "stale")
	b.admin.patch(one, map[string]any{"description": "a"}, "If-Match", `W/"1"`).status(http.StatusOK)
	b.admin.patch(one, map[string]any{"description": "b"}, "If-Match", "*").status(http.StatusOK)
}
