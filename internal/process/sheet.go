package process

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"provost/bpm"
)

// sheet is a form while it is filled in: its fields with what triggers made of them, and the values of the process behind it.
type sheet struct {
	library *bpm.Library
	known   map[string]*bpm.Attribute
	fields  []FieldView // all of them, in the order of the form
	hidden  map[string]bool
	values  bpm.Values
	// set names the values that triggers gave.
	set      map[string]bool
	messages map[string]string // of triggers, by field
	refusal  string
}

func newSheet(in *Filled) *sheet {
	s := &sheet{
		library: in.Library, known: attributesByName(in.Library), hidden: map[string]bool{}, values: bpm.Values{}, set: map[string]bool{},
		messages: map[string]string{},
	}
	maps.Copy(s.values, in.Current)
	if in.Form != nil {
		for i := range in.Form.Fields {
			s.fields = append(s.fields, viewOf(&in.Form.Fields[i], s.known[in.Form.Fields[i].Name]))
		}
	}
	return s
}

// field gives a field by its name, or nil.
func (s *sheet) field(name string) *FieldView {
	at := slices.IndexFunc(s.fields, func(f FieldView) bool { return f.Name == name })
	if at < 0 {
		return nil
	}
	return &s.fields[at]
}

// fill writes what somebody filled into a field, and reports whether that changes it. A field that is only shown, and a value that does not fit,
// change nothing: Check says so.
func (s *sheet) fill(in *Filled, f *FieldView) bool {
	value, given := in.Given[f.Name]
	if !given {
		value, given = in.Kept[f.Name]
	}
	if !given || f.ReadOnly || s.hidden[f.Name] || s.misfit(f, value) != "" {
		return false
	}
	if f.Name == LinesVariable {
		value = undecided(value, in.Current[f.Name])
	}
	if same(value, s.values[f.Name]) {
		return false
	}
	s.values[f.Name] = value
	delete(s.set, f.Name)
	return true
}

// misfit says what is wrong with a value for a field, or "". Values that a trigger offers take the place of those of the attribute.
func (s *sheet) misfit(f *FieldView, value json.RawMessage) string {
	a := s.known[f.Name]
	if a == nil {
		return fits(nil, value)
	}
	as := *a
	as.Values = f.Values
	return fits(&as, value)
}

// inputKind makes the script host give an object the methods of an input field (guide page 039).
const inputKind = "InputField"

// inputs are the fields as triggers see them.
func (s *sheet) inputs() (map[string]any, error) {
	values, err := bound(s.values)
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(s.fields))
	for i := range s.fields {
		out[s.fields[i].Name] = s.input(&s.fields[i], values[s.fields[i].Name])
	}
	return out, nil
}

func (s *sheet) input(f *FieldView, value any) map[string]any {
	return map[string]any{
		"@class": inputKind, "name": f.Name, "label": f.Label, "value": value, "visible": !s.hidden[f.Name], "readonly": f.ReadOnly,
		"required": f.Required, "values": choicesOf(f.Values), "filter": f.Filter, "warning": s.messages[f.Name],
	}
}

// choicesOf writes the values that can be chosen as the guide does: code:label.
func choicesOf(values []bpm.Value) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v.Code
		if v.Label != "" {
			out[i] = v.Code + ":" + v.Label
		}
	}
	return out
}

// askers are the variables that say who asks: no form changes them.
var askers = []string{"requester", "requesterName"}

// assign gives a variable of the process the value that a trigger gave it. Names that the process does not have are the script's own.
func (s *sheet) assign(name string, value any) error {
	f, a := s.field(name), s.known[name]
	if f == nil && (a == nil || slices.Contains(askers, name)) {
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("it sets %s to what is not data: %w", name, err)
	}
	problem := fits(a, text)
	if f != nil {
		problem = s.misfit(f, text)
	}
	if problem != "" {
		return fmt.Errorf("it sets %s to a value that does not fit: %s", name, strings.TrimSuffix(problem, ".")) //nolint:err113 // a sentence for the designer
	}
	s.values[name], s.set[name] = text, true
	return nil
}

// adopt takes over what a trigger did with an input field; before is how the script found it.
func (s *sheet) adopt(before, after map[string]any) error {
	name, _ := before["name"].(string)
	f := s.field(name)
	if f == nil {
		return nil
	}
	for _, property := range slices.Sorted(maps.Keys(after)) {
		value := after[property]
		if was, had := before[property]; had && equal(was, value) {
			continue
		}
		switch property {
		case "visible":
			s.hidden[name] = value == false
		case "readonly", "readOnly", "disabled":
			f.ReadOnly = value == true
		case "required":
			f.Required = value == true
		case "label":
			f.Label = fmt.Sprint(value)
		case "filter":
			f.Filter, _ = value.(string)
		case "values", "listOfValues":
			f.Values = valuesIn(value)
		case "warning", "message", "errorMessage":
			s.say(name, value)
		}
	}
	if value, has := after["value"]; has && !equal(before["value"], value) {
		return s.assign(name, value)
	}
	return nil
}

// say notes what a trigger says about a field; nothing takes it back.
func (s *sheet) say(field string, value any) {
	if text, _ := value.(string); text != "" {
		s.messages[field] = text
		return
	}
	delete(s.messages, field)
}

// equal compares two values of scripts as JSON: numbers come back in other types.
func equal(a, b any) bool {
	one, err := json.Marshal(a)
	if err != nil {
		return false
	}
	other, err := json.Marshal(b)
	return err == nil && same(one, other)
}

// valuesIn reads values that can be chosen: texts as code:label, or objects with code and label.
func valuesIn(value any) []bpm.Value {
	list, _ := value.([]any)
	out := make([]bpm.Value, 0, len(list))
	for _, one := range list {
		switch one := one.(type) {
		case map[string]any:
			code, _ := one["code"].(string)
			label, _ := one["label"].(string)
			out = append(out, bpm.Value{Code: code, Label: label})
		default:
			code, label, _ := strings.Cut(fmt.Sprint(one), ":")
			out = append(out, bpm.Value{Code: strings.TrimSpace(code), Label: strings.TrimSpace(label)})
		}
	}
	return out
}

// shown gives the fields that people see, and their values.
func (s *sheet) shown(hidden map[string]bool) ([]FieldView, bpm.Values) {
	fields, values := []FieldView{}, bpm.Values{}
	for i := range s.fields {
		f := &s.fields[i]
		if hidden[f.Name] {
			continue
		}
		fields = append(fields, *f)
		if value, ok := s.values[f.Name]; ok {
			values[f.Name] = value
		}
	}
	return fields, values
}
