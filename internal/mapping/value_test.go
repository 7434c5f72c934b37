package mapping_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/mapping"
)

func TestEqual(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	text := "a"
	for _, pair := range [][2]any{
		{nil, nil},
		{nil, ""},
		{nil, []any{}},
		{nil, []any{nil, ""}},
		{nil, map[string]any{}},
		{nil, map[string]any{"a": nil}},
		{"a", []any{"a"}},
		{"a", []string{"a"}},
		{"a", []any{"a", "a"}},
		{"a", []byte("a")},
		{"a", &text},
		{nil, (*string)(nil)},
		{[]any{"b", "a"}, []string{"a", "b", "a"}},
		{[]any{"1", "TRUE"}, []any{true, int64(1)}},
		{"5", int64(5)},
		{"5", 5},
		{"5", 5.0},
		{"5", float32(5)},
		{"5", json.Number("5")},
		{"1.5", 1.5},
		{"1.5", json.Number("1.50")},
		{"TRUE", true},
		{"false", false},
		{"2026-01-31T12:00:00Z", noon},
		{"2026-01-31T13:00:00+01:00", noon},
		{noon, noon.In(time.FixedZone("x", 3600))},
		{map[string]any{"a": "1", "b": nil}, map[string]any{"a": int64(1)}},
		{map[string]any{"a": "1"}, map[string]string{"a": "1"}},
		{[]any{map[string]any{"n": "x"}}, map[string]any{"n": "x"}},
	} {
		require.True(t, mapping.Equal(pair[0], pair[1]), "%#v and %#v", pair[0], pair[1])
		require.True(t, mapping.Equal(pair[1], pair[0]), "%#v and %#v", pair[1], pair[0])
		require.Equal(t, mapping.Hash(map[string]any{"v": pair[0]}), mapping.Hash(map[string]any{"v": pair[1]}))
	}
	for _, pair := range [][2]any{
		{"a", "A"},
		{"a", " a"},
		{"007", int64(7)},
		{"5.0", int64(5)},
		{nil, false},
		{nil, int64(0)},
		{"a", []any{"a", "b"}},
		{[]any{"a,b"}, []any{"a", "b"}},
		{`["a","b"]`, []any{"a", "b"}},
		{`{"a":"1"}`, map[string]any{"a": "1"}},
		{"\xff", "\xfe"},
		{"\xff", "\uFFFD"},
		{map[string]any{"a": "1"}, map[string]any{"b": "1"}},
		{map[string]any{"a": map[string]any{"b": "1"}}, map[string]any{"a": "1"}},
		{noon, noon.Add(time.Nanosecond)},
		{int64(1<<62 + 1), int64(1 << 62)},
	} {
		require.False(t, mapping.Equal(pair[0], pair[1]), "%#v and %#v", pair[0], pair[1])
		require.NotEqual(t, mapping.Hash(map[string]any{"v": pair[0]}), mapping.Hash(map[string]any{"v": pair[1]}))
	}
}

// The hash is stored with each account; were its form to change, every account would be written again.
func TestHashIsStable(t *testing.T) {
	t.Parallel()
	require.Equal(t, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", mapping.Hash(nil))
	require.Equal(t, mapping.Hash(nil), mapping.Hash(map[string]any{"a": nil, "b": []any{}}))
	// sha256 of {"active":"true","cn":"Jane","mail":["a@example.com","b@example.com"]}
	require.Equal(t, "d45e47f202145184ba2d210d372d1baf800e04204e8675b62a3c476881648c4f", mapping.Hash(map[string]any{
		"mail": []string{"b@example.com", "a@example.com"}, "cn": "Jane", "active": true, "sn": nil,
	}))
}

func TestDiff(t *testing.T) {
	t.Parallel()
	before := map[string]any{
		"cn": "Jane", "mail": []any{"a@example.com", "b@example.com"}, "active": "TRUE", "title": "clerk", "phone": "",
	}
	after := map[string]any{
		"cn": []string{"Jane"}, "mail": []string{"b@example.com", "a@example.com"}, "active": true, "ou": "sales", "phone": nil,
	}
	require.Equal(t, []mapping.Change{
		{Attribute: "ou", Before: nil, After: "sales"},
		{Attribute: "title", Before: "clerk", After: nil},
	}, mapping.Diff(before, after))
	require.Empty(t, mapping.Diff(before, before))
	require.Empty(t, mapping.Diff(nil, nil))
	require.Len(t, mapping.Diff(nil, before), 4)
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	original := sampleUser()
	original["photo"] = []byte{1}
	copied, ok := mapping.Clone(original).(map[string]any)
	require.True(t, ok)
	require.Equal(t, original, copied)
	for _, text := range []string{`attributes.employeeNumber`, `secondaryGroups[0].name`} {
		require.NoError(t, mapping.MustParsePath(text).Assign(copied, "changed"))
		require.NotEqual(t, "changed", mapping.MustParsePath(text).Get(original), text)
	}
	copied["photo"].([]byte)[0] = 2
	copied["granted"].([]string)[0] = "changed"
	copied["labels"].(map[string]string)["team"] = "changed"
	require.Equal(t, []byte{1}, original["photo"])
	require.Equal(t, []string{"role1", "role2"}, original["granted"])
	require.Equal(t, map[string]string{"team": "red"}, original["labels"])
	require.Equal(t, map[string]any(nil), mapping.Clone(map[string]any(nil)))
}

func anyValue(depth int) *rapid.Generator[any] {
	generators := make([]*rapid.Generator[any], 0, 9)
	generators = append(generators,
		rapid.Just[any](nil),
		rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.Float64Range(-1e6, 1e6).AsAny(),
		rapid.SampledFrom([]string{"", "a", "b", "TRUE", "true", "5", "2026-01-31T12:00:00Z"}).AsAny(),
		rapid.SliceOfN(rapid.Byte(), 0, 4).AsAny(),
	)
	if depth == 0 {
		return rapid.OneOf(generators...)
	}
	deeper := anyValue(depth - 1)
	return rapid.OneOf(append(generators,
		rapid.SliceOfN(deeper, 0, 4).AsAny(),
		rapid.MapOfN(rapid.StringMatching(`[abc]`), deeper, 0, 3).AsAny(),
	)...)
}

func TestEqualIsAnEquivalenceWithHashAndDiff(t *testing.T) {
	t.Parallel()
	value := anyValue(2)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := value.Draw(t, "a"), value.Draw(t, "b"), value.Draw(t, "c")
		require.True(t, mapping.Equal(a, a))
		require.True(t, mapping.Equal(a, []any{a}))
		require.True(t, mapping.Equal(a, mapping.Clone(a)))
		require.True(t, mapping.Equal([]any{a, b, c}, []any{c, nil, b, a, b}))
		require.Equal(t, mapping.Equal(a, b), mapping.Equal(b, a))
		if mapping.Equal(a, b) && mapping.Equal(b, c) {
			require.True(t, mapping.Equal(a, c))
		}
		x, y := map[string]any{"k": a}, map[string]any{"k": b}
		require.Equal(t, mapping.Equal(a, b), mapping.Hash(x) == mapping.Hash(y))
		require.Equal(t, mapping.Equal(a, b), len(mapping.Diff(x, y)) == 0)
	})
}
