package pardef

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMoments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, repeat, when, member string }{
		{"3 days", "", "P3D", "timeDuration"},
		{"2 hours", "", "PT2H", "timeDuration"},
		{"30 minutes", "false", "PT30M", "timeDuration"},
		{"45 seconds", "", "PT45S", "timeDuration"},
		{"1 Day", "", "P1D", "timeDuration"},
		{"2 weeks", "", "P14D", "timeDuration"},
		{"1 year, 2 months and 3 days", "", "P1Y2M3D", "timeDuration"},
		{"1 hour 30 minutes", "", "", ""},
		{"1 day, 12 hours", "", "P1DT12H", "timeDuration"},
		{"5 business days", "", "P5D", "timeDuration"},
		{"PT8H", "", "PT8H", "timeDuration"},
		{"1 day", "true", "R/P1D", "timeCycle"},
		{"1 day", "2 hours", "R/PT2H", "timeCycle"},
		{"#{lastDay}", "", "#{lastDay}", "timeDate"},
		{"2026-01-31T08:00:00Z", "", "2026-01-31T08:00:00Z", "timeDate"},
		{"soon", "", "", ""},
		{"", "", "", ""},
		{"3 fortnights", "", "", ""},
	} {
		when, member, ok := moment(c.text, c.repeat)
		require.Equal(t, c.when != "", ok, c.text)
		if ok {
			require.Equal(t, []string{c.when, c.member}, []string{when, member}, c.text)
		}
	}
}
