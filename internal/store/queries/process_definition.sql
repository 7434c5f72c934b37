-- name: LockDefinitionByCode :one
select id from process_definitions where lower(code) = lower(@code::text) for update;

-- name: InsertProcessVersion :exec
insert into process_versions (id, definition_id, number, sha256, file_name, source, plan, library, findings)
values (@id, @definition_id, @number, @sha256, @file_name, @source, @plan, @library, @findings);

-- name: ListProcessVersions :many
select v.id, v.definition_id, d.code, v.number, v.sha256, v.file_name, v.deployed_by, v.deployed_at, v.findings,
       (select count(*) from processes p where p.version_id = v.id and p.status in ('starting', 'running')) as running
from process_versions v join process_definitions d on d.id = v.definition_id
where v.definition_id = @definition_id order by v.number desc;

-- name: GetProcessVersion :one
select v.id, v.definition_id, d.code, v.number, v.sha256, v.file_name, v.deployed_by, v.deployed_at, v.findings,
       (select count(*) from processes p where p.version_id = v.id and p.status in ('starting', 'running')) as running
from process_versions v join process_definitions d on d.id = v.definition_id where v.id = @id;

-- name: ProcessVersionSource :one
select source from process_versions where id = @id;

-- name: ListProcessDrafts :many
select f.id, f.name, f.definition_id, coalesce(d.code, '')::text as code, f.version, f.created_at, f.created_by, f.updated_at, f.updated_by
from process_drafts f left join process_definitions d on d.id = f.definition_id order by lower(f.name), f.id;

-- name: GetProcessDraft :one
select f.id, f.name, f.definition_id, coalesce(d.code, '')::text as code, f.source, f.version, f.created_at, f.created_by, f.updated_at, f.updated_by
from process_drafts f left join process_definitions d on d.id = f.definition_id where f.id = @id;

-- name: LockProcessDraft :exec
select 1 from process_drafts where id = @id for update;

-- name: InsertProcessDraft :exec
insert into process_drafts (id, name, source, definition_id) values (@id, @name, @source, @definition_id);

-- name: UpdateProcessDraft :exec
update process_drafts set name = @name, source = @source, version = version + 1, updated_at = clock_timestamp(), updated_by = provost.actor() where id = @id;

-- name: DeleteProcessDraft :exec
delete from process_drafts where id = @id;

-- name: StartableDefinitions :many
select d.id, d.code, d.name, d.folder, d.kind, d.description, coalesce(v.library -> 'access' -> 'initiators', '[]'::jsonb)::jsonb as initiators
from process_definitions d join process_versions v on v.definition_id = d.id and v.number = d.current_number
where d.enabled order by lower(d.folder), lower(d.name), d.id;

-- name: ReceivingDefinitions :many
select d.id, d.code, d.name, d.folder, d.kind, d.description, (v.library -> 'messages')::jsonb as messages,
       coalesce(v.library -> 'attributes', '[]'::jsonb)::jsonb as attributes
from process_definitions d join process_versions v on v.definition_id = d.id and v.number = d.current_number
where d.enabled and jsonb_array_length(coalesce(v.library -> 'messages', '[]'::jsonb)) > 0 order by lower(d.folder), lower(d.name), d.id;
