package sql_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"provost/internal/connector"
	"provost/internal/connector/connectortest"
	"provost/internal/connector/sql"
	"provost/internal/testenv"
)

// server is where the tests' tables are.
type server struct {
	config     *pgx.ConnConfig
	parameters map[string]string
}

var tables atomic.Int64

func newServer(t *testing.T) server {
	t.Helper()
	address := testenv.Database(t, nil, "")
	config, err := pgx.ParseConfig(address)
	require.NoError(t, err)
	return server{config: config, parameters: map[string]string{
		"host": config.Host, "port": fmt.Sprint(config.Port), "database": config.Database, "user": config.User,
		"password": config.Password, "sslMode": "disable",
	}}
}

func (s server) exec(t connectortest.T, statements string) {
	conn, err := pgx.ConnectConfig(t.Context(), s.config)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	_, err = conn.Exec(t.Context(), statements, pgx.QueryExecModeSimpleProtocol)
	require.NoError(t, err)
}

func (s server) address() string {
	if strings.HasPrefix(s.config.Host, "/") {
		return fmt.Sprintf("%s/.s.PGSQL.%d", s.config.Host, s.config.Port)
	}
	return fmt.Sprintf("%s:%d", s.config.Host, s.config.Port)
}

func newTable(prefix string) string {
	return fmt.Sprintf("%s_%d", prefix, tables.Add(1))
}

func subject(s server, fresh func(t connectortest.T) connector.Class) connectortest.Subject {
	return connectortest.Subject{
		Kind: sql.Kind(),
		Fresh: func(t connectortest.T) connectortest.Instance {
			return connectortest.Instance{Parameters: s.parameters, Class: fresh(t), Address: s.address()}
		},
		SecretParameter: "password", HostParameter: "host", PortParameter: "port",
		KeyAttribute: "NAME", TextAttribute: "note", MultiAttribute: "tags",
		Value: func(n int) any { return fmt.Sprintf(`tag "%d", {\`, n) },
		New:   func(string) connector.Attributes { return connector.Attributes{"born": int64(1815), "active": true} },
	}
}

const passwordStatements = `
create table %[1]s (
  id bigint generated always as identity primary key, name text not null unique, note text, tags text[], born integer, active boolean,
  secret text, changed bigint not null default 0
);
create sequence %[1]s_changes;
create function %[1]s_note() returns trigger language plpgsql as $$ begin new.changed := nextval('%[1]s_changes'); return new; end $$;
create trigger %[1]s_changed before insert or update on %[1]s for each row execute function %[1]s_note()`

func TestTableConforms(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	byTable := subject(s, func(t connectortest.T) connector.Class {
		table := newTable("person")
		s.exec(t, fmt.Sprintf(passwordStatements, table))
		return connector.Class{
			Name: "person", Attributes: []string{"NAME", "note", "tags", "born", "active"},
			Properties: map[string]string{
				"table": table, "key": "NAME", "id": "id", "since": "CHANGED",
				"updatePassword":   "update " + table + " set secret = md5(:password::text) where id = :currentId::bigint",
				"validatePassword": "select secret = md5(:password::text) from " + table + " where id = :currentId::bigint",
			},
		}
	})
	byTable.StableID = true
	connectortest.Run(t, byTable)
}

func TestStatementsConform(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	connectortest.Run(t, subject(s, func(t connectortest.T) connector.Class {
		table := newTable("staff")
		s.exec(t, fmt.Sprintf(passwordStatements, table))
		replace := func(statement string) string { return strings.ReplaceAll(statement, "TABLE", table) }
		return connector.Class{
			Name: "staff", Attributes: []string{"NAME", "note", "tags", "born", "active"},
			Properties: map[string]string{
				"table":               table,
				"key":                 "NAME",
				"since":               "changed",
				"selectAll":           replace("select name, note, tags, born, active, changed from TABLE -- all of them: :nobody"),
				"selectByAccountName": replace("select name, note, tags, born, active, changed from TABLE where name = :accountName;"),
				"check":               replace("select 1 from TABLE where name = :NAME"),
				"insert1":             replace("insert into TABLE (name, born) values (:NAME, :born)"),
				"insert2":             replace("update TABLE set note = :note, tags = :tags, active = :active where name = :NAME"),
				"update":              replace("update TABLE set name = :NAME, note = :note, tags = :tags, born = :born where name = :currentKey"),
				"delete":              replace("delete from TABLE where name = :currentKey"),
				"updatePassword":      replace("update TABLE set secret = md5(:password::text || ':x') where name = :currentKey"),
				"validatePassword":    replace("select 1 from TABLE where name = :currentKey and secret = md5(:password::text || ':x')"),
			},
		}
	}))
}
