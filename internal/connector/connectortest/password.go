package connectortest

import (
	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

// passwordChecks are about setting and checking passwords.
func passwordChecks() []check {
	needs := []connector.Capability{connector.CanCreate, connector.CanSetPassword, connector.CanValidatePassword}
	return []check{
		{name: "password is set and checked", needs: needs, run: checkPassword},
		{name: "password of an absent object", needs: needs, run: checkPasswordAbsent},
	}
}

func checkPassword(e *env) {
	created, other := e.create("anna", "text"), e.create("bert", "text")
	for _, password := range []string{"First-Secret.1", `pä$$wörd '"\ %:name`, "third secret"} {
		err := e.Connector.(connector.PasswordSetter).SetPassword(e.Context(), e.Class, created.Ref(), connector.NewPassword(password))
		require.NoError(e, err)
		for candidate, wanted := range map[string]bool{password: true, password + "x": false, "": false, "First-Secret.0": false} {
			valid, err := e.Connector.(connector.PasswordValidator).ValidatePassword(e.Context(), e.Class, created.Ref(), candidate)
			require.NoError(e, err)
			require.Equal(e, wanted, valid)
		}
		valid, err := e.Connector.(connector.PasswordValidator).ValidatePassword(e.Context(), e.Class, other.Ref(), password)
		require.NoError(e, err)
		require.False(e, valid, "the other object has no password")
	}
	err := e.Connector.(connector.PasswordSetter).SetPassword(e.Context(), e.Class, created.Ref(), connector.NewPassword(""))
	e.fails(err, connector.ClassPolicy)
}

func checkPasswordAbsent(e *env) {
	const secret = "Never-Printed.7"
	key := connector.Key{Name: "nobody"}
	err := e.Connector.(connector.PasswordSetter).SetPassword(e.Context(), e.Class, key, connector.NewPassword(secret))
	e.is(err, connector.ErrNotFound)
	e.discreet(err, secret)
	_, err = e.Connector.(connector.PasswordValidator).ValidatePassword(e.Context(), e.Class, key, secret)
	e.is(err, connector.ErrNotFound)
	e.discreet(err, secret)
	_, err = e.Connector.(connector.PasswordValidator).ValidatePassword(e.Context(), e.Class, key, "")
	e.is(err, connector.ErrNotFound)
}
