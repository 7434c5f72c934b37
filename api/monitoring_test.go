package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/identity"
	"provost/internal/store"
)

const monitoringPath = "/api/v1/monitoring"

// busy fills a bench with servers, agents and tasks in every state.
func (w *watched) busy(t *testing.T) {
	t.Helper()
	w.engine("auto", 100)
	badges, doors := w.file(t, "Badges", "login,mail,title\n"), w.file(t, "Doors", "login,mail,title\n")
	w.file(t, "Unserviced", "login,mail,title\n")
	w.exec(t, "update systems set server = '' where name = 'Unserviced'")
	for _, name := range []string{"anna", "bert", "carla", "dora"} {
		w.user(t, name)
	}
	tasks := w.open(t)
	w.part(t, tasks[0], badges, "pending", "")
	w.part(t, tasks[1], badges, "failed", "The card printer is on fire.")
	w.part(t, tasks[2], doors, "waiting", "The agent is not connected.")
	w.part(t, tasks[3], doors, "done", "")
	agents := w.tenant.Agents("here", nil)
	require.NoError(t, agents.Connected(t.Context(), badges.ID))
	require.NoError(t, agents.Disconnected(t.Context(), doors.ID, "no route to host"))
	for name, started := range map[string]time.Duration{"here": time.Minute, "gone": time.Hour} {
		require.NoError(t, w.tenant.ReportServer(t.Context(), store.Server{Name: name, Kind: "worker", Version: "1.2.3", Started: time.Now().Add(-started)}))
	}
	w.exec(t, "update servers set last_seen = now() - interval '5 minutes' where name = 'gone'")
}

func TestMonitoring(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.busy(t)

	servers := w.admin.get(monitoringPath + "/servers").status(http.StatusOK).list()
	require.Equal(t, []any{"gone", "here"}, []any{servers[0]["name"], servers[1]["name"]})
	require.Equal(t, false, servers[0]["alive"])
	require.Equal(t, true, servers[1]["alive"])
	require.EqualValues(t, 2, servers[1]["agents"], "an agent without a server belongs to none")
	require.EqualValues(t, 1, servers[1]["connected"])
	require.EqualValues(t, 1, servers[1]["disconnected"])

	agents := w.admin.get(monitoringPath + "/agents").status(http.StatusOK).list()
	require.Len(t, agents, 3)
	require.Equal(t, "Badges", agents[0]["system"])
	require.Equal(t, true, agents[0]["connected"])
	require.EqualValues(t, 1, agents[0]["pending"])
	require.EqualValues(t, 1, agents[0]["failed"])
	require.Equal(t, false, agents[1]["connected"])
	require.Equal(t, "no route to host", agents[1]["lastError"])
	require.EqualValues(t, 1, agents[1]["waiting"])
	require.Nil(t, agents[2]["connected"], "nothing was tried")
	require.Equal(t, false, agents[2]["serviced"])
	one := w.admin.get(systemsPath + agents[1]["systemId"].(string) + "/status").status(http.StatusOK).object()
	require.Equal(t, agents[1], one)

	load := w.admin.get(monitoringPath + "/load").status(http.StatusOK).object()
	require.Len(t, load["systems"], 2)
	require.Len(t, load["servers"], 2)
	require.EqualValues(t, 1, load["finished"].([]any)[0].(map[string]any)["tasks"])
	w.admin.get(monitoringPath+"/load?minutes=0").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestSummaryTellsWhatTheCallerMayKnow(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.busy(t)
	all := w.admin.get(monitoringPath + "/summary").status(http.StatusOK).object()
	require.Equal(t, map[string]any{
		"users": 5.0, "accounts": all["accounts"], "roles": all["roles"], "systems": 3.0, "openTasks": 3.0, "pendingTasks": 1.0, "heldTasks": 0.0,
		"waitingTasks": 1.0, "failedTasks": 1.0, "disconnectedAgents": 1.0, "activeRuns": 0.0, "blockedRuns": 0.0, "openIssues": 1.0,
	}, all, "four sample users and the administrator")

	group, err := w.own.Groups.Create(asPlatform(t), identity.Group{Name: "sample", ParentID: new(identity.World)})
	require.NoError(t, err)
	w.user(t, "emil", group.ID)
	limited := w.clerk(t, "limited", &group.ID, authz.UserQuery)
	require.Equal(t, map[string]any{"users": 1.0}, limited.get(monitoringPath+"/summary").status(http.StatusOK).object())
	w.visitor(t).get(monitoringPath+"/summary").problem(http.StatusUnauthorized, "unauthenticated")
	for _, path := range []string{"/servers", "/agents", "/load"} {
		limited.get(monitoringPath+path).problem(http.StatusForbidden, "denied")
	}
}

func TestEngineSettings(t *testing.T) {
	t.Parallel()
	w := watch(t)
	const path = "/api/v1/settings/engine"
	first := w.admin.get(path).status(http.StatusOK).object()
	require.Equal(t, "readonly", first["mode"], "an installation that says nothing sends nothing")
	require.Len(t, first["modes"], 3)
	require.NotEmpty(t, first["modes"].([]any)[1].(map[string]any)["description"])

	set := map[string]any{"mode": "auto", "taskLimit": 250, "language": "autodetect"}
	for range 2 { // as new parameters, and as known ones
		changed := w.admin.json(http.MethodPut, path, set).status(http.StatusOK).object()
		for name, value := range set {
			require.EqualValues(t, value, changed[name])
		}
		set["mode"], set["taskLimit"] = "manual", 300
	}
	require.Equal(t, []string{"manual"}, w.texts(t, "select value from parameters where name = 'soffid.task.mode'"))
	require.Contains(t, w.trail(t, "update"), "admin update parameter soffid.task.mode")
	for member, wrong := range map[string]any{"mode": "wild", "taskLimit": 0, "language": "cobol"} {
		bad := map[string]any{"mode": "auto", "taskLimit": 250, "language": "autodetect", member: wrong}
		problem := w.admin.json(http.MethodPut, path, bad).problem(http.StatusUnprocessableEntity, "invalid")
		require.Equal(t, member, problem.Errors[0].Location)
	}
	reader := w.clerk(t, "reader", nil, authz.SettingsQuery)
	reader.get(path).status(http.StatusOK)
	reader.json(http.MethodPut, path, set).problem(http.StatusForbidden, "denied")
	keeper := w.clerk(t, "keeper", nil, authz.SettingsUpdate)
	keeper.json(http.MethodPut, path, set).status(http.StatusOK)
	w.clerk(t, "nobody", nil, authz.GroupQuery).get(path).problem(http.StatusForbidden, "denied")
}

func TestIssues(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.busy(t)
	issue := w.admin.get("/api/v1/issues").status(http.StatusOK).list()[0]
	require.Equal(t, "disconnected-system", issue["kind"])
	require.Equal(t, "Doors", issue["objectName"])
	require.Equal(t, "no route to host", issue["description"])
	path := "/api/v1/issues/" + issue["id"].(string)

	w.admin.do(http.MethodPost, path+"/acknowledge", nil).status(http.StatusNoContent)
	w.admin.do(http.MethodPost, path+"/acknowledge", nil).status(http.StatusNoContent)
	w.admin.do(http.MethodPost, path+"/solve", nil).status(http.StatusNoContent)
	w.admin.do(http.MethodPost, path+"/acknowledge", nil).problem(http.StatusConflict, "conflict")
	require.Len(t, w.texts(t, "select object_name from audit_entries where object_type = 'issue'"), 2, "what changes nothing leaves no trace")
	require.Len(t, w.admin.get("/api/v1/issues?filter="+escaped(`status eq "solved"`)).list(), 1)
	require.Contains(t, string(w.admin.get("/api/v1/issues?format=csv").status(http.StatusOK).body), "disconnected-system")

	reader := w.clerk(t, "reader", nil, authz.IssueQuery)
	reader.get("/api/v1/issues").status(http.StatusOK)
	reader.do(http.MethodPost, path+"/solve", nil).problem(http.StatusForbidden, "denied")
	nobody := w.clerk(t, "nobody", nil, authz.GroupQuery)
	nobody.get("/api/v1/issues").problem(http.StatusForbidden, "denied")
	nobody.get("/api/v1/issues?format=csv").problem(http.StatusForbidden, "denied")
	w.admin.do(http.MethodPost, "/api/v1/issues/"+uuid.NewString()+"/solve", nil).problem(http.StatusNotFound, "notFound")
}

// gathered collects the events that a broker tells until those wanted were among them.
func gathered(t *testing.T, events <-chan Event, wanted ...Event) []Event {
	t.Helper()
	open := map[Event]bool{}
	for _, e := range wanted {
		open[e] = true
	}
	var all []Event
	for len(open) > 0 {
		select {
		case e := <-events:
			all = append(all, e)
			delete(open, e)
		case <-time.After(20 * time.Second):
			require.FailNow(t, "no event", "still wanted: %v, heard: %v", open, all)
		}
	}
	return all
}

func TestChangesOfOtherProcessesAreHeard(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.engine("auto", 1000)
	system := w.file(t, "Badges", "login,mail,title\n")
	events, stop := w.events.Listen()
	defer stop()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.events.Follow(ctx, w.tenant, zerolog.Nop())
	}()
	t.Cleanup(func() { cancel(); <-done })
	require.Eventually(t, func() bool {
		return len(w.texts(t, "select query from pg_stat_activity where datname = current_database() and query = 'listen provost_events'")) == 1
	}, 20*time.Second, 20*time.Millisecond)

	w.user(t, "anna")
	gathered(t, events, Event{Topic: "sync-tasks", ID: w.open(t)[0].ID})
	w.crowd(t, "crowd", 30)
	gathered(t, events, Event{Topic: "sync-tasks"})
	require.NoError(t, w.tenant.Agents("elsewhere", nil).Connected(t.Context(), system.ID))
	gathered(t, events, Event{Topic: "systems", ID: system.ID})

	run := w.admin.post(systemsPath+system.ID.String()+"/runs", map[string]any{"kind": "reconcile"}).status(http.StatusCreated).id()
	changed := Event{Topic: "runs", ID: uuid.MustParse(run)}
	gathered(t, events, changed)
	for range 20 {
		require.NoError(t, w.tenant.Runs().Advance(t.Context(), changed.ID, "running", "export", nil))
	}
	w.exec(t, "update systems set description = 'the last one'")
	heard := gathered(t, events, Event{Topic: "systems", ID: system.ID})
	require.Less(t, len(heard), 12, "what changes many times a moment is told a few times")
}
