-- name: NoticesWanted :one
-- The usual notices are sent where there is a mail server and nobody switched them off.
select (exists (select 1 from parameters where name = 'mail.host' and value <> '')
    and not exists (select 1 from parameters where name = 'provost.mail.notices' and value = 'false'))::boolean as wanted;

-- name: TellAsked :exec
-- A mail for everybody who is asked to do tasks, once for each stage of a node: who has taken a task, else those whom its candidates reach.
-- Without usual only for tasks whose definition writes a notice. The log says when nobody can be told, or not everybody.
with concerned as (
    select t.id, t.process_id, t.work, t.part, t.stage, t.element, t.name, t.status, t.assignee_id from process_tasks t
    where t.id = any (@tasks::uuid[]) and t.status in ('open', 'claimed') and (@usual::boolean or t.letter is not null)
), people as (
    select p.task_id, p.user_id from people_asked(@tasks::uuid[], @later_only::boolean) as p (task_id, user_id) join concerned c on c.id = p.task_id and c.status = 'open'
    union select c.id, c.assignee_id from concerned c where c.status = 'claimed'
), asked as (
    select p.task_id, u.id as user_id, u.email, row_number() over (partition by p.task_id order by u.user_name) as place
    from people p join users u on u.id = p.user_id where u.active and u.email <> ''
), told as (
    insert into mails (id, key, kind, process_id, task_id, user_id, address)
    select gen_random_uuid(), concat_ws('/', 'work', c.process_id, c.work, c.part, c.stage, @kind::text, a.user_id), @kind::text, c.process_id, c.id, a.user_id, a.email
    from concerned c join asked a on a.task_id = c.id where a.place <= @most::integer order by c.id, a.place
    on conflict (key) do nothing
)
insert into process_log (process_id, kind, element, name, text)
select c.process_id, 'notice', c.element, c.name,
       case when count(a.user_id) = 0 then 'Nobody was told by mail: none of those who are asked has a mail address, or everybody is asked.'
            else 'Only the first ' || @most::integer || ' of ' || count(a.user_id) || ' people who are asked were told by mail.' end
from concerned c left join asked a on a.task_id = c.id
group by c.id, c.process_id, c.element, c.name having count(a.user_id) = 0 or count(a.user_id) > @most::integer;

-- name: TellPerson :exec
-- A mail for one person about a task; the version of the task makes each occasion one of its own.
insert into mails (id, key, kind, process_id, task_id, user_id, address, facts)
select gen_random_uuid(), concat_ws('/', 'task', t.id, t.version, @kind::text, u.id), @kind::text, t.process_id, t.id, u.id, u.email, @facts
from process_tasks t, users u where t.id = @task_id and u.id = @user_id and u.active and u.email <> ''
on conflict (key) do nothing;

-- name: TellCopies :exec
insert into mails (id, key, kind, process_id, task_id, address)
select gen_random_uuid(), concat_ws('/', 'work', t.process_id, t.work, 'copy', lower(a.address)), 'copy', t.process_id, t.id, a.address
from process_tasks t, unnest(@addresses::text[]) as a (address) where t.id = @task_id
on conflict (key) do nothing;

-- name: TellRequester :exec
-- Whoever asked for something reads what became of it, when others had to do with it or it did not end well.
insert into mails (id, key, kind, process_id, user_id, address)
select gen_random_uuid(), concat_ws('/', 'process', p.id, 'outcome'), 'outcome', p.id, u.id, u.email
from processes p join users u on u.id = p.initiator_id
where p.id = @process_id and p.parent_id is null and u.active and u.email <> ''
  and (p.status <> 'completed' or exists (
      select 1 from process_tasks t where t.process_id = p.id and t.status in ('completed', 'expired') and t.closed_by_id is distinct from p.initiator_id))
on conflict (key) do nothing;

-- name: TellOperators :exec
-- A mail for each of those whom the parameter soffid.bpm.error.notify names, by user name or address.
with named as (
    select distinct w.word from parameters, regexp_split_to_table(value, '[\s,;]+') as w (word)
    where name = 'soffid.bpm.error.notify' and w.word <> ''
), reached as (
    select distinct on (lower(coalesce(nullif(u.email, ''), n.word))) u.id as user_id, coalesce(nullif(u.email, ''), n.word) as address
    from named n left join users u on lower(u.user_name) = lower(n.word) and u.active
    where coalesce(nullif(u.email, ''), n.word) like '%_@_%' order by lower(coalesce(nullif(u.email, ''), n.word)), u.id
)
insert into mails (id, key, kind, process_id, user_id, address, facts)
select gen_random_uuid(), concat_ws('/', 'incident', @process_id::uuid, @incident::bigint, lower(r.address)), 'incident', @process_id::uuid, r.user_id, r.address, @facts
from reached r on conflict (key) do nothing;

-- name: ClaimMails :many
-- Whoever claims a mail sends it; one that was not sent is due again after a growing pause: 5 minutes, 20, 80, then every 4 hours.
update mails m set attempts = m.attempts + 1, due_at = now() + interval '5 minutes' * least(4 ^ m.attempts, 48)
where m.id in (select c.id from mails c where c.status = 'waiting' and c.due_at <= now() order by c.due_at, c.id limit @how_many for update skip locked)
returning m.id;

-- name: MailFacts :many
-- What mails tell, and what their people do not want to be told; digests go to addresses, of which some are those of people. Decisions are those of an outcome: what people decided in the process, in their order.
select m.id, m.key, m.kind, m.task_id, m.process_id, m.user_id, m.address, m.facts, m.attempts, m.created_at,
       coalesce(u.full_name, '')::text as full_name, coalesce(u.attributes ->> 'language', '')::text as language, coalesce(u.active, true)::boolean as active,
       coalesce(t.title, '')::text as title, coalesce(t.element, '')::text as element, coalesce(t.name, '')::text as name,
       coalesce(t.status, '')::text as task_status, t.due_at as task_due_at, t.expire_at, t.letter,
       coalesce(p.number, 0)::bigint as number, coalesce(p.name, '')::text as process, coalesce(p.status, '')::text as process_status,
       coalesce(p.message, '')::text as process_message, coalesce(nullif(i.full_name, ''), p.initiator, '')::text as initiator,
       array(select d.occasion from declined_notices d join users x on x.id = d.user_id
             where x.id = m.user_id or m.user_id is null and m.kind = 'digest' and lower(x.email) = lower(m.address) order by d.occasion)::text[] as declined,
       coalesce((select jsonb_agg(jsonb_build_object('title', l.title, 'decision', l.decision) order by l.part, l.key)
                 from process_lines l where l.process_id = m.process_id and (l.work = t.work and l.part = t.part
                     or m.kind = 'outcome' and l.work = (select max(x.work) from process_lines x where x.process_id = m.process_id))), '[]')::jsonb as lines,
       coalesce((select jsonb_agg(jsonb_build_object('step', g.name, 'by', g.actor, 'outcome', g.outcome, 'comment', g.text, 'kind', g.kind) order by g.id)
                 from process_log g where m.kind = 'outcome' and g.process_id = m.process_id
                   and g.kind in ('complete', 'expired') and g.actor is distinct from p.initiator), '[]')::jsonb as decisions
from mails m
left join users u on u.id = m.user_id
left join process_tasks t on t.id = m.task_id
left join processes p on p.id = m.process_id
left join users i on i.id = p.initiator_id
where m.id = any (@ids::uuid[]) order by m.created_at, m.id;

-- name: EndMails :exec
update mails m set status = e.status, message = e.message, ended_at = now()
from (select unnest(@ids::uuid[]) as id, unnest(@statuses::text[]) as status, unnest(@messages::text[]) as message) e
where m.id = e.id and m.status = 'waiting';

-- name: NoteMails :exec
-- Why mails were not sent yet.
update mails m set message = e.message
from (select unnest(@ids::uuid[]) as id, unnest(@messages::text[]) as message) e where m.id = e.id and m.status = 'waiting';

-- name: LogUnsent :exec
-- The log of a process says which of its mails do not reach their people; a line for each task, occasion and reason.
insert into process_log (process_id, kind, element, name, text)
select m.process_id, 'notice', coalesce(t.element, ''), coalesce(t.name, ''), e.reason || ' (' || string_agg(coalesce(u.user_name, m.address), ', ' order by coalesce(u.user_name, m.address)) || ')'
from (select unnest(@ids::uuid[]) as id, unnest(@reasons::text[]) as reason) e
join mails m on m.id = e.id left join users u on u.id = m.user_id left join process_tasks t on t.id = m.task_id
where m.process_id is not null group by m.process_id, m.task_id, t.element, t.name, m.kind, e.reason;

-- name: DeclinedNotices :many
select occasion from declined_notices where user_id = @user_id order by occasion;

-- name: DeclineNotices :exec
-- Exactly those that are given are declined from now on.
with wanted as (
    delete from declined_notices where user_id = @user_id and occasion <> all (@occasions::text[])
)
insert into declined_notices (user_id, occasion) select @user_id, unnest(@occasions::text[]) on conflict do nothing;

-- name: InsertMailToken :exec
insert into mail_tokens (hash, mail_id, task_id, user_id, expires_at) values (@hash, @mail_id, @task_id, @user_id, @expires_at);

-- name: MailToken :one
select k.task_id, k.user_id, k.expires_at, k.used_at, u.user_name, u.active, coalesce(u.attributes ->> 'language', '')::text as language
from mail_tokens k join users u on u.id = k.user_id where k.hash = @hash;

-- name: UseMailToken :execrows
update mail_tokens set used_at = now() where hash = @hash and used_at is null;

-- name: NextNotice :one
select coalesce(next_notice(), '-infinity')::timestamptz > '-infinity' as there, coalesce(next_notice(), now())::timestamptz as at;

-- name: NextMail :one
select count(*) > 0 as there, coalesce(min(due_at), now())::timestamptz as at from mails where status = 'waiting';

-- name: NoticesAreLate :one
select coalesce(next_notice() < clock_timestamp() - interval '2 minutes', false)::boolean as late;

-- name: PurgeMails :exec
delete from mails where status <> 'waiting' and ended_at < now() - interval '1 day' * @days::integer;
