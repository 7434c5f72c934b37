-- +goose Up
-- How changes travel: the outbox, synchronisation tasks and their parts, runs with staging and change lists, servers.

create sequence sync_generations;

create table outbox (
    id            bigint      not null primary key generated always as identity,
    key           text        not null,
    kind          text        not null,
    payload       jsonb       not null default '{}',
    created_at    timestamptz not null default clock_timestamp(),
    claimed_until timestamptz,
    attempts      integer     not null default 0,
    last_error    text        not null default ''
);
create index outbox_key_idx on outbox (key, id);
comment on table outbox is 'The only way from the database to Temporal: delivered rows are deleted. Rows of one key are delivered in order.';

create table sync_tasks (
    id            uuid        not null primary key,
    number        bigint      not null generated always as identity,
    object_type   text        not null constraint sync_tasks_object_type_check check (object_type in ('user', 'account', 'group', 'role')),
    object_id     uuid        not null,
    object_name   text        not null default '',
    generation    bigint      not null default nextval('sync_generations'),
    status        text        not null constraint sync_tasks_status_check
                  check (status in ('pending', 'held', 'waiting', 'done', 'failed', 'cancelled')),
    priority      smallint    not null default 3 constraint sync_tasks_priority_check check (priority between 1 and 5),
    lane          text        not null default 'interactive' constraint sync_tasks_lane_check check (lane in ('interactive', 'bulk')),
    source        text        not null,
    source_id     uuid        not null,
    author        text        not null default provost.actor(),
    created_at    timestamptz not null default clock_timestamp(),
    changed_at    timestamptz not null default clock_timestamp(),
    signalled_at  timestamptz not null default clock_timestamp(),
    finished_at   timestamptz
);
create unique index sync_tasks_open_uq on sync_tasks (object_type, object_id) where status in ('pending', 'held', 'waiting', 'failed');
create index sync_tasks_open_idx on sync_tasks (status, changed_at) where status in ('pending', 'held', 'waiting', 'failed');
create index sync_tasks_source_id_idx on sync_tasks (source_id) where status in ('pending', 'held', 'waiting', 'failed');
create index sync_tasks_object_idx on sync_tasks (object_id);
create index sync_tasks_finished_idx on sync_tasks (finished_at) where finished_at is not null;
comment on table sync_tasks is 'An object that has to reach its systems. generation rises with every change; the task is done when the generation it saw was applied everywhere.';

create table sync_parts (
    task_id     uuid        not null constraint sync_parts_task_id_fkey references sync_tasks (id) on delete cascade,
    system_id   uuid        not null constraint sync_parts_system_id_fkey references systems (id) on delete cascade,
    status      text        not null constraint sync_parts_status_check check (status in ('pending', 'waiting', 'done', 'failed')),
    error_class text        not null default '',
    message     text        not null default '',
    attempts    integer     not null default 0,
    last_run    timestamptz,
    next_run    timestamptz,
    primary key (task_id, system_id)
);
create index sync_parts_system_id_idx on sync_parts (system_id, status);
comment on table sync_parts is 'The part of a task that concerns one system: one cell of the tasks by agents matrix.';

create table target_states (
    system_id       uuid        not null constraint target_states_system_id_fkey references systems (id) on delete cascade,
    object_type     text        not null constraint target_states_object_type_check check (object_type in ('account', 'role', 'group')),
    object_id       uuid        not null,
    class           text        not null,
    desired         jsonb,
    source          jsonb,
    desired_version bigint      not null default 0,
    desired_hash    text        not null default '',
    applied_version bigint      not null default 0,
    applied_key     text        not null default '',
    external_id     text        not null default '',
    applied_at      timestamptz,
    drift           jsonb,
    primary key (system_id, object_type, object_id, class)
);
create index target_states_object_id_idx on target_states (object_id);
comment on table target_states is 'State wanted for, and last applied to, an object in a system, per mapping class. desired null means: must not be there. A stale version is never applied. source is our object, kept for classes with triggers.';

create table runs (
    id           uuid        not null primary key,
    number       bigint      not null generated always as identity,
    kind         text        not null constraint runs_kind_check check (kind in ('load', 'reconcile', 'impact', 'impact-in', 'provision', 'policies', 'import')),
    system_id    uuid        constraint runs_system_id_fkey references systems (id) on delete cascade,
    status       text        not null constraint runs_status_check check (status in ('queued', 'running', 'blocked', 'completed', 'failed', 'cancelled')),
    phase        text        not null default '',
    options      jsonb       not null default '{}',
    counters     jsonb       not null default '{}',
    guard        jsonb,
    message      text        not null default '',
    author       text        not null default provost.actor(),
    created_at   timestamptz not null default clock_timestamp(),
    started_at   timestamptz,
    ended_at     timestamptz,
    reviewed_by  text        not null default ''
);
create index runs_system_id_idx on runs (system_id, created_at desc);
create unique index runs_active_uq on runs (system_id) where status in ('queued', 'running', 'blocked') and system_id is not null;
comment on table runs is 'One execution of a load, reconciliation, impact preview or mass provisioning. One at a time per system.';

create table run_objects (
    run_id      uuid   not null constraint run_objects_run_id_fkey references runs (id) on delete cascade,
    seq         bigint not null,
    class       text   not null,
    object_type text   not null,
    key         text   not null,
    address     text   not null default '',
    external_id text   not null default '',
    mapped      jsonb  not null default '{}',
    raw         jsonb  not null default '{}',
    problem     text   not null default '',
    primary key (run_id, seq)
);
create index run_objects_key_idx on run_objects (run_id, lower(key));
create index run_objects_address_idx on run_objects (run_id, lower(address));
create index run_objects_external_id_idx on run_objects (run_id, external_id) where external_id <> '';
comment on table run_objects is 'Staging of a run: what the system listed, mapped to our attributes. Emptied when the run ends.';

create table run_changes (
    run_id      uuid   not null constraint run_changes_run_id_fkey references runs (id) on delete cascade,
    seq         bigint not null,
    object_type text   not null,
    object_key  text   not null,
    object_id   uuid,
    action      text   not null constraint run_changes_action_check
                check (action in ('create', 'update', 'disable', 'enable', 'delete', 'link', 'grant', 'revoke', 'drift', 'conflict', 'reject')),
    changes     jsonb  not null default '[]',
    object      jsonb,
    status      text   not null default 'proposed' constraint run_changes_status_check check (status in ('proposed', 'applied', 'skipped', 'failed')),
    message     text   not null default '',
    primary key (run_id, seq)
);
create index run_changes_action_idx on run_changes (run_id, object_type, action);
comment on table run_changes is 'Change list of a run: per object what, before and after, and what became of it.';

create table run_log (
    run_id  uuid        not null constraint run_log_run_id_fkey references runs (id) on delete cascade,
    id      bigint      not null generated always as identity,
    at      timestamptz not null default clock_timestamp(),
    level   text        not null,
    message text        not null,
    primary key (run_id, id)
);
comment on table run_log is 'Log lines of a run.';

create table servers (
    name       text        not null primary key,
    kind       text        not null,
    version    text        not null default '',
    started_at timestamptz not null,
    last_seen  timestamptz not null,
    details    jsonb       not null default '{}'
);
comment on table servers is 'Synchronisation servers: worker processes that reported themselves.';

create table issues (
    id          uuid        not null primary key,
    number      bigint      not null generated always as identity,
    kind        text        not null,
    status      text        not null default 'new' constraint issues_status_check check (status in ('new', 'acknowledged', 'solved')),
    object_type text        not null default '',
    object_id   uuid,
    description text        not null,
    times       integer     not null default 1,
    created_at  timestamptz not null default clock_timestamp(),
    updated_at  timestamptz not null default clock_timestamp()
);
create unique index issues_open_uq on issues (kind, object_type, object_id) nulls not distinct where status <> 'solved';
comment on table issues is 'Events somebody has to look at.';

-- +goose Down
drop table issues, servers, run_log, run_changes, run_objects, runs, target_states, sync_parts, sync_tasks, outbox;
drop sequence sync_generations;
