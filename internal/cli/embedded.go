package cli

import (
	"context"
	"log/slog"

	"provost/internal/simulate"
)

// Embedded is what only the full binary can do. It is nil in the lean one.
type Embedded interface {
	// StartTemporal starts a Temporal server inside this process and returns when workflows can be started. ctx bounds the start only.
	StartTemporal(ctx context.Context, options TemporalOptions) (TemporalServer, error)
	// Simulate plays a process definition through the real workflow, with nothing behind it.
	Simulate(ctx context.Context, scripts simulate.Scripts, request simulate.Request) (simulate.Result, error)
}

// TemporalOptions say how the embedded Temporal server runs.
type TemporalOptions struct {
	// Database is the URL of the PostgreSQL server it keeps everything in; empty means memory.
	Database string
	// Address and UIAddress are host:port; port 0 takes a free one, and an empty UIAddress means no user interface.
	Address, UIAddress string
	// OpenUI lets everybody on this machine read in the user interface without a token.
	OpenUI bool
	// Namespace is registered when it is missing.
	Namespace string
	// Secret is the token that may do anything; drawn at random when empty.
	Secret string
	Logger *slog.Logger
}

// TemporalServer is a running embedded server.
type TemporalServer interface {
	// Address is host:port of the frontend.
	Address() string
	// UIAddress is host:port of the user interface, UIURL the address of its first page; both empty without one.
	UIAddress() string
	UIURL() string
	Namespace() string
	// Token may do anything, ReaderToken may look at one namespace.
	Token() string
	ReaderToken(namespace string) string
	// Stop returns when everything is written. Workers and clients of this process are stopped before.
	Stop() error
}
