-- name: InsertProcessTask :one
insert into process_tasks (id, process_id, work, part, stage, seat, element, name, title, status, due_at, remind_at, variables)
values (@id, @process_id, @work, @part, @stage, @seat, @element, @name, @title, @status, @due_at, @remind_at, @variables)
on conflict (process_id, work, part, stage, seat) do nothing returning id;

-- name: InsertCandidates :exec
insert into process_task_candidates (task_id, kind, principal_id, scope_id, name, pending)
select @task_id, c.kind, c.principal, nullif(c.scope, '00000000-0000-0000-0000-000000000000'::uuid), c.name, @pending
from (select unnest(@kinds::text[]) as kind, unnest(@principals::uuid[]) as principal, unnest(@scopes::uuid[]) as scope, unnest(@names::text[]) as name) c
on conflict do nothing;

-- name: InsertProcessLine :exec
insert into process_lines (id, process_id, work, part, key, title, subject_id, content)
values (@id, @process_id, @work, @part, @key, @title, @subject_id, @content) on conflict (process_id, work, key) do nothing;

-- name: CompletedTasks :many
select id, work, finishes, outcome, closed_by from process_tasks
where process_id = @process_id and id = any (@tasks::uuid[]) and status = 'completed' order by array_position(@tasks::uuid[], id);

-- name: FinishedWorks :many
select id, work, finishes, outcome, closed_by from process_tasks where process_id = @process_id and work = any (@works::bigint[]) and finishes order by work;

-- name: PayloadsOfWork :many
select element, payload from process_tasks where process_id = @process_id and work = @work and status = 'completed' order by closed_at, id;

-- name: CloseWorks :many
-- Candidates do not see the tasks any more; who they were is kept.
with closed as (
    update process_tasks t set status = @status, reason = @reason, closed_at = @at::timestamptz, version = version + 1
    where t.process_id = @process_id and t.work = any (@works::bigint[]) and t.status in ('waiting', 'open', 'claimed')
    returning t.id, t.element, t.name
), hidden as (
    update process_task_candidates c set pending = false from closed where c.task_id = closed.id and c.pending
)
select id, element, name from closed order by id;

-- name: CloseAllTasks :exec
with closed as (
    update process_tasks t set status = 'cancelled', reason = @reason, closed_at = @at::timestamptz, version = version + 1
    where t.process_id = @process_id and t.status in ('waiting', 'open', 'claimed') returning t.id
)
update process_task_candidates c set pending = false from closed where c.task_id = closed.id and c.pending;

-- name: ProcessLines :many
select l.id, l.part, l.key, l.title, l.subject_id, l.content, l.decision, l.stage, coalesce(v.actor, '')::text as decided_by, coalesce(v.comment, '')::text as comment
from process_lines l
left join lateral (select x.actor, x.comment from process_votes x where x.line_id = l.id and l.decision <> '' order by x.at desc, x.task_id limit 1) v on true
where l.process_id = @process_id and l.work = @work order by l.part, l.key;
