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
	"provost/internal/task"
)

// linked opens a task, makes a link for somebody and gives both.
func (b *bench) linked(p uuid.UUID, o process.Opening, user uuid.UUID) (id uuid.UUID, hash []byte) {
	b.t.Helper()
	id = b.opened(p, o)
	return id, b.link(id, user)
}

func (b *bench) link(id, user uuid.UUID) []byte {
	b.t.Helper()
	mail := notice.Mail{ID: uuid.New(), TaskID: &id, UserID: &user}
	b.exec("insert into mails (id, key, kind, address) values ($1::uuid, $1::uuid::text, 'task', 'a@example.org')", mail.ID)
	_, hash := notice.NewToken()
	require.NoError(b.t, b.tenant().KeepToken(b.t.Context(), &mail, hash, time.Now().Add(time.Hour)))
	return hash
}

const shortcutMail = `<idm:mail subject="S" shortcut="true">It waits.</idm:mail>`

func TestLinkDecidesOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna := b.user("starter"), b.user("anna")
	p := b.started(starter, sample{id: "leave", approval: shortcutMail})
	id, hash := b.linked(p.ID, b.opening(1, "anna"), anna)
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
	refused(t, err, fault.Invalid, "Approve, Refuse")
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
	require.Equal(t, []string{"no by mail anna"}, b.texts("select outcome || ' ' || comment || ' ' || closed_by from process_tasks where id = $1", id))
	require.Equal(t, []string{"shortcut anna", "complete anna"}, b.texts("select kind || ' ' || actor from process_log where kind in ('shortcut', 'complete') order by id"))
	require.Equal(t, []string{"anna complete"}, b.texts("select actor || ' ' || action from audit_entries where object_id = $1", id))
	sheet, err := b.Tasks.LookByShortcut(t.Context(), hash)
	require.NoError(t, err)
	require.Equal(t, task.RefusedUsed, sheet.Refusal)
	require.Empty(t, sheet.Title, "a link that does not decide tells nothing of its task")
}

func TestLinkThatDoesNotDecide(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, bert := b.user("starter"), b.user("anna"), b.user("bert")
	boss := b.user("boss")
	p := b.started(starter, sample{id: "leave", managers: "boss", approval: shortcutMail})
	plain := b.started(starter, sample{id: "plain"})
	demanding := b.started(starter, sample{
		id: "demanding", approval: shortcutMail, attributes: `<idm:attribute name="days" label="Days" type="number"/>`,
		taskForm: `<idm:form><idm:field name="days" required="true"/></idm:form>`,
	})
	grants := b.started(starter, sample{id: "grants", approval: approvalWithMail})
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
			_, err := b.Tasks.Delegate(b.as(anna), id, "bert", "")
			require.NoError(t, err)
		}, task.RefusedClaimed},
		"completed": {p, anna, func(id uuid.UUID, _ []byte) {
			require.NoError(t, b.completes(anna, id, task.Completion{Outcome: "yes"}))
		}, "completed"},
		"taken back": {p, anna, func(uuid.UUID, []byte) {
			_, err := b.ledger.Expire(t.Context(), p.ID, []int64{work}, "A timer.")
			require.NoError(t, err)
		}, "expired"},
		"over time": {p, anna, func(_ uuid.UUID, hash []byte) {
			b.exec("update mail_tokens set expires_at = now() where hash = $1", hash)
		}, task.RefusedOver},
		"disabled": {p, b.user("gone"), func(uuid.UUID, []byte) { b.exec("update users set active = false where user_name = 'gone'") }, task.RefusedPerson},
		"not asked any more": {p, anna, func(id uuid.UUID, _ []byte) {
			b.exec("delete from process_task_candidates where task_id = $1", id)
		}, task.RefusedPerson},
	} {
		work++
		o := b.opening(work, "anna", "starter")
		if name == "disabled" {
			o = b.opening(work, "gone")
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
	starter, anna, bert := b.user("starter"), b.user("anna"), b.user("bert")
	p := b.started(starter, sample{id: "grants", approval: approvalWithMail})
	require.NoError(t, b.ledger.Open(t.Context(), p.ID, []process.Opening{b.approval(1, []string{"anna", "bert"}, "one")}))
	for i, user := range []uuid.UUID{anna, bert} {
		id := uuid.MustParse(b.texts("select t.id::text from process_tasks t join process_task_candidates c on c.task_id = t.id where c.principal_id = $1", user)[0])
		sheet, err := b.Tasks.DecideByShortcut(t.Context(), b.link(id, user), task.ApproveAll, "")
		require.NoError(t, err)
		require.Empty(t, sheet.Refusal)
		want := ""
		if i == 1 {
			want = "approved"
		}
		require.Equal(t, []string{want}, b.texts("select decision from process_lines"))
	}
}

func TestPeopleAreToldOfTheirTasks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna := b.user("starter"), b.user("anna")
	b.user("bert")
	b.user("silent")
	b.addressed()
	b.exec("update users set email = '' where user_name = 'silent'")
	b.group("sales", "world")
	b.member("anna", "sales")
	b.member("bert", "sales")
	p := b.started(starter, sample{id: "leave"})
	b.opened(p.ID, b.opening(1, "sales"))
	require.Empty(t, b.mails(), "without a mail server nobody is told unless a definition asks for it")

	written := b.opening(2, "sales", "anna")
	written.Letter, written.Copies = &process.Letter{Subject: "S", Text: "T"}, []string{"desk@example.org"}
	b.opened(p.ID, written)
	require.Equal(t, []string{"copy desk@example.org", "task anna", "task bert"}, b.mails(), "each person once")
	b.exec("delete from mails")

	b.exec("insert into parameters (id, name, value) values (gen_random_uuid(), 'mail.host', '127.0.0.1')")
	id := b.opened(p.ID, b.opening(3, "anna"))
	_, err := b.Tasks.Delegate(b.as(anna), id, "bert", "You know it better.")
	require.NoError(t, err)
	bert := uuid.MustParse(b.texts("select id::text from users where user_name = 'bert'")[0])
	_, err = b.Tasks.Release(b.as(bert), id)
	require.NoError(t, err)
	require.Equal(t, []string{"delegated bert", "returned anna", "task anna"}, b.mails())
	require.Equal(t, []string{"anna You know it better."}, b.texts("select facts ->> 'by' || ' ' || (facts ->> 'comment') from mails where kind = 'delegated'"))
	b.opened(p.ID, b.opening(4, "*"))
	b.opened(p.ID, b.opening(5, "silent"))
	require.Len(t, b.log("notice"), 2, "the log says that nobody was told")
	b.exec("insert into parameters (id, name, value) values (gen_random_uuid(), 'provost.mail.notices', 'false')")
	b.exec("delete from mails")
	b.opened(p.ID, b.opening(6, "anna"))
	require.Empty(t, b.mails(), "switched off")
}
