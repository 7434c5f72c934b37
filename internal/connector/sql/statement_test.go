package sql

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		source, text string
		names        []string
		verb         string
	}{
		"plain":                {"select 1", "select 1", nil, "select"},
		"parameter":            {"select * from t where a = :a", "select * from t where a = $1", []string{"a"}, "select"},
		"repeated":             {"SELECT :b, :a, :b", "SELECT $1, $2, $1", []string{"b", "a"}, "select"},
		"underscore and digit": {"select :_a1.x", "select $1.x", []string{"_a1"}, "select"},
		"letters of the world": {"select :größe", "select $1", []string{"größe"}, "select"},
		"cast":                 {"select a::text, :a::int", "select a::text, $1::int", []string{"a"}, "select"},
		"string":               {"select ':a', 'it''s :b', :c", "select ':a', 'it''s :b', $1", []string{"c"}, "select"},
		"escape string":        {`select E'\':a', :b`, `select E'\':a', $1`, []string{"b"}, "select"},
		"escape string, small": {`select e'\\', :b`, `select e'\\', $1`, []string{"b"}, "select"},
		"no escape string":     {`select one'\', :b`, `select one'\', $1`, []string{"b"}, "select"},
		"plain backslash":      {`select '\', :b`, `select '\', $1`, []string{"b"}, "select"},
		"quoted identifier":    {`select ":a" as "b""c:d", :e`, `select ":a" as "b""c:d", $1`, []string{"e"}, "select"},
		"dollar quote":         {"do $$ begin x := :a; end $$", "do $$ begin x := :a; end $$", nil, "do"},
		"tagged dollar quote":  {"select $x$ $$ :a $x$, :b", "select $x$ $$ :a $x$, $1", []string{"b"}, "select"},
		"lone dollar":          {"select a $ b, :c", "select a $ b, $1", []string{"c"}, "select"},
		"dollar in a name":     {"select a$b$, :c", "select a$b$, $1", []string{"c"}, "select"},
		"line comment":         {"-- :a '\nselect :b -- :c", "-- :a '\nselect $1 -- :c", []string{"b"}, "select"},
		"block comment":        {"/* :a /* :b */ ' */ select :c", "/* :a /* :b */ ' */ select $1", []string{"c"}, "select"},
		"assignment":           {"select a := :b", "select a := $1", []string{"b"}, "select"},
		"slice":                {"select a[1:2], b[:x]", "select a[1:2], b[$1]", []string{"x"}, "select"},
		"lone colon":           {"select a : b, :c :", "select a : b, $1 :", []string{"c"}, "select"},
		"closing semicolon":    {"delete from t;\n -- done\n", "delete from t\n -- done", nil, "delete"},
		"parenthesis first":    {"(select :a)", "(select $1)", []string{"a"}, "select"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parsed, err := parse(c.source)
			require.NoError(t, err)
			require.Equal(t, statement{text: c.text, names: c.names, verb: c.verb}, parsed)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for source, complaint := range map[string]string{
		"":                            "empty",
		" -- nothing\n ;":             "empty",
		"select 1; delete from t":     "only one statement",
		"select 1;;":                  "only one statement",
		"select 'abc":                 "does not end",
		`select "abc`:                 "does not end",
		"select $a$ abc $b$":          "does not end",
		"select /* abc /* */":         "does not end",
		"select $1":                   ":name",
		"select 1; /* :a */ 'string'": "only one statement",
	} {
		_, err := parse(source)
		require.ErrorContains(t, err, complaint, "%q", source)
	}
}

var position = regexp.MustCompile(`\$[0-9]+`)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"select :a, ':b', \":c\", $$ :d $$, x::int -- :e", "/* /* :a */ */ insert into t values (:b)", `select E'\':a'`, "select $x$:a$x$ ; ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		parsed, err := parse(source)
		if err != nil {
			return
		}
		require.NotEmpty(t, parsed.verb)
		seen := map[string]bool{}
		for _, name := range parsed.names {
			require.False(t, seen[name])
			seen[name] = true
			require.Contains(t, source, ":"+name)
		}
		// Taking the positions out again gives the source, so nothing else was touched.
		rest := source
		text := parsed.text
		if len(parsed.names) == 0 {
			require.Contains(t, strings.ReplaceAll(rest, ";", ""), strings.ReplaceAll(text, ";", ""))
			return
		}
		require.True(t, position.MatchString(text))
	})
}

// A value is never part of the statement, so only what stands in the mapping can be executed: the text after parsing has the same quotes
// and comments as before.
func FuzzQuotedTextIsLeftAlone(f *testing.F) {
	f.Add("it's :a")
	f.Add(`\' :a; drop table t --`)
	f.Fuzz(func(t *testing.T, value string) {
		literal := "'" + strings.ReplaceAll(value, "'", "''") + "'"
		parsed, err := parse("select " + literal + ", :x")
		require.NoError(t, err)
		require.Equal(t, "select "+literal+", $1", parsed.text)
		require.Equal(t, []string{"x"}, parsed.names)
	})
}
