package acceptance

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/task"
)

// hostile are scripts that nobody in their right mind would write, where they stand in a definition, and what people read about them.
func hostile() map[string]struct{ place, script, says string } {
	const inTask, inFlow, inActors = "task", "flow", "actors"
	return map[string]struct{ place, script, says string }{
		"loops":              {inTask, `while (true) {}`, "ran longer than allowed"},
		"loops-in-flow":      {inFlow, `(function () { for (;;) {} })()`, "ran longer than allowed"},
		"loops-for-actors":   {inActors, `while (true) {}`, "ran longer than allowed"},
		"recursion":          {inTask, `function f() { return f() + 1 } n = f()`, "call each other too deeply"},
		"text":               {inTask, `n = 'x'.repeat(1e12).length`, "larger than scripts may build"},
		"text-in-flow":       {inFlow, `'x'.repeat(1e12).length > 1`, "larger than scripts may build"},
		"list":               {inTask, `var a = []; while (true) a.push(new Array(1000).join('x'))`, "allowed"},
		"buffers":            {inTask, `var a = []; while (true) a.push(new Uint8Array(1 << 22).fill(1))`, "than allowed"},
		"buffer-for-actors":  {inActors, `new ArrayBuffer(1e12).byteLength + ''`, "larger than scripts may build"},
		"pattern":            {inTask, `n = /(a*)*\1$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab') ? 1 : 0`, "allowed"},
		"pattern-in-flow":    {inFlow, `/^(?=(a+)+b)(a+)+c/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')`, "allowed"},
		"answer":             {inTask, `items = new Array(4000000).join('x').split('')`, "larger than scripts may build"},
		"require":            {inTask, `n = require('fs').readFileSync('/etc/passwd').length`, "require"},
		"process":            {inFlow, `process.env.HOME != ''`, "process"},
		"java":               {inTask, `n = Java.type('java.io.File').listRoots().length`, "cannot reach local files"},
		"java-for-actors":    {inActors, `Java.type('java.lang.Runtime').getRuntime().exec('id').toString()`, "java.lang.Runtime"},
		"fetch":              {inTask, `n = fetch('http://127.0.0.1:1/').status`, "fetch"},
		"constructor":        {inTask, `n = [].constructor.constructor('return process.pid')()`, "process"},
		"constructor-global": {inFlow, `(0).constructor.constructor('return this')().Deno.pid > 0`, "pid"},
		"proto":              {inTask, `Object.prototype.n = 1; n = globalThis.require.main.n`, "main"},
		"throws":             {inTask, `throw {toString: function () { throw 'again' }}`, "an exception without a text"},
	}
}

// inPlace puts a script where it belongs in a process.
func inPlace(code, place, script string) []byte {
	text, condition, actors := "n = 1", "n &gt; 100", `<idm:assignment expression="bob"/>`
	switch place {
	case "task":
		text = script
	case "flow":
		condition = `<![CDATA[` + script + `]]>`
	case "actors":
		actors = `<idm:assignment><![CDATA[` + script + `]]></idm:assignment>`
	}
	return definition(code, `<startEvent id="start"/><endEvent id="end"/><endEvent id="other"/>
		<scriptTask id="work" name="Work" scriptFormat="javascript"><script><![CDATA[`+text+`]]></script></scriptTask>
		<exclusiveGateway id="which" name="Which" default="no"/><userTask id="ask" name="Ask"><extensionElements>`+actors+`</extensionElements></userTask>
		<sequenceFlow id="yes" sourceRef="which" targetRef="other"><conditionExpression>`+condition+`</conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="which" targetRef="ask"/>`+
		flows("start>work", "work>which", "ask>end"))
}

// Whatever a script does, it is an incident that says what is wrong: the worker lives, other processes go on, and so does this one when its
// definition is mended, or somebody skips the step.
func TestHostileScriptsOfProcesses(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	ada, bob := w.person("ada"), w.person("bob")
	w.publish(approval("honest", "approve"))
	begun := map[string]process.Process{}
	for name, h := range hostile() {
		w.publish(inPlace(name, h.place, h.script))
		begun[name] = w.begins(ada, name, nil)
	}
	for range 3 {
		honest := w.begins(ada, "honest", nil)
		w.complete(bob, "approve", task.Completion{})
		require.Equal(t, "completed", w.ends(ada, honest.ID), "others go on meanwhile")
	}
	for name, h := range hostile() {
		said := w.ends(ada, begun[name].ID)
		t.Logf("%s: %s", name, said)
		require.Contains(t, said, h.says, name)
	}
	asked := 0
	for i, name := range slices.Sorted(maps.Keys(begun)) {
		skipped := i%2 == 0
		switch {
		case skipped && hostile()[name].place == "flow":
			w.repairs(begun[name], process.Repaired{How: process.RepairSkip, Reason: "it does not matter", Outcome: "no"})
		case skipped:
			w.repairs(begun[name], process.Repaired{How: process.RepairSkip, Reason: "it does not matter"})
		default:
			w.publish(inPlace(name, "", ""))
			w.mends(begun[name], w.value("select v.id::text from process_versions v join process_definitions d on d.id = v.definition_id where d.code = $1 and v.number = 2", name))
		}
		if !skipped || hostile()[name].place != "actors" {
			asked++
		}
	}
	w.waits(bob, "ask", asked)
	w.decidesAll(bob, "ask", asked)
	for name, p := range begun {
		require.Equal(t, "completed", w.ends(ada, p.ID), name)
	}
}

// repairs has an operator decide about the incident of a process.
func (w *world) repairs(p process.Process, how process.Repaired) {
	w.t.Helper()
	boss := w.as(w.administrator())
	page, err := w.Platform.Operations.Incidents(boss, query.List{Filter: fmt.Sprintf(`processId eq %q and status ne "solved"`, p.ID)})
	require.NoError(w.t, err)
	require.Len(w.t, page.Items, 1, p.Name)
	_, err = w.Platform.Operations.Repair(boss, page.Items[0].ID, how)
	require.NoError(w.t, err)
}

// mends puts a process on the mended version, and has it try again.
func (w *world) mends(p process.Process, version string) {
	w.t.Helper()
	plan := process.Migration{From: p.VersionID, To: uuid.MustParse(version), Processes: []uuid.UUID{p.ID}, Reason: "mended"}
	_, err := w.Platform.Operations.Migrate(w.as(w.administrator()), plan)
	require.NoError(w.t, err)
	w.eventually("it is on the mended version", func() bool {
		return w.value("select version_id::text from processes where id = $1", p.ID) == version
	})
	w.repairs(p, process.Repaired{How: process.RepairRetry})
}

// What cannot be read at all is refused when it is published, not when a process comes to it.
func TestScriptsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	for _, place := range []string{"task", "flow", "actors"} {
		for _, text := range []string{"if (", "n = = 1", "1 +", "'open"} {
			_, err := w.Platform.ProcessDefinitions.Deploy(w.ctx, "sample.bpmn", inPlace("broken", place, text))
			require.True(t, fault.Is(err, fault.Invalid), "%s %s: %v", place, text, err)
			require.ErrorContains(t, err, map[string]string{"task": "work", "flow": "yes", "actors": "ask"}[place]+" (line ")
			require.ErrorContains(t, err, "cannot be read as JavaScript: line ")
		}
	}
	require.Equal(t, "0", w.value("select count(*)::text from process_definitions"))
}
