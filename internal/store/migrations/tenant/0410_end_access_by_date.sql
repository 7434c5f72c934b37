-- +goose Up
-- Access to a shared or privileged account may end by date: a reservation does.
alter table account_access add column end_at timestamptz;
-- +goose StatementBegin
do $$ begin execute 'alter table account_access_history add column end_at timestamptz'; end $$; -- made by track_history
-- +goose StatementEnd
comment on column account_access.end_at is 'When the access ends by itself; null for one that is taken away by hand.';
create index account_access_end_at_idx on account_access (end_at) where end_at is not null;

-- +goose StatementBegin
create or replace function next_date(after timestamptz) returns timestamptz
    language sql stable as $$
select min(d.at) from (
    select start_at as at from group_memberships union all select end_at from group_memberships
    union all select active_since from groups union all select active_until from groups
    union all select start_at from grants union all select end_at from grants
    union all select approval_start from roles union all select approval_end from roles
    union all select end_at from account_access
) d where d.at > after
$$;
-- +goose StatementEnd

create trigger account_access_insert_dates after insert on account_access referencing new table as changed
    for each statement execute function follow_dates('end_at', 'end_at');
create trigger account_access_update_dates after update on account_access referencing new table as changed
    for each statement execute function follow_dates('end_at', 'end_at');

-- +goose Down
drop trigger account_access_update_dates on account_access;
drop trigger account_access_insert_dates on account_access;
-- +goose StatementBegin
create or replace function next_date(after timestamptz) returns timestamptz
    language sql stable as $$
select min(d.at) from (
    select start_at as at from group_memberships union all select end_at from group_memberships
    union all select active_since from groups union all select active_until from groups
    union all select start_at from grants union all select end_at from grants
    union all select approval_start from roles union all select approval_end from roles
) d where d.at > after
$$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$ begin execute 'alter table account_access_history drop column end_at'; end $$;
-- +goose StatementEnd
alter table account_access drop column end_at;
