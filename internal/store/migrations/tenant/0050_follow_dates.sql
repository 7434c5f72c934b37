-- +goose Up
-- Memberships, groups, grants and approvals of roles begin and end by date without anybody changing a row then. The mark says until when
-- that was seen to; the workflow grants.due sleeps to the next date and is woken when a date is written.

create table due_mark (
    single      boolean     not null default true primary key constraint due_mark_single_check check (single),
    honoured_at timestamptz not null default clock_timestamp()
);
comment on table due_mark is 'The moment until which dates that begin or end something were honoured: one row.';
insert into due_mark default values;

-- +goose StatementBegin
create function follow_dates() returns trigger language plpgsql as $$
declare
    dated boolean;
begin
    execute format('select exists (select 1 from changed where %1$I is not null or %2$I is not null)', tg_argv[0], tg_argv[1]) into dated;
    if dated then
        insert into outbox (key, kind, payload) values ('grants.due', 'grants.due', '{}');
        perform pg_notify('provost_outbox', substr(tg_table_schema, 3));
    end if;
    return null;
end $$;
-- +goose StatementEnd

create trigger grants_insert_dates after insert on grants referencing new table as changed
    for each statement execute function follow_dates('start_at', 'end_at');
create trigger grants_update_dates after update on grants referencing new table as changed
    for each statement execute function follow_dates('start_at', 'end_at');
create trigger group_memberships_insert_dates after insert on group_memberships referencing new table as changed
    for each statement execute function follow_dates('start_at', 'end_at');
create trigger group_memberships_update_dates after update on group_memberships referencing new table as changed
    for each statement execute function follow_dates('start_at', 'end_at');
create trigger groups_insert_dates after insert on groups referencing new table as changed
    for each statement execute function follow_dates('active_since', 'active_until');
create trigger groups_update_dates after update on groups referencing new table as changed
    for each statement execute function follow_dates('active_since', 'active_until');
create trigger roles_insert_dates after insert on roles referencing new table as changed
    for each statement execute function follow_dates('approval_start', 'approval_end');
create trigger roles_update_dates after update on roles referencing new table as changed
    for each statement execute function follow_dates('approval_start', 'approval_end');

-- +goose Down
drop trigger roles_update_dates on roles;
drop trigger roles_insert_dates on roles;
drop trigger groups_update_dates on groups;
drop trigger groups_insert_dates on groups;
drop trigger group_memberships_update_dates on group_memberships;
drop trigger group_memberships_insert_dates on group_memberships;
drop trigger grants_update_dates on grants;
drop trigger grants_insert_dates on grants;
drop function follow_dates;
drop table due_mark;
