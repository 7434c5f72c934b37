package authn

import "time"

// LockoutPolicy says when failed logins lock an account out, as a password policy sets it.
type LockoutPolicy struct {
	// Attempts is the number of failures that locks; zero never locks.
	Attempts int
	// Window is the time within which they must happen; zero counts them all.
	Window time.Duration
	// Duration is how long the lock lasts; zero lasts until somebody unlocks.
	Duration time.Duration
}

// Attempts is what is kept per account about failed logins. The zero value is a clean
// slate.
type Attempts struct {
	// Failures counts since First.
	Failures int
	// First is the time of the first failure counted.
	First time.Time
	// LockedAt is the time of the lock, or zero.
	LockedAt time.Time
}

// Locked tells whether a login is refused at that time, and until when; the zero time
// means until somebody unlocks.
func (p LockoutPolicy) Locked(a Attempts, now time.Time) (locked bool, until time.Time) {
	if a.LockedAt.IsZero() || p.Attempts <= 0 {
		return false, time.Time{}
	}
	if p.Duration <= 0 {
		return true, time.Time{}
	}
	until = a.LockedAt.Add(p.Duration)
	if now.Before(until) {
		return true, until
	}
	return false, time.Time{}
}

// Fail returns the attempts after one more failure. Failures during a lock neither extend
// it nor count: whoever is locked out is not asked for a password.
func (p LockoutPolicy) Fail(a Attempts, now time.Time) Attempts {
	if locked, _ := p.Locked(a, now); locked {
		return a
	}
	windowOver := p.Window > 0 && now.Sub(a.First) > p.Window
	if a.Failures == 0 || windowOver || !a.LockedAt.IsZero() {
		a = Attempts{First: now}
	}
	a.Failures++
	if p.Attempts > 0 && a.Failures >= p.Attempts {
		a.LockedAt = now
	}
	return a
}

// Succeed returns the attempts after a login that succeeded, or an unlock: a clean slate.
func (LockoutPolicy) Succeed() Attempts { return Attempts{} }
