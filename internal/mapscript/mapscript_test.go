package mapscript_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/mapping"
	"provost/internal/mapscript"
	"provost/internal/script"
	"provost/internal/script/scripttest"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

// counted counts the round trips to the host.
type counted struct {
	mapscript.Host
	trips, calls int
}

// Evaluate implements mapscript.Host.
func (c *counted) Evaluate(ctx context.Context, r script.Request) ([]script.Result, error) {
	c.trips++
	c.calls += len(r.Calls)
	return c.Host.Evaluate(ctx, r)
}

func runner(t *testing.T) (*mapscript.Runner, *counted) {
	t.Helper()
	host := &counted{Host: scripttest.New(t, script.Options{})}
	return &mapscript.Runner{Host: host, Language: script.JavaScript}, host
}

func people(names ...string) []map[string]any {
	out := make([]map[string]any, len(names))
	for i, name := range names {
		out[i] = map[string]any{"userName": name}
	}
	return out
}

func TestAllScriptsOverAllObjectsInOneRoundTrip(t *testing.T) {
	t.Parallel()
	r, host := runner(t)
	values, err := r.Evaluate(t.Context(), []mapping.Script{{Name: "upper", Source: "userName.toUpperCase()"}, {Name: "length", Source: "userName.length"}},
		people("anna", "bert", "jo"))
	require.NoError(t, err)
	require.Equal(t, 1, host.trips)
	require.Equal(t, "BERT", values[1][0].V)
	require.Equal(t, int64(2), values[2][1].V)
}

func TestGuardDecidesWhatRuns(t *testing.T) {
	t.Parallel()
	r, host := runner(t)
	values, err := r.Evaluate(t.Context(), []mapping.Script{
		{Name: "condition", Source: `userName != "bert"`}, {Name: "mail", Source: `userName + "@example.com"`, Guard: "condition"},
	}, people("anna", "bert"))
	require.NoError(t, err)
	require.Equal(t, "anna@example.com", values[0][1].V)
	require.Nil(t, values[1][1].V)
	require.Equal(t, 2, host.trips)
	require.Equal(t, 3, host.calls, "what is guarded is not run for nothing")
}

func TestFailedGuardGuards(t *testing.T) {
	t.Parallel()
	r, _ := runner(t)
	values, err := r.Evaluate(t.Context(), []mapping.Script{
		{Name: "condition", Source: `throw new Error("no")`}, {Name: "mail", Source: `"x"`, Guard: "condition"},
	}, people("anna"))
	require.NoError(t, err)
	require.Error(t, values[0][0].Err)
	require.Nil(t, values[0][1].V)
}

func TestFaultOfOneObjectIsItsOwn(t *testing.T) {
	t.Parallel()
	r, _ := runner(t)
	values, err := r.Evaluate(t.Context(), []mapping.Script{{Name: "s", Source: `if (userName == "bert") throw new Error("not bert"); userName`}}, people("anna", "bert"))
	require.NoError(t, err)
	require.NoError(t, values[0][0].Err)
	require.ErrorContains(t, values[1][0].Err, "not bert")
}

func TestNothingToRunAsksNobody(t *testing.T) {
	t.Parallel()
	r, host := runner(t)
	_, err := r.Evaluate(t.Context(), nil, people("anna"))
	require.NoError(t, err)
	require.Zero(t, host.trips)
}

// What is truthy lets a trigger pass; newObject is taken as the trigger left it.
func TestTriggers(t *testing.T) {
	t.Parallel()
	for text, c := range map[string]struct {
		ok   bool
		full any
	}{
		`true`: {true, "New"}, `"yes"`: {true, "New"}, `1`: {true, "New"},
		`false`: {false, "New"}, `0`: {false, "New"}, `""`: {false, "New"}, `null`: {false, "New"}, ``: {false, "New"},
		`newObject.put("full", "Changed"); true`:                 {true, "Changed"},
		`newObject = {full: oldObject.full + source.mark}; true`: {true, "Old!"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			r, _ := runner(t)
			ok, object, err := r.Trigger(t.Context(), "preUpdate", text, map[string]any{"mark": "!"}, map[string]any{"full": "Old"}, map[string]any{"full": "New"})
			require.NoError(t, err)
			require.Equal(t, c.ok, ok)
			require.Equal(t, c.full, object["full"])
		})
	}
}

func TestTriggerThatFails(t *testing.T) {
	t.Parallel()
	r, _ := runner(t)
	ok, _, err := r.Trigger(t.Context(), "preInsert", `throw new Error("sample fault")`, nil, nil, map[string]any{})
	require.False(t, ok)
	require.ErrorContains(t, err, "sample fault")
	require.ErrorContains(t, err, "preInsert")
}

// gone is a host whose processes cannot be started.
type gone struct{}

var errGone = errors.New("no script process")

// Evaluate implements mapscript.Host.
func (gone) Evaluate(context.Context, script.Request) ([]script.Result, error) { return nil, errGone }

func TestHostThatIsGoneIsAFaultOfTheWholeCall(t *testing.T) {
	t.Parallel()
	r := &mapscript.Runner{Host: gone{}}
	_, err := r.Evaluate(t.Context(), []mapping.Script{{Name: "s", Source: "1"}}, people("anna"))
	require.ErrorIs(t, err, errGone)
	_, _, err = r.Trigger(t.Context(), "preInsert", "1", nil, nil, nil)
	require.ErrorIs(t, err, errGone)
}
