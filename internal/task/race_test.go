package task_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/task"
)

// Of two people who complete a task at once exactly one wins, and the other reads who did.
func TestTwoCompleteAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna, bert := b.User("anna"), b.User("bert")
	p := b.Started(anna, processtest.Sample{ID: "leave"})
	as := []struct {
		name    string
		outcome string
		user    uuid.UUID
	}{{"anna", "yes", anna}, {"bert", "Refuse", bert}}
	for round := range int64(50) {
		id := b.Opened(p.ID, b.Opening(round+1, "*"))
		var errs [2]error
		var group sync.WaitGroup
		for i, who := range as {
			ctx := b.As(who.user)
			group.Go(func() { _, errs[i] = b.Tasks.Complete(ctx, id, task.Completion{Outcome: who.outcome}) })
		}
		group.Wait()
		winner := 0
		if errs[0] != nil {
			winner = 1
		}
		require.NoError(t, errs[winner])
		processtest.Refused(t, errs[1-winner], fault.Conflict, "completed by "+as[winner].name)
		require.Equal(t, []string{as[winner].name}, b.Texts("select closed_by from process_tasks where id = $1 and status = 'completed' and finishes", id))
		require.Len(t, b.Texts("select id::text from outbox where kind = 'process.decide' and payload ->> 'task' = $1", id.String()), 1)
		require.Len(t, b.Texts("select id::text from audit_entries where action = 'complete' and object_id = $1", id), 1)
		decisions, err := b.Ledger.Decided(t.Context(), p.ID, []uuid.UUID{id})
		require.NoError(t, err)
		require.Equal(t, []process.Decision{{
			Task: id, Work: round + 1, Finished: true, Actor: as[winner].name, Outcome: []string{"yes", "no"}[winner], Values: bpm.Values{},
		}}, decisions)
	}
	require.Len(t, b.Texts("select id::text from process_log where kind = 'complete'"), 50)
}

// Of a completion and the end of the time exactly one wins, and both sides know which.
func TestCompletionMeetsExpiry(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	p := b.Started(anna, processtest.Sample{ID: "leave"})
	won := map[bool]int{}
	ctx := b.As(anna)
	for round := range int64(50) {
		id := b.Opened(p.ID, b.Opening(round+1, "anna"))
		var completed, expired error
		var decisions []process.Decision
		var group sync.WaitGroup
		group.Go(func() { _, completed = b.Tasks.Complete(ctx, id, task.Completion{Outcome: "yes"}) })
		group.Go(func() {
			decisions, expired = b.Ledger.Expire(t.Context(), p.ID, []int64{round + 1}, "Two days are over.")
		})
		group.Wait()
		require.NoError(t, expired)
		status := b.Texts("select status from process_tasks where id = $1", id)[0]
		won[completed == nil]++
		if completed == nil {
			require.Equal(t, task.Completed, status)
			require.Len(t, decisions, 1, "the timer takes the decision")
			require.Equal(t, "yes", decisions[0].Outcome)
			continue
		}
		processtest.Refused(t, completed, fault.Conflict, "ran out", "Two days are over.")
		require.Equal(t, task.Expired, status)
		require.Empty(t, decisions)
		require.Empty(t, b.Texts("select id::text from outbox where kind = 'process.decide' and payload ->> 'task' = $1", id.String()), "nothing half done")
	}
	t.Logf("people were faster %d times, the clock %d times", won[true], won[false])
}

// Seats that vote at the same time end the node once.
func TestVotesAtTheSameTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter := b.User("starter")
	names := []string{"anna", "bert", "carla"}
	users := map[string]uuid.UUID{}
	for _, n := range names {
		users[n] = b.User(n)
	}
	p := b.Started(starter, processtest.Sample{ID: "leave", Approval: `<idm:approval mode="displayPending" quorum="all" approveFlow="yes" denyFlow="no"/>`})
	for round := range int64(20) {
		o := b.Opening(round+1, names...)
		o.Lines = []process.Line{{Key: "1", Title: "cashier", Content: json.RawMessage(`{"role":"cashier"}`)}}
		b.Opened(p.ID, o)
		var group sync.WaitGroup
		for _, n := range names {
			id := uuid.MustParse(b.Texts(`select t.id::text from process_tasks t join process_task_candidates c on c.task_id = t.id
				where t.work = $1 and c.name = $2`, round+1, n)[0])
			ctx := b.As(users[n])
			group.Go(func() {
				if _, err := b.Tasks.Complete(ctx, id, task.Completion{Outcome: "yes"}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		require.Len(t, b.Texts("select id::text from process_tasks where work = $1 and finishes", round+1), 1, fmt.Sprint(round))
		require.Equal(t, []string{"approved"}, b.Texts("select decision from process_lines where work = $1", round+1))
	}
}
