package agent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
)

func TestPoolOpensAgainWhenTheSystemChanges(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	first, err := b.pool.Get(t.Context(), b.system.ID)
	require.NoError(t, err)
	again, err := b.pool.Get(t.Context(), b.system.ID)
	require.NoError(t, err)
	require.Same(t, first, again)
	require.Equal(t, 1, b.memory.Calls("open"))

	b.mu.Lock()
	b.system.Version, b.system.Name = 2, "renamed"
	b.mu.Unlock()
	changed, err := b.pool.Get(t.Context(), b.system.ID)
	require.NoError(t, err)
	require.Equal(t, "renamed", changed.System.Name)
	require.NoError(t, first.Connector.Test(t.Context()), "calls under way may end")
}

func TestPoolSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*account.System)
		class  connector.ErrorClass
	}{
		"unknown connector": {func(s *account.System) { s.Connector = "zeta" }, connector.ClassPolicy},
		"unknown parameter": {func(s *account.System) { s.Parameters = map[string]string{"colour": "red"} }, connector.ClassPolicy},
		"wrong password":    {func(s *account.System) { s.Parameters = map[string]string{"password": "wrong"} }, connector.ClassAuth},
		"broken mapping":    {func(s *account.System) { s.Mappings[0].ObjectType = "nonsense" }, connector.ClassPolicy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, nil, c.change)
			_, err := b.pool.Get(t.Context(), b.system.ID)
			require.Equal(t, c.class, connector.ClassOf(err))
		})
	}
}
