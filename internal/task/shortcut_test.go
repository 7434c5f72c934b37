package task_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/notice"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/task"
)

// linked opens a task, makes a link for somebody and gives both.
func (b *bench) linked(p uuid.UUID, o process.Opening, user uuid.UUID) (id uuid.UUID, hash []byte) {
	b.T.Helper()
	id = b.Opened(p, o)
	return id, b.link(id, user)
}

func (b *bench) link(id, user uuid.UUID) []byte {
	b.T.Helper()
	mail := notice.Mail{ID: uuid.New(), TaskID: &id, UserID: &user}
	b.Exec("insert into mails (id, key, kind, address) values ($1::uuid, $1::uuid::text, 'task', 'a@example.org')", mail.ID)
	_, hash := notice.NewToken()
	require.NoError(b.T, b.tenant().KeepToken(b.T.Context(), &mail, hash, time.Now().Add(time.Hour)))
	return hash
}

const shortcutMail = `<idm:mail subject="S" shortcut="true">It waits.</idm:mail>`

func TestLinkDecidesOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna := b.User("starter"), b.User("anna")
	p := b.Started(starter, processtest.Sample{ID: "leave", Approval: shortcutMail})
	id, hash := b.linked(p.ID, b.Opening(1, "anna"), anna)
	before := b.state()
	for range 3 {
		sheet, err := b.Tasks.LookByShortcut(t.Context(), hash)
		require.NoError(t, err)
		require.Empty(t, sheet.Refusal)
		require.Equal(t, "Decide about it", sheet.Title)
		require.Equal(t, []bpm.Decision{{Flow: "yes", Name: "Approve"}, {Flow: "no", Name: "Refuse"}}, sheet.Ways())
	}
	require.Equal(t, before, b.state(), "looking changes nothing")
	_, err := b.Tasks.DecideByShortcut(t.Context(), hash, "f1", "")
	processtest.Refused(t, err, fault.Invalid, "Approve, Refuse")
	require.Equal(t, before, b.state(), "what is refused changes nothing, and the link still decides")

	var group sync.WaitGroup
	refusals := make([]task.Refusal, 4)
	for i := range refusals {
		group.Go(func() {
			sheet, err := b.Tasks.DecideByShortcut(t.Context(), hash, "no", " by mail ")
			if err != nil {
				t.Error(err)
			}
			refusals[i] = sheet.Refusal
		})
	}
	group.Wait()
	slices.Sort(refusals)
	require.Empty(t, refusals[0])
	for _, refusal := range refusals[1:] {
		require.Contains(t, []task.Refusal{task.RefusedUsed, "completed"}, refusal, "one wins; the others see the link used, or the task done")
	}
	require.Equal(t, []string{"no by mail anna"}, b.Texts("select outcome || ' ' || comment || ' ' || closed_by from process_tasks where id = $1", id))
	require.Equal(t, []string{"shortcut anna", "complete anna"}, b.Texts("select kind || ' ' || actor from process_log where kind in ('shortcut', 'complete') order by id"))
	require.Equal(t, []string{"anna complete"}, b.Texts("select actor || ' ' || action from audit_entries where object_id = $1", id))
	sheet, err := b.Tasks.LookByShortcut(t.Context(), hash)
	require.NoError(t, err)
	require.Equal(t, task.RefusedUsed, sheet.Refusal)
	require.Empty(t, sheet.Title, "a link that does not decide tells nothing of its task")
}

func TestLinkThatDoesNotDecide(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, bert := b.User("starter"), b.User("anna"), b.User("bert")
	boss := b.User("boss")
	p := b.Started(starter, processtest.Sample{ID: "leave", Managers: "boss", Approval: shortcutMail})
	plain := b.Started(starter, processtest.Sample{ID: "plain"})
	demanding := b.Started(starter, processtest.Sample{
		ID: "demanding", Approval: shortcutMail, Attributes: `<idm:attribute name="days" label="Days" type="number"/>`,
		TaskForm: `<idm:form><idm:field name="days" required="true"/></idm:form>`,
	})
	grants := b.Started(starter, processtest.Sample{ID: "grants", Approval: approvalWithMail})
	work := int64(0)
	for name, c := range map[string]struct {
		of      process.Process
		user    uuid.UUID
		prepare func(id uuid.UUID, hash []byte)
		want    task.Refusal
	}{
		"another person's task": {p, bert, nil, task.RefusedPerson},
		"a manager's":           {p, boss, nil, task.RefusedPerson},
		"no link in the mail":   {plain, anna, nil, task.RefusedOff},
		"a form":                {demanding, anna, nil, task.RefusedForm},
		"own request":           {grants, starter, nil, task.RefusedSelf},
		"taken by another": {p, anna, func(id uuid.UUID, _ []byte) {
			_, err := b.Tasks.Delegate(b.As(anna), id, "bert", "")
			require.NoError(t, err)
		}, task.RefusedClaimed},
		"completed": {p, anna, func(id uuid.UUID, _ []byte) {
			require.NoError(t, b.completes(anna, id, task.Completion{Outcome: "yes"}))
		}, "completed"},
		"taken back": {p, anna, func(uuid.UUID, []byte) {
			_, err := b.Ledger.Expire(t.Context(), p.ID, []int64{work}, "A timer.")
			require.NoError(t, err)
		}, "expired"},
		"over time": {p, anna, func(_ uuid.UUID, hash []byte) {
			b.Exec("update mail_tokens set expires_at = now() where hash = $1", hash)
		}, task.RefusedOver},
		"disabled": {p, b.User("gone"), func(uuid.UUID, []byte) { b.Exec("update users set active = false where user_name = 'gone'") }, task.RefusedPerson},
		"not asked any more": {p, anna, func(id uuid.UUID, _ []byte) {
			b.Exec("delete from process_task_candidates where task_id = $1", id)
		}, task.RefusedPerson},
	} {
		work++
		o := b.Opening(work, "anna", "starter")
		if name == "disabled" {
			o = b.Opening(work, "gone")
		}
		if name == "own request" {
			o = b.approval(work, []string{"starter"}, "one")
		}
		id, hash := b.linked(c.of.ID, o, c.user)
		if c.prepare != nil {
			c.prepare(id, hash)
		}
		before := b.state()
		for what, does := range map[string]func() (task.Sheet, error){
			"look":   func() (task.Sheet, error) { return b.Tasks.LookByShortcut(t.Context(), hash) },
			"decide": func() (task.Sheet, error) { return b.Tasks.DecideByShortcut(t.Context(), hash, "yes", "") },
		} {
			sheet, err := does()
			require.NoError(t, err, name)
			require.Equal(t, c.want, sheet.Refusal, "%s: %s", name, what)
			require.Empty(t, sheet.Title, name)
		}
		require.Equal(t, before, b.state(), name)
	}
	sheet, err := b.Tasks.DecideByShortcut(t.Context(), make([]byte, 32), "yes", "")
	require.NoError(t, err)
	require.Equal(t, task.RefusedUnknown, sheet.Refusal)
}

const approvalWithMail = `<idm:approval mode="displayPending" quorum="all" approveFlow="yes" denyFlow="no"/>` + shortcutMail

// The quorum counts a decision by a link as every other; whoever decided by a link does not decide again.
func TestLinkCountsForTheQuorum(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, bert := b.User("starter"), b.User("anna"), b.User("bert")
	p := b.Started(starter, processtest.Sample{ID: "grants", Approval: approvalWithMail})
	require.NoError(t, b.Ledger.Open(t.Context(), p.ID, []process.Opening{b.approval(1, []string{"anna", "bert"}, "one")}))
	for i, user := range []uuid.UUID{anna, bert} {
		id := uuid.MustParse(b.Texts("select t.id::text from process_tasks t join process_task_candidates c on c.task_id = t.id where c.principal_id = $1", user)[0])
		sheet, err := b.Tasks.DecideByShortcut(t.Context(), b.link(id, user), task.ApproveAll, "")
		require.NoError(t, err)
		require.Empty(t, sheet.Refusal)
		want := ""
		if i == 1 {
			want = "approved"
		}
		require.Equal(t, []string{want}, b.Texts("select decision from process_lines"))
	}
}

func TestPeopleAreToldOfTheirTasks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna := b.User("starter"), b.User("anna")
	b.User("bert")
	b.User("silent")
	b.addressed()
	b.Exec("update users set email = '' where user_name = 'silent'")
	b.Group("sales", "world")
	b.Member("anna", "sales")
	b.Member("bert", "sales")
	p := b.Started(starter, processtest.Sample{ID: "leave"})
	b.Opened(p.ID, b.Opening(1, "sales"))
	require.Empty(t, b.mails(), "without a mail server nobody is told unless a definition asks for it")

	written := b.Opening(2, "sales", "anna")
	written.Letter, written.Copies = &process.Letter{Subject: "S", Text: "T"}, []string{"desk@example.org"}
	b.Opened(p.ID, written)
	require.Equal(t, []string{"copy desk@example.org", "task anna", "task bert"}, b.mails(), "each person once")
	b.Exec("delete from mails")

	b.Exec("insert into parameters (id, name, value) values (gen_random_uuid(), 'mail.host', '127.0.0.1')")
	id := b.Opened(p.ID, b.Opening(3, "anna"))
	_, err := b.Tasks.Delegate(b.As(anna), id, "bert", "You know it better.")
	require.NoError(t, err)
	bert := uuid.MustParse(b.Texts("select id::text from users where user_name = 'bert'")[0])
	_, err = b.Tasks.Release(b.As(bert), id)
	require.NoError(t, err)
	require.Equal(t, []string{"delegated bert", "returned anna", "task anna"}, b.mails())
	require.Equal(t, []string{"anna You know it better."}, b.Texts("select facts ->> 'by' || ' ' || (facts ->> 'comment') from mails where kind = 'delegated'"))
	b.Opened(p.ID, b.Opening(4, "*"))
	b.Opened(p.ID, b.Opening(5, "silent"))
	require.Len(t, b.log("notice"), 2, "the log says that nobody was told")
	b.Exec("insert into parameters (id, name, value) values (gen_random_uuid(), 'provost.mail.notices', 'false')")
	b.Exec("delete from mails")
	b.Opened(p.ID, b.Opening(6, "anna"))
	require.Empty(t, b.mails(), "switched off")
}
