package session

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"provost/internal/audit"
	"provost/internal/authn"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/secret"
)

// touchInterval is how old a session's last seen time gets before it is written again: reading a page must not cost a write each time.
const touchInterval = time.Minute

// errWrong is the one answer to a wrong name, a wrong password, and a user who may not sign in, so that nobody learns who exists.
var errWrong = fault.New(fault.Unauthenticated, "User name or password is wrong.")

// errEnded is the answer to a session that is no more.
var errEnded = fault.New(fault.Unauthenticated, "Your session has ended. Sign in again.")

// SignIn opens a session and gives its secret for the cookie. It returns a fault with code Unauthenticated when name or password is
// wrong, and a *LockedError after too many failures. Each attempt is counted before the password is looked at, so that attempts sent at
// the same time cannot get past the limit.
func (s *Service) SignIn(ctx context.Context, login string, password secret.Value, agent string) (Session, secret.Value, error) {
	who, credential, found, err := s.store.Login(ctx, login, authn.NormalizeLogin(login))
	if err != nil {
		return Session{}, secret.Value{}, err
	}
	key := attemptKey(who, found, login)
	if err := s.countAttempt(ctx, key, login, who); err != nil {
		return Session{}, secret.Value{}, err
	}
	right, err := s.verify(ctx, password, credential.Hash)
	if err != nil {
		return Session{}, secret.Value{}, err
	}
	if !found || !right || !who.Active {
		return Session{}, secret.Value{}, s.refuse(ctx, login, who, "wrong user name or password")
	}
	return s.open(ctx, key, who, credential, password, agent)
}

// attemptKey names what failures are counted under: the user where there is one, else the name tried, so that both lock alike.
func attemptKey(who Identity, found bool, login string) string {
	if found {
		return "user/" + who.UserID.String()
	}
	return "name/" + authn.NormalizeLogin(login)
}

// countAttempt notes an attempt as failed before it is made; a successful one wipes the slate.
func (s *Service) countAttempt(ctx context.Context, key, login string, who Identity) error {
	var refused error
	err := s.store.Do(ctx, func(ctx context.Context) error {
		refused = nil
		attempts, err := s.store.LockAttempts(ctx, key)
		if err != nil {
			return err
		}
		now := s.settings.Now()
		if locked, until := s.settings.Lockout.Locked(attempts, now); locked {
			refused = &LockedError{RetryAfter: remaining(until, now)}
			return nil
		}
		return s.store.SaveAttempts(ctx, key, s.settings.Lockout.Fail(attempts, now))
	})
	if err == nil && refused != nil {
		return errors.Join(refused, ignoreFault(s.refuse(ctx, login, who, "locked out")))
	}
	return err
}

func remaining(until, now time.Time) time.Duration {
	if until.IsZero() {
		return 0
	}
	return until.Sub(now)
}

// ignoreFault drops the answer that refuse gives, but not a failure to write its entry.
func ignoreFault(err error) error {
	if fault.CodeOf(err) != "" {
		return nil
	}
	return err
}

func (s *Service) verify(ctx context.Context, password secret.Value, hash string) (bool, error) {
	right, err := s.hasher.Verify(ctx, password, hash)
	if err != nil && !errors.Is(err, authn.ErrMalformedHash) {
		return false, err
	}
	return right, nil
}

// refuse writes who was refused to the audit trail and gives the answer.
func (s *Service) refuse(ctx context.Context, login string, who Identity, reason string) error {
	entry := audit.Entry{Action: audit.Refused, ObjectType: "session", ObjectName: printable(login), After: reasonJSON(reason)}
	if who.UserName != "" {
		entry.ObjectID, entry.ObjectName = &who.UserID, who.UserName
	}
	if err := s.audit.Record(ctx, entry); err != nil {
		return err
	}
	return errWrong
}

// printable gives a name that somebody tried in a form that can be kept: what is no text is left out, and the rest is bounded.
func printable(login string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(login, ""))
	if runes := []rune(clean); len(runes) > authn.MaxLoginName {
		clean = string(runes[:authn.MaxLoginName])
	}
	return clean
}

// open writes the session of somebody whose password was right.
func (s *Service) open(ctx context.Context, key string, who Identity, c Credential, password secret.Value, agent string) (Session, secret.Value, error) {
	cookie, hash := authn.NewSession()
	now := s.settings.Now()
	opened := Session{
		Identity: who, Hash: hash, CreatedAt: now, LastSeen: now, ExpiresAt: s.expiry(now, now),
		Remote: audit.Remote(ctx), Agent: shortened(agent), MustChange: c.MustChange,
	}
	ctx = authz.With(ctx, authz.Principal{UserID: who.UserID, UserName: who.UserName, Origin: authz.OriginPerson})
	err := s.store.Do(ctx, func(ctx context.Context) error {
		if err := s.store.ForgetAttempts(ctx, key, now.Add(-s.settings.Lockout.Window-s.settings.Lockout.Duration)); err != nil {
			return err
		}
		if err := s.rehash(ctx, who, c, password); err != nil {
			return err
		}
		if err := s.store.InsertSession(ctx, opened); err != nil {
			return err
		}
		return s.audit.Record(ctx, audit.Entry{Action: audit.SignIn, ObjectType: "session", ObjectID: &who.UserID, ObjectName: who.UserName})
	})
	if err != nil {
		return Session{}, secret.Value{}, err
	}
	return opened, cookie, nil
}

// rehash renews a hash made with an older scheme or cheaper parameters, now that the password is known.
func (s *Service) rehash(ctx context.Context, who Identity, c Credential, password secret.Value) error {
	if !s.hasher.NeedsRehash(c.Hash) {
		return nil
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.SetCredential(ctx, who.UserID, Credential{Hash: hash, MustChange: c.MustChange})
}

// expiry is when a session ends that was seen at a time: after the idle time, but never later than its longest life.
func (s *Service) expiry(created, seen time.Time) time.Time {
	idle, last := seen.Add(s.settings.Idle), created.Add(s.settings.Longest)
	if idle.After(last) {
		return last
	}
	return idle
}

// Resume gives the session that a cookie stands for, and keeps it alive. It returns a fault with code Unauthenticated when there is none
// or its user may no longer sign in.
func (s *Service) Resume(ctx context.Context, cookie secret.Value) (Session, error) {
	hash, err := authn.HashSession(cookie)
	if err != nil {
		return Session{}, errEnded
	}
	found, ok, err := s.store.Session(ctx, hash)
	if err != nil {
		return Session{}, err
	}
	now := s.settings.Now()
	if !ok || !found.Active || !now.Before(found.ExpiresAt) {
		return Session{}, errEnded
	}
	if now.Sub(found.LastSeen) < touchInterval {
		return found, nil
	}
	found.LastSeen, found.ExpiresAt = now, s.expiry(found.CreatedAt, now)
	return found, s.store.TouchSession(ctx, hash, found.LastSeen, found.ExpiresAt)
}

// SignOut ends the session that a cookie stands for; an unknown one is ended already.
func (s *Service) SignOut(ctx context.Context, cookie secret.Value) error {
	hash, err := authn.HashSession(cookie)
	if err != nil {
		return nil //nolint:nilerr // not the form of a session: nothing to end
	}
	return s.store.DeleteSession(ctx, hash)
}

// maxAgent bounds what is kept of a browser's name.
const maxAgent = 300

func shortened(agent string) string {
	runes := []rune(agent)
	if len(runes) > maxAgent {
		runes = runes[:maxAgent]
	}
	return string(runes)
}
