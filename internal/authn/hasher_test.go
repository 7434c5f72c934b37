package authn_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/authn"
	"provost/internal/secret"
)

// cheap keeps the tests fast; what is tested does not depend on the costs.
var cheap = authn.Params{Memory: 64, Time: 1, Threads: 1}

func newHasher(t *testing.T, p authn.Params, concurrent int) *authn.Hasher {
	t.Helper()
	h, err := authn.NewHasher(p, concurrent)
	require.NoError(t, err)
	return h
}

func TestHashIsVerified(t *testing.T) {
	t.Parallel()
	h := newHasher(t, cheap, 0)
	for _, password := range []string{"correct horse", "", "ñandú 🐎", strings.Repeat("x", authn.MaxPasswordBytes)} {
		hash, err := h.Hash(t.Context(), secret.New(password))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$"), hash)
		again, err := h.Hash(t.Context(), secret.New(password))
		require.NoError(t, err)
		require.NotEqual(t, hash, again, "each hash has its own salt")

		ok, err := h.Verify(t.Context(), secret.New(password), hash)
		require.NoError(t, err)
		require.True(t, ok)
		ok, err = h.Verify(t.Context(), secret.New(password+"x"), hash)
		require.NoError(t, err)
		require.False(t, ok)
	}
}

func TestNothingIsVerifiedForUnknownUsersAndLongPasswords(t *testing.T) {
	t.Parallel()
	h := newHasher(t, cheap, 0)
	ok, err := h.Verify(t.Context(), secret.New("anything"), "")
	require.NoError(t, err)
	require.False(t, ok)

	long := secret.New(strings.Repeat("x", authn.MaxPasswordBytes+1))
	_, err = h.Hash(t.Context(), long)
	require.ErrorIs(t, err, authn.ErrPasswordTooLong)
	hash, err := h.Hash(t.Context(), secret.New(""))
	require.NoError(t, err)
	ok, err = h.Verify(t.Context(), long, hash)
	require.NoError(t, err)
	require.False(t, ok)
}

// The answer for an unknown user must cost what the answer for a known one costs. The
// margin is wide because the machine is shared; without the decoy the ratio is thousands.
func TestUnknownUserTakesAsLong(t *testing.T) {
	t.Parallel()
	h := newHasher(t, authn.Params{Memory: 16 * 1024, Time: 2, Threads: 1}, 1)
	hash, err := h.Hash(t.Context(), secret.New("right"))
	require.NoError(t, err)
	fastest := func(hash string) time.Duration {
		best := time.Hour
		for range 5 {
			start := time.Now()
			_, err := h.Verify(t.Context(), secret.New("wrong"), hash)
			require.NoError(t, err)
			best = min(best, time.Since(start))
		}
		return best
	}
	known, unknown := fastest(hash), fastest("")
	require.Greater(t, unknown, known/5)
	require.Less(t, unknown, known*5)
}

func TestNeedsRehash(t *testing.T) {
	t.Parallel()
	h := newHasher(t, authn.Params{Memory: 128, Time: 2, Threads: 1}, 0)
	for name, tc := range map[string]struct {
		params authn.Params
		want   bool
	}{
		"same":        {authn.Params{Memory: 128, Time: 2, Threads: 1}, false},
		"stronger":    {authn.Params{Memory: 256, Time: 3, Threads: 1}, false},
		"less memory": {authn.Params{Memory: 64, Time: 2, Threads: 1}, true},
		"fewer turns": {authn.Params{Memory: 128, Time: 1, Threads: 1}, true},
	} {
		hash, err := newHasher(t, tc.params, 0).Hash(t.Context(), secret.New("p"))
		require.NoError(t, err)
		require.Equal(t, tc.want, h.NeedsRehash(hash), name)
	}
	require.True(t, h.NeedsRehash("{SSHA}AqRpTLVL9H4q9Gnb2RBdfqDz9WPq7KnA"))
	require.True(t, h.NeedsRehash(""))
}

func TestHashingWaitsItsTurn(t *testing.T) {
	t.Parallel()
	h := newHasher(t, authn.Params{Memory: 64 * 1024, Time: 8, Threads: 1}, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := h.Hash(ctx, secret.New("p"))
	require.ErrorIs(t, err, context.Canceled)
	_, err = h.Verify(ctx, secret.New("p"), "")
	require.ErrorIs(t, err, context.Canceled)

	// Of several at once only one works at a time; the others give up when their time ends.
	var wg sync.WaitGroup
	var gaveUp atomic.Int32
	short, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	for range 6 {
		wg.Go(func() {
			if _, err := h.Hash(short, secret.New("p")); err != nil {
				gaveUp.Add(1)
			}
		})
	}
	wg.Wait()
	require.GreaterOrEqual(t, gaveUp.Load(), int32(1))
}

func TestCostsAreBounded(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]authn.Params{
		"none":           {},
		"no passes":      {Memory: 64, Threads: 1},
		"too many turns": {Memory: 64, Time: 1000, Threads: 1},
		"too little":     {Memory: 8, Time: 1, Threads: 2},
		"too much":       {Memory: 1 << 30, Time: 1, Threads: 1},
	} {
		_, err := authn.NewHasher(p, 0)
		require.Error(t, err, name)
	}
	_, err := authn.NewHasher(authn.DefaultParams, 1)
	require.NoError(t, err)
}
