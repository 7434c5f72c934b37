package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"provost/internal/config"
)

const (
	// headTimeout bounds how long a client may take for the head of its request, idleTimeout how long a quiet connection stays open.
	headTimeout = 10 * time.Second
	idleTimeout = 2 * time.Minute
)

// Site is the HTTP server of a process.
type Site struct {
	server   *http.Server
	listener net.Listener
	public   string
	drain    time.Duration
	ended    context.CancelFunc // ends streams, which would never end by themselves
	done     chan struct{}
}

// listen takes the address; nothing is answered yet.
func listen(ctx context.Context, settings config.HTTP) (*Site, error) {
	var open net.ListenConfig
	listener, err := open.Listen(ctx, "tcp", settings.Address)
	if err != nil {
		return nil, fmt.Errorf("the address %s cannot be listened on; choose another with --http (PROVOST_HTTP): %w", settings.Address, err)
	}
	return &Site{listener: listener, public: settings.PublicURL, drain: settings.DrainPeriod, done: make(chan struct{})}, nil
}

// serve answers requests from now on.
func (s *Site) serve(ctx context.Context, handler http.Handler, logger zerolog.Logger) {
	streams, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.ended = cancel
	s.server = &http.Server{
		Handler: endWith(streams, handler), ReadHeaderTimeout: headTimeout, IdleTimeout: idleTimeout,
	}
	go func() {
		defer close(s.done)
		if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			logger.Error().Err(err).Msg("the HTTP server ended by itself")
		}
	}()
}

// endWith ends the requests under way that only listen when the process stops: those for a stream of events.
func endWith(streams context.Context, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "text/event-stream" {
			handler.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(streams, cancel)()
		handler.ServeHTTP(w, r.WithContext(ctx)) //nolint:contextcheck // the request's, ended by the other
	})
}

// Address is host:port as listened on.
func (s *Site) Address() string { return s.listener.Addr().String() }

// URL is where people reach the console.
func (s *Site) URL() string {
	if s.public != "" {
		return s.public
	}
	host, port, err := net.SplitHostPort(s.Address())
	if err != nil {
		return "http://" + s.Address()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// stop lets requests under way end, within the drain period.
func (s *Site) stop(ctx context.Context) error {
	if s.server == nil {
		return s.listener.Close()
	}
	s.ended()
	ctx, cancel := context.WithTimeout(ctx, s.drain)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.server.Close() // whoever is still at it has had the time
	}
	<-s.done
	return err
}
