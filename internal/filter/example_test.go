package filter_test

import (
	"fmt"
	"testing"

	"provost/internal/filter"
)

func ExampleCompile() {
	users := filter.MustSchema(filter.Definition{
		Object: "user",
		Attributes: []filter.Attribute{
			{Name: "userName", SQL: "u.user_name", Filterable: true, Sortable: true},
			{Name: "passwordHash", SQL: "u.password_hash"},
		},
	})
	sql, _ := filter.Compile(filter.MustParse(`userName sw "j" and not (userName ew "x")`), users, 2)
	fmt.Println(sql.Text)
	fmt.Println(sql.Args...)

	_, err := filter.Compile(filter.MustParse(`passwordHash sw "a"`), users, 1)
	fmt.Println(err)
	// Output:
	// ((u.user_name ilike $2::text escape '\') and ((u.user_name ilike $3::text escape '\') is not true))
	// j% %x
	// filter: "passwordHash": attribute cannot be used in a filter
}

func ExampleParse() {
	_, err := filter.Parse(`userName eq "jane" and (active`)
	fmt.Println(err)
	node, _ := filter.Parse(`(userType EQ "E") AND (active eq TRUE or not(title pr))`)
	fmt.Println(node)
	// Output:
	// filter: at character 31: unexpected end of the filter, expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr)
	// userType eq "E" and (active eq true or not (title pr))
}

const sampleQuestion = `userName sw "j" and (attributes.color eq "red" or groups[name eq "sales" and size gt 2]) and not (status eq "onLeave")`

func BenchmarkParseAndCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		node, err := filter.Parse(sampleQuestion)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := filter.Compile(node, userSchema, 1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	node, object := filter.MustParse(sampleQuestion), userSchema.Resolver(sampleUsers()[1])
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := filter.Match(node, object); err != nil || !ok {
			b.Fatal(ok, err)
		}
	}
}
