package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"
)

// These tests run the binary as people do, with its real servers.

const (
	// patience is how long a start, a stop, or a change on its way to a system may take on a busy machine.
	patience = 2 * time.Minute
	look     = 100 * time.Millisecond
	suffix   = "dc=example,dc=org"
)

// ready is the line that dev prints, see design/contract.md.
type ready struct {
	URL             string `json:"url"`
	TemporalUI      string `json:"temporalUI"`
	TemporalAddress string `json:"temporalAddress"`
	Namespace       string `json:"namespace"`
	DatabaseURL     string `json:"databaseURL"`
	User            string `json:"user"`
	Password        string `json:"password"`
	LDAPURL         string `json:"ldapURL"`
}

// dev is a running `provost dev`.
type dev struct {
	ready
	cmd    *exec.Cmd
	log    *bytes.Buffer
	ended  chan struct{}
	folder string
}

// program is the binary under test.
func program(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("PROVOST_BIN"); named != "" {
		return named
	}
	path, err := filepath.Abs("../../../bin/provost")
	require.NoError(t, err)
	require.FileExists(t, path, "build the binary first: make full")
	return path
}

// dataFolder gives a new folder that the account of PostgreSQL can reach, unlike the private one of testing.T.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "provost-dev-test-") //nolint:usetesting // see above
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return dir
}

// command gives the command with no setting from the environment of the tests.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "PROVOST_") || strings.HasPrefix(variable, "PROVOST_PG_BIN=") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	return cmd
}

// startDev starts dev on free ports and returns when it is ready. It is killed at the end of the test, if it still runs.
func startDev(t *testing.T, folder string, args ...string) *dev {
	t.Helper()
	args = append([]string{"dev", "--json", "--data", folder, "--http", "127.0.0.1:0", "--temporal-ui", "127.0.0.1:0", "--ldap", "127.0.0.1:0"}, args...)
	d := &dev{cmd: command(t, args...), log: &bytes.Buffer{}, ended: make(chan struct{}), folder: folder}
	d.cmd.Stderr = d.log
	output, err := d.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, d.cmd.Start())
	lines := make(chan []byte, 1)
	go func() {
		line, _ := bufio.NewReader(output).ReadBytes('\n')
		lines <- line
		_, _ = io.Copy(io.Discard, output)
		_ = d.cmd.Wait()
		close(d.ended)
	}()
	t.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		<-d.ended
	})
	select {
	case line := <-lines:
		if len(line) == 0 {
			<-d.ended
			require.Fail(t, "dev ended before it was ready", d.log.String())
		}
		require.NoError(t, json.Unmarshal(line, &d.ready))
	case <-time.After(patience):
		require.Fail(t, "dev is not ready in time") // its log may still be written, so it is not read here
	}
	return d
}

// interrupt asks for an orderly stop, and waits for it.
func (d *dev) interrupt(t *testing.T) {
	t.Helper()
	require.NoError(t, d.cmd.Process.Signal(os.Interrupt))
	d.awaitEnd(t)
	require.Zero(t, d.cmd.ProcessState.ExitCode(), d.log.String())
}

func (d *dev) awaitEnd(t *testing.T) {
	t.Helper()
	select {
	case <-d.ended:
	case <-time.After(patience):
		require.Fail(t, "dev does not stop")
	}
}

// children lists the processes below the process, as /proc tells them: those it started, and those that work in its folder.
func (d *dev) children(t *testing.T) []int {
	t.Helper()
	var pids []int
	entries, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, path := range entries {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		require.NoError(t, err)
		if pid == d.cmd.Process.Pid {
			continue
		}
		arguments, _ := os.ReadFile(path)                                     // it may be gone by now
		status, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "status")) // the same
		if bytes.Contains(arguments, []byte(d.folder)) || bytes.Contains(status, fmt.Appendf(nil, "PPid:\t%d\n", d.cmd.Process.Pid)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// requireGone waits until none of the processes exists any more.
func requireGone(t *testing.T, pids []int) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, pid := range pids {
			if syscall.Kill(pid, 0) == nil && !zombie(pid) {
				return false
			}
		}
		return true
	}, patience, look, "processes of dev are left")
}

// zombie reports a process that has ended and that nobody has asked about yet.
func zombie(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return err == nil && bytes.Contains(status, []byte("State:\tZ"))
}

// people gives the entries below ou=people that match, by uid.
func (d *dev) people(t *testing.T, filter string) map[string]*ldap.Entry {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(d.folder, "ldap", "directory.json"))
	require.NoError(t, err)
	var state struct {
		AdminPassword string `json:"adminPassword"`
	}
	require.NoError(t, json.Unmarshal(content, &state))
	connection, err := ldap.DialURL(d.LDAPURL)
	require.NoError(t, err)
	defer connection.Close()
	require.NoError(t, connection.Bind("cn=admin,"+suffix, state.AdminPassword))
	found, err := connection.Search(ldap.NewSearchRequest("ou=people,"+suffix, ldap.ScopeSingleLevel, ldap.NeverDerefAliases, 0, 0, false, filter, nil, nil))
	require.NoError(t, err)
	out := map[string]*ldap.Entry{}
	for _, entry := range found.Entries {
		out[entry.GetAttributeValue("uid")] = entry
	}
	return out
}

// call sends a request with a token and decodes the answer.
func (d *dev) call(t *testing.T, token, method, path, body string, answer any) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, d.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Less(t, response.StatusCode, 300, "%s %s: %s", method, path, content)
	if answer != nil {
		require.NoError(t, json.Unmarshal(content, answer), "%s", content)
	}
	return response
}

// token makes an API token by the command line.
func (d *dev) token(t *testing.T) string {
	t.Helper()
	output, err := command(t, "token", "create", "--user", "admin", "--expires", "1d", "--data", d.folder, "--database-url", d.DatabaseURL).Output()
	require.NoError(t, err)
	token := strings.TrimSpace(string(output))
	require.True(t, strings.HasPrefix(token, "pvt_"), token)
	return token
}

func TestDevBringsPeopleIntoTheirSystems(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	first := startDev(t, folder)
	require.Equal(t, "admin", first.User)
	require.NotEmpty(t, first.Password)
	require.Len(t, first.people(t, "(objectClass=inetOrgPerson)"), 56, "sixty sample people, of whom four are inactive")

	var users []struct{ ID, UserName, LastName string }
	token := first.token(t)
	first.call(t, token, http.MethodGet, "/api/v1/users?filter=userName+eq+%22aamberfield%22", "", &users)
	require.Len(t, users, 1)
	first.call(t, token, http.MethodPatch, "/api/v1/users/"+users[0].ID, `{"lastName": "Amberfield-Renamed"}`, nil)
	require.Eventually(t, func() bool {
		return first.people(t, "(uid=aamberfield)")["aamberfield"].GetAttributeValue("sn") == "Amberfield-Renamed"
	}, patience, look, "the new name reaches the directory")

	first.call(t, token, http.MethodPatch, "/api/v1/users/"+users[0].ID, `{"active": false}`, nil)
	require.Eventually(t, func() bool { return len(first.people(t, "(uid=aamberfield)")) == 0 }, patience, look, "disabled people leave the directory")

	servers := first.children(t)
	require.GreaterOrEqual(t, len(servers), 3, "PostgreSQL, slapd and a script host at least")
	first.interrupt(t)
	requireGone(t, servers)

	second := startDev(t, folder)
	require.Equal(t, first.Password, second.Password)
	second.call(t, token, http.MethodGet, "/api/v1/users?filter=userName+eq+%22aamberfield%22", "", &users)
	require.Equal(t, "Amberfield-Renamed", users[0].LastName, "a restart goes on where it was")
	second.call(t, token, http.MethodPatch, "/api/v1/users/"+users[0].ID, `{"active": true}`, nil)
	require.Eventually(t, func() bool { return len(second.people(t, "(uid=aamberfield)")) == 1 }, patience, look,
		"the agent follows the directory to its new port")

	servers = second.children(t)
	require.NoError(t, second.cmd.Process.Kill())
	second.awaitEnd(t)
	requireGone(t, servers)
}

func TestDevWithoutSample(t *testing.T) {
	t.Parallel()
	d := startDev(t, dataFolder(t), "--no-sample")
	require.Empty(t, d.LDAPURL)
	var users []struct{ UserName string }
	response := d.call(t, d.token(t), http.MethodGet, "/api/v1/users", "", &users)
	require.Equal(t, "1", response.Header.Get("X-Total-Count"))
	require.Equal(t, "admin", users[0].UserName)
	require.Eventually(t, func() bool {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.TemporalUI, nil)
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(request)
		return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK
	}, patience, look, "Temporal's own pages answer")
	d.interrupt(t)
}

// failing runs dev and gives its exit code and what it said; it must not become ready.
func failing(t *testing.T, environment []string, args ...string) (int, string) {
	t.Helper()
	cmd := command(t, append([]string{"dev", "--json", "--temporal-ui", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(cmd.Env, environment...)
	var said, printed bytes.Buffer
	cmd.Stderr, cmd.Stdout = &said, &printed
	require.Error(t, cmd.Run())
	require.Empty(t, printed.String())
	return cmd.ProcessState.ExitCode(), said.String()
}

func TestDevSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	code, said := failing(t, []string{"PROVOST_PG_BIN=/nowhere"}, "--data", dataFolder(t), "--http", "127.0.0.1:0")
	require.Equal(t, 1, code)
	require.Contains(t, said, "PROVOST_PG_BIN")

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	code, said = failing(t, nil, "--data", dataFolder(t), "--no-sample", "--http", taken.Addr().String())
	require.Equal(t, 1, code)
	require.Contains(t, said, "choose another with --http (PROVOST_HTTP)")
}
