-- +goose Up
-- A wait for a message may have a key, and instances of one element wait each with their own; since says who has waited longest.
alter table process_waits add column key text not null default '', add column since timestamptz not null default now();
alter table process_waits alter column since set default clock_timestamp();
alter table process_waits drop constraint process_waits_pkey;
alter table process_waits add primary key (process_id, type, name, element, key);
drop index process_waits_name_idx;
create index process_waits_name_idx on process_waits (type, name, key, since);
comment on column process_waits.key is 'Of the message that is waited for; empty takes every message of the name.';

-- +goose Down
delete from process_waits w where exists (
    select 1 from process_waits o
    where o.process_id = w.process_id and o.type = w.type and o.name = w.name and o.element = w.element and o.key < w.key);
alter table process_waits drop constraint process_waits_pkey;
drop index process_waits_name_idx;
alter table process_waits drop column key, drop column since;
alter table process_waits add primary key (process_id, type, name, element);
create index process_waits_name_idx on process_waits (type, name);
