package authn_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/authn"
	"provost/internal/secret"
)

// Hashes from elsewhere, with the password they belong to. Argon2id is the vector of the
// reference implementation's test; bcrypt those of Openwall's crypt_blowfish; sha512-crypt
// those of Drepper's specification, and two of OpenSSL's; the RFC 2307 schemes come from
// OpenLDAP's slappasswd.
var foreign = []struct {
	name, hash, password string
}{
	{"argon2id", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password"},
	{"bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
	{"bcrypt 2", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"},
	{"bcrypt, longer than it reads", "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored"},
	{"sha512-crypt", "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1", "Hello world!"},
	{"sha512-crypt, rounds", "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.", "Hello world!"},
	{"sha512-crypt, long salt", "$6$rounds=5000$toolongsaltstring$lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0", "This is just a test"},
	{"sha512-crypt, long password", "$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1", "a very much longer text to encrypt.  This one even stretches over morethan one line."},
	{"sha512-crypt, few rounds", "$6$rounds=10$roundstoolow$kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX.", "the minimum number is still observed"},
	{"sha512-crypt, longer than a block", "$6$longpw$VqPZzsErc7qRtoV9rUefHHXD2v0iz.b4UUSs3BL.ZC9S5FXVVXGMHiz/2p0lFW7pQlrH3mj3kDL0if3/HltjU/", strings.Repeat("ñ", 60)},
	{"{CRYPT}", "{CRYPT}$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1", "Hello world!"},
	{"{CRYPT} bcrypt", "{crypt}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
	{"{MD5}", "{MD5}qfrt8lv8VX0PHpkz6q3Uug==", "sécret words"},
	{"{SMD5}", "{SMD5}2CcDr3+bkLPaCyS54KzXxG/oIyk=", "sécret words"},
	{"{SHA}", "{SHA}ypLmrbO0mld0jLvu31sGVtGjyRY=", "sécret words"},
	{"{SSHA}", "{SSHA}AqRpTLVL9H4q9Gnb2RBdfqDz9WPq7KnA", "sécret words"},
	{"{ssha}", "{ssha}AqRpTLVL9H4q9Gnb2RBdfqDz9WPq7KnA", "sécret words"},
	{"{SHA256}", "{SHA256}TrxtZPQ0/bw/r8kF0kTFD7JX/aezY18SVtSb+aBn+LM=", "sécret words"},
	{"{SHA512}", "{SHA512}FH49frRg6NgvsdGBHx2EMafnzeYagdinJsgZoxF+WoLGaiO+hUnkZlF1SpzCCmtvTU1f6ZbGZYMTf91/U6DJ0A==", "sécret words"},
	{"{SSHA256}", "{SSHA256}q6DmBC2zo/P98BLzP1wperT3y/YN5PhB35sVzHoyTwtzYWx0c2FsdA==", "sécret words"},
	{"{SSHA512}", "{SSHA512}VoVvmMBN5YSOz05t4048y7Q+CpwGKyTEaCGx5kiHwqpl5Ek3quMYiDttWQGV3A4X8K7QmvoWhS2pQ+2Z6OZ+UHNhbHRzYWx0", "sécret words"},
}

func TestForeignHashes(t *testing.T) {
	t.Parallel()
	h := newHasher(t, cheap, 0)
	for _, tc := range foreign {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ok, err := h.Verify(t.Context(), secret.New(tc.password), tc.hash)
			require.NoError(t, err)
			require.True(t, ok)
			for _, wrong := range []string{"", "x" + tc.password, strings.ToUpper(tc.password) + "."} {
				ok, err = h.Verify(t.Context(), secret.New(wrong), tc.hash)
				require.NoError(t, err)
				require.False(t, ok, wrong)
			}
			if !strings.HasPrefix(tc.name, "argon2id") {
				require.True(t, h.NeedsRehash(tc.hash))
			}
		})
	}
}

func TestMalformedHashes(t *testing.T) {
	t.Parallel()
	h := newHasher(t, cheap, 0)
	const salt, key = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, hash := range []string{
		"plain", "{", "{SSHA", "{SSHA}", "{SSHA}!", "{SSHA}ypLmrbO0mld0jLvu31sGVtGjyRY=", "{SHA}AqRpTLVL9H4q9Gnb2RBdfqDz9WPq7KnA",
		"{ROT13}abc", "{CRYPT}ab12345678901", "{CRYPT}", "{CRYPT}{SHA}ypLmrbO0mld0jLvu31sGVtGjyRY=",
		"$2a$", "$2a$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"$6$", "$6$salt", "$6$salt$short", "$6$rounds=x$salt$", "$6$rounds=99999999$salt$" + strings.Repeat("a", 86),
		"$argon2id$", "$argon2id$v=18$m=64,t=1,p=1$" + salt + "$" + key, "$argon2id$v=19$m=64,t=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key, "$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + key, "$argon2id$v=19$m=64,t=1,p=1$!$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$AA", "$argon2id$v=19$m=64,t=1,p=1 $" + salt + "$" + key,
	} {
		ok, err := h.Verify(t.Context(), secret.New(""), hash)
		require.ErrorIs(t, err, authn.ErrMalformedHash, hash)
		require.False(t, ok, hash)
	}
}

func FuzzVerify(f *testing.F) {
	for _, tc := range foreign[1:] {
		f.Add(tc.hash, tc.password)
	}
	f.Add("$1$salt$digest", strings.Repeat("x", authn.MaxPasswordBytes+1))
	f.Fuzz(func(t *testing.T, hash, password string) {
		// Costly parameters are lawful; they are only too slow to try here.
		if strings.Contains(hash, "argon2id") || strings.Contains(hash, "rounds=") || strings.Contains(hash, "$2") {
			return
		}
		ok, err := newHasher(t, cheap, 0).Verify(t.Context(), secret.New(password), hash)
		require.False(t, ok && err != nil)
		if len(password) > authn.MaxPasswordBytes { // the hash is not looked at
			require.False(t, ok)
			return
		}
		if hash != "" && !strings.HasPrefix(hash, "{") && !strings.HasPrefix(hash, "$6$") {
			require.Error(t, err)
		}
	})
}
