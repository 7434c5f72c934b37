package acceptance

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"provost/activities"
	"provost/bpm"
	"provost/internal/identity"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/relay"
	"provost/internal/task"
	"provost/workflows"
	"provost/workflows/messages"
)

// BenchmarkProcess has people start processes and complete their tasks: once with the workflow that interprets definitions, and once with one
// that is written by hand for this very definition, with the same activities and rows, on the same servers. Read the figures as ratios.
func BenchmarkProcess(b *testing.B) {
	const size = 200
	for b.Loop() {
		interpreted, byHand := throughput(b, size, workflows.Process), throughput(b, size, leaveByHand)
		b.ReportMetric(size/interpreted.started.Seconds(), "instances/s")
		b.ReportMetric(size/interpreted.completed.Seconds(), "completions/s")
		b.ReportMetric(size/byHand.started.Seconds(), "by-hand-instances/s")
		b.ReportMetric(size/byHand.completed.Seconds(), "by-hand-completions/s")
		b.ReportMetric(interpreted.started.Seconds()/byHand.started.Seconds(), "start-ratio")
		b.ReportMetric(interpreted.completed.Seconds()/byHand.completed.Seconds(), "complete-ratio")
		b.ReportMetric((interpreted.started+interpreted.completed).Seconds()/(byHand.started+byHand.completed).Seconds(), "ratio")
	}
}

// pace is how long something took with all processes.
type pace struct{ started, completed time.Duration }

func throughput(b *testing.B, size int, of any) pace {
	b.Helper()
	w := beginAs(b, "auto", nil)
	w.works(b, of)
	w.publish(definition("leave", `<startEvent id="start"/><endEvent id="end"/>
		<userTask id="approve" name="Approve"><extensionElements><idm:assignment expression="bob"/></extensionElements></userTask>
		<serviceTask id="apply" name="Apply"><extensionElements><idm:apply entitlements="true"/></extensionElements></serviceTask>`+
		flows("start>approve", "approve>apply", "apply>end")))
	ada, bob := w.person("ada"), w.person("bob")
	w.leave(ada, bob, 20) // nothing is cold
	return w.leave(ada, bob, size)
}

// works starts a worker whose processes are of a workflow, and the delivery of the outbox.
func (w *world) works(b *testing.B, of any) {
	b.Helper()
	core := sdk.New(w.Temporal, messages.CoreQueue, sdk.Options{Identity: server, MaxConcurrentActivityExecutionSize: 32})
	core.RegisterWorkflowWithOptions(of, workflow.RegisterOptions{Name: messages.TypeProcess})
	core.RegisterActivity(&activities.Process{Ledger: w.Tenant.Ledger(), Steps: w.Steps()})
	require.NoError(b, core.Start())
	ctx, cancel := context.WithCancel(w.ctx)
	delivery := &relay.Relay{Database: w.Database, Tenant: w.Tenant, Temporal: w.Temporal, Logger: zerolog.Nop()}
	var done sync.WaitGroup
	done.Go(func() { delivery.Run(ctx) })
	b.Cleanup(func() {
		cancel()
		done.Wait()
		core.Stop()
	})
}

// leave has ada start processes and bob complete their tasks.
func (w *world) leave(ada, bob identity.User, size int) pace {
	w.t.Helper()
	begin := time.Now()
	w.atOnce(size, func(int) error {
		_, err := w.Platform.Processes.Start(w.as(ada), "leave", nil)
		return err
	})
	w.counts(size, "select count(*)::text from process_tasks where status = 'open'")
	p := pace{started: time.Since(begin)}
	page, err := w.Platform.Tasks.List(w.as(bob), task.Inbox, query.List{Size: size})
	require.NoError(w.t, err)
	require.Len(w.t, page.Items, size)
	begin = time.Now()
	w.atOnce(size, func(n int) error {
		_, err := w.Platform.Tasks.Complete(w.as(bob), page.Items[n].ID, task.Completion{})
		return err
	})
	w.counts(0, "select count(*)::text from processes where status <> 'completed'")
	p.completed = time.Since(begin)
	return p
}

// atOnce does something many times, eight at a time.
func (w *world) atOnce(size int, do func(n int) error) {
	w.t.Helper()
	var group sync.WaitGroup
	for part := range 8 {
		group.Go(func() {
			for n := part; n < size; n += 8 {
				if err := do(n); err != nil {
					w.t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

// counts waits until a query counts that many.
func (w *world) counts(count int, sql string) {
	w.t.Helper()
	for end := time.Now().Add(10 * time.Minute); w.value(sql) != strconv.Itoa(count); {
		require.True(w.t, time.Now().Before(end), sql)
		<-time.After(20 * time.Millisecond)
	}
}

var steps *activities.Process // names the methods; never called

// leaveByHand is what somebody would write who had this one process in mind.
func leaveByHand(ctx workflow.Context, in messages.Process) error {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{ScheduleToCloseTimeout: time.Hour, StartToCloseTimeout: time.Minute})
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 3}})
	var start process.Beginning
	if err := workflow.ExecuteLocalActivity(ctx, steps.BeginProcess, in.ID, in.Version).Get(ctx, &start); err != nil {
		return fmt.Errorf("read plan: %w", err)
	}
	entry := func(seq int64, status bpm.Status, place string, traces ...bpm.Trace) error {
		e := process.Entry{Process: in.ID, Seq: seq, At: workflow.Now(ctx), Status: status, Values: start.Values, Traces: traces}
		if place != "" {
			e.Places = []string{place}
		}
		if status == bpm.Completed {
			e.Finish = &bpm.Finish{Status: status}
		}
		var failed []bpm.Failed
		return workflow.ExecuteLocalActivity(ctx, steps.WriteLedger, process.Record{Entry: e}).Get(ctx, &failed)
	}
	enter := func(node string) bpm.Trace { return bpm.Trace{Node: node, Enter: true} }
	leave := func(node string) bpm.Trace { return bpm.Trace{Node: node} }
	if err := entry(1, bpm.Running, "approve", enter("start"), leave("start"), enter("approve")); err != nil {
		return err
	}
	var opened []process.Opened
	asking := process.Asking{Process: in.ID, Version: in.Version, Now: workflow.Now(ctx), Values: start.Values, Asks: []bpm.Ask{{Work: 3, Node: "approve", Visit: 1}}}
	if err := workflow.ExecuteActivity(ctx, steps.OpenTasks, asking).Get(ctx, &opened); err != nil {
		return fmt.Errorf("open task: %w", err)
	}
	var decision messages.TaskDecision
	workflow.GetSignalChannel(ctx, messages.Decided).Receive(ctx, &decision)
	var decisions []process.Decision
	if err := workflow.ExecuteLocalActivity(ctx, steps.ReadDecisions, in.ID, []uuid.UUID{decision.Task}).Get(ctx, &decisions); err != nil {
		return fmt.Errorf("read decision: %w", err)
	}
	if err := entry(2, bpm.Running, "apply", leave("approve"), enter("apply")); err != nil {
		return err
	}
	work := process.Work{Process: in.ID, Version: in.Version, Work: 5, Node: "apply", Type: bpm.Apply, Visit: 1, Now: workflow.Now(ctx), Values: start.Values}
	var values bpm.Values
	if err := workflow.ExecuteActivity(ctx, steps.PerformStep, work).Get(ctx, &values); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	return entry(3, bpm.Completed, "", leave("apply"), enter("end"), leave("end"))
}
