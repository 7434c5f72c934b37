package site_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/scriptservice/site"
)

func TestContextCarriesTheSystem(t *testing.T) {
	t.Parallel()
	_, ok := site.From(t.Context())
	require.False(t, ok)
	_, ok = site.From(site.With(t.Context(), uuid.Nil))
	require.False(t, ok, "no system is not a system")
	id := uuid.New()
	found, ok := site.From(site.With(t.Context(), id))
	require.True(t, ok)
	require.Equal(t, id, found)
}
