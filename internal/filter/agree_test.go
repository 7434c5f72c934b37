package filter_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/filter"
	"provost/internal/testenv"
)

const sampleTables = `
create table users (
	id uuid primary key, user_name text, external_id text, logins bigint, active boolean, created_at timestamptz,
	status text, given_name text, badge text, attributes jsonb not null default '{}');
create table groups (id bigint primary key, name text, kind text, size int);
create table members (user_id uuid, group_id bigint);
insert into groups values (1, 'sales', 'unit', 3), (2, 'Admins', null, null), (3, null, '', 12), (4, '50%_\', 'unit', 5);`

// sampleUsers holds one row for every kind of hole and of ill-shaped custom value.
func sampleUsers() []map[string]any {
	groups := map[string]map[string]any{
		"sales": {"name": "sales", "kind": "unit", "size": 3}, "admins": {"name": "Admins", "kind": nil, "size": nil},
		"none": {"name": nil, "kind": "", "size": 12}, "odd": {"name": `50%_\`, "kind": "unit", "size": 5},
	}
	in := func(names ...string) []any {
		list := make([]any, 0, len(names))
		for _, n := range names {
			list = append(list, groups[n])
		}
		return list
	}
	day := time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC)
	return []map[string]any{
		{"groups": in(), "attributes": map[string]any{}},
		{
			"userName": "Jane", "externalId": "Ab", "logins": 5, "active": true, "createdAt": day, "status": "active",
			"name": map[string]any{"givenName": "Jane"}, "groups": in("sales", "admins"),
			"attributes": map[string]any{
				"color": "Red", "code": "Ab", "floor": 5, "remote": true, "since": "2026-01-31T09:00:00+01:00",
				"device": uuidText, "tags": []any{"Red", "blue"}, "keys": []any{"Ab"}, "lots": []any{5, 6.5},
			},
		},
		{
			"userName": "jane2", "externalId": "ab", "logins": 12, "active": false, "createdAt": day.AddDate(0, 1, 0),
			"status": "onLeave", "name": map[string]any{"givenName": ""}, "groups": in("admins", "none"),
			"attributes": map[string]any{
				"color": "red", "code": "ab", "floor": 5.5, "remote": false, "since": "2026-02-30", "device": "none",
				"tags": []any{}, "keys": []any{"ab", nil}, "lots": []any{},
			},
		},
		{
			"userName": "", "externalId": `50%_\`, "logins": 0, "status": nil, "groups": in("none", "odd"),
			"attributes": map[string]any{
				"color": nil, "code": "", "floor": "5", "remote": "true", "since": "soon", "device": strings.ToUpper(uuidText),
				"tags": nil, "keys": "Ab", "lots": 5,
			},
		},
		{
			"userName": `50%_\`, "logins": -5, "createdAt": day, "groups": in("odd"),
			"attributes": map[string]any{"since": "2026-01-31", "tags": "Red", "keys": nil, "lots": []any{"5", nil, true}, "floor": true},
		},
	}
}

func insertUsers(t *testing.T, conn *pgx.Conn, users []map[string]any) {
	t.Helper()
	numbers := map[any]int{"sales": 1, "Admins": 2, nil: 3, `50%_\`: 4}
	for i, u := range users {
		u["id"] = fmt.Sprintf("01890a5d-ac96-774b-bcce-b3020000000%d", i)
		name, _ := u["name"].(map[string]any)
		custom, err := json.Marshal(u["attributes"])
		require.NoError(t, err)
		_, err = conn.Exec(t.Context(), `insert into users values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			u["id"], u["userName"], u["externalId"], u["logins"], u["active"], u["createdAt"], u["status"], name["givenName"],
			u["urn:example:Extra:badge"], string(custom))
		require.NoError(t, err)
		for _, g := range u["groups"].([]any) {
			_, err = conn.Exec(t.Context(), `insert into members values ($1, $2)`, u["id"], numbers[g.(map[string]any)["name"]])
			require.NoError(t, err)
		}
	}
}

// anyQuestion draws filters over the sample schema whose literals meet the sample rows often.
func anyQuestion(depth int) *rapid.Generator[filter.Node] {
	hints := userSchema.Suggest("")
	words := []string{
		"jane", "Jane", "a", "ab", "Ab", "", "50%_\\", "%", "_", "red", "blue", "sales", "ADMINS", "unit", "5", "5.0", "12", "6.5",
		"-5", "true", "false", "2026-01-31", "2026-01-31T08:00:00Z", "2026-01-31T09:00:00+01:00", "active", "onleave", uuidText,
		"01890a5d-ac96-774b-bcce-b30200000001",
	}
	leaf := rapid.Custom(func(t *rapid.T) filter.Node {
		h := rapid.SampledFrom(hints).Draw(t, "attribute")
		path := filter.NewPath(strings.Split(h.Name, ".")...)
		if i := strings.LastIndexByte(h.Name, ':'); i > 0 {
			path = filter.Path{URN: h.Name[:i], Names: []string{h.Name[i+1:]}}
		}
		switch op := rapid.SampledFrom(h.Ops).Draw(t, "op"); {
		case op == filter.OpPresent:
			return filter.Present{Path: path}
		case (op == filter.OpEqual || op == filter.OpNotEqual) && rapid.IntRange(0, 4).Draw(t, "null") == 0:
			return filter.Compare{Path: path, Op: op}
		default:
			fitting := make([]filter.Node, 0, len(words))
			for _, word := range words {
				node := filter.Compare{Path: path, Op: op, Value: filter.Text(word)}
				if userSchema.Check(node) == nil {
					fitting = append(fitting, node)
				}
			}
			return rapid.SampledFrom(fitting).Draw(t, "comparison")
		}
	})
	if depth == 0 {
		return leaf
	}
	return rapid.Custom(func(t *rapid.T) filter.Node {
		terms := func() []filter.Node { return rapid.SliceOfN(anyQuestion(depth-1), 2, 3).Draw(t, "terms") }
		switch rapid.IntRange(0, 5).Draw(t, "node") {
		case 0:
			return filter.AllOf(terms()...)
		case 1:
			return filter.AnyOf(terms()...)
		case 2:
			return filter.Not{Term: anyQuestion(depth-1).Draw(t, "term")}
		case 3:
			inner := []string{`name eq "sales"`, `size gt 4`, `kind ne "unit"`, `name pr and not (size eq 3)`, `kind eq null or size eq 12`}
			return filter.ValuePath{
				Path: filter.NewPath("groups"), Filter: filter.MustParse(rapid.SampledFrom(inner).Draw(t, "inner")),
			}
		}
		return leaf.Draw(t, "leaf")
	})
}

// TestMatchAndCompileAgree asks the same questions of PostgreSQL and of the evaluator.
func TestMatchAndCompileAgree(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), testenv.Database(t, nil, ""))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	_, err = conn.Exec(t.Context(), sampleTables+" set timezone = 'America/New_York';")
	require.NoError(t, err)
	users := sampleUsers()
	insertUsers(t, conn, users)

	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		node := anyQuestion(2).Draw(t, "filter")
		var want []string
		for _, u := range users {
			ok, err := filter.Match(node, userSchema.Resolver(u))
			require.NoError(t, err)
			if ok {
				want = append(want, u["id"].(string))
			}
		}
		sql, err := filter.Compile(node, userSchema, 1)
		require.NoError(t, err, node.String())
		// The answer is unused; the statement keeps the sort expressions of every type honest.
		order, err := filter.OrderBy("userName,-createdAt,attributes.color,-attributes.floor", userSchema)
		require.NoError(t, err)
		rows, err := conn.Query(ctx, "select u.id::text from users u where "+sql.Text+" order by "+order+", u.id", sql.Args...)
		require.NoError(t, err, node.String())
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err, "%s\n%s", node, sql.Text)
		require.ElementsMatch(t, want, got, "%s\n%s", node, sql.Text)
	})
}

// TestOrderByInTheDatabase sorts the sample rows; what has no value comes last in both directions.
func TestOrderByInTheDatabase(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), testenv.Database(t, nil, ""))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	_, err = conn.Exec(t.Context(), sampleTables)
	require.NoError(t, err)
	insertUsers(t, conn, sampleUsers())
	for sort, want := range map[string][]string{
		"logins":                      {"4", "3", "1", "2", "0"},
		"-logins":                     {"2", "1", "3", "4", "0"},
		"attributes.floor":            {"1", "2", "0", "3", "4"},
		"-attributes.floor":           {"2", "1", "0", "3", "4"},
		"createdAt,-logins":           {"1", "4", "2", "3", "0"},
		"attributes.color,-createdAt": {"2", "1", "4", "0", "3"},
	} {
		order, err := filter.OrderBy(sort, userSchema)
		require.NoError(t, err)
		rows, err := conn.Query(t.Context(), "select right(u.id::text, 1) from users u order by "+order+", u.id")
		require.NoError(t, err, sort)
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err, sort)
		require.Equal(t, want, got, sort)
	}
}

// TestContainmentUsesTheIndex proves that equality of a case-exact custom attribute is served by a GIN index.
func TestContainmentUsesTheIndex(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), testenv.Database(t, nil, ""))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	_, err = conn.Exec(t.Context(), sampleTables+
		`create index users_attributes_gin on users using gin (attributes jsonb_path_ops); set enable_seqscan = off;`)
	require.NoError(t, err)
	for _, text := range []string{`attributes.code eq "x"`, `attributes.keys eq "x"`, `attributes.floor eq 5 and attributes.remote eq true`} {
		sql, err := filter.Compile(filter.MustParse(text), userSchema, 1)
		require.NoError(t, err)
		rows, err := conn.Query(t.Context(), "explain select u.id from users u where "+sql.Text, sql.Args...)
		require.NoError(t, err)
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		require.Contains(t, strings.Join(plan, "\n"), "users_attributes_gin", text)
	}
}
