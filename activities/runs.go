package activities

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/run"
)

// Runs is the pipeline of loads, reconciliations and previews.
type Runs struct{ Service *run.Service }

// Next is where a step of a run goes on from.
type Next struct {
	Seq   int64     `json:"seq,omitempty"`
	After uuid.UUID `json:"after"`
	Done  bool      `json:"done"`
}

// Export streams a system's objects into the staging table.
func (a *Runs) Export(ctx context.Context, id uuid.UUID) (int64, error) {
	listed, err := a.Service.Export(ctx, id, func(n int64) { activity.RecordHeartbeat(ctx, n) })
	return listed, decided(err)
}

// Compare works out the change list and has the guard judge it.
func (a *Runs) Compare(ctx context.Context, id uuid.UUID) (run.Verdict, error) {
	verdict, err := a.Service.Compare(ctx, id, func(n int64) { activity.RecordHeartbeat(ctx, n) })
	return verdict, decided(err)
}

// Block notes that a run waits for a reviewer.
func (a *Runs) Block(ctx context.Context, id uuid.UUID) error { return a.Service.Block(ctx, id) }

// ApplyChanges applies the next part of the change list.
func (a *Runs) ApplyChanges(ctx context.Context, id uuid.UUID, after int64) (Next, error) {
	next, done, err := a.Service.ApplyNext(ctx, id, after)
	return Next{Seq: next, Done: done}, decided(err)
}

// ProvisionNext touches the next users whose state is to be brought into the system.
func (a *Runs) ProvisionNext(ctx context.Context, id, after uuid.UUID) (Next, error) {
	next, done, err := a.Service.ProvisionNext(ctx, id, after)
	return Next{After: next, Done: done}, decided(err)
}

// ProvisionProgress notes how far a mass provisioning is, and reports whether it is through.
func (a *Runs) ProvisionProgress(ctx context.Context, id uuid.UUID) (bool, error) {
	err := a.Service.ProvisionProgress(ctx, id)
	if errors.Is(err, run.ErrTasksOpen) {
		return false, nil
	}
	return err == nil, err
}

// Finish ends a run.
func (a *Runs) Finish(ctx context.Context, id uuid.UUID, status, message string) error {
	return a.Service.Finish(ctx, id, status, message)
}

// decided marks errors that trying again does not mend, with the sentence for the run's page.
func decided(err error) error {
	if err == nil {
		return nil
	}
	switch connector.ClassOf(err) {
	case connector.ClassData, connector.ClassPolicy, connector.ClassAuth, connector.ClassUnsupported:
		return temporal.NewNonRetryableApplicationError(err.Error(), string(connector.ClassOf(err)), err)
	case connector.ClassUnavailable, connector.ClassThrottled, connector.ClassTransient: // trying again may mend it
	}
	if code := fault.CodeOf(err); code != "" {
		return temporal.NewNonRetryableApplicationError(err.Error(), string(code), err)
	}
	return err
}
