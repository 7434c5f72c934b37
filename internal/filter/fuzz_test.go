package filter_test

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"

	oracle "github.com/scim2/filter-parser/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/filter"
)

var seeds = []string{
	`userName eq "bjensen"`, `name.familyName co "O'Malley"`, `urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"`,
	`title pr and userType eq "Employee"`, `title pr or userType ne "Intern"`, `a pr or b pr and not (c pr)`,
	`userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")`,
	`emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp"]`, `a eq -1.5e3`, `a eq null and b eq true`,
	`a eq "\u00e9\"\\"`, `((a pr))`, `a eq "\uA000"`, `a eq 007`, `not(a pr)`, `groups[name eq "x"].size gt 3`, "a\xff",
}

func FuzzParse(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		node, err := filter.Parse(text)
		if err != nil {
			var syntax *filter.SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.LessOrEqual(t, syntax.Offset, len(text))
			return
		}
		printed := node.String()
		if len(printed) > filter.MaxLength {
			return
		}
		again, err := filter.Parse(printed)
		require.NoError(t, err, "%q prints %q", text, printed)
		require.Equal(t, node, again, "%q prints %q", text, printed)
		_, _ = filter.Match(node, filter.Object{"a": []any{"x", 1, nil}, "emails": []any{map[string]any{"type": "work"}}})
		_ = userSchema.Check(node)
	})
}

// FuzzDifferential compares with an independent parser: what both accept must have the same structure.
func FuzzDifferential(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ours, err := filter.Parse(text)
		if err != nil {
			return
		}
		theirs, err := parseOracle(text)
		if err != nil || strings.Contains(text, `\`) || withoutOracle(ours) {
			return
		}
		require.Equal(t, outline(theirs), strings.ToLower(structure(ours)), text)
	})
}

// parseOracle turns the other parser's panics into errors: they are not what is tested here.
func parseOracle(text string) (node oracle.Expression, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the oracle panicked")
		}
	}()
	return oracle.ParseFilter([]byte(text))
}

// withoutOracle tells what the other parser reads differently on purpose, beside escapes in strings, which it keeps: it rounds large
// numbers, knows two parts per path, and reads attributes named like keywords its own way.
func withoutOracle(node filter.Node) bool {
	differs := false
	check := func(p filter.Path) {
		for _, name := range p.Names {
			switch strings.ToLower(name) {
			case "and", "or", "not":
				differs = true
			}
		}
		differs = differs || len(p.Names) > 2
	}
	filter.Walk(node, func(n filter.Node) bool {
		switch n := n.(type) {
		case filter.Compare:
			check(n.Path)
			differs = differs || n.Value.Kind == filter.KindNumber && len(n.Value.Text) > 9
		case filter.Present:
			check(n.Path)
		case filter.ValuePath:
			check(n.Path)
		}
		return true
	})
	return differs
}

func structure(node filter.Node) string {
	join := func(terms []filter.Node, word string) string {
		texts := make([]string, len(terms))
		for i, t := range terms {
			texts[i] = structure(t)
		}
		return word + "(" + strings.Join(texts, " ") + ")"
	}
	switch n := node.(type) {
	case filter.And:
		return join(n.Terms, "and")
	case filter.Or:
		return join(n.Terms, "or")
	case filter.Not:
		return "not(" + structure(n.Term) + ")"
	case filter.ValuePath:
		return n.Path.String() + "[" + structure(n.Filter) + "]"
	case filter.Present:
		return n.Path.String() + " pr"
	case filter.Compare:
		value := n.Value.Text
		if n.Value.Kind == filter.KindNumber {
			value = numberText(value)
		}
		return n.Path.String() + " " + string(n.Op) + " " + strconv.Itoa(int(n.Value.Kind)) + value
	}
	return "?"
}

func outline(node oracle.Expression) string {
	return strings.ToLower(outlined(node))
}

func outlined(node oracle.Expression) string {
	switch n := node.(type) {
	case *oracle.LogicalExpression:
		sides := operands(n, n.Operator)
		terms := make([]string, 0, len(sides))
		for _, side := range sides {
			terms = append(terms, outlined(side))
		}
		return string(n.Operator) + "(" + strings.Join(terms, " ") + ")"
	case *oracle.NotExpression:
		return "not(" + outlined(n.Expression) + ")"
	case *oracle.ValuePath:
		return n.AttributePath.String() + "[" + outlined(n.ValueFilter) + "]"
	case *oracle.AttributeExpression:
		if strings.EqualFold(string(n.Operator), "pr") {
			return n.AttributePath.String() + " pr"
		}
		return n.AttributePath.String() + " " + string(n.Operator) + " " + oracleValue(n.CompareValue)
	}
	return "?"
}

// operands flattens terms joined by the same word, as Parse does.
func operands(node oracle.Expression, word oracle.LogicalOperator) []oracle.Expression {
	logical, ok := node.(*oracle.LogicalExpression)
	if !ok || !strings.EqualFold(string(logical.Operator), string(word)) {
		return []oracle.Expression{node}
	}
	return append(operands(logical.Left, word), operands(logical.Right, word)...)
}

func oracleValue(value any) string {
	switch v := value.(type) {
	case nil:
		return strconv.Itoa(int(filter.KindNull))
	case bool:
		return strconv.Itoa(int(filter.KindBool)) + strconv.FormatBool(v)
	case int:
		return strconv.Itoa(int(filter.KindNumber)) + numberText(strconv.Itoa(v))
	case float64:
		return strconv.Itoa(int(filter.KindNumber)) + numberText(strconv.FormatFloat(v, 'g', -1, 64))
	case string:
		return strconv.Itoa(int(filter.KindString)) + v
	}
	return "?"
}

func numberText(text string) string {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	if f == 0 {
		f = 0 // without the sign of -0
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// planted is a value no schema text contains; wherever it shows up in SQL text, a literal was inlined.
const planted = "zq7x"

func TestCompileNeverInlinesValues(t *testing.T) {
	t.Parallel()
	hints := userSchema.Suggest("")
	marker := rapid.StringMatching(`zq7x['"%_\\;-]{0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(1, 4).Draw(t, "terms")
		terms := make([]filter.Node, 0, count)
		for range count {
			h := rapid.SampledFrom(hints).Draw(t, "attribute")
			op := rapid.SampledFrom(h.Ops[:len(h.Ops)-1]).Draw(t, "op")
			path := strings.Split(h.Name, ".")
			terms = append(terms, filter.Compare{Path: filter.NewPath(path...), Op: op, Value: filter.Text(marker.Draw(t, "value"))})
		}
		node := filter.AnyOf(terms...)
		sql, err := filter.Compile(node, userSchema, 1)
		if err != nil {
			var value *filter.ValueError
			var attribute *filter.AttributeError
			require.True(t, errors.As(err, &value) || errors.As(err, &attribute), err.Error())
			return
		}
		require.NotContains(t, sql.Text, planted)
		require.Len(t, placeholders(sql.Text), len(sql.Args))
	})
}

func FuzzCompile(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Add(`userName eq "zq7x' or 1=1 --" and attributes.code eq "zq7x" or attributes.tags co "zq7x%"`)
	f.Add(`attributes.floor gt 12345 and status eq "active" and createdAt lt "2026-01-01"`)
	f.Fuzz(func(t *testing.T, text string) {
		node, err := filter.Parse(text)
		if err != nil {
			return
		}
		sql, err := filter.Compile(node, userSchema, 3)
		if err != nil {
			return
		}
		used := placeholders(sql.Text)
		require.Len(t, used, len(sql.Args), sql.Text)
		require.Regexp(t, `^[a-zA-Z0-9_ ().$:,'<>=@#{}\[\]\\^+*?|~-]*$`, sql.Text)
		filter.Walk(node, func(n filter.Node) bool {
			if c, ok := n.(filter.Compare); ok && c.Value.Kind != filter.KindNull && strings.Contains(c.Value.Text, planted) {
				require.NotContains(t, sql.Text, c.Value.Text)
			}
			return true
		})
	})
}

var placeholder = regexp.MustCompile(`\$[0-9]+::`)

func placeholders(sql string) []string { return placeholder.FindAllString(sql, -1) }
