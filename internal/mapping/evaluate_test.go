package mapping_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/mapping"
)

var errScript = errors.New("script failed")

// functions is an evaluator whose scripts are Go functions, looked up by their source.
type functions struct {
	known map[string]func(map[string]any) (any, error)
	calls [][]mapping.Script
}

func (f *functions) Evaluate(_ context.Context, scripts []mapping.Script, objects []map[string]any) ([][]mapping.Value, error) {
	f.calls = append(f.calls, scripts)
	all := make([][]mapping.Value, len(objects))
	for i, object := range objects {
		for _, s := range scripts {
			v, err := f.known[s.Source](object)
			all[i] = append(all[i], mapping.Value{V: v, Err: err})
		}
	}
	return all, nil
}

type answer struct {
	values [][]mapping.Value
	err    error
}

func (a answer) Evaluate(context.Context, []mapping.Script, []map[string]any) ([][]mapping.Value, error) {
	return a.values, a.err
}

func mustCompile(tb testing.TB, m mapping.ObjectMapping) *mapping.Compiled {
	tb.Helper()
	if m.SystemObject == "" {
		m.SystemObject = "inetOrgPerson"
	}
	if m.ObjectType == "" {
		m.ObjectType = mapping.TypeUser
	}
	compiled, findings := mapping.Compile(m)
	require.Empty(tb, findings)
	return compiled
}

func TestOutAndInByPathsOnly(t *testing.T) {
	t.Parallel()
	compiled := mustCompile(t, mapping.ObjectMapping{
		Rows: []mapping.Row{
			{System: "cn", Direction: "<=>", Provost: "accountName"},
			{System: `THIS{"user-id"}`, Direction: "<=>", Provost: "attributes.employeeNumber"},
			{System: "name.familyName", Direction: "<=", Provost: "lastName"},
			{System: "objectClass", Direction: "<=", Provost: `"inetOrgPerson"`},
			{System: "whenCreated", Direction: "=>", Provost: "createdOn"},
		},
	})
	require.Empty(t, compiled.OutScripts())
	require.Empty(t, compiled.InScripts())

	out, err := compiled.Out(t.Context(), []map[string]any{
		{"accountName": "jsample", "lastName": "Sample", "attributes": map[string]any{"employeeNumber": "007"}},
		{"accountName": "other"},
	}, nil)
	require.NoError(t, err)
	require.Equal(t, []mapping.Result{
		{Applies: true, Object: map[string]any{
			"cn": "jsample", "user-id": "007", "name": map[string]any{"familyName": "Sample"}, "objectClass": "inetOrgPerson",
		}},
		{Applies: true, Object: map[string]any{
			"cn": "other", "user-id": nil, "name": map[string]any{"familyName": nil}, "objectClass": "inetOrgPerson",
		}},
	}, out)

	in, err := compiled.In(t.Context(), []map[string]any{{"cn": "jsample", "user-id": "007", "whenCreated": "2026-01-31"}}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"accountName": "jsample", "attributes": map[string]any{"employeeNumber": "007"}, "createdOn": "2026-01-31",
	}, in[0].Object)
}

func TestScriptsOfABatchGoInOneCall(t *testing.T) {
	t.Parallel()
	compiled := mustCompile(t, mapping.ObjectMapping{
		Condition: "wanted()",
		Rows: []mapping.Row{
			{System: "uid", Direction: "<=", Provost: "userName"},
			{System: "cn", Direction: "<=", Provost: "full()"},
			{System: "mail", Direction: "<=", Provost: "mail()"},
			{System: "fromSystem()", Direction: "=>", Provost: "userName"},
		},
	})
	scripts := &functions{known: map[string]func(map[string]any) (any, error){
		"wanted()": func(o map[string]any) (any, error) {
			if o["userName"] == "broken" {
				return nil, errScript
			}
			return o["active"], nil
		},
		"full()": func(o map[string]any) (any, error) { return fmt.Sprint(o["userName"], "!"), nil },
		"mail()": func(o map[string]any) (any, error) {
			if o["userName"] == "c" || o["userName"] == "b" {
				return nil, errScript
			}
			return []any{"x@example.com"}, nil
		},
		"fromSystem()": func(o map[string]any) (any, error) { return o["uid"], nil },
	}}

	out, err := compiled.Out(t.Context(), []map[string]any{
		{"userName": "a", "active": true},
		{"userName": "b", "active": false},
		{"userName": "c", "active": "yes"},
		{"userName": "broken"},
	}, scripts)
	require.NoError(t, err)
	require.Equal(t, [][]mapping.Script{{
		{Name: "condition", Source: "wanted()"},
		{Name: "row 2: cn", Source: "full()", Guard: "condition"},
		{Name: "row 3: mail", Source: "mail()", Guard: "condition"},
	}}, scripts.calls)

	require.Equal(t, mapping.Result{
		Applies: true, Object: map[string]any{"uid": "a", "cn": "a!", "mail": []any{"x@example.com"}},
	}, out[0])
	require.Equal(t, mapping.Result{}, out[1], "what scripts do where the condition is false does not matter")
	require.True(t, out[2].Applies)
	require.Equal(t, map[string]any{"uid": "c", "cn": "c!"}, out[2].Object)
	require.EqualError(t, out[2].Err(), "row 3 (mail): script failed")
	require.ErrorIs(t, out[2].Err(), errScript)
	require.False(t, out[3].Applies)
	require.EqualError(t, out[3].Err(), "condition: script failed")

	in, err := compiled.In(t.Context(), []map[string]any{{"uid": "z"}}, scripts)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"userName": "z"}, in[0].Object)
	require.Equal(t, []mapping.Script{{Name: "row 4: userName", Source: "fromSystem()"}}, scripts.calls[1])
	require.Len(t, scripts.calls, 2)
}

func TestPathConditionNeedsNoEvaluator(t *testing.T) {
	t.Parallel()
	compiled := mustCompile(t, mapping.ObjectMapping{
		Condition: "attributes.licensed",
		Rows:      []mapping.Row{{System: "uid", Direction: "<=>", Provost: "userName"}},
	})
	out, err := compiled.Out(t.Context(), []map[string]any{
		{"userName": "a", "attributes": map[string]any{"licensed": true}}, {"userName": "b"},
	}, nil)
	require.NoError(t, err)
	require.True(t, out[0].Applies)
	require.False(t, out[1].Applies)
	require.Nil(t, out[1].Object)

	in, err := compiled.In(t.Context(), []map[string]any{{"uid": "b"}}, nil)
	require.NoError(t, err)
	require.True(t, in[0].Applies, "the condition speaks about Provost objects only")
}

func TestAssignmentErrorsNameTheRow(t *testing.T) {
	t.Parallel()
	compiled := mustCompile(t, mapping.ObjectMapping{Rows: []mapping.Row{
		{System: "name", Direction: "<=", Provost: "userName"},
		{System: "name.family", Direction: "<=", Provost: "lastName"},
		{System: "uid", Direction: "<=", Provost: "userName"},
	}})
	out, err := compiled.Out(t.Context(), []map[string]any{{"userName": "a", "lastName": "b"}}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"name": "a", "uid": "a"}, out[0].Object)
	var rowError *mapping.RowError
	require.ErrorAs(t, out[0].Err(), &rowError)
	require.Equal(t, 1, rowError.Row)
	require.Equal(t, "name.family", rowError.Target)
	require.ErrorIs(t, rowError, mapping.ErrNotAssignable)
}

func TestResultSharesNothingWithItsSource(t *testing.T) {
	t.Parallel()
	compiled := mustCompile(t, mapping.ObjectMapping{Rows: []mapping.Row{
		{System: "extra", Direction: "<=", Provost: "attributes"},
		{System: "extra.added", Direction: "<=", Provost: "userName"},
	}})
	user := map[string]any{"userName": "a", "attributes": map[string]any{"x": "y"}}
	out, err := compiled.Out(t.Context(), []map[string]any{user}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"extra": map[string]any{"x": "y", "added": "a"}}, out[0].Object)
	require.Equal(t, map[string]any{"x": "y"}, user["attributes"])
}

func TestEvaluatorFaults(t *testing.T) {
	t.Parallel()
	compiled := mustCompile(t, mapping.ObjectMapping{Rows: []mapping.Row{{System: "cn", Direction: "<=", Provost: "f(x)"}}})
	batch := []map[string]any{{}, {}}

	_, err := compiled.Out(t.Context(), batch, nil)
	require.ErrorIs(t, err, mapping.ErrNoEvaluator)
	_, err = compiled.Out(t.Context(), batch, answer{err: errScript})
	require.ErrorIs(t, err, errScript)
	_, err = compiled.Out(t.Context(), batch, answer{values: [][]mapping.Value{{{V: 1}}}})
	require.ErrorContains(t, err, "answered for 1 of 2 objects")
	_, err = compiled.Out(t.Context(), batch, answer{values: [][]mapping.Value{{{V: 1}}, {}}})
	require.ErrorContains(t, err, "0 of 1 values for object 1")

	results, err := compiled.Out(t.Context(), nil, nil)
	require.NoError(t, err, "no objects, no scripts to run")
	require.Empty(t, results)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = mustCompile(t, mapping.ObjectMapping{}).Out(ended, batch, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestTruthy(t *testing.T) {
	t.Parallel()
	for _, v := range []any{nil, false, "", int64(0), 0, 0.0, math.NaN()} {
		require.False(t, mapping.Truthy(v), "%#v", v)
	}
	for _, v := range []any{true, "false", "x", int64(1), -1, 0.5, []any{}, map[string]any{}} {
		require.True(t, mapping.Truthy(v), "%#v", v)
	}
}

func BenchmarkOut1000ObjectsBy15Paths(b *testing.B) {
	rows := make([]mapping.Row, 0, 15)
	for i := range 12 {
		rows = append(rows, mapping.Row{
			System: fmt.Sprintf("attr%d", i), Direction: "<=>", Provost: fmt.Sprintf("attributes.custom%d", i),
		})
	}
	rows = append(rows,
		mapping.Row{System: "cn", Direction: "<=>", Provost: "accountName"},
		mapping.Row{System: "name.familyName", Direction: "<=", Provost: "lastName"},
		mapping.Row{System: "memberOf", Direction: "<=", Provost: "granted"})
	compiled := mustCompile(b, mapping.ObjectMapping{Rows: rows})
	batch := make([]map[string]any, 1000)
	for i := range batch {
		custom := map[string]any{}
		for a := range 12 {
			custom[fmt.Sprintf("custom%d", a)] = "value"
		}
		batch[i] = map[string]any{
			"accountName": fmt.Sprint("sample", i), "lastName": "Sample", "attributes": custom, "granted": []any{"a", "b"},
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		results, err := compiled.Out(b.Context(), batch, nil)
		if err != nil || len(results) != len(batch) {
			b.Fatal(err)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	user := sampleUser()
	b.ReportAllocs()
	for b.Loop() {
		mapping.Hash(user)
	}
}
