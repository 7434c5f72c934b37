// Package scripttest gives tests of any package a real script host: the test binary runs itself as the child process.
//
//	func TestMain(m *testing.M) { scripttest.Main(m) }
package scripttest

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/script"
)

// argument makes a test binary a script host.
const argument = "script-host"

// Main runs the tests, or serves scripts when the binary was started by New. It does not return.
func Main(m *testing.M) {
	ServeIfAsked()
	os.Exit(m.Run())
}

// ServeIfAsked serves scripts and ends the process when the binary was started by New; otherwise it returns. It is
// for test packages whose TestMain has other things to do; call it first.
func ServeIfAsked() {
	if len(os.Args) != 2 || os.Args[1] != argument {
		return
	}
	if err := script.ServeHost(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Command is the argument vector that runs this test binary as a script host.
func Command(tb testing.TB) []string {
	tb.Helper()
	binary, err := os.Executable()
	require.NoError(tb, err)
	return []string{binary, argument}
}

// New starts a host for the length of the test. Options.Command is filled in; without a size it has one process.
func New(tb testing.TB, options script.Options) *script.Host {
	tb.Helper()
	options.Command = Command(tb)
	if options.Size == 0 {
		options.Size = 1
	}
	host, err := script.NewHost(options)
	require.NoError(tb, err)
	tb.Cleanup(host.Close)
	return host
}
