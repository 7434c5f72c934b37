package task

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/process"
)

// Choice gives what a field of a task can be filled with, to whoever may work on the task; without a field, to whom it can be delegated. See
// [process.ChoiceOf] for the kinds. It returns fault.Denied to those who only see the task.
func (s *Tasks) Choice(ctx context.Context, id uuid.UUID, field, kind string) (process.Choice, error) {
	d, err := s.Get(ctx, id)
	if err != nil {
		return process.Choice{}, err
	}
	if !slices.Contains(d.May, "draft") {
		return process.Choice{}, fault.New(fault.Denied, "The task %q is for others, or done: there is nothing to choose.", d.Title)
	}
	if field == "" && kind == process.ChooseUser {
		return process.Choice{Kind: kind, Filter: "active eq true"}, nil
	}
	_, step, library, err := s.content(ctx, &d.Task)
	if err != nil {
		return process.Choice{}, err
	}
	return process.ChoiceOf(d.Choosable(library, step.Form), step.Approval, field, kind)
}
