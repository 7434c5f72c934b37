package monitor_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/monitor"
	"provost/internal/query"
	"provost/internal/run"
	"provost/internal/store"
	"provost/internal/synctask"
)

// runOptions of runs about which nothing is special.
var runOptions = run.Options{} //nolint:gochecknoglobals // immutable

func TestAgentsAsTheyWereSeenLast(t *testing.T) {
	t.Parallel()
	b := setup(t)
	badges := b.file("Badges", header)
	doors := b.file("Doors", header, func(s *account.System) { s.Authoritative = true })
	b.user("anna")
	b.user("bert")
	b.user("carla")
	open := b.open()
	b.part(open["anna"], doors, synctask.Part{Status: synctask.Waiting, Message: "The agent is not connected."})
	b.part(open["bert"], doors, synctask.Part{Status: synctask.Failed, Message: "No such door."})
	b.part(open["carla"], badges, synctask.Part{Status: synctask.Done})
	b.exec("update sync_tasks set status = 'done' where object_name = 'carla'")
	agents := b.tenant.Agents("here", nothing{})
	require.NoError(t, agents.Disconnected(t.Context(), doors.ID, "no route to host"))
	started, err := b.StartRun(b.admin, doors.ID, run.Load, runOptions)
	require.NoError(t, err)

	all, err := b.Agents(b.admin)
	require.NoError(t, err)
	require.Equal(t, []string{"Badges", "Doors"}, systemsOf(all), "the platform itself is no agent")
	require.Nil(t, all[0].Connected, "nothing was tried")
	require.Zero(t, all[0].Pending+all[0].Waiting+all[0].Failed)
	one, err := b.Agent(b.admin, doors.ID)
	require.NoError(t, err)
	require.Equal(t, all[1], one)
	require.False(t, *one.Connected)
	require.Equal(t, "no route to host", one.LastError)
	recently(t, one.FailedSince)
	require.Equal(t, []int64{0, 1, 1}, []int64{one.Pending, one.Waiting, one.Failed})
	require.Equal(t, []any{started.ID, started.Number, "load", "queued"}, []any{*one.RunID, one.RunNumber, one.RunKind, one.RunStatus}, "the run under way")
	require.True(t, one.Authoritative)

	require.NoError(t, agents.Connected(t.Context(), doors.ID))
	one, err = b.Agent(b.admin, doors.ID)
	require.NoError(t, err)
	require.True(t, *one.Connected)
	require.Empty(t, one.LastError)
	require.Nil(t, one.FailedSince)
	_, err = b.Agent(b.admin, uuid.New())
	refused(t, err, fault.NotFound, "no such agent")
	_, err = b.Agent(b.admin, account.InternalSystem)
	refused(t, err, fault.NotFound)
}

func TestServersAndWhatTheyServe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.file("Anywhere", header)
	pinned := b.file("Pinned", header)
	b.exec("update systems set server = 'gone', alternative_server = 'spare' where id = $1", pinned.ID)
	for _, name := range []string{"spare", "gone", "other"} {
		require.NoError(t, b.tenant.ReportServer(t.Context(), store.Server{Name: name, Kind: "worker", Version: "1.2.3", Started: time.Now()}))
	}
	serves := func() map[string]int64 {
		servers, err := b.Servers(b.admin)
		require.NoError(t, err)
		out := map[string]int64{}
		for i := range servers {
			require.NotNil(t, servers[i].Details, "an object, not nothing")
			out[servers[i].Name] = servers[i].Agents
		}
		return out
	}
	require.Equal(t, map[string]int64{"gone": 2, "spare": 1, "other": 1}, serves(), "the alternative only stands by")
	b.exec("update servers set last_seen = now() - interval '5 minutes' where name = 'gone'")
	require.Equal(t, map[string]int64{"gone": 2, "spare": 2, "other": 1}, serves(), "the alternative takes over")
	servers, err := b.Servers(b.admin)
	require.NoError(t, err)
	require.Equal(t, []string{"gone", "other", "spare"}, []string{servers[0].Name, servers[1].Name, servers[2].Name})
	require.False(t, servers[0].Alive)
	require.True(t, servers[1].Alive)
}

func TestLoadIsWhatThereIsToDo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	badges := b.file("Badges", header)
	b.file("Idle", header)
	b.crowd("sample", 4)
	b.part(b.open()["sample-01"], badges, synctask.Part{Status: synctask.Pending})
	b.exec("update sync_tasks set status = 'done', finished_at = date_trunc('minute', now()) - interval '3 minutes' where object_name in ('sample-02', 'sample-03')")
	b.exec("update sync_tasks set status = 'cancelled', finished_at = now() where object_name = 'sample-04'")

	load, err := b.Load(b.admin, 10)
	require.NoError(t, err)
	require.Equal(t, []string{"Badges"}, systemsOf(load.Systems), "an idle agent is left out")
	require.Len(t, load.Finished, 1, "what was cancelled was not finished")
	require.EqualValues(t, 2, load.Finished[0].Tasks)
	load, err = b.Load(b.admin, 2)
	require.NoError(t, err)
	require.Empty(t, load.Finished, "before the window")
}

func TestSummaryHasTheNumbersThatTheCallerMayKnow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	inside := b.group("inside")
	badges := b.file("Badges", header)
	anna := b.user("anna", inside.ID)
	b.user("bert")
	b.account(&anna, badges)
	b.exec("update sync_tasks set status = 'held' where object_name = 'bert'")

	all, err := b.Summary(b.admin)
	require.NoError(t, err)
	numbers := func(of ...*int64) []int64 {
		out := []int64{}
		for _, n := range of {
			require.NotNil(t, n)
			out = append(out, *n)
		}
		return out
	}
	require.Equal(t, []int64{3, 1, 2, 1, 0, 0}, numbers(all.Users, all.Systems, all.OpenTasks, all.HeldTasks, all.FailedTasks, all.Disconnected), "with the administrator")

	few, err := b.Summary(b.within(inside.ID, authz.UserQuery, authz.AccountQuery))
	require.NoError(t, err)
	require.Equal(t, []int64{1, 1}, numbers(few.Users, few.Accounts), "within the limit")
	few.Users, few.Accounts = nil, nil
	require.Equal(t, monitor.Summary{}, few, "and nothing else")
	none, err := b.Summary(b.as())
	require.NoError(t, err)
	require.Equal(t, monitor.Summary{}, none)
}

func TestIssuesAreAcknowledgedAndSolved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	doors := b.file("Doors", header)
	require.NoError(t, b.tenant.Agents("here", nothing{}).Disconnected(t.Context(), doors.ID, "no route to host"))
	page, err := b.ListIssues(b.admin, query.List{Filter: `kind eq "disconnected-system"`})
	require.NoError(t, err)
	issue := page.Items[0]
	require.Equal(t, []any{"new", "Doors", "no route to host", 1}, []any{issue.Status, issue.ObjectName, issue.Description, issue.Times})

	for _, wrong := range []string{"", "new", "forgotten"} {
		refused(t, b.SetIssue(b.admin, issue.ID, wrong), fault.Invalid, "acknowledged or solved")
	}
	require.NoError(t, b.SetIssue(b.admin, issue.ID, monitor.IssueAcknowledged))
	require.NoError(t, b.SetIssue(b.admin, issue.ID, monitor.IssueAcknowledged), "saying it twice is no mistake")
	require.Len(t, b.trail("issue"), 1)
	require.Contains(t, b.trail("issue")[0], `{"status": "new"} -> {"status": "acknowledged"}`)
	require.NoError(t, b.SetIssue(b.admin, issue.ID, monitor.IssueSolved))
	refused(t, b.SetIssue(b.admin, issue.ID, monitor.IssueAcknowledged), fault.Conflict, "solved already")
	refused(t, b.SetIssue(b.admin, uuid.New(), monitor.IssueSolved), fault.NotFound)
	var seen []string
	require.NoError(t, b.EachIssue(b.admin, query.List{}, func(i monitor.Issue) error {
		seen = append(seen, i.Status)
		return nil
	}))
	require.Equal(t, []string{"solved"}, seen)
}
