package logging_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/logging"
	"provost/internal/secret"
)

const planted = "hunter2-planted"

func record(t *testing.T) (*bytes.Buffer, func() map[string]any) {
	t.Helper()
	var out bytes.Buffer
	return &out, func() map[string]any {
		var line map[string]any
		require.NoError(t, json.Unmarshal(out.Bytes(), &line), out.String())
		return line
	}
}

func TestSecretFieldsAreRedacted(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"password", "user_password", "newPassword", "PASSWORD", "api_token", "apiToken", "client-secret",
		"Authorization", "set-cookie", "private_key", "masterKey", "api_key", "apikey", "ldap.bind.password",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, line := record(t)
			log, err := logging.New(out, logging.Options{})
			require.NoError(t, err)
			log.Info().Str("before", "b").Str(name, planted).
				Any("nested", map[string]any{"list": []any{map[string]any{name: []string{planted}}, 1, true, nil}}).
				Str("after", "a").Msg("user logged in")
			require.NotContains(t, out.String(), planted)
			got := line()
			require.Equal(t, "•••", got[name])
			require.Equal(t, "b", got["before"])
			require.Equal(t, "a", got["after"])
			require.Equal(t, "user logged in", got["message"])
			require.Equal(t, 1, strings.Count(out.String(), "\n"))
		})
	}
}

func TestOtherFieldsPass(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"token_id", "password_domain", "secretId", "key", "user_name", "cookie_count", "keyboard"} {
		out, line := record(t)
		log, err := logging.New(out, logging.Options{})
		require.NoError(t, err)
		log.Info().Str(name, "kept <&> ñ").Uint64("n", 12345678901234567).Send()
		require.Equal(t, "kept <&> ñ", line()[name])
		require.Contains(t, out.String(), "12345678901234567")
	}
}

func TestPasswordsOfAddressesAreRedacted(t *testing.T) {
	t.Parallel()
	out, line := record(t)
	log, err := logging.New(out, logging.Options{})
	require.NoError(t, err)
	address := (&url.URL{Scheme: "postgres", User: url.UserPassword("ann", planted), Host: "db.example.com", Path: "/p"}).String()
	log.Error().Err(errors.New("dial "+address+": refused")).Str("url", address).Msg("cannot connect to " + address)
	require.NotContains(t, out.String(), planted)
	require.Equal(t, "postgres://ann:•••@db.example.com/p", line()["url"])
	require.Equal(t, "dial postgres://ann:•••@db.example.com/p: refused", line()["error"])
}

func TestSlogAndTemporalGoThroughTheSameNet(t *testing.T) {
	t.Parallel()
	out, line := record(t)
	log, err := logging.New(out, logging.Options{Level: "warn"})
	require.NoError(t, err)
	temporal := logging.Temporal(log)
	temporal.Info("too quiet", "password", planted)
	require.Empty(t, out.String())
	temporal.Error("activity failed", "WorkflowID", "process/1", "Password", planted, "value", secret.New(planted))
	require.NotContains(t, out.String(), planted)
	require.Equal(t, "process/1", line()["WorkflowID"])
	require.Equal(t, "temporal", line()["component"])
	require.Equal(t, "error", line()["level"])

	out.Reset()
	logging.Slog(log).With("token", planted).Warn("x")
	require.NotContains(t, out.String(), planted)
}

func TestConsole(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := logging.New(&out, logging.Options{Format: logging.FormatConsole, NoColor: true})
	require.NoError(t, err)
	log.Info().Str("password", planted).Str("user", "ann").Msg("user logged in")
	require.Contains(t, out.String(), "INF user logged in password=\"•••\" user=ann")
	require.NotContains(t, out.String(), planted)
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	_, err := logging.New(&bytes.Buffer{}, logging.Options{Level: "loud"})
	require.ErrorContains(t, err, "loud")
	_, err = logging.New(&bytes.Buffer{}, logging.Options{Format: "xml"})
	require.ErrorContains(t, err, `"xml"`)
}

func TestLinesOfManyWritersStayWhole(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := logging.New(&out, logging.Options{})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				log.Info().Str("password", planted).Msg("x")
			}
		})
	}
	wg.Wait()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 400)
	for _, line := range lines {
		require.True(t, json.Valid([]byte(line)), line)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestBrokenSinkDoesNotPanic(t *testing.T) {
	t.Parallel()
	log, err := logging.New(brokenWriter{}, logging.Options{})
	require.NoError(t, err)
	require.NotPanics(t, func() { log.Info().Msg("x") })
}

func FuzzRedactionKeepsLinesWhole(f *testing.F) {
	f.Add("password", "value")
	f.Add("a", "://u:p@h")
	f.Add("\xff", "\x00\u2028")
	f.Fuzz(func(t *testing.T, name, value string) {
		out, _ := record(t)
		log, err := logging.New(out, logging.Options{})
		require.NoError(t, err)
		log.Info().Str(name, value).Str("secret", planted).Send()
		require.True(t, json.Valid(out.Bytes()), out.String())
		if !strings.Contains(name+value, planted) {
			require.NotContains(t, out.String(), planted)
		}
	})
}
