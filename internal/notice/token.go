package notice

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"provost/internal/secret"
)

// Path is where links that decide lead, with the token behind it.
const Path = "/decide/"

const tokenBytes = 32

// NewToken makes the token of a link, and the hash that is kept of it. A hash without salt is enough: the token is random.
func NewToken() (token secret.Value, hash []byte) {
	random := make([]byte, tokenBytes)
	_, _ = rand.Read(random) // never fails
	return secret.New(base64.RawURLEncoding.EncodeToString(random)), hashOf(random)
}

// HashToken gives the hash of a token as it stands in a link; ok is false for what cannot be one.
func HashToken(token string) (hash []byte, ok bool) {
	random, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(random) != tokenBytes {
		return nil, false
	}
	return hashOf(random), true
}

func hashOf(random []byte) []byte {
	sum := sha256.Sum256(random)
	return sum[:]
}
