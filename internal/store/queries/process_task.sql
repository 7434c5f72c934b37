-- name: InsertProcessTasks :many
-- The tasks of an opening, one for each seat, but for those that are open already.
insert into process_tasks (id, process_id, work, part, stage, seat, element, name, title, status, due_at, remind_at, expire_at, expire_flow, escalation, letter, variables)
select s.id, @process_id, @work, @part, @stage, s.seat - 1, @element, @name, @title, @status, @due_at, @remind_at, @expire_at, @expire_flow, @escalation, @letter, @variables
from unnest(@ids::uuid[]) with ordinality as s(id, seat) order by s.seat
on conflict (process_id, work, part, stage, seat) do nothing returning id;

-- name: InsertCandidates :exec
insert into process_task_candidates (task_id, kind, principal_id, scope_id, name, pending)
select c.task, c.kind, c.principal, nullif(c.scope, '00000000-0000-0000-0000-000000000000'::uuid), c.name, @pending
from (select unnest(@tasks::uuid[]) as task, unnest(@kinds::text[]) as kind, unnest(@principals::uuid[]) as principal, unnest(@scopes::uuid[]) as scope,
             unnest(@names::text[]) as name) c
where c.task = any (@made::uuid[])
on conflict do nothing;

-- name: InsertProcessLines :exec
insert into process_lines (id, process_id, work, part, key, title, subject_id, content)
select l.id, @process_id, @work, @part, l.key, l.title, nullif(l.subject, '00000000-0000-0000-0000-000000000000'::uuid), l.content
from (select unnest(@ids::uuid[]) as id, unnest(@keys::text[]) as key, unnest(@titles::text[]) as title, unnest(@subjects::uuid[]) as subject,
             unnest(@contents::jsonb[]) as content) l
on conflict (process_id, work, key) do nothing;

-- name: CompletedTasks :many
-- An expired task that finished its node counts as completed by nobody.
select id, work, element, finishes, outcome, closed_by from process_tasks
where process_id = @process_id and id = any (@tasks::uuid[]) and (status = 'completed' or status = 'expired' and finishes) order by array_position(@tasks::uuid[], id);

-- name: FinishedWorks :many
select id, work, element, finishes, outcome, closed_by from process_tasks where process_id = @process_id and work = any (@works::bigint[]) and finishes order by work;

-- name: PayloadsOfWorks :many
select work, payload from process_tasks
where process_id = @process_id and work = any (@works::bigint[]) and status = 'completed' order by work, closed_at, id;

-- name: CloseWorks :exec
-- Candidates do not see the tasks any more; who they were is kept.
with closed as (
    update process_tasks t set status = @status, reason = @reason, closed_at = @at::timestamptz, version = version + 1
    where t.process_id = @process_id and t.work = any (@works::bigint[]) and t.status in ('waiting', 'open', 'claimed')
    returning t.id, t.element, t.name
), hidden as (
    update process_task_candidates c set pending = false from closed where c.task_id = closed.id and c.pending
)
insert into process_log (process_id, kind, element, name, text, at)
select @process_id, @status, c.element, c.name, @reason, @at::timestamptz from closed c order by c.id;

-- name: CloseAllTasks :exec
with closed as (
    update process_tasks t set status = 'cancelled', reason = @reason, closed_at = @at::timestamptz, version = version + 1
    where t.process_id = @process_id and t.status in ('waiting', 'open', 'claimed') returning t.id
)
update process_task_candidates c set pending = false from closed where c.task_id = closed.id and c.pending;

-- name: DeniedLines :many
-- What approvals of a process denied, by the grant or content of a role that the line names.
select coalesce(l.content ->> 'grantId', l.content ->> 'contentId', '')::text as about, coalesce(v.actor, '')::text as decided_by, coalesce(v.comment, '')::text as comment
from process_lines l
left join lateral (select x.actor, x.comment from process_votes x where x.line_id = l.id and not x.approved order by x.at desc, x.task_id limit 1) v on true
where l.process_id = @process_id and l.decision = 'denied' and l.content ?| array['grantId', 'contentId'] order by l.work, l.key;

-- name: ProcessLines :many
select l.id, l.work, l.part, l.key, l.title, l.subject_id, l.content, l.decision, l.stage, coalesce(v.actor, '')::text as decided_by, coalesce(v.comment, '')::text as comment
from process_lines l
left join lateral (select x.actor, x.comment from process_votes x where x.line_id = l.id and l.decision <> '' order by x.at desc, x.task_id limit 1) v on true
where l.process_id = @process_id and l.work = any (@works::bigint[]) order by l.work, l.part, l.key;
