package acceptance

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/task"
)

// approval is a process in which bob decides, by one step after the other.
func approval(code string, steps ...string) []byte {
	body, pairs := `<startEvent id="start"/><endEvent id="end"/>`, []string{"start>" + steps[0]}
	for i, step := range steps {
		body += fmt.Sprintf(`<userTask id="%s" name="%s"><extensionElements><idm:assignment expression="bob"/></extensionElements></userTask>`, step, step)
		next := "end"
		if i+1 < len(steps) {
			next = steps[i+1]
		}
		pairs = append(pairs, step+">"+next)
	}
	return definition(code, body+flows(pairs...))
}

// A definition is replaced while many processes run: they end as they began, but for those that somebody puts on the new version.
func TestDefinitionIsReplacedUnderWay(t *testing.T) {
	t.Parallel()
	const running, moved, fresh = 50, 10, 5
	w := begin(t, "auto")
	w.publish(approval("leave", "approve"))
	ada, bob := w.person("ada"), w.person("bob")
	var old []uuid.UUID
	for range running {
		old = append(old, w.begins(ada, "leave", nil).ID)
	}
	w.waits(bob, "approve", running)
	w.publish(approval("leave", "consent", "review"))
	for range fresh {
		w.begins(ada, "leave", nil)
	}
	w.waits(bob, "consent", fresh)
	require.Equal(t, fmt.Sprintf("1: %d, 2: %d", running, fresh), w.versions())

	plan := process.Migration{
		From: uuid.MustParse(w.value("select id::text from process_versions where number = 1")), To: uuid.MustParse(w.value("select id::text from process_versions where number = 2")),
		Processes: old[:1],
	}
	w.refusesToMove(plan)
	tasks := w.value("select string_agg(id::text, ',' order by id) from process_tasks where process_id = any($1)", old[:moved])
	plan.Elements, plan.Reason = map[string]string{"approve": "consent"}, "the new rules hold for them"
	for _, do := range w.migrations() {
		require.Equal(t, "0", w.value("select count(*)::text from process_log where kind = 'migrate'"), "a review changes nothing")
		for _, id := range old[:moved] {
			plan.Processes = []uuid.UUID{id}
			_, err := do(w.as(w.administrator()), plan)
			require.NoError(t, err)
		}
	}
	w.waits(bob, "consent", fresh+moved)
	require.Equal(t, fmt.Sprintf("1: %d, 2: %d", running-moved, fresh+moved), w.versions())
	require.Equal(t, tasks, w.value("select string_agg(id::text, ',' order by id) from process_tasks where process_id = any($1)", old[:moved]), "the same tasks")

	w.decidesAll(bob, "approve", running-moved)
	w.decidesAll(bob, "consent", fresh+moved)
	w.waits(bob, "review", fresh+moved)
	w.decidesAll(bob, "review", fresh+moved)
	w.eventually("all end", func() bool {
		return w.value("select count(*)::text from processes where status = 'completed'") == fmt.Sprint(running+fresh)
	})
	require.Equal(t, "0", w.value(`select count(*)::text from process_log l join processes p on p.id = l.process_id join process_versions v on v.id = p.version_id
		where l.element = 'review' and v.number = 1`), "what stayed ended by its own version")
	require.Equal(t, "0", w.value("select count(*)::text from process_incidents"))
}

// migrations are the ways to ask for a migration: to have it reviewed, and done.
func (w *world) migrations() []func(context.Context, process.Migration) (process.MigrationReview, error) {
	return []func(context.Context, process.Migration) (process.MigrationReview, error){w.Platform.Operations.ReviewMigration, w.Platform.Operations.Migrate}
}

// refusesToMove asks for migrations that leave the place of the process open: each is refused with what is missing, and nothing changes.
func (w *world) refusesToMove(plan process.Migration) {
	w.t.Helper()
	id := plan.Processes[0]
	facts := func() string {
		return w.value(`select concat_ws(' ', p.version_id, p.status, p.places, p.variables, p.seq, t.id, t.status, t.element, t.version,
			(select count(*) from process_log where process_id = p.id), (select count(*) from audit_entries where object_id = p.id))
			from processes p join process_tasks t on t.process_id = p.id where p.id = $1`, id)
	}
	before := facts()
	for _, elements := range []map[string]string{nil, {"approve": "start"}, {"approve": "gone"}, {"other": "consent"}} {
		plan.Elements, plan.Reason = elements, "a plan with a gap"
		for _, do := range w.migrations() {
			review, err := do(w.as(w.administrator()), plan)
			if err == nil {
				err = review.Refusal()
			}
			require.True(w.t, fault.Is(err, fault.Invalid), "%v", err)
			require.ErrorContains(w.t, err, "1 of 1 processes have no place in the other version: approve")
		}
	}
	for _, do := range w.migrations() {
		_, err := do(w.as(w.user("ada")), plan)
		require.ErrorIs(w.t, err, authz.ErrDenied)
	}
	require.Equal(w.t, before, facts(), "nothing is half applied")
}

// versions counts the processes of each version.
func (w *world) versions() string {
	w.t.Helper()
	return w.value(`select string_agg(number || ': ' || count, ', ' order by number) from
		(select v.number, count(*) from processes p join process_versions v on v.id = p.version_id group by v.number) c`)
}

// inbox gives what somebody has to do at an element.
func (w *world) inbox(of identity.User, element string) []task.Task {
	w.t.Helper()
	page, err := w.Platform.Tasks.List(w.as(of), task.Inbox, query.List{Filter: fmt.Sprintf("element eq %q", element), Size: 200})
	require.NoError(w.t, err)
	return page.Items
}

func (w *world) waits(of identity.User, element string, count int) {
	w.t.Helper()
	w.eventually(fmt.Sprintf("%d tasks at %s", count, element), func() bool { return len(w.inbox(of, element)) == count })
}

func (w *world) decidesAll(by identity.User, element string, count int) {
	w.t.Helper()
	found := w.inbox(by, element)
	require.Len(w.t, found, count)
	ctx := w.as(by)
	for _, one := range found {
		_, err := w.Platform.Tasks.Complete(ctx, one.ID, task.Completion{})
		require.NoError(w.t, err)
	}
}
