package account_test

import (
	"regexp"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/account"
)

func TestKeyOf(t *testing.T) {
	t.Parallel()
	for name, expected := range map[string]string{
		"Corporate LDAP": "corporate-ldap", "  AD (new) ": "ad-new", "SAP/ERP_2": "sap-erp-2", "---": "system", "Ñandú": "and",
	} {
		require.Equal(t, expected, account.KeyOf(name), name)
	}
}

// TestKeysAreAlwaysUsable: whatever the name, the key names a task queue and satisfies the constraint of its table.
func TestKeysAreAlwaysUsable(t *testing.T) {
	t.Parallel()
	allowed := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	rapid.Check(t, func(t *rapid.T) {
		key := account.KeyOf(rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z .-]{30,60}`)).Draw(t, "name"))
		require.Regexp(t, allowed, key)
		require.Equal(t, key, account.KeyOf(key), "a key is its own key")
	})
}

func TestSecretID(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	found, ok := account.SecretID(account.SecretPrefix + id.String())
	require.True(t, ok)
	require.Equal(t, id, found)
	for _, value := range []string{"", "secret:", "secret:x", id.String(), account.Mask} {
		_, ok := account.SecretID(value)
		require.False(t, ok, value)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	all := []string{
		account.Enabled, account.ForcedEnabled, account.Locked, account.Disabled, account.ForcedDisabled, account.Removed, account.Archived,
	}
	usable, gone := []string{}, []string{}
	for _, status := range all {
		if account.Usable(status) {
			usable = append(usable, status)
		}
		if account.Gone(status) {
			gone = append(gone, status)
		}
	}
	require.Equal(t, []string{account.Enabled, account.ForcedEnabled}, usable)
	require.Equal(t, []string{account.Removed, account.Archived}, gone)
}
