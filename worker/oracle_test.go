package worker_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The oracle of the fault tests must notice every kind of fault, or the tests prove nothing.
func TestOracleNotices(t *testing.T) {
	t.Parallel()
	anna, bert := entry{"anna", "Anna Berg", "anna@example.com"}, entry{"bert", "Bert Berg", "bert@example.com"}
	wanted := []entry{anna, bert}
	for name, c := range map[string]struct {
		found []entry
		says  []string
	}{
		"nothing wrong":        {[]entry{bert, anna}, nil},
		"lost":                 {[]entry{anna}, []string{"bert is lost"}},
		"doubled":              {[]entry{anna, bert, anna}, []string{"anna is there 2 times"}},
		"doubled, not alike":   {[]entry{anna, bert, {"anna", "Anna Old", "anna@example.com"}}, []string{"anna is there 2 times"}},
		"stale":                {[]entry{anna, {"bert", "Bert Old", "bert@example.com"}}, []string{"bert is stale: {bert Bert Old bert@example.com} instead of {bert Bert Berg bert@example.com}"}},
		"left over":            {[]entry{anna, bert, {"carl", "Carl", ""}}, []string{"carl is not wanted"}},
		"nothing there at all": {nil, []string{"anna is lost", "bert is lost"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.says, compare(wanted, c.found))
		})
	}
}
