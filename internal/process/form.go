package process

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/mapping"
)

// MaxValue is the largest value of a form, in bytes of JSON: larger ones belong into a document.
const MaxValue = 32 << 10

// Forms checks what people fill in. Scripts may be nil: then a form with scripts cannot be sent.
type Forms struct{ Scripts mapping.Evaluator }

// Filled is a form with what somebody filled in.
type Filled struct {
	Library *bpm.Library
	Form    *bpm.Form  // nil takes no values
	Current bpm.Values // of the process
	Given   bpm.Values
	// Draft leaves out what only has to hold in the end: required fields and validation.
	Draft bool
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

// View gives the fields that somebody sees, with the values there are for them and nothing else of the process. Hidden fields are left out.
func (f *Forms) View(ctx context.Context, library *bpm.Library, form *bpm.Form, current bpm.Values) ([]FieldView, bpm.Values, error) {
	fields, values := []FieldView{}, bpm.Values{}
	if form == nil {
		return fields, values, nil
	}
	hidden, err := f.hidden(ctx, library, form, current)
	if err != nil {
		return nil, nil, err
	}
	known := attributesByName(library)
	for i := range form.Fields {
		field := &form.Fields[i]
		if hidden[field.Name] {
			continue
		}
		fields = append(fields, viewOf(field, known[field.Name]))
		if value, ok := current[field.Name]; ok {
			values[field.Name] = value
		}
	}
	return fields, values, nil
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

// Check gives the values that a filled form changes. What cannot be accepted is told all at once (fault.Invalid with locations values.name):
// fields that the form does not have, hides or only shows, values of a wrong type, required fields without one, and what validation says. A
// value that is sent back unchanged is no change.
func (f *Forms) Check(ctx context.Context, in Filled) (bpm.Values, error) {
	form := in.Form
	if form == nil {
		form = &bpm.Form{}
	}
	merged := make(bpm.Values, len(in.Current)+len(in.Given))
	maps.Copy(merged, in.Current)
	maps.Copy(merged, in.Given)
	hidden, err := f.hidden(ctx, in.Library, form, merged)
	if err != nil {
		return nil, err
	}
	var c fault.Collector
	changes := accepted(&in, form, hidden, &c)
	if !in.Draft {
		missing(in.Library, form, hidden, merged, &c)
		if err := f.validate(ctx, in.Library, form, hidden, merged, &c); err != nil {
			return nil, err
		}
	}
	return changes, c.Err()
}

// accepted gives the values that may be changed, and notes the others.
func accepted(in *Filled, form *bpm.Form, hidden map[string]bool, c *fault.Collector) bpm.Values {
	known := attributesByName(in.Library)
	changes := bpm.Values{}
	for _, name := range sortedNames(in.Given) {
		value, where := in.Given[name], "values."+name
		at := slices.IndexFunc(form.Fields, func(f bpm.Field) bool { return f.Name == name })
		switch {
		case at < 0 || hidden[name]:
			c.Add(where, "The form has no field %s.", name)
		case form.Fields[at].ReadOnly:
			if !same(value, in.Current[name]) {
				c.Add(where, "%s cannot be changed here.", labelOf(&form.Fields[at], known[name]))
			}
		default:
			if problem := fits(known[name], value); problem != "" {
				c.Add(where, "%s: %s", labelOf(&form.Fields[at], known[name]), problem)
				continue
			}
			if name == LinesVariable {
				value = undecided(value, in.Current[name])
			}
			changes[name] = value
		}
	}
	return changes
}

// labelOf gives what people call a field; the attribute may be nil.
func labelOf(field *bpm.Field, a *bpm.Attribute) string { return viewOf(field, a).Label }

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

// missing notes required fields without a value.
func missing(library *bpm.Library, form *bpm.Form, hidden map[string]bool, merged bpm.Values, c *fault.Collector) {
	known := attributesByName(library)
	for i := range form.Fields {
		field := &form.Fields[i]
		if field.Required && !field.ReadOnly && !hidden[field.Name] && empty(merged[field.Name]) {
			c.Add("values."+field.Name, "%s is required.", labelOf(field, known[field.Name]))
		}
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

// hidden says which fields visibility scripts hide.
func (f *Forms) hidden(ctx context.Context, library *bpm.Library, form *bpm.Form, values bpm.Values) (map[string]bool, error) {
	out := map[string]bool{}
	results, err := f.evaluate(ctx, library, form, values, func(field *bpm.Field) string { return field.Visibility })
	if err != nil {
		return nil, err
	}
	for name, r := range results {
		if r.Err != nil {
			return nil, fault.Wrap(fault.Invalid, r.Err, "The form cannot be shown: the visibility of %s fails: %s", name, r.Err)
		}
		out[name] = !mapping.Truthy(r.V)
	}
	return out, nil
}

// validate notes what the validation scripts say: true accepts a value, a text is the message, everything else refuses.
func (f *Forms) validate(
	ctx context.Context, library *bpm.Library, form *bpm.Form, hidden map[string]bool, values bpm.Values, c *fault.Collector,
) error {
	results, err := f.evaluate(ctx, library, form, values, func(field *bpm.Field) string {
		if field.ReadOnly || hidden[field.Name] {
			return ""
		}
		return field.Validation
	})
	if err != nil {
		return err
	}
	known := attributesByName(library)
	for i := range form.Fields {
		field := &form.Fields[i]
		r, asked := results[field.Name]
		label := labelOf(field, known[field.Name])
		text, isText := r.V.(string)
		switch {
		case !asked || r.V == true:
		case r.Err != nil:
			c.Add("values."+field.Name, "%s cannot be checked: %s", label, r.Err)
		case isText && text != "":
			c.Add("values."+field.Name, "%s", text)
		default:
			c.Add("values."+field.Name, "%s is not accepted.", label)
		}
	}
	return nil
}

// evaluate runs the scripts of the fields that have one, each of which sees the values by name, and its own as value.
func (f *Forms) evaluate(
	ctx context.Context, library *bpm.Library, form *bpm.Form, values bpm.Values, script func(*bpm.Field) string,
) (map[string]mapping.Value, error) {
	out := map[string]mapping.Value{}
	var bindings map[string]any
	for i := range form.Fields {
		field := &form.Fields[i]
		source := script(field)
		if source == "" {
			continue
		}
		if text, known := library.Scripts[source]; known {
			source = text
		}
		if f.Scripts == nil {
			return nil, fault.New(fault.Unavailable, "This server runs no scripts, which the form needs. Ask one that does.")
		}
		if bindings == nil {
			var err error
			if bindings, err = bound(values); err != nil {
				return nil, err
			}
		}
		bindings["value"] = bindings[field.Name]
		results, err := f.Scripts.Evaluate(ctx, []mapping.Script{{Name: field.Name, Source: source}}, []map[string]any{bindings})
		if err != nil {
			return nil, fmt.Errorf("run the scripts of a form: %w", err)
		}
		out[field.Name] = results[0][0]
	}
	return out, nil
}

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
