package sql_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
	"provost/internal/connector/connectortest"
	"provost/internal/connector/sql"
)

func openDatabase(t *testing.T, s server, more map[string]string) *sql.Database {
	t.Helper()
	parameters := map[string]string{}
	maps.Copy(parameters, s.parameters)
	maps.Copy(parameters, more)
	c, err := connector.Open(t.Context(), sql.Kind(), connector.Config{Parameters: parameters})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c.(*sql.Database)
}

func TestColumnTypes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.exec(t, `create type mood as enum ('good', 'bad');
		create table thing (
			name text primary key, small smallint, big bigint, real8 double precision, amount numeric(30, 10), whole numeric, flag boolean,
			moment timestamptz, day date, raw bytea, doc jsonb, ident uuid, fixed char(6), numbers integer[], flags boolean[], amounts numeric[],
			idents uuid[], feeling mood, span interval, address inet
		)`)
	d := openDatabase(t, s, nil)
	class := connector.Class{Name: "thing", Properties: map[string]string{"table": "thing", "key": "name"}}
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	written := connector.Attributes{
		"name": "a", "small": "5", "big": int64(9007199254740993), "real8": 0.5, "amount": "12345678901234567890.5", "whole": "7", "flag": true,
		"moment": noon, "day": "2026-03-01", "raw": []byte{0, 255, '\\'}, "doc": `{"a": [1, null]}`, "ident": "0198c0de-0000-7000-8000-000000000001",
		"fixed": "abc", "numbers": []any{int64(1), "2"}, "flags": []any{true, false}, "amounts": []any{"1.50", int64(2)},
		"idents": []any{"0198c0de-0000-7000-8000-000000000001"}, "feeling": "good", "span": "1 day", "address": "192.0.2.1",
	}
	created, err := d.Create(t.Context(), class, written)
	require.NoError(t, err)
	require.Equal(t, connector.Attributes{
		"name": "a", "small": int64(5), "big": int64(9007199254740993), "real8": 0.5, "amount": "12345678901234567890.5000000000",
		"whole": int64(7), "flag": true, "moment": noon, "day": time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), "raw": []byte{0, 255, '\\'},
		"doc": `{"a": [1, null]}`, "ident": "0198c0de-0000-7000-8000-000000000001", "fixed": "abc", "numbers": []any{int64(1), int64(2)},
		"flags": []any{true, false}, "amounts": []any{"1.50", int64(2)}, "idents": []any{"0198c0de-0000-7000-8000-000000000001"},
		"feeling": "good", "span": "1 day", "address": "192.0.2.1",
	}, inUTC(created.Attributes))
}

func inUTC(attributes connector.Attributes) connector.Attributes {
	for name, v := range attributes {
		if moment, ok := v.(time.Time); ok {
			attributes[name] = moment.UTC()
		}
	}
	return attributes
}

func TestDatabaseRefusals(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.exec(t, `create table person (name text primary key, age integer, email text not null unique default 'x@example.com')`)
	d := openDatabase(t, s, nil)
	class := connector.Class{Name: "person", Properties: map[string]string{"table": "person", "key": "name"}}
	cases := map[string]struct {
		attributes connector.Attributes
		class      connector.ErrorClass
		text       string
	}{
		"value of another type": {connector.Attributes{"name": "a", "age": "old"}, connector.ClassData, "does not fit"},
		"unknown column":        {connector.Attributes{"name": "a", "colour": "red"}, connector.ClassPolicy, `no column "colour"`},
		"no key":                {connector.Attributes{"age": 3}, connector.ClassData, "key column name"},
	}
	for name, c := range cases {
		_, err := d.Create(t.Context(), class, c.attributes)
		require.Equal(t, c.class, connector.ClassOf(err), name)
		require.ErrorContains(t, err, c.text, name)
	}
	_, err := d.Create(t.Context(), class, connector.Attributes{"name": "a"})
	require.NoError(t, err)
	_, err = d.Create(t.Context(), class, connector.Attributes{"name": "b"})
	require.ErrorIs(t, err, connector.ErrExists, "another unique column is taken")
	require.ErrorContains(t, err, "person_email_key")
	class.Properties["table"] = "nothing"
	_, err = d.Get(t.Context(), class, connector.Key{Name: "a"})
	require.Equal(t, connector.ClassPolicy, connector.ClassOf(err))
}

func TestStatementsThatAreMissing(t *testing.T) {
	t.Parallel()
	d := openDatabase(t, newServer(t), nil)
	class := connector.Class{Name: "person", Properties: map[string]string{"key": "name"}}
	key := connector.Key{Name: "a"}
	_, getErr := d.Get(t.Context(), class, key)
	_, createErr := d.Create(t.Context(), class, connector.Attributes{"name": "a"})
	_, updateErr := d.Update(t.Context(), class, connector.Object{Key: "a"}, connector.Attributes{"note": "x"})
	_, validateErr := d.ValidatePassword(t.Context(), class, key, "x")
	_, findErr := d.Find(t.Context(), class, connector.Attributes{}, 1)
	for _, err := range []error{
		getErr, createErr, updateErr, validateErr, findErr, d.Delete(t.Context(), class, key),
		d.SetPassword(t.Context(), class, key, connector.NewPassword("x")),
		d.List(t.Context(), class, connector.ListOptions{}, func(connector.Page) error { return nil }),
	} {
		require.Equal(t, connector.ClassUnsupported, connector.ClassOf(err), "%v", err)
		require.ErrorContains(t, err, "the mapping of person has no property")
	}
}

func TestListReportsRowsWithoutKeyAndTwins(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.exec(t, `create table person (name text); insert into person values ('a'), ('b'), ('b'), (null), ('c')`)
	d := openDatabase(t, s, nil)
	var names []string
	var problems []connector.Problem
	class := connector.Class{Properties: map[string]string{"table": "person", "key": "name"}}
	err := d.List(t.Context(), class, connector.ListOptions{PageSize: 2}, func(page connector.Page) error {
		for _, o := range page.Objects {
			names = append(names, o.Key)
		}
		problems = append(problems, page.Problems...)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, names)
	require.Len(t, problems, 2)
	require.Equal(t, "b", problems[0].Key)
	_, err = d.Get(t.Context(), class, connector.Key{Name: "b"})
	require.ErrorContains(t, err, "several rows")
}

func TestReadingWithNothingButAListing(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.exec(t, `create table person (name text, age integer); insert into person values ('a', 1), ('b', 2)`)
	d := openDatabase(t, s, nil)
	class := connector.Class{Name: "person", Properties: map[string]string{
		"key": "NAME", "selectAll1": "select name, age from person where age < 2 -- young", "selectAll2": "select name, age from person where age >= 2;",
	}}
	found, err := d.Get(t.Context(), class, connector.Key{Name: "b"})
	require.NoError(t, err)
	require.Equal(t, int64(2), found.Attributes["age"])
	_, err = d.Get(t.Context(), class, connector.Key{Name: "c"})
	require.ErrorIs(t, err, connector.ErrNotFound)
}

func TestStatementsOfOneChangeAreOneTransaction(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.exec(t, `create table person (name text primary key); create table member (name text, role text not null)`)
	d := openDatabase(t, s, nil)
	class := connector.Class{Name: "person", Attributes: []string{"name", "role"}, Properties: map[string]string{
		"key": "name", "table": "person", "insert1": "insert into person values (:name)", "insert2": "insert into member values (:name, :role)",
	}}
	_, err := d.Create(t.Context(), class, connector.Attributes{"name": "a"})
	require.Equal(t, connector.ClassData, connector.ClassOf(err))
	_, err = d.Get(t.Context(), class, connector.Key{Name: "a"})
	require.ErrorIs(t, err, connector.ErrNotFound, "the first insert was rolled back")
	_, err = d.Create(t.Context(), class, connector.Attributes{"name": "a", "role": "'); drop table person; --"})
	require.NoError(t, err)
	_, err = d.Get(t.Context(), class, connector.Key{Name: "a"})
	require.NoError(t, err)
}

func TestMisspeltParameterIsNamed(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	d := openDatabase(t, s, nil)
	class := connector.Class{Name: "person", Properties: map[string]string{"key": "name", "select": "select 1 as name where 'x' = :whom"}}
	_, err := d.Get(t.Context(), class, connector.Key{Name: "a"})
	require.Equal(t, connector.ClassPolicy, connector.ClassOf(err))
	require.ErrorContains(t, err, ":whom")
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.exec(t, `create table person (name text primary key, age integer);
		create procedure grow(who text) language sql as $$ update person set age = age + 1 where name = who $$`)
	d := openDatabase(t, s, nil)
	invoke := func(verb, path string, params map[string]any) ([]map[string]any, error) {
		return d.Invoke(t.Context(), verb, path, params)
	}
	rows, err := invoke("insert", "insert into person values (:name, :age) returning age", map[string]any{"name": "a", "age": 3})
	require.NoError(t, err)
	require.Equal(t, []map[string]any{{"age": int64(3)}}, rows)
	rows, err = invoke("call", "grow(:who)", map[string]any{"who": "a"})
	require.NoError(t, err)
	require.Empty(t, rows)
	rows, err = invoke("Select", "select age from person where name = :name", map[string]any{"name": "a"})
	require.NoError(t, err)
	require.Equal(t, []map[string]any{{"age": int64(4)}}, rows)
	_, err = invoke("update", "update person set age = null", nil)
	require.NoError(t, err)
	_, err = invoke("delete", "delete from person where name = :name", map[string]any{"name": "' or true --"})
	require.NoError(t, err)
	rows, err = invoke("select", "select count(*) as n from person", nil)
	require.NoError(t, err)
	require.Equal(t, []map[string]any{{"n": int64(1)}}, rows)

	refused := map[string]struct {
		verb, path string
		class      connector.ErrorClass
	}{
		"unknown verb":       {"drop", "drop table person", connector.ClassUnsupported},
		"other verb":         {"select", "delete from person", connector.ClassPolicy},
		"writing select":     {"select", "with gone as (delete from person returning 1) select * from gone", connector.ClassPolicy},
		"two statements":     {"select", "select 1; delete from person", connector.ClassPolicy},
		"missing parameter":  {"select", "select :x", connector.ClassPolicy},
		"not a statement":    {"select", "select from where", connector.ClassPolicy},
		"more than is sound": {"select", "select generate_series(1, 20000)", connector.ClassData},
	}
	for name, c := range refused {
		_, err := invoke(c.verb, c.path, nil)
		require.Equal(t, c.class, connector.ClassOf(err), "%s: %v", name, err)
	}
}

func TestStatementTimeLimit(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c, err := connector.Open(t.Context(), sql.Kind(), connector.Config{
		Parameters: s.parameters, Limits: connector.Limits{TaskTimeout: 200 * time.Millisecond},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	started := time.Now()
	_, err = c.(connector.Invoker).Invoke(t.Context(), "select", "select pg_sleep(60)", nil)
	require.Equal(t, connector.ClassTransient, connector.ClassOf(err))
	require.ErrorContains(t, err, "time limit")
	require.Less(t, time.Since(started), 10*time.Second)
}

func TestLargeListingThatBreaksIsAnError(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.exec(t, `create table person as select 'p' || lpad(n::text, 6, '0') as name, repeat('x', 4000) as note from generate_series(1, 20000) n`)
	proxy := connectortest.NewProxy(t, s.address())
	host, port := proxy.Address()
	d := openDatabase(t, s, map[string]string{"host": host, "port": port})
	class := connector.Class{Properties: map[string]string{"table": "person", "key": "name"}}
	seen := 0
	err := d.List(t.Context(), class, connector.ListOptions{PageSize: 100}, func(page connector.Page) error {
		seen += len(page.Objects)
		if seen == 100 {
			proxy.Cut()
		}
		return nil
	})
	require.Equal(t, connector.ClassUnavailable, connector.ClassOf(err), "%v", err)
	require.Less(t, seen, 20000)
}

func TestPasswordsStayOutOfErrors(t *testing.T) {
	t.Parallel()
	const secret = "tell-nobody-7"
	s := newServer(t)
	s.exec(t, `create table person (name text primary key, code integer); insert into person values ('a')`)
	d := openDatabase(t, s, nil)
	class := connector.Class{Name: "person", Properties: map[string]string{
		"table": "person", "key": "name",
		"updatePassword":   "update person set code = :password where name = :currentKey",
		"validatePassword": "select code = :password::integer from person where name = :currentKey",
	}}
	err := d.SetPassword(t.Context(), class, connector.Key{Name: "a"}, connector.NewPassword(secret))
	require.Equal(t, connector.ClassData, connector.ClassOf(err), "the server repeats the value it cannot read")
	require.NotContains(t, err.Error(), secret)
	_, err = d.ValidatePassword(t.Context(), class, connector.Key{Name: "a"}, secret)
	require.Error(t, err)
	require.NotContains(t, err.Error(), secret)
	require.Contains(t, fmt.Sprint(err), "***", "%v", err)
}
