package authn

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// ErrMalformedHash is returned for a stored hash that cannot be read: its scheme is not
// known, or its parameters make no sense. A wrong password is no error.
var ErrMalformedHash = errors.New("malformed password hash")

// Params are the costs of an argon2id hash.
type Params struct {
	// Memory is in KiB.
	Memory uint32
	// Time is the number of passes over the memory.
	Time uint32
	// Threads is the degree of parallelism.
	Threads uint8
}

// DefaultParams follow the second recommended option of RFC 9106 section 4: 64 MiB and
// three passes, with two lanes instead of four because hashing is bounded by [Hasher].
var DefaultParams = Params{Memory: 64 * 1024, Time: 3, Threads: 2}

// Bounds of what a stored hash may ask for: beyond them a row could exhaust the memory of
// the process.
const (
	maxMemory  = 1024 * 1024
	maxTime    = 64
	saltLength = 16
	keyLength  = 32
	maxLength  = 128
)

type argon2idHash struct {
	params Params
	salt   []byte
	key    []byte
}

func newArgon2id(password string, p Params) string {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // crypto/rand never fails: it ends the process instead
	h := argon2idHash{params: p, salt: salt}
	h.key = argon2.IDKey([]byte(password), salt, p.Time, p.Memory, p.Threads, keyLength)
	return h.String()
}

// String returns the PHC form: $argon2id$v=19$m=65536,t=3,p=2$salt$key.
func (h argon2idHash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.params.Memory, h.params.Time, h.params.Threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.key))
}

func (h argon2idHash) verify(password string) bool {
	key := argon2.IDKey([]byte(password), h.salt, h.params.Time, h.params.Memory, h.params.Threads,
		uint32(len(h.key))) //nolint:gosec // at most maxLength
	return subtle.ConstantTimeCompare(key, h.key) == 1
}

// parseArgon2id reads the PHC form. It wraps [ErrMalformedHash] for anything that
// [argon2idHash.String] would not write.
func parseArgon2id(encoded string) (argon2idHash, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return argon2idHash{}, fmt.Errorf("%w: not argon2id version %d", ErrMalformedHash, argon2.Version)
	}
	var h argon2idHash
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.params.Memory, &h.params.Time, &h.params.Threads); err != nil {
		return argon2idHash{}, fmt.Errorf("%w: parameters: %w", ErrMalformedHash, err)
	}
	if !h.params.valid() {
		return argon2idHash{}, fmt.Errorf("%w: parameters %s are out of bounds", ErrMalformedHash, parts[3])
	}
	var err error
	if h.salt, err = decodePart(parts[4]); err != nil {
		return argon2idHash{}, err
	}
	if h.key, err = decodePart(parts[5]); err != nil {
		return argon2idHash{}, err
	}
	if h.String() != encoded {
		return argon2idHash{}, fmt.Errorf("%w: not in canonical form", ErrMalformedHash)
	}
	return h, nil
}

func (p Params) valid() bool {
	return p.Threads >= 1 && p.Time >= 1 && p.Time <= maxTime &&
		p.Memory >= 8*uint32(p.Threads) && p.Memory <= maxMemory
}

func decodePart(part string) ([]byte, error) {
	decoded, err := base64.RawStdEncoding.DecodeString(part)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformedHash, err)
	}
	if len(decoded) < 8 || len(decoded) > maxLength {
		return nil, fmt.Errorf("%w: a part of %d bytes", ErrMalformedHash, len(decoded))
	}
	return decoded, nil
}
