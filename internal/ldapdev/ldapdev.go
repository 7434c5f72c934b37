// Package ldapdev runs an OpenLDAP server (slapd) of our own as a child process: the sample directory of `provost dev` and
// the true server that the LDAP connector is tested against. It needs the program slapd of the machine, none of its
// services, and one folder that holds configuration, data, log and passwords (0600).
//
// The server is configured by cn=config, with the databases {0}config and {1}mdb, so LDIF files written for slapd in
// production can be applied, those that change cn=config included.
package ldapdev

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"provost/internal/pgdev/child"
)

const (
	// DefaultSuffix is the name of the sample directory's root entry.
	DefaultSuffix = "dc=example,dc=org"
	// ConfigDN is the administrator of cn=config.
	ConfigDN = "cn=admin,cn=config"
	// readyTimeout bounds how long a started server may take to answer.
	readyTimeout = 20 * time.Second
	// pollInterval is how often a start tries to connect.
	pollInterval = 20 * time.Millisecond
)

// Options say what the server holds. Suffix, Modules, InitialLDIF and AdminPassword count at the first start on a folder.
type Options struct {
	// Dir is the folder of the server, created when it is missing. Required.
	Dir string
	// Suffix is the root entry, which is made at the first start. Default DefaultSuffix.
	Suffix string
	// Addr is where the server listens, host:port; port 0 takes a free one. Default 127.0.0.1:0.
	Addr string
	// Modules are loaded after back_mdb, in this order, such as "memberof".
	Modules []string
	// InitialLDIF is loaded as administrator of the data.
	InitialLDIF []byte
	// AdminPassword of cn=admin,<suffix>. Default: drawn at random.
	AdminPassword string
	// Logger is told about start and stop; nil means nobody is.
	Logger *slog.Logger
}

// state is what later starts on the folder must know. Its file is written when the first start is complete.
type state struct {
	Suffix         string `json:"suffix"`
	AdminPassword  string `json:"adminPassword"`
	ConfigPassword string `json:"configPassword"`
}

// Server is a running directory.
type Server struct {
	// AdminDN and AdminPassword may do anything with the data.
	AdminDN, AdminPassword string
	// ConfigDN and ConfigPassword may do anything with the configuration below cn=config.
	ConfigDN, ConfigPassword string
	// Suffix is the name of the root entry.
	Suffix string

	options Options
	install installation
	state   state
	lock    *child.FolderLock
	address *net.TCPAddr
	process *child.Process
}

// Start starts a server on opts.Dir, creating its configuration and data the first time, and returns when it answers. The
// context bounds the start only. Errors to expect: ErrNoSlapd, *child.InUseError (another process has the folder), and
// those of ApplyLDIF for InitialLDIF; a first start that fails leaves nothing that a later one would take for data.
func Start(ctx context.Context, opts Options) (*Server, error) {
	if opts.Dir == "" {
		return nil, errors.New("start slapd: no folder given")
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, fmt.Errorf("start slapd: %w", err)
	}
	opts.Dir = dir
	if opts.Suffix == "" {
		opts.Suffix = DefaultSuffix
	}
	if opts.Addr == "" {
		opts.Addr = "127.0.0.1:0"
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if _, err := root(opts.Suffix); err != nil {
		return nil, fmt.Errorf("start slapd: %w", err)
	}
	s := &Server{options: opts, ConfigDN: ConfigDN}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start slapd in %s: %w", dir, err), s.abandon())
	}
	return s, nil
}

func (s *Server) config() string    { return filepath.Join(s.options.Dir, "config") }
func (s *Server) data() string      { return filepath.Join(s.options.Dir, "data") }
func (s *Server) logFile() string   { return filepath.Join(s.options.Dir, "log") }
func (s *Server) stateFile() string { return filepath.Join(s.options.Dir, "directory.json") }

func (s *Server) start(ctx context.Context) error {
	begin := time.Now()
	var err error
	if s.install, err = findInstallation(); err != nil {
		return err
	}
	if err := os.MkdirAll(s.options.Dir, 0o700); err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	if s.lock, err = child.LockFolder(ctx, s.options.Dir); err != nil {
		return err
	}
	first, err := s.readState()
	if err != nil {
		return err
	}
	if first {
		if err := s.generate(ctx); err != nil {
			return err
		}
	}
	if err := s.launch(ctx); err != nil {
		return err
	}
	if first {
		if err := s.load(ctx); err != nil {
			return err
		}
	}
	s.options.Logger.InfoContext(ctx, "slapd is running", "url", s.URL(), "suffix", s.Suffix, "pid", s.process.PID(),
		"took", time.Since(begin).Round(time.Millisecond))
	return nil
}

// readState reads what an earlier start left, or decides it for the first one.
func (s *Server) readState() (first bool, err error) {
	content, err := os.ReadFile(s.stateFile())
	switch {
	case errors.Is(err, os.ErrNotExist):
		first = true
		s.state = state{Suffix: s.options.Suffix, AdminPassword: s.options.AdminPassword, ConfigPassword: rand.Text()}
		if s.state.AdminPassword == "" {
			s.state.AdminPassword = rand.Text()
		}
	case err != nil:
		return false, fmt.Errorf("read state: %w", err)
	default:
		if err := json.Unmarshal(content, &s.state); err != nil {
			return false, fmt.Errorf("read %s: %w", s.stateFile(), err)
		}
	}
	if s.state.Suffix != s.options.Suffix {
		return false, fmt.Errorf("the folder holds the directory %s, not %s: choose another folder", s.state.Suffix, s.options.Suffix)
	}
	s.Suffix = s.state.Suffix
	s.AdminDN, s.AdminPassword = "cn=admin,"+s.Suffix, s.state.AdminPassword
	s.ConfigPassword = s.state.ConfigPassword
	return first, nil
}

// launch starts the server process and waits until it answers.
func (s *Server) launch(ctx context.Context) (err error) {
	if s.address, err = child.FreeAddress(ctx, s.options.Addr); err != nil {
		return err
	}
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(s.install.slapd, "-F", s.config(), "-h", s.URL()+"/", "-d", "0")
	cmd.Dir = s.options.Dir
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{s.lock.File()}
	if s.process, err = child.Start(cmd, syscall.SIGTERM); err != nil {
		return err
	}
	return s.awaitReady(ctx)
}

func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		conn, err := s.bind(ctx, s.ConfigDN, s.ConfigPassword)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-s.process.Done():
			return s.endedAtOnce()
		case <-ctx.Done():
			return fmt.Errorf("wait for the server: %w", err)
		case <-tick.C:
		}
	}
}

func (s *Server) endedAtOnce() error {
	log, err := os.ReadFile(s.logFile())
	if err != nil {
		log = nil // the exit status alone must do
	}
	return fmt.Errorf("the server ended at once (%w): %s", s.process.Err(), strings.TrimSpace(string(log)))
}

// load makes the root entry, unless the initial data brings it, loads that data, and then declares the folder complete.
func (s *Server) load(ctx context.Context) error {
	records, err := ParseLDIF(strings.NewReader(string(s.options.InitialLDIF)))
	if err != nil {
		return fmt.Errorf("initial data: %w", err)
	}
	if len(records) == 0 || !strings.EqualFold(records[0].DN, s.Suffix) {
		entry, err := root(s.Suffix)
		if err != nil {
			return err
		}
		records = append([]Record{entry}, records...)
	}
	if err := s.apply(ctx, s.AdminDN, s.AdminPassword, records); err != nil {
		return fmt.Errorf("initial data: %w", err)
	}
	content, err := json.MarshalIndent(s.state, "", "  ")
	if err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	unfinished := s.stateFile() + ".new"
	if err := os.WriteFile(unfinished, append(content, '\n'), 0o600); err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	return os.Rename(unfinished, s.stateFile())
}

// URL returns ldap://host:port.
func (s *Server) URL() string { return "ldap://" + s.address.String() }

// PID returns the id of the server process.
func (s *Server) PID() int { return s.process.PID() }

// Done is closed when the server process has ended, by Stop or by itself.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Stop ends the server with its data written. When ctx ends first it is killed, and the error says so. Stopping twice is no
// error.
func (s *Server) Stop(ctx context.Context) error {
	err := s.process.Stop(ctx, syscall.SIGTERM)
	if err != nil {
		err = fmt.Errorf("stop slapd: %w", err)
	}
	s.options.Logger.InfoContext(ctx, "slapd has stopped", "pid", s.process.PID())
	return errors.Join(err, s.release())
}

// abandon undoes a start that failed.
func (s *Server) abandon() error {
	var err error
	if s.process != nil {
		ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
		defer cancel()
		err = s.process.Stop(ctx, syscall.SIGTERM)
	}
	return errors.Join(err, s.release())
}

func (s *Server) release() error {
	if s.lock == nil {
		return nil
	}
	if err := s.lock.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("release lock file: %w", err)
	}
	return nil
}

// untilDeadline returns what is left of the time, but not the 0 that means no limit.
func untilDeadline(deadline time.Time) time.Duration {
	return max(time.Millisecond, time.Until(deadline))
}
