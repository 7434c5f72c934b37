package mapping_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/mapping"
)

func sampleUser() map[string]any {
	return map[string]any{
		"userName":  "jsample",
		"firstName": "Jane",
		"active":    true,
		"true":      "odd name",
		"attributes": map[string]any{
			"employeeNumber": "007",
			"cost-center":    int64(12),
			"a \"quoted\" b": "q",
		},
		"labels":          map[string]string{"team": "red"},
		"secondaryGroups": []any{map[string]any{"name": "sales"}, map[string]any{"name": "admin"}},
		"granted":         []string{"role1", "role2"},
		"user-id":         "dash",
		"größe":           "tall",
	}
}

func TestPathGet(t *testing.T) {
	t.Parallel()
	user := sampleUser()
	for text, want := range map[string]any{
		`userName`:                        "jsample",
		`  userName  `:                    "jsample",
		`attributes.employeeNumber`:       "007",
		`attributes . employeeNumber`:     "007",
		`attributes{"cost-center"}`:       int64(12),
		`attributes["cost-center"]`:       int64(12),
		`attributes['cost-center']`:       int64(12),
		`attributes{ "cost-center" }`:     int64(12),
		`attributes{"a \"quoted\" b"}`:    "q",
		`THIS{"user-id"}`:                 "dash",
		`THIS{"true"}`:                    "odd name",
		`THIS.userName`:                   "jsample",
		`secondaryGroups[1].name`:         "admin",
		`secondaryGroups[1]{"name"}`:      "admin",
		`secondaryGroups[2].name`:         nil,
		`granted[0]`:                      "role1",
		`granted[9]`:                      nil,
		`labels.team`:                     "red",
		`labels.none`:                     nil,
		`größe`:                           "tall",
		`missing`:                         nil,
		`missing.deeper[3]{"x"}`:          nil,
		`userName.length`:                 nil,
		`userName[0]`:                     nil,
		`"a constant"`:                    "a constant",
		`'single "quotes"'`:               `single "quotes"`,
		`"tab\tnew\nline \u00e9 \\ \/"`:   "tab\tnew\nline é \\ /",
		`12`:                              int64(12),
		`-3`:                              int64(-3),
		`1.5`:                             1.5,
		`true`:                            true,
		`false`:                           false,
		`null`:                            nil,
		`nullable`:                        nil,
		`truest`:                          nil,
		`attributes{"cost-center"}.depth`: nil,
	} {
		path, err := mapping.ParsePath(text)
		require.NoError(t, err, text)
		require.Equal(t, want, path.Get(user), text)
		again, err := mapping.ParsePath(path.String())
		require.NoError(t, err, "%s prints %s", text, path)
		require.True(t, path.Equal(again), "%s prints %s", text, path)
	}
	require.Equal(t, user, mapping.MustParsePath("THIS").Get(user))
}

func TestPathRefusesScripts(t *testing.T) {
	t.Parallel()
	for text, where := range map[string]string{
		``:                             "character 1",
		`firstName + " " + last`:       "character 11",
		`return userName;`:             "character 8",
		`user-id`:                      "character 5",
		`granted.size()`:               "character 13",
		`a.`:                           "a name was expected",
		`a..b`:                         "a name was expected",
		`a{b}`:                         "a text in quotes was expected",
		`a{0}`:                         "a text in quotes was expected",
		`a["b"}`:                       "']' was expected",
		`a{"b"`:                        "'}' was expected",
		`a[-1]`:                        "a text in quotes",
		`a[10000]`:                     "at most 9999",
		`"no end`:                      "has no end",
		"\"line\nbreak\"":              "has no end",
		`"bad \x escape"`:              "unknown escape",
		`"\ud800"`:                     "unknown escape",
		`"\u12"`:                       "unknown escape",
		`"x\`:                          "has no end",
		`1.2.3`:                        "not a number",
		`1e999`:                        "not a number",
		`THIS[0]`:                      "not a list",
		"\"\xff\"":                     "not valid UTF-8",
		"a\xff":                        "unexpected character",
		`"a" "b"`:                      "unexpected character",
		strings.Repeat("a", 2000):      "longer than",
		"a" + strings.Repeat(".a", 40): "too many parts",
	} {
		_, err := mapping.ParsePath(text)
		require.ErrorIs(t, err, mapping.ErrNotPath, text)
		require.ErrorContains(t, err, where, text)
	}
}

func TestPathAssign(t *testing.T) {
	t.Parallel()
	object := map[string]any{"name": "x"}
	for _, text := range []string{`cn`, `attributes.a`, `attributes{"b-c"}`, `phones[1].value`, `THIS{"user-id"}`} {
		require.NoError(t, mapping.MustParsePath(text).Assign(object, "v:"+text))
	}
	require.Equal(t, map[string]any{
		"name":       "x",
		"cn":         "v:cn",
		"attributes": map[string]any{"a": "v:attributes.a", "b-c": `v:attributes{"b-c"}`},
		"phones":     []any{nil, map[string]any{"value": "v:phones[1].value"}},
		"user-id":    `v:THIS{"user-id"}`,
	}, object)

	require.NoError(t, mapping.MustParsePath("phones[0]").Assign(object, "first"))
	require.Equal(t, "first", mapping.MustParsePath("phones[0]").Get(object))
	for _, text := range []string{`name.first`, `name[0]`, `"constant"`, `THIS`, `attributes[0]`, `phones.value`} {
		require.ErrorIs(t, mapping.MustParsePath(text).Assign(object, "v"), mapping.ErrNotAssignable, text)
	}
	require.Equal(t, "x", object["name"], "a refused assignment leaves what was there")
}

func TestPathRootAndLiteral(t *testing.T) {
	t.Parallel()
	require.Equal(t, "attributes", mapping.MustParsePath(`attributes.x`).Root())
	require.Equal(t, "user-id", mapping.MustParsePath(`THIS{"user-id"}`).Root())
	require.Empty(t, mapping.MustParsePath(`THIS`).Root())
	require.Empty(t, mapping.MustParsePath(`"x"`).Root())
	value, ok := mapping.MustParsePath(`null`).Literal()
	require.True(t, ok)
	require.Nil(t, value)
	_, ok = mapping.MustParsePath(`nothing`).Literal()
	require.False(t, ok)
	require.True(t, mapping.MustParsePath(`a.b`).Equal(mapping.MustParsePath(`a{"b"}`)))
	require.False(t, mapping.MustParsePath(`a[0]`).Equal(mapping.MustParsePath(`a{"0"}`)))
	require.Panics(t, func() { mapping.MustParsePath("a b") })
}

// Whatever is assigned to a path is found there again.
func TestPathAssignThenGet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zA-Z_$][a-zA-Z0-9_$]{0,6}|[^"\\\x00-\x1f]{1,5}`)
		text := mapping.MustParsePath(`a`).String() // a root that is always a plain map
		for range rapid.IntRange(0, 4).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "list") {
				text += "[" + rapid.StringMatching(`[0-9]`).Draw(t, "index") + "]"
			} else {
				text += `{"` + name.Draw(t, "key") + `"}`
			}
		}
		path, err := mapping.ParsePath(text)
		require.NoError(t, err, text)
		object := map[string]any{}
		require.NoError(t, path.Assign(object, int64(42)))
		require.Equal(t, int64(42), path.Get(object))
		require.Equal(t, int64(42), mapping.MustParsePath(path.String()).Get(object), "printed as %s", path)
	})
}

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{
		`a`, `a.b{"c"}[0]`, `THIS{"x-y"}`, `"text\u00e9"`, `'x'`, `-1.5e3`, `true`, `a ["b"]`, `firstName + lastName`, "a{\"\x00\"}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path, err := mapping.ParsePath(text)
		if err != nil {
			require.ErrorIs(t, err, mapping.ErrNotPath)
			return
		}
		if len(path.String()) > mapping.MaxPathLength {
			return
		}
		again, err := mapping.ParsePath(path.String())
		require.NoError(t, err, "%q prints %q", text, path)
		require.True(t, path.Equal(again), "%q prints %q", text, path)
		path.Get(sampleUser())
		_ = path.Assign(map[string]any{}, "v")
	})
}
