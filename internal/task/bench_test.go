package task_test

import (
	"testing"

	"github.com/google/uuid"

	"provost/internal/process/processtest"
	"provost/internal/task"
)

type bench struct{ *processtest.Bench }

func setup(t *testing.T) *bench {
	t.Helper()
	return &bench{processtest.New(t)}
}

// completes decides about a task.
func (b *bench) completes(by, id uuid.UUID, in task.Completion) error {
	_, err := b.Tasks.Complete(b.As(by), id, in)
	return err
}
