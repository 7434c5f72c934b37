package api

import (
	"compress/gzip"
	"net/http"
	"strings"
)

// smallestCompressed is the size below which an answer is cheaper as it is.
const smallestCompressed = 1024

// compress packs JSON and CSV for clients that take gzip. Files of the console are packed at build time, event streams not at all.
func compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || !strings.HasPrefix(r.URL.Path, "/api/") {
			next.ServeHTTP(w, r)
			return
		}
		packing := &packingWriter{ResponseWriter: w}
		defer packing.close()
		next.ServeHTTP(packing, r)
	})
}

// packingWriter decides at the first byte whether to compress.
type packingWriter struct {
	http.ResponseWriter
	packer  *gzip.Writer
	status  int
	decided bool
}

// WriteHeader holds the status back until the first byte says how the body goes.
func (w *packingWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	if status == http.StatusNoContent || status == http.StatusNotModified {
		w.decide(nil)
	}
}

// Write compresses or not.
func (w *packingWriter) Write(p []byte) (int, error) {
	w.decide(p)
	if w.packer != nil {
		return w.packer.Write(p)
	}
	return w.ResponseWriter.Write(p)
}

func (w *packingWriter) decide(first []byte) {
	if w.decided {
		return
	}
	w.decided = true
	h := w.Header()
	kind := h.Get("Content-Type")
	worth := strings.HasPrefix(kind, "text/csv") || (strings.Contains(kind, "json") && len(first) >= smallestCompressed)
	h.Add("Vary", "Accept-Encoding")
	if worth && h.Get("Content-Encoding") == "" {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		w.packer = gzip.NewWriter(w.ResponseWriter)
	}
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.ResponseWriter.WriteHeader(w.status)
}

// FlushError sends what there is: event streams need it.
func (w *packingWriter) FlushError() error {
	w.decide(nil)
	if w.packer != nil {
		if err := w.packer.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (w *packingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *packingWriter) close() {
	if !w.decided && w.status != 0 {
		w.decide(nil)
	}
	if w.packer != nil {
		_ = w.packer.Close() // a client that went away cannot be told
	}
}
