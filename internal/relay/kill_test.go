package relay_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"provost/internal/identity"
	"provost/internal/relay"
)

// dying is a line that is killed with its relay at the moment a row is to be signalled.
type dying struct {
	*line
	kill context.CancelFunc
}

// SignalWithStartWorkflow implements client.Client.
func (d *dying) SignalWithStartWorkflow(
	ctx context.Context, _, _ string, _ any, _ client.StartWorkflowOptions, _ any, _ ...any,
) (client.WorkflowRun, error) {
	d.kill()
	<-ctx.Done()
	return nil, ctx.Err()
}

// A relay that is killed between reading a row and signalling it loses nothing: the row waits until its claim is over, for any relay.
func TestNothingIsLostBetweenReadingAndSignalling(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.System("alpha")
	var users []identity.User
	for _, name := range []string{"anna", "bert", "carla"} {
		users = append(users, b.User(name))
	}
	ctx, kill := context.WithCancel(t.Context())
	killed := &relay.Relay{Database: b.Database, Tenant: b.Tenant, Temporal: &dying{b.line, kill}, Logger: b.relay.Logger}
	_, err := killed.Deliver(ctx)
	require.NoError(t, err, "what could not be sent is not removed")
	require.Equal(t, len(users), b.outbox())
	require.Zero(t, b.deliver(), "whoever claimed them has half a minute")
	b.Exec("update outbox set claimed_until = clock_timestamp() - interval '1 second'")
	require.Equal(t, len(users), b.deliver())
	require.Zero(t, b.outbox())
	for _, u := range users {
		require.Equal(t, 1, b.signals(workflowOf(u)), u.UserName)
	}
}

// The same when the process dies with the rows in hand, without a word to the database.
func TestRowsOfADeadRelayAreClaimedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.System("alpha")
	u := b.User("anna")
	rows, err := b.Tenant.ClaimOutbox(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Zero(t, b.deliver())
	b.Exec("update outbox set claimed_until = clock_timestamp() - interval '1 second'")
	require.Equal(t, 1, b.deliver())
	require.Equal(t, 1, b.signals(workflowOf(u)))
}
