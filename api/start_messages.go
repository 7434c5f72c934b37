package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"provost/internal/authz"
	"provost/internal/process"
)

type startMessagesOutput struct{ Body []process.StartMessage }

// registerStartMessages adds what people who start processes by messages choose from.
func (a *API) registerStartMessages(p *process.Processes, tags []string) {
	register(a, holding(authz.ProcessStart), huma.Operation{
		OperationID: "list-start-messages", Method: http.MethodGet, Path: "/requests/messages", Tags: tags,
		Summary: "Messages that start processes, by the folder and name of their definitions",
	}, func(ctx context.Context, _ *struct{}) (*startMessagesOutput, error) {
		found, err := p.StartMessages(ctx)
		return &startMessagesOutput{Body: filled(found)}, err
	})
}
