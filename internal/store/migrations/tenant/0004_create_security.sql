-- +goose Up
-- Who did what, and who may come in: audit trail with sealed blocks, credentials, sessions, API tokens.

create table audit_entries (
    id          bigint      not null primary key generated always as identity,
    at          timestamptz not null default clock_timestamp(),
    xid         xid8        not null default pg_current_xact_id(),
    actor_id    uuid,
    actor       text        not null default provost.actor(),
    origin      text        not null,
    origin_id   uuid,
    action      text        not null,
    object_type text        not null,
    object_id   uuid,
    object_name text        not null default '',
    before      jsonb,
    after       jsonb,
    remote      text        not null default ''
);
create index audit_entries_object_idx on audit_entries (object_id, id desc);
create index audit_entries_at_idx on audit_entries (at desc);
create index audit_entries_actor_idx on audit_entries (actor, id desc);
create index audit_entries_xid_idx on audit_entries (xid);
comment on table audit_entries is 'Audit trail: who did what to what, when, from where, before and after. Rows are sealed by audit_blocks.';

create table audit_blocks (
    seq       bigint      not null primary key,
    sealed_at timestamptz not null default clock_timestamp(),
    below_xid xid8        not null,
    rows      bigint      not null,
    first_id  bigint      not null,
    last_id   bigint      not null,
    hash      bytea       not null,
    mac       bytea       not null
);
comment on table audit_blocks is 'Each block chains the rows of the transactions below below_xid and its predecessor; the MAC key lies outside the database.';

create table credentials (
    user_id      uuid        not null primary key constraint credentials_user_id_fkey references users (id) on delete cascade,
    hash         text        not null,
    must_change  boolean     not null default false,
    failures     integer     not null default 0,
    locked_until timestamptz,
    changed_at   timestamptz not null default clock_timestamp()
);
comment on table credentials is 'Password hashes for signing in to Provost. No history, no audit of the value.';

create table sessions (
    id         bytea       not null primary key,
    user_id    uuid        not null constraint sessions_user_id_fkey references users (id) on delete cascade,
    created_at timestamptz not null default clock_timestamp(),
    last_seen  timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    remote     text        not null default '',
    agent      text        not null default ''
);
create index sessions_user_id_idx on sessions (user_id);
comment on table sessions is 'Console sessions; id is the SHA-256 of the cookie.';

create table api_tokens (
    id         uuid        not null primary key,
    user_id    uuid        not null constraint api_tokens_user_id_fkey references users (id) on delete cascade,
    name       text        not null,
    hash       bytea       not null constraint api_tokens_hash_uq unique,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    last_used  timestamptz,
    revoked_at timestamptz
);
comment on table api_tokens is 'API tokens; hash is the SHA-256 of the secret.';

-- +goose Down
drop table api_tokens, sessions, credentials, audit_blocks, audit_entries;
