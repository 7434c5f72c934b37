package enginetest

import (
	"encoding/json"
	"log/slog"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"provost/internal/agent"
	"provost/internal/change"
	"provost/internal/store"
	"provost/internal/synctask"
)

// rounds bounds a settling that does not come to an end.
const rounds = 500

// Settle delivers the outbox until it is empty and does what the workflows would do now. Retries of the future are left; [Bench.Later]
// makes them due.
func (b *Bench) Settle() {
	b.T.Helper()
	for range rounds {
		rows, err := b.Tenant.ClaimOutbox(b.T.Context(), 200)
		require.NoError(b.T, err)
		if len(rows) == 0 {
			return
		}
		for _, row := range rows {
			b.deliver(row)
			require.NoError(b.T, b.Tenant.Delivered(b.T.Context(), row.ID))
		}
	}
	require.Fail(b.T, "the engine does not come to rest")
}

func (b *Bench) deliver(row store.Delivery) {
	b.T.Helper()
	switch row.Kind {
	case store.KindSyncObject:
		var p store.SyncObject
		require.NoError(b.T, json.Unmarshal(row.Payload, &p))
		b.Object(change.Kind(p.Type), p.ID)
	case store.KindSyncBatch:
		var p store.SyncBatch
		require.NoError(b.T, json.Unmarshal(row.Payload, &p))
		b.Batch(p.Source, agent.Budget{Items: 50})
	case store.KindAgentProbe, store.KindRunStart, store.KindRunSignal: // the test says when
	}
}

// Object does what the workflow of an object does, until only the future is left.
func (b *Bench) Object(kind change.Kind, id uuid.UUID) {
	b.T.Helper()
	for range rounds {
		plan, err := b.Sync.PlanObject(b.T.Context(), kind, id)
		require.NoError(b.T, err)
		if !b.Carry(plan, agent.Budget{}).Again {
			return
		}
	}
	require.Fail(b.T, "the object does not come to rest")
}

// Batch does what the workflow of a bulk source does, until only the future is left.
func (b *Bench) Batch(source uuid.UUID, budget agent.Budget) {
	b.T.Helper()
	for range rounds {
		plan, err := b.Tasks.PlanSource(b.T.Context(), source, synctask.Cursor{}, 200, func() {})
		require.NoError(b.T, err)
		if len(plan.Tasks) == 0 {
			return
		}
		b.Carry(plan, budget)
	}
	require.Fail(b.T, "the batch does not come to rest")
}

// Carry applies and records a plan, agent by agent.
func (b *Bench) Carry(plan synctask.Plan, budget agent.Budget) synctask.Progress {
	b.T.Helper()
	var progress synctask.Progress
	for _, work := range plan.Work {
		for left := work.Targets; len(left) > 0; {
			results := b.Apply(work, left, budget)
			require.NotEmpty(b.T, results)
			left = left[len(results):]
			p, err := b.Sync.Record(b.T.Context(), work.System, plan.Tasks, results)
			require.NoError(b.T, err)
			progress.Again = progress.Again || p.Again
			if progress.RetryAt.IsZero() || (!p.RetryAt.IsZero() && p.RetryAt.Before(progress.RetryAt)) {
				progress.RetryAt = p.RetryAt
			}
		}
	}
	return progress
}

// Apply runs the activity in which one agent applies targets.
func (b *Bench) Apply(work synctask.Work, targets []synctask.Target, budget agent.Budget) []synctask.Result {
	b.T.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(b.Sync)
	value, err := env.ExecuteActivity(b.Sync.Apply, work.System, targets, budget)
	require.NoError(b.T, err)
	var results []synctask.Result
	require.NoError(b.T, value.Get(&results))
	return results
}

// Later makes every retry due and sends what is pending again, as if the time had passed.
func (b *Bench) Later() {
	b.T.Helper()
	b.Exec("update sync_parts set next_run = clock_timestamp() - interval '1 second' where next_run is not null")
	b.Exec("update sync_tasks set signalled_at = clock_timestamp() - interval '1 hour'")
	_, err := b.Tenant.Sweep(b.T.Context())
	require.NoError(b.T, err)
	b.Settle()
}

// Open gives the tasks that are not finished as "type name status".
func (b *Bench) Open() []string {
	b.T.Helper()
	return b.Texts(`select object_type || ' ' || object_name || ' ' || status from sync_tasks
		where status in ('pending', 'held', 'waiting', 'failed') order by object_type desc, object_name`)
}

// Parts gives the parts of an object's open or last task as "system status class".
func (b *Bench) Parts(name string) []string {
	b.T.Helper()
	return b.Texts(`select s.name || ' ' || p.status || case when p.error_class <> '' then ' ' || p.error_class else '' end
		from sync_parts p join sync_tasks t on t.id = p.task_id join systems s on s.id = p.system_id
		where t.id = (select x.id from sync_tasks x where x.object_name = $1 order by x.number desc limit 1) order by s.name`, name)
}
