package worker_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"

	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/pgdev"
	"provost/internal/store"
	"provost/internal/testenv"
)

// Faults in the middle of provisioning to a true directory, each three times in a row. The oracle is the directory itself: nothing lost,
// nothing doubled, nothing stale. The tests share the core queue of one Temporal server, so they run one after the other.

func TestWorkerIsKilledInTheMiddle(t *testing.T) { //nolint:paralleltest // see above
	s := newStack(t)
	w := s.worker("one")
	s.hire("p", 500)
	for _, at := range []int{60, 200, 350} {
		s.reaches(at)
		w.kill()
		w = s.worker("one")
	}
	s.through(90 * time.Second)
	require.Len(t, s.entries(), 500)
}

func TestDirectoryIsAwayForAWhile(t *testing.T) { //nolint:paralleltest // see above
	s := newStack(t)
	s.worker("one")
	s.hire("p", 600) // enough that some are left whenever the directory goes
	for _, at := range []int{50, 120, 200} {
		s.reaches(at)
		s.stopDirectory()
		require.True(t, within(30*time.Second, func() bool {
			return s.Count("select count(*) from system_status where connected is false") == 1
		}), "it is noticed")
		s.startDirectory()
		require.True(t, within(30*time.Second, func() bool {
			return s.Count("select count(*) from system_status where connected is true") == 1
		}), "and that it is back")
	}
	s.through(60 * time.Second)
	require.Zero(t, s.Count("select count(*) from sync_parts where attempts > 0 and error_class = 'unavailable'"), "an agent that is away costs no attempt")
	require.Equal(t, 3, s.Count("select count(*) from issues where kind = 'disconnected-system'"), "one issue each time, however many tasks")
	require.Zero(t, s.Count("select count(*) from issues where status <> 'solved'"))
}

// ownPostgres starts a durable server of the test's own and gives a way to kill it and start it again.
func ownPostgres(t *testing.T) (start func() *pgdev.Server) {
	t.Helper()
	//nolint:usetesting // the folder of the test would be closed to the account the server runs as
	dir, err := os.MkdirTemp("", "fault-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	var running *pgdev.Server
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if running != nil {
			_ = running.Stop(ctx)
		}
		require.NoError(t, os.RemoveAll(dir))
	})
	return func() *pgdev.Server {
		var err error
		started := within(20*time.Second, func() bool {
			running, err = pgdev.Start(context.WithoutCancel(t.Context()), pgdev.Options{Dir: filepath.Join(dir, "pg")})
			var held *pgdev.InUseError // by what the killed server left, for a moment
			return !errors.As(err, &held)
		})
		require.True(t, started && err == nil, "%v", err)
		return running
	}
}

// killPostgres kills the server and gives its folder back.
func killPostgres(t *testing.T, server *pgdev.Server) {
	t.Helper()
	require.NoError(t, syscall.Kill(server.PID(), syscall.SIGKILL))
	<-server.Done()
	_ = server.Stop(t.Context()) // how it ended is known
}

func TestDatabaseIsKilledInTheMiddle(t *testing.T) { //nolint:paralleltest // see above
	start := ownPostgres(t)
	server := start()
	require.NoError(t, server.CreateDatabase(t.Context(), "provost"))
	url := server.URL("provost")
	require.NoError(t, store.Migrate(t.Context(), url, "master", "other"))
	address, token, namespace := testenv.Temporal(t)
	s := stackOn(t, url, childSettings{Address: address, Token: token, Namespace: namespace})
	s.worker("one")
	s.hire("p", 300)
	for _, at := range []int{50, 120, 200} {
		s.reaches(at)
		killPostgres(t, server)
		server = start()
		require.Equal(t, url, server.URL("provost"))
	}
	s.through(120 * time.Second)
	require.Len(t, s.entries(), 300)
	require.Zero(t, s.Count("select count(*) from issues where kind = 'disconnected-system'"), "our own database is not the directory")
}

// ownTemporal starts a Temporal server that keeps everything in PostgreSQL, and gives a way to kill it and start it again.
type ownTemporal struct {
	t        *testing.T
	database string
	address  string
	cmd      *exec.Cmd
	input    *os.File
}

func (o *ownTemporal) start() childSettings {
	o.t.Helper()
	program := os.Getenv("PROVOST_BIN")
	if program == "" {
		program = filepath.Join("..", "bin", "provost")
	}
	read, write, err := os.Pipe()
	require.NoError(o.t, err)

	o.cmd = exec.Command(program, "temporal", "--json", "--database", o.database, "--addr", o.address, "--ui", "127.0.0.1:0",
		"--namespace", "faults", "--token", "sample-token-of-the-fault-tests")
	o.cmd.Stdin, o.input = read, write
	out, err := o.cmd.StdoutPipe()
	require.NoError(o.t, err)
	require.NoError(o.t, o.cmd.Start())
	require.NoError(o.t, read.Close())
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(o.t, err, "the server ended at once")
	var ready struct {
		Address   string `json:"temporalAddress"`
		Namespace string `json:"namespace"`
		Token     string `json:"token"`
	}
	require.NoError(o.t, json.Unmarshal(line, &ready))
	return childSettings{Address: ready.Address, Namespace: ready.Namespace, Token: ready.Token}
}

func (o *ownTemporal) kill() {
	_ = o.cmd.Process.Kill()
	_ = o.cmd.Wait()
	_ = o.input.Close()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

func TestTemporalIsKilledInTheMiddle(t *testing.T) { //nolint:paralleltest // see above
	server := ownPostgres(t)()
	require.NoError(t, server.CreateDatabase(t.Context(), "provost"))
	require.NoError(t, store.Migrate(t.Context(), server.URL("provost"), "master", "other"))
	engine := &ownTemporal{t: t, database: server.URL("provost"), address: freeAddress(t)}
	settings := engine.start()
	t.Cleanup(engine.kill)
	s := stackOn(t, server.URL("provost"), settings)
	s.worker("one")
	s.hire("p", 300)
	for _, at := range []int{50, 120, 200} {
		s.reaches(at)
		engine.kill()
		engine.start()
	}
	s.through(120 * time.Second)
	require.Len(t, s.entries(), 300)
}

// A worker that stands still in the middle of its writes, and goes on when everything has changed in the meantime, must not have the
// last word.
func TestStoppedWorkerAppliesNothingStale(t *testing.T) { //nolint:paralleltest // see above
	s := newStack(t)
	for round, prefix := range []string{"a", "b", "c"} {
		still := s.worker("still")
		s.hire(prefix, 60)
		s.reaches(round*60 + 20)
		still.signal(syscall.SIGSTOP)
		s.rename("Round" + prefix)
		other := s.worker("other")
		s.through(90 * time.Second)
		still.signal(syscall.SIGCONT)
		seen := s.Texts("select last_seen::text from servers where name = 'still'")[0]
		require.True(t, within(30*time.Second, func() bool {
			return s.Count("select count(*) from servers where name = 'still' and last_seen > $1::text::timestamptz + interval '8 seconds'", seen) == 1
		}), "it works on for a while")
		s.through(30 * time.Second)
		still.kill()
		other.kill()
	}
}

// rename gives every sample user another last name, in one transaction.
func (s *stack) rename(last string) {
	s.T.Helper()
	var edits []*object.Edit[identity.User]
	for _, name := range s.Texts("select user_name from users where not builtin order by user_name") {
		found, err := s.Tenant.Users().Named(s.Ctx, name)
		require.NoError(s.T, err)
		found[0].LastName = last
		edits = append(edits, &object.Edit[identity.User]{ID: found[0].ID, After: &found[0]})
	}
	require.NoError(s.T, s.Users.Apply(s.As(released), edits, true))
}

// The oracle sees a stale write in the directory, whoever made it.
func TestOracleNoticesAStaleWriteInTheDirectory(t *testing.T) { //nolint:paralleltest // see above
	s := newStack(t)
	w := s.worker("one")
	s.hire("p", 5)
	s.through(30 * time.Second)
	w.kill()
	change := goldap.NewModifyRequest("uid=p0003,ou=people,"+s.directory.Suffix, nil)
	change.Replace("cn", []string{"An old name"})
	require.NoError(t, s.bind().Modify(change))
	require.Len(t, compare(s.wanted(), s.entries()), 1)
	double := goldap.NewAddRequest("uid=p0004,"+s.directory.Suffix, nil)
	double.Attribute("objectClass", []string{"inetOrgPerson"})
	double.Attribute("cn", []string{"Sample p0004"})
	double.Attribute("sn", []string{"p0004"})
	require.NoError(t, s.bind().Add(double))
	require.NoError(t, s.bind().Del(goldap.NewDelRequest("uid=p0001,ou=people,"+s.directory.Suffix, nil)))
	findings := compare(s.wanted(), s.entries())
	require.Len(t, findings, 3)
	require.Equal(t, []string{"p0001 is lost", "p0004 is there 2 times"}, []string{findings[0], findings[2]})
}
