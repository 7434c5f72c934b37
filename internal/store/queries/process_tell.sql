-- name: CalledProcesses :many
select id, parent_work from processes
where parent_id = @parent_id and parent_work = any (@works::bigint[]) and status in ('starting', 'running') order by id;

-- name: PutOnVersion :exec
update processes set version_id = @version_id where id = @id;

-- name: RenameElements :exec
-- What belongs to elements whose place others take goes along: open tasks, incidents, and the notes of what steps changed, by which a step that is
-- tried again knows it. An element that was entered already, or that takes the place of several, counts its visits anew: it gets no notes.
with renamed as (
    select unnest(@before::text[]) as before, unnest(@after::text[]) as after
), incidents as (
    update process_incidents i set element = r.after from renamed r
    where i.process_id = @process_id and i.element = r.before and i.status <> 'solved'
), effects as (
    insert into process_effects (process_id, element, visit, variables)
    select e.process_id, r.after, e.visit, e.variables from process_effects e join renamed r on r.before = e.element
    where e.process_id = @process_id and r.before <> r.after and (select count(*) from renamed o where o.after = r.after) = 1
      and not exists (select 1 from process_log l where l.process_id = @process_id and l.kind = 'enter' and l.element = r.after)
    on conflict do nothing
)
update process_tasks t set element = r.after from renamed r
where t.process_id = @process_id and t.element = r.before and t.status in ('waiting', 'open', 'claimed');

-- name: AdoptDeadlines :exec
-- Open tasks do when they are late what the steps of the version say: what a step does not have any more is taken back, the way out is its own. The
-- times stay those of the opening.
update process_tasks t set expire_flow = s.flow,
    expire_at = case when s.expires then t.expire_at end,
    remind_at = case when s.reminds then t.remind_at end,
    escalation = case when s.escalates then t.escalation end
from (select unnest(@elements::text[]) as element, unnest(@flows::text[]) as flow, unnest(@expires::boolean[]) as expires,
             unnest(@reminds::boolean[]) as reminds, unnest(@escalates::boolean[]) as escalates) s
where t.process_id = @process_id and t.element = s.element and t.status in ('waiting', 'open', 'claimed');
