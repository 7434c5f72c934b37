-- +goose Up
-- Failed attempts are counted per name tried, known or not, so that a lock-out does not tell who exists.
create table login_attempts (
    key           text        not null primary key,
    failures      integer     not null default 0,
    first_failure timestamptz not null,
    locked_at     timestamptz
);
create index login_attempts_first_failure_idx on login_attempts (first_failure);
comment on table login_attempts is 'Failed attempts to sign in: key is user/<id>, or name/<login name> where there is no such user.';
alter table credentials drop column failures, drop column locked_until;
create index sessions_expires_at_idx on sessions (expires_at);

-- +goose Down
drop index sessions_expires_at_idx;
alter table credentials add column failures integer not null default 0, add column locked_until timestamptz;
drop table login_attempts;
