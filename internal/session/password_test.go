package session_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/secret"
	"provost/internal/session"
)

func TestOldHashesAreRenewed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	sessions := b.tenant.Sessions()
	// {SSHA} of "password", as a directory may hold it.
	old := session.Credential{Hash: "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="}
	require.NoError(t, sessions.SetCredential(t.Context(), b.ann, old))
	_, _, err := b.signIn(t, "ann", "password")
	require.NoError(t, err)
	_, now, found, err := sessions.Identity(t.Context(), b.ann)
	require.NoError(t, err)
	require.True(t, found)
	require.Contains(t, now.Hash, "$argon2id$")
	_, _, err = b.signIn(t, "ann", "password")
	require.NoError(t, err)
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, here, err := b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
	_, there, err := b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
	change := func(current, next string) error {
		return b.ChangePassword(t.Context(), b.ann, here, secret.New(current), secret.New(next))
	}
	requireCode(t, fault.Invalid, change("wrong password", "another password"))
	requireCode(t, fault.Invalid, change(annPassword, "short"))
	requireCode(t, fault.Invalid, change(annPassword, annPassword))
	require.NoError(t, change(annPassword, "another password"))

	_, err = b.Resume(t.Context(), here)
	require.NoError(t, err, "the session that changed it goes on")
	_, err = b.Resume(t.Context(), there)
	requireCode(t, fault.Unauthenticated, err)
	_, _, err = b.signIn(t, "ann", annPassword)
	requireCode(t, fault.Unauthenticated, err)
	_, _, err = b.signIn(t, "ann", "another password")
	require.NoError(t, err)
}

func TestPasswordMustNotBeTheName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	long := b.addUser(t, "maximiliane")
	err := b.SetPassword(authz.With(t.Context(), grantsOf(authz.UserPassword, authz.ScopeAll)), long, secret.New("Maximiliane"))
	requireCode(t, fault.Invalid, err)
}

func TestGuessingTheCurrentPasswordLocksToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 5 {
		requireCode(t, fault.Invalid, b.ChangePassword(t.Context(), b.ann, secret.Value{}, secret.New("wrong password"), secret.New("another password")))
	}
	var locked *session.LockedError
	require.ErrorAs(t, b.ChangePassword(t.Context(), b.ann, secret.Value{}, secret.New(annPassword), secret.New("another password")), &locked)
}

func TestSetPasswordMustBeChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, cookie, err := b.signIn(t, "ann", annPassword)
	require.NoError(t, err)
	helpdesk := authz.With(t.Context(), grantsOf(authz.UserPassword, authz.ScopeGroup, identity.World))
	require.NoError(t, b.SetPassword(helpdesk, b.ann, secret.New("given by helpdesk")))
	_, err = b.Resume(t.Context(), cookie)
	requireCode(t, fault.Unauthenticated, err)
	s, _, err := b.signIn(t, "ann", "given by helpdesk")
	require.NoError(t, err)
	require.True(t, s.MustChange)

	elsewhere := authz.With(t.Context(), grantsOf(authz.UserPassword, authz.ScopeGroup, uuid.New()))
	requireCode(t, fault.NotFound, b.SetPassword(elsewhere, b.ann, secret.New("given by a stranger")))
	requireCode(t, fault.NotFound, b.SetPassword(helpdesk, uuid.New(), secret.New("given to nobody")))
}
