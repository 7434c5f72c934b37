package csv_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
	"provost/internal/connector/connectortest"
	"provost/internal/connector/csv"
)

func TestConforms(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	connectortest.Run(t, connectortest.Subject{
		Kind: csv.Kind(),
		Fresh: func(c connectortest.T) connectortest.Instance {
			file, err := os.CreateTemp(folder, "*.csv")
			require.NoError(c, err)
			_, err = file.WriteString("name;note;tags;city\n")
			require.NoError(c, err)
			require.NoError(c, file.Close())
			return connectortest.Instance{
				Parameters: map[string]string{"file": file.Name(), "write": "true", "key": "name"},
				Class:      connector.Class{Name: "person", Properties: map[string]string{"multiValued": "tags"}},
			}
		},
		KeyAttribute: "name", TextAttribute: "note", MultiAttribute: "tags",
		Value: func(n int) any { return fmt.Sprintf("tag; %d", n) },
		New:   func(string) connector.Attributes { return connector.Attributes{"city": "Palma"} },
	})
	left, err := filepath.Glob(filepath.Join(folder, ".*.tmp"))
	require.NoError(t, err)
	require.Empty(t, left)
}
