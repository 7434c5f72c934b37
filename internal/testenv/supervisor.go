package testenv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"provost/internal/pgdev"
	"provost/internal/pgdev/child"
)

const (
	// supervisorVariable makes a test program the keeper of the shared server in the named folder, instead of running tests.
	supervisorVariable = "PROVOST_TESTENV_SUPERVISOR"
	// usersFile is locked shared by every process that uses the server, and exclusively by the keeper to end it.
	usersFile = "users"
	// addressFile holds the connection URL while the server runs.
	addressFile = "address"
	// linger is how long the server outlives its last user, so that packages tested one after the other share it.
	linger = 2 * time.Second
)

// The keeper must be a program that is certainly there, and outlive the process that starts it: it is the test program
// itself. The variable is set by startSupervisor only.
func init() { //nolint:gochecknoinits // see above
	if dir := os.Getenv(supervisorVariable); dir != "" {
		os.Exit(supervise(dir, os.Stdout)) //nolint:forbidigo // no main of ours runs in a test program
	}
}

// supervise starts a server in dir, prints its URL as one line, and ends it when no process uses it any more.
func supervise(dir string, out io.WriteCloser) int {
	signal.Ignore(os.Interrupt, syscall.SIGHUP)
	if err := keep(dir, out); err != nil {
		fmt.Fprintln(out, strings.ReplaceAll(err.Error(), "\n", " "))
		return 1
	}
	return 0
}

func keep(dir string, out io.WriteCloser) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	server, err := startFresh(ctx, filepath.Join(dir, "pg"))
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		err = errors.Join(err, server.Stop(ctx))
	}()
	address := filepath.Join(dir, addressFile)
	if err := os.WriteFile(address, []byte(server.URL(maintenance)), 0o600); err != nil {
		return fmt.Errorf("write address: %w", err)
	}
	if _, err := fmt.Fprintln(out, server.URL(maintenance)); err != nil {
		return fmt.Errorf("print address: %w", err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("close output: %w", err)
	}
	unused := make(chan error, 1)
	go func() { unused <- awaitLastUser(filepath.Join(dir, usersFile)) }()
	select {
	case err := <-unused:
		return errors.Join(err, os.Remove(address))
	case <-server.Done():
		return errors.New("the server has ended by itself")
	}
}

// startFresh starts a server without the databases of earlier runs. A server of a killed keeper that still shuts down is
// waited for: it holds the lock of its folder.
func startFresh(ctx context.Context, dir string) (*pgdev.Server, error) {
	if _, err := os.Stat(dir); err == nil {
		last, err := child.LockFolder(ctx, dir)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(os.RemoveAll(dir), last.Close()); err != nil {
			return nil, fmt.Errorf("remove the last server: %w", err)
		}
	}
	return pgdev.Start(ctx, pgdev.Options{Dir: dir, Ephemeral: true})
}

// awaitLastUser returns with the users' file locked exclusively once nobody has used the server for a while. The lock stays
// until this process ends, so the next user comes only after the server has stopped.
func awaitLastUser(path string) error {
	for {
		users, err := lock(path, syscall.LOCK_EX)
		if err != nil {
			return err
		}
		if err := flock(users, syscall.LOCK_UN); err != nil {
			return errors.Join(err, users.Close())
		}
		<-time.After(linger)
		if err := flock(users, syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			keepOpen(users)
			return nil
		}
		if err := users.Close(); err != nil {
			return fmt.Errorf("close lock file: %w", err)
		}
	}
}
