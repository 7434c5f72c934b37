package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"provost/internal/authz"
	"provost/internal/store/db"
)

// Database is the PostgreSQL database of an installation: the platform schema and a schema per tenant.
type Database struct{ pool *pgxpool.Pool }

// Open connects to the database at url (postgres://…) with at most size connections; it does not migrate.
func Open(ctx context.Context, url string, size int32) (*Database, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read database URL: %w", err)
	}
	config.MaxConns = size
	config.MaxConnIdleTime = 5 * time.Minute
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach database: %w", err)
	}
	return &Database{pool: pool}, nil
}

// Close closes all connections.
func (d *Database) Close() { d.pool.Close() }

// Ping reports whether the database answers.
func (d *Database) Ping(ctx context.Context) error { return d.pool.Ping(ctx) }

// Tenant gives the handle through which everything of one tenant is reached.
func (d *Database) Tenant(key string) *Tenant {
	return &Tenant{pool: d.pool, key: key, path: "t_" + key + ", provost"}
}

// Tenant is one tenant's part of the database.
type Tenant struct {
	pool *pgxpool.Pool
	key  string
	path string
}

// Key is the tenant's key, as in its schema's name.
func (t *Tenant) Key() string { return t.key }

// unit is one unit of work: the transaction and what it touched.
type unit struct {
	tenant *Tenant
	tx     pgx.Tx
	q      *db.Queries
	touched
}

type unitKey struct{}

func unitOf(ctx context.Context) *unit {
	u, _ := ctx.Value(unitKey{}).(*unit)
	return u
}

// retries of a transaction that the database ended for a serialization failure or a deadlock.
const retries = 5

// Do runs fn in a transaction and settles what it touched before it commits. Within a transaction of the same tenant fn joins it.
// When the database asks for a retry, fn runs again: it must have no effects outside the database.
func (t *Tenant) Do(ctx context.Context, fn func(ctx context.Context) error) error {
	if u := unitOf(ctx); u != nil && u.tenant.key == t.key {
		return fn(ctx)
	}
	var err error
	for range retries {
		if err = t.once(ctx, pgx.TxOptions{}, fn); !retryable(err) {
			return translate(err)
		}
	}
	return translate(err)
}

// View runs fn in a read-only transaction on one snapshot, or within the transaction of the context.
func (t *Tenant) View(ctx context.Context, fn func(ctx context.Context) error) error {
	if u := unitOf(ctx); u != nil && u.tenant.key == t.key {
		return fn(ctx)
	}
	return translate(t.once(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}, fn))
}

func (t *Tenant) once(ctx context.Context, opts pgx.TxOptions, fn func(ctx context.Context) error) error {
	tx, err := t.pool.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // a no-op after commit
	const settings = "select set_config('search_path', $1, true), set_config('provost.actor', $2, true)"
	if _, err := tx.Exec(ctx, settings, t.path, actorName(ctx)); err != nil {
		return fmt.Errorf("enter tenant %s: %w", t.key, err)
	}
	u := &unit{tenant: t, tx: tx, q: db.New(tx)}
	inside := context.WithValue(ctx, unitKey{}, u)
	if err := fn(inside); err != nil {
		return err
	}
	if err := u.settle(inside); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// query runs fn with the queries of the context's transaction, or of a read-only one of its own.
func (t *Tenant) query(ctx context.Context, fn func(ctx context.Context, u *unit) error) error {
	return t.View(ctx, func(ctx context.Context) error { return fn(ctx, unitOf(ctx)) })
}

// exec runs fn with the queries of the context's transaction, or of one of its own.
func (t *Tenant) exec(ctx context.Context, fn func(ctx context.Context, u *unit) error) error {
	return t.Do(ctx, func(ctx context.Context) error { return fn(ctx, unitOf(ctx)) })
}

func actorName(ctx context.Context) string {
	p, ok := authz.From(ctx)
	if !ok || p.UserName == "" {
		return "system"
	}
	return p.UserName
}

func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
