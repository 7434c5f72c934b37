package authn

import (
	"crypto/md5"  //nolint:gosec // {MD5} and {SMD5} are verified because directories hold them, never made
	"crypto/sha1" //nolint:gosec // {SHA} and {SSHA} are verified because directories hold them, never made
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// digests are the RFC 2307 userPassword schemes that are a digest of password and salt,
// with OpenLDAP's salted forms and those of its pw-sha2 module.
var digests = map[string]struct {
	digest func() hash.Hash
	salted bool
}{
	"MD5":     {md5.New, false},
	"SMD5":    {md5.New, true},
	"SHA":     {sha1.New, false},
	"SSHA":    {sha1.New, true},
	"SHA256":  {sha256.New, false},
	"SSHA256": {sha256.New, true},
	"SHA512":  {sha512.New, false},
	"SSHA512": {sha512.New, true},
}

// verifyRFC2307 checks {SCHEME}base64(digest salt), and {CRYPT} with a crypt string inside.
func verifyRFC2307(password, stored string) (bool, error) {
	name, encoded, ok := strings.Cut(stored[1:], "}")
	if !ok {
		return false, fmt.Errorf("%w: no scheme", ErrMalformedHash)
	}
	name = strings.ToUpper(name)
	if name == "CRYPT" {
		return verifyCrypt(password, encoded)
	}
	scheme, ok := digests[name]
	if !ok {
		return false, fmt.Errorf("%w: unknown scheme", ErrMalformedHash)
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrMalformedHash, err)
	}
	digest := scheme.digest()
	size := digest.Size()
	if len(decoded) < size || (len(decoded) > size) != scheme.salted {
		return false, fmt.Errorf("%w: %d bytes for {%s}", ErrMalformedHash, len(decoded), name)
	}
	digest.Write([]byte(password))
	digest.Write(decoded[size:])
	return subtle.ConstantTimeCompare(digest.Sum(nil), decoded[:size]) == 1, nil
}

// verifyCrypt checks the forms of crypt(3) that are still safe to meet.
func verifyCrypt(password, stored string) (bool, error) {
	switch {
	case strings.HasPrefix(stored, "$2"):
		return verifyBcrypt(password, stored)
	case strings.HasPrefix(stored, "$6$"):
		return verifySHA512Crypt(password, stored)
	default:
		return false, fmt.Errorf("%w: unknown crypt scheme", ErrMalformedHash)
	}
}

// bcryptMax is where bcrypt stops reading. The implementations whose hashes we meet cut
// longer passwords there; the one used here refuses them instead.
const bcryptMax = 72

func verifyBcrypt(password, stored string) (bool, error) {
	if len(password) > bcryptMax {
		password = password[:bcryptMax]
	}
	err := bcrypt.CompareHashAndPassword([]byte(stored), []byte(password))
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		return false, nil
	default:
		return false, fmt.Errorf("%w: %w", ErrMalformedHash, err)
	}
}
