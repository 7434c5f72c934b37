package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"provost/internal/config"
)

type settings struct {
	config.Common
	config.Database
	config.Temporal
	config.HTTP
	config.Gateway
}

func parse(t *testing.T, args ...string) (*settings, error) {
	t.Helper()
	s := &settings{}
	parser, err := kong.New(s, kong.Name("provost"), kong.Exit(func(int) {}))
	require.NoError(t, err)
	_, err = parser.Parse(args)
	return s, err //nolint:wrapcheck // the tests look at kong's own error
}

func TestEveryFlagHasItsTwinInTheEnvironment(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	all := reflect.TypeFor[settings]()
	for group := range all.Fields() {
		for field := range group.Type.Fields() {
			flag, env := field.Tag.Get("name"), field.Tag.Get("env")
			require.NotEmpty(t, flag, field.Name)
			require.Equal(t, config.EnvName(flag), env, field.Name)
			require.True(t, strings.HasSuffix(field.Tag.Get("help"), "."), "help of %s is no sentence", flag)
			seen[env] = true
		}
	}
	for _, name := range []string{
		"DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "DATA", "HTTP", "MASTER_KEY_FILE",
		"PG_BIN", "GATEWAY", "LOG_LEVEL", "LOG_FORMAT",
	} {
		require.True(t, seen["PROVOST_"+name], "the contract promises PROVOST_%s", name)
	}
}

func TestDefaultsServe(t *testing.T) {
	t.Parallel()
	s, err := parse(t)
	require.NoError(t, err)
	require.Equal(t, "info", s.LogLevel)
	require.Equal(t, "127.0.0.1:8080", s.HTTP.Address)
	require.Equal(t, "provost", s.Namespace)
	require.ErrorContains(t, s.Database.Required(), "--database-url (PROVOST_DATABASE_URL) is needed")
	require.ErrorContains(t, s.Temporal.Required(), "--temporal-address (PROVOST_TEMPORAL_ADDRESS) is needed")
}

// No t.Parallel: the environment belongs to the whole process.
func TestEnvironmentIsRead(t *testing.T) {
	t.Setenv("PROVOST_DATABASE_URL", "postgres://ann:secret@db.example.com/provost")
	t.Setenv("PROVOST_TEMPORAL_ADDRESS", "temporal.example.com:7233")
	t.Setenv("PROVOST_HTTP", ":9090")
	t.Setenv("PROVOST_LOG_FORMAT", "console")
	s, err := parse(t, "--http", "127.0.0.1:0")
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:0", s.HTTP.Address, "a flag wins over the environment")
	require.Equal(t, "console", s.LogFormat)
	require.Equal(t, "postgres://ann:secret@db.example.com/provost", s.URL.Reveal())
	require.NotContains(t, fmt.Sprintf("%v %+v", s, *s), "secret@")
	require.NoError(t, s.Database.Required())
	require.NoError(t, s.Temporal.Required())
}

func TestBadSettingsAreNamed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"level":       {[]string{"--log-level=loud"}, `--log-level (PROVOST_LOG_LEVEL) is "loud", but must be one of trace`},
		"format":      {[]string{"--log-format=xml"}, `--log-format (PROVOST_LOG_FORMAT) is "xml"`},
		"no port":     {[]string{"--http=localhost"}, `is "localhost", but must be host:port, such as 127.0.0.1:8080`},
		"big port":    {[]string{"--http=localhost:70000"}, "must be host:port"},
		"no address":  {[]string{"--http="}, "--http (PROVOST_HTTP) must not be empty"},
		"other db":    {[]string{"--database-url=mysql://ann:hunter2@host/db"}, "must be of the form postgres://"},
		"broken url":  {[]string{"--database-url=postgres://ann:hunter2%zz@host/db"}, "must be of the form postgres://"},
		"connections": {[]string{"--database-max-connections=1"}, "is 1, but must be at least 2"},
		"timeout":     {[]string{"--database-connect-timeout=0s"}, "must be longer than zero"},
		"half a pair": {[]string{"--temporal-key-file=k.pem"}, "--temporal-key-file (PROVOST_TEMPORAL_KEY_FILE) needs --temporal-cert-file"},
		"other half":  {[]string{"--temporal-cert-file=c.pem"}, "needs --temporal-key-file (PROVOST_TEMPORAL_KEY_FILE)"},
		"clear text":  {[]string{"--temporal-api-key=hunter2"}, "would travel in clear text"},
		"public url":  {[]string{"--public-url=idm.example.com"}, "must be an address such as https://"},
		"gateway":     {[]string{"--gateway=ftp://x.example.com"}, "--gateway (PROVOST_GATEWAY)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, tc.args...)
			require.ErrorContains(t, err, tc.want)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestSeveralFaultsComeTogether(t *testing.T) {
	t.Parallel()
	err := (&config.Common{LogLevel: "x", LogFormat: "y"}).Validate()
	require.ErrorContains(t, err, "--log-level")
	require.ErrorContains(t, err, "--log-format")
	var invalid *config.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "log-level", invalid.Flag)
}

// No t.Parallel: the environment belongs to the whole process.
func TestDataFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_DATA_HOME", "")
	c := &config.Common{}
	requireDir := func(want string) {
		t.Helper()
		dir, err := c.DataDir()
		require.NoError(t, err)
		require.Equal(t, want, dir)
		key, err := c.KeyFile()
		require.NoError(t, err)
		require.Equal(t, filepath.Join(want, "master.key"), key)
	}
	requireDir(filepath.Join(home, ".local", "share", "provost"))

	t.Setenv("XDG_DATA_HOME", filepath.Join(home, "xdg"))
	requireDir(filepath.Join(home, "xdg", "provost"))

	cwd, err := os.Getwd()
	require.NoError(t, err)
	c.Data = "here"
	requireDir(filepath.Join(cwd, "here"))

	c.MasterKeyFile = "/etc/provost/master.key"
	key, err := c.KeyFile()
	require.NoError(t, err)
	require.Equal(t, "/etc/provost/master.key", key)

	t.Setenv("HOME", "")
	t.Setenv("XDG_DATA_HOME", "")
	c.Data = ""
	_, err = c.DataDir()
	require.ErrorContains(t, err, "--data (PROVOST_DATA) must be given")
}
