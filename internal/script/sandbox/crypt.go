package sandbox

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the guide's algorithm (page 088), for hashes made elsewhere
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"golang.org/x/crypto/bcrypt"
)

// Crypt of guide page 088. The guide does not print the form of PBKDF2 hashes; ours is the one of LDAP directories,
// {PBKDF2-SHA256}iterations$salt$key with salt and key in base64 without padding and "." for "+". The functions
// pBKDF2Sha256 and pBKDF2Sha1 answer the derived key alone, in base64.
const (
	hashIterations = 100_000
	// maxIterations keeps the cost of one call bounded: it cannot be interrupted, only killed.
	maxIterations = 2_000_000
	saltSize      = 8
	bcryptCost    = 10
)

var errHash = errors.New("crypt")

// digest is a hash function PBKDF2 is used with.
type digest struct {
	label string
	size  int
	make  func() hash.Hash
}

// digestOf finds the algorithm by the guide's name, whatever its case; ok is false for one that is not PBKDF2.
func digestOf(algorithm string) (digest, bool) {
	switch strings.ToLower(algorithm) {
	case "pbkdf2sha256":
		return digest{label: "{PBKDF2-SHA256}", size: sha256.Size, make: sha256.New}, true
	case "pbkdf2sha1", "pbkdf2":
		return digest{label: "{PBKDF2}", size: sha1.Size, make: sha1.New}, true
	default:
		return digest{}, false
	}
}

func (d digest) key(text string, salt []byte, iterations int) ([]byte, error) {
	if iterations < 1 || iterations > maxIterations {
		return nil, fmt.Errorf("%w: iterations must be between 1 and %d", errHash, maxIterations)
	}
	key, err := pbkdf2.Key(d.make, text, salt, iterations, d.size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errHash, err)
	}
	return key, nil
}

// hashText is Crypt.hash.
func hashText(algorithm, text string) (string, error) {
	if strings.EqualFold(algorithm, "bcrypt") {
		h, err := bcrypt.GenerateFromPassword([]byte(text), bcryptCost)
		if err != nil {
			return "", fmt.Errorf("%w: %w", errHash, err)
		}
		return string(h), nil
	}
	d, ok := digestOf(algorithm)
	if !ok {
		return base64.StdEncoding.EncodeToString([]byte(text)), nil
	}
	salt := newSalt(saltSize)
	key, err := d.key(text, salt, hashIterations)
	if err != nil {
		return "", err
	}
	return d.label + strconv.Itoa(hashIterations) + "$" + adapted(salt) + "$" + adapted(key), nil
}

// verifyText is Crypt.verify; a malformed hash verifies nothing.
func verifyText(algorithm, text, stored string) bool {
	if strings.EqualFold(algorithm, "bcrypt") {
		return bcrypt.CompareHashAndPassword([]byte(stored), []byte(text)) == nil
	}
	d, ok := digestOf(algorithm)
	if !ok {
		want := base64.StdEncoding.EncodeToString([]byte(text))
		return subtle.ConstantTimeCompare([]byte(want), []byte(stored)) == 1
	}
	rest, ok := strings.CutPrefix(stored, d.label)
	parts := strings.Split(rest, "$")
	if !ok || len(parts) != 3 {
		return false
	}
	iterations, err := strconv.Atoi(parts[0])
	if err != nil {
		return false
	}
	salt, saltErr := fromAdapted(parts[1])
	want, keyErr := fromAdapted(parts[2])
	if saltErr != nil || keyErr != nil {
		return false
	}
	key, err := d.key(text, salt, iterations)
	return err == nil && subtle.ConstantTimeCompare(key, want) == 1
}

func adapted(b []byte) string {
	return strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(b), "+", ".")
}

func fromAdapted(s string) ([]byte, error) {
	b, err := base64.RawStdEncoding.DecodeString(strings.ReplaceAll(s, ".", "+"))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errHash, err)
	}
	return b, nil
}

// newSalt is real randomness, also in a seeded world: a salt must not be guessed.
func newSalt(n int) []byte {
	salt := make([]byte, n)
	_, _ = rand.Read(salt) // never fails
	return salt
}

// nativeHash is hash(algorithm, text).
func (w *world) nativeHash(c goja.FunctionCall) goja.Value {
	h, err := hashText(c.Argument(0).String(), c.Argument(1).String())
	if err != nil {
		w.fail(kindRuntime, err.Error())
	}
	return w.vm.ToValue(h)
}

// nativeVerify is verify(algorithm, text, hash).
func (w *world) nativeVerify(c goja.FunctionCall) goja.Value {
	return w.vm.ToValue(verifyText(c.Argument(0).String(), c.Argument(1).String(), c.Argument(2).String()))
}

// nativeDerive is derive(algorithm, text, salt, iterations); the salt is text (UTF-8) or bytes.
func (w *world) nativeDerive(c goja.FunctionCall) goja.Value {
	d, ok := digestOf(c.Argument(0).String())
	if !ok {
		w.fail(kindRuntime, "unknown key derivation "+c.Argument(0).String())
	}
	exported, err := w.export(c.Argument(2))
	if err != nil {
		w.fail(kindRuntime, err.Error())
	}
	salt, ok := exported.([]byte)
	if !ok {
		salt = []byte(c.Argument(2).String())
	}
	key, err := d.key(c.Argument(1).String(), salt, int(c.Argument(3).ToInteger()))
	if err != nil {
		w.fail(kindRuntime, err.Error())
	}
	return w.vm.ToValue(base64.StdEncoding.EncodeToString(key))
}

// nativeSalt is salt(size, asText): bytes, or their base64.
func (w *world) nativeSalt(c goja.FunctionCall) goja.Value {
	size := saltSize
	if n := c.Argument(0); !goja.IsUndefined(n) {
		size = int(n.ToInteger())
	}
	if size < 1 || size > 1024 {
		w.fail(kindRuntime, "a salt has between 1 and 1024 bytes")
	}
	salt := newSalt(size)
	if c.Argument(1).ToBoolean() {
		return w.vm.ToValue(base64.StdEncoding.EncodeToString(salt))
	}
	return w.hydrate(salt)
}

// nativeBytes is utf8(text): its bytes.
func (w *world) nativeBytes(c goja.FunctionCall) goja.Value {
	return w.hydrate([]byte(c.Argument(0).String()))
}
