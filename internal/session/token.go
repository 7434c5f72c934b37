package session

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authn"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/secret"
)

// maxTokenName bounds the name of a token.
const maxTokenName = 200

// TokenRequest asks for an API token.
type TokenRequest struct {
	// UserID is the user as whom the token acts.
	UserID uuid.UUID
	Name   string
	// ExpiresAt is when it stops; nil means never.
	ExpiresAt *time.Time
}

// CreateToken makes an API token and gives its secret, which is not kept. People make tokens for themselves; one for somebody else needs
// token:create, and that the caller may do everything the other may: a token must not be a way to more permissions. other says what
// that user may do.
func (s *Service) CreateToken(ctx context.Context, r TokenRequest, other authz.Principal) (Token, secret.Value, error) {
	p, ok := authz.From(ctx)
	if !ok {
		return Token{}, secret.Value{}, authz.ErrNoPrincipal
	}
	if p.UserID != r.UserID && !p.IsSystem() {
		if err := authz.Require(p, authz.TokenCreate); err != nil {
			return Token{}, secret.Value{}, err
		}
		if missing := exceeding(p, other); missing != "" {
			return Token{}, secret.Value{}, fault.New(fault.Denied, "The user holds %s, which you do not hold to the same extent: the token would let you do more than you may.", missing)
		}
	}
	now := s.settings.Now()
	r.Name = strings.TrimSpace(r.Name)
	if err := checkToken(r, now); err != nil {
		return Token{}, secret.Value{}, err
	}
	who, _, found, err := s.store.Identity(ctx, r.UserID)
	if err != nil {
		return Token{}, secret.Value{}, err
	}
	if !found || !who.Active {
		return Token{}, secret.Value{}, fault.InvalidField("userId", "There is no such user, or the user is not active.")
	}
	return s.writeToken(ctx, r, who, now)
}

func checkToken(r TokenRequest, now time.Time) error {
	switch {
	case r.Name == "":
		return fault.InvalidField("name", "A token needs a name that says what it is for.")
	case len([]rune(r.Name)) > maxTokenName:
		return fault.InvalidField("name", "A name may have at most %d characters.", maxTokenName)
	case r.ExpiresAt != nil && !now.Before(*r.ExpiresAt):
		return fault.InvalidField("expiresAt", "The token would have expired already.")
	}
	return nil
}

func (s *Service) writeToken(ctx context.Context, r TokenRequest, who Identity, now time.Time) (Token, secret.Value, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Token{}, secret.Value{}, err
	}
	presented, hash := authn.NewAPIToken()
	token := Token{ID: id, UserID: who.UserID, UserName: who.UserName, Name: r.Name, CreatedAt: now, ExpiresAt: r.ExpiresAt}
	err = s.store.Do(ctx, func(ctx context.Context) error {
		if err := s.store.InsertToken(ctx, token, hash); err != nil {
			return err
		}
		return s.recordToken(ctx, audit.Create, token)
	})
	if err != nil {
		return Token{}, secret.Value{}, err
	}
	return token, presented, nil
}

func (s *Service) recordToken(ctx context.Context, action string, t Token) error {
	entry := audit.Entry{Action: action, ObjectType: "token", ObjectID: &t.ID, ObjectName: t.Name + " of " + t.UserName}
	var err error
	if action == audit.Create {
		entry.Before, entry.After, _, err = audit.Difference(nil, t)
	} else {
		entry.Before, entry.After, _, err = audit.Difference(t, nil)
	}
	if err != nil {
		return err
	}
	return s.audit.Record(ctx, entry)
}

// exceeding names a permission that other holds and p does not hold to the same extent, or gives "".
func exceeding(p, other authz.Principal) authz.Permission {
	for _, perm := range other.Permissions() {
		has, wants := p.Scope(perm), other.Scope(perm)
		if has.All {
			continue
		}
		if wants.All || !contains(has.Groups, wants.Groups) || !contains(has.InformationSystems, wants.InformationSystems) {
			return perm
		}
	}
	return ""
}

func contains(all, some []uuid.UUID) bool {
	return !slices.ContainsFunc(some, func(id uuid.UUID) bool { return !slices.Contains(all, id) })
}

// Tokens lists the own tokens, or with token:query those of everybody, newest first.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	p, ok := authz.From(ctx)
	if !ok {
		return nil, authz.ErrNoPrincipal
	}
	if p.Allows(authz.TokenQuery) {
		return s.store.Tokens(ctx, uuid.Nil)
	}
	return s.store.Tokens(ctx, p.UserID)
}

// RevokeToken ends an own token, or with token:revoke anybody's, at once.
func (s *Service) RevokeToken(ctx context.Context, id uuid.UUID) error {
	p, ok := authz.From(ctx)
	if !ok {
		return authz.ErrNoPrincipal
	}
	token, found, err := s.store.Token(ctx, id)
	if err != nil {
		return err
	}
	if !found || (token.UserID != p.UserID && !p.Allows(authz.TokenQuery)) {
		return fault.New(fault.NotFound, "There is no such token, or you may not see it.")
	}
	if token.UserID != p.UserID {
		if err := authz.Require(p, authz.TokenRevoke); err != nil {
			return err
		}
	}
	if token.RevokedAt != nil {
		return nil
	}
	return s.store.Do(ctx, func(ctx context.Context) error {
		if err := s.store.RevokeToken(ctx, id, s.settings.Now()); err != nil {
			return err
		}
		return s.recordToken(ctx, audit.Delete, token)
	})
}

// errToken is the one answer to every token that does not open the door.
var errToken = fault.New(fault.Unauthenticated, "The API token is unknown, expired or revoked.")

// UseToken gives the token that somebody presents, and the user as whom it acts. It returns a fault with code Unauthenticated for any
// that does not hold.
func (s *Service) UseToken(ctx context.Context, presented secret.Value) (Token, Identity, error) {
	hash, err := authn.HashAPIToken(presented)
	if err != nil {
		return Token{}, Identity{}, errToken
	}
	token, who, found, err := s.store.TokenByHash(ctx, hash)
	if err != nil {
		return Token{}, Identity{}, err
	}
	now := s.settings.Now()
	if !found || !who.Active || !token.Usable(now) {
		return Token{}, Identity{}, errToken
	}
	if token.LastUsed == nil || now.Sub(*token.LastUsed) >= touchInterval {
		if err := s.store.TouchToken(ctx, token.ID, now); err != nil {
			return Token{}, Identity{}, err
		}
	}
	return token, who, nil
}
