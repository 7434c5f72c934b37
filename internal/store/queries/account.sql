-- name: SystemKeys :many
select key from systems where key = any (@keys::text[]);

-- name: ClearSystemPolicy :exec
with types as (delete from system_user_types t where t.system_id = @system_id)
delete from system_groups g where g.system_id = @system_id;

-- name: InsertSystemPolicy :exec
with types as (
    insert into system_user_types (system_id, user_type_id) select @system_id, unnest(@user_types::uuid[])
)
insert into system_groups (system_id, group_id) select @system_id, unnest(@groups::uuid[]);

-- name: CloseSystemTasks :exec
-- Ends the parts that concern a system, then the tasks of which nothing else is left and those of its accounts and roles.
with parts as (
    delete from sync_parts p where p.system_id = @system_id returning p.task_id
)
update sync_tasks t set status = 'cancelled', finished_at = clock_timestamp()
where t.status in ('pending', 'held', 'waiting', 'failed')
  and ((t.id in (select task_id from parts) and not exists (
            select 1 from sync_parts o where o.task_id = t.id and o.system_id <> @system_id and o.status <> 'done'))
       or (t.object_type = 'account' and t.object_id in (select a.id from accounts a where a.system_id = @system_id))
       or (t.object_type = 'role' and t.object_id in (select r.id from roles r where r.system_id = @system_id)));

-- name: AccountsOfSystem :many
select id, user_id from accounts where system_id = @system_id and status not in ('removed', 'archived') and type <> 'unmanaged';

-- name: HoldersInSystem :many
select distinct e.user_id::uuid from effective_roles e
left join roles r on r.id = e.role_id left join accounts a on a.id = e.account_id
where e.user_id is not null and (r.system_id = @system_id or a.system_id = @system_id);

-- name: PolicyEffect :many
-- Who would get, get back or lose an account under a draft policy (domain.md: may a user have an account in a system?).
with recursive inside as (
    select unnest(@groups::uuid[]) as id
    union
    select g.id from groups g join inside i on g.parent_id = i.id
),
allowed as (
    select u.id,
           u.active and ut.managed
           and (cardinality(@user_types::uuid[]) = 0 or u.user_type_id = any (@user_types::uuid[]))
           and (cardinality(@groups::uuid[]) = 0 or u.primary_group_id in (select id from inside)
                or exists (select 1 from group_memberships m where m.user_id = u.id and m.group_id in (select id from inside)
                           and coalesce(m.start_at <= now(), true) and coalesce(m.end_at > now(), true)))
           and (not @role_based::boolean
                or exists (select 1 from effective_roles e join roles r on r.id = e.role_id
                           where e.user_id = u.id and r.system_id = @system_id::uuid)) as may
    from users u join user_types ut on ut.id = u.user_type_id
)
select u.id, u.user_name, u.full_name, coalesce(a.name, '')::text as account,
       (case when a.id is null then 'gain' when w.may then 'back' else 'lose' end)::text as effect
from allowed w
join users u on u.id = w.id
left join accounts a on a.user_id = u.id and a.system_id = @system_id::uuid and a.type = 'single' and a.status not in ('removed', 'archived')
where (a.id is null and w.may and not @manual_creation::boolean)
   or (a.status = 'disabled' and w.may)
   or (a.status in ('enabled', 'locked') and not w.may)
order by lower(u.user_name), a.name;

-- name: RemoveAccounts :exec
update accounts set status = 'removed' where id = any (@ids::uuid[]) and status not in ('removed', 'archived');

-- name: AdoptGrants :exec
update grants set origin = 'reconciliation' where account_id = any (@accounts::uuid[]) and origin <> 'reconciliation';

-- name: SingleAccountsOfUsers :many
select id from accounts where user_id = any (@users::uuid[]) and status not in ('removed', 'archived') order by id;

-- name: FollowUserTypes :exec
-- The password policy of a single account is that of its user.
update accounts a set user_type_id = u.user_type_id from users u
where u.id = any (@users::uuid[]) and a.user_id = u.id and a.type = 'single' and a.user_type_id <> u.user_type_id;

-- name: AccountFacts :many
select a.id, a.name, a.system_id, s.name as system, a.type, a.status, a.user_id, coalesce(u.user_name, '')::text as user_name
from accounts a join systems s on s.id = a.system_id left join users u on u.id = a.user_id
where a.id = any (@ids::uuid[]);

-- name: AccountsIn :many
select a.id, a.name, a.system_id, s.name as system, a.type, a.status, a.user_id, u.user_name
from accounts a join systems s on s.id = a.system_id join users u on u.id = a.user_id
where a.user_id = @user_id::uuid and a.system_id = @system_id and a.type = 'single' and a.status not in ('removed', 'archived')
order by lower(a.name);

-- name: PutSecret :exec
insert into secrets (id, ciphertext) values (@id, @ciphertext);

-- name: DropSecrets :exec
delete from secrets where id = any (@ids::uuid[]);

-- name: GetSecret :one
select ciphertext from secrets where id = @id;

-- name: HoldPermissions :one
-- Whether one of some users holds a role that carries permissions of the platform.
select exists (
    select 1 from effective_roles e
    where e.user_id = any (@users::uuid[])
      and (e.role_id = @admin_role::uuid or exists (select 1 from authorizations z where z.role_id = e.role_id))
);

-- name: SingleRoleClashes :many
-- Information systems of a single role of which some users hold several between them.
select i.name from grants g
join accounts a on a.id = g.account_id
join roles r on r.id = g.role_id
join information_systems i on i.id = r.information_system_id
where a.user_id = any (@users::uuid[]) and a.status not in ('removed', 'archived') and i.single_role
group by i.id, i.name having count(distinct r.id) > 1 and count(distinct a.user_id) > 1
order by i.name;
