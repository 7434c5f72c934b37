package authn_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/authn"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// Each scenario is a series of failures, in minutes after nine o'clock, and a question.
func TestLockout(t *testing.T) {
	t.Parallel()
	threeInTen := authn.LockoutPolicy{Attempts: 3, Window: 10 * time.Minute, Duration: 15 * time.Minute}
	for name, tc := range map[string]struct {
		policy   authn.LockoutPolicy
		failures []int
		ask      int
		locked   bool
		until    int
	}{
		"no failure":             {policy: threeInTen, ask: 0},
		"one too few":            {policy: threeInTen, failures: []int{0, 1}, ask: 1},
		"the third locks":        {policy: threeInTen, failures: []int{0, 1, 2}, ask: 2, locked: true, until: 17},
		"a lock lasts":           {policy: threeInTen, failures: []int{0, 1, 2}, ask: 16, locked: true, until: 17},
		"a lock ends":            {policy: threeInTen, failures: []int{0, 1, 2}, ask: 17},
		"at the window's edge":   {policy: threeInTen, failures: []int{0, 5, 10}, ask: 10, locked: true, until: 25},
		"outside the window":     {policy: threeInTen, failures: []int{0, 5, 11}, ask: 11},
		"a new window":           {policy: threeInTen, failures: []int{0, 11, 12, 13}, ask: 13, locked: true, until: 28},
		"failing while locked":   {policy: threeInTen, failures: []int{0, 1, 2, 3, 10, 16}, ask: 16, locked: true, until: 17},
		"failing after the lock": {policy: threeInTen, failures: []int{0, 1, 2, 17}, ask: 17},
		"locked again":           {policy: threeInTen, failures: []int{0, 1, 2, 17, 18, 19}, ask: 19, locked: true, until: 34},
		"never locks":            {policy: authn.LockoutPolicy{Duration: time.Hour}, failures: []int{0, 0, 0, 0, 0}, ask: 0},
		"no window counts all":   {policy: authn.LockoutPolicy{Attempts: 2, Duration: time.Hour}, failures: []int{0, 900}, ask: 900, locked: true, until: 960},
		"until somebody unlocks": {policy: authn.LockoutPolicy{Attempts: 1}, failures: []int{0}, ask: 100_000, locked: true, until: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var a authn.Attempts
			for _, minute := range tc.failures {
				a = tc.policy.Fail(a, start.Add(time.Duration(minute)*time.Minute))
			}
			locked, until := tc.policy.Locked(a, start.Add(time.Duration(tc.ask)*time.Minute))
			require.Equal(t, tc.locked, locked)
			if tc.until > 0 {
				require.Equal(t, start.Add(time.Duration(tc.until)*time.Minute), until)
			} else {
				require.True(t, until.IsZero())
			}
			locked, _ = tc.policy.Locked(tc.policy.Succeed(), start)
			require.False(t, locked)
		})
	}
}

// Whatever the times, a person is never locked out with fewer failures in the window than
// the policy asks for.
func TestLockoutNeedsItsFailures(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := authn.LockoutPolicy{
			Attempts: rapid.IntRange(1, 5).Draw(rt, "attempts"),
			Window:   time.Duration(rapid.IntRange(1, 60).Draw(rt, "window")) * time.Minute,
			Duration: time.Duration(rapid.IntRange(1, 60).Draw(rt, "duration")) * time.Minute,
		}
		now, a := start, authn.Attempts{}
		count := rapid.IntRange(1, 30).Draw(rt, "failures")
		failures := make([]time.Time, 0, count)
		for range count {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(rt, "pause")) * time.Minute)
			before, _ := p.Locked(a, now)
			a = p.Fail(a, now)
			failures = append(failures, now)
			if after, _ := p.Locked(a, now); after && !before {
				recent := 0
				for _, at := range failures {
					if now.Sub(at) <= p.Window {
						recent++
					}
				}
				require.GreaterOrEqual(rt, recent, p.Attempts)
			}
		}
	})
}

func TestLoginNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ann":                    "ann",
		" ANN\t":                 "ann",
		"A\u0301lvaro":           "álvaro",
		"ＡＮＮ":                    "ann",
		"straße":                 "strasse",
		"ann.o'neil@example.com": "ann.o'neil@example.com",
		"":                       "",
		"an\x00n":                "",
		"an\nn":                  "",
		"a\xffb":                 "",
	} {
		require.Equal(t, want, authn.NormalizeLogin(in), "%q", in)
	}
	require.Empty(t, authn.NormalizeLogin(string(make([]byte, authn.MaxLoginName+1))))
}

func FuzzNormalizeLogin(f *testing.F) {
	f.Add("Ann")
	f.Add("\u0130stanbul\u0345")
	f.Fuzz(func(t *testing.T, name string) {
		once := authn.NormalizeLogin(name)
		require.Equal(t, once, authn.NormalizeLogin(once), "%q", name)
	})
}
