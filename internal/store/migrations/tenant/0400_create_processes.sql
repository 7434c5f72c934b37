-- +goose Up
-- Processes and the work they give to people: definitions with their versions, instances, tasks, and what is kept of them.

create table process_definitions (
    id             uuid        not null primary key,
    code           text        not null constraint process_definitions_code_check check (code <> ''),
    name           text        not null,
    folder         text        not null default '',
    kind           text        not null constraint process_definitions_kind_check
                   check (kind in ('user', 'permission', 'request', 'reservation', 'delegation')),
    description    text        not null default '',
    enabled        boolean     not null default true,
    current_number integer     not null default 0,
    version        bigint      not null default 1,
    created_at     timestamptz not null default clock_timestamp(),
    created_by     text        not null default provost.actor(),
    updated_at     timestamptz not null default clock_timestamp(),
    updated_by     text        not null default provost.actor()
);
create unique index process_definitions_code_uq on process_definitions (lower(code));
comment on table process_definitions is 'What people can start. code is the id of the process element; a disabled one starts no more, its processes end as they would.';
call provost.track_history('process_definitions');

create table process_versions (
    id            uuid        not null primary key,
    definition_id uuid        not null constraint process_versions_definition_id_fkey references process_definitions (id) on delete cascade,
    number        integer     not null,
    sha256        text        not null,
    file_name     text        not null default '',
    source        bytea       not null,
    plan          jsonb       not null,
    library       jsonb       not null,
    findings      jsonb       not null default '[]',
    deployed_by   text        not null default provost.actor(),
    deployed_at   timestamptz not null default clock_timestamp(),
    constraint process_versions_number_uq unique (definition_id, number)
);
comment on table process_versions is 'What was deployed, never changed: the source as it came, and what a running process needs of it. findings are the warnings of the deployment.';

create table process_drafts (
    id            uuid        not null primary key,
    name          text        not null constraint process_drafts_name_check check (name <> ''),
    source        text        not null,
    definition_id uuid        constraint process_drafts_definition_id_fkey references process_definitions (id) on delete cascade,
    version       bigint      not null default 1,
    created_at    timestamptz not null default clock_timestamp(),
    created_by    text        not null default provost.actor(),
    updated_at    timestamptz not null default clock_timestamp(),
    updated_by    text        not null default provost.actor()
);
create unique index process_drafts_name_uq on process_drafts (lower(name));
comment on table process_drafts is 'Unpublished work of designers, without history. definition_id is the definition that a draft becomes a version of; null makes a new one.';

create table processes (
    id            uuid        not null primary key,
    number        bigint      not null generated always as identity,
    definition_id uuid        not null constraint processes_definition_id_fkey references process_definitions (id),
    version_id    uuid        not null constraint processes_version_id_fkey references process_versions (id),
    parent_id     uuid        constraint processes_parent_id_fkey references processes (id),
    parent_work   bigint,
    name          text        not null,
    status        text        not null constraint processes_status_check check (status in ('starting', 'running', 'completed', 'cancelled', 'failed')),
    message       text        not null default '',
    initiator_id  uuid        constraint processes_initiator_id_fkey references users (id) on delete set null,
    initiator     text        not null default '',
    subject_id    uuid        constraint processes_subject_id_fkey references users (id) on delete set null,
    subject       text        not null default '',
    steps         text        not null default '',
    places        text[]      not null default '{}',
    variables     jsonb       not null default '{}',
    search        tsvector    not null default '',
    seq           bigint      not null default 0,
    started_at    timestamptz not null default clock_timestamp(),
    ended_at      timestamptz
);
create unique index processes_number_uq on processes (number);
create unique index processes_parent_uq on processes (parent_id, parent_work) where parent_id is not null;
create index processes_definition_id_idx on processes (definition_id, id);
create index processes_version_id_idx on processes (version_id);
create index processes_initiator_id_idx on processes (initiator_id, id);
create index processes_subject_id_idx on processes (subject_id) where subject_id is not null;
create index processes_open_idx on processes (id) where status in ('starting', 'running');
create index processes_search_idx on processes using gin (search);
comment on table processes is 'Instances. Position, variables and status are a projection of the running workflow; seq is the last of its steps that was written here.';

-- +goose StatementBegin
create function hat_of(principal uuid, scope uuid) returns uuid language sql immutable parallel safe as $$
select case when scope is null then principal else md5(principal::text || scope::text)::uuid end
$$;
-- +goose StatementEnd

create table process_access (
    process_id uuid not null constraint process_access_process_id_fkey references processes (id) on delete cascade,
    hat        uuid not null,
    part       text not null constraint process_access_part_check check (part in ('initiator', 'manager', 'observer', 'candidate', 'actor')),
    primary key (process_id, hat, part)
);
create index process_access_hat_idx on process_access (hat, process_id);
comment on table process_access is 'Who may see a process, by hats (see hats_of): rows are added and never taken away, so that whoever had to do with it may look at it later.';

create table process_tasks (
    id            uuid        not null primary key,
    process_id    uuid        not null constraint process_tasks_process_id_fkey references processes (id) on delete cascade,
    work          bigint      not null,
    part          integer     not null default 0,
    stage         integer     not null default 0,
    seat          integer     not null default 0,
    element       text        not null,
    name          text        not null,
    title         text        not null,
    status        text        not null constraint process_tasks_status_check
                  check (status in ('waiting', 'open', 'claimed', 'completed', 'cancelled', 'expired')),
    assignee_id   uuid        constraint process_tasks_assignee_id_fkey references users (id) on delete set null,
    owner_id      uuid        constraint process_tasks_owner_id_fkey references users (id) on delete set null,
    due_at        timestamptz,
    remind_at     timestamptz,
    scheduled_for timestamptz,
    outcome       text        not null default '',
    variables     jsonb       not null default '{}',
    payload       jsonb       not null default '{}',
    draft         jsonb,
    comment       text        not null default '',
    finishes      boolean     not null default false,
    closed_by_id  uuid,
    closed_by     text        not null default '',
    reason        text        not null default '',
    version       bigint      not null default 1,
    opened_at     timestamptz not null default clock_timestamp(),
    closed_at     timestamptz,
    constraint process_tasks_place_uq unique (process_id, work, part, stage, seat),
    constraint process_tasks_closed_check check ((status in ('completed', 'cancelled', 'expired')) = (closed_at is not null)),
    constraint process_tasks_claimed_check check (status <> 'claimed' or assignee_id is not null)
);
create index process_tasks_assignee_id_idx on process_tasks (assignee_id, id) where status = 'claimed';
create index process_tasks_closed_by_id_idx on process_tasks (closed_by_id, id) where closed_by_id is not null;
create index process_tasks_due_idx on process_tasks (due_at) where status in ('open', 'claimed') and due_at is not null;
comment on table process_tasks is 'Pieces of work for people. A node of a process (work) has a task per part (owners of an approval), stage and seat (whose consents are counted).';
comment on column process_tasks.owner_id is 'Who delegated the task and gets it back.';
comment on column process_tasks.finishes is 'This completion was the last of its node: exactly one task of a node says so.';

create table process_task_candidates (
    task_id      uuid    not null constraint process_task_candidates_task_id_fkey references process_tasks (id) on delete cascade,
    kind         text    not null constraint process_task_candidates_kind_check check (kind in ('user', 'group', 'role', 'everybody')),
    principal_id uuid    not null,
    scope_id     uuid,
    name         text    not null,
    hat          uuid    not null generated always as (hat_of(principal_id, scope_id)) stored,
    pending      boolean not null default true,
    primary key (task_id, hat)
);
create index process_task_candidates_inbox_idx on process_task_candidates (hat, task_id) where pending;
comment on table process_task_candidates is 'Who may do a task, as principals and not expanded; kept after its end. pending while the task is open and nobody has claimed it: the index of the inbox.';

create table process_lines (
    id         uuid        not null primary key,
    process_id uuid        not null constraint process_lines_process_id_fkey references processes (id) on delete cascade,
    work       bigint      not null,
    part       integer     not null,
    key        text        not null,
    title      text        not null default '',
    subject_id uuid,
    content    jsonb       not null default '{}',
    decision   text        not null default '' constraint process_lines_decision_check check (decision in ('', 'approved', 'denied')),
    stage      integer     not null default 0,
    decided_at timestamptz,
    constraint process_lines_key_uq unique (process_id, work, key)
);
comment on table process_lines is 'What an approval decides about, one grant a line. stage counts the stages that approved it; a line that one of them denied goes no further.';

create table process_votes (
    line_id  uuid        not null constraint process_votes_line_id_fkey references process_lines (id) on delete cascade,
    task_id  uuid        not null constraint process_votes_task_id_fkey references process_tasks (id) on delete cascade,
    approved boolean     not null,
    comment  text        not null default '',
    actor_id uuid,
    actor    text        not null,
    at       timestamptz not null default clock_timestamp(),
    primary key (line_id, task_id)
);
create index process_votes_task_id_idx on process_votes (task_id);
comment on table process_votes is 'What each person said about a line.';

create table process_log (
    id         bigint      not null primary key generated always as identity,
    process_id uuid        not null constraint process_log_process_id_fkey references processes (id) on delete cascade,
    seq        bigint,
    line       integer     not null default 0,
    kind       text        not null,
    element    text        not null default '',
    name       text        not null default '',
    actor      text        not null default '',
    outcome    text        not null default '',
    flow       text        not null default '',
    text       text        not null default '',
    at         timestamptz not null default clock_timestamp(),
    constraint process_log_seq_uq unique (process_id, seq, line)
);
create index process_log_process_id_idx on process_log (process_id, id);
comment on table process_log is 'What happened in a process. seq and line place what its workflow wrote and make that idempotent; what people did has no seq.';

create table process_comments (
    id         uuid        not null primary key,
    process_id uuid        not null constraint process_comments_process_id_fkey references processes (id) on delete cascade,
    task_id    uuid        constraint process_comments_task_id_fkey references process_tasks (id) on delete cascade,
    author_id  uuid,
    author     text        not null default provost.actor(),
    text       text        not null,
    at         timestamptz not null default clock_timestamp()
);
create index process_comments_process_id_idx on process_comments (process_id, id);
comment on table process_comments is 'What people wrote about a process.';

create table process_documents (
    id         uuid        not null primary key,
    process_id uuid        not null constraint process_documents_process_id_fkey references processes (id) on delete cascade,
    task_id    uuid        constraint process_documents_task_id_fkey references process_tasks (id) on delete cascade,
    name       text        not null constraint process_documents_name_check check (name <> ''),
    media_type text        not null,
    size       bigint      not null,
    sha256     text        not null,
    content    bytea       not null,
    author_id  uuid,
    author     text        not null default provost.actor(),
    at         timestamptz not null default clock_timestamp()
);
create index process_documents_process_id_idx on process_documents (process_id, id);
comment on table process_documents is 'Files attached to processes; the content is in the database.';

create table process_incidents (
    id         uuid        not null primary key,
    process_id uuid        not null constraint process_incidents_process_id_fkey references processes (id) on delete cascade,
    incident   bigint      not null,
    work       bigint      not null default 0,
    element    text        not null,
    name       text        not null default '',
    code       text        not null default '',
    message    text        not null default '',
    status     text        not null default 'open' constraint process_incidents_status_check check (status in ('open', 'asked', 'solved')),
    action     text        not null default '',
    reason     text        not null default '',
    solved_by  text        not null default '',
    opened_at  timestamptz not null default clock_timestamp(),
    solved_at  timestamptz,
    constraint process_incidents_incident_uq unique (process_id, incident)
);
create index process_incidents_open_idx on process_incidents (id) where status <> 'solved';
comment on table process_incidents is 'Work that failed and waits for an operator. asked: somebody decided what to do, and the process has not done it yet.';

create table process_jobs (
    id         uuid        not null primary key,
    process_id uuid        not null constraint process_jobs_process_id_fkey references processes (id) on delete cascade,
    kind       text        not null constraint process_jobs_kind_check check (kind in ('timer', 'async')),
    key        bigint      not null,
    element    text        not null,
    name       text        not null default '',
    due_at     timestamptz,
    attempts   integer     not null default 0,
    status     text        not null default 'waiting' constraint process_jobs_status_check check (status in ('waiting', 'running', 'failed')),
    message    text        not null default '',
    held       boolean     not null default false,
    created_at timestamptz not null default clock_timestamp(),
    constraint process_jobs_key_uq unique (process_id, kind, key)
);
create index process_jobs_due_idx on process_jobs (due_at);
comment on table process_jobs is 'Timers and asynchronous steps that processes wait for; a row goes when its job is done.';

create table process_waits (
    process_id uuid not null constraint process_waits_process_id_fkey references processes (id) on delete cascade,
    type       text not null constraint process_waits_type_check check (type in ('message', 'signal')),
    name       text not null,
    element    text not null,
    primary key (process_id, type, name, element)
);
create index process_waits_name_idx on process_waits (type, name);
comment on table process_waits is 'Messages and signals that processes wait for.';

-- The hats of a person: the ids under which tasks and processes reach them. Themselves; the groups they are in, with those above; the roles
-- they hold, whatever the scope, and each with its scope and what lies below that; and the zero id, which is everybody's. A role with a scope
-- is one hat, made of both ids (hat_of).
-- +goose StatementBegin
create function hats_of(of_user uuid) returns setof uuid language sql stable as $$
with recursive joined as (
    select u.primary_group_id as id from users u where u.id = of_user
    union
    select m.group_id from group_memberships m where m.user_id = of_user
        and coalesce(m.start_at <= now(), true) and coalesce(m.end_at > now(), true)
),
within as (
    select g.id, g.parent_id from groups g join joined j on j.id = g.id
    where not g.disabled and coalesce(g.active_since <= now(), true) and coalesce(g.active_until > now(), true)
    union
    select g.id, g.parent_id from groups g join within w on w.parent_id = g.id
    where not g.disabled and coalesce(g.active_since <= now(), true) and coalesce(g.active_until > now(), true)
),
held as (
    select distinct e.role_id, coalesce(e.scope_group_id, e.scope_information_system_id, e.scope_value_id) as scope_id
    from effective_roles e
    where e.user_id = of_user
      and (e.account_id is null or exists (select 1 from accounts a where a.id = e.account_id and a.status in ('enabled', 'forcedEnabled')))
),
scoped as (
    select h.role_id, h.scope_id from held h where h.scope_id is not null
    union
    select s.role_id, b.id from scoped s
    join lateral (select g.id from groups g where g.parent_id = s.scope_id
                  union all select i.id from information_systems i where i.parent_id = s.scope_id) b on true
)
select of_user
union select '00000000-0000-0000-0000-000000000000'::uuid
union select w.id from within w
union select h.role_id from held h
union select hat_of(s.role_id, s.scope_id) from scoped s
$$;
-- +goose StatementEnd

create trigger processes_notify after insert or update on processes for each row execute function notify_object('processes', 'id');
create trigger process_tasks_insert_notify after insert on process_tasks referencing new table as changed
    for each statement execute function notify_changed('tasks', 'id');
create trigger process_tasks_update_notify after update on process_tasks referencing new table as changed
    for each statement execute function notify_changed('tasks', 'id');
create trigger process_incidents_notify after insert or update on process_incidents for each row
    execute function notify_object('process-incidents', 'id');

-- +goose Down
drop function hats_of;
drop table process_waits, process_jobs, process_incidents, process_documents, process_comments, process_log, process_votes, process_lines,
    process_task_candidates, process_tasks, process_access, processes, process_drafts, process_versions,
    process_definitions_history, process_definitions;
drop function hat_of;
