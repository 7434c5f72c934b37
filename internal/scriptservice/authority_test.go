package scriptservice_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/script"
	"provost/internal/scriptservice"
)

func TestIntersection(t *testing.T) {
	t.Parallel()
	group, application := uuid.New(), uuid.New()
	all := authz.Scope{All: true}
	groups := authz.Scope{Groups: []uuid.UUID{group}}
	publisher := authz.Principal{UserID: uuid.New(), UserName: "ada", Tenant: "master", Origin: authz.OriginPerson, Grants: []authz.Grant{
		{Permission: authz.UserUpdate, ScopeKind: authz.ScopeGroup, ScopeIDs: []uuid.UUID{group}},
		{Permission: authz.GroupQuery, ScopeKind: authz.ScopeAll},
		{Permission: authz.GrantQuery, ScopeKind: authz.ScopeGroup, ScopeIDs: []uuid.UUID{group}},
		{Permission: authz.GrantQuery, ScopeKind: authz.ScopeInformationSystem, ScopeIDs: []uuid.UUID{application}},
	}}
	for name, c := range map[string]struct {
		scopes []string
		want   map[authz.Permission]authz.Scope
	}{
		"nothing declared":                 {nil, map[authz.Permission]authz.Scope{}},
		"no such permission":               {[]string{"user:everything", ""}, map[authz.Permission]authz.Scope{}},
		"declared and not held":            {[]string{"account:delete"}, map[authz.Permission]authz.Scope{}},
		"held with its limit":              {[]string{"user:update"}, map[authz.Permission]authz.Scope{authz.UserUpdate: groups, authz.UserQuery: groups}},
		"less declared than held":          {[]string{"user:query"}, map[authz.Permission]authz.Scope{authz.UserQuery: groups}},
		"more declared than held":          {[]string{"group:update"}, map[authz.Permission]authz.Scope{authz.GroupQuery: all}},
		"implied by what the holder holds": {[]string{"user:query", "group:query"}, map[authz.Permission]authz.Scope{authz.UserQuery: groups, authz.GroupQuery: all}},
		"both limits": {[]string{"grant:query"}, map[authz.Permission]authz.Scope{
			authz.GrantQuery: {Groups: []uuid.UUID{group}, InformationSystems: []uuid.UUID{application}},
		}},
	} {
		got := scriptservice.Intersect(publisher, c.scopes)
		held := map[authz.Permission]authz.Scope{}
		for _, permission := range got.Permissions() {
			held[permission] = got.Scope(permission)
		}
		require.Equal(t, c.want, held, name)
		require.Equal(t, []any{publisher.UserID, "ada", "master", authz.OriginScript}, []any{got.UserID, got.UserName, got.Tenant, got.Origin})
	}
	require.NotEmpty(t, scriptservice.Intersect(authz.System(authz.OriginScript), []string{"user:update"}).Grants)
	require.False(t, scriptservice.Intersect(authz.System(authz.OriginScript), []string{"user:update"}).IsSystem(), "no script is the platform")
}

// authorised gives a user who holds permissions through a role.
func authorised(b *bench, name string, permissions ...authz.Permission) identity.User {
	b.t.Helper()
	role := b.role(name+" role", "soffid", "SOFFID")
	for _, permission := range permissions {
		_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: string(permission), RoleID: role.ID})
		require.NoError(b.t, err)
	}
	u := b.user(name)
	b.grant(u, role)
	return u
}

func TestWhatACallMayDo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("jane")
	reader := authorised(b, "reader", authz.UserQuery)
	writer := authorised(b, "writer", authz.UserUpdate)
	jane := b.must("UserService", "findUserByUserName", "jane")
	authority := func(u identity.User, scopes ...string) script.Authority {
		return script.Authority{Publisher: u.ID.String(), Scopes: scopes}
	}
	own := script.Authority{}
	for name, c := range map[string]struct {
		authority       script.Authority
		service, method string
		args            []any
		refusal         string
	}{
		"own script looks up":               {own, "UserService", "findUserByUserName", []any{"jane"}, ""},
		"own script of a person's scopes":   {script.Authority{Scopes: everything()}, "UserService", "update", []any{jane}, "only look things up"},
		"own script changes":                {own, "UserService", "update", []any{jane}, "needs the permission user:update"},
		"own script creates a group":        {own, "GroupService", "create", []any{of("Group", map[string]any{"name": "g"})}, "group:create"},
		"own script creates a role":         {own, "ApplicationService", "create", []any{of("Role", map[string]any{"name": "r"})}, "role:create"},
		"own script runs another agent":     {own, "DispatcherService", "invoke", []any{"AD", "select", "x"}, "system:update"},
		"reader reads":                      {authority(reader, "user:query"), "UserService", "findUserByUserName", []any{"jane"}, ""},
		"reader who declared too much":      {authority(reader, everything()...), "UserService", "update", []any{jane}, "publisher does not hold"},
		"reader who declared nothing":       {authority(reader), "UserService", "findUserByUserName", []any{"jane"}, "needs the scope user:query"},
		"writer who declared reading":       {authority(writer, "user:query"), "UserService", "update", []any{jane}, "needs the scope user:update"},
		"writer who declared writing":       {authority(writer, "user:update"), "UserService", "update", []any{jane}, ""},
		"writer in a remote spelling":       {authority(writer, "user:query"), "remote/UserService", "update", []any{jane}, "needs the scope user:update"},
		"what neither of them holds":        {authority(writer, everything()...), "GroupService", "findGroups", nil, "publisher does not hold"},
		"effective roles need grants":       {authority(reader, everything()...), "UserService", "findUserRolesHierachyByUserName", []any{"jane"}, "grant:query"},
		"parameters need their permission":  {authority(reader, everything()...), "serverService", "getConfig", []any{"x"}, "parameter:query"},
		"no such publisher":                 {script.Authority{Publisher: uuid.NewString(), Scopes: everything()}, "UserService", "findUsers", nil, "publish it again"},
		"no valid publisher":                {script.Authority{Publisher: "ada", Scopes: everything()}, "UserService", "findUsers", nil, "no valid publisher"},
		"agents are changed by their admin": {authority(writer, everything()...), "DispatcherService", "invoke", []any{"AD", "select", "x"}, "system:update"},
	} {
		_, err := b.call(c.authority, c.service, c.method, c.args...)
		if c.refusal == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, c.refusal, name)
		require.Equal(t, fault.Denied, fault.CodeOf(err), name)
	}
}

func TestAPublisherWhoLeavesTakesTheScriptsPowerAlong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader := authorised(b, "reader", authz.UserQuery)
	a := script.Authority{Publisher: reader.ID.String(), Scopes: everything()}
	_, err := b.call(a, "UserService", "findUsers")
	require.NoError(t, err)
	reader = b.named("reader")
	reader.Active = false
	_, err = b.Users.Update(b.ctx, reader.ID, 0, reader)
	require.NoError(t, err)
	_, err = b.call(a, "UserService", "findUsers")
	require.ErrorContains(t, err, "publisher does not hold")
}

func TestScopeOfThePublisherLimitsWhatIsSeen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	team := b.group("team", "")
	inTeam := func(u *identity.User) { u.PrimaryGroup = "team" }
	b.user("ada", inTeam)
	b.user("grace")
	limited := b.role("limited", "soffid", "SOFFID")
	limited.ScopeDomainID = &entitlement.GroupsScope
	limited, err := b.Roles.Update(b.ctx, limited.ID, 0, limited)
	require.NoError(t, err)
	_, err = b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: "user:update", RoleID: limited.ID})
	require.NoError(t, err)
	lead := b.user("lead")
	_, err = b.Grant(b.ctx, entitlement.GrantRequest{
		UserID: &lead.ID, RoleID: limited.ID, Scopes: []entitlement.Scope{{ScopeGroupID: &team.ID}},
	})
	require.NoError(t, err)
	a := script.Authority{Publisher: lead.ID.String(), Scopes: everything()}

	result, err := b.run(a, `
		var q = new com.soffid.zkdb.api.Query();
		q.filter = 'userName eq "x" or userName pr';
		var found = serviceLocator.getUserService().findUsers(q);
		for (var i = 0; i < found.resources.size(); i++) out.println(found.resources.get(i).userName);
		out.println(found.totalResults);
		out.println(serviceLocator.getUserService().findUserByUserName("grace"));`, nil)
	require.NoError(t, err)
	require.Equal(t, "ada\n1\nnull\n", result.Output, "whatever the filter says, only the own group is seen")

	grace := b.must("UserService", "findUserByUserName", "grace")
	_, err = b.call(a, "UserService", "update", grace)
	require.ErrorContains(t, err, "no such user, or you may not see it")
}

func TestTrailNamesPublisherAndScript(t *testing.T) {
	t.Parallel()
	b := setup(t)
	text := `var u = serviceLocator.getUserService().findUserByUserName("jane");
		u.comments = "seen"; serviceLocator.getUserService().update(u);`
	b.user("jane")
	writer := authorised(b, "writer", authz.UserUpdate)
	_, err := b.run(script.Authority{Publisher: writer.ID.String(), Scopes: []string{"user:update"}}, text, nil)
	require.NoError(t, err)

	const since = ` from audit_entries where origin = 'script' order by id`
	require.Equal(t, []string{"writer update user jane", "writer run script UserService.update"},
		b.query(`select actor || ' ' || action || ' ' || object_type || ' ' || object_name`+since))
	var entry struct {
		Hash string `json:"hash"`
		Call string `json:"call"`
	}
	require.NoError(t, json.Unmarshal([]byte(b.query(`select after::text` + since)[1]), &entry))
	require.Len(t, entry.Hash, 64)
	require.Equal(t, "UserService.update", entry.Call)
	id := scriptservice.HashID(entry.Hash)
	require.True(t, strings.HasPrefix(entry.Hash, strings.ReplaceAll(id.String(), "-", "")), "the id is the beginning of the hash")
	require.Equal(t, []string{id.String(), id.String()}, b.query(`select origin_id::text`+since), "both entries name the script")
	require.Equal(t, []string{"writer"}, b.query(`select updated_by from users where user_name = 'jane'`))
	require.Equal(t, uuid.Nil, scriptservice.HashID("none"))
}

func TestGrantsOfScriptsSaySo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("AD")
	b.application("APP")
	b.role("R1", "AD", "APP")
	b.user("jane")
	b.must("ApplicationService", "create", of("RoleAccount", map[string]any{"roleName": "R1", "system": "AD", "userName": "jane"}))
	require.Equal(t, []string{"script"}, b.query(`select g.origin from grants g join roles r on r.id = g.role_id where r.name = 'R1'`))
}

func TestLimitedPublisherSeesTheRolesOfTheirInformationSystems(t *testing.T) {
	t.Parallel()
	b := setup(t)
	held(b, "jane")
	mine := b.application("MINE")
	b.grant(b.named("jane"), b.role("R2", "AD", "MINE"))
	limited := b.role("limited", "soffid", "SOFFID")
	limited.ScopeDomainID = &entitlement.InformationSystemsScope
	limited, err := b.Roles.Update(b.ctx, limited.ID, 0, limited)
	require.NoError(t, err)
	lead := authorised(b, "lead", authz.UserQuery, authz.AccountQuery)
	_, err = b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: "grant:query", RoleID: limited.ID})
	require.NoError(t, err)
	_, err = b.Grant(b.ctx, entitlement.GrantRequest{
		UserID: &lead.ID, RoleID: limited.ID, Scopes: []entitlement.Scope{{ScopeInformationSystemID: &mine.ID}},
	})
	require.NoError(t, err)
	a := script.Authority{Publisher: lead.ID.String(), Scopes: everything()}
	for _, c := range [][]any{
		{"UserService", "findUserRolesHierachyByUserName", "name", "jane"},
		{"serverService", "getUserRoles", "roleName", "jane"},
		{"serverService", "getAccountRoles", "roleName", "jane", "AD"},
		{"serverService", "getUserExplicitRoles", "roleName", "jane"},
	} {
		found, err := b.call(a, c[0].(string), c[1].(string), c[3:]...)
		require.NoError(t, err)
		require.Equal(t, []string{"R2"}, entries(found, c[2].(string)), c[1])
	}
}
