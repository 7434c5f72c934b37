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
	_, err := w.Platform.InformationSystems.Create(w.ctx, entitlement.InformationSystem{Name: "Shop"})
	require.NoError(t, err)
	w.deploy(bpm.Delegation)
	ada, bob := w.person("ada"), w.person("bob")
	for _, name := range []string{"Reader", "Boss"} {
		_, err := w.Platform.Roles.Create(w.ctx, entitlement.Role{Name: name, System: "Shop", InformationSystem: "Shop"})
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
