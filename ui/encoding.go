package ui

import (
	"io/fs"
	"strconv"
	"strings"
)

// encodings are the compressions the build writes, the best first, with the suffix of their files.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// chooseEncoding gives the stored file to send for name and its Content-Encoding; the file itself and "" when the
// client accepts none of the twins that exist.
func chooseEncoding(accept string, files fs.FS, name string) (stored, encoding string) {
	for _, e := range encodings {
		if accepts(accept, e.name) && isFile(files, name+e.suffix) {
			return name + e.suffix, e.name
		}
	}
	return name, ""
}

// accepts reads an Accept-Encoding header (RFC 9110 §12.5.3): an encoding is accepted when it is named, or covered by
// "*", with a weight above zero.
func accepts(header, encoding string) bool {
	wildcard := false
	for part := range strings.SplitSeq(header, ",") {
		coding, parameters, _ := strings.Cut(part, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		switch coding {
		case encoding:
			return weight(parameters) > 0
		case "*":
			wildcard = weight(parameters) > 0
		}
	}
	return wildcard
}

// weight reads "q=0.5"; no weight is 1, an unreadable one 0, because a client that garbles it is better sent plain text.
func weight(parameters string) float64 {
	name, value, found := strings.Cut(strings.TrimSpace(parameters), "=")
	if !found || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		return 0
	}
	return q
}
