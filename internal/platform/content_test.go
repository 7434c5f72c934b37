package platform_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/object"
	"provost/internal/query"
)

func TestOptionalContentsAreChildGrantsOfNewHolders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.system("crm")
	b.system("byhand", func(s *account.System) { s.ManualAccountCreation = true })
	b.application("app")
	parent := b.role("parent", "dir", "app")
	must, may, far := b.role("must", "crm", "app"), b.role("may", "crm", "app"), b.role("far", "byhand", "app")
	early, late := b.user("early"), b.user("late")
	b.grant(early, parent)
	b.contain(parent, must, true)
	b.contain(parent, may, false)
	b.contain(parent, far, false)
	require.Equal(t, []string{"must < parent@dir", "parent"}, b.held(early.ID), "optional contents are for new holders only")
	g := b.grant(late, parent)
	require.Equal(t, []string{"may", "must < parent@dir", "parent"}, b.held(late.ID), "and only where an account may be opened")
	children, err := b.Grants.List(b.ctx, query.List{Filter: `parentGrantId eq "` + g.ID.String() + `"`})
	require.NoError(t, err)
	require.Len(t, children.Items, 1)
	require.Equal(t, entitlement.OriginRole, children.Items[0].Origin)
	require.NoError(t, b.Revoke(b.ctx, children.Items[0].ID))
	require.Equal(t, []string{"must < parent@dir", "parent"}, b.held(late.ID))
	require.NoError(t, b.Revoke(b.ctx, g.ID))
	require.Empty(t, b.held(late.ID))
	again := b.grant(late, parent)
	require.NoError(t, b.Revoke(b.ctx, again.ID))
	require.Empty(t, b.held(late.ID), "children fall with their parent")
	require.Empty(t, b.query("select id::text from grants where parent_grant_id is not null"))
}

func TestOptionalGroupRolesAreGrantedToNewMembers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	reader := b.role("reader", "dir", "app")
	division := b.group("division", "")
	b.group("team", "division")
	before := b.user("before", in("team"))
	_, err := b.GroupRoles.Create(b.ctx, entitlement.GroupRole{GroupID: division.ID, RoleID: reader.ID})
	require.NoError(t, err)
	require.Empty(t, b.held(before.ID))
	u := b.user("u1")
	m := b.member("u1", "team")
	require.Equal(t, []string{"reader"}, b.held(u.ID))
	roles, err := b.EffectiveRoles(b.ctx, u.ID)
	require.NoError(t, err)
	require.True(t, roles[0].Revocable)
	require.NoError(t, b.Memberships.Delete(b.ctx, m.ID, 0))
	require.Empty(t, b.held(u.ID), "what came with the group goes with it")
	hired := b.user("hired", in("team"))
	require.Equal(t, []string{"reader"}, b.held(hired.ID))
}

func TestRoleContentsHaveNoCircles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	x, y, z := b.role("x", "dir", "app"), b.role("y", "dir", "app"), b.role("z", "dir", "app")
	b.contain(x, y, true)
	b.contain(y, z, false)
	_, err := b.RoleContents.Create(b.ctx, entitlement.Content{RoleID: z.ID, ContainedRoleID: x.ID, Mandatory: true})
	refused(t, err, fault.Invalid, "circle")
	_, err = b.RoleContents.Create(b.ctx, entitlement.Content{RoleID: x.ID, ContainedRoleID: x.ID})
	refused(t, err, fault.Invalid, "itself")
	v, w := b.role("v", "dir", "app"), b.role("w", "dir", "app")
	edits := []*object.Edit[entitlement.Content]{
		edit(uuid.Nil, &entitlement.Content{RoleID: v.ID, ContainedRoleID: w.ID}), edit(uuid.Nil, &entitlement.Content{RoleID: w.ID, ContainedRoleID: v.ID}),
	}
	refused(t, b.RoleContents.Apply(b.ctx, edits, true), fault.Invalid, "circle")
}

func TestPreviewOfContentsChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	parent, old, fresh := b.role("parent", "dir", "app"), b.role("old", "dir", "app"), b.role("fresh", "dir", "app")
	b.contain(parent, old, true)
	u := b.user("u1")
	b.grant(u, parent)
	b.forget()
	draft := []entitlement.Content{{ContainedRoleID: fresh.ID, Mandatory: true}}
	preview, err := b.Composer.Preview(b.ctx, parent.ID, draft)
	require.NoError(t, err)
	lines := []string{}
	for _, c := range preview.Changes {
		lines = append(lines, c.Action+" "+c.User+" "+c.Role)
	}
	require.Equal(t, []string{"grant u1 fresh@dir", "revoke u1 old@dir"}, lines)
	require.Equal(t, []string{"old < parent@dir", "parent"}, b.held(u.ID))
	require.Empty(t, b.tasks())
	require.NoError(t, b.Composer.Set(b.ctx, parent.ID, draft))
	require.Equal(t, []string{"fresh < parent@dir", "parent"}, b.held(u.ID))
	require.Equal(t, []string{"user/u1"}, b.tasks())
}

func TestDeletedRoleIsMissed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	parent, child := b.role("parent", "dir", "app"), b.role("child", "dir", "app")
	b.contain(parent, child, true)
	u := b.user("u1")
	b.grant(u, parent)
	b.forget()
	require.NoError(t, b.Roles.Delete(b.ctx, parent.ID, 0))
	require.Empty(t, b.held(u.ID))
	require.Equal(t, []string{"user/u1"}, b.tasks())
	refused(t, b.Roles.Delete(b.ctx, entitlement.AdminRole, 0), fault.Conflict, "built in")
	_, err := b.Roles.Create(b.ctx, entitlement.Role{Name: "CHILD", System: "dir", InformationSystem: "app"})
	refused(t, err, fault.Conflict, "CHILD@dir")
}

func TestScopesAreCarriedAndRestricted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("app")
	north, south := b.group("north", ""), b.group("south", "")
	scoped := func(r *entitlement.Role) { r.ScopeDomain = "Groups" }
	manager, viewer, special, plain := b.role("manager", "dir", "app", scoped), b.role("viewer", "dir", "app", scoped),
		b.role("special", "dir", "app", scoped), b.role("plain", "dir", "app")
	contain := func(c entitlement.Content) error {
		c.Mandatory = true
		_, err := b.RoleContents.Create(b.ctx, c)
		return err
	}
	require.NoError(t, contain(entitlement.Content{RoleID: manager.ID, ContainedRoleID: viewer.ID}), "the scope is carried on")
	require.NoError(t, contain(entitlement.Content{
		RoleID: manager.ID, ContainedRoleID: special.ID, SourceGroupID: &north.ID, Scope: entitlement.Scope{ScopeGroupID: &south.ID},
	}))
	refused(t, contain(entitlement.Content{RoleID: plain.ID, ContainedRoleID: viewer.ID}), fault.Invalid, "name a value")
	refused(t, contain(entitlement.Content{RoleID: plain.ID, ContainedRoleID: viewer.ID, SourceGroupID: &north.ID}), fault.Invalid, "no scope")
	u1, u2 := b.user("u1"), b.user("u2")
	for user, group := range map[uuid.UUID]uuid.UUID{u1.ID: north.ID, u2.ID: south.ID} {
		_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &user, RoleID: manager.ID, Scopes: []entitlement.Scope{{ScopeGroupID: &group}}})
		require.NoError(t, err)
	}
	require.Equal(t, []string{"manager/north", "special/south < manager@dir", "viewer/north < manager@dir"}, b.held(u1.ID))
	require.Equal(t, []string{"manager/south", "viewer/south < manager@dir"}, b.held(u2.ID), "the restriction is for the north")
}

func TestLoadOfManyGrantsRejectsOnlyTheBadOnes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.system("crm")
	b.application("app")
	reader, writer, far := b.role("reader", "dir", "app"), b.role("writer", "dir", "app"), b.role("far", "crm", "app")
	u := b.user("u1")
	held := b.grant(u, reader)
	draft := func(role entitlement.Role) *object.Edit[entitlement.Grant] {
		return edit(uuid.Nil, &entitlement.Grant{AccountID: held.AccountID, RoleID: role.ID})
	}
	edits := []*object.Edit[entitlement.Grant]{draft(reader), draft(writer), draft(writer), draft(far), edit(uuid.New(), &entitlement.Grant{})}
	ctx := b.from(change.Load)
	require.NoError(t, b.Grants.Apply(ctx, edits, false))
	refused(t, edits[0].Err, fault.Conflict, "already")
	require.NoError(t, edits[1].Err)
	refused(t, edits[2].Err, fault.Conflict, "already")
	refused(t, edits[3].Err, fault.Invalid, "one of crm")
	refused(t, edits[4].Err, fault.NotFound)
	require.Equal(t, []string{"reader", "writer"}, b.held(u.ID))
	require.Equal(t, change.OriginOf(ctx).ID, *edits[1].After.OriginID, "the run is kept on the row")
	require.Equal(t, []string{"load create roleAccount writer@dir to u1"},
		b.query("select origin || ' ' || action || ' ' || object_type || ' ' || object_name from audit_entries where origin = 'load'"))
}

func TestRemovedSystemTakesItsRolesAway(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.system("dir")
	b.system("crm")
	b.application("app")
	parent, child := b.role("parent", "dir", "app"), b.role("child", "crm", "app")
	b.contain(parent, child, true)
	u := b.user("u1")
	b.grant(u, parent)
	require.Len(t, b.held(u.ID), 2)
	require.NoError(t, b.Systems.Delete(b.ctx, s.ID, 0))
	require.Empty(t, b.held(u.ID), "what the roles of the system brought elsewhere goes too")
}
