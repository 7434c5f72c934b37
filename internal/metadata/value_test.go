package metadata_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/metadata"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	moment := time.Date(2026, 1, 31, 9, 30, 0, 0, time.FixedZone("", 3600))
	cases := []struct {
		name    string
		kind    metadata.DataType
		options metadata.Options
		in, out any
		err     string
	}{
		{"text is trimmed", metadata.String, metadata.Options{}, " a ", "a", ""},
		{"number as text", metadata.String, metadata.Options{}, 12.0, "12", ""},
		{"upper case", metadata.String, metadata.Options{LetterCase: "upper"}, "Córdoba", "CÓRDOBA", ""},
		{"lower case", metadata.String, metadata.Options{LetterCase: "lower"}, "ABC", "abc", ""},
		{"size counts characters", metadata.String, metadata.Options{Size: 3}, "äöü", "äöü", ""},
		{"too long", metadata.String, metadata.Options{Size: 3}, "abcd", nil, "at most 3 characters"},
		{"value by code", metadata.String, metadata.Options{Values: []metadata.Value{{Code: "ESP", Label: "Spain"}}}, "esp", "ESP", ""},
		{"no such value", metadata.String, metadata.Options{Values: []metadata.Value{{Code: "ESP"}}}, "FRA", nil, "one of ESP"},
		{"an object is no text", metadata.String, metadata.Options{}, map[string]any{}, nil, "must be text"},
		{"two values for one", metadata.String, metadata.Options{}, []any{"a", "b"}, nil, "takes one value"},
		{"one value in a list", metadata.String, metadata.Options{}, []any{"a"}, "a", ""},
		{"repetitions are dropped", metadata.String, metadata.Options{MultiValued: true}, []any{"a", "", "b", "a"}, []any{"a", "b"}, ""},
		{"single value of many", metadata.Number, metadata.Options{MultiValued: true}, "1", []any{1.0}, ""},
		{"number", metadata.Number, metadata.Options{}, " 1.5 ", 1.5, ""},
		{"integer", metadata.Number, metadata.Options{}, 3, 3.0, ""},
		{"no number", metadata.Number, metadata.Options{}, "1,5", nil, "must be a number"},
		{"not a number", metadata.Number, metadata.Options{}, "NaN", nil, "must be a number"},
		{"yes", metadata.Boolean, metadata.Options{}, "Yes", true, ""},
		{"no", metadata.Boolean, metadata.Options{}, false, false, ""},
		{"maybe", metadata.Boolean, metadata.Options{}, "maybe", nil, "true or false"},
		{"date", metadata.Date, metadata.Options{}, "2026-01-31", "2026-01-31", ""},
		{"date of an instant", metadata.Date, metadata.Options{}, moment, "2026-01-31", ""},
		{"no date", metadata.Date, metadata.Options{}, "31/01/2026", nil, "2026-01-31"},
		{"instant", metadata.DateTime, metadata.Options{}, "2026-01-31T09:30:00+01:00", "2026-01-31T08:30:00Z", ""},
		{"instant of a date", metadata.DateTime, metadata.Options{}, "2026-01-31", "2026-01-31T00:00:00Z", ""},
		{"no instant", metadata.DateTime, metadata.Options{}, 5.0, nil, "date and time"},
		{"address", metadata.Email, metadata.Options{}, "Ada@example.org", "Ada@example.org", ""},
		{"address with name", metadata.Email, metadata.Options{}, "Ada <ada@example.org>", nil, "e-mail address"},
		{"address without domain", metadata.Email, metadata.Options{}, "ada@localhost", nil, "e-mail address"},
		{"reference", metadata.UserRef, metadata.Options{}, id.String(), id.String(), ""},
		{"no reference", metadata.GroupRef, metadata.Options{}, "world", nil, "the id of a group"},
		{"bytes", metadata.Photo, metadata.Options{}, []byte("abc"), "YWJj", ""},
		{"too many bytes", metadata.Binary, metadata.Options{Size: 2}, "YWJj", nil, "at most 2 bytes"},
		{"no base64", metadata.Binary, metadata.Options{}, "***", nil, "base64"},
		{"lines stay", metadata.Multiline, metadata.Options{}, "a\nb ", "a\nb ", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := metadata.Attribute{Code: "x", DataType: c.kind, Options: c.options}
			out, err := a.Normalise(c.in)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.out, out)
			again, err := a.Normalise(out)
			require.NoError(t, err, "the stored form is accepted")
			require.Equal(t, out, again, "and stays as it is")
		})
	}
}

// TestNormaliseIsStable: whatever text is accepted, its stored form is accepted again and is its own stored form.
func TestNormaliseIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := metadata.Attribute{
			Code: "x", DataType: rapid.SampledFrom(metadata.DataTypes()).Draw(t, "type"),
			Options: metadata.Options{
				LetterCase: rapid.SampledFrom([]string{"", "upper", "lower"}).Draw(t, "case"), MultiValued: rapid.Bool().Draw(t, "multi"),
				Size: rapid.IntRange(0, 20).Draw(t, "size"),
			},
		}
		out, err := a.Normalise(rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9]{1,4}`), rapid.StringMatching(`2026-0[1-9]-1[0-9]`)).Draw(t, "value"))
		if err != nil {
			return
		}
		again, err := a.Normalise(out)
		if err != nil {
			t.Fatalf("%v is refused after %v was stored: %v", a.DataType, out, err)
		}
		require.Equal(t, out, again)
	})
}

func TestBuiltinsAreComplete(t *testing.T) {
	t.Parallel()
	for _, objectType := range metadata.ObjectTypes() {
		seen := map[string]bool{}
		position := 0
		for _, a := range metadata.Builtins(objectType) {
			require.False(t, seen[a.Code], "%s twice", a.Title())
			seen[a.Code] = true
			require.Greater(t, a.Position, position)
			position = a.Position
			require.NotEmpty(t, a.Options.Label["en"], a.Title())
			require.NotEmpty(t, a.Options.Label["es"], a.Title())
			require.Contains(t, metadata.DataTypes(), a.DataType)
		}
		require.True(t, seen["createdAt"], objectType)
	}
}
