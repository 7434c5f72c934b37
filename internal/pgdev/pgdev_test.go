package pgdev_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/pgdev"
)

// parentVariable makes the test program start a server on the named folder and wait to be killed.
const parentVariable = "PGDEV_TEST_PARENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentVariable); dir != "" {
		os.Exit(parent(dir))
	}
	os.Exit(m.Run())
}

// parent is a program that uses a server and never stops it.
func parent(dir string) int {
	server, err := pgdev.Start(context.Background(), pgdev.Options{Dir: dir, Ephemeral: true})
	if err != nil {
		fmt.Fprintln(os.Stdout, "error", err)
		return 1
	}
	fmt.Fprintln(os.Stdout, "ready", server.PID())
	<-server.Done()
	return 0
}

// folder returns a new folder that the account of the server can reach, unlike the private one of testing.T.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pgdev-test-") //nolint:usetesting // see above
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return filepath.Join(dir, "pg")
}

func start(t *testing.T, opts pgdev.Options) *pgdev.Server {
	t.Helper()
	opts.Ephemeral = true
	server, err := pgdev.Start(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, server) })
	return server
}

func stop(t *testing.T, server *pgdev.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	require.NoError(t, server.Stop(ctx))
}

// ask runs one query that gives one text.
func ask(t *testing.T, url, query string, args ...any) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	var answer string
	require.NoError(t, conn.QueryRow(t.Context(), query, args...).Scan(&answer))
	return answer
}

func TestServerKeepsItsDataOverARestart(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, pgdev.Options{Dir: dir})
	require.NoError(t, first.CreateDatabase(t.Context(), `odd "name"`))
	require.NoError(t, first.CreateDatabase(t.Context(), `odd "name"`), "creating twice is no error")
	ask(t, first.URL(`odd "name"`), "with made as (select 1) select 'made'")
	conn, err := pgx.Connect(t.Context(), first.URL("postgres"))
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "create table notes (note text); insert into notes values ('kept')")
	require.NoError(t, err)
	stop(t, first)
	<-first.Done()

	second := start(t, pgdev.Options{Dir: dir})
	require.Equal(t, first.URL("postgres"), second.URL("postgres"), "password and socket stay")
	require.Equal(t, "kept", ask(t, second.URL("postgres"), "select note from notes"))
}

func TestServerSettings(t *testing.T) {
	t.Parallel()
	server := start(t, pgdev.Options{Dir: folder(t)})
	for setting, expected := range map[string]string{
		"max_connections": "300", "listen_addresses": "", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
		"TimeZone": "UTC", "server_encoding": "UTF8", "password_encryption": "scram-sha-256",
	} {
		require.Equal(t, expected, ask(t, server.URL("postgres"), "select current_setting($1)", setting), setting)
	}
	require.Equal(t, "C.UTF-8", ask(t, server.URL("postgres"), "select datcollate from pg_database where datname = 'template0'"))
}

func TestDurableServerKeepsFsync(t *testing.T) {
	t.Parallel()
	server, err := pgdev.Start(t.Context(), pgdev.Options{Dir: folder(t)})
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, server) })
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		require.Equal(t, "on", ask(t, server.URL("postgres"), "select current_setting($1)", setting), setting)
	}
}

func TestServerListensOnLoopbackWhenAsked(t *testing.T) {
	t.Parallel()
	server := start(t, pgdev.Options{Dir: folder(t), TCP: true})
	require.True(t, strings.HasPrefix(server.Addr(), "127.0.0.1:"), server.Addr())
	require.Contains(t, server.URL("postgres"), "@"+server.Addr()+"/postgres")
	require.Equal(t, "127.0.0.1", ask(t, server.URL("postgres"), "select host(inet_server_addr())"))
}

func TestServerRefusesAWrongPassword(t *testing.T) {
	t.Parallel()
	server := start(t, pgdev.Options{Dir: folder(t)})
	config, err := pgx.ParseConfig(server.URL("postgres"))
	require.NoError(t, err)
	config.Password = "guess"
	_, err = pgx.ConnectConfig(t.Context(), config)
	require.ErrorContains(t, err, "password authentication failed")
}

func TestFilesAreClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	start(t, pgdev.Options{Dir: dir})
	for path, mode := range map[string]os.FileMode{".": 0o700, "data": 0o700, "password": 0o600, "log": 0o600, "lock": 0o600} {
		info, err := os.Stat(filepath.Join(dir, path))
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
}

func TestSocketOfALongOrOddPathGoesToTheTemporaryFolder(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{
		"long":  strings.Repeat("long-name/", 12) + "pg",
		"comma": "one,two/pg",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := filepath.Dir(folder(t))
			server := start(t, pgdev.Options{Dir: openFolder(t, base, dir)})
			require.False(t, strings.HasPrefix(server.Addr(), base), server.Addr())
			require.LessOrEqual(t, len(server.Addr()), 107)
			require.Equal(t, "1", ask(t, server.URL("postgres"), "select '1'"))
			t.Cleanup(func() { require.NoError(t, os.RemoveAll(filepath.Dir(server.Addr()))) })
		})
	}
}

// openFolder makes the folders above base/path and opens them to all.
func openFolder(t *testing.T, base, path string) string {
	t.Helper()
	full := filepath.Join(base, path)
	require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
	for parent := filepath.Dir(full); parent != base; parent = filepath.Dir(parent) {
		require.NoError(t, os.Chmod(parent, 0o755))
	}
	return full
}

func TestSecondStartOnTheSameFolderIsRefused(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, pgdev.Options{Dir: dir})

	_, err := pgdev.Start(t.Context(), pgdev.Options{Dir: dir, Ephemeral: true})

	var inUse *pgdev.InUseError
	require.ErrorAs(t, err, &inUse)
	require.Equal(t, dir, inUse.Dir)
	require.Equal(t, os.Getpid(), inUse.PID)
	require.Equal(t, "1", ask(t, first.URL("postgres"), "select '1'"), "the first server goes on")
}

func TestKilledParentLeavesNoServerAndTheNextStartWorks(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), parentVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	var pid int
	_, err = fmt.Sscanf(line, "ready %d", &pid)
	require.NoError(t, err, line)

	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())

	// The start waits for the end of the old server, whose open lock file shows that it still runs.
	server := start(t, pgdev.Options{Dir: dir})
	gone := func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
	require.Eventually(t, gone, 10*time.Second, 10*time.Millisecond, "the old server is gone, up to its reaping by init")
	require.Equal(t, "1", ask(t, server.URL("postgres"), "select '1'"))
}

func TestStalePIDFileIsRemoved(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	stop(t, start(t, pgdev.Options{Dir: dir}))
	// The number of a living process, as after a restart of a container, in which numbers start again.
	stale := fmt.Sprintf("%d\n%s/data\n1700000000\n5432\n", os.Getpid(), dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), []byte(stale), 0o600))

	server := start(t, pgdev.Options{Dir: dir})

	require.Equal(t, "1", ask(t, server.URL("postgres"), "select '1'"))
}

func TestUnfinishedDataIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "data.new", "base"), 0o700))
	server := start(t, pgdev.Options{Dir: dir})
	require.Equal(t, "1", ask(t, server.URL("postgres"), "select '1'"))
}

func TestServerThatEndsByItselfIsNoticed(t *testing.T) {
	t.Parallel()
	server := start(t, pgdev.Options{Dir: folder(t)})
	require.NoError(t, syscall.Kill(server.PID(), syscall.SIGQUIT))
	<-server.Done()
	stop(t, server)
}

func TestStartSaysWhyTheServerDidNotCome(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	stop(t, start(t, pgdev.Options{Dir: dir}))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "postgresql.conf"), []byte("no_such_setting = 1\n"), 0o600))

	_, err := pgdev.Start(t.Context(), pgdev.Options{Dir: dir})

	require.ErrorContains(t, err, "no_such_setting")
}

func TestMissingPasswordOfExistingDataIsExplained(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	stop(t, start(t, pgdev.Options{Dir: dir}))
	require.NoError(t, os.Remove(filepath.Join(dir, "password")))

	_, err := pgdev.Start(t.Context(), pgdev.Options{Dir: dir})

	require.ErrorContains(t, err, "put it back")
}

func TestDataOfAnotherMajorIsRefusedWithTheRecipe(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	stop(t, start(t, pgdev.Options{Dir: dir}))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("12\n"), 0o600))

	_, err := pgdev.Start(t.Context(), pgdev.Options{Dir: dir})

	var version *pgdev.VersionError
	require.ErrorAs(t, err, &version)
	require.Equal(t, 12, version.Major)
	require.NotEmpty(t, version.Found)
	require.ErrorContains(t, err, "pg_dumpall")
}

func TestStartNeedsAFolder(t *testing.T) {
	t.Parallel()
	_, err := pgdev.Start(t.Context(), pgdev.Options{})
	require.ErrorContains(t, err, "no data folder")
}
