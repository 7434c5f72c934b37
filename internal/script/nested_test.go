package script_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/script"
	"provost/internal/script/scripttest"
)

// nested answers host calls by running the script in the first argument in the same host.
type nested struct{ host *script.Host }

// Call runs the script it is given.
func (n nested) Call(ctx context.Context, a script.Authority, _, _ string, args []any) (any, error) {
	text, _ := args[0].(string)
	result, err := n.host.Run(ctx, script.Request{
		Scripts: []script.Source{{Name: "inner", Text: text}}, Calls: []script.Call{{}}, Authority: a, Services: n,
	})
	return result.Value, err
}

func TestScriptsThatMakeScriptsRunDoNotWaitForThemselves(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{Size: 1, BatchLimit: 30 * time.Second})
	for range 3 {
		result, err := call(t, host, nested{host}, `serviceLocator.getUserService().run("6 * 7") + 1`)
		require.NoError(t, err)
		require.EqualValues(t, 43, result.Value)
	}
}

func TestScriptsThatMakeEachOtherRunEnd(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{Size: 1, BatchLimit: 30 * time.Second})
	chain := func(depth string) string {
		return `function again(n) { return n === 0 ? "0" : "serviceLocator.getUserService().run(" + JSON.stringify(again(n - 1)) + ")"; }
			serviceLocator.getUserService().run(again(` + depth + `))`
	}
	_, err := call(t, host, nested{host}, chain("2"))
	require.NoError(t, err)
	_, err = call(t, host, nested{host}, chain("4"))
	require.ErrorContains(t, err, script.ErrNested.Error())
}
