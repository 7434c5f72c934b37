package workflows

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"provost/bpm"
	"provost/internal/process"
	"provost/workflows/messages"
)

// silence is how long a step may give no sign of life until it is begun again: its worker was killed.
const silence = 10 * time.Second

// agentSilence is the same for a call of a managed system: agents tell less often that they live.
const agentSilence = 30 * time.Second

// job is work of a step that an activity does.
type job struct {
	node   string
	async  bool
	waits  bool // in the background, while the engine is stopped
	cancel workflow.CancelFunc
}

// evaluate runs the scripts of a wave, and gives what they came to as the next occurrence; nil without a wave. That a script fails is a
// result; that none can be run is tried again until it can.
func (p *instance) evaluate(ctx workflow.Context, wave *bpm.Evaluate) (bpm.Occurrence, error) {
	if wave == nil {
		return nil, nil
	}
	var results []bpm.Result
	in := process.Wave{Process: p.in.ID, Version: p.in.Version, Now: workflow.Now(ctx), Seed: wave.Wave, Calls: wave.Calls}
	if err := workflow.ExecuteLocalActivity(lasting(ctx), processes.EvaluateScripts, in).Get(ctx, &results); err != nil {
		return nil, fmt.Errorf("evaluate scripts: %w", err)
	}
	return bpm.Evaluated{Wave: wave.Wave, Results: results}, nil
}

// work has an activity do what a step says, beside everything else. What it comes to, a failure too, arrives in the inbox.
func (p *instance) work(ctx workflow.Context, c bpm.Perform) {
	node := p.plan.Node(c.Node)
	ctx, cancel := workflow.WithCancel(ctx)
	doing := &job{node: c.Node, async: node.Work.Async, cancel: cancel}
	p.works[c.Work] = doing
	in := process.Work{
		Process: p.in.ID, Version: p.in.Version, Work: c.Work, Node: c.Node, Type: node.Work.Type, Visit: c.Visit, Script: node.Work.Script, Now: workflow.Now(ctx), Values: c.Values,
	}
	workflow.Go(ctx, func(ctx workflow.Context) {
		if doing.async {
			p.waitForEngine(ctx, doing)
		}
		values, err := p.do(ctx, in)
		if p.works[c.Work] == nil {
			return // taken back meanwhile
		}
		delete(p.works, c.Work)
		if err != nil {
			p.inbox = append(p.inbox, bpm.Failed{Work: c.Work, Fault: faultOf(err)})
			return
		}
		p.inbox = append(p.inbox, bpm.Done{Work: c.Work, Values: values})
	})
}

// waitForEngine keeps a background step from beginning while the engine is stopped.
func (p *instance) waitForEngine(ctx workflow.Context, j *job) {
	for {
		j.waits = true
		if !p.stopped(ctx) {
			return
		}
		if err := workflow.Await(ctx, func() bool { return !j.waits }); err != nil {
			return // taken back
		}
	}
}

// do runs the activity of a step, on the queue of the managed system for a call of one. It is tried three times when the world is in its
// way, and then waits for an operator.
func (p *instance) do(ctx workflow.Context, in process.Work) (bpm.Values, error) {
	options := workflow.ActivityOptions{
		StartToCloseTimeout:    5 * time.Minute,
		ScheduleToCloseTimeout: 10 * time.Minute,
		HeartbeatTimeout:       silence,
		Summary:                p.plan.Title(in.Node),
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 3, MaximumAttempts: 3},
	}
	var values bpm.Values
	if in.Type != bpm.Invoke {
		err := persist(workflow.WithActivityOptions(ctx, options), processes.PerformStep, in, &values)
		return values, err
	}
	var call process.SystemCall
	if err := persist(workflow.WithActivityOptions(ctx, options), processes.PrepareCall, in, &call); err != nil {
		return nil, err
	}
	options.TaskQueue, options.ScheduleToStartTimeout, options.HeartbeatTimeout = messages.AgentQueue(call.Key), scheduleToStart, agentSilence
	err := persist(workflow.WithActivityOptions(ctx, options), processes.CallSystem, call, &values)
	return values, err
}

// mostKills is how often a step is begun anew because its workers were killed each time: in the end it may be the step that kills them.
const mostKills = 5

// persist runs an activity. Attempts that ended because the worker was killed are not the step's own: it gets new ones.
func persist(ctx workflow.Context, activity, in, out any) error {
	var err error
	for range mostKills {
		err = workflow.ExecuteActivity(ctx, activity, in).Get(ctx, out)
		if timeout, ok := errors.AsType[*temporal.TimeoutError](err); !ok || timeout.TimeoutType() != enums.TIMEOUT_TYPE_HEARTBEAT {
			return err
		}
	}
	return err
}

// faultOf gives the code by which a definition may catch an error, and the sentence for people.
func faultOf(err error) bpm.Fault {
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return bpm.Fault{Code: cmp.Or(application.Type(), "internal"), Message: application.Message()}
	}
	if _, ok := errors.AsType[*temporal.TimeoutError](err); ok {
		return bpm.Fault{Code: "timeout", Message: sentence(err)}
	}
	return bpm.Fault{Code: "internal", Message: err.Error()}
}

// stop takes work back that nobody waits for any more.
func (p *instance) stop(work int64) {
	if j := p.works[work]; j != nil {
		delete(p.works, work)
		j.cancel()
	}
}

// open opens the tasks of steps that people do. A step without anybody who may do it fails; one with nothing to decide is done at once.
func (p *instance) open(ctx workflow.Context, asks []bpm.Ask) error {
	if len(asks) == 0 {
		return nil
	}
	in := process.Asking{Process: p.in.ID, Version: p.in.Version, Now: workflow.Now(ctx), Values: p.state.Values()}
	for _, ask := range asks {
		ask.Values = own(ask.Values, in.Values)
		in.Asks = append(in.Asks, ask)
	}
	var opened []process.Opened
	if err := workflow.ExecuteActivity(onCore(ctx, 5*time.Minute, silence, "open tasks"), processes.OpenTasks, in).Get(ctx, &opened); err != nil {
		return fmt.Errorf("open tasks: %w", err)
	}
	for _, o := range opened {
		switch {
		case o.Fault != nil:
			p.inbox = append(p.inbox, bpm.Failed{Work: o.Work, Fault: *o.Fault})
		case o.Done:
			p.inbox = append(p.inbox, bpm.Done{Work: o.Work, Outcome: o.Outcome, Values: o.Values})
		}
	}
	return nil
}

// own gives the values that are not those of the process: what an instance of a loop has for itself. Sent with every task, the values of
// the process would outgrow the message.
func own(values, of bpm.Values) bpm.Values {
	out := bpm.Values{}
	for name, value := range values {
		if !bytes.Equal(value, of[name]) {
			out[name] = value
		}
	}
	return out
}

// wake sets a timer. One that is held fires when it is resumed.
func (p *instance) wake(ctx workflow.Context, c bpm.Wake) {
	if p.held[c.Timer] {
		return
	}
	ctx, cancel := workflow.WithCancel(ctx)
	p.timers[c.Timer] = cancel
	pause := max(c.At.Sub(workflow.Now(ctx)), 0)
	timer := workflow.NewTimerWithOptions(ctx, pause, workflow.TimerOptions{Summary: p.plan.Title(c.Node)})
	workflow.Go(ctx, func(ctx workflow.Context) {
		if err := timer.Get(ctx, nil); err != nil {
			return // forgotten, held, or the end of the process
		}
		delete(p.timers, c.Timer)
		if p.mayFire(ctx, c.Timer) {
			p.inbox = append(p.inbox, bpm.Fired{Timer: c.Timer})
		}
	})
}

// mayFire tells whether a timer whose time has come fires. While the engine is stopped it is held, until it is told to go on. It is held
// before the question already: whoever starts the engine meanwhile finds it so, and it is asked again.
func (p *instance) mayFire(ctx workflow.Context, timer int64) bool {
	p.held[timer] = true
	if p.stopped(ctx) || !p.held[timer] {
		return false
	}
	delete(p.held, timer)
	return true
}

// stopped asks whether timers and background steps have to wait. No new history begins before the answer; there is none when what asks is
// cancelled.
func (p *instance) stopped(ctx workflow.Context) bool {
	p.asking++
	defer func() { p.asking-- }()
	var stopped bool
	err := workflow.ExecuteLocalActivity(lasting(ctx), processes.EngineStopped).Get(ctx, &stopped)
	return err == nil && stopped
}

func (p *instance) forget(timer int64) {
	delete(p.held, timer)
	if cancel := p.timers[timer]; cancel != nil {
		delete(p.timers, timer)
		cancel()
	}
}

// sortedKeys gives the keys of a map in their order: workflows must not depend on that of maps.
func sortedKeys[V any](m map[int64]V) []int64 { return slices.Sorted(maps.Keys(m)) }
