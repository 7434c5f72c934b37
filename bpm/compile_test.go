package bpm_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
)

// golden compares a value with a file of its JSON. PROVOST_UPDATE_GOLDEN=1 writes the file.
func golden(t *testing.T, file string, got any) {
	t.Helper()
	text, err := json.MarshalIndent(got, "", "  ")
	require.NoError(t, err)
	if os.Getenv("PROVOST_UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.WriteFile(file, append(text, '\n'), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run PROVOST_UPDATE_GOLDEN=1 go test ./bpm/...")
	require.Equal(t, string(want), string(text)+"\n")
}

// compiled is what a golden file holds.
type compiled struct {
	Plan    bpm.Plan    `json:"plan"`
	Library bpm.Library `json:"library"`
}

func TestSampleCompiles(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("testdata/sample.bpmn")
	require.NoError(t, err)
	d, findings := bpm.Review(source)
	require.False(t, bpm.Refused(findings), "%v", findings)
	plan, library := d.Compile()
	golden(t, "testdata/sample.json", compiled{plan, library})
}
