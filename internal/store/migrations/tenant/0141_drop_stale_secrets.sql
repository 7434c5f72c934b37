-- +goose Up
-- A password attribute is {"secret": <id>} in the row and its value is in secrets. A secret goes with the last row that names it, however
-- the row changes: by hand, by cascade, or because the attribute was removed from the metadata. Rows without secrets pay one look.

-- +goose StatementBegin
create function drop_stale_secrets() returns trigger language plpgsql as $$
declare
    kept jsonb := '{}';
begin
    if tg_op = 'UPDATE' then
        kept := new.attributes;
    end if;
    delete from secrets s
    using jsonb_each(old.attributes) a
    where s.id = (a.value ->> 'secret')::uuid and a.value is distinct from kept -> a.key;
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
declare
    name text;
begin
    foreach name in array array['users', 'groups', 'accounts', 'roles', 'information_systems', 'systems', 'grants', 'group_memberships'] loop
        execute format('create trigger %1$s_secrets_update after update of attributes on %1$I for each row
            when (old.attributes @? ''$.*.secret'' and old.attributes is distinct from new.attributes) execute function drop_stale_secrets()', name);
        execute format('create trigger %1$s_secrets_delete after delete on %1$I for each row
            when (old.attributes @? ''$.*.secret'') execute function drop_stale_secrets()', name);
    end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$
declare
    name text;
begin
    foreach name in array array['users', 'groups', 'accounts', 'roles', 'information_systems', 'systems', 'grants', 'group_memberships'] loop
        execute format('drop trigger %1$s_secrets_update on %1$I', name);
        execute format('drop trigger %1$s_secrets_delete on %1$I', name);
    end loop;
end $$;
-- +goose StatementEnd
drop function drop_stale_secrets;
