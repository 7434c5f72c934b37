package api

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOpenAPIGolden keeps openapi.json, from which the console's types come, equal to what the code serves. PROVOST_UPDATE_GOLDEN=1
// rewrites it (make generate).
func TestOpenAPIGolden(t *testing.T) {
	t.Parallel()
	var served bytes.Buffer
	text, err := json.Marshal(newAPI(Deps{Version: "1"}).huma.OpenAPI())
	require.NoError(t, err)
	require.NoError(t, json.Indent(&served, text, "", "  "))
	served.WriteByte('\n')
	if os.Getenv("PROVOST_UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile("openapi.json", served.Bytes(), 0o644))
	}
	golden, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	kept, now := strings.Split(string(golden), "\n"), strings.Split(served.String(), "\n")
	for i := range min(len(kept), len(now)) {
		require.Equal(t, kept[i], now[i], "line %d: run make generate", i+1)
	}
	require.Len(t, now, len(kept), "run make generate")
}
