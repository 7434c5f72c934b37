package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/mapping"
	"provost/internal/monitor"
)

const xmlMediaType = "application/xml"

type connectorsOutput struct{ Body []monitor.ConnectorKind }

type connectionTestInput struct {
	IDInput
	Body *monitor.ConnectionDraft
}

type connectionTestOutput struct{ Body monitor.ConnectionTest }

type agentOutput struct{ Body monitor.AgentState }

type mappingsOutput struct{ Body []mapping.ObjectMapping }

type systemSchemaOutput struct{ Body []monitor.SchemaClass }

type mappingTestInput struct {
	IDInput
	Body monitor.MappingTest
}

type evaluationOutput struct{ Body monitor.Evaluation }

type fetchedOutput struct{ Body monitor.Fetched }

type mappingExportOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

type mappingImportInput struct {
	IDInput
	DryRun  bool   `query:"dryRun" doc:"Only say what would be deleted, added and changed"`
	IfMatch string `header:"If-Match" doc:"ETag of the version that was seen"`
	RawBody []byte `contentType:"application/xml"`
}

type mappingImportOutput struct{ Body monitor.MappingImport }

type policyPreviewOutput struct{ Body account.PolicyPreview }

type actualOutput struct{ Body monitor.Actual }

func (a *API) registerAgents() {
	m, tags := a.deps.Monitor, []string{"Systems"}
	register(a, holding(authz.SystemQuery), huma.Operation{
		OperationID: "list-connectors", Method: http.MethodGet, Path: "/connectors", Tags: tags,
		Summary: "Connectors that are installed, with their parameters, properties and default mappings",
	}, func(ctx context.Context, _ *struct{}) (*connectorsOutput, error) {
		kinds, err := m.ConnectorKinds(ctx)
		return &connectorsOutput{Body: kinds}, err
	})
	register(a, holding(authz.SystemUpdate), huma.Operation{
		OperationID: "test-system", Method: http.MethodPost, Path: "/systems/{id}/test", Tags: tags, Summary: "Test the connection to a system",
		Description:   "With the parameters as saved or, with a body, as they are being edited; the answer never holds a secret. A system that does not answer is no error of the request: ok is false and message says why.",
		DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *connectionTestInput) (*connectionTestOutput, error) {
		if in.Body != nil {
			result, err := m.TestDraft(ctx, in.ID, *in.Body)
			return &connectionTestOutput{Body: result}, err
		}
		result, err := m.TestConnection(ctx, in.ID)
		return &connectionTestOutput{Body: result}, err
	})
	register(a, holding(authz.SystemQuery), huma.Operation{
		OperationID: "get-system-status", Method: http.MethodGet, Path: "/systems/{id}/status", Tags: tags, Summary: "How an agent was seen last, and what it has to do",
	}, func(ctx context.Context, in *IDInput) (*agentOutput, error) {
		state, err := m.Agent(ctx, in.ID)
		return &agentOutput{Body: state}, err
	})
	register(a, holding(authz.SystemUpdate), huma.Operation{
		OperationID: "get-system-schema", Method: http.MethodGet, Path: "/systems/{id}/schema", Tags: tags, Summary: "Classes and attributes that a system has",
	}, func(ctx context.Context, in *IDInput) (*systemSchemaOutput, error) {
		classes, err := m.Schema(ctx, in.ID)
		return &systemSchemaOutput{Body: filled(classes)}, err
	})
	register(a, holding(authz.AccountQuery), huma.Operation{
		OperationID: "get-actual-account", Method: http.MethodGet, Path: "/accounts/{id}/actual", Tags: []string{"Accounts"},
		Summary: "An account as its system holds it now, beside what we want there",
	}, func(ctx context.Context, in *IDInput) (*actualOutput, error) {
		actual, err := m.Actual(ctx, in.ID)
		return &actualOutput{Body: actual}, err
	})
	a.registerMappingTests()
	a.registerMappingFiles()
	a.registerPolicyPreview()
}

// registerMappingTests adds what the tab Attribute mapping tries out.
func (a *API) registerMappingTests() {
	m, tags := a.deps.Monitor, []string{"Systems"}
	for _, t := range []struct {
		id, path, summary string
		do                func(ctx context.Context, system uuid.UUID, test monitor.MappingTest) (monitor.Evaluation, error)
	}{
		{"evaluate-mapping", "/systems/{id}/evaluate", "What a mapping makes of one of our objects, row by row; nothing is written", m.Evaluate},
		{"fetch-mapped-object", "/systems/{id}/fetch-mapped", "An object of the system, mapped as a load would; nothing is written", m.FetchMapped},
	} {
		register(a, holding(authz.SystemUpdate), huma.Operation{
			OperationID: t.id, Method: http.MethodPost, Path: t.path, Tags: tags, Summary: t.summary, DefaultStatus: http.StatusOK,
		}, func(ctx context.Context, in *mappingTestInput) (*evaluationOutput, error) {
			result, err := t.do(ctx, in.ID, in.Body)
			return &evaluationOutput{Body: result}, err
		})
	}
	register(a, holding(authz.SystemUpdate), huma.Operation{
		OperationID: "fetch-raw-object", Method: http.MethodPost, Path: "/systems/{id}/fetch-raw", Tags: tags,
		Summary: "An object as the system holds it", DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *mappingTestInput) (*fetchedOutput, error) {
		result, err := m.FetchRaw(ctx, in.ID, in.Body)
		return &fetchedOutput{Body: result}, err
	})
	register(a, holding(authz.SystemQuery), huma.Operation{
		OperationID: "get-default-mappings", Method: http.MethodPost, Path: "/systems/{id}/default-mappings", Tags: tags,
		Summary: "The mappings that the connector offers; nothing is saved", DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *IDInput) (*mappingsOutput, error) {
		mappings, err := m.DefaultMappings(ctx, in.ID)
		return &mappingsOutput{Body: filled(mappings)}, err
	})
}

// registerMappingFiles adds the export and import of mappings as XML.
func (a *API) registerMappingFiles() {
	m, tags := a.deps.Monitor, []string{"Systems"}
	register(a, holding(authz.SystemQuery), huma.Operation{
		OperationID: "export-mappings", Method: http.MethodPost, Path: "/systems/{id}/mappings/export", Tags: tags, Summary: "The mappings of a system as XML",
		DefaultStatus: http.StatusOK,
		Responses: map[string]*huma.Response{"200": {
			Description: "XML", Content: map[string]*huma.MediaType{xmlMediaType: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, func(ctx context.Context, in *IDInput) (*mappingExportOutput, error) {
		text, name, err := m.ExportMappings(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &mappingExportOutput{
			ContentType: xmlMediaType + "; charset=utf-8", Disposition: `attachment; filename="mapping-` + name + `.xml"`, Body: text,
		}, nil
	})
	register(a, holding(authz.SystemUpdate), huma.Operation{
		OperationID: "import-mappings", Method: http.MethodPost, Path: "/systems/{id}/mappings/import", Tags: tags,
		Summary: "Replace the mappings of a system by those of an XML export", DefaultStatus: http.StatusOK,
		Description: "Replaces all: send it with dryRun first and show what is deleted. " + ifMatchDoc,
		RequestBody: &huma.RequestBody{
			Required: true, Content: map[string]*huma.MediaType{xmlMediaType: {Schema: &huma.Schema{Type: huma.TypeString}}},
		},
	}, func(ctx context.Context, in *mappingImportInput) (*mappingImportOutput, error) {
		seen, err := parseETag(in.IfMatch)
		if err != nil {
			return nil, err
		}
		result, err := m.ImportMappings(ctx, in.ID, seen, in.RawBody, in.DryRun)
		if err != nil {
			return nil, err
		}
		if !result.DryRun {
			a.deps.Events.Publish("systems", in.ID)
		}
		return &mappingImportOutput{Body: result}, nil
	})
}

// registerPolicyPreview adds who would get or lose an account if a system were changed.
func (a *API) registerPolicyPreview() {
	input := newInputSchema[account.System](a.huma.OpenAPI().Components.Schemas)
	register(a, holding(authz.SystemUpdate), huma.Operation{
		OperationID: "preview-system-policy", Method: http.MethodPost, Path: "/systems/{id}/preview-policy", Tags: []string{"Systems"},
		Summary: "Who would get or lose an account if the system were changed", DefaultStatus: http.StatusOK,
		Description: "The body is a merge patch as for changing the system; nothing is written.",
		RequestBody: input.body("application/json", "application/merge-patch+json"),
	}, func(ctx context.Context, in *patchInput) (*policyPreviewOutput, error) {
		draft, err := a.deps.Platform.Systems.Get(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := input.merge(in.RawBody, &draft); err != nil {
			return nil, err
		}
		preview, err := a.deps.Platform.PreviewPolicy(ctx, draft)
		return &policyPreviewOutput{Body: preview}, err
	})
}
