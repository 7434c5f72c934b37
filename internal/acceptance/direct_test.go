package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/process"
	"provost/internal/task"
)

// sampled publishes a process of the sample organisation.
func (w *world) sampled(code string) {
	w.t.Helper()
	source, err := os.ReadFile("../sample/processes/" + code + ".bpmn")
	require.NoError(w.t, err)
	w.publish(source)
}

// guarded makes the information system Shop of bob, whose roles Reader and Boss are granted with approval.
func (w *world) guarded() (bob identity.User, reader, boss entitlement.Role) {
	w.t.Helper()
	w.system(account.System{Name: "Shop", Connector: "csv", Parameters: map[string]string{"file": w.file("shop.csv", "login\n"), "key": "login"}})
	w.sampled("grant-approval")
	bob = w.person("bob")
	_, err := w.Platform.InformationSystems.Create(w.ctx, entitlement.InformationSystem{Name: "Shop", OwnerID: &bob.ID, ApprovalProcess: "grant-approval"})
	require.NoError(w.t, err)
	role := func(name string) entitlement.Role {
		made, err := w.Platform.Roles.Create(w.ctx, entitlement.Role{Name: name, System: "Shop", InformationSystem: "Shop"})
		require.NoError(w.t, err)
		return made
	}
	return bob, role("Reader"), role("Boss")
}

// state is what became of the grants of somebody: role and state.
func (w *world) state(of identity.User) string {
	w.t.Helper()
	return w.value(`select coalesce(string_agg(r.name || ' ' || g.state, ', ' order by r.name), '') from grants g join accounts a on a.id = g.account_id
		join roles r on r.id = g.role_id where a.user_id = $1`, of.ID)
}

// A direct grant waits for the owner of the information system: approved it is effective, denied it goes, and so it does when the process is
// cancelled. The same goes for revoking.
func TestDirectChangesAreDecidedByAProcess(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	bob, reader, boss := w.guarded()
	ada := w.person("ada")
	ask := func(role entitlement.Role) entitlement.Grant {
		granted, err := w.Platform.Grant(w.as(w.administrator()), entitlement.GrantRequest{UserID: &ada.ID, RoleID: role.ID})
		require.NoError(t, err)
		return granted[0]
	}
	decide := func(of entitlement.Grant, approve bool) {
		approval := w.task(bob, "approve")
		require.Len(t, approval.Lines, 1)
		w.complete(bob, "approve", task.Completion{Lines: []task.Line{{ID: approval.Lines[0].ID, Approve: approve, Comment: "because"}}})
		require.Equal(t, "completed", w.ends(w.administrator(), *of.ProcessID))
	}
	first := ask(reader)
	require.Equal(t, "Reader approvalPending", w.state(ada))
	decide(first, true)
	require.Equal(t, "Reader active", w.state(ada))

	denied := ask(boss)
	decide(denied, false)
	require.Equal(t, "Reader active", w.state(ada))
	require.Equal(t, "bob because", w.value("select concat_ws(' ', after ->> 'decidedBy', after ->> 'reason') from audit_entries where action = 'deny'"))

	withdrawn := ask(boss)
	require.NoError(t, w.Platform.Processes.Cancel(w.as(w.administrator()), *withdrawn.ProcessID, "a mistake"))
	w.ends(w.administrator(), *withdrawn.ProcessID)
	require.Equal(t, "Reader active", w.state(ada))

	require.NoError(t, w.Platform.Revoke(w.as(w.administrator()), first.ID))
	require.Equal(t, "Reader removalPending", w.state(ada))
	again, err := w.Platform.Grants.Get(w.ctx, first.ID)
	require.NoError(t, err)
	require.Equal(t, "Approval of grants", again.Process)
	decide(again, true)
	require.Empty(t, w.state(ada))
}

// A request for a role of such a system is decided by the process that was asked for, and no second time.
func TestProcessesGrantWithoutAskingAgain(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	bob, reader, _ := w.guarded()
	shop, err := w.Platform.InformationSystems.Get(w.ctx, reader.InformationSystemID)
	require.NoError(t, err)
	shop.BPMEnabled, reader.BPMEnabled = true, true
	_, err = w.Platform.InformationSystems.Update(w.ctx, shop.ID, shop.Version, shop)
	require.NoError(t, err)
	_, err = w.Platform.Roles.Update(w.ctx, reader.ID, reader.Version, reader)
	require.NoError(t, err)
	w.deploy("permission")
	ada := w.person("ada")
	p := w.begins(ada, "permission", nil)
	w.complete(ada, "choose", task.Completion{Values: map[string]json.RawMessage{
		"user": text("ada"), process.LinesVariable: json.RawMessage(`[{"key":"1","user":"ada","role":"Reader@Shop"}]`),
	}})
	approval := w.task(bob, "approve")
	w.complete(bob, "approve", task.Completion{Lines: []task.Line{{ID: approval.Lines[0].ID, Approve: true}}})
	require.Equal(t, "completed", w.ends(ada, p.ID))
	require.Equal(t, "Reader active", w.state(ada))
	require.Equal(t, "1", w.value("select count(*)::text from processes"))
}

// What a role contains changes when the owner of its information system agrees, line by line.
func TestRoleDefinitionsAreDecidedByAProcess(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	bob, reader, boss := w.guarded()
	w.sampled("role-approval")
	shop, err := w.Platform.InformationSystems.Get(w.ctx, reader.InformationSystemID)
	require.NoError(t, err)
	shop.ApprovalProcess, shop.RoleDefinitionProcess = "", "role-approval"
	_, err = w.Platform.InformationSystems.Update(w.ctx, shop.ID, shop.Version, shop)
	require.NoError(t, err)
	guest, err := w.Platform.Roles.Create(w.ctx, entitlement.Role{Name: "Guest", System: "Shop", InformationSystem: "Shop"})
	require.NoError(t, err)
	admin := w.as(w.administrator())
	require.NoError(t, w.Platform.Composer.Set(admin, boss.ID, []entitlement.Content{{ContainedRoleID: reader.ID, Mandatory: true}, {ContainedRoleID: guest.ID, Mandatory: true}}))
	approval := w.task(bob, "approve")
	require.Len(t, approval.Lines, 2)
	require.Equal(t, "Add Guest@Shop to Boss@Shop", approval.Lines[min(1, len(approval.Lines)-1)].Title)
	var said []task.Line
	for _, line := range approval.Lines {
		said = append(said, task.Line{ID: line.ID, Approve: line.Title == "Add Reader@Shop to Boss@Shop"})
	}
	w.complete(bob, "approve", task.Completion{Lines: said})
	contents := func() string {
		return w.value("select coalesce(string_agg(r.name || ' ' || c.state, ', ' order by r.name), '') from role_contents c join roles r on r.id = c.contained_role_id")
	}
	w.eventually("the process decides", func() bool { return contents() == "Reader active" })

	require.NoError(t, w.Platform.Composer.Set(admin, boss.ID, nil))
	require.Equal(t, "Reader removalPending", contents())
	removal := w.task(bob, "approve")
	require.Equal(t, "Remove Reader@Shop from Boss@Shop", removal.Lines[0].Title)
	require.NoError(t, w.Platform.Processes.Cancel(admin, removal.ProcessID, "a mistake"))
	w.eventually("the change is withdrawn", func() bool { return contents() == "Reader active" })
}

// What a file grants is decided by one process with a line for each, and takes effect as a whole.
func TestManyGrantsAreDecidedTogether(t *testing.T) {
	t.Parallel()
	const many = 200
	w := begin(t, "auto")
	bob, reader, _ := w.guarded()
	shop, err := w.Platform.Systems.Named(w.ctx, "Shop")
	require.NoError(t, err)
	accounts := make([]*object.Edit[account.Account], many)
	for i := range accounts {
		accounts[i] = &object.Edit[account.Account]{After: &account.Account{SystemID: shop.ID, Name: fmt.Sprintf("till-%d", i), Type: account.Shared, UserType: "I"}}
	}
	require.NoError(t, w.Platform.Accounts.Apply(w.ctx, accounts, true))
	grants := make([]*object.Edit[entitlement.Grant], many)
	for i := range grants {
		grants[i] = &object.Edit[entitlement.Grant]{After: &entitlement.Grant{AccountID: accounts[i].After.ID, RoleID: reader.ID}}
	}
	admin := change.WithOrigin(w.as(w.administrator()), change.Origin{Kind: change.Import, ID: uuid.New()})
	require.NoError(t, w.Platform.Grants.Apply(admin, grants, true))
	require.Equal(t, "1", w.value("select count(*)::text from processes"))
	approval := w.task(bob, "approve")
	require.Len(t, approval.Lines, many)
	w.complete(bob, "approve", task.Completion{Outcome: task.ApproveAll})
	require.Equal(t, "completed", w.ends(w.administrator(), *grants[0].After.ProcessID))
	require.Equal(t, "200 200", w.value("select count(*) filter (where state = 'active') || ' ' || count(*) filter (where origin = 'process') from grants where role_id = $1", reader.ID))
}
