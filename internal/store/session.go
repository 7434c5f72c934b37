package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/authn"
	"provost/internal/authz"
	"provost/internal/session"
	"provost/internal/store/db"
)

// Sessions keeps credentials, sessions, failed attempts and API tokens.
type Sessions struct{ *Tenant }

// Sessions gives the store of package session.
func (t *Tenant) Sessions() *Sessions { return &Sessions{Tenant: t} }

// Login implements session.Store. Where two users fit different forms of a name, the first form wins.
func (s *Sessions) Login(ctx context.Context, names ...string) (session.Identity, session.Credential, bool, error) {
	forms := make([]string, 0, len(names))
	for _, name := range names {
		if form := strings.ToLower(strings.TrimSpace(name)); form != "" && !strings.ContainsRune(form, 0) {
			forms = append(forms, form)
		}
	}
	var row db.FindLoginRow
	found, err := s.one(ctx, "find login", func(ctx context.Context, u *unit) (err error) {
		row, err = u.q.FindLogin(ctx, forms)
		return err
	})
	who := session.Identity{UserID: row.ID, UserName: row.UserName, FullName: row.FullName, Active: row.Active}
	return who, session.Credential{Hash: row.Hash, MustChange: row.MustChange}, found, err
}

// Identity implements session.Store.
func (s *Sessions) Identity(ctx context.Context, userID uuid.UUID) (session.Identity, session.Credential, bool, error) {
	var row db.GetLoginRow
	found, err := s.one(ctx, "read login", func(ctx context.Context, u *unit) (err error) {
		row, err = u.q.GetLogin(ctx, userID)
		return err
	})
	who := session.Identity{UserID: row.ID, UserName: row.UserName, FullName: row.FullName, Active: row.Active}
	return who, session.Credential{Hash: row.Hash, MustChange: row.MustChange}, found, err
}

// one runs a query for one row; found is false when there is none.
func (s *Sessions) one(ctx context.Context, what string, read func(ctx context.Context, u *unit) error) (found bool, err error) {
	err = s.query(ctx, read)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", what, err)
	}
	return true, nil
}

// write runs a statement.
func (s *Sessions) write(ctx context.Context, what string, exec func(ctx context.Context, q *db.Queries) error) error {
	err := s.exec(ctx, func(ctx context.Context, u *unit) error { return exec(ctx, u.q) })
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Reaches implements session.Store.
func (s *Sessions) Reaches(ctx context.Context, scope authz.Scope, userID uuid.UUID) (bool, error) {
	outside, err := s.Users().Outside(ctx, scope, userID)
	return len(outside) == 0, err
}

// SetCredential implements session.Store.
func (s *Sessions) SetCredential(ctx context.Context, userID uuid.UUID, c session.Credential) error {
	return s.write(ctx, "write credential", func(ctx context.Context, q *db.Queries) error {
		return q.SetCredential(ctx, db.SetCredentialParams{UserID: userID, Hash: c.Hash, MustChange: c.MustChange})
	})
}

// LockAttempts implements session.Store.
func (s *Sessions) LockAttempts(ctx context.Context, key string) (authn.Attempts, error) {
	var a authn.Attempts
	err := s.write(ctx, "lock login attempts", func(ctx context.Context, q *db.Queries) error {
		row, err := q.LockLoginAttempts(ctx, key)
		if err != nil {
			return err
		}
		a = authn.Attempts{Failures: int(row.Failures), First: row.FirstFailure}
		if row.LockedAt != nil {
			a.LockedAt = *row.LockedAt
		}
		return nil
	})
	return a, err
}

// SaveAttempts implements session.Store.
func (s *Sessions) SaveAttempts(ctx context.Context, key string, a authn.Attempts) error {
	row := db.SaveLoginAttemptsParams{Key: key, Failures: int32(a.Failures), FirstFailure: a.First} //nolint:gosec // a handful
	if !a.LockedAt.IsZero() {
		row.LockedAt = &a.LockedAt
	}
	return s.write(ctx, "write login attempts", func(ctx context.Context, q *db.Queries) error { return q.SaveLoginAttempts(ctx, row) })
}

// ForgetAttempts implements session.Store.
func (s *Sessions) ForgetAttempts(ctx context.Context, key string, before time.Time) error {
	return s.write(ctx, "forget login attempts", func(ctx context.Context, q *db.Queries) error {
		if err := q.ForgetLoginAttempts(ctx, key); err != nil {
			return err
		}
		return q.ForgetOldLoginAttempts(ctx, before)
	})
}

// InsertSession implements session.Store.
func (s *Sessions) InsertSession(ctx context.Context, n session.Session) error {
	return s.write(ctx, "write session", func(ctx context.Context, q *db.Queries) error {
		return q.InsertSession(ctx, db.InsertSessionParams{
			ID: n.Hash[:], UserID: n.UserID, CreatedAt: n.CreatedAt, LastSeen: n.LastSeen, ExpiresAt: n.ExpiresAt,
			Remote: n.Remote, Agent: n.Agent,
		})
	})
}

// Session implements session.Store.
func (s *Sessions) Session(ctx context.Context, hash authn.TokenHash) (session.Session, bool, error) {
	var row db.GetSessionRow
	found, err := s.one(ctx, "read session", func(ctx context.Context, u *unit) (err error) {
		row, err = u.q.GetSession(ctx, hash[:])
		return err
	})
	return session.Session{
		Identity: session.Identity{UserID: row.UserID, UserName: row.UserName, FullName: row.FullName, Active: row.Active},
		Hash:     hash, CreatedAt: row.CreatedAt, LastSeen: row.LastSeen, ExpiresAt: row.ExpiresAt,
		Remote: row.Remote, Agent: row.Agent, MustChange: row.MustChange,
	}, found, err
}

// TouchSession implements session.Store.
func (s *Sessions) TouchSession(ctx context.Context, hash authn.TokenHash, lastSeen, expires time.Time) error {
	return s.write(ctx, "touch session", func(ctx context.Context, q *db.Queries) error {
		return q.TouchSession(ctx, db.TouchSessionParams{ID: hash[:], LastSeen: lastSeen, ExpiresAt: expires})
	})
}

// DeleteSession implements session.Store.
func (s *Sessions) DeleteSession(ctx context.Context, hash authn.TokenHash) error {
	return s.write(ctx, "end session", func(ctx context.Context, q *db.Queries) error { return q.DeleteSession(ctx, hash[:]) })
}

// DeleteSessions implements session.Store.
func (s *Sessions) DeleteSessions(ctx context.Context, userID uuid.UUID, except authn.TokenHash, expired time.Time) error {
	return s.write(ctx, "end sessions", func(ctx context.Context, q *db.Queries) error {
		return q.DeleteSessions(ctx, db.DeleteSessionsParams{UserID: userID, Keep: except[:], Expired: expired})
	})
}

// InsertToken implements session.Store.
func (s *Sessions) InsertToken(ctx context.Context, t session.Token, hash authn.TokenHash) error {
	return s.write(ctx, "write API token", func(ctx context.Context, q *db.Queries) error {
		return q.InsertApiToken(ctx, db.InsertApiTokenParams{
			ID: t.ID, UserID: t.UserID, Name: t.Name, Hash: hash[:], CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt,
		})
	})
}

// TokenByHash implements session.Store.
func (s *Sessions) TokenByHash(ctx context.Context, hash authn.TokenHash) (session.Token, session.Identity, bool, error) {
	var row db.GetApiTokenByHashRow
	found, err := s.one(ctx, "read API token", func(ctx context.Context, u *unit) (err error) {
		row, err = u.q.GetApiTokenByHash(ctx, hash[:])
		return err
	})
	token := session.Token{
		ID: row.ID, UserID: row.UserID, UserName: row.UserName, Name: row.Name, CreatedAt: row.CreatedAt,
		ExpiresAt: row.ExpiresAt, LastUsed: row.LastUsed, RevokedAt: row.RevokedAt,
	}
	who := session.Identity{UserID: row.UserID, UserName: row.UserName, FullName: row.FullName, Active: row.Active}
	return token, who, found, err
}

// Token implements session.Store.
func (s *Sessions) Token(ctx context.Context, id uuid.UUID) (session.Token, bool, error) {
	var row db.GetApiTokenRow
	found, err := s.one(ctx, "read API token", func(ctx context.Context, u *unit) (err error) {
		row, err = u.q.GetApiToken(ctx, id)
		return err
	})
	return tokenOf(db.ListApiTokensRow(row)), found, err
}

// Tokens implements session.Store.
func (s *Sessions) Tokens(ctx context.Context, userID uuid.UUID) ([]session.Token, error) {
	out := []session.Token{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ListApiTokens(ctx, db.ListApiTokensParams{UserID: userID, Everybody: userID == uuid.Nil})
		if err != nil {
			return fmt.Errorf("list API tokens: %w", err)
		}
		for _, row := range rows {
			out = append(out, tokenOf(row))
		}
		return nil
	})
	return out, err
}

func tokenOf(row db.ListApiTokensRow) session.Token {
	return session.Token{
		ID: row.ID, UserID: row.UserID, UserName: row.UserName, Name: row.Name, CreatedAt: row.CreatedAt,
		ExpiresAt: row.ExpiresAt, LastUsed: row.LastUsed, RevokedAt: row.RevokedAt,
	}
}

// RevokeToken implements session.Store.
func (s *Sessions) RevokeToken(ctx context.Context, id uuid.UUID, at time.Time) error {
	return s.write(ctx, "revoke API token", func(ctx context.Context, q *db.Queries) error {
		return q.RevokeApiToken(ctx, db.RevokeApiTokenParams{ID: id, RevokedAt: &at})
	})
}

// TouchToken implements session.Store.
func (s *Sessions) TouchToken(ctx context.Context, id uuid.UUID, at time.Time) error {
	return s.write(ctx, "touch API token", func(ctx context.Context, q *db.Queries) error {
		return q.TouchApiToken(ctx, db.TouchApiTokenParams{ID: id, LastUsed: &at})
	})
}

var _ session.Store = (*Sessions)(nil)
