package testenv

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// startTimeout bounds how long a process waits for the shared server, its first start by another process included.
const startTimeout = 2 * time.Minute

// maintenance is the database that every PostgreSQL server has.
const maintenance = "postgres"

// PostgresServer is the shared server of the test processes.
type PostgresServer struct{ base url.URL }

// URL returns the connection URL of a database of the server, password included. The role is a superuser.
func (p *PostgresServer) URL(database string) string {
	address := p.base
	address.Path = "/" + database
	return address.String()
}

// Postgres returns the server that the test processes of this account share, started when it does not run. Databases made
// on it by hand are to be dropped by who made them; Database is the easy way.
func Postgres(tb testing.TB) *PostgresServer {
	tb.Helper()
	server, err := sharedServer()
	require.NoError(tb, err, "the PostgreSQL server for tests")
	return server
}

// sharedServer joins the server once per process.
var sharedServer = sync.OnceValues(func() (*PostgresServer, error) { //nolint:gochecknoglobals // one server per process
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	return join(ctx, filepath.Join(os.TempDir(), "provost-test-"+strconv.Itoa(os.Getuid())))
})

// join registers this process as a user of the server in dir for the rest of its life, and starts the server when it does
// not answer. The kernel ends the registration with the process, however that ends.
func join(ctx context.Context, dir string) (*PostgresServer, error) {
	if err := openToServer(dir); err != nil {
		return nil, err
	}
	users, err := lock(filepath.Join(dir, usersFile), syscall.LOCK_SH)
	if err != nil {
		return nil, err
	}
	keepOpen(users)
	starting, err := lock(filepath.Join(dir, "starting"), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer starting.Close()
	if content, err := os.ReadFile(filepath.Join(dir, addressFile)); err == nil {
		if server, err := connectTo(ctx, string(content)); err == nil {
			return server, nil
		}
	}
	line, err := startSupervisor(dir)
	if err != nil {
		return nil, err
	}
	return connectTo(ctx, line)
}

// openToServer makes the folder and lets the account of the server pass through it. In a place that is open to all, a
// folder that somebody else made first is refused.
func openToServer(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make folder for the shared server: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at folder of the shared server: %w", err)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(owner.Uid) != os.Getuid() {
		return fmt.Errorf("the folder %s belongs to somebody else", dir)
	}
	return os.Chmod(dir, 0o711)
}

// lock opens a lock file and waits for the lock. Closing the file gives it back.
func lock(path string, how int) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := flock(file, how); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// flock locks an open file; a signal that comes while it waits does not end the waiting.
func flock(file *os.File, how int) error {
	for {
		err := syscall.Flock(int(file.Fd()), how)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("lock %s: %w", file.Name(), err)
		}
	}
}

var (
	openFiles []*os.File //nolint:gochecknoglobals // what must stay open until the process ends
	openMutex sync.Mutex //nolint:gochecknoglobals // guards openFiles
)

// keepOpen saves a file from being closed by the garbage collector.
func keepOpen(file *os.File) {
	openMutex.Lock()
	defer openMutex.Unlock()
	openFiles = append(openFiles, file)
}

func connectTo(ctx context.Context, address string) (*PostgresServer, error) {
	base, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return nil, errors.New("the address of the shared server is broken")
	}
	server := &PostgresServer{base: *base}
	conn, err := pgx.Connect(ctx, server.URL(maintenance))
	if err != nil {
		return nil, fmt.Errorf("connect to the shared server: %w", err)
	}
	return server, conn.Close(ctx)
}

// startSupervisor starts this same program as the keeper of the server (see supervise) and returns the address it prints.
func startSupervisor(dir string) (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), supervisorVariable+"="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("start the shared server: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("start the shared server: %w", err)
	}
	line, readErr := bufio.NewReader(out).ReadString('\n')
	if readErr != nil || !strings.HasPrefix(line, "postgres://") {
		return "", fmt.Errorf("start the shared server: %s", strings.TrimSpace(strings.Join([]string{line, exitOf(cmd)}, " ")))
	}
	go func() {
		// Reaps the keeper if it ends before this process does; how it ends says nothing about a test.
		_ = cmd.Wait()
	}()
	return line, nil
}

func exitOf(cmd *exec.Cmd) string {
	if err := cmd.Wait(); err != nil {
		return "(" + err.Error() + ")"
	}
	return ""
}
