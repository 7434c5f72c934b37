package store_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/parameter"
	"provost/internal/query"
	"provost/internal/store"
	"provost/internal/testenv"
)

var all = authz.Scope{All: true}

// sample is one row of each table, tied together, of one tenant. Names carry a mark so that two tenants never look alike.
type sample struct {
	userType    identity.UserType
	groupType   identity.GroupType
	mailDomain  identity.MailDomain
	group       identity.Group
	user        identity.User
	membership  identity.Membership
	attribute   metadata.Attribute
	parameter   parameter.Parameter
	rule        account.NamingRule
	domain      account.PasswordDomain
	system      account.System
	application entitlement.InformationSystem
	scopeDomain entitlement.ScopeDomain
	scopeValue  entitlement.ScopeValue
	role, inner entitlement.Role
	content     entitlement.Content
	groupRole   entitlement.GroupRole
	account     account.Account
	access      account.Access
	grant       entitlement.Grant
	permission  entitlement.Authorization
}

func id() object.Meta { return object.Meta{ID: uuid.Must(uuid.NewV7())} }

// newSample fills every written column with a value that is not its zero, as far as the rules of the tables allow.
func newSample(mark string) *sample {
	since, until := time.Now().Add(-time.Hour).UTC().Truncate(time.Microsecond), time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	attributes := object.Attributes{"code": mark, "many": []any{"a", "b"}, "number": 1.5}
	world := identity.World
	s := &sample{
		userType:   identity.UserType{Meta: id(), Name: "type " + mark, Description: "d", Managed: true},
		groupType:  identity.GroupType{Meta: id(), Name: "grouptype " + mark, Description: "d", RoleHolder: true},
		mailDomain: identity.MailDomain{Meta: id(), Name: mark + ".example.org", Description: "d", Obsolete: true},
		attribute: metadata.Attribute{
			Meta: id(), ObjectType: "user", Code: "code", DataType: metadata.String, Position: 7,
			Options: metadata.Options{Label: map[string]string{"en": mark}, QuickSearch: true, Values: []metadata.Value{{Code: "a", Label: "b"}}},
		},
		parameter: parameter.Parameter{Meta: id(), Name: "sample." + mark, Value: "v", Description: "d"},
		rule:      account.NamingRule{Meta: id(), Code: "RULE-" + mark, Description: "d", Kind: "script", Condition: "true", Script: "user.userName"},
		domain:    account.PasswordDomain{Meta: id(), Code: "PD-" + mark, Description: "d"},
	}
	s.group = identity.Group{
		Meta: id(), Name: "group " + mark, Description: "d", ParentID: &world, GroupTypeID: &s.groupType.ID, DriveLetter: "H",
		DriveServer: "files", ActiveSince: &since, ActiveUntil: &until, Attributes: attributes,
	}
	s.system = account.System{
		Meta: id(), Key: "system-" + mark, Name: "system " + mark, Description: "d", Usage: "pam", Connector: "ldap",
		Parameters: map[string]string{"host": "ldap.example.org"}, Server: "*", AlternativeServer: "b", Threads: 3, TaskTimeoutMS: 1000,
		LongTaskTimeoutMS: 2000, Precedence: 5, Removal: "detach", NamingRuleID: &s.rule.ID, PasswordDomainID: &s.domain.ID,
		UserTypeIDs: []uuid.UUID{}, GroupIDs: []uuid.UUID{}, Guard: account.Guard{MaxInserts: 3},
		Correlation:  []account.CorrelationRule{{Kind: "filter", Expression: "userName pr"}},
		Mappings:     []mapping.ObjectMapping{{SystemObject: "inetOrgPerson", ObjectType: mapping.TypeAccount, Rows: []mapping.Row{{System: "cn", Direction: "<=", Provost: "accountName"}}}},
		LoadTriggers: []account.LoadTrigger{{ObjectType: "user", Event: "preInsert", Script: "true"}}, Attributes: attributes,
	}
	s.user = identity.User{
		Meta: id(), UserName: "user-" + mark, FirstName: "Sample", LastName: "Person", MiddleName: "M", FullName: "Sample Person",
		UserTypeID: s.userType.ID, PrimaryGroupID: s.group.ID, Email: "p@" + mark + ".example.org", MailAlias: "a", MailServer: "b", HomeServer: "c",
		ProfileServer: "d", Phone: "1", Active: true, MultiSession: true, Comments: "c", Attributes: attributes, SourceSystemID: &s.system.ID,
	}
	s.membership = identity.Membership{Meta: id(), UserID: s.user.ID, GroupID: world, StartAt: &since, EndAt: &until, Comments: "c", Attributes: attributes}
	s.application = entitlement.InformationSystem{
		Meta: id(), Name: "application " + mark, Kind: "business", Description: "d", OwnerID: &s.user.ID,
		Sources: "s", Binaries: "b", Database: "d", BPMEnabled: true, NotificationEmails: "e", ApprovalProcess: "p", RoleDefinitionProcess: "r",
		SingleRole: true, Attributes: attributes,
	}
	s.scopeDomain = entitlement.ScopeDomain{Meta: id(), InformationSystemID: &s.application.ID, Name: "zones " + mark, Description: "d", Kind: "values"}
	s.scopeValue = entitlement.ScopeValue{Meta: id(), ScopeDomainID: s.scopeDomain.ID, Value: "north " + mark, Description: "d"}
	s.role = entitlement.Role{
		Meta: id(), SystemID: s.system.ID, InformationSystemID: s.application.ID, Name: "role " + mark, Description: "d",
		Category: "c", ScopeDomainID: &s.scopeDomain.ID, BPMEnabled: true, PasswordProtected: true, ExternalID: "x", ApprovalStart: &since,
		ApprovalEnd: &until, Attributes: attributes,
	}
	s.inner = entitlement.Role{Meta: id(), SystemID: s.system.ID, InformationSystemID: s.application.ID, Name: "inner " + mark}
	value := entitlement.Scope{ScopeValueID: &s.scopeValue.ID}
	s.content = entitlement.Content{
		Meta: id(), RoleID: s.role.ID, ContainedRoleID: s.inner.ID, Mandatory: true, SourceGroupID: &s.group.ID,
		SourceInformationSystemID: &s.application.ID, SourceValueID: &s.scopeValue.ID,
		Scope: entitlement.Scope{ScopeGroupID: &s.group.ID, ScopeInformationSystemID: &s.application.ID, ScopeValueID: &s.scopeValue.ID},
		State: entitlement.GrantActive,
	}
	s.groupRole = entitlement.GroupRole{Meta: id(), GroupID: s.group.ID, RoleID: s.role.ID, Mandatory: true, Scope: s.content.Scope}
	s.account = account.Account{
		Meta: id(), SystemID: s.system.ID, Name: "account-" + mark, LoginName: "l", Description: "d", Type: "single",
		Status: "enabled", UserTypeID: s.userType.ID, UserID: &s.user.ID, ExternalID: "e", Attributes: attributes, Origin: "load",
		LastLogin: &since, LastPasswordSet: &since, PasswordExpires: &until,
	}
	s.access = account.Access{Meta: id(), AccountID: s.account.ID, Level: "owner", GroupID: &s.group.ID}
	s.grant = entitlement.Grant{
		Meta: id(), AccountID: s.account.ID, RoleID: s.role.ID, Scope: value, HolderGroupID: &s.group.ID, StartAt: &since,
		EndAt: &until, State: "active", Origin: "rule", OriginID: &s.rule.ID, Attributes: attributes,
	}
	s.permission = entitlement.Authorization{Meta: id(), Permission: "user:query", RoleID: s.role.ID}
	return s
}

// step checks one table for one row.
type step struct {
	name  string
	check func(t *testing.T, tenant, other *store.Tenant)
}

// stepsOf lists all tables in an order in which their rows can refer to each other.
func stepsOf(s *sample) []step {
	return []step{
		table("user types", (*store.Tenant).UserTypes, s.userType, "name", func(x *identity.UserType) { x.Description = "changed" }),
		table("group types", (*store.Tenant).GroupTypes, s.groupType, "name", func(x *identity.GroupType) { x.RoleHolder = false }),
		table("mail domains", (*store.Tenant).MailDomains, s.mailDomain, "name", func(x *identity.MailDomain) { x.Obsolete = false }),
		table("metadata", (*store.Tenant).Metadata, s.attribute, "code", func(x *metadata.Attribute) { x.Options.Hint = "h" }),
		table("parameters", (*store.Tenant).Parameters, s.parameter, "name", func(x *parameter.Parameter) { x.Value = "changed" }),
		table("naming rules", (*store.Tenant).NamingRules, s.rule, "code", func(x *account.NamingRule) { x.Script = "null" }),
		table("password domains", (*store.Tenant).PasswordDomains, s.domain, "code", func(x *account.PasswordDomain) { x.Description = "changed" }),
		table("groups", (*store.Tenant).Groups, s.group, "name", func(x *identity.Group) { x.ActiveUntil, x.GroupTypeID = nil, nil }),
		table("systems", (*store.Tenant).Systems, s.system, "name", func(x *account.System) { x.Paused, x.Correlation = true, nil }),
		table("users", (*store.Tenant).Users, s.user, "userName", func(x *identity.User) { x.Attributes, x.Active = nil, false }),
		table("memberships", (*store.Tenant).Memberships, s.membership, "comments", func(x *identity.Membership) { x.EndAt = nil }),
		table("information systems", (*store.Tenant).InformationSystems, s.application, "name", func(x *entitlement.InformationSystem) { x.SingleRole = false }),
		table("scope domains", (*store.Tenant).ScopeDomains, s.scopeDomain, "name", func(x *entitlement.ScopeDomain) { x.Description = "changed" }),
		table("scope values", (*store.Tenant).ScopeValues, s.scopeValue, "value", func(x *entitlement.ScopeValue) { x.Description = "changed" }),
		table("roles", (*store.Tenant).Roles, s.role, "name", func(x *entitlement.Role) { x.ApprovalEnd = nil }),
		table("inner roles", (*store.Tenant).Roles, s.inner, "name", func(x *entitlement.Role) { x.Category = "changed" }),
		table("role contents", (*store.Tenant).RoleContents, s.content, "containedRole", func(x *entitlement.Content) { x.Mandatory = false }),
		table("group roles", (*store.Tenant).GroupRoles, s.groupRole, "role", func(x *entitlement.GroupRole) { x.Mandatory = false }),
		table("accounts", (*store.Tenant).Accounts, s.account, "name", func(x *account.Account) { x.Status = "disabled" }),
		table("account access", (*store.Tenant).AccountAccess, s.access, "level", func(x *account.Access) { x.Level = "manager" }),
		table("grants", (*store.Tenant).Grants, s.grant, "origin", func(x *entitlement.Grant) { x.EndAt, x.HolderGroupID = nil, nil }),
		table("authorizations", (*store.Tenant).Authorizations, s.permission, "permission", func(x *entitlement.Authorization) { x.Permission = "user:update" }),
	}
}

// written gives the written columns of an object and drops what the database adds.
func written(v any) map[string]any {
	out := map[string]any{}
	value := reflect.ValueOf(v)
	for _, f := range reflect.VisibleFields(value.Type()) {
		tag := f.Tag.Get("db")
		if tag == "" || strings.Contains(tag, ",") || f.Anonymous {
			continue
		}
		field := value.FieldByIndex(f.Index)
		if (field.Kind() == reflect.Map || field.Kind() == reflect.Slice) && field.Len() == 0 {
			continue // empty lists and maps are kept as empty, not as nothing
		}
		moment, ok := reflect.TypeAssert[*time.Time](field)
		if ok && moment != nil {
			out[tag] = moment.UTC()
			continue
		}
		out[tag] = field.Interface()
	}
	return out
}

// table checks that a row is inserted, read in every way, updated, superseded in the history, and unseen by the other tenant.
func table[T any, P object.Pointer[T]](
	name string, of func(*store.Tenant) object.Store[T], row T, attribute string, change func(P),
) step {
	return step{name: name, check: func(t *testing.T, tenant, other *store.Tenant) {
		t.Helper()
		ctx, rows := t.Context(), of(tenant)
		key := P(&row).Base().ID
		require.NoError(t, rows.Insert(ctx, []T{row}))
		found, err := rows.Get(ctx, all, key)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, written(row), written(found[0]), "what is read is what was written")
		require.NotContains(t, P(&found[0]).Title(), "%", "the title is made of read columns")

		foreign, err := of(other).Get(ctx, all, key)
		require.NoError(t, err)
		require.Empty(t, foreign, "the other tenant does not see it")

		listed, err := rows.List(ctx, all, query.List{Filter: `id eq "` + key.String() + `" and ` + attribute + " pr", Sort: "-" + attribute})
		require.NoError(t, err)
		require.Equal(t, 1, listed.Total)
		streamed := 0
		require.NoError(t, rows.Each(ctx, all, query.List{Filter: `id eq "` + key.String() + `"`}, func(T) error { streamed++; return nil }))
		require.Equal(t, 1, streamed)
		_, err = rows.List(ctx, all, query.List{Q: "sample 100%", Sort: "id"})
		require.NoError(t, err)
		hidden, err := rows.Outside(ctx, authz.Scope{}, key)
		require.NoError(t, err)
		require.Equal(t, []uuid.UUID{key}, hidden, "an empty scope sees nothing")
		_, err = rows.List(ctx, authz.Scope{Groups: []uuid.UUID{key}, InformationSystems: []uuid.UUID{key}}, query.List{})
		require.NoError(t, err)

		changed := found[0]
		change(&changed)
		require.NoError(t, tenant.Do(ctx, func(ctx context.Context) error {
			locked, err := rows.Lock(ctx, key)
			require.NoError(t, err)
			require.Len(t, locked, 1)
			return rows.Update(ctx, []T{changed})
		}))
		again, err := rows.Get(ctx, all, key)
		require.NoError(t, err)
		require.Equal(t, written(changed), written(again[0]))
		require.Equal(t, int64(2), P(&again[0]).Base().Version)
		history, err := rows.History(ctx, key)
		require.NoError(t, err)
		require.Len(t, history, 1)
		require.Equal(t, written(row), written(history[0].Object))
		require.NoError(t, rows.Update(ctx, []T{row}), "back, for the rows that refer to it")
	}}
}

// TestEveryTable takes two tenants through all tables in turn, on one connection: nothing of one is ever seen by the other.
func TestEveryTable(t *testing.T) { //nolint:tparallel // the tenants take turns on one connection
	t.Parallel()
	fingerprint, err := store.Fingerprint()
	require.NoError(t, err)
	migrate := func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master", "other") }
	database, err := store.Open(t.Context(), testenv.Database(t, migrate, "platform "+fingerprint), 1)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	tenants := []*store.Tenant{database.Tenant("master"), database.Tenant("other")}
	steps := [][]step{stepsOf(newSample("one")), stepsOf(newSample("two"))}
	for i := range steps[0] {
		for n, tenant := range tenants {
			ok := t.Run(steps[n][i].name+" of "+tenant.Key(), func(t *testing.T) { steps[n][i].check(t, tenant, tenants[1-n]) })
			require.True(t, ok, "later tables refer to this one")
		}
	}
}

func TestDeletedRowLeavesItsHistory(t *testing.T) {
	t.Parallel()
	fingerprint, err := store.Fingerprint()
	require.NoError(t, err)
	migrate := func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master", "other") }
	database, err := store.Open(t.Context(), testenv.Database(t, migrate, "platform "+fingerprint), 1)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	rows := database.Tenant("master").GroupTypes()
	row := newSample("one").groupType
	require.NoError(t, rows.Insert(t.Context(), []identity.GroupType{row}))
	require.NoError(t, rows.Delete(t.Context(), row.ID))
	history, err := rows.History(t.Context(), row.ID)
	require.NoError(t, err)
	require.Equal(t, "delete", history[0].Operation)
	require.Error(t, rows.Update(t.Context(), []identity.GroupType{row}), "what is gone cannot be updated")
}
