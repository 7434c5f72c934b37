package filter_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/filter"
)

// Filters of the shapes RFC 7644 §3.4.2.2 describes, asked of two objects in memory.
func TestQuestionsOfTheStandard(t *testing.T) {
	t.Parallel()
	jane := filter.Object{
		"userName": "jane", "userType": "Employee", "title": "Clerk", "meta": map[string]any{"lastModified": "2026-03-01T10:00:00Z"},
		"name":    map[string]any{"familyName": "O'Hara"},
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"},
		"emails":  []any{map[string]any{"type": "work", "value": "jane@example.com"}},
	}
	joe := filter.Object{
		"userName": "joe", "userType": "Intern", "meta": map[string]any{"lastModified": "2025-03-01T10:00:00Z"},
		"name":    map[string]any{"familyName": "Jones"},
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"},
		"emails": []any{
			map[string]any{"type": "work", "value": "joe@example.org"}, map[string]any{"type": "home", "value": "joe@example.com"},
		},
	}
	for text, want := range map[string][2]bool{
		`name.familyName co "o'h"`:                                   {true, false},
		`urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"`: {true, true},
		`title pr`: {true, false},
		`meta.lastModified gt "2026-01-01T00:00:00Z"`:                                               {true, false},
		`meta.lastModified le "2025-03-01T11:00:00+01:00"`:                                          {false, true},
		`title pr and userType eq "Employee"`:                                                       {true, false},
		`title pr or userType eq "Intern"`:                                                          {true, true},
		`schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"`:                                   {true, false},
		`userType eq "Intern" and (emails co "example.com" or emails.value co "example.net")`:       {false, true},
		`userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")`: {false, false},
		`userType eq "Employee" and (emails.type eq "work")`:                                        {true, false},
		`emails[type eq "work" and value co "@example.com"]`:                                        {true, false},
		`emails[type eq "home" and value co "@example.com"] or title pr`:                            {true, true},
	} {
		for i, object := range []filter.Object{jane, joe} {
			got, err := filter.Match(filter.MustParse(text), object)
			require.NoError(t, err, text)
			require.Equal(t, want[i], got, "%s for %s", text, object["userName"])
		}
	}
}

// Whatever the attributes hold, the logic over them is two-valued: null never makes a question neither true nor false.
func TestLogicIsTwoValued(t *testing.T) {
	t.Parallel()
	users := sampleUsers()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyQuestion(1).Draw(t, "a"), anyQuestion(1).Draw(t, "b")
		object := userSchema.Resolver(rapid.SampledFrom(users).Draw(t, "user"))
		ask := func(node filter.Node) bool {
			got, err := filter.Match(node, object)
			require.NoError(t, err)
			return got
		}
		not := func(node filter.Node) filter.Node { return filter.Not{Term: node} }
		require.NotEqual(t, ask(a), ask(not(a)))
		require.Equal(t, ask(a), ask(not(not(a))))
		require.Equal(t, ask(not(filter.AllOf(a, b))), ask(filter.AnyOf(not(a), not(b))))
		require.Equal(t, ask(not(filter.AnyOf(a, b))), ask(filter.AllOf(not(a), not(b))))
		require.Equal(t, ask(a) && ask(b), ask(filter.AllOf(a, b)))
		require.Equal(t, ask(a) || ask(b), ask(filter.AnyOf(b, a)))
	})
}

// Every operator is either allowed for a type, and then takes a fitting literal, or refused with the list of those that are.
func TestEveryOperatorOfEveryType(t *testing.T) {
	t.Parallel()
	literals := map[string]filter.Value{
		"userName": filter.Text(planted), "logins": filter.Number(987), "active": filter.Bool(true), "id": filter.Text(uuidText),
		"createdAt": filter.Text("2026-01-31"), "status": filter.Text("active"),
	}
	types := map[string]filter.Type{
		"userName": filter.TypeString, "logins": filter.TypeNumber, "active": filter.TypeBool, "id": filter.TypeUUID,
		"createdAt": filter.TypeTime, "status": filter.TypeEnum,
	}
	for name, literal := range literals {
		allowed := map[filter.Op]bool{}
		for _, op := range types[name].Ops() {
			allowed[op] = true
		}
		for _, op := range filter.Ops() {
			if op == filter.OpPresent {
				require.NoError(t, userSchema.Check(present(name)))
				continue
			}
			sql, err := filter.Compile(compare(name, op, literal), userSchema, 1)
			if !allowed[op] {
				require.ErrorIs(t, err, filter.ErrOperator, "%s %s", name, op)
				continue
			}
			require.NoError(t, err, "%s %s", name, op)
			require.Len(t, sql.Args, 1, "%s %s", name, op)
			require.NotContains(t, sql.Text, literal.Text, "%s %s", name, op)
		}
	}
}
