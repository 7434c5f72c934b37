package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"provost/bpm"
	"provost/internal/process"
	"provost/workflows"
	"provost/workflows/messages"
)

// stage answers the activities of one process and writes down what was asked, a word and an element each.
type stage struct {
	mu      sync.Mutex // a true worker does more than one thing at a time
	send    func(signal string, payload any)
	env     *testsuite.TestWorkflowEnvironment
	plan    bpm.Plan
	plans   map[uuid.UUID]bpm.Plan // of other versions
	log     []string
	entries []process.Entry
	works   map[string]int64 // the last work of an element that people do
	message string           // that starts the process

	evaluate func(bpm.Call) bpm.Result
	perform  func(n int, w process.Work) (bpm.Values, error)
	decided  map[uuid.UUID]process.Decision
	expire   func(works []int64) []process.Decision
	open     func(bpm.Ask) process.Opened
	called   func(bpm.Invite) *bpm.Fault
	away     func() error // what keeps the database from being written
	counts   map[string]int
	stopped  bool // the engine
}

var thisProcess = messages.Process{ID: uuid.MustParse("0199aa00-0000-7000-8000-000000000001"), Number: 7, Name: "Sample"}

// define reads the steps and flows of a process.
func define(t *testing.T, body string) bpm.Plan {
	t.Helper()
	d, findings := bpm.Review([]byte(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" targetNamespace="urn:sample" id="d">
		<message id="paid" name="paid"/><error id="broken" errorCode="broken"/>
		<process id="sample" name="Sample" isExecutable="true"><extensionElements><idm:process type="user"/><idm:acl initiators="*"/></extensionElements>` + body + `</process></definitions>`))
	require.False(t, bpm.Refused(findings), "%v", findings)
	plan, _ := d.Compile()
	return plan
}

func flow(from, to string) string {
	return fmt.Sprintf(`<sequenceFlow id="%s-%s" name="%s" sourceRef="%s" targetRef="%s"/>`, from, to, to, from, to)
}

func person(id string) string {
	return fmt.Sprintf(`<userTask id="%s" name="%s"><extensionElements><idm:assignment expression="anna"/></extensionElements></userTask>`, id, id)
}

const (
	start = `<startEvent id="start"/>`
	end   = `<endEvent id="end"/>`
	apply = `<serviceTask id="apply"><extensionElements><idm:apply userChanges="true"/></extensionElements></serviceTask>`
)

func newStage(plan bpm.Plan) *stage {
	return &stage{plan: plan, works: map[string]int64{}, decided: map[uuid.UUID]process.Decision{}, counts: map[string]int{}}
}

func onStage(t *testing.T, body string) *stage {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	s := newStage(define(t, body))
	s.env = suite.NewTestWorkflowEnvironment()
	s.send = func(signal string, payload any) { s.env.SignalWorkflow(signal, payload) }
	s.env.SetTestTimeout(30 * time.Second)
	s.env.RegisterWorkflowWithOptions(workflows.Process, workflow.RegisterOptions{Name: messages.TypeProcess})
	s.env.RegisterActivity(s)
	return s
}

func (s *stage) note(format string, args ...any) { s.log = append(s.log, fmt.Sprintf(format, args...)) }

func (s *stage) BeginProcess(_ context.Context, _, version uuid.UUID) (process.Beginning, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if plan, other := s.plans[version]; other {
		return process.Beginning{Plan: plan}, nil
	}
	return process.Beginning{Plan: s.plan, Values: bpm.Values{"userName": json.RawMessage(`"ada"`)}, Message: s.message}, nil
}

func (s *stage) EngineStopped(context.Context) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		s.note("wait")
	}
	return s.stopped, nil
}

func (s *stage) EvaluateScripts(_ context.Context, w process.Wave) ([]bpm.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	results := make([]bpm.Result, len(w.Calls))
	for i, c := range w.Calls {
		s.note("evaluate %s", c.Node)
		results[i] = s.evaluate(c)
	}
	return results, nil
}

func (s *stage) OpenTasks(_ context.Context, in process.Asking) ([]process.Opened, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	opened := make([]process.Opened, len(in.Asks))
	for i, a := range in.Asks {
		s.note("ask %s", a.Node)
		s.works[a.Node] = a.Work
		opened[i] = process.Opened{Work: a.Work}
		if s.open != nil {
			opened[i] = s.open(a)
		}
	}
	return opened, nil
}

func (s *stage) ReadDecisions(_ context.Context, _ uuid.UUID, tasks []uuid.UUID) ([]process.Decision, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]process.Decision, len(tasks))
	for i, id := range tasks {
		out[i] = s.decided[id]
	}
	return out, nil
}

func (s *stage) TakeTasksBack(_ context.Context, _ uuid.UUID, works []int64, _ string) ([]process.Decision, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note("take back")
	if s.expire != nil {
		return s.expire(works), nil
	}
	return nil, nil
}

func (s *stage) WriteLedger(_ context.Context, r process.Record) ([]bpm.Failed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		if err := s.away(); err != nil {
			return nil, err
		}
	}
	s.entries = append(s.entries, r.Entry)
	if r.Entry.Finish != nil {
		s.note("finish %s", r.Entry.Finish.Status)
	}
	var failed []bpm.Failed
	for _, c := range r.Calls {
		s.note("call %s", c.Called)
		s.works[c.Node] = c.Work
		if f := s.called(c); f != nil {
			failed = append(failed, bpm.Failed{Work: c.Work, Fault: *f})
		}
	}
	return failed, nil
}

func (s *stage) PerformStep(_ context.Context, w process.Work) (bpm.Values, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[w.Node]++
	s.note("perform %s", w.Node)
	if s.perform != nil {
		return s.perform(s.counts[w.Node], w)
	}
	return nil, nil
}

// at plays something when the process has waited that long.
func (s *stage) at(after time.Duration, play func()) { s.env.RegisterDelayedCallback(play, after) }

// decide completes the task of an element.
func (s *stage) decide(element, outcome string) {
	id := uuid.New()
	s.decided[id] = process.Decision{Task: id, Work: s.works[element], Finished: true, Outcome: outcome}
	s.send(messages.Decided, messages.TaskDecision{Task: id})
}

func (s *stage) steer(action process.Action, payload any) {
	text, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	s.send(messages.Control, messages.Steering{Action: action, Payload: text})
}

func (s *stage) run(t *testing.T, in messages.Process) error {
	t.Helper()
	s.env.ExecuteWorkflow(messages.TypeProcess, in)
	require.True(t, s.env.IsWorkflowCompleted())
	return s.env.GetWorkflowError()
}

// last is the last entry of the ledger.
func (s *stage) last() process.Entry { return s.entries[len(s.entries)-1] }
