-- +goose Up
-- Lists of processes show values and look for them: those of now to whoever looks after a process, what was filled in at its start to its initiator.
alter table processes add column given jsonb not null default '{}';
comment on column processes.given is 'What the initiator filled in to start the process: theirs to see, whatever becomes of the variables.';
create index processes_variables_idx on processes using gin (variables jsonb_path_ops);

-- +goose Down
drop index processes_variables_idx;
alter table processes drop column given;
