package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"provost/internal/secret"
)

const planted = "correct horse battery staple"

// Every way of printing that the code base uses, tried on a value, a pointer and a field.
func TestValueIsNeverPrinted(t *testing.T) {
	t.Parallel()
	v := secret.New(planted)
	held := struct {
		Name     string        `json:"name"`
		Password secret.Value  `json:"password"`
		Pointer  *secret.Value `json:"pointer"`
	}{"ann", v, &v}

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb, v, &v, held)
	}
	fmt.Fprintln(&out, v, held, fmt.Errorf("login with %v: %w", v, secret.ErrMasked))

	logger := zerolog.New(&out)
	logger.Info().Stringer("s", v).Interface("i", v).Any("a", held).Interface("m", map[string]any{"k": v}).
		Str("f", fmt.Sprint(v)).Send()
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v, "h", held)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v, "h", held)
	slog.New(zerolog.NewSlogHandler(logger)).Info("x", "v", v, "h", held)
	require.NoError(t, json.NewEncoder(&out).Encode(held))

	require.NotContains(t, out.String(), planted)
	require.NotContains(t, out.String(), fmt.Sprintf("%x", planted))
	require.Contains(t, out.String(), "•••")
}

func TestValueReveals(t *testing.T) {
	t.Parallel()
	require.Equal(t, planted, secret.New(planted).Reveal())
	require.True(t, secret.Value{}.Empty())
	require.False(t, secret.New(planted).Empty())
	require.True(t, secret.New("a").Equal(secret.New("a")))
	require.False(t, secret.New("a").Equal(secret.New("b")))
	require.False(t, secret.New("a").Equal(secret.Value{}))
}

func TestValueIsReadFromJSON(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in   string
		want string
		fail bool
	}{
		"string":    {in: `"s3cr3t \" ñ"`, want: `s3cr3t " ñ`},
		"empty":     {in: `""`},
		"null":      {in: `null`},
		"the mask":  {in: `"•••"`, fail: true},
		"a number":  {in: `12345`, fail: true},
		"an object": {in: `{"p":1}`, fail: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v secret.Value
			err := json.Unmarshal([]byte(tc.in), &v)
			if tc.fail {
				require.Error(t, err)
				require.NotContains(t, err.Error(), "12345")
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, v.Reveal())
		})
	}
}

func TestValueRefusesItsMask(t *testing.T) {
	t.Parallel()
	shown, err := json.Marshal(secret.New(planted))
	require.NoError(t, err)
	var v secret.Value
	require.ErrorIs(t, json.Unmarshal(shown, &v), secret.ErrMasked)
}
