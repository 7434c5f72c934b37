package filter_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/filter"
)

func compare(path string, op filter.Op, value filter.Value) filter.Node {
	return filter.Compare{Path: filter.NewPath(strings.Split(path, ".")...), Op: op, Value: value}
}

func present(path string) filter.Node {
	return filter.Present{Path: filter.NewPath(strings.Split(path, ".")...)}
}

func TestParse(t *testing.T) {
	t.Parallel()
	a, b, c := present("a"), present("b"), present("c")
	for text, want := range map[string]filter.Node{
		`userName eq "bjensen"`:            compare("userName", filter.OpEqual, filter.Text("bjensen")),
		`attributes.employeeNumber ne "7"`: compare("attributes.employeeNumber", filter.OpNotEqual, filter.Text("7")),
		`users.user.userName co "a"`:       compare("users.user.userName", filter.OpContains, filter.Text("a")),
		`n sw "x"`:                         compare("n", filter.OpStartsWith, filter.Text("x")),
		`n EW "x"`:                         compare("n", filter.OpEndsWith, filter.Text("x")),
		`n gt 12`:                          compare("n", filter.OpGreater, filter.Number(12)),
		`n ge -1.5e3`:                      compare("n", filter.OpGreaterOrEqual, filter.Value{Kind: filter.KindNumber, Text: "-1.5e3"}),
		`n lt 0`:                           compare("n", filter.OpLess, filter.Number(0)),
		`n le 12345678901234567890`:        compare("n", filter.OpLessOrEqual, filter.Value{Kind: filter.KindNumber, Text: "12345678901234567890"}),
		`n eq TRUE`:                        compare("n", filter.OpEqual, filter.Bool(true)),
		`n eq false`:                       compare("n", filter.OpEqual, filter.Bool(false)),
		`n eq null`:                        compare("n", filter.OpEqual, filter.Null()),
		`a PR`:                             a,
		` ( a pr ) `:                       a,
		"a\tpr\r\nAND b pr":                filter.And{Terms: []filter.Node{a, b}},
		`a pr or b pr and c pr`:            filter.Or{Terms: []filter.Node{a, filter.And{Terms: []filter.Node{b, c}}}},
		`(a pr or b pr) and c pr`:          filter.And{Terms: []filter.Node{filter.Or{Terms: []filter.Node{a, b}}, c}},
		`a pr and (b pr and c pr)`:         filter.And{Terms: []filter.Node{a, b, c}},
		`not (a pr) and b pr`:              filter.And{Terms: []filter.Node{filter.Not{Term: a}, b}},
		`NOT(a pr or b pr)`:                filter.Not{Term: filter.Or{Terms: []filter.Node{a, b}}},
		`not pr`:                           present("not"),
		`and eq "x"`:                       compare("and", filter.OpEqual, filter.Text("x")),
		`emails[b pr and c pr]`:            filter.ValuePath{Path: filter.NewPath("emails"), Filter: filter.And{Terms: []filter.Node{b, c}}},
		`emails[b pr].c pr`:                filter.ValuePath{Path: filter.NewPath("emails"), Filter: filter.And{Terms: []filter.Node{b, c}}},
		`x[y[a pr]]`:                       filter.ValuePath{Path: filter.NewPath("x"), Filter: filter.ValuePath{Path: filter.NewPath("y"), Filter: a}},
		`members[$ref pr]`:                 filter.ValuePath{Path: filter.NewPath("members"), Filter: present("$ref")},
		`urn:ietf:params:scim:schemas:core:2.0:User:name.givenName pr`: filter.Present{Path: filter.Path{
			URN: "urn:ietf:params:scim:schemas:core:2.0:User", Names: []string{"name", "givenName"},
		}},
		`n eq "a\"b\\c\/d\b\f\n\r\t\u00e9\ud83d\ude00"`: compare("n", filter.OpEqual, filter.Text("a\"b\\c/d\b\f\n\r\té😀")),
		`n eq "größe 💡"`:                                compare("n", filter.OpEqual, filter.Text("größe 💡")),
	} {
		node, err := filter.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, node, text)
		again, err := filter.Parse(node.String())
		require.NoError(t, err, "%s prints %s", text, node)
		require.Equal(t, node, again)
	}
}

// The queries the guide shows (045, 052, 073, 087) are read as they are written.
func TestParseGuideQueries(t *testing.T) {
	t.Parallel()
	for text, canonical := range map[string]string{
		`(system eq "AD") AND name eq "jsample" AND (type eq "I")`:        `system eq "AD" and name eq "jsample" and type eq "I"`,
		`calendar ge "2020-01-01T00:00:00.000+01:00" AND user co "admin"`: `calendar ge "2020-01-01T00:00:00.000+01:00" and user co "admin"`,
		`userType eq "E"`:  `userType eq "E"`,
		`userName co "a"`:  `userName co "a"`,
		`name sw ` + `"A"`: `name sw "A"`,
		`NOT (a PR) or not (b pr and (c pr or d pr))`: `not (a pr) or not (b pr and (c pr or d pr))`,
	} {
		node, err := filter.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, canonical, node.String())
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		offset  int
		message string
	}{
		{``, 0, `unexpected end of the filter, expected an attribute, "not" or "("`},
		{`userName`, 8, "unexpected end of the filter, expected an operator"},
		{`userName is "x"`, 9, `unexpected "is", expected an operator`},
		{`userName eq`, 11, "expected a value"},
		{`userName eq jsample`, 12, `unexpected "jsample", expected a value`},
		{`userName eq 'x'`, 12, `unexpected character '\''`},
		{`userName eq "x`, 12, "the string has no end"},
		{`userName eq "x\`, 14, "the string has no end"},
		{`userName eq "\x"`, 13, "invalid escape"},
		{`userName eq "\u12"`, 13, "invalid escape"},
		{`userName eq "\ud800"`, 13, "invalid escape"},
		{`userName eq "\ud800\u0041"`, 13, "invalid escape"},
		{`userName eq "\u0000"`, 13, "NUL"},
		{"userName eq \"a\nb\"", 14, "control characters"},
		{"userName eq \"\xff\"", 13, "UTF-8"},
		{"\xff", 0, "UTF-8"},
		{`ö pr`, 0, `unexpected character 'ö'`},
		{`n eq 01`, 5, "not a number"},
		{`n eq 1.`, 5, "not a number"},
		{`n eq -`, 5, "not a number"},
		{`n eq 1e`, 5, "not a number"},
		{`n eq 1x`, 5, "not a number"},
		{`n eq 1e999`, 5, "out of range"},
		{`n eq 1e-999`, 5, "out of range"},
		{`(a pr`, 5, `unexpected end of the filter, expected "and", "or" or ")"`},
		{`a pr)`, 4, `unexpected ")", expected "and", "or" or the end`},
		{`a pr b pr`, 5, `unexpected "b"`},
		{`a pr and`, 8, "expected an attribute"},
		{`not a pr`, 4, `unexpected "a", expected an operator`},
		{`emails[a pr`, 11, `expected "and", "or" or "]"`},
		{`emails[a pr).b`, 11, `unexpected ")"`},
		{`emails[a pr].`, 13, "expected an attribute"},
		{`emails[]`, 7, `unexpected "]"`},
		{`emails[a pr].b`, 14, "expected an operator"},
		{`a..b pr`, 0, "is not an attribute"},
		{`a. pr`, 0, "is not an attribute"},
		{`a.1 pr`, 0, "is not an attribute"},
		{`x:y pr`, 0, "is not a schema URN"},
		{`urn:x: pr`, 0, "is not an attribute"},
		{`"a" pr`, 0, "expected an attribute"},
		{strings.Repeat("(", 65) + "a pr" + strings.Repeat(")", 65), 64, "more than 64 levels"},
		{strings.Repeat("a pr and ", 200) + "a pr", 1802, "more than 200 comparisons"},
		{strings.Repeat(" ", filter.MaxLength+1), filter.MaxLength, "longer than 8192"},
	} {
		_, err := filter.Parse(c.text)
		var syntax *filter.SyntaxError
		require.ErrorAs(t, err, &syntax, "%.100s", c.text)
		require.Equal(t, c.offset, syntax.Offset, "%.100s: %s", c.text, err)
		require.ErrorContains(t, err, c.message, "%.100s", c.text)
	}
	require.Panics(t, func() { filter.MustParse("a") })
}

func TestParseWithinLimits(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("(", 64) + "a pr" + strings.Repeat(")", 64),
		strings.Repeat("a pr and ", 199) + "a pr",
		"a pr" + strings.Repeat(" ", filter.MaxLength-4),
	} {
		_, err := filter.Parse(text)
		require.NoError(t, err, "%.100s", text)
	}
}

func TestParseTarget(t *testing.T) {
	t.Parallel()
	work := compare("type", filter.OpEqual, filter.Text("work"))
	for text, want := range map[string]filter.Target{
		`userName`:                     {Path: filter.NewPath("userName")},
		`name.familyName`:              {Path: filter.NewPath("name", "familyName")},
		`emails[type eq "work"]`:       {Path: filter.NewPath("emails"), Filter: work},
		`emails[type eq "work"].value`: {Path: filter.NewPath("emails"), Filter: work, Sub: filter.NewPath("value")},
		`urn:x:User:a`:                 {Path: filter.Path{URN: "urn:x:User", Names: []string{"a"}}},
	} {
		got, err := filter.ParseTarget(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{``, `a b`, `a[`, `a[b pr].`, `a[b pr] c`, `"a"`, "a\xff", strings.Repeat("a", 9000)} {
		_, err := filter.ParseTarget(text)
		var syntax *filter.SyntaxError
		require.ErrorAs(t, err, &syntax, "%.100s", text)
	}
}

func TestAllOfAnyOfWalk(t *testing.T) {
	t.Parallel()
	a, b, c := present("a"), present("b"), present("c")
	require.Nil(t, filter.AllOf())
	require.Nil(t, filter.AnyOf(nil, nil))
	require.Equal(t, a, filter.AllOf(nil, a))
	require.Equal(t, filter.MustParse("a pr and b pr and c pr"), filter.AllOf(filter.AllOf(a, b), c))
	require.Equal(t, filter.MustParse("a pr or b pr or c pr"), filter.AnyOf(a, filter.AnyOf(b, c)))
	require.Equal(t, filter.MustParse("(a pr or b pr) and c pr"), filter.AllOf(filter.AnyOf(a, b), c))

	var paths []string
	filter.Walk(filter.MustParse(`a pr and (b eq 1 or not (c pr)) and d[e pr]`), func(n filter.Node) bool {
		switch n := n.(type) {
		case filter.Present:
			paths = append(paths, n.Path.String())
		case filter.Compare:
			paths = append(paths, n.Path.String())
		case filter.ValuePath:
			paths = append(paths, n.Path.String())
			return false
		}
		return true
	})
	require.Equal(t, []string{"a", "b", "c", "d"}, paths)
	filter.Walk(nil, func(filter.Node) bool { t.Error("nothing to visit"); return true })
}

func TestPathEqualAndQuote(t *testing.T) {
	t.Parallel()
	require.True(t, filter.NewPath("Name", "givenName").Equal(filter.NewPath("name", "GIVENNAME")))
	require.False(t, filter.NewPath("name").Equal(filter.Path{URN: "urn:x", Names: []string{"name"}}))
	require.Equal(t, `"a\"b\\\n\u0001é"`, filter.Quote("a\"b\\\n\x01é"))
}

// anyNode draws canonical trees: at least two terms, no And in an And, no Or in an Or.
func anyNode(depth int) *rapid.Generator[filter.Node] {
	path := rapid.Custom(func(t *rapid.T) filter.Path {
		p := filter.NewPath(rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z_$][a-zA-Z0-9_-]{0,5}`), 1, 3).Draw(t, "names")...)
		if rapid.IntRange(0, 9).Draw(t, "urn") == 0 {
			p.URN = "urn:example:2.0:User"
		}
		return p
	})
	value := rapid.Custom(func(t *rapid.T) filter.Value {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return filter.Text(strings.ReplaceAll(rapid.String().Draw(t, "text"), "\x00", ""))
		case 1:
			return filter.Number(rapid.Int64().Draw(t, "number"))
		case 2:
			return filter.Bool(rapid.Bool().Draw(t, "bool"))
		}
		return filter.Null()
	})
	return rapid.Custom(func(t *rapid.T) filter.Node {
		kind := 0
		if depth > 0 {
			kind = rapid.IntRange(0, 5).Draw(t, "node")
		}
		terms := func() []filter.Node { return rapid.SliceOfN(anyNode(depth-1), 2, 3).Draw(t, "terms") }
		switch kind {
		case 2:
			return filter.AllOf(terms()...)
		case 3:
			return filter.AnyOf(terms()...)
		case 4:
			return filter.Not{Term: anyNode(depth-1).Draw(t, "term")}
		case 5:
			return filter.ValuePath{Path: path.Draw(t, "path"), Filter: anyNode(depth-1).Draw(t, "inner")}
		case 1:
			return filter.Present{Path: path.Draw(t, "path")}
		}
		ops := filter.Ops()
		return filter.Compare{
			Path: path.Draw(t, "path"), Op: rapid.SampledFrom(ops[:len(ops)-1]).Draw(t, "op"), Value: value.Draw(t, "value"),
		}
	})
}

func TestPrintedFilterReadsBackTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		node := anyNode(3).Draw(t, "node")
		again, err := filter.Parse(node.String())
		require.NoError(t, err, node.String())
		require.Equal(t, node, again)
	})
}
