-- name: PartsOfTasks :many
select p.task_id, p.system_id, s.name as system, p.status, p.error_class, p.message, p.attempts, p.last_run, p.next_run
from sync_parts p join systems s on s.id = p.system_id
where p.task_id = any (@tasks::uuid[]) order by lower(s.name);

-- name: OpenTaskIDsOf :many
select id from sync_tasks where object_id = any (@objects::uuid[]) and status in ('pending', 'held', 'waiting', 'failed');

-- name: ForgetAttempts :exec
-- What somebody asks for again is tried as if for the first time.
update sync_parts p set attempts = 0, next_run = null
from sync_tasks t
where t.id = p.task_id and t.object_id = any (@objects::uuid[]) and t.status in ('pending', 'held', 'waiting', 'failed') and p.status in ('pending', 'failed');

-- name: IsMapped :one
select exists (select 1 from systems s
               where s.server <> '' and not s.read_only and (s.id = sqlc.narg('system_id')::uuid or sqlc.narg('system_id')::uuid is null)
                 and s.mappings @> jsonb_build_array(jsonb_build_object('objectType', @object_type::text)));

-- name: AddressesIn :many
select class, applied_key, external_id from target_states
where system_id = @system_id and object_type = @object_type and object_id = @object_id;

-- name: AgentStates :many
-- What is known of agents, with the parts of open tasks that concern them. An empty list means all.
with parts as (
    select p.system_id, count(*) filter (where p.status = 'pending') as pending, count(*) filter (where p.status = 'waiting') as waiting,
           count(*) filter (where p.status = 'failed') as failed
    from sync_tasks t join sync_parts p on p.task_id = t.id
    where t.status in ('pending', 'held', 'waiting', 'failed') group by p.system_id
)
select s.id, s.name, s.connector, s.server as assigned, s.alternative_server, s.paused, s.read_only, s.authoritative, st.connected,
       coalesce(st.server, '')::text as server, st.last_seen, coalesce(st.last_error, '')::text as last_error, st.failed_since,
       coalesce(c.pending, 0)::bigint as pending, coalesce(c.waiting, 0)::bigint as waiting, coalesce(c.failed, 0)::bigint as failed,
       r.id as run_id, coalesce(r.number, 0)::bigint as run_number, coalesce(r.kind, '')::text as run_kind, coalesce(r.status, '')::text as run_status
from systems s
left join system_status st on st.system_id = s.id
left join parts c on c.system_id = s.id
left join runs r on r.system_id = s.id and r.status in ('queued', 'running', 'blocked')
where not s.builtin and (s.id = any (@ids::uuid[]) or cardinality(@ids::uuid[]) = 0)
order by lower(s.name);

-- name: ServerStates :many
-- Servers with the agents they serve: their own, everybody's, and those they stand in for.
with parts as (
    select p.system_id, count(*) filter (where p.status = 'pending') as pending, count(*) filter (where p.status = 'failed') as failed
    from sync_tasks t join sync_parts p on p.task_id = t.id
    where t.status in ('pending', 'held', 'waiting', 'failed') group by p.system_id
)
select v.name, v.kind, v.version, v.started_at, v.last_seen, v.details,
       (v.last_seen > clock_timestamp() - interval '30 seconds')::boolean as alive,
       count(s.id) as agents, count(*) filter (where st.connected) as connected, count(*) filter (where not st.connected) as disconnected,
       coalesce(sum(c.pending), 0)::bigint as pending, coalesce(sum(c.failed), 0)::bigint as failed
from servers v
left join systems s on not s.builtin and s.server <> '' and (s.server in ('*', v.name) or (s.alternative_server = v.name
    and not exists (select 1 from servers f where f.name = s.server and f.last_seen > clock_timestamp() - interval '30 seconds')))
left join system_status st on st.system_id = s.id
left join parts c on c.system_id = s.id
group by v.name order by lower(v.name);

-- name: CountEverything :one
select t.*, r.*,
       (select count(*) from roles) as roles,
       (select count(*) from systems where not builtin) as systems,
       (select count(*) from system_status st join systems s on s.id = st.system_id where not st.connected and s.server <> '') as disconnected,
       (select count(*) from issues where status <> 'solved') as issues
from (select count(*) as open, count(*) filter (where status = 'pending') as pending, count(*) filter (where status = 'held') as held,
             count(*) filter (where status = 'waiting') as waiting, count(*) filter (where status = 'failed') as failed
      from sync_tasks where status in ('pending', 'held', 'waiting', 'failed')) t,
     (select count(*) filter (where status in ('queued', 'running')) as active, count(*) filter (where status = 'blocked') as blocked
      from runs where status in ('queued', 'running', 'blocked')) r;

-- name: FinishedPerMinute :many
select date_trunc('minute', finished_at)::timestamptz as at, count(*) as tasks from sync_tasks
where finished_at >= @since::timestamptz and status = 'done' group by 1 order by 1;

-- name: AgentProbeOf :one
select id, key, name from systems where id = @id;

-- name: LockIssue :one
select id, number, kind, status from issues where id = @id for update;

-- name: SetIssueStatus :exec
update issues set status = @status, updated_at = clock_timestamp() where id = @id and status <> @status and status <> 'solved';
