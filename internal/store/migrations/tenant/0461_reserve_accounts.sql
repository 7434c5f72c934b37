-- +goose Up
-- Somebody may be allowed to reserve a privileged account and nothing else; a process decides about each use.
alter table account_access drop constraint account_access_level_check;
alter table account_access add constraint account_access_level_check check (level in ('owner', 'manager', 'sso', 'reserve'));
alter table account_access add column process text not null default '';
alter table account_access add constraint account_access_process_check check (process = '' or level = 'reserve');
-- +goose StatementBegin
do $$ begin execute 'alter table account_access_history add column process text not null default '''''; end $$; -- made by track_history
-- +goose StatementEnd
comment on column account_access.process is 'Code of the process that decides about reservations; empty for the only one there is.';
create index account_access_user_id_idx on account_access (user_id) where user_id is not null;
create index account_access_group_id_idx on account_access (group_id) where group_id is not null;
create index account_access_role_id_idx on account_access (role_id) where role_id is not null;

-- +goose Down
drop index account_access_role_id_idx;
drop index account_access_group_id_idx;
drop index account_access_user_id_idx;
delete from account_access where level = 'reserve';
-- +goose StatementBegin
do $$ begin execute 'alter table account_access_history drop column process'; end $$;
-- +goose StatementEnd
alter table account_access drop column process;
alter table account_access drop constraint account_access_level_check;
alter table account_access add constraint account_access_level_check check (level in ('owner', 'manager', 'sso'));
