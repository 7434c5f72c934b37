package workflows_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"provost/activities"
	"provost/internal/agent"
	"provost/internal/change"
	"provost/internal/run"
	"provost/internal/synctask"
)

// world answers the activities of a workflow under test; fields that are nil answer with nothing to do. It is registered in place of the
// real activities, under the same names.
type world struct {
	mu  sync.Mutex
	env *testsuite.TestWorkflowEnvironment
	log []string // what was asked for, in order

	plan       func(n int) synctask.Plan
	page       func(n int, after synctask.Cursor) synctask.Plan
	nextRun    func(n int) time.Time
	apply      func(n int, targets []synctask.Target, budget agent.Budget) ([]synctask.Result, error)
	record     func(n int, results []synctask.Result) synctask.Progress
	probe      func(n int) error
	wake       func(n int)
	known      func(n int) bool
	export     func() error
	compare    func(n int) run.Verdict
	changes    func(after int64) activities.Next
	touch      func(after uuid.UUID) activities.Next
	through    func(n int) bool
	unanswered func() error
	honour     func(n int) time.Time
	deliver    func(n int) time.Time

	counts  map[string]int
	results []synctask.Result
	tasks   [][]synctask.Task
	ended   string
	message string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	w := &world{env: suite.NewTestWorkflowEnvironment(), counts: map[string]int{}}
	w.env.SetTestTimeout(30 * time.Second)
	w.env.RegisterActivity(&syncWorld{w})
	w.env.RegisterActivity(&runWorld{w})
	return w
}

// asked counts a call, from 1.
func (w *world) asked(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, what)
	w.counts[what]++
	return w.counts[what]
}

func (w *world) completed(t *testing.T) {
	t.Helper()
	require.True(t, w.env.IsWorkflowCompleted())
	require.NoError(t, w.env.GetWorkflowError())
}

// at runs fn when the workflow's clock has moved that far.
func (w *world) at(after time.Duration, fn func()) { w.env.RegisterDelayedCallback(fn, after) }

type syncWorld struct{ w *world }

func (s *syncWorld) PlanObject(context.Context, change.Kind, uuid.UUID) (synctask.Plan, error) {
	return answer(s.w.plan, s.w.asked("plan")), nil
}

func (s *syncWorld) PlanSource(_ context.Context, _ uuid.UUID, after synctask.Cursor, _ int) (synctask.Plan, error) {
	n := s.w.asked("page")
	if s.w.page == nil {
		return synctask.Plan{}, nil
	}
	return s.w.page(n, after), nil
}

func (s *syncWorld) NextRun(context.Context, uuid.UUID) (time.Time, error) {
	return answer(s.w.nextRun, s.w.asked("next run")), nil
}

func (s *syncWorld) Apply(_ context.Context, _ uuid.UUID, targets []synctask.Target, budget agent.Budget) ([]synctask.Result, error) {
	n := s.w.asked("apply")
	if s.w.apply != nil {
		return s.w.apply(n, targets, budget)
	}
	return done(targets), nil
}

func (s *syncWorld) Record(_ context.Context, _ uuid.UUID, tasks []synctask.Task, results []synctask.Result) (synctask.Progress, error) {
	n := s.w.asked("record")
	s.w.mu.Lock()
	s.w.results, s.w.tasks = append(s.w.results, results...), append(s.w.tasks, tasks)
	s.w.mu.Unlock()
	if s.w.record != nil {
		return s.w.record(n, results), nil
	}
	return synctask.Progress{}, nil
}

func (s *syncWorld) NoteUnanswered(context.Context, uuid.UUID) error {
	s.w.asked("unanswered")
	if s.w.unanswered != nil {
		return s.w.unanswered()
	}
	return nil
}

func (s *syncWorld) Probe(context.Context, uuid.UUID) error {
	return answer(s.w.probe, s.w.asked("probe"))
}

func (s *syncWorld) Known(context.Context, uuid.UUID) (bool, error) {
	n := s.w.asked("known")
	return s.w.known == nil || s.w.known(n), nil
}

func (s *syncWorld) Wake(context.Context, uuid.UUID) error {
	if n := s.w.asked("wake"); s.w.wake != nil {
		s.w.wake(n)
	}
	return nil
}

func (s *syncWorld) HonourDates(context.Context) (time.Time, error) {
	return answer(s.w.honour, s.w.asked("honour")), nil
}

func (s *syncWorld) HonourDeadlines(context.Context) error {
	s.w.asked("deadlines")
	return nil
}

func (s *syncWorld) DeliverMails(context.Context) (time.Time, error) {
	return answer(s.w.deliver, s.w.asked("deliver")), nil
}

func (s *syncWorld) DigestGrants(context.Context) (int, error) { return s.w.asked("digest"), nil }

type runWorld struct{ w *world }

func (r *runWorld) Export(context.Context, uuid.UUID) (int64, error) {
	r.w.asked("export")
	if r.w.export != nil {
		return 0, r.w.export()
	}
	return 1, nil
}

func (r *runWorld) Compare(context.Context, uuid.UUID) (run.Verdict, error) {
	return answer(r.w.compare, r.w.asked("compare")), nil
}

func (r *runWorld) Block(context.Context, uuid.UUID) error {
	r.w.asked("block")
	return nil
}

func (r *runWorld) ApplyChanges(_ context.Context, _ uuid.UUID, after int64) (activities.Next, error) {
	r.w.asked("apply changes")
	if r.w.changes == nil {
		return activities.Next{Done: true}, nil
	}
	return r.w.changes(after), nil
}

func (r *runWorld) ProvisionNext(_ context.Context, _, after uuid.UUID) (activities.Next, error) {
	r.w.asked("touch")
	if r.w.touch == nil {
		return activities.Next{Done: true}, nil
	}
	return r.w.touch(after), nil
}

func (r *runWorld) ProvisionProgress(context.Context, uuid.UUID) (bool, error) {
	return answer(r.w.through, r.w.asked("progress")), nil
}

func (r *runWorld) Finish(_ context.Context, _ uuid.UUID, status, message string) error {
	r.w.asked("finish")
	r.w.ended, r.w.message = status, message
	return nil
}

func answer[T any](fn func(int) T, n int) T {
	var zero T
	if fn == nil {
		return zero
	}
	return fn(n)
}

// done is what an agent answers that did everything.
func done(targets []synctask.Target) []synctask.Result {
	out := make([]synctask.Result, len(targets))
	for i, t := range targets {
		out[i] = synctask.Result{Target: t, Outcome: synctask.Updated}
	}
	return out
}

// planOf gives a plan of one task per object with one target each, for the agents named.
func planOf(objects int, agents ...string) synctask.Plan {
	var p synctask.Plan
	for i := range objects {
		p.Tasks = append(p.Tasks, synctask.Task{ID: fixed(i), Object: fixed(i), Type: change.User, Name: "sample"})
	}
	for a, name := range agents {
		work := synctask.Work{System: fixed(1000 + a), Key: name, Name: name, Timeout: time.Second}
		for i := range objects {
			work.Targets = append(work.Targets, synctask.Target{Task: fixed(i), Type: "account", Object: fixed(i), Class: "user:person"})
		}
		p.Work = append(p.Work, work)
	}
	return p
}

// fixed gives the same id for the same number, so that recorded histories stay the same.
func fixed(n int) uuid.UUID {
	var id uuid.UUID
	id[6], id[8], id[14], id[15] = 0x70, 0x80, byte(n>>8), byte(n)
	return id
}
