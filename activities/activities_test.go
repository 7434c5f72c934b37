package activities_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"provost/activities"
	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/change"
	"provost/internal/connector"
	"provost/internal/run"
	"provost/internal/synctask"
	"provost/internal/testenv/enginetest"
)

func environment(t *testing.T) *testsuite.TestActivityEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	return suite.NewTestActivityEnvironment()
}

func apply(t *testing.T, b *enginetest.Bench, system uuid.UUID, count int) []synctask.Result {
	t.Helper()
	targets := make([]synctask.Target, count)
	for i := range targets {
		targets[i] = synctask.Target{Task: uuid.New(), Object: uuid.New(), Class: "user:" + enginetest.Person, Type: "account"}
	}
	env := environment(t)
	env.RegisterActivity(b.Sync)
	value, err := env.ExecuteActivity(b.Sync.Apply, system, targets, agent.Budget{})
	require.NoError(t, err)
	var results []synctask.Result
	require.NoError(t, value.Get(&results))
	return results
}

// An agent that cannot be opened answers for every target, and what is seen of it is noted: disconnected for the network and for refused
// credentials, nothing for what is our own fault.
func TestAgentThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		class connector.ErrorClass
		noted []string
	}{
		{connector.ClassUnavailable, []string{"false"}},
		{connector.ClassAuth, []string{"false"}},
		{connector.ClassPolicy, []string{}},
		{connector.ClassTransient, []string{}},
	} {
		t.Run(string(c.class), func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			s := b.System("alpha")
			b.Systems["alpha"].Fail("open", connector.Errorf(c.class, "open", "sample fault"))
			results := apply(t, b, s.ID, 3)
			require.Len(t, results, 3)
			for _, r := range results {
				require.Equal(t, c.class, r.ErrorClass)
				require.Equal(t, synctask.Errored, r.Outcome)
				require.Contains(t, r.Message, "sample fault")
			}
			noted := b.Texts("select connected::text from system_status where connected is not null")
			if len(c.noted) == 0 {
				require.Empty(t, noted)
				return
			}
			require.Equal(t, c.noted, noted)
			require.Equal(t, 1, b.Count("select count(*) from outbox where kind = 'agent.probe'"), "a probe looks after it")
		})
	}
}

func TestProbeAsksTheSystem(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	require.NoError(t, b.Sync.Probe(t.Context(), s.ID))
	b.Systems["alpha"].Down()
	require.Equal(t, connector.ClassUnavailable, connector.ClassOf(b.Sync.Probe(t.Context(), s.ID)))
}

func TestUnansweredAgentIsNotedWithAnIssue(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", func(s *account.System) { s.Server = "nowhere" })
	for range 3 {
		require.NoError(t, b.Sync.NoteUnanswered(t.Context(), s.ID))
	}
	require.Equal(t, []string{"3 new"}, b.Texts("select times || ' ' || status from issues where kind = 'disconnected-system'"))
}

func TestNextRunOfABulkSource(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	source := change.Origin{Kind: change.Load, ID: uuid.New(), Released: true}
	names := make([]string, 30)
	for i := range names {
		names[i] = fmt.Sprintf("p%02d", i)
	}
	b.UsersAs(b.As(source), names...)
	next, err := b.Sync.NextRun(t.Context(), source.ID)
	require.NoError(t, err)
	require.True(t, next.IsZero())
	b.Systems["alpha"].Fail("create", connector.Errorf(connector.ClassTransient, "create", "later"))
	b.Settle()
	next, err = b.Sync.NextRun(t.Context(), source.ID)
	require.NoError(t, err)
	require.False(t, next.IsZero())
	// What a person took out of the batch is not the batch's any more: waiting for it would never end.
	b.Exec("update sync_tasks set lane = 'interactive'")
	next, err = b.Sync.NextRun(t.Context(), source.ID)
	require.NoError(t, err)
	require.True(t, next.IsZero())
}

// Errors that trying again does not mend end a run at once, with the sentence for its page; the others are tried again.
func TestRunErrorsThatTryingAgainDoesNotMend(t *testing.T) {
	t.Parallel()
	for class, final := range map[connector.ErrorClass]bool{
		connector.ClassData: true, connector.ClassPolicy: true, connector.ClassAuth: true, connector.ClassUnsupported: true,
		connector.ClassUnavailable: false, connector.ClassTransient: false, connector.ClassThrottled: false,
	} {
		t.Run(string(class), func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t)
			s := b.Source("alpha")
			r := b.Start(s, run.Load)
			b.Systems["alpha"].Fail("list", connector.Errorf(class, "list", "sample fault"))
			env := environment(t)
			env.RegisterActivity(b.RunSteps)
			_, err := env.ExecuteActivity(b.RunSteps.Export, r.ID)
			var told *temporal.ApplicationError
			require.ErrorAs(t, err, &told)
			require.Equal(t, final, told.NonRetryable())
			require.Contains(t, told.Message(), "sample fault")
		})
	}
}

// house counts what is asked of the housekeeping.
type house struct {
	steps []string
	fail  string
}

func (h *house) step(name string) error {
	h.steps = append(h.steps, name)
	if h.fail == name {
		return errors.New("sample fault")
	}
	return nil
}

// Sweep implements activities.Housekeeping.
func (h *house) Sweep(context.Context) (int, error) { return 7, h.step("sweep") }

// Purge implements activities.Housekeeping.
func (h *house) Purge(context.Context) error { return h.step("purge") }

// Seal implements activities.Sealer.
func (h *house) Seal(context.Context) error { return h.step("seal") }

// papers are the documents of a house.
type papers struct{ *house }

// Sweep implements activities.Documents.
func (p papers) Sweep(context.Context, time.Time) (int, error) { return 3, p.step("documents") }

// tidy runs the housekeeping as an activity.
func tidy(t *testing.T, u *activities.Upkeep) (int, error) {
	t.Helper()
	env := environment(t)
	env.RegisterActivity(u)
	encoded, err := env.ExecuteActivity(u.Tidy)
	if err != nil {
		return 0, err
	}
	var swept int
	require.NoError(t, encoded.Get(&swept))
	return swept, nil
}

func TestTidy(t *testing.T) {
	t.Parallel()
	all := []string{"sweep", "purge", "seal", "documents"}
	for fail, steps := range map[string][]string{"": all, "sweep": all[:1], "purge": all[:2], "seal": all[:3], "documents": all} {
		h := &house{fail: fail}
		_, err := tidy(t, &activities.Upkeep{House: h, Sealer: h, Documents: papers{h}})
		require.Equal(t, steps, h.steps)
		require.Equal(t, fail != "", err != nil)
	}
	h := &house{}
	swept, err := tidy(t, &activities.Upkeep{House: h})
	require.NoError(t, err)
	require.Equal(t, 7, swept)
	require.Equal(t, all[:2], h.steps)
}
