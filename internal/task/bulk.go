package task

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"provost/internal/fault"
)

// MaxBulk is the most tasks that are decided at once.
const MaxBulk = 200

// Result is what became of one task of many. Err is a fault, or nil.
type Result struct {
	ID   uuid.UUID
	Task Task
	Err  error
}

// Decide completes several tasks with the same decision, each for itself: what cannot be completed is told, and the others are. An error that is
// no fault ends the work; the results so far stand.
func (s *Tasks) Decide(ctx context.Context, ids []uuid.UUID, in Completion) ([]Result, error) {
	if len(ids) == 0 || len(ids) > MaxBulk {
		return nil, fault.InvalidField("ids", "Name 1 to %d tasks.", MaxBulk)
	}
	in.Version = 0
	out := make([]Result, 0, len(ids))
	for _, id := range ids {
		done, err := s.Complete(ctx, id, in)
		if err != nil && fault.CodeOf(err) == "" {
			return out, err
		}
		out = append(out, Result{ID: id, Task: done, Err: err})
	}
	return out, nil
}

func itoa(n int) string { return strconv.Itoa(n) }
