package api

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/metadata"
)

func (b *bench) role(t *testing.T, name string, change ...func(*entitlement.Role)) entitlement.Role {
	t.Helper()
	draft := entitlement.Role{Name: name, System: "soffid", InformationSystem: "SOFFID"}
	for _, fn := range change {
		fn(&draft)
	}
	made, err := b.platform.Roles.Create(asPlatform(t), draft)
	require.NoError(t, err)
	return made
}

func (b *bench) person(t *testing.T, name, group string) identity.User {
	t.Helper()
	made, err := b.platform.Users.Create(asPlatform(t), identity.User{
		UserName: name, FirstName: "Sample", LastName: name, UserType: "I", PrimaryGroup: group, Active: true,
	})
	require.NoError(t, err)
	return made
}

func (b *bench) unit(t *testing.T, name string) identity.Group {
	t.Helper()
	made, err := b.platform.Groups.Create(asPlatform(t), identity.Group{Name: name, Parent: "world"})
	require.NoError(t, err)
	return made
}

func (b *bench) give(t *testing.T, user identity.User, role entitlement.Role, scopes ...entitlement.Scope) {
	t.Helper()
	_, err := b.platform.Grant(asPlatform(t), entitlement.GrantRequest{UserID: &user.ID, RoleID: role.ID, Scopes: scopes})
	require.NoError(t, err)
}

func drafts(contents ...map[string]any) map[string]any {
	if contents == nil {
		contents = []map[string]any{}
	}
	return map[string]any{"contents": contents}
}

// The staged contents of a role: looked at in pages, without a trace, then applied as a whole.
func TestContentsOfARoleAreStaged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	role, added := b.role(t, "Boss"), b.role(t, "Reader")
	for _, name := range []string{"anna", "bert", "carl"} {
		b.give(t, b.person(t, name, "world"), role)
	}
	path := "/api/v1/roles/" + role.ID.String() + "/contents"
	draft := drafts(map[string]any{"containedRoleId": added.ID, "mandatory": true})
	page := b.admin.post(path+"/preview?size=2", draft).status(http.StatusOK)
	require.Equal(t, "3", page.head.Get("X-Total-Count"))
	preview := page.object()
	require.Equal(t, []any{3.0, 0.0, 0.0}, []any{preview["gained"], preview["lost"], preview["hidden"]})
	require.Len(t, preview["changes"], 2)
	second := b.admin.post(path+"/preview?size=2&page=2", draft).object()["changes"].([]any)
	require.Len(t, second, 1)
	line := second[0].(map[string]any)
	require.Equal(t, []any{"grant", "carl", "Reader@soffid"}, []any{line["action"], line["user"], line["role"]})
	require.Empty(t, b.admin.post(path+"/preview?page=9", draft).object()["changes"])
	require.Empty(t, b.admin.get("/api/v1/role-contents").list(), "a preview writes nothing")

	b.admin.json(http.MethodPut, path, draft).status(http.StatusNoContent)
	contents := b.admin.get("/api/v1/role-contents").list()
	require.Len(t, contents, 1)
	kept := map[string]any{"id": contents[0]["id"], "version": contents[0]["version"], "containedRoleId": added.ID, "mandatory": true}
	require.Empty(t, b.admin.post(path+"/preview", drafts(kept)).object()["changes"], "nothing changes, nobody gains or loses")
	lost := b.admin.post(path+"/preview", drafts()).object()
	require.Equal(t, []any{0.0, 3.0}, []any{lost["gained"], lost["lost"]})
	b.admin.json(http.MethodPut, path, drafts()).status(http.StatusNoContent)
	require.Empty(t, b.admin.get("/api/v1/role-contents").list())
}

func TestContentsOfARoleAreChecked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	role, other := b.role(t, "Boss"), b.role(t, "Reader")
	path := "/api/v1/roles/" + role.ID.String() + "/contents"
	circle := drafts(map[string]any{"containedRoleId": role.ID, "mandatory": true})
	stale := drafts(map[string]any{"id": uuid.New(), "containedRoleId": other.ID, "mandatory": true})
	for _, at := range []struct{ method, path string }{{http.MethodPost, path + "/preview"}, {http.MethodPut, path}} {
		b.admin.json(at.method, at.path, circle).problem(http.StatusUnprocessableEntity, "invalid")
		b.admin.json(at.method, at.path, stale).problem(http.StatusUnprocessableEntity, "invalid")
		b.admin.json(at.method, at.path, map[string]any{"contents": []any{map[string]any{"mandatory": true}}}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	b.admin.post("/api/v1/roles/"+uuid.NewString()+"/contents/preview", drafts()).problem(http.StatusNotFound, "notFound")
	reader := b.clerk(t, "reader", nil, authz.RoleQuery, authz.GrantQuery)
	reader.post(path+"/preview", drafts()).problem(http.StatusForbidden, "denied")
	reader.json(http.MethodPut, path, drafts()).problem(http.StatusForbidden, "denied")
}

// Who sees the grants of one group only is told how many others are concerned, not who they are.
func TestPreviewKeepsToTheLimitsOfTheCaller(t *testing.T) {
	t.Parallel()
	b := setup(t)
	sales := b.unit(t, "sales")
	role, added := b.role(t, "Boss"), b.role(t, "Reader")
	b.give(t, b.person(t, "anna", "sales"), role)
	b.give(t, b.person(t, "bert", "world"), role)
	editor := b.clerk(t, "editor", nil, authz.RoleUpdate)
	watcher := b.role(t, "Watcher", func(r *entitlement.Role) { domain := entitlement.GroupsScope; r.ScopeDomainID = &domain })
	_, err := b.platform.Authorizations.Create(asPlatform(t), entitlement.Authorization{Permission: string(authz.GrantQuery), RoleID: watcher.ID})
	require.NoError(t, err)
	found, err := b.platform.Tenant.Users().Named(t.Context(), "editor")
	require.NoError(t, err)
	b.give(t, found[0], watcher, entitlement.Scope{ScopeGroupID: &sales.ID})

	preview := editor.post("/api/v1/roles/"+role.ID.String()+"/contents/preview", drafts(map[string]any{"containedRoleId": added.ID, "mandatory": true})).
		status(http.StatusOK).object()
	require.Equal(t, []any{2.0, 1.0}, []any{preview["gained"], preview["hidden"]})
	changes := preview["changes"].([]any)
	require.Len(t, changes, 1)
	require.Equal(t, "anna", changes[0].(map[string]any)["user"])
}

func TestManagersAreListed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	sales := b.unit(t, "sales")
	lead := b.role(t, "Lead", func(r *entitlement.Role) { domain := entitlement.GroupsScope; r.ScopeDomainID = &domain })
	_, err := b.platform.Authorizations.Create(asPlatform(t), entitlement.Authorization{Permission: string(authz.GroupUpdate), RoleID: lead.ID})
	require.NoError(t, err)
	b.give(t, b.person(t, "anna", "world"), lead, entitlement.Scope{ScopeGroupID: &sales.ID})

	path := "/api/v1/groups/" + sales.ID.String() + "/managers"
	roles := b.admin.get(path).status(http.StatusOK).list()
	require.Len(t, roles, 1)
	require.Equal(t, "Lead", roles[0]["role"])
	require.Equal(t, []any{"group:update"}, roles[0]["permissions"])
	managers := roles[0]["managers"].([]any)
	require.Len(t, managers, 1)
	require.Equal(t, "anna", managers[0].(map[string]any)["user"])
	require.Empty(t, b.admin.get("/api/v1/information-systems/"+systemSOFFID(t, b)+"/managers").status(http.StatusOK).list())
	b.admin.get("/api/v1/groups/"+uuid.NewString()+"/managers").problem(http.StatusNotFound, "notFound")
	b.clerk(t, "blind", nil, authz.GroupQuery).get(path).problem(http.StatusForbidden, "denied")
}

// A manager is made as the console does it: by granting the role with the object alone as scope.
func TestManagersAreMadeByAScopedGrant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	sales := b.unit(t, "sales")
	lead := b.role(t, "Lead", func(r *entitlement.Role) { domain := entitlement.GroupsScope; r.ScopeDomainID = &domain })
	_, err := b.platform.Authorizations.Create(asPlatform(t), entitlement.Authorization{Permission: string(authz.GroupUpdate), RoleID: lead.ID})
	require.NoError(t, err)
	anna := b.person(t, "anna", "world")
	path := "/api/v1/groups/" + sales.ID.String() + "/managers"
	request := map[string]any{"userId": anna.ID, "roleId": lead.ID, "scopes": []map[string]any{{"scopeGroupId": sales.ID}}}
	b.admin.post("/api/v1/grants", request).status(http.StatusCreated)
	managers := b.admin.get(path).list()[0]["managers"].([]any)
	require.Len(t, managers, 1)
	grant, _ := managers[0].(map[string]any)["id"].(string)
	b.admin.remove("/api/v1/grants/" + grant).status(http.StatusNoContent)
	require.Empty(t, b.admin.get(path).list()[0]["managers"])
}

func systemSOFFID(t *testing.T, b *bench) string {
	t.Helper()
	id, ok := b.admin.get("/api/v1/information-systems?filter=name%20eq%20%22SOFFID%22").list()[0]["id"].(string)
	require.True(t, ok)
	return id
}

func TestUsersAreMerged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna, ann := b.person(t, "anna", "world"), b.person(t, "ann", "world")
	b.give(t, ann, b.role(t, "Reader"))
	request := map[string]any{"survivorId": anna.ID, "mergedIds": []uuid.UUID{ann.ID}, "from": map[string]any{"lastName": ann.ID}}
	preview := b.admin.post("/api/v1/users/merge/preview", request).status(http.StatusOK).object()
	require.Equal(t, []any{"ann"}, preview["mergedUsers"])
	require.Equal(t, "ann", preview["survivor"].(map[string]any)["lastName"])
	require.Len(t, preview["accounts"], 1)
	b.admin.get("/api/v1/users/" + ann.ID.String()).status(http.StatusOK)

	merged := b.admin.post("/api/v1/users/merge", request).status(http.StatusOK).object()
	require.Equal(t, preview["attributes"], merged["attributes"])
	b.admin.get("/api/v1/users/"+ann.ID.String()).problem(http.StatusNotFound, "notFound")
	require.Equal(t, []string{"Reader"}, b.admin.get("/api/v1/users/"+anna.ID.String()+"/grants").names("role"))
	b.admin.post("/api/v1/users/merge", request).problem(http.StatusNotFound, "notFound")
	b.admin.post("/api/v1/users/merge", map[string]any{"survivorId": anna.ID, "mergedIds": []uuid.UUID{}}).problem(http.StatusUnprocessableEntity, "invalid")
	b.clerk(t, "editor", nil, authz.UserUpdate).post("/api/v1/users/merge", request).problem(http.StatusForbidden, "denied")
}

// What the metadata hides from the caller is neither shown nor chosen by a merge.
func TestMergeShowsNoHiddenAttribute(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.platform.Metadata.Create(asPlatform(t), metadata.Attribute{
		ObjectType: "user", Code: "salary", DataType: metadata.String, Options: metadata.Options{OperatorVisibility: metadata.Hidden},
	})
	require.NoError(t, err)
	anna, ann := b.person(t, "anna", "world"), b.person(t, "ann", "world")
	ann.Attributes = map[string]any{"salary": "planted"}
	_, err = b.platform.Users.Update(asPlatform(t), ann.ID, 0, ann)
	require.NoError(t, err)
	operator := b.clerk(t, "operator", nil, authz.UserUpdate, authz.UserDelete)
	request := map[string]any{"survivorId": anna.ID, "mergedIds": []uuid.UUID{ann.ID}}
	require.Contains(t, string(b.admin.post("/api/v1/users/merge/preview", request).status(http.StatusOK).body), "planted")
	require.NotContains(t, string(operator.post("/api/v1/users/merge/preview", request).status(http.StatusOK).body), "planted")
	request["from"] = map[string]any{"attributes.salary": anna.ID}
	operator.post("/api/v1/users/merge/preview", request).problem(http.StatusUnprocessableEntity, "invalid")
	delete(request, "from")
	operator.post("/api/v1/users/merge", request).status(http.StatusOK)
	merged, err := b.platform.Users.Get(asPlatform(t), anna.ID)
	require.NoError(t, err)
	require.Equal(t, "planted", merged.Attributes["salary"], "what the operator may not see is not lost")
}
