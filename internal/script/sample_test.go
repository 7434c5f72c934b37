package script_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/script"
	"provost/internal/script/scripttest"
)

// guideFolder is where the guide lies beside the repository; its samples are read there and not copied.
const guideFolder = "../../../shared/reference/soffid4"

// readSamples answers the fenced blocks of a guide page in order, skipping the test where the guide is absent.
func readSamples(t *testing.T, page string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(guideFolder, page+"-*.md"))
	require.NoError(t, err)
	if len(files) != 1 {
		t.Skip("the guide is not beside the repository")
	}
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	var samples []string
	var current []string
	inside := false
	for line := range strings.SplitSeq(string(text), "\n") {
		switch {
		case strings.Contains(line, "```"):
			if inside {
				samples = append(samples, strings.Join(current, "\n"))
			}
			inside, current = !inside, nil
		case inside:
			current = append(current, line)
		}
	}
	return samples
}

// directory is Services over canned answers: it records each call and refuses what it has no answer for.
type directory struct {
	mu      sync.Mutex
	calls   []string
	answers map[string]any
	// sequence holds answers that differ from call to call, used before answers.
	sequence map[string][]any
}

// Call records and answers.
func (d *directory) Call(_ context.Context, _ script.Authority, service, method string, args []any) (any, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name := service + "." + method
	d.calls = append(d.calls, name+render(args))
	if queue := d.sequence[name]; len(queue) > 0 {
		d.sequence[name] = queue[1:]
		return queue[0], nil
	}
	answer, ok := d.answers[name]
	if !ok {
		return nil, script.ErrUnknownMethod
	}
	if f, ok := answer.(func([]any) any); ok {
		return f(args), nil
	}
	return answer, nil
}

// render writes arguments in a stable short form: texts in quotes, objects with their class and sorted entries.
func render(args []any) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = renderValue(a)
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func renderValue(v any) string {
	switch x := v.(type) {
	case string:
		return fmt.Sprintf("%q", x)
	case map[string]any:
		var parts []string
		for k, item := range x {
			if k != script.ClassKey {
				parts = append(parts, k+"="+renderValue(item))
			}
		}
		slices.Sort(parts)
		class, _ := x[script.ClassKey].(string)
		return class + "{" + strings.Join(parts, " ") + "}"
	case []any:
		return "[" + strings.TrimSuffix(strings.TrimPrefix(render(x), "("), ")") + "]"
	default:
		return fmt.Sprint(v)
	}
}

type verdict string

const (
	asWritten  verdict = "runs as written"
	translated verdict = "runs after BeanShell translation"
	refused    verdict = "refused with this sentence"
)

// sample is one fenced block of the guide: what becomes of it, and how that shows.
type sample struct {
	page     string
	ordinal  int // from 1
	title    string
	verdict  verdict
	edit     func(string) string // what of the block is not script (mapping arrows)
	bindings map[string]any
	answers  map[string]any
	sequence map[string][]any

	output   string
	value    any
	changed  map[string]any
	calls    []string
	sentence string // of a refusal
}

func object(class string, entries map[string]any) map[string]any {
	o := map[string]any{script.ClassKey: class}
	maps.Copy(o, entries)
	return o
}

func paged(total int, resources ...any) map[string]any {
	return object("PagedResult", map[string]any{
		"resources": append([]any{}, resources...), "totalResults": total, "startIndex": 0, "itemsPerPage": len(resources),
	})
}

func TestSamplesOfTheGuide(t *testing.T) {
	t.Parallel()
	host := scripttest.New(t, script.Options{Size: 2, WallLimit: 20 * time.Second})
	all := slices.Concat(identitySamples, accountSamples, roleSamples, eventSamples, mappingSamples, agentSamples,
		metadataSamples, otherSamples)
	for _, s := range all {
		t.Run(fmt.Sprintf("%s.%02d %s", s.page, s.ordinal, s.title), func(t *testing.T) {
			t.Parallel()
			s.check(t, host)
		})
	}
}

func TestEverySampleOfTheGuideHasAVerdict(t *testing.T) {
	t.Parallel()
	seen := make(map[string][]int)
	for _, s := range slices.Concat(identitySamples, accountSamples, roleSamples, eventSamples, mappingSamples, agentSamples,
		metadataSamples, otherSamples) {
		seen[s.page] = append(seen[s.page], s.ordinal)
	}
	for page, ordinals := range seen {
		slices.Sort(ordinals)
		want := make([]int, len(readSamples(t, page)))
		for i := range want {
			want[i] = i + 1
		}
		require.Equal(t, want, ordinals, "page %s", page)
	}
}

func (s sample) check(t *testing.T, host *script.Host) {
	t.Helper()
	text := readSamples(t, s.page)[s.ordinal-1]
	if s.edit != nil {
		edited := s.edit(text)
		require.NotEqual(t, text, edited, "the edit has nothing to do")
		text = edited
	}
	source := script.Source{Name: s.title, Text: text}
	reports, err := host.Check(t.Context(), []script.Source{source})
	require.NoError(t, err)
	services := &directory{answers: s.answers, sequence: s.sequence}
	result, err := host.Run(t.Context(), script.Request{
		Scripts: []script.Source{source},
		Calls:   []script.Call{{Bindings: s.bindings, Capture: true}}, Services: services,
	})
	if s.verdict == refused {
		require.ErrorContains(t, err, s.sentence)
		require.NotEmpty(t, reports[0].Findings)
		require.Contains(t, fmt.Sprint(reports[0].Findings), s.sentence)
		return
	}
	require.NoError(t, err, reports[0].Translated)
	language := map[verdict]script.Language{asWritten: script.JavaScript, translated: script.BeanShell}[s.verdict]
	require.Equal(t, language, reports[0].Language)
	require.Empty(t, reports[0].Findings)
	require.Equal(t, s.output, result.Output)
	require.Equal(t, s.calls, services.calls)
	if s.value != nil {
		require.Equal(t, s.value, result.Value)
	}
	if s.changed != nil {
		require.Equal(t, s.changed, result.Bindings)
	}
}
