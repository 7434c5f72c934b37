-- name: ClaimOutbox :many
-- The oldest undelivered row of each key that nobody holds; rows of one key are delivered in order.
update outbox o set claimed_until = clock_timestamp() + interval '30 seconds', attempts = o.attempts + 1
where o.id in (
    select c.id from outbox c
    where coalesce(c.claimed_until < clock_timestamp(), true)
      and not exists (select 1 from outbox e where e.key = c.key and e.id < c.id)
    order by c.id limit @how_many for update skip locked)
returning o.id, o.key, o.kind, o.payload, o.attempts;

-- name: DeleteOutbox :exec
delete from outbox where id = any (@ids::bigint[]);

-- name: PostponeOutbox :exec
update outbox set claimed_until = clock_timestamp() + least(60, power(2, least(attempts, 6))) * interval '1 second', last_error = @last_error
where id = @id;

-- name: OutboxBacklog :one
select count(*) as rows, coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as oldest_seconds from outbox;
