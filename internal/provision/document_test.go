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

func TestGroupDocument(t *testing.T) {
	t.Parallel()
	g := identity.Group{Name: "sales", Description: "Sample", Parent: "world", GroupType: "unit", DriveServer: "files", DriveLetter: "S"}
	doc := provision.GroupMembersDocument(&g, []string{"anna"}, []string{"anna", "bert"})
	has(t, doc, "groupId", "name", "description", "parent", "server", "disabled", "type", "driveLetter", "userNames", "allUserNames")
	require.Equal(t, "files", doc["server"])
	require.Equal(t, []any{"anna"}, doc["userNames"])
	require.Equal(t, []any{"anna", "bert"}, doc["allUserNames"])
}

func TestRoleDocument(t *testing.T) {
	t.Parallel()
	r := entitlement.Role{Name: "Reader", System: "alpha", InformationSystem: "Sample", Category: "use", BPMEnabled: true, PasswordProtected: true}
	doc := provision.RoleDocument(&r, provision.Members{Accounts: []string{"anna"}, AllAccounts: []string{"anna", "bert"}})
	has(t, doc, "roleId", "system", "name", "application", "category", "passwordProtected", "description", "wfmanaged", "domain",
		"grantedAccountNames", "allGrantedAccountNames", "attributes")
	require.Equal(t, "Sample", doc["application"])
	require.Equal(t, true, doc["wfmanaged"])
	require.Equal(t, []any{"anna", "bert"}, doc["allGrantedAccountNames"])
	empty := provision.RoleDocument(&r, provision.Members{})
	require.Equal(t, []any{}, empty["grantedAccountNames"], "nobody is an empty list, which empties the attribute in the system")
}
