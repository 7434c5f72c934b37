package relay

import (
	"context"
	"errors"
	"fmt"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"provost/internal/process"
	"provost/internal/store"
	"provost/workflows/messages"
)

// Search attributes of processes: operators find what somebody asked for, and what waits for whom.
var (
	attributeDefinition = temporal.NewSearchAttributeKeyKeyword("ProvostDefinition")
	attributeInitiator  = temporal.NewSearchAttributeKeyKeyword("ProvostInitiator")
)

// startProcess starts the workflow of a process, once.
func (r *Relay) startProcess(ctx context.Context, p store.ProcessStart) error {
	in := messages.Process{ID: p.Process, Number: p.Number, Name: p.Name, Version: p.Version}
	options := r.options(in.WorkflowID(), messages.TypeProcess, fmt.Sprintf("process %d · %s · asked for by %s", p.Number, p.Name, p.Initiator), "", 3)
	options.TypedSearchAttributes = temporal.NewSearchAttributes(
		attributeKind.ValueSet(messages.TypeProcess), attributeTenant.ValueSet(r.Tenant.Key()),
		attributeDefinition.ValueSet(p.Definition), attributeInitiator.ValueSet(p.Initiator),
	)
	options.WorkflowIDReusePolicy = enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	_, err := r.Temporal.ExecuteWorkflow(ctx, options, messages.TypeProcess, in)
	if err != nil && !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return fmt.Errorf("start process %d: %w", p.Number, err)
	}
	return nil
}

// decideTask tells a process that a task of it was completed.
func (r *Relay) decideTask(ctx context.Context, p store.ProcessDecide) error {
	return r.tell(ctx, messages.Process{ID: p.Process}, messages.Decided, messages.TaskDecision{Task: p.Task})
}

// steer tells a process what is asked of it.
func (r *Relay) steer(ctx context.Context, p store.ProcessControl) error {
	return r.tell(ctx, messages.Process{ID: p.Process}, messages.Control, messages.Steering{Action: process.Action(p.Action), Payload: p.Payload})
}

// tell sends a signal to a process. One that has ended in the meantime has nothing to be told.
func (r *Relay) tell(ctx context.Context, to messages.Process, signal string, payload any) error {
	err := r.Temporal.SignalWorkflow(ctx, to.WorkflowID(), "", signal, payload)
	if _, ended := errors.AsType[*serviceerror.NotFound](err); err != nil && !ended {
		return fmt.Errorf("tell process: %w", err)
	}
	return nil
}
