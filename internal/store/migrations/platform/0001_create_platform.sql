-- +goose Up
-- The platform's own schema: extensions, the tenant registry and the functions every tenant shares.
create schema if not exists provost;
create extension if not exists pg_trgm with schema provost;
create extension if not exists unaccent with schema provost;
create extension if not exists btree_gin with schema provost;

create table provost.tenants (
    key         text        not null primary key constraint tenants_key_check check (key ~ '^[a-z0-9]{1,30}$'),
    name        text        not null,
    namespace   text        not null constraint tenants_namespace_uq unique,
    enabled     boolean     not null default true,
    created_at  timestamptz not null default now()
);
comment on table provost.tenants is 'One row per tenant: its schema is t_<key>, its Temporal namespace is namespace.';

-- unaccent() is only stable, because its dictionary could change; ours does not, so an index may use it.
-- +goose StatementBegin
create function provost.fold(value text) returns text
    language sql immutable parallel safe strict
    as $$ select lower(provost.unaccent('provost.unaccent'::regdictionary, value)) $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function provost.actor() returns text language sql stable
    as $$ select coalesce(nullif(current_setting('provost.actor', true), ''), 'system') $$;
-- +goose StatementEnd

-- Keeps the superseded version of a row in <table>_history and stamps version, time and author on the new one.
-- +goose StatementBegin
create function provost.keep_history() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        new.version    := old.version + 1;
        new.updated_at := clock_timestamp();
        new.updated_by := provost.actor();
    end if;
    execute format('insert into %I.%I select clock_timestamp(), provost.actor(), $1, ($2).*',
                   tg_table_schema, tg_table_name || '_history') using lower(tg_op), old;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end $$;
-- +goose StatementEnd

-- Gives a table its history: call it once per object table, after creating it.
-- +goose StatementBegin
create procedure provost.track_history(target regclass) language plpgsql as $$
declare
    relation text := (select relname from pg_class where oid = target);
    space    text := (select nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target);
begin
    execute format('create table %I.%I (superseded_at timestamptz not null, superseded_by text not null, operation text not null, like %s)',
                   space, relation || '_history', target);
    execute format('create index on %I.%I (id, superseded_at)', space, relation || '_history');
    execute format('create trigger keep_history before update or delete on %s for each row execute function provost.keep_history()', target);
end $$;
-- +goose StatementEnd

-- +goose Down
drop schema provost cascade;
