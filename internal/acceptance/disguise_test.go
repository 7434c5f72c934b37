package acceptance

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// secrets are texts that must not stand anywhere, by what they are.
type secrets map[string]string

// in names the secrets that stand in a text, each with the form it stands there in.
func (s secrets) in(text []byte) []string {
	var found []string
	folded := bytes.ToLower(text)
	for name, value := range s {
		for form, disguised := range disguises(value) {
			if bytes.Contains(text, []byte(disguised)) || form == "hex" && bytes.Contains(folded, []byte(disguised)) {
				found = append(found, name+" as "+form)
			}
		}
	}
	slices.Sort(found)
	return found
}

// disguises gives the forms in which programs write a text that they do not mean to hide.
func disguises(text string) map[string]string {
	out := map[string]string{
		"it is": text, "hex": hex.EncodeToString([]byte(text)),
		"part of a URL": url.QueryEscape(text), "path of a URL": url.PathEscape(text), "password of a URL": url.UserPassword("", text).String()[1:],
		"Go string": strings.Trim(fmt.Sprintf("%+q", text), `"`),
	}
	for name, escape := range map[string]bool{"JSON": true, "JSON without HTML": false} {
		once := asJSON(text, escape)
		out[name], out[name+", twice"] = once, asJSON(once, escape)
	}
	for shift := range 3 {
		for name, alphabet := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64 of URLs": base64.RawURLEncoding} {
			out[fmt.Sprintf("%s after %d bytes", name, shift)] = within64(text, shift, alphabet)
		}
	}
	return out
}

// asJSON gives what stands between the quotes.
func asJSON(text string, escape bool) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(escape)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a text can be encoded
	}
	return strings.Trim(strings.TrimSpace(out.String()), `"`)
}

// within64 gives the digits that a text has in base64 whatever stands before and after it: three bytes make four digits, so there are
// three forms, and the digits that it shares with its neighbours are left out.
func within64(text string, shift int, alphabet *base64.Encoding) string {
	digits := alphabet.EncodeToString([]byte(strings.Repeat("\x00", shift) + text))
	first, whole := []int{0, 2, 3}[shift], (shift+len(text))/3*4
	if rest := (shift + len(text)) % 3; rest > 0 {
		whole += rest
	}
	return digits[first:whole]
}

func TestDisguisesAreSeenThrough(t *testing.T) {
	t.Parallel()
	const text = `planted"4711&ä/+% zebra`
	hidden := secrets{"it": text}
	line, err := json.Marshal(map[string]string{"x": text})
	require.NoError(t, err)
	nested, err := json.Marshal(map[string]string{"x": string(line)})
	require.NoError(t, err)
	for name, sample := range map[string]string{
		"plain":         "before " + text + " after",
		"JSON":          string(line),
		"JSON in JSON":  string(nested),
		"hex":           "\\x00" + hex.EncodeToString([]byte(text)) + "ff",
		"upper hex":     strings.ToUpper(hex.EncodeToString([]byte("a" + text + "b"))),
		"query":         "https://example.com/?p=" + url.QueryEscape(text),
		"address":       (&url.URL{Scheme: "postgres", User: url.UserPassword("ann", text), Host: "db.example.com"}).String(),
		"quoted":        fmt.Sprintf("%q and %+q", "x", text),
		"basic":         base64.StdEncoding.EncodeToString([]byte("ann:" + text)),
		"basic, longer": base64.StdEncoding.EncodeToString([]byte("anna:" + text + "!")),
		"basic, more":   base64.URLEncoding.EncodeToString([]byte("annab:" + text + "!?")),
	} {
		require.NotEmpty(t, hidden.in([]byte(sample)), "%s: %s", name, sample)
	}
	require.Empty(t, hidden.in([]byte(`planted"4712&ä/+% zebra and nothing of it in `+base64.StdEncoding.EncodeToString([]byte("ann:another")))))
}
