package testenv

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"provost/internal/ldapdev"
)

// userVariable makes the test program use the shared server in the named folder and end at once.
const userVariable = "TESTENV_TEST_USER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(userVariable); dir != "" {
		server, err := join(context.Background(), dir)
		if err != nil {
			panic(err)
		}
		if _, err := os.Stdout.WriteString(server.URL(maintenance) + "\n"); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// query runs one query that gives one text.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	var answer string
	require.NoError(t, conn.QueryRow(t.Context(), sql).Scan(&answer))
	return answer
}

// notes is a migration that counts how often it runs.
func notes(runs *atomic.Int32) func(context.Context, string) error {
	return func(ctx context.Context, url string) error {
		runs.Add(1)
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, "create table notes (note text); insert into notes values ('from the template')")
		return errors.Join(err, conn.Close(ctx))
	}
}

func TestDatabasesAreCopiesOfOneTemplate(t *testing.T) {
	t.Parallel()
	var runs atomic.Int32
	key := t.Name() + time.Now().String() // a server that lingers may have the template of the last run
	first := Database(t, notes(&runs), key)
	second := Database(t, notes(&runs), key)

	require.Equal(t, int32(1), runs.Load(), "the template is made once")
	require.NotEqual(t, first, second)
	require.Equal(t, "changed", query(t, first, "update notes set note = 'changed' returning note"))
	require.Equal(t, "from the template", query(t, second, "select note from notes"), "the databases are apart")
}

func TestDatabaseEndsWithItsTest(t *testing.T) { //nolint:tparallel // the test waits for the end of its part
	t.Parallel()
	var url string
	t.Run("user", func(t *testing.T) {
		url = Database(t, nil, "")
		conn, err := pgx.Connect(context.WithoutCancel(t.Context()), url)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) })
	})
	_, err := pgx.Connect(t.Context(), url)
	require.ErrorContains(t, err, "does not exist")
}

func TestTemplateThatFailedIsTriedAgain(t *testing.T) {
	t.Parallel()
	server := Postgres(t)
	name := templateName(t.Name() + time.Now().String())
	broken := errors.New("migration 7 is broken")
	fail := func(ctx context.Context, url string) error {
		var runs atomic.Int32
		return errors.Join(notes(&runs)(ctx, url), broken)
	}
	require.ErrorIs(t, templates.ensure(t.Context(), server, name, fail), broken)
	var runs atomic.Int32
	require.NoError(t, templates.ensure(t.Context(), server, name, notes(&runs)), "what the failed one made is gone")
	require.Equal(t, int32(1), runs.Load())
}

func TestServerIsSharedByProcessesAndEndsWithTheLast(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "testenv-test-") //nolint:usetesting // the last server writes there when the test is over
	require.NoError(t, err)
	// The last server may still write while it stops: the folder goes when it is through.
	t.Cleanup(func() {
		require.Eventually(t, func() bool { return os.RemoveAll(dir) == nil }, stopTimeout, 50*time.Millisecond)
	})

	first := useInAnotherProcess(t, dir)
	require.Equal(t, first, useInAnotherProcess(t, dir), "the server outlives its user for a moment")

	// The keeper holds the exclusive lock until it has ended: then no address is left.
	gone := func() bool {
		_, err := os.Stat(filepath.Join(dir, addressFile))
		return errors.Is(err, os.ErrNotExist)
	}
	require.Eventually(t, gone, 5*linger+stopTimeout, 50*time.Millisecond)
	users, err := lock(filepath.Join(dir, usersFile), 1)
	require.NoError(t, err)
	require.NoError(t, users.Close())
	_, err = pgx.Connect(t.Context(), first)
	require.Error(t, err, "the server has ended")
	require.NotEqual(t, first, useInAnotherProcess(t, dir), "a later user gets a new server")
	require.Eventually(t, gone, 5*linger+stopTimeout, 50*time.Millisecond)
}

func useInAnotherProcess(t *testing.T, dir string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), userVariable+"="+dir)
	out, err := cmd.Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

func TestFolderOfTheSharedServerMustBeOurs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, openToServer(file), "belongs to somebody else")
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(dir, link))
	require.ErrorContains(t, openToServer(link), "belongs to somebody else")
	require.NoError(t, openToServer(filepath.Join(dir, "new")))
}

func TestTemporalIsReadyForItsToken(t *testing.T) {
	t.Parallel()
	if _, err := findProgram(); errors.Is(err, ErrNotBuilt) {
		t.Skip(err)
	}
	address, token, namespace := Temporal(t)
	again, _, _ := Temporal(t)
	require.Equal(t, address, again, "one server per process")

	require.NoError(t, countOpen(t, address, token, namespace))
	require.ErrorContains(t, countOpen(t, address, "guess", namespace), "unauthorized")
}

// countOpen counts workflows by a search attribute of the platform.
func countOpen(t *testing.T, address, token, namespace string) error {
	t.Helper()
	connection, err := client.DialContext(t.Context(), client.Options{HostPort: address, Namespace: namespace, HeadersProvider: bearer(token)})
	require.NoError(t, err)
	defer connection.Close()
	_, err = connection.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: "ProvostKind = 'process'"})
	return err
}

type bearer string

func (b bearer) GetHeaders(context.Context) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

func TestProgramThatIsNoServerIsReported(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{"ends": "echo no such command >&2; exit 2", "prints": "echo hello"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := filepath.Join(t.TempDir(), "program")
			require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\n"+script+"\n"), 0o700))
			_, err := startTemporal(program)
			require.ErrorContains(t, err, map[string]string{"ends": "no such command", "prints": `printed "hello\n"`}[name])
		})
	}
}

func TestMissingProgramSaysWhatToDo(t *testing.T) {
	require.ErrorContains(t, ErrNotBuilt, "make build first")
	t.Setenv("PROVOST_BIN", "/somewhere/provost")
	program, err := findProgram()
	require.NoError(t, err)
	require.Equal(t, "/somewhere/provost", program)
}

func TestProgramIsLookedForInTheRepositoryOnly(t *testing.T) {
	t.Setenv("PROVOST_BIN", "")
	base := t.TempDir()
	nested := filepath.Join(base, "internal", "some")
	require.NoError(t, os.MkdirAll(nested, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(base, "go.mod"), []byte("module provost\n"), 0o600))
	t.Chdir(nested)
	_, err := findProgram()
	require.ErrorIs(t, err, ErrNotBuilt)

	require.NoError(t, os.MkdirAll(filepath.Join(base, "bin"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(base, "bin", "provost"), nil, 0o700))
	program, err := findProgram()
	require.NoError(t, err)
	require.Equal(t, filepath.Join(base, "bin", "provost"), program)
}

func TestDirectoryServesOneTest(t *testing.T) { //nolint:tparallel // the test waits for the end of its part
	t.Parallel()
	var server *ldapdev.Server
	t.Run("user", func(t *testing.T) {
		server = Slapd(t, ldapdev.Options{Suffix: "o=sample"})
		conn, err := ldap.DialURL(server.URL())
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.Bind(server.AdminDN, server.AdminPassword))
	})
	<-server.Done()
}

// BenchmarkDatabase measures what each test with a database of its own pays.
func BenchmarkDatabase(b *testing.B) {
	server := Postgres(b)
	for b.Loop() {
		name, err := server.copyOf(b.Context(), "template0")
		require.NoError(b, err)
		require.NoError(b, server.drop(b.Context(), name))
	}
}
