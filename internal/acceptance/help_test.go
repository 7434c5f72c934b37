package acceptance

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/identity"
	"provost/internal/metadata"
)

func connect(tb testing.TB, url string) *pgx.Conn {
	tb.Helper()
	conn, err := pgx.Connect(context.WithoutCancel(tb.Context()), url)
	require.NoError(tb, err)
	return conn
}

func userAttribute(code string) metadata.Attribute {
	return metadata.Attribute{ObjectType: "user", Code: code, DataType: metadata.String}
}

// outside gives a folder of the outside test data, or skips where it is absent.
func outside(tb testing.TB, parts ...string) string {
	tb.Helper()
	folder := filepath.Join(append([]string{"..", "..", "..", "shared", "testdata"}, parts...)...)
	if _, err := os.Stat(folder); err != nil {
		tb.Skipf("the outside test data %s is not there", filepath.Join(parts...))
	}
	return folder
}

func sampleUser(name string) identity.User {
	return identity.User{UserName: name, FirstName: name, LastName: "Sample", UserType: "I", PrimaryGroup: "world", Active: true}
}
