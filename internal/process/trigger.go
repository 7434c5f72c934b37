package process

import (
	"context"
	"maps"
	"slices"

	"provost/bpm"
	"provost/internal/fault"
)

// The occasions on which triggers of forms run (guide page 052, Triggers tab).
const (
	onLoad              = "onLoad"
	onChange            = "onChange"
	onPrepareTransition = "onPrepareTransition"
)

// ofTriggers are the names that triggers see beside the values.
var ofTriggers = []string{"inputFields", "inputField", "value", "ownerObject", "transition", "requestContext"}

// play fills a form in as its triggers have it: those of loading first, then each change with what follows from it, and last, when somebody decides,
// those before the transition. It is played again from the beginning each time, so that nothing that a client says about a form has to be
// believed: a read-only field has the value that a trigger gave it here, or none.
func (f *Forms) play(ctx context.Context, in *Filled) (*sheet, error) {
	s := newSheet(in)
	if in.Form == nil {
		return s, nil
	}
	if err := f.occur(ctx, s, in, onLoad, ""); err != nil {
		return nil, err
	}
	for i := range s.fields {
		name := s.fields[i].Name
		if s.fill(in, &s.fields[i]) && name != in.Changed {
			if err := f.occur(ctx, s, in, onChange, name); err != nil {
				return nil, err
			}
		}
	}
	for i := range s.fields { // what somebody filled in counts more than what followed from another change
		s.fill(in, &s.fields[i])
	}
	if in.Changed != "" {
		if err := f.occur(ctx, s, in, onChange, in.Changed); err != nil {
			return nil, err
		}
	}
	if !in.completes {
		return s, nil
	}
	return s, f.occur(ctx, s, in, onPrepareTransition, "")
}

// occur runs the triggers of an occasion, one after the other: each sees what the one before did.
func (f *Forms) occur(ctx context.Context, s *sheet, in *Filled, on, field string) error {
	for _, t := range in.Form.Triggers {
		if t.On != on || on == onChange && t.Field != "" && t.Field != field {
			continue
		}
		at := t.Field
		if at == "" {
			at = field
		}
		if err := f.trigger(ctx, s, in, t, at); err != nil {
			return err
		}
	}
	return nil
}

// trigger runs one trigger. What it throws is its message: at the field that it belongs to, or before a transition as the reason why it is not taken.
func (f *Forms) trigger(ctx context.Context, s *sheet, in *Filled, t bpm.Trigger, field string) error {
	bindings, err := bound(s.values)
	if err != nil {
		return err
	}
	for name := range s.known { // what has no value yet can be given one
		if _, has := bindings[name]; !has {
			bindings[name] = nil
		}
	}
	before, err := s.inputs()
	if err != nil {
		return err
	}
	name := "trigger " + t.On
	if field != "" {
		name += " of " + field
	}
	seen := maps.Clone(bindings)
	maps.Copy(bindings, map[string]any{
		"inputFields": before, "inputField": before[field], "value": seen[field], "ownerObject": seen, "transition": in.Transition, "requestContext": in.context(),
	})
	answers, err := f.run(ctx, in.Library, []ScriptRun{{Name: name, Text: textOf(in.Library, t.Script), Bindings: bindings, Capture: true}})
	if err != nil {
		return err
	}
	answer := &answers[0]
	switch {
	case answer.Thrown != "" && field != "":
		s.messages[field] = answer.Thrown
		return nil
	case answer.Thrown != "":
		s.refusal = answer.Thrown
		return nil
	case answer.Err != nil:
		return fault.Wrap(fault.Invalid, answer.Err, "The form cannot be shown: the %s fails: %s", name, answer.Err)
	}
	if err := s.follow(before, field, answer.Changed); err != nil {
		return fault.Wrap(fault.Invalid, err, "The form cannot be shown: the %s fails: %s.", name, err)
	}
	return nil
}

// follow takes over what a trigger changed: variables that it assigned, and fields that it touched.
func (s *sheet) follow(before map[string]any, field string, changed map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		if slices.Contains(ofTriggers, name) || isInput(changed[name]) {
			continue
		}
		if err := s.assign(name, changed[name]); err != nil {
			return err
		}
	}
	touched, _ := changed["inputFields"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(touched)) {
		if err := s.touched(before[name], touched[name]); err != nil {
			return err
		}
	}
	return s.touched(before[field], changed["inputField"])
}

// isInput reports whether a value is an input field: scripts keep them in variables of their own, which may be called as those of the process.
func isInput(value any) bool {
	object, _ := value.(map[string]any)
	_, visible := object["visible"]
	_, locked := object["readonly"]
	return visible && locked
}

func (s *sheet) touched(before, after any) error {
	was, _ := before.(map[string]any)
	now, ok := after.(map[string]any)
	if !ok || was == nil {
		return nil
	}
	return s.adopt(was, now)
}

// reacting lists the fields whose change may change others: by triggers, or by visibility scripts.
func reacting(form *bpm.Form) []string {
	out := []string{}
	if form == nil {
		return out
	}
	everyField := slices.ContainsFunc(form.Fields, func(f bpm.Field) bool { return f.Visibility != "" }) ||
		slices.ContainsFunc(form.Triggers, func(t bpm.Trigger) bool { return t.On == onChange && t.Field == "" })
	for i := range form.Fields {
		name := form.Fields[i].Name
		if everyField || slices.ContainsFunc(form.Triggers, func(t bpm.Trigger) bool { return t.On == onChange && t.Field == name }) {
			out = append(out, name)
		}
	}
	return out
}
