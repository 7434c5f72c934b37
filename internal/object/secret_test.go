package object_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/object"
)

func TestSecretsInAttributes(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse("01890000-0000-7000-8000-000000000001")
	stored := object.Attributes{"pin": object.Secret{ID: id}, "site": "north", "floors": []any{1.0, 2.0}}
	row, err := json.Marshal(stored)
	require.NoError(t, err)
	require.JSONEq(t, `{"pin": {"secret": "01890000-0000-7000-8000-000000000001"}, "site": "north", "floors": [1, 2]}`, string(row))
	var read object.Attributes
	require.NoError(t, json.Unmarshal(row, &read))
	require.Equal(t, stored, read, "what a row holds is read as it was")

	masked := read.Masked()
	require.Equal(t, object.Secret{ID: id}, read["pin"], "the map itself is left alone")
	answer, err := json.Marshal(masked)
	require.NoError(t, err)
	require.JSONEq(t, `{"pin": "•••", "site": "north", "floors": [1, 2]}`, string(answer))
	require.Equal(t, map[string]any{"site": "north", "floors": []any{1.0, 2.0}}, read.Readable())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		require.NotContains(t, fmt.Sprintf(verb, read["pin"]), "0189", verb)
	}
}

func TestAttributesThatOnlyLookLikeSecrets(t *testing.T) {
	t.Parallel()
	for text, expected := range map[string]any{
		`{"a": {"secret": "no id"}}`: map[string]any{"secret": "no id"},
		`{"a": {"secret": "01890000-0000-7000-8000-000000000001", "b": 1}}`: map[string]any{
			"secret": "01890000-0000-7000-8000-000000000001", "b": 1.0,
		},
		`{"a": "secret"}`:   "secret",
		`{"a": ["secret"]}`: []any{"secret"},
		`{"a": null}`:       nil,
	} {
		var read object.Attributes
		require.NoError(t, json.Unmarshal([]byte(text), &read))
		require.Equal(t, object.Attributes{"a": expected}, read)
	}
	var none object.Attributes
	require.NoError(t, json.Unmarshal([]byte("null"), &none))
	require.Nil(t, none)
	require.Error(t, json.Unmarshal([]byte("[]"), &none))
	require.Empty(t, none.Readable())
	require.Nil(t, none.Masked())
}

// FuzzAttributes: what is read is written the same, and no answer holds the id of a secret.
func FuzzAttributes(f *testing.F) {
	f.Add([]byte(`{"pin": {"secret": "01890000-0000-7000-8000-000000000001"}, "x": [1, "a"]}`))
	f.Add([]byte(`{"secret": {"secret": ""}}`))
	f.Add([]byte(`{"a": {"secr\u0065t": "01890000-0000-7000-8000-000000000001"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var read, again object.Attributes
		if json.Unmarshal(text, &read) != nil {
			return
		}
		row, err := json.Marshal(read)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(row, &again))
		if read != nil {
			require.Equal(t, read, again)
		}
		for code, value := range read.Masked() {
			if s, ok := value.(object.Secret); ok {
				require.Equal(t, uuid.Nil, s.ID, code)
			}
		}
		for code, value := range read.Readable() {
			_, secret := value.(object.Secret)
			require.False(t, secret, code)
		}
	})
}
