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
