package testenv

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/pgdev/child"
)

// ErrNotBuilt says that the binary with the Temporal server is missing.
var ErrNotBuilt = errors.New("bin/provost is missing: make build first, or name the binary in PROVOST_BIN")

// temporalServer is what `provost temporal --json` prints, see design/contract.md.
type temporalServer struct {
	Address   string `json:"temporalAddress"`
	Namespace string `json:"namespace"`
	Token     string `json:"token"`
}

// Temporal returns the Temporal server of this test process, started at the first call: its address, the token that each
// call must carry as `authorization: Bearer <token>`, and its namespace, which has the search attributes of the platform.
// Workflows are in memory and end with the process. The binary is the one named in PROVOST_BIN, otherwise bin/provost of
// the repository; a missing one fails the test.
func Temporal(tb testing.TB) (address, token, namespace string) {
	tb.Helper()
	server, err := processTemporal()
	require.NoError(tb, err, "the Temporal server for tests")
	return server.Address, server.Token, server.Namespace
}

var processTemporal = sync.OnceValues(func() (*temporalServer, error) { //nolint:gochecknoglobals // one server per process
	program, err := findProgram()
	if err != nil {
		return nil, err
	}
	return startTemporal(program)
})

// findProgram returns PROVOST_BIN or bin/provost of the root module that the working folder is in.
func findProgram() (string, error) {
	if named := os.Getenv("PROVOST_BIN"); named != "" {
		return named, nil
	}
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		program := filepath.Join(folder, "bin", "provost")
		if info, err := os.Stat(program); err == nil && info.Mode().IsRegular() {
			return program, nil
		}
		if module, err := os.ReadFile(filepath.Join(folder, "go.mod")); err == nil && strings.HasPrefix(string(module), "module provost\n") {
			return "", ErrNotBuilt
		}
	}
	return "", ErrNotBuilt
}

// startTemporal starts the server as a child that ends with this process: by the death signal, and where there is none by
// the end of its input.
func startTemporal(program string) (*temporalServer, error) {
	input, hold, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	defer input.Close()
	keepOpen(hold)
	output, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	defer output.Close()
	cmd := exec.Command(program, "temporal", "--memory", "--json")
	var complaints bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = input, write, &complaints
	process, err := child.Start(cmd, syscall.SIGTERM)
	if err := errors.Join(err, write.Close()); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err != nil { // the end of the output is the end of the server
		return nil, fmt.Errorf("%s ended at once: %w\n%s", program, process.Err(), complaints.String())
	}
	var server temporalServer
	if err := json.Unmarshal(line, &server); err != nil {
		return nil, fmt.Errorf("%s printed %q: %w", program, line, err)
	}
	return &server, nil
}
