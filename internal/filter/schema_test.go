package filter_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/filter"
)

// groupSchema and userSchema are sample definitions with one attribute of every kind.
var groupSchema = filter.MustSchema(filter.Definition{
	Object: "group",
	Attributes: []filter.Attribute{
		{Name: "name", SQL: "g.name", Filterable: true, Sortable: true},
		{Name: "kind", SQL: "g.kind", Filterable: true},
		{Name: "size", SQL: "g.size", Type: filter.TypeNumber, Filterable: true},
		{Name: "joinCode", SQL: "g.join_code"},
	},
})

func userDefinition() filter.Definition {
	json := func(key string, multi bool) *filter.JSONMember {
		return &filter.JSONMember{Column: "u.attributes", Key: key, Multi: multi}
	}
	return filter.Definition{
		Object: "user",
		URN:    "urn:example:User",
		Attributes: []filter.Attribute{
			{Name: "userName", SQL: "u.user_name", Filterable: true, Sortable: true},
			{Name: "externalId", SQL: "u.external_id", CaseExact: true, Filterable: true, Sortable: true},
			{Name: "id", SQL: "u.id", Type: filter.TypeUUID, Filterable: true},
			{Name: "logins", SQL: "u.logins", Type: filter.TypeNumber, Filterable: true, Sortable: true},
			{Name: "active", SQL: "u.active", Type: filter.TypeBool, Filterable: true},
			{Name: "createdAt", SQL: "u.created_at", Type: filter.TypeTime, Filterable: true, Sortable: true},
			{Name: "status", SQL: "u.status", Type: filter.TypeEnum, Values: []string{"active", "onLeave"}, Filterable: true},
			{Name: "passwordHash", SQL: "u.password_hash", Sortable: true},
			{Name: "name.givenName", SQL: "u.given_name", Filterable: true},
			{Name: "urn:example:Extra:badge", SQL: "u.badge", Filterable: true},
			{Name: "attributes.color", JSON: json("color", false), Filterable: true, Sortable: true},
			{Name: "attributes.code", JSON: json("code", false), CaseExact: true, Filterable: true},
			{Name: "attributes.floor", JSON: json("floor", false), Type: filter.TypeNumber, Filterable: true, Sortable: true},
			{Name: "attributes.remote", JSON: json("remote", false), Type: filter.TypeBool, Filterable: true},
			{Name: "attributes.since", JSON: json("since", false), Type: filter.TypeTime, Filterable: true},
			{Name: "attributes.device", JSON: json("device", false), Type: filter.TypeUUID, Filterable: true},
			{Name: "attributes.tags", JSON: json("tags", true), Filterable: true},
			{Name: "attributes.keys", JSON: json("keys", true), CaseExact: true, Filterable: true},
			{Name: "attributes.lots", JSON: json("lots", true), Type: filter.TypeNumber, Filterable: true},
			{Name: "attributes.pin", JSON: json("pin", false)},
		},
		Relations: []filter.Relation{{
			Name: "groups", Default: "name", Schema: groupSchema,
			SQL: "exists (select 1 from members m join groups g on g.id = m.group_id where m.user_id = u.id and %s)",
		}},
	}
}

var userSchema = filter.MustSchema(userDefinition())

func TestNewSchemaReportsAllFaults(t *testing.T) {
	t.Parallel()
	_, err := filter.NewSchema(filter.Definition{
		Object: "thing",
		Attributes: []filter.Attribute{
			{Name: "a b", SQL: "x"},
			{Name: "none"},
			{Name: "both", SQL: "x", JSON: &filter.JSONMember{Column: "c", Key: "k"}},
			{Name: "quote", JSON: &filter.JSONMember{Column: "c", Key: "it's"}},
			{Name: "column", JSON: &filter.JSONMember{Key: "k"}},
			{Name: "list", SQL: "x", Type: filter.TypeEnum},
			{Name: "many", JSON: &filter.JSONMember{Column: "c", Key: "k", Multi: true}, Sortable: true},
			{Name: "LIST", SQL: "x"},
		},
		Relations: []filter.Relation{
			{Name: "r[", SQL: "%s", Schema: groupSchema},
			{Name: "noPlace", SQL: "exists (select 1)", Schema: groupSchema},
			{Name: "noSchema", SQL: "%s"},
			{Name: "noDefault", SQL: "%s", Schema: groupSchema, Default: "title"},
			{Name: "none", SQL: "%s", Schema: groupSchema},
		},
	})
	for _, message := range []string{
		"schema of thing", `"a b" is not the name`, `"none" needs either`, `"both" needs either`, `"it's" is not a usable key`,
		`attribute "column"`, `"list" has no values`, `"many" has several values`, `"LIST" is defined twice`,
		`"r[" is not the name`, `"noPlace" needs exactly one %s`, `"noSchema" has no schema`,
		`default attribute "title" does not exist`, `"none" is defined twice`,
	} {
		require.ErrorContains(t, err, message)
	}
	require.Panics(t, func() { filter.MustSchema(filter.Definition{Attributes: []filter.Attribute{{}}}) })
}

func TestSchemaWithCustomAttributes(t *testing.T) {
	t.Parallel()
	more, err := userSchema.With(filter.Attribute{
		Name: "attributes.shoeSize", JSON: &filter.JSONMember{Column: "u.attributes", Key: "shoeSize"}, Filterable: true,
	})
	require.NoError(t, err)
	node := filter.MustParse(`attributes.shoeSize eq "42" and groups.name eq "x"`)
	require.NoError(t, more.Check(node))
	require.ErrorIs(t, userSchema.Check(node), filter.ErrUnknownAttribute, "the schema itself is unchanged")
	require.Equal(t, "user", more.Object())
	_, err = more.With(filter.Attribute{Name: "username", SQL: "x"})
	require.ErrorContains(t, err, "defined twice")
}

// Check and Compile refuse the same filters for the same reason.
func TestRefusedFilters(t *testing.T) {
	t.Parallel()
	for text, c := range map[string]struct {
		reason  error
		message string
	}{
		`usrName eq "x"`:                         {filter.ErrUnknownAttribute, `"usrName": unknown attribute, did you mean userName?`},
		`givenName pr`:                           {filter.ErrUnknownAttribute, "did you mean name.givenName?"},
		`employeeNumber pr`:                      {filter.ErrUnknownAttribute, `"employeeNumber": unknown attribute`},
		`urn:other:userName pr`:                  {filter.ErrUnknownAttribute, "urn:other:userName"},
		`passwordHash sw "a"`:                    {filter.ErrNotFilterable, `"passwordHash": attribute cannot be used in a filter`},
		`PASSWORDHASH pr`:                        {filter.ErrNotFilterable, "passwordHash"},
		`attributes.pin eq "1234"`:               {filter.ErrNotFilterable, "attributes.pin"},
		`not (userName pr or attributes.pin pr)`: {filter.ErrNotFilterable, "attributes.pin"},
		`groups.joinCode pr`:                     {filter.ErrNotFilterable, "joinCode"},
		`groups[joinCode sw "a"]`:                {filter.ErrNotFilterable, "joinCode"},
		`groups.title pr`:                        {filter.ErrUnknownAttribute, "title"},
		`userName[value pr]`:                     {filter.ErrUnknownAttribute, "no parts"},
		`nothing[value pr]`:                      {filter.ErrUnknownAttribute, "nothing"},
		`active gt true`:                         {filter.ErrOperator, "true/false allows eq, ne or pr"},
		`id co "a"`:                              {filter.ErrOperator, "allows eq, ne or pr"},
		`createdAt sw "2026"`:                    {filter.ErrOperator, "date and time allows"},
		`userName gt null`:                       {filter.ErrOperator, "null allows eq or ne"},
		`status gt "a"`:                          {filter.ErrOperator, "one of a list allows"},
		`logins eq "many"`:                       {filter.ErrValue, "give a number"},
		`active eq "maybe"`:                      {filter.ErrValue, "give true or false"},
		`createdAt gt "yesterday"`:               {filter.ErrValue, "give a date or a time"},
		`createdAt gt "2026-02-30"`:              {filter.ErrValue, "give a date or a time"},
		`createdAt gt "0000-01-01"`:              {filter.ErrValue, "give a date or a time"},
		`id eq "42"`:                             {filter.ErrValue, "give an id"},
		`status eq "gone"`:                       {filter.ErrValue, "give active or onLeave"},
		`groups.size eq "x"`:                     {filter.ErrValue, "give a number"},
	} {
		node := filter.MustParse(text)
		_, err := filter.Compile(node, userSchema, 1)
		require.ErrorIs(t, err, c.reason, text)
		require.ErrorContains(t, err, c.message, text)
		require.EqualError(t, userSchema.Check(node), err.Error(), text)
	}
	_, err := filter.Compile(compare("userName", filter.OpEqual, filter.Text("a\x00")), userSchema, 1)
	require.ErrorIs(t, err, filter.ErrValue, "a hand-made tree is checked too")
	_, err = filter.Compile(compare("userName", filter.OpEqual, filter.Text("\xff")), userSchema, 1)
	require.ErrorIs(t, err, filter.ErrValue)
}

func TestRelationWithoutDefault(t *testing.T) {
	t.Parallel()
	d := userDefinition()
	d.Relations[0].Default = ""
	_, err := filter.Compile(filter.MustParse(`groups eq "x"`), filter.MustSchema(d), 1)
	require.EqualError(t, err,
		`filter: "groups": unknown attribute: name one of its attributes, did you mean groups.name, groups.kind or groups.size?`)
}

func TestNearNamesNeverShowSecrets(t *testing.T) {
	t.Parallel()
	err := userSchema.Check(filter.MustParse(`passwordHas pr or x pr`))
	var unknown *filter.AttributeError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "passwordHas", unknown.Attribute)
	require.Empty(t, unknown.Near)
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	names := func(prefix string) []string {
		hints := userSchema.Suggest(prefix)
		list := make([]string, 0, len(hints))
		for _, h := range hints {
			list = append(list, h.Name)
		}
		return list
	}
	require.Equal(t, []string{"userName"}, names("userN"))
	require.Equal(t, []string{"name.givenName", "userName", "groups.name"}, names("NAME"))
	require.Empty(t, names("password"))
	require.NotContains(t, names(""), "groups.joinCode")
	require.Len(t, names(""), 18+3)

	require.Equal(t, []filter.Hint{{
		Name: "active", Type: filter.TypeBool, Ops: []filter.Op{"eq", "ne", "pr"}, Values: []string{"true", "false"},
	}}, userSchema.Suggest("activ"))
	require.Equal(t, []filter.Hint{{
		Name: "status", Type: filter.TypeEnum, Ops: []filter.Op{"eq", "ne", "co", "sw", "ew", "pr"},
		Values: []string{"active", "onLeave"},
	}}, userSchema.Suggest("status"))
	require.False(t, userSchema.Suggest("groups.name")[0].Sortable, "an object has many groups")
	require.True(t, groupSchema.Suggest("name")[0].Sortable)
}

func TestTypeOps(t *testing.T) {
	t.Parallel()
	require.Equal(t, filter.Ops(), filter.TypeString.Ops())
	require.Contains(t, filter.TypeTime.Ops(), filter.OpGreaterOrEqual)
	require.NotContains(t, filter.TypeTime.Ops(), filter.OpContains)
	require.Equal(t, []filter.Op{"eq", "ne", "pr"}, filter.TypeUUID.Ops())
	require.Equal(t, "type 99", filter.Type(99).String())
	_, err := filter.Type(99).MarshalText()
	require.ErrorContains(t, err, "unknown type 99")
	text, err := json.Marshal(groupSchema.Suggest("size"))
	require.NoError(t, err)
	require.JSONEq(t, `[{"name":"size","type":"number","ops":["eq","ne","gt","ge","lt","le","pr"],"sortable":false}]`, string(text))
}

func TestOrderBy(t *testing.T) {
	t.Parallel()
	for sort, want := range map[string]string{
		"":                     "",
		"  ":                   "",
		"userName,-createdAt":  "lower(u.user_name) asc nulls last, u.created_at desc nulls last",
		" USERNAME , -logins ": "lower(u.user_name) asc nulls last, u.logins desc nulls last",
		"externalId":           "u.external_id asc nulls last",
		"attributes.color":     "lower((u.attributes ->> 'color')) asc nulls last",
		"-attributes.floor": "(case jsonb_typeof(u.attributes -> 'floor') when 'number' then " +
			"(u.attributes ->> 'floor')::numeric end) desc nulls last",
	} {
		got, err := filter.OrderBy(sort, userSchema)
		require.NoError(t, err, sort)
		require.Equal(t, want, got, sort)
	}
	for sort, reason := range map[string]error{
		"userNam":                   filter.ErrUnknownAttribute,
		"userName;drop table users": filter.ErrUnknownAttribute,
		"userName,":                 filter.ErrUnknownAttribute,
		"--userName":                filter.ErrUnknownAttribute,
		"groups[name pr]":           filter.ErrUnknownAttribute,
		"active":                    filter.ErrNotSortable,
		"groups.name":               filter.ErrNotSortable,
		"userName,-username":        filter.ErrNotSortable,
		"passwordHash":              filter.ErrNotFilterable,
		"-attributes.pin":           filter.ErrNotFilterable,
	} {
		_, err := filter.OrderBy(sort, userSchema)
		require.ErrorIs(t, err, reason, sort)
	}
	_, err := filter.OrderBy("a,b,c,d,e,f,g,h,i", userSchema)
	require.ErrorContains(t, err, "at most 8")
}
