package worker_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"provost/internal/app"
	"provost/internal/config"
	"provost/internal/script/scripttest"
	"provost/internal/secret"
)

// asWorker is the variable that makes the test binary a worker process.
const asWorker = "PROVOST_TEST_WORKER"

// childSettings is what a worker process of the test is told.
type childSettings struct {
	Server     string   `json:"server"`
	Database   string   `json:"database"`
	KeyFile    string   `json:"keyFile"`
	Address    string   `json:"address"`
	Namespace  string   `json:"namespace"`
	Token      string   `json:"token"`
	ScriptHost []string `json:"scriptHost"`
	Core       bool     `json:"core"`
	API        bool     `json:"api"` // serves the interface instead of working
}

// workIfAsked runs a whole process of the platform, as the command does, until it is stopped or killed.
func workIfAsked() {
	text := os.Getenv(asWorker)
	if text == "" {
		return
	}
	var s childSettings
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		panic(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	settings := app.Settings{
		Common:     config.Common{MasterKeyFile: s.KeyFile},
		Database:   config.Database{URL: secret.New(s.Database), MaxConnections: 12, ConnectTimeout: 30 * time.Second},
		Engine:     app.Engine{Temporal: config.Temporal{Address: s.Address, Namespace: s.Namespace}, Token: secret.New(s.Token)},
		ScriptHost: s.ScriptHost, Version: "test",
		Logger: zerolog.New(os.Stderr).Level(zerolog.WarnLevel).With().Timestamp().Str("server", s.Server).Logger(),
	}
	if s.API {
		settings.HTTP = &config.HTTP{Address: "127.0.0.1:0", DrainPeriod: time.Second}
	} else {
		settings.Worker = &app.WorkerSettings{Server: s.Server, Core: s.Core}
	}
	started, err := app.Start(ctx, settings)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stdout, "ready "+started.URL())
	<-ctx.Done()
	if err := started.Close(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(0)
}

// child is a worker process, or one with the interface.
type child struct {
	t       *testing.T
	cmd     *exec.Cmd
	url     string // of the interface
	stopped bool
}

// startChild starts a process and waits until it works. Its log is shown when the test fails.
func startChild(t *testing.T, s childSettings) *child {
	t.Helper()
	s.ScriptHost = scripttest.Command(t)
	text, err := json.Marshal(s)
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), asWorker+"="+string(text))
	log, err := os.Create(filepath.Join(t.TempDir(), "worker.log"))
	require.NoError(t, err)
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	c := &child{t: t, cmd: cmd}
	t.Cleanup(func() {
		c.kill()
		if t.Failed() {
			if text, err := os.ReadFile(log.Name()); err == nil {
				t.Logf("log of %s:\n%s", s.Server, text)
			}
		}
		_ = log.Close()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		text, _ := os.ReadFile(log.Name())
		require.NoError(t, err, "the worker ended at once: %s", text)
	}
	url, ready := strings.CutPrefix(line, "ready ")
	require.True(t, ready, line)
	c.url = strings.TrimSpace(url)
	return c
}

// kill ends the process without a warning.
func (c *child) kill() {
	if c.stopped {
		return
	}
	c.stopped = true
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// signal sends SIGSTOP or SIGCONT.
func (c *child) signal(s syscall.Signal) {
	c.t.Helper()
	require.NoError(c.t, c.cmd.Process.Signal(s))
}
