package identity_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
)

func TestFullName(t *testing.T) {
	t.Parallel()
	ada := identity.User{FirstName: "Ada", MiddleName: "King", LastName: "Lovelace"}
	cases := []struct {
		name, format string
		user         identity.User
		expected     string
	}{
		{"default", "", ada, "Ada Lovelace King"},
		{"of the guide", "%2$s %3$s, %1$s", ada, "King Lovelace, Ada"},
		{"missing parts leave no blanks", "%1$s %2$s %3$s", identity.User{FirstName: "Ada", LastName: "Lovelace"}, "Ada Lovelace"},
		{"missing parts leave no comma", "%3$s, %1$s", identity.User{LastName: "Lovelace"}, "Lovelace"},
		{"nothing", "", identity.User{}, ""},
		{"names are not formats", "%1$s %3$s", identity.User{FirstName: "%3$s", LastName: "x"}, "%3$s x"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.expected, identity.FullName(c.format, &c.user))
		})
	}
}

func TestCircular(t *testing.T) {
	t.Parallel()
	a, b, c, d := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	require.False(t, identity.Circular(map[uuid.UUID]uuid.UUID{a: b, b: c}, a))
	require.True(t, identity.Circular(map[uuid.UUID]uuid.UUID{a: b, b: c, c: a}, a))
	require.True(t, identity.Circular(map[uuid.UUID]uuid.UUID{a: a}, a))
	require.False(t, identity.Circular(map[uuid.UUID]uuid.UUID{d: a, a: b, b: a}, d), "a circle above is not d's own, and ends the walk")
}

// counts answers how often objects are used.
type counts map[uuid.UUID][]identity.Use

func (c counts) Uses(context.Context, string, []uuid.UUID) (map[uuid.UUID][]identity.Use, error) {
	return c, nil
}

func TestRefuseUsedSaysByWhat(t *testing.T) {
	t.Parallel()
	used, free, kept := uuid.New(), uuid.New(), uuid.New()
	edits := []*object.Edit[identity.UserType]{
		{ID: used, Before: &identity.UserType{Name: "Contractor"}},
		{ID: free, Before: &identity.UserType{Name: "Free"}},
		{ID: kept, Before: &identity.UserType{Name: "Kept"}, After: &identity.UserType{Name: "Kept"}},
	}
	uses := counts{used: {{What: "users", Count: 3}, {What: "accounts", Count: 1}, {What: "systems", Count: 2}}}
	require.NoError(t, identity.RefuseUsed(t.Context(), uses, "userType", edits))
	require.Equal(t, fault.Conflict, fault.CodeOf(edits[0].Err))
	require.EqualError(t, edits[0].Err,
		"Contractor cannot be deleted: it is used by 3 users, 1 account and 2 systems. Change or remove them first.")
	require.NoError(t, edits[1].Err)
	require.NoError(t, edits[2].Err)
}

func TestAsPlatformNamesThePerson(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	ctx := authz.With(t.Context(), authz.Principal{UserID: id, UserName: "clerk", Tenant: "master"})
	p, _ := authz.From(identity.AsPlatform(change.WithOrigin(ctx, change.Origin{Kind: change.Load})))
	require.True(t, p.IsSystem())
	require.Equal(t, [3]string{"clerk", "master", "load"}, [3]string{p.UserName, p.Tenant, string(p.Origin)})
	require.Equal(t, id, p.UserID)
	nobody, _ := authz.From(identity.AsPlatform(t.Context()))
	require.Equal(t, "system", nobody.UserName)
}
