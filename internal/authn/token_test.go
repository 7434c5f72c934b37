package authn_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/authn"
	"provost/internal/secret"
)

func TestTokensAreFoundByTheirHash(t *testing.T) {
	t.Parallel()
	token, stored := authn.NewAPIToken()
	require.Len(t, token.Reveal(), len("pvt_")+43)
	require.True(t, strings.HasPrefix(token.Reveal(), "pvt_"))
	require.Equal(t, authn.TokenHash(sha256.Sum256([]byte(token.Reveal()))), stored)
	presented, err := authn.HashAPIToken(secret.New(token.Reveal()))
	require.NoError(t, err)
	require.Equal(t, stored, presented)

	session, storedSession := authn.NewSession()
	presented, err = authn.HashSession(session)
	require.NoError(t, err)
	require.Equal(t, storedSession, presented)
	_, err = authn.HashSession(token)
	require.ErrorIs(t, err, authn.ErrNotToken, "an API token is no session")
	_, err = authn.HashAPIToken(session)
	require.ErrorIs(t, err, authn.ErrNotToken, "a session is no API token")
}

func TestTokensAreNeverTheSame(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		token, _ := authn.NewAPIToken()
		require.False(t, seen[token.Reveal()])
		seen[token.Reveal()] = true
	}
}

func TestWhatIsNoTokenIsRefused(t *testing.T) {
	t.Parallel()
	token, _ := authn.NewAPIToken()
	whole := token.Reveal()
	for _, presented := range []string{
		"", "pvt_", "ghp_" + whole[4:], whole[:len(whole)-1], whole + "A", "PVT_" + whole[4:], " " + whole,
		"pvt_" + strings.Repeat("!", 43), "pvt_" + strings.Repeat("A", 42) + "B", "pvt_" + strings.Repeat("A", 42) + "\n",
	} {
		_, err := authn.HashAPIToken(secret.New(presented))
		require.ErrorIs(t, err, authn.ErrNotToken, presented)
	}
}
