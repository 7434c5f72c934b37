package api

import (
	"context"
	"reflect"
	"slices"

	"provost/internal/metadata"
	"provost/internal/object"
)

// veil takes out of objects the custom attributes that the metadata hides from the caller (guide page 039). Objects are given as pointers
// to what is about to be sent; maps are copied, not changed.
func (r resource[T, P]) veil(ctx context.Context, items ...*T) error {
	field, ok := reflect.TypeFor[T]().FieldByName("Attributes")
	if !ok || field.Type != reflect.TypeFor[object.Attributes]() || len(items) == 0 {
		return nil
	}
	hidden, err := hiddenAttributes(ctx, r.api.deps.Platform.Attributes, r.service.Type)
	if err != nil || len(hidden) == 0 {
		return err
	}
	for _, item := range items {
		value := reflect.ValueOf(item).Elem().FieldByIndex(field.Index)
		attributes, _ := reflect.TypeAssert[object.Attributes](value)
		clean := attributes.Clone()
		for _, code := range hidden {
			delete(clean, code)
		}
		value.Set(reflect.ValueOf(clean))
	}
	return nil
}

// hiddenAttributes lists the codes that the caller may not see.
func hiddenAttributes(ctx context.Context, schemas *metadata.Schemas, objectType string) ([]string, error) {
	all, err := schemas.Attributes(ctx, objectType)
	if err != nil {
		return nil, err
	}
	seen, err := schemas.For(ctx, objectType)
	if err != nil {
		return nil, err
	}
	var hidden []string
	for i := range all {
		if !all[i].Builtin && !slices.ContainsFunc(seen, func(f metadata.Field) bool { return f.Code == all[i].Code }) {
			hidden = append(hidden, all[i].Code)
		}
	}
	return hidden, nil
}

// pointers gives the addresses of the items of a list.
func pointers[T any](items []T) []*T {
	out := make([]*T, len(items))
	for i := range items {
		out[i] = &items[i]
	}
	return out
}
