package process

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever asks for a permission does not approve it by writing so.
func TestDecisionsAreNotFilledIn(t *testing.T) {
	t.Parallel()
	const decided = `{"key":"1","role":"Reader@Shop","decision":"approved","decidedBy":"bob","comment":"fine"}`
	for name, c := range map[string]struct{ given, current, expect string }{
		"new line":          {`[` + decided + `]`, ``, `[{"key":"1","role":"Reader@Shop"}]`},
		"decided line":      {`[` + decided + `]`, `[` + decided + `]`, `[` + decided + `]`},
		"another role":      {`[{"key":"1","role":"Admin@Shop","decision":"approved"}]`, `[` + decided + `]`, `[{"key":"1","role":"Admin@Shop"}]`},
		"other decision":    {`[{"key":"1","role":"Reader@Shop","decision":"denied"}]`, `[` + decided + `]`, `[{"key":"1","role":"Reader@Shop"}]`},
		"spelt differently": {`[{"key":"1","Decision":"approved","DECISION":"approved"}]`, ``, `[{"key":"1"}]`},
		"one more":          {`[` + decided + `,{"key":"2","decision":"approved"}]`, `[` + decided + `]`, `[` + decided + `,{"key":"2"}]`},
		"no list":           {`"none"`, ``, `"none"`},
		"no object":         {`[7]`, ``, `[7]`},
		"nothing":           {`null`, ``, `null`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.JSONEq(t, c.expect, string(undecided(json.RawMessage(c.given), json.RawMessage(c.current))))
		})
	}
}
