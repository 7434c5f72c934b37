-- +goose Up
-- A grant that waits to be approved, or to be revoked, names the process that decides about it.
alter table grants add column process_id uuid constraint grants_process_id_fkey references processes (id) on delete set null;
-- +goose StatementBegin
do $$ begin execute 'alter table grants_history add column process_id uuid'; end $$; -- made by track_history
-- +goose StatementEnd
create index grants_process_id_idx on grants (process_id) where process_id is not null;
comment on column grants.process_id is 'Process that decides about the pending grant or revocation; null for a grant that nobody decides about.';

-- +goose Down
-- +goose StatementBegin
do $$ begin execute 'alter table grants_history drop column process_id'; end $$;
-- +goose StatementEnd
alter table grants drop column process_id;
