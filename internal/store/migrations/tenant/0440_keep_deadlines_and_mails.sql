-- +goose Up
-- What happens to tasks by date, and the mails that tell people of it. The workflow notices sleeps to the next date of both and is woken
-- when one is written.

alter table process_tasks
    add column expire_at    timestamptz,
    add column expire_flow  text  not null default '',
    add column escalation   jsonb,
    add column letter       jsonb,
    add column reminded_at  timestamptz,
    add column escalated_at timestamptz;
comment on column process_tasks.escalation is 'Who is asked from the due date on: {"replace": boolean, "to": [principals], "unknown": [names]}; null when nobody is.';
comment on column process_tasks.letter is 'The notice as the definition writes it: {"subject", "text", "shortcut"}; null for the usual one.';
create index process_tasks_remind_idx on process_tasks (remind_at) where status in ('open', 'claimed') and reminded_at is null and remind_at is not null;
create index process_tasks_escalate_idx on process_tasks (due_at) where status in ('open', 'claimed') and escalated_at is null and escalation is not null;
create index process_tasks_expire_idx on process_tasks (expire_at) where status in ('waiting', 'open', 'claimed') and expire_at is not null;

alter table process_task_candidates add column escalated boolean not null default false;
comment on column process_task_candidates.escalated is 'Asked since the due date.';

create table mails (
    id         uuid        not null primary key,
    key        text        not null,
    kind       text        not null constraint mails_kind_check
               check (kind in ('task', 'delegated', 'returned', 'reminder', 'escalated', 'outcome', 'incident', 'digest', 'copy')),
    process_id uuid        constraint mails_process_id_fkey references processes (id) on delete cascade,
    task_id    uuid        constraint mails_task_id_fkey references process_tasks (id) on delete cascade,
    user_id    uuid        constraint mails_user_id_fkey references users (id) on delete cascade,
    address    text        not null,
    facts      jsonb       not null default '{}',
    status     text        not null default 'waiting' constraint mails_status_check check (status in ('waiting', 'sent', 'dropped', 'failed')),
    attempts   integer     not null default 0,
    due_at     timestamptz not null default now(),
    message    text        not null default '',
    created_at timestamptz not null default now(),
    ended_at   timestamptz
);
create unique index mails_key_uq on mails (key);
create index mails_due_idx on mails (due_at) where status = 'waiting';
create index mails_ended_idx on mails (ended_at) where status <> 'waiting';
create index mails_process_id_idx on mails (process_id);
create index mails_task_id_idx on mails (task_id);
create index mails_user_id_idx on mails (user_id);
comment on table mails is 'Mails to people, one row for each recipient: the occasion and its facts. The text is made when it is sent. key names the occasion and the recipient: nobody is told twice.';

create table mail_tokens (
    hash       bytea       not null primary key,
    mail_id    uuid        not null constraint mail_tokens_mail_id_fkey references mails (id) on delete cascade,
    task_id    uuid        not null constraint mail_tokens_task_id_fkey references process_tasks (id) on delete cascade,
    user_id    uuid        not null constraint mail_tokens_user_id_fkey references users (id) on delete cascade,
    expires_at timestamptz not null,
    used_at    timestamptz,
    created_at timestamptz not null default now()
);
create index mail_tokens_mail_id_idx on mail_tokens (mail_id);
create index mail_tokens_task_id_idx on mail_tokens (task_id);
create index mail_tokens_user_id_idx on mail_tokens (user_id);
comment on table mail_tokens is 'Links in mails by which one person decides about one task, once. Only the hash of a token is kept.';

-- The active people whom the candidates of tasks reach, but for the candidate that is everybody: the same people as those with their hats (see
-- hats_of). With later_only, those whom an escalation asks.
-- +goose StatementBegin
create function people_asked(tasks uuid[], later_only boolean) returns table (task_id uuid, user_id uuid) language sql stable as $$
with recursive wanted as (
    select c.task_id, c.kind, c.principal_id as id, c.scope_id from process_task_candidates c
    where c.task_id = any (tasks) and (c.escalated or not later_only)
),
below as (
    select g.id as root, g.id from groups g where g.id in (select w.id from wanted w where w.kind = 'group')
    and not g.disabled and coalesce(g.active_since <= now(), true) and coalesce(g.active_until > now(), true)
    union
    select b.root, g.id from groups g join below b on g.parent_id = b.id
    where not g.disabled and coalesce(g.active_since <= now(), true) and coalesce(g.active_until > now(), true)
),
above as (
    select w.id as role_id, w.scope_id as root, w.scope_id from wanted w where w.kind = 'role' and w.scope_id is not null
    union
    select a.role_id, a.root, p.parent_id from above a
    join lateral (select g.parent_id from groups g where g.id = a.scope_id
                  union all select i.parent_id from information_systems i where i.id = a.scope_id) p on p.parent_id is not null
),
reached as (
    select w.task_id, w.id as user_id from wanted w where w.kind = 'user'
    union select w.task_id, u.id from wanted w join below b on w.kind = 'group' and b.root = w.id join users u on u.primary_group_id = b.id
    union select w.task_id, m.user_id from wanted w join below b on w.kind = 'group' and b.root = w.id join group_memberships m on m.group_id = b.id
          where coalesce(m.start_at <= now(), true) and coalesce(m.end_at > now(), true)
    union select w.task_id, e.user_id from wanted w join effective_roles e on w.kind = 'role' and e.role_id = w.id
          where e.user_id is not null
            and (e.account_id is null or exists (select 1 from accounts a where a.id = e.account_id and a.status in ('enabled', 'forcedEnabled')))
            and (w.scope_id is null or exists (select 1 from above a where a.role_id = w.id and a.root = w.scope_id
                 and a.scope_id = coalesce(e.scope_group_id, e.scope_information_system_id, e.scope_value_id)))
)
select distinct r.task_id, u.id from reached r join users u on u.id = r.user_id where u.active
$$;
-- +goose StatementEnd

-- The next moment at which there is something to do about tasks and mails; null when there is none.
-- +goose StatementBegin
create function next_notice() returns timestamptz language sql stable as $$
select least(
    (select min(remind_at) from process_tasks where status in ('open', 'claimed') and reminded_at is null and remind_at is not null),
    (select min(due_at) from process_tasks where status in ('open', 'claimed') and escalated_at is null and escalation is not null),
    (select min(expire_at) from process_tasks where status in ('waiting', 'open', 'claimed') and expire_at is not null),
    (select min(due_at) from mails where status = 'waiting'))
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function follow_notices() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from changed) then
        return null;
    end if;
    insert into outbox (key, kind, payload) values ('notices', 'notices', '{}');
    perform pg_notify('provost_outbox', substr(tg_table_schema, 3));
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function follow_deadlines() returns trigger language plpgsql as $$
begin
    if exists (select 1 from changed where status = 'open' and (
        remind_at is not null and reminded_at is null or escalation is not null and due_at is not null and escalated_at is null or expire_at is not null)) then
        insert into outbox (key, kind, payload) values ('notices', 'notices', '{}');
        perform pg_notify('provost_outbox', substr(tg_table_schema, 3));
    end if;
    return null;
end $$;
-- +goose StatementEnd

create trigger process_tasks_insert_deadlines after insert on process_tasks referencing new table as changed
    for each statement execute function follow_deadlines();
create trigger process_tasks_update_deadlines after update on process_tasks referencing new table as changed
    for each statement execute function follow_deadlines();
create trigger mails_insert_notices after insert on mails referencing new table as changed
    for each statement execute function follow_notices();

-- +goose Down
drop trigger mails_insert_notices on mails;
drop trigger process_tasks_update_deadlines on process_tasks;
drop trigger process_tasks_insert_deadlines on process_tasks;
drop function follow_deadlines;
drop function follow_notices;
drop function next_notice;
drop function people_asked;
drop table mail_tokens, mails;
alter table process_task_candidates drop column escalated;
alter table process_tasks drop column expire_at, drop column expire_flow, drop column escalation, drop column letter, drop column reminded_at, drop column escalated_at;
