package xmltree_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm/xmltree"
)

func TestCharsets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ label, bytes, want string }{
		"UTF-8":                   {"UTF-8", "Señal €", "Señal €"},
		"utf8":                    {"utf8", "Señal €", "Señal €"},
		"ASCII":                   {"US-ASCII", "plain", "plain"},
		"Latin 1":                 {"ISO-8859-1", "Se\xf1al\xa4", "Señal¤"},
		"Latin 1 by another name": {"latin1", "\xe9", "é"},
		"Windows":                 {"windows-1252", "\x80 \x84quoted\x93 \x96 \xff", "€ „quoted“ – ÿ"},
		"Windows by another name": {"CP1252", "\x9c", "œ"},
		"Windows, not assigned":   {"windows-1252", "a\x81b", "a\uFFFDb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := `<?xml version="1.0" encoding="` + c.label + `"?><a b="` + c.bytes + `">` + c.bytes + `</a>`
			document, err := xmltree.Parse([]byte(source), limits)
			require.NoError(t, err)
			require.Equal(t, c.want, document.Root.Text())
			require.Equal(t, c.want, document.Root.Attr("b"))
			again, err := xmltree.Parse(document.Bytes(), limits)
			require.NoError(t, err, "it is written as UTF-8")
			require.Equal(t, c.want, again.Root.Text())
		})
	}
}

// TestLongTexts: an encoding of one byte is read in portions, and none of them is lost.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("\xe1\x80b", 5_000)
	document, err := xmltree.Parse([]byte(`<?xml version="1.0" encoding="windows-1252"?><a>`+text+`</a>`), xmltree.Limits{})
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("á€b", 5_000), document.Root.Text())
}

// TestWhatClaimsToBeASCII: bytes beyond are refused where they are no UTF-8.
func TestWhatClaimsToBeASCII(t *testing.T) {
	t.Parallel()
	_, err := xmltree.Parse([]byte(`<?xml version="1.0" encoding="us-ascii"?><a>`+"\xf1"+`</a>`), limits)
	require.ErrorContains(t, err, "line 1: this is not well-formed XML: invalid UTF-8")
}

// TestLimits: what is just allowed is read, and one more is refused.
func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		document func(n int) string
		most     int
		limits   xmltree.Limits
		reason   xmltree.Reason
	}{
		"bytes":    {func(n int) string { return "<a>" + strings.Repeat(" ", n-7) + "</a>" }, 100, xmltree.Limits{Bytes: 100}, xmltree.TooLarge},
		"depth":    {func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }, 7, xmltree.Limits{Depth: 7}, xmltree.TooDeep},
		"elements": {func(n int) string { return "<a>" + strings.Repeat("<b/>", n-1) + "</a>" }, 9, xmltree.Limits{Elements: 9}, xmltree.TooManyElements},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := xmltree.Parse([]byte(c.document(c.most)), c.limits)
			require.NoError(t, err)
			_, err = xmltree.Parse([]byte(c.document(c.most+1)), c.limits)
			refused, ok := errors.AsType[*xmltree.RefusedError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.reason, refused.Reason)
			_, err = xmltree.Parse([]byte(c.document(c.most+1)), xmltree.Limits{})
			require.NoError(t, err, "no limit")
		})
	}
}
