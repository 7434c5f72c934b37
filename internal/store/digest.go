package store

import (
	"context"
	"fmt"
	"time"
)

// mostInDigest is how many entries a mail lists.
const mostInDigest = 200

// grantDigests writes a mail for each notification address of each information system in which something was granted or revoked, or ended by its
// date, since it was told last, until the last midnight. What waits for approval is neither: a pending grant is granted when it is approved. A
// grant that had ended already when it was deleted is not revoked then. Systems with nothing to tell are marked as told too.
const grantDigests = `with day as (
	    select date_trunc('day', $1::timestamptz at time zone 'UTC') at time zone 'UTC' as ends
	), due as (
	    select s.id, s.name, s.notification_emails, coalesce(d.until, day.ends - interval '1 day') as begins, day.ends
	    from information_systems s cross join day left join grant_digests d on d.information_system_id = s.id
	    where s.notification_emails <> '' and coalesce(d.until < day.ends, true)
	), happened as (
	    select u.id as of_system, 'grant' as action, g.role_id, g.account_id, g.created_by as by, g.created_at as at
	    from due u join roles r on r.information_system_id = u.id join grants g on g.role_id = r.id
	    where g.state <> 'approvalPending' and g.created_at >= u.begins and g.created_at < u.ends
	      and not exists (select 1 from grants_history p where p.id = g.id and p.state = 'approvalPending')
	    union all
	    select distinct on (h.id) u.id, 'grant', h.role_id, h.account_id, h.superseded_by, h.superseded_at
	    from due u join roles r on r.information_system_id = u.id join grants_history h on h.role_id = r.id join grants g on g.id = h.id
	    where h.state = 'approvalPending' and g.state <> 'approvalPending' and h.superseded_at >= u.begins and h.superseded_at < u.ends
	    union all
	    select u.id, 'grant', h.role_id, h.account_id, h.created_by, h.created_at
	    from due u join roles r on r.information_system_id = u.id join grants_history h on h.role_id = r.id
	    where h.operation = 'delete' and h.state <> 'approvalPending' and h.created_at >= u.begins and h.created_at < u.ends
	    union all
	    select u.id, 'revoke', h.role_id, h.account_id, h.superseded_by, h.superseded_at
	    from due u join roles r on r.information_system_id = u.id join grants_history h on h.role_id = r.id
	    where h.operation = 'delete' and h.state <> 'approvalPending' and h.superseded_at >= u.begins and h.superseded_at < u.ends
	      and coalesce(h.end_at > h.superseded_at, true)
	    union all
	    select u.id, 'end', g.role_id, g.account_id, '', g.end_at
	    from due u join roles r on r.information_system_id = u.id join grants g on g.role_id = r.id
	    where g.state <> 'approvalPending' and g.end_at >= u.begins and g.end_at < u.ends
	    union all
	    select u.id, 'end', h.role_id, h.account_id, '', h.end_at
	    from due u join roles r on r.information_system_id = u.id join grants_history h on h.role_id = r.id
	    where h.operation = 'delete' and h.state <> 'approvalPending' and h.end_at >= u.begins and h.end_at < u.ends and h.end_at <= h.superseded_at
	), listed as (
	    select h.*, row_number() over (partition by h.of_system order by h.at, h.action, h.role_id, h.account_id) as place from happened h
	), told as (
	    select l.of_system, count(*) as number,
	           jsonb_agg(jsonb_build_object('action', l.action, 'role', r.name || '@' || y.name, 'by', l.by, 'at', l.at,
	               'holder', coalesce(o.user_name, a.name || '@' || ay.name, '?')) order by l.place) filter (where l.place <= $2::integer) as entries
	    from listed l join roles r on r.id = l.role_id join systems y on y.id = r.system_id
	    left join accounts a on a.id = l.account_id left join systems ay on ay.id = a.system_id left join users o on o.id = a.user_id
	    group by l.of_system
	), marked as (
	    insert into grant_digests (information_system_id, until) select u.id, u.ends from due u
	    on conflict (information_system_id) do update set until = excluded.until
	), reached as (
	    select distinct u.id, lower(w.word) as address from due u, regexp_split_to_table(u.notification_emails, '[\s,;]+') as w (word) where w.word <> ''
	)
	insert into mails (id, key, kind, address, facts)
	select gen_random_uuid(), concat_ws('/', 'digest', u.id, to_char((u.ends - interval '1 second') at time zone 'UTC', 'YYYY-MM-DD'), t.address), 'digest', t.address,
	       jsonb_build_object('system', u.name, 'day', to_char((u.ends - interval '1 second') at time zone 'UTC', 'YYYY-MM-DD'), 'entries', d.entries,
	           'more', greatest(d.number - $2::integer, 0))
	from due u join told d on d.of_system = u.id join reached t on t.id = u.id
	on conflict (key) do nothing`

// DigestGrants writes the mails that tell the notification addresses of information systems what was granted, revoked and ended until the midnight
// (UTC) before a moment, and gives their number. A day that was told already is not told again.
func (t *Tenant) DigestGrants(ctx context.Context, at time.Time) (int, error) {
	var written int64
	err := t.exec(ctx, func(ctx context.Context, u *unit) error {
		done, err := u.tx.Exec(ctx, grantDigests, at, mostInDigest)
		if err != nil {
			return fmt.Errorf("write digests of grants: %w", err)
		}
		written = done.RowsAffected()
		return nil
	})
	return int(written), err
}
