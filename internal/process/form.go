package process

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"sort"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/mapping"
)

// MaxValue is the largest value of a form, in bytes of JSON: larger ones belong into a document.
const MaxValue = 32 << 10

// Requests knows which roles people may ask for.
type Requests interface {
	// Refusals says in a sentence why roles, named name@system, cannot be asked for; those that can be are left out.
	Refusals(ctx context.Context, roles []string) (map[string]string, error)
}

// Forms checks what people fill in. Scripts may be nil: then a form with scripts cannot be sent. Without Requests any role can be asked for.
type Forms struct {
	Scripts  ScriptRunner
	Requests Requests
}

// Filled is a form with what somebody filled in.
type Filled struct {
	Library *bpm.Library
	Form    *bpm.Form  // nil takes no values
	Current bpm.Values // of the process
	// Kept is what was filled in before, as a draft. What of it cannot be filled in any more is dropped.
	Kept  bpm.Values
	Given bpm.Values
	// Changed names the field that was changed last: what follows from that counts more than what was filled in before.
	Changed string
	// Draft leaves out what only has to hold in the end: required fields, validation, and triggers before the transition.
	Draft bool
	// Transition is the decision that is taken, as triggers see it.
	Transition string
	// Start is set for the form that starts a process.
	Start bool

	completes bool
}

// context is where the form is, for triggers (guide page 039, requestContext).
func (in *Filled) context() string {
	if in.Start {
		return "start"
	}
	return "task"
}

// FormView is a form as somebody sees it.
type FormView struct {
	Fields []FieldView `json:"fields"`
	Values bpm.Values  `json:"values" doc:"Of the fields"`
	// Reacts names the fields whose change may change others.
	Reacts   []string          `json:"reacts" doc:"Fields whose change may change others: tell it by POST …/form"`
	Messages map[string]string `json:"messages" doc:"What triggers say about fields"`
}

// FieldView is a field as people see it.
type FieldView struct {
	Name       string      `json:"name"`
	Label      string      `json:"label"`
	Type       string      `json:"type" doc:"Data type of the metadata"`
	ObjectType string      `json:"objectType,omitempty" doc:"Of a reference to a custom object"`
	Multiple   bool        `json:"multiple"`
	Size       int         `json:"size,omitempty" doc:"Most characters; zero for no limit"`
	Values     []bpm.Value `json:"values" doc:"The only ones that can be chosen; empty for any"`
	ReadOnly   bool        `json:"readOnly"`
	Required   bool        `json:"required"`
	Filter     string      `json:"filter,omitempty" doc:"SCIM filter of what a reference may point at"`
}

// View gives a form as its triggers and visibility scripts have it, with the values there are for its fields and nothing else of the process.
// Hidden fields are left out.
func (f *Forms) View(ctx context.Context, in Filled) (FormView, error) {
	s, err := f.play(ctx, &in)
	if err != nil {
		return FormView{}, err
	}
	hidden, err := f.hidden(ctx, s, in.Form)
	if err != nil {
		return FormView{}, err
	}
	view := FormView{Reacts: reacting(in.Form), Messages: map[string]string{}}
	view.Fields, view.Values = s.shown(hidden)
	for _, field := range view.Fields {
		if text := s.messages[field.Name]; text != "" {
			view.Messages[field.Name] = text
		}
	}
	return view, nil
}

// attributesByName gives what is known of the variables of a process: its attributes, and those that every process of its kind has.
func attributesByName(library *bpm.Library) map[string]*bpm.Attribute {
	out := make(map[string]*bpm.Attribute, len(library.Attributes))
	for _, v := range bpm.BuiltIn(library.Kind) {
		out[v.Name] = &bpm.Attribute{Name: v.Name, Type: v.Type, Multiple: v.Many}
	}
	for i := range library.Attributes {
		out[library.Attributes[i].Name] = &library.Attributes[i]
	}
	return out
}

func viewOf(field *bpm.Field, a *bpm.Attribute) FieldView {
	v := FieldView{
		Name: field.Name, Label: field.Label, Type: "string", Values: []bpm.Value{}, ReadOnly: field.ReadOnly, Required: field.Required, Filter: field.Filter,
	}
	if a != nil {
		v.Type, v.ObjectType, v.Multiple, v.Size = a.Type, a.ObjectType, a.Multiple, a.Size
		if v.Label == "" {
			v.Label = a.Label
		}
		if len(a.Values) > 0 {
			v.Values = a.Values
		}
	}
	if v.Label == "" {
		v.Label = v.Name
	}
	return v
}

// Check gives the values that a filled form changes, with what its triggers set. What cannot be accepted is told all at once (fault.Invalid with
// locations values.name, and outcome for what a trigger says against the transition): fields that the form does not have, hides or only shows,
// values of a wrong type, required fields without one, and what validation says. A value that is sent back unchanged is no change.
func (f *Forms) Check(ctx context.Context, in Filled) (bpm.Values, error) {
	in.completes = !in.Draft
	s, err := f.play(ctx, &in)
	if err != nil {
		return nil, err
	}
	hidden, err := f.hidden(ctx, s, in.Form)
	if err != nil {
		return nil, err
	}
	var c fault.Collector
	changes := s.accepted(&in, hidden, &c)
	if err := f.askable(ctx, &in, changes, &c); err != nil {
		return nil, err
	}
	if in.Draft {
		return changes, c.Err()
	}
	s.complain(&in, hidden, &c)
	if err := f.validate(ctx, s, in.Form, hidden, &c); err != nil {
		return nil, err
	}
	for name := range s.set {
		changes[name] = s.values[name]
	}
	return changes, c.Err()
}

// accepted gives the values that may be changed, and notes the others.
func (s *sheet) accepted(in *Filled, hidden map[string]bool, c *fault.Collector) bpm.Values {
	changes := bpm.Values{}
	for _, name := range sortedNames(in.Given) {
		value, where, f := in.Given[name], "values."+name, s.field(name)
		switch {
		case f == nil || hidden[name]:
			c.Add(where, "The form has no field %s.", name)
		case f.ReadOnly:
			if !same(value, s.values[name]) {
				c.Add(where, "%s cannot be changed here.", f.Label)
			}
		default:
			if problem := s.misfit(f, value); problem != "" {
				c.Add(where, "%s: %s", f.Label, problem)
				continue
			}
			changes[name] = s.values[name]
		}
	}
	for _, name := range sortedNames(in.Kept) {
		f := s.field(name)
		if _, given := in.Given[name]; given || f == nil || hidden[name] || f.ReadOnly {
			continue
		}
		if problem := s.misfit(f, in.Kept[name]); problem != "" {
			c.Add("values."+name, "%s: %s", f.Label, problem)
			continue
		}
		changes[name] = s.values[name]
	}
	return changes
}

func sortedNames(values bpm.Values) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// same compares two JSON values; none is the same as null.
func same(a, b json.RawMessage) bool {
	var left, right bytes.Buffer
	if len(a) == 0 {
		a = json.RawMessage("null")
	}
	if len(b) == 0 {
		b = json.RawMessage("null")
	}
	if json.Compact(&left, a) != nil || json.Compact(&right, b) != nil {
		return false
	}
	return bytes.Equal(left.Bytes(), right.Bytes())
}

// complain notes required fields without a value, and what triggers say.
func (s *sheet) complain(in *Filled, hidden map[string]bool, c *fault.Collector) {
	for i := range s.fields {
		f := &s.fields[i]
		if hidden[f.Name] {
			continue
		}
		if text := s.messages[f.Name]; text != "" {
			c.Add("values."+f.Name, "%s", text)
		}
		if f.Required && !f.ReadOnly && empty(s.values[f.Name]) && empty(in.Given[f.Name]) {
			c.Add("values."+f.Name, "%s is required.", f.Label)
		}
	}
	if s.refusal != "" {
		c.Add("outcome", "%s", s.refusal)
	}
}

// empty tells whether a value says nothing.
func empty(value json.RawMessage) bool {
	var v any
	if len(value) == 0 || json.Unmarshal(value, &v) != nil {
		return true
	}
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// hidden says which fields are not seen: by visibility scripts, or by triggers.
func (f *Forms) hidden(ctx context.Context, s *sheet, form *bpm.Form) (map[string]bool, error) {
	out := maps.Clone(s.hidden)
	answers, err := f.evaluate(ctx, s, form, func(field *bpm.Field) string { return field.Visibility })
	if err != nil {
		return nil, err
	}
	for name, r := range answers {
		if r.Err != nil {
			return nil, fault.Wrap(fault.Invalid, r.Err, "The form cannot be shown: the visibility of %s fails: %s", name, r.Err)
		}
		out[name] = out[name] || !mapping.Truthy(r.Value)
	}
	return out, nil
}

// validate notes what the validation scripts say: true accepts a value, a text is the message, everything else refuses.
func (f *Forms) validate(ctx context.Context, s *sheet, form *bpm.Form, hidden map[string]bool, c *fault.Collector) error {
	answers, err := f.evaluate(ctx, s, form, func(field *bpm.Field) string {
		if hidden[field.Name] || s.field(field.Name).ReadOnly {
			return ""
		}
		return field.Validation
	})
	if err != nil {
		return err
	}
	for i := range s.fields {
		field := &s.fields[i]
		r, asked := answers[field.Name]
		text, isText := r.Value.(string)
		switch {
		case !asked || r.Value == true:
		case r.Err != nil:
			c.Add("values."+field.Name, "%s cannot be checked: %s", field.Label, r.Err)
		case isText && text != "":
			c.Add("values."+field.Name, "%s", text)
		default:
			c.Add("values."+field.Name, "%s is not accepted.", field.Label)
		}
	}
	return nil
}

// evaluate runs the scripts of the fields that have one, each of which sees the values by name, and its own as value.
func (f *Forms) evaluate(ctx context.Context, s *sheet, form *bpm.Form, script func(*bpm.Field) string) (map[string]ScriptAnswer, error) {
	if form == nil {
		return nil, nil
	}
	values, err := bound(s.values)
	if err != nil {
		return nil, err
	}
	var runs []ScriptRun
	var names []string
	for i := range form.Fields {
		field := &form.Fields[i]
		text := script(field)
		if text == "" {
			continue
		}
		bindings := maps.Clone(values)
		bindings["value"] = values[field.Name]
		names = append(names, field.Name)
		runs = append(runs, ScriptRun{Name: field.Name, Text: textOf(s.library, text), Bindings: bindings})
	}
	answers, err := f.run(ctx, s.library, runs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]ScriptAnswer, len(names))
	for i, name := range names {
		out[name] = answers[i]
	}
	return out, nil
}
