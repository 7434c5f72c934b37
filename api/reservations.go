package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"provost/internal/reservation"
)

type reserveInput struct {
	IDInput
	Body reservation.Request
}

// registerReservations adds the accounts that the caller may use, and the door to those that they may only reserve.
func (a *API) registerReservations() {
	s, tags := a.deps.Platform.Reservations, []string{"My accounts"}
	listingFor(a, signedIn, huma.Operation{
		OperationID: "list-my-accounts", Path: "/my-accounts", Tags: tags, Summary: "Accounts that the caller may use or reserve",
		Description: "Their own, and those whose access list names them, a group or a role of theirs. Accounts of agents that are switched off are left out.",
	}, s.List, s.Each)
	register(a, signedIn, huma.Operation{
		OperationID: "reserve-account", Method: http.MethodPost, Path: "/my-accounts/{id}/reserve", Tags: tags, Summary: "Ask for the use of a privileged account",
		Description:   "Starts the process that decides about it. For those whom the access list of the account lets reserve it.",
		DefaultStatus: http.StatusCreated,
	}, func(ctx context.Context, in *reserveInput) (*startedOutput, error) {
		started, err := s.Reserve(ctx, in.ID, in.Body)
		if err != nil {
			return nil, err
		}
		a.deps.Events.Publish("processes", started.ID)
		return &startedOutput{Location: Base + "/processes/" + started.ID.String(), Body: started}, nil
	})
	register(a, signedIn, huma.Operation{
		OperationID: "release-account", Method: http.MethodPost, Path: "/my-accounts/{id}/release", Tags: tags,
		Summary: "Give a reserved account back early", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *IDInput) (*struct{}, error) {
		return nil, s.Release(ctx, in.ID)
	})
}
