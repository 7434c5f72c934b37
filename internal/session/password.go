package session

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authn"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/secret"
)

// minPassword is the least number of characters of a password (NIST SP 800-63B §3.1.1.2); password policies may ask for more.
const minPassword = 8

// ChangePassword replaces the own password, given the current one, and ends all other sessions. Wrong current passwords count towards
// the lock-out.
func (s *Service) ChangePassword(ctx context.Context, userID uuid.UUID, cookie, current, next secret.Value) error {
	who, credential, found, err := s.store.Identity(ctx, userID)
	if err != nil {
		return err
	}
	if !found {
		return errEnded
	}
	key := attemptKey(who, true, who.UserName)
	if err := s.countAttempt(ctx, key, who.UserName, who); err != nil {
		return err
	}
	right, err := s.verify(ctx, current, credential.Hash)
	if err != nil {
		return err
	}
	if !right {
		return fault.InvalidField("current", "The current password is wrong.")
	}
	if next.Equal(current) {
		return fault.InvalidField("new", "The new password must differ from the current one.")
	}
	keep, err := authn.HashSession(cookie)
	if err != nil {
		keep = authn.TokenHash{} // came with an API token: no session is kept
	}
	return s.setPassword(ctx, who, next, Credential{}, key, keep)
}

// SetPassword gives another user a password, which they have to change when they sign in, and ends their sessions. It needs user:password
// on the user.
func (s *Service) SetPassword(ctx context.Context, userID uuid.UUID, password secret.Value) error {
	who, err := s.reach(ctx, authz.UserPassword, userID)
	if err != nil {
		return err
	}
	return s.setPassword(ctx, who, password, Credential{MustChange: true}, attemptKey(who, true, who.UserName), authn.TokenHash{})
}

// Unlock forgets the failed attempts of a user. It needs user:unlock on the user.
func (s *Service) Unlock(ctx context.Context, userID uuid.UUID) error {
	who, err := s.reach(ctx, authz.UserUnlock, userID)
	if err != nil {
		return err
	}
	return s.store.Do(ctx, func(ctx context.Context) error {
		if err := s.store.ForgetAttempts(ctx, attemptKey(who, true, who.UserName), s.settings.Now().Add(-s.settings.Lockout.Window)); err != nil {
			return err
		}
		return s.audit.Record(ctx, audit.Entry{
			Action: audit.Update, ObjectType: "user", ObjectID: &who.UserID, ObjectName: who.UserName, After: reasonJSON("unlocked"),
		})
	})
}

// reach gives a user on whom the caller holds the permission. Users outside its limit do not exist for the caller.
func (s *Service) reach(ctx context.Context, perm authz.Permission, userID uuid.UUID) (Identity, error) {
	p, err := authz.Check(ctx, perm)
	if err != nil {
		return Identity{}, err
	}
	inside, err := s.store.Reaches(ctx, p.Scope(perm), userID)
	if err != nil {
		return Identity{}, err
	}
	who, _, found, err := s.store.Identity(ctx, userID)
	if err != nil {
		return Identity{}, err
	}
	if !found || !inside {
		return Identity{}, fault.New(fault.NotFound, "There is no such user, or you may not see it.")
	}
	return who, nil
}

// setPassword writes the hash, ends the sessions but one, and wipes the failed attempts.
func (s *Service) setPassword(ctx context.Context, who Identity, password secret.Value, c Credential, key string, keep authn.TokenHash) error {
	if err := checkPassword(password, who); err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	c.Hash = hash
	now := s.settings.Now()
	return s.store.Do(ctx, func(ctx context.Context) error {
		if err := s.store.SetCredential(ctx, who.UserID, c); err != nil {
			return err
		}
		if err := s.store.DeleteSessions(ctx, who.UserID, keep, now); err != nil {
			return err
		}
		if err := s.store.ForgetAttempts(ctx, key, now.Add(-s.settings.Lockout.Window)); err != nil {
			return err
		}
		return s.audit.Record(ctx, audit.Entry{Action: audit.Password, ObjectType: "user", ObjectID: &who.UserID, ObjectName: who.UserName})
	})
}

func checkPassword(password secret.Value, who Identity) error {
	plain := []rune(password.Reveal())
	switch {
	case len(plain) < minPassword:
		return fault.InvalidField("new", "A password needs at least %d characters.", minPassword)
	case len(password.Reveal()) > authn.MaxPasswordBytes:
		return fault.InvalidField("new", "A password may have at most %d bytes.", authn.MaxPasswordBytes)
	case authn.NormalizeLogin(password.Reveal()) == authn.NormalizeLogin(who.UserName):
		return fault.InvalidField("new", "The password must not be the user name.")
	}
	return nil
}

// EnsureAdministrator gives the built-in administrator a random password if there is none yet, and returns it once: it is kept as a hash
// only. created is false when the administrator has a password already.
func (s *Service) EnsureAdministrator(ctx context.Context) (password string, created bool, err error) {
	fresh := secret.New(rand.Text())
	hash, err := s.hasher.Hash(ctx, fresh)
	if err != nil {
		return "", false, err
	}
	err = s.store.Do(ctx, func(ctx context.Context) error {
		created = false
		// The attempts' row serves as the lock between processes that start at the same time.
		if _, err := s.store.LockAttempts(ctx, "user/"+identity.Administrator.String()); err != nil {
			return err
		}
		who, c, found, err := s.store.Identity(ctx, identity.Administrator)
		if err != nil || !found || c.Hash != "" {
			return err
		}
		created = true
		if err := s.store.SetCredential(ctx, who.UserID, Credential{Hash: hash}); err != nil {
			return err
		}
		return s.audit.Record(ctx, audit.Entry{Action: audit.Password, ObjectType: "user", ObjectID: &who.UserID, ObjectName: who.UserName})
	})
	if err != nil || !created {
		return "", false, err
	}
	return fresh.Reveal(), true, nil
}

// reasonJSON is what an audit entry says besides who and what.
func reasonJSON(reason string) json.RawMessage {
	text, err := json.Marshal(map[string]string{"reason": reason})
	if err != nil {
		return nil
	}
	return text
}
