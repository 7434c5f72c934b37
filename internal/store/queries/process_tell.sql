-- name: CalledProcesses :many
select id, parent_work from processes
where parent_id = @parent_id and parent_work = any (@works::bigint[]) and status in ('starting', 'running') order by id;

-- name: PutOnVersion :exec
update processes set version_id = @version_id where id = @id;

-- name: RenameElements :exec
update process_tasks t set element = r.after
from (select unnest(@before::text[]) as before, unnest(@after::text[]) as after) r
where t.process_id = @process_id and t.element = r.before and t.status in ('waiting', 'open', 'claimed');
