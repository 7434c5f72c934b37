package process

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/bpm"
)

// ValuePrefix leads the names of values of processes in filters, sort orders and columns.
const ValuePrefix = "values."

// Declared is what a definition says about the values of its processes.
type Declared struct {
	Name       string // of the definition
	Attributes []bpm.Attribute
	// Form is what its initiators fill in.
	Form bpm.Form
	// LookedAfter is set when the reader looks after processes of the definition; otherwise they have started some.
	LookedAfter bool
}

// Column is a value of processes that their lists can show, filter and sort by.
type Column struct {
	Name        string      `json:"name" doc:"values.days: what filters, sort orders and columns call it"`
	Label       string      `json:"label"`
	Type        string      `json:"type" doc:"Data type of the metadata; string where definitions differ"`
	Multiple    bool        `json:"multiple"`
	Values      []bpm.Value `json:"values" doc:"The only ones that can be chosen; empty for any"`
	Definitions []string    `json:"definitions" doc:"Names of the definitions whose processes have it"`
	// Mixed is set where definitions give it different types: its values are compared as texts.
	Mixed bool `json:"mixed"`
}

// undrawn are types whose values lists cannot show: what is no text, and what nobody may read back.
var undrawn = []string{"password", "binary", "photo", "attachment", "separator", "ssoInput", "html", "grant", "object"}

// plainName is what a value has to be called to be named in filters.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Columns gives the values that lists of processes can show the caller, by the definitions and in the order in which those declare them: all of the
// definitions whose processes they look after, and what they filled in themselves of those that they started.
func (s *Processes) Columns(ctx context.Context) ([]Column, error) {
	see, err := s.sight(ctx)
	if err != nil {
		return nil, err
	}
	return s.columns(ctx, see)
}

// ColumnsOfMine gives the values that the list of what the caller started can show: what they filled in.
func (s *Processes) ColumnsOfMine(ctx context.Context) ([]Column, error) {
	who, err := me(ctx)
	if err != nil {
		return nil, err
	}
	return s.columns(ctx, Sight{Initiator: who.UserID})
}

func (s *Processes) columns(ctx context.Context, see Sight) ([]Column, error) {
	declared, err := s.Store.Declared(ctx, see)
	if err != nil {
		return nil, err
	}
	return ColumnsOf(declared), nil
}

// Starter is whose processes show what was filled in at their start.
func (s *Sight) Starter() uuid.UUID {
	if s.Initiator != uuid.Nil {
		return s.Initiator
	}
	return s.Self
}

// ColumnsOf puts together what definitions say about their values. What goes by one name is one column; labels that mean different columns get the
// name as well. Filters do not tell upper case from lower: of names that differ in that alone, the first is a column.
func ColumnsOf(declared []Declared) []Column {
	out := []Column{}
	place, labels := map[string]int{}, map[string]int{}
	for i := range declared {
		d := &declared[i]
		for j := range d.Attributes {
			a := &d.Attributes[j]
			if !d.shows(a) {
				continue
			}
			at, known := place[strings.ToLower(a.Name)]
			switch {
			case !known:
				place[strings.ToLower(a.Name)] = len(out)
				out = append(out, columnOf(a, d.Name))
				labels[out[len(out)-1].Label]++
			case out[at].Name == ValuePrefix+a.Name:
				out[at].join(a, d.Name)
			}
		}
	}
	for i := range out {
		if name := out[i].Name[len(ValuePrefix):]; labels[out[i].Label] > 1 && out[i].Label != name {
			out[i].Label += " (" + name + ")"
		}
	}
	return out
}

// shows tells whether the reader sees an attribute in lists. Of what they only started, they see what the form asked them.
func (d *Declared) shows(a *bpm.Attribute) bool {
	if slices.Contains(undrawn, a.Type) || !plainName.MatchString(a.Name) {
		return false
	}
	return d.LookedAfter || slices.ContainsFunc(d.Form.Fields, func(f bpm.Field) bool { return f.Name == a.Name })
}

func columnOf(a *bpm.Attribute, definition string) Column {
	v := viewOf(&bpm.Field{Name: a.Name}, a)
	return Column{Name: ValuePrefix + a.Name, Label: v.Label, Type: v.Type, Multiple: v.Multiple, Values: v.Values, Definitions: []string{definition}}
}

// join adds what another definition says about the same name.
func (c *Column) join(a *bpm.Attribute, definition string) {
	other := columnOf(a, definition)
	c.Definitions = append(c.Definitions, definition)
	c.Multiple = c.Multiple || other.Multiple
	if c.Mixed = c.Mixed || c.Type != other.Type; c.Mixed {
		c.Type = "string"
	}
	if c.Mixed || len(c.Values) == 0 || len(other.Values) == 0 {
		c.Values = []bpm.Value{}
		return
	}
	c.Values = slices.Clone(c.Values)
	for _, v := range other.Values {
		if !slices.ContainsFunc(c.Values, func(known bpm.Value) bool { return known.Code == v.Code }) {
			c.Values = append(c.Values, v)
		}
	}
}
