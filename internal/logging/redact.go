package logging

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
)

// redacted takes the place of a secret.
const redacted = "•••"

// secretWords are what the last word of a field's name may not be: password, user_password
// and newPassword are secrets, password_domain and token_id are not.
var secretWords = map[string]bool{
	"password": true, "passwd": true, "pwd": true, "passphrase": true, "passwords": true,
	"secret": true, "secrets": true, "token": true, "tokens": true, "credential": true, "credentials": true,
	"authorization": true, "cookie": true, "cookies": true, "apikey": true,
}

// secretPairs are two last words that make a secret together.
var secretPairs = map[string]bool{
	"api key": true, "private key": true, "master key": true, "secret key": true, "access key": true,
	"set cookie": true,
}

// suspicious finds, without parsing, lines that may hold a secret: nearly all do not.
var suspicious = regexp.MustCompile(`(?i)passw|pwd|passphrase|secret|token|credential|authorization|cookie|key|://[^/\s"]*@`)

// urlPassword finds the password of an address such as postgres://user:password@host.
var urlPassword = regexp.MustCompile(`(://[^/\s:@"]*):[^/\s"]*@`)

// redactor takes the values of secret fields, at any depth, and the passwords of
// addresses out of the JSON lines that pass.
type redactor struct {
	next io.Writer
}

// Write passes one line on. It reports the length of the line given, as io.Writer asks.
func (r *redactor) Write(line []byte) (int, error) {
	safe := line
	if suspicious.Match(line) {
		safe = redact(line)
	}
	if _, err := r.next.Write(safe); err != nil {
		return 0, fmt.Errorf("write log: %w", err)
	}
	return len(line), nil
}

// redact rewrites a line of JSON, keeping the order of its fields. A line that is not
// JSON loses only the passwords of addresses.
func redact(line []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var out bytes.Buffer
	if err := copyValue(decoder, &out, false); err != nil {
		return urlPassword.ReplaceAll(line, []byte("$1:"+redacted+"@"))
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// copyValue copies the next JSON value; a hidden one is consumed and replaced.
func copyValue(d *json.Decoder, out *bytes.Buffer, hidden bool) error {
	token, err := d.Token()
	if err != nil {
		return err //nolint:wrapcheck // never leaves redact
	}
	delim, nested := token.(json.Delim)
	if hidden {
		writeString(out, redacted)
		out = &bytes.Buffer{}
	}
	if !nested {
		writeScalar(out, token)
		return nil
	}
	if delim == '{' {
		return copyObject(d, out)
	}
	return copyArray(d, out)
}

func copyObject(d *json.Decoder, out *bytes.Buffer) error {
	out.WriteByte('{')
	for first := true; d.More(); first = false {
		token, err := d.Token()
		if err != nil {
			return err //nolint:wrapcheck // never leaves redact
		}
		name, _ := token.(string)
		if !first {
			out.WriteByte(',')
		}
		writeString(out, name)
		out.WriteByte(':')
		if err := copyValue(d, out, isSecret(name)); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	_, err := d.Token()
	return err //nolint:wrapcheck // never leaves redact
}

func copyArray(d *json.Decoder, out *bytes.Buffer) error {
	out.WriteByte('[')
	for first := true; d.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		if err := copyValue(d, out, false); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	_, err := d.Token()
	return err //nolint:wrapcheck // never leaves redact
}

func writeScalar(out *bytes.Buffer, token json.Token) {
	switch v := token.(type) {
	case string:
		writeString(out, urlPassword.ReplaceAllString(v, "$1:"+redacted+"@"))
	case json.Number:
		out.WriteString(v.String())
	case bool:
		fmt.Fprint(out, v)
	default:
		out.WriteString("null")
	}
}

func writeString(out *bytes.Buffer, s string) {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		out.WriteString(`""`)
		return
	}
	out.Truncate(out.Len() - 1) // Encode ends with a line break
}

// isSecret tells whether a field of this name holds a secret, in snake_case, kebab-case
// or camelCase.
func isSecret(name string) bool {
	words := splitWords(name)
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	if secretWords[last] {
		return true
	}
	return len(words) > 1 && secretPairs[words[len(words)-2]+" "+last]
}

func splitWords(name string) []string {
	var spaced strings.Builder
	var previous rune
	for _, r := range name {
		if unicode.IsUpper(r) && (unicode.IsLower(previous) || unicode.IsDigit(previous)) {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(unicode.ToLower(r))
		previous = r
	}
	return strings.FieldsFunc(spaced.String(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
