package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// Migration is the state of one migration file of a line (the platform, or a tenant's schema).
type Migration struct {
	Line    string `json:"line"`
	File    string `json:"file"`
	Applied bool   `json:"applied"`
}

// Migrate brings the platform schema and the schemas of all tenants up to date, creating the tenants named. Lines migrate one after
// the other, each under an advisory lock of its own schema.
func Migrate(ctx context.Context, url string, tenants ...string) error {
	if err := migrateLine(ctx, url, "platform", "provost"); err != nil {
		return err
	}
	known, err := registerTenants(ctx, url, tenants)
	if err != nil {
		return err
	}
	for _, key := range known {
		if err := migrateLine(ctx, url, "tenant", "t_"+key); err != nil {
			return fmt.Errorf("tenant %s: %w", key, err)
		}
	}
	return nil
}

// MigrationStatus lists every migration of every line and whether it is applied.
func MigrationStatus(ctx context.Context, url string) ([]Migration, error) {
	out, err := lineStatus(ctx, url, "platform", "provost")
	if err != nil {
		return nil, err
	}
	known, err := registerTenants(ctx, url, nil)
	if err != nil {
		return out, nil //nolint:nilerr // without the platform schema there are no tenants yet: its pending files are the answer
	}
	for _, key := range known {
		of, err := lineStatus(ctx, url, "tenant", "t_"+key)
		if err != nil {
			return nil, err
		}
		out = append(out, of...)
	}
	return out, nil
}

// withProvider runs fn with a goose provider whose connections live in the line's schema.
func withProvider(ctx context.Context, url, line, schema string, fn func(*goose.Provider) error) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("read database URL: %w", err)
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	const lock = "select pg_advisory_lock(hashtext($1))"
	if _, err := conn.Exec(ctx, lock, "provost/migrate/"+schema); err != nil {
		return fmt.Errorf("lock schema %s: %w", schema, err)
	}
	if _, err := conn.Exec(ctx, "create schema if not exists "+pgx.Identifier{schema}.Sanitize()); err != nil {
		return fmt.Errorf("create schema %s: %w", schema, err)
	}
	config.RuntimeParams["search_path"] = schema + ", provost"
	pool := stdlib.OpenDB(*config)
	defer func() { _ = pool.Close() }()
	files, err := fs.Sub(migrations, "migrations/"+line)
	if err != nil {
		return fmt.Errorf("open migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, files, goose.WithTableName("migrations"))
	if err != nil {
		return fmt.Errorf("read migrations of %s: %w", line, err)
	}
	return fn(provider)
}

func migrateLine(ctx context.Context, url, line, schema string) error {
	return withProvider(ctx, url, line, schema, func(p *goose.Provider) error {
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("migrate %s: %w", schema, err)
		}
		return nil
	})
}

func lineStatus(ctx context.Context, url, line, schema string) ([]Migration, error) {
	var out []Migration
	err := withProvider(ctx, url, line, schema, func(p *goose.Provider) error {
		all, err := p.Status(ctx)
		if err != nil {
			return fmt.Errorf("read state of %s: %w", schema, err)
		}
		for _, m := range all {
			out = append(out, Migration{Line: schema, File: m.Source.Path, Applied: m.State == goose.StateApplied})
		}
		return nil
	})
	return out, err
}

// registerTenants adds the tenants to the registry and gives the keys of all.
func registerTenants(ctx context.Context, url string, tenants []string) ([]string, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("reach database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	const register = "insert into provost.tenants (key, name, namespace) values ($1, $1, $1) on conflict (key) do nothing"
	for _, key := range tenants {
		if _, err := conn.Exec(ctx, register, key); err != nil {
			return nil, fmt.Errorf("register tenant %s: %w", key, err)
		}
	}
	rows, err := conn.Query(ctx, "select key from provost.tenants order by key")
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	return keys, nil
}
