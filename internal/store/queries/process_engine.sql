-- name: ProcessEngine :one
select e.stopped, e.stopped_by, e.stopped_at, e.document_place, e.index_asked_at, e.index_asked_by, e.index_total, e.index_done, e.index_ended_at,
       (select count(*) from process_jobs) as jobs,
       (select count(*) from process_jobs j where j.due_at <= now() and not j.held) as late,
       (select count(*) from process_documents) as documents,
       (select coalesce(sum(d.size), 0) from process_documents d)::bigint as document_bytes,
       (select count(*) from process_documents d where d.place = 'folder') as in_folder
from process_engine e;

-- name: EngineStopped :one
select stopped from process_engine;

-- name: LockProcessEngine :one
select stopped, document_place from process_engine for update;

-- name: StopProcessEngine :exec
update process_engine set stopped = @stopped, stopped_by = case when @stopped then provost.actor() else '' end,
    stopped_at = case when @stopped then clock_timestamp() end;

-- name: ReleaseJobs :execrows
-- Every job that waits because the engine was stopped is told to go on. Those that somebody holds stay where they are.
insert into outbox (key, kind, payload)
select 'process/' || j.process_id, 'process.control',
       jsonb_build_object('process', j.process_id, 'action', 'resume', 'by', provost.actor(), 'payload', jsonb_build_object('kind', j.kind, 'key', j.key))
from process_jobs j where not j.held and (j.due_at <= clock_timestamp() or j.kind = 'async') order by j.due_at nulls first, j.id;

-- name: PlaceDocuments :exec
update process_engine set document_place = @place;

-- name: AskIndex :exec
update process_engine set index_asked_at = clock_timestamp(), index_asked_by = provost.actor(), index_done = 0, index_ended_at = null,
    index_total = (select count(*) from processes);

-- name: AdvanceIndex :exec
update process_engine set index_done = index_done + @done, index_ended_at = case when @ended::boolean then clock_timestamp() end;

-- name: ProcessesToIndex :many
select p.id, p.number, p.name, p.initiator, p.variables from processes p where p.id > @after order by p.id limit @how_many for update;

-- name: IndexProcesses :exec
update processes p set search = to_tsvector('simple', provost.fold(w.words))
from (select unnest(@ids::uuid[]) as id, unnest(@words::text[]) as words) w where p.id = w.id;

-- name: DocumentsAfter :many
select d.id, d.process_id, d.task_id, d.name, d.media_type, d.size, d.sha256, d.author, d.at, d.place, p.number
from process_documents d join processes p on p.id = d.process_id where d.id > @after order by d.id limit @how_many;

-- name: DocumentsInFolder :many
select id from process_documents where id = any (@ids::uuid[]) and place = 'folder';

-- name: MoveDocument :exec
update process_documents set place = @place, content = @content where id = @id;

-- name: DocumentPlace :one
select document_place from process_engine;
