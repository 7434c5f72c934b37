package object

import (
	"context"
	"fmt"
	"strings"

	"provost/internal/fault"
	"provost/internal/mapping"
)

// CheckScripts refuses edits with a text that is no script, at its field, with line and column; the scripts of a batch are compiled in one
// go. Scripts that were there before are left alone: an older one must not keep its object from being changed. Where evaluator cannot
// compile, there is nothing to run scripts with either.
func CheckScripts[T any](ctx context.Context, evaluator mapping.Evaluator, edits []*Edit[T], of func(*T) []mapping.Located) error {
	compiler, ok := evaluator.(mapping.Compiler)
	if !ok {
		return nil
	}
	var texts, locations []string
	var owners []*Edit[T]
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		for _, s := range newScripts(e, of) {
			texts, locations, owners = append(texts, s.Text), append(locations, s.Location), append(owners, e)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	found, err := compiler.CompileScripts(ctx, texts)
	if err != nil {
		return fmt.Errorf("compile scripts: %w", err)
	}
	findings := map[*Edit[T]]*fault.Collector{}
	for i, wrong := range found {
		if wrong == nil {
			continue
		}
		e := owners[i]
		if findings[e] == nil {
			findings[e] = &fault.Collector{}
		}
		findings[e].Add(locations[i], "%s", wrong.Error())
	}
	for e, c := range findings {
		e.Err = c.Err()
	}
	return nil
}

// newScripts gives the scripts of an edit that its object did not have.
func newScripts[T any](e *Edit[T], of func(*T) []mapping.Located) []mapping.Located {
	had := map[string]bool{}
	if e.Before != nil {
		for _, s := range of(e.Before) {
			had[s.Text] = true
		}
	}
	var out []mapping.Located
	for _, s := range of(e.After) {
		if strings.TrimSpace(s.Text) != "" && !had[s.Text] {
			out = append(out, s)
		}
	}
	return out
}
