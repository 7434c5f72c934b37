package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"provost/internal/app"
	"provost/internal/audit"
	"provost/internal/config"
	"provost/internal/secret"
	"provost/internal/store"
	"provost/internal/testenv"
)

// trail is an installation with sealed audit entries, and a connection of somebody who has the database and not the key.
type trail struct {
	t         *testing.T
	url, data string
	raw       *pgx.Conn
}

func sealedTrail(t *testing.T) *trail {
	t.Helper()
	fingerprint, err := store.Fingerprint()
	require.NoError(t, err)
	url := testenv.Database(t, func(ctx context.Context, url string) error { return store.Migrate(ctx, url, app.Tenant) }, "cli audit "+fingerprint)
	data := t.TempDir()
	core, err := app.OpenCore(t.Context(), app.CoreSettings{
		Common:   config.Common{Data: data},
		Database: config.Database{URL: secret.New(url), MaxConnections: 4, ConnectTimeout: 10 * time.Second}, Logger: zerolog.Nop(),
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, core.Close(context.WithoutCancel(t.Context()))) }()
	seals := app.Seals(core, zerolog.Nop())
	for block := range int64(2) {
		for range 3 {
			require.NoError(t, core.Tenant.Record(t.Context(), audit.Entry{Action: audit.Update, ObjectType: "user", ObjectName: "sample", After: []byte(`{"a": 1}`)}))
		}
		require.Eventually(t, func() bool { // the horizon is that of the whole server, and other tests have transactions running
			require.NoError(t, seals.Seal(t.Context()))
			report, err := seals.Verify(t.Context())
			require.NoError(t, err)
			return report.Rows >= 3*(block+1) && report.UnsealedTail == 0
		}, time.Minute, 10*time.Millisecond)
	}
	raw, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close(context.WithoutCancel(t.Context()))) })
	_, err = raw.Exec(t.Context(), "set search_path = t_master, provost")
	require.NoError(t, err)
	return &trail{t: t, url: url, data: data, raw: raw}
}

func (tr *trail) verify(args ...string) (code int, stdout, stderr string) {
	tr.t.Helper()
	var out, said bytes.Buffer
	args = append([]string{"audit", "verify", "--database-url", tr.url, "--data", tr.data}, args...)
	code = run(tr.t.Context(), args, &process{stdin: strings.NewReader(""), stdout: &out, stderr: &said})
	return code, out.String(), said.String()
}

func TestAuditVerifySaysThatTheTrailIsIntact(t *testing.T) {
	t.Parallel()
	tr := sealedTrail(t)
	code, said, _ := tr.verify()
	require.Equal(t, exitDone, code)
	require.Contains(t, said, "The audit trail is intact: ")
	require.Contains(t, said, "0 newer rows are not sealed yet")
	_, err := tr.raw.Exec(t.Context(), "insert into audit_entries (origin, action, object_type) values ('person', 'update', 'user')")
	require.NoError(t, err)
	code, said, _ = tr.verify("--json")
	require.Equal(t, exitDone, code)
	var report auditVerified
	require.NoError(t, json.Unmarshal([]byte(said), &report))
	require.True(t, report.Intact)
	require.EqualValues(t, 1, report.UnsealedTail, "what is not sealed yet is stated")
	require.GreaterOrEqual(t, report.Rows, int64(6))
	require.Regexp(t, "^[0-9a-f]{64}$", report.Head)
}

func TestAuditVerifyFindsEachKindOfTampering(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ planted, said string }{
		"an actor is changed":     {"update audit_entries set actor = 'nobody' where id = (select min(id) from audit_entries)", "the hash does not match"},
		"a value is changed":      {`update audit_entries set after = '{"a": 2}' where id = (select max(id) from audit_entries)`, "the hash does not match"},
		"a moment is changed":     {"update audit_entries set at = at - interval '1 day' where id = (select max(id) from audit_entries)", "the hash does not match"},
		"a row is removed":        {"delete from audit_entries where id = (select max(id) from audit_entries)", "rows were removed"},
		"all rows are removed":    {"delete from audit_entries", "rows were removed"},
		"a row is inserted":       {"insert into audit_entries (xid, origin, action, object_type) select min(xid), 'person', 'update', 'user' from audit_entries", "rows were inserted"},
		"two rows are exchanged":  {"update audit_entries set object_name = 'sample ' || id where id in (select id from audit_entries order by id limit 2)", "the hash does not match"},
		"a block is removed":      {"delete from audit_blocks where seq = 1", "block 1 is missing"},
		"a block counts more":     {"update audit_blocks set rows = rows + 1 where seq = (select max(seq) from audit_blocks)", "rows were removed"},
		"a hash is changed":       {"update audit_blocks set hash = decode(repeat('00', 32), 'hex') where seq = 1", "the hash does not match"},
		"a signature is changed":  {"update audit_blocks set mac = substr(mac, 1, 4) || decode(repeat('00', 32), 'hex') where seq = 1", "the signature was not made with our key"},
		"the key is another":      {"update audit_blocks set mac = decode('ffffffff', 'hex') || substr(mac, 5) where seq = 1", "signature"},
		"a moment of a block":     {"update audit_blocks set sealed_at = sealed_at + interval '1 second' where seq = 1", "the hash does not match"},
		"the horizon of a block":  {"update audit_blocks set below_xid = '1' where seq = (select max(seq) from audit_blocks)", "the block ends before it begins"},
		"the last id of a block":  {"update audit_blocks set last_id = last_id + 1 where seq = 1", "the hash does not match"},
		"the first id of a block": {"update audit_blocks set first_id = 0 where seq = 1", "the hash does not match"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := sealedTrail(t)
			tag, err := tr.raw.Exec(t.Context(), c.planted)
			require.NoError(t, err)
			require.Positive(t, tag.RowsAffected())
			code, _, said := tr.verify()
			require.Equal(t, exitRefused, code)
			require.Contains(t, said, "the audit trail was changed after it was sealed: block ")
			require.Contains(t, said, c.said)
			code, stdout, _ := tr.verify("--json")
			require.Equal(t, exitRefused, code, "a program reads the exit code too")
			var report auditVerified
			require.NoError(t, json.Unmarshal([]byte(stdout), &report))
			require.False(t, report.Intact)
			require.Positive(t, report.FirstBad)
		})
	}
}
