package parameter_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/fault"
	"provost/internal/parameter"
)

func TestIsSecret(t *testing.T) {
	t.Parallel()
	for name, expected := range map[string]bool{
		"mail.password": true, "soffid.ui.docUserPassword": true, "Addon.PASSWORD ": true, "mail.user": false, "password.policy": false,
	} {
		require.Equal(t, expected, parameter.IsSecret(name), name)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, value string
		ok          bool
	}{
		{parameter.TaskMode, "readonly", true},
		{parameter.TaskMode, "manual", true},
		{parameter.TaskMode, "auto", true},
		{parameter.TaskMode, "Auto", false},
		{parameter.TaskMode, "automatic", false},
		{parameter.TaskLimit, "1", true},
		{parameter.TaskLimit, "0", false},
		{parameter.TaskLimit, "1.5", false},
		{parameter.MailPort, "25", true},
		{parameter.MailPort, "65536", false},
		{parameter.MailFrom, "Provost <provost@example.org>", true},
		{parameter.MailFrom, "provost", false},
		{parameter.GroupHolder, "always", true},
		{parameter.GroupHolder, "sometimes", false},
		{parameter.Interpreter, "beanshell", true},
		{parameter.Interpreter, "python", false},
		{"anything.else", "goes", true},
	}
	for _, c := range cases {
		err := parameter.Check(c.name, c.value)
		if c.ok {
			require.NoError(t, err, "%s=%s", c.name, c.value)
			continue
		}
		require.Equal(t, fault.Invalid, fault.CodeOf(err), "%s=%s", c.name, c.value)
		require.Contains(t, err.Error(), c.name)
	}
}
