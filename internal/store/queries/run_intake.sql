-- What runs ask about memberships, groups, roles and grants that came in.

-- name: ClearRunLinks :exec
delete from run_links where run_id = @run_id;

-- name: RankRunGroups :exec
with recursive staged as (
    select seq, lower(key) as key, lower(coalesce(mapped ->> 'parent', '')) as parent from run_objects
    where run_id = @run_id and object_type = 'group' and problem = ''
), tree as (
    select s.seq, s.key, 0 as level from staged s where not exists (select 1 from staged p where p.key = s.parent)
    union all
    select s.seq, s.key, t.level + 1 from staged s join tree t on s.parent = t.key
)
update run_objects o set level = coalesce(t.level, -1) from staged s left join tree t on t.seq = s.seq
where o.run_id = @run_id and o.seq = s.seq and coalesce(t.level, -1) <> 0;

-- name: MarkRunCircles :exec
update run_objects set level = 0, problem = 'The parents of this group form a circle: going up from ' || (mapped ->> 'parent') || ' never reaches a root.'
where run_id = @run_id and object_type = 'group' and level < 0;

-- name: ResolveRunMembers :exec
update run_links set owner_key = lower(owner) where run_id = @run_id and kind = 'membership';

-- name: ResolveRunHolders :exec
with owners as (
    select distinct lower(l.owner) as owner from run_links l where l.run_id = @run_id and l.kind = 'grant'
), resolved as (
    select w.owner, coalesce(
        (select lower(o.key) from run_objects o where o.run_id = @run_id and o.object_type in ('user', 'account') and o.key <> ''
            and lower(o.key) = w.owner limit 1),
        (select lower(o.key) from run_objects o where o.run_id = @run_id and o.object_type in ('user', 'account') and o.key <> ''
            and lower(o.address) = w.owner limit 1),
        (select lower(a.name) from accounts a where a.system_id = @system_id and lower(a.name) = w.owner
            and a.status not in ('removed', 'archived') limit 1),
        (select lower(a.name) from target_states t join accounts a on a.id = t.object_id
            where t.system_id = @system_id and t.object_type = 'account' and lower(t.applied_key) = w.owner
            and a.status not in ('removed', 'archived') limit 1),
        '') as key
    from owners w
)
update run_links l set owner_key = r.key,
    problem = case when r.key = '' then 'nobody knows an account ' || l.owner || ', and the system lists none' else '' end
from resolved r where l.run_id = @run_id and l.kind = 'grant' and lower(l.owner) = r.owner;

-- name: StageNamedRoles :execrows
insert into run_objects (run_id, seq, class, object_type, key, address, mapped)
select @run_id, (select coalesce(max(o.seq), 0) from run_objects o where o.run_id = @run_id) + row_number() over (order by n.target),
       '', 'role', n.target, n.target, jsonb_build_object('name', n.target)
from (select min(l.target) as target from run_links l where l.run_id = @run_id and l.kind = 'grant' and l.problem = '' group by lower(l.target)) n
where not exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type = 'role' and lower(o.key) = lower(n.target));

-- name: CountRunLinks :many
select kind, count(*) as links from run_links where run_id = @run_id and problem = '' group by kind;

-- name: CountUnidentified :many
select object_type, count(*) as objects, (array_agg(case when address <> '' then address else key end order by seq))[1:3]::text[] as places
from run_objects where run_id = @run_id and unidentified group by object_type order by object_type;

-- name: CountKnown :one
select (select count(*) from users u where u.source_system_id = @system_id::uuid and u.active) as users,
       (select count(*) from groups g where g.source_system_id = @system_id::uuid and not g.disabled) as groups,
       (select count(*) from group_memberships m where m.source_system_id = @system_id::uuid) as memberships,
       (select count(*) from accounts a where a.system_id = @system_id::uuid and a.status not in ('removed', 'archived')) as accounts,
       (select count(*) from roles r where r.system_id = @system_id::uuid) as roles,
       (select count(*) from grants g join accounts a on a.id = g.account_id where a.system_id = @system_id::uuid) as grants;

-- name: MissingGroups :many
with recursive below as (
    select g.id, g.parent_id, 0 as depth from groups g where g.parent_id is null
    union all
    select g.id, g.parent_id, b.depth + 1 from groups g join below b on g.parent_id = b.id
)
select g.id from groups g join below b on b.id = g.id
where g.source_system_id = @system_id and not g.builtin
  and not exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type = 'group' and lower(o.key) = lower(g.name))
order by b.depth desc, g.id;

-- name: NewMemberships :many
select l.seq, l.owner, l.target,
       (u.id is not null or su.seq is not null)::boolean as user_known, (g.id is not null or sg.seq is not null)::boolean as group_known,
       u.source_system_id as source
from run_links l
left join users u on lower(u.user_name) = l.owner_key
left join groups g on lower(g.name) = lower(l.target)
left join run_objects su on su.run_id = l.run_id and su.object_type = 'user' and su.problem = '' and lower(su.key) = l.owner_key
left join run_objects sg on sg.run_id = l.run_id and sg.object_type = 'group' and sg.problem = '' and lower(sg.key) = lower(l.target)
left join groups p on p.id = u.primary_group_id
where l.run_id = @run_id and l.kind = 'membership' and l.seq > @after
  and lower(l.target) <> lower(coalesce(su.mapped ->> 'primaryGroup', p.name, 'world'))
  and not exists (select 1 from group_memberships m where m.user_id = u.id and m.group_id = g.id)
  and not exists (select 1 from run_links e where e.run_id = l.run_id and e.kind = l.kind and e.owner_key = l.owner_key
                  and lower(e.target) = lower(l.target) and e.seq < l.seq)
order by l.seq limit @how_many;

-- name: EndedMemberships :many
select m.id, u.user_name, g.name as group_name from group_memberships m
join users u on u.id = m.user_id join groups g on g.id = m.group_id
where m.source_system_id = @system_id::uuid and m.id > @after
  and not exists (select 1 from run_links l where l.run_id = @run_id and l.kind = 'membership' and l.owner_key = lower(u.user_name)
                  and lower(l.target) = lower(g.name))
  and (exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type = 'user' and lower(o.key) = lower(u.user_name) and o.problem = '' and o.links)
    or exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type = 'group' and lower(o.key) = lower(g.name) and o.problem = '' and o.links)
    or (@all_listed::boolean and not exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type = 'user'
                                    and lower(o.key) = lower(u.user_name) and o.problem <> '')))
order by m.id limit @how_many;

-- name: RolesAt :many
select id from roles where system_id = @system_id
  and ((external_id <> '' and external_id = any (@external_ids::text[])) or lower(name) = any (@names::text[]))
order by id;

-- name: MissingRoles :many
select r.id, (exists (select 1 from group_roles x where x.role_id = r.id)
           or exists (select 1 from role_contents x where r.id in (x.role_id, x.contained_role_id))
           or exists (select 1 from authorizations x where x.role_id = r.id)
           or exists (select 1 from account_access x where x.role_id = r.id)
           or exists (select 1 from grants x where x.role_id = r.id and x.origin <> 'reconciliation'))::boolean as used
from roles r
where r.system_id = @system_id and not r.builtin
  and not exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type = 'role'
                  and (lower(o.key) = lower(r.name) or (r.external_id <> '' and o.external_id = r.external_id)))
  and (@follows::boolean
    or not exists (select 1 from sync_tasks t where t.status in ('pending', 'held', 'waiting', 'failed') and t.object_type = 'role' and t.object_id = r.id))
order by r.id;

-- name: NewGrants :many
select l.seq, l.owner, l.target, l.scope, l.problem, coalesce(a.name, so.key, l.owner) as account, coalesce(r.name, l.target) as role,
       a.id as account_id, r.id as role_id, coalesce(a.type, 'unmanaged')::text as account_type,
       exists (select 1 from sync_tasks t where t.status in ('pending', 'held', 'waiting', 'failed')
               and ((t.object_type = 'user' and t.object_id = a.user_id) or (t.object_type = 'account' and t.object_id = a.id)
                 or (t.object_type = 'role' and t.object_id = r.id)))::boolean as busy
from run_links l
left join accounts a on a.system_id = @system_id and lower(a.name) = l.owner_key and a.status not in ('removed', 'archived')
left join roles r on r.system_id = @system_id and lower(r.name) = lower(l.target)
left join run_objects so on so.run_id = l.run_id and so.object_type in ('user', 'account') and so.problem = '' and lower(so.key) = l.owner_key
where l.run_id = @run_id and l.kind = 'grant' and l.seq > @after
  and not exists (select 1 from run_links e where e.run_id = l.run_id and e.kind = l.kind and e.owner_key = l.owner_key
                  and lower(e.target) = lower(l.target) and lower(e.scope) = lower(l.scope) and e.seq < l.seq and l.problem = '')
  and not exists (
    select 1 from effective_roles e
    left join groups scg on scg.id = e.scope_group_id left join information_systems sci on sci.id = e.scope_information_system_id
    left join scope_values scv on scv.id = e.scope_value_id
    where e.role_id = r.id and (e.account_id = a.id or (e.account_id is null and e.user_id = a.user_id))
      and lower(coalesce(scg.name, sci.name, scv.value, '')) = lower(l.scope))
  and not exists (
    select 1 from grants g
    left join groups scg on scg.id = g.scope_group_id left join information_systems sci on sci.id = g.scope_information_system_id
    left join scope_values scv on scv.id = g.scope_value_id
    where g.account_id = a.id and g.role_id = r.id and lower(coalesce(scg.name, sci.name, scv.value, '')) = lower(l.scope))
order by l.seq limit @how_many;

-- name: EndedGrants :many
select g.id, a.name as account, a.type as account_type, r.name as role, coalesce(scg.name, sci.name, scv.value, '')::text as scope, g.origin,
       (g.state = 'active' and g.parent_grant_id is null and g.origin not in ('rule', 'role', 'group'))::boolean as revocable
from grants g
join accounts a on a.id = g.account_id join roles r on r.id = g.role_id
left join groups scg on scg.id = g.scope_group_id left join information_systems sci on sci.id = g.scope_information_system_id
left join scope_values scv on scv.id = g.scope_value_id
where r.system_id = @system_id and a.system_id = @system_id and g.id > @after and a.status in ('enabled', 'forcedEnabled', 'disabled')
  and (a.type = 'unmanaged' or a.status <> 'disabled')
  and g.state in ('active', 'removalPending') and coalesce(g.start_at <= now(), true) and coalesce(g.end_at > now(), true)
  and not exists (select 1 from run_links l where l.run_id = @run_id and l.kind = 'grant' and l.owner_key = lower(a.name)
                  and lower(l.target) = lower(r.name) and lower(l.scope) = lower(coalesce(scg.name, sci.name, scv.value, '')))
  and not exists (select 1 from run_links l where l.run_id = @run_id and l.kind = 'grant' and lower(l.target) = lower(r.name) and l.problem <> '')
  and (@all_listed::boolean
    or exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type = 'role' and lower(o.key) = lower(r.name) and o.problem = '' and o.links)
    or exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type in ('user', 'account') and lower(o.key) = lower(a.name) and o.problem = '' and o.links))
  and (not @accounts_listed::boolean
    or exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type in ('user', 'account') and lower(o.key) = lower(a.name) and o.problem = ''))
  and (@follows::boolean or not exists (select 1 from sync_tasks t where t.status in ('pending', 'held', 'waiting', 'failed')
                  and ((t.object_type = 'user' and t.object_id = a.user_id) or (t.object_type = 'account' and t.object_id = a.id)
                    or (t.object_type = 'role' and t.object_id = r.id))))
order by g.id limit @how_many;

-- name: EndedEffectiveRoles :many
select e.id, a.name as account, r.name as role, e.via, coalesce(scg.name, sci.name, scv.value, '')::text as scope
from effective_roles e
join roles r on r.id = e.role_id
join accounts a on a.system_id = r.system_id and (a.id = e.account_id or (e.account_id is null and a.user_id = e.user_id and a.type = 'single'))
left join groups scg on scg.id = e.scope_group_id left join information_systems sci on sci.id = e.scope_information_system_id
left join scope_values scv on scv.id = e.scope_value_id
where r.system_id = @system_id and e.id > @after and a.status in ('enabled', 'forcedEnabled')
  and not exists (select 1 from grants g where g.account_id = a.id and g.role_id = r.id)
  and not exists (select 1 from effective_roles f where f.role_id = e.role_id and f.user_id is not distinct from e.user_id
                  and f.account_id is not distinct from e.account_id and f.id < e.id)
  and not exists (select 1 from run_links l where l.run_id = @run_id and l.kind = 'grant' and l.owner_key = lower(a.name)
                  and lower(l.target) = lower(r.name))
  and not exists (select 1 from run_links l where l.run_id = @run_id and l.kind = 'grant' and lower(l.target) = lower(r.name) and l.problem <> '')
  and (@all_listed::boolean
    or exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type = 'role' and lower(o.key) = lower(r.name) and o.problem = '' and o.links)
    or exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type in ('user', 'account') and lower(o.key) = lower(a.name) and o.problem = '' and o.links))
  and (not @accounts_listed::boolean
    or exists (select 1 from run_objects o where o.run_id = @run_id and o.object_type in ('user', 'account') and lower(o.key) = lower(a.name) and o.problem = ''))
  and (@follows::boolean or not exists (select 1 from sync_tasks t where t.status in ('pending', 'held', 'waiting', 'failed')
                  and ((t.object_type = 'user' and t.object_id = a.user_id) or (t.object_type = 'account' and t.object_id = a.id)
                    or (t.object_type = 'role' and t.object_id = r.id))))
order by e.id limit @how_many;

-- name: GrantedByRun :many
select c.seq from run_changes c
where c.run_id = @run_id and c.seq > @after and c.object_type = 'grant' and c.status = 'applied' order by c.seq limit @how_many;

-- name: TouchedByGrants :many
with recursive page as (
    select c.object ->> 'account' as account, c.object ->> 'role' as role from run_changes c
    where c.run_id = @run_id and c.seq > @after and c.seq <= @up_to and c.object_type = 'grant' and c.status = 'applied'
), contained as (
    select rc.contained_role_id as id from page p join roles r on r.system_id = @system_id and lower(r.name) = lower(p.role)
    join role_contents rc on rc.role_id = r.id
    union
    select rc.contained_role_id from contained c join role_contents rc on rc.role_id = c.id
)
select case when a.user_id is null then 'account' else 'user' end::text as kind, coalesce(a.user_id, a.id) as id
from page p join accounts a on a.system_id = @system_id and lower(a.name) = lower(p.account)
    and a.status not in ('removed', 'archived') and (a.user_id is not null or a.type <> 'unmanaged')
union
select 'role', c.id from contained c join roles r on r.id = c.id where r.system_id <> @system_id;

-- name: SetRunListing :exec
update runs set listing = @listing where id = @id;

-- name: LoadTokens :one
select coalesce((select load_tokens from system_status where system_id = @system_id), '{}'::jsonb)::jsonb as tokens;

-- name: KeepLoadTokens :exec
insert into system_status (system_id, load_tokens) values (@system_id, @tokens)
on conflict (system_id) do update set load_tokens = system_status.load_tokens || excluded.load_tokens;
