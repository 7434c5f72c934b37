-- name: TrySealing :one
-- Lets one process seal at a time; the others leave it to that one.
select pg_try_advisory_xact_lock(hashtext('provost/seal/' || current_schema()))::boolean as mine;

-- name: SealHorizon :one
-- Every transaction below the horizon has ended, whatever commits later.
select pg_snapshot_xmin(pg_current_snapshot())::text as below, clock_timestamp()::timestamptz as at;

-- name: AuditBlocks :many
select seq, sealed_at, below_xid::text as below_xid, rows, first_id, last_id, hash, mac from audit_blocks order by seq;

-- name: LastAuditBlock :one
select seq, sealed_at, below_xid::text as below_xid, rows, first_id, last_id, hash, mac from audit_blocks order by seq desc limit 1;

-- name: InsertAuditBlock :exec
insert into audit_blocks (seq, sealed_at, below_xid, rows, first_id, last_id, hash, mac)
values (@seq, @sealed_at, (sqlc.arg('below_xid')::text)::xid8, @rows, @first_id, @last_id, @hash, @mac);
