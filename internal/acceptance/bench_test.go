package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/ldapdev"
	"provost/internal/mapping"
	"provost/internal/run"
	"provost/internal/testenv"
)

// BenchmarkMainJob loads generated people from an HR file and provisions them to slapd and to a table, beside the raw limit of the same
// machine in the same run: ldapadd of the same entries, COPY of the same rows. Figures are of one pass; read them as ratios.
func BenchmarkMainJob(b *testing.B) {
	for _, size := range []int{1000, 10000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			for b.Loop() {
				mainJob(b, size)
			}
		})
	}
}

func mainJob(b *testing.B, size int) {
	b.Helper()
	w := begin(b, "auto")
	w.set("soffid.task.limit", strconv.Itoa(3*size))
	tree := []byte("dn: ou=people," + suffix + "\nobjectClass: organizationalUnit\nou: people\n\ndn: ou=raw," + suffix + "\nobjectClass: organizationalUnit\nou: raw\n")
	slapd, parameters := directory(b, ldapdev.Options{Suffix: suffix, InitialLDIF: tree})
	w.system(account.System{Name: "Directory", Connector: "ldap", Parameters: parameters, Mappings: []mapping.ObjectMapping{people(
		mapping.Row{System: "mail", Direction: mapping.DirectionOut, Provost: "emailAddress"},
	)}})
	table := badges(b, w)
	source := w.hr(w.file("hr.csv", generated(size)), "userName",
		mapping.Row{System: "userName", Direction: mapping.DirectionIn, Provost: "userName"},
		mapping.Row{System: "firstName", Direction: mapping.DirectionIn, Provost: "firstName"},
		mapping.Row{System: "lastName", Direction: mapping.DirectionIn, Provost: "lastName"},
		mapping.Row{System: "mail", Direction: mapping.DirectionIn, Provost: "emailAddress"},
	)
	guard := source
	guard.Guard.MaxInserts = size
	_, err := w.Platform.Systems.Update(w.ctx, source.ID, 0, guard)
	require.NoError(b, err)

	start := time.Now()
	w.start(source, run.Load, run.Completed)
	loaded := time.Since(start)
	w.provisioned(size)
	all := time.Since(start)
	require.Len(b, entries(b, slapd, "ou=people,"+suffix, "(objectClass=inetOrgPerson)", "uid"), size)
	require.Equal(b, strconv.Itoa(size), count(b, table))

	raw := ldapadd(b, w, slapd, size) + copyRows(b, table, size)
	b.ReportMetric(loaded.Seconds(), "load-s")
	b.ReportMetric(all.Seconds(), "all-s")
	b.ReportMetric(raw.Seconds(), "ldapadd+COPY-s")
	b.ReportMetric(all.Seconds()/raw.Seconds(), "times-raw")
	b.ReportMetric(float64(size)/all.Seconds(), "people/s")
	b.ReportMetric(float64(peak(b)), "peak-MiB")
}

// provisioned waits, without a limit of its own, until as many users are through.
func (w *world) provisioned(size int) {
	w.t.Helper()
	conn := connect(w.t, w.url)
	defer conn.Close(w.ctx)
	for {
		var done, failed int
		require.NoError(w.t, conn.QueryRow(w.ctx, `select count(*) filter (where status = 'done'), count(*) filter (where status in ('failed', 'held'))
			from t_master.sync_tasks where object_type = 'user'`).Scan(&done, &failed))
		require.Zero(w.t, failed)
		if done >= size {
			return
		}
		<-time.After(100 * time.Millisecond)
	}
}

func generated(size int) string {
	var text strings.Builder
	text.WriteString("userName,firstName,lastName,mail\n")
	for i := range size {
		fmt.Fprintf(&text, "s%05d,First%05d,Sample%05d,s%05d@example.org\n", i, i, i, i)
	}
	return text.String()
}

// badges makes a table in a database of its own and a system for it, and gives the database's address.
func badges(b *testing.B, w *world) string {
	b.Helper()
	address := testenv.Database(b, nil, "")
	conn := connect(b, address)
	defer conn.Close(w.ctx)
	_, err := conn.Exec(w.ctx, "create table badge_holders (login text primary key, name text, mail text); create table raw (like badge_holders including all)")
	require.NoError(b, err)
	config, err := pgx.ParseConfig(address)
	require.NoError(b, err)
	w.system(account.System{
		Name: "Badges", Connector: "sql", Parameters: map[string]string{
			"host": config.Host, "port": strconv.Itoa(int(config.Port)), "database": config.Database, "user": config.User,
			"password": config.Password, "sslMode": "disable",
		},
		Mappings: []mapping.ObjectMapping{{
			SystemObject: "badge_holders", ObjectType: mapping.TypeUser, Properties: map[string]string{"table": "badge_holders", "key": "login"},
			Rows: []mapping.Row{
				{System: "login", Direction: mapping.DirectionOut, Provost: "accountName"},
				{System: "name", Direction: mapping.DirectionOut, Provost: "fullName"},
				{System: "mail", Direction: mapping.DirectionOut, Provost: "emailAddress"},
			},
		}},
	})
	return address
}

func count(b *testing.B, address string) string {
	b.Helper()
	conn := connect(b, address)
	defer conn.Close(b.Context())
	var n string
	require.NoError(b, conn.QueryRow(b.Context(), "select count(*)::text from badge_holders").Scan(&n))
	return n
}

// ldapadd is the raw limit of the directory: the standard tool adds the same entries.
func ldapadd(b *testing.B, w *world, slapd *ldapdev.Server, size int) time.Duration {
	b.Helper()
	var ldif strings.Builder
	for i := range size {
		fmt.Fprintf(&ldif, "dn: uid=s%05d,ou=raw,%s\nobjectClass: inetOrgPerson\nuid: s%05d\ngivenName: First%05d\nsn: Sample%05d\ncn: First%05d Sample%05d\nmail: s%05d@example.org\n\n",
			i, suffix, i, i, i, i, i, i)
	}
	path := filepath.Join(w.dir, "raw.ldif")
	require.NoError(b, os.WriteFile(path, []byte(ldif.String()), 0o600))
	start := time.Now()
	out, err := exec.CommandContext(b.Context(), "ldapadd", "-x", "-H", slapd.URL(), "-D", slapd.AdminDN, "-w", slapd.AdminPassword, "-f", path).CombinedOutput()
	require.NoError(b, err, string(out[max(0, len(out)-500):]))
	return time.Since(start)
}

// copyRows is the raw limit of the database: COPY of the same rows.
func copyRows(b *testing.B, address string, size int) time.Duration {
	b.Helper()
	conn := connect(b, address)
	defer conn.Close(b.Context())
	rows := make([][]any, size)
	for i := range rows {
		login := fmt.Sprintf("s%05d", i)
		rows[i] = []any{login, fmt.Sprintf("First%05d Sample%05d", i, i), login + "@example.org"}
	}
	start := time.Now()
	_, err := conn.CopyFrom(b.Context(), pgx.Identifier{"raw"}, []string{"login", "name", "mail"}, pgx.CopyFromRows(rows))
	require.NoError(b, err)
	return time.Since(start)
}

// peak is the most memory this process ever had resident, in MiB.
func peak(b *testing.B) int {
	b.Helper()
	text, err := os.ReadFile("/proc/self/status")
	require.NoError(b, err)
	_, after, ok := strings.Cut(string(text), "VmHWM:")
	require.True(b, ok)
	kib, err := strconv.Atoi(strings.Fields(after)[0])
	require.NoError(b, err)
	return kib >> 10
}
