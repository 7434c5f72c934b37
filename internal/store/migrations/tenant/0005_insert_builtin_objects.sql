-- +goose Up
-- Built-in objects under the names samples and scripts rely on (guide 018, 039, 045, 087). Their ids are fixed so that every installation agrees.
insert into user_types (id, name, description, managed, builtin) values
    ('00000000-0000-7000-8000-000000000001', 'I', 'Internal user', true, true),
    ('00000000-0000-7000-8000-000000000002', 'E', 'External user', true, true);
insert into groups (id, name, description, builtin) values
    ('00000000-0000-7000-8000-000000000010', 'world', 'Root of all groups', true);
insert into naming_rules (id, code, description, kind, builtin) values
    ('00000000-0000-7000-8000-000000000020', 'DEFAULT', 'Default user domain: same as user name', 'same', true);
insert into password_domains (id, code, description, builtin) values
    ('00000000-0000-7000-8000-000000000030', 'DEFAULT', 'Default password domain', true);
insert into systems (id, key, name, description, connector, manual_account_creation, naming_rule_id, password_domain_id, builtin) values
    ('00000000-0000-7000-8000-000000000040', 'soffid', 'soffid', 'Provost itself: console permissions are roles of this system', 'internal', true,
     '00000000-0000-7000-8000-000000000020', '00000000-0000-7000-8000-000000000030', true);
insert into information_systems (id, name, description, builtin) values
    ('00000000-0000-7000-8000-000000000050', 'SOFFID', 'Provost', true);
insert into scope_domains (id, name, description, kind) values
    ('00000000-0000-7000-8000-000000000060', 'Groups', 'Business units', 'group'),
    ('00000000-0000-7000-8000-000000000061', 'Information systems', 'Information systems', 'informationSystem');
insert into roles (id, system_id, information_system_id, name, description, builtin) values
    ('00000000-0000-7000-8000-000000000070', '00000000-0000-7000-8000-000000000040', '00000000-0000-7000-8000-000000000050',
     'SOFFID_ADMIN', 'Full administrator', true);
insert into users (id, user_name, first_name, last_name, full_name, user_type_id, primary_group_id, builtin) values
    ('00000000-0000-7000-8000-000000000080', 'admin', 'Provost', 'Administrator', 'Provost Administrator',
     '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000010', true);
insert into accounts (id, system_id, name, description, type, user_type_id, user_id) values
    ('00000000-0000-7000-8000-000000000090', '00000000-0000-7000-8000-000000000040', 'admin', 'Provost Administrator', 'single',
     '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000080');
insert into grants (id, account_id, role_id) values
    ('00000000-0000-7000-8000-0000000000a0', '00000000-0000-7000-8000-000000000090', '00000000-0000-7000-8000-000000000070');
insert into effective_roles (user_id, account_id, role_id, via, path) values
    ('00000000-0000-7000-8000-000000000080', '00000000-0000-7000-8000-000000000090', '00000000-0000-7000-8000-000000000070', 'direct',
     '[{"kind": "grant", "id": "00000000-0000-7000-8000-0000000000a0"}]');
insert into parameters (id, name, value, description) values
    ('00000000-0000-7000-8000-0000000000b0', 'soffid.task.mode', 'readonly', 'Task engine mode: readonly, manual or auto'),
    ('00000000-0000-7000-8000-0000000000b1', 'soffid.task.limit', '100', 'Tasks one transaction may create before they are held'),
    ('00000000-0000-7000-8000-0000000000b2', 'soffid.interpreter', 'javascript', 'Scripting language: javascript, beanshell or autodetect'),
    ('00000000-0000-7000-8000-0000000000b3', 'soffid.entitlement.group.holder', 'none', 'Holder groups of grants: none, optional or always');

-- +goose Down
delete from parameters;
delete from users where builtin;
