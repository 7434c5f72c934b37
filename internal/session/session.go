// Package session is how people and programs come in: signing in with a password, sessions of the console, API tokens, lock-out after
// failed attempts, and changing passwords. The secrets of sessions and tokens are kept as hashes only.
package session

import (
	"context"
	"time"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authn"
	"provost/internal/authz"
	"provost/internal/object"
)

// Identity is who signs in.
type Identity struct {
	UserID   uuid.UUID `json:"id"`
	UserName string    `json:"userName"`
	FullName string    `json:"fullName"`
	Active   bool      `json:"-"`
}

// Credential is what is kept of a password.
type Credential struct {
	Hash       string
	MustChange bool
}

// Session is somebody signed in at the console.
type Session struct {
	Identity
	Hash      authn.TokenHash
	CreatedAt time.Time
	LastSeen  time.Time
	ExpiresAt time.Time
	Remote    string
	Agent     string
	// MustChange is set when the password has to be changed before anything else.
	MustChange bool
}

// Token is an API token, without its secret.
type Token struct {
	ID        uuid.UUID  `json:"id"`
	UserID    uuid.UUID  `json:"userId"`
	UserName  string     `json:"userName"`
	Name      string     `json:"name"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt *time.Time `json:"expiresAt"`
	LastUsed  *time.Time `json:"lastUsed"`
	RevokedAt *time.Time `json:"revokedAt"`
}

// Usable reports whether the token opens the door at that time.
func (t *Token) Usable(now time.Time) bool {
	return t.RevokedAt == nil && (t.ExpiresAt == nil || now.Before(*t.ExpiresAt))
}

// Store keeps credentials, sessions, attempts and tokens. All methods join the transaction of the context, or open their own.
type Store interface {
	object.Transactor
	// Login finds a user by login name in any of these forms, ignoring case, with their credential; found is false for nobody.
	Login(ctx context.Context, names ...string) (who Identity, c Credential, found bool, err error)
	// Identity gives a user by id, with their credential (empty without one); found is false for nobody.
	Identity(ctx context.Context, userID uuid.UUID) (who Identity, c Credential, found bool, err error)
	// Reaches tells whether the user is within the scope.
	Reaches(ctx context.Context, scope authz.Scope, userID uuid.UUID) (bool, error)
	SetCredential(ctx context.Context, userID uuid.UUID, c Credential) error
	// LockAttempts gives what is known about failed attempts under a key, locked until the transaction ends.
	LockAttempts(ctx context.Context, key string) (authn.Attempts, error)
	SaveAttempts(ctx context.Context, key string, a authn.Attempts) error
	// ForgetAttempts removes the attempts under a key, and all that began before the time given.
	ForgetAttempts(ctx context.Context, key string, before time.Time) error

	InsertSession(ctx context.Context, s Session) error
	// Session gives a session with its user and whether the password has to be changed.
	Session(ctx context.Context, hash authn.TokenHash) (s Session, found bool, err error)
	TouchSession(ctx context.Context, hash authn.TokenHash, lastSeen, expires time.Time) error
	DeleteSession(ctx context.Context, hash authn.TokenHash) error
	// DeleteSessions ends the sessions of a user except one, and all that expired before the time given.
	DeleteSessions(ctx context.Context, userID uuid.UUID, except authn.TokenHash, expired time.Time) error

	InsertToken(ctx context.Context, t Token, hash authn.TokenHash) error
	// TokenByHash gives a token with its user.
	TokenByHash(ctx context.Context, hash authn.TokenHash) (t Token, who Identity, found bool, err error)
	// Tokens lists the tokens of a user, or of all users within the scope when userID is zero, newest first.
	Tokens(ctx context.Context, userID uuid.UUID) ([]Token, error)
	Token(ctx context.Context, id uuid.UUID) (t Token, found bool, err error)
	RevokeToken(ctx context.Context, id uuid.UUID, at time.Time) error
	TouchToken(ctx context.Context, id uuid.UUID, at time.Time) error
}

// Settings of the service; the zero value of each field means its default.
type Settings struct {
	// Lockout: five failures within a quarter of an hour lock for five minutes.
	Lockout authn.LockoutPolicy
	// Idle is how long a session lives without a request: half an hour.
	Idle time.Duration
	// Longest is how long a session lives at most: twelve hours.
	Longest time.Duration
	// Now tells the time.
	Now func() time.Time
}

func (s Settings) withDefaults() Settings {
	if s.Lockout == (authn.LockoutPolicy{}) {
		s.Lockout = authn.LockoutPolicy{Attempts: 5, Window: 15 * time.Minute, Duration: 5 * time.Minute}
	}
	if s.Idle <= 0 {
		s.Idle = 30 * time.Minute
	}
	if s.Longest <= 0 {
		s.Longest = 12 * time.Hour
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	return s
}

// Service is the use cases of signing in.
type Service struct {
	store    Store
	audit    audit.Recorder
	hasher   *authn.Hasher
	settings Settings
}

// New gives the service.
func New(store Store, recorder audit.Recorder, hasher *authn.Hasher, settings Settings) *Service {
	return &Service{store: store, audit: recorder, hasher: hasher, settings: settings.withDefaults()}
}

// LockedError refuses to sign in after too many failures.
type LockedError struct{ RetryAfter time.Duration }

// Error says how long to wait.
func (e *LockedError) Error() string {
	if e.RetryAfter <= 0 {
		return "too many failed attempts: ask an administrator to unlock you"
	}
	return "too many failed attempts: try again in " + e.RetryAfter.Round(time.Second).String()
}
