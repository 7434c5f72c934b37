package step

import (
	"context"
	"encoding/json"
	"fmt"

	"provost/bpm"
	"provost/internal/process"
)

// Call makes the call of a managed system ready: which system, and what its arguments come to.
func (s *Service) Call(ctx context.Context, w process.Work) (process.SystemCall, error) {
	sc, err := s.scene(ctx, w.Process, w.Version, w.Now)
	if err != nil {
		return process.SystemCall{}, err
	}
	of := sc.step(w.Node).Invoke
	if of == nil {
		return process.SystemCall{}, &bpm.Fault{Code: faultStep, Message: "The step does not say what is to be called."}
	}
	texts, err := s.texts(ctx, sc, w.Node, w.Values, of.System, of.Method, of.Path)
	if err != nil {
		return process.SystemCall{}, err
	}
	found, err := s.SystemRows.Named(ctx, texts[0])
	if err != nil {
		return process.SystemCall{}, fmt.Errorf("look system up: %w", err)
	}
	if len(found) == 0 {
		return process.SystemCall{}, &bpm.Fault{Code: faultMissing, Message: fmt.Sprintf("There is no agent %s.", texts[0])}
	}
	call := process.SystemCall{
		System: found[0].ID, Key: found[0].Key, Name: found[0].Name, Method: texts[1], Path: texts[2], Result: of.Result,
	}
	call.Arguments, err = s.arguments(ctx, sc, w, of)
	return call, err
}

// arguments evaluates the expressions of a call. They keep their types: a number stays a number.
func (s *Service) arguments(ctx context.Context, sc *scene, w process.Work, of *bpm.InvokeOf) (map[string]any, error) {
	arguments := make(map[string]any, len(of.Arguments))
	var runs []run
	var names []string
	for _, a := range of.Arguments {
		source, scripted, err := bpm.Expression(a.Expression)
		if err != nil {
			return nil, &bpm.Fault{Code: faultExpression, Message: fmt.Sprintf("The argument %s cannot be read: %v.", a.Name, err)}
		}
		if !scripted {
			arguments[a.Name] = a.Expression
			continue
		}
		runs, names = append(runs, run{name: "argument " + a.Name, text: source, values: w.Values}), append(names, a.Name)
	}
	results, err := s.run(ctx, sc, runs)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		if r.Fault != nil {
			return nil, r.Fault
		}
		var value any
		if err := json.Unmarshal(r.Value, &value); err != nil {
			return nil, fmt.Errorf("read argument %s: %w", names[i], err)
		}
		arguments[names[i]] = value
	}
	return arguments, nil
}
