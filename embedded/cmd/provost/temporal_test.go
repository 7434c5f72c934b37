package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/cli"
)

// TestTemporalEndsWithItsInput also shows what a program reads: one line of JSON.
func TestTemporalEndsWithItsInput(t *testing.T) {
	t.Setenv("PROVOST_DATABASE_URL", "")
	t.Setenv("PROVOST_TEMPORAL_NAMESPACE", "")
	input, hold, err := os.Pipe()
	require.NoError(t, err)
	out := &firstWrite{written: func() { require.NoError(t, hold.Close()) }}

	require.Zero(t, cli.Main([]string{"temporal", "--memory", "--json", "--namespace", "tests"}, input, out, io.Discard, embedded{}))

	require.NoError(t, input.Close())
	var line map[string]string
	require.NoError(t, json.Unmarshal(out.content, &line))
	require.NotEmpty(t, line["temporalAddress"])
	require.NotEmpty(t, line["token"])
	require.Equal(t, "tests", line["namespace"])
	require.NotContains(t, line, "temporalUI", "there is no user interface")
}

func TestTemporalRefusesABadAddress(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	require.Equal(t, 1, cli.Main([]string{"temporal", "--memory", "--addr", "nowhere"}, nil, io.Discard, &said, embedded{}))
	require.Contains(t, said.String(), "nowhere")
}

// firstWrite keeps what is written and tells of the first time.
type firstWrite struct {
	content []byte
	written func()
}

func (w *firstWrite) Write(p []byte) (int, error) {
	if w.content == nil {
		w.written()
	}
	w.content = append(w.content, p...)
	return len(p), nil
}
