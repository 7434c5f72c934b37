package synctask_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/identity"
	"provost/internal/testenv/enginetest"
)

func value(o connector.Object, attribute string) string {
	return connector.Text(o.Attributes[attribute])
}

// A user's life in a managed system, from the first day to the last.
func TestLifeOfAUser(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.System("alpha")
	u := b.User("anna")
	b.Settle()

	created := b.Objects("alpha", enginetest.Person)["anna"]
	require.Equal(t, "Sample anna", value(created, "full"))
	require.Equal(t, "anna@example.com", value(created, "mail"))
	require.Equal(t, "false", value(created, "off"))
	require.Equal(t, account.Single, b.Account("alpha", "anna").Type)
	require.Equal(t, created.ID, b.Account("alpha", "anna").ExternalID)
	require.Empty(t, b.Open())

	u = b.Edit(u, func(u *identity.User) { u.LastName = "Berg" })
	b.Settle()
	require.Equal(t, "Sample Berg", value(b.Objects("alpha", enginetest.Person)["anna"], "full"))

	u = b.Edit(u, func(u *identity.User) { u.Active = false })
	b.Settle()
	require.Equal(t, account.Disabled, b.Account("alpha", "anna").Status)
	require.Equal(t, "true", value(b.Objects("alpha", enginetest.Person)["anna"], "off"), "disabled, not removed")

	u = b.Edit(u, func(u *identity.User) { u.Active = true })
	b.Settle()
	require.Equal(t, account.Enabled, b.Account("alpha", "anna").Status)
	require.Equal(t, "false", value(b.Objects("alpha", enginetest.Person)["anna"], "off"))

	require.NoError(t, b.Users.Delete(b.Ctx, u.ID, 0))
	b.Settle()
	require.Empty(t, b.Keys("alpha", enginetest.Person), "nothing of a deleted user stays")
	require.Empty(t, b.Open())
}
