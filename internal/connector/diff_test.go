package connector_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		before, after any
		differs       bool
	}{
		"same text":                  {"a", "a", false},
		"other text":                 {"a", "A", true},
		"nothing and empty text":     {nil, "", false},
		"nothing and empty list":     {nil, []any{}, false},
		"list of nothing":            {"", []any{nil, ""}, false},
		"nothing and something":      {nil, "a", true},
		"something and nothing":      {"a", nil, true},
		"number as text":             {"5", int64(5), false},
		"leading zero as number":     {"05", int64(5), false},
		"leading zero as text":       {"05", "5", true},
		"float and integer":          {float64(5), int64(5), false},
		"digits beyond a float":      {int64(9007199254740993), "9007199254740992", true},
		"boolean as text":            {"TRUE", true, false},
		"other boolean":              {"FALSE", true, true},
		"time as RFC 3339":           {noon, "2026-03-01T13:00:00+01:00", false},
		"time as generalized time":   {"20260301120000Z", noon, false},
		"other time":                 {"20260301120001Z", noon, true},
		"time and no time":           {"noon", noon, true},
		"date as time":               {"2026-03-01", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), false},
		"bytes":                      {[]byte{1, 2}, []byte{1, 2}, false},
		"other bytes":                {[]byte{1, 2}, []byte{1, 3}, true},
		"bytes as text":              {[]byte("a"), "a", false},
		"scalar and list of one":     {"a", []any{"a"}, false},
		"order does not matter":      {[]any{"a", "b"}, []any{"b", "a"}, false},
		"repetition does not matter": {[]any{"a", "b", "a"}, []string{"b", "a"}, false},
		"one more":                   {[]any{"a"}, []any{"a", "b"}, true},
		"one less":                   {[]any{"a", "b"}, []any{"a"}, true},
		"one other":                  {[]any{"a", "b"}, []any{"a", "c"}, true},
		"typed members":              {[]any{"1", "TRUE"}, []any{true, int64(1)}, false},
		"typed member missing":       {[]any{"1", "2"}, []any{int64(1), int64(3)}, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			current := connector.Object{Attributes: connector.Attributes{"x": c.before, "y": "left alone"}}
			changes := connector.Diff(current, connector.Attributes{"x": c.after})
			require.Equal(t, c.differs, len(changes) == 1)
			require.Equal(t, c.differs, changes.Has("x"))
			back := connector.Diff(connector.Object{Attributes: connector.Attributes{"x": c.after}}, connector.Attributes{"x": c.before})
			require.Len(t, back, len(changes), "the comparison is symmetrical")
		})
	}
}

func TestDiffIsSortedAndCallsEmptyNil(t *testing.T) {
	t.Parallel()
	current := connector.Object{Attributes: connector.Attributes{"b": "1", "a": ""}}
	changes := connector.Diff(current, connector.Attributes{"b": "", "a": "2", "c": []any{}})
	require.Equal(t, connector.Changes{{Attribute: "a", After: "2"}, {Attribute: "b", Before: "1"}}, changes)
}

func TestDiffValues(t *testing.T) {
	t.Parallel()
	lower := func(v any) any { return strings.ToLower(connector.Text(v)) }
	added, removed := connector.DiffValues([]any{"A", "b", "c"}, []any{"a", "C", "d", "D"}, lower)
	require.Equal(t, []any{"d"}, added)
	require.Equal(t, []any{"b"}, removed)
}

// folding compares without regard to case.
type folding struct{ connector.Connector }

func (folding) Canonical(_ connector.Class, attribute string, v any) any {
	if attribute != "folded" {
		return v
	}
	return strings.ToLower(connector.Text(v))
}

func TestDiffForAsksTheConnector(t *testing.T) {
	t.Parallel()
	current := connector.Object{Attributes: connector.Attributes{"folded": "A", "exact": "A"}}
	desired := connector.Attributes{"folded": "a", "exact": "a"}
	changes := connector.DiffFor(folding{}, connector.Class{}, current, desired)
	require.Equal(t, connector.Changes{{Attribute: "exact", Before: "A", After: "a"}}, changes)
	require.Len(t, connector.DiffFor(struct{ connector.Connector }{}, connector.Class{}, current, desired), 2)
}

func TestLargeGroupsAreComparedQuickly(t *testing.T) {
	t.Parallel()
	const members = 50_000
	before, after := make([]any, members), make([]any, members)
	for i := range members {
		before[i], after[i] = fmt.Sprintf("uid=%d", i), fmt.Sprintf("uid=%d", i+members/2)
	}
	started := time.Now()
	added, removed := connector.DiffValues(before, after, nil)
	require.Len(t, added, members/2)
	require.Len(t, removed, members/2)
	require.Less(t, time.Since(started), 5*time.Second, "a pairwise comparison takes minutes")
}

func TestText(t *testing.T) {
	t.Parallel()
	for wanted, v := range map[string]any{
		"": nil, "text": "text", "raw": []byte("raw"), "true": true, "-7": int64(-7), "7": 7, "8": int32(8), "100000000000000000000": 1e20,
		"0.5": float32(0.5), "2026-03-01T11:00:00.5Z": time.Date(2026, 3, 1, 12, 0, 0, 5e8, time.FixedZone("", 3600)),
	} {
		require.Equal(t, wanted, connector.Text(v))
	}
}

func FuzzDiffIsReflexiveAndSymmetrical(f *testing.F) {
	f.Add("a", "b", int64(5), true)
	f.Add("5", "TRUE", int64(5), true)
	f.Add("20260301120000Z", "", int64(0), false)
	f.Fuzz(func(t *testing.T, a, b string, n int64, yes bool) {
		x, y := []any{a, n, yes}, []any{b, yes}
		for _, pair := range [][2]any{{x, x}, {y, y}, {a, a}, {n, n}} {
			added, removed := connector.DiffValues(connector.Values(pair[0]), connector.Values(pair[1]), nil)
			require.Empty(t, added)
			require.Empty(t, removed)
		}
		added, removed := connector.DiffValues(x, y, nil)
		backAdded, backRemoved := connector.DiffValues(y, x, nil)
		require.Equal(t, added, backRemoved)
		require.Equal(t, removed, backAdded)
	})
}
