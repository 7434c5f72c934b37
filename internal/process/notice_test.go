package process_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/notice"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/store"
	"provost/internal/task"
)

func (b *bench) tenant() *store.Tenant { return b.Ledger.(*store.Ledger).Tenant }

// mailed gives sample people addresses, and the installation a mail server.
func (b *bench) mailed() {
	b.T.Helper()
	b.Exec("update users set email = user_name || '@example.org' where first_name = 'Sample'")
	b.Exec("insert into parameters (id, name, value) values (gen_random_uuid(), 'mail.host', '127.0.0.1')")
}

func (b *bench) mails() []string {
	b.T.Helper()
	return b.Texts("select kind || ' ' || address || ' ' || facts from mails order by 1")
}

func (b *bench) finish(p uuid.UUID, seq int64, status bpm.Status) {
	b.T.Helper()
	e := entry(p, seq)
	e.Status, e.Finish = status, &bpm.Finish{Status: status}
	require.NoError(b.T, b.Ledger.Record(b.T.Context(), e))
	require.NoError(b.T, b.Ledger.Record(b.T.Context(), e), "a step is recorded once")
}

// Whoever asked for something reads the end when somebody else had to do with it, or it did not end well; nobody else does, and once.
func TestRequestersReadTheEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status bpm.Status
		by     string // who decides; nobody when empty
		child  bool
		told   bool
	}{
		"decided by another": {bpm.Completed, "bert", false, true},
		"decided by oneself": {bpm.Completed, "anna", false, false},
		"nobody asked":       {bpm.Completed, "", false, false},
		"cancelled":          {bpm.Withdrawn, "", false, true},
		"failed":             {bpm.Broken, "", false, true},
		"called process":     {bpm.Withdrawn, "", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			people := map[string]uuid.UUID{"anna": b.User("anna"), "bert": b.User("bert")}
			p := b.Started(people["anna"], processtest.Sample{ID: "leave"})
			if c.by != "" {
				id := b.Opened(p.ID, b.Opening(1, c.by))
				_, err := b.Tasks.Complete(b.As(people[c.by]), id, task.Completion{Outcome: "yes"})
				require.NoError(t, err)
			}
			if c.child {
				parent := b.Started(people["bert"], processtest.Sample{ID: "parent"})
				b.Exec("update processes set parent_id = $1, parent_work = 1 where id = $2", parent.ID, p.ID)
			}
			b.mailed()
			b.finish(p.ID, 1, c.status)
			want := []string{}
			if c.told {
				want = append(want, "outcome anna@example.org {}")
			}
			require.Equal(t, want, b.mails())
		})
	}
}

func TestOperatorsReadOfIncidents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.Started(b.User("anna"), processtest.Sample{ID: "leave"})
	b.User("ops")
	b.mailed()
	b.Exec("insert into parameters (id, name, value) values (gen_random_uuid(), 'soffid.bpm.error.notify', 'OPS; desk@example.org,ops@example.org nobody')")
	e := entry(p.ID, 1)
	e.Traces = []bpm.Trace{{Node: "apply", Name: "Apply it", Enter: true}}
	e.Incidents = []bpm.Alarm{{Incident: 4, Node: "apply", Fault: bpm.Fault{Code: "refused", Message: "No such role."}}}
	require.NoError(t, b.Ledger.Record(t.Context(), e))
	require.NoError(t, b.Ledger.Record(t.Context(), e))
	facts := `{"step": "Apply it", "message": "No such role."}`
	require.Equal(t, []string{"incident desk@example.org " + facts, "incident ops@example.org " + facts}, b.mails(), "each address once")
}

// A mail is claimed by one, and again after a pause when it was not sent; what cannot be sent stands in the log.
func TestMailsAreClaimedOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.Started(b.User("anna"), processtest.Sample{ID: "leave"})
	for _, name := range []string{"one", "two", "three", "four"} {
		b.User(name)
	}
	b.mailed()
	b.Opened(p.ID, b.Opening(1, "one", "two", "three", "four"))
	var mu sync.Mutex
	var group sync.WaitGroup
	claimed := map[string]notice.Mail{}
	for range 4 {
		group.Go(func() {
			mails, err := b.tenant().ClaimMails(t.Context(), 3)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, m := range mails {
				if _, twice := claimed[m.Address]; twice {
					t.Errorf("%s was claimed twice", m.Address)
				}
				claimed[m.Address] = m
			}
		})
	}
	group.Wait()
	require.Len(t, claimed, 4)
	one := claimed["one@example.org"]
	require.Equal(t, []any{notice.Task, "Decide about it", "open", "Sample request", p.Number, "Sample Anna", "Sample One", 1}, []any{
		one.Kind, one.Title, one.TaskStatus, one.Process, one.Number, one.Initiator, one.FullName, one.Attempts,
	})
	require.NoError(t, b.tenant().EndMails(t.Context(), []notice.Result{
		{ID: one.ID, State: notice.Sent},
		{ID: claimed["two@example.org"].ID, State: notice.Failed, Message: "No such mailbox.", Told: true},
		{ID: claimed["three@example.org"].ID, State: notice.Failed, Message: "No such mailbox.", Told: true},
		{ID: claimed["four@example.org"].ID, State: notice.Waiting, Message: "Later.", Told: true},
	}))
	require.Equal(t, []string{"four waiting Later.", "one sent ", "three failed No such mailbox.", "two failed No such mailbox."},
		b.Texts("select split_part(address, '@', 1) || ' ' || status || ' ' || message from mails order by address"))
	require.Equal(t, []string{"decide Later. (four)", "decide No such mailbox. (three, two)"}, sorted(b.Texts("select element || ' ' || text from process_log where kind = 'notice'")))
	next, err := b.tenant().NextNotice(t.Context())
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(5*time.Minute), next, time.Minute)

	b.Exec("update mails set due_at = now() where status = 'waiting'")
	again, err := b.tenant().ClaimMails(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, again, 1)
	require.Equal(t, 2, again[0].Attempts)
	next, err = b.tenant().NextNotice(t.Context())
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(20*time.Minute), next, time.Minute, "the pause grows")

	b.Exec("update mails set ended_at = now() - interval '31 days' where status <> 'waiting'")
	require.NoError(t, b.tenant().Purge(t.Context()))
	require.Len(t, b.mails(), 1)
	b.Exec("update mails set due_at = now() - interval '1 hour'")
	b.Exec("delete from outbox")
	_, err = b.tenant().Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"notices"}, b.Texts("select kind from outbox where kind = 'notices'"), "a mail that is late wakes the workflow")
}

func sorted(list []string) []string {
	if len(list) == 2 && list[1] < list[0] {
		list[0], list[1] = list[1], list[0]
	}
	return list
}

// A second stage tells its people when it begins, and not before.
func TestStagesTellTheirPeople(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna := b.User("starter"), b.User("anna")
	b.User("bert")
	p := b.Started(starter, processtest.Sample{ID: "leave", Approval: `<idm:approval mode="displayPending" approveFlow="yes" denyFlow="no"><idm:stage actors="*"/></idm:approval>`})
	b.mailed()
	first, second := b.Opening(1, "anna"), b.Opening(1, "bert")
	first.Lines = []process.Line{{Key: "1", Title: "cashier"}}
	second.Stage = 1
	require.NoError(t, b.Ledger.Open(t.Context(), p.ID, []process.Opening{first, second}))
	require.Equal(t, []string{"task anna@example.org {}"}, b.mails())
	id := uuid.MustParse(b.Texts("select id::text from process_tasks where stage = 0")[0])
	_, err := b.Tasks.Complete(b.As(anna), id, task.Completion{Outcome: task.ApproveAll})
	require.NoError(t, err)
	require.Equal(t, []string{"task anna@example.org {}", "task bert@example.org {}"}, b.mails())
}
