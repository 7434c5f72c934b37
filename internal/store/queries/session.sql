-- name: FindLogin :one
select u.id, u.user_name, u.full_name, u.active, coalesce(c.hash, '')::text as hash, coalesce(c.must_change, false)::boolean as must_change
from users u left join credentials c on c.user_id = u.id
where lower(u.user_name) = any (@names::text[])
order by lower(u.user_name) = (@names::text[])[1] desc
limit 1;

-- name: GetLogin :one
select u.id, u.user_name, u.full_name, u.active, coalesce(c.hash, '')::text as hash, coalesce(c.must_change, false)::boolean as must_change
from users u left join credentials c on c.user_id = u.id
where u.id = @id;

-- name: SetCredential :exec
insert into credentials (user_id, hash, must_change) values (@user_id, @hash, @must_change)
on conflict (user_id) do update set hash = excluded.hash, must_change = excluded.must_change, changed_at = clock_timestamp();

-- name: LockLoginAttempts :one
-- The row is made where it is missing, so that there is always something to lock.
insert into login_attempts (key, failures, first_failure) values (@key, 0, clock_timestamp())
on conflict (key) do update set failures = login_attempts.failures
returning failures, first_failure, locked_at;

-- name: SaveLoginAttempts :exec
update login_attempts set failures = @failures, first_failure = @first_failure, locked_at = @locked_at where key = @key;

-- name: ForgetLoginAttempts :exec
delete from login_attempts where key = @key;

-- name: ForgetOldLoginAttempts :exec
-- Rows somebody holds are left for the next time: cleaning up must not wait for anybody.
delete from login_attempts where key in (select a.key from login_attempts a where a.first_failure < @before limit 1000 for update skip locked);

-- name: InsertSession :exec
insert into sessions (id, user_id, created_at, last_seen, expires_at, remote, agent)
values (@id, @user_id, @created_at, @last_seen, @expires_at, @remote, @agent);

-- name: GetSession :one
select s.user_id, s.created_at, s.last_seen, s.expires_at, s.remote, s.agent, u.user_name, u.full_name, u.active,
       coalesce(c.must_change, false)::boolean as must_change
from sessions s join users u on u.id = s.user_id left join credentials c on c.user_id = u.id
where s.id = @id;

-- name: TouchSession :exec
update sessions set last_seen = @last_seen, expires_at = @expires_at where id = @id and last_seen < @last_seen;

-- name: DeleteSession :exec
delete from sessions where id = @id;

-- name: DeleteSessions :exec
delete from sessions where (user_id = @user_id and id <> sqlc.arg(keep)) or expires_at < @expired;

-- name: InsertApiToken :exec
insert into api_tokens (id, user_id, name, hash, created_at, expires_at) values (@id, @user_id, @name, @hash, @created_at, @expires_at);

-- name: GetApiTokenByHash :one
select t.id, t.user_id, t.name, t.created_at, t.expires_at, t.last_used, t.revoked_at, u.user_name, u.full_name, u.active
from api_tokens t join users u on u.id = t.user_id
where t.hash = @hash;

-- name: GetApiToken :one
select t.id, t.user_id, t.name, t.created_at, t.expires_at, t.last_used, t.revoked_at, u.user_name
from api_tokens t join users u on u.id = t.user_id
where t.id = @id;

-- name: ListApiTokens :many
select t.id, t.user_id, t.name, t.created_at, t.expires_at, t.last_used, t.revoked_at, u.user_name
from api_tokens t join users u on u.id = t.user_id
where t.user_id = @user_id or @everybody::boolean
order by t.created_at desc, t.id desc;

-- name: RevokeApiToken :exec
update api_tokens set revoked_at = @revoked_at where id = @id and revoked_at is null;

-- name: TouchApiToken :exec
update api_tokens set last_used = @last_used where id = @id;
