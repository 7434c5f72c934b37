package store_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/identity"
	"provost/internal/monitor"
	"provost/internal/query"
	"provost/internal/store"
	"provost/internal/synctask"
	"provost/internal/testenv"
)

// monitored gives the store behind monitoring on a database of its own, and a connection that looks past it.
func monitored(tb testing.TB) (*store.Monitor, *pgx.Conn) {
	tb.Helper()
	fingerprint, err := store.Fingerprint()
	require.NoError(tb, err)
	migrate := func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master") }
	url := testenv.Database(tb, migrate, "store/"+fingerprint)
	database, err := store.Open(tb.Context(), url, 2)
	require.NoError(tb, err)
	tb.Cleanup(database.Close)
	raw, err := pgx.Connect(tb.Context(), url)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, raw.Close(context.WithoutCancel(tb.Context()))) })
	_, err = raw.Exec(tb.Context(), "set search_path = t_master, provost")
	require.NoError(tb, err)
	return database.Tenant("master").Monitor(), raw
}

func run(tb testing.TB, raw *pgx.Conn, sql string, args ...any) {
	tb.Helper()
	_, err := raw.Exec(tb.Context(), sql, args...)
	require.NoError(tb, err)
}

// landscape makes a group with a user in it, one beside it, an account of each, roles in two applications, and a held task for all of them.
const landscape = `
with g as (insert into groups (id, name, parent_id) values (gen_random_uuid(), 'inside', '00000000-0000-7000-8000-000000000010') returning id),
u as (insert into users (id, user_name, first_name, last_name, full_name, user_type_id, primary_group_id)
      select gen_random_uuid(), x.name, 'Sample', x.name, lower(x.name), ut.id, case when x.name = 'inner' then g.id else w.id end
      from (values ('inner'), ('outer')) x (name), g, (select id from user_types where name = 'I') ut, (select id from groups where name = 'world') w
      returning id, user_name),
s as (insert into systems (id, key, name, connector) values (gen_random_uuid(), 'sample', 'Sample', 'csv') returning id),
a as (insert into accounts (id, system_id, name, type, user_type_id, user_id)
      select gen_random_uuid(), s.id, u.user_name || ' account', 'single', ut.id, u.id
      from u, s, (select id from user_types where name = 'I') ut returning id, name),
i as (insert into information_systems (id, name) values (gen_random_uuid(), 'inner application'), (gen_random_uuid(), 'outer application') returning id, name),
r as (insert into roles (id, name, system_id, information_system_id) select gen_random_uuid(), i.name || ' role', s.id, i.id from i, s returning id, name)
insert into sync_tasks (id, object_type, object_id, object_name, status, source, source_id)
select gen_random_uuid(), o.kind, o.id, o.name, 'held', 'rule', '00000000-0000-0000-0000-0000000000aa'
from (select 'user' as kind, id, user_name as name from u union all select 'account', id, name from a union all select 'group', id, 'inside' from g
      union all select 'role', id, name from r union all select 'group', '00000000-0000-7000-8000-000000000010', 'world') o`

func TestTasksWithinALimit(t *testing.T) {
	t.Parallel()
	m, raw := monitored(t)
	run(t, raw, landscape)
	var group, application uuid.UUID
	require.NoError(t, raw.QueryRow(t.Context(), "select id from groups where name = 'inside'").Scan(&group))
	require.NoError(t, raw.QueryRow(t.Context(), "select id from information_systems where name = 'inner application'").Scan(&application))

	for name, test := range map[string]struct {
		scope authz.Scope
		seen  []string
	}{
		"everything":     {authz.Scope{All: true}, []string{"inner", "inner account", "inner application role", "inside", "outer", "outer account", "outer application role", "world"}},
		"a group":        {authz.Scope{Groups: []uuid.UUID{group}}, []string{"inner", "inner account", "inside"}},
		"an application": {authz.Scope{InformationSystems: []uuid.UUID{application}}, []string{"inner application role"}},
		"nothing":        {authz.Scope{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := m.ListTasks(t.Context(), test.scope, query.List{Sort: "objectName"})
			require.NoError(t, err)
			var seen []string
			for _, task := range page.Items {
				seen = append(seen, task.ObjectName)
			}
			require.Equal(t, test.seen, seen)
			require.Equal(t, len(test.seen), page.Total, "what is counted is what may be seen")
			held, err := m.HeldSources(t.Context(), test.scope)
			require.NoError(t, err)
			if len(test.seen) == 0 {
				require.Empty(t, held)
			} else {
				require.EqualValues(t, len(test.seen), held[0].Tasks)
			}
			locked, err := m.LockTasks(t.Context(), test.scope, monitor.Selection{AllHeld: true}, []string{synctask.Held})
			require.NoError(t, err)
			require.Len(t, locked, len(test.seen), "nobody steers what they may not see")
		})
	}
	require.NotEqual(t, identity.World, group)
}

func TestNoticesNameTheSchemaTheTopicAndTheObject(t *testing.T) {
	t.Parallel()
	_, raw := monitored(t)
	run(t, raw, "listen provost_events")
	run(t, raw, landscape)
	first, err := raw.WaitForNotification(t.Context())
	require.NoError(t, err)
	require.Regexp(t, "^t_master systems [0-9a-f-]{36}$", first.Payload)
	second, err := raw.WaitForNotification(t.Context())
	require.NoError(t, err)
	require.Equal(t, "t_master sync-tasks "+uuid.Nil.String(), second.Payload, "several are one notice")

	run(t, raw, "update sync_tasks set status = 'held' where object_name = 'nobody'")
	run(t, raw, "update sync_tasks set status = 'pending' where object_name = 'inner'")
	third, err := raw.WaitForNotification(t.Context())
	require.NoError(t, err)
	require.Regexp(t, "^t_master sync-tasks [0-9a-f-]{36}$", third.Payload, "what changes nothing is not told")
	require.NotContains(t, third.Payload, uuid.Nil.String())
}

// manyTasks makes 100 000 tasks, every tenth still open, with a part in each of 20 systems that have them.
const manyTasks = `
insert into systems (id, key, name, connector, server) select gen_random_uuid(), 's' || n, 'System ' || n, 'csv', '*' from generate_series(1, 20) n;
insert into sync_tasks (id, object_type, object_id, object_name, status, source, source_id, finished_at)
select gen_random_uuid(), 'user', gen_random_uuid(), 'user ' || n, case when n % 10 = 0 then 'pending' else 'done' end, 'load', gen_random_uuid(),
       case when n % 10 = 0 then null else now() end
from generate_series(1, 100000) n;
insert into sync_parts (task_id, system_id, status, message)
select t.id, s.id, case when t.status = 'done' then 'done' else 'pending' end, '' from sync_tasks t, (select id from systems where server = '*' limit 3) s;
analyze sync_tasks, sync_parts`

func BenchmarkMonitoring100000Tasks(b *testing.B) {
	m, raw := monitored(b)
	run(b, raw, manyTasks)
	everything := authz.Scope{All: true}
	for name, ask := range map[string]func() error{
		"open tasks with parts": func() error {
			page, err := m.ListTasks(b.Context(), everything, query.List{Filter: `status eq "pending" or status eq "failed"`, Size: 50})
			if err != nil {
				return err
			}
			ids := make([]uuid.UUID, len(page.Items))
			for i := range page.Items {
				ids[i] = page.Items[i].ID
			}
			_, err = m.Parts(b.Context(), ids...)
			return err
		},
		"all tasks": func() error {
			_, err := m.ListTasks(b.Context(), everything, query.List{Size: 50})
			return err
		},
		"agents": func() error {
			_, err := m.AgentStates(b.Context())
			return err
		},
		"counts": func() error {
			_, err := m.Counts(b.Context())
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				require.NoError(b, ask())
			}
		})
	}
}
