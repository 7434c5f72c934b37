package wire_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/script/wire"
)

func TestValuesSurvive(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
	tests := map[string]struct{ in, want any }{
		"nil":              {nil, nil},
		"text":             {"a\"\n<é", "a\"\n<é"},
		"bool":             {true, true},
		"int":              {7, int64(7)},
		"large int":        {int64(math.MaxInt64), int64(math.MaxInt64)},
		"uint":             {uint8(7), int64(7)},
		"float":            {2.5, 2.5},
		"whole float":      {3.0, 3.0},
		"exponent":         {1e300, 1e300},
		"not a number":     {math.NaN(), nil},
		"infinity":         {math.Inf(1), nil},
		"time":             {when.In(time.FixedZone("x", 3600)), when},
		"bytes":            {[]byte{0, 255}, []byte{0, 255}},
		"list":             {[]any{1, "a", nil}, []any{int64(1), "a", nil}},
		"empty list":       {[]any{}, []any{}},
		"typed list":       {[]string{"a"}, []any{"a"}},
		"typed map":        {map[string]int{"a": 1}, map[string]any{"a": int64(1)}},
		"named types":      {time.Duration(5), int64(5)},
		"nil pointer":      {(*string)(nil), nil},
		"map like a time":  {map[string]any{"$t": "2026-03-01T12:00:00Z"}, map[string]any{"$t": "2026-03-01T12:00:00Z"}},
		"map like a map":   {map[string]any{"$m": map[string]any{"$b": "AA=="}}, map[string]any{"$m": map[string]any{"$b": "AA=="}}},
		"dollar among":     {map[string]any{"$t": "x", "a": when}, map[string]any{"$t": "x", "a": when}},
		"map with a list":  {map[string]any{"$x": []any{1.5}}, map[string]any{"$x": []any{1.5}}},
		"map with a value": {map[string]any{"$b": 3}, map[string]any{"$b": int64(3)}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := wire.Encode(tt.in)
			require.NoError(t, err)
			got, err := wire.Decode(raw)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestEncodeSortsKeysAndRefusesTheRest(t *testing.T) {
	t.Parallel()
	raw, err := wire.Encode(map[string]any{"b": 1, "a": 2.0})
	require.NoError(t, err)
	require.JSONEq(t, `{"a":2.0,"b":1}`, string(raw))
	require.Equal(t, `{"a":2.0,"b":1}`, string(raw))
	loop := map[string]any{}
	loop["self"] = loop
	for _, bad := range []any{struct{}{}, make(chan int), map[int]string{1: "a"}, []any{func() {}}, loop} {
		_, err := wire.Encode(bad)
		require.ErrorIs(t, err, wire.ErrValue)
	}
}

func TestDecodeRefusesBrokenValues(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{`{`, `{"$t":"yesterday"}`, `{"$b":"*"}`, `[{"$t":""}]`, `{"a":{"$t":"x"}}`, `1e999`} {
		_, err := wire.Decode(json.RawMessage(bad))
		require.Error(t, err, bad)
	}
	_, err := wire.DecodeMap(json.RawMessage(`[1]`))
	require.ErrorIs(t, err, wire.ErrValue)
	m, err := wire.DecodeMap(nil)
	require.NoError(t, err)
	require.Nil(t, m)
}

func TestFramesSurviveAndAreBounded(t *testing.T) {
	t.Parallel()
	var pipe bytes.Buffer
	sent := &wire.Message{Kind: wire.KindHost, Host: &wire.HostCall{Index: 3, Service: "s", Method: "m", Args: json.RawMessage(`[1]`)}}
	require.NoError(t, wire.Write(&pipe, sent))
	got, err := wire.Read(&pipe)
	require.NoError(t, err)
	require.Equal(t, sent, got)
	_, err = wire.Read(&pipe)
	require.ErrorIs(t, err, io.EOF)
	_, err = wire.Read(bytes.NewReader([]byte{0xff, 0, 0, 0}))
	require.ErrorIs(t, err, wire.ErrFrameTooLarge)
	_, err = wire.Read(bytes.NewReader([]byte{0, 0, 0, 9, '{'}))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, err = wire.Read(bytes.NewReader([]byte{0, 0, 0, 1, '{'}))
	require.Error(t, err)
	large := &wire.Message{Kind: wire.KindResult, Result: &wire.Result{Output: strings.Repeat("a", wire.MaxFrame)}}
	require.ErrorIs(t, wire.Write(&pipe, large), wire.ErrFrameTooLarge)
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"$t":"2026-03-01T12:00:00Z"}`, `{"$m":{"$b":"AA=="}}`, `[1,2.5,null,"x",{"a":true}]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := wire.Decode(raw)
		if err != nil {
			return
		}
		again, err := wire.Encode(v)
		if err != nil {
			return // deeper than values may nest
		}
		back, err := wire.Decode(again)
		require.NoError(t, err)
		require.Equal(t, v, back)
	})
}
