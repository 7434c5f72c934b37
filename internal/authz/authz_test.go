package authz_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
)

var (
	sales   = uuid.MustParse("0198a000-0000-7000-8000-000000000001")
	support = uuid.MustParse("0198a000-0000-7000-8000-000000000002")
	payroll = uuid.MustParse("0198a000-0000-7000-8000-000000000003")
)

func everywhere(p authz.Permission) authz.Grant {
	return authz.Grant{Permission: p, ScopeKind: authz.ScopeAll}
}

func inGroups(p authz.Permission, ids ...uuid.UUID) authz.Grant {
	return authz.Grant{Permission: p, ScopeKind: authz.ScopeGroup, ScopeIDs: ids}
}

func inSystems(p authz.Permission, ids ...uuid.UUID) authz.Grant {
	return authz.Grant{Permission: p, ScopeKind: authz.ScopeInformationSystem, ScopeIDs: ids}
}

func TestCatalogueIsConsistent(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z][a-zA-Z]*:[a-z]+$`)
	seen := map[authz.Permission]bool{}
	for _, d := range authz.Catalogue() {
		require.Regexp(t, form, string(d.Permission))
		require.False(t, seen[d.Permission], "%s is there twice", d.Permission)
		seen[d.Permission] = true
		require.True(t, strings.HasPrefix(string(d.Permission), string(d.Object)+":"), d.Permission)
		require.NotEmpty(t, d.Description.English, d.Permission)
		require.NotEmpty(t, d.Description.Spanish, d.Permission)
		require.NotEqual(t, d.Description.English, d.Description.Spanish, d.Permission)
		require.NotContains(t, authz.Implied(d.Permission), d.Permission, "a circle of implications")
		for _, implied := range d.Implies {
			_, known := authz.Find(implied)
			require.True(t, known, "%s implies %s", d.Permission, implied)
		}
	}
	require.Greater(t, len(seen), 80)
}

// Whoever may change something may see it.
func TestChangingImpliesSeeing(t *testing.T) {
	t.Parallel()
	for _, d := range authz.Catalogue() {
		query := authz.Permission(string(d.Object) + ":query")
		if _, ok := authz.Find(query); !ok || d.Permission == query {
			continue
		}
		require.Contains(t, authz.Implied(d.Permission), query)
		require.Contains(t, authz.Givers(query), d.Permission)
	}
}

// A limit reaches what is implied on the same object; otherwise a limited grant would
// give a change without the sight of what is changed.
func TestImpliedPermissionsOnTheSameObjectShareTheirLimits(t *testing.T) {
	t.Parallel()
	for _, d := range authz.Catalogue() {
		for _, name := range d.Implies {
			if implied, _ := authz.Find(name); implied.Object == d.Object {
				require.Equal(t, d.Limits, implied.Limits, "%s and %s", d.Permission, name)
			}
		}
	}
}

func TestCatalogueIsACopy(t *testing.T) {
	t.Parallel()
	authz.Catalogue()[0].Permission = "broken"
	require.Equal(t, authz.UserQuery, authz.Catalogue()[0].Permission)
	implied := authz.Implied(authz.UserUpdate)
	implied[0] = "broken"
	require.Equal(t, []authz.Permission{authz.UserQuery}, authz.Implied(authz.UserUpdate))
}

func TestParse(t *testing.T) {
	t.Parallel()
	p, err := authz.Parse("syncTask:release")
	require.NoError(t, err)
	require.Equal(t, authz.SyncTaskRelease, p)
	for _, name := range []string{"", "user", "user:*", "User:query", "user:query "} {
		_, err := authz.Parse(name)
		require.ErrorIs(t, err, authz.ErrUnknownPermission, name)
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	all := authz.Scope{All: true}
	for name, tc := range map[string]struct {
		grants []authz.Grant
		ask    authz.Permission
		want   authz.Scope
	}{
		"nothing granted":            {nil, authz.UserQuery, authz.Scope{}},
		"granted":                    {[]authz.Grant{everywhere(authz.UserQuery)}, authz.UserQuery, all},
		"implied":                    {[]authz.Grant{everywhere(authz.UserUpdate)}, authz.UserQuery, all},
		"not the other way":          {[]authz.Grant{everywhere(authz.UserQuery)}, authz.UserUpdate, authz.Scope{}},
		"implied across objects":     {[]authz.Grant{everywhere(authz.AuthorizationUpdate)}, authz.RoleQuery, all},
		"another object":             {[]authz.Grant{everywhere(authz.UserUpdate)}, authz.GroupQuery, authz.Scope{}},
		"unknown":                    {[]authz.Grant{everywhere("user:fly")}, "user:fly", authz.Scope{}},
		"limited":                    {[]authz.Grant{inGroups(authz.UserUpdate, sales)}, authz.UserUpdate, authz.Scope{Groups: []uuid.UUID{sales}}},
		"implied keeps the limit":    {[]authz.Grant{inGroups(authz.UserUpdate, sales)}, authz.UserQuery, authz.Scope{Groups: []uuid.UUID{sales}}},
		"union of limits":            {[]authz.Grant{inGroups(authz.UserUpdate, support), inGroups(authz.UserQuery, support, sales)}, authz.UserQuery, authz.Scope{Groups: []uuid.UUID{sales, support}}},
		"no limit wins":              {[]authz.Grant{inGroups(authz.UserUpdate, sales), everywhere(authz.UserCreate)}, authz.UserQuery, all},
		"both kinds":                 {[]authz.Grant{inGroups(authz.GrantCreate, sales), inSystems(authz.GrantRevoke, payroll)}, authz.GrantQuery, authz.Scope{Groups: []uuid.UUID{sales}, InformationSystems: []uuid.UUID{payroll}}},
		"limit without meaning":      {[]authz.Grant{inGroups(authz.SettingsUpdate, sales)}, authz.SettingsUpdate, authz.Scope{}},
		"limit of the wrong kind":    {[]authz.Grant{inSystems(authz.UserUpdate, payroll)}, authz.UserUpdate, authz.Scope{}},
		"limited to nothing":         {[]authz.Grant{inGroups(authz.UserUpdate)}, authz.UserUpdate, authz.Scope{}},
		"grant without kind":         {[]authz.Grant{{Permission: authz.UserQuery}}, authz.UserQuery, authz.Scope{}},
		"grant of an unknown kind":   {[]authz.Grant{{Permission: authz.UserQuery, ScopeKind: "galaxy"}}, authz.UserQuery, authz.Scope{}},
		"limited, implied elsewhere": {[]authz.Grant{inGroups(authz.AuthorizationUpdate, sales)}, authz.RoleQuery, authz.Scope{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := authz.Principal{UserName: "ann", Grants: tc.grants}
			require.Equal(t, tc.want, p.Scope(tc.ask))
			require.Equal(t, !tc.want.Empty(), p.Allows(tc.ask))
			if tc.want.Empty() {
				require.ErrorIs(t, authz.Require(p, tc.ask), authz.ErrDenied)
			} else {
				require.NoError(t, authz.Require(p, tc.ask))
			}
		})
	}
}

func TestScopeDoesNotTouchTheGrants(t *testing.T) {
	t.Parallel()
	p := authz.Principal{Grants: []authz.Grant{inGroups(authz.UserQuery, support, sales, support)}}
	require.Equal(t, []uuid.UUID{sales, support}, p.Scope(authz.UserQuery).Groups)
	require.Equal(t, []uuid.UUID{support, sales, support}, p.Grants[0].ScopeIDs)
}

func TestScopeReaches(t *testing.T) {
	t.Parallel()
	limited := authz.Scope{Groups: []uuid.UUID{sales}, InformationSystems: []uuid.UUID{payroll}}
	require.True(t, limited.InGroups(support, sales))
	require.False(t, limited.InGroups(support))
	require.False(t, limited.InGroups())
	require.True(t, limited.InInformationSystems(payroll))
	require.False(t, limited.InInformationSystems(sales))
	require.True(t, authz.Scope{All: true}.InGroups())
	require.True(t, authz.Scope{All: true}.InInformationSystems(payroll))
	require.False(t, authz.Scope{}.InGroups(sales))
}

func TestSystemMayEverything(t *testing.T) {
	t.Parallel()
	system := authz.System(authz.OriginLoad)
	require.True(t, system.IsSystem())
	require.Equal(t, authz.OriginLoad, system.Origin)
	require.Len(t, system.Permissions(), len(authz.Catalogue()))
	require.False(t, system.Allows("user:fly"))
	require.False(t, authz.Principal{UserName: "system"}.IsSystem(), "the name alone gives nothing")
}

func TestPermissionsIncludeWhatIsImplied(t *testing.T) {
	t.Parallel()
	p := authz.Principal{Grants: []authz.Grant{everywhere(authz.AuthorizationUpdate), inGroups(authz.UserPassword, sales)}}
	require.Equal(t, []authz.Permission{
		authz.AuthorizationQuery, authz.AuthorizationUpdate, authz.RoleQuery, authz.UserPassword, authz.UserQuery,
	}, p.Permissions())
	require.True(t, slices.IsSorted(p.Permissions()))
}

func TestDenialTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("update user: %w", authz.Require(authz.Principal{}, authz.UserUpdate))
	require.ErrorIs(t, err, authz.ErrDenied)
	var denied *authz.DeniedError
	require.ErrorAs(t, err, &denied)
	require.Equal(t, authz.UserUpdate, denied.Permission)
	require.Equal(t, "you need the permission user:update (change users, their memberships and attributes): "+
		"ask somebody with the permission authorization:update to give it to one of your roles", denied.Error())

	require.EqualError(t, authz.Outside(authz.TokenQuery), "your permission token:query (see the API tokens of all users) "+
		"does not reach this object: ask somebody with the permission authorization:update to give it to one of your roles")
	require.ErrorContains(t, authz.Require(authz.Principal{}, "user:fly"), "you need the permission user:fly: ")
}

func TestPrincipalTravelsInTheContext(t *testing.T) {
	t.Parallel()
	_, ok := authz.From(t.Context())
	require.False(t, ok)
	_, err := authz.Check(t.Context(), authz.UserQuery)
	require.ErrorIs(t, err, authz.ErrNoPrincipal)

	ann := authz.Principal{UserName: "ann", Tenant: "master", Grants: []authz.Grant{everywhere(authz.UserQuery)}}
	ctx := authz.With(t.Context(), ann)
	got, ok := authz.From(ctx)
	require.True(t, ok)
	require.Equal(t, ann, got)
	got, err = authz.Check(ctx, authz.UserQuery)
	require.NoError(t, err)
	require.Equal(t, "ann", got.UserName)
	got, err = authz.Check(ctx, authz.UserDelete)
	require.ErrorIs(t, err, authz.ErrDenied)
	require.Equal(t, "ann", got.UserName, "the audit names who was refused")
}

func TestTextInLanguage(t *testing.T) {
	t.Parallel()
	d, _ := authz.Find(authz.UserCreate)
	for language, want := range map[string]string{
		"es": "Crear usuarios", "es-MX": "Crear usuarios", "ES": "Crear usuarios",
		"en": "Create users", "": "Create users", "fr": "Create users", "e": "Create users",
	} {
		require.Equal(t, want, d.Description.In(language), language)
	}
}
