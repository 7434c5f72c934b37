package child_test

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/pgdev/child"
)

// shell starts a script whose first line of output has been read, so its traps are in place.
func shell(t *testing.T, script string) *child.Process {
	t.Helper()
	read, write, err := os.Pipe()
	require.NoError(t, err)
	defer read.Close()
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Stdout = write
	process, err := child.Start(cmd, syscall.SIGTERM)
	require.NoError(t, err)
	require.NoError(t, write.Close())
	_, err = bufio.NewReader(read).ReadString('\n')
	require.NoError(t, err)
	return process
}

func TestStopEndsAChildThatListens(t *testing.T) {
	t.Parallel()
	process := shell(t, "trap 'exit 0' INT; echo ready; while :; do read x; done")
	require.NoError(t, process.Stop(t.Context(), syscall.SIGINT))
	<-process.Done()
	require.NoError(t, process.Stop(t.Context(), syscall.SIGINT), "stopping twice is no error")
}

func TestStopKillsAChildThatDoesNotListen(t *testing.T) {
	t.Parallel()
	process := shell(t, "trap '' TERM; echo ready; while :; do :; done")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, process.Stop(ended, syscall.SIGTERM), child.ErrStopTimeout)
	var exit *exec.ExitError
	require.ErrorAs(t, process.Err(), &exit)
}

func TestChildLeadsItsOwnGroup(t *testing.T) {
	t.Parallel()
	process := shell(t, "echo ready; read x")
	group, err := syscall.Getpgid(process.PID())
	if err == nil { // it may have ended: its input is /dev/null
		require.Equal(t, process.PID(), group)
	}
	require.Error(t, process.Err(), "read fails at the end of the input")
}

func TestStartOfAMissingProgram(t *testing.T) {
	t.Parallel()
	_, err := child.Start(exec.Command("/no/such/program"), syscall.SIGTERM)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestFreeAddressCanBeListenedOn(t *testing.T) {
	t.Parallel()
	address, err := child.FreeAddress(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	listener, err := net.ListenTCP("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })

	_, err = child.FreeAddress(t.Context(), address.String())
	require.ErrorIs(t, err, syscall.EADDRINUSE)
}

func TestLockFolderIsHeldByOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock, err := child.LockFolder(t.Context(), dir)
	require.NoError(t, err)
	_, err = child.LockFolder(t.Context(), dir)
	var inUse *child.InUseError
	require.ErrorAs(t, err, &inUse)
	require.Equal(t, &child.InUseError{Dir: dir, PID: os.Getpid()}, inUse)
	require.NoError(t, lock.Close())
	lock, err = child.LockFolder(t.Context(), dir)
	require.NoError(t, err)
	require.NoError(t, lock.Close())
}

// A child that is being started holds a copy of every open file until its program begins.
func TestLockThatWasGivenBackIsWaitedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock, err := child.LockFolder(t.Context(), dir)
	require.NoError(t, err)
	held, err := syscall.Dup(int(lock.File().Fd()))
	require.NoError(t, err)
	require.NoError(t, lock.Close())
	time.AfterFunc(50*time.Millisecond, func() { _ = syscall.Close(held) })
	lock, err = child.LockFolder(t.Context(), dir)
	require.NoError(t, err)
	require.NoError(t, lock.Close())
}

func TestLockOfADeadProcessIsWaitedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock, err := child.LockFolder(t.Context(), dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, lock.Close()) })
	dead := shell(t, "echo ready")
	<-dead.Done()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "lock"), nil, 0o600))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = child.LockFolder(ended, dir)
	require.ErrorIs(t, err, context.Canceled, "it waits instead of refusing")
}

func TestCanReach(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	closed := filepath.Join(base, "closed")
	require.NoError(t, os.Mkdir(closed, 0o700))
	stranger := &child.User{Name: "stranger", UID: os.Getuid() + 4242, GID: os.Getgid() + 4242}
	target := filepath.Join(closed, "missing", "data")

	var failed *child.ClosedFolderError
	require.ErrorAs(t, stranger.CanReach(target), &failed)
	require.Equal(t, &child.ClosedFolderError{Folder: closed, Path: target, User: "stranger"}, failed)
	require.Contains(t, failed.Error(), "chmod o+x "+closed)

	owner := &child.User{Name: "owner", UID: os.Getuid(), GID: os.Getgid() + 4242}
	require.NotErrorAs(t, owner.CanReach(filepath.Join("/", "data")), &failed)
	require.NoError(t, (*child.User)(nil).CanReach(target), "without a change of account everything is as open as it is")
}

func TestUnprivileged(t *testing.T) {
	t.Parallel()
	found, err := child.Unprivileged("no-such-account-at-all", "nobody")
	require.NoError(t, err)
	if os.Geteuid() != 0 {
		require.Nil(t, found)
		return
	}
	require.Equal(t, "nobody", found.Name)
	require.NotZero(t, found.UID)
	require.NotNil(t, found.Attributes().Credential)
	_, err = child.Unprivileged("no-such-account-at-all")
	require.ErrorContains(t, err, "refuses to run as root")
}
