-- +goose Up
-- Who there is: users, their types, groups, memberships, mail domains, and the metadata that describes custom attributes.

create table user_types (
    id          uuid        not null primary key,
    name        text        not null,
    description text        not null default '',
    managed     boolean     not null default true,
    builtin     boolean     not null default false,
    version     bigint      not null default 1,
    created_at  timestamptz not null default clock_timestamp(),
    created_by  text        not null default provost.actor(),
    updated_at  timestamptz not null default clock_timestamp(),
    updated_by  text        not null default provost.actor()
);
create unique index user_types_name_uq on user_types (lower(name));
comment on table user_types is 'Classes of users that policies refer to. An unmanaged type propagates nothing.';
call provost.track_history('user_types');

create table group_types (
    id          uuid        not null primary key,
    name        text        not null,
    description text        not null default '',
    role_holder boolean     not null default false,
    version     bigint      not null default 1,
    created_at  timestamptz not null default clock_timestamp(),
    created_by  text        not null default provost.actor(),
    updated_at  timestamptz not null default clock_timestamp(),
    updated_by  text        not null default provost.actor()
);
create unique index group_types_name_uq on group_types (lower(name));
comment on table group_types is 'Classes of groups. Groups of a role holder type may be named as holder of a grant.';
call provost.track_history('group_types');

create table mail_domains (
    id          uuid        not null primary key,
    name        text        not null,
    description text        not null default '',
    obsolete    boolean     not null default false,
    version     bigint      not null default 1,
    created_at  timestamptz not null default clock_timestamp(),
    created_by  text        not null default provost.actor(),
    updated_at  timestamptz not null default clock_timestamp(),
    updated_by  text        not null default provost.actor()
);
create unique index mail_domains_name_uq on mail_domains (lower(name));
comment on table mail_domains is 'Registered mail domains; an e-mail attribute must use one that is not obsolete.';
call provost.track_history('mail_domains');

create table groups (
    id            uuid        not null primary key,
    name          text        not null,
    description   text        not null default '',
    parent_id     uuid        constraint groups_parent_id_fkey references groups (id),
    group_type_id uuid        constraint groups_group_type_id_fkey references group_types (id),
    drive_letter  text        not null default '',
    drive_server  text        not null default '',
    disabled      boolean     not null default false,
    active_since  timestamptz,
    active_until  timestamptz,
    attributes    jsonb       not null default '{}',
    source_system_id uuid,
    builtin       boolean     not null default false,
    version       bigint      not null default 1,
    created_at    timestamptz not null default clock_timestamp(),
    created_by    text        not null default provost.actor(),
    updated_at    timestamptz not null default clock_timestamp(),
    updated_by    text        not null default provost.actor(),
    constraint groups_active_check check (active_since is null or active_until is null or active_since < active_until),
    constraint groups_parent_check check (parent_id <> id)
);
create unique index groups_name_uq on groups (lower(name));
create index groups_parent_id_idx on groups (parent_id);
create index groups_attributes_idx on groups using gin (attributes jsonb_path_ops);
create index groups_search_idx on groups using gin (provost.fold(name || ' ' || description) provost.gin_trgm_ops);
comment on table groups is 'Business units and departments, a tree; a disabled or inactive group passes no roles on.';
call provost.track_history('groups');

create table users (
    id               uuid        not null primary key,
    user_name        text        not null,
    first_name       text        not null default '',
    last_name        text        not null default '',
    middle_name      text        not null default '',
    full_name        text        not null default '',
    user_type_id     uuid        not null constraint users_user_type_id_fkey references user_types (id),
    primary_group_id uuid        not null constraint users_primary_group_id_fkey references groups (id),
    email            text        not null default '',
    mail_alias       text        not null default '',
    mail_server      text        not null default '',
    home_server      text        not null default '',
    profile_server   text        not null default '',
    phone            text        not null default '',
    active           boolean     not null default true,
    multi_session    boolean     not null default false,
    comments         text        not null default '',
    attributes       jsonb       not null default '{}',
    source_system_id uuid,
    builtin          boolean     not null default false,
    version          bigint      not null default 1,
    created_at       timestamptz not null default clock_timestamp(),
    created_by       text        not null default provost.actor(),
    updated_at       timestamptz not null default clock_timestamp(),
    updated_by       text        not null default provost.actor()
);
create unique index users_user_name_uq on users (lower(user_name));
create index users_primary_group_id_idx on users (primary_group_id);
create index users_user_type_id_idx on users (user_type_id);
create index users_source_system_id_idx on users (source_system_id);
create index users_attributes_idx on users using gin (attributes jsonb_path_ops);
create index users_search_idx on users using gin
    (provost.fold(user_name || ' ' || full_name || ' ' || email) provost.gin_trgm_ops);
comment on table users is 'Identities, usually people.';
comment on column users.source_system_id is 'Zone: the authoritative system the user was loaded from; null means local.';
call provost.track_history('users');

create table group_memberships (
    id          uuid        not null primary key,
    user_id     uuid        not null constraint group_memberships_user_id_fkey references users (id) on delete cascade,
    group_id    uuid        not null constraint group_memberships_group_id_fkey references groups (id),
    start_at    timestamptz,
    end_at      timestamptz,
    comments    text        not null default '',
    attributes  jsonb       not null default '{}',
    version     bigint      not null default 1,
    created_at  timestamptz not null default clock_timestamp(),
    created_by  text        not null default provost.actor(),
    updated_at  timestamptz not null default clock_timestamp(),
    updated_by  text        not null default provost.actor(),
    constraint group_memberships_user_group_uq unique (user_id, group_id),
    constraint group_memberships_dates_check check (start_at is null or end_at is null or start_at < end_at)
);
create index group_memberships_group_id_idx on group_memberships (group_id);
comment on table group_memberships is 'Secondary groups of users; the primary group is a column of users.';
call provost.track_history('group_memberships');

create table metadata (
    id          uuid        not null primary key,
    object_type text        not null,
    code        text        not null constraint metadata_code_check check (code ~ '^[A-Za-z][A-Za-z0-9_.-]{0,63}$'),
    data_type   text        not null,
    builtin     boolean     not null default false,
    position    integer     not null default 0,
    options     jsonb       not null default '{}',
    version     bigint      not null default 1,
    created_at  timestamptz not null default clock_timestamp(),
    created_by  text        not null default provost.actor(),
    updated_at  timestamptz not null default clock_timestamp(),
    updated_by  text        not null default provost.actor()
);
create unique index metadata_code_uq on metadata (object_type, lower(code));
comment on table metadata is 'Definition of attributes, built-in and custom: data type, labels, validation, visibility (options).';
call provost.track_history('metadata');

create table unique_values (
    object_type text not null,
    code        text not null,
    value       text not null,
    object_id   uuid not null,
    constraint unique_values_pkey primary key (object_type, code, value)
);
create index unique_values_object_id_idx on unique_values (object_id);
comment on table unique_values is 'Keys of custom attributes that must not repeat (metadata option unique).';

create table parameters (
    id          uuid        not null primary key,
    name        text        not null,
    value       text        not null default '',
    secret_id   uuid,
    description text        not null default '',
    version     bigint      not null default 1,
    created_at  timestamptz not null default clock_timestamp(),
    created_by  text        not null default provost.actor(),
    updated_at  timestamptz not null default clock_timestamp(),
    updated_by  text        not null default provost.actor()
);
create unique index parameters_name_uq on parameters (name);
comment on table parameters is 'Settings under the names of the guide (page 036); a secret one holds the id of its secret.';
call provost.track_history('parameters');

create table secrets (
    id         uuid        not null primary key,
    ciphertext bytea       not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp()
);
comment on table secrets is 'The only place where secrets are kept, encrypted with the row id as associated data. No history.';

-- +goose Down
drop table secrets, parameters, unique_values, metadata, group_memberships, users, groups, mail_domains, group_types, user_types;
