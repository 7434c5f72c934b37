package platform_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/process"
)

// deploys makes a process of the sample organisation a definition.
func (b *bench) deploys(code string) {
	b.t.Helper()
	source, err := os.ReadFile("../sample/processes/" + code + ".bpmn")
	require.NoError(b.t, err)
	b.deploy(code, string(source))
}

// guarded makes the information system app, whose roles reader and writer in the system dir are granted with approval.
func (b *bench) guarded(change ...func(*entitlement.InformationSystem)) (reader, writer entitlement.Role) {
	b.t.Helper()
	b.system("dir")
	b.deploys("grant-approval")
	b.application("app", append(change, func(s *entitlement.InformationSystem) { s.ApprovalProcess = "grant-approval" })...)
	return b.role("reader", "dir", "app"), b.role("writer", "dir", "app")
}

func (b *bench) asked(u identity.User, role entitlement.Role) entitlement.Grant {
	b.t.Helper()
	g := b.grant(u, role)
	require.Equal(b.t, entitlement.GrantApprovalPending, g.State)
	require.NotNil(b.t, g.ProcessID)
	return g
}

func (b *bench) again(id uuid.UUID) entitlement.Grant {
	b.t.Helper()
	g, err := b.Grants.Get(b.ctx, id)
	require.NoError(b.t, err)
	return g
}

// processes counts processes and the outbox rows that start them.
func (b *bench) processes() [2]string {
	b.t.Helper()
	return [2]string{
		b.query("select count(*)::text from processes")[0], b.query("select count(*)::text from outbox where kind = 'process.start'")[0],
	}
}

func (b *bench) decides(g entitlement.Grant, approved bool) {
	b.t.Helper()
	verdict := entitlement.Verdict{ID: g.ID, Approved: approved, By: "owner", Reason: "as agreed"}
	require.NoError(b.t, b.PendingGrants.Decide(b.t.Context(), *g.ProcessID, []entitlement.Verdict{verdict}))
}

func TestGrantWaitsForApproval(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, _ := b.guarded()
	u := b.user("u1")
	g := b.asked(u, reader)
	require.Equal(t, [2]string{"1", "1"}, b.processes(), "the process begins with the grant")
	require.Empty(t, b.held(u.ID), "what waits is not held")

	var lines []process.LineContent
	require.NoError(t, json.Unmarshal([]byte(b.query("select variables ->> 'grants' from processes")[0]), &lines))
	require.Equal(t, []process.LineContent{{
		Key: "1", Action: process.LineGrant, User: "u1", Account: "u1@dir", Role: "reader@dir", GrantID: &g.ID,
	}}, lines)
	require.Equal(t, []string{"u1 admin u1"}, b.query("select concat_ws(' ', variables ->> 'user', initiator, subject) from processes"))

	_, err := b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: reader.ID})
	refused(t, err, fault.Conflict, "waits for u1 already: process 1 decides")
	refused(t, b.Revoke(b.ctx, g.ID), fault.Conflict, "The grant of reader@dir to u1 waits for process 1, Approval of grants.")
	g.EndAt = at(time.Hour)
	_, err = b.Grants.Update(b.ctx, g.ID, 0, g)
	refused(t, err, fault.Conflict, "waits for process 1")
	require.Equal(t, [2]string{"1", "1"}, b.processes(), "refused changes start nothing")

	b.decides(g, true)
	g = b.again(g.ID)
	require.Equal(t, entitlement.GrantActive, g.State)
	require.Equal(t, entitlement.OriginProcess, g.Origin)
	require.Nil(t, g.ProcessID)
	require.Equal(t, []string{"reader"}, b.held(u.ID))
	b.decides(entitlement.Grant{Meta: g.Meta, ProcessID: g.OriginID}, false)
	require.Equal(t, []string{"reader"}, b.held(u.ID), "a verdict counts once")
}

func TestDeniedGrantGoesAndItsReasonStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, _ := b.guarded()
	u := b.user("u1")
	g := b.asked(u, reader)
	b.decides(g, false)
	require.Empty(t, b.query("select id::text from grants where id = $1", g.ID))
	require.Equal(t, []string{"owner as agreed " + g.ProcessID.String()}, b.query(
		"select concat_ws(' ', after ->> 'decidedBy', after ->> 'reason', origin_id) from audit_entries where action = 'deny' and object_id = $1", g.ID))
	b.asked(u, reader)
	require.Equal(t, [2]string{"2", "2"}, b.processes(), "who was denied may be asked for again")
}

func TestRevocationWaitsForApproval(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, _ := b.guarded()
	u := b.user("u1")
	g := b.asked(u, reader)
	b.decides(g, true)
	for _, approved := range []bool{false, true} {
		require.NoError(t, b.Revoke(b.ctx, g.ID))
		g = b.again(g.ID)
		require.Equal(t, entitlement.GrantRemovalPending, g.State)
		require.Equal(t, []string{"reader"}, b.held(u.ID), "until somebody agrees it is held")
		refused(t, b.Revoke(b.ctx, g.ID), fault.Conflict, "The removal of reader@dir to u1 waits for process")
		b.decides(g, approved)
		if !approved {
			require.Equal(t, entitlement.GrantActive, b.again(g.ID).State)
		}
	}
	require.Empty(t, b.held(u.ID))
	require.Empty(t, b.query("select id::text from grants where id = $1", g.ID))
}

func TestWhoMayOnlyRevokeAsksForARevocation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, _ := b.guarded()
	g := b.asked(b.user("u1"), reader)
	b.decides(g, true)
	clerk := b.user("clerk")
	rights := b.role("revoker", "soffid", "SOFFID")
	_, err := b.Authorizations.Create(b.ctx, entitlement.Authorization{Permission: "grant:revoke", RoleID: rights.ID})
	require.NoError(t, err)
	b.grant(clerk, rights)
	require.NoError(t, b.Revoke(b.as(clerk.ID), g.ID))
	require.Equal(t, []string{"clerk"}, b.query("select initiator from processes where id = $1", b.again(g.ID).ProcessID))
	err = b.Revoke(authz.With(t.Context(), authz.Principal{UserID: clerk.ID, UserName: "clerk", Tenant: "master"}), g.ID)
	require.ErrorIs(t, err, authz.ErrDenied, "who may not revoke may not ask for it")
}

func TestProcessThatEndsTakesBackWhatNobodyApproved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, writer := b.guarded()
	u := b.user("u1")
	kept := b.asked(u, reader)
	b.decides(kept, true)
	require.NoError(t, b.Revoke(b.ctx, kept.ID))
	wanted := b.asked(u, writer)
	for _, g := range []entitlement.Grant{b.again(kept.ID), wanted} {
		require.NoError(t, b.PendingGrants.Settle(t.Context(), *g.ProcessID))
		require.NoError(t, b.PendingGrants.Settle(t.Context(), *g.ProcessID), "done twice it changes nothing more")
	}
	require.Equal(t, entitlement.GrantActive, b.again(kept.ID).State)
	require.Empty(t, b.query("select id::text from grants where id = $1", wanted.ID))
	require.Len(t, b.query("select after ->> 'reason' from audit_entries where action = 'deny'"), 2)
}

func TestOnlyPeopleAskForApproval(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, writer := b.guarded()
	u := b.user("u1")
	b.asked(u, writer)
	a, err := b.Accounts.Named(b.ctx, `dir\u1`)
	require.NoError(t, err)
	for _, kind := range []string{change.Load, change.Rule, change.Process, change.Reconciliation} {
		g, err := b.Grants.Create(b.from(kind), entitlement.Grant{AccountID: a.ID, RoleID: reader.ID})
		require.NoError(t, err)
		require.Equal(t, [2]string{kind, entitlement.GrantActive}, [2]string{g.Origin, g.State})
		require.Equal(t, []string{kind}, b.query("select origin from audit_entries where object_id = $1", g.ID), "the trail says who did it without asking")
		require.NoError(t, b.Grants.Delete(b.from(kind), g.ID, 0))
	}
	for i, kind := range []string{change.Token, change.Script, change.Import} {
		g, err := b.Grants.Create(b.from(kind), entitlement.Grant{AccountID: a.ID, RoleID: reader.ID})
		require.NoError(t, err)
		require.Equal(t, entitlement.GrantApprovalPending, g.State, kind)
		b.decides(g, false)
		require.Equal(t, string(rune('2'+i)), b.processes()[0])
	}
}

func TestSharedAccountsAreApprovedToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, _ := b.guarded()
	dir, err := b.Systems.Named(b.ctx, "dir")
	require.NoError(t, err)
	root, err := b.Accounts.Create(b.ctx, account.Account{SystemID: dir.ID, Name: "root", Type: account.Privileged, UserType: "I"})
	require.NoError(t, err)
	granted, err := b.Grant(b.ctx, entitlement.GrantRequest{AccountID: &root.ID, RoleID: reader.ID})
	require.NoError(t, err)
	require.Equal(t, []string{"admin"}, b.query("select subject from processes"), "nobody else is concerned")
	b.decides(granted[0], true)
	require.Equal(t, entitlement.GrantActive, b.again(granted[0].ID).State)
}

// A batch asks one process, whatever it changes; what is refused is not among the lines.
func TestBatchAsksOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, _ := b.guarded()
	b.application("free")
	other := b.role("other", "dir", "free")
	var edits []*object.Edit[entitlement.Grant]
	for i := range 200 {
		u := b.user("u" + string(rune('a'+i/26)) + string(rune('a'+i%26)))
		b.grant(u, other)
		a, err := b.Accounts.Named(b.ctx, `dir\`+u.UserName)
		require.NoError(t, err)
		edits = append(edits, &object.Edit[entitlement.Grant]{After: &entitlement.Grant{AccountID: a.ID, RoleID: reader.ID}})
	}
	twice := *edits[0].After
	edits = append(edits, &object.Edit[entitlement.Grant]{After: &twice})
	require.NoError(t, b.Grants.Apply(b.from(change.Import), edits, false))
	refused(t, edits[200].Err, fault.Conflict, "already")
	require.Equal(t, [2]string{"1", "1"}, b.processes())
	require.Equal(t, []string{"200"}, b.query("select jsonb_array_length(variables -> 'grants')::text from processes"))
	require.Equal(t, []string{"200"}, b.query("select count(*)::text from grants where process_id is not null and state = 'approvalPending'"))
}

func TestApprovedGrantBringsWhatAGrantBrings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, writer := b.guarded(func(s *entitlement.InformationSystem) { s.SingleRole = true })
	b.application("free")
	optional := b.role("optional", "dir", "free")
	b.contain(writer, optional, false)
	u := b.user("u1")
	first := b.asked(u, reader)
	b.decides(first, true)
	second := b.asked(u, writer)
	require.Equal(t, []string{"reader"}, b.held(u.ID), "what only waits replaces nothing and brings nothing")
	b.decides(second, true)
	require.Equal(t, []string{"optional", "writer"}, b.held(u.ID))
}

func TestApprovalProcessHasToBeOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.deploy("errand", errand)
	app := b.application("app")
	for code, refusal := range map[string]string{"errand": "not one of permissions management", "ghost": "not deployed, or disabled"} {
		app.ApprovalProcess, app.RoleDefinitionProcess = code, ""
		_, err := b.InformationSystems.Update(b.ctx, app.ID, 0, app)
		refused(t, err, fault.Invalid, "approvalProcess", refusal)
		app.ApprovalProcess, app.RoleDefinitionProcess = "", code
		_, err = b.InformationSystems.Update(b.ctx, app.ID, 0, app)
		refused(t, err, fault.Invalid, "roleDefinitionProcess", refusal)
	}
}

// Where the process cannot be started, nothing is granted: an approval is not skipped because somebody disabled its definition.
func TestDisabledApprovalProcessRefusesChanges(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, _ := b.guarded()
	u := b.user("u1")
	_, err := b.raw.Exec(t.Context(), "update process_definitions set enabled = false")
	require.NoError(t, err)
	_, err = b.Grant(b.ctx, entitlement.GrantRequest{UserID: &u.ID, RoleID: reader.ID})
	refused(t, err, fault.Conflict, `"grant-approval"`, "Enable it")
	require.Equal(t, [2]string{"0", "0"}, b.processes())
	require.Empty(t, b.query("select id::text from accounts where user_id = $1", u.ID), "the account went with it")
	require.Empty(t, b.query("select state from grants where state <> 'active'"))
}
