package api

import (
	"context"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/rs/zerolog"

	"provost/internal/authz"
	"provost/internal/monitor"
	"provost/internal/platform"
	"provost/internal/session"
)

// Base is where the REST resources live.
const Base = "/api/v1"

// Deps is what the interface serves from. Platform, Sessions and Monitor are needed, the others may be left out.
type Deps struct {
	Platform *platform.Platform
	Sessions *session.Service
	// Monitor watches and steers synchronisation.
	Monitor *monitor.Service
	// Events carries what changed to the browsers that listen.
	Events *Events
	// UI serves the console for every address that is not the interface's own.
	UI http.Handler
	// TemporalUI is the web interface of Temporal, shown read-only under /temporal.
	TemporalUI *TemporalUI
	// TemporalNamespace is where our workflows are, for links to their pages; empty means default.
	TemporalNamespace string
	// Metrics answers /metrics.
	Metrics http.Handler
	// Ready reports whether database and workflow engine answer; nil means always.
	Ready func(ctx context.Context) error
	// Version is told by /openapi.json and /healthz.
	Version string
	Logger  zerolog.Logger
}

// API is the interface under construction: what registrations share.
type API struct {
	deps Deps
	huma huma.API
	mux  *http.ServeMux
}

// adoptErrors replaces huma's error type by ours; huma keeps it in a package variable.
var adoptErrors = sync.OnceFunc(func() { //nolint:gochecknoglobals // huma's own setting is global
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return humaProblem(status, message, errs...)
	}
})

// New gives the handler of the whole interface.
func New(deps Deps) http.Handler {
	a := newAPI(deps)
	a.serveFixed()
	return a.chain()
}

// newAPI registers all operations.
func newAPI(deps Deps) *API {
	adoptErrors()
	if deps.Events == nil {
		deps.Events = NewEvents()
	}
	if deps.Platform == nil {
		deps.Platform = &platform.Platform{} // for the document alone, which needs no rows
	}
	if deps.Monitor == nil {
		deps.Monitor = monitor.New(monitor.Deps{}) // for the document alone
	}
	a := &API{deps: deps, mux: http.NewServeMux()}
	a.huma = humago.New(a.mux, configuration(deps.Version))
	a.registerSession()
	a.registerResources()
	a.registerRelated()
	a.registerContents()
	a.registerManagers()
	a.registerMerge()
	a.registerTokens()
	a.registerNotices()
	a.registerAudit()
	a.registerDescriptions()
	a.registerSearch()
	a.registerSynchronisation()
	a.registerRuns()
	a.registerAgents()
	a.registerMonitoring()
	a.registerProcessDefinitions()
	a.registerProcessDrafts()
	a.registerProcesses()
	a.registerProcessOperations()
	a.registerMigrations()
	a.registerProcessEngine()
	a.registerTasks()
	a.registerChoices()
	a.registerReservations()
	a.registerEvents()
	describeAllIDs(a.huma.OpenAPI().Components.Schemas)
	return a
}

// configuration describes the interface for OpenAPI. Paths of huma's own are off: the document and its page are served by us.
func configuration(version string) huma.Config {
	config := huma.DefaultConfig("Provost", version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no $schema member and Link header in every answer
	config.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	config.Components.Schemas = huma.NewMapRegistry(schemaPrefix, nameSchema)
	config.Info.Description = "Identities, accounts, roles and grants, and how they are kept in step with the managed systems. " +
		"Lists take q, filter (SCIM), sort, page and size and answer X-Total-Count; text/csv gives all rows. " +
		"Refused requests are RFC 9457 problems with a stable code."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieSecure, Description: "Set by POST /api/v1/session; on plain http of the own machine it is called " + cookiePlain},
		"token":   {Type: "http", Scheme: "bearer", Description: "API token, pvt_…"},
	}
	config.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	return config
}

// access says who may call an operation.
type access struct {
	permission authz.Permission
	public     bool
}

// Access of operations that ask for no single permission.
var (
	anybody  = access{public: true}
	signedIn = access{}
)

func holding(p authz.Permission) access { return access{permission: p} }

// register adds an operation. The permission is checked before the handler runs and told in the document as x-permission; handlers that
// reach objects check their scope in the service as well.
func register[I, O any](a *API, who access, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	op.Path = Base + op.Path
	describe(&op, who)
	op.Middlewares = append(op.Middlewares, a.admit(who))
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
}

func describe(op *huma.Operation, who access) {
	if op.Extensions == nil {
		op.Extensions = map[string]any{}
	}
	switch {
	case who.public:
		op.Security = []map[string][]string{}
	case who.permission == "":
		op.Extensions["x-permission"] = "signed-in"
	default:
		op.Extensions["x-permission"] = string(who.permission)
	}
}

// admit refuses callers who may not use the operation at all.
func (a *API) admit(who access) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if err := admitted(ctx.Context(), who); err != nil {
			r, w := humago.Unwrap(ctx)
			writeProblem(w, r, err)
			return
		}
		next(ctx)
	}
}

func admitted(ctx context.Context, who access) error {
	if who.public {
		return nil
	}
	p, ok := authz.From(ctx)
	if !ok {
		return authz.ErrNoPrincipal
	}
	if who.permission == "" {
		return nil
	}
	return authz.Require(p, who.permission)
}
