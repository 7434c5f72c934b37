-- +goose Up
-- What there is to hold: systems, accounts, information systems, roles, grants.

create table naming_rules (
    id          uuid        not null primary key,
    code        text        not null,
    description text        not null default '',
    kind        text        not null constraint naming_rules_kind_check check (kind in ('same', 'manual', 'script')),
    condition   text        not null default '',
    script      text        not null default '',
    builtin     boolean     not null default false,
    version     bigint      not null default 1,
    created_at  timestamptz not null default clock_timestamp(),
    created_by  text        not null default provost.actor(),
    updated_at  timestamptz not null default clock_timestamp(),
    updated_by  text        not null default provost.actor(),
    constraint naming_rules_script_check check (kind <> 'script' or script <> '')
);
create unique index naming_rules_code_uq on naming_rules (lower(code));
comment on table naming_rules is 'How account names come about (user domain in the guide, page 047).';
call provost.track_history('naming_rules');

create table password_domains (
    id          uuid        not null primary key,
    code        text        not null,
    description text        not null default '',
    builtin     boolean     not null default false,
    version     bigint      not null default 1,
    created_at  timestamptz not null default clock_timestamp(),
    created_by  text        not null default provost.actor(),
    updated_at  timestamptz not null default clock_timestamp(),
    updated_by  text        not null default provost.actor()
);
create unique index password_domains_code_uq on password_domains (lower(code));
comment on table password_domains is 'Systems that share a password.';
call provost.track_history('password_domains');

create table systems (
    id                      uuid        not null primary key,
    key                     text        not null constraint systems_key_check check (key ~ '^[a-z0-9-]{1,40}$'),
    name                    text        not null,
    description             text        not null default '',
    usage                   text        not null default 'iam' constraint systems_usage_check check (usage in ('iam', 'pam')),
    connector               text        not null default '',
    parameters              jsonb       not null default '{}',
    server                  text        not null default '',
    alternative_server      text        not null default '',
    shared_threads          boolean     not null default false,
    threads                 integer     not null default 2 constraint systems_threads_check check (threads between 1 and 64),
    task_timeout_ms         integer     not null default 30000,
    long_task_timeout_ms    integer     not null default 3600000,
    read_only               boolean     not null default false,
    paused                  boolean     not null default false,
    manual_account_creation boolean     not null default false,
    role_based              boolean     not null default false,
    delta_changes           boolean     not null default false,
    remove_roles_from_disabled boolean  not null default false,
    trust_passwords         boolean     not null default false,
    authoritative           boolean     not null default false,
    full_reconciliation     boolean     not null default true,
    propagate_changes       boolean     not null default true,
    precedence              integer     not null default 100,
    removal                 text        not null default 'disable' constraint systems_removal_check check (removal in ('disable', 'delete', 'detach')),
    naming_rule_id          uuid        constraint systems_naming_rule_id_fkey references naming_rules (id),
    password_domain_id      uuid        constraint systems_password_domain_id_fkey references password_domains (id),
    guard                   jsonb       not null default '{}',
    correlation             jsonb       not null default '[]',
    mappings                jsonb       not null default '[]',
    load_triggers           jsonb       not null default '[]',
    attributes              jsonb       not null default '{}',
    builtin                 boolean     not null default false,
    version                 bigint      not null default 1,
    created_at              timestamptz not null default clock_timestamp(),
    created_by              text        not null default provost.actor(),
    updated_at              timestamptz not null default clock_timestamp(),
    updated_by              text        not null default provost.actor()
);
create unique index systems_name_uq on systems (lower(name));
create unique index systems_key_uq on systems (key);
comment on table systems is 'Managed systems with their agents. key names the task queue and never changes.';
call provost.track_history('systems');

create table system_user_types (
    system_id    uuid not null constraint system_user_types_system_id_fkey references systems (id) on delete cascade,
    user_type_id uuid not null constraint system_user_types_user_type_id_fkey references user_types (id),
    primary key (system_id, user_type_id)
);
comment on table system_user_types is 'User types that may have an account in the system; none listed means all.';

create table system_groups (
    system_id uuid not null constraint system_groups_system_id_fkey references systems (id) on delete cascade,
    group_id  uuid not null constraint system_groups_group_id_fkey references groups (id),
    primary key (system_id, group_id)
);
comment on table system_groups is 'Business units whose members may have an account in the system; none listed means all.';

create table system_status (
    system_id    uuid        not null primary key constraint system_status_system_id_fkey references systems (id) on delete cascade,
    connected    boolean,
    server       text        not null default '',
    last_seen    timestamptz,
    last_error   text        not null default '',
    failed_since timestamptz,
    probe_after  timestamptz,
    load_token   text        not null default ''
);
comment on table system_status is 'What was last seen of an agent; written by workers, without history.';

create table information_systems (
    id                      uuid        not null primary key,
    name                    text        not null,
    parent_id               uuid        constraint information_systems_parent_id_fkey references information_systems (id),
    kind                    text        not null default 'application'
                            constraint information_systems_kind_check check (kind in ('application', 'container', 'business')),
    description             text        not null default '',
    owner_id                uuid        constraint information_systems_owner_id_fkey references users (id) on delete set null,
    sources                 text        not null default '',
    binaries                text        not null default '',
    database                text        not null default '',
    bpm_enabled             boolean     not null default false,
    notification_emails     text        not null default '',
    approval_process        text        not null default '',
    role_definition_process text        not null default '',
    single_role             boolean     not null default false,
    attributes              jsonb       not null default '{}',
    builtin                 boolean     not null default false,
    version                 bigint      not null default 1,
    created_at              timestamptz not null default clock_timestamp(),
    created_by              text        not null default provost.actor(),
    updated_at              timestamptz not null default clock_timestamp(),
    updated_by              text        not null default provost.actor(),
    constraint information_systems_parent_check check (parent_id <> id)
);
create unique index information_systems_name_uq on information_systems (coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), lower(name));
create index information_systems_parent_id_idx on information_systems (parent_id);
comment on table information_systems is 'Applications in the functional sense, a tree; they hold roles and scopes.';
call provost.track_history('information_systems');

create table scope_domains (
    id                    uuid        not null primary key,
    information_system_id uuid        constraint scope_domains_information_system_id_fkey references information_systems (id) on delete cascade,
    name                  text        not null,
    description           text        not null default '',
    kind                  text        not null constraint scope_domains_kind_check check (kind in ('group', 'informationSystem', 'values')),
    version               bigint      not null default 1,
    created_at            timestamptz not null default clock_timestamp(),
    created_by            text        not null default provost.actor(),
    updated_at            timestamptz not null default clock_timestamp(),
    updated_by            text        not null default provost.actor(),
    constraint scope_domains_owner_check check ((kind = 'values') = (information_system_id is not null))
);
create unique index scope_domains_name_uq on scope_domains (coalesce(information_system_id, '00000000-0000-0000-0000-000000000000'), lower(name));
comment on table scope_domains is 'What may limit a grant: groups, information systems, or a list of values of one information system.';
call provost.track_history('scope_domains');

create table scope_values (
    id              uuid        not null primary key,
    scope_domain_id uuid        not null constraint scope_values_scope_domain_id_fkey references scope_domains (id) on delete cascade,
    value           text        not null,
    description     text        not null default '',
    version         bigint      not null default 1,
    created_at      timestamptz not null default clock_timestamp(),
    created_by      text        not null default provost.actor(),
    updated_at      timestamptz not null default clock_timestamp(),
    updated_by      text        not null default provost.actor(),
    constraint scope_values_value_uq unique (scope_domain_id, value)
);
comment on table scope_values is 'Values of a scope domain of kind values.';
call provost.track_history('scope_values');

create table roles (
    id                    uuid        not null primary key,
    system_id             uuid        not null constraint roles_system_id_fkey references systems (id) on delete cascade,
    information_system_id uuid        not null constraint roles_information_system_id_fkey references information_systems (id),
    name                  text        not null,
    description           text        not null default '',
    category              text        not null default '',
    scope_domain_id       uuid        constraint roles_scope_domain_id_fkey references scope_domains (id),
    bpm_enabled           boolean     not null default false,
    password_protected    boolean     not null default false,
    external_id           text        not null default '',
    approval_start        timestamptz,
    approval_end          timestamptz,
    attributes            jsonb       not null default '{}',
    builtin               boolean     not null default false,
    version               bigint      not null default 1,
    created_at            timestamptz not null default clock_timestamp(),
    created_by            text        not null default provost.actor(),
    updated_at            timestamptz not null default clock_timestamp(),
    updated_by            text        not null default provost.actor(),
    constraint roles_approval_check check (approval_start is null or approval_end is null or approval_start < approval_end)
);
create unique index roles_name_uq on roles (system_id, lower(name));
create index roles_information_system_id_idx on roles (information_system_id);
create index roles_search_idx on roles using gin (provost.fold(name || ' ' || description) provost.gin_trgm_ops);
comment on table roles is 'Entitlements of a system inside an information system.';
call provost.track_history('roles');

create table role_contents (
    id                          uuid        not null primary key,
    role_id                     uuid        not null constraint role_contents_role_id_fkey references roles (id) on delete cascade,
    contained_role_id           uuid        not null constraint role_contents_contained_role_id_fkey references roles (id) on delete cascade,
    mandatory                   boolean     not null default true,
    source_group_id             uuid        constraint role_contents_source_group_id_fkey references groups (id) on delete cascade,
    source_information_system_id uuid       constraint role_contents_source_information_system_id_fkey references information_systems (id) on delete cascade,
    source_value_id             uuid        constraint role_contents_source_value_id_fkey references scope_values (id) on delete cascade,
    scope_group_id              uuid        constraint role_contents_scope_group_id_fkey references groups (id) on delete cascade,
    scope_information_system_id uuid        constraint role_contents_scope_information_system_id_fkey references information_systems (id) on delete cascade,
    scope_value_id              uuid        constraint role_contents_scope_value_id_fkey references scope_values (id) on delete cascade,
    version                     bigint      not null default 1,
    created_at                  timestamptz not null default clock_timestamp(),
    created_by                  text        not null default provost.actor(),
    updated_at                  timestamptz not null default clock_timestamp(),
    updated_by                  text        not null default provost.actor(),
    constraint role_contents_self_check check (role_id <> contained_role_id)
);
create unique index role_contents_pair_uq on role_contents (role_id, contained_role_id, source_group_id, source_information_system_id, source_value_id,
    scope_group_id, scope_information_system_id, scope_value_id) nulls not distinct;
create index role_contents_contained_role_id_idx on role_contents (contained_role_id);
comment on table role_contents is 'Roles contained in roles. source_… restricts to holders with that scope, scope_… fixes the scope of the contained role; both null carry the scope on.';
call provost.track_history('role_contents');

create table group_roles (
    id                          uuid        not null primary key,
    group_id                    uuid        not null constraint group_roles_group_id_fkey references groups (id) on delete cascade,
    role_id                     uuid        not null constraint group_roles_role_id_fkey references roles (id) on delete cascade,
    mandatory                   boolean     not null default true,
    scope_group_id              uuid        constraint group_roles_scope_group_id_fkey references groups (id) on delete cascade,
    scope_information_system_id uuid        constraint group_roles_scope_information_system_id_fkey references information_systems (id) on delete cascade,
    scope_value_id              uuid        constraint group_roles_scope_value_id_fkey references scope_values (id) on delete cascade,
    version                     bigint      not null default 1,
    created_at                  timestamptz not null default clock_timestamp(),
    created_by                  text        not null default provost.actor(),
    updated_at                  timestamptz not null default clock_timestamp(),
    updated_by                  text        not null default provost.actor()
);
create unique index group_roles_pair_uq on group_roles (group_id, role_id, scope_group_id, scope_information_system_id, scope_value_id) nulls not distinct;
create index group_roles_role_id_idx on group_roles (role_id);
comment on table group_roles is 'Roles granted to groups: they flow to the members and down the tree.';
call provost.track_history('group_roles');

create table accounts (
    id                  uuid        not null primary key,
    system_id           uuid        not null constraint accounts_system_id_fkey references systems (id) on delete cascade,
    name                text        not null,
    login_name          text        not null default '',
    description         text        not null default '',
    type                text        not null constraint accounts_type_check check (type in ('single', 'shared', 'privileged', 'unmanaged')),
    status              text        not null default 'enabled' constraint accounts_status_check
                        check (status in ('enabled', 'forcedEnabled', 'locked', 'disabled', 'forcedDisabled', 'removed', 'archived')),
    user_type_id        uuid        not null constraint accounts_user_type_id_fkey references user_types (id),
    user_id             uuid        constraint accounts_user_id_fkey references users (id) on delete set null,
    external_id         text        not null default '',
    attributes          jsonb       not null default '{}',
    origin              text        not null default 'person',
    last_login          timestamptz,
    last_password_set   timestamptz,
    password_expires    timestamptz,
    version             bigint      not null default 1,
    created_at          timestamptz not null default clock_timestamp(),
    created_by          text        not null default provost.actor(),
    updated_at          timestamptz not null default clock_timestamp(),
    updated_by          text        not null default provost.actor(),
    constraint accounts_owner_check check (user_id is null or type = 'single')
);
create unique index accounts_name_uq on accounts (system_id, lower(name)) where status not in ('removed', 'archived');
create index accounts_user_id_idx on accounts (user_id);
create index accounts_external_id_idx on accounts (system_id, external_id) where external_id <> '';
create index accounts_search_idx on accounts using gin (provost.fold(name || ' ' || description) provost.gin_trgm_ops);
comment on table accounts is 'How somebody is known in a system. Removed and archived ones neither block their name nor count.';
call provost.track_history('accounts');

create table account_access (
    id         uuid        not null primary key,
    account_id uuid        not null constraint account_access_account_id_fkey references accounts (id) on delete cascade,
    level      text        not null constraint account_access_level_check check (level in ('owner', 'manager', 'sso')),
    user_id    uuid        constraint account_access_user_id_fkey references users (id) on delete cascade,
    group_id   uuid        constraint account_access_group_id_fkey references groups (id) on delete cascade,
    role_id    uuid        constraint account_access_role_id_fkey references roles (id) on delete cascade,
    version    bigint      not null default 1,
    created_at timestamptz not null default clock_timestamp(),
    created_by text        not null default provost.actor(),
    updated_at timestamptz not null default clock_timestamp(),
    updated_by text        not null default provost.actor(),
    constraint account_access_principal_check check (num_nonnulls(user_id, group_id, role_id) = 1),
    constraint account_access_uq unique nulls not distinct (account_id, level, user_id, group_id, role_id)
);
comment on table account_access is 'Owners, managers and SSO users of shared and privileged accounts.';
call provost.track_history('account_access');

create table grants (
    id                          uuid        not null primary key,
    account_id                  uuid        not null constraint grants_account_id_fkey references accounts (id) on delete cascade,
    role_id                     uuid        not null constraint grants_role_id_fkey references roles (id) on delete cascade,
    scope_group_id              uuid        constraint grants_scope_group_id_fkey references groups (id) on delete cascade,
    scope_information_system_id uuid        constraint grants_scope_information_system_id_fkey references information_systems (id) on delete cascade,
    scope_value_id              uuid        constraint grants_scope_value_id_fkey references scope_values (id) on delete cascade,
    holder_group_id             uuid        constraint grants_holder_group_id_fkey references groups (id) on delete cascade,
    parent_grant_id             uuid        constraint grants_parent_grant_id_fkey references grants (id) on delete cascade,
    start_at                    timestamptz,
    end_at                      timestamptz,
    state                       text        not null default 'active' constraint grants_state_check check (state in ('active', 'approvalPending', 'removalPending')),
    origin                      text        not null default 'person' constraint grants_origin_check
                                check (origin in ('person', 'role', 'group', 'rule', 'load', 'reconciliation', 'process', 'token', 'script')),
    origin_id                   uuid,
    attributes                  jsonb       not null default '{}',
    version                     bigint      not null default 1,
    created_at                  timestamptz not null default clock_timestamp(),
    created_by                  text        not null default provost.actor(),
    updated_at                  timestamptz not null default clock_timestamp(),
    updated_by                  text        not null default provost.actor(),
    constraint grants_scope_check check (num_nonnulls(scope_group_id, scope_information_system_id, scope_value_id) <= 1),
    constraint grants_dates_check check (start_at is null or end_at is null or start_at < end_at)
);
create unique index grants_uq on grants (account_id, role_id, scope_group_id, scope_information_system_id, scope_value_id, holder_group_id) nulls not distinct;
create index grants_role_id_idx on grants (role_id);
create index grants_parent_grant_id_idx on grants (parent_grant_id);
create index grants_dates_idx on grants (start_at, end_at) where start_at is not null or end_at is not null;
comment on table grants is 'A role held by an account, with scope and holder group; unique is account + role + scope + holder.';
call provost.track_history('grants');

create table effective_roles (
    id                          bigint      not null primary key generated always as identity,
    user_id                     uuid        constraint effective_roles_user_id_fkey references users (id) on delete cascade,
    account_id                  uuid        constraint effective_roles_account_id_fkey references accounts (id) on delete cascade,
    role_id                     uuid        not null constraint effective_roles_role_id_fkey references roles (id) on delete cascade,
    scope_group_id              uuid,
    scope_information_system_id uuid,
    scope_value_id              uuid,
    holder_group_id             uuid,
    via                         text        not null constraint effective_roles_via_check check (via in ('direct', 'role', 'group', 'rule')),
    path                        jsonb       not null,
    since                       timestamptz not null default clock_timestamp()
);
create index effective_roles_user_id_idx on effective_roles (user_id, role_id);
create index effective_roles_account_id_idx on effective_roles (account_id, role_id);
create index effective_roles_role_id_idx on effective_roles (role_id);
comment on table effective_roles is 'Derived: every role a user or account holds, one row per way it comes about; path lists the steps.';

create table authorizations (
    id         uuid        not null primary key,
    permission text        not null,
    role_id    uuid        not null constraint authorizations_role_id_fkey references roles (id) on delete cascade,
    version    bigint      not null default 1,
    created_at timestamptz not null default clock_timestamp(),
    created_by text        not null default provost.actor(),
    updated_at timestamptz not null default clock_timestamp(),
    updated_by text        not null default provost.actor(),
    constraint authorizations_uq unique (permission, role_id)
);
comment on table authorizations is 'Permissions (object:action) given to roles; the scope of the grant limits them.';
call provost.track_history('authorizations');

-- +goose Down
drop table authorizations, effective_roles, grants, account_access, accounts, group_roles, role_contents, roles, scope_values, scope_domains,
    information_systems, system_status, system_groups, system_user_types, systems, password_domains, naming_rules;
