package process_test

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/query"
)

func TestPlanLibraryAndBrief(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	p := b.Started(anna, processtest.Sample{ID: "leave", Folder: "People"})
	plan, err := b.Ledger.Plan(t.Context(), p.VersionID)
	require.NoError(t, err)
	require.Equal(t, "leave", plan.ID)
	require.Len(t, plan.Flows, 3)
	library, err := b.Ledger.Library(t.Context(), p.VersionID)
	require.NoError(t, err)
	require.Equal(t, "People", library.Folder)
	require.Equal(t, "Decide about it", library.Steps["decide"].Title)
	_, err = b.Ledger.Plan(t.Context(), uuid.New())
	processtest.Refused(t, err, fault.NotFound)
	_, err = b.Ledger.Library(t.Context(), uuid.New())
	processtest.Refused(t, err, fault.NotFound)

	brief, err := b.Ledger.Brief(t.Context(), p.ID)
	require.NoError(t, err)
	person := process.Person{ID: anna, UserName: "anna", FullName: "Sample Anna"}
	require.Equal(t, process.Brief{
		Process: p.ID, Number: p.Number, Name: "Sample request", Definition: p.DefinitionID, Version: p.VersionID, Code: "leave",
		Kind: bpm.PermissionsRequest, Initiator: person, Subject: person,
		Values: bpm.Values{"requester": json.RawMessage(`"anna"`), "requesterName": json.RawMessage(`"Sample Anna"`)},
	}, brief)
	_, err = b.Ledger.Brief(t.Context(), uuid.New())
	processtest.Refused(t, err, fault.NotFound)
}

func TestPrincipalsAreFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	sales := b.Group("Sales", "world")
	groups := entitlement.GroupsScope
	plain, scoped := b.Role("auditor", nil), b.Role("cashier", &groups)
	b.Exec("update users set active = false where id = $1", b.User("gone"))

	found, unknown, err := b.Ledger.Principals(t.Context(), []string{
		"ANNA, group:Sales", "Sales", "auditor", "role:auditor@soffid", "cashier/Sales@soffid", "*", "-nobody-", "nobody here", "gone",
		"cashier/elsewhere@soffid", "auditor@elsewhere", "group:anna", "user:Sales",
	})
	require.NoError(t, err)
	require.Equal(t, []string{"nobody here", "gone", "cashier/elsewhere@soffid", "auditor@elsewhere", "group:anna", "user:Sales"}, unknown)
	for i := range found {
		require.Equal(t, found[i].Scope == nil, found[i].Hat == found[i].ID, found[i].Name)
		found[i].Hat = uuid.Nil
	}
	require.Equal(t, []process.Principal{
		{Kind: process.UserPrincipal, ID: anna, Name: "anna"},
		{Kind: process.GroupPrincipal, ID: sales, Name: "Sales"},
		{Kind: process.GroupPrincipal, ID: sales, Name: "Sales"},
		{Kind: process.RolePrincipal, ID: plain.ID, Name: "auditor@soffid"},
		{Kind: process.RolePrincipal, ID: plain.ID, Name: "auditor@soffid"},
		{Kind: process.RolePrincipal, ID: scoped.ID, Scope: &sales, Name: "cashier/Sales@soffid"},
		{Kind: process.EverybodyPrincipal, Name: "*"},
	}, found)
	none, unknown, err := b.Ledger.Principals(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, none)
	require.Empty(t, unknown)
}

func TestHoldersOfAPermissionAreTheRolesThatGiveIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna", authz.UserCreate, authz.UserUpdate)
	b.User("bert", authz.UserQuery)
	names := func(references ...string) (found, unknown []string) {
		list, unknown, err := b.Ledger.Principals(t.Context(), references)
		require.NoError(t, err)
		for _, p := range list {
			require.Equal(t, process.RolePrincipal, p.Kind)
			found = append(found, p.Name)
		}
		return found, unknown
	}
	found, unknown := names("auth:user:create")
	require.Equal(t, []string{"HOLDER_anna@soffid", "SOFFID_ADMIN@soffid"}, found)
	require.Empty(t, unknown)
	found, _ = names("auth:user:query, auth:user:create")
	require.Equal(t, []string{"HOLDER_anna@soffid", "HOLDER_bert@soffid", "SOFFID_ADMIN@soffid"}, found, "who may create may look, and each role comes once")
	found, unknown = names("auth:no:such", "auth:user:create/nowhere")
	require.Equal(t, []string{"auth:no:such"}, unknown)
	require.Equal(t, []string{"HOLDER_anna@soffid", "SOFFID_ADMIN@soffid"}, found, "roles without a scope give it everywhere")
	groups := entitlement.GroupsScope
	b.Group("Sales", "world")
	scoped := b.Role("clerk", &groups)
	_, err := b.Authorizations.Create(b.Ctx, entitlement.Authorization{Permission: string(authz.UserCreate), RoleID: scoped.ID, Role: "clerk@soffid"})
	require.NoError(t, err)
	found, _ = names("auth:user:create/Sales")
	require.Equal(t, []string{"HOLDER_anna@soffid", "SOFFID_ADMIN@soffid", "clerk/Sales@soffid"}, found)

	p := b.Started(anna, processtest.Sample{ID: "held", Initiators: "auth:user:create"})
	_, err = b.Processes.Start(b.As(b.User("carl")), "held", nil)
	processtest.Refused(t, err, fault.NotFound)
	b.Opened(p.ID, b.Opening(1, "auth:user:create"))
	hats, err := b.Processes.Store.Hats(t.Context(), anna)
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, b.Texts("select count(*)::text from process_task_candidates c where c.hat = any($1)", hats))
}

func TestOpeningIsDoneOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	b.User("bert")
	p := b.Started(anna, processtest.Sample{ID: "leave", Approval: `<idm:approval mode="displayPending" quorum="all" approveFlow="yes" denyFlow="no"><idm:stage actors="*"/></idm:approval>`})
	first, second := b.Opening(1, "anna", "bert"), b.Opening(1, "*")
	first.Lines = []process.Line{{Key: "1", Title: "cashier"}, {Key: "2", Content: json.RawMessage(`{"role":"auditor"}`)}}
	second.Stage = 1
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := b.Ledger.Open(t.Context(), p.ID, []process.Opening{first, second}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	require.Equal(t, []string{"0/0 open anna t", "0/1 open bert t", "1/0 waiting * f"}, b.Texts(
		`select stage || '/' || seat || ' ' || status || ' ' || string_agg(c.name || ' ' || substr(c.pending::text, 1, 1), ',')
		from process_tasks t join process_task_candidates c on c.task_id = t.id group by t.id, stage, seat, status order by 1`))
	require.Equal(t, []string{"1 cashier {}", `2  {"role": "auditor"}`}, b.Texts("select key || ' ' || title || ' ' || content from process_lines order by key"))
	require.Equal(t, []string{"3"}, b.Texts("select count(*)::text from process_access where part = 'candidate'"))

	nobody := b.Opening(2)
	processtest.Refused(t, b.Ledger.Open(t.Context(), p.ID, []process.Opening{b.Opening(3, "anna"), nobody}), fault.Invalid, "decide", "name no one")
	require.Equal(t, []string{"3"}, b.Texts("select count(*)::text from process_tasks"), "nothing half opened")
	processtest.Refused(t, b.Ledger.Open(t.Context(), uuid.New(), []process.Opening{first}), fault.NotFound)
	b.Exec("update processes set status = 'cancelled', ended_at = now()")
	require.NoError(t, b.Ledger.Open(t.Context(), p.ID, []process.Opening{b.Opening(4, "anna")}))
	require.Equal(t, []string{"3"}, b.Texts("select count(*)::text from process_tasks"), "a process that ended gives no work")
}

func TestStepsAreRecordedOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	p := b.Started(anna, processtest.Sample{ID: "leave"})
	due := at(30)
	e := entry(p.ID, 1)
	e.Values = bpm.Values{"reason": json.RawMessage(`"Ärger in Zürich"`), "days": json.RawMessage(`[1, {"x": 17}]`)}
	e.Places, e.Steps = []string{"decide", "decide", "late"}, []string{"Decide", "Too late"}
	e.Traces = []bpm.Trace{
		{Node: "start", Name: "Ask", Type: bpm.StartEvent, Enter: true},
		{Node: "start", Name: "Ask", Type: bpm.StartEvent, Taken: "f1"},
		{Node: "decide", Name: "Decide", Type: bpm.UserTask, Enter: true},
	}
	e.Timers = []process.Job{{Kind: process.TimerJob, Key: 7, Element: "late", Name: "Late", Due: &due}, {Kind: process.AsyncJob, Key: 7, Element: "apply"}}
	e.Incidents = []bpm.Alarm{{Incident: 3, Work: 9, Node: "apply", Fault: bpm.Fault{Code: "script", Message: "x is not defined"}}}
	e.Waits = []process.Wait{{Type: bpm.MessageEvent, Name: "withdrawn", Element: "decide"}, {Type: bpm.SignalEvent, Name: "closing", Element: "late"}}
	for range 2 {
		require.NoError(t, b.Ledger.Record(t.Context(), e))
	}
	got, err := b.Processes.Get(b.Ctx, p.ID)
	require.NoError(t, err)
	require.Equal(t, bpm.Running, bpm.Status(got.Status))
	require.Equal(t, "Decide, Too late", got.Steps)
	require.Equal(t, e.Places, got.Places)
	require.JSONEq(t, string(e.Values["days"]), string(got.Values["days"]))
	var kinds []string
	for _, l := range got.Log {
		kinds = append(kinds, l.Kind+" "+l.Element+" "+l.Flow)
	}
	require.Equal(t, []string{"start  ", "enter start ", "leave start f1", "enter decide ", "incident apply "}, kinds)
	for _, q := range []string{"zurich", "ärg", "17", "leav", "anna", "Sample"} {
		page, err := b.Processes.List(b.Ctx, query.List{Q: q})
		require.NoError(t, err)
		require.Equal(t, q != "leav", page.Total == 1, q)
	}
	waiting := "select type || ' ' || name from process_waits order by 1"
	require.Equal(t, []string{"message withdrawn", "signal closing"}, b.Texts(waiting))

	next := entry(p.ID, 2)
	next.Timers = []process.Job{{Kind: process.AsyncJob, Key: 7, Element: "apply", Attempts: 2, Status: process.JobFailed, Message: "no answer"}}
	next.SolvedIncidents = []int64{3}
	b.Exec("update process_jobs set held = true")
	b.Exec("update process_incidents set status = 'asked', action = 'skip', solved_by = 'anna'")
	wish := entry(p.ID, 2)
	wish.Refused, wish.Reopened, wish.Timers = "There is no way out of that name.", []int64{3}, e.Timers
	require.NoError(t, b.Ledger.Record(t.Context(), wish))
	require.Equal(t, []string{"open  "}, b.Texts("select status || ' ' || action || ' ' || solved_by from process_incidents"), "it waits for another decision")
	next.Seq = 3
	require.NoError(t, b.Ledger.Record(t.Context(), next))
	require.NoError(t, b.Ledger.Record(t.Context(), e), "an older step changes nothing")
	require.Equal(t, []string{"async 7 2 failed no answer true"}, b.Texts("select kind || ' ' || key || ' ' || attempts || ' ' || status || ' ' || message || ' ' || held from process_jobs"))
	require.Equal(t, []string{"solved"}, b.Texts("select status from process_incidents"))
	require.Empty(t, b.Texts(waiting))
	require.Equal(t, []string{"Ärger in Zürich"}, b.Texts("select variables ->> 'reason' from processes"), "no values leave those that are there")
	processtest.Refused(t, b.Ledger.Record(t.Context(), entry(uuid.New(), 1)), fault.NotFound)
}

func TestTheEndClosesEverything(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.Started(b.User("anna"), processtest.Sample{ID: "leave"})
	b.Opened(p.ID, b.Opening(1, "anna"))
	first := entry(p.ID, 1)
	first.Incidents = []bpm.Alarm{{Incident: 1, Node: "decide"}}
	first.Timers = []process.Job{{Kind: process.TimerJob, Key: 1, Element: "late"}}
	require.NoError(t, b.Ledger.Record(t.Context(), first))
	last := entry(p.ID, 2)
	last.Finish = &bpm.Finish{Status: bpm.Broken, Fault: &bpm.Fault{Code: "refused", Message: "Nobody agreed."}}
	require.NoError(t, b.Ledger.Record(t.Context(), last))
	require.Equal(t, []string{"failed Nobody agreed. "}, b.Texts("select status || ' ' || message || ' ' || steps from processes where ended_at is not null"))
	require.Equal(t, []string{"cancelled The process ended. f"}, b.Texts(
		"select status || ' ' || reason || ' ' || substr(c.pending::text, 1, 1) from process_tasks t join process_task_candidates c on c.task_id = t.id"))
	require.Empty(t, b.Texts("select 'left' from process_jobs union all select 'open' from process_incidents where status <> 'solved'"))
}

func TestTasksThatAreTakenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	timer := `<boundaryEvent id="late" name="Two days" attachedToRef="decide"><timerEventDefinition id="t"><timeDuration>P2D</timeDuration></timerEventDefinition></boundaryEvent>
		<sequenceFlow id="f4" sourceRef="late" targetRef="refused"/>`
	p := b.Started(b.User("anna"), processtest.Sample{ID: "leave", More: timer})
	for work := range int64(3) {
		b.Opened(p.ID, b.Opening(work+1, "anna"))
	}
	e := entry(p.ID, 1)
	e.Closed = []bpm.TakeBack{{Work: 1, Reason: "late"}, {Work: 2, Reason: "done"}, {Work: 3, Reason: "No longer wanted."}}
	require.NoError(t, b.Ledger.Record(t.Context(), e))
	require.Equal(t, []string{"expired The time ran out: Two days.", "cancelled Interrupted by Done.", "cancelled No longer wanted."},
		b.Texts("select status || ' ' || reason from process_tasks order by work"))
	require.Equal(t, []string{"cancelled", "cancelled", "expired"}, b.Texts("select kind from process_log where kind in ('expired', 'cancelled') order by kind"))
}

func TestCalledProcessesAreMadeOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	b.Deploy(processtest.Sample{ID: "called"})
	parent := b.Started(anna, processtest.Sample{ID: "calling"})
	ids := make([]uuid.UUID, 4)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() {
			var err error
			if ids[i], err = b.Ledger.Child(t.Context(), parent.ID, 5, "called", bpm.Values{"x": json.RawMessage(`1`)}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
	brief, err := b.Ledger.Brief(t.Context(), ids[0])
	require.NoError(t, err)
	require.Equal(t, "anna", brief.Initiator.UserName)
	require.Equal(t, &parent.ID, brief.Parent)
	require.EqualValues(t, 5, brief.ParentWork)
	require.Equal(t, bpm.Values{"x": json.RawMessage(`1`)}, brief.Values)
	require.Equal(t, []string{"called", "calling"}, b.Texts("select payload ->> 'definition' from outbox where kind = 'process.start' order by 1"))
	other, err := b.Ledger.Child(t.Context(), parent.ID, 6, "CALLED", nil)
	require.NoError(t, err)
	require.NotEqual(t, ids[0], other)
	_, err = b.Ledger.Child(t.Context(), parent.ID, 7, "missing", nil)
	processtest.Refused(t, err, fault.NotFound, "missing")
	b.Exec("update process_definitions set enabled = false")
	_, err = b.Ledger.Child(t.Context(), parent.ID, 8, "called", nil)
	processtest.Refused(t, err, fault.NotFound)
	again, err := b.Ledger.Child(t.Context(), parent.ID, 5, "called", nil)
	require.NoError(t, err)
	require.Equal(t, ids[0], again, "one that was made stays made")
}
