// Package testenv gives tests the real servers: PostgreSQL with a fresh database per test, Temporal, and a directory.
// Everything starts at the first use, is shared as widely as is safe, and ends by itself.
//
//   - PostgreSQL is one server for all test processes of an account. It lives in the temporary folder without durability,
//     is made anew by the first process that needs it and ends with the last.
//   - Temporal is one server per test process, in memory, a child from bin/provost: use a random task queue per test.
//   - A directory belongs to one test.
package testenv

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/ldapdev"
)

// stopTimeout bounds how long a server may take to stop at the end of a test.
const stopTimeout = 20 * time.Second

// Slapd starts a directory for one test, in a temporary folder unless opts name one. It is stopped at the end of the test.
func Slapd(tb testing.TB, opts ldapdev.Options) *ldapdev.Server {
	tb.Helper()
	if opts.Dir == "" {
		opts.Dir = tb.TempDir()
	}
	server, err := ldapdev.Start(tb.Context(), opts)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		require.NoError(tb, server.Stop(ctx))
	})
	return server
}
