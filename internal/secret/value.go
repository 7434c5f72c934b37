package secret

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// mask is what every way of printing a Value writes, whatever the length of the secret.
const mask = "•••"

// ErrMasked is returned when the mask itself is read as a secret: somebody sent back
// what they were shown.
var ErrMasked = errors.New("this is the mask of a secret, not a secret: leave the field out to keep the stored one")

// Value is a secret in plain text. It prints as a mask through fmt, encoding/json,
// zerolog and slog, so that it reaches no log, no answer and no workflow history; only
// [Value.Reveal] hands it out. The zero value is the empty secret.
type Value struct {
	plaintext string
}

// New wraps a plain text.
func New(plaintext string) Value { return Value{plaintext: plaintext} }

// Reveal returns the plain text. Call it where the secret leaves for the system that
// needs it, and nowhere else.
func (v Value) Reveal() string { return v.plaintext }

// Empty tells whether there is no secret.
func (v Value) Empty() bool { return v.plaintext == "" }

// Equal compares in a time that depends on the lengths only.
func (v Value) Equal(other Value) bool {
	return subtle.ConstantTimeCompare([]byte(v.plaintext), []byte(other.plaintext)) == 1
}

// String returns the mask.
func (v Value) String() string { return mask }

// GoString returns the mask, for %#v.
func (v Value) GoString() string { return mask }

// Format writes the mask for every verb, %x and %q included.
func (v Value) Format(state fmt.State, _ rune) { _, _ = state.Write([]byte(mask)) }

// LogValue returns the mask, for log/slog.
func (v Value) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText returns the mask.
func (v Value) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalJSON returns the mask as a JSON string.
func (v Value) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// UnmarshalText takes the plain text as it is, so that a Value can be a flag or an
// environment variable. It returns [ErrMasked] for the mask.
func (v *Value) UnmarshalText(text []byte) error {
	if string(text) == mask {
		return ErrMasked
	}
	v.plaintext = string(text)
	return nil
}

// UnmarshalJSON takes a JSON string, or null for the empty secret. It returns [ErrMasked]
// for the mask.
func (v *Value) UnmarshalJSON(data []byte) error {
	var plaintext *string
	if err := json.Unmarshal(data, &plaintext); err != nil {
		// The cause is dropped: it may quote the input, which may be the secret.
		return errors.New("a secret must be a JSON string")
	}
	if plaintext == nil {
		v.plaintext = ""
		return nil
	}
	return v.UnmarshalText([]byte(*plaintext))
}
