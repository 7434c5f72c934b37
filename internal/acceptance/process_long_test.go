package acceptance

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/query"
	"provost/internal/task"
	"provost/workflows/messages"
)

// Limits of the engine for one history.
const (
	mostEvents = 51_200
	mostBytes  = 50 << 20
)

// definition is a process of a sample with some steps.
func definition(code, body string) []byte {
	return fmt.Appendf(nil, `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" targetNamespace="urn:sample" id="d">
		<process id="%s" name="Sample %s" isExecutable="true"><extensionElements><idm:process type="request"/><idm:acl initiators="*"/>
		<idm:attribute name="n" label="Count" type="number" default="0"/><idm:attribute name="items" label="Items" type="string" multiple="true"/>
		</extensionElements>%s</process></definitions>`, code, code, body)
}

func flows(pairs ...string) string {
	var out strings.Builder
	for i, pair := range pairs {
		from, to, _ := strings.Cut(pair, ">")
		fmt.Fprintf(&out, `<sequenceFlow id="f%d" name="%s" sourceRef="%s" targetRef="%s"/>`, i, to, from, to)
	}
	return out.String()
}

func (w *world) publish(source []byte) {
	w.t.Helper()
	_, err := w.Platform.ProcessDefinitions.Deploy(w.ctx, "sample.bpmn", source)
	require.NoError(w.t, err)
}

// history gives the length and size of the history of a process.
func (w *world) history(id uuid.UUID) (events, bytes int64) {
	w.t.Helper()
	w.eventually("the workflow is closed", func() bool {
		d, err := w.Temporal.DescribeWorkflowExecution(w.ctx, messages.Process{ID: id}.WorkflowID(), "")
		require.NoError(w.t, err)
		info := d.GetWorkflowExecutionInfo()
		events, bytes = info.GetHistoryLength(), info.GetHistorySizeBytes()
		return info.GetCloseTime() != nil
	})
	return events, bytes
}

func TestProcessWithManyTurns(t *testing.T) {
	t.Parallel()
	const turns = 2000
	w := begin(t, "auto")
	w.publish(definition("turns", `<startEvent id="start"/><endEvent id="end"/>
		<scriptTask id="count" name="Count" scriptFormat="javascript"><extensionElements><idm:job quick="true"/></extensionElements>
		<standardLoopCharacteristics loopMaximum="3000"><loopCondition>n &lt; 2000</loopCondition></standardLoopCharacteristics><script>n = n + 1</script></scriptTask>`+
		flows("start>count", "count>end")))
	ada := w.person("ada")
	started, err := w.Platform.Processes.Start(w.as(ada), "turns", nil)
	require.NoError(t, err)
	w.eventually("the process ends", func() bool { return w.process(ada, started.ID).Status == string(bpm.Completed) })
	require.Equal(t, fmt.Sprint(turns), w.value("select variables->>'n' from processes where id = $1", started.ID))
	events, bytes := w.history(started.ID)
	t.Logf("%d turns: %d events, %d KiB of history", turns, events, bytes>>10)
	require.Less(t, events, int64(mostEvents))
	require.Less(t, bytes, int64(mostBytes))
}

func TestProcessWithManyApprovals(t *testing.T) {
	t.Parallel()
	const approvals = 500
	w := begin(t, "auto")
	w.publish(definition("crowd", `<startEvent id="start"><extensionElements><idm:form><idm:field name="items"/></idm:form></extensionElements></startEvent><endEvent id="end"/>
		<userTask id="approve" name="Approve"><extensionElements><idm:assignment expression="bob"/></extensionElements>
		<multiInstanceLoopCharacteristics><extensionElements><idm:loop collection="items" element="item"/></extensionElements></multiInstanceLoopCharacteristics></userTask>`+flows("start>approve", "approve>end")))
	ada, bob := w.person("ada"), w.person("bob")
	items := make([]string, approvals)
	for i := range items {
		items[i] = fmt.Sprint(i)
	}
	text, err := json.Marshal(items)
	require.NoError(t, err)
	started, err := w.Platform.Processes.Start(w.as(ada), "crowd", bpm.Values{"items": text})
	require.NoError(t, err)
	w.eventually("all tasks are open", func() bool {
		page, err := w.Platform.Tasks.List(w.as(bob), task.Inbox, query.List{})
		require.NoError(t, err)
		return page.Total == approvals
	})
	page, err := w.Platform.Tasks.List(w.as(bob), task.Inbox, query.List{Size: approvals})
	require.NoError(t, err)
	begun := time.Now()
	for _, one := range page.Items {
		_, err := w.Platform.Tasks.Complete(w.as(bob), one.ID, task.Completion{})
		require.NoError(t, err)
	}
	decided := time.Since(begun)
	w.eventually("the process ends", func() bool { return w.process(ada, started.ID).Status == string(bpm.Completed) })
	t.Logf("decided in %s, ended after %s", decided, time.Since(begun))
	events, bytes := w.history(started.ID)
	t.Logf("%d approvals: %d events, %d KiB of history", approvals, events, bytes>>10)
	require.Less(t, events, int64(mostEvents))
	require.Less(t, bytes, int64(mostBytes))
}
