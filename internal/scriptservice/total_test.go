package scriptservice_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/script"
	"provost/internal/scriptservice"
)

// odd is arguments that people send by mistake or on purpose; some of them fit some of the methods.
var odd = map[string][]any{
	"none":         {},
	"null":         {nil},
	"a name":       {"admin"},
	"two names":    {"admin", "soffid"},
	"three names":  {"admin", "soffid", "x"},
	"a statement":  {"x'; drop table users; --", `x" or "1" eq "1`},
	"a number":     {int64(-1), 1.5},
	"a list":       {[]any{"admin", nil, []any{}}},
	"a plain map":  {map[string]any{"name": "x"}},
	"a query":      {of("Query", map[string]any{"filter": ""})},
	"an object":    {of("User", map[string]any{"id": "no number", "userName": []any{1}})},
	"another one":  {of("Group", map[string]any{"name": strings.Repeat("x", 5000)})},
	"a class":      {of("Runtime", nil)},
	"a long text":  {strings.Repeat("x", 100_000)},
	"no character": {"a\x00b\xff"},
}

// Whatever is sent to whatever method: there is an answer or a sentence, never an internal error, and nothing is changed by it.
func TestEveryMethodAnswersWhateverItIsSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var internal strings.Builder
	users := b.query("select user_name from users")
	require.Greater(t, len(scriptservice.Methods()), 60)
	for _, name := range scriptservice.Methods() {
		service, method, _ := strings.Cut(name, ".")
		for what, args := range odd {
			_, err := b.call(script.Authority{Publisher: identity.Administrator.String(), Scopes: reading()}, service, method, args...)
			if err != nil && fault.CodeOf(err) == "" {
				internal.WriteString(name + " with " + what + ": " + err.Error() + "\n")
			}
		}
	}
	require.Empty(t, internal.String())
	require.Equal(t, users, b.query("select user_name from users"))
}

// reading is every permission to look: a method that changes something is refused by it, however well it is called.
func reading() []string {
	var out []string
	for _, permission := range everything() {
		if strings.HasSuffix(permission, ":query") {
			out = append(out, permission)
		}
	}
	return out
}

// A script that declared nothing learns nothing and changes nothing, by whatever method.
func TestEveryMethodIsRefusedWithoutAuthority(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("AD")
	b.user("jane")
	b.account("jane", "AD", "jane")
	trail := b.query("select id::text from audit_entries")
	nothing := script.Authority{Publisher: identity.Administrator.String()}
	for _, name := range scriptservice.Methods() {
		service, method, _ := strings.Cut(name, ".")
		for what, args := range map[string][]any{
			"none": {}, "a name": {"jane"}, "two names": {"jane", "AD"}, "three names": {"AD", "select", "x"}, "a query": {of("Query", map[string]any{})},
			"a filter": {`name pr`}, "an id": {int64(1)},
		} {
			value, err := b.call(nothing, service, method, args...)
			if err == nil {
				require.Empty(t, value, "%s with %s", name, what) // what is no id is the id of nothing
				continue
			}
			require.NotContains(t, err.Error(), "Sample", name)
		}
	}
	require.Equal(t, trail, b.query("select id::text from audit_entries"))
}
