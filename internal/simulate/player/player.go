package player

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"provost/bpm"
	"provost/internal/simulate"
	"provost/workflows"
	"provost/workflows/messages"
)

// Run plays a definition. The error is for what keeps it from being played at all; what the definition does wrong is in the result.
func Run(ctx context.Context, scripts simulate.Scripts, r simulate.Request) (simulate.Result, error) {
	definition, findings := bpm.Review(r.Source)
	if bpm.Refused(findings) {
		return refused(findings), nil
	}
	plan, library := definition.Compile()
	p := &play{plan: plan, library: &library, scripts: scripts, request: r, tasks: map[uuid.UUID]*task{}}
	p.result = simulate.Result{Trace: []simulate.Mark{}, OpenTasks: []simulate.OpenTask{}, Effects: []simulate.Effect{}, Variables: bpm.Values{}}
	p.values = bpm.Values{"requester": json.RawMessage(`"requester"`), "requesterName": json.RawMessage(`"Requester"`)}
	maps.Copy(p.values, r.Values)
	return p.run(ctx)
}

// refused is the result for a definition that is not accepted.
func refused(findings []bpm.Finding) simulate.Result {
	first := findings[slices.IndexFunc(findings, func(f bpm.Finding) bool { return f.Severity == bpm.SeverityError })]
	return simulate.Result{
		Status: simulate.Refused, Trace: []simulate.Mark{}, OpenTasks: []simulate.OpenTask{}, Variables: bpm.Values{}, Effects: []simulate.Effect{}, Findings: findings,
		Error: &simulate.Failure{Code: string(first.Code), Element: first.Element, Message: first.Message},
	}
}

// play is a simulation under way.
type play struct {
	plan    bpm.Plan
	library *bpm.Library
	scripts simulate.Scripts
	request simulate.Request
	values  bpm.Values // that the process is started with

	env    *testsuite.TestWorkflowEnvironment
	result simulate.Result
	tasks  map[uuid.UUID]*task
	order  []uuid.UUID // of tasks, by age
	status bpm.Status

	writing sync.Mutex // works end beside each other
	effects []effect   // by work

	failed error // of an act that cannot be done
	over   bool  // all acts are played
}

func (p *play) run(ctx context.Context) (simulate.Result, error) {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	p.env = suite.NewTestWorkflowEnvironment()
	p.env.SetStartTime(simulate.Began)
	p.env.SetTestTimeout(5 * time.Minute)
	p.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute}) // who is slow on a busy machine is not stuck
	p.env.SetWorkflowRunTimeout(0)
	of := workflows.Process
	if p.request.Snapshot {
		of = workflows.Rewritten
	}
	p.env.RegisterWorkflowWithOptions(of, workflow.RegisterOptions{Name: messages.TypeProcess})
	p.env.RegisterActivity(p.world(ctx))
	p.schedule()
	in := messages.Process{ID: uuid.Max, Number: 1, Name: p.library.Name, Version: uuid.Max}
	p.env.ExecuteWorkflow(messages.TypeProcess, in)
	if err := context.Cause(ctx); err != nil {
		return simulate.Result{}, err
	}
	return p.conclude()
}

// gap is the time between two acts. The environment skips it when the process waits; while something works it passes as on a wall, so it
// has to be longer than scripts take.
const gap = time.Second

// schedule has every act played in its order.
func (p *play) schedule() {
	at := gap
	for _, act := range p.request.Acts {
		if act.Advance > 0 {
			at += act.Advance
			continue
		}
		p.env.RegisterDelayedCallback(func() { p.act(act) }, at)
		at += gap
	}
	p.env.RegisterDelayedCallback(func() {
		p.over = true
		p.env.CancelWorkflow()
	}, at)
}

// conclude says how the process stands after the last act.
func (p *play) conclude() (simulate.Result, error) {
	err := p.env.GetWorkflowError()
	switch {
	case p.failed != nil:
		p.result.Status, p.result.Error = simulate.Failed, &simulate.Failure{Code: "act", Message: p.failed.Error()}
	case p.result.Error != nil:
		p.result.Status = simulate.Failed
	case p.over:
		p.result.Status = simulate.Waiting
	case err != nil:
		return simulate.Result{}, fmt.Errorf("play process: %w", err)
	case p.status == bpm.Completed:
		p.result.Status = simulate.Completed
	default:
		p.result.Status = simulate.Failed
	}
	for _, e := range p.effects {
		p.result.Effects = append(p.result.Effects, e.done)
	}
	for _, id := range p.order {
		if t := p.tasks[id]; t.open {
			p.result.OpenTasks = append(p.result.OpenTasks, simulate.OpenTask{Element: t.element, Name: t.title, Candidates: t.candidates})
		}
	}
	return p.result, nil
}

// effect is what a work did, with its number.
type effect struct {
	work int64
	done simulate.Effect
}

// act plays one act.
func (p *play) act(a simulate.Act) {
	if p.failed != nil || p.over {
		return
	}
	switch {
	case a.Complete != nil:
		p.failed = p.complete(a.Complete)
	case a.Message != nil:
		p.failed = p.steer("message", a.Message)
	case a.Signal != nil:
		p.failed = p.steer("signal", a.Signal)
	}
	if p.failed != nil {
		p.env.CancelWorkflow()
	}
}

// errNoTask says that nothing is there to be completed.
var errNoTask = errors.New("no task is open there")

// complete decides the oldest open task of an element.
func (p *play) complete(c *simulate.Completion) error {
	for _, id := range p.order {
		t := p.tasks[id]
		if !t.open || t.element != c.Element {
			continue
		}
		outcome, err := p.outcome(c)
		if err != nil {
			return err
		}
		t.open, t.outcome, t.values = false, outcome, c.Values
		p.env.SignalWorkflow(messages.Decided, messages.TaskDecision{Task: id})
		return nil
	}
	return fmt.Errorf("complete %s: %w", c.Element, errNoTask)
}

// outcome finds the flow that a decision means: by its id, or by its name.
func (p *play) outcome(c *simulate.Completion) (string, error) {
	said := p.library.Steps[c.Element]
	if said == nil || len(said.Decisions) == 0 || (c.Outcome == "" && len(said.Decisions) == 1) {
		return "", nil
	}
	var names []string
	for _, d := range said.Decisions {
		if d.Flow == c.Outcome || d.Name == c.Outcome {
			return d.Flow, nil
		}
		names = append(names, d.Name)
	}
	return "", fmt.Errorf("complete %s: %q is none of its decisions, which are %q", c.Element, c.Outcome, names)
}
