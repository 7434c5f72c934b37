-- +goose Up
-- What a step of a process changed is written down with the change: a step that is done again after a crash changes nothing more.
create table process_effects (
    process_id uuid        not null constraint process_effects_process_id_fkey references processes (id) on delete cascade,
    element    text        not null,
    visit      integer     not null,
    variables  jsonb       not null default '{}',
    at         timestamptz not null default now(),
    constraint process_effects_pkey primary key (process_id, element, visit)
);
comment on table process_effects is 'Steps that changed something, each by process, element and visit, with the variables that they gave back.';

-- +goose Down
drop table process_effects;
