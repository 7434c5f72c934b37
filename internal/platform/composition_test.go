package platform_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/query"
)

// composed makes the role boss in an information system whose role definitions have to be approved, which ada holds, and two roles to put
// into it.
func (b *bench) composed() (boss, reader, writer entitlement.Role, ada uuid.UUID) {
	b.t.Helper()
	b.system("dir")
	b.deploys("role-approval")
	b.application("app", func(s *entitlement.InformationSystem) { s.RoleDefinitionProcess = "role-approval" })
	b.application("free")
	boss, reader, writer = b.role("boss", "dir", "app"), b.role("reader", "dir", "free"), b.role("writer", "dir", "free")
	u := b.user("ada")
	b.grant(u, boss)
	return boss, reader, writer, u.ID
}

// contents gives what a role contains, with the states.
func (b *bench) contents(role uuid.UUID) (list []entitlement.Content, states map[string]string) {
	b.t.Helper()
	page, err := b.RoleContents.List(b.ctx, query.List{Filter: `roleId eq "` + role.String() + `"`})
	require.NoError(b.t, err)
	states = map[string]string{}
	for _, c := range page.Items {
		states[c.ContainedRole] = c.State
	}
	return page.Items, states
}

func (b *bench) judges(id, process uuid.UUID, approved bool) {
	b.t.Helper()
	verdict := entitlement.Verdict{ID: id, Approved: approved, By: "owner", Reason: "as agreed"}
	require.NoError(b.t, b.PendingContents.Decide(b.t.Context(), process, []entitlement.Verdict{verdict}))
}

func TestRoleDefinitionWaitsForApproval(t *testing.T) {
	t.Parallel()
	b := setup(t)
	boss, reader, writer, ada := b.composed()
	draft := []entitlement.Content{{ContainedRoleID: reader.ID, Mandatory: true}, {ContainedRoleID: writer.ID, Mandatory: true}}
	preview, err := b.Composer.Preview(b.ctx, boss.ID, draft)
	require.NoError(t, err)
	require.Equal(t, 2, preview.Gained, "a preview shows what the change comes to")
	require.Equal(t, [2]string{"0", "0"}, b.processes(), "and asks nobody")

	require.NoError(t, b.Composer.Set(b.ctx, boss.ID, draft))
	require.Equal(t, [2]string{"1", "1"}, b.processes(), "one process decides about the whole change")
	list, states := b.contents(boss.ID)
	require.Equal(t, map[string]string{"reader": "approvalPending", "writer": "approvalPending"}, states)
	require.Equal(t, []string{"boss"}, b.held(ada), "what waits has no effect")
	var lines []process.LineContent
	require.NoError(t, json.Unmarshal([]byte(b.query("select variables ->> 'grants' from processes")[0]), &lines))
	require.Len(t, lines, 2)
	require.Equal(t, "boss@dir", lines[0].Container)
	require.Empty(t, lines[0].User)

	_, err = b.RoleContents.Create(b.ctx, entitlement.Content{RoleID: boss.ID, ContainedRoleID: reader.ID})
	refused(t, err, fault.Conflict, "already")
	require.NoError(t, b.Composer.Set(b.ctx, boss.ID, list), "what is sent back as it is changes nothing")
	refused(t, b.Composer.Set(b.ctx, boss.ID, nil), fault.Conflict, "waits for process 1, Approval of role definitions")
	require.Equal(t, [2]string{"1", "1"}, b.processes())

	b.judges(list[0].ID, *list[0].ProcessID, true)
	b.judges(list[1].ID, *list[1].ProcessID, false)
	list, states = b.contents(boss.ID)
	require.Equal(t, map[string]string{"reader": "active"}, states)
	require.Nil(t, list[0].ProcessID)
	require.Equal(t, []string{"boss", "reader < boss@dir"}, b.held(ada))
	require.Equal(t, []string{"owner as agreed"}, b.query("select concat_ws(' ', after ->> 'decidedBy', after ->> 'reason') from audit_entries where action = 'deny'"))

	list[0].Mandatory = false
	refused(t, b.Composer.Set(b.ctx, boss.ID, list), fault.Conflict, "Remove reader and add it anew")
	for _, approved := range []bool{false, true} {
		require.NoError(t, b.Composer.Set(b.ctx, boss.ID, nil))
		list, states = b.contents(boss.ID)
		require.Equal(t, map[string]string{"reader": "removalPending"}, states)
		require.Equal(t, []string{"boss", "reader < boss@dir"}, b.held(ada), "until somebody agrees it stays")
		b.judges(list[0].ID, *list[0].ProcessID, approved)
	}
	_, states = b.contents(boss.ID)
	require.Empty(t, states)
	require.Equal(t, []string{"boss"}, b.held(ada))
}

func TestProcessThatEndsTakesContentsBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	boss, reader, writer, ada := b.composed()
	b.contain(boss, reader, true)
	list, _ := b.contents(boss.ID)
	require.NoError(t, b.PendingContents.Settle(t.Context(), *list[0].ProcessID))
	_, states := b.contents(boss.ID)
	require.Empty(t, states)
	for _, kind := range []string{change.Load, change.Process} {
		c, err := b.RoleContents.Create(b.from(kind), entitlement.Content{RoleID: boss.ID, ContainedRoleID: writer.ID, Mandatory: true})
		require.NoError(t, err)
		require.Equal(t, entitlement.GrantActive, c.State, "%s asks nobody", kind)
		require.Equal(t, []string{"boss", "writer < boss@dir"}, b.held(ada))
		require.NoError(t, b.RoleContents.Delete(b.from(kind), c.ID, 0))
	}
	require.Equal(t, [2]string{"1", "1"}, b.processes())
}

func TestPendingOptionalContentComesWithNoGrant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	boss, reader, _, _ := b.composed()
	b.contain(boss, reader, false)
	bob := b.user("bob")
	b.grant(bob, boss)
	require.Equal(t, []string{"boss"}, b.held(bob.ID))
	list, _ := b.contents(boss.ID)
	b.judges(list[0].ID, *list[0].ProcessID, true)
	eve := b.user("eve")
	b.grant(eve, boss)
	require.Equal(t, []string{"boss", "reader"}, b.held(eve.ID))
}

func TestGrantsAreNotApprovedWhereOnlyRoleDefinitionsAre(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.composed()
	boss, err := b.Roles.Named(b.ctx, `dir\boss`)
	require.NoError(t, err)
	require.Equal(t, entitlement.GrantActive, b.grant(b.user("bob"), boss).State)
}
