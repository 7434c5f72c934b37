package testenv

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// templateLock is the first key of the advisory locks that keep two processes from making the same template.
const templateLock = 0x70726f76

// Database returns the URL of a new database for one test, which is dropped at its end, connections or not. It is a copy of
// a template that migrate fills once for each key, whichever test of whichever process comes first. The key names what
// migrate does: make it from the content of the migrations, or an old template is used for new migrations while the
// server lives. With a nil migrate the database is empty.
func Database(tb testing.TB, migrate func(ctx context.Context, url string) error, key string) string {
	tb.Helper()
	server := Postgres(tb)
	ctx := tb.Context()
	template := "template0"
	if migrate != nil {
		template = templateName(key)
		require.NoError(tb, templates.ensure(ctx, server, template, migrate), "the template database %q", key)
	}
	name, err := server.copyOf(ctx, template)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, server.drop(context.WithoutCancel(ctx), name)) })
	return server.URL(name)
}

func (p *PostgresServer) copyOf(ctx context.Context, template string) (string, error) {
	name := "test_" + strings.ToLower(rand.Text())
	return name, p.execute(ctx, "create database "+quote(name)+" template "+quote(template))
}

func (p *PostgresServer) drop(ctx context.Context, name string) error {
	return p.execute(ctx, "drop database "+quote(name)+" with (force)")
}

func templateName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "template_" + hex.EncodeToString(sum[:10])
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func (p *PostgresServer) execute(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, p.URL(maintenance))
	if err != nil {
		return fmt.Errorf("connect to the shared server: %w", err)
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// templateSet remembers which templates this process knows to be complete.
type templateSet struct {
	mutex    sync.Mutex
	complete map[string]bool
}

var templates = templateSet{complete: map[string]bool{}} //nolint:gochecknoglobals // one server per process

// ensure makes a template when no process has made it yet. A failure is not remembered: the next test tries again.
func (s *templateSet) ensure(ctx context.Context, server *PostgresServer, name string, migrate func(context.Context, string) error) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.complete[name] {
		return nil
	}
	conn, err := pgx.Connect(ctx, server.URL(maintenance))
	if err != nil {
		return fmt.Errorf("connect to the shared server: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) // gives the advisory lock back
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1, hashtext($2))", templateLock, name); err != nil {
		return fmt.Errorf("lock template: %w", err)
	}
	if err := makeTemplate(ctx, conn, server.URL(name), name, migrate); err != nil {
		return err
	}
	s.complete[name] = true
	return nil
}

// makeTemplate fills a database and marks it as a template when it is complete. One without the mark is what a process left
// that ended half way.
func makeTemplate(ctx context.Context, conn *pgx.Conn, url, name string, migrate func(context.Context, string) error) error {
	var complete bool
	found := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1 and datistemplate)", name)
	if err := found.Scan(&complete); err != nil || complete {
		return err
	}
	for _, statement := range []string{"drop database if exists %s with (force)", "create database %s template template0"} {
		if _, err := conn.Exec(ctx, fmt.Sprintf(statement, quote(name))); err != nil {
			return fmt.Errorf("make template: %w", err)
		}
	}
	if err := migrate(ctx, url); err != nil {
		return fmt.Errorf("migrate template: %w", err)
	}
	// Whoever is still connected would keep everybody from copying it.
	if _, err := conn.Exec(ctx, fmt.Sprintf("alter database %s allow_connections false is_template true", quote(name))); err != nil {
		return fmt.Errorf("finish template: %w", err)
	}
	_, err := conn.Exec(ctx, "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
	return err
}
