-- name: HatsOf :many
select h::uuid as hat from hats_of(@user_id) h order by 1;

-- name: FindPerson :one
select id, user_name, full_name from users where active and (lower(user_name) = lower(@name::text) or id = @id) limit 1;

-- name: PartsOf :many
select distinct part from process_access where process_id = @process_id and hat = any (@hats::uuid[]) order by part;

-- name: ProcessVariables :one
select variables from processes where id = @id;

-- name: ProcessLog :many
select l.id, l.kind, l.element, l.name, l.actor, l.outcome, l.flow, l.text, l.at from process_log l where l.process_id = @process_id order by l.id limit 5000;

-- name: OpenTasksOfProcess :many
select t.id, t.element, t.title, t.status, coalesce(a.user_name, '')::text as assignee, t.due_at, t.opened_at,
       array(select c.name from process_task_candidates c where c.task_id = t.id order by c.name)::text[] as candidates
from process_tasks t left join users a on a.id = t.assignee_id
where t.process_id = @process_id and t.status in ('waiting', 'open', 'claimed') order by t.id;

-- name: ProcessDiagram :one
select v.source from processes p join process_versions v on v.id = p.version_id where p.id = @id;

-- name: ProcessComments :many
select id, task_id, author, text, at from process_comments where process_id = @process_id order by id;

-- name: InsertProcessComment :exec
insert into process_comments (id, process_id, task_id, author_id, text) values (@id, @process_id, @task_id, @author_id, @text);

-- name: ProcessDocuments :many
select id, process_id, task_id, name, media_type, size, sha256, author, at, place from process_documents where process_id = @process_id order by id;

-- name: GetProcessDocument :one
select id, process_id, task_id, name, media_type, size, sha256, author, at, place from process_documents where id = @id;

-- name: ProcessDocumentContent :one
select content from process_documents where id = @id;

-- name: InsertProcessDocument :exec
insert into process_documents (id, process_id, task_id, name, media_type, size, sha256, place, content, author_id)
values (@id, @process_id, @task_id, @name, @media_type, @size, @sha256, @place, @content, @author_id);

-- name: DeleteProcessDocument :exec
delete from process_documents where id = @id;

-- name: HoldJob :exec
update process_jobs set held = @held where id = @id;

-- name: LockIncident :exec
select 1 from process_incidents where id = @id for update;

-- name: AskIncident :exec
update process_incidents set status = @status, action = @action, reason = @reason, solved_by = @solved_by where id = @id;

-- name: AreOfOneDefinition :one
select exists (select 1 from process_versions a join process_versions b on b.definition_id = a.definition_id where a.id = @one and b.id = @other) as are;

-- name: StandingProcesses :many
select id, number, name, places from processes
where version_id = @version_id and status in ('starting', 'running') and (cardinality(@wanted::uuid[]) = 0 or id = any (@wanted::uuid[])) order by id;

-- name: ControlProcesses :exec
with logged as (
    insert into process_log (process_id, kind, element, name, actor, outcome, text)
    select unnest(@processes::uuid[]), @kind, @element, @name, @actor, @outcome, @text
)
insert into outbox (key, kind, payload)
select 'process/' || p, 'process.control', jsonb_build_object('process', p, 'action', @action::text, 'by', @actor::text, 'payload', @payload::jsonb)
from unnest(@processes::uuid[]) p;
