package player

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/simulate"
)

func TestEffectsAreToldInTheOrderOfTheirWorks(t *testing.T) {
	t.Parallel()
	p := &play{}
	for _, e := range []struct {
		work int64
		name string
	}{{0, "first of all"}, {2, "second"}, {1, "one"}, {0, "thrown after the second"}, {2, "second again"}, {3, "third"}} {
		p.effect(e.work, simulate.Effect{Name: e.name})
	}
	var told []string
	for _, e := range p.effects {
		told = append(told, e.done.Name)
	}
	require.Equal(t, []string{"first of all", "one", "second", "thrown after the second", "second again", "third"}, told)
}
