package bpm_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/bpm/template"
)

// seeds are documents that exercise most of the language, and hostile ones.
func seeds(tb testing.TB) [][]byte {
	tb.Helper()
	var all [][]byte
	for _, one := range template.All() {
		all = append(all, one.Source)
	}
	sample, err := os.ReadFile("testdata/sample.bpmn")
	require.NoError(tb, err)
	all = append(all, sample)
	for _, text := range sound {
		all = append(all, []byte(text))
	}
	return append(
		all,
		[]byte(`<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>`),
		[]byte(strings.Repeat("<a>", 1000)),
		[]byte(`<a b="`+strings.Repeat("x", 10_000)+`"/>`),
		[]byte("<a>\x00</a>"),
		sample[:len(sample)/2],
		[]byte(user(`<subProcess id="a"><boundaryEvent id="b" attachedToRef="b"/></subProcess>`, chain("a", "a", "b", "a"))),
	)
}

// TestNothingIsLost: what Parse does not interpret is there again in the document that is written, and the document reads the same.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	for _, source := range seeds(t) {
		requireRoundTrip(t, source)
	}
	sample, err := os.ReadFile("testdata/sample.bpmn")
	require.NoError(t, err)
	d, _ := bpm.Parse(sample)
	require.Equal(t, string(sample), string(d.XML()))
	for _, kept := range []string{"<!-- sample data", `<x:colour name="red"><x:deep>kept</x:deep></x:colour>`, "<bpmn:documentation>A sample", "xmlns:x="} {
		require.Contains(t, string(d.XML()), kept)
	}
}

func requireRoundTrip(t *testing.T, source []byte) {
	t.Helper()
	d, findings := bpm.Parse(source)
	if d == nil {
		return
	}
	again, findings2 := bpm.Parse(d.XML())
	require.NotNil(t, again)
	require.Equal(t, found(findings), found(findings2))
	require.Equal(t, string(d.XML()), string(again.XML()))
	require.Empty(t, bpm.Diff(d, again))
	plan, library := d.Compile()
	plan2, library2 := again.Compile()
	require.Equal(t, plan, plan2)
	require.Equal(t, library, library2)
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	text := user(strings.ReplaceAll(straight, `id="e"`, `id="e" name="%"`))
	for name, c := range map[string]struct{ declaration, bytes, want string }{
		"UTF-8":           {`<?xml version="1.0" encoding="utf-8"?>`, "Señal €", "Señal €"},
		"none":            {"", "Señal €", "Señal €"},
		"byte order mark": {"\xef\xbb\xbf", "Señal", "Señal"},
		"ISO-8859-1":      {`<?xml version="1.0" encoding="ISO-8859-1"?>`, "Se\xf1al \xa9", "Señal ©"},
		"windows-1252":    {`<?xml version="1.0" encoding="windows-1252"?>`, "Se\xf1al \x80 \x93x\x94", "Señal € “x”"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, findings := bpm.Parse([]byte(c.declaration + strings.Replace(text, "%", c.bytes, 1)))
			require.Empty(t, findings)
			plan, _ := d.Compile()
			require.Equal(t, c.want, plan.Nodes[1].Name)
			require.Contains(t, string(d.XML()), c.want)
			require.Contains(t, string(d.XML()), `encoding="UTF-8"`)
		})
	}
}

// TestPrefixesDoNotMatter: the same process under other prefixes compiles to the same plan.
func TestPrefixesDoNotMatter(t *testing.T) {
	t.Parallel()
	plain := single(task(`<idm:task due="P1D"/>`))
	odd := strings.NewReplacer("<idm:", "<q:", "</idm:", "</q:", "xmlns:idm", "xmlns:q", "</", "</b2:", "<", "<b2:", ` xmlns="`, ` xmlns:b2="`).Replace(plain)
	odd = strings.NewReplacer("<b2:q:", "<q:", "</b2:q:", "</q:").Replace(odd)
	d, findings := bpm.Review([]byte(plain))
	require.Empty(t, findings)
	e, findings := bpm.Review([]byte(odd))
	require.Empty(t, findings, odd)
	plan, library := d.Compile()
	plan2, library2 := e.Compile()
	require.Equal(t, plan, plan2)
	require.Equal(t, library, library2)
}

// requireSoundPlan: every index of a plan is that of something.
func requireSoundPlan(t *testing.T, plan bpm.Plan, library bpm.Library) {
	t.Helper()
	index := func(i, n int, what string) { require.True(t, i >= bpm.None && i < n, "%s is %d of %d", what, i, n) }
	script := func(key string) {
		if key != "" {
			require.Contains(t, library.Scripts, key)
		}
	}
	for i, n := range plan.Nodes {
		index(n.Parent, i, "parent") // a sub-process stands before what is in it
		index(n.Attached, len(plan.Nodes), "attached")
		index(n.Default, len(plan.Flows), "default")
		for _, f := range n.In {
			require.Equal(t, i, plan.Flows[f].To)
		}
		for _, f := range n.Out {
			require.Equal(t, i, plan.Flows[f].From)
		}
		require.True(t, n.Default == bpm.None || plan.Flows[n.Default].From == i)
		script(n.Decision)
		if n.Work != nil {
			script(n.Work.Script)
		}
		if n.Loop != nil {
			script(n.Loop.Count)
			script(n.Loop.Complete)
			script(n.Loop.While)
		}
		for _, c := range append(n.Inputs, n.Outputs...) {
			script(c.Script)
		}
	}
	for _, f := range plan.Flows {
		require.True(t, f.From >= 0 && f.From < len(plan.Nodes) && f.To >= 0 && f.To < len(plan.Nodes))
		script(f.Condition)
		script(f.OnTake)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		definition, findings := bpm.Review(source)
		for _, f := range findings {
			require.NotEmpty(t, f.Message)
			require.NotEmpty(t, f.Severity, f.Code)
		}
		if definition == nil {
			require.True(t, bpm.Refused(findings), "nothing was read, and nothing is said")
			return
		}
		plan, library := definition.Compile()
		requireSoundPlan(t, plan, library)
		requireRoundTrip(t, source)
	})
}
