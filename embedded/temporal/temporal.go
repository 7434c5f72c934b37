// Package temporal runs the Temporal server and its user interface inside this process: what `provost dev`, `provost
// temporal`, a single-node `provost serve` and the integration tests use. It stores in PostgreSQL (two databases beside
// ours) or, for tests, in memory.
//
// Everything listens on loopback only, and every call needs a token: the secret of the server, which may do anything, or a
// reader token, which may look at one namespace. See design/temporal.md for the measurements behind the settings.
package temporal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/temporal"
)

const (
	// DefaultNamespace is the namespace of the embedded default's only tenant.
	DefaultNamespace = "master"
	// DefaultRetention is how long closed runs stay readable. Evidence lives in our own tables, not here.
	DefaultRetention = 7 * 24 * time.Hour
	// readyTimeout bounds how long a started server may take until the namespace can be used.
	readyTimeout = 30 * time.Second
)

// SearchAttributes are the keywords that workflows carry for the operators: few, because a namespace has room for ten.
var SearchAttributes = []string{ //nolint:gochecknoglobals // a constant list
	"ProvostKind", "ProvostSubject", "ProvostSystem", "ProvostState", "ProvostTenant", "ProvostDefinition", "ProvostInitiator",
}

// Options say how the server runs. The zero value is a server in memory on free ports, without the user interface.
type Options struct {
	// Database is the URL of a PostgreSQL server (any database of it); the role must be allowed to create databases, or
	// `temporal` and `temporal_visibility` must exist. Empty means memory: all is lost at the end.
	Database string
	// Address is where the server listens, host:port; port 0 takes a free one. Default 127.0.0.1:0.
	Address string
	// UIAddress is where the user interface listens, host:port; port 0 takes a free one. Empty means no user interface.
	UIAddress string
	// OpenUI lets the user interface read without a token: everybody on this machine may look, nobody may change anything.
	// Otherwise each request needs a token in its Authorization header, which a reverse proxy with a session check adds.
	OpenUI bool
	// Namespace is registered when it is missing. Default DefaultNamespace.
	Namespace string
	// Retention is how long closed runs of a new namespace are kept. Default DefaultRetention, at least one hour.
	Retention time.Duration
	// Attributes are the keyword search attributes of the namespace, at most 10. Default SearchAttributes.
	Attributes []string
	// Secret is the token that may do anything. Default: drawn at random.
	Secret string
	// Logger gets what the server has to say from LogLevel on. Default: nobody.
	Logger *slog.Logger
	// LogLevel is the least level that is passed on. Default slog.LevelWarn.
	LogLevel *slog.Level
}

// Server is a running Temporal server.
type Server struct {
	options   Options
	logger    *slog.Logger
	level     slog.LevelVar // of logger
	ports     ports
	server    temporal.Server
	ui        *userInterface
	namespace string
	stop      sync.Once
	stopErr   error
}

// Start starts a server and returns when workflows can be started in its namespace. The context bounds the start only.
// A port that is taken and a database that cannot be reached are errors; nothing is left running then.
func Start(ctx context.Context, opts Options) (*Server, error) {
	s := &Server{options: opts.withDefaults()}
	s.level.Set(*s.options.LogLevel)
	s.logger = slog.New(atLeast{s.options.Logger.Handler(), &s.level})
	s.namespace = s.options.Namespace
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start Temporal: %w", err), s.Stop())
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	if o.Namespace == "" {
		o.Namespace = DefaultNamespace
	}
	if o.Retention == 0 {
		o.Retention = DefaultRetention
	}
	if o.Attributes == nil {
		o.Attributes = SearchAttributes
	}
	if o.Secret == "" {
		o.Secret = rand.Text()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.LogLevel == nil {
		level := slog.LevelWarn
		o.LogLevel = &level
	}
	return o
}

func (s *Server) start(ctx context.Context) error {
	begin := time.Now()
	var err error
	if s.ports, err = choosePorts(ctx, s.options); err != nil {
		return err
	}
	store, err := openStore(ctx, s.options, s.logger)
	if err != nil {
		return err
	}
	if s.server, err = s.newServer(store); err != nil {
		return fmt.Errorf("configure: %w", err)
	}
	if err := s.server.Start(); err != nil {
		return fmt.Errorf("start services: %w", err)
	}
	ready, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := s.prepareNamespace(ready); err != nil {
		return fmt.Errorf("prepare namespace %s: %w", s.namespace, err)
	}
	if s.options.UIAddress != "" {
		if s.ui, err = startUI(ready, s); err != nil {
			return fmt.Errorf("start user interface: %w", err)
		}
	}
	s.options.Logger.InfoContext(ctx, "Temporal is running", "address", s.Address(), "ui", s.UIAddress(),
		"namespace", s.namespace, "store", store.name, "took", time.Since(begin).Round(time.Millisecond))
	return nil
}

func (s *Server) newServer(store *store) (temporal.Server, error) {
	return temporal.NewServer(
		temporal.WithConfig(s.configuration(store)),
		temporal.ForServices(temporal.Services),
		temporal.WithStaticHosts(s.ports.hosts()),
		temporal.WithLogger(logger{s.logger}),
		temporal.WithAuthorizer(authorizer{authorization.NewDefaultAuthorizer()}),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return claimMapper{secret: s.options.Secret} }),
		temporal.WithDynamicConfigClient(settings()),
	)
}

// Address returns host:port of the gRPC frontend.
func (s *Server) Address() string { return s.ports.frontend }

// UIAddress returns host:port of the user interface, whose pages are below /temporal, or "" when there is none.
func (s *Server) UIAddress() string {
	if s.options.UIAddress == "" {
		return ""
	}
	return s.ports.ui
}

// UIURL returns the address of the user interface's first page, or "" when there is none.
func (s *Server) UIURL() string {
	if s.UIAddress() == "" {
		return ""
	}
	return "http://" + s.UIAddress() + publicPath + "/"
}

// Namespace returns the namespace that is ready for use.
func (s *Server) Namespace() string { return s.namespace }

// Token returns the token that may do anything. Clients send it as `authorization: Bearer <token>`.
func (s *Server) Token() string { return s.options.Secret }

// ReaderToken returns a token that may look at one namespace, or at all with the name "", and change nothing.
func (s *Server) ReaderToken(namespace string) string {
	return readerToken(s.options.Secret, namespace)
}

// Stop ends the user interface and then the server, and returns when all is written. Stopping twice is no error. Workers
// and clients of this process are to be stopped before.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		// The services warn about each other's going away, one line per connection.
		s.level.Set(max(slog.LevelError, *s.options.LogLevel))
		if s.ui != nil {
			s.stopErr = s.ui.stop()
		}
		if s.server != nil {
			s.stopErr = errors.Join(s.stopErr, s.server.Stop())
		}
	})
	return s.stopErr
}
