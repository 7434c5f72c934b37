package script_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"provost/internal/script"
	"provost/internal/script/scripttest"
)

// regexps with a look-ahead leave goja's own engine for one that backtracks and cannot be interrupted.
const catastrophe = `/^(?=a)(a+)+$/.test('a'.repeat(40) + 'b')`

// anyLimit is for scripts that use up time and memory at once: a loaded machine decides which ends first.
const anyLimit script.Kind = ""

func TestHostileScriptsMeetTheirLimitAndHarmNobodyElse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		kind script.Kind
	}{
		"endless loop":           {"while (true) {}", script.KindTime},
		"endless loop, caught":   {"while (true) { try { while (true) {} } catch (e) {} finally { while (true) {} } }", script.KindTime},
		"catastrophic regexp":    {catastrophe, script.KindTime},
		"endless allocation":     {"var a = []; while (true) a.push(new Array(1000).fill('x'))", anyLimit},
		"doubling text":          {"var s = 'abcdefgh'; while (true) s += s", anyLimit},
		"one huge block":         {"var a = [1]; a.length = 4e9; a.fill('x').map(function (x) { return x + x })", anyLimit},
		"endless output":         {"while (true) out.println('0123456789'.repeat(500))", script.KindOutput},
		"output, caught":         {"try { out.print('x'.repeat(3e6)) } catch (e) {} 'alive'", script.KindOutput},
		"huge result":            {"'x'.repeat(3e6)", script.KindOutput},
		"huge list":              {"new Array(1e4).fill('x'.repeat(500))", script.KindOutput},
		"endless getter":         {"({ get a() { while (true) {} } })", script.KindTime},
		"endless message":        {"throw { toString: function () { while (true) {} } }", script.KindTime},
		"endless timers":         {"function again() { setTimeout(again, 0) } again()", script.KindTime},
		"endless promise":        {"function again() { Promise.resolve().then(again) } again()", anyLimit},
		"endless proxy":          {"new Proxy({}, { ownKeys: function () { while (true) {} } })", script.KindTime},
		"endless sort":           {"[3, 2, 1].sort(function () { while (true) {} })", script.KindTime},
		"native recursion":       {"var a = []; for (var i = 0; i < 3e5; i++) a = [a]; a.flat(Infinity)", anyLimit},
		"endless list arguments": {"var f = Math.max; f.apply(null, { length: 4e9 })", anyLimit},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := scripttest.New(t, script.Options{WallLimit: 2 * time.Second})
			results, err := host.Evaluate(t.Context(), script.Request{
				Scripts: []script.Source{{Name: "good", Text: "n * 2"}, {Name: "bad", Text: tt.text}},
				Calls: []script.Call{
					{Bindings: map[string]any{"n": 1}}, {Script: 1}, {Bindings: map[string]any{"n": 3}},
				},
			})
			require.NoError(t, err)
			require.Equal(t, int64(2), results[0].Value)
			require.Equal(t, int64(6), results[2].Value)
			require.NotNil(t, results[1].Err)
			if tt.kind != anyLimit {
				require.Equal(t, tt.kind, results[1].Err.Kind, results[1].Err.Message)
			}
			var limit *script.LimitError
			require.ErrorAs(t, results[1].Err, &limit)
			require.Equal(t, "bad", limit.Script)
			require.Contains(t, limit.Error(), "bad")
		})
	}
}

func TestMemoryIsNamedAsTheReason(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{MemoryLimit: 96 << 20, WallLimit: 20 * time.Second})
	_, err := run(t, host, "var a = []; while (true) a.push(new Array(1000).fill('x'))", nil)
	var limit *script.LimitError
	require.ErrorAs(t, err, &limit)
	require.Equal(t, script.KindMemory, limit.Kind)
}

func TestBatchLimitEndsEndlessHostCalls(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{BatchLimit: 200 * time.Millisecond})
	waiting := serviceFunc(func(ctx context.Context, _, _ string, _ []any) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	_, err := host.Evaluate(t.Context(), script.Request{
		Scripts:  []script.Source{{Name: "waits", Text: "while (true) { try { serverService.wait() } catch (e) {} }"}},
		Calls:    []script.Call{{}},
		Services: waiting,
	})
	var limit *script.LimitError
	require.ErrorAs(t, err, &limit)
	require.Equal(t, script.LimitError{Kind: script.KindTime, Script: "waits"}, *limit)
}

func TestWaitingForAHostCallIsNotRunningTime(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{WallLimit: 100 * time.Millisecond})
	slow := serviceFunc(func(ctx context.Context, _, _ string, _ []any) (any, error) {
		pause, cancel := context.WithTimeout(ctx, 600*time.Millisecond)
		defer cancel()
		<-pause.Done()
		return "late", nil
	})
	result, err := host.Run(t.Context(), script.Request{
		Scripts: []script.Source{{Name: "patient", Text: "serverService.wait()"}}, Calls: []script.Call{{}}, Services: slow,
	})
	require.NoError(t, err)
	require.Equal(t, "late", result.Value)
}

func TestKilledChildIsRetriedUnlessItHadMadeAHostCall(t *testing.T) {
	t.Parallel()
	const busy = "for (var i = 0; i < 5e6; i++) {} "
	tests := map[string]struct {
		text  string
		kills int
		want  any
	}{
		"no effect yet":     {busy + "'survived'", 1, "survived"},
		"after a host call": {"serverService.touch(); while (true) {}", 1, nil},
		"killed every time": {"while (true) {}", 2, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pids := filepath.Join(t.TempDir(), "pids")
			host := hostWithPids(t, pids)
			var results []script.Result
			var err error
			done := make(chan struct{})
			go func() {
				defer close(done)
				results, err = host.Evaluate(context.Background(), script.Request{
					Scripts:  []script.Source{{Name: "victim", Text: tt.text}, {Name: "next", Text: "'next'"}},
					Calls:    []script.Call{{}, {Script: 1}},
					Services: serviceFunc(func(context.Context, string, string, []any) (any, error) { return nil, nil }),
				})
			}()
			for i := range tt.kills {
				killBusy(t, pids, i)
			}
			<-done
			require.NoError(t, err)
			require.Equal(t, "next", results[1].Value)
			require.Equal(t, tt.want, results[0].Value)
			if tt.want == nil {
				require.Equal(t, script.KindCrash, results[0].Err.Kind)
			}
		})
	}
}

// hostWithPids starts a host of one process whose processes write their ids to a file, one a line.
func hostWithPids(t *testing.T, pids string) *script.Host {
	t.Helper()
	command := append([]string{"/bin/sh", "-c", `echo $$ >> "$0"; exec "$1" "$2"`, pids}, scripttest.Command(t)...)
	host, err := script.NewHost(script.Options{Command: command, Size: 1, WallLimit: 30 * time.Second})
	require.NoError(t, err)
	t.Cleanup(host.Close)
	return host
}

// killBusy kills the nth process of the host once it has worked for a while.
func killBusy(t *testing.T, pids string, n int) {
	t.Helper()
	var pid int
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(pids)
		lines := strings.Fields(string(text))
		if len(lines) <= n {
			return false
		}
		pid, _ = strconv.Atoi(lines[n])
		stat, err := os.ReadFile("/proc/" + lines[n] + "/stat")
		if err != nil {
			return false
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		ticks, _ := strconv.Atoi(fields[11]) // time in user mode, in hundredths of a second
		return ticks >= 15
	}, 20*time.Second, 5*time.Millisecond)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
}

func TestNoProcessAndNoGoroutineStaysBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	before := childCount(t)
	host, err := script.NewHost(script.Options{Command: scripttest.Command(t), Size: 2, WallLimit: 200 * time.Millisecond})
	require.NoError(t, err)
	_, err = run(t, host, "1", nil)
	require.NoError(t, err)
	_, err = run(t, host, catastrophe, nil)
	require.Error(t, err)
	host.Close()
	require.Equal(t, before, childCount(t))
}

func TestProcessesDieWithTheirParent(t *testing.T) {
	t.Parallel()
	pids := filepath.Join(t.TempDir(), "pids")
	parent := exec.Command(scripttest.Command(t)[0], orphanage, pids)
	require.NoError(t, parent.Start())
	var child string
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(pids)
		child = strings.TrimSpace(string(text))
		return child != ""
	}, 20*time.Second, 5*time.Millisecond)
	require.DirExists(t, "/proc/"+child)
	require.NoError(t, parent.Process.Kill())
	_ = parent.Wait()
	require.Eventually(t, func() bool {
		state, err := os.ReadFile("/proc/" + child + "/stat")
		return err != nil || strings.Contains(string(state), ") Z ")
	}, 10*time.Second, 5*time.Millisecond)
}

func TestEnvironmentOfTheChildIsEmpty(t *testing.T) {
	t.Setenv("PROVOST_PLANTED_SECRET", "do-not-leak")
	host := scripttest.New(t, script.Options{})
	_, err := run(t, host, "1", nil)
	require.NoError(t, err)
	for _, pid := range children(t) {
		environment, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
		require.NoError(t, err)
		require.NotContains(t, string(environment), "do-not-leak")
		limits, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/limits")
		require.NoError(t, err)
		require.Regexp(t, `Max file size\s+0\s+0`, string(limits))
		require.NotRegexp(t, `Max address space\s+unlimited`, string(limits))
	}
}

func TestLostProcessesAreLogged(t *testing.T) {
	t.Parallel()
	var written bytes.Buffer
	host := scripttest.New(t, script.Options{
		WallLimit: 100 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&written, nil)),
	})
	_, err := run(t, host, catastrophe, nil)
	require.Error(t, err)
	require.Contains(t, written.String(), "kind=time")
}

// children are the living child processes of the test binary.
func children(t *testing.T) []int {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	require.NoError(t, err)
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func childCount(t *testing.T) int { t.Helper(); return len(children(t)) }
