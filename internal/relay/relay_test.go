package relay_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"

	"provost/internal/change"
	"provost/internal/identity"
	"provost/internal/relay"
	"provost/internal/run"
	"provost/internal/testenv"
	"provost/internal/testenv/enginetest"
	"provost/workflows/messages"
)

// bench is an engine with a relay to a true Temporal server, on which nobody works: what arrives stays to be looked at.
type bench struct {
	*enginetest.Bench
	relay *relay.Relay
	line  *line
}

// line is a client whose server can be out of reach.
type line struct {
	client.Client
	cut    atomic.Bool
	called atomic.Int32
}

var errCut = errors.New("the line is cut")

// SignalWithStartWorkflow implements client.Client.
func (l *line) SignalWithStartWorkflow(
	ctx context.Context, id, signal string, arg any, options client.StartWorkflowOptions, workflow any, args ...any,
) (client.WorkflowRun, error) {
	l.called.Add(1)
	if l.cut.Load() {
		return nil, errCut
	}
	return l.Client.SignalWithStartWorkflow(ctx, id, signal, arg, options, workflow, args...)
}

// bearer sends the token of the test server.
type bearer string

// GetHeaders implements client.HeadersProvider.
func (b bearer) GetHeaders(context.Context) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

func setup(t *testing.T) *bench {
	t.Helper()
	address, token, namespace := testenv.Temporal(t)
	c, err := client.DialContext(t.Context(), client.Options{
		HostPort: address, Namespace: namespace, HeadersProvider: bearer(token), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	b := &bench{Bench: enginetest.New(t), line: &line{Client: c}}
	b.relay = b.another()
	return b
}

// another is a further relay of the same tenant.
func (b *bench) another() *relay.Relay {
	return &relay.Relay{Database: b.Database, Tenant: b.Tenant, Temporal: b.line, Logger: zerolog.Nop()}
}

func (b *bench) deliver() int {
	b.T.Helper()
	n, err := b.relay.Deliver(b.T.Context())
	require.NoError(b.T, err)
	return n
}

// history gives the events of a workflow of one type.
func (b *bench) history(id string, kind enums.EventType) []*history.HistoryEvent {
	b.T.Helper()
	var out []*history.HistoryEvent
	events := b.line.GetWorkflowHistory(b.T.Context(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(b.T, err)
		if event.GetEventType() == kind {
			out = append(out, event)
		}
	}
	return out
}

func (b *bench) signals(id string) int {
	return len(b.history(id, enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED))
}

func workflowOf(u identity.User) string {
	return messages.SyncObject{Kind: change.User, ID: u.ID}.WorkflowID()
}

func (b *bench) outbox() int { return b.Count("select count(*) from outbox") }

func TestChangeWakesTheWorkflowOfItsObject(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.System("alpha")
	u := b.User("anna")
	require.Equal(t, 1, b.deliver())
	require.Zero(t, b.outbox(), "what is delivered is gone")
	require.Zero(t, b.deliver())
	require.Equal(t, 1, b.signals(workflowOf(u)))
	started := b.history(workflowOf(u), enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)[0].GetWorkflowExecutionStartedEventAttributes()
	require.Equal(t, messages.TypeSyncObject, started.GetWorkflowType().GetName())
	require.Equal(t, messages.CoreQueue, started.GetTaskQueue().GetName())
	require.Equal(t, int32(3), started.GetPriority().GetPriorityKey())
	var in messages.SyncObject
	require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(started.GetInput(), &in))
	require.Equal(t, u.ID, in.ID)
}

func TestRowsOfOneKeyAreDeliveredInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.Source("alpha")
	r := b.Start(s, run.Load)
	b.Exec("update runs set status = 'blocked', guard = '{\"blocked\": true, \"reasons\": [], \"total\": 4}' where id = $1", r.ID)
	require.NoError(t, b.Runs.Resume(b.Ctx, r.ID))
	require.NoError(t, b.Runs.Cancel(b.Ctx, r.ID))
	require.Equal(t, 3, b.outbox())
	for left := 2; left >= 0; left-- {
		require.Equal(t, 1, b.deliver(), "one row per key at a time")
		require.Equal(t, left, b.outbox())
	}
	id := messages.Run{ID: r.ID}.WorkflowID()
	var decisions []messages.Decision
	for _, event := range b.history(id, enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) {
		var d messages.Decision
		require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(event.GetWorkflowExecutionSignaledEventAttributes().GetInput(), &d))
		decisions = append(decisions, d)
	}
	require.Equal(t, []messages.Decision{
		{Decision: messages.Resume, By: "admin", Total: 4}, {Decision: messages.Cancel, By: "admin", Total: 4},
	}, decisions)
}

func TestTwoRelaysDeliverEveryRowOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.System("alpha")
	var users []identity.User
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		users = append(users, b.User(name))
	}
	errs := make(chan error, 4)
	for range 4 {
		go func() {
			_, err := b.another().Deliver(t.Context())
			errs <- err
		}()
	}
	for range 4 {
		require.NoError(t, <-errs)
	}
	require.Zero(t, b.outbox())
	for _, u := range users {
		require.Equal(t, 1, b.signals(workflowOf(u)))
	}
}

// A relay that ends between delivery and removal leaves the row to the next: the message is sent twice and says the same.
func TestRowIsDeliveredAgainAfterACrash(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.System("alpha")
	u := b.User("anna")
	b.Exec("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$")
	b.Exec("create trigger refuse before delete on outbox execute function refuse()")
	_, err := b.relay.Deliver(t.Context())
	require.ErrorContains(t, err, "killed")
	b.Exec("drop trigger refuse on outbox")
	require.Zero(t, b.deliver(), "whoever claimed it has half a minute")
	b.Exec("update outbox set claimed_until = clock_timestamp() - interval '1 second'")
	require.Equal(t, 1, b.deliver())
	require.Equal(t, 2, b.signals(workflowOf(u)))
	require.Len(t, b.history(workflowOf(u), enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED), 1, "one workflow")
}

func TestRunIsStartedOnceHoweverOftenItIsDelivered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.Start(b.Source("alpha"), run.Load)
	b.Exec("insert into outbox (key, kind, payload) select key || '-again', kind, payload from outbox")
	require.Equal(t, 2, b.deliver())
	require.Zero(t, b.outbox())
	require.Len(t, b.history(messages.Run{ID: r.ID}.WorkflowID(), enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED), 1)
}

func TestTemporalIsAwayForAWhile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.System("alpha")
	u := b.User("anna")
	b.line.cut.Store(true)
	for attempt := 1; attempt <= 3; attempt++ {
		require.Equal(t, 1, b.deliver())
		require.Equal(t, attempt, b.Count("select attempts from outbox"))
		pause := b.Count("select extract(epoch from claimed_until - clock_timestamp())::int from outbox")
		require.InDelta(t, int(1)<<attempt, pause, 1, "pauses grow")
		require.Zero(t, b.deliver(), "not before the pause is over")
		require.Equal(t, 1, b.Count("select count(*) from outbox where last_error like '%the line is cut%'"))
		b.Exec("update outbox set claimed_until = clock_timestamp() - interval '1 second'")
	}
	b.line.cut.Store(false)
	require.Equal(t, 1, b.deliver())
	require.Zero(t, b.outbox())
	require.Equal(t, 1, b.signals(workflowOf(u)))
}

func TestRowThatCannotBeDeliveredHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.System("alpha")
	b.Exec(`insert into outbox (key, kind, payload) values ('odd', 'no.such.kind', '{}'), ('broken', 'sync.object', '"text"')`)
	u := b.User("anna")
	require.Equal(t, 3, b.deliver())
	require.Equal(t, []string{"broken", "odd"}, b.Texts("select key from outbox order by key"))
	require.Equal(t, 1, b.signals(workflowOf(u)))
}

func TestDecisionAboutARunThatHasEndedIsDropped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.Start(b.Source("alpha"), run.Load)
	require.Equal(t, 1, b.deliver())
	require.NoError(t, b.line.TerminateWorkflow(t.Context(), messages.Run{ID: r.ID}.WorkflowID(), "", "ended"))
	require.NoError(t, b.Runs.Cancel(b.Ctx, r.ID))
	require.Equal(t, 1, b.deliver())
	require.Zero(t, b.outbox(), "or it would be tried for ever")
}

func (b *bench) listeners() []string {
	return b.Texts("select pid::text from pg_stat_activity where datname = current_database() and query = 'listen provost_outbox'")
}

// run starts the relay beside the test.
func (b *bench) run() {
	ctx, cancel := context.WithCancel(b.T.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.relay.Run(ctx)
	}()
	b.T.Cleanup(func() { cancel(); <-done })
}

func TestRelayListensAgainWhenItsConnectionBreaks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.System("alpha")
	b.run()
	require.Eventually(t, func() bool { return len(b.listeners()) == 1 }, 10*time.Second, 10*time.Millisecond)
	first := b.listeners()[0]
	b.Texts("select pg_terminate_backend($1::text::int)::text", first)
	u := b.User("anna")
	require.Eventually(t, func() bool { return b.outbox() == 0 }, 10*time.Second, 10*time.Millisecond, "it looks once a second all the same")
	require.Equal(t, 1, b.signals(workflowOf(u)))
	require.Eventually(t, func() bool { l := b.listeners(); return len(l) == 1 && l[0] != first }, 10*time.Second, 10*time.Millisecond)
}

func TestNoticesOfOtherTenantsAreNotOurs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.System("alpha")
	u := b.User("anna")
	other := &relay.Relay{Database: b.Database, Tenant: b.Database.Tenant("other"), Temporal: b.line, Logger: zerolog.Nop()}
	n, err := other.Deliver(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
	require.Equal(t, 1, b.deliver())
	require.Equal(t, 1, b.signals(workflowOf(u)))
}

func TestBatchIsWokenOncePerSource(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.System("alpha")
	source := change.Origin{Kind: change.Load, ID: uuid.New(), Released: true}
	names := make([]string, 40)
	for i := range names {
		names[i] = "p" + uuid.NewString()[:8]
	}
	b.UsersAs(b.As(source), names...)
	require.Equal(t, 1, b.deliver())
	id := messages.SyncBatch{Source: source.ID}.WorkflowID()
	require.Equal(t, 1, b.signals(id))
	started := b.history(id, enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)[0].GetWorkflowExecutionStartedEventAttributes()
	require.Equal(t, int32(5), started.GetPriority().GetPriorityKey())
	var tenant string
	require.NoError(t, json.Unmarshal(started.GetSearchAttributes().GetIndexedFields()["ProvostTenant"].GetData(), &tenant))
	require.Equal(t, "master", tenant)
}
