// Package pgdev runs a PostgreSQL server of our own as a child process, from the programs the machine already has: what
// `provost dev`, the tests and a first start use when PROVOST_DATABASE_URL is not set. Nothing is downloaded and no
// service of the machine is touched.
//
// One folder holds everything: the data, the password (0600), the log, the lock and, when its path is short enough, the
// socket. The server ends with the process that started it, even when that is killed.
package pgdev

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"provost/internal/pgdev/child"
)

const (
	// superuser is the role that initdb creates; the application connects as it.
	superuser = "provost"
	// maintenance is the database that every server has.
	maintenance = "postgres"
	// socketPort names the socket file when the server does not listen on TCP.
	socketPort = 5432
	// startAttempts bounds how often a new free port is tried when another program took the chosen one first.
	startAttempts = 3
	// pollInterval is how often a start tries to connect.
	pollInterval = 20 * time.Millisecond
)

// InUseError says that another process runs a server on the same folder.
type InUseError = child.InUseError

// Options say where and how the server runs.
type Options struct {
	// Dir is the folder of the server, created when it is missing. Required.
	Dir string
	// Ephemeral gives up durability for speed: after a power cut the data may be broken. For tests only.
	Ephemeral bool
	// TCP makes the server listen on a free port of 127.0.0.1 as well as on its socket.
	TCP bool
	// Logger is told about start and stop; nil means nobody is.
	Logger *slog.Logger
}

// Server is a running PostgreSQL server.
type Server struct {
	options  Options
	programs install
	runAs    *child.User
	lock     *child.FolderLock
	password string
	sockets  string // folder of the socket
	port     int
	process  *child.Process
}

// Start starts a server on opts.Dir, creating its data the first time, and returns when it answers. The context bounds the
// start only. Errors to expect: ErrNoPostgres, *VersionError, *InUseError (another process has the folder) and
// *child.ClosedFolderError (as root the server runs as the user postgres, who must be able to enter the folder).
func Start(ctx context.Context, opts Options) (*Server, error) {
	if opts.Dir == "" {
		return nil, errors.New("start PostgreSQL: no data folder given")
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	opts.Dir = dir
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{options: opts}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL in %s: %w", dir, err), s.release())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	begin := time.Now()
	steps := []func(context.Context) error{s.prepareFolder, s.takeLock, s.findPrograms, s.readPassword, s.initialise, s.prepareSockets, s.launch}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.options.Logger.InfoContext(ctx, "PostgreSQL is running", "address", s.Addr(), "major", s.programs.major,
		"pid", s.process.PID(), "took", time.Since(begin).Round(time.Millisecond))
	return nil
}

func (s *Server) data() string    { return filepath.Join(s.options.Dir, "data") }
func (s *Server) logFile() string { return filepath.Join(s.options.Dir, "log") }

// launch starts the server process and waits until it answers. A free port can be taken by somebody else between choosing
// and using it: then another one is tried.
func (s *Server) launch(ctx context.Context) error {
	if err := removeStalePID(s.data()); err != nil {
		return err
	}
	var err error
	for range startAttempts {
		if err := s.choosePort(ctx); err != nil {
			return err
		}
		if err := s.spawn(); err != nil {
			return err
		}
		if err = s.awaitReady(ctx); err == nil || !s.options.TCP || ctx.Err() != nil || !portTaken(s.logFile()) {
			return err
		}
	}
	return err
}

func (s *Server) choosePort(ctx context.Context) error {
	s.port = socketPort
	if !s.options.TCP {
		return nil
	}
	address, err := child.FreeAddress(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = address.Port
	return nil
}

// awaitReady waits until the server accepts a connection, or ends, or ctx ends. In the latter cases no process is left.
func (s *Server) awaitReady(ctx context.Context) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		if conn, err := pgx.Connect(ctx, s.URL(maintenance)); err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.process.Done():
			return fmt.Errorf("the server ended at once (%w); the end of %s:\n%s", s.process.Err(), s.logFile(), tail(s.logFile()))
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("wait for the server: %w", ctx.Err()), s.kill(ctx))
		case <-tick.C:
		}
	}
}

func (s *Server) kill(ctx context.Context) error {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.process.Stop(ended, syscall.SIGINT); !errors.Is(err, child.ErrStopTimeout) {
		return err
	}
	return nil
}

// Addr returns where the server listens: host:port when TCP was asked for, otherwise the path of its socket.
func (s *Server) Addr() string {
	if s.options.TCP {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port))
	}
	return filepath.Join(s.sockets, fmt.Sprintf(".s.PGSQL.%d", s.port))
}

// URL returns the connection URL of a database of this server, password included: by TCP when that was asked for,
// otherwise by the socket. The database need not exist.
func (s *Server) URL(database string) string {
	address := url.URL{Scheme: "postgres", User: url.UserPassword(superuser, s.password), Path: "/" + database}
	query := url.Values{"sslmode": {"disable"}}
	if s.options.TCP {
		address.Host = s.Addr()
	} else {
		query.Set("host", s.sockets)
		query.Set("port", strconv.Itoa(s.port))
	}
	address.RawQuery = query.Encode()
	return address.String()
}

// CreateDatabase creates the database when it does not exist yet.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.URL(maintenance))
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	defer conn.Close(ctx)
	var exists bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&exists); err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// Done is closed when the server process has ended, by Stop or by itself.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// PID returns the id of the server process.
func (s *Server) PID() int { return s.process.PID() }

// Stop ends all connections and the server (a "fast shutdown": running transactions are rolled back, the data is left
// clean). When ctx ends first the server is killed, which the next start repairs, and the error says so. Stopping twice is
// no error.
func (s *Server) Stop(ctx context.Context) error {
	err := s.process.Stop(ctx, syscall.SIGINT)
	if err != nil {
		err = fmt.Errorf("stop PostgreSQL: %w", err)
	}
	s.options.Logger.InfoContext(ctx, "PostgreSQL has stopped", "pid", s.process.PID())
	return errors.Join(err, s.release())
}

// release gives the folder's lock back.
func (s *Server) release() error {
	if s.lock == nil {
		return nil
	}
	if err := s.lock.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("release lock file: %w", err)
	}
	return nil
}
