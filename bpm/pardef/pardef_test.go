package pardef_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/bpm/pardef"
)

// said lists findings as "step code".
func said(findings []bpm.Finding) []string {
	var list []string
	for _, f := range findings {
		list = append(list, strings.TrimSpace(f.Element+" "+string(f.Code)))
	}
	return list
}

// imported reads a sample and compares the document with the recorded one. PROVOST_UPDATE_GOLDEN=1 records it anew.
func imported(t *testing.T, name string) (plan bpm.Plan, library bpm.Library, findings []bpm.Finding) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".pardef")
	require.NoError(t, err)
	document, findings := pardef.Import(data)
	file := "testdata/" + name + ".bpmn"
	if os.Getenv("PROVOST_UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.WriteFile(file, document, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(document), "run PROVOST_UPDATE_GOLDEN=1 go test ./bpm/pardef")
	definition, remarks := bpm.Review(document)
	require.Empty(t, remarks)
	plan, library = definition.Compile()
	return plan, library, findings
}

// nodeOf finds a node of a plan by its name.
func nodeOf(t *testing.T, plan bpm.Plan, name string) bpm.Node {
	t.Helper()
	for _, n := range plan.Nodes {
		if n.Name == name {
			return n
		}
	}
	require.Fail(t, "no such node", name)
	return bpm.Node{}
}

// ways lists where the flows out of a node lead, as "name>node".
func ways(plan bpm.Plan, n bpm.Node) []string {
	var list []string
	for _, f := range n.Out {
		to := plan.Nodes[plan.Flows[f].To]
		list = append(list, plan.Flows[f].Name+">"+to.Name)
	}
	return list
}

func TestLeaveIsBroughtOver(t *testing.T) {
	t.Parallel()
	plan, library, findings := imported(t, "leave")
	require.Equal(t, []string{
		"team import-declared", "Approve leave import-declared", "Approve leave import-ignored", "Compute import-choice",
	}, said(findings))
	require.Equal(t, "Sample_leave", plan.ID)
	require.Equal(t, "Users", library.Folder)
	require.Equal(t, bpm.Access{Initiators: []string{"*"}, Managers: []string{"SOFFID_ADMIN", "boss"}, Observers: []string{"auditor", "help"}}, library.Access)
	require.Equal(t, []string{"lastDay", "reason", "team", "badge"}, names(library.Attributes))
	require.Equal(t, []bpm.Value{{Code: "trip", Label: "A trip"}, {Code: "rest", Label: "rest"}}, library.Attributes[1].Values)
	require.Equal(t, "lastDay", library.Start.Fields[0].Name)

	approve := nodeOf(t, plan, "Approve leave")
	require.Equal(t, []string{"Approve>Both", "Refuse>Refused"}, ways(plan, approve), "several transitions out of a task are buttons")
	require.Equal(t, "reason = 'approved'", library.Scripts[plan.Flows[approve.Out[0]].OnTake])
	step := library.Steps[approve.ID]
	require.Equal(t, "Leave of #{userName}", step.Title)
	require.Equal(t, "boss, hr/#{primaryGroup}@soffid", step.Actors.Expression)
	require.Equal(t, []string{"userName", "badge"}, []string{step.Form.Fields[0].Name, step.Form.Fields[1].Name}, "in the order that the file numbers")
	require.True(t, step.Form.Fields[0].ReadOnly)
	require.Equal(t, "return badge != null;", library.Scripts[step.Form.Fields[1].Validation])
	require.Len(t, step.Form.Triggers, 1)
	require.Equal(t, &bpm.MailOf{Subject: "A leave waits", Message: "Please decide about #{userName}.", Shortcut: true}, step.Mail)
	require.True(t, step.Uploads)

	remind := nodeOf(t, plan, "Remind")
	require.Equal(t, bpm.BoundaryEvent, remind.Type)
	require.Equal(t, approve.ID, plan.Nodes[remind.Attached].ID)
	require.False(t, remind.Interrupting, "a timer without transition leaves the task where it is")
	require.Equal(t, "R/P2D", remind.Event.Timer.Cycle)
	require.Equal(t, "log('waits')", library.Scripts[remind.Event.Script])
	late := nodeOf(t, plan, "Too late")
	require.True(t, late.Interrupting)
	require.Equal(t, []string{"Refuse>Refused"}, ways(plan, late))
	require.Equal(t, "P1M", late.Event.Timer.Duration)

	require.Equal(t, bpm.ParallelGateway, nodeOf(t, plan, "Both").Type)
	directory := nodeOf(t, plan, "Call directory")
	require.Equal(t, &bpm.Work{Type: bpm.Invoke, Async: true, System: "sample directory", Result: "found"}, directory.Work)
	require.Equal(t, []bpm.Argument{{Name: "filter", Expression: "(uid=#{userName})"}}, library.Steps[directory.ID].Invoke.Arguments)
	gate := plan.Nodes[plan.Flows[nodeOf(t, plan, "Compute").Out[0]].To]
	require.Equal(t, `return "first"`, library.Scripts[gate.Decision])
	require.Equal(t, []string{"first>Which", "second>Refused"}, ways(plan, gate))
	which := nodeOf(t, plan, "Which")
	require.Equal(t, `return found ? "wait" : "apply";`, library.Scripts[which.Decision])
	wait := nodeOf(t, plan, "Wait")
	require.True(t, wait.Event.Timer.Scripted)
	require.Equal(t, "(lastDay)", library.Scripts[wait.Event.Timer.Date])
}

func names(attributes []bpm.Attribute) []string {
	var list []string
	for _, a := range attributes {
		list = append(list, a.Name)
	}
	return list
}

func TestGrantScreensAreBroughtOver(t *testing.T) {
	t.Parallel()
	plan, library, findings := imported(t, "grants")
	require.Equal(t, []string{"Choose import-actors"}, said(findings))
	choose := library.Steps[nodeOf(t, plan, "Choose").ID]
	require.Equal(t, "request", choose.Approval.Mode, "the misspelt name is read")
	require.Equal(t, "#{requesterName}", choose.Actors.Expression)
	match := library.Steps[nodeOf(t, plan, "Same person?").ID].Match
	require.Equal(t, 3, match.Threshold)
	require.Equal(t, bpm.Query{Type: "scim", Text: `userName eq "#{requesterName}"`, Weight: 2}, match.Queries[0])
	decide := nodeOf(t, plan, "Decide")
	step := library.Steps[decide.ID]
	require.Equal(t, plan.Flows[decide.Out[0]].ID, step.Approval.ApproveFlow)
	require.Equal(t, plan.Flows[decide.Out[1]].ID, step.Approval.DenyFlow)
	require.Equal(t, "return owners;", library.Scripts[step.Actors.Script])
}

// file is a .pardef of nodes between a start, whose transitions are given, and an end.
func file(start, nodes string) string {
	return fmt.Sprintf(`{"type":"ProcessDefinition","version":1,"data":{"name":"p","type":"user","initiators":"*","nodes":[
		{"name":"s","type":"start","outTransitions":[%s]},%s{"name":"e","type":"end"}]}}`, start, nodes)
}

const toEnd = `"outTransitions":[{"action":"go","target":"e"}]`

func TestFindingsOfImports(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data string
		want []string
	}{
		"an archive":         {"PK\x03\x04rest", []string{"import-java"}},
		"nothing":            {"", []string{"import-malformed"}},
		"another JSON":       {`{"type":"Report"}`, []string{"import-malformed"}},
		"no object":          {`[1]`, []string{"import-malformed"}},
		"deep":               {strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), []string{"import-malformed"}},
		"large":              {strings.Repeat(" ", 5<<20+1), []string{"import-malformed"}},
		"another version":    {strings.Replace(file(`{"target":"e"}`, ""), `"version":1`, `"version":2`, 1), []string{"import-version"}},
		"unknown type":       {strings.Replace(file(`{"target":"e"}`, ""), `"user"`, `"tea"`, 1), []string{"import-kind"}},
		"unknown step":       {file(`{"target":"e"}`, `{"name":"x","type":"teapot"},`), []string{"x import-unknown-step"}},
		"way to nowhere":     {file(`{"target":"e"},{"target":"x"}`, ""), []string{"s import-unknown-step"}},
		"one name twice":     {file(`{"target":"e"}`, `{"name":"e","type":"end"},`), []string{"e import-ambiguous"}},
		"attribute unnamed":  {strings.Replace(file(`{"target":"e"}`, ""), `"nodes"`, `"attributes":[{"type":"string"}],"nodes"`, 1), []string{"import-ignored"}},
		"holders of a right": {file(`{"target":"a"}`, `{"name":"a","type":"screen","mailActor":"auth:user:create",`+toEnd+`},`), []string{"a import-actors"}},
		"choice at the start": {
			file(`{"action":"x","target":"e"},{"action":"y","target":"a"}`, `{"name":"a","type":"action","customScript":"1",`+toEnd+`},`),
			[]string{"s import-actors", "s import-choice"},
		},
		"no time":           {file(`{"target":"a"}`, `{"name":"a","type":"timer","time":"soon",`+toEnd+`},`), []string{"a import-timer"}},
		"date that repeats": {file(`{"target":"a"}`, `{"name":"a","type":"timer","time":"2026-01-31","repeat":true,`+toEnd+`},`), []string{"a import-timer"}},
		"timers on each other": {
			file(`{"target":"e"}`, `{"name":"t","type":"timer","time":"1 day","diagramId":"1","diagramParentId":"2",`+toEnd+`},{"name":"u","type":"timer","time":"1 day","diagramId":"2","diagramParentId":"1","outTransitions":[{"target":"t"}]},`),
			[]string{"t import-timer", "u import-timer"},
		},
		"timer on a gateway": {file(`{"target":"a"}`, `{"name":"a","type":"fork","diagramId":"1",`+toEnd+`},{"name":"t","type":"timer","time":"1 day","diagramParentId":"1",`+toEnd+`},`), []string{"t import-timer"}},
		"timer to nowhere":   {file(`{"target":"a"}`, `{"name":"a","type":"action","customScript":"1","diagramId":"1",`+toEnd+`},{"name":"t","type":"timer","time":"1 day","diagramParentId":"1","transition":"x"},`), []string{"t import-timer"}},
		"unknown screen":     {file(`{"target":"a"}`, `{"name":"a","type":"grant-screen","grantScreenType":"dance","mailActor":"b",`+toEnd+`},`), []string{"a import-ignored"}},
		"no way for denial":  {file(`{"target":"a"}`, `{"name":"a","type":"grant-screen","grantScreenType":"displayPending","mailActor":"b","approveTransition":"go","denyTransition":"x",`+toEnd+`},`), []string{"a import-ignored"}},
		"values of a field":  {file(`{"target":"a"}`, `{"name":"a","type":"screen","mailActor":"b","fields":[{"name":"userName","allowedValues":["a"]}],`+toEnd+`},`), []string{"a import-ignored"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, findings := pardef.Import([]byte(c.data))
			require.Equal(t, c.want, said(findings), "%v", findings)
			require.Equal(t, bpm.Refused(findings), document == nil)
			for _, f := range findings {
				require.NotEmpty(t, f.Severity)
				require.NotContains(t, f.Message, "%!")
			}
		})
	}
}

func TestAStartWithAChoiceBecomesAScreen(t *testing.T) {
	t.Parallel()
	document, _ := pardef.Import([]byte(file(`{"action":"x","target":"e"},{"action":"y","target":"a"}`, `{"name":"a","type":"action","customScript":"1",`+toEnd+`},`)))
	definition, findings := bpm.Review(document)
	require.Empty(t, findings)
	plan, _ := definition.Compile()
	screen := nodeOf(t, plan, "s")
	require.Equal(t, bpm.UserTask, screen.Type)
	require.Equal(t, []string{"x>e", "y>a"}, ways(plan, screen))
}

func TestReservationsAndDelegationsApplyWithoutABox(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]bpm.ApplyOf{"account-reservation": {Account: true}, "delegation": {Delegation: true}} {
		data := strings.Replace(file(`{"target":"a"}`, `{"name":"a","type":"apply",`+toEnd+`},`), `"user"`, `"`+kind+`"`, 1)
		document, _ := pardef.Import([]byte(strings.Replace(data, `"initiators":"*"`, `"initiators":"-nobody-"`, 1)))
		definition, findings := bpm.Review(document)
		require.Empty(t, findings)
		_, library := definition.Compile()
		require.Equal(t, &want, library.Steps["a"].Apply)
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Users/New person": "New_person", "": "Process", "2nd": "process_2nd", "¿Qué?": "Qu", "///": "Process", "Ω": "process", strings.Repeat("ab", 60): strings.Repeat("ab", 30),
	} {
		require.Equal(t, want, pardef.Code(name), name)
	}
}
