package child

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lockInterval is how often a taken lock is tried again.
const lockInterval = 20 * time.Millisecond

// InUseError says that another process runs a server on the same folder.
type InUseError struct {
	Dir string
	PID int // the process that holds the folder; 0 when it is not known
}

// Error names the folder and its holder.
func (e *InUseError) Error() string {
	return fmt.Sprintf("the folder %s is in use by process %d: stop that process, or choose another folder", e.Dir, e.PID)
}

// LockFolder takes the lock file of dir, or returns an *InUseError. Give its file to the server as one of its ExtraFiles: then
// the lock lasts as long as either this process or the server, and whoever gets it knows that no server runs on the folder. A
// lock whose process is dead, or gave it back, belongs to a server that is shutting down; that end is waited for until ctx ends.
func LockFolder(ctx context.Context, dir string) (*FolderLock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := acquire(ctx, file, dir); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := writeHolder(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &FolderLock{file}, nil
}

// FolderLock is a folder that is held.
type FolderLock struct{ file *os.File }

// File is what a server has to be given, so that the lock lasts as long as it does.
func (l *FolderLock) File() *os.File { return l.file }

// Close gives the lock back. Nobody is named as its holder any more: a child that is just being started may have the file open for a
// moment longer, and whoever comes next waits for that instead of being refused.
func (l *FolderLock) Close() error {
	return errors.Join(l.file.Truncate(0), l.file.Close())
}

func acquire(ctx context.Context, file *os.File, dir string) error {
	tick := time.NewTicker(lockInterval)
	defer tick.Stop()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("lock %s: %w", file.Name(), err)
		}
		if holder := readHolder(file); holder != 0 && Alive(holder) {
			return &InUseError{Dir: dir, PID: holder}
		}
		select {
		case <-ctx.Done():
			return errors.Join(&InUseError{Dir: dir, PID: readHolder(file)}, ctx.Err())
		case <-tick.C:
		}
	}
}

func writeHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return fmt.Errorf("empty lock file: %w", err)
	}
	if _, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0); err != nil {
		return fmt.Errorf("write lock file: %w", err)
	}
	return nil
}

func readHolder(file *os.File) int {
	content, err := io.ReadAll(io.NewSectionReader(file, 0, 32))
	if err != nil {
		return 0
	}
	// An empty or broken file has no holder.
	pid, _ := strconv.Atoi(strings.TrimSpace(string(content)))
	return pid
}

// Alive reports whether a process with this id exists, whoever owns it.
func Alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
