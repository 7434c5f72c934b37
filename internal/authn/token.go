package authn

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"provost/internal/secret"
)

// TokenPrefix leads every API token, so that people and secret scanners recognise one.
const TokenPrefix = "pvt_"

// secretBytes is the length of a session or token secret before encoding: 256 bits, too
// many to guess, which is why their stored form needs no slow hash.
const secretBytes = 32

// Errors of this package. Test for them with errors.Is.
var (
	// ErrNotToken is returned for something that cannot be an API token or a session
	// secret, before any row is looked up.
	ErrNotToken = errors.New("not a valid token")
	// ErrPasswordTooLong is returned for a password longer than [MaxPasswordBytes].
	ErrPasswordTooLong = fmt.Errorf("the password is longer than %d bytes", MaxPasswordBytes)
)

// TokenHash is the stored form of a secret: its SHA-256. Rows are found by it.
type TokenHash [sha256.Size]byte

// NewAPIToken returns a new API token, shown once to the person, and its stored form.
func NewAPIToken() (secret.Value, TokenHash) {
	return newSecret(TokenPrefix)
}

// NewSession returns the secret of a new session, for its cookie, and its stored form.
func NewSession() (secret.Value, TokenHash) {
	return newSecret("")
}

// HashAPIToken returns the stored form of an API token that somebody presents, or
// [ErrNotToken] when it has not the form of one.
func HashAPIToken(presented secret.Value) (TokenHash, error) {
	encoded, ok := strings.CutPrefix(presented.Reveal(), TokenPrefix)
	if !ok || !isSecretText(encoded) {
		return TokenHash{}, ErrNotToken
	}
	return sha256.Sum256([]byte(presented.Reveal())), nil
}

// HashSession returns the stored form of a session secret that a browser presents, or
// [ErrNotToken] when it has not the form of one.
func HashSession(presented secret.Value) (TokenHash, error) {
	if !isSecretText(presented.Reveal()) {
		return TokenHash{}, ErrNotToken
	}
	return sha256.Sum256([]byte(presented.Reveal())), nil
}

func newSecret(prefix string) (secret.Value, TokenHash) {
	random := make([]byte, secretBytes)
	_, _ = rand.Read(random) // crypto/rand never fails: it ends the process instead
	text := prefix + base64.RawURLEncoding.EncodeToString(random)
	return secret.New(text), sha256.Sum256([]byte(text))
}

func isSecretText(text string) bool {
	if len(text) != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return false
	}
	// The decoder skips line breaks, so the length says whether there were any.
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(decoded) == secretBytes
}
