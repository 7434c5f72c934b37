package cli

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/config"
)

func TestPasswordIsKeptForTheOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	none, err := keptPassword(dir)
	require.NoError(t, err)
	require.Empty(t, none)
	require.NoError(t, keepPassword(dir, "sample-password"))
	kept, err := keptPassword(dir)
	require.NoError(t, err)
	require.Equal(t, "sample-password", kept)
	info, err := os.Stat(filepath.Join(dir, passwordFile))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestDevFolderIsMade(t *testing.T) {
	t.Parallel()
	c := &config.Common{Data: filepath.Join(t.TempDir(), "a", "b")}
	dir, err := devFolder(c)
	require.NoError(t, err)
	require.DirExists(t, dir)
	require.Equal(t, dir, c.Data, "the key file is found there too")
}

func TestFreeOr(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", anyPort)
	require.NoError(t, err)
	address := taken.Addr().String()
	require.Equal(t, "other", freeOr(t.Context(), address, "other"))
	require.NoError(t, taken.Close())
	require.Equal(t, address, freeOr(t.Context(), address, "other"))
}

func TestReadyBlockNamesWhatRuns(t *testing.T) {
	t.Parallel()
	r := &devRun{devCommand: &devCommand{NoSample: true}, dir: "/data"}
	r.ready = readyLine{URL: "http://127.0.0.1:8080", User: administrator, missing: []string{"the sample directory: no slapd"}}
	block := r.block()
	require.Contains(t, block, "http://127.0.0.1:8080")
	require.Contains(t, block, "the one you set (none is kept in /data)")
	require.Contains(t, block, "the sample directory: no slapd")
	require.NotContains(t, block, "ldapsearch")
	require.NotContains(t, block, "HR file")
	r.ready.Password, r.NoSample = "sample-password", false
	require.Contains(t, r.block(), "sample-password")
	require.Contains(t, r.block(), "/data/sample/sample-people.csv")
}
