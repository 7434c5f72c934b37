-- name: ListGuardedMetadata :many
-- The custom attributes, and the built-in ones that somebody may not see.
select code, data_type, builtin, options from metadata
where object_type = @object_type and (not builtin or 'hidden' in (options ->> 'adminVisibility', options ->> 'operatorVisibility', options ->> 'userVisibility'))
order by position, code;
-- name: ReleaseUnique :exec
delete from unique_values where object_type = @object_type and object_id = @object_id and code = any (@codes::text[]);

-- name: ClaimUnique :many
insert into unique_values (object_type, code, value, object_id)
select @object_type, v.code, v.value, @object_id
from (select unnest(@codes::text[]) as code, unnest(@vals::text[]) as value) v
where v.value <> '' order by v.code
on conflict (object_type, code, value) do nothing
returning code;

-- name: StrikeUnique :exec
delete from unique_values where object_type = @object_type and code = @code;
