-- name: ProcessOfTask :one
select process_id from process_tasks where id = @id;

-- name: TaskContent :one
select t.variables, t.payload, t.draft, p.variables as current, p.version_id from process_tasks t join processes p on p.id = t.process_id where t.id = @id;

-- name: TaskCandidates :many
select kind, principal_id, scope_id, name, hat from process_task_candidates where task_id = @task_id order by kind, name, hat;

-- name: IsCandidate :one
select exists (select 1 from process_task_candidates where task_id = @task_id and hat = any (@hats::uuid[])) as is;

-- name: NodeTasks :many
select t.id, t.part, t.stage, t.seat, t.status, t.closed_by_id from process_tasks t where t.process_id = @process_id and t.work = @work
order by t.part, t.stage, t.seat for update;

-- name: SaveTask :exec
update process_tasks set status = @status, assignee_id = @assignee_id, owner_id = @owner_id, scheduled_for = @scheduled_for, outcome = @outcome,
    comment = @comment, finishes = @finishes, closed_by_id = @closed_by_id, closed_by = @closed_by, reason = @reason, closed_at = @closed_at,
    version = version + 1
where id = @id;

-- name: ShowCandidates :exec
update process_task_candidates set pending = @pending where task_id = any (@tasks::uuid[]) and pending <> @pending;

-- name: SaveTaskDraft :exec
update process_tasks set draft = @draft, version = version + 1 where id = @id;

-- name: SaveTaskPayload :exec
update process_tasks set payload = @payload, draft = null where id = @id;

-- name: OpenNextTasks :exec
update process_tasks set status = 'open', opened_at = clock_timestamp(), version = version + 1 where id = any (@tasks::uuid[]) and status = 'waiting';

-- name: CloseProcessTasks :exec
update process_tasks set status = 'cancelled', reason = @reason, closed_at = clock_timestamp(), version = version + 1
where id = any (@tasks::uuid[]) and status in ('waiting', 'open', 'claimed');

-- name: StageVotes :many
select v.line_id, count(*) filter (where v.approved) as approvals, count(*) filter (where not v.approved) as denials
from process_votes v join process_tasks t on t.id = v.task_id
where t.process_id = @process_id and t.work = @work and t.part = @part and t.stage = @stage group by v.line_id;

-- name: InsertVote :exec
insert into process_votes (line_id, task_id, approved, comment, actor_id, actor) values (@line_id, @task_id, @approved, @comment, @actor_id, @actor);

-- name: DecideLine :exec
update process_lines set decision = @decision, stage = @stage, decided_at = clock_timestamp() where id = @id;

-- name: CountInbox :one
-- Each list by its own index: the tasks nobody has taken are counted from the index of the candidates alone.
select (select count(distinct c.task_id) from process_task_candidates c where c.pending and c.hat = any (@hats::uuid[])) as available,
       (select count(*) from process_tasks t where t.status = 'claimed' and t.assignee_id = @user_id) as mine,
       (select count(*) from process_tasks t where t.status = 'claimed' and t.assignee_id = @user_id and t.due_at < now()) as overdue;
