package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/simulate"
)

// fakeTemporal is the embedded server of these tests: it notes how it was started.
type fakeTemporal struct {
	options *TemporalOptions
	err     error
	stopped int
	played  *simulate.Request
}

func (f *fakeTemporal) StartTemporal(_ context.Context, o TemporalOptions) (TemporalServer, error) {
	f.options = &o
	return f, f.err
}

func (f *fakeTemporal) Simulate(_ context.Context, _ simulate.Scripts, r simulate.Request) (simulate.Result, error) {
	f.played = &r
	return simulate.Result{Status: simulate.Completed}, f.err
}

func (f *fakeTemporal) Address() string             { return "127.0.0.1:7233" }
func (f *fakeTemporal) UIAddress() string           { return "127.0.0.1:8233" }
func (f *fakeTemporal) UIURL() string               { return "http://127.0.0.1:8233/temporal/" }
func (f *fakeTemporal) Namespace() string           { return f.options.Namespace }
func (f *fakeTemporal) Token() string               { return "all" }
func (f *fakeTemporal) ReaderToken(n string) string { return "reader-of-" + n }
func (f *fakeTemporal) Stop() error                 { f.stopped++; return nil }

// clearEnvironment leaves no setting of the machine to these tests.
func clearEnvironment(t *testing.T) {
	t.Helper()
	for _, name := range []string{"PROVOST_DATABASE_URL", "PROVOST_TEMPORAL_ADDRESS", "PROVOST_TEMPORAL_NAMESPACE", "PROVOST_TEMPORAL_TOKEN"} {
		t.Setenv(name, "") // brought back at the end of the test
		require.NoError(t, os.Unsetenv(name))
	}
}

// call runs a command whose context has ended already, so that whatever starts stops at once.
func call(t *testing.T, embedded Embedded, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, said bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code = run(ctx, args, &process{stdin: strings.NewReader(""), stdout: &out, stderr: &said, embedded: embedded})
	return code, out.String(), said.String()
}

// No t.Parallel: the environment belongs to the whole process.
func TestExitCodes(t *testing.T) {
	clearEnvironment(t)
	for name, c := range map[string]struct {
		args     []string
		embedded Embedded
		code     int
		said     string
	}{
		"nothing":                   {nil, nil, exitUsage, "expected one of"},
		"unknown command":           {[]string{"fly"}, nil, exitUsage, "unexpected argument fly"},
		"unknown flag":              {[]string{"serve", "--wings"}, nil, exitUsage, "unknown flag --wings"},
		"bad setting":               {[]string{"serve", "--log-level", "loud"}, nil, exitUsage, "--log-level (PROVOST_LOG_LEVEL)"},
		"bad setting of dev":        {[]string{"dev", "--http", "here"}, nil, exitUsage, "--http (PROVOST_HTTP)"},
		"bad setting of worker":     {[]string{"worker", "--temporal-address", "x"}, nil, exitUsage, "--temporal-address (PROVOST_TEMPORAL_ADDRESS)"},
		"bad setting of token":      {[]string{"token", "create", "--user", "a", "--database-url", "mysql://h"}, nil, exitUsage, "must be of the form postgres://"},
		"serve without database":    {[]string{"serve"}, &fakeTemporal{}, exitUsage, "--database-url (PROVOST_DATABASE_URL) is needed"},
		"lean serve without engine": {[]string{"serve", "--database-url", "postgres://h/d"}, nil, exitUsage, "--temporal-address (PROVOST_TEMPORAL_ADDRESS) is needed"},
		"api without anything":      {[]string{"api"}, nil, exitUsage, "--temporal-address (PROVOST_TEMPORAL_ADDRESS) is needed"},
		"worker without anything":   {[]string{"worker"}, nil, exitUsage, "is needed"},
		"agent without server":      {[]string{"agent"}, nil, exitUsage, "missing flags: --server=NAME"},
		"migrate without database":  {[]string{"migrate", "up"}, nil, exitUsage, "--database-url (PROVOST_DATABASE_URL) is needed"},
		"status without database":   {[]string{"migrate", "status"}, nil, exitUsage, "--database-url (PROVOST_DATABASE_URL) is needed"},
		"token without user":        {[]string{"token", "create"}, nil, exitUsage, "missing flags: --user=NAME"},
		"token for ever and a day":  {[]string{"token", "create", "--user", "a", "--expires", "late"}, nil, exitUsage, "neither a duration such as 30d"},
		"lean temporal":             {[]string{"temporal", "--memory"}, nil, exitUsage, "use the full binary provost"},
		"temporal without store":    {[]string{"temporal"}, &fakeTemporal{}, exitUsage, "give --database URL (PROVOST_DATABASE_URL), or --memory"},
		"temporal refused":          {[]string{"temporal", "--memory"}, &fakeTemporal{err: errors.New("no port")}, exitRefused, "no port"},
		"no such database":          {[]string{"migrate", "status", "--database-url", "postgres://127.0.0.1:1/d"}, nil, exitRefused, "reach database"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := call(t, c.embedded, c.args...)
			require.Equal(t, c.code, code, stderr)
			require.Contains(t, stderr+stdout, c.said)
		})
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	t.Parallel()
	for _, command := range []string{
		"", "dev", "serve", "api", "worker", "agent", "temporal", "migrate", "migrate up", "migrate status", "token", "token create", "version",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			code, stdout, _ := call(t, nil, append(strings.Fields(command), "--help")...)
			require.Equal(t, exitDone, code)
			require.Contains(t, stdout, "Usage: provost")
			require.NotContains(t, stdout, "script-host", "it is not for people")
		})
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	code, stdout, _ := call(t, nil, "version", "--json")
	require.Zero(t, code)
	var said struct {
		Version          string `json:"version"`
		EmbeddedTemporal bool   `json:"embeddedTemporal"`
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &said))
	require.Equal(t, Version, said.Version)
	require.False(t, said.EmbeddedTemporal)
	_, stdout, _ = call(t, nil, "version")
	require.Contains(t, stdout, "provost "+Version)
}

// No t.Parallel: the environment belongs to the whole process.
func TestTemporalTellsWhereItListens(t *testing.T) {
	clearEnvironment(t)
	embedded := &fakeTemporal{}
	code, stdout, _ := call(t, embedded, "temporal", "--memory", "--json", "--token", "t0")
	require.Zero(t, code)
	require.JSONEq(t, `{"temporalAddress":"127.0.0.1:7233","temporalUI":"http://127.0.0.1:8233/temporal/","namespace":"provost","token":"all"}`, stdout)
	require.Equal(t, 1, embedded.stopped)
	require.Empty(t, embedded.options.Address, "a free port")
	require.True(t, embedded.options.OpenUI)
	require.Equal(t, "t0", embedded.options.Secret)

	t.Setenv("PROVOST_DATABASE_URL", "postgres://h/d")
	code, stdout, _ = call(t, embedded, "temporal")
	require.Zero(t, code)
	require.Contains(t, stdout, "token: all")
	require.Equal(t, "postgres://h/d", embedded.options.Database)
	require.Equal(t, temporalAddress, embedded.options.Address)
	require.Equal(t, temporalUIAddress, embedded.options.UIAddress)
	require.False(t, embedded.options.OpenUI)

	call(t, embedded, "temporal", "--memory")
	require.Empty(t, embedded.options.Database, "--memory wins over the environment")
}

// No t.Parallel: the environment belongs to the whole process.
func TestServeStopsTheEngineWhenItCannotStart(t *testing.T) {
	clearEnvironment(t)
	embedded := &fakeTemporal{}
	code, _, stderr := call(t, embedded, "serve", "--database-url", "postgres://127.0.0.1:1/d", "--http", "127.0.0.1:0", "--data", t.TempDir())
	require.Equal(t, exitRefused, code, stderr)
	require.Equal(t, 1, embedded.stopped)
	require.False(t, embedded.options.OpenUI, "only dev opens the user interface to everybody")
}

func TestUntilInputEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := untilInputEnds(t.Context(), strings.NewReader("not a pipe"))
	defer cancel()
	require.NoError(t, ctx.Err())
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	for text, expected := range map[string]time.Time{
		"30d": now.AddDate(0, 0, 30), "12h": now.Add(12 * time.Hour), "2027-01-31": time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC),
	} {
		at, err := expiryOf(text, now)
		require.NoError(t, err)
		require.Equal(t, expected, at)
	}
	for _, text := range []string{"", "d", "-1d", "-5m", "0s", "tomorrow", "2027-13-01"} {
		_, err := expiryOf(text, now)
		require.Error(t, err, text)
	}
}

func TestScriptHostServesUntilItsInputEnds(t *testing.T) {
	t.Parallel()
	require.Zero(t, run(t.Context(), []string{"script-host"}, &process{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}))
}
