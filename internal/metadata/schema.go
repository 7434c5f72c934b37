package metadata

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"provost/internal/authz"
	"provost/internal/filter"
	"provost/internal/object"
	"provost/internal/query"
)

// Field describes one attribute of an object to forms, columns and search: the same for built-in and custom ones.
type Field struct {
	// Name is the path in the object and in filters: "userName", or "attributes.<code>" for a custom attribute.
	Name        string            `json:"name"`
	Code        string            `json:"code"`
	Label       map[string]string `json:"label"` // by language
	Type        DataType          `json:"type"`
	Reference   string            `json:"reference,omitempty"` // REST resource of the values
	Filter      string            `json:"filter,omitempty"`    // SCIM filter for the values of a reference
	Builtin     bool              `json:"builtin"`
	Required    bool              `json:"required"`
	ReadOnly    bool              `json:"readOnly"`
	MultiValued bool              `json:"multiValued"`
	MaxRows     int               `json:"maxRows,omitempty"`
	Values      []Value           `json:"values,omitempty"`
	Hint        string            `json:"hint,omitempty"`
	Description string            `json:"description,omitempty"`
	LetterCase  string            `json:"letterCase,omitempty"`
	Size        int               `json:"size,omitempty"`
	Position    int               `json:"position"`
	Filterable  bool              `json:"filterable"`
	Sortable    bool              `json:"sortable"`
	QuickSearch bool              `json:"quickSearch"`
	Ops         []string          `json:"ops"` // operators of the filter language
	OnLoad      string            `json:"onLoad,omitempty"`
	OnChange    string            `json:"onChange,omitempty"`
}

// Schemas gives the attributes of object types as the metadata of the moment describes them.
type Schemas struct{ store object.Store[Attribute] }

// NewSchemas gives the schemas over the stored metadata.
func NewSchemas(store object.Store[Attribute]) *Schemas { return &Schemas{store: store} }

// For gives all attributes of an object type in their order, for the reader that the caller of ctx is: hidden ones are left out and
// read-only ones marked. An unknown type has no attributes.
func (s *Schemas) For(ctx context.Context, objectType string) ([]Field, error) {
	return s.ForReader(ctx, objectType, ReaderOf(ctx))
}

// ForReader gives the attributes as a class of readers sees them.
func (s *Schemas) ForReader(ctx context.Context, objectType string, reader Reader) ([]Field, error) {
	attributes, err := s.Attributes(ctx, objectType)
	if err != nil {
		return nil, err
	}
	fields := make([]Field, 0, len(attributes))
	for i := range attributes {
		visibility := attributes[i].Options.Visibility(reader)
		if visibility == Hidden {
			continue
		}
		f := fieldOf(&attributes[i])
		f.ReadOnly = f.ReadOnly || visibility == ReadOnly
		fields = append(fields, f)
	}
	return fields, nil
}

// Attributes gives the stored definitions of an object type in their order.
func (s *Schemas) Attributes(ctx context.Context, objectType string) ([]Attribute, error) {
	var out []Attribute
	condition := "objectType eq " + quoted(objectType)
	err := s.store.Each(ctx, authz.Scope{All: true}, query.List{Filter: condition}, func(a Attribute) error {
		out = append(out, a)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read metadata of %s: %w", objectType, err)
	}
	slices.SortStableFunc(out, func(a, b Attribute) int { return a.Position - b.Position })
	return out, nil
}

func quoted(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		return `""` // text always encodes
	}
	return string(encoded)
}

func fieldOf(a *Attribute) Field {
	o := &a.Options
	f := Field{
		Name: "attributes." + a.Code, Code: a.Code, Label: o.Label, Type: a.DataType, Reference: a.DataType.Reference(), Filter: o.Filter,
		Builtin: a.Builtin, Required: o.Required, MultiValued: o.MultiValued, MaxRows: o.MaxRows, Values: o.Values, Hint: o.Hint,
		Description: o.Description, LetterCase: o.LetterCase, Size: o.Size, Position: a.Position, QuickSearch: o.QuickSearch,
		OnLoad: o.OnLoad, OnChange: o.OnChange, Ops: []string{},
	}
	if f.Label == nil {
		f.Label = map[string]string{"en": a.Code}
	}
	if a.DataType != Separator && a.DataType.Readable() {
		f.Filterable, f.Sortable = true, !o.MultiValued
	}
	if a.Builtin {
		f.builtin(a)
	}
	if f.Filterable {
		for _, op := range f.filterType().Ops() {
			f.Ops = append(f.Ops, string(op))
		}
	}
	return f
}

// builtin completes the field of a built-in attribute from its definition in the program.
func (f *Field) builtin(a *Attribute) {
	f.Name = a.Code
	d, ok := definitionOf(a.ObjectType, a.Code)
	if !ok {
		return
	}
	f.ReadOnly = d.readOnly
	f.Filterable, f.Sortable = !d.unfiltered && a.DataType != Separator, !d.unfiltered && a.DataType != Separator && !a.Options.MultiValued
	if d.reference != "" {
		f.Reference = d.reference
	}
}

func (f *Field) filterType() filter.Type {
	return f.Type.FilterType()
}
