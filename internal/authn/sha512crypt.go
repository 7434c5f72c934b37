package authn

import (
	"bytes"
	"crypto/sha512"
	"crypto/subtle"
	"fmt"
	"strconv"
	"strings"
)

// Bounds of sha512-crypt as its specification (Drepper, "Unix crypt using SHA-256 and
// SHA-512") sets them. Rounds have a lower ceiling of ours: the specified 999 999 999
// would let one row keep a processor busy for many minutes.
const (
	cryptDefaultRounds = 5000
	cryptMinRounds     = 1000
	cryptMaxRounds     = 5_000_000
	cryptMaxSalt       = 16
)

// verifySHA512Crypt checks $6$[rounds=N$]salt$hash.
func verifySHA512Crypt(password, stored string) (bool, error) {
	rest := strings.TrimPrefix(stored, "$6$")
	rounds := cryptDefaultRounds
	if text, ok := strings.CutPrefix(rest, "rounds="); ok {
		number, after, found := strings.Cut(text, "$")
		n, err := strconv.ParseUint(number, 10, 32)
		if !found || err != nil {
			return false, fmt.Errorf("%w: rounds of sha512-crypt", ErrMalformedHash)
		}
		if n > cryptMaxRounds {
			return false, fmt.Errorf("%w: sha512-crypt with %d rounds is more than the %d allowed", ErrMalformedHash, n, cryptMaxRounds)
		}
		rounds, rest = max(int(n), cryptMinRounds), after
	}
	salt, digest, found := strings.Cut(rest, "$")
	if !found || len(digest) != 86 {
		return false, fmt.Errorf("%w: digest of sha512-crypt", ErrMalformedHash)
	}
	computed := sha512Crypt([]byte(password), []byte(salt), rounds)
	return subtle.ConstantTimeCompare([]byte(computed), []byte(digest)) == 1, nil
}

// sha512Crypt returns the last part of the crypt string. The steps are those of the
// specification, whose numbers the comments give.
func sha512Crypt(password, salt []byte, rounds int) string {
	if len(salt) > cryptMaxSalt {
		salt = salt[:cryptMaxSalt]
	}
	digest := firstDigest(password, salt)

	// 13-16: a sequence as long as the password, from the password repeated.
	p := repeated(digestOf(bytes.Repeat(password, len(password))), len(password))
	// 17-20: a sequence as long as the salt, from the salt repeated as often as the first
	// byte of the digest says.
	s := repeated(digestOf(bytes.Repeat(salt, 16+int(digest[0]))), len(salt))

	// 21: the rounds that make it slow.
	for i := range rounds {
		h := sha512.New()
		if i%2 == 1 {
			h.Write(p)
		} else {
			h.Write(digest)
		}
		if i%3 != 0 {
			h.Write(s)
		}
		if i%7 != 0 {
			h.Write(p)
		}
		if i%2 == 1 {
			h.Write(digest)
		} else {
			h.Write(p)
		}
		digest = h.Sum(digest[:0])
	}
	return cryptBase64(digest)
}

// firstDigest does steps 1 to 12: password and salt, mixed with a digest of password,
// salt and password along the length of the password and along its bits.
func firstDigest(password, salt []byte) []byte {
	inner := digestOf(password, salt, password)
	h := sha512.New()
	h.Write(password)
	h.Write(salt)
	h.Write(repeated(inner, len(password)))
	for n := len(password); n > 0; n >>= 1 {
		if n&1 == 1 {
			h.Write(inner)
		} else {
			h.Write(password)
		}
	}
	return h.Sum(nil)
}

func digestOf(parts ...[]byte) []byte {
	h := sha512.New()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// repeated returns the first length bytes of the pattern written again and again.
func repeated(pattern []byte, length int) []byte {
	return bytes.Repeat(pattern, length/len(pattern)+1)[:length]
}

const cryptAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// cryptBase64 does step 22: groups of three bytes taken 21 apart, their order turning
// round with each group, written as four characters with the lowest bits first.
func cryptBase64(digest []byte) string {
	const groups = 21
	var out strings.Builder
	for i := range groups {
		a, b, c := digest[i], digest[i+groups], digest[i+2*groups]
		switch i % 3 {
		case 1:
			a, b, c = b, c, a
		case 2:
			a, b, c = c, a, b
		}
		writeCrypt(&out, uint32(a)<<16|uint32(b)<<8|uint32(c), 4)
	}
	writeCrypt(&out, uint32(digest[3*groups]), 2)
	return out.String()
}

func writeCrypt(out *strings.Builder, bits uint32, characters int) {
	for range characters {
		out.WriteByte(cryptAlphabet[bits&0x3f])
		bits >>= 6
	}
}
