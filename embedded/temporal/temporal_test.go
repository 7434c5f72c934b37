package temporal_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	sdktemporal "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"provost/embedded/temporal"
	"provost/internal/pgdev"
)

type bearer string

func (b bearer) GetHeaders(context.Context) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

func start(t *testing.T, opts temporal.Options) *temporal.Server {
	t.Helper()
	server, err := temporal.Start(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server
}

func dial(t *testing.T, server *temporal.Server, token string) client.Client {
	t.Helper()
	connection, err := client.DialContext(t.Context(), client.Options{
		HostPort: server.Address(), Namespace: server.Namespace(), HeadersProvider: bearer(token),
		Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(t, err)
	t.Cleanup(connection.Close)
	return connection
}

// greet is a workflow that waits for a signal.
func greet(ctx workflow.Context, name string) (string, error) {
	workflow.GetSignalChannel(ctx, "go").Receive(ctx, nil)
	return "hello " + name, nil
}

// begin starts a worker and one workflow that carries a search attribute.
func begin(t *testing.T, connection client.Client, queue string) client.WorkflowRun {
	t.Helper()
	startWorker(t, connection, queue)
	kind := sdktemporal.NewSearchAttributeKeyKeyword("ProvostKind")
	run, err := connection.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: queue, TaskQueue: queue, TypedSearchAttributes: sdktemporal.NewSearchAttributes(kind.ValueSet(queue)),
	}, "greet", "Anna")
	require.NoError(t, err)
	return run
}

func startWorker(t *testing.T, connection client.Client, queue string) worker.Worker {
	t.Helper()
	w := worker.New(connection, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(greet, workflow.RegisterOptions{Name: "greet"})
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	return w
}

func finish(t *testing.T, connection client.Client, id string) {
	t.Helper()
	require.NoError(t, connection.SignalWorkflow(t.Context(), id, "", "go", nil))
	var answer string
	require.NoError(t, connection.GetWorkflow(t.Context(), id, "").Get(t.Context(), &answer))
	require.Equal(t, "hello Anna", answer)
}

func TestMemoryServerRunsWorkflows(t *testing.T) {
	t.Parallel()
	server := start(t, temporal.Options{})
	require.Equal(t, temporal.DefaultNamespace, server.Namespace())
	require.Empty(t, server.UIAddress())
	require.Empty(t, server.UIURL())
	connection := dial(t, server, server.Token())
	begin(t, connection, "memory")
	listed := func() bool {
		found, err := connection.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: "ProvostKind = 'memory'"})
		return err == nil && found.GetCount() == 1
	}
	require.Eventually(t, listed, 10*time.Second, 20*time.Millisecond)
	finish(t, connection, "memory")

	described, err := connection.WorkflowService().DescribeNamespace(t.Context(),
		&workflowservice.DescribeNamespaceRequest{Namespace: server.Namespace()})
	require.NoError(t, err)
	require.Equal(t, temporal.DefaultRetention, described.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
	require.Len(t, described.GetConfig().GetCustomSearchAttributeAliases(), len(temporal.SearchAttributes))
}

func TestServersInMemoryAreApart(t *testing.T) {
	t.Parallel()
	one, two := start(t, temporal.Options{}), start(t, temporal.Options{Namespace: "other"})
	require.NotEqual(t, one.Address(), two.Address())
	require.NotEqual(t, one.Token(), two.Token())
	_, err := dial(t, two, two.Token()).WorkflowService().DescribeNamespace(t.Context(),
		&workflowservice.DescribeNamespaceRequest{Namespace: one.Namespace()})
	require.ErrorContains(t, err, "not found")
}

func TestPostgresServerGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	database := postgres(t)
	first, err := temporal.Start(t.Context(), temporal.Options{Database: database})
	require.NoError(t, err)
	func() {
		connection, err := client.Dial(client.Options{HostPort: first.Address(), Namespace: first.Namespace(), HeadersProvider: bearer(first.Token())})
		require.NoError(t, err)
		defer connection.Close()
		_, err = connection.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "kept", TaskQueue: "kept"}, "greet", "Anna")
		require.NoError(t, err)
	}()
	require.NoError(t, first.Stop())

	// One attribute more than before: it is added to the namespace that exists.
	second := start(t, temporal.Options{Database: database, Attributes: append([]string{"ProvostExtra"}, temporal.SearchAttributes...)})
	connection := dial(t, second, second.Token())
	_, err = connection.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: "ProvostExtra = 'x'"})
	require.NoError(t, err)
	startWorker(t, connection, "kept")
	finish(t, connection, "kept")
}

// postgres starts a PostgreSQL server for one test, reached by its socket. Its account cannot reach the folder of the test.
func postgres(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "embedded-test-") //nolint:usetesting // see above
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	server, err := pgdev.Start(t.Context(), pgdev.Options{Dir: filepath.Join(dir, "pg"), Ephemeral: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop(context.Background())) })
	return server.URL("postgres")
}

func TestTokens(t *testing.T) {
	t.Parallel()
	server := start(t, temporal.Options{Secret: "sample-secret"})
	require.Equal(t, "sample-secret", server.Token())
	reader := server.ReaderToken(server.Namespace())
	for name, c := range map[string]struct {
		token       string
		read, write bool
	}{
		"secret":                       {"sample-secret", true, true},
		"reader":                       {reader, true, false},
		"reader of all":                {server.ReaderToken(""), true, false},
		"reader of another namespace":  {server.ReaderToken("other"), false, false},
		"reader with changed name":     {strings.Replace(server.ReaderToken("other"), "other", server.Namespace(), 1), false, false},
		"reader with a changed letter": {reader[:len(reader)-1] + "x", false, false},
		"wrong":                        {"sample-secret2", false, false},
		"reader of nothing":            {"reader.", false, false},
		"reader without signature":     {"reader." + server.Namespace(), false, false},
		"empty":                        {"", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connection := dial(t, server, c.token)
			_, err := connection.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{})
			requireAllowed(t, c.read, err)
			_, err = connection.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: "tokens"}, "greet", name)
			requireAllowed(t, c.write, err)
		})
	}
}

func requireAllowed(t *testing.T, allowed bool, err error) {
	t.Helper()
	if allowed {
		require.NoError(t, err)
		return
	}
	require.ErrorContains(t, err, "unauthorized")
}

func TestUserInterfaceReadsOnly(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]bool{"open": true, "closed": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, temporal.Options{UIAddress: "127.0.0.1:0", OpenUI: open})
			status, page := get(t, server.UIURL(), "")
			require.Equal(t, http.StatusOK, status)
			require.Contains(t, page, "<html")

			workflows := "http://" + server.UIAddress() + "/temporal/api/v1/namespaces/" + server.Namespace() + "/workflows"
			status, body := get(t, workflows, "")
			if open {
				require.Equal(t, http.StatusOK, status, body)
			} else {
				require.Equal(t, http.StatusForbidden, status, body)
			}
			status, body = get(t, workflows, "Bearer "+server.ReaderToken(server.Namespace()))
			require.Equal(t, http.StatusOK, status, body)
			for path, expected := range map[string]int{
				"settings": http.StatusOK, "cluster-info": http.StatusOK, "system-info": http.StatusOK,
				"namespaces/" + server.Namespace(): http.StatusOK, "namespaces": http.StatusForbidden,
			} {
				address := "http://" + server.UIAddress() + "/temporal/api/v1/" + path
				status, body = get(t, address, "Bearer "+server.ReaderToken(server.Namespace()))
				require.Equal(t, expected, status, "%s: %s", path, body)
				status, body = get(t, address, "Bearer "+server.ReaderToken(""))
				require.Equal(t, http.StatusOK, status, "%s: %s", path, body)
			}
		})
	}
}

func get(t *testing.T, address, authorization string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, taken.Close()) })
	many := strings.Split("a b c d e f g h i j k", " ")
	for name, c := range map[string]struct {
		opts     temporal.Options
		expected string
	}{
		"a taken port":         {temporal.Options{Address: taken.Addr().String()}, "address already in use"},
		"a taken UI port":      {temporal.Options{UIAddress: taken.Addr().String()}, "address already in use"},
		"an address of nobody": {temporal.Options{Address: "nowhere"}, `address "nowhere"`},
		"a database of others": {temporal.Options{Database: "mysql://u:secret-word@h/d"}, "must be a URL such as postgres://"},
		"a dead database":      {temporal.Options{Database: "postgres://u:secret-word@127.0.0.1:1/d"}, "prepare database temporal"},
		"too many attributes":  {temporal.Options{Attributes: many}, "more than 10 search attributes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := temporal.Start(t.Context(), c.opts)
			require.ErrorContains(t, err, c.expected)
			require.NotContains(t, err.Error(), "secret-word")
		})
	}
}

func TestLogIsQuietByDefault(t *testing.T) {
	t.Parallel()
	var quiet, chatty bytes.Buffer
	debug := slog.LevelDebug
	one, err := temporal.Start(t.Context(), temporal.Options{Logger: slog.New(slog.NewTextHandler(&quiet, nil))})
	require.NoError(t, err)
	two, err := temporal.Start(t.Context(), temporal.Options{
		Logger: slog.New(slog.NewTextHandler(&chatty, &slog.HandlerOptions{Level: debug})), LogLevel: &debug,
	})
	require.NoError(t, err)
	require.NoError(t, one.Stop())
	require.NoError(t, one.Stop(), "stopping twice is no error")
	require.NoError(t, two.Stop())

	require.Contains(t, quiet.String(), "Temporal is running")
	require.LessOrEqual(t, strings.Count(quiet.String(), "\n"), 3, quiet.String())
	require.Greater(t, strings.Count(chatty.String(), "\n"), 20)
}

func TestSearchAttributesFitIntoANamespace(t *testing.T) {
	t.Parallel()
	require.LessOrEqual(t, len(temporal.SearchAttributes), 10)
}
