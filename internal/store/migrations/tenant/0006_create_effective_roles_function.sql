-- +goose Up
-- What users, and accounts without a user, hold at this moment, with every way it comes about:
-- direct grants ∪ roles of their groups and the groups above ∪ roles contained in those (mandatory ones, transitively, scopes carried).
-- +goose StatementBegin
create function current_roles(of_users uuid[], of_accounts uuid[])
    returns table (user_id uuid, account_id uuid, role_id uuid, scope_group_id uuid, scope_information_system_id uuid, scope_value_id uuid,
                   holder_group_id uuid, via text, path jsonb)
    language sql stable as $$
with recursive
membership as (
    select u.id as user_id, u.primary_group_id as group_id from users u where u.id = any (of_users)
    union
    select m.user_id, m.group_id from group_memberships m
    where m.user_id = any (of_users) and coalesce(m.start_at <= now(), true) and coalesce(m.end_at > now(), true)
),
ascent as (
    -- a group that is disabled or outside its dates passes nothing on, not what is above it either
    select m.user_id, g.id as group_id, g.parent_id, array [g.id] as trail
    from membership m join groups g on g.id = m.group_id
    where not g.disabled and coalesce(g.active_since <= now(), true) and coalesce(g.active_until > now(), true)
    union all
    select a.user_id, g.id, g.parent_id, a.trail || g.id
    from ascent a join groups g on g.id = a.parent_id
    where not g.disabled and coalesce(g.active_since <= now(), true) and coalesce(g.active_until > now(), true)
      and g.id <> all (a.trail)
),
base as (
    select a.user_id, a.id as account_id, g.role_id, g.scope_group_id, g.scope_information_system_id, g.scope_value_id, g.holder_group_id,
           case when g.origin = 'rule' then 'rule' else 'direct' end as via,
           jsonb_build_array(jsonb_build_object('kind', 'grant', 'id', g.id)) as path
    from grants g
    join accounts a on a.id = g.account_id
    where (a.user_id = any (of_users) or a.id = any (of_accounts))
      and a.status not in ('removed', 'archived')
      and g.state in ('active', 'removalPending')
      and coalesce(g.start_at <= now(), true) and coalesce(g.end_at > now(), true)
    union all
    select s.user_id, null, gr.role_id, gr.scope_group_id, gr.scope_information_system_id, gr.scope_value_id, null, 'group',
           (select jsonb_agg(jsonb_build_object('kind', 'group', 'id', step) order by position)
            from unnest(s.trail) with ordinality as steps (step, position))
    from ascent s
    join group_roles gr on gr.group_id = s.group_id and gr.mandatory
),
walk as (
    select b.*, array [b.role_id] as trail from base b
    union all
    select w.user_id, w.account_id, rc.contained_role_id,
           case when num_nonnulls(rc.scope_group_id, rc.scope_information_system_id, rc.scope_value_id) > 0 then rc.scope_group_id
                when c.scope_domain_id is not null then w.scope_group_id end,
           case when num_nonnulls(rc.scope_group_id, rc.scope_information_system_id, rc.scope_value_id) > 0 then rc.scope_information_system_id
                when c.scope_domain_id is not null then w.scope_information_system_id end,
           case when num_nonnulls(rc.scope_group_id, rc.scope_information_system_id, rc.scope_value_id) > 0 then rc.scope_value_id
                when c.scope_domain_id is not null then w.scope_value_id end,
           w.holder_group_id, 'role', w.path || jsonb_build_object('kind', 'role', 'id', w.role_id), w.trail || rc.contained_role_id
    from walk w
    join role_contents rc on rc.role_id = w.role_id and rc.mandatory
    join roles p on p.id = w.role_id
    join roles c on c.id = rc.contained_role_id
    where rc.contained_role_id <> all (w.trail)
      and coalesce(p.approval_start <= now(), true) and coalesce(p.approval_end > now(), true)
      and (rc.source_group_id is null or rc.source_group_id = w.scope_group_id)
      and (rc.source_information_system_id is null or rc.source_information_system_id = w.scope_information_system_id)
      and (rc.source_value_id is null or rc.source_value_id = w.scope_value_id)
)
-- a role of another system is held through the user's accounts there, or by the user alone while there is none
select w.user_id, coalesce(own.id, other.id), w.role_id, w.scope_group_id, w.scope_information_system_id, w.scope_value_id, w.holder_group_id, w.via, w.path
from walk w
join roles r on r.id = w.role_id
left join accounts own on own.id = w.account_id and own.system_id = r.system_id
left join accounts other on own.id is null and other.user_id = w.user_id and other.system_id = r.system_id
    and other.type = 'single' and other.status not in ('removed', 'archived')
where coalesce(r.approval_start <= now(), true) and coalesce(r.approval_end > now(), true)
  and (own.id is not null or w.user_id is not null)
$$;
-- +goose StatementEnd

-- +goose Down
drop function current_roles(uuid[], uuid[]);
