package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/query"
)

type auditOutput struct {
	Total int `header:"X-Total-Count" doc:"Number of all entries that match"`
	Body  []audit.Entry
}

type auditIDInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type auditEntryOutput struct{ Body audit.Entry }

// registerAudit adds the audit trail, which is only read.
func (a *API) registerAudit() {
	tags := []string{"Audit"}
	register(a, holding(authz.AuditQuery), huma.Operation{
		OperationID: "list-audit", Method: http.MethodGet, Path: "/audit", Tags: tags, Summary: "The audit trail, newest first",
		Middlewares: huma.Middlewares{a.auditCSV},
	}, func(ctx context.Context, in *ListInput) (*auditOutput, error) {
		page, err := a.deps.Platform.Tenant.Trail().List(ctx, in.list())
		if err != nil {
			return nil, err
		}
		return &auditOutput{Total: page.Total, Body: filled(page.Items)}, nil
	})
	answer := a.huma.OpenAPI().Paths[Base+"/audit"].Get.Responses["200"]
	answer.Content[csvMediaType] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	register(a, holding(authz.AuditQuery), huma.Operation{
		OperationID: "get-audit-entry", Method: http.MethodGet, Path: "/audit/{id}", Tags: tags, Summary: "One entry",
	}, func(ctx context.Context, in *auditIDInput) (*auditEntryOutput, error) {
		entry, err := a.deps.Platform.Tenant.Trail().Get(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &auditEntryOutput{Body: entry}, nil
	})
}

func (a *API) auditCSV(ctx huma.Context, next func(huma.Context)) {
	if !wantsCSV(ctx.Query("format"), ctx.Header("Accept")) {
		next(ctx)
		return
	}
	request, w := humago.Unwrap(ctx)
	trail := func(ctx context.Context, l query.List, yield func(audit.Entry) error) error {
		return a.deps.Platform.Tenant.Trail().Each(ctx, l, yield)
	}
	serveTable(ctx.Context(), &table{w: w, name: "audit.csv"}, request, memberNames[audit.Entry](), trail)
}
