package process_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/process/processtest"
)

type bench struct{ *processtest.Bench }

func setup(t *testing.T) *bench {
	t.Helper()
	return &bench{processtest.New(t)}
}

// at is a moment of the samples.
func at(minute int) time.Time { return time.Date(2031, 5, 4, 12, minute, 0, 0, time.UTC) }

func entry(p uuid.UUID, seq int64) process.Entry {
	return process.Entry{Process: p, Seq: seq, At: at(int(seq)), Status: bpm.Running}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
