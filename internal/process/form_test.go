package process_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
)

// scripts answers scripts from a table, by their text.
type scripts map[string]func(bindings map[string]any) (any, error)

// RunScripts implements process.ScriptRunner.
func (s scripts) RunScripts(_ context.Context, _ map[string]string, runs []process.ScriptRun) ([]process.ScriptAnswer, error) {
	out := make([]process.ScriptAnswer, len(runs))
	for i, one := range runs {
		answer, known := s[one.Text]
		if !known {
			return nil, errors.New("the host is gone")
		}
		out[i].Value, out[i].Err = answer(one.Bindings)
	}
	return out, nil
}

func positive(bindings map[string]any) (any, error) {
	n, _ := bindings["value"].(float64)
	if n > 0 {
		return true, nil
	}
	return "Days must be positive.", nil
}

func travels(bindings map[string]any) (any, error) { return bindings["kind"] == "trip", nil }

// formed is a form whose days are validated and whose place is shown for trips alone.
func formed() (*bpm.Library, *bpm.Form) {
	library := &bpm.Library{
		Attributes: []bpm.Attribute{
			{Name: "days", Label: "Days", Type: "number"}, {Name: "place", Label: "Place", Type: "string"}, {Name: "kind", Type: "string"},
		},
		Scripts: map[string]string{"0123": "value > 0"},
	}
	form := &bpm.Form{Fields: []bpm.Field{
		{Name: "days", Validation: "0123"}, {Name: "kind"}, {Name: "place", Required: true, Visibility: "kind == 'trip'"},
	}}
	return library, form
}

func TestScriptsOfForms(t *testing.T) {
	t.Parallel()
	library, form := formed()
	forms := process.Forms{Scripts: scripts{"value > 0": positive, "kind == 'trip'": travels}}
	check := func(given string, draft bool) (bpm.Values, error) {
		return forms.Check(t.Context(), process.Filled{Library: library, Form: form, Given: valuesOf(t, given), Draft: draft})
	}
	changes, err := check(`{"days": 2, "kind": "rest"}`, false)
	require.NoError(t, err, "a hidden field is not required")
	require.Len(t, changes, 2)
	_, err = check(`{"days": 0, "kind": "trip"}`, false)
	processtest.Refused(t, err, fault.Invalid, "Days must be positive.", "Place is required")
	_, err = check(`{"days": 2, "kind": "rest", "place": "Rome"}`, false)
	processtest.Refused(t, err, fault.Invalid, "values.place", "no field place")
	_, err = check(`{"days": 0, "kind": "trip"}`, true)
	require.NoError(t, err, "a draft may be wrong and incomplete")
	changes, err = check(`{"days": 2, "kind": "trip", "place": "Rome"}`, false)
	require.NoError(t, err)
	require.JSONEq(t, `"Rome"`, string(changes["place"]))

	view, err := forms.View(t.Context(), process.Filled{Library: library, Form: form, Current: valuesOf(t, `{"kind": "rest", "place": "hidden", "salary": 7}`)})
	require.NoError(t, err)
	require.Equal(t, []string{"Days number", "kind string"}, labels(view.Fields))
	require.Equal(t, bpm.Values{"kind": json.RawMessage(`"rest"`)}, view.Values, "neither hidden fields nor what no field shows")
	require.Equal(t, []string{"days", "kind", "place"}, view.Reacts, "any of them may show or hide the place")
	view, err = forms.View(t.Context(), process.Filled{Library: library})
	require.NoError(t, err)
	require.Empty(t, view.Fields)
	require.Empty(t, view.Values)
	require.Empty(t, view.Reacts)
	_, err = forms.Check(t.Context(), process.Filled{Library: library, Given: bpm.Values{"days": json.RawMessage(`1`)}})
	processtest.Refused(t, err, fault.Invalid, "values.days")
}

func TestScriptsThatFail(t *testing.T) {
	t.Parallel()
	library, form := formed()
	broken := func(map[string]any) (any, error) { return nil, errors.New("x is not defined") }
	no := func(map[string]any) (any, error) { return false, nil }
	in := process.Filled{Library: library, Form: form, Given: valuesOf(t, `{"days": 1}`)}
	for name, test := range map[string]struct {
		forms process.Forms
		code  fault.Code
		word  string
	}{
		"no scripts here":    {process.Forms{}, fault.Unavailable, "runs no scripts"},
		"visibility fails":   {process.Forms{Scripts: scripts{"value > 0": positive, "kind == 'trip'": broken}}, fault.Invalid, "visibility of place"},
		"validation fails":   {process.Forms{Scripts: scripts{"value > 0": broken, "kind == 'trip'": no}}, fault.Invalid, "Days cannot be checked"},
		"validation refuses": {process.Forms{Scripts: scripts{"value > 0": no, "kind == 'trip'": no}}, fault.Invalid, "Days is not accepted"},
	} {
		_, err := test.forms.Check(t.Context(), in)
		require.Error(t, err, name)
		processtest.Refused(t, err, test.code, test.word)
	}
	gone := process.Forms{Scripts: scripts{}}
	_, err := gone.Check(t.Context(), in)
	require.ErrorContains(t, err, "the host is gone")
	require.Empty(t, fault.CodeOf(err), "that is nobody's fault but ours")
}

func TestValuesFitTheirTypes(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct{ good, bad []string }{
		"string":    {[]string{`"x"`, `""`, `null`}, []string{`1`, `true`, `[]`, `{}`}},
		"multiline": {[]string{`"x\ny"`}, []string{`1`}},
		"boolean":   {[]string{`true`, `false`, `null`}, []string{`"true"`, `0`}},
		"number":    {[]string{`1`, `1.5`, `-2`}, []string{`"1"`, `true`}},
		"date":      {[]string{`"2031-05-04"`, `"2031-05-04T00:00:00Z"`, `""`}, []string{`"4.5.2031"`, `"2031-13-01"`, `7`}},
		"dateTime":  {[]string{`"2031-05-04T08:00:00Z"`, `"2031-05-04T08:00:00+02:00"`}, []string{`"2031-05-04"`, `7`}},
		"password":  {nil, []string{`"secret"`}},
		"user":      {[]string{`"anna"`, `{"id":"x"}`}, nil},
		"grant":     {[]string{`{"role":"x"}`}, nil},
	} {
		library := &bpm.Library{Attributes: []bpm.Attribute{{Name: "a", Type: kind}}}
		form := &bpm.Form{Fields: []bpm.Field{{Name: "a"}}}
		forms := process.Forms{}
		for _, value := range test.good {
			_, err := forms.Check(t.Context(), process.Filled{Library: library, Form: form, Given: bpm.Values{"a": json.RawMessage(value)}})
			require.NoError(t, err, "%s %s", kind, value)
		}
		for _, value := range test.bad {
			_, err := forms.Check(t.Context(), process.Filled{Library: library, Form: form, Given: bpm.Values{"a": json.RawMessage(value)}})
			require.Error(t, err, "%s %s", kind, value)
			processtest.Refused(t, err, fault.Invalid, "values.a")
		}
	}
}

// closed is roles that cannot be asked for; it keeps what it was asked about.
type closed struct {
	roles map[string]string
	asked []string
}

// Refusals implements process.Requests.
func (c *closed) Refusals(_ context.Context, roles []string) (map[string]string, error) {
	c.asked = append(c.asked, roles...)
	return c.roles, nil
}

func TestRolesThatCannotBeAskedForAreNamedWithTheirLines(t *testing.T) {
	t.Parallel()
	library := &bpm.Library{Kind: bpm.PermissionsRequest}
	form := &bpm.Form{Fields: []bpm.Field{{Name: "grants"}}}
	const current = `{"grants": [{"key":"1","role":"Closed@Shop"}]}`
	for name, c := range map[string]struct {
		given   string
		asked   []string
		refused []string
	}{
		"open":                   {`[{"key":"1","role":"Open@Shop"}]`, []string{"Open@Shop"}, nil},
		"closed":                 {`[{"key":"1","role":"Open@Shop"},{"key":"2","role":"Closed@Shop"}]`, []string{"Open@Shop", "Closed@Shop"}, []string{"values.grants", "Line 2: not this one"}},
		"closed, to be revoked":  {`[{"key":"1","action":"revoke","role":"Closed@Shop"}]`, []string{"Closed@Shop"}, []string{"Line 1: not this one"}},
		"spelt differently":      {`[{"key":"1","ROLE":"Closed@Shop"}]`, []string{"Closed@Shop"}, []string{"Line 1"}},
		"as the process has it":  {`[{"key":"1","role":"Closed@Shop"}]`, nil, nil},
		"no list, read by steps": {`"none"`, nil, nil},
	} {
		for _, draft := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				requests := &closed{roles: map[string]string{"Closed@Shop": "not this one"}}
				forms := process.Forms{Requests: requests}
				_, err := forms.Check(t.Context(), process.Filled{
					Library: library, Form: form, Current: valuesOf(t, current), Given: valuesOf(t, `{"grants": `+c.given+`}`), Draft: draft,
				})
				require.Equal(t, c.asked, requests.asked)
				if c.refused == nil && name != "no list, read by steps" {
					require.NoError(t, err)
				}
				if c.refused != nil {
					processtest.Refused(t, err, fault.Invalid, c.refused...)
				}
			})
		}
	}
}
