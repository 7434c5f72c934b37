package scriptservice_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/entitlement"
	"provost/internal/metadata"
)

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
