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
-- What users and accounts hold in effect, once each, however many ways lead to it; with the grant that gives it directly, or else the
-- group or role that passes it on by the shortest way.
with held as (
    select e.user_id, e.account_id, e.role_id, e.scope_group_id, e.scope_information_system_id, e.scope_value_id, e.holder_group_id,
           bool_or(e.via in ('direct', 'rule')) as direct,
           min(e.path -> 0 ->> 'id') filter (where e.via in ('direct', 'rule')) as grant_id,
           (array_agg(e.path -> -1 order by jsonb_array_length(e.path), e.id) filter (where e.via in ('group', 'role')))[1] as owner
    from effective_roles e
    where e.user_id = any (@users::uuid[]) or e.account_id = any (@accounts::uuid[])
    group by 1, 2, 3, 4, 5, 6, 7
)
select h.user_id, h.account_id, h.role_id, r.name, r.system_id, s.name as system,
    coalesce(sg.name, si.name, sv.value, '')::text as scope, coalesce(hg.name, '')::text as holder, h.direct::boolean as direct,
    coalesce(h.grant_id, '')::text as grant_id, coalesce(og.name, '')::text as owner_group,
    orr.id as owner_role_id, coalesce(orr.name, '')::text as owner_role, coalesce(os.name, '')::text as owner_role_system
from held h
join roles r on r.id = h.role_id
join systems s on s.id = r.system_id
left join groups sg on sg.id = h.scope_group_id
left join information_systems si on si.id = h.scope_information_system_id
left join scope_values sv on sv.id = h.scope_value_id
left join groups hg on hg.id = h.holder_group_id
left join groups og on not h.direct and h.owner ->> 'kind' = 'group' and og.id = (h.owner ->> 'id')::uuid
left join roles orr on not h.direct and h.owner ->> 'kind' = 'role' and orr.id = (h.owner ->> 'id')::uuid
left join systems os on os.id = orr.system_id
order by r.name, scope, holder;

-- name: AccountIDsOfUsers :many
select id from accounts where user_id = any (@users::uuid[]);

-- name: ManagedUserTypes :many
select id from user_types where managed;

-- name: AccountsHoldingRoles :many
-- Names of the accounts that hold a role in the role's own system, and whether directly.
select e.role_id, a.name, bool_or(e.via in ('direct', 'rule'))::boolean as direct, a.id as account_id, a.user_id
from effective_roles e
join roles r on r.id = e.role_id
join accounts a on a.id = e.account_id and a.system_id = r.system_id
where e.role_id = any (@roles::uuid[]) and a.status in ('enabled', 'forcedEnabled', 'locked')
group by e.role_id, a.name, a.id order by a.name;

-- name: MembersOfGroups :many
-- Who belongs to groups at this moment; with nested, through the groups below them too.
with recursive below as (
    select g.id as of, g.id from groups g where g.id = any (@groups::uuid[])
    union
    select b.of, g.id from groups g join below b on g.parent_id = b.id where @nested::boolean
),
member as (
    select b.of, u.id as user_id, b.of = b.id as direct from below b join users u on u.primary_group_id = b.id
    union all
    select b.of, m.user_id, b.of = b.id from below b join group_memberships m on m.group_id = b.id
    where coalesce(m.start_at <= now(), true) and coalesce(m.end_at > now(), true)
)
select m.of::uuid as group_id, u.id as user_id, u.user_name, bool_or(m.direct)::boolean as direct
from member m join users u on u.id = m.user_id group by m.of, u.id, u.user_name order by u.user_name;

-- name: RoleLinks :many
-- Roles granted to these roles, and the roles to which these are granted.
select c.id, c.contained_role_id as role_id, r.name as role, s.name as system, c.role_id as owner_id, o.name as owner, os.name as owner_system,
    coalesce(sg.name, si.name, sv.value, '')::text as scope, c.mandatory
from role_contents c
join roles r on r.id = c.contained_role_id join systems s on s.id = r.system_id
join roles o on o.id = c.role_id join systems os on os.id = o.system_id
left join groups sg on sg.id = c.scope_group_id
left join information_systems si on si.id = c.scope_information_system_id
left join scope_values sv on sv.id = c.scope_value_id
where c.state <> 'approvalPending' and (c.role_id = any (@roles::uuid[]) or c.contained_role_id = any (@roles::uuid[]))
order by r.name, o.name, c.id;

-- name: GroupRoleLinks :many
-- Roles granted to these groups, and the groups to which these roles are granted.
select gr.id, gr.role_id, r.name as role, s.name as system, gr.group_id, coalesce(sg.name, si.name, sv.value, '')::text as scope, gr.mandatory
from group_roles gr
join roles r on r.id = gr.role_id join systems s on s.id = r.system_id
left join groups sg on sg.id = gr.scope_group_id
left join information_systems si on si.id = gr.scope_information_system_id
left join scope_values sv on sv.id = gr.scope_value_id
where gr.group_id = any (@groups::uuid[]) or gr.role_id = any (@roles::uuid[])
order by r.name, gr.id;

-- name: AccessIDsOfAccounts :many
select id from account_access where account_id = any (@accounts::uuid[]);
