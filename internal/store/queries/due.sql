-- name: LockDueMark :one
-- The time is that of the transaction: what anybody holds is computed for that moment.
select honoured_at, now()::timestamptz as now from due_mark for update;

-- name: MoveDueMark :exec
update due_mark set honoured_at = @honoured_at;

-- name: DatesAreLate :one
select coalesce((select next_date(honoured_at) < clock_timestamp() - interval '60 seconds' from due_mark), false)::boolean as late;

-- name: EndedAccess :many
-- Access to accounts whose end has come.
select id from account_access where end_at <= now() order by id;
