package platform

import (
	"context"

	"provost/internal/mapping"
	"provost/internal/parameter"
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
	values, err := e.settings.Text(ctx, parameter.Interpreter)
	if err != nil {
		return nil, err
	}
	language := script.Language(values[parameter.Interpreter])
	if language == "" {
		language = script.JavaScript
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

func passes(guard mapping.Value) bool { return guard.Err == nil && mapping.Truthy(guard.V) }

var _ mapping.Evaluator = (*scriptEvaluator)(nil)
