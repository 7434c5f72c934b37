package script_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/script"
	"provost/internal/script/scripttest"
)

// witness records whole host calls, authority included.
type witness struct {
	authorities []script.Authority
	names       []string
	args        [][]any
	answer      func(service, method string, args []any) (any, error)
}

// Call records and answers.
func (w *witness) Call(_ context.Context, a script.Authority, service, method string, args []any) (any, error) {
	w.authorities = append(w.authorities, a)
	w.names = append(w.names, service+"."+method)
	w.args = append(w.args, args)
	if w.answer == nil {
		return nil, nil
	}
	return w.answer(service, method, args)
}

func call(t *testing.T, host *script.Host, services script.Services, text string) (script.Result, error) {
	t.Helper()
	return host.Run(t.Context(), script.Request{
		Scripts:   []script.Source{{Name: "calls", Text: text}},
		Calls:     []script.Call{{}},
		Authority: script.Authority{Publisher: "publisher-1", Scopes: []string{"user:read"}},
		Services:  services,
	})
}

func TestEverySpellingReachesTheService(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	for text, want := range map[string]string{
		"serviceLocator.getUserService().find()":                                      "UserService.find",
		"serviceLocator.userService.find()":                                           "UserService.find",
		"serviceLocator.getService('com.soffid.iam.base.service.UserService').find()": "UserService.find",
		"com.soffid.iam.ServiceLocator.instance().getUserService().find()":            "UserService.find",
		"serviceLocator.getUsuariService().find()":                                    "UserService.find",
		"serviceLocator.getGrupService().find()":                                      "GroupService.find",
		"serviceLocator.getAplicacioService().find()":                                 "ApplicationService.find",
		"remoteServiceLocator.getUserService().find()":                                "remote/UserService.find",
		"serverService.getUserInfo()":                                                 "serverService.getUserInfo",
		"dispatcherService.search()":                                                  "dispatcherService.search",
		"serviceLocator.getDispatcherService().find()":                                "DispatcherService.find",
	} {
		w := &witness{}
		_, err := call(t, host, w, text)
		require.NoError(t, err, text)
		require.Equal(t, []string{want}, w.names, text)
	}
}

func TestAuthorityTravelsWithEveryCall(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	w := &witness{}
	text := "serverService.a(); serverService.b(); principal.getName()"
	result, err := call(t, host, w, text)
	require.NoError(t, err)
	require.Equal(t, "publisher-1", result.Value)
	digest := sha256.Sum256([]byte(text))
	want := script.Authority{Publisher: "publisher-1", Scopes: []string{"user:read"}, ScriptHash: hex.EncodeToString(digest[:])}
	require.Equal(t, []script.Authority{want, want}, w.authorities)
}

func TestArgumentsAndAnswersKeepTheirTypes(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w := &witness{answer: func(string, string, []any) (any, error) {
		return object("User", map[string]any{"userName": "jsample", "createdOn": when, "groups": []string{"a", "b"}}), nil
	}}
	result, err := call(t, host, w, `var u = serverService.get(null, "t", true, 3, 2.5, new Date(0), [1, {a: 1}], "é".getBytes());
u.comments = "x";
serverService.put(u, new com.soffid.iam.iga.api.Role(), new java.util.HashMap(), java.util.Calendar.getInstance());
[u.getUserName(), u.createdOn.getTime(), u.groups.size(), u]`)
	require.NoError(t, err)
	require.Equal(t, []any{
		nil, "t", true, int64(3), 2.5, time.Unix(0, 0).UTC(), []any{int64(1), map[string]any{"a": int64(1)}}, []byte("é"),
	}, w.args[0])
	user := map[string]any{"userName": "jsample", "createdOn": when, "groups": []any{"a", "b"}, "comments": "x"}
	require.Equal(t, object("User", user), w.args[1][0])
	require.Equal(t, object("Role", nil), w.args[1][1])
	require.Equal(t, map[string]any{}, w.args[1][2])
	require.IsType(t, time.Time{}, w.args[1][3])
	require.Equal(t, []any{"jsample", when.UnixMilli(), int64(2), user}, result.Value)
}

func TestServiceErrorsAreExceptions(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	tests := map[string]struct {
		err     error
		message string
	}{
		"domain error":    {fmt.Errorf("update user: %w", errSample), "update user: the user is locked"},
		"unknown service": {fmt.Errorf("x: %w", script.ErrUnknownService), "there is no service UserService"},
		"unknown method":  {script.ErrUnknownMethod, "service UserService has no method doIt"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failing := serviceFunc(func(context.Context, string, string, []any) (any, error) { return nil, tt.err })
			_, err := call(t, host, failing, "\nserviceLocator.getUserService().doIt()")
			var failure *script.Error
			require.ErrorAs(t, err, &failure)
			require.Equal(t, script.Error{Message: tt.message, Line: 2, Column: failure.Column, Script: "calls", Kind: script.KindService}, *failure)
			result, err := call(t, host, failing, "try { serviceLocator.getUserService().doIt() } catch (e) { e.message }")
			require.NoError(t, err)
			require.Equal(t, tt.message, result.Value)
		})
	}
}

func TestAnswersThatAreNoValuesFailTheCall(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	_, err := call(t, host, serviceFunc(func(context.Context, string, string, []any) (any, error) {
		return struct{ Secret string }{"x"}, nil
	}), "serverService.get()")
	require.ErrorContains(t, err, "answer of serverService.get")
	_, err = call(t, host, &witness{}, "var a = {}; a.a = a; serverService.put(a)")
	require.ErrorContains(t, err, "contains itself")
}

func TestPanicOfAServiceDoesNotSpoilTheHost(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	require.PanicsWithValue(t, "broken", func() {
		_, _ = call(t, host, serviceFunc(func(context.Context, string, string, []any) (any, error) { panic("broken") }), "serverService.get()")
	})
	result, err := run(t, host, "1 + 1", nil)
	require.NoError(t, err)
	require.Equal(t, int64(2), result.Value)
}

func TestCallsDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	results, err := host.Evaluate(t.Context(), script.Request{
		Scripts: []script.Source{
			{Name: "pollute", Text: `Object.prototype.planted = 1; Array.prototype.size = function () { return -1 };
String.prototype.equals = function () { return true }; leaked = 1; globalThis.JSON = null; Date.now = function () { return 0 };
delete globalThis.out; serviceLocator = null; THIS.constructor.prototype.planted2 = 1; java.util.HashMap.prototype.x = 1; "done"`},
			{Name: "look", Text: `[({}).planted, [1].size(), "a".equals("b"), typeof leaked, typeof JSON, Date.now() > 0, typeof out,
String(serviceLocator), ({}).planted2, new java.util.HashMap().x]`},
		},
		Calls: []script.Call{{Script: 0}, {Script: 1}},
	})
	require.NoError(t, err)
	require.Nil(t, results[0].Err)
	require.Equal(t, "done", results[0].Value)
	require.Equal(t, []any{nil, int64(1), false, "undefined", "object", true, "object", "serviceLocator", nil, nil}, results[1].Value)
}

func TestNothingOfTheProcessIsReachable(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	for text, want := range map[string]any{
		`[typeof process, typeof require, typeof module, typeof Deno, typeof fetch, typeof XMLHttpRequest, typeof importScripts].join()`: "undefined,undefined,undefined,undefined,undefined,undefined,undefined",
		`Function("return typeof process + typeof require")()`:                                                                           "undefinedundefined",
		`(function () {}).constructor("return Object.keys(this).join()")()`:                                                              "THIS",
		`[typeof out.print.name, out.print.name, sleep.name, serviceLocator.getUserService.name].join()`:                                 "string,print,sleep,",
		`Object.getOwnPropertyNames(serverService).join() + Object.keys(serviceLocator).join()`:                                          "",
		`eval("1 + 1\n//# sourceMappingURL=/etc/passwd")`:                                                                                int64(2),
		`try { java.lang.Class.forName("x") } catch (e) { e.message }`:                                                                   "class java.lang.Class is refused: scripts cannot inspect or load classes",
		`try { "".getClass() } catch (e) { e.name }`:                                                                                     "TypeError",
	} {
		result, err := run(t, host, text, nil)
		require.NoError(t, err, text)
		require.Equal(t, want, result.Value, text)
	}
	result, err := run(t, host, "1\n//# sourceMappingURL=/etc/passwd", nil)
	require.NoError(t, err)
	require.Equal(t, int64(1), result.Value)
}

func TestOutputAndLog(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	result, err := run(t, host, `out.print("a", 1); out.println(); System.out.println(null); print("p");
log.info("started", 3); log.error("bad"); try { null.x } catch (e) { e.printStackTrace(out) }`, nil)
	require.NoError(t, err)
	require.Regexp(t, `^a1\nnull\np\nINFO started 3\nERROR bad\nTypeError: .*\n\tat`, result.Output)
}

func TestCheckWorksThroughTheHost(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	reports, err := host.Check(t.Context(), []script.Source{
		{Name: "good", Text: "a == 1"}, {Name: "bad", Text: "String x = = 1;"}, {Name: "reaches", Text: "sleep(1)"},
	})
	require.NoError(t, err)
	require.Equal(t, script.Report{Language: script.JavaScript, Pure: true}, reports[0])
	require.Equal(t, script.BeanShell, reports[1].Language)
	require.Len(t, reports[1].Findings, 1)
	require.Equal(t, "bad", reports[1].Findings[0].Script)
	require.Equal(t, script.KindSyntax, reports[1].Findings[0].Kind)
	require.False(t, reports[2].Pure)
}

func TestLargeBatchesTravelInPortions(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{WallLimit: 20 * time.Second})
	payload := string(make([]byte, 1<<20)) // each zero byte takes six on the wire
	request := script.Request{Scripts: []script.Source{{Name: "size", Text: "text.length + i"}}}
	for i := range 8 {
		request.Calls = append(request.Calls, script.Call{Bindings: map[string]any{"text": payload, "i": i}})
	}
	results, err := host.Evaluate(t.Context(), request)
	require.NoError(t, err)
	for i, r := range results {
		require.Nil(t, r.Err)
		require.EqualValues(t, 1<<20+i, r.Value)
	}
	_, err = run(t, host, "1", map[string]any{"text": string(make([]byte, 3<<20))})
	require.ErrorIs(t, err, script.ErrBadRequest)
}

// sampleUser has the attributes a mapping sees.
func sampleUser(i int) map[string]any {
	return map[string]any{
		"id": i, "userName": fmt.Sprintf("user%d", i), "firstName": "Jane", "lastName": "Sample", "active": true,
		"primaryGroup": "world", "attributes": map[string]any{"company": "Example", "floor": i % 7},
		"grantedRoles": []any{map[string]any{"grantedRole": "R1", "grantedRoleSystem": "AD"}},
	}
}

func BenchmarkThousandCallsInOneBatch(b *testing.B) {
	host := scripttest.New(b, script.Options{})
	request := script.Request{Scripts: []script.Source{{Name: "name", Text: `return firstName.toLowerCase() + "." + userName + attributes.get("floor");`}}}
	for i := range 1000 {
		request.Calls = append(request.Calls, script.Call{Bindings: sampleUser(i)})
	}
	for b.Loop() {
		if _, err := host.Evaluate(b.Context(), request); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "calls/s")
}

func BenchmarkOneByOne(b *testing.B) {
	host := scripttest.New(b, script.Options{})
	request := script.Request{
		Scripts: []script.Source{{Name: "name", Text: `return firstName.toLowerCase() + "." + userName + attributes.get("floor");`}},
		Calls:   []script.Call{{Bindings: sampleUser(1)}},
	}
	for b.Loop() {
		if _, err := host.Evaluate(b.Context(), request); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func TestThousandCallsOfOneBatchKeepTheirOrder(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	request := script.Request{Scripts: []script.Source{{Name: "name", Text: "userName + Math.random()"}}, Seed: 1}
	for i := range 1000 {
		request.Calls = append(request.Calls, script.Call{Bindings: sampleUser(i)})
	}
	first, err := host.Evaluate(t.Context(), request)
	require.NoError(t, err)
	second, err := host.Evaluate(t.Context(), request)
	require.NoError(t, err)
	require.Equal(t, first, second)
	seen := make(map[any]bool)
	for i, r := range first {
		require.Contains(t, r.Value, fmt.Sprintf("user%d0.", i))
		seen[r.Value] = true
	}
	require.Len(t, seen, 1000)
}
