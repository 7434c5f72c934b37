package process

import (
	"context"
	"encoding/json"
	"fmt"

	"provost/bpm"
	"provost/internal/fault"
)

// ScriptRun is a script of a form with the variables it sees.
type ScriptRun struct {
	Name     string // for people
	Text     string
	Bindings map[string]any
	// Capture asks for the variables that the script changed.
	Capture bool
}

// ScriptAnswer is what became of a script.
type ScriptAnswer struct {
	Value   any
	Changed map[string]any
	// Thrown is the text of an exception that the script threw: its own words for people. Err is set too.
	Thrown string
	Err    error
}

// ScriptRunner runs scripts of forms, in their order, and answers each. Resources are the files of the definition, which scripts may read. The
// error is for all of them: the context ended, or the script host is gone.
type ScriptRunner interface {
	RunScripts(ctx context.Context, resources map[string]string, runs []ScriptRun) ([]ScriptAnswer, error)
}

// run runs scripts of a definition.
func (f *Forms) run(ctx context.Context, library *bpm.Library, runs []ScriptRun) ([]ScriptAnswer, error) {
	if len(runs) == 0 {
		return nil, nil
	}
	if f.Scripts == nil {
		return nil, fault.New(fault.Unavailable, "This server runs no scripts, which the form needs. Ask one that does.")
	}
	answers, err := f.Scripts.RunScripts(ctx, library.Resources, runs)
	if err != nil {
		return nil, fmt.Errorf("run the scripts of a form: %w", err)
	}
	if len(answers) != len(runs) {
		return nil, fmt.Errorf("run the scripts of a form: %d answers to %d scripts", len(answers), len(runs))
	}
	return answers, nil
}

// textOf gives the text of a script that a library may hold under a key.
func textOf(library *bpm.Library, script string) string {
	if text, known := library.Scripts[script]; known {
		return text
	}
	return script
}

// bound gives values as scripts see them.
func bound(values bpm.Values) (map[string]any, error) {
	out := make(map[string]any, len(values)+1)
	for name, value := range values {
		var v any
		if err := json.Unmarshal(value, &v); err != nil {
			return nil, fault.InvalidField("values."+name, "%s is not JSON.", name)
		}
		out[name] = v
	}
	return out, nil
}
