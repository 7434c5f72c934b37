package ui

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func built() fstest.MapFS {
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	return fstest.MapFS{
		".gitkeep":            file(""),
		".vite/manifest.json": file("{}"),
		"index.html":          file("<!doctype html><title>console</title>"),
		"first-paint.js":      file("paint()"),
		"favicon.svg":         file("<svg/>"),
		"assets/app-1a.js":    file("plain"),
		"assets/app-1a.js.br": file("brotli"),
		"assets/app-1a.js.gz": file("gzip"),
		"assets/old-2b.js":    file("plain only"),
	}
}

func get(t *testing.T, h http.Handler, method, target, acceptEncoding string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	if acceptEncoding != "" {
		r.Header.Set("Accept-Encoding", acceptEncoding)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	require.NoError(t, err)
	return w.Result(), string(body)
}

func TestHandlerServesTheConsole(t *testing.T) {
	t.Parallel()
	const index = "<!doctype html><title>console</title>"
	for name, c := range map[string]struct {
		target, accept        string
		status                int
		body, cache, encoding string
		contentType           string
	}{
		"root":                    {"/", "", 200, index, "no-store", "", "text/html; charset=utf-8"},
		"page of the router":      {"/users/42?tab=roles", "", 200, index, "no-store", "", "text/html; charset=utf-8"},
		"name with a dot":         {"/users/ada.example", "", 200, index, "no-store", "", "text/html; charset=utf-8"},
		"asset, plain":            {"/assets/app-1a.js", "", 200, "plain", "public, max-age=31536000, immutable", "", "text/javascript; charset=utf-8"},
		"asset, brotli preferred": {"/assets/app-1a.js", "gzip, br", 200, "brotli", "public, max-age=31536000, immutable", "br", "text/javascript; charset=utf-8"},
		"asset, gzip":             {"/assets/app-1a.js", "gzip", 200, "gzip", "public, max-age=31536000, immutable", "gzip", "text/javascript; charset=utf-8"},
		"asset, brotli refused":   {"/assets/app-1a.js", "br;q=0, *", 200, "gzip", "public, max-age=31536000, immutable", "gzip", "text/javascript; charset=utf-8"},
		"asset without twins":     {"/assets/old-2b.js", "br, gzip", 200, "plain only", "public, max-age=31536000, immutable", "", "text/javascript; charset=utf-8"},
		"file beside the index":   {"/first-paint.js", "", 200, "paint()", "no-cache", "", "text/javascript; charset=utf-8"},
		"chunk of an older build": {"/assets/gone-3c.js", "", 404, "404 page not found\n", "", "", "text/plain; charset=utf-8"},
		"manifest is not served":  {"/.vite/manifest.json", "", 200, index, "no-store", "", "text/html; charset=utf-8"},
		"twin is not served":      {"/assets/app-1a.js.br", "", 404, "404 page not found\n", "", "", "text/plain; charset=utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, body := get(t, newHandler(built()), http.MethodGet, c.target, c.accept)
			require.Equal(t, c.status, res.StatusCode)
			require.Equal(t, c.body, body)
			require.Equal(t, c.cache, res.Header.Get("Cache-Control"))
			require.Equal(t, c.encoding, res.Header.Get("Content-Encoding"))
			require.Equal(t, c.contentType, res.Header.Get("Content-Type"))
			require.Equal(t, contentSecurityPolicy, res.Header.Get("Content-Security-Policy"))
			require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
		})
	}
}

func TestHandlerSaysHowToBuildTheConsole(t *testing.T) {
	t.Parallel()
	res, body := get(t, newHandler(fstest.MapFS{".gitkeep": &fstest.MapFile{}}), http.MethodGet, "/users", "")
	require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	require.Contains(t, body, "make ui")
	require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
}

func TestHandlerRefusesToWrite(t *testing.T) {
	t.Parallel()
	res, _ := get(t, newHandler(built()), http.MethodPost, "/", "")
	require.Equal(t, http.StatusMethodNotAllowed, res.StatusCode)
	require.Equal(t, "GET, HEAD", res.Header.Get("Allow"))
}

func TestHandlerOfTheBinaryAnswers(t *testing.T) {
	t.Parallel()
	res, _ := get(t, Handler(), http.MethodGet, "/", "")
	require.Contains(t, []int{http.StatusOK, http.StatusServiceUnavailable}, res.StatusCode, "built or not, there is an answer")
}

func TestAccepts(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"":                     false,
		"br":                   true,
		"BR":                   true,
		"gzip, deflate, br":    true,
		"gzip;q=1.0, br;q=0.5": true,
		"br;q=0":               false,
		"br ; q=0.000":         false,
		"*":                    true,
		"*;q=0":                false,
		"*, br;q=0":            false,
		"identity":             false,
		"brotli":               false,
		"br;q=much":            false,
		"br;level=3":           true,
	} {
		require.Equal(t, want, accepts(header, "br"), "Accept-Encoding: %q", header)
	}
}

func FuzzAccepts(f *testing.F) {
	f.Add("gzip;q=0.1, *;q=0")
	f.Fuzz(func(t *testing.T, header string) {
		if accepts(header, "br") {
			require.NotEmpty(t, header, "nothing is accepted by nobody")
		}
	})
}
