package script_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/script"
	"provost/internal/script/scripttest"
)

// run evaluates one text with its bindings.
func run(t *testing.T, host *script.Host, text string, bindings map[string]any) (script.Result, error) {
	t.Helper()
	return host.Run(t.Context(), script.Request{
		Scripts: []script.Source{{Name: "test", Text: text, Language: script.Autodetect}},
		Calls:   []script.Call{{Bindings: bindings}},
		Now:     time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Seed:    7,
	})
}

func TestValuesTravelBothWays(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	born := time.Date(1990, 5, 17, 8, 30, 0, 0, time.UTC)
	tests := map[string]struct {
		text     string
		bindings map[string]any
		want     any
	}{
		"expression":            {"a + 1", map[string]any{"a": 41}, int64(42)},
		"return at top level":   {"if (a) return 'yes';\nreturn 'no'", map[string]any{"a": true}, "yes"},
		"fraction":              {"a / 2", map[string]any{"a": 5}, 2.5},
		"whole float":           {"a", map[string]any{"a": 3.0}, int64(3)},
		"null":                  {"a", map[string]any{"a": nil}, nil},
		"undefined":             {"undefined", nil, nil},
		"not a number":          {"0/0", nil, nil},
		"object literal":        {"{'a': 1, b: [1, 'x', null]}", nil, map[string]any{"a": int64(1), "b": []any{int64(1), "x", nil}}},
		"date in":               {"d.getTime()", map[string]any{"d": born}, born.UnixMilli()},
		"date out":              {"new Date(d.getTime())", map[string]any{"d": born}, born},
		"bytes":                 {"b", map[string]any{"b": []byte{1, 2}}, []byte{1, 2}},
		"map with a tag's name": {"m", map[string]any{"m": map[string]any{"$t": "x"}}, map[string]any{"$t": "x"}},
		"function is nothing":   {"(function () {})", nil, nil},
		"set and map":           {"[new Set([1, 2]), new Map([['k', 1]])]", nil, []any{[]any{int64(1), int64(2)}, map[string]any{"k": int64(1)}}},
		"promise":               {"Promise.resolve(5).then(function (x) { return x + 1 })", nil, int64(6)},
		"dunder key is data":    {"m.get('__proto__')", map[string]any{"m": map[string]any{"__proto__": "safe", "b": 1}}, "safe"},
		"keys come sorted":      {"m.keySet().join()", map[string]any{"m": map[string]any{"b": 1, "a": 2, "c": 3}}, "a,b,c"},
		"THIS":                  {"THIS.get('odd name') + THIS{\"a\"}", map[string]any{"odd name": "x", "a": "y"}, "xy"},
		"reserved name":         {"typeof Date + THIS.get('Date')", map[string]any{"Date": "d"}, "functiond"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := run(t, host, tt.text, tt.bindings)
			require.NoError(t, err)
			require.Equal(t, tt.want, result.Value)
		})
	}
}

func TestCaptureAnswersOnlyChangedBindings(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	result, err := host.Run(t.Context(), script.Request{
		Scripts: []script.Source{{Name: "change", Text: "count = count + 1; user.comments = 'seen'; local = 5; var v = 1; date;"}},
		Calls: []script.Call{{Capture: true, Bindings: map[string]any{
			"count": 1, "same": "s", "v": nil, "date": time.Unix(0, 0).UTC(),
			"user": map[string]any{"userName": "sample"}, "untouched": map[string]any{"a": 1.5},
		}}},
	})
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"count": int64(2), "v": int64(1), "user": map[string]any{"userName": "sample", "comments": "seen"},
	}, result.Bindings)
}

func TestClockAndChanceComeFromTheRequest(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	text := "[Date.now(), new Date().toISOString(), Math.random(), new Date().getTimezoneOffset()]"
	first, err := run(t, host, text, nil)
	require.NoError(t, err)
	second, err := run(t, host, text, nil)
	require.NoError(t, err)
	require.Equal(t, first.Value, second.Value)
	list, ok := first.Value.([]any)
	require.True(t, ok)
	require.Equal(t, "2026-03-01T12:00:00.000Z", list[1])
	require.EqualValues(t, 0, list[3])
}

func TestTimersAndSleepMoveTheClock(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	result, err := run(t, host, `var start = Date.now();
setTimeout(function (who) { out.println("late " + who + " " + (Date.now() - start)); }, 20, "b");
setTimeout(function () { out.println("early"); }, 10);
clearTimeout(setTimeout(function () { out.println("never"); }, 5));
sleep(5);
out.println("main " + (Date.now() - start));
"done"`, nil)
	require.NoError(t, err)
	require.Equal(t, "done", result.Value)
	require.Equal(t, "main 5\nearly\nlate b 20\n", result.Output)
}

func TestErrorsNameThePlace(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	tests := map[string]struct {
		text    string
		kind    script.Kind
		line    int
		message string
	}{
		"syntax":            {"var a = 1;\nvar b = = 2;", script.KindSyntax, 2, "Unexpected token ="},
		"runtime":           {"var a = null;\n\n  a.b()", script.KindRuntime, 3, "TypeError"},
		"in a function":     {"return 1;\nvar x = = 2;", script.KindSyntax, 2, "Unexpected token ="},
		"thrown text":       {"throw 'plain'", script.KindRuntime, 1, "plain"},
		"unknown name":      {"\nnothingHere", script.KindRuntime, 2, "nothingHere is not defined"},
		"refused class":     {"\nJava.type('java.io.File')", script.KindRefused, 2, "cannot reach local files"},
		"refused package":   {"new java.net.Socket('x', 1)", script.KindRefused, 1, "network"},
		"unheard-of class":  {"Java.type('org.example.Thing')", script.KindRefused, 1, "not among the classes"},
		"rejected promise":  {"Promise.reject(new Error('no'))", script.KindRuntime, 0, "Error: no"},
		"recursion":         {"function f() { return f() + 1 }\nf()", script.KindRuntime, 1, "too deeply"},
		"itself":            {"var a = []; a.push(a); a", script.KindRuntime, 0, "contains itself"},
		"no services":       {"serviceLocator.getUserService().findUsers(null)", script.KindService, 1, "may not call services"},
		"pause too long":    {"sleep(60000)", script.KindTime, 1, "does not fit"},
		"index out of list": {"[1].get(3)", script.KindRuntime, 1, "out of bounds"},
		"too long a text":   {"'x'.repeat(1e12)", script.KindRuntime, 1, "larger than scripts may build"},
		"too long a list":   {"new Array(1e9)", script.KindRuntime, 1, "larger than scripts may build"},
		"too large buffer":  {"new ArrayBuffer(1e10)", script.KindRuntime, 1, "larger than scripts may build"},
		"too much padding":  {"'x'.padStart(1e11, 'ab')", script.KindRuntime, 1, "larger than scripts may build"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := run(t, host, tt.text, nil)
			var failure *script.Error
			require.ErrorAs(t, err, &failure)
			require.Equal(t, tt.kind, failure.Kind, failure.Message)
			require.Contains(t, failure.Message, tt.message)
			require.Equal(t, tt.line, failure.Line, failure.Message)
			require.Equal(t, "test", failure.Script)
		})
	}
}

func TestBadRequestsAreRefusedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	_, err := host.Evaluate(t.Context(), script.Request{Calls: []script.Call{{Script: 0}}})
	require.ErrorIs(t, err, script.ErrBadRequest)
	_, err = run(t, host, "1", map[string]any{"s": struct{ A int }{1}})
	require.ErrorIs(t, err, script.ErrBadRequest)
	_, err = host.Run(t.Context(), script.Request{})
	require.ErrorIs(t, err, script.ErrBadRequest)
	_, err = script.NewHost(script.Options{})
	require.ErrorIs(t, err, script.ErrBadRequest)
}

func TestHostThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	for name, command := range map[string][]string{
		"no such file": {"/no/such/binary"},
		"no host":      {"/bin/true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host, err := script.NewHost(script.Options{Command: command, Size: 1})
			require.NoError(t, err)
			t.Cleanup(host.Close)
			for range 2 {
				_, err = run(t, host, "1", nil)
				require.ErrorContains(t, err, "start script process")
			}
		})
	}
}

func TestCloseFailsRunningAndLaterCalls(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	entered := make(chan struct{})
	services := serviceFunc(func(_ context.Context, _, _ string, _ []any) (any, error) {
		close(entered)
		return nil, nil
	})
	failed := make(chan error, 1)
	go func() {
		_, err := host.Run(context.Background(), script.Request{
			Scripts:  []script.Source{{Name: "endless", Text: "serverService.enter(); while (true) {}"}},
			Calls:    []script.Call{{}},
			Services: services,
		})
		failed <- err
	}()
	<-entered
	host.Close()
	require.ErrorIs(t, <-failed, script.ErrClosed)
	_, err := run(t, host, "1", nil)
	require.ErrorIs(t, err, script.ErrClosed)
	host.Close()
}

func TestCancelledContextEndsTheBatch(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	services := serviceFunc(func(context.Context, string, string, []any) (any, error) {
		cancel()
		return nil, nil
	})
	_, err := host.Evaluate(ctx, script.Request{
		Scripts:  []script.Source{{Name: "endless", Text: "serverService.enter(); while (true) {}"}},
		Calls:    []script.Call{{}},
		Services: services,
	})
	require.ErrorIs(t, err, context.Canceled)
	result, err := run(t, host, "'still here'", nil)
	require.NoError(t, err)
	require.Equal(t, "still here", result.Value)
}

// serviceFunc is Services by one function.
type serviceFunc func(ctx context.Context, service, method string, args []any) (any, error)

// Call answers by the function.
func (f serviceFunc) Call(ctx context.Context, _ script.Authority, service, method string, args []any) (any, error) {
	return f(ctx, service, method, args)
}

var _ script.Services = serviceFunc(nil)

var errSample = errors.New("the user is locked")
