-- name: AddressesReached :many
-- The mail addresses of everybody whom principals reach, but for the one that is everybody: the same people as those with their hats (see hats_of).
with recursive wanted as (
    select unnest(@kinds::text[]) as kind, unnest(@ids::uuid[]) as id, nullif(unnest(@scopes::uuid[]), '00000000-0000-0000-0000-000000000000'::uuid) as scope_id
),
below as (
    select g.id from groups g join wanted w on w.kind = 'group' and w.id = g.id
    where not g.disabled and coalesce(g.active_since <= now(), true) and coalesce(g.active_until > now(), true)
    union
    select g.id from groups g join below b on g.parent_id = b.id
    where not g.disabled and coalesce(g.active_since <= now(), true) and coalesce(g.active_until > now(), true)
),
above as (
    select w.id as role_id, w.scope_id from wanted w where w.kind = 'role' and w.scope_id is not null
    union
    select a.role_id, p.parent_id from above a
    join lateral (select g.parent_id from groups g where g.id = a.scope_id
                  union all select i.parent_id from information_systems i where i.id = a.scope_id) p on p.parent_id is not null
),
reached as (
    select w.id from wanted w where w.kind = 'user'
    union select u.id from users u join below b on b.id = u.primary_group_id
    union select m.user_id from group_memberships m join below b on b.id = m.group_id
          where coalesce(m.start_at <= now(), true) and coalesce(m.end_at > now(), true)
    union select e.user_id from effective_roles e
          where (e.account_id is null or exists (select 1 from accounts a where a.id = e.account_id and a.status in ('enabled', 'forcedEnabled')))
            and (exists (select 1 from wanted w where w.kind = 'role' and w.scope_id is null and w.id = e.role_id)
                 or exists (select 1 from above a where a.role_id = e.role_id
                            and a.scope_id = coalesce(e.scope_group_id, e.scope_information_system_id, e.scope_value_id)))
)
select distinct u.email from users u join reached r on r.id = u.id where u.active and u.email <> '' order by u.email;

-- name: ReservationDoors :many
-- The process that the access list names for somebody, entries of their own before those of groups and roles; where none names one, all that
-- could decide.
with named as (
    select x.process from account_access x
    where x.account_id = @account_id and x.level = 'reserve' and coalesce(x.end_at > now(), true)
      and (x.user_id = @user_id or x.group_id = any (@hats::uuid[]) or x.role_id = any (@hats::uuid[]))
    order by x.user_id is null, x.group_id is null, x.id limit 1
)
select n.process::text as code from named n where n.process <> ''
union all
select d.code from process_definitions d
where d.kind = 'reservation' and d.enabled and d.current_number > 0 and not exists (select 1 from named n where n.process <> '')
order by 1;
