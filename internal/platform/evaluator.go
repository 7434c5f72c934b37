package platform

import (
	"context"
	"fmt"
	"strings"

	"provost/internal/mapping"
	"provost/internal/parameter"
	"provost/internal/process"
	"provost/internal/script"
)

// scriptEvaluator runs scripts over objects in the script host.
type scriptEvaluator struct {
	scripts  Scripts
	services script.Services
	settings *parameter.Settings
}

// Evaluate implements mapping.Evaluator. Guards are evaluated in a call of their own, before what they guard.
func (e *scriptEvaluator) Evaluate(ctx context.Context, scripts []mapping.Script, objects []map[string]any) ([][]mapping.Value, error) {
	language, err := scriptLanguage(ctx, e.settings)
	if err != nil {
		return nil, err
	}
	out := make([][]mapping.Value, len(objects))
	for i := range out {
		out[i] = make([]mapping.Value, len(scripts))
	}
	for _, guarded := range []bool{false, true} {
		if err := e.round(ctx, language, guarded, scripts, objects, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// round runs either the scripts without a guard, or those whose guard lets them.
func (e *scriptEvaluator) round(
	ctx context.Context, language script.Language, guarded bool, scripts []mapping.Script, objects []map[string]any, out [][]mapping.Value,
) error {
	request := script.Request{Services: e.services}
	position := make(map[string]int, len(scripts))
	for i, s := range scripts {
		position[s.Name] = i
		request.Scripts = append(request.Scripts, script.Source{Name: s.Name, Text: s.Source, Language: language})
	}
	var places []*mapping.Value
	for o, bindings := range objects {
		for i, s := range scripts {
			if (s.Guard != "") != guarded || (guarded && !passes(out[o][position[s.Guard]])) {
				continue
			}
			request.Calls = append(request.Calls, script.Call{Script: i, Bindings: bindings})
			places = append(places, &out[o][i])
		}
	}
	if len(request.Calls) == 0 {
		return nil
	}
	results, err := e.scripts.Evaluate(ctx, request)
	if err != nil {
		return err
	}
	for i, r := range results {
		places[i].V = r.Value
		if r.Err != nil {
			places[i].Err = r.Err
		}
	}
	return nil
}

// RunScripts implements process.ScriptRunner. Scripts of processes are read as their steps are, whatever the installation writes its mappings in.
func (e *scriptEvaluator) RunScripts(ctx context.Context, resources map[string]string, runs []process.ScriptRun) ([]process.ScriptAnswer, error) {
	request := script.Request{Services: e.services, Resources: resources}
	for i, r := range runs {
		request.Scripts = append(request.Scripts, script.Source{Name: r.Name, Text: r.Text, Language: script.Autodetect})
		request.Calls = append(request.Calls, script.Call{Script: i, Bindings: r.Bindings, Capture: r.Capture})
	}
	results, err := e.scripts.Evaluate(ctx, request)
	if err != nil {
		return nil, err
	}
	answers := make([]process.ScriptAnswer, len(results))
	for i, r := range results {
		answers[i] = process.ScriptAnswer{Value: r.Value, Changed: r.Bindings}
		if r.Err == nil {
			continue
		}
		answers[i].Err = r.Err
		if r.Err.Kind == script.KindRuntime {
			answers[i].Thrown = strings.TrimPrefix(r.Err.Message, "Error: ")
		}
	}
	return answers, nil
}

// checker is the part of the script host that compiles.
type checker interface {
	Check(ctx context.Context, sources []script.Source) ([]script.Report, error)
}

// CompileScripts implements mapping.Compiler. Only the syntax counts: what a script may not reach is found when it reaches for it.
func (e *scriptEvaluator) CompileScripts(ctx context.Context, texts []string) ([]*mapping.SyntaxError, error) {
	found := make([]*mapping.SyntaxError, len(texts))
	host, ok := e.scripts.(checker)
	if !ok {
		return found, nil
	}
	language, err := scriptLanguage(ctx, e.settings)
	if err != nil {
		return nil, err
	}
	sources := make([]script.Source, len(texts))
	for i, text := range texts {
		sources[i] = script.Source{Name: "script", Text: text, Language: language}
	}
	reports, err := host.Check(ctx, sources)
	if err != nil {
		return nil, fmt.Errorf("check scripts: %w", err)
	}
	for i, report := range reports {
		found[i] = syntaxError(report.Findings)
	}
	return found, nil
}

func syntaxError(findings []*script.Error) *mapping.SyntaxError {
	for _, f := range findings {
		if f.Kind == script.KindSyntax {
			return &mapping.SyntaxError{Line: f.Line, Column: f.Column, Message: f.Message}
		}
	}
	return nil
}

func scriptLanguage(ctx context.Context, settings *parameter.Settings) (script.Language, error) {
	language, err := settings.ScriptLanguage(ctx)
	return script.Language(language), err
}

// ScriptLanguage gives the language in which the scripts of the tenant are read (guide page 044).
func (p *Platform) ScriptLanguage(ctx context.Context) (script.Language, error) {
	return scriptLanguage(ctx, p.Settings)
}

func passes(guard mapping.Value) bool { return guard.Err == nil && mapping.Truthy(guard.V) }

var (
	_ mapping.Evaluator    = (*scriptEvaluator)(nil)
	_ mapping.Compiler     = (*scriptEvaluator)(nil)
	_ process.ScriptRunner = (*scriptEvaluator)(nil)
)
