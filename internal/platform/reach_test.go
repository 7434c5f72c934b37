package platform_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
)

// Whoever may change a group and the passwords of its members brings nobody within their reach by making them a member.
func TestGroupIsNoWayToReachPeople(t *testing.T) {
	t.Parallel()
	b := setup(t)
	sales := b.group("sales", "world")
	b.group("export", "sales")
	stranger, member := b.user("stranger"), b.user("anna", in("sales"))
	ctx := b.operator("manager", entitlement.Scope{ScopeGroupID: &sales.ID},
		authz.GroupQuery, authz.GroupUpdate, authz.UserQuery, authz.UserUpdate, authz.UserPassword)

	_, err := b.Memberships.Create(ctx, identity.Membership{User: stranger.UserName, Group: "sales"})
	require.True(t, fault.Is(err, fault.Denied), "%v", err)
	require.ErrorContains(t, err, "may not change stranger")
	_, err = b.Users.Get(ctx, stranger.ID)
	require.True(t, fault.Is(err, fault.NotFound), "and is out of reach as before")

	m, err := b.Memberships.Create(ctx, identity.Membership{User: member.UserName, Group: "export"})
	require.NoError(t, err, "somebody within reach may be moved about")
	require.NoError(t, b.Memberships.Delete(ctx, m.ID, 0))

	only := b.operator("organiser", entitlement.Scope{}, authz.GroupQuery, authz.GroupUpdate)
	_, err = b.Memberships.Create(only, identity.Membership{User: stranger.UserName, Group: "sales"})
	require.True(t, fault.Is(err, fault.Denied), "who may change groups, but nobody, adds nobody: %v", err)
}
