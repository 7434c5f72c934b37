package authn

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/sync/semaphore"

	"provost/internal/secret"
)

// MaxPasswordBytes is the longest password that is hashed. Longer ones are refused before
// any work is done, so that a login request cannot be made expensive by its size.
const MaxPasswordBytes = 1024

// Hasher hashes and verifies passwords, a bounded number at a time: each hash takes the
// memory its parameters say, and a flood of logins must not take it all. It is safe for
// concurrent use.
type Hasher struct {
	params Params
	slots  *semaphore.Weighted
	decoy  argon2idHash
}

// NewHasher returns a hasher with the given costs and number of hashes at a time; zero or
// less means one per processor. It returns an error when the costs are out of bounds.
func NewHasher(p Params, concurrent int) (*Hasher, error) {
	if !p.valid() {
		return nil, fmt.Errorf("argon2id parameters %+v are out of bounds", p)
	}
	if concurrent <= 0 {
		concurrent = runtime.GOMAXPROCS(0)
	}
	return &Hasher{
		params: p,
		slots:  semaphore.NewWeighted(int64(concurrent)),
		decoy:  argon2idHash{params: p, salt: make([]byte, saltLength), key: make([]byte, keyLength)},
	}, nil
}

// Hash returns the argon2id hash of a password for storage. It returns
// [ErrPasswordTooLong], or the context's error when its turn does not come in time.
func (h *Hasher) Hash(ctx context.Context, password secret.Value) (string, error) {
	if len(password.Reveal()) > MaxPasswordBytes {
		return "", ErrPasswordTooLong
	}
	if err := h.slots.Acquire(ctx, 1); err != nil {
		return "", fmt.Errorf("wait to hash: %w", err)
	}
	defer h.slots.Release(1)
	return newArgon2id(password.Reveal(), h.params), nil
}

// Verify tells whether the password belongs to the stored hash. It returns an error that
// wraps [ErrMalformedHash] when the hash cannot be read, or the context's error when its
// turn does not come in time. A password longer than [MaxPasswordBytes] is wrong.
//
// With an empty hash (an unknown user, or one without a password) it takes as long as with
// a hash of today's costs and answers false, so that nobody learns who exists.
func (h *Hasher) Verify(ctx context.Context, password secret.Value, hash string) (bool, error) {
	if err := h.slots.Acquire(ctx, 1); err != nil {
		return false, fmt.Errorf("wait to verify: %w", err)
	}
	defer h.slots.Release(1)
	plaintext := password.Reveal()
	if len(plaintext) > MaxPasswordBytes {
		// The decoy is computed all the same: the answer takes as long as any other.
		plaintext, hash = "", ""
	}
	if hash == "" {
		h.decoy.verify(plaintext)
		return false, nil
	}
	return verify(plaintext, hash)
}

// NeedsRehash tells whether a hash should be replaced after a login that succeeded: its
// scheme is an old one, or it is cheaper than today's parameters.
func (h *Hasher) NeedsRehash(hash string) bool {
	stored, err := parseArgon2id(hash)
	if err != nil {
		return true
	}
	return stored.params.Memory < h.params.Memory || stored.params.Time < h.params.Time || len(stored.key) < keyLength
}

// verify chooses the scheme by the hash's prefix.
func verify(password, hash string) (bool, error) {
	switch {
	case strings.HasPrefix(hash, "$argon2id$"):
		stored, err := parseArgon2id(hash)
		if err != nil {
			return false, err
		}
		return stored.verify(password), nil
	case strings.HasPrefix(hash, "{"):
		return verifyRFC2307(password, hash)
	case strings.HasPrefix(hash, "$2"):
		return verifyBcrypt(password, hash)
	case strings.HasPrefix(hash, "$6$"):
		return verifySHA512Crypt(password, hash)
	default:
		return false, fmt.Errorf("%w: unknown scheme", ErrMalformedHash)
	}
}
