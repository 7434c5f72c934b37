package bpm_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
)

// The documents of these tests are made of pieces: a process of the type user that everybody may start, and what it contains.

const declarations = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d">`

// document is a file with one process and what stands beside it.
func document(beside, process string) string {
	return declarations + beside + process + `</definitions>`
}

// processOf is a process with extension elements and a content.
func processOf(extensions, content string) string {
	return document(`<message id="m" name="mail"/><signal id="g" name="horn"/><error id="r" errorCode="broken"/><escalation id="l" escalationCode="boss"/>`,
		`<process id="p" name="Sample" isExecutable="true"><extensionElements>`+extensions+`</extensionElements>`+content+`</process>`)
}

const ofUsers = `<idm:process type="user"/><idm:acl initiators="*"/><idm:attribute name="days" type="number"/>`

// user is a process for users.
func user(content ...string) string { return processOf(ofUsers, strings.Join(content, "")) }

// chain is the flows from step to step.
func chain(steps ...string) string {
	var out strings.Builder
	for i := range len(steps) - 1 {
		fmt.Fprintf(&out, `<sequenceFlow id="%s-%s" sourceRef="%s" targetRef="%s"/>`, steps[i], steps[i+1], steps[i], steps[i+1])
	}
	return out.String()
}

// flowIf is a flow with a condition.
func flowIf(from, to, condition string) string {
	return fmt.Sprintf(`<sequenceFlow id="%s-%s" sourceRef="%s" targetRef="%s"><conditionExpression>%s</conditionExpression></sequenceFlow>`, from, to, from, to, condition)
}

// named is a flow with a name.
func named(from, to, name string) string {
	return fmt.Sprintf(`<sequenceFlow id="%s-%s" sourceRef="%s" targetRef="%s" name="%s"/>`, from, to, from, to, name)
}

// with is an element with extension elements.
func with(element, attributes, extensions string, content ...string) string {
	return fmt.Sprintf(`<%s %s><extensionElements>%s</extensionElements>%s</%s>`, element, attributes, extensions, strings.Join(content, ""), element)
}

const (
	start  = `<startEvent id="s"/>`
	end    = `<endEvent id="e"/>`
	start2 = `<startEvent id="s1"/>`
	asked  = `<idm:assignment expression="boss"/>`
	script = `<scriptTask id="a" name="A"><script>days = 1</script></scriptTask>`
)

// task is a task for people with further extension elements, and single is a process of it alone.
func task(extensions string) string    { return with("userTask", `id="a" name="A"`, asked+extensions) }
func single(step string) string        { return user(start, step, end, chain("s", "a", "e")) }
func service(extensions string) string { return with("serviceTask", `id="a" name="A"`, extensions) }

// found lists findings as "element code".
func found(findings []bpm.Finding) []string {
	list := make([]string, len(findings))
	for i, f := range findings {
		list[i] = strings.TrimSpace(f.Element + " " + string(f.Code))
	}
	return list
}

// sentence is what each message is: it ends without a full stop, since the code follows it, and fits a line.
func requireSentences(t *testing.T, findings []bpm.Finding) {
	t.Helper()
	for _, f := range findings {
		require.NotEmpty(t, f.Message)
		require.NotContains(t, f.Message, "%!", "a format with the wrong arguments")
		require.False(t, strings.HasSuffix(f.Message, "."), f.Message)
		require.NotEmpty(t, f.Severity, "%s is not explained", f.Code)
	}
}

func TestSoundProcessesHaveNoFindings(t *testing.T) {
	t.Parallel()
	for name, source := range sound {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, findings := bpm.Review([]byte(source))
			require.Empty(t, findings)
		})
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	covered := map[bpm.Code]bool{}
	for _, c := range slices.Concat(unreadable, misread, misdrawn, misdone) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, findings := bpm.Review([]byte(c.source))
			require.Equal(t, c.want, found(findings), "%v", findings)
			requireSentences(t, findings)
		})
		for _, line := range c.want {
			fields := strings.Fields(line)
			covered[bpm.Code(fields[len(fields)-1])] = true
		}
	}
	covered[bpm.ScriptSyntax] = true // found by those who can read JavaScript, see TestScriptsAreNamedWithTheirPlaces
	for _, code := range bpm.Codes() {
		require.True(t, covered[code] || strings.HasPrefix(string(code), "import-"), "no test for the code %s", code)
		severity, means, todo := code.Explain()
		require.NotEmpty(t, severity)
		require.True(t, strings.HasSuffix(means, ".") && strings.HasSuffix(todo, "."), "the explanation of %s is not made of sentences", code)
	}
}

// refused is a document and the findings that it must have, no more and no less.
type refused struct {
	name   string
	source string
	want   []string
}

func TestFindingsAreSortedByPlace(t *testing.T) {
	t.Parallel()
	_, findings := bpm.Review([]byte(user("\n", start, "\n", `<task id="x"/>`, "\n", `<userTask id="a"/>`, "\n", chain("s", "a"), "\n", `<manualTask id="y"/>`, "\n", chain("a", "nowhere"))))
	lines := make([]int, len(findings))
	for i, f := range findings {
		lines[i] = f.Line
	}
	require.True(t, slices.IsSorted(lines), "%v", lines)
	require.Equal(t, []string{
		"p no-end", "x unsupported-element", "a missing-name", "a nobody-asked", "y unsupported-element", "a-nowhere dangling-reference",
	}, found(findings))
}

func TestFindingSpeaks(t *testing.T) {
	t.Parallel()
	f := bpm.Finding{File: "leave.bpmn", Line: 3, Element: "a", Severity: bpm.SeverityError, Code: bpm.NobodyAsked, Message: "nobody is asked"}
	require.Equal(t, "leave.bpmn:3: a: error: nobody is asked [nobody-asked]", f.String())
	require.Equal(t, "a: error: nobody is asked [nobody-asked]", bpm.Finding{Element: "a", Severity: bpm.SeverityError, Code: bpm.NobodyAsked, Message: "nobody is asked"}.String())
	require.True(t, bpm.Refused([]bpm.Finding{{Severity: bpm.SeverityHint}, f}))
	require.False(t, bpm.Refused([]bpm.Finding{{Severity: bpm.SeverityHint}, {Severity: bpm.SeverityWarning}}))
}

func TestUsersMayHaveMoreAttributes(t *testing.T) {
	t.Parallel()
	source := []byte(user(with("startEvent", `id="s"`, `<idm:form><idm:field name="badge"/></idm:form>`), end, chain("s", "e")))
	d, findings := bpm.Parse(source)
	require.Empty(t, findings)
	require.Equal(t, []string{"s undeclared-variable"}, found(d.Check()))
	require.Empty(t, d.Check("badge"))
	plan, _ := d.Compile()
	require.True(t, slices.ContainsFunc(plan.Variables, func(v bpm.Variable) bool { return v.Name == "badge" }), "what a form fills in must exist")
}

// TestMessages compares what every finding says with the recorded sentences, so that a change of them is read by somebody.
// PROVOST_UPDATE_GOLDEN=1 records them anew.
func TestMessages(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, c := range slices.Concat(unreadable, misread, misdrawn, misdone) {
		_, findings := bpm.Review([]byte(c.source))
		fmt.Fprintf(&text, "%s\n", c.name)
		for _, f := range findings {
			fmt.Fprintf(&text, "\t%s\n", f)
		}
	}
	const file = "testdata/findings.txt"
	if os.Getenv("PROVOST_UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), text.String(), "run PROVOST_UPDATE_GOLDEN=1 go test ./bpm")
}

// TestMessagesNameWhatTheyAreAbout: a finding about a value shows the value, and one about a step its name.
func TestMessagesNameWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, want string }{
		"value":     {single(task(`<idm:task due="3 days"/>`)), `the attribute due of idm:task is "3 days": it must be a duration such as P3D or PT8H, or an #{expression}`},
		"choices":   {single(task(`<idm:approval mode="maybe"/>`)), `the attribute mode of idm:approval is "maybe": it must be one of request, enter, displayPending, displayApproved, displayRejected, displayAll`},
		"attribute": {single(task(`<idm:task duo="P1D"/>`)), `idm:task has no attribute duo: possible are title, due, uploads, remind, escalate, escalation, expire, expireFlow`},
		"place":     {single(task(`<idm:apply account="true"/>`)), `idm:apply cannot stand here: it belongs to serviceTask`},
		"reference": {user(start, end, chain("s", "e"), chain("s", "x")), `the targetRef "x" of the flow is no step that can be run: connect it to one`},
		"step":      {single(`<userTask id="a" name="Approve leave"/>`), `userTask "Approve leave" does not say who does it: add idm:assignment, or idm:lane to its lane`},
		"event":     {user(`<startEvent id="s" name="Go"><signalEventDefinition signalRef="g"/></startEvent>`, start2, end, chain("s", "e")), `a signal event cannot stand at the beginning of a process as <startEvent>: possible are none, timer, message`},
		"long":      {single(task(`<idm:task due="` + strings.Repeat("x", 500) + `"/>`)), `the attribute due of idm:task is "` + strings.Repeat("x", 80) + `": it must be a duration such as P3D or PT8H, or an #{expression}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, findings := bpm.Review([]byte(c.source))
			messages := make([]string, len(findings))
			for i, f := range findings {
				messages[i] = f.Message
			}
			require.Contains(t, messages, c.want)
		})
	}
}
