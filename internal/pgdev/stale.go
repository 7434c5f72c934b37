package pgdev

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"provost/internal/pgdev/child"
)

// removeStalePID deletes the postmaster.pid that a killed server left behind. PostgreSQL itself refuses to start when the
// number in it belongs to any living process of the same account, which after a restart of a container is likely. Called
// with the folder's lock held, so only a server started by hand can still be running there; that one is refused.
func removeStalePID(data string) error {
	path := filepath.Join(data, "postmaster.pid")
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read postmaster.pid: %w", err)
	}
	line, _, _ := strings.Cut(string(content), "\n")
	if pid, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && serves(pid, data) {
		return &InUseError{Dir: data, PID: pid}
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove stale postmaster.pid: %w", err)
	}
	return nil
}

// serves reports whether process pid works in the data folder, as every PostgreSQL server does. A process that this account
// may not look at is another account's, and cannot be the server of our data. On a system without /proc a living process
// counts as the server.
func serves(pid int, data string) bool {
	if !child.Alive(pid) {
		return false
	}
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return !errors.Is(err, os.ErrPermission)
	}
	folder, err := filepath.EvalSymlinks(data)
	return err != nil || cwd == folder
}
