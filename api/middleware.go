package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/notice"
	"provost/internal/process"
)

// Limits of request bodies. Imports may be as large as the parameter soffid.upload.maxsize says.
const (
	maxBody       = 4 << 20
	maxDefinition = 3 * process.MaxSource // a source in JSON is longer than it is
	defaultUpload = 100_000_000
)

// chain puts everything around the mux, outermost last.
func (a *API) chain() http.Handler {
	var h http.Handler = a.mux
	h = compress(h)
	h = a.limitBody(h)
	h = a.authenticate(h)
	h = refuseCrossOrigin(h)
	h = securityHeaders(h)
	h = a.recoverPanics(h)
	return a.logRequests(h)
}

// logRequests gives each request its id and a logger that carries it, and writes one line when it is answered. Queries are left out of
// the line: filters may hold personal data.
func (a *API) logRequests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := newRequestID()
		w.Header().Set("X-Request-ID", id)
		logger := a.deps.Logger.With().Str("request_id", id).Logger()
		client := a.clientOf(r)
		ctx := audit.WithRemote(logger.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)), client)
		watched := &statusWriter{ResponseWriter: w}
		start := time.Now()
		next.ServeHTTP(watched, r.WithContext(ctx))
		level := zerolog.DebugLevel
		if strings.HasPrefix(r.URL.Path, "/api/") {
			level = zerolog.InfoLevel
		}
		if watched.status >= http.StatusInternalServerError {
			level = zerolog.WarnLevel
		}
		logger.WithLevel(level).Str("method", r.Method).Str("path", loggedPath(r.URL.Path)).Int("status", watched.status).
			Int64("bytes", watched.bytes).Dur("duration", time.Since(start)).Str("remote", client).Msg("request")
	})
}

// loggedPath is a path as the log may show it: the token of a link in a mail is a secret.
func loggedPath(path string) string {
	if strings.HasPrefix(path, notice.Path) {
		return notice.Path + "…"
	}
	return path
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the status.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// recoverPanics turns a panic into an internal problem. Where the answer has begun already the connection is cut instead, so that nobody
// takes half an answer for a whole one.
func (a *API) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watched := &statusWriter{ResponseWriter: w}
		defer func() { //nolint:contextcheck // the request carries it
			reason := recover()
			if reason == nil {
				return
			}
			if reason == http.ErrAbortHandler { //nolint:errorlint // net/http compares the same way
				panic(reason)
			}
			zerolog.Ctx(r.Context()).Error().Str("stack", string(debug.Stack())).Msg("handler panicked")
			if watched.status != 0 {
				panic(http.ErrAbortHandler)
			}
			writeProblem(watched, r, fmt.Errorf("panic: %v", reason))
		}()
		next.ServeHTTP(watched, r)
	})
}

// contentPolicy lets the console run its own files only. Styles in attributes are needed by the component kit.
const contentPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
	"connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

// securityHeaders are those that every answer carries.
func securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Content-Security-Policy", contentPolicy)
		if overTLS(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// refuseCrossOrigin stops requests that pages of other sites make with a person's cookie. Requests with an API token carry no cookie's
// authority and come from programs.
func refuseCrossOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" && protection.Check(r) != nil {
			writeProblem(w, r, newProblem(codeCrossOrigin, "A page of another site sent this request; it was not carried out"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// limitBody bounds what a request may send.
func (a *API) limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := a.bodyLimit(r)
		if r.ContentLength > limit {
			writeProblem(w, r, &http.MaxBytesError{Limit: limit})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// bodyLimit says how much a request may send: files as much as uploads may, definitions of processes what those may have, all else little.
func (a *API) bodyLimit(r *http.Request) int64 {
	path, api := strings.CutPrefix(r.URL.Path, Base)
	switch {
	case !api || r.Method != http.MethodPost && r.Method != http.MethodPut:
		return maxBody
	case strings.HasSuffix(path, "/import") || strings.HasSuffix(path, "/documents"):
		return a.uploadLimit(r.Context())
	case strings.HasPrefix(path, "/process-definitions") || strings.HasPrefix(path, "/process-drafts"):
		return maxDefinition
	}
	return maxBody
}

// uploadLimit is the parameter soffid.upload.maxsize, for those who are signed in.
func (a *API) uploadLimit(ctx context.Context) int64 {
	if _, ok := authz.From(ctx); !ok {
		return maxBody
	}
	limit, err := a.deps.Platform.Settings.UploadMaxSize(ctx)
	if err != nil || limit <= 0 {
		return defaultUpload
	}
	return int64(limit)
}
