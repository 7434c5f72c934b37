package step

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/identity"
)

func TestOnlyWhatTheProcessKnowsOfAPersonIsComparedWithUsers(t *testing.T) {
	t.Parallel()
	values := bpm.Values{}
	require.NoError(t, json.Unmarshal([]byte(`{"firstName": "Anna", "phone": null, "email": "", "badge": "7", "secret": "x", "action": "A", "user": "admin", "requester": "boss"}`), &values))
	library := &bpm.Library{Kind: bpm.UserManagement, Attributes: []bpm.Attribute{{Name: "badge", Type: "string"}, {Name: "secret", Type: "password"}, {Name: "empty", Type: "string"}}}
	names := comparedOf(library, values)
	require.Equal(t, []string{"firstName", "badge"}, names)
	user := &identity.User{UserName: "anna", FirstName: "Hanna", LastName: "Hidden", Attributes: map[string]any{"badge": "8", "salary": 1}}
	got, err := valuesOf(user, names)
	require.NoError(t, err)
	require.Equal(t, bpm.Values{"firstName": json.RawMessage(`"Hanna"`), "badge": json.RawMessage(`"8"`)}, got)
}
