// Package mapscript runs the scripts of mappings and triggers in the script host.
package mapscript

import (
	"context"
	"fmt"

	"provost/internal/mapping"
	"provost/internal/script"
)

// Host is the part of the script host that is needed here.
type Host interface {
	Evaluate(ctx context.Context, request script.Request) ([]script.Result, error)
}

// Runner runs scripts with the language and authority of the installation.
type Runner struct {
	Host     Host
	Services script.Services
	// Language is how scripts are read; Setting, where it is given, says so for each batch anew (guide page 044).
	Language script.Language
	Setting  func(ctx context.Context) (script.Language, error)
}

func (r *Runner) language(ctx context.Context) (script.Language, error) {
	if r.Setting == nil {
		return r.Language, nil
	}
	language, err := r.Setting(ctx)
	if err != nil {
		return "", fmt.Errorf("read language of scripts: %w", err)
	}
	return language, nil
}

// Evaluate implements mapping.Evaluator: all scripts over all objects in one round trip, or two where a condition decides first.
func (r *Runner) Evaluate(ctx context.Context, scripts []mapping.Script, objects []map[string]any) ([][]mapping.Value, error) {
	values := make([][]mapping.Value, len(objects))
	for i := range values {
		values[i] = make([]mapping.Value, len(scripts))
	}
	position := map[string]int{}
	var first, guarded []cell
	for i := range objects {
		for j, s := range scripts {
			position[s.Name] = j
			if s.Guard == "" {
				first = append(first, cell{i, j})
			} else {
				guarded = append(guarded, cell{i, j})
			}
		}
	}
	if err := r.run(ctx, scripts, objects, first, values); err != nil {
		return nil, err
	}
	var open []cell
	for _, c := range guarded {
		if g := values[c.object][position[scripts[c.script].Guard]]; g.Err == nil && mapping.Truthy(g.V) {
			open = append(open, c)
		}
	}
	if err := r.run(ctx, scripts, objects, open, values); err != nil {
		return nil, err
	}
	return values, nil
}

// cell is one script over one object.
type cell struct{ object, script int }

func (r *Runner) run(ctx context.Context, scripts []mapping.Script, objects []map[string]any, cells []cell, values [][]mapping.Value) error {
	if len(cells) == 0 {
		return nil
	}
	language, err := r.language(ctx)
	if err != nil {
		return err
	}
	request := script.Request{Services: r.Services}
	for _, s := range scripts {
		request.Scripts = append(request.Scripts, script.Source{Name: s.Name, Text: s.Source, Language: language})
	}
	for _, c := range cells {
		request.Calls = append(request.Calls, script.Call{Script: c.script, Bindings: objects[c.object]})
	}
	results, err := r.Host.Evaluate(ctx, request)
	if err != nil {
		return fmt.Errorf("run mapping scripts: %w", err)
	}
	for i, c := range cells {
		values[c.object][c.script].V = results[i].Value
		if results[i].Err != nil {
			values[c.object][c.script].Err = results[i].Err
		}
	}
	return nil
}

// Trigger runs a trigger with source, oldObject and newObject. ok is false when it vetoes; object is newObject as the trigger left it.
func (r *Runner) Trigger(ctx context.Context, name, text string, source, oldObject, newObject map[string]any) (ok bool, object map[string]any, err error) {
	results, err := r.TriggerAll(ctx, name, text, []mapping.TriggerCall{{Source: source, Old: oldObject, New: newObject}})
	if err != nil {
		return false, nil, err
	}
	return results[0].OK, results[0].New, results[0].Err
}

// TriggerAll runs a trigger over many objects in one round trip. What fails for one is told in its result; the error is for the whole call.
func (r *Runner) TriggerAll(ctx context.Context, name, text string, calls []mapping.TriggerCall) ([]mapping.TriggerResult, error) {
	language, err := r.language(ctx)
	if err != nil {
		return nil, err
	}
	request := script.Request{Services: r.Services, Scripts: []script.Source{{Name: name, Text: text, Language: language}}}
	for _, c := range calls {
		request.Calls = append(request.Calls, script.Call{Capture: true, Bindings: map[string]any{
			"source": c.Source, "oldObject": c.Old, "newObject": c.New,
		}})
	}
	answers, err := r.Host.Evaluate(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("run trigger %s: %w", name, err)
	}
	if len(answers) != len(calls) {
		return nil, fmt.Errorf("run trigger %s: %d answers to %d calls", name, len(answers), len(calls))
	}
	results := make([]mapping.TriggerResult, len(calls))
	for i, c := range calls {
		a := answers[i]
		if a.Err != nil {
			results[i].Err = fmt.Errorf("trigger %s: %w", name, a.Err)
			continue
		}
		results[i] = mapping.TriggerResult{OK: mapping.Truthy(a.Value), New: c.New}
		if changed, is := a.Bindings["newObject"].(map[string]any); is {
			results[i].New = changed
		}
	}
	return results, nil
}

var _ mapping.Evaluator = (*Runner)(nil)
