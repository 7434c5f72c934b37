package platform_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/notice"
)

// digests lists the mails about grants, and forgets them.
func (b *bench) digests() (keys, entries []string) {
	b.t.Helper()
	type row struct {
		Key   string
		Facts json.RawMessage
	}
	rows, err := b.raw.Query(b.t.Context(), "delete from mails where kind = 'digest' returning address || ' ' || (facts ->> 'system') || ' ' || (facts ->> 'day') as key, facts")
	require.NoError(b.t, err)
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	require.NoError(b.t, err)
	for _, r := range found {
		var facts notice.Facts
		require.NoError(b.t, json.Unmarshal(r.Facts, &facts))
		keys = append(keys, r.Key)
		entries = nil
		for _, e := range facts.Entries {
			entries = append(entries, e.Action+" "+e.Role+" "+e.Holder+" "+e.By)
		}
	}
	return keys, entries
}

// Once a day each information system tells its addresses what was granted and revoked, and nobody is told twice, or of nothing.
func TestGrantDigests(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	crm := b.application("crm")
	b.application("silent")
	crm.NotificationEmails = "owner@example.org, Audit@example.org;owner@example.org"
	_, err := b.InformationSystems.Update(b.ctx, crm.ID, crm.Version, crm)
	require.NoError(t, err)
	reader, writer, other := b.role("reader", "dir", "crm"), b.role("writer", "dir", "crm"), b.role("other", "dir", "silent")
	anna, bert := b.user("anna"), b.user("bert")
	kept := b.grant(anna, reader)
	short := b.grant(bert, writer)
	b.grant(bert, other)
	require.NoError(t, b.Revoke(b.ctx, short.ID))
	waiting := b.grant(bert, reader)
	exec := func(sql string, args ...any) {
		t.Helper()
		_, err := b.raw.Exec(t.Context(), sql, args...)
		require.NoError(t, err)
	}
	exec("alter table grants disable trigger user")
	exec("update grants set state = 'approvalPending' where id = $1", waiting.ID)
	exec("alter table grants enable trigger user")

	now := time.Now()
	written := func(at time.Time) int {
		t.Helper()
		n, err := b.Tenant.DigestGrants(t.Context(), at)
		require.NoError(t, err)
		return n
	}
	require.Zero(t, written(now), "today is not over")
	tomorrow, day := now.Add(24*time.Hour), now.UTC().Format(time.DateOnly)
	require.Equal(t, 2, written(tomorrow), "each address once")
	require.Zero(t, written(tomorrow), "a day is told once")
	keys, entries := b.digests()
	require.ElementsMatch(t, []string{"owner@example.org crm " + day, "audit@example.org crm " + day}, keys)
	require.Equal(t, []string{
		"grant reader@dir anna admin", "grant writer@dir bert admin", "revoke writer@dir bert admin",
	}, entries, "what waits for approval is not told")

	exec("update grants set state = 'active' where id = $1", waiting.ID) // somebody approved it
	exec("update grants_history set superseded_at = superseded_at + interval '1 day' where id = $1", waiting.ID)
	require.NoError(t, b.Revoke(b.ctx, kept.ID))
	exec("update grants_history set superseded_at = superseded_at + interval '1 day' where id = $1", kept.ID)
	require.Equal(t, 2, written(tomorrow.Add(24*time.Hour)))
	_, entries = b.digests()
	require.Len(t, entries, 2)
	require.Contains(t, entries[0]+entries[1], "grant reader@dir bert")
	require.Contains(t, entries[0]+entries[1], "revoke reader@dir anna")
	require.Zero(t, written(tomorrow.Add(48*time.Hour)), "nothing to tell, no mail")

	// Two grants end by their dates: one is left as it is, the other is deleted a day later, which is no revoke any more.
	exec("delete from mails")
	noon := tomorrow.UTC().Truncate(24 * time.Hour).Add(3*24*time.Hour + 12*time.Hour)
	ends, deleted, open := b.grant(anna, writer), b.grant(bert, writer), b.grant(anna, reader)
	for _, id := range []uuid.UUID{ends.ID, deleted.ID, open.ID} {
		exec("update grants set created_at = created_at - interval '9 days' where id = $1", id) // told long ago
		exec("delete from grants_history where id = $1", id)
	}
	exec("update grants set end_at = $2 where id = any ($1)", []uuid.UUID{ends.ID, deleted.ID}, noon)
	require.NoError(t, b.Revoke(b.ctx, deleted.ID))
	exec("update grants_history set superseded_at = $2 where id = $1 and operation = 'delete'", deleted.ID, noon.Add(24*time.Hour))
	require.Equal(t, 2, written(noon.Add(24*time.Hour)))
	_, entries = b.digests()
	require.ElementsMatch(t, []string{"end writer@dir anna ", "end writer@dir bert "}, entries)
	require.Zero(t, written(noon.Add(48*time.Hour)), "what had ended is not revoked when it is deleted")
	next, err := b.Tenant.NextNotice(t.Context())
	require.NoError(t, err)
	require.True(t, next.IsZero(), "the mails were taken away")
}
