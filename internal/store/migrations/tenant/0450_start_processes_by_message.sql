-- +goose Up
-- A process that a message starts keeps the name of the message, and the key by which the sender says that it is the same message again.
alter table processes add column start_message text not null default '', add column start_key text;
create unique index processes_start_key_uq on processes (definition_id, start_message, start_key) where start_key is not null;
comment on column processes.start_key is 'Idempotency key of the message that started the process: a message that comes again starts nothing.';

-- +goose Down
drop index processes_start_key_uq;
alter table processes drop column start_key, drop column start_message;
