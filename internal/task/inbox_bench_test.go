package task_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/identity"
	"provost/internal/process/processtest"
	"provost/internal/query"
	"provost/internal/task"
)

// many makes a million open tasks, each for one of 5 000 groups, and puts somebody into 200 of them: 40 000 tasks are theirs.
func (b *bench) many(by string) {
	b.Exec(`insert into groups (id, name) select gen_random_uuid(), 'bench ' || n from generate_series(1, 5000) n`)
	b.Exec(`insert into group_memberships (id, user_id, group_id)
		select gen_random_uuid(), u.id, g.id from users u, (select id from groups where name like 'bench %' order by name limit 200) g where u.user_name = $1`, by)
	b.Exec(`insert into process_tasks (id, process_id, work, element, name, title, status)
		select (lpad(to_hex(n), 12, '0') || substr(md5(n::text), 1, 20))::uuid, p.id, n, 'decide', 'Decide', 'Task ' || n, 'open'
		from processes p, generate_series(1, 1000000) n`)
	b.Exec(`insert into process_task_candidates (task_id, kind, principal_id, name)
		select t.id, 'group', g.id, g.name from process_tasks t
		join (select id, name, row_number() over (order by id) as place from groups where name like 'bench %') g on g.place = t.work % 5000 + 1`)
	b.Exec("analyze")
}

// The first page of an inbox, and its count, are quick for somebody in 200 groups among a million open tasks. PROVOST_BENCH=1 runs it: it takes
// minutes to make the rows.
func TestInboxAmongAMillionTasks(t *testing.T) {
	t.Parallel()
	if os.Getenv("PROVOST_BENCH") == "" {
		t.Skip("set PROVOST_BENCH=1 to make a million tasks")
	}
	b := setup(t)
	anna := b.User("anna")
	b.Started(identity.Administrator, processtest.Sample{ID: "leave"})
	b.many("anna")
	b.Exec("vacuum analyze process_task_candidates")
	ctx := b.As(anna)
	measure := func(what string, limit time.Duration, do func()) {
		do() // warm
		start := time.Now()
		do()
		took := time.Since(start)
		t.Logf("%s: %s", what, took)
		require.Less(t, took, limit, what)
	}
	measure("first page with its total", 500*time.Millisecond, func() {
		page, err := b.Tasks.List(ctx, task.Inbox, query.List{})
		require.NoError(t, err)
		require.Equal(t, 40_000, page.Total)
		require.Len(t, page.Items, 50)
	})
	measure("counts", 300*time.Millisecond, func() {
		counts, err := b.Tasks.Counts(ctx)
		require.NoError(t, err)
		require.EqualValues(t, 40_000, counts.Available)
	})
	measure("filtered and sorted", 3*time.Second, func() {
		page, err := b.Tasks.List(ctx, task.Inbox, query.List{Filter: `title sw "Task 12"`, Sort: "title"})
		require.NoError(t, err)
		require.Positive(t, page.Total)
	})
	plan := strings.Join(b.Texts(`explain (analyze, costs off) select y.task_id as id from unnest(array(select hats_of($1))) h
		cross join lateral (select c.task_id from process_task_candidates c where c.pending and c.hat = h order by c.task_id desc limit 50) y`, anna), "\n")
	t.Log(plan)
	require.Contains(t, plan, "Index Only Scan")
	require.Contains(t, plan, "process_task_candidates_inbox_idx")
}
