-- name: UsersOfType :many
select id from users where user_type_id = @user_type_id;

-- name: MailDomains :many
select lower(name)::text as name, obsolete from mail_domains;

-- name: GroupsAbove :many
-- Every group above the groups, with the distance. A circle, which the rules refuse, would end where it closes.
with recursive above as (
    select g.id as of, g.parent_id as id, 1 as distance, array [g.id] as trail
    from groups g where g.id = any (@ids::uuid[]) and g.parent_id is not null
    union all
    select a.of, g.parent_id, a.distance + 1, a.trail || g.id
    from above a join groups g on g.id = a.id
    where g.parent_id is not null and g.id <> all (a.trail)
)
select a.of::uuid as of_id, a.id::uuid as id from above a order by a.of, a.distance;

-- name: HolderGroups :many
-- The groups users belong to now, each with whether it may hold roles.
select m.user_id::uuid as user_id, g.id, g.name, coalesce(gt.role_holder, false)::boolean as role_holder
from (
    select u.id as user_id, u.primary_group_id as group_id from users u where u.id = any (@users::uuid[])
    union
    select gm.user_id, gm.group_id from group_memberships gm
    where gm.user_id = any (@users::uuid[]) and coalesce(gm.end_at > now(), true)
) m
join groups g on g.id = m.group_id
left join group_types gt on gt.id = g.group_type_id;

-- name: GroupsBelow :many
with recursive below as (
    select g.id from groups g where g.parent_id = any (@ids::uuid[])
    union
    select g.id from groups g join below b on g.parent_id = b.id
)
select id from below;

-- name: GroupsWithDates :many
-- Groups that somebody joined or left by date, and all above them.
with recursive changed as (
    select m.group_id as id from group_memberships m
    where (m.start_at > @after::timestamptz and m.start_at <= @until::timestamptz) or (m.end_at > @after and m.end_at <= @until)
    union
    select g.parent_id from changed c join groups g on g.id = c.id where g.parent_id is not null
)
select id::uuid from changed;
