package mapping_test

import (
	"context"
	"fmt"

	"provost/internal/mapping"
)

func ExampleCompiled_Out() {
	compiled, findings := mapping.Compile(mapping.ObjectMapping{
		SystemObject: "inetOrgPerson",
		ObjectType:   mapping.TypeUser,
		Condition:    "active",
		Rows: []mapping.Row{
			{System: "cn", Direction: mapping.DirectionBoth, Provost: "accountName"},
			{System: `THIS{"x-team"}`, Direction: mapping.DirectionOut, Provost: `attributes{"team"}`},
		},
	})
	fmt.Println(len(findings), "findings")
	results, err := compiled.Out(context.Background(), []map[string]any{
		{"accountName": "jane", "active": true, "attributes": map[string]any{"team": "red"}},
		{"accountName": "joe", "active": false},
	}, nil)
	fmt.Println(results[0].Object, results[1].Applies, err)
	// Output:
	// 0 findings
	// map[cn:jane x-team:red] false <nil>
}

func ExampleCompile() {
	_, findings := mapping.Compile(mapping.ObjectMapping{
		SystemObject: "user", ObjectType: mapping.TypeUser,
		Rows: []mapping.Row{{System: "user-id", Direction: mapping.DirectionOut, Provost: "userName"}},
	})
	fmt.Println(findings[0].Message)
	// Output:
	// The system side of row 1 (<=) is written to, so it must be a path and not a script: at character 5: unexpected character. For a name that is no identifier write THIS{"name"}.
}
