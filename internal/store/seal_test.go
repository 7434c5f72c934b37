package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/audit"
	"provost/internal/audit/chain"
	"provost/internal/secret"
	"provost/internal/store"
	"provost/internal/testenv"
)

// trail is a tenant without an entry, a connection that looks past it, and the heads of the blocks sealed so far.
func trail(t *testing.T) (*store.Seals, *pgx.Conn, *[]chain.Head) {
	t.Helper()
	fingerprint, err := store.Fingerprint()
	require.NoError(t, err)
	url := testenv.Database(t, func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master") }, "store/"+fingerprint)
	database, err := store.Open(t.Context(), url, 4)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "master.key"))
	require.NoError(t, err)
	tenant := database.Tenant("master")
	var heads []chain.Head
	seals := tenant.Seals(box, func(h chain.Head) { heads = append(heads, h) })
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	_, err = conn.Exec(t.Context(), "set search_path = t_master, provost")
	require.NoError(t, err)
	return seals, conn, &heads
}

// sealed is a tenant with two sealed blocks of three rows each.
func sealed(t *testing.T) (*store.Seals, *pgx.Conn, []chain.Head) {
	t.Helper()
	seals, conn, heads := trail(t)
	for block := range int64(2) {
		for range 3 {
			id := uuid.New()
			require.NoError(t, seals.Record(t.Context(), audit.Entry{
				Action: audit.Update, ObjectType: "user", ObjectID: &id, ObjectName: "sample", After: []byte(`{"lastName": "Sample"}`),
			}))
		}
		sealAll(t, seals, 3*(block+1))
	}
	return seals, conn, *heads
}

// sealAll seals until so many rows are in blocks: the horizon is that of the whole server, and other tests have transactions running.
func sealAll(t *testing.T, seals *store.Seals, rows int64) chain.Report {
	t.Helper()
	var report chain.Report
	require.Eventually(t, func() bool {
		require.NoError(t, seals.Seal(t.Context()))
		var err error
		report, err = seals.Verify(t.Context())
		require.NoError(t, err)
		return report.Rows == rows
	}, time.Minute, 10*time.Millisecond)
	return report
}

func TestSealedTrailIsIntact(t *testing.T) {
	t.Parallel()
	seals, _, heads := sealed(t)
	require.NoError(t, seals.Seal(t.Context()), "nothing new to seal is no error")
	require.Equal(t, heads[len(heads)-1], sealAll(t, seals, 6).Head)
	id := uuid.New()
	require.NoError(t, seals.Record(t.Context(), audit.Entry{Action: audit.Create, ObjectType: "user", ObjectID: &id}))
	report, err := seals.Verify(t.Context())
	require.NoError(t, err)
	require.Equal(t, chain.Report{Blocks: int64(len(heads)), Rows: 6, UnsealedTail: 1, Head: heads[len(heads)-1]}, report)
}

func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	for name, planted := range map[string]string{
		"edited":        "update audit_entries set actor = 'nobody' where id = (select min(id) from audit_entries)",
		"edited detail": `update audit_entries set after = '{"lastName": "Other"}' where id = (select max(id) from audit_entries)`,
		"removed":       "delete from audit_entries where id = (select max(id) from audit_entries)",
		"inserted": `insert into audit_entries (xid, origin, action, object_type)
			select min(xid), 'person', 'update', 'user' from audit_entries`,
		"block removed": "delete from audit_blocks where seq = 1",
		"block edited":  "update audit_blocks set rows = rows + 1 where seq = 2",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seals, conn, _ := sealed(t)
			_, err := conn.Exec(t.Context(), planted)
			require.NoError(t, err)
			report, err := seals.Verify(t.Context())
			require.NoError(t, err)
			require.False(t, report.Intact())
			require.NotEmpty(t, report.Reason)
		})
	}
}

// Transactions are numbers: the trail is in order, and intact, when their ids get another digit.
func TestTransactionsGetAnotherDigit(t *testing.T) {
	t.Parallel()
	seals, conn, _ := trail(t)
	for _, xid := range []string{"100", "9", "99", "10"} {
		_, err := conn.Exec(t.Context(), "insert into audit_entries (xid, origin, action, object_type) values ($1::text::xid8, 'person', 'update', 'user')", xid)
		require.NoError(t, err)
	}
	require.NoError(t, seals.Seal(t.Context()))
	report, err := seals.Verify(t.Context())
	require.NoError(t, err)
	require.True(t, report.Intact(), report.Reason)
	require.EqualValues(t, 4, report.Rows)
}

func TestOneProcessSealsAtATime(t *testing.T) {
	t.Parallel()
	seals, conn, heads := trail(t)
	other, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = other.Exec(t.Context(), "select pg_advisory_xact_lock(hashtext('provost/seal/t_master'))")
	require.NoError(t, err)
	require.NoError(t, seals.Record(t.Context(), audit.Entry{Action: audit.Create, ObjectType: "user"}))
	require.NoError(t, seals.Seal(t.Context()), "it is left to the process that seals")
	require.Empty(t, *heads)
	require.NoError(t, other.Rollback(t.Context()))
	sealAll(t, seals, 1)
	require.NotEmpty(t, *heads)
}

func TestRunningTransactionIsSealedLater(t *testing.T) {
	t.Parallel()
	seals, conn, _ := sealed(t)
	open, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = open.Exec(t.Context(), "insert into audit_entries (origin, action, object_type) values ('person', 'update', 'late')")
	require.NoError(t, err)
	id := uuid.New()
	require.NoError(t, seals.Record(t.Context(), audit.Entry{Action: audit.Create, ObjectType: "user", ObjectID: &id}))
	require.NoError(t, seals.Seal(t.Context()), "a row that began later must wait for the one still running")
	require.NoError(t, open.Commit(t.Context()))
	report := sealAll(t, seals, 8)
	require.True(t, report.Intact(), report.Reason)
	require.Zero(t, report.UnsealedTail)
}
