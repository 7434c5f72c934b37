package workflows_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"provost/activities"
	"provost/internal/agent"
	"provost/internal/run"
	"provost/internal/synctask"
	"provost/internal/testenv"
	"provost/workflows/messages"
)

// recording is the variable that makes TestRecordHistories write the histories that are kept anew.
const recording = "PROVOST_RECORD_HISTORIES"

// cut splits the name of a file into workflow type and scenario: run-resumed.json.
func cut(file string) (workflowType, scenario string, ok bool) {
	return strings.Cut(strings.TrimSuffix(file, ".json"), "-")
}

// scenario is one history to record.
type scenario struct {
	file  string
	in    any
	world func(w *world)
	steer func(t *testing.T, c client.Client, id string, w *world)
	stage *stage // of a process
	play  func(p *player)
}

func scenarios() []scenario {
	moment := time.Now()
	return []scenario{
		{file: "sync.object-nothing", in: anna},
		{file: "sync.object-agents", in: anna, world: func(w *world) {
			w.plan = func(n int) synctask.Plan { return planOf(1, "alpha", "beta") }
			w.apply = func(n int, targets []synctask.Target, _ agent.Budget) ([]synctask.Result, error) {
				if n == 1 {
					return nil, errors.New("the server ended")
				}
				return done(targets), nil
			}
			w.record = func(n int, _ []synctask.Result) synctask.Progress {
				return map[int]synctask.Progress{1: {Again: true}, 3: {RetryAt: moment.Add(1500 * time.Millisecond)}}[n]
			}
		}},
		{file: "sync.object-woken", in: anna, world: func(w *world) {
			w.plan = func(n int) synctask.Plan { return planOf(2, "alpha") }
			w.record = func(n int, _ []synctask.Result) synctask.Progress {
				return map[int]synctask.Progress{1: {RetryAt: moment.Add(time.Hour)}}[n]
			}
		}, steer: func(t *testing.T, c client.Client, id string, w *world) {
			t.Helper()
			w.await(t, "record", 1)
			require.NoError(t, c.SignalWorkflow(t.Context(), id, "", messages.Look, nil))
		}},
		{file: "sync.batch-pages", in: batch, world: func(w *world) {
			w.page = func(n int, _ synctask.Cursor) synctask.Plan { return planOf(map[int]int{1: 4, 2: 3, 5: 1}[n], "alpha") }
			w.apply = func(_ int, targets []synctask.Target, _ agent.Budget) ([]synctask.Result, error) {
				return done(targets[:min(2, len(targets))]), nil
			}
			w.nextRun = func(n int) time.Time { return map[int]time.Time{1: moment.Add(1500 * time.Millisecond)}[n] }
		}},
		{file: "agent.probe-back", in: probe, world: func(w *world) {
			w.probe = func(n int) error {
				if n == 1 {
					return errors.New("no answer")
				}
				return nil
			}
		}, steer: func(t *testing.T, c client.Client, id string, w *world) {
			t.Helper()
			w.await(t, "probe", 1)
			require.NoError(t, c.SignalWorkflow(t.Context(), id, "", messages.Look, nil))
		}},
		{file: "run-load", in: load(run.Load), world: func(w *world) {
			w.changes = func(after int64) activities.Next { return activities.Next{Seq: after + 500, Done: after == 1000} }
		}},
		{file: "run-resumed", in: load(run.Reconcile), world: func(w *world) {
			w.compare = func(n int) run.Verdict { return blocked(10 + int64(min(n, 2))) }
		}, steer: func(t *testing.T, c client.Client, id string, w *world) {
			t.Helper()
			for n, total := range []int64{11, 12} {
				w.await(t, "block", n+1)
				require.NoError(t, c.SignalWorkflow(t.Context(), id, "", messages.Decide, messages.Decision{Decision: messages.Resume, Total: total}))
			}
		}},
		{file: "run-cancelled", in: load(run.Load), world: func(w *world) {
			w.compare = func(int) run.Verdict { return blocked(10) }
		}, steer: func(t *testing.T, c client.Client, id string, w *world) {
			t.Helper()
			w.await(t, "block", 1)
			require.NoError(t, c.SignalWorkflow(t.Context(), id, "", messages.Decide, messages.Decision{Decision: messages.Cancel}))
		}},
		{file: "run-impact", in: load(run.Impact)},
		{file: "run-provision", in: load(run.Provision), world: func(w *world) {
			w.touch = func(after uuid.UUID) activities.Next {
				return activities.Next{After: fixed(int(after[15]) + 1), Done: after[15] == 2}
			}
			w.through = func(n int) bool { return n == 2 }
		}},
		{file: "maintenance-turn"},
		{file: "grants.due-dates", in: messages.GrantsDue{}, world: func(w *world) {
			w.honour = func(n int) time.Time {
				return map[int]time.Time{1: moment.Add(time.Second), 2: moment.Add(time.Hour)}[n]
			}
		}, steer: func(t *testing.T, c client.Client, id string, w *world) {
			t.Helper()
			w.await(t, "honour", 2)
			require.NoError(t, c.SignalWorkflow(t.Context(), id, "", messages.Look, nil))
		}},
	}
}

// await waits until the step was asked for n times.
func (w *world) await(t *testing.T, step string, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.counts[step] >= n
	}, 20*time.Second, 10*time.Millisecond, step)
}

// Tidy stands in for the upkeep.
func (s *syncWorld) Tidy(context.Context) (int, error) { return s.w.asked("tidy"), nil }

// TestRecordHistories runs every scenario on a real server and replays what was recorded. This is also how the histories are made that
// TestReplayRecordedHistories replays: PROVOST_RECORD_HISTORIES=1 go test -run TestRecordHistories ./workflows
func TestRecordHistories(t *testing.T) { //nolint:paralleltest // the queues have fixed names
	folder := t.TempDir()
	if os.Getenv(recording) != "" {
		folder = filepath.Join("testdata", "history")
	}
	address, token, namespace := testenv.Temporal(t)
	c, err := client.Dial(client.Options{HostPort: address, Namespace: namespace, HeadersProvider: bearer(token), Logger: quiet()})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	for _, s := range slices.Concat(scenarios(), plays(t)) {
		t.Run(s.file, func(t *testing.T) {
			path := filepath.Join(folder, s.file+".json")
			record(t, c, s, path)
			require.NoError(t, replayer().ReplayWorkflowHistoryFromJSONFile(quiet(), path))
		})
	}
}

func record(t *testing.T, c client.Client, s scenario, path string) {
	t.Helper()
	w := &world{counts: map[string]int{}}
	if s.world != nil {
		s.world(w)
	}
	for _, queue := range []string{messages.CoreQueue, messages.AgentQueue("alpha"), messages.AgentQueue("beta")} {
		worker := sdk.New(c, queue, sdk.Options{Identity: "recorder", DisableWorkflowWorker: queue != messages.CoreQueue})
		for name, of := range types {
			if queue == messages.CoreQueue {
				worker.RegisterWorkflowWithOptions(of, workflow.RegisterOptions{Name: name})
			}
		}
		worker.RegisterActivity(&syncWorld{w})
		worker.RegisterActivity(&runWorld{w})
		if s.stage != nil {
			worker.RegisterActivity(s.stage)
		}
		require.NoError(t, worker.Start())
		t.Cleanup(worker.Stop)
	}
	kind, _, _ := cut(s.file)
	args := []any{}
	if s.in != nil {
		args = append(args, s.in)
	}
	started, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: s.file, TaskQueue: messages.CoreQueue}, kind, args...)
	require.NoError(t, err)
	if s.steer != nil {
		s.steer(t, c, started.GetID(), w)
	}
	if s.play != nil {
		s.play(actOn(t, c, started.GetID(), s.stage))
	}
	require.NoError(t, started.Get(t.Context(), nil))

	var recorded history.History
	events := c.GetWorkflowHistory(t.Context(), started.GetID(), started.GetRunID(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(t, err)
		recorded.Events = append(recorded.Events, event)
	}
	text, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(&recorded)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(text, '\n'), 0o600))
}

// bearer sends the token of the test server.
type bearer string

// GetHeaders implements client.HeadersProvider.
func (b bearer) GetHeaders(context.Context) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}
