package acceptance

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/reservation"
	"provost/internal/task"
)

// text is a JSON text.
func text(value string) json.RawMessage { return json.RawMessage(fmt.Sprintf("%q", value)) }

// complete waits for somebody's task and decides it.
func (w *world) complete(by identity.User, element string, in task.Completion) {
	w.t.Helper()
	_, err := w.Platform.Tasks.Complete(w.as(by), w.task(by, element).ID, in)
	require.NoError(w.t, err)
}

func (w *world) begins(by identity.User, code string, values bpm.Values) process.Process {
	w.t.Helper()
	started, err := w.Platform.Processes.Start(w.as(by), code, values)
	require.NoError(w.t, err)
	return started
}

// ends waits for the end of a process, or for what keeps it from ending.
func (w *world) ends(by identity.User, id uuid.UUID) string {
	w.t.Helper()
	var came string
	w.eventually("the process ends or fails", func() bool {
		if came = w.process(by, id).Status; came == string(bpm.Running) {
			came = w.value("select coalesce((select message from process_incidents where process_id = $1 and status <> 'solved'), '')", id)
		}
		return came != "" && came != "starting"
	})
	return came
}

func (w *world) administrator() identity.User {
	w.t.Helper()
	return w.user("admin")
}

func TestNewPersonIsAskedForAndMade(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	w.deploy(bpm.UserManagement)
	ada := w.person("ada")
	ask := func(userName string) process.Process {
		p := w.begins(ada, "user", nil)
		w.complete(ada, "request", task.Completion{Values: bpm.Values{
			"userName": text(userName), "firstName": text("Sam"), "lastName": text("Sample"), "userType": text("I"), "primaryGroup": text("world"),
		}})
		w.complete(w.administrator(), "approve", task.Completion{Outcome: "Approve"})
		return p
	}
	require.Equal(t, "completed", w.ends(ada, ask("sam").ID))
	require.Equal(t, "Sam", w.user("sam").FirstName)
	require.Equal(t, "process", w.value("select origin from audit_entries where object_type = 'user' and object_name = 'sam' and action = 'create'"))

	before := w.user("ada")
	require.Contains(t, w.ends(ada, ask("ada").ID), "There is a user ada already")
	require.Equal(t, before, w.user("ada"), "who exists is not changed by a request for somebody new")
}

func TestNobodyHandsOverWhatTheyDoNotHold(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	w.system(account.System{Name: "Shop", Connector: "csv", Parameters: map[string]string{"file": w.file("shop.csv", "login\n"), "key": "login"}})
	_, err := w.Platform.InformationSystems.Create(w.ctx, entitlement.InformationSystem{Name: "Shop", BPMEnabled: true})
	require.NoError(t, err)
	w.deploy(bpm.Delegation)
	ada, bob := w.person("ada"), w.person("bob")
	for _, name := range []string{"Reader", "Boss"} {
		_, err := w.Platform.Roles.Create(w.ctx, entitlement.Role{Name: name, System: "Shop", InformationSystem: "Shop", BPMEnabled: true})
		require.NoError(t, err)
	}
	reader, err := w.Platform.Roles.Named(w.ctx, `Shop\Reader`)
	require.NoError(t, err)
	_, err = w.Platform.Grant(w.ctx, entitlement.GrantRequest{UserID: &ada.ID, RoleID: reader.ID})
	require.NoError(t, err)
	hand := func(role string) string {
		return w.ends(ada, w.begins(ada, "delegation", bpm.Values{
			"delegate": text("bob"), "until": text(time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)),
			"grants": json.RawMessage(fmt.Sprintf(`[{"key":"1","user":"ada","role":%q,"decision":"approved"}]`, role)),
		}).ID)
	}
	require.Equal(t, "ada does not hold Boss@Shop and cannot hand it over.", hand("Boss@Shop"))
	require.Equal(t, "completed", hand("Reader@Shop"))
	held, err := w.Platform.Grants.List(w.ctx, query.List{Filter: `userId eq "` + bob.ID.String() + `"`})
	require.NoError(t, err)
	require.Len(t, held.Items, 1)
	require.Equal(t, "Reader", held.Items[0].Role)
	require.NotNil(t, held.Items[0].EndAt, "it ends by itself")
	require.Equal(t, "process", held.Items[0].Origin)
}

// A role that is closed to processes is refused where it is asked for, and again where it is granted: it may have been closed in between.
func TestRoleClosedToProcessesIsNotGranted(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	w.system(account.System{Name: "Shop", Connector: "csv", Parameters: map[string]string{"file": w.file("shop.csv", "login\n"), "key": "login"}})
	ada := w.person("ada")
	_, err := w.Platform.InformationSystems.Create(w.ctx, entitlement.InformationSystem{Name: "Shop", BPMEnabled: true})
	require.NoError(t, err)
	role, err := w.Platform.Roles.Create(w.ctx, entitlement.Role{Name: "Reader", System: "Shop", InformationSystem: "Shop"})
	require.NoError(t, err)
	w.deploy(bpm.PermissionsRequest)
	asked := task.Completion{Values: bpm.Values{"user": text("ada"), "grants": json.RawMessage(`[{"key":"1","user":"ada","role":"Reader@Shop"}]`)}}
	p := w.begins(ada, "request", nil)
	_, err = w.Platform.Tasks.Complete(w.as(ada), w.task(ada, "choose").ID, asked)
	require.ErrorContains(t, err, "Line 1: Reader@Shop cannot be asked for: the role is not available in processes.")
	open := func(is bool) {
		role.BPMEnabled = is
		role, err = w.Platform.Roles.Update(w.ctx, role.ID, role.Version, role)
		require.NoError(t, err)
	}
	open(true)
	w.complete(ada, "choose", asked)
	approval := w.task(w.administrator(), "approve")
	open(false)
	w.complete(w.administrator(), "approve", task.Completion{Outcome: "Approve", Lines: []task.Line{{ID: approval.Lines[0].ID, Approve: true}}})
	require.Equal(t, "request 1: Reader@Shop cannot be asked for: the role is not available in processes.", w.ends(ada, p.ID))
	require.Equal(t, "0", w.value("select count(*)::text from grants where role_id = $1", role.ID))
}

// A reservation is begun by the use of an account; here another process calls it.
func TestReservedAccountIsTakenBack(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	shop := w.system(account.System{Name: "Shop", Connector: "csv", Parameters: map[string]string{"file": w.file("shop.csv", "login\n"), "key": "login"}})
	root, err := w.Platform.Accounts.Create(w.ctx, account.Account{SystemID: shop.ID, Name: "root", Type: "privileged", Status: "enabled", UserType: "I"})
	require.NoError(t, err)
	w.deploy(bpm.AccountReservation)
	w.publish(definition("door", `<startEvent id="start"/><endEvent id="end"/><callActivity id="use" calledElement="reservation"><extensionElements>
		<idm:input name="account">`+root.ID.String()+`</idm:input><idm:input name="user">#{requester}</idm:input></extensionElements></callActivity>`+
		flows("start>use", "use>end")))
	ada := w.person("ada")
	p := w.begins(ada, "door", nil)
	until := time.Now().Add(3 * time.Second).UTC()
	w.complete(w.administrator(), "approve", task.Completion{Outcome: "Approve", Values: bpm.Values{"until": text(until.Format(time.RFC3339Nano))}})
	require.Equal(t, "completed", w.ends(ada, p.ID), "the caller goes on when the called process ended")
	given := func() string {
		return w.value("select count(*)::text from account_access where account_id = $1 and user_id = $2", root.ID, ada.ID)
	}
	require.Equal(t, "1", given())
	w.eventually("the access ends by itself", func() bool { return given() == "0" })
	require.False(t, time.Now().Before(until))
}

// Somebody who may only reserve an account asks for it on My accounts, uses it, and gives it back early.
func TestAccountIsReservedUsedAndGivenBack(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	shop := w.system(account.System{Name: "Shop", Connector: "csv", Parameters: map[string]string{"file": w.file("shop.csv", "login\n"), "key": "login"}})
	root, err := w.Platform.Accounts.Create(w.ctx, account.Account{SystemID: shop.ID, Name: "root", LoginName: "toor", Type: "privileged", Status: "enabled", UserType: "I"})
	require.NoError(t, err)
	w.deploy(bpm.AccountReservation)
	ada, eve := w.person("ada"), w.person("eve")
	for _, u := range []identity.User{ada, eve} {
		_, err = w.Platform.AccountAccess.Create(w.ctx, account.Access{AccountID: root.ID, Level: "reserve", UserID: &u.ID})
		require.NoError(t, err)
	}
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	ask := func(u identity.User) uuid.UUID {
		p, err := w.Platform.Reservations.Reserve(w.as(u), root.ID, reservation.Request{Until: until})
		require.NoError(t, err)
		return p.ID
	}
	may := func(u identity.User) string {
		page, err := w.Platform.Reservations.List(w.as(u), query.List{Q: "root"})
		require.NoError(t, err)
		return fmt.Sprint(page.Items[0].Access, page.Items[0].May)
	}
	first, second := ask(ada), ask(eve)
	decide := func(of uuid.UUID) {
		var open task.Detail
		w.eventually("the task is there", func() bool {
			page, err := w.Platform.Tasks.List(w.as(w.administrator()), task.Inbox, query.List{Filter: `processId eq "` + of.String() + `"`})
			if err != nil || len(page.Items) == 0 {
				return false
			}
			open, err = w.Platform.Tasks.Get(w.as(w.administrator()), page.Items[0].ID)
			return err == nil
		})
		require.JSONEq(t, `"root@Shop"`, string(open.Values["account"]))
		_, err := w.Platform.Tasks.Complete(w.as(w.administrator()), open.ID, task.Completion{Outcome: "Approve"})
		require.NoError(t, err)
	}
	decide(first)
	require.Equal(t, "completed", w.ends(ada, first))
	require.Equal(t, "sso[release]", may(ada))
	decide(second)
	require.Contains(t, w.ends(eve, second), "root@Shop is in use by ada until", "one person at a time")
	require.NoError(t, w.Platform.Reservations.Release(w.as(ada), root.ID))
	require.Equal(t, "reserve[reserve]", may(ada))
	require.Equal(t, "0", w.value("select count(*)::text from account_access where account_id = $1 and level = 'sso'", root.ID))
}
