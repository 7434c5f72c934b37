package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"provost/bpm"
	"provost/internal/agent"
	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/step"
)

// indexPage is how many processes are indexed in one transaction.
const indexPage = 500

// Process is what the workflow of a process does in the world.
type Process struct {
	Ledger process.Ledger
	Steps  *step.Service
	Pool   *agent.Pool
}

// pulse is how often a step tells that its worker lives.
const pulse = 3 * time.Second

// beating tells that the worker lives until the step is over. One that was killed is missed soon, however long its step may take.
func beating(ctx context.Context) (over func()) {
	ctx, over = context.WithCancel(ctx)
	go func() {
		ticker := time.NewTicker(pulse)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return over
}

// BeginProcess gives the plan of a version, and the values that the process was started with.
func (a *Process) BeginProcess(ctx context.Context, id, version uuid.UUID) (process.Beginning, error) {
	plan, err := a.Ledger.Plan(ctx, version)
	if err != nil {
		return process.Beginning{}, err
	}
	brief, err := a.Ledger.Brief(ctx, id)
	return process.Beginning{Plan: plan, Values: brief.Values, Message: brief.Message}, err
}

// EvaluateScripts runs scripts.
func (a *Process) EvaluateScripts(ctx context.Context, w process.Wave) ([]bpm.Result, error) {
	return a.Steps.Evaluate(ctx, w)
}

// OpenTasks opens the tasks of steps that people do.
func (a *Process) OpenTasks(ctx context.Context, asking process.Asking) ([]process.Opened, error) {
	defer beating(ctx)()
	return a.Steps.Open(ctx, asking)
}

// ReadDecisions gives what people decided about tasks.
func (a *Process) ReadDecisions(ctx context.Context, id uuid.UUID, tasks []uuid.UUID) ([]process.Decision, error) {
	return a.Ledger.Decided(ctx, id, tasks)
}

// TakeTasksBack takes tasks back, and gives the decisions of those that people completed before.
func (a *Process) TakeTasksBack(ctx context.Context, id uuid.UUID, works []int64, reason string) ([]process.Decision, error) {
	return a.Ledger.Expire(ctx, id, works, reason)
}

// WriteLedger writes the ledger and starts called processes. A process that cannot be called is a failure of the work that calls it.
func (a *Process) WriteLedger(ctx context.Context, r process.Record) ([]bpm.Failed, error) {
	if r.Entry.Finish != nil { // before anybody reads that the process ended
		if err := a.Steps.End(ctx, r.Entry.Process); err != nil {
			return nil, err
		}
	}
	if err := a.Ledger.Record(ctx, r.Entry); err != nil {
		return nil, err
	}
	var failed []bpm.Failed
	for _, call := range r.Calls {
		_, err := a.Ledger.Child(ctx, r.Entry.Process, call.Work, call.Called, call.Values)
		if code := fault.CodeOf(err); code != "" {
			failed = append(failed, bpm.Failed{Work: call.Work, Fault: bpm.Fault{Code: string(code), Message: err.Error()}})
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	return failed, nil
}

// EngineStopped tells whether timers and background steps have to wait.
func (a *Process) EngineStopped(ctx context.Context) (bool, error) {
	return a.Ledger.Stopped(ctx)
}

// RebuildIndex rebuilds the search index of all processes, page by page. Tried again, it goes on where it was.
func (a *Process) RebuildIndex(ctx context.Context) error {
	var after uuid.UUID
	if activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &after); err != nil {
			return fmt.Errorf("read where the index was: %w", err)
		}
	}
	for {
		last, err := a.Ledger.Reindex(ctx, after, indexPage)
		if err != nil || last == uuid.Nil {
			return err
		}
		after = last
		activity.RecordHeartbeat(ctx, after)
	}
}

// PerformStep does the work of a step.
func (a *Process) PerformStep(ctx context.Context, w process.Work) (bpm.Values, error) {
	defer beating(ctx)()
	values, err := a.Steps.Perform(ctx, w)
	return values, failure(err)
}

// PrepareCall makes the call of a managed system ready for its agent.
func (a *Process) PrepareCall(ctx context.Context, w process.Work) (process.SystemCall, error) {
	defer beating(ctx)()
	call, err := a.Steps.Call(ctx, w)
	return call, failure(err)
}

// CallSystem calls a managed system. It runs on the queue of its agent.
func (a *Process) CallSystem(ctx context.Context, call process.SystemCall) (bpm.Values, error) {
	opened, err := a.Pool.Get(ctx, call.System)
	if err != nil {
		return nil, decided(err)
	}
	invoker, ok := opened.Connector.(connector.Invoker)
	if !ok {
		return nil, failure(&bpm.Fault{Code: string(connector.ClassUnsupported), Message: call.Name + " runs no operations of its own."})
	}
	defer beating(ctx)()
	rows, err := invoker.Invoke(ctx, call.Method, call.Path, call.Arguments)
	if err != nil {
		return nil, decided(err)
	}
	if call.Result == "" {
		return nil, nil
	}
	answer, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("encode answer of %s: %w", call.Name, err)
	}
	return bpm.Values{call.Result: answer}, nil
}

// failure marks what a definition may catch: trying again does not mend it.
func failure(err error) error {
	if f, ok := errors.AsType[*bpm.Fault](err); ok {
		return temporal.NewNonRetryableApplicationError(f.Message, f.Code, err)
	}
	return err
}
