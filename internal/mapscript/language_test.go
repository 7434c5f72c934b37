package mapscript_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/mapping"
	"provost/internal/script"
)

func TestTheSettingNamesTheLanguage(t *testing.T) {
	t.Parallel()
	r, _ := runner(t)
	language := script.JavaScript
	r.Setting = func(context.Context) (script.Language, error) { return language, nil }
	scripts := []mapping.Script{{Name: "s", Source: `THIS{"company"} != null`}}
	objects := []map[string]any{{"company": "example"}}
	values, err := r.Evaluate(t.Context(), scripts, objects)
	require.NoError(t, err)
	require.Error(t, values[0][0].Err, "the text is no JavaScript")
	_, _, err = r.Trigger(t.Context(), "t", `source{"company"} != null`, objects[0], nil, nil)
	require.Error(t, err)
	for _, language = range []script.Language{script.BeanShell, script.Autodetect} {
		values, err = r.Evaluate(t.Context(), scripts, objects)
		require.NoError(t, err)
		require.NoError(t, values[0][0].Err)
		require.Equal(t, true, values[0][0].V, "a change of the setting counts from the next batch on")
		ok, _, err := r.Trigger(t.Context(), "t", `source{"company"} != null`, objects[0], nil, nil)
		require.NoError(t, err)
		require.True(t, ok)
	}
	broken := errors.New("the database does not answer")
	r.Setting = func(context.Context) (script.Language, error) { return "", broken }
	_, err = r.Evaluate(t.Context(), scripts, objects)
	require.ErrorIs(t, err, broken)
	_, _, err = r.Trigger(t.Context(), "t", "true", nil, nil, nil)
	require.ErrorIs(t, err, broken)
}
