package filter_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/filter"
)

func TestWithout(t *testing.T) {
	t.Parallel()
	open := filter.MustSchema(filter.Definition{Object: "user", Attributes: []filter.Attribute{
		{Name: "userName", SQL: "u.user_name", Filterable: true, Sortable: true},
		{Name: "email", SQL: "u.email", Filterable: true, Sortable: true},
	}})
	restricted, columns := open.Without("EMAIL", "shoe")
	require.Equal(t, []string{"u.email"}, columns)
	for text, allowed := range map[string]bool{`userName pr`: true, `email pr`: false, `not (userName pr or Email sw "a")`: false} {
		node, err := filter.Parse(text)
		require.NoError(t, err)
		_, err = filter.Compile(node, restricted, 1)
		if allowed {
			require.NoError(t, err, text)
		} else {
			require.ErrorIs(t, err, filter.ErrNotFilterable, text)
		}
		_, err = filter.Compile(node, open, 1)
		require.NoError(t, err, "the schema itself is left alone")
	}
	_, err := filter.OrderBy("-email", restricted)
	require.ErrorIs(t, err, filter.ErrNotFilterable)
	same, none := open.Without()
	require.Same(t, open, same)
	require.Empty(t, none)
}
