-- +goose Up
-- A content of a role that waits to be added, or to be removed, names the process that decides about it; before it is approved it has no effect.
alter table role_contents add column state text not null default 'active'
    constraint role_contents_state_check check (state in ('active', 'approvalPending', 'removalPending'));
alter table role_contents add column process_id uuid constraint role_contents_process_id_fkey references processes (id) on delete set null;
-- +goose StatementBegin
do $$ begin -- made by track_history
    execute 'alter table role_contents_history add column state text not null default ''active''';
    execute 'alter table role_contents_history add column process_id uuid';
end $$;
-- +goose StatementEnd
create index role_contents_process_id_idx on role_contents (process_id) where process_id is not null;
comment on column role_contents.process_id is 'Process that decides about the pending addition or removal; null for a content that nobody decides about.';

-- What is held counts contents that are in effect.
-- +goose StatementBegin
do $$ begin
    execute replace(pg_get_functiondef('current_roles(uuid[], uuid[])'::regprocedure),
                    'on rc.role_id = w.role_id and rc.mandatory', 'on rc.role_id = w.role_id and rc.mandatory and rc.state <> ''approvalPending''');
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$ begin
    execute replace(pg_get_functiondef('current_roles(uuid[], uuid[])'::regprocedure), ' and rc.state <> ''approvalPending''', '');
end $$;
-- +goose StatementEnd
delete from role_contents where state = 'approvalPending';
-- +goose StatementBegin
do $$ begin
    execute 'alter table role_contents_history drop column process_id';
    execute 'alter table role_contents_history drop column state';
end $$;
-- +goose StatementEnd
alter table role_contents drop column process_id;
alter table role_contents drop column state;
