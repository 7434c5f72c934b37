package pardef_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/bpm/pardef"
)

// FuzzPardef: whatever comes in, nothing panics, what is written can be read, and the same file gives the same document.
func FuzzPardef(f *testing.F) {
	samples, err := filepath.Glob("testdata/*.pardef")
	require.NoError(f, err)
	require.NotEmpty(f, samples)
	for _, name := range samples {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Add([]byte(file(`{"target":"s"}`, `{"name":"t","type":"timer","diagramId":"1","diagramParentId":"1"},`)))
	f.Add([]byte(`{"type":"ProcessDefinition","data":{"name":["a"],"nodes":[{"name":"\u0000","type":"start","outTransitions":[{"target":"\u0000"},{"target":"\u0000"}]}]}}`))
	f.Add([]byte(`{"type":"ProcessDefinition","data":{"nodes":[[[[]]],null,{"type":7}]}}`))
	f.Add([]byte(strings.Repeat(`{"data":`, 100)))
	f.Fuzz(func(t *testing.T, data []byte) {
		document, findings := pardef.Import(data)
		for _, f := range findings {
			require.NotEmpty(t, f.Message)
			require.NotEmpty(t, f.Severity, f.Code)
		}
		if document == nil {
			require.True(t, bpm.Refused(findings))
			return
		}
		definition, remarks := bpm.Parse(document)
		require.NotNil(t, definition, "%v in %s", remarks, document)
		for _, r := range remarks {
			require.NotEqual(t, bpm.DuplicateID, r.Code, r.Message)
			require.NotEqual(t, bpm.UnknownExtension, r.Code, r.Message)
			require.NotEqual(t, bpm.MisplacedExtension, r.Code, r.Message)
		}
		again, _ := pardef.Import(data)
		require.Equal(t, string(document), string(again))
	})
}
