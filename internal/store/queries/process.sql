-- name: ProcessPlan :one
select plan from process_versions where id = @id;

-- name: ProcessLibrary :one
select library from process_versions where id = @id;

-- name: StartableVersion :one
select d.id as definition_id, d.code, d.name, d.kind, v.id as version_id, v.library from process_definitions d
join process_versions v on v.definition_id = d.id and v.number = d.current_number
where lower(d.code) = lower(@code::text) and d.enabled;

-- name: InsertProcess :one
insert into processes (id, definition_id, version_id, parent_id, parent_work, name, status, initiator_id, initiator, subject_id, subject, variables, given, start_message, start_key, search)
values (@id, @definition_id, @version_id, @parent_id, @parent_work, @name, 'starting', @initiator_id, @initiator, @subject_id, @subject, @variables, @given,
        @start_message, @start_key, to_tsvector('simple', provost.fold(@words::text)))
on conflict do nothing
returning number, started_at;

-- name: DeclaredAttributes :many
-- What the current versions of definitions say about the values of their processes. A definition counts as looked after when somebody with these hats
-- looks after one of its processes; others are there for whoever started one.
select c.name, c.attributes, c.form, c.looked_after from (
    select d.id, d.name, coalesce(v.library -> 'attributes', '[]'::jsonb)::jsonb as attributes, coalesce(v.library -> 'start', '{}'::jsonb)::jsonb as form,
           (@everything::boolean or exists (select 1 from process_access a join processes p on p.id = a.process_id
            where a.hat = any (@hats::uuid[]) and a.part in ('manager', 'observer') and p.definition_id = d.id))::boolean as looked_after
    from process_definitions d join process_versions v on v.definition_id = d.id and v.number = d.current_number
) c
where c.looked_after or exists (select 1 from processes p where p.definition_id = c.id and p.initiator_id = @initiator::uuid)
order by lower(c.name), c.id;

-- name: ProcessOfMessage :one
select p.id from processes p join process_definitions d on d.id = p.definition_id
where d.code = @code and p.start_message = @start_message and p.start_key = @start_key;

-- name: ChildProcess :one
select id from processes where parent_id = @parent_id and parent_work = @parent_work;

-- name: AddProcessAccess :exec
insert into process_access (process_id, hat, part)
select @process_id, hat_of(p.principal, nullif(p.scope, '00000000-0000-0000-0000-000000000000'::uuid)), p.part
from (select unnest(@principals::uuid[]) as principal, unnest(@scopes::uuid[]) as scope, unnest(@parts::text[]) as part) p
on conflict do nothing;

-- name: AddCandidateAccess :exec
insert into process_access (process_id, hat, part)
select @process_id, c.hat, 'candidate' from process_task_candidates c where c.task_id = any (@tasks::uuid[]) on conflict do nothing;

-- name: ProcessBrief :one
select p.id, p.number, p.name, p.definition_id, p.version_id, d.code, d.kind, p.initiator_id, p.initiator, coalesce(i.full_name, '')::text as initiator_name,
       p.subject_id, p.subject, coalesce(s.full_name, '')::text as subject_name, p.parent_id, p.parent_work, p.variables, p.start_message
from processes p join process_definitions d on d.id = p.definition_id
left join users i on i.id = p.initiator_id left join users s on s.id = p.subject_id
where p.id = @id;

-- name: LockProcess :one
select id, number, name, status, seq, version_id, initiator_id, initiator, subject_id from processes where id = @id for update;

-- name: AdvanceProcess :exec
update processes set status = @status, message = @message, places = @places::text[], steps = @steps, seq = @seq,
    ended_at = case when @status in ('completed', 'cancelled', 'failed') then coalesce(ended_at, @at::timestamptz) end
where id = @id;

-- name: KeepVariables :exec
update processes set variables = @variables, search = to_tsvector('simple', provost.fold(@words::text)) where id = @id;

-- name: InsertProcessLog :exec
insert into process_log (process_id, seq, line, kind, element, name, actor, outcome, flow, text, at)
values (@process_id, @seq, @line, @kind, @element, @name, @actor, @outcome, @flow, @text, @at);

-- name: InsertProcessLogLines :exec
-- The lines of one step of the workflow, in their order.
insert into process_log (process_id, seq, line, kind, element, name, outcome, flow, text, at)
select @process_id, @seq::bigint, l.line - 1, l.kind, l.element, l.name, l.outcome, l.flow, l.text, @at
from (select generate_subscripts(@kinds::text[], 1) as line, unnest(@kinds::text[]) as kind, unnest(@elements::text[]) as element,
             unnest(@names::text[]) as name, unnest(@outcomes::text[]) as outcome, unnest(@flows::text[]) as flow, unnest(@texts::text[]) as text) l
order by l.line;

-- name: NamesOfPlaces :many
select distinct on (element) element, name from process_log
where process_id = @process_id and kind = 'enter' and element = any (@elements::text[]) order by element, id desc;

-- name: KeepJobs :exec
-- The jobs that are given are pending; all others of the process are over. The zero time stands for no due date.
with wanted as (
    select unnest(@ids::uuid[]) as id, unnest(@kinds::text[]) as kind, unnest(@keys::bigint[]) as key, unnest(@elements::text[]) as element,
           unnest(@names::text[]) as name, nullif(unnest(@due::timestamptz[]), '0001-01-01 00:00:00+00') as due_at, unnest(@attempts::integer[]) as attempts,
           unnest(@statuses::text[]) as status, unnest(@messages::text[]) as message
), dropped as (
    delete from process_jobs j where j.process_id = @process_id and not exists (select 1 from wanted w where w.kind = j.kind and w.key = j.key)
)
insert into process_jobs (id, process_id, kind, key, element, name, due_at, attempts, status, message)
select w.id, @process_id, w.kind, w.key, w.element, w.name, w.due_at, w.attempts, w.status, w.message from wanted w
on conflict (process_id, kind, key) do update set element = excluded.element, name = excluded.name, due_at = excluded.due_at, attempts = excluded.attempts, status = excluded.status, message = excluded.message;

-- name: OpenIncidents :exec
insert into process_incidents (id, process_id, incident, work, element, code, message, opened_at)
select i.id, @process_id, i.incident, i.work, i.element, i.code, i.message, @at
from (select unnest(@ids::uuid[]) as id, unnest(@incidents::bigint[]) as incident, unnest(@works::bigint[]) as work,
             unnest(@elements::text[]) as element, unnest(@codes::text[]) as code, unnest(@messages::text[]) as message) i
on conflict do nothing;

-- name: ReopenIncidents :exec
update process_incidents set status = 'open', action = '', reason = '', solved_by = ''
where process_id = @process_id and status = 'asked' and incident = any (@incidents::bigint[]);

-- name: SolveIncidents :exec
update process_incidents set status = 'solved', solved_at = @at::timestamptz
where process_id = @process_id and status <> 'solved' and (incident = any (@incidents::bigint[]) or @everything::boolean);

-- name: KeepWaits :exec
-- The process waits for what is given, and for nothing else. What it waits for already keeps its time.
with wanted as (
    select unnest(@types::text[]) as type, unnest(@names::text[]) as name, unnest(@keys::text[]) as key, unnest(@elements::text[]) as element
), dropped as (
    delete from process_waits p where p.process_id = @process_id
      and not exists (select 1 from wanted w where w.type = p.type and w.name = p.name and w.key = p.key and w.element = p.element)
)
insert into process_waits (process_id, type, name, key, element)
select @process_id, w.type, w.name, w.key, w.element from wanted w on conflict do nothing;

-- name: WaitsOfProcess :many
select type, name, key, element, since from process_waits where process_id = @process_id order by since, element, type, name, key;

-- name: WaitingProcesses :many
-- Who waits for a message or signal: first those that wait with its key, the longest first; nobody twice. Without everything only processes that
-- the hats manage.
select p.id, p.number, p.name
from (select w.process_id, bool_or(w.key = @key) as keyed, coalesce(min(w.since) filter (where w.key = @key), min(w.since)) as since
      from process_waits w
      where w.type = @type and w.name = @name and w.key in (@key, '') and w.process_id <> @sender
        and (@everything::boolean
             or exists (select 1 from process_access a where a.process_id = w.process_id and a.part = 'manager' and a.hat = any (@hats::uuid[])))
      group by w.process_id) w
join processes p on p.id = w.process_id
order by w.keyed desc, w.since, p.id limit nullif(@most::bigint, 0);

-- name: DefinitionsBegunBy :many
select d.code from process_definitions d
join process_versions v on v.definition_id = d.id and v.number = d.current_number
where d.enabled and v.library -> 'messages' ? @message::text order by d.code;
