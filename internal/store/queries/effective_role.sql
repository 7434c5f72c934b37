-- name: RecomputeEffectiveRoles :many
-- Writes the difference between what is held now and what the table says, and gives everything that changed.
with fresh as materialized (
    select c.user_id, c.account_id, c.role_id, c.scope_group_id, c.scope_information_system_id, c.scope_value_id, c.holder_group_id, c.via, c.path
    from current_roles(@users::uuid[], @accounts::uuid[])
        as c (user_id, account_id, role_id, scope_group_id, scope_information_system_id, scope_value_id, holder_group_id, via, path)
),
stale as (
    delete from effective_roles e
    where (e.user_id = any (@users::uuid[]) or e.account_id = any (@accounts::uuid[]))
      and not exists (
        select 1 from fresh f
        where f.role_id = e.role_id and f.user_id is not distinct from e.user_id and f.account_id is not distinct from e.account_id
          and f.scope_group_id is not distinct from e.scope_group_id
          and f.scope_information_system_id is not distinct from e.scope_information_system_id
          and f.scope_value_id is not distinct from e.scope_value_id
          and f.holder_group_id is not distinct from e.holder_group_id and f.path = e.path)
    returning e.user_id, e.account_id, e.role_id
),
added as (
    insert into effective_roles (user_id, account_id, role_id, scope_group_id, scope_information_system_id, scope_value_id, holder_group_id, via, path)
    select distinct f.user_id, f.account_id, f.role_id, f.scope_group_id, f.scope_information_system_id, f.scope_value_id, f.holder_group_id, f.via, f.path
    from fresh f
    where not exists (
        select 1 from effective_roles e
        where e.role_id = f.role_id and e.user_id is not distinct from f.user_id and e.account_id is not distinct from f.account_id
          and e.scope_group_id is not distinct from f.scope_group_id
          and e.scope_information_system_id is not distinct from f.scope_information_system_id
          and e.scope_value_id is not distinct from f.scope_value_id
          and e.holder_group_id is not distinct from f.holder_group_id and e.path = f.path)
    returning user_id, account_id, role_id
)
select user_id, account_id, role_id from stale
union
select user_id, account_id, role_id from added;

-- name: HoldersOfRoles :many
-- Users and accounts whose effective roles depend on these roles: they hold them now, or have a grant or a group that brings them.
select e.user_id, e.account_id from effective_roles e where e.role_id = any (@roles::uuid[])
union
select a.user_id, a.id from grants g join accounts a on a.id = g.account_id where g.role_id = any (@roles::uuid[]);

-- name: MembersBelowGroups :many
-- Users whose groups lie in the trees below these groups.
with recursive below as (
    select g.id from groups g where g.id = any (@groups::uuid[])
    union
    select g.id from groups g join below b on g.parent_id = b.id
)
select u.id from users u join below b on u.primary_group_id = b.id
union
select m.user_id from group_memberships m join below b on m.group_id = b.id;

-- name: UsersOfAccounts :many
select a.id, a.user_id, a.type from accounts a where a.id = any (@accounts::uuid[]);
