package api

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/process"
)

const (
	definitionsPath = "/api/v1/process-definitions"
	processesPath   = "/api/v1/processes"
	workPath        = "/api/v1/tasks"
)

// leave is a sample definition: somebody asks for days off, and somebody else decides.
const leave = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d" targetNamespace="urn:provost:sample">
  <process id="leave" name="Leave of absence" isExecutable="true">
    <documentation>A sample process.</documentation>
    <extensionElements>
      <idm:process type="request" folder="People/Leave"/><idm:acl initiators="*" managers="admin"/>
      <idm:attribute name="days" label="Days" type="number"/>
    </extensionElements>
    <startEvent id="start" name="Ask"><extensionElements><idm:form><idm:field name="days" required="true"/></idm:form></extensionElements></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="decide"/>
    <userTask id="decide" name="Decide"><extensionElements><idm:task title="Decide about it" uploads="true"/><idm:assignment expression="*"/></extensionElements></userTask>
    <sequenceFlow id="yes" name="Approve" sourceRef="decide" targetRef="done"/>
    <sequenceFlow id="no" name="Refuse" sourceRef="decide" targetRef="done"/>
    <endEvent id="done" name="Done"/>
  </process>
</definitions>`

// deploys uploads a definition.
func (c *client) deploys(source string) *answer {
	c.t.Helper()
	return c.do(http.MethodPost, definitionsPath+"?file=leave.bpmn", strings.NewReader(source), "Content-Type", "application/xml")
}

// opens gives a task of a process to principals, as its workflow would.
func (b *bench) opens(t *testing.T, of string, work int64, names ...string) string {
	t.Helper()
	ledger := b.platform.Tenant.Ledger()
	candidates, unknown, err := ledger.Principals(t.Context(), names)
	require.NoError(t, err)
	require.Empty(t, unknown)
	key := uuid.MustParse(of)
	require.NoError(t, ledger.Open(t.Context(), key, []process.Opening{
		{Work: work, Element: "decide", Name: "Decide", Title: "Decide about it", Candidates: candidates},
	}))
	list := b.admin.get(processesPath + "/" + of).status(http.StatusOK).object()["tasks"].([]any)
	return list[len(list)-1].(map[string]any)["id"].(string)
}

func TestDefinitionsAreDeployedAndCompared(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := b.admin.deploys(leave).status(http.StatusCreated)
	require.Equal(t, "/api/v1/process-versions/"+made.id(), made.head.Get("Location"))
	b.admin.get(made.head.Get("Location")).status(http.StatusOK)
	source := b.admin.get("/api/v1/process-versions/" + made.id() + "/source").status(http.StatusOK)
	require.Equal(t, `attachment; filename=leave-1.bpmn`, source.head.Get("Content-Disposition"))
	require.Contains(t, string(source.body), `name="Leave of absence"`)
	second := b.admin.deploys(strings.ReplaceAll(leave, "Decide about it", "Say yes or no")).status(http.StatusCreated).object()
	require.EqualValues(t, 2, second["number"])

	for _, from := range []string{"", "?from=" + made.id()} {
		changes := b.admin.get("/api/v1/process-versions/" + second["id"].(string) + "/differences" + from).status(http.StatusOK).list()
		require.Len(t, changes, 1)
		require.Equal(t, "changed decide Say yes or no", changes[0]["change"].(string)+" "+changes[0]["element"].(string)+" "+changes[0]["after"].(string))
	}
	require.Equal(t, []map[string]any{}, b.admin.get("/api/v1/process-versions/"+made.id()+"/differences").status(http.StatusOK).list())

	list := b.admin.get(definitionsPath + "?filter=" + escaped(`enabled eq true`)).status(http.StatusOK)
	require.Equal(t, "1", list.head.Get("X-Total-Count"))
	one := definitionsPath + "/" + list.list()[0]["id"].(string)
	table := string(b.admin.get(definitionsPath + "?format=csv&columns=code,folder,number").status(http.StatusOK).body)
	require.Equal(t, "code,folder,number\nleave,People/Leave,2\n", strings.ReplaceAll(table, "\r", ""))
	require.Len(t, b.admin.get(one+"/versions").status(http.StatusOK).list(), 2)
	found := b.admin.get(one).status(http.StatusOK)
	off := b.admin.do(http.MethodPost, one+"/disable", nil, "If-Match", found.head.Get("ETag")).status(http.StatusOK)
	require.Equal(t, false, off.object()["enabled"])
	b.admin.do(http.MethodPost, one+"/enable", nil, "If-Match", found.head.Get("ETag")).problem(http.StatusPreconditionFailed, "stale")
	b.admin.do(http.MethodPost, one+"/enable", nil).status(http.StatusOK)
	b.admin.remove(one, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "stale")
	b.admin.remove(one).status(http.StatusNoContent)
	b.admin.get(one).problem(http.StatusNotFound, "notFound")
}

func TestWhatDesignersBeginWith(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, "urn:provost:idm:1", b.admin.get(definitionsPath + "/moddle").status(http.StatusOK).object()["uri"])
	templates := b.admin.get(definitionsPath + "/templates").status(http.StatusOK).list()
	require.Len(t, templates, 5)
	for _, one := range templates {
		b.admin.deploys(one["source"].(string)).status(http.StatusCreated)
	}
	require.ElementsMatch(t, []string{"user", "permission", "request", "reservation", "delegation"}, b.admin.get(definitionsPath).status(http.StatusOK).names("kind"))
	old, err := os.ReadFile("../bpm/pardef/testdata/leave.pardef")
	require.NoError(t, err)
	made := b.admin.do(http.MethodPost, definitionsPath+"?file=leave.pardef", bytes.NewReader(old), "Content-Type", "application/json").status(http.StatusCreated)
	source := b.admin.get("/api/v1/process-versions/" + made.id() + "/source").status(http.StatusOK)
	require.Contains(t, string(source.body), "<bpmn:definitions", "it is kept as BPMN")
	p := b.admin.do(http.MethodPost, definitionsPath+"?file=old.par", strings.NewReader("PK\x03\x04rest"), "Content-Type", "application/zip").problem(http.StatusUnprocessableEntity, "invalid")
	require.Contains(t, p.Detail, "Java classes")
}

func TestFindingsOnUpload(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bad := strings.ReplaceAll(strings.ReplaceAll(leave, `targetRef="decide"`, `targetRef="nowhere"`), `type="request"`, `type="wish"`)
	p := b.admin.deploys(bad).problem(http.StatusUnprocessableEntity, "invalid")
	require.GreaterOrEqual(t, len(p.Errors), 2, "all at once")
	places := ""
	for _, e := range p.Errors {
		places += e.Location + " "
		require.NotEmpty(t, e.Message)
	}
	require.Contains(t, places, "f1")
	findings := b.admin.do(http.MethodPost, definitionsPath+"/check", strings.NewReader(bad), "Content-Type", "application/xml").status(http.StatusOK).list()
	require.GreaterOrEqual(t, len(findings), len(p.Errors))
	for _, f := range findings {
		require.Contains(t, []any{"error", "warning", "hint"}, f["severity"])
	}
	require.Empty(t, b.admin.get(definitionsPath).status(http.StatusOK).list(), "nothing is stored")
	large := strings.Replace(leave, "A sample process.", strings.Repeat("a", process.MaxSource), 1)
	b.admin.deploys(large).problem(http.StatusUnprocessableEntity, "invalid")
	b.admin.deploys(strings.Repeat("a", maxDefinition+1)).problem(http.StatusRequestEntityTooLarge, "tooLarge")
	b.admin.deploys(strings.Replace(leave, "A sample process.", strings.Repeat("a", 2<<20), 1)).status(http.StatusCreated)
}

func TestDraftsOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	designer := b.clerk(t, "designer", nil, authz.ProcessDefinitionCreate, authz.ProcessDefinitionUpdate)
	made := designer.post("/api/v1/process-drafts", map[string]any{"name": "Leave", "source": "<not yet"}).status(http.StatusCreated)
	one := made.head.Get("Location")
	saved := designer.json(http.MethodPut, one, map[string]any{"name": "Leave", "source": leave}, "If-Match", made.head.Get("ETag")).status(http.StatusOK)
	require.Equal(t, `"2"`, saved.head.Get("ETag"))
	designer.json(http.MethodPut, one, map[string]any{"name": "Leave", "source": ""}, "If-Match", made.head.Get("ETag")).problem(http.StatusPreconditionFailed, "stale")
	require.Nil(t, designer.get("/api/v1/process-drafts").status(http.StatusOK).list()[0]["source"])
	designer.do(http.MethodPost, one+"/publish", nil).problem(http.StatusForbidden, "denied")
	v := b.admin.do(http.MethodPost, one+"/publish", nil, "If-Match", `"2"`).status(http.StatusOK).object()
	designer.get(one).problem(http.StatusNotFound, "notFound")
	next := designer.post("/api/v1/process-drafts", map[string]any{"definitionId": v["definitionId"]}).status(http.StatusCreated)
	require.Contains(t, next.object()["source"], "Leave of absence")
	designer.remove(next.head.Get("Location")).status(http.StatusNoContent)
	b.clerk(t, "reader", nil, authz.ProcessDefinitionQuery).post("/api/v1/process-drafts", map[string]any{"name": "x"}).problem(http.StatusForbidden, "denied")
}

func TestARequestFromBeginningToEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.deploys(leave).status(http.StatusCreated)
	anna, bert := b.clerk(t, "anna", nil), b.clerk(t, "bert", nil)
	catalogue := anna.get("/api/v1/requests/catalogue").status(http.StatusOK).list()
	require.Equal(t, "leave People/Leave", catalogue[0]["code"].(string)+" "+catalogue[0]["folder"].(string))
	form := anna.get("/api/v1/requests/catalogue/" + catalogue[0]["id"].(string)).status(http.StatusOK).object()
	require.Equal(t, "Days", form["fields"].([]any)[0].(map[string]any)["label"])

	p := anna.post(processesPath, map[string]any{"definition": "leave"}).problem(http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, "values.days", p.Errors[0].Location)
	anna.post(processesPath, map[string]any{"definition": "missing"}).problem(http.StatusNotFound, "notFound")
	events, stop := b.events.Listen()
	defer stop()
	started := anna.post(processesPath, map[string]any{"definition": "leave", "values": map[string]any{"days": 3}}).status(http.StatusCreated)
	require.Equal(t, processesPath+"/"+started.id(), started.head.Get("Location"))
	event := <-events
	require.Equal(t, "processes "+started.id(), event.Topic+" "+event.ID.String())
	require.Equal(t, []string{"leave"}, anna.get("/api/v1/requests").status(http.StatusOK).names("definition"))
	require.Empty(t, bert.get(processesPath).status(http.StatusOK).list())
	bert.get(processesPath+"/"+started.id()).problem(http.StatusNotFound, "notFound")

	task := b.opens(t, started.id(), 1, "bert")
	require.Equal(t, map[string]any{"available": 1.0, "mine": 0.0, "overdue": 0.0}, bert.get(workPath+"/counts").status(http.StatusOK).object())
	inbox := bert.get(workPath + "?filter=" + escaped(`initiator eq "anna"`)).status(http.StatusOK)
	require.Equal(t, "1", inbox.head.Get("X-Total-Count"))
	require.Equal(t, task, inbox.list()[0]["id"])
	table := string(bert.get(workPath + "?format=csv&columns=number,process,title,initiator&view=available").status(http.StatusOK).body)
	require.Equal(t, "number,process,title,initiator\n1,Leave of absence,Decide about it,anna\n", strings.ReplaceAll(table, "\r", ""))
	seen := bert.get(workPath + "/" + task).status(http.StatusOK)
	require.Len(t, seen.object()["decisions"], 2)
	require.Contains(t, seen.object()["may"], "complete")
	require.Empty(t, anna.get(workPath + "/" + task).status(http.StatusOK).object()["may"])

	one := workPath + "/" + task
	anna.post(one+"/complete", map[string]any{"outcome": "yes"}).problem(http.StatusForbidden, "denied")
	claimed := bert.do(http.MethodPost, one+"/claim", nil).status(http.StatusOK)
	require.Equal(t, "claimed", claimed.object()["status"])
	bert.post(one+"/complete", map[string]any{"outcome": "yes"}, "If-Match", seen.head.Get("ETag")).problem(http.StatusPreconditionFailed, "stale")
	bert.post(one+"/schedule", map[string]any{"at": "2031-05-04T08:00:00Z"}).status(http.StatusOK)
	bert.json(http.MethodPut, one+"/draft", map[string]any{"values": map[string]any{}}).status(http.StatusOK)
	done := bert.post(one+"/complete", map[string]any{"outcome": "Approve", "comment": "enjoy"}).status(http.StatusOK).object()
	require.Equal(t, "completed yes enjoy", done["status"].(string)+" "+done["outcome"].(string)+" "+done["comment"].(string))
	problem := bert.post(one+"/complete", map[string]any{"outcome": "Refuse"}).problem(http.StatusConflict, "conflict")
	require.Contains(t, problem.Detail, "completed by bert")
	detail := anna.get(processesPath + "/" + started.id()).status(http.StatusOK).object()
	var kinds []string
	for _, l := range detail["log"].([]any) {
		kinds = append(kinds, l.(map[string]any)["kind"].(string))
	}
	require.Equal(t, []string{"start", "claim", "schedule", "complete"}, kinds)
	require.Equal(t, []any{"cancel"}, detail["may"])
	anna.post(processesPath+"/"+started.id()+"/cancel", map[string]any{"reason": "done otherwise"}).status(http.StatusAccepted)
	bert.post(processesPath+"/"+started.id()+"/cancel", map[string]any{}).problem(http.StatusForbidden, "denied")
}

func TestTasksAreHandedOverAndDecidedInBulk(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.deploys(leave).status(http.StatusCreated)
	anna, bert, carla := b.clerk(t, "anna", nil), b.clerk(t, "bert", nil), b.clerk(t, "carla", nil)
	id := anna.post(processesPath, map[string]any{"definition": "leave", "values": map[string]any{"days": 3}}).status(http.StatusCreated).id()
	first, second, third := b.opens(t, id, 1, "bert"), b.opens(t, id, 2, "bert"), b.opens(t, id, 3, "anna")
	one := workPath + "/" + first
	bert.post(one+"/delegate", map[string]any{"to": "nobody"}).problem(http.StatusUnprocessableEntity, "invalid")
	given := bert.post(one+"/delegate", map[string]any{"to": "carla", "comment": "please"}).status(http.StatusOK).object()
	require.Equal(t, "carla bert", given["assignee"].(string)+" "+given["owner"].(string))
	carla.do(http.MethodPost, one+"/release", nil).status(http.StatusOK)
	bert.do(http.MethodPost, one+"/recall", nil).problem(http.StatusConflict, "conflict")

	carla.post(one+"/comments", map[string]any{"text": "Back to you."}).status(http.StatusCreated)
	require.Len(t, anna.get(processesPath+"/"+id+"/comments").status(http.StatusOK).list(), 1)
	anna.post(processesPath+"/"+id+"/comments", map[string]any{"text": "Thanks."}).status(http.StatusCreated)
	file := bert.do(http.MethodPost, one+"/documents?name="+escaped(`plan "1".html`), strings.NewReader("<script>"), "Content-Type", "text/html").status(http.StatusCreated)
	got := anna.get("/api/v1/process-documents/" + file.id()).status(http.StatusOK)
	require.Equal(t, "<script>", string(got.body))
	require.Contains(t, got.head.Get("Content-Disposition"), "attachment")
	require.Equal(t, "nosniff", got.head.Get("X-Content-Type-Options"))
	require.Len(t, anna.get(processesPath+"/"+id+"/documents").status(http.StatusOK).list(), 1)
	anna.remove("/api/v1/process-documents/"+file.id()).problem(http.StatusForbidden, "denied")
	bert.remove("/api/v1/process-documents/" + file.id()).status(http.StatusNoContent)
	anna.do(http.MethodPost, processesPath+"/"+id+"/documents?name=x", strings.NewReader("x"), "Content-Type", "application/octet-stream").status(http.StatusCreated)

	results := bert.post(workPath+"/decide", map[string]any{"ids": []string{first, second, third}, "outcome": "Refuse"}).status(http.StatusOK).list()
	var done []any
	for _, r := range results {
		done = append(done, r["completed"])
	}
	require.Equal(t, []any{true, true, false}, done)
	require.Equal(t, "denied", results[2]["problem"].(map[string]any)["code"])
	require.Equal(t, []string{first}, bert.get(workPath+"?view=done&filter="+escaped(`outcome eq "no"`)+"&sort=openedAt&size=1").status(http.StatusOK).names("id"))
	bert.get(workPath+"?view=later").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestOperatorsOverHTTP(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.admin.deploys(leave).status(http.StatusCreated)
	anna := w.clerk(t, "anna", nil)
	id := anna.post(processesPath, map[string]any{"definition": "leave", "values": map[string]any{"days": 3}}).status(http.StatusCreated).id()
	w.exec(t, "insert into process_jobs (id, process_id, kind, key, element, name) select gen_random_uuid(), id, 'timer', 7, 'late', 'Late' from processes")
	w.exec(t, "insert into process_incidents (id, process_id, incident, element) select gen_random_uuid(), id, n, 'apply' from processes, generate_series(1, 3) n")
	require.Empty(t, anna.get("/api/v1/process-jobs").status(http.StatusOK).list())
	jobs := w.admin.get("/api/v1/process-jobs?filter=" + escaped(`number eq 1`)).status(http.StatusOK).list()
	job := "/api/v1/process-jobs/" + jobs[0]["id"].(string)
	require.Equal(t, true, w.admin.do(http.MethodPost, job+"/hold", nil).status(http.StatusOK).object()["held"])
	anna.do(http.MethodPost, job+"/resume", nil).problem(http.StatusForbidden, "denied")
	w.admin.do(http.MethodPost, job+"/resume", nil).status(http.StatusOK)
	table := string(w.admin.get("/api/v1/process-jobs?format=csv&columns=kind,name,held").status(http.StatusOK).body)
	require.Equal(t, "kind,name,held\ntimer,Late,false\n", strings.ReplaceAll(table, "\r", ""))

	incidents := w.admin.get("/api/v1/process-incidents?filter=" + escaped(`status eq "open"`)).status(http.StatusOK).list()
	require.Len(t, incidents, 3)
	for i, ask := range []struct {
		action string
		body   map[string]any
	}{
		{"retry", map[string]any{}}, {"skip", map[string]any{"reason": "by hand"}}, {"modify", map[string]any{"reason": "missing", "values": map[string]any{"x": 1}}},
	} {
		one := "/api/v1/process-incidents/" + incidents[i]["id"].(string) + "/" + ask.action
		if ask.action != "retry" {
			w.admin.post(one, map[string]any{}).problem(http.StatusUnprocessableEntity, "invalid")
		}
		anna.post(one, ask.body).problem(http.StatusForbidden, "denied")
		if ask.action == "retry" {
			w.admin.do(http.MethodPost, one, nil).status(http.StatusAccepted)
			continue
		}
		require.Equal(t, "asked", w.admin.post(one, ask.body).status(http.StatusAccepted).object()["status"])
	}
	require.Equal(t, []string{"hold", "modify", "resume", "retry", "skip"}, func() []string {
		return w.texts(t, "select distinct case when payload -> 'payload' ? 'values' then 'modify' else payload ->> 'action' end from outbox where kind = 'process.control' order by 1")
	}())
	one := processesPath + "/" + id
	w.admin.post(one+"/move", map[string]any{"from": "decide", "to": "done", "reason": "x"}).status(http.StatusAccepted)
	w.admin.post(one+"/migrate", map[string]any{"version": uuid.NewString(), "reason": "x"}).problem(http.StatusUnprocessableEntity, "invalid")
	next := w.admin.deploys(strings.Replace(leave, "Leave of absence", "Leave", 1)).status(http.StatusCreated).object()["id"]
	for _, dry := range []bool{true, false} {
		w.admin.post(one+"/migrate", map[string]any{"version": next, "reason": "x", "dryRun": dry}).status(http.StatusAccepted)
		anna.post(one+"/migrate", map[string]any{"version": next, "reason": "x", "dryRun": dry}).problem(http.StatusForbidden, "denied")
		require.Equal(t, map[bool]string{true: "0", false: "1"}[dry], w.texts(t, "select count(*)::text from outbox where payload ->> 'action' = 'migrate'")[0])
	}
	w.exec(t, "update processes set places = '{gone}'")
	w.admin.post(one+"/migrate", map[string]any{"version": next, "reason": "x", "dryRun": true}).problem(http.StatusUnprocessableEntity, "invalid")
	w.admin.post(one+"/message", map[string]any{"kind": "signal", "name": "closing", "values": map[string]any{"x": 1}}).status(http.StatusAccepted)
	anna.post(one+"/move", map[string]any{"from": "decide", "to": "done", "reason": "x"}).problem(http.StatusForbidden, "denied")
	require.Contains(t, string(anna.get(one+"/diagram").status(http.StatusOK).body), "startEvent")
}

func TestMessagesReachWhoWaits(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.admin.deploys(leave).status(http.StatusCreated)
	anna := w.clerk(t, "anna", nil)
	id := anna.post(processesPath, map[string]any{"definition": "leave", "values": map[string]any{"days": 3}}).status(http.StatusCreated).id()
	w.exec(t, "insert into process_waits (process_id, type, name, key, element) select id, 'message', 'paid', 'A7', 'decide' from processes")
	waits := w.admin.get(processesPath + "/" + id).status(http.StatusOK).object()["waits"].([]any)
	require.Len(t, waits, 1)
	require.Equal(t, "A7", waits[0].(map[string]any)["key"])

	const path = "/api/v1/messages"
	paid := map[string]any{"kind": "message", "name": "paid", "key": "A7", "values": map[string]any{"days": 4}}
	reached := w.admin.post(path, paid).status(http.StatusOK).object()
	require.EqualValues(t, 1, reached["reached"])
	require.Equal(t, false, reached["started"])
	require.Equal(t, id, reached["processes"].([]any)[0].(map[string]any)["id"])
	require.Equal(t, []string{`{"key": "A7", "name": "paid", "values": {"days": 4}}`}, w.texts(t, "select payload ->> 'payload' from outbox where kind = 'process.control'"))
	anna.post(path, paid).problem(http.StatusForbidden, "denied")
	w.admin.post(path, map[string]any{"kind": "message", "name": "paid", "key": "A8"}).problem(http.StatusNotFound, "notFound")
	w.admin.post(path, map[string]any{"kind": "signal", "name": "paid", "key": "A7"}).problem(http.StatusUnprocessableEntity, "invalid")
	w.admin.post(processesPath+"/"+id+"/message", paid).status(http.StatusAccepted)
}
