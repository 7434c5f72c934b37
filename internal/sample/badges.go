package sample

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"provost/internal/fault"
)

const (
	badgeTable = "badge_holders"
	badgeRole  = "provost_sample_badges"
)

// badgeDatabase is how the badge system reaches its database, with a role that may do nothing else.
type badgeDatabase struct{ host, port, user, password, sslMode string }

// noDatabaseError says that the database of the badge system cannot be made here.
type noDatabaseError struct{ err error }

// Error says what was refused.
func (e *noDatabaseError) Error() string {
	return "the database role may not make databases and roles: " + e.err.Error()
}

// Unwrap gives what the server said.
func (e *noDatabaseError) Unwrap() error { return e.err }

// badges makes the badge system with its database the first time, and tells it the server's address at each start.
func (o *organisation) badges(ctx context.Context, group uuid.UUID) error {
	config, err := pgx.ParseConfig(o.Database)
	if err != nil {
		return fmt.Errorf("read database URL: %w", err)
	}
	b := &badgeDatabase{host: config.Host, port: strconv.Itoa(int(config.Port)), user: badgeRole, sslMode: "prefer"}
	_, err = o.platform.Systems.Named(ctx, badgeSystem)
	if fault.Is(err, fault.NotFound) {
		b.password = rand.Text()
		err = b.make(ctx, config)
	}
	if err != nil {
		return err
	}
	return o.ensureSystem(ctx, o.badgeDraft(b, group))
}

// make makes role, database and table. What an earlier start left is used again, with a new password.
func (b *badgeDatabase) make(ctx context.Context, admin *pgx.ConnConfig) error {
	inside := admin.Copy()
	inside.Database = databaseName
	if err := refused(execute(ctx, admin, b.roleAndDatabase)); err != nil {
		return err
	}
	return execute(ctx, inside, func(ctx context.Context, conn *pgx.Conn) error {
		const table = `create table if not exists ` + badgeTable + ` (
	badge_number    serial primary key,
	user_name       text not null unique,
	full_name       text not null,
	department      text,
	employee_number text,
	zones           text,
	active          boolean not null default true
)`
		for _, statement := range []string{
			table,
			"grant select, insert, update, delete on " + badgeTable + " to " + badgeRole,
			"grant usage on sequence " + badgeTable + "_badge_number_seq to " + badgeRole,
		} {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return fmt.Errorf("make table %s: %w", badgeTable, err)
			}
		}
		return nil
	})
}

func (b *badgeDatabase) roleAndDatabase(ctx context.Context, conn *pgx.Conn) error {
	var role, database bool
	const look = "select exists (select from pg_roles where rolname = $1), exists (select from pg_database where datname = $2)"
	if err := conn.QueryRow(ctx, look, badgeRole, databaseName).Scan(&role, &database); err != nil {
		return fmt.Errorf("look for database: %w", err)
	}
	verb := "create"
	if role {
		verb = "alter"
	}
	// Neither roles nor databases take parameters. The password is drawn from letters and digits, and quoted all the same.
	statements := []string{verb + " role " + badgeRole + " login password " + quoted(b.password)}
	if !database {
		statements = append(statements, "create database "+databaseName)
	}
	statements = append(statements,
		"revoke all on database "+databaseName+" from public", "grant connect on database "+databaseName+" to "+badgeRole)
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("make database %s: %w", databaseName, err)
		}
	}
	return nil
}

// refused marks an error by which the server says that a permission is missing (SQLSTATE 42501).
func refused(err error) error {
	var said *pgconn.PgError
	if errors.As(err, &said) && said.Code == "42501" {
		return &noDatabaseError{err}
	}
	return err
}

// execute runs fn on a connection of its own.
func execute(ctx context.Context, config *pgx.ConnConfig, fn func(context.Context, *pgx.Conn) error) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	return errors.Join(fn(ctx, conn), conn.Close(context.WithoutCancel(ctx)))
}
