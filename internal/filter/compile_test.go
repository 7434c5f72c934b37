package filter_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/filter"
)

const (
	groupExists = "exists (select 1 from members m join groups g on g.id = m.group_id where m.user_id = u.id and "
	tagExists   = "exists (select 1 from jsonb_array_elements(case coalesce(jsonb_typeof(u.attributes -> 'tags'), 'null') " +
		"when 'array' then u.attributes -> 'tags' when 'null' then '[]' else jsonb_build_array(u.attributes -> 'tags') end) " +
		"as filter_item(value) where "
	floorNumber = "(case jsonb_typeof(u.attributes -> 'floor') when 'number' then (u.attributes ->> 'floor')::numeric end)"
	uuidText    = "01890a5d-ac96-774b-bcce-b302099a8057"
)

func TestCompile(t *testing.T) {
	t.Parallel()
	morning := time.Date(2026, 1, 31, 7, 0, 0, 0, time.UTC)
	for text, want := range map[string]filter.SQL{
		`userName eq "Jane"`:                           {"lower(u.user_name) = lower($1::text)", []any{"Jane"}},
		`USERNAME ne "Jane"`:                           {"lower(u.user_name) is distinct from lower($1::text)", []any{"Jane"}},
		`urn:example:User:userName pr`:                 {"coalesce(u.user_name, '') <> ''", nil},
		`urn:example:Extra:badge eq "1"`:               {"lower(u.badge) = lower($1::text)", []any{"1"}},
		`userName eq 5`:                                {"lower(u.user_name) = lower($1::text)", []any{"5"}},
		`userName co "50%_\\"`:                         {`u.user_name ilike $1::text escape '\'`, []any{`%50\%\_\\%`}},
		`userName sw "j"`:                              {`u.user_name ilike $1::text escape '\'`, []any{`j%`}},
		`userName ew "e"`:                              {`u.user_name ilike $1::text escape '\'`, []any{`%e`}},
		`userName gt "m"`:                              {"lower(u.user_name) > lower($1::text)", []any{"m"}},
		`externalId eq "X1"`:                           {"u.external_id = $1::text", []any{"X1"}},
		`externalId co "X"`:                            {`u.external_id like $1::text escape '\'`, []any{"%X%"}},
		`externalId le "X"`:                            {"u.external_id <= $1::text", []any{"X"}},
		`userName eq null`:                             {"u.user_name is null", nil},
		`userName ne null`:                             {"u.user_name is not null", nil},
		`logins ge 5`:                                  {"u.logins >= $1::bigint", []any{"5"}},
		`logins lt "-5.5"`:                             {"u.logins < $1::numeric", []any{"-5.5"}},
		`logins eq 99999999999999999999`:               {"u.logins = $1::numeric", []any{"99999999999999999999"}},
		`logins pr`:                                    {"u.logins is not null", nil},
		`active eq true`:                               {"u.active = $1::boolean", []any{true}},
		`active ne "FALSE"`:                            {"u.active is distinct from $1::boolean", []any{false}},
		`id eq "01890A5D-AC96-774B-BCCE-B302099A8057"`: {"u.id = $1::uuid", []any{uuidText}},
		`createdAt gt "2026-01-31T08:00:00+01:00"`:     {"u.created_at > $1::timestamptz", []any{morning}},
		`createdAt le "2026-01-31"`:                    {"u.created_at <= $1::timestamptz", []any{morning.Truncate(24 * time.Hour)}},
		`status eq "ONLEAVE"`:                          {"u.status::text = $1::text", []any{"onLeave"}},
		`status sw "on"`:                               {`u.status::text ilike $1::text escape '\'`, []any{"on%"}},
		`status pr`:                                    {"u.status is not null", nil},

		`userName pr and active eq true or logins gt 1`: {
			"((coalesce(u.user_name, '') <> '') and (u.active = $1::boolean)) or (u.logins > $2::bigint)", []any{true, "1"},
		},
		`not (userName eq "x")`: {"(lower(u.user_name) = lower($1::text)) is not true", []any{"x"}},

		`attributes.color eq "Red"`: {"lower((u.attributes ->> 'color')) = lower($1::text)", []any{"Red"}},
		`attributes.color pr`:       {"coalesce((u.attributes ->> 'color'), '') <> ''", nil},
		`attributes.color eq null`:  {"(u.attributes ->> 'color') is null", nil},
		`attributes.code eq "a\"b"`: {"u.attributes @> $1::jsonb", []any{`{"code":"a\"b"}`}},
		`attributes.code ne "a"`:    {"(u.attributes ->> 'code') is distinct from $1::text", []any{"a"}},
		`attributes.code co "a"`:    {`(u.attributes ->> 'code') like $1::text escape '\'`, []any{"%a%"}},
		`attributes.floor eq 3`:     {"u.attributes @> $1::jsonb", []any{`{"floor":3}`}},
		`attributes.floor gt 3`:     {floorNumber + " > $1::bigint", []any{"3"}},
		`attributes.since lt "2026-01-31"`: {
			"(case when (u.attributes ->> 'since') ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]" +
				`(\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9]))?$'` +
				" and jsonb_path_exists(to_jsonb(left((u.attributes ->> 'since'), 10)), '$.datetime()', '{}', true)" +
				" then ((u.attributes ->> 'since') || case length((u.attributes ->> 'since')) when 10 then 'T00:00:00Z'" +
				" else '' end)::timestamptz end) < $1::timestamptz", []any{morning.Truncate(24 * time.Hour)},
		},
		`attributes.remote eq true`: {"u.attributes @> $1::jsonb", []any{`{"remote":true}`}},
		`attributes.keys eq "k"`:    {"u.attributes @> $2::jsonb or u.attributes @> $1::jsonb", []any{`{"keys":"k"}`, `{"keys":["k"]}`}},
		`attributes.lots eq 1.50`:   {"u.attributes @> $2::jsonb or u.attributes @> $1::jsonb", []any{`{"lots":1.50}`, `{"lots":[1.50]}`}},
		`attributes.tags eq "Blue"`: {tagExists + "(lower((filter_item.value #>> '{}')) = lower($1::text)))", []any{"Blue"}},
		`attributes.tags pr`:        {tagExists + "(coalesce(filter_item.value #>> '{}', '') <> ''))", nil},
		`attributes.tags ne "Blue"`: {
			tagExists + "(lower((filter_item.value #>> '{}')) is distinct from lower($1::text))) or not " + tagExists + "(true))",
			[]any{"Blue"},
		},

		`groups pr`:           {groupExists + "(true))", nil},
		`groups.name eq "x"`:  {groupExists + "(lower(g.name) = lower($1::text)))", []any{"x"}},
		`groups eq "x"`:       {groupExists + "(lower(g.name) = lower($1::text)))", []any{"x"}},
		`groups.name pr`:      {groupExists + "(coalesce(g.name, '') <> ''))", nil},
		`groups.size ne 3`:    {groupExists + "(g.size is distinct from $1::bigint)) or not " + groupExists + "(true))", []any{"3"}},
		`groups.name eq null`: {groupExists + "(g.name is null)) or not " + groupExists + "(true))", nil},
		`groups.name ne null`: {groupExists + "(g.name is not null))", nil},
		`groups[name eq "x" and not (kind eq "y")]`: {
			groupExists + "((lower(g.name) = lower($1::text)) and ((lower(g.kind) = lower($2::text)) is not true)))",
			[]any{"x", "y"},
		},
	} {
		got, err := filter.Compile(filter.MustParse(text), userSchema, 1)
		require.NoError(t, err, text)
		require.Equal(t, "("+want.Text+")", got.Text, text)
		require.Equal(t, want.Args, got.Args, text)
		require.NoError(t, userSchema.Check(filter.MustParse(text)), text)
	}
}

func TestCompileNumbersPlaceholders(t *testing.T) {
	t.Parallel()
	got, err := filter.Compile(filter.MustParse(`userName eq "a" or userName eq "b"`), userSchema, 7)
	require.NoError(t, err)
	require.Equal(t, "((lower(u.user_name) = lower($7::text)) or (lower(u.user_name) = lower($8::text)))", got.Text)
	require.Equal(t, []any{"a", "b"}, got.Args)

	got, err = filter.Compile(nil, userSchema, 1)
	require.NoError(t, err)
	require.Equal(t, filter.SQL{Text: "(true)"}, got)
	_, err = filter.Compile(nil, userSchema, 0)
	require.ErrorContains(t, err, "$1 or later")
}

// A relation may be reached through another; each level gets its own exists.
func TestCompileNestedRelations(t *testing.T) {
	t.Parallel()
	person := filter.MustSchema(filter.Definition{
		Object: "person", Attributes: []filter.Attribute{{Name: "userName", SQL: "p.user_name", Filterable: true}},
	})
	member := filter.MustSchema(filter.Definition{
		Object: "membership", Attributes: []filter.Attribute{{Name: "role", SQL: "m.role", Filterable: true}},
		Relations: []filter.Relation{{Name: "user", SQL: "exists (p %s)", Schema: person, Default: "userName"}},
	})
	group := filter.MustSchema(filter.Definition{
		Object: "group", Relations: []filter.Relation{{Name: "users", SQL: "exists (m %s)", Schema: member}},
	})
	for text, want := range map[string]string{
		`users.user.userName eq "x"`:     "(exists (m (exists (p (lower(p.user_name) = lower($1::text))))))",
		`users.user eq "x"`:              "(exists (m (exists (p (lower(p.user_name) = lower($1::text))))))",
		`users.user.userName pr`:         "(exists (m (exists (p (coalesce(p.user_name, '') <> '')))))",
		`users.user[userName eq "x"]`:    "(exists (m (exists (p (lower(p.user_name) = lower($1::text))))))",
		`users[role eq "x" and user pr]`: "(exists (m ((lower(m.role) = lower($1::text)) and (exists (p (true))))))",
		`users[user[userName eq "x"]]`:   "(exists (m (exists (p (lower(p.user_name) = lower($1::text))))))",
	} {
		got, err := filter.Compile(filter.MustParse(text), group, 1)
		require.NoError(t, err, text)
		require.Equal(t, want, got.Text, text)
		require.NoError(t, group.Check(filter.MustParse(text)), text)
	}
	require.Equal(t, "users.user.userName", group.Suggest("userName")[0].Name)
	_, err := filter.Compile(filter.MustParse(`users.usr.userName pr`), group, 1)
	require.ErrorContains(t, err, `"users.usr.userName": unknown attribute, did you mean users.user.userName or users.user?`)
}
