-- +goose Up
-- Whoever shows definitions and scheduled jobs of processes hears of changes too (see 0040).

create trigger process_definitions_notify after insert or update on process_definitions for each row
    execute function notify_object('process-definitions', 'id');
create trigger process_jobs_insert_notify after insert on process_jobs referencing new table as changed
    for each statement execute function notify_changed('process-jobs', 'id');
create trigger process_jobs_update_notify after update on process_jobs referencing new table as changed
    for each statement execute function notify_changed('process-jobs', 'id');
create trigger process_jobs_delete_notify after delete on process_jobs referencing old table as changed
    for each statement execute function notify_changed('process-jobs', 'id');

-- +goose Down
drop trigger process_jobs_delete_notify on process_jobs;
drop trigger process_jobs_update_notify on process_jobs;
drop trigger process_jobs_insert_notify on process_jobs;
drop trigger process_definitions_notify on process_definitions;
