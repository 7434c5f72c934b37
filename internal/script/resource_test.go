package script_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/script"
	"provost/internal/script/scripttest"
)

func TestScriptsReadTheResourcesTheyAreGiven(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{})
	resources := map[string]string{
		"lib.js":     "function twice(x) { return 2 * x }\nvar loaded = 'yes';",
		"limit.json": `{"days": 30}`,
		"bad.js":     "function (",
		"throws.js":  "throw 'broken'",
	}
	try := func(text string, resources map[string]string) (script.Result, error) {
		return host.Run(t.Context(), script.Request{
			Scripts: []script.Source{{Name: "test", Text: text, Language: script.Autodetect}}, Calls: []script.Call{{}}, Resources: resources,
		})
	}
	for text, want := range map[string]any{
		"load('lib.js'); twice(21)":                             int64(42),
		"load('lib.js'); loaded":                                "yes",
		"JSON.parse(resource('limit.json')).days":               int64(30),
		"resource('lib.js').length > 10":                        true,
		"try { load('throws.js') } catch (e) { 'caught ' + e }": "caught broken",
	} {
		result, err := try(text, resources)
		require.NoError(t, err, text)
		require.Equal(t, want, result.Value, text)
	}
	for text, word := range map[string]string{
		"resource('none')":            `no resource "none": there are bad.js, lib.js, limit.json, throws.js`,
		"load('/etc/passwd')":         `there is no resource "/etc/passwd"`,
		"load('bad.js')":              "the resource bad.js, line 2",
		"load('lib.js'); typeof gone": "",
	} {
		_, err := try(text, resources)
		if word == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, word)
	}
	_, err := try("resource('lib.js')", nil)
	require.ErrorContains(t, err, "this script has none")
	result, err := try("typeof twice", resources)
	require.NoError(t, err)
	require.Equal(t, "undefined", result.Value, "what one call loaded is gone with it")
}
