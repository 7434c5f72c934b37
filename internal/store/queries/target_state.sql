-- name: TargetStates :many
select system_id, object_type, object_id, class, desired, desired_version, desired_hash, applied_version, applied_key, external_id
from target_states where object_type = @object_type and object_id = any (@objects::uuid[]);

-- name: WantTargetStates :exec
-- Writes the wanted state of objects; only what differs gets a new version. Locked in one order, so that two plans never deadlock. Of what
-- must not be there any more our last object stays, for the triggers of its removal.
insert into target_states as t (system_id, object_type, object_id, class, desired, source, desired_hash, desired_version)
select w.system_id, @object_type, w.object_id, w.class, nullif(w.desired, 'null'::jsonb), nullif(w.source, 'null'::jsonb), w.hash, nextval('sync_generations')
from (select unnest(@systems::uuid[]) as system_id, unnest(@objects::uuid[]) as object_id, unnest(@classes::text[]) as class,
             unnest(@desired::jsonb[]) as desired, unnest(@sources::jsonb[]) as source, unnest(@hashes::text[]) as hash) w
order by w.system_id, w.object_id, w.class
on conflict (system_id, object_type, object_id, class) do update
    set desired = excluded.desired, source = case when excluded.desired is null then coalesce(excluded.source, t.source) else excluded.source end,
        desired_hash = excluded.desired_hash, desired_version = excluded.desired_version
    where t.desired_hash <> excluded.desired_hash;

-- name: WantAgain :exec
-- Makes the wanted state count as not applied, although it did not change: synchronise now, provision all.
update target_states set applied_version = 0 where object_type = @object_type and object_id = any (@objects::uuid[]);

-- name: LoadTargets :many
-- What is wanted of some objects of a system now, each under its position in the question, from 1.
select w.position::integer as position, t.desired, t.source, t.desired_version, t.applied_version, t.applied_key, t.external_id
from (select unnest(@types::text[]) as object_type, unnest(@objects::uuid[]) as object_id, unnest(@classes::text[]) as class,
             generate_subscripts(@objects::uuid[], 1) as position) w
join target_states t on t.system_id = @system_id and t.object_type = w.object_type and t.object_id = w.object_id and t.class = w.class;

-- name: RecordApplied :many
-- Notes what was applied. A version older than one noted before may have overwritten it: then the state counts as not applied at all.
update target_states t
set applied_version = case when t.applied_version > r.version then 0 else r.version end,
    applied_key = case when t.desired is null then '' else r.key end,
    external_id = case when t.desired is null then '' else r.external_id end,
    applied_at = clock_timestamp(), drift = null
from (select unnest(@objects::uuid[]) as object_id, unnest(@types::text[]) as object_type, unnest(@classes::text[]) as class,
             unnest(@versions::bigint[]) as version, unnest(@keys::text[]) as key, unnest(@external_ids::text[]) as external_id) r
where t.system_id = @system_id and t.object_type = r.object_type and t.object_id = r.object_id and t.class = r.class
returning t.object_type, t.object_id, (t.applied_version < t.desired_version)::boolean as behind;

-- name: ForgetApplied :exec
update target_states t set applied_version = 0
from (select unnest(@types::text[]) as object_type, unnest(@objects::uuid[]) as object_id, unnest(@classes::text[]) as class) r
where t.system_id = @system_id and t.object_type = r.object_type and t.object_id = r.object_id and t.class = r.class;

-- name: NoteExternalIDs :exec
update accounts a set external_id = r.external_id
from (select unnest(@objects::uuid[]) as object_id, unnest(@external_ids::text[]) as external_id) r
where a.id = r.object_id and a.external_id <> r.external_id and r.external_id <> '';

-- name: ForgetTargets :exec
-- Ends the states of roles and groups that were deleted, once they are out of the system.
delete from target_states t
where t.system_id = @system_id and t.object_id = any (@objects::uuid[]) and t.desired is null and t.applied_version >= t.desired_version
  and ((t.object_type = 'role' and not exists (select 1 from roles r where r.id = t.object_id))
       or (t.object_type = 'group' and not exists (select 1 from groups g where g.id = t.object_id)));
