package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/fault"
	"provost/internal/object"
)

// TestMergePatchOfTheStandard runs the examples of RFC 7396, appendix A, whose target is an object.
func TestMergePatchOfTheStandard(t *testing.T) {
	t.Parallel()
	cases := []struct{ target, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	}
	for _, c := range cases {
		var target, patch any
		require.NoError(t, json.Unmarshal([]byte(c.target), &target))
		require.NoError(t, json.Unmarshal([]byte(c.patch), &patch))
		got, err := json.Marshal(mergePatch(target, patch))
		require.NoError(t, err)
		require.JSONEq(t, c.want, string(got), "%s with %s", c.target, c.patch)
	}
}

func TestCellsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 10, 0, 0, 5000, time.UTC)
	id := uuid.MustParse("00000000-0000-7000-8000-000000000010")
	cases := []struct {
		value any
		cell  string
		back  any
	}{
		{"text", "text", "text"},
		{"", "", nil},
		{true, "true", true},
		{42, "42", 42.0},
		{0.5, "0.5", 0.5},
		{at, "2026-11-21T10:00:00.000005Z", "2026-11-21T10:00:00.000005Z"},
		{id, id.String(), id.String()},
		{[]string{"a", "b"}, `["a","b"]`, []any{"a", "b"}},
		{map[string]string{"k": "v"}, `{"k":"v"}`, map[string]any{"k": "v"}},
		{(*time.Time)(nil), "", nil},
		{&id, id.String(), id.String()},
		{object.Attributes{}, "", nil},
	}
	for _, c := range cases {
		require.Equal(t, c.cell, cellText(c.value))
		kind := reflect.TypeOf(c.value)
		if kind == reflect.TypeFor[uuid.UUID]() || kind == reflect.TypeFor[*uuid.UUID]() {
			kind = reflect.TypeFor[uuid.UUID]()
		}
		got, err := cellValue(kind, "member", c.cell)
		require.NoError(t, err, c.cell)
		require.Equal(t, c.back, got, c.cell)
	}
	require.Empty(t, cellText(nil))
}

func TestCellsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for cell, kind := range map[string]reflect.Type{
		"perhaps": reflect.TypeFor[bool](), "many": reflect.TypeFor[int](), "soon": reflect.TypeFor[*time.Time](), "{": reflect.TypeFor[[]string](),
	} {
		_, err := cellValue(kind, "member", cell)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), cell)
		require.ErrorContains(t, err, "member", cell)
	}
	for _, cell := range []string{"2026-11-30", "2026-11-30 18:00:00", "2026-11-30T18:00:00+01:00"} {
		_, err := cellValue(reflect.TypeFor[time.Time](), "member", cell)
		require.NoError(t, err)
	}
}

func TestSeparatorsAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]rune{"a,b\n1;2;3": ',', "a;b;c\n": ';', "a\tb\n": '\t', "single\n": ','} {
		require.Equal(t, want, separatorOf([]byte(text)), text)
		s, err := readSheet(strings.NewReader(text), nil)
		require.NoError(t, err)
		require.NotContains(t, s.columns[0], string(want))
	}
}
