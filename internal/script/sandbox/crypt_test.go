package sandbox_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// The PBKDF2-HMAC-SHA1 vectors are those of RFC 6070, for SHA-256 those of RFC 7914 section 11 cut to the 32 bytes that
// Crypt derives, and of the same passwords as RFC 6070.
func TestDerivedKeysMatchPublishedVectors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method, text, salt string
		iterations         int
		key                string
	}{
		"sha1, 1":      {"pBKDF2Sha1", "password", "salt", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"},
		"sha1, 2":      {"pBKDF2Sha1", "password", "salt", 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
		"sha1, 4096":   {"pBKDF2Sha1", "password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1"},
		"sha256, 1":    {"pBKDF2Sha256", "passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"},
		"sha256, 4096": {"pBKDF2Sha256", "password", "salt", 4096, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := evaluate(t, fmt.Sprintf("com.soffid.iam.crypt.Crypt.%s(%q, %q, %d) + ' ' + com.soffid.iam.crypt.Crypt.%s(%q, %q.getBytes(), %d)",
				tt.method, tt.text, tt.salt, tt.iterations, tt.method, tt.text, tt.salt, tt.iterations), nil)
			require.Nil(t, result.Failure)
			key, err := hex.DecodeString(tt.key)
			require.NoError(t, err)
			encoded := base64.StdEncoding.EncodeToString(key)
			require.Equal(t, encoded+" "+encoded, value(t, result.Value))
		})
	}
}

// The bcrypt vector is the one of OpenBSD's own test ("$2a$" cost 5); the PBKDF2 form is that of LDAP directories.
func TestVerifyKnowsHashesMadeElsewhere(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		algorithm, text, hash string
		want                  bool
	}{
		"bcrypt":            {"bcrypt", "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true},
		"bcrypt, wrong":     {"bcrypt", "U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", false},
		"bcrypt, malformed": {"bcrypt", "x", "x", false},
		"base64":            {"Base64", "abcd", "YWJjZA==", true},
		"unknown is base64": {"whatever", "abcd", "YWJjZA==", true},
		"base64, wrong":     {"Base64", "abce", "YWJjZA==", false},
		"sha1":              {"pBKDF2", "password", "{PBKDF2}4096$c2FsdA$SwB5AbdlSJq.rUnZJvch0GWkKcE", true},
		"sha1, wrong":       {"pBKDF2", "Password", "{PBKDF2}4096$c2FsdA$SwB5AbdlSJq.rUnZJvch0GWkKcE", false},
		"wrong label":       {"pBKDF2Sha256", "password", "{PBKDF2}4096$c2FsdA$SwB5AbdlSJq.rUnZJvch0GWkKcE", false},
		"no iterations":     {"pBKDF2", "password", "{PBKDF2}x$c2FsdA$SwB5", false},
		"too many":          {"pBKDF2", "password", "{PBKDF2}999999999$c2FsdA$SwB5", false},
		"bad salt":          {"pBKDF2", "password", "{PBKDF2}1$***$SwB5", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := evaluate(t, fmt.Sprintf("com.soffid.iam.crypt.Crypt.verify(%q, %q, %q)", tt.algorithm, tt.text, tt.hash), nil)
			require.Nil(t, result.Failure)
			require.Equal(t, tt.want, value(t, result.Value))
		})
	}
}

func TestHashVerifiesItselfWithAFreshSalt(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"bcrypt", "pBKDF2Sha256", "pBKDF2Sha1", "pBKDF2", "Base64"} {
		t.Run(algorithm, func(t *testing.T) {
			t.Parallel()
			result := evaluate(t, fmt.Sprintf(`var C = Java.type("com.soffid.iam.crypt.Crypt");
var one = C.hash(%[1]q, "pässword"), two = C.hash(%[1]q, "pässword");
[C.verify(%[1]q, "pässword", one), C.verify(%[1]q, "passwort", one), one === two]`, algorithm), nil)
			require.Nil(t, result.Failure)
			require.Equal(t, []any{true, false, algorithm == "Base64"}, value(t, result.Value))
		})
	}
	result := evaluate(t, `var C = com.soffid.iam.crypt.Crypt;
[C.genSaltBytes().length, C.genSaltBytes(16).length, C.genSalt() === C.genSalt(), C.genSalt(6).length]`, nil)
	require.Nil(t, result.Failure)
	require.Equal(t, []any{int64(8), int64(16), false, int64(8)}, value(t, result.Value))
}
