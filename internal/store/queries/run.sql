-- name: InsertRun :one
insert into runs (id, kind, system_id, status, options) values (@id, @kind, @system_id, @status, @options) returning number, created_at, author;

-- name: AdvanceRun :exec
update runs set status = @status, phase = @phase, counters = counters || @counters, started_at = coalesce(started_at, clock_timestamp())
where id = @id and status in ('queued', 'running', 'blocked');

-- name: JudgeRun :exec
update runs set guard = @guard where id = @id;

-- name: ReviewRun :exec
update runs set reviewed_by = @reviewed_by where id = @id;

-- name: FinishRun :exec
update runs set status = @status, message = @message, phase = 'report', ended_at = clock_timestamp() where id = @id;

-- name: InsertRunLog :exec
insert into run_log (run_id, level, message) values (@run_id, @level, @message);

-- name: RunLog :many
select id, at, level, message from run_log where run_id = @run_id and id > @after order by id limit @how_many;

-- name: ClearRunObjects :exec
delete from run_objects where run_id = @run_id;

-- name: MarkRunDuplicates :execrows
with ranked as (
    select seq, row_number() over (partition by object_type, lower(key) order by problem <> '', seq) as place,
           first_value(address) over (partition by object_type, lower(key) order by problem <> '', seq) as first_address
    from run_objects where run_id = @run_id and key <> ''
)
update run_objects o set unidentified = true, problem = 'The key ' || o.key || ' occurs before, at ' || r.first_address || '.'
from ranked r where o.run_id = @run_id and o.seq = r.seq and r.place > 1 and o.problem = '';

-- name: RunObjects :many
select seq, class, object_type, key, address, external_id, mapped, raw, problem, unidentified, links, level from run_objects
where run_id = @run_id and object_type = any (@types::text[]) and (level, seq) > (@after_level::integer, @after::bigint)
order by level, seq limit @how_many;

-- name: RunObjectsAt :many
select seq, class, object_type, key, address, external_id, mapped, raw, problem, unidentified, links, level from run_objects
where run_id = @run_id and class = @class and problem = ''
  and (lower(address) = any (@addresses::text[]) or lower(key) = any (@addresses::text[]) or (external_id <> '' and external_id = any (@external_ids::text[])));

-- name: ClearRunChanges :exec
delete from run_changes where run_id = @run_id;

-- name: ProposedRunChanges :many
select seq, object_type, object_key, object_id, action, changes, object, status, message from run_changes
where run_id = @run_id and seq > @after and status = 'proposed' order by seq limit @how_many;

-- name: MarkRunChanges :exec
update run_changes c set status = m.status, message = m.message, object_id = coalesce(m.object_id, c.object_id)
from (select unnest(@seqs::bigint[]) as seq, unnest(@statuses::text[]) as status, unnest(@messages::text[]) as message,
             nullif(unnest(@object_ids::uuid[]), '00000000-0000-0000-0000-000000000000'::uuid) as object_id) m
where c.run_id = @run_id and c.seq = m.seq;

-- name: CountRunChanges :many
select object_type, action, status, count(*) as changes from run_changes where run_id = @run_id group by object_type, action, status order by 1, 2, 3;

-- name: CountRunObjects :many
select object_type, count(*) as objects from run_objects where run_id = @run_id and problem = '' group by object_type;

-- name: MissingUsers :many
select u.id from users u
where u.source_system_id = @system_id and not u.builtin
  and not exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type = 'user' and lower(o.key) = lower(u.user_name))
order by u.id;

-- name: MissingAccounts :many
select a.id from accounts a
where a.system_id = @system_id and a.status not in ('removed', 'archived')
  and not exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type in ('user', 'account')
                  and (lower(o.key) = lower(a.name) or (a.external_id <> '' and o.external_id = a.external_id)))
  and (@follows::boolean or not exists (select 1 from sync_tasks t where t.status in ('pending', 'held', 'waiting', 'failed')
                  and ((t.object_type = 'user' and t.object_id = a.user_id) or (t.object_type = 'account' and t.object_id = a.id))))
order by a.id;

-- name: AccountsAt :many
select id from accounts where system_id = @system_id
  and ((external_id <> '' and external_id = any (@external_ids::text[])) or lower(name) = any (@names::text[]))
order by status in ('removed', 'archived'), id;

-- name: AppliedStates :many
select object_id, class, desired, applied_key, external_id from target_states
where system_id = @system_id and object_type = @object_type and object_id = any (@objects::uuid[]) and applied_version > 0;

-- name: AddressesOf :many
select object_id, applied_key, external_id from target_states where object_type = 'account' and object_id = any (@objects::uuid[]);

-- name: PolicyUsers :many
select u.id from users u join user_types ut on ut.id = u.user_type_id
where u.id > @after and ut.managed
  and (u.active or exists (select 1 from accounts a where a.user_id = u.id and a.system_id = @system_id))
order by u.id limit @how_many;

-- name: WantSystemAgain :exec
update target_states set applied_version = 0 where system_id = @system_id;

-- name: OpenTasksOfSource :one
select count(*) as open, count(*) filter (where status in ('failed', 'held', 'waiting')) as stuck from sync_tasks
where source_id = @source_id and status in ('pending', 'held', 'waiting', 'failed');

-- name: GetRun :one
select r.id, r.number, r.kind, r.system_id, coalesce(s.name, '')::text as system, coalesce(s.key, '')::text as system_key, r.status, r.phase, r.options,
       r.counters, r.guard, r.listing, r.message, r.author, r.created_at, r.started_at, r.ended_at, r.reviewed_by
from runs r left join systems s on s.id = r.system_id where r.id = @id;
