package mapping

import (
	"context"
	"fmt"
)

// Compiler tells whether texts are scripts, in the language of the installation, without running them. An [Evaluator] that can is one too.
type Compiler interface {
	// CompileScripts gives for each text where it stops being a script, nil for those that compile.
	CompileScripts(ctx context.Context, texts []string) ([]*SyntaxError, error)
}

// SyntaxError says where a text stops being a script. Line and Column count from 1 and are 0 where no place is known.
type SyntaxError struct {
	Line, Column int
	Message      string
}

// Error reads "Line 3, column 7: Unexpected token }".
func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("Line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// Located is a script and the field it stands in.
type Located struct{ Location, Text string }

// Scripts lists the scripts of the mappings of a system: conditions, the sides of rows that are no paths, and triggers. Locations are
// fields of the system, mappings[0].rows[2].provost.
func Scripts(mappings []ObjectMapping) []Located {
	var out []Located
	for i, m := range mappings {
		add := func(field, text string) {
			if sourceOf(text).isScript {
				out = append(out, Located{Location: fmt.Sprintf("mappings[%d].%s", i, field), Text: text})
			}
		}
		if m.Condition != "" {
			add("condition", m.Condition)
		}
		for j, row := range m.Rows {
			if row.Direction.Out() {
				add(fmt.Sprintf("rows[%d].%s", j, SideProvost), row.Provost)
			}
			if row.Direction.In() {
				add(fmt.Sprintf("rows[%d].%s", j, SideSystem), row.System)
			}
		}
		for j, t := range m.Triggers {
			out = append(out, Located{Location: fmt.Sprintf("mappings[%d].triggers[%d]", i, j), Text: t.Script})
		}
	}
	return out
}
