package provision_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/provision"
)

func has(t *testing.T, doc provision.Document, names ...string) {
	t.Helper()
	for _, name := range names {
		require.Contains(t, doc, name)
	}
}

func sampleAccount() account.Account {
	seen := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	return account.Account{
		Meta: object.Meta{ID: uuid.New(), UpdatedAt: seen}, SystemID: system, System: "alpha", Name: "anna.b", Description: "Sample", Type: account.Single,
		Status: account.Disabled, UserType: "I", Attributes: object.Attributes{"room": "12"}, LastLogin: &seen,
	}
}

// The attributes of the user object that guide page 086 lists.
func TestUserDocumentHasTheAttributesOfTheGuide(t *testing.T) {
	t.Parallel()
	a := sampleAccount()
	other := uuid.New()
	s := provision.Subject{
		User: identity.User{
			Meta: object.Meta{ID: uuid.New(), CreatedBy: "admin"}, UserName: "anna", FirstName: "Anna", LastName: "Berg", MiddleName: "Maria",
			FullName: "Anna Berg", Email: "anna.berg@example.com", Active: true, UserType: "I", PrimaryGroup: "sales",
			Attributes: object.Attributes{"costCentre": "4711"},
		},
		Groups: []provision.Group{
			{Group: identity.Group{Name: "sales"}, Primary: true, Direct: true},
			{Group: identity.Group{Name: "chess"}, Direct: true},
			{Group: identity.Group{Name: "world"}},
		},
		Roles: []provision.Role{
			{Name: "Reader", System: "alpha", SystemID: system, Scope: "north", Direct: true},
			{Name: "Viewer", System: "alpha", SystemID: system},
			{Name: "Other account's", System: "alpha", SystemID: system, AccountID: &other, Direct: true},
			{Name: "Elsewhere", System: "beta", SystemID: uuid.New(), Direct: true},
		},
	}
	doc := provision.UserDocument(&s, &a)
	has(t, doc, "id", "accountId", "accountName", "system", "accountDescription", "active", "accountDisabled", "mailAlias", "userName",
		"primaryGroup", "comments", "createdOn", "modifiedOn", "mailDomain", "fullName", "shortName", "firstName", "lastName", "lastName2",
		"mailServer", "homeServer", "profileServer", "phone", "userType", "createdBy", "modifiedBy", "secondaryGroups", "attributes",
		"grantedRoles", "allGrantedRoles", "granted", "allGranted")
	require.Equal(t, "anna.berg", doc["shortName"])
	require.Equal(t, "example.com", doc["mailDomain"])
	require.Equal(t, "Maria", doc["lastName2"])
	require.Equal(t, true, doc["accountDisabled"])
	require.Equal(t, map[string]any{"costCentre": "4711"}, doc["attributes"], "of the user; those of the account have their own name")
	require.Equal(t, map[string]any{"room": "12"}, doc["accountAttributes"])
	require.Len(t, doc["secondaryGroups"], 2, "the groups the user is a member of, the primary one included")
	require.Equal(t, []any{"sales", "chess", "Reader"}, doc["granted"])
	require.Equal(t, []any{"sales", "chess", "world", "Reader", "Viewer"}, doc["allGranted"])
	grants := doc["grantedRoles"].([]any)
	require.Len(t, grants, 1, "roles of this system, and of this account or the user as a whole")
	grant := grants[0].(map[string]any)
	require.Equal(t, "Reader", grant["grantedRole"])
	require.Equal(t, "north", grant["domainValue"])
	require.Equal(t, "anna.b", grant["ownerAccount"])
	require.Equal(t, "anna", grant["ownerUser"])
	require.Equal(t, "alpha", grant["ownerSystem"])
	require.Len(t, doc["allGrantedRoles"], 2)
}

func TestUserWithoutMailAddressHasNoMailName(t *testing.T) {
	t.Parallel()
	a := sampleAccount()
	doc := provision.UserDocument(&provision.Subject{}, &a)
	require.Empty(t, doc["shortName"])
	require.Empty(t, doc["mailDomain"])
}

// The attributes of the account object (page 086), with who may use it.
func TestAccountDocument(t *testing.T) {
	t.Parallel()
	h := provision.Holder{Account: sampleAccount(), Roles: []provision.Role{{Name: "Operator", Direct: true}}, Access: []account.Access{
		{Level: "owner", User: "anna"}, {Level: "owner", User: "bert"}, {Level: "manager", Group: "it"}, {Level: "sso", Role: "Operator"},
	}}
	h.Account.Type = account.Privileged
	doc := provision.AccountDocument(&h)
	has(t, doc, "accountDescription", "accountDisabled", "accountId", "accountName", "allGranted", "allGrantedRoles", "attributes", "granted",
		"grantedRoles", "lastLogin", "lastPasswordUpdate", "lastUpdate", "passwordExpiration", "passwordPolicy", "system", "type")
	require.Equal(t, "P", doc["type"])
	require.Equal(t, h.Account.UpdatedAt, doc["lastUpdate"])
	require.Equal(t, *h.Account.LastLogin, doc["lastLogin"])
	require.Nil(t, doc["lastPasswordUpdate"])
	require.Equal(t, []any{"Operator"}, doc["granted"])
	require.Equal(t, []any{"anna", "bert"}, doc["ownerUsers"])
	require.Equal(t, []any{"it"}, doc["managerGroups"])
	require.Equal(t, []any{"Operator"}, doc["granteeRoles"])
}

func TestTypeLettersOfTheGuide(t *testing.T) {
	t.Parallel()
	for kind, letter := range map[string]string{account.Single: "U", account.Shared: "S", account.Privileged: "P", account.Unmanaged: "I"} {
		h := provision.Holder{Account: account.Account{Type: kind}}
		require.Equal(t, letter, provision.AccountDocument(&h)["type"])
	}
}

func TestDisabledMeansNotUsable(t *testing.T) {
	t.Parallel()
	for status, disabled := range map[string]bool{
		account.Enabled: false, account.ForcedEnabled: false, account.Locked: true, account.Disabled: true, account.ForcedDisabled: true,
	} {
		h := provision.Holder{Account: account.Account{Status: status}}
		require.Equal(t, disabled, provision.AccountDocument(&h)["accountDisabled"], status)
	}
}

// The attributes of the group object (page 086). Members and roles are given by name and as objects.
func TestGroupDocument(t *testing.T) {
	t.Parallel()
	anna, bert := identity.User{UserName: "anna"}, identity.User{UserName: "bert"}
	doc := provision.GroupDocument(&provision.GroupSubject{
		Group: identity.Group{
			Name: "sales", Description: "Sample", Parent: "world", GroupType: "unit", DriveServer: "files", DriveLetter: "S",
			Attributes: object.Attributes{"accountingGroup": "4711"},
		},
		Members: []provision.GroupMember{{Name: "anna", Direct: true, User: &anna}, {Name: "bert", User: &bert}},
		Roles:   []provision.RoleLink{{Role: "Reader", System: "alpha", Scope: "north", Mandatory: true}},
	})
	has(t, doc, "groupId", "name", "description", "parent", "server", "disabled", "accountingGroup", "type", "driveLetter", "users", "userNames",
		"allUsers", "allUserNames", "grantedRoles", "grantedRoleNames", "attributes")
	require.Equal(t, "files", doc["server"])
	require.Equal(t, "4711", doc["accountingGroup"])
	require.Equal(t, []any{"anna"}, doc["userNames"])
	require.Equal(t, []any{"anna", "bert"}, doc["allUserNames"])
	require.Len(t, doc["users"], 1)
	require.Equal(t, "bert", doc["allUsers"].([]any)[1].(map[string]any)["userName"])
	require.Equal(t, []any{"Reader"}, doc["grantedRoleNames"])
	grant := doc["grantedRoles"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"Reader", "alpha", "sales", "north"},
		[]any{grant["grantedRole"], grant["grantedRoleSystem"], grant["ownerGroup"], grant["domainValue"]})
}

// The attributes of the role object (page 086).
func TestRoleDocument(t *testing.T) {
	t.Parallel()
	r := entitlement.Role{Name: "Reader", System: "alpha", InformationSystem: "Sample", Category: "use", BPMEnabled: true, PasswordProtected: true}
	a, u := sampleAccount(), identity.User{UserName: "anna"}
	doc := provision.RoleDocument(&provision.RoleSubject{
		Role:       r,
		Holders:    []provision.RoleHolder{{Name: "anna.b", Direct: true, Account: &a, User: &u}, {Name: "bert"}},
		Contained:  []provision.RoleLink{{Role: "Viewer", System: "beta", Owner: "Reader", OwnerSystem: "alpha"}},
		Containing: []provision.RoleLink{{Role: "Reader", System: "alpha", Owner: "Boss", OwnerSystem: "gamma"}},
		Groups:     []identity.Group{{Name: "sales"}},
	})
	has(t, doc, "roleId", "system", "name", "application", "category", "passwordProtected", "description", "wfmanaged", "domain", "ownedRoles",
		"ownerRoles", "ownerGroups", "grantedAccountNames", "grantedAccounts", "allGrantedAccountNames", "allGrantedAccounts", "attributes")
	require.Equal(t, "Sample", doc["application"])
	require.Equal(t, true, doc["wfmanaged"])
	require.Equal(t, []any{"anna.b"}, doc["grantedAccountNames"])
	require.Equal(t, []any{"anna.b", "bert"}, doc["allGrantedAccountNames"])
	holder := doc["grantedAccounts"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"anna.b", "anna"}, []any{holder["accountName"], holder["userName"]})
	owned, owner := doc["ownedRoles"].([]any)[0].(map[string]any), doc["ownerRoles"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"Viewer", "Reader"}, []any{owned["grantedRole"], owned["ownerRoleName"]})
	require.Equal(t, []any{"Reader", "Boss", "gamma"}, []any{owner["grantedRole"], owner["ownerRoleName"], owner["ownerSystem"]})
	require.Equal(t, "sales", doc["ownerGroups"].([]any)[0].(map[string]any)["name"])
	empty := provision.RoleDocument(&provision.RoleSubject{Role: r})
	require.Equal(t, []any{}, empty["grantedAccountNames"], "nobody is an empty list, which empties the attribute in the system")
}

// The attributes of a grant (page 086): of one that a grant gives, that a group passes on, that a role contains.
func TestGrantDocument(t *testing.T) {
	t.Parallel()
	a, above := sampleAccount(), uuid.New()
	role := entitlement.Role{Name: "Reader", Category: "use"}
	s := provision.Subject{User: identity.User{UserName: "anna"}, Roles: []provision.Role{
		{Name: "Reader", System: "alpha", SystemID: system, Direct: true, GrantID: "g1", Holder: "sales", Object: &role},
		{Name: "Viewer", System: "alpha", SystemID: system, OwnerGroup: "sales"},
		{Name: "Guest", System: "alpha", SystemID: system, OwnerRoleID: &above, OwnerRole: "Boss", OwnerRoleSystem: "gamma"},
	}}
	grants := provision.UserDocument(&s, &a)["allGrantedRoles"].([]any)
	direct, byGroup, byRole := grants[0].(map[string]any), grants[1].(map[string]any), grants[2].(map[string]any)
	has(t, direct, "id", "grantedRole", "grantedRoleId", "grantedRoleObject", "grantedRoleSystem", "domainValue", "holderGroup", "ownerAccount",
		"ownerAccountObject", "ownerSystem", "ownerUser", "ownerUserObject")
	require.Equal(t, "g1", direct["id"])
	require.Equal(t, "use", direct["grantedRoleObject"].(map[string]any)["category"])
	require.Equal(t, "anna.b", direct["ownerAccountObject"].(map[string]any)["accountName"])
	require.NotContains(t, direct["ownerAccountObject"], "grantedRoles", "no object contains itself")
	require.Equal(t, "anna", direct["ownerUserObject"].(map[string]any)["userName"])
	require.Equal(t, "sales", byGroup["ownerGroup"])
	require.NotContains(t, byGroup, "grantedRoleObject", "what nobody reads is not there")
	require.Equal(t, []any{above.String(), "Boss", "gamma"}, []any{byRole["ownerRoleId"], byRole["ownerRoleName"], byRole["ownerSystem"]})
}
