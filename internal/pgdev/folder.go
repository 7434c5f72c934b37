package pgdev

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"provost/internal/pgdev/child"
)

const (
	// socketPathLimit is the longest path of a Unix socket: sun_path holds 108 bytes with the final zero.
	socketPathLimit = 107
	// tailBytes is how much of a log an error message quotes.
	tailBytes = 1500
)

// prepareFolder creates the server's folder, 0700 and owned by the account the server runs as.
func (s *Server) prepareFolder(context.Context) error {
	runAs, err := child.Unprivileged("postgres", "nobody")
	if err != nil {
		return err
	}
	s.runAs = runAs
	if err := runAs.CanReach(s.options.Dir); err != nil {
		return err
	}
	return privateFolder(s.options.Dir, runAs)
}

func privateFolder(path string, owner *child.User) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	if err := owner.Own(path); err != nil {
		return fmt.Errorf("hand folder over: %w", err)
	}
	if err := os.Chmod(path, 0o700); err != nil { //nolint:gosec // a folder needs the x bit
		return fmt.Errorf("close folder to others: %w", err)
	}
	return nil
}

func (s *Server) takeLock(ctx context.Context) (err error) {
	s.lock, err = child.LockFolder(ctx, s.options.Dir)
	return err
}

func (s *Server) findPrograms(ctx context.Context) error {
	all, err := installs(ctx, s.runAs)
	if err != nil {
		return err
	}
	s.programs, err = choose(all, s.data())
	return err
}

// readPassword reads the password of the server's only role, or draws one when the data does not exist yet.
func (s *Server) readPassword(context.Context) error {
	path := filepath.Join(s.options.Dir, "password")
	content, err := os.ReadFile(path)
	if err == nil {
		s.password = strings.TrimSpace(string(content))
		return nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read password: %w", err)
	}
	if _, err := os.Stat(s.data()); err == nil {
		return fmt.Errorf("the file %s with the password of the existing data is missing: put it back, or move %s away to start anew",
			path, s.data())
	}
	s.password = rand.Text()
	if err := os.WriteFile(path, []byte(s.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("write password: %w", err)
	}
	if err := s.runAs.Own(path); err != nil { // initdb reads it, as that account
		return fmt.Errorf("hand password over: %w", err)
	}
	return nil
}

// initialise creates the data the first time, under another name until it is complete: a start that was killed half way
// leaves nothing that looks like data.
func (s *Server) initialise(ctx context.Context) error {
	if _, err := os.Stat(s.data()); err == nil {
		return nil
	}
	unfinished := s.data() + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return fmt.Errorf("remove unfinished data: %w", err)
	}
	args := []string{
		"--pgdata", unfinished, "--username", superuser, "--pwfile", filepath.Join(s.options.Dir, "password"),
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8",
	}
	if s.options.Ephemeral {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.programs.bin, "initdb"), args...) //nolint:gosec // the program was found by us
	cmd.Dir = s.options.Dir
	cmd.Env = environment()
	cmd.SysProcAttr = s.runAs.Attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := os.Rename(unfinished, s.data()); err != nil {
		return fmt.Errorf("put new data in place: %w", err)
	}
	return nil
}

// environment returns the variables of this process without those that steer PostgreSQL programs (PGDATA, PGPORT, …) and
// without the locale, which must not depend on who starts the server.
func environment() []string {
	var kept []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "LC_") || strings.HasPrefix(name, "PROVOST_") || name == "LANG" {
			continue
		}
		kept = append(kept, entry)
	}
	return append(kept, "LC_ALL=C.UTF-8")
}

// prepareSockets picks the folder for the Unix socket: the server's own, or, when its path is too long for a socket or has a
// comma (which separates folders, for server and clients alike), one in the temporary folder that is named after it.
func (s *Server) prepareSockets(context.Context) error {
	s.sockets = s.options.Dir
	longest := filepath.Join(s.sockets, ".s.PGSQL.65535.lock")
	if len(longest) <= socketPathLimit && !strings.ContainsAny(longest, `,"`) {
		return nil
	}
	hash := sha256.Sum256([]byte(s.options.Dir))
	s.sockets = filepath.Join(os.TempDir(), "provost-pg-"+hex.EncodeToString(hash[:6]))
	if err := refuseForeign(s.sockets, s.runAs); err != nil {
		return err
	}
	return privateFolder(s.sockets, s.runAs)
}

// refuseForeign refuses a folder in a place open to all that somebody else made first: its owner could put a server of his
// own behind our socket.
func refuseForeign(path string, runAs *child.User) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at socket folder: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	expected := os.Geteuid()
	if runAs != nil {
		expected = runAs.UID
	}
	if !info.IsDir() || !ok || int(owner.Uid) != expected && int(owner.Uid) != os.Geteuid() {
		return fmt.Errorf("the socket folder %s belongs to somebody else: remove it, or use a data folder with a shorter path", path)
	}
	return nil
}

// spawn starts the server process with the folder's lock file open, so that the lock lasts as long as the server.
func (s *Server) spawn() error {
	if err := os.Rename(s.logFile(), s.logFile()+".old"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("keep the last log: %w", err)
	}
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	defer log.Close()
	//nolint:noctx,gosec // the server outlives the context of its start; the program was found by us
	cmd := exec.Command(filepath.Join(s.programs.bin, "postgres"), s.arguments()...)
	cmd.Dir = s.options.Dir
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{s.lock.File()}
	cmd.SysProcAttr = s.runAs.Attributes()
	s.process, err = child.Start(cmd, syscall.SIGINT)
	return err
}

func (s *Server) arguments() []string {
	listen := ""
	if s.options.TCP {
		listen = "127.0.0.1"
	}
	settings := []string{
		"listen_addresses=" + listen, "port=" + strconv.Itoa(s.port), `unix_socket_directories="` + s.sockets + `"`,
		"unix_socket_permissions=0700", "max_connections=300", "timezone=UTC", "log_timezone=UTC",
		"log_line_prefix=%m [%p] %d ", "password_encryption=scram-sha-256",
	}
	if s.options.Ephemeral {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	args := []string{"-D", s.data()}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return args
}

// tail returns the end of a log for an error message; what cannot be read is left out.
func tail(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	if size, err := file.Seek(0, io.SeekEnd); err == nil {
		_, err = file.Seek(max(0, size-tailBytes), io.SeekStart)
		if err != nil {
			return ""
		}
	}
	content, err := io.ReadAll(file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(content))
}

func portTaken(log string) bool { return strings.Contains(tail(log), "Address already in use") }
