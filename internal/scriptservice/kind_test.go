package scriptservice

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/script"
)

func TestNamesOfTheGuide(t *testing.T) {
	t.Parallel()
	id, when := uuid.New(), time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	meta := object.Meta{ID: id, Version: 3, CreatedAt: when, CreatedBy: "ada", UpdatedAt: when, UpdatedBy: "grace"}
	with := func(class string, entries map[string]any) map[string]any {
		out := map[string]any{
			script.ClassKey: class, "id": id.String(), "createdOn": when, "createdDate": when, "createdBy": "ada", "createdByUser": "ada",
			"modifiedOn": when, "modifiedDate": when, "modifiedBy": "grace", "modifiedByUser": "grace",
		}
		maps.Copy(out, entries)
		return out
	}
	visible := sight{codes: map[string]bool{"seen": true}}
	attributes := object.Attributes{"seen": "1", "hidden": "2"}
	for name, check := range map[string][2]any{
		"user": {
			users.show(&identity.User{
				Meta: meta, UserName: "jane", FirstName: "Jane", LastName: "Sample", MiddleName: "Q", FullName: "Jane Q Sample", UserType: "I",
				PrimaryGroup: "world", Email: "jane@example.org", MailAlias: "j", MailServer: "m", HomeServer: "h", ProfileServer: "p", Phone: "1",
				Active: true, MultiSession: true, Comments: "c", Attributes: attributes,
			}, visible),
			with("User", map[string]any{
				"userName": "jane", "firstName": "Jane", "lastName": "Sample", "lastName2": "Q", "middleName": "Q", "fullName": "Jane Q Sample",
				"userType": "I", "primaryGroup": "world", "emailAddress": "jane@example.org", "email": "jane@example.org", "shortName": "jane",
				"mailDomain": "example.org", "mailAlias": "j", "mailServer": "m", "homeServer": "h", "profileServer": "p", "phone": "1",
				"phoneNumber": "1", "active": true, "multiSession": true, "comments": "c", "attributes": map[string]any{"seen": "1"},
			}),
		},
		"group": {
			groups.show(&identity.Group{
				Meta: meta, Name: "team", Description: "d", Parent: "world", GroupType: "unit", DriveLetter: "K", DriveServer: "srv", Disabled: true,
				ActiveSince: &when,
			}, visible),
			with("Group", map[string]any{
				"name": "team", "groupName": "team", "description": "d", "parentGroup": "world", "parent": "world", "type": "unit",
				"driveLetter": "K", "driveServerName": "srv", "server": "srv", "disabled": true, "obsolete": true, "startDate": when, "endDate": nil,
				"attributes": map[string]any{},
			}),
		},
		"account": {
			accounts.show(&account.Account{
				Meta: meta, Name: "jane", System: "AD", LoginName: "j", Description: "d", Type: account.Privileged, Status: account.ForcedDisabled,
				UserType: "I", User: "jane", FullName: "Jane", ExternalID: "x", LastLogin: &when,
			}, visible),
			with("Account", map[string]any{
				"name": "jane", "accountName": "jane", "system": "AD", "loginName": "j", "description": "d", "accountDescription": "d", "type": "P",
				"status": "FD", "disabled": true, "accountDisabled": true, "passwordPolicy": "I", "userType": "I", "user": "jane",
				"ownerUser": "jane", "userFullName": "Jane", "externalId": "x", "lastLogin": when, "lastPasswordSet": nil,
				"lastPasswordUpdate": nil, "passwordExpiration": nil, "lastUpdated": nil, "lastUpdate": nil, "attributes": map[string]any{},
			}),
		},
		"role": {
			roles.show(&entitlement.Role{
				Meta: meta, Name: "R", Description: "d", System: "AD", InformationSystem: "APP", Category: "c", ScopeDomain: "Groups",
				BPMEnabled: true, ExternalID: "x",
			}, visible),
			with("Role", map[string]any{
				"name": "R", "description": "d", "system": "AD", "informationSystemName": "APP", "application": "APP", "category": "c",
				"domain": "Groups", "bpmEnabled": true, "wfmanaged": true, "passwordProtected": false, "password": false, "externalId": "x",
				"approvalStart": nil, "approvalEnd": nil, "attributes": map[string]any{},
			}),
		},
		"mail domain": {
			mailDomains.show(&identity.MailDomain{Meta: meta, Name: "example.org", Description: "d", Obsolete: true}, sight{}),
			with("MailDomain", map[string]any{"code": "example.org", "name": "example.org", "description": "d", "obsolete": true}),
		},
	} {
		require.Equal(t, check[1], check[0], name)
	}
}

// roundTrip shows what is settable of an object under each single name alone, and expects to find it in an empty one.
func roundTrip[T any, P object.Pointer[T]](t *testing.T, k *kind[T, P], full T) {
	t.Helper()
	var out T
	shown := k.show(&full, sight{})
	for _, f := range k.fields {
		for _, name := range f.names {
			if f.set == nil {
				require.ErrorContains(t, k.fill(&out, map[string]any{name: "other"}, sight{}), "cannot be set", name)
				continue
			}
			if name == "disabled" || name == "accountDisabled" || name == "shortName" || name == "mailDomain" {
				continue // derived from another entry
			}
			var single T
			require.NoError(t, k.fill(&single, map[string]any{name: shown[name]}, sight{}), name)
			require.Equal(t, shown[name], f.get(&single), "%s %s", k.label, name)
		}
	}
	again := full
	require.NoError(t, k.fill(&again, shown, sight{}))
	require.Equal(t, full, again, "giving back what was shown changes nothing")
}

func TestEntriesTravelBothWays(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 3, 4, 5, 6, 7, 891234567, time.UTC)
	roundTrip(t, &users, identity.User{
		UserName: "jane", FirstName: "Jane", LastName: "S", MiddleName: "Q", UserType: "I", PrimaryGroup: "world", Email: "j@example.org",
		MailAlias: "j", MailServer: "m", HomeServer: "h", ProfileServer: "p", Phone: "1", Active: true, MultiSession: true, Comments: "c",
	})
	roundTrip(t, &groups, identity.Group{
		Name: "team", Description: "d", Parent: "world", GroupType: "unit", DriveLetter: "K", DriveServer: "s", Disabled: true,
		ActiveSince: &when, ActiveUntil: &when,
	})
	roundTrip(t, &memberships, identity.Membership{User: "jane", Group: "team", StartAt: &when, EndAt: &when, Comments: "c"})
	roundTrip(t, &mailDomains, identity.MailDomain{Name: "example.org", Description: "d", Obsolete: true})
	roundTrip(t, &accounts, account.Account{
		Name: "jane", System: "AD", LoginName: "j", Description: "d", Type: account.Shared, Status: account.Locked, UserType: "I", User: "u",
		ExternalID: "x",
	})
	roundTrip(t, &roles, entitlement.Role{
		Name: "R", Description: "d", System: "AD", InformationSystem: "APP", Category: "c", ScopeDomain: "Groups", BPMEnabled: true,
		PasswordProtected: true, ExternalID: "x", ApprovalStart: &when, ApprovalEnd: &when,
	})
	roundTrip(t, &informationSystems, entitlement.InformationSystem{
		Name: "APP", Description: "d", Parent: "p", Kind: "business", Owner: "o", Sources: "s", Binaries: "b", Database: "db", BPMEnabled: true,
		NotificationEmails: "n", ApprovalProcess: "a", RoleDefinitionProcess: "r", SingleRole: true,
	})
	roundTrip(t, &grants, entitlement.Grant{StartAt: &when, EndAt: &when})
	roundTrip(t, &systems, account.System{Name: "AD"})
}

func TestMailAddressIsMadeOfItsParts(t *testing.T) {
	t.Parallel()
	for _, at := range []struct{ before, short, domain, want any }{
		{"", "jane", "example.org", "jane@example.org"},
		{"old@example.org", "jane", nil, "jane@example.org"},
		{"old@example.org", nil, "example.com", "old@example.com"},
		{"old@example.org", "", "", ""},
	} {
		u := identity.User{Email: fmt.Sprint(at.before)}
		given := map[string]any{}
		for name, value := range map[string]any{"shortName": at.short, "mailDomain": at.domain} {
			if value != nil {
				given[name] = value
			}
		}
		require.NoError(t, users.fill(&u, given, sight{}))
		require.Equal(t, at.want, u.Email)
	}
	u := identity.User{Email: "old@example.org"}
	given := users.show(&u, sight{})
	given["emailAddress"] = "new@example.com"
	require.NoError(t, users.fill(&u, given, sight{}))
	require.Equal(t, "new@example.com", u.Email, "the parts that stayed do not bring the old address back")
}

func TestWrongEntriesAreNamed(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for _, wrong := range []struct {
		given map[string]any
		words string
	}{
		{map[string]any{"fristName": "x"}, "a user has no fristName"},
		{map[string]any{"fullName": "x"}, "fullName of a user cannot be set"},
		{map[string]any{"id": "x"}, "id of a user cannot be set"},
		{map[string]any{"active": "perhaps"}, "active must be true or false"},
		{map[string]any{"userName": []any{"x"}}, "userName must be a text"},
		{map[string]any{"attributes": "x"}, "attributes must be a map"},
	} {
		var u identity.User
		require.ErrorContains(t, users.fill(&u, wrong.given, sight{}), wrong.words)
	}
	var g identity.Group
	require.ErrorContains(t, groups.fill(&g, map[string]any{"startDate": "soon"}, sight{}), "startDate must be a date")
	require.NoError(t, groups.fill(&g, map[string]any{"startDate": "2026-03-04", "endDate": when, "nothing": nil}, sight{}))
	require.Equal(t, when, *g.ActiveSince)
	require.Equal(t, when, *g.ActiveUntil)
}

func TestHiddenAttributesStay(t *testing.T) {
	t.Parallel()
	u := identity.User{Attributes: object.Attributes{"hidden": "secret", "kept": "a", "gone": "b"}}
	visible := sight{codes: map[string]bool{"kept": true, "gone": true, "new": true}}
	require.NoError(t, users.fill(&u, map[string]any{"attributes": map[string]any{"kept": "a", "new": "c"}}, visible))
	require.Equal(t, object.Attributes{"hidden": "secret", "kept": "a", "new": "c"}, u.Attributes)
}

func TestTranslatedFilters(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		translate func(string) (string, error)
		in, want  string
	}{
		{users.translate, ``, ``},
		{users.translate, `userName co "a"`, `userName co "a"`},
		{users.translate, `lastName2 eq "x" and not (emailAddress pr)`, `middleName eq "x" and not (email pr)`},
		{users.translate, `CREATEDON gt "2026-01-01" or attributes.Badge eq "7"`, `createdAt gt "2026-01-01" or attributes.Badge eq "7"`},
		{users.translate, `groups.group.name eq "team"`, `groups.name eq "team"`},
		{users.translate, `accounts[name eq "x" and system eq "AD"]`, `accounts[name eq "x" and system eq "AD"]`},
		{accounts.translate, `users.user.userName eq "02" and status eq "FD"`, `user eq "02" and status eq "forcedDisabled"`},
		{accounts.translate, `type eq "U" or type eq "shared"`, `type eq "single" or type eq "shared"`},
		{roles.translate, `name eq "r" and informationSystemName eq "APP"`, `name eq "r" and informationSystem eq "APP"`},
		{groups.translate, `parentGroup eq "world"`, `parent eq "world"`},
		{grants.translate, `roleName eq "R" and userCode eq "jane"`, `role eq "R" and user eq "jane"`},
		{informationSystems.translate, `type eq "BUSINESS"`, `kind eq "business"`},
		{mailDomains.translate, `code ew ".org"`, `name ew ".org"`},
	} {
		got, err := f.translate(f.in)
		require.NoError(t, err)
		require.Equal(t, f.want, got)
	}
	_, err := users.translate(`userName eq`)
	require.ErrorContains(t, err, "The query cannot be read")
	require.Equal(t, "-middleName,userName", users.order("-lastName2, userName"))
}

func FuzzTranslate(f *testing.F) {
	f.Add(`userName eq "x" or 1 eq 1`)
	f.Add(`lastName2 co "\"; drop table users; --"`)
	f.Add(`accounts[name eq "x"] and not (emailAddress pr)`)
	f.Fuzz(func(t *testing.T, condition string) {
		once, err := users.translate(condition)
		if err != nil {
			return
		}
		twice, err := users.translate(once)
		require.NoError(t, err, "what was translated can be read")
		require.Equal(t, once, twice, "and says the same in our names")
	})
}

func TestCatalogueIsComplete(t *testing.T) {
	t.Parallel()
	for service, methods := range catalogue() {
		_, comes := later[service]
		require.False(t, comes, service)
		for name, m := range methods {
			require.NotNil(t, m.run, "%s.%s", service, name)
			_, comes := later[service+"."+name]
			require.False(t, comes, "%s.%s", service, name)
		}
	}
	for reason := range later {
		require.False(t, slices.Contains([]string{script.ServerService, script.DispatcherService}, reason))
	}
}
