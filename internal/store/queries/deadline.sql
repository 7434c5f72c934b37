-- name: LockProcessesDue :many
-- Processes with tasks that are to be reminded of, escalated or expired. What somebody works on at this moment is left for the next look.
select p.id from processes p
where p.id in (
    (select t.process_id from process_tasks t where t.status in ('open', 'claimed') and t.reminded_at is null and t.remind_at <= now() order by t.remind_at limit @how_many)
    union (select t.process_id from process_tasks t
        where t.status in ('open', 'claimed') and t.escalated_at is null and t.escalation is not null and t.due_at <= now() order by t.due_at limit @how_many)
    union (select t.process_id from process_tasks t where t.status in ('waiting', 'open', 'claimed') and t.expire_at <= now() order by t.expire_at limit @how_many))
order by p.id for update skip locked;

-- name: RemindTasks :many
-- A task that was opened after its reminder would have been sent is not reminded of: its people have just been told.
with reminded as (
    update process_tasks t set reminded_at = now()
    where t.process_id = any (@processes::uuid[]) and t.status in ('open', 'claimed') and t.reminded_at is null and t.remind_at <= now()
    returning t.id, t.process_id, t.element, t.name, t.remind_at, t.opened_at
), logged as (
    insert into process_log (process_id, kind, element, name) select process_id, 'remind', element, name from reminded where remind_at > opened_at order by id
)
select id from reminded where remind_at > opened_at order by id;

-- name: ExpireTasks :many
-- Ends the nodes whose time is over, as if somebody had decided: the last task of each finishes it by the way that the definition names, and lines
-- that nobody decided about are denied.
with nodes as (
    select distinct t.process_id, t.work from process_tasks t
    where t.process_id = any (@processes::uuid[]) and t.status in ('waiting', 'open', 'claimed') and t.expire_at <= now()
), finishing as (
    select distinct on (t.process_id, t.work) t.id from process_tasks t join nodes n on n.process_id = t.process_id and n.work = t.work
    where t.status in ('waiting', 'open', 'claimed') order by t.process_id, t.work, t.id desc
), expired as (
    update process_tasks t set status = 'expired', reason = 'Nobody decided in time.', closed_at = now(), version = t.version + 1,
        finishes = t.id in (select id from finishing), outcome = case when t.id in (select id from finishing) then t.expire_flow else '' end
    from nodes n where n.process_id = t.process_id and n.work = t.work and t.status in ('waiting', 'open', 'claimed')
    returning t.id, t.process_id, t.element, t.name, t.outcome, t.reason, t.finishes
), hidden as (
    update process_task_candidates c set pending = false from expired e where c.task_id = e.id and c.pending
), denied as (
    update process_lines l set decision = 'denied', decided_at = now() from nodes n
    where l.process_id = n.process_id and l.work = n.work and l.decision = ''
), logged as (
    insert into process_log (process_id, kind, element, name, flow, text) select process_id, 'expired', element, name, outcome, reason from expired where finishes order by id
)
select id, process_id, element from expired where finishes order by id;

-- name: TasksToEscalate :many
select t.id, t.escalation from process_tasks t
where t.process_id = any (@processes::uuid[]) and t.status in ('open', 'claimed') and t.escalated_at is null and t.escalation is not null and t.due_at <= now()
order by t.id for update;

-- name: LogEscalations :exec
insert into process_log (process_id, kind, element, name, text)
select t.process_id, 'escalate', t.element, t.name,
       case when jsonb_array_length(t.escalation -> 'to') = 0
            then 'Nobody can be asked: nobody goes by ' || (select string_agg(n, ', ') from jsonb_array_elements_text(t.escalation -> 'unknown') n) || '.'
            when (t.escalation ->> 'replace')::boolean
            then 'To ' || (select string_agg(e ->> 'name', ', ') from jsonb_array_elements(t.escalation -> 'to') e) || ', in the place of '
                 || (select string_agg(c.name, ', ' order by c.name) from process_task_candidates c where c.task_id = t.id) || '.'
            else 'To ' || (select string_agg(e ->> 'name', ', ') from jsonb_array_elements(t.escalation -> 'to') e) || ' too.' end
from process_tasks t where t.id = any (@tasks::uuid[]) order by t.id;

-- name: MarkEscalated :exec
update process_tasks set escalated_at = now() where id = any (@tasks::uuid[]);

-- name: KeepAssignees :exec
-- Whoever had taken a task is asked like the others from now on.
insert into process_task_candidates (task_id, kind, principal_id, name, pending)
select t.id, 'user', u.id, u.user_name, true from process_tasks t join users u on u.id = t.assignee_id
where t.id = any (@tasks::uuid[]) and t.status = 'claimed' on conflict do nothing;

-- name: DropCandidates :exec
delete from process_task_candidates where task_id = any (@tasks::uuid[]);

-- name: InsertEscalated :exec
insert into process_task_candidates (task_id, kind, principal_id, scope_id, name, pending, escalated)
select t.id, e.kind, e.id, e.scope, e.name, true, true
from process_tasks t cross join lateral jsonb_to_recordset(t.escalation -> 'to') as e (kind text, id uuid, scope uuid, name text)
where t.id = any (@tasks::uuid[]) on conflict (task_id, hat) do update set escalated = true;

-- name: GiveBack :exec
update process_tasks set status = 'open', assignee_id = null, owner_id = null, version = version + 1 where id = any (@tasks::uuid[]);

-- name: AddAccessOfTasks :exec
insert into process_access (process_id, hat, part)
select t.process_id, c.hat, 'candidate' from process_tasks t join process_task_candidates c on c.task_id = t.id
where t.id = any (@tasks::uuid[]) on conflict do nothing;
