package audit_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/audit"
)

// sample is an object as services give it to the trail.
type sample struct {
	Name      string         `json:"name"`
	Mail      *string        `json:"mail"`
	Tags      []string       `json:"tags"`
	Extra     map[string]any `json:"extra,omitempty"`
	Version   int64          `json:"version"`
	UpdatedAt time.Time      `json:"updatedAt"`
	UpdatedBy string         `json:"updatedBy"`
	CreatedAt time.Time      `json:"createdAt"`
	CreatedBy string         `json:"createdBy"`
}

func TestDifferenceHoldsWhatChanged(t *testing.T) {
	t.Parallel()
	mail := "anna@example.org"
	anna := sample{Name: "anna", Mail: &mail, Tags: []string{"a", "b"}}
	changed := func(change func(*sample)) *sample {
		out := anna
		change(&out)
		return &out
	}
	for name, test := range map[string]struct {
		before, after any
		b, a          string // "" for nothing at all
		equal         bool
	}{
		"nothing":          {&anna, &anna, "{}", "{}", true},
		"one member":       {&anna, changed(func(s *sample) { s.Name = "bert" }), `{"name":"anna"}`, `{"name":"bert"}`, false},
		"to nothing":       {&anna, changed(func(s *sample) { s.Mail = nil }), `{"mail":"anna@example.org"}`, `{"mail":null}`, false},
		"order of a list":  {&anna, changed(func(s *sample) { s.Tags = []string{"b", "a"} }), `{"tags":["a","b"]}`, `{"tags":["b","a"]}`, false},
		"a member comes":   {&anna, changed(func(s *sample) { s.Extra = map[string]any{"card": 7} }), `{}`, `{"extra":{"card":7}}`, false},
		"a member goes":    {changed(func(s *sample) { s.Extra = map[string]any{"card": 7} }), &anna, `{"extra":{"card":7}}`, `{}`, false},
		"bookkeeping only": {&anna, changed(func(s *sample) { s.Version, s.UpdatedBy, s.UpdatedAt = 9, "x", time.Now() }), "{}", "{}", true},
		"creation":         {nil, map[string]any{"name": "anna", "version": 1}, "", `{"name":"anna"}`, false},
		"deletion":         {map[string]any{"name": "anna", "createdBy": "x"}, nil, `{"name":"anna"}`, "", false},
		"neither":          {nil, nil, "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, a, equal, err := audit.Difference(test.before, test.after)
			require.NoError(t, err)
			require.Equal(t, test.equal, equal)
			for want, got := range map[*string]json.RawMessage{&test.b: b, &test.a: a} {
				if *want == "" {
					require.Nil(t, got)
					continue
				}
				require.JSONEq(t, *want, string(got))
			}
		})
	}
}

func TestDifferenceOfWhatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]any{
		"before is no object": {[]int{1}, &sample{}}, "after is no object": {&sample{}, "text"},
		"before has no JSON": {func() {}, nil}, "after has no JSON": {nil, make(chan int)},
	} {
		_, _, _, err := audit.Difference(pair[0], pair[1])
		require.Error(t, err, name)
	}
}

func TestAddressTravelsInTheContext(t *testing.T) {
	t.Parallel()
	require.Empty(t, audit.Remote(t.Context()))
	ctx := audit.WithRemote(t.Context(), "192.0.2.7")
	require.Equal(t, "192.0.2.7", audit.Remote(ctx))
	require.Equal(t, "192.0.2.8", audit.Remote(audit.WithRemote(ctx, "192.0.2.8")))
}
