package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/mapping"
	"provost/internal/run"
)

const runsPath = "/api/v1/runs"

// blocked starts a reconciliation and lets its guard stop it, with a change list of three.
func (w *watched) blocked(t *testing.T) (id string) {
	t.Helper()
	system := w.file(t, "Badges", "login,mail,title\n")
	started := w.admin.post(systemsPath+system.ID.String()+"/runs", map[string]any{"kind": "reconcile"}).status(http.StatusCreated)
	id = started.id()
	require.Equal(t, "/api/v1/runs/"+id, started.head.Get("Location"))
	key := uuid.MustParse(id)
	runs := w.tenant.Runs()
	require.NoError(t, runs.AddChanges(t.Context(), key, []run.Change{
		{Seq: 1, ObjectType: "account", ObjectKey: "anna", Action: run.Create, Status: "proposed"},
		{
			Seq: 2, ObjectType: "account", ObjectKey: "bert", Action: run.Update, Status: "proposed",
			Changes: []mapping.Change{{Attribute: "mail", Before: "a", After: "b"}},
		},
		{Seq: 3, ObjectType: "account", ObjectKey: "carla", Action: run.Reject, Status: "skipped", Message: "The line has no login."},
	}))
	require.NoError(t, runs.Log(t.Context(), key, "info", "exported 3 objects"))
	require.NoError(t, runs.Log(t.Context(), key, "warn", "the guard stopped the run"))
	require.NoError(t, runs.Judged(t.Context(), key, run.Verdict{Blocked: true, Reasons: []string{"Too many new accounts."}, Total: 2}))
	require.NoError(t, runs.Advance(t.Context(), key, run.Blocked, run.PhaseGuard, map[string]int64{"listed": 3}))
	return id
}

func TestRunsAreWatched(t *testing.T) {
	t.Parallel()
	w := watch(t)
	id := w.blocked(t)

	list := w.admin.get(runsPath + "?filter=" + escaped(`status eq "blocked" and system eq "badges"`)).status(http.StatusOK)
	require.Equal(t, "1", list.head.Get("X-Total-Count"))
	require.Equal(t, "reconcile", list.list()[0]["kind"])
	require.Equal(t, map[string]any{"listed": 3.0}, list.list()[0]["counters"])
	require.Empty(t, w.admin.get(runsPath+"?q=doors").list())
	table := string(w.admin.get(runsPath + "?format=csv&columns=kind,system,status,author").status(http.StatusOK).body)
	require.Equal(t, "kind,system,status,author\nreconcile,Badges,blocked,admin\n", strings.ReplaceAll(table, "\r", ""))

	found := w.admin.get(runsPath + "/" + id).status(http.StatusOK).object()
	require.Equal(t, "guard", found["phase"])
	require.Equal(t, []any{"Too many new accounts."}, found["guard"].(map[string]any)["reasons"])
	require.Len(t, found["changes"], 3)
	require.Equal(t, "/temporal/namespaces/provost/workflows/run%2F"+id, found["temporalUrl"])

	changes := runsPath + "/" + id + "/changes"
	page := w.admin.get(changes + "?size=2").status(http.StatusOK)
	require.Equal(t, "3", page.head.Get("X-Total-Count"))
	require.Equal(t, []string{"anna", "bert"}, page.names("objectKey"))
	update := w.admin.get(changes + "?filter=" + escaped(`action eq "update" and status eq "proposed"`)).list()
	require.Equal(t, []any{map[string]any{"attribute": "mail", "before": "a", "after": "b"}}, update[0]["changes"])
	require.Equal(t, []string{"carla"}, w.admin.get(changes+"?q=login").names("objectKey"))
	rows := strings.Split(strings.TrimSpace(string(w.admin.get(changes+"?format=csv").status(http.StatusOK).body)), "\n")
	require.Len(t, rows, 4)

	log := w.admin.get(runsPath + "/" + id + "/log").status(http.StatusOK).list()
	require.Equal(t, "exported 3 objects", log[0]["message"])
	later := w.admin.get(runsPath + "/" + id + "/log?after=" + strings.TrimSuffix(textOf(log[0]["id"]), ".0")).list()
	require.Len(t, later, 1)
	require.Equal(t, "warn", later[0]["level"])

	for _, path := range []string{"", "/changes", "/changes?format=csv", "/log"} {
		base, ask, _ := strings.Cut(path, "?")
		w.admin.get(runsPath+"/"+uuid.NewString()+base+"?"+ask).problem(http.StatusNotFound, "notFound")
	}
}

// textOf writes a JSON number.
func textOf(v any) string { return cellText(v) }

func TestRunsAreDecided(t *testing.T) {
	t.Parallel()
	w := watch(t)
	id := w.blocked(t)
	system := w.texts(t, "select id::text from systems where name = 'Badges'")[0]
	w.admin.post(systemsPath+system+"/runs", map[string]any{"kind": "reconcile"}).problem(http.StatusConflict, "conflict")
	w.admin.post(systemsPath+system+"/runs", map[string]any{"kind": "load"}).problem(http.StatusConflict, "conflict")
	w.admin.post(systemsPath+system+"/runs", map[string]any{"kind": "dance"}).problem(http.StatusUnprocessableEntity, "invalid")

	w.exec(t, "delete from outbox")
	resumed := w.admin.do(http.MethodPost, runsPath+"/"+id+"/resume", nil).status(http.StatusAccepted).object()
	require.Equal(t, "admin", resumed["reviewedBy"])
	require.Equal(t, []string{"resume"}, w.texts(t, "select payload ->> 'decision' from outbox where kind = 'run.signal'"))
	w.admin.do(http.MethodPost, runsPath+"/"+id+"/cancel", nil).status(http.StatusAccepted)
	trail := w.trail(t, "run", "resume", "cancel")
	require.Len(t, trail, 3)
	for i, action := range []string{"run", "resume", "cancel"} {
		require.Equal(t, "admin "+action+" run reconcile Badges", trail[i])
	}

	w.exec(t, "update runs set status = 'cancelled'")
	for _, decision := range []string{"resume", "cancel"} {
		w.admin.do(http.MethodPost, runsPath+"/"+id+"/"+decision, nil).problem(http.StatusConflict, "conflict")
	}
	w.admin.do(http.MethodPost, runsPath+"/"+uuid.NewString()+"/cancel", nil).problem(http.StatusNotFound, "notFound")
}

func TestRunsAskForPermissions(t *testing.T) {
	t.Parallel()
	w := watch(t)
	id := w.blocked(t)
	system := w.texts(t, "select id::text from systems where name = 'Badges'")[0]
	reader, nobody := w.clerk(t, "reader", nil, authz.RunQuery), w.clerk(t, "nobody", nil, authz.GroupQuery)
	for _, path := range []string{"", "?format=csv", "/" + id, "/" + id + "/changes", "/" + id + "/changes?format=csv", "/" + id + "/log"} {
		reader.get(runsPath + path).status(http.StatusOK)
		nobody.get(runsPath+path).problem(http.StatusForbidden, "denied")
		w.visitor(t).get(runsPath+path).problem(http.StatusUnauthorized, "unauthenticated")
	}
	for _, decision := range []string{"resume", "cancel"} {
		reader.do(http.MethodPost, runsPath+"/"+id+"/"+decision, nil).problem(http.StatusForbidden, "denied")
	}
	reader.post(systemsPath+system+"/runs", map[string]any{"kind": "reconcile"}).problem(http.StatusForbidden, "denied")
	loader := w.clerk(t, "loader", nil, authz.SystemLoad)
	loader.post(systemsPath+system+"/runs", map[string]any{"kind": "provision"}).problem(http.StatusForbidden, "denied")
}
