package metadata

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"provost/internal/identity"
)

// visible refuses changes of attributes that the caller may not write, on the same objects where they may not read them: custom ones and
// those that are fields of the object. What the caller may not see they cannot give back, so that leaving it out changes nothing.
func (p *pass) visible(context.Context) error {
	for n, item := range p.items {
		for i := range p.attributes {
			a := &p.attributes[i]
			v := a.Options.Visibility(p.readers[n])
			if v == Editable {
				continue
			}
			before, had := item.Before[a.Code]
			after, given := item.After[a.Code]
			if reflect.DeepEqual(before, after) {
				continue
			}
			if v == ReadOnly || given {
				p.findings[n].Add(a.path(), "%s", a.refusal(v))
			}
			if delete(item.After, a.Code); had {
				item.After[a.Code] = before
			}
		}
		p.visibleFields(n, item)
	}
	return nil
}

// visibleFields does the same for fields, of objects that exist: a new one has defaults that nobody gave, so that what a person gives it
// is looked at where it comes in. Fields that the platform derives are not the caller's doing.
func (p *pass) visibleFields(n int, item *identity.AttributeCheck) {
	if item.Old == nil {
		return
	}
	for i := range p.builtins {
		a := &p.builtins[i]
		v := a.Options.Visibility(p.readers[n])
		if d, known := definitionOf(a.ObjectType, a.Code); v == Editable || (known && d.readOnly) {
			continue
		}
		if changedField(item.Old, item.New, a) {
			p.findings[n].Add(a.Code, "%s", a.refusal(v))
		}
	}
}

// changedField compares an attribute of two objects; of a reference the id counts, because the name beside it is only shown.
func changedField(before, after any, a *Attribute) bool {
	names := a.members()
	slices.Reverse(names)
	for _, name := range names {
		if old, ok := fieldNamed(before, name); ok {
			now, _ := fieldNamed(after, name)
			return !reflect.DeepEqual(old, now)
		}
	}
	return false
}

// fieldNamed gives the value of a field by its JSON name; object is a pointer to a struct.
func fieldNamed(object any, name string) (any, bool) {
	v := reflect.Indirect(reflect.ValueOf(object))
	for _, f := range reflect.VisibleFields(v.Type()) {
		if called, _, _ := strings.Cut(f.Tag.Get("json"), ","); called == name && !f.Anonymous {
			return v.FieldByIndex(f.Index).Interface(), true
		}
	}
	return nil, false
}

// Blank takes out of an object what its reader may not see: hidden fields get their zero value, hidden custom attributes are left out.
// object is a pointer to a struct; maps are copied, not changed.
func (g *Guard) Blank(object any) {
	if g == nil || len(g.attributes) == 0 {
		return
	}
	v := reflect.Indirect(reflect.ValueOf(object))
	for _, f := range reflect.VisibleFields(v.Type()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous || name == "" || name == "-":
		case g.Hidden(name):
			v.FieldByIndex(f.Index).SetZero()
		case name == "attributes":
			g.blankCustom(v.FieldByIndex(f.Index))
		}
	}
}

// blankCustom leaves hidden attributes out of a map by code.
func (g *Guard) blankCustom(field reflect.Value) {
	if field.Kind() != reflect.Map || field.IsNil() {
		return
	}
	clean := reflect.MakeMapWithSize(field.Type(), field.Len())
	for entry := field.MapRange(); entry.Next(); {
		if !g.Hidden("attributes." + entry.Key().String()) {
			clean.SetMapIndex(entry.Key(), entry.Value())
		}
	}
	field.Set(clean)
}
