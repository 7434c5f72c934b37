package session_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/secret"
	"provost/internal/session"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	self := authz.With(t.Context(), authz.Principal{UserID: b.ann, UserName: "ann"})
	soon := b.clock.Now().Add(time.Hour)
	token, presented, err := b.CreateToken(self, session.TokenRequest{UserID: b.ann, Name: " nightly ", ExpiresAt: &soon}, authz.Principal{})
	require.NoError(t, err)
	require.Equal(t, "nightly", token.Name)

	used, who, err := b.UseToken(t.Context(), presented)
	require.NoError(t, err)
	require.Equal(t, token.ID, used.ID)
	require.Equal(t, "ann", who.UserName)
	listed, err := b.Tokens(self)
	require.NoError(t, err)
	require.Len(t, listed, 1)
	require.NotNil(t, listed[0].LastUsed)

	b.clock.advance(time.Hour)
	_, _, err = b.UseToken(t.Context(), presented)
	requireCode(t, fault.Unauthenticated, err)
	_, _, err = b.UseToken(t.Context(), secret.New("pvt_nothing"))
	requireCode(t, fault.Unauthenticated, err)
}

func TestTokenRequestsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	b := setup(t)
	self := authz.With(t.Context(), authz.Principal{UserID: b.ann, UserName: "ann"})
	past := b.clock.Now().Add(-time.Second)
	for name, request := range map[string]session.TokenRequest{
		"no name": {UserID: b.ann}, "expired": {UserID: b.ann, Name: "x", ExpiresAt: &past},
	} {
		_, _, err := b.CreateToken(self, request, authz.Principal{})
		requireCode(t, fault.Invalid, err)
		require.Error(t, err, name)
	}
	_, _, err := b.CreateToken(t.Context(), session.TokenRequest{UserID: b.ann, Name: "x"}, authz.Principal{})
	require.ErrorIs(t, err, authz.ErrNoPrincipal)
}

func TestTokensForOthersGiveNoMorePermissions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	request := session.TokenRequest{UserID: b.ann, Name: "for ann"}
	ordinary := grantsOf(authz.UserQuery, authz.ScopeAll)
	_, _, err := b.CreateToken(authz.With(t.Context(), ordinary), request, authz.Principal{})
	require.ErrorIs(t, err, authz.ErrDenied)

	maker := grantsOf(authz.TokenCreate, authz.ScopeAll)
	_, _, err = b.CreateToken(authz.With(t.Context(), maker), request, grantsOf(authz.UserDelete, authz.ScopeAll))
	requireCode(t, fault.Denied, err)
	maker.Grants = append(maker.Grants, authz.Grant{Permission: authz.UserDelete, ScopeKind: authz.ScopeGroup, ScopeIDs: []uuid.UUID{identity.World}})
	_, _, err = b.CreateToken(authz.With(t.Context(), maker), request, grantsOf(authz.UserDelete, authz.ScopeGroup, uuid.New()))
	requireCode(t, fault.Denied, err)
	_, _, err = b.CreateToken(authz.With(t.Context(), maker), request, grantsOf(authz.UserDelete, authz.ScopeGroup, identity.World))
	require.NoError(t, err)
	_, _, err = b.CreateToken(authz.With(t.Context(), authz.System(authz.OriginSystem)), request, grantsOf(authz.UserDelete, authz.ScopeAll))
	require.NoError(t, err, "the command line acts for the platform")
}

func TestRevokeToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	self := authz.With(t.Context(), authz.Principal{UserID: b.ann, UserName: "ann"})
	token, presented, err := b.CreateToken(self, session.TokenRequest{UserID: b.ann, Name: "x"}, authz.Principal{})
	require.NoError(t, err)
	requireCode(t, fault.NotFound, b.RevokeToken(authz.With(t.Context(), authz.Principal{UserID: uuid.New()}), token.ID))
	require.ErrorIs(t, b.RevokeToken(authz.With(t.Context(), grantsOf(authz.TokenQuery, authz.ScopeAll)), token.ID), authz.ErrDenied)
	require.NoError(t, b.RevokeToken(authz.With(t.Context(), grantsOf(authz.TokenRevoke, authz.ScopeAll)), token.ID))
	_, _, err = b.UseToken(t.Context(), presented)
	requireCode(t, fault.Unauthenticated, err)
	require.NoError(t, b.RevokeToken(self, token.ID), "ended is ended")
	require.Contains(t, b.actions(t), "delete token x of ann")
}
