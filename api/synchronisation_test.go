package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/identity"
	"provost/internal/synctask"
)

const tasksPath = "/api/v1/sync-tasks"

func TestSyncTasksAreListed(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.engine("auto", 100)
	system := w.file(t, "Badges", "login,mail,title\n")
	w.user(t, "anna")
	w.user(t, "bert")
	tasks := w.open(t)
	require.Len(t, tasks, 2)
	w.part(t, tasks[0], system, synctask.Failed, "The card printer is on fire.")

	all := w.admin.get(tasksPath).status(http.StatusOK)
	require.Equal(t, "2", all.head.Get("X-Total-Count"))
	require.Equal(t, []string{"bert", "anna"}, all.names("objectName"), "newest first")
	anna := w.admin.get(tasksPath + "?filter=" + escaped(`systems[name eq "badges" and status eq "failed"]`)).list()
	require.Len(t, anna, 1)
	require.Equal(t, "anna", anna[0]["objectName"])
	require.Equal(t, "failed", anna[0]["status"])
	require.Equal(t, "The card printer is on fire.", anna[0]["lastError"])
	require.Equal(t, []any{"Badges"}, anna[0]["systems"])
	require.Equal(t, []string{"anna", "bert"}, w.admin.get(tasksPath+"?sort=objectName").names("objectName"))
	require.Equal(t, []string{"bert"}, w.admin.get(tasksPath+"?q=ber").names("objectName"))
	w.admin.get(tasksPath+"?filter=nonsense").problem(http.StatusUnprocessableEntity, "invalid")

	table := w.admin.get(tasksPath+"?columns=number,objectName,status,lastError&sort=objectName", "Accept", "text/csv").status(http.StatusOK)
	lines := strings.Split(strings.TrimSpace(string(table.body)), "\n")
	require.Equal(t, "number,objectName,status,lastError", lines[0])
	require.Contains(t, lines[1], "anna,failed,The card printer is on fire.")
	require.Len(t, lines, 3)
}

// escaped escapes a filter for an address.
func escaped(text string) string {
	return strings.NewReplacer(" ", "%20", `"`, "%22", "[", "%5B", "]", "%5D").Replace(text)
}

func TestSyncTaskWithItsPartsAndItsRun(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.engine("auto", 100)
	system := w.file(t, "Badges", "login,mail,title\n")
	anna := w.user(t, "anna")
	task := w.open(t)[0]
	w.part(t, task, system, synctask.Waiting, "The agent is paused.")
	path := tasksPath + "/" + task.ID.String()

	found := w.admin.get(path).status(http.StatusOK).object()
	require.Equal(t, "/temporal/namespaces/provost/workflows/sync%2Fuser%2F"+anna.ID.String(), found["temporalUrl"])
	part := found["parts"].([]any)[0].(map[string]any)
	require.Equal(t, "Badges", part["system"])
	require.Equal(t, "waiting", part["status"])
	require.Equal(t, "The agent is paused.", part["message"])

	w.exec(t, "update sync_tasks set lane = 'bulk'")
	require.Contains(t, w.admin.get(path).object()["temporalUrl"], "/workflows/sync%2Fbatch%2F")
	reader := w.clerk(t, "reader", nil, authz.SyncTaskQuery)
	require.Empty(t, reader.get(path).object()["temporalUrl"], "only for holders of temporal:read")
	w.admin.get(tasksPath+"/"+uuid.NewString()).problem(http.StatusNotFound, "notFound")
}

func TestTasksAreSteered(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		action, from string
		status       string // afterwards
		refused      string // a state in which the action is refused
		outbox       int
	}{
		{"cancel", "pending", "cancelled", "done", 0},
		{"cancel", "held", "cancelled", "cancelled", 0},
		{"release", "held", "pending", "pending", 1},
		{"release", "failed", "pending", "done", 1},
		{"prioritise", "failed", "pending", "held", 1},
		{"prioritise", "waiting", "waiting", "done", 1},
	} {
		t.Run(test.action+" "+test.from, func(t *testing.T) {
			t.Parallel()
			w := watch(t)
			w.engine("auto", 100)
			w.user(t, "anna")
			task := w.open(t)[0]
			w.exec(t, "update sync_tasks set status = $1", test.from)
			w.exec(t, "delete from outbox")
			path := fmt.Sprintf("%s/%s/%s", tasksPath, task.ID, test.action)

			changed := w.admin.do(http.MethodPost, path, nil).status(http.StatusOK).object()
			require.Equal(t, test.status, changed["status"])
			require.Len(t, w.texts(t, "select key from outbox"), test.outbox, "the workflow hears of it")
			require.Equal(t, []string{"admin " + test.action + " syncTask user anna"}, w.trail(t, test.action))
			if test.action == "prioritise" {
				require.EqualValues(t, 1, changed["priority"])
			}

			w.exec(t, "update sync_tasks set status = $1", test.refused)
			problem := w.admin.do(http.MethodPost, path, nil).problem(http.StatusConflict, "conflict")
			require.Contains(t, problem.Detail, test.refused)
			require.Len(t, w.trail(t, test.action), 1, "what is refused leaves no trace")
			w.admin.do(http.MethodPost, fmt.Sprintf("%s/%s/%s", tasksPath, uuid.New(), test.action), nil).problem(http.StatusNotFound, "notFound")
		})
	}
}

func TestHeldTasks(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.engine("auto", 25)
	w.crowd(t, "first", 30)
	w.crowd(t, "second", 40)
	w.user(t, "anna")

	held := w.admin.get(tasksPath + "/held").status(http.StatusOK).list()
	require.Len(t, held, 2)
	require.EqualValues(t, 40, held[0]["tasks"], "the largest first")
	require.Equal(t, map[string]any{"user": 30.0}, held[1]["types"])
	require.Equal(t, "rule", held[1]["source"])

	first := w.admin.post(tasksPath+"/release", map[string]any{"sourceId": held[1]["sourceId"]}).status(http.StatusOK).object()
	require.Equal(t, map[string]any{"count": 30.0, "skipped": 0.0}, first)
	require.Len(t, w.admin.get(tasksPath+"/held").list(), 1)
	require.Len(t, w.trail(t, "release"), 30, "each is audited")
	require.Equal(t, []string{"batch/" + held[1]["sourceId"].(string)}, w.texts(t, "select key from outbox where kind = 'sync.batch'"), "they travel as a batch")

	all := w.admin.post(tasksPath+"/cancel", map[string]any{"allHeld": true}).status(http.StatusOK).object()
	require.EqualValues(t, 40, all["count"])
	require.Empty(t, w.admin.get(tasksPath+"/held").list())
	require.Equal(t, []string{"40"}, w.texts(t, "select count(*)::text from sync_tasks where status = 'cancelled' and finished_at is not null"))

	anna := w.admin.get(tasksPath + "?q=anna").list()[0]["id"]
	some := w.admin.post(tasksPath+"/prioritise", map[string]any{"ids": []any{anna, uuid.NewString()}}).status(http.StatusOK).object()
	require.Equal(t, map[string]any{"count": 1.0, "skipped": 1.0}, some)
	for _, wrong := range []map[string]any{{}, {"allHeld": true, "ids": []any{anna}}} {
		w.admin.post(tasksPath+"/cancel", wrong).problem(http.StatusUnprocessableEntity, "invalid")
	}
	w.admin.post(tasksPath+"/prioritise", map[string]any{"allHeld": true}).problem(http.StatusUnprocessableEntity, "invalid")
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.engine("auto", 100)
	badges, doors := w.file(t, "Badges", "login,mail,title\n"), w.file(t, "Doors", "login,mail,title\n")
	w.user(t, "anna")
	w.user(t, "bert")
	tasks := w.open(t)
	w.part(t, tasks[0], badges, synctask.Pending, "")
	w.part(t, tasks[1], doors, synctask.Failed, "No such door.")
	w.exec(t, "update systems set server = '' where name = 'Badges'")

	answer := w.admin.get(tasksPath + "/matrix?sort=objectName").status(http.StatusOK)
	require.Equal(t, "2", answer.head.Get("X-Total-Count"))
	matrix := answer.object()
	require.Len(t, matrix["agents"], 1, "an agent without a server is no column")
	rows := matrix["tasks"].([]any)
	require.Equal(t, "anna", rows[0].(map[string]any)["objectName"])
	cell := rows[1].(map[string]any)["parts"].([]any)[0].(map[string]any)
	require.Equal(t, doors.ID.String(), cell["systemId"])
	require.Equal(t, "failed", cell["status"])

	w.exec(t, "update sync_tasks set status = 'done' where object_name = 'anna'")
	require.Len(t, w.admin.get(tasksPath + "/matrix").object()["tasks"], 1, "what is done is not shown unless asked for")
	require.Len(t, w.admin.get(tasksPath + "/matrix?filter=" + escaped(`status eq "done"`)).object()["tasks"], 1)
}

func TestSynchroniseNow(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.engine("readonly", 100)
	anna := w.user(t, "anna")
	path := "/api/v1/users/" + anna.ID.String() + "/synchronise"

	problem := w.admin.do(http.MethodPost, path, nil).problem(http.StatusConflict, "conflict")
	require.Contains(t, problem.Detail, "read only")
	w.engine("manual", 100)
	problem = w.admin.do(http.MethodPost, path, nil).problem(http.StatusConflict, "conflict")
	require.Contains(t, problem.Detail, "No agent takes users")

	system := w.file(t, "Badges", "login,mail,title\n")
	own := w.account(t, &anna, system)
	require.Empty(t, w.open(t), "the manual mode sends nothing by itself")
	want := []synctask.Want{{System: system.ID, Object: own.ID, Class: "user:person", Desired: map[string]any{"login": "anna"}}}
	require.NoError(t, w.tenant.SyncTasks().Want(t.Context(), "account", want))
	w.exec(t, "update target_states set applied_version = desired_version")

	tasks := w.admin.post(path, map[string]any{"priority": 1}).status(http.StatusAccepted).list()
	require.Len(t, tasks, 1)
	require.Equal(t, "anna", tasks[0]["objectName"])
	require.EqualValues(t, 1, tasks[0]["priority"])
	require.Equal(t, []string{"0"}, w.texts(t, "select applied_version::text from target_states"), "the system is really compared again")
	require.Equal(t, []string{"user/" + anna.ID.String()}, w.texts(t, "select key from outbox"))
	require.Equal(t, []string{"admin synchronise user anna"}, w.trail(t, "synchronise"))
	w.admin.post(path, map[string]any{"priority": 4}).problem(http.StatusUnprocessableEntity, "invalid")

	// A failed task is tried as if for the first time.
	w.exec(t, "insert into sync_parts (task_id, system_id, status, attempts) select id, $1, 'failed', 8 from sync_tasks", system.ID)
	w.exec(t, "update sync_tasks set status = 'failed'")
	again := w.admin.do(http.MethodPost, "/api/v1/accounts/"+own.ID.String()+"/synchronise", nil).status(http.StatusAccepted).list()
	require.Equal(t, "pending", again[0]["status"], "an account of a user travels with the user")
	require.Equal(t, []string{"0"}, w.texts(t, "select attempts::text from sync_parts"))

	pending := w.admin.get("/api/v1/users/" + anna.ID.String() + "/pending-tasks").status(http.StatusOK).list()
	require.Equal(t, "Badges", pending[0]["parts"].([]any)[0].(map[string]any)["system"])
	require.Len(t, w.admin.get("/api/v1/accounts/"+own.ID.String()+"/pending-tasks").list(), 1)
}

func TestSynchroniseGroupsRolesAndSharedAccounts(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.engine("manual", 100)
	system := w.file(t, "Badges", "login,mail,title\n")
	group, err := w.own.Groups.Create(asPlatform(t), identity.Group{Name: "sample", ParentID: new(identity.World)})
	require.NoError(t, err)
	path := "/api/v1/groups/" + group.ID.String() + "/synchronise"
	w.admin.do(http.MethodPost, path, nil).problem(http.StatusConflict, "conflict")
	w.exec(t, `update systems set mappings = mappings || '[{"systemObject": "team", "objectType": "group", "rows": []}]'`)
	require.Equal(t, "group", w.admin.do(http.MethodPost, path, nil).status(http.StatusAccepted).list()[0]["objectType"])

	shared := w.account(t, nil, system)
	require.Equal(t, "account", w.admin.do(http.MethodPost, "/api/v1/accounts/"+shared.ID.String()+"/synchronise", nil).status(http.StatusAccepted).list()[0]["objectType"])
	stranger := w.account(t, nil, system, func(a *account.Account) { a.Name, a.Type = "stranger", account.Unmanaged })
	problem := w.admin.do(http.MethodPost, "/api/v1/accounts/"+stranger.ID.String()+"/synchronise", nil).problem(http.StatusConflict, "conflict")
	require.Contains(t, problem.Detail, "unmanaged")
	w.admin.do(http.MethodPost, "/api/v1/roles/"+uuid.NewString()+"/synchronise", nil).problem(http.StatusNotFound, "notFound")
	w.exec(t, "update systems set read_only = true")
	w.admin.do(http.MethodPost, path, nil).problem(http.StatusConflict, "conflict")
}

func TestSynchronisationAsksForPermissionsWithinTheirLimits(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.engine("auto", 100)
	w.file(t, "Badges", "login,mail,title\n")
	group, err := w.own.Groups.Create(asPlatform(t), identity.Group{Name: "sample", ParentID: new(identity.World)})
	require.NoError(t, err)
	inside, outside := w.user(t, "inside", group.ID), w.user(t, "outside")
	task := w.open(t)[0]

	limited := w.clerk(t, "limited", &group.ID, authz.UserSync)
	limited.do(http.MethodPost, "/api/v1/users/"+inside.ID.String()+"/synchronise", nil).status(http.StatusAccepted)
	limited.do(http.MethodPost, "/api/v1/users/"+outside.ID.String()+"/synchronise", nil).problem(http.StatusNotFound, "notFound")
	limited.get("/api/v1/users/" + inside.ID.String() + "/pending-tasks").status(http.StatusOK)
	limited.get("/api/v1/users/"+outside.ID.String()+"/pending-tasks").problem(http.StatusNotFound, "notFound")
	limited.get(tasksPath).problem(http.StatusForbidden, "denied")

	reader := w.clerk(t, "reader", nil, authz.SyncTaskQuery, authz.UserQuery)
	reader.get(tasksPath).status(http.StatusOK)
	for _, path := range []string{"/release", "/cancel", "/prioritise"} {
		reader.post(tasksPath+path, map[string]any{"ids": []any{task.ID}}).problem(http.StatusForbidden, "denied")
		reader.do(http.MethodPost, tasksPath+"/"+task.ID.String()+path, nil).problem(http.StatusForbidden, "denied")
	}
	reader.do(http.MethodPost, "/api/v1/users/"+inside.ID.String()+"/synchronise", nil).problem(http.StatusForbidden, "denied")
	stranger := w.visitor(t)
	for _, path := range []string{"", "/held", "/matrix", "/" + task.ID.String()} {
		stranger.get(tasksPath+path).problem(http.StatusUnauthorized, "unauthenticated")
		w.clerk(t, "nobody"+fmt.Sprint(len(path)), nil, authz.GroupQuery).get(tasksPath+path).problem(http.StatusForbidden, "denied")
	}
	stranger.get(tasksPath+"?format=csv").problem(http.StatusUnauthorized, "unauthenticated")
	limited.get(tasksPath+"?format=csv").problem(http.StatusForbidden, "denied")
}
