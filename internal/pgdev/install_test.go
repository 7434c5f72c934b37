package pgdev

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// program writes an executable file that answers --version, as far as it is run.
func program(t *testing.T, folder, name, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(folder, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o700))
}

func TestNewestVersionComesFirst(t *testing.T) {
	base := t.TempDir()
	t.Chdir(base) // the first number in a path counts, and the temporary folder's has others
	for _, version := range []string{"9", "18", "15"} {
		require.NoError(t, os.MkdirAll(filepath.Join("pg", version, "bin"), 0o755))
	}
	require.Equal(t, []string{"pg/18/bin", "pg/15/bin", "pg/9/bin"}, newestFirst("pg/*/bin"))
	require.Equal(t, 18, firstNumber("/usr/lib/postgresql/18/bin"))
	require.Equal(t, 0, firstNumber("/opt/bin"))
	require.Empty(t, newestFirst("[broken"))
}

func TestNamedFolderIsTheOnlyCandidate(t *testing.T) {
	t.Setenv("PROVOST_PG_BIN", "/opt/pg/bin")
	require.Equal(t, []string{"/opt/pg/bin"}, candidates(t.Context()))
}

func TestMissingProgramsAreExplained(t *testing.T) {
	t.Setenv("PROVOST_PG_BIN", t.TempDir())
	// Of the two reasons not to start the closed folder would be the first: the account of the server cannot reach the test's own.
	dir, err := os.MkdirTemp("", "pgdev-test-") //nolint:usetesting // see above
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	_, err = Start(t.Context(), Options{Dir: filepath.Join(dir, "pg")})
	require.ErrorIs(t, err, ErrNoPostgres)
	require.ErrorContains(t, err, "apt install postgresql")
	require.ErrorContains(t, err, "PROVOST_DATABASE_URL")
}

func TestScriptsAroundTheProgramsAreRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	program(t, folder, "initdb", "#!/bin/sh\nexit 0\n")
	program(t, folder, "postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 18.1'\n")
	_, err := inspect(t.Context(), folder, nil)
	require.ErrorContains(t, err, "is a script")
}

func TestFolderOfLinksLeadsToThePrograms(t *testing.T) {
	t.Parallel()
	all, err := installs(t.Context(), nil)
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(all[0].bin, "initdb"), filepath.Join(folder, "initdb")))
	found, err := inspect(t.Context(), folder, nil)
	require.NoError(t, err)
	require.Equal(t, all[0], found)
}

func TestChooseFitsTheData(t *testing.T) {
	t.Parallel()
	all := []install{{bin: "/new", major: 18}, {bin: "/old", major: 15}}
	for name, c := range map[string]struct {
		written, expected string
	}{
		"new data":       {"", "/new"},
		"data of old":    {"15\n", "/old"},
		"data of new":    {"18\n", "/new"},
		"data of nobody": {"16\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			if c.written != "" {
				require.NoError(t, os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte(c.written), 0o600))
			}
			one, err := choose(all, data)
			if c.expected == "" {
				require.EqualError(t, err, (&VersionError{Data: data, Major: 16, Found: []int{18, 15}}).Error())
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.expected, one.bin)
		})
	}
}

func TestEnvironmentDoesNotSteerTheServer(t *testing.T) {
	for name, value := range map[string]string{"PGDATA": "/x", "PGPORT": "1", "LANG": "de_DE", "LC_TIME": "de_DE", "PROVOST_MASTER_KEY_FILE": "/k"} {
		t.Setenv(name, value)
	}
	t.Setenv("PATH", "/usr/bin")
	got := environment()
	require.Contains(t, got, "PATH=/usr/bin")
	require.Contains(t, got, "LC_ALL=C.UTF-8")
	for _, entry := range got {
		require.NotRegexp(t, `^(PG|LANG=|LC_TIME=|PROVOST_)`, entry)
	}
}

func TestSocketFolderOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(dir, link))
	require.ErrorContains(t, refuseForeign(link, nil), "belongs to somebody else")
	require.NoError(t, refuseForeign(dir, nil))
	require.NoError(t, refuseForeign(filepath.Join(dir, "missing"), nil))
}

func TestTailQuotesTheEndOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	require.Empty(t, tail(path))
	long := bytes.Repeat([]byte("a"), 3*tailBytes)
	require.NoError(t, os.WriteFile(path, append(long, "the end\n"...), 0o600))
	require.Len(t, tail(path), tailBytes-1)
	require.Contains(t, tail(path), "the end")
}
