-- name: InformationSystemsAbove :many
with recursive above as (
    select s.id as of, s.parent_id as id, 1 as distance, array [s.id] as trail
    from information_systems s where s.id = any (@ids::uuid[]) and s.parent_id is not null
    union all
    select a.of, s.parent_id, a.distance + 1, a.trail || s.id
    from above a join information_systems s on s.id = a.id
    where s.parent_id is not null and s.id <> all (a.trail)
)
select a.of::uuid as of_id, a.id::uuid as id from above a order by a.of, a.distance;

-- name: ContentsBelow :many
with recursive below as (
    select c.role_id, c.contained_role_id from role_contents c where c.role_id = any (@roles::uuid[])
    union
    select c.role_id, c.contained_role_id from role_contents c join below b on b.contained_role_id = c.role_id
)
select role_id, contained_role_id from below;

-- name: HeldKeys :many
select g.id, g.account_id, g.role_id, g.scope_group_id, g.scope_information_system_id, g.scope_value_id, g.holder_group_id,
       coalesce(p.number, 0)::bigint as process
from grants g left join processes p on p.id = g.process_id where g.account_id = any (@accounts::uuid[]);

-- name: GrantsBelow :many
with recursive below as (
    select g.id from grants g where g.parent_grant_id = any (@ids::uuid[])
    union
    select g.id from grants g join below b on g.parent_grant_id = b.id
)
select id from below;

-- name: Siblings :many
-- Grants of other roles of an information system that the same account, or another account of its user, holds.
select g.id from grants g
join accounts a on a.id = g.account_id
join roles r on r.id = g.role_id
join accounts own on own.id = @account_id
where (a.id = own.id or a.user_id = own.user_id) and r.information_system_id = @information_system_id and r.id <> @role_id
order by g.id;

-- name: OptionalContents :many
select id from role_contents where role_id = any (@roles::uuid[]) and not mandatory and state <> 'approvalPending' order by id;

-- name: OptionalGroupRoles :many
with recursive above as (
    select g.id as of, g.id, g.parent_id, array [g.id] as trail from groups g
    where g.id = any (@groups::uuid[]) and not g.disabled and coalesce(g.active_since <= now(), true) and coalesce(g.active_until > now(), true)
    union all
    select a.of, g.id, g.parent_id, a.trail || g.id from above a join groups g on g.id = a.parent_id
    where not g.disabled and coalesce(g.active_since <= now(), true) and coalesce(g.active_until > now(), true) and g.id <> all (a.trail)
)
select a.of::uuid as group_id, r.id from above a join group_roles r on r.group_id = a.id where not r.mandatory order by a.of, r.id;

-- name: EndedByLeaving :many
-- Grants held for a group to which the user belongs no more, and optional roles of groups that came with one.
with recursive belongs as (
    select u.id as user_id, u.primary_group_id as group_id from users u where u.id = any (@users::uuid[])
    union
    select m.user_id, m.group_id from group_memberships m
    where m.user_id = any (@users::uuid[]) and coalesce(m.end_at > now(), true)
),
reached as (
    select b.user_id, b.group_id from belongs b
    union
    select r.user_id, g.parent_id from reached r join groups g on g.id = r.group_id where g.parent_id is not null
)
select g.id from grants g join accounts a on a.id = g.account_id
where a.user_id = any (@users::uuid[]) and (
    (g.holder_group_id is not null
     and not exists (select 1 from belongs b where b.user_id = a.user_id and b.group_id = g.holder_group_id))
    or (g.origin = 'group'
        and exists (select 1 from group_roles gr where gr.id = g.origin_id
                    and not exists (select 1 from reached r where r.user_id = a.user_id and r.group_id = gr.group_id))))
order by g.id;

-- name: GrantsOfUsers :many
select g.id from grants g join accounts a on a.id = g.account_id where a.user_id = any (@users::uuid[]) order by g.id;

-- name: EffectiveRolesOf :many
select e.user_id, e.account_id, coalesce(a.name, '')::text as account, e.role_id, r.name as role, r.description, s.name as system,
       i.name as information_system, coalesce(sg.name, si.name, sv.value, '')::text as scope_name, e.via, e.path, e.since
from effective_roles e
join roles r on r.id = e.role_id
join systems s on s.id = r.system_id
join information_systems i on i.id = r.information_system_id
left join accounts a on a.id = e.account_id
left join groups sg on sg.id = e.scope_group_id
left join information_systems si on si.id = e.scope_information_system_id
left join scope_values sv on sv.id = e.scope_value_id
where (e.user_id = sqlc.narg(user_id)::uuid or e.account_id = sqlc.narg(account_id)::uuid)
order by lower(r.name), lower(s.name), e.id;

-- name: StepNames :many
-- Names of today of the steps of a path: groups, roles, and grants with the role and account they join.
select g.id, g.name::text as name, ''::text as origin from groups g where g.id = any (@ids::uuid[])
union all
select r.id, r.name || '@' || s.name, '' from roles r join systems s on s.id = r.system_id where r.id = any (@ids::uuid[])
union all
select g.id, r.name || ' → ' || a.name, g.origin from grants g
join roles r on r.id = g.role_id join accounts a on a.id = g.account_id where g.id = any (@ids::uuid[]);
