-- name: GetAuditEntry :one
select id, at, actor_id, actor, origin, origin_id, action, object_type, object_id, object_name, before, after, remote
from audit_entries where id = @id;
