package api

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"provost/internal/authz"
	"provost/internal/secret"
)

// TemporalUI says where Temporal's own web interface is, and with which token it is read. Its pages must live under /temporal there too.
type TemporalUI struct {
	// Address is host and port.
	Address string
	// Token opens the namespace for reading; empty where the server asks for none.
	Token secret.Value
}

// serveTemporal shows the interface to holders of temporal:read. It is read-only three times over: here only GET and HEAD pass, the
// interface has its write actions disabled, and the token may only read.
func (a *API) serveTemporal() http.Handler {
	proxy := &httputil.ReverseProxy{Rewrite: a.rewriteTemporal, ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
		writeProblem(w, r, newProblem("unavailable", "The Temporal interface does not answer"))
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := authz.Check(r.Context(), authz.TemporalRead); err != nil {
			writeProblem(w, r, err)
			return
		}
		if a.deps.TemporalUI == nil || a.deps.TemporalUI.Address == "" {
			writeProblem(w, r, newProblem("unavailable", "The Temporal interface does not run here"))
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			writeProblem(w, r, newProblem(codeMethod, "The Temporal interface is read-only here"))
			return
		}
		// Its pages bring inline scripts; our policy for the console would leave them blank.
		w.Header().Del("Content-Security-Policy")
		w.Header().Set("Content-Security-Policy", "frame-ancestors 'self'")
		proxy.ServeHTTP(w, r)
	})
}

func (a *API) rewriteTemporal(r *httputil.ProxyRequest) {
	r.SetURL(&url.URL{Scheme: "http", Host: a.deps.TemporalUI.Address})
	r.Out.Host = a.deps.TemporalUI.Address
	r.Out.Header.Del("Authorization")
	if !a.deps.TemporalUI.Token.Empty() {
		r.Out.Header.Set("Authorization", "Bearer "+a.deps.TemporalUI.Token.Reveal())
	}
	keepForeignCookies(r.Out)
}

// keepForeignCookies takes our session out of a request that goes to another program.
func keepForeignCookies(r *http.Request) {
	cookies := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range cookies {
		if c.Name != cookiePlain && !strings.HasPrefix(c.Name, cookieSecure) {
			r.AddCookie(c)
		}
	}
}
