package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/query"
	"provost/internal/store"
	"provost/internal/testenv"
)

// attemptBench is a tenant whose engine runs, so that touched objects become tasks.
type attemptBench struct {
	tenant *store.Tenant
	conn   *pgx.Conn
}

func setupAttempts(t *testing.T) *attemptBench {
	t.Helper()
	files, err := filepath.Glob("migrations/*/*.sql")
	require.NoError(t, err)
	sum := sha256.New()
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		sum.Write(content)
	}
	migrate := func(ctx context.Context, url string) error { return store.Migrate(ctx, url, "master") }
	url := testenv.Database(t, migrate, "savepoint/"+hex.EncodeToString(sum.Sum(nil)))
	database, err := store.Open(t.Context(), url, 4)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	_, err = conn.Exec(t.Context(), "update t_master.parameters set value = 'auto' where name = 'soffid.task.mode'")
	require.NoError(t, err)
	return &attemptBench{tenant: database.Tenant("master"), conn: conn}
}

// add writes a user and touches it, within the transaction of ctx.
func (b *attemptBench) add(ctx context.Context, name string) error {
	u := identity.User{UserName: name, UserTypeID: identity.InternalType, PrimaryGroupID: identity.World, Active: true}
	u.ID = uuid.New()
	b.tenant.Touch(ctx, change.User, u.ID)
	return b.tenant.Users().Insert(ctx, []identity.User{u})
}

// state gives the users besides the administrator, and the objects that have a task.
func (b *attemptBench) state(t *testing.T) (users, tasks []string) {
	t.Helper()
	page, err := b.tenant.Users().List(t.Context(), authz.Scope{All: true}, query.List{Filter: `userName ne "admin"`})
	require.NoError(t, err)
	for i := range page.Items {
		users = append(users, page.Items[i].UserName)
	}
	rows, err := b.conn.Query(t.Context(), "select object_name from t_master.sync_tasks order by object_name")
	require.NoError(t, err)
	tasks, err = pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return users, tasks
}

func TestAFailedAttemptLeavesTheRest(t *testing.T) {
	t.Parallel()
	b := setupAttempts(t)
	err := b.tenant.Do(t.Context(), func(ctx context.Context) error {
		require.NoError(t, b.add(ctx, "before"))
		clash := b.tenant.Attempt(ctx, func(ctx context.Context) error {
			if err := b.add(ctx, "taken-back"); err != nil {
				return err
			}
			return b.add(ctx, "BEFORE")
		})
		require.Equal(t, fault.Conflict, fault.CodeOf(clash), "%v", clash)
		require.NoError(t, b.tenant.Attempt(ctx, func(ctx context.Context) error { return b.add(ctx, "inside") }))
		return b.add(ctx, "late")
	})
	require.NoError(t, err)
	users, tasks := b.state(t)
	require.Equal(t, []string{"before", "inside", "late"}, users)
	require.Equal(t, users, tasks, "what was taken back must not be synchronised, what was kept must")
}

func TestAnAttemptEndsWithItsTransaction(t *testing.T) {
	t.Parallel()
	b := setupAttempts(t)
	given := errors.New("given up")
	err := b.tenant.Do(t.Context(), func(ctx context.Context) error {
		require.NoError(t, b.tenant.Attempt(ctx, func(ctx context.Context) error { return b.add(ctx, "inside") }))
		return given
	})
	require.ErrorIs(t, err, given)
	users, tasks := b.state(t)
	require.Empty(t, users)
	require.Empty(t, tasks)
	require.Error(t, b.tenant.Attempt(t.Context(), func(context.Context) error { return nil }), "there is no transaction to be a part of")
}
