package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/mapping"
)

func TestScriptsAreFoundWithTheirFields(t *testing.T) {
	t.Parallel()
	found := mapping.Scripts([]mapping.ObjectMapping{
		{Rows: []mapping.Row{
			{System: "uid", Direction: mapping.DirectionOut, Provost: "userName"},
			{System: "cn", Direction: mapping.DirectionOut, Provost: `firstName + " " + lastName`},
			{System: `a + b`, Direction: mapping.DirectionIn, Provost: "fullName"},
			{System: "mail", Direction: mapping.DirectionBoth, Provost: "emailAddress"},
		}},
		{
			Condition: "return active;", Rows: []mapping.Row{{System: "sn", Direction: mapping.DirectionOut, Provost: `"constant"`}},
			Triggers: []mapping.Trigger{{Kind: mapping.TriggerPreInsert, Script: "true"}},
		},
		{Condition: "active"},
	})
	require.Equal(t, []mapping.Located{
		{Location: "mappings[0].rows[1].provost", Text: `firstName + " " + lastName`},
		{Location: "mappings[0].rows[2].system", Text: "a + b"},
		{Location: "mappings[1].condition", Text: "return active;"},
		{Location: "mappings[1].triggers[0]", Text: "true"},
	}, found)
}

func TestSyntaxErrorsSayWhere(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Line 3, column 7: Unexpected token }", (&mapping.SyntaxError{Line: 3, Column: 7, Message: "Unexpected token }"}).Error())
	require.Equal(t, "It is too long", (&mapping.SyntaxError{Message: "It is too long"}).Error())
}
