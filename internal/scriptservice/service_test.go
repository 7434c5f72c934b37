package scriptservice_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/script"
	"provost/internal/scriptservice"
)

func TestServicesBeforeTheyAreBound(t *testing.T) {
	t.Parallel()
	_, err := scriptservice.New(nil).Call(t.Context(), script.Authority{}, "UserService", "findUsers", nil)
	require.ErrorContains(t, err, "not ready yet")
}

func TestWhatThisVersionDoesNotHave(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for call, words := range map[string]string{
		`serviceLocator.getMailService().sendTextMail("a@example.org", "Test", "Hello")`: "MailService is not part of this version: scripts cannot send mail yet",
		`serviceLocator.getCustomObjectService().findCustomObjectByTypeAndName("a","b")`: "CustomObjectService is not part of this version",
		`serviceLocator.getAttributeTranslationService().findByColumn1("a","b")`:         "AttributeTranslationService is not part of this version",
		`serviceLocator.getMailListsService().findMailLists(null)`:                       "findMailLists of MailListsService is not part of this version",
		`serverService.getAccountPassword("jane", "AD")`:                                 "scripts cannot read passwords",
		`serviceLocator.getSomethingService().x()`:                                       "there is no service SomethingService",
		`serviceLocator.getUserService().findNobody()`:                                   "service UserService has no method findNobody",
		`dispatcherService.search(null)`:                                                 "only where a script runs for an agent",
	} {
		_, err := b.run(administrator(), call, nil)
		require.ErrorContains(t, err, words, call)
	}
}

func TestWrongCallsAreExplained(t *testing.T) {
	t.Parallel()
	b := setup(t)
	query := func(entries map[string]any) []any { return []any{of("Query", entries)} }
	for _, wrong := range []struct {
		service, method string
		args            []any
		words           string
	}{
		{"UserService", "findUserByUserName", nil, "UserService.findUserByUserName: the name of the user is missing (argument 1)"},
		{"UserService", "findUserByUserName", []any{[]any{}}, "must be a text"},
		{"UserService", "update", []any{of("User", map[string]any{"userName": "x"})}, "the user has no id"},
		{"UserService", "update", []any{of("Group", nil)}, "it takes a User and was given a Group"},
		{"UserService", "delete", []any{nil}, "the User is missing"},
		{"UserService", "findUsers", query(map[string]any{"filter": `nobody eq "x"`}), "nobody"},
		{"UserService", "findUsers", query(map[string]any{"filter": `userName eq`}), "cannot be read"},
		{"UserService", "findUsers", query(map[string]any{"pageSize": int64(-1)}), "pageSize must be a whole number"},
		{"UserService", "findUsers", query(map[string]any{"pageSize": int64(5000)}), "pageSize may be at most 1000"},
		{"UserService", "findUsers", query(map[string]any{"pagesize": int64(5)}), "a Query has no pagesize"},
		{"UserService", "updateUserAttributes", []any{"nobody", map[string]any{}}, "there is no user nobody"},
		{"UserService", "updateUserAttributes", []any{"admin"}, "the attributes must be a map"},
		{"UserService", "create", []any{of("User", map[string]any{"userName": "x", "primaryGroup": "nowhere", "userType": "I"})}, `no group named "nowhere"`},
		{"ApplicationService", "create", []any{map[string]any{"name": "x"}}, "a plain map does not say what it is"},
		{"ApplicationService", "create", []any{of("RoleAccount", map[string]any{"roleName": "R", "system": "AD"})}, "there is no role R in the system AD"},
		{"ApplicationService", "delete", []any{of("RoleGrant", map[string]any{"roleName": "R"})}, "not a direct one"},
		{"AccountService", "removeAccountAttribute", []any{of("UserData", map[string]any{"attribute": "x"})}, "names no account"},
		{"GroupService", "addGroupToUser", []any{"admin", "nowhere"}, "there is no group nowhere"},
		{"GroupService", "addGroupToUser", []any{"nobody", "world"}, "there is no user nobody"},
		{"DispatcherService", "invoke", []any{"nowhere", "select", "x"}, "there is no agent nowhere"},
		{"DispatcherService", "invoke", []any{"soffid", "select", "x"}, "runs no agents"},
	} {
		_, err := b.call(administrator(), wrong.service, wrong.method, wrong.args...)
		require.ErrorContains(t, err, wrong.words, "%s.%s", wrong.service, wrong.method)
		require.NotEmpty(t, fault.CodeOf(err), err.Error())
	}
}

func TestWindowsOfAQuery(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{"b1", "b2", "b3", "b4", "b5"} {
		b.user(name)
	}
	for _, w := range []struct {
		start, size int64
		want        []string
	}{
		{0, 2, []string{"b1", "b2"}},
		{2, 2, []string{"b3", "b4"}},
		{1, 2, []string{"b2", "b3"}},
		{1, 4, []string{"b2", "b3", "b4", "b5"}},
		{3, 4, []string{"b4", "b5"}},
		{4, 2, []string{"b5"}},
		{5, 2, []string{}},
		{50, 2, []string{}},
		{0, 0, []string{"b1", "b2", "b3", "b4", "b5"}},
		{3, 0, []string{"b4", "b5"}},
	} {
		filter := map[string]any{"filter": `userName sw "b"`, "startIndex": w.start, "pageSize": w.size}
		answer, ok := b.must("UserService", "findUsers", of("Query", filter)).(map[string]any)
		require.True(t, ok)
		names := []string{}
		for _, r := range answer["resources"].([]any) {
			names = append(names, r.(map[string]any)["userName"].(string))
		}
		require.Equal(t, w.want, names, "from %d, %d", w.start, w.size)
		require.Equal(t, []any{"PagedResult", 5, int(w.start), len(w.want)},
			[]any{answer[script.ClassKey], answer["totalResults"], answer["startIndex"], answer["itemsPerPage"]})
	}
	list, ok := b.must("UserService", "findUserByJsonQuery", `userName sw "b"`).([]any)
	require.True(t, ok)
	require.Len(t, list, 5)
	paged, ok := b.must("UserService", "findUserByJsonQuery", `userName sw "b"`, int64(4), int64(2)).(map[string]any)
	require.True(t, ok)
	require.Len(t, paged["resources"], 1)
}

// TestNamesCannotBecomeQueries gives names that would be harmful if they were joined into a filter or a statement.
func TestNamesCannotBecomeQueries(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("jane")
	for _, name := range []string{
		`x" or userName pr or userName eq "`, `x' or '1'='1`, `jane'; delete from users; --`, `jane\`, `%`, `jane"`, `$1`, "jane\x00",
	} {
		for _, call := range [][]string{
			{"UserService", "findUserByUserName"},
			{"UserService", "findUserDataByUserName"},
			{"GroupService", "findUsersGroupByUserName"},
			{"GroupService", "findGroupByGroupName"},
			{"serverService", "getUserInfo"},
			{"serverService", "getGroupChildren"},
			{"ApplicationService", "findApplicationByApplicationName"},
			{"ApplicationService", "findRolesByInformationSystemName"},
			{"ApplicationService", "findRoleAccountByAccount"},
			{"AccountService", "getAccountAttributes"},
		} {
			found, err := b.call(administrator(), call[0], call[1], name)
			if name == "jane\x00" && err != nil {
				continue // no text of the database; refused is as good as not found
			}
			require.NoError(t, err, "%s %q", call, name)
			require.Empty(t, found, "%s %q", call, name)
		}
		found, err := b.call(administrator(), "AccountService", "findUsersAccounts", name, name)
		if err == nil {
			require.Empty(t, found)
		}
	}
	require.NotNil(t, b.must("UserService", "findUserByUserName", "jane"))
}

func TestAFailedCallLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	failed := errors.New("the end")
	err := b.Tenant.Do(b.ctx, func(ctx context.Context) error {
		_, err := b.services.Call(ctx, administrator(), "UserService", "create", []any{of("User", map[string]any{"userName": "half"})})
		require.ErrorContains(t, err, "userType is required")
		_, err = b.services.Call(ctx, administrator(), "GroupService", "create", []any{of("Group", map[string]any{"name": "inside"})})
		require.NoError(t, err, "the transaction around goes on")
		g, err := b.services.Call(ctx, administrator(), "GroupService", "findGroupByGroupName", []any{"inside"})
		require.NoError(t, err)
		require.NotNil(t, g, "and sees what was done in it")
		return failed
	})
	require.ErrorIs(t, err, failed)
	require.Nil(t, b.must("GroupService", "findGroupByGroupName", "inside"))
	require.Empty(t, b.query("select actor from audit_entries where origin = 'script'"))
}

func TestHiddenAndSecretAttributes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("user", "open")
	b.attribute("user", "pin", func(a *metadata.Attribute) { a.DataType = metadata.Password })
	b.attribute("user", "salary", func(a *metadata.Attribute) { a.Options.OperatorVisibility = metadata.Hidden })
	b.user("jane", func(u *identity.User) { u.Attributes = object.Attributes{"open": "1", "salary": "9", "pin": "planted"} })
	reader := authorised(b, "reader", "user:update")
	operator := script.Authority{Publisher: reader.ID.String(), Scopes: everything()}
	for name, c := range map[string]struct {
		authority script.Authority
		want      map[string]any
	}{
		"operator":      {operator, map[string]any{"open": "1"}},
		"administrator": {administrator(), map[string]any{"open": "1", "salary": "9"}},
		"own script":    {script.Authority{}, map[string]any{"open": "1", "salary": "9"}},
	} {
		found, err := b.call(c.authority, "UserService", "findUserAttributes", "jane")
		require.NoError(t, err)
		require.Equal(t, c.want, found, name)
		for _, method := range []string{"getUserInfo", "getUserAttributes"} {
			info, err := b.call(c.authority, "serverService", method, "jane")
			require.NoError(t, err)
			if method == "getUserInfo" {
				info = info.(map[string]any)["attributes"]
			}
			require.Equal(t, c.want, info, name)
		}
	}
	for _, query := range []map[string]any{
		{"filter": `userName eq "jane" and not (Attributes.SALARY eq "1")`}, {"filter": `attributes.pin pr`}, {"sort": "-attributes.salary"},
	} {
		_, err := b.call(operator, "UserService", "findUsers", of("Query", query))
		require.ErrorContains(t, err, "that the script may see", "a filter does not tell what the publisher cannot see")
	}
	_, err := b.call(operator, "UserService", "findUserByJsonQuery", `attributes.salary eq "9"`)
	require.ErrorContains(t, err, "that the script may see")
	found, err := b.call(operator, "UserService", "findUserByJsonQuery", `attributes.open eq "1"`)
	require.NoError(t, err)
	require.Equal(t, []string{"jane"}, entries(found, "userName"))
	_, err = b.call(operator, "UserService", "updateUserAttributes", "jane", map[string]any{})
	require.NoError(t, err)
	require.Equal(t, object.Attributes{"salary": "9", "pin": object.Secret{}}, b.named("jane").Attributes, "what the publisher cannot see stays")
}

func TestLifeOfAnAccount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.attribute("account", "tags", func(a *metadata.Attribute) { a.Options.MultiValued = true })
	b.system("AD")
	b.user("jane")
	require.Equal(t, "U jane 1 S d r", b.output(`
		var s = serviceLocator.getAccountService();
		var a = new com.soffid.iam.api.Account();
		a.name = "jane"; a.system = "AD"; a.user = "jane"; a.attributes = new java.util.HashMap();
		a.attributes.put("tags", ["x", "y"]);
		a = s.createAccount(a);
		out.print(a.type + " " + s.findUsersAccounts("jane", "AD").get(0).name + " ");
		var data = s.getAccountAttributes(a);
		s.removeAccountAttribute(data.get(0));
		out.print(s.getAccountAttributes(s.findAccount("jane", "AD")).size() + " ");
		var shared = new com.soffid.iam.api.Account();
		shared.name = "service"; shared.system = "AD"; shared.type = "S"; shared.passwordPolicy = "I";
		out.print(s.createAccount(shared).type + " ");
		a = s.findAccount("jane", "AD");
		a.disabled = true;
		a = s.updateAccount(a);
		out.print(a.status + " ");
		s.removeAccount(a);
		var gone = s.findAccountById(a.id);
		out.print(gone.status);`))
	require.Nil(t, b.must("AccountService", "findAccount", "jane", "AD"), "a removed account blocks no name")
}

func TestLifeOfAGrant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("AD")
	b.group("team", "")
	b.user("jane")
	require.Equal(t, "R1 jane team 2030 | R1 APP | 1 R1 AD | 0 0", b.output(`
		var s = serviceLocator.getApplicationService();
		var app = new com.soffid.iam.api.Application();
		app.name = "APP"; app.type = "BUSINESS";
		app = s.create(app);
		var role = new com.soffid.iam.api.Role();
		role.name = "R1"; role.system = "AD"; role.informationSystemName = "APP"; role.domain = "Groups";
		role = s.create(role);
		var g = new com.soffid.iam.api.RoleAccount();
		g.roleName = "R1"; g.system = "AD"; g.userName = "jane"; g.domainValue = "TEAM";
		g = s.create(g);
		g.endDate = new java.util.Date(1900000000000);
		g = s.update(g);
		out.print(g.roleName + " " + g.accountName + " " + g.domainValue + " " + g.endDate.getFullYear() + " | ");
		var u = serviceLocator.getUserService().findUserByUserName("jane");
		var held = s.findEffectiveRoleGrantByUser(u.id);
		out.print(held.get(0).roleName + " " + held.get(0).informationSystem + " | ");
		var found = s.findRoleAccounts(null);
		var list = s.findRoleAccountByJsonQuery('roleName eq "R1" and userName eq "jane"');
		out.print(list.size() + " " + s.findRoleByNameAndSystem("R1", "AD").name + " " + list.get(0).system + " | ");
		s.delete(g);
		out.print(s.findEffectiveRoleGrantByUser(u.id).size() + " " + s.findRoleAccountByAccount(g.accountId).size());
		s.delete(role);
		s.delete(s.findApplicationByApplicationName("APP"));`))
	require.Empty(t, b.query("select name from information_systems where name = 'APP'"))
}

func TestScopesOfGrants(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("AD")
	app := b.application("APP")
	domain, err := b.ScopeDomains.Create(b.ctx, entitlement.ScopeDomain{InformationSystemID: &app.ID, Name: "plants", Kind: entitlement.ScopeOfValues})
	require.NoError(t, err)
	_, err = b.ScopeValues.Create(b.ctx, entitlement.ScopeValue{ScopeDomainID: domain.ID, Value: "north"})
	require.NoError(t, err)
	limited, plain := b.role("limited", "AD", "APP"), b.role("plain", "AD", "APP")
	limited.ScopeDomainID = &domain.ID
	_, err = b.Roles.Update(b.ctx, limited.ID, 0, limited)
	require.NoError(t, err)
	b.user("jane")
	b.account("jane", "AD", "jane")
	grant := func(role, value string) (any, error) {
		return b.call(administrator(), "ApplicationService", "grantRole", of("RoleAccount", map[string]any{
			"roleName": role, "system": "AD", "accountName": "jane", "domainValue": value,
		}))
	}
	_, err = grant(plain.Name, "north")
	require.ErrorContains(t, err, "has no domain")
	_, err = grant(limited.Name, "south")
	require.ErrorContains(t, err, "south is no value of plants")
	_, err = grant(limited.Name, "")
	require.ErrorContains(t, err, "limited by plants")
	made, err := grant(limited.Name, "North")
	require.NoError(t, err)
	require.Equal(t, "north", made.(map[string]any)["domainValue"])
	_, err = b.call(administrator(), "ApplicationService", "revokeRole", made)
	require.NoError(t, err)
}

func TestMembershipsOfGroups(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.group("division", "")
	b.group("team", "division")
	b.user("jane")
	require.Equal(t, "null team 1 jane 1 | world team division | team null 0", b.output(`
		var s = serviceLocator.getGroupService();
		out.print(s.findUserGroupByUserNameAndGroupName("jane", "team") + " ");
		s.addGroupToUser("jane", "team");
		s.addGroupToUser("jane", "team");
		s.addGroupToUser("jane", "world");
		var list = s.findUsersGroupByUserName("jane");
		out.print(list.get(0).groupName + " " + list.size() + " ");
		out.print(s.findUsersGroupByGroupName("team").get(0).userName + " " + s.findGroupByJsonQuery('parentGroup eq "division"').size() + " | ");
		var all = serverService.getUserGroupsHierarchy("jane");
		for (var i = 0; i < all.size(); i++) out.print(all.get(i).name + " ");
		out.print("| " + serverService.getGroupChildren("division").get(0).name + " ");
		s.removeGroupFromUser("jane", "team");
		s.removeGroupFromUser("jane", "team");
		out.print(s.findUserGroupByUserNameAndGroupName("jane", "team") + " " + s.findUsersGroupByUserName("jane").size());`))
}

func TestLookUpsOfMappings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	jane := held(b, "jane")
	b.set("sample.office", "Palma")
	b.set("sample.password", "planted")
	own := script.Authority{}
	role, err := b.Roles.Named(b.ctx, `AD\R1`)
	require.NoError(t, err)
	for _, c := range []struct {
		method string
		args   []any
		entry  string
		want   []string
	}{
		{"getUserInfo", []any{"jane"}, "userName", []string{"jane"}},
		{"getUserInfo", []any{"jane", "AD"}, "userName", []string{"jane"}},
		{"getUserInfo", []any{jane.UserID.String()}, "userName", []string{"jane"}},
		{"getUserAccounts", []any{jane.UserID.String(), "AD"}, "name", []string{"jane"}},
		{"getUserAccounts", []any{"jane", "AD"}, "system", []string{"AD"}},
		{"getUserRoles", []any{jane.UserID.String(), nil}, "roleName", []string{"R1"}},
		{"getUserRoles", []any{jane.UserID.String(), "elsewhere"}, "roleName", []string{}},
		{"getUserExplicitRoles", []any{jane.UserID.String(), "AD"}, "roleName", []string{"R1"}},
		{"getAccountRoles", []any{"jane", "AD"}, "roleName", []string{"R1"}},
		{"getAccountExplicitRoles", []any{"jane", "AD"}, "userName", []string{"jane"}},
		{"getAccountInfo", []any{"jane", "AD"}, "type", []string{"U"}},
		{"getUserGroups", []any{"jane", "AD"}, "name", []string{"world"}},
		{"getRoleInfo", []any{"R1", "AD"}, "informationSystemName", []string{"APP"}},
		{"getRoleAccounts", []any{role.ID.String(), "AD"}, "name", []string{"jane"}},
		{"getGroupInfo", []any{"world", "AD"}, "name", []string{"world"}},
		{"getUserInfo", []any{"nobody"}, "name", []string{}},
		{"getUserRoles", []any{"nobody"}, "name", []string{}},
		{"getAccountRoles", []any{"nobody", "AD"}, "name", []string{}},
		{"getAccountAttributes", []any{"nobody", "AD"}, "name", []string{}},
	} {
		answer, err := b.call(own, "serverService", c.method, c.args...)
		require.NoError(t, err, c.method)
		require.Equal(t, c.want, entries(answer, c.entry), "%s %v", c.method, c.args)
	}
	value, err := b.call(own, "serverService", "getConfig", "sample.office")
	require.NoError(t, err)
	require.Equal(t, "Palma", value)
	value, err = b.call(own, "serverService", "getConfig", "sample.nothing")
	require.NoError(t, err)
	require.Nil(t, value)
	_, err = b.call(own, "serverService", "getConfig", "sample.password")
	require.ErrorContains(t, err, "is a secret")
	require.NotContains(t, err.Error(), "planted")
}

// entries gives one entry of each object of an answer: a list, a single object, or nothing.
func entries(answer any, name string) []string {
	out := []string{}
	list, several := answer.([]any)
	if !several && answer != nil {
		list = []any{answer}
	}
	for _, item := range list {
		if o, ok := item.(map[string]any); ok {
			out = append(out, fmt.Sprint(o[name]))
		}
	}
	return out
}

func TestEveryNameOfTheTablesCanBeAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	held(b, "jane")
	unasked := []string{"shortName", "mailDomain", "disabled", "accountDisabled", "enabled", "approvalPending", "removalPending", "attributes"}
	for _, c := range []struct{ service, search string }{
		{"UserService", "findUsers"},
		{"GroupService", "findGroups"},
		{"AccountService", "findAccounts"},
		{"ApplicationService", "findRoles"},
		{"ApplicationService", "findApplications"},
		{"ApplicationService", "findRoleAccounts"},
		{"DispatcherService", "findSystems"},
	} {
		answer, ok := b.must(c.service, c.search, nil).(map[string]any)
		require.True(t, ok)
		first, ok := answer["resources"].([]any)[0].(map[string]any)
		require.True(t, ok)
		for name := range first {
			if name == script.ClassKey || slices.Contains(unasked, name) {
				continue
			}
			_, err := b.call(administrator(), c.service, c.search, of("Query", map[string]any{"filter": name + " pr", "sort": "-" + name}))
			require.NoError(t, err, "%s of %s", name, c.service)
		}
	}
}

func TestMailDomainsAndAgents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("AD", func(s *account.System) { s.Description = "directory" })
	require.Equal(t, "null true 0 directory", b.output(`
		var s = serviceLocator.getMailListsService();
		out.print(s.findMailDomainByName(null) + " ");
		var d = new com.soffid.iam.api.MailDomain();
		d.code = "example.org";
		d = s.create(d);
		d.obsolete = true;
		d = s.update(d);
		out.print(s.findMailDomainByJsonQuery('code eq "example.org"').get(0).obsolete + " ");
		s.delete(d);
		out.print(s.findMailDomains(null).totalResults + " ");
		out.print(serviceLocator.getDispatcherService().findDispatcherByName("AD").description);`))
	agent, ok := b.must("DispatcherService", "findDispatcherByName", "AD").(map[string]any)
	require.True(t, ok)
	require.NotContains(t, agent, "parameters")
	require.Equal(t, uuid.Nil, scriptservice.HashID(""))
}
