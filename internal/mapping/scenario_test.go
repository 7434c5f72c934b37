package mapping_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/mapping"
)

// directory maps sample users to a directory and back, with the attributes guide 086 lists for a user.
func directory() mapping.ObjectMapping {
	return mapping.ObjectMapping{
		SystemObject: "inetOrgPerson",
		ObjectType:   mapping.TypeUser,
		Rows: []mapping.Row{
			{System: "uid", Direction: mapping.DirectionBoth, Provost: "accountName"},
			{System: "givenName", Direction: mapping.DirectionBoth, Provost: "firstName"},
			{System: "sn", Direction: mapping.DirectionBoth, Provost: "lastName"},
			{System: "employeeNumber", Direction: mapping.DirectionBoth, Provost: `attributes{"employeeNumber"}`},
			{System: "ou", Direction: mapping.DirectionOut, Provost: "secondaryGroups[0].name"},
			{System: "memberOf", Direction: mapping.DirectionOut, Provost: "allGranted"},
			{System: "nsAccountLock", Direction: mapping.DirectionOut, Provost: "accountDisabled"},
			{System: "objectClass[0]", Direction: mapping.DirectionOut, Provost: `"top"`},
			{System: "objectClass[1]", Direction: mapping.DirectionOut, Provost: `"inetOrgPerson"`},
			{System: `THIS{"modifyTimestamp"}`, Direction: mapping.DirectionIn, Provost: "lastUpdate"},
		},
	}
}

// What an agent does with one user: map, compare with what the directory holds, find nothing or the one difference.
func TestScenarioUserInADirectory(t *testing.T) {
	t.Parallel()
	compiled := mustCompile(t, directory())
	user := map[string]any{
		"accountName": "jane", "firstName": "Jane", "lastName": "Sample", "accountDisabled": false,
		"attributes":      map[string]any{"employeeNumber": int64(7)},
		"secondaryGroups": []any{map[string]any{"name": "sales"}},
		"allGranted":      []any{"buyer", "seller"},
	}
	results, err := compiled.Out(t.Context(), []map[string]any{user}, nil)
	require.NoError(t, err)
	require.NoError(t, results[0].Err())
	desired := results[0].Object
	require.Equal(t, []any{"top", "inetOrgPerson"}, desired["objectClass"])

	stored := map[string]any{
		"uid": []string{"jane"}, "givenName": []string{"Jane"}, "sn": []string{"Sample"}, "employeeNumber": []string{"7"},
		"ou": "sales", "memberOf": []string{"seller", "buyer"}, "nsAccountLock": "FALSE", "objectClass": []string{"inetOrgPerson", "top"},
	}
	require.Empty(t, mapping.Diff(stored, desired))
	require.Equal(t, mapping.Hash(stored), mapping.Hash(desired))

	user["accountDisabled"] = true
	results, err = compiled.Out(t.Context(), []map[string]any{user}, nil)
	require.NoError(t, err)
	require.Equal(t, []mapping.Change{{Attribute: "nsAccountLock", Before: "FALSE", After: true}},
		mapping.Diff(stored, results[0].Object))
	require.NotEqual(t, mapping.Hash(stored), mapping.Hash(results[0].Object))

	changed := time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC)
	stored["modifyTimestamp"] = changed
	loaded, err := compiled.In(t.Context(), []map[string]any{stored}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"accountName": []string{"jane"}, "firstName": []string{"Jane"}, "lastName": []string{"Sample"},
		"attributes": map[string]any{"employeeNumber": []string{"7"}}, "lastUpdate": changed,
	}, loaded[0].Object)
}

// Rows that work both ways bring back what they took away.
func TestOutThenInRestores(t *testing.T) {
	t.Parallel()
	compiled := mustCompile(t, directory())
	value := anyValue(1)
	rapid.Check(t, func(t *rapid.T) {
		user := map[string]any{
			"accountName": value.Draw(t, "account"), "firstName": value.Draw(t, "first"), "lastName": value.Draw(t, "last"),
			"attributes": map[string]any{"employeeNumber": value.Draw(t, "number")},
		}
		out, err := compiled.Out(context.Background(), []map[string]any{user}, nil)
		require.NoError(t, err)
		in, err := compiled.In(context.Background(), []map[string]any{out[0].Object}, nil)
		require.NoError(t, err)
		require.NoError(t, in[0].Err())
		user["lastUpdate"] = nil
		require.Equal(t, user, in[0].Object)
	})
}

// Several mappings of one type each decide for themselves.
func TestScenarioTwoMappingsOfOneType(t *testing.T) {
	t.Parallel()
	mappings := []mapping.ObjectMapping{directory(), directory()}
	mappings[0].Condition = "attributes.person"
	mappings[1].SystemObject, mappings[1].Condition = "applicationProcess", "attributes.robot"
	compiled, findings := mapping.CompileAll(mappings)
	require.Empty(t, findings)
	batch := []map[string]any{
		{"accountName": "jane", "attributes": map[string]any{"person": true}},
		{"accountName": "robot", "attributes": map[string]any{"robot": true}},
		{"accountName": "both", "attributes": map[string]any{"robot": true, "person": true}},
		{"accountName": "none"},
	}
	applies := map[string][]bool{}
	for _, c := range compiled {
		results, err := c.Out(t.Context(), batch, nil)
		require.NoError(t, err)
		for _, r := range results {
			applies[c.Mapping().SystemObject] = append(applies[c.Mapping().SystemObject], r.Applies)
		}
	}
	require.Equal(t, map[string][]bool{
		"inetOrgPerson": {true, false, true, false}, "applicationProcess": {false, true, true, false},
	}, applies)
}

// Each object of a large batch gets the values of its own scripts.
func TestLargeBatchKeepsItsOrder(t *testing.T) {
	t.Parallel()
	compiled := mustCompile(t, mapping.ObjectMapping{Rows: []mapping.Row{
		{System: "uid", Direction: mapping.DirectionOut, Provost: "accountName"},
		{System: "mail", Direction: mapping.DirectionOut, Provost: "mail()"},
		{System: "cn", Direction: mapping.DirectionOut, Provost: "cn()"},
	}})
	scripts := &functions{known: map[string]func(map[string]any) (any, error){
		"mail()": func(o map[string]any) (any, error) { return fmt.Sprint(o["accountName"], "@example.com"), nil },
		"cn()":   func(o map[string]any) (any, error) { return fmt.Sprint("cn of ", o["accountName"]), nil },
	}}
	batch := make([]map[string]any, 1000)
	for i := range batch {
		batch[i] = map[string]any{"accountName": fmt.Sprint("sample", i)}
	}
	results, err := compiled.Out(t.Context(), batch, scripts)
	require.NoError(t, err)
	require.Len(t, scripts.calls, 1)
	for i, r := range results {
		name := fmt.Sprint("sample", i)
		require.Equal(t, map[string]any{"uid": name, "mail": name + "@example.com", "cn": "cn of " + name}, r.Object)
	}
}
