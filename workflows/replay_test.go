package workflows_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"provost/workflows"
	"provost/workflows/messages"
)

// types are the workflows by the names that running ones and recorded histories depend on.
var types = map[string]any{
	messages.TypeSyncObject: workflows.SyncObject, messages.TypeSyncBatch: workflows.SyncBatch, messages.TypeAgentProbe: workflows.AgentProbe,
	messages.TypeRun: workflows.Run, messages.TypeMaintenance: workflows.Maintenance,
	messages.TypeGrantsDue: workflows.GrantsDue, messages.TypeProcess: workflows.Process,
}

// Histories of real runs must go the same way with today's code: otherwise what runs now would break at an upgrade. A change that is
// meant to go another way needs workflow.GetVersion; then record the new way as well (see TestRecordHistories).
func TestReplayRecordedHistories(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/history/*.json")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, file := range files {
		name, _, _ := cut(filepath.Base(file))
		seen[name] = true
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			require.NoError(t, replayer().ReplayWorkflowHistoryFromJSONFile(quiet(), file))
		})
	}
	for name := range types {
		require.True(t, seen[name], "no history of %s", name)
	}
}

// A replay must notice code that goes another way, or it proves nothing.
func TestReplayNoticesAnotherWay(t *testing.T) {
	t.Parallel()
	r := sdk.NewWorkflowReplayer()
	r.RegisterWorkflowWithOptions(func(ctx workflow.Context, in messages.Run) error {
		return workflow.Sleep(ctx, 1) // where the history has an activity
	}, workflow.RegisterOptions{Name: messages.TypeRun})
	files, err := filepath.Glob("testdata/history/run-*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	require.Error(t, r.ReplayWorkflowHistoryFromJSONFile(quiet(), files[0]))
}

func replayer() sdk.WorkflowReplayer {
	r := sdk.NewWorkflowReplayer()
	for name, of := range types {
		r.RegisterWorkflowWithOptions(of, workflow.RegisterOptions{Name: name})
	}
	return r
}

func quiet() log.Logger { return log.NewStructuredLogger(slog.New(slog.DiscardHandler)) }
