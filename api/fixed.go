package api

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"provost/internal/fault"
)

//go:embed docs.html
var docsPage []byte

//go:embed docs.js
var docsScript []byte

// serveFixed adds what is not a REST resource: health, metrics, the document and its page, Temporal's interface, and the console.
func (a *API) serveFixed() {
	document, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		panic("encode OpenAPI document: " + err.Error()) // built from our own types: only a mistake in them gets here
	}
	a.mux.HandleFunc("GET /openapi.json", fixed("application/openapi+json", document))
	a.mux.HandleFunc("GET /docs", fixed("text/html; charset=utf-8", docsPage))
	a.mux.HandleFunc("GET /docs.js", fixed("text/javascript; charset=utf-8", docsScript))
	a.serveDecisions()
	a.mux.HandleFunc("GET /healthz", a.healthz)
	a.mux.HandleFunc("GET /readyz", a.readyz)
	if a.deps.Metrics != nil {
		a.mux.Handle("GET /metrics", a.deps.Metrics)
	}
	a.mux.Handle("/temporal/", a.serveTemporal())
	a.mux.Handle("/temporal", a.serveTemporal())
	a.mux.HandleFunc(Base+"/", a.missing)
	a.mux.HandleFunc("/api/", a.missing)
	if a.deps.UI != nil {
		a.mux.Handle("/", a.deps.UI)
	} else {
		a.mux.HandleFunc("/", a.missing)
	}
}

func fixed(mediaType string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(content) // a client that went away cannot be told
	}
}

// methods that an address may know.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete}

// missing answers addresses that are none, and methods that an address does not know.
func (a *API) missing(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range methods {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); strings.HasPrefix(pattern, method+" ") {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		writeProblem(w, r, newProblem(codeMethod, "This address takes "+strings.Join(allowed, ", ")))
		return
	}
	writeProblem(w, r, newProblem(string(fault.NotFound), "There is nothing at this address"))
}

// Health is the answer of /healthz and /readyz.
type Health struct {
	Status  string `json:"status"`
	Version string `json:"version"`
}

func (a *API) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = huma.DefaultJSONFormat.Marshal(w, Health{Status: "ok", Version: a.deps.Version}) // a client that went away cannot be told
}

// readyz tells load balancers whether to send requests here. What is missing is in the log, not in the answer, which anybody can read.
func (a *API) readyz(w http.ResponseWriter, r *http.Request) {
	if a.deps.Ready != nil {
		if err := a.deps.Ready(r.Context()); err != nil {
			a.deps.Logger.Warn().Err(err).Msg("not ready")
			writeProblem(w, r, newProblem(string(fault.Unavailable), "Database or workflow engine do not answer"))
			return
		}
	}
	a.healthz(w, r)
}
