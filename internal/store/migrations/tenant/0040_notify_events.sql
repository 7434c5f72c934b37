-- +goose Up
-- Whoever shows tasks, runs and agents hears of changes made in any process: "<schema> <topic> <id>" on the channel provost_events. Of a
-- statement that changed several rows one notice is sent, with the zero id; of one that changed none, none. Equal notices of one
-- transaction are one (PostgreSQL, NOTIFY), so a batch says its topic once.

-- +goose StatementBegin
create function notify_changed() returns trigger language plpgsql as $$
declare
    rows bigint;
    one  text;
begin
    select count(*), min(to_jsonb(c) ->> tg_argv[1]) into rows, one from (select * from changed limit 2) c;
    if rows > 0 then
        perform pg_notify('provost_events', tg_table_schema || ' ' || tg_argv[0] || ' ' ||
                          case when rows = 1 then one else '00000000-0000-0000-0000-000000000000' end);
    end if;
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function notify_object() returns trigger language plpgsql as $$
begin
    perform pg_notify('provost_events', tg_table_schema || ' ' || tg_argv[0] || ' ' || (to_jsonb(new) ->> tg_argv[1]));
    return null;
end $$;
-- +goose StatementEnd

create trigger sync_tasks_insert_notify after insert on sync_tasks referencing new table as changed
    for each statement execute function notify_changed('sync-tasks', 'id');
create trigger sync_tasks_update_notify after update on sync_tasks referencing new table as changed
    for each statement execute function notify_changed('sync-tasks', 'id');
create trigger sync_parts_insert_notify after insert on sync_parts referencing new table as changed
    for each statement execute function notify_changed('sync-tasks', 'task_id');
create trigger sync_parts_update_notify after update on sync_parts referencing new table as changed
    for each statement execute function notify_changed('sync-tasks', 'task_id');
create trigger runs_notify after insert or update on runs for each row execute function notify_object('runs', 'id');
create trigger systems_notify after insert or update on systems for each row execute function notify_object('systems', 'id');
create trigger system_status_insert_notify after insert on system_status for each row execute function notify_object('systems', 'system_id');
create trigger system_status_update_notify after update on system_status for each row
    when (old.connected is distinct from new.connected) execute function notify_object('systems', 'system_id');

-- An agent that is no longer paused looks after what waited for it: its probe starts, and wakes the waiting tasks when the system answers.
-- +goose StatementBegin
create function probe_resumed_agent() returns trigger language plpgsql as $$
begin
    insert into outbox (key, kind, payload)
    values ('probe/' || new.key, 'agent.probe', jsonb_build_object('system', new.id, 'key', new.key, 'name', new.name));
    perform pg_notify('provost_outbox', substr(tg_table_schema, 3));
    return null;
end $$;
-- +goose StatementEnd

create trigger systems_resume after update of paused on systems for each row
    when (old.paused and not new.paused and new.server <> '') execute function probe_resumed_agent();

-- +goose Down
drop trigger systems_resume on systems;
drop trigger system_status_update_notify on system_status;
drop trigger system_status_insert_notify on system_status;
drop trigger systems_notify on systems;
drop trigger runs_notify on runs;
drop trigger sync_parts_update_notify on sync_parts;
drop trigger sync_parts_insert_notify on sync_parts;
drop trigger sync_tasks_update_notify on sync_tasks;
drop trigger sync_tasks_insert_notify on sync_tasks;
drop function probe_resumed_agent, notify_object, notify_changed;
