package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/process"
)

// RepairRequest says what to do about an incident.
type RepairRequest struct {
	Reason  string         `json:"reason,omitempty" maxLength:"10000" doc:"Required to skip and to modify"`
	Outcome string         `json:"outcome,omitempty" maxLength:"255" doc:"To skip: id of the flow to leave the step by"`
	Values  map[string]any `json:"values,omitempty" doc:"To modify: variables with their new values; to skip: what the step would have set"`
}

type repairInput struct {
	IDInput
	Body *RepairRequest
}

type deliveryInput struct{ Body MessageRequest }

type deliveryOutput struct{ Body process.Delivery }

type incidentOutput struct{ Body process.Incident }

type jobOutput struct{ Body process.Pending }

func (a *API) registerProcessOperations() {
	o, tags := a.deps.Platform.Operations, []string{"Process operations"}
	listingFor(a, signedIn, huma.Operation{
		OperationID: "list-process-jobs", Path: "/process-jobs", Tags: tags, Summary: "Timers and background steps that processes wait for, next ones first",
		Description: "Of all processes with process:query, else of those the caller manages.",
	}, o.Jobs, o.EachJob)
	for _, j := range []struct {
		action, summary string
		do              func(ctx context.Context, id uuid.UUID) (process.Pending, error)
	}{{"hold", "Keep a job back although its time comes", o.Hold}, {"resume", "Let a held job go on, and a failed one try again", o.Resume}} {
		register(a, signedIn, huma.Operation{
			OperationID: j.action + "-process-job", Method: http.MethodPost, Path: "/process-jobs/{id}/" + j.action, Tags: tags, Summary: j.summary,
			Description: "For managers of the process, and holders of process:resume.", DefaultStatus: http.StatusOK,
		}, func(ctx context.Context, in *IDInput) (*jobOutput, error) {
			job, err := j.do(ctx, in.ID)
			if err == nil {
				a.deps.Events.Publish("process-jobs", in.ID)
			}
			return &jobOutput{Body: job}, err
		})
	}
	a.registerMessages(o, tags)
	listingFor(a, signedIn, huma.Operation{
		OperationID: "list-process-incidents", Path: "/process-incidents", Tags: tags, Summary: "Work that failed and waits for an operator, newest first",
		Description: "Of all processes with process:query, else of those the caller manages. Open ones only: filter=status eq \"open\".",
	}, o.Incidents, o.EachIncident)
	for _, r := range []struct{ action, summary string }{
		{process.RepairRetry, "Do the failed work again"},
		{process.RepairModify, "Do the failed work again with other values"},
		{process.RepairSkip, "Go on as if the failed work were done"},
	} {
		register(a, signedIn, huma.Operation{
			OperationID: r.action + "-process-incident", Method: http.MethodPost, Path: "/process-incidents/{id}/" + r.action, Tags: tags, Summary: r.summary,
			Description:   steeredDoc + "For managers of the process; others need process:resume to retry, and process:update for all else.",
			DefaultStatus: http.StatusAccepted,
		}, func(ctx context.Context, in *repairInput) (*incidentOutput, error) {
			repaired := process.Repaired{How: r.action}
			if in.Body != nil {
				values, err := valuesOf(in.Body.Values)
				if err != nil {
					return nil, err
				}
				repaired.Reason, repaired.Outcome, repaired.Values = in.Body.Reason, in.Body.Outcome, values
			}
			incident, err := o.Repair(ctx, in.ID, repaired)
			if err == nil {
				a.deps.Events.Publish("process-incidents", in.ID)
			}
			return &incidentOutput{Body: incident}, err
		})
	}
}

// registerMessages adds the sending of messages and signals to whoever waits for them.
func (a *API) registerMessages(o *process.Operations, tags []string) {
	register(a, signedIn, huma.Operation{
		OperationID: "send-message", Method: http.MethodPost, Path: "/messages", Tags: tags, Summary: "Send a message or a signal to whoever waits for it",
		Description: steeredDoc + "A message goes to one process: of those that wait with its key the one that has waited longest, else of those that wait without one. " +
			"A signal goes to all. Processes of all with process:update, else those that the caller manages. Where nobody waits for a message, it begins the " +
			"process that starts by it, with process:start and a key; the same key again begins nothing. The answer says who was reached; nobody is an error (404).",
		DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *deliveryInput) (*deliveryOutput, error) {
		values, err := valuesOf(in.Body.Values)
		if err != nil {
			return nil, err
		}
		message := process.Message{Name: in.Body.Name, Key: in.Body.Key, Values: values}
		delivery, err := o.Post(ctx, process.Action(in.Body.Kind), message)
		for _, reached := range delivery.Processes {
			a.deps.Events.Publish("processes", reached.ID)
		}
		return &deliveryOutput{Body: delivery}, err
	})
}
