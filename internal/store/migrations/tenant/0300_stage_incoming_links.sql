-- +goose Up
-- The inbound side of the engine: records that cannot be identified, groups in the order of their tree, memberships and grants as links,
-- the source a membership came from, and where a differential listing goes on.
alter table run_objects
    add column unidentified boolean not null default false,
    add column links        boolean not null default false,
    add column level        integer not null default 0;
create index run_objects_level_idx on run_objects (run_id, level, seq);
comment on column run_objects.unidentified is 'Nobody can say which object this record is: while there are such, nothing may be taken for missing.';
comment on column run_objects.links is 'The object lists all its links (members of a role, grants of an account, groups of a user).';
comment on column run_objects.level is 'Depth of a group below the listed ones: parents come before children.';

create table run_links (
    run_id    uuid   not null constraint run_links_run_id_fkey references runs (id) on delete cascade,
    seq       bigint not null,
    kind      text   not null constraint run_links_kind_check check (kind in ('membership', 'grant')),
    owner     text   not null,
    target    text   not null,
    scope     text   not null default '',
    owner_key text   not null default '',
    effective boolean not null default false,
    problem   text   not null default '',
    primary key (run_id, seq)
);
create index run_links_owner_key_idx on run_links (run_id, kind, owner_key, lower(target));
create index run_links_target_idx on run_links (run_id, kind, lower(target));
comment on table run_links is 'Staging of a run: who belongs to which group, and which account holds which role, as the system listed it. Emptied when the run ends.';
comment on column run_links.owner_key is 'Lower-case name of the user or account that the listed owner, a name or an address, stands for.';
comment on column run_links.effective is 'The listing includes what is held through other roles and groups.';

alter table runs add column listing jsonb not null default '{}';
comment on column runs.listing is 'What the listing covered: object types, whether it was complete, and the tokens from which a later one may go on.';

alter table run_changes drop constraint run_changes_action_check;
alter table run_changes add constraint run_changes_action_check check (action in
    ('create', 'update', 'disable', 'enable', 'delete', 'link', 'grant', 'revoke', 'drift', 'conflict', 'reject', 'unidentified'));

alter table group_memberships add column source_system_id uuid;
-- +goose StatementBegin
do $$ begin alter table group_memberships_history add column source_system_id uuid; end $$;
-- +goose StatementEnd
create index group_memberships_source_system_id_idx on group_memberships (source_system_id) where source_system_id is not null;
comment on column group_memberships.source_system_id is 'Zone: the authoritative system that listed the membership; null means local.';
create index groups_source_system_id_idx on groups (source_system_id) where source_system_id is not null;

alter table system_status drop column load_token;
alter table system_status add column load_tokens jsonb not null default '{}';
comment on column system_status.load_tokens is 'Where the next differential listing goes on, by kind of run and fingerprint of the mapping.';

-- +goose Down
alter table system_status drop column load_tokens;
alter table system_status add column load_token text not null default '';
drop index groups_source_system_id_idx;
drop index group_memberships_source_system_id_idx;
-- +goose StatementBegin
do $$ begin alter table group_memberships_history drop column source_system_id; end $$;
-- +goose StatementEnd
alter table group_memberships drop column source_system_id;
delete from run_changes where action = 'unidentified';
alter table run_changes drop constraint run_changes_action_check;
alter table run_changes add constraint run_changes_action_check check (action in
    ('create', 'update', 'disable', 'enable', 'delete', 'link', 'grant', 'revoke', 'drift', 'conflict', 'reject'));
alter table runs drop column listing;
drop table run_links;
drop index run_objects_level_idx;
alter table run_objects drop column level, drop column links, drop column unidentified;
