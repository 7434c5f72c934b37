package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/filter"
	"provost/internal/metadata"
	"provost/internal/query"
)

// attributes describes to the filter language what may be asked about a type: its columns, its relations, and the custom attributes
// that the metadata of the moment describes.
type attributes struct {
	objectType string // as in metadata; empty for a type without custom attributes
	schema     *filter.Schema
}

// newAttributes derives the filter schema of T from its tags; `filter:"-"` keeps a field out.
func newAttributes[T any](objectType, label string, custom bool, relations ...filter.Relation) *attributes {
	definition := filter.Definition{Object: label, Relations: relations}
	t := reflect.TypeFor[T]()
	for _, c := range shapeOf(t).columns {
		f := t.FieldByIndex(c.index)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		kind, ok := filterType(f.Type)
		if !ok || name == "" || name == "-" || f.Tag.Get("filter") == "-" {
			continue
		}
		definition.Attributes = append(definition.Attributes, filter.Attribute{
			Name: name, Type: kind, SQL: c.expr, Filterable: true, Sortable: true,
		})
	}
	a := &attributes{schema: filter.MustSchema(definition)}
	if custom {
		a.objectType = objectType
	}
	return a
}

func filterType(t reflect.Type) (filter.Type, bool) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[uuid.UUID]():
		return filter.TypeUUID, true
	case t == reflect.TypeFor[time.Time]():
		return filter.TypeTime, true
	case t.Kind() == reflect.String:
		return filter.TypeString, true
	case t.Kind() == reflect.Bool:
		return filter.TypeBool, true
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64:
		return filter.TypeNumber, true
	}
	return 0, false
}

// current gives the schema with the custom attributes of this moment, and the codes that quick search looks at.
func (a *attributes) current(ctx context.Context, u *unit) (*filter.Schema, []string, error) {
	if a.objectType == "" {
		return a.schema, nil, nil
	}
	rows, err := u.q.ListCustomMetadata(ctx, a.objectType)
	if err != nil {
		return nil, nil, fmt.Errorf("read metadata of %s: %w", a.objectType, err)
	}
	var more []filter.Attribute
	var quick []string
	for _, row := range rows {
		var options metadata.Options
		if err := json.Unmarshal(row.Options, &options); err != nil {
			return nil, nil, fmt.Errorf("read metadata %s.%s: %w", a.objectType, row.Code, err)
		}
		kind := metadata.DataType(row.DataType)
		if kind == metadata.Separator {
			continue
		}
		more = append(more, filter.Attribute{
			Name: "attributes." + row.Code, Type: kind.FilterType(), CaseExact: true,
			JSON:       &filter.JSONMember{Column: "t.attributes", Key: row.Code, Multi: options.MultiValued},
			Filterable: kind.Readable(), Sortable: kind.Readable() && !options.MultiValued,
		})
		if options.QuickSearch && kind.Readable() {
			quick = append(quick, row.Code)
		}
	}
	schema, err := a.schema.With(more...)
	return schema, quick, err
}

// conditions turns a list request into where and order clauses.
func (t *table[T]) conditions(ctx context.Context, s authz.Scope, l query.List) (where, order string, args arguments, err error) {
	var clauses []string
	if clause := t.scopeClause(s, &args); clause != "" {
		clauses = append(clauses, clause)
	}
	schema, quick, err := t.list.current(ctx, unitOf(ctx))
	if err != nil {
		return "", "", args, err
	}
	clauses = append(clauses, t.words(l.Q, quick, &args)...)
	if strings.TrimSpace(l.Filter) != "" {
		clause, err := filterClause(l.Filter, schema, &args)
		if err != nil {
			return "", "", args, err
		}
		clauses = append(clauses, clause)
	}
	if order, err = filter.OrderBy(l.Sort, schema); err != nil {
		return "", "", args, fault.InvalidField("sort", "%s", err.Error())
	}
	if order == "" {
		order = t.order
	}
	if len(clauses) > 0 {
		where = " where " + strings.Join(clauses, " and ")
	}
	return where, order + ", t.id", args, nil
}

// words is quick search: every word has to occur in the search expression or in a custom attribute marked for it.
func (t *table[T]) words(q string, quick []string, args *arguments) []string {
	if t.search == "" {
		return nil
	}
	var clauses []string
	for _, word := range strings.FieldsFunc(q, func(r rune) bool { return strings.ContainsRune(" ,./\t", r) }) {
		pattern := args.add("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%")
		alternatives := []string{t.search + " like provost.fold(" + pattern + "::text)"}
		for _, code := range quick {
			alternatives = append(alternatives, "provost.fold(t.attributes ->> "+args.add(code)+"::text) like provost.fold("+pattern+"::text)")
		}
		clauses = append(clauses, "("+strings.Join(alternatives, " or ")+")")
	}
	return clauses
}

func filterClause(text string, schema *filter.Schema, args *arguments) (string, error) {
	node, err := filter.Parse(text)
	if err != nil {
		return "", filterFault(err)
	}
	compiled, err := filter.Compile(node, schema, len(args.values)+1)
	if err != nil {
		return "", filterFault(err)
	}
	args.values = append(args.values, compiled.Args...)
	return compiled.Text, nil
}

// filterFault tells the person where the filter is wrong: the location carries the offset for the search box.
func filterFault(err error) error {
	location := "filter"
	if syntax, ok := errors.AsType[*filter.SyntaxError](err); ok {
		location = fmt.Sprintf("filter[%d]", syntax.Offset)
	}
	return fault.InvalidField(location, "%s", err.Error())
}
