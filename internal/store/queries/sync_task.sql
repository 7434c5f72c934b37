-- name: EngineSettings :one
select coalesce((select p.value from parameters p where p.name = 'soffid.task.mode'), 'readonly')::text as mode,
       coalesce((select nullif(p.value, '')::integer from parameters p where p.name = 'soffid.task.limit'), 100)::integer as task_limit;

-- name: CountOpenTasksOfSource :one
select count(*) from sync_tasks where source_id = @source_id and status in ('pending', 'held', 'waiting', 'failed');

-- name: MappedObjects :many
-- Those of some roles and groups that concern a system: it maps them, it still has them although they are deleted, or it may be about
-- to get them (an open task).
select o.object_type::text as object_type, o.object_id::uuid as object_id
from (select unnest(@types::text[]) as object_type, unnest(@objects::uuid[]) as object_id) o
left join roles r on o.object_type = 'role' and r.id = o.object_id
left join groups g on o.object_type = 'group' and g.id = o.object_id
where exists (select 1 from systems s
              where s.mappings @> jsonb_build_array(jsonb_build_object('objectType', o.object_type)) and (g.id is not null or s.id = r.system_id))
   or exists (select 1 from target_states t where t.object_type = o.object_type and t.object_id = o.object_id)
   or exists (select 1 from sync_tasks t where t.object_type = o.object_type and t.object_id = o.object_id
              and t.status in ('pending', 'held', 'waiting', 'failed'));

-- name: EnqueueSyncTasks :many
-- One open task per object: a further change raises its generation. What is held stays held, a person's change takes over from bulk.
insert into sync_tasks as t (id, object_type, object_id, object_name, status, priority, lane, source, source_id)
select o.id, o.object_type, o.object_id, coalesce(u.user_name, a.name, r.name, g.name, gone.name, ''), @status, @priority, @lane, @source, @source_id
from (select unnest(@ids::uuid[]) as id, unnest(@types::text[]) as object_type, unnest(@objects::uuid[]) as object_id) o
left join users u on o.object_type = 'user' and u.id = o.object_id
left join user_types ut on ut.id = u.user_type_id
left join accounts a on o.object_type = 'account' and a.id = o.object_id
left join roles r on o.object_type = 'role' and r.id = o.object_id
left join groups g on o.object_type = 'group' and g.id = o.object_id
left join lateral ( -- what was deleted is called as in its last task, or as its systems call it
    select t.object_name as name, t.number from sync_tasks t where t.object_type = o.object_type and t.object_id = o.object_id
    union all
    select t.applied_key, 0 from target_states t where t.object_type = o.object_type and t.object_id = o.object_id
    order by number desc limit 1
) gone on true
where coalesce(ut.managed, true)
order by o.object_type, o.object_id
on conflict (object_type, object_id) where status in ('pending', 'held', 'waiting', 'failed') do update
    set generation = nextval('sync_generations'),
        status     = case when t.status = 'held' then 'held' else excluded.status end,
        priority   = least(t.priority, excluded.priority),
        lane       = case when excluded.lane = 'interactive' then 'interactive' else t.lane end,
        source     = case when excluded.lane = 'interactive' or t.lane = 'bulk' then excluded.source else t.source end,
        source_id  = case when excluded.lane = 'interactive' or t.lane = 'bulk' then excluded.source_id else t.source_id end,
        changed_at = clock_timestamp()
returning t.object_type, t.object_id, t.object_name, t.status, t.lane;

-- name: HoldTasksOfSource :exec
update sync_tasks set status = 'held' where source_id = @source_id and status = 'pending';

-- name: InsertOutbox :exec
insert into outbox (key, kind, payload)
select o.key, @kind, o.payload from (select unnest(@keys::text[]) as key, unnest(@payloads::jsonb[]) as payload) o;

-- name: NotifyOutbox :exec
select pg_notify('provost_outbox', @tenant::text);

-- name: OpenTasks :many
select id, object_type, object_id, object_name, generation, priority from sync_tasks
where object_type = @object_type and object_id = any (@objects::uuid[]) and status in ('pending', 'waiting');

-- name: BulkTasks :many
-- The next tasks of a bulk source that may be tried now, after a place in their order.
select t.id, t.object_type, t.object_id, t.object_name, t.generation, t.priority from sync_tasks t
where t.source_id = @source_id and t.lane = 'bulk' and t.status = 'pending'
  and (@after_type::text = '' or t.object_type < @after_type or (t.object_type = @after_type and t.id > @after_id::uuid))
  and not exists (select 1 from sync_parts p where p.task_id = t.id and p.status = 'pending' and p.next_run > clock_timestamp())
order by t.object_type desc, t.id limit @how_many;

-- name: NextRunOfSource :one
select coalesce(min(p.next_run), 'epoch'::timestamptz)::timestamptz as next_run from sync_tasks t join sync_parts p on p.task_id = t.id
where t.source_id = @source_id and t.lane = 'bulk' and t.status = 'pending' and p.status = 'pending' and p.next_run is not null;

-- name: ClosedTasks :many
select distinct object_type, object_id from sync_tasks where id = any (@tasks::uuid[]) and status = 'done';

-- name: LockTasks :exec
-- Whoever writes parts of a task holds its row: of two agents that end at the same moment, the second sees what the first wrote, and
-- closes the task. Locked in one order, so that two calls never deadlock.
select id from sync_tasks where id = any (@tasks::uuid[]) order by id for update;

-- name: SetParts :exec
-- Says for each task which systems it concerns now; parts of systems no longer concerned go. A part that had failed for good and is
-- wanted again begins anew.
with wanted as (
    select unnest(@tasks::uuid[]) as task_id, unnest(@systems::uuid[]) as system_id, unnest(@statuses::text[]) as status, unnest(@messages::text[]) as message
),
gone as (
    delete from sync_parts p where p.task_id = any (@all_tasks::uuid[])
      and not exists (select 1 from wanted w where w.task_id = p.task_id and w.system_id = p.system_id)
)
insert into sync_parts as p (task_id, system_id, status, message)
select w.task_id, w.system_id, w.status, w.message from wanted w order by w.task_id, w.system_id
on conflict (task_id, system_id) do update
    set status = excluded.status, message = case when excluded.message <> '' then excluded.message else p.message end, next_run = null,
        attempts = case when p.status = 'failed' and excluded.status = 'pending' then 0 else p.attempts end;

-- name: RecordParts :exec
-- Notes how the parts went. Success does not cover up what went wrong before in the same round: the mapping of another class, or another
-- call of the agent.
update sync_parts p
set status = r.status, error_class = r.error_class, message = r.message, last_run = clock_timestamp(),
    attempts = case when r.counted then p.attempts + 1 else p.attempts end,
    next_run = case when r.status = 'pending'
        then clock_timestamp() + (case when r.retry_ms > 0 then r.retry_ms
             else least(3600000, 1000 * power(2, least(p.attempts, 12))) * (0.75 + random() / 2) end) * interval '1 millisecond' end
from (select unnest(@tasks::uuid[]) as task_id, unnest(@statuses::text[]) as status, unnest(@classes::text[]) as error_class,
             unnest(@messages::text[]) as message, unnest(@counted::boolean[]) as counted, unnest(@retry_ms::bigint[]) as retry_ms) r
where p.task_id = r.task_id and p.system_id = @system_id
  and not (r.status = 'done' and (p.status in ('failed', 'waiting') or (p.status = 'pending' and p.next_run is not null)));

-- name: GiveUpParts :exec
-- A part that failed too often goes to the dead letters: somebody has to look.
update sync_parts set status = 'failed', next_run = null
where task_id = any (@tasks::uuid[]) and status = 'pending' and attempts >= @limit_attempts;

-- name: CloseTasks :many
-- Closes the tasks whose every part is finished and that nobody changed since they were planned.
update sync_tasks t
set status = case when s.failed then 'failed' when s.waiting then 'waiting' else 'done' end,
    finished_at = case when s.failed or s.waiting then null else clock_timestamp() end
from (select unnest(@tasks::uuid[]) as id, unnest(@generations::bigint[]) as generation) r,
     lateral (select coalesce(bool_or(p.status = 'pending'), false) as pending, coalesce(bool_or(p.status = 'failed'), false) as failed,
                     coalesce(bool_or(p.status = 'waiting'), false) as waiting
              from sync_parts p where p.task_id = r.id) s
where t.id = r.id and t.generation = r.generation and t.status in ('pending', 'waiting', 'failed') and not s.pending
returning t.id, t.status;

-- name: TaskProgress :many
-- What is left of tasks that were worked on: changed since, or to be tried again at a time.
select t.id, t.generation, t.status, coalesce((select min(p.next_run) from sync_parts p where p.task_id = t.id and p.status = 'pending'), 'epoch'::timestamptz)::timestamptz as next_run
from sync_tasks t where t.id = any (@tasks::uuid[]) and t.status in ('pending', 'waiting');

-- name: StaleTasks :many
-- Tasks that nobody works on although they should be: the sweep sends their signal again.
select object_type, object_id, object_name, lane, source_id from sync_tasks t
where status = 'pending' and signalled_at < clock_timestamp() - interval '60 seconds'
  and not exists (select 1 from sync_parts p where p.task_id = t.id and p.status = 'pending' and p.next_run > clock_timestamp())
order by signalled_at limit @how_many for update skip locked;

-- name: MarkSignalled :exec
update sync_tasks set signalled_at = clock_timestamp() where object_id = any (@objects::uuid[]) and status = 'pending';

-- name: WakeSystem :many
-- Tasks that waited for a system count as pending again.
with parts as (
    update sync_parts p set status = 'pending', next_run = null
    from sync_tasks t where t.id = p.task_id and p.system_id = @system_id and p.status = 'waiting' and t.status in ('waiting', 'pending', 'failed')
    returning p.task_id
)
update sync_tasks t set status = 'pending', lane = 'bulk', source_id = @source_id, signalled_at = clock_timestamp()
from (select distinct task_id from parts) p where t.id = p.task_id
returning t.id;

-- name: StrandedSystems :many
-- Systems that can be reached again although tasks still wait for them: resumed, or back before the waiting was noted.
select distinct p.system_id from sync_parts p
join sync_tasks t on t.id = p.task_id
join systems s on s.id = p.system_id
left join system_status st on st.system_id = p.system_id
where p.status = 'waiting' and t.status in ('waiting', 'pending', 'failed') and t.signalled_at < clock_timestamp() - interval '60 seconds'
  and not s.paused and s.server <> '' and coalesce(st.connected, true);

-- name: ReleaseTasks :many
update sync_tasks set status = 'pending', changed_at = clock_timestamp(), signalled_at = clock_timestamp()
where status in ('held', 'failed', 'waiting') and (id = any (@ids::uuid[]) or (@everything::boolean and status = 'held'))
returning object_type, object_id, status, lane, source_id;

-- name: CancelTasks :execrows
update sync_tasks set status = 'cancelled', finished_at = clock_timestamp()
where status in ('pending', 'held', 'waiting', 'failed') and (id = any (@ids::uuid[]) or (@everything::boolean and status = 'held'));

-- name: PrioritiseTasks :many
update sync_tasks set priority = 1, lane = 'interactive', status = case when status = 'failed' then 'pending' else status end,
    signalled_at = clock_timestamp()
where id = any (@ids::uuid[]) and status in ('pending', 'waiting', 'failed')
returning object_type, object_id, status, lane;

-- name: ClearNextRuns :exec
update sync_parts set next_run = null, attempts = 0, status = case when status = 'failed' then 'pending' else status end
where task_id = any (@ids::uuid[]) and status in ('pending', 'failed');

-- name: PurgeFinishedTasks :execrows
delete from sync_tasks where finished_at < clock_timestamp() - make_interval(days => @days::integer);

-- name: AgentStatus :many
select system_id, connected, probe_after from system_status where system_id = any (@systems::uuid[]);

-- name: NoteConnected :exec
insert into system_status (system_id, connected, server, last_seen, last_error, failed_since, probe_after)
values (@system_id, true, @server, clock_timestamp(), '', null, null)
on conflict (system_id) do update set connected = true, server = excluded.server, last_seen = excluded.last_seen, last_error = '', failed_since = null, probe_after = null;

-- name: NoteDisconnected :one
insert into system_status as s (system_id, connected, server, last_error, failed_since)
values (@system_id, false, @server, @message, clock_timestamp())
on conflict (system_id) do update set connected = false, last_error = excluded.last_error, failed_since = coalesce(s.failed_since, excluded.failed_since)
returning (xmax = 0 or failed_since = clock_timestamp())::boolean as is_new;

-- name: OpenDisconnectedIssue :exec
insert into issues (id, kind, object_type, object_id, description) values (@id, 'disconnected-system', 'system', @system_id, @description)
on conflict (kind, object_type, object_id) where status <> 'solved' do update set times = issues.times + 1, description = excluded.description, updated_at = clock_timestamp();

-- name: SolveDisconnectedIssue :exec
update issues set status = 'solved', updated_at = clock_timestamp() where kind = 'disconnected-system' and object_id = @system_id::uuid and status <> 'solved';

-- name: LockConnected :many
-- Whether the system was last known to answer. Nobody changes that until the transaction ends.
select (connected is true)::boolean as connected from system_status where system_id = @system_id for share;

-- name: ConnectedLately :one
select exists (select 1 from system_status where system_id = @system_id and connected and server = @server
               and last_seen > clock_timestamp() - interval '30 seconds');
