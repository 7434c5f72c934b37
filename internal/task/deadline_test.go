package task_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/store"
	"provost/internal/task"
)

// tenant is the store behind the bench, which sees to deadlines.
func (b *bench) tenant() *store.Tenant { return b.Ledger.(*store.Ledger).Tenant }

func (b *bench) honour() {
	b.T.Helper()
	require.NoError(b.T, b.tenant().HonourDeadlines(b.T.Context()))
}

// mails lists the mails that were written, by occasion and recipient.
func (b *bench) mails() []string {
	b.T.Helper()
	return b.Texts("select m.kind || ' ' || coalesce(u.user_name, m.address) from mails m left join users u on u.id = m.user_id order by 1")
}

func (b *bench) log(kind string) []string {
	b.T.Helper()
	return b.Texts("select element || ' ' || flow || ' ' || text from process_log where kind = $1 order by id", kind)
}

// late gives an opening whose moments lie so far from now; nil is none.
func (b *bench) late(work int64, due, remind, expire *time.Duration, candidates ...string) process.Opening {
	o := b.Opening(work, candidates...)
	at := func(d *time.Duration) *time.Time {
		if d == nil {
			return nil
		}
		t := time.Now().Add(*d)
		return &t
	}
	o.Due, o.Remind, o.Expire = at(due), at(remind), at(expire)
	return o
}

const soon, ago = time.Hour, -time.Hour

// addressed gives sample people mail addresses.
func (b *bench) addressed() {
	b.T.Helper()
	b.Exec("insert into mail_domains (id, name) select gen_random_uuid(), 'example.org' where not exists (select 1 from mail_domains where name = 'example.org')")
	b.Exec("update users set email = user_name || '@example.org' where first_name = 'Sample'")
}

func TestReminders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, bert := b.User("starter"), b.User("anna"), b.User("bert")
	b.addressed()
	p := b.Started(starter, processtest.Sample{ID: "leave"})
	taken := b.Opened(p.ID, b.late(1, new(soon), new(ago), nil, "anna", "bert"))
	b.Opened(p.ID, b.late(2, new(soon), new(ago), nil, "anna", "bert"))
	b.Opened(p.ID, b.late(3, new(soon), new(soon/2), nil, "anna"))
	over := b.Opened(p.ID, b.late(4, new(soon), new(ago), nil, "anna"))
	b.Exec("update process_tasks set opened_at = now() - interval '2 hours' where work <> 5")
	b.Opened(p.ID, b.late(5, new(soon), new(ago), nil, "anna")) // opened after its reminder
	_, err := b.Tasks.Claim(b.As(bert), taken)
	require.NoError(t, err)
	require.NoError(t, b.completes(anna, over, task.Completion{Outcome: "yes"}))

	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := b.tenant().HonourDeadlines(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	require.Equal(t, []string{"reminder anna", "reminder bert", "reminder bert"}, b.mails(), "whoever has taken a task, else those who are asked; once")
	require.Len(t, b.log("remind"), 2)
	b.honour()
	require.Len(t, b.mails(), 3)
	next, err := b.tenant().NextNotice(t.Context())
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), next, time.Minute, "the mails are due")
	b.Exec("update mails set status = 'sent', ended_at = now()")
	next, err = b.tenant().NextNotice(t.Context())
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(soon/2), next, time.Minute, "the reminder of the third task")
	require.NotEmpty(t, b.Texts("select key from outbox where kind = 'notices'"))
}

func TestEscalation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, boss, chief := b.User("starter"), b.User("anna"), b.User("boss"), b.User("chief")
	b.addressed()
	p := b.Started(starter, processtest.Sample{ID: "leave"})
	joining := b.late(1, new(ago), nil, nil, "anna")
	joining.Escalation = &process.Escalation{To: b.Principals("boss", "anna")}
	joined := b.Opened(p.ID, joining)
	replacing := b.late(2, new(ago), nil, nil, "anna")
	replacing.Escalation = &process.Escalation{Replace: true, To: b.Principals("chief")}
	replaced := b.Opened(p.ID, replacing)
	idling := b.late(3, new(ago), nil, nil, "anna")
	idling.Escalation = &process.Escalation{Unknown: []string{"nobody"}}
	idle := b.Opened(p.ID, idling)
	future := b.late(4, new(soon), nil, nil, "anna")
	future.Escalation = &process.Escalation{To: b.Principals("boss")}
	b.Opened(p.ID, future)
	for _, id := range []uuid.UUID{joined, replaced, idle} {
		_, err := b.Tasks.Claim(b.As(anna), id)
		require.NoError(t, err)
	}
	b.honour()
	b.honour()
	require.Equal(t, []string{"decide  To boss, anna too.", "decide  To chief, in the place of anna.", "decide  Nobody can be asked: nobody goes by nobody."}, b.log("escalate"))
	require.Equal(t, []string{"escalated anna", "escalated boss", "escalated chief"}, b.mails())
	require.Equal(t, []string{"1 open ", "2 open ", "3 claimed anna", "4 open "}, b.Texts(
		"select work || ' ' || status || ' ' || coalesce(u.user_name, '') from process_tasks t left join users u on u.id = t.assignee_id order by work"))

	require.NoError(t, b.completes(boss, joined, task.Completion{Outcome: "yes"}), "whoever joined may decide")
	processtest.Refused(t, b.completes(anna, replaced, task.Completion{Outcome: "yes"}), fault.Denied, "for others")
	require.NoError(t, b.completes(chief, replaced, task.Completion{Outcome: "yes"}))
	require.NoError(t, b.completes(anna, idle, task.Completion{Outcome: "yes"}))
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna := b.User("starter"), b.User("anna")
	p := b.Started(starter, processtest.Sample{ID: "leave"})
	o := b.late(1, new(2*ago), new(2*ago), new(ago), "anna")
	o.ExpireFlow = "no"
	id := b.Opened(p.ID, o)
	won := b.Opened(p.ID, b.late(2, new(2*ago), nil, new(ago), "anna"))
	require.NoError(t, b.completes(anna, won, task.Completion{Outcome: "yes"}))
	b.honour()
	require.Equal(t, []string{"decide no Nobody decided in time."}, b.log("expired"))
	require.Empty(t, b.log("remind"), "what has expired is not reminded of")
	processtest.Refused(t, b.completes(anna, id, task.Completion{Outcome: "yes"}), fault.Conflict, "ran out", "Nobody decided in time")
	require.Equal(t, []string{"f"}, b.Texts("select substr(pending::text, 1, 1) from process_task_candidates where task_id = $1", id))
	decided, err := b.Ledger.Decided(t.Context(), p.ID, []uuid.UUID{id, won})
	require.NoError(t, err)
	require.Len(t, decided, 2)
	require.Equal(t, process.Decision{Task: id, Work: 1, Finished: true, Outcome: "no", Values: decided[0].Values}, decided[0])
	require.Equal(t, "yes", decided[1].Outcome, "whoever was first is right")
	require.Equal(t, []string{id.String()}, b.Texts("select payload ->> 'task' from outbox where kind = 'process.decide' and payload ->> 'task' = $1", id.String()))
	again, err := b.Ledger.Expire(t.Context(), p.ID, []int64{1}, "a timer")
	require.NoError(t, err)
	require.Equal(t, "no", again[0].Outcome, "a timer of the process comes too late")
}

// While the process engine is stopped no task is reminded of, escalated or expired; what is late is made up for.
func TestDeadlinesRestWithTheEngine(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter := b.User("starter")
	b.User("anna")
	b.addressed()
	p := b.Started(starter, processtest.Sample{ID: "leave"})
	o := b.late(1, new(ago), nil, new(ago), "anna")
	o.ExpireFlow = "no"
	b.Exec("update process_engine set stopped = true")
	b.Opened(p.ID, o)
	b.honour()
	require.Empty(t, b.log("expired"))
	next, err := b.tenant().NextNotice(t.Context())
	require.NoError(t, err)
	require.True(t, next.IsZero(), "nobody looks in vain")
	b.Exec("update process_engine set stopped = false")
	next, err = b.tenant().NextNotice(t.Context())
	require.NoError(t, err)
	require.True(t, next.Before(time.Now()))
	b.honour()
	require.Len(t, b.log("expired"), 1)
}

// An approval that expires is denied as far as nobody decided; what was approved before stays approved.
func TestApprovalsExpire(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		flow, outcome string
		first         bool // somebody approved a part of it before
	}{
		"denied": {"", "no", false}, "another way": {"yes", "yes", false}, "in part": {"", "yes", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			starter, anna := b.User("starter"), b.User("anna")
			p := b.Started(starter, processtest.Sample{ID: "ask", Approval: `<idm:approval mode="displayPending" approveFlow="yes" denyFlow="no"><idm:stage actors="*"/></idm:approval>`})
			expired := time.Now().Add(time.Hour)
			first := b.approval(1, []string{"anna"}, "one")
			second := b.approval(1, []string{"anna"}, "two")
			second.Part = 1
			later := b.Opening(1, "anna")
			later.Part, later.Stage = 1, 1
			openings := []process.Opening{first, second, later}
			for i := range openings {
				openings[i].Due, openings[i].Expire, openings[i].ExpireFlow = &expired, &expired, c.flow
			}
			require.NoError(t, b.Ledger.Open(t.Context(), p.ID, openings))
			if c.first {
				id := uuid.MustParse(b.Texts("select id::text from process_tasks where part = 0")[0])
				require.NoError(t, b.completes(anna, id, task.Completion{Outcome: task.ApproveAll}))
			}
			b.Exec("update process_tasks set due_at = clock_timestamp() - interval '1 second', expire_at = clock_timestamp() - interval '1 second'")
			b.honour()
			var grants []map[string]any
			ids := b.Texts("select id::text from process_tasks where finishes")
			require.Len(t, ids, 1, "one task finishes the node")
			decided, err := b.Ledger.Decided(t.Context(), p.ID, []uuid.UUID{uuid.MustParse(ids[0])})
			require.NoError(t, err)
			require.Equal(t, c.outcome, decided[0].Outcome)
			require.NoError(t, json.Unmarshal(decided[0].Values[process.LinesVariable], &grants))
			want := "denied"
			if c.first {
				want = "approved"
			}
			require.Equal(t, want, grants[0]["decision"])
			require.Equal(t, "denied", grants[1]["decision"])
			require.Empty(t, b.Texts("select id::text from process_tasks where status in ('waiting', 'open', 'claimed')"))
		})
	}
}

// Whoever completes a task at the moment at which it expires wins or is told so; never both, never neither.
func TestCompletionAgainstExpiry(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna := b.User("starter"), b.User("anna")
	p := b.Started(starter, processtest.Sample{ID: "leave"})
	won, lost := 0, 0
	for work := range int64(20) {
		o := b.late(work+1, new(ago), nil, new(ago), "anna")
		o.ExpireFlow = "no"
		id := b.Opened(p.ID, o)
		as := b.As(anna)
		var group sync.WaitGroup
		var completed error
		group.Go(func() { _, completed = b.Tasks.Complete(as, id, task.Completion{Outcome: "yes"}) })
		group.Go(func() {
			if err := b.tenant().HonourDeadlines(t.Context()); err != nil {
				t.Error(err)
			}
		})
		group.Wait()
		b.honour()
		decided, err := b.Ledger.Decided(t.Context(), p.ID, []uuid.UUID{id})
		require.NoError(t, err)
		require.Len(t, decided, 1)
		if completed == nil {
			won++
			require.Equal(t, "yes", decided[0].Outcome)
		} else {
			lost++
			processtest.Refused(t, completed, fault.Conflict, "ran out")
			require.Equal(t, "no", decided[0].Outcome)
		}
		require.Equal(t, []string{"1"}, b.Texts("select count(*)::text from outbox where kind = 'process.decide' and payload ->> 'task' = $1", id.String()))
	}
	t.Logf("people won %d times, the clock %d times", won, lost)
}
