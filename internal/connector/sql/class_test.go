package sql

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

func TestNumberedStatementsComeInOrder(t *testing.T) {
	t.Parallel()
	properties := map[string]string{
		"update10": "j", "update2": "b", "update": "first", "update1": "a", "updatePassword": "other", "update3": "  ", "updateX": "odd",
	}
	require.Equal(t, []string{"update", "update1", "update2", "update10"}, numbered(properties, phaseUpdate))
	require.Equal(t, []string{"updatePassword"}, numbered(properties, phaseUpdatePassword))
	require.Empty(t, numbered(map[string]string{"selectAll": "x", "selectByAccountName": "y"}, phaseSelect))
}

func TestShapeNeedsAKeyAndGoodStatements(t *testing.T) {
	t.Parallel()
	_, err := newShape(connector.Class{Name: "person"})
	require.ErrorContains(t, err, "person has no property key")
	require.Equal(t, connector.ClassPolicy, connector.ClassOf(err))
	_, err = newShape(connector.Class{Name: "person", Properties: map[string]string{"key": "id", "update2": "update 'x"}})
	require.ErrorContains(t, err, "update2 of person")
	s, err := newShape(connector.Class{Properties: map[string]string{"key": "id", "table": `hr.odd"name; drop table t`}})
	require.NoError(t, err)
	require.Equal(t, `"hr"."odd""name; drop table t"`, s.table)
}

func TestBindings(t *testing.T) {
	t.Parallel()
	s := shape{key: "NAME", class: connector.Class{Name: "person", Attributes: []string{"NAME", "absent"}}}
	b := s.bind(connector.Key{ID: "7", Name: "anna"}, connector.Attributes{"note": "old", "age": int64(3)}, connector.Attributes{"note": ""})
	args, err := b.arguments(s, statement{names: []string{"name", "note", "AGE", "absent", "currentKey", "currentId", "accountName"}})
	require.NoError(t, err)
	require.Equal(t, []any{"anna", nil, "3", nil, "anna", "7", "anna"}, args)
	_, err = b.arguments(s, statement{names: []string{"whom"}})
	require.ErrorContains(t, err, ":whom")
}

func TestArgument(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	require.Nil(t, argument(nil))
	require.Nil(t, argument([]any{}))
	require.Equal(t, []byte{0}, argument([]byte{0}))
	require.Equal(t, "true", argument(true))
	require.Equal(t, "2026-03-01T12:00:00Z", argument(noon))
	require.Equal(t, `{"a \"b\" \\ {,}","7","NULL","\\x00ff"}`, argument([]any{`a "b" \ {,}`, int64(7), "NULL", []byte{0, 255}}))
}

func TestClassify(t *testing.T) {
	t.Parallel()
	for code, class := range map[string]connector.ErrorClass{
		"08006": connector.ClassUnavailable, "22001": connector.ClassData, "23502": connector.ClassData, "23505": connector.ClassData,
		"25006": connector.ClassPolicy, "28P01": connector.ClassAuth, "40001": connector.ClassTransient, "40P01": connector.ClassTransient,
		"42501": connector.ClassPolicy, "42P01": connector.ClassPolicy, "3D000": connector.ClassPolicy, "53300": connector.ClassThrottled,
		"55P03": connector.ClassTransient, "57014": connector.ClassTransient, "57P01": connector.ClassUnavailable, "P0001": connector.ClassPolicy,
		"0A000": connector.ClassUnsupported, "ZZ999": connector.ClassTransient, "": connector.ClassTransient,
	} {
		err := classify(t.Context(), "update", fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: code, Message: "why"}))
		require.Equal(t, class, connector.ClassOf(err), code)
	}
	taken := classify(t.Context(), "create", &pgconn.PgError{Code: "23505", ConstraintName: "person_name_key"})
	require.ErrorIs(t, taken, connector.ErrExists)
	require.ErrorContains(t, taken, "person_name_key")
	require.ErrorIs(t, classify(t.Context(), "get", pgx.ErrNoRows), connector.ErrNotFound)
	require.Equal(t, connector.ClassTransient, connector.ClassOf(classify(t.Context(), "get", errors.New("odd"))))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, classify(ended, "get", errors.New("unexpected EOF")), context.Canceled)
}

func TestAddress(t *testing.T) {
	t.Parallel()
	full := func(params map[string]string) (*url.URL, error) {
		text, err := address(connector.WithDefaults(Kind(), params))
		if err != nil {
			return nil, err
		}
		return url.Parse(text)
	}
	byHost, err := full(map[string]string{"host": "db.example.com", "database": "h r"})
	require.NoError(t, err)
	require.Equal(t, "postgres://db.example.com:5432/h%20r?sslmode=prefer", byHost.String())
	v6, err := full(map[string]string{"host": "::1", "database": "hr", "port": "6000", "sslMode": "verify-full"})
	require.NoError(t, err)
	require.Equal(t, "postgres://[::1]:6000/hr?sslmode=verify-full", v6.String())
	socket, err := full(map[string]string{"host": "/run/pg", "database": "hr"})
	require.NoError(t, err)
	require.Equal(t, "/run/pg", socket.Query().Get("host"))
	given, err := full(map[string]string{"url": "postgresql://db.example.com/hr?sslmode=require"})
	require.NoError(t, err)
	require.Equal(t, "require", given.Query().Get("sslmode"))
	for _, wrong := range []map[string]string{
		{}, {"host": "h"}, {"database": "d"}, {"url": "mysql://h/d"}, {"url": "postgres://user:tell-nobody@h/d"}, {"url": "://"},
	} {
		_, err := full(wrong)
		require.Equal(t, connector.ClassPolicy, connector.ClassOf(err))
		require.NotContains(t, err.Error(), "tell-nobody")
	}
}

func TestTypeOf(t *testing.T) {
	t.Parallel()
	for name, wanted := range map[string]string{
		"bool": "boolean", "_int4": "integer", "numeric": "number", "timestamptz": "time", "bytea": "binary", "text": "string", "": "string",
	} {
		require.Equal(t, wanted, typeOf(name))
	}
}
