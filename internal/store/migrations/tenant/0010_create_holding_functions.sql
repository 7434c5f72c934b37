-- +goose Up
-- Questions about who holds what that need recursion: who a date concerns, what a person may do, what a change would mean.

-- Users and accounts for whom a date passed in a span of time: of a membership, a group, a grant, or the approval of a role.
-- +goose StatementBegin
create function due_holders(after timestamptz, until timestamptz) returns table (user_id uuid, account_id uuid)
    language sql stable as $$
with recursive turned as (
    select g.id from groups g
    where (g.active_since > after and g.active_since <= until) or (g.active_until > after and g.active_until <= until)
    union
    select g.id from groups g join turned t on g.parent_id = t.id
)
select m.user_id::uuid as user_id, null::uuid as account_id from group_memberships m
where (m.start_at > after and m.start_at <= until) or (m.end_at > after and m.end_at <= until)
union
select u.id, null from users u join turned t on t.id = u.primary_group_id
union
select m.user_id, null from group_memberships m join turned t on t.id = m.group_id
union
select a.user_id, a.id from grants g join accounts a on a.id = g.account_id
where (g.start_at > after and g.start_at <= until) or (g.end_at > after and g.end_at <= until)
union
select a.user_id, a.id from roles r join grants g on g.role_id = r.id join accounts a on a.id = g.account_id
where (r.approval_start > after and r.approval_start <= until) or (r.approval_end > after and r.approval_end <= until)
union
select e.user_id, e.account_id from roles r join effective_roles e on e.role_id = r.id
where r.approval_end > after and r.approval_end <= until
$$;
-- +goose StatementEnd

-- The next date after a moment at which somebody begins or ceases to hold something.
-- +goose StatementBegin
create function next_date(after timestamptz) returns timestamptz
    language sql stable as $$
select min(d.at) from (
    select start_at as at from group_memberships union all select end_at from group_memberships
    union all select active_since from groups union all select active_until from groups
    union all select start_at from grants union all select end_at from grants
    union all select approval_start from roles union all select approval_end from roles
) d where d.at > after
$$;
-- +goose StatementEnd

-- Permissions of a user: effective roles of an active user joined with authorisations, scopes with all that lies below them.
-- +goose StatementBegin
create function principal_grants(of_user uuid, admin_role uuid)
    returns table (role_id uuid, permission text, scope_group_id uuid, scope_information_system_id uuid, scope_value_id uuid,
                   groups uuid[], information_systems uuid[])
    language sql stable as $$
with recursive held as (
    select distinct e.role_id, e.scope_group_id, e.scope_information_system_id, e.scope_value_id
    from effective_roles e join users u on u.id = e.user_id
    where e.user_id = of_user and u.active
      and (e.account_id is null or exists (select 1 from accounts a where a.id = e.account_id and a.status in ('enabled', 'forcedEnabled')))
),
group_tree as (
    select distinct h.scope_group_id as root, h.scope_group_id as id from held h where h.scope_group_id is not null
    union
    select t.root, g.id from group_tree t join groups g on g.parent_id = t.id
),
system_tree as (
    select distinct h.scope_information_system_id as root, h.scope_information_system_id as id
    from held h where h.scope_information_system_id is not null
    union
    select t.root, s.id from system_tree t join information_systems s on s.parent_id = t.id
)
select h.role_id, coalesce(z.permission, ''), h.scope_group_id, h.scope_information_system_id, h.scope_value_id,
       array(select t.id from group_tree t where t.root = h.scope_group_id),
       array(select t.id from system_tree t where t.root = h.scope_information_system_id)
from held h left join authorizations z on z.role_id = h.role_id
where z.id is not null or h.role_id = admin_role
$$;
-- +goose StatementEnd

-- What would change for users and accounts if effective roles were computed now: asked inside a transaction that is taken back.
-- +goose StatementBegin
create function effective_role_changes(of_users uuid[], of_accounts uuid[])
    returns table (action text, user_id uuid, user_name text, account text, role_id uuid, role text, scope_name text)
    language sql stable as $$
with fresh as materialized (
    select distinct user_id, account_id, role_id, scope_group_id, scope_information_system_id, scope_value_id
    from current_roles(of_users, of_accounts)
),
kept as materialized (
    select distinct user_id, account_id, role_id, scope_group_id, scope_information_system_id, scope_value_id from effective_roles
    where user_id = any (of_users) or account_id = any (of_accounts)
),
difference as (
    (select 'grant' as action, f.* from fresh f except all select 'grant', k.* from kept k)
    union all
    (select 'revoke', k.* from kept k except all select 'revoke', f.* from fresh f)
)
select d.action::text as action, d.user_id::uuid as user_id, coalesce(u.user_name, '')::text as user_name,
       coalesce(a.name, '')::text as account, d.role_id::uuid as role_id, (r.name || '@' || s.name)::text as role,
       coalesce(sg.name, si.name, sv.value, '')::text as scope_name
from difference d
join roles r on r.id = d.role_id join systems s on s.id = r.system_id
left join users u on u.id = d.user_id left join accounts a on a.id = d.account_id
left join groups sg on sg.id = d.scope_group_id
left join information_systems si on si.id = d.scope_information_system_id
left join scope_values sv on sv.id = d.scope_value_id
order by lower(coalesce(u.user_name, a.name, '')), lower(r.name), d.action
$$;
-- +goose StatementEnd

-- +goose Down
drop function effective_role_changes(uuid[], uuid[]);
drop function principal_grants(uuid, uuid);
drop function next_date(timestamptz);
drop function due_holders(timestamptz, timestamptz);
