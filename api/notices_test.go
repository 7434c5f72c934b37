package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEverybodyChoosesTheirNotices(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const path = "/api/v1/me/notices"
	anna := b.clerk(t, "anna", nil)
	require.Equal(t, map[string]any{"assignment": true, "reminder": true, "outcome": true, "digest": true}, anna.get(path).status(http.StatusOK).object())
	chosen := map[string]any{"assignment": false, "reminder": true, "outcome": false, "digest": true}
	require.Equal(t, chosen, anna.json(http.MethodPut, path, chosen).status(http.StatusOK).object())
	require.Equal(t, chosen, anna.get(path).status(http.StatusOK).object())
	require.Equal(t, true, b.admin.get(path).status(http.StatusOK).object()["assignment"], "everybody for themselves")
	anna.json(http.MethodPut, path, map[string]any{"assignment": false}).problem(http.StatusUnprocessableEntity, "invalid")
}
