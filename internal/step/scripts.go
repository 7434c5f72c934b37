package step

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/script"
)

// Evaluate runs the scripts of a wave, in their order. That one fails is its result; the error is for all of them.
func (s *Service) Evaluate(ctx context.Context, w process.Wave) ([]bpm.Result, error) {
	sc, err := s.scene(ctx, w.Process, w.Version, w.Now)
	if err != nil {
		return nil, err
	}
	sc.seed = w.Seed
	return s.evaluate(ctx, sc, w.Calls)
}

// run is one script to run.
type run struct {
	name    string // for people, in errors
	text    string
	values  bpm.Values
	more    map[string]any // seen besides
	capture bool           // variables that it assigns are wanted
}

// run runs scripts in one batch. Those with the same text are compiled once.
func (s *Service) run(ctx context.Context, sc *scene, runs []run) ([]bpm.Result, error) {
	if len(runs) == 0 {
		return nil, nil
	}
	request := script.Request{Services: s.Services, Now: sc.now, Seed: sc.seed, Resources: sc.library.Resources}
	place := map[string]int{}
	for _, r := range runs {
		at, known := place[r.text]
		if !known {
			at = len(request.Scripts)
			place[r.text] = at
			request.Scripts = append(request.Scripts, script.Source{Name: r.name, Text: r.text, Language: script.Autodetect})
		}
		bindings, err := sc.bindings(r)
		if err != nil {
			return nil, err
		}
		request.Calls = append(request.Calls, script.Call{Script: at, Bindings: bindings, Capture: r.capture})
	}
	answers, err := s.Host.Evaluate(ctx, request)
	if limit, over := errors.AsType[*script.LimitError](err); over {
		return overtime(len(runs), limit), nil
	}
	if err != nil {
		return nil, fmt.Errorf("run scripts: %w", err)
	}
	results := make([]bpm.Result, 0, len(runs))
	for i, r := range runs {
		results = append(results, result(r, answers[i]))
	}
	return results, nil
}

// overtime is what scripts come to that took too long together: to run them again would take as long.
func overtime(count int, limit *script.LimitError) []bpm.Result {
	results := make([]bpm.Result, count)
	for i := range results {
		results[i] = failed(faultScript+string(limit.Kind), "%s", limit.Error())
	}
	return results
}

// bindings are what a script sees: the variables of the process, and what is always there (see the scripts' part of the process language).
func (s *scene) bindings(r run) (map[string]any, error) {
	bindings := map[string]any{
		"requester": s.brief.Initiator.UserName, "requesterName": s.brief.Initiator.FullName,
		"processId": s.brief.Number, "processName": s.brief.Name,
	}
	for _, name := range slices.Sorted(maps.Keys(r.values)) {
		var value any
		if err := json.Unmarshal(r.values[name], &value); err != nil {
			return nil, fmt.Errorf("read variable %s: %w", name, err)
		}
		bindings[name] = value
	}
	maps.Copy(bindings, r.more)
	return bindings, nil
}

// result is what a script came to, as JSON. Of the variables only those count that the process has.
func result(r run, a script.Result) bpm.Result {
	if a.Err != nil {
		return failed(faultScript+string(a.Err.Kind), "%s", a.Err.Error())
	}
	value, err := data(a.Value)
	if err != nil {
		return failed(faultResult, "The result of %s is not data: %v.", r.name, err)
	}
	out := bpm.Result{Value: value}
	for _, name := range slices.Sorted(maps.Keys(a.Bindings)) {
		if _, known := r.values[name]; !known || !r.capture {
			continue
		}
		changed, err := data(a.Bindings[name])
		if err != nil {
			return failed(faultResult, "%s set %s to what is not data: %v.", r.name, name, err)
		}
		if unchanged(r.values[name], changed) {
			continue
		}
		if out.Changed == nil {
			out.Changed = bpm.Values{}
		}
		out.Changed[name] = changed
	}
	return out
}

// unchanged reports whether a variable is what it was. To set it again would undo what goes on beside the script: a number comes back from
// it in another form, which the host takes for a change.
func unchanged(before, after []byte) bool {
	var value any
	if err := json.Unmarshal(before, &value); err != nil {
		return false
	}
	text, err := json.Marshal(value)
	return err == nil && bytes.Equal(text, after)
}

func failed(code, format string, args ...any) bpm.Result {
	return bpm.Result{Fault: &bpm.Fault{Code: code, Message: fmt.Sprintf(format, args...)}}
}

var errNUL = errors.New("it holds a NUL character, which cannot be kept")

// data is a value as JSON that the database can keep.
func data(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err == nil && bytes.Contains(text, []byte(`\u0000`)) {
		err = errNUL
	}
	return text, err
}

// text fills in the expressions of a text.
func (s *Service) text(ctx context.Context, sc *scene, node, text string, values bpm.Values) (string, error) {
	out, err := s.texts(ctx, sc, node, values, text)
	if err != nil {
		return "", err
	}
	return out[0], nil
}

// texts fills in the expressions of several texts in one batch. It returns a *bpm.Fault when one of them fails.
func (s *Service) texts(ctx context.Context, sc *scene, node string, values bpm.Values, texts ...string) ([]string, error) {
	out := slices.Clone(texts)
	var runs []run
	var at []int
	for i, text := range texts {
		source, scripted, err := bpm.Expression(text)
		if err != nil {
			return nil, &bpm.Fault{Code: "expression", Message: fmt.Sprintf("%s: %v.", sc.step(node).Name, err)}
		}
		if scripted {
			runs, at = append(runs, run{name: sc.step(node).Name, text: source, values: values}), append(at, i)
		}
	}
	results, err := s.run(ctx, sc, runs)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		if r.Fault != nil {
			return nil, r.Fault
		}
		out[at[i]] = plain(r.Value)
	}
	return out, nil
}

// plain is a JSON value as text: lists by commas, null as nothing.
func plain(value []byte) string {
	var v any
	if err := json.Unmarshal(value, &v); err != nil {
		return ""
	}
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		elements := make([]string, len(v))
		for i, element := range v {
			elements[i] = fmt.Sprint(element)
		}
		return strings.Join(elements, ",")
	}
	return string(value)
}
