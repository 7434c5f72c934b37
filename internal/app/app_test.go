package app

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/config"
	"provost/internal/secret"
	"provost/internal/store"
	"provost/internal/testenv"
)

func TestCleanupEndsTheLastFirst(t *testing.T) {
	t.Parallel()
	var order []string
	var c Cleanup
	end := func(name string, err error) func(context.Context) error {
		return func(context.Context) error {
			order = append(order, name)
			return err
		}
	}
	broken := errors.New("stuck")
	c.Add("database", end("database", nil))
	c.Add("worker", end("worker", broken))
	c.Add("site", end("site", nil))
	err := c.Run(t.Context())
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "stop worker")
	require.Equal(t, []string{"site", "worker", "database"}, order)
	require.NoError(t, c.Run(t.Context()), "nothing is left")
	require.Len(t, order, 3)
}

func site(t *testing.T, handler http.HandlerFunc) *Site {
	t.Helper()
	s, err := listen(t.Context(), config.HTTP{Address: "127.0.0.1:0", DrainPeriod: 20 * time.Second})
	require.NoError(t, err)
	s.serve(t.Context(), handler, zerolog.Nop())
	return s
}

// TestSiteEndsStreamsAndLetsRequestsEnd: a stream would hold up the stop until the drain period is over, an ordinary request is let end.
func TestSiteEndsStreamsAndLetsRequestsEnd(t *testing.T) {
	t.Parallel()
	begun, finish := make(chan string, 2), make(chan struct{})
	s := site(t, func(w http.ResponseWriter, r *http.Request) {
		begun <- r.URL.Path
		if r.URL.Path == "/stream" {
			<-r.Context().Done()
			close(finish) // only now the ordinary request may end
			return
		}
		<-finish
		_, _ = io.WriteString(w, "answered")
	})
	answers := make(chan string, 2)
	for path, accept := range map[string]string{"/stream": "text/event-stream", "/request": "application/json"} {
		go func() {
			request, _ := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, s.URL()+path, nil)
			request.Header.Set("Accept", accept)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				answers <- err.Error()
				return
			}
			defer response.Body.Close()
			content, _ := io.ReadAll(response.Body)
			answers <- string(content)
		}()
	}
	<-begun
	<-begun
	require.NoError(t, s.stop(t.Context()))
	require.ElementsMatch(t, []string{"", "answered"}, []string{<-answers, <-answers})
	require.NoError(t, s.stop(t.Context()), "stopping twice is no error")
}

func TestListenSaysWhatToDoAboutATakenAddress(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = listen(t.Context(), config.HTTP{Address: taken.Addr().String()})
	require.ErrorContains(t, err, "choose another with --http (PROVOST_HTTP)")
}

func TestURLIsWhatPeopleCanOpen(t *testing.T) {
	t.Parallel()
	s, err := listen(t.Context(), config.HTTP{Address: "0.0.0.0:0"})
	require.NoError(t, err)
	defer s.listener.Close()
	_, port, err := net.SplitHostPort(s.Address())
	require.NoError(t, err)
	require.Equal(t, "http://localhost:"+port, s.URL())
	s.public = "https://idm.example.org"
	require.Equal(t, "https://idm.example.org", s.URL())
}

func TestAnswerOfANamingRule(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ann", answer(account.Name{Name: "ann"}).Name)
	for reason, name := range map[string]account.Name{
		"failed: broken": {Err: errors.New("broken")}, "by hand": {Manual: true}, "no account": {},
	} {
		got := answer(name)
		require.Empty(t, got.Name)
		require.Contains(t, got.Reason, reason)
	}
}

func TestTLSSettings(t *testing.T) {
	t.Parallel()
	none, err := (&Engine{}).tls()
	require.NoError(t, err)
	require.Nil(t, none)
	system, err := (&Engine{Temporal: config.Temporal{TLS: true}}).tls()
	require.NoError(t, err)
	require.Nil(t, system.RootCAs, "the machine's certificates")
	path := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(path, []byte("no certificate"), 0o600))
	_, err = (&Engine{Temporal: config.Temporal{CAFile: path}}).tls()
	var invalid *config.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "temporal-ca-file", invalid.Flag)
	_, err = (&Engine{Temporal: config.Temporal{CertFile: path, KeyFile: path}}).tls()
	require.ErrorContains(t, err, "read certificate for Temporal")
}

func settings(t *testing.T, url string) CoreSettings {
	t.Helper()
	return CoreSettings{
		Common:   config.Common{Data: t.TempDir()},
		Database: config.Database{URL: secret.New(url), MaxConnections: 4, ConnectTimeout: 10 * time.Second},
		Logger:   zerolog.Nop(),
	}
}

func TestCoreAsksForMigration(t *testing.T) {
	t.Parallel()
	url := testenv.Database(t, func(context.Context, string) error { return nil }, "app-empty")
	_, err := OpenCore(t.Context(), settings(t, url))
	require.ErrorIs(t, err, ErrNotMigrated)

	require.NoError(t, store.Migrate(t.Context(), url, Tenant))
	s := settings(t, url)
	core, err := OpenCore(t.Context(), s)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, core.Close(context.Background())) })
	require.FileExists(t, filepath.Join(s.Common.Data, "master.key"))

	ctx := authz.With(t.Context(), authz.System(authz.OriginSystem))
	admin, err := core.Platform.Users.Named(ctx, "admin")
	require.NoError(t, err)
	require.NotEqual(t, uuid.Nil, admin.ID)
	found, err := accounts{core.Platform.Accounts, core.Tenant.Accounts()}.Named(ctx, []string{`soffid\admin`, `soffid\nobody`})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, "admin", found[`soffid\admin`].Name)

	vault := core.Tenant.Vault(core.Secrets)
	id := uuid.New()
	require.NoError(t, vault.Put(ctx, id, "sample-secret"))
	opened, err := revealer{vault}.Reveal(ctx, id)
	require.NoError(t, err)
	require.Equal(t, "sample-secret", opened, "the plain text, not its mask")
}
