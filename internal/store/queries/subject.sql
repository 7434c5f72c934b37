-- name: GroupsOfUsers :many
-- Every group a user belongs to at this moment, directly or through one below it.
with recursive membership as (
    select u.id as user_id, u.primary_group_id as group_id, true as is_primary, null::timestamptz as start_at, null::timestamptz as end_at, '{}'::jsonb as extra
    from users u where u.id = any (@users::uuid[])
    union all
    select m.user_id, m.group_id, false, m.start_at, m.end_at, m.attributes from group_memberships m
    where m.user_id = any (@users::uuid[]) and coalesce(m.start_at <= now(), true) and coalesce(m.end_at > now(), true)
),
ascent as (
    select m.user_id, m.group_id, m.is_primary, true as direct, m.start_at, m.end_at, m.extra, array [m.group_id] as trail from membership m
    union all
    select a.user_id, g.parent_id, false, false, null, null, '{}'::jsonb, a.trail || g.parent_id
    from ascent a join groups g on g.id = a.group_id where g.parent_id is not null and g.parent_id <> all (a.trail)
)
select distinct on (a.user_id, a.group_id) a.user_id::uuid as user_id, a.group_id::uuid as group_id, a.is_primary::boolean as is_primary,
    a.direct::boolean as direct, a.start_at, a.end_at, a.extra
from ascent a order by a.user_id, a.group_id, a.is_primary desc, a.direct desc;

-- name: RolesOfUsers :many
-- What users and accounts hold in effect, once each, however many ways lead to it.
select e.user_id, e.account_id, e.role_id, r.name, r.system_id, s.name as system,
    coalesce(sg.name, si.name, sv.value, '')::text as scope, coalesce(hg.name, '')::text as holder, bool_or(e.via in ('direct', 'rule'))::boolean as direct
from effective_roles e
join roles r on r.id = e.role_id
join systems s on s.id = r.system_id
left join groups sg on sg.id = e.scope_group_id
left join information_systems si on si.id = e.scope_information_system_id
left join scope_values sv on sv.id = e.scope_value_id
left join groups hg on hg.id = e.holder_group_id
where e.user_id = any (@users::uuid[]) or e.account_id = any (@accounts::uuid[])
group by 1, 2, 3, 4, 5, 6, 7, 8 order by r.name, scope, holder;

-- name: AccountIDsOfUsers :many
select id from accounts where user_id = any (@users::uuid[]);

-- name: ManagedUserTypes :many
select id from user_types where managed;

-- name: AccountsHoldingRoles :many
-- Names of the accounts that hold a role in the role's own system, and whether directly.
select e.role_id, a.name, bool_or(e.via in ('direct', 'rule'))::boolean as direct, a.id as account_id
from effective_roles e
join roles r on r.id = e.role_id
join accounts a on a.id = e.account_id and a.system_id = r.system_id
where e.role_id = any (@roles::uuid[]) and a.status in ('enabled', 'forcedEnabled', 'locked')
group by e.role_id, a.name, a.id order by a.name;

-- name: MembersOfGroups :many
select u.primary_group_id as group_id, u.user_name from users u where u.primary_group_id = any (@groups::uuid[])
union
select m.group_id, u.user_name from group_memberships m join users u on u.id = m.user_id
where m.group_id = any (@groups::uuid[]) and coalesce(m.start_at <= now(), true) and coalesce(m.end_at > now(), true)
order by 2;

-- name: AccessIDsOfAccounts :many
select id from account_access where account_id = any (@accounts::uuid[]);
