// Package ui serves the console: the web interface built by Vite into dist and embedded in the binary.
//
// A binary built without npm has an empty dist; its handler answers a plain page that says how to build the console,
// and everything else of the server works.
package ui

import (
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// contentSecurityPolicy keeps the console to its own origin. Styles may be inline because Mantine and CodeMirror write
// style elements; scripts may not. Nobody may frame the console (it would invite clickjacking of approvals).
const contentSecurityPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; " +
	"form-action 'self'; frame-ancestors 'none'"

const notBuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Provost</title></head>
<body><h1>The console is not built</h1>
<p>This binary was built without its web interface. Run <code>make ui</code>, then build again.</p>
<p>The API is served all the same: see <a href="/docs">/docs</a>.</p></body></html>
`

// Handler serves the embedded console. Addresses that are no file get index.html, because the console has its own
// router; only GET and HEAD are answered, anything else is 405. It never touches the addresses of the API: the caller
// mounts it below them.
func Handler() http.Handler {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		// dist is a constant, valid path; only a broken build could get here.
		panic(err)
	}
	return newHandler(built)
}

// newHandler serves the console from any file system, which lets tests bring their own.
func newHandler(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		setSecurityHeaders(w.Header())
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		switch {
		case !isFile(files, "index.html"):
			serveNotBuilt(w)
		case isServable(name) && isFile(files, name):
			serveFile(w, r, files, name)
		case strings.HasPrefix(name, "assets/"):
			// A chunk of an older build: index.html instead of it would be run as a script.
			http.NotFound(w, r)
		default:
			serveFile(w, r, files, "index.html")
		}
	})
}

func setSecurityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// isServable keeps what only the build needs (.vite, .gitkeep) and the compressed twins from being asked for by name.
func isServable(name string) bool {
	return !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".br") && !strings.HasSuffix(name, ".gz")
}

func isFile(files fs.FS, name string) bool {
	info, err := fs.Stat(files, name)
	return err == nil && info.Mode().IsRegular()
}

func serveNotBuilt(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(notBuilt)) // the client has gone; nobody is left to tell
}

// serveFile answers a file, from its compressed twin when the client accepts one.
func serveFile(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	w.Header().Set("Cache-Control", cacheControl(name))
	w.Header().Set("Content-Type", contentType(name))
	w.Header().Add("Vary", "Accept-Encoding")
	stored, encoding := chooseEncoding(r.Header.Get("Accept-Encoding"), files, name)
	if encoding != "" {
		w.Header().Set("Content-Encoding", encoding)
	}
	http.ServeFileFS(w, r, files, stored) //nolint:gosec // files is the embedded folder; it holds nothing else
}

// cacheControl: names below assets carry a hash of their content, so they never change; index.html names them, so it
// must never be kept; the rest (icon, first-paint.js) is asked for again each time.
func cacheControl(name string) string {
	switch {
	case strings.HasPrefix(name, "assets/"):
		return "public, max-age=31536000, immutable"
	case name == "index.html":
		return "no-store"
	default:
		return "no-cache"
	}
}

func contentType(name string) string {
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
