package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
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

// view is what one reader may ask of a type at this moment.
type view struct {
	schema *filter.Schema
	// quick are the codes of custom attributes that quick search looks at.
	quick []string
	// hidden are the names, and the expressions of the columns, of attributes that the reader may not see.
	hidden map[string]bool
}

// current gives the view of the caller of ctx: with the custom attributes of this moment, and without what the metadata hides from them. A
// question about a hidden attribute would tell its value, one guess after the other.
func (a *attributes) current(ctx context.Context, u *unit) (view, error) {
	v := view{schema: a.schema, hidden: map[string]bool{}}
	if a.objectType == "" {
		return v, nil
	}
	rows, err := u.q.ListGuardedMetadata(ctx, a.objectType)
	if err != nil {
		return v, fmt.Errorf("read metadata of %s: %w", a.objectType, err)
	}
	var more []filter.Attribute
	var closed []string
	reader := metadata.ReaderOf(ctx)
	for _, row := range rows {
		var options metadata.Options
		if err := json.Unmarshal(row.Options, &options); err != nil {
			return v, fmt.Errorf("read metadata %s.%s: %w", a.objectType, row.Code, err)
		}
		kind := metadata.DataType(row.DataType)
		seen := options.Visibility(reader) != metadata.Hidden
		switch {
		case kind == metadata.Separator:
		case row.Builtin && !seen:
			closed = append(closed, row.Code, row.Code+"Id")
		case !row.Builtin:
			attribute := custom(row.Code, kind, &options, seen)
			more, v.hidden[attribute.Name] = append(more, attribute), !seen
			if options.QuickSearch && kind.Readable() && seen {
				v.quick = append(v.quick, row.Code)
			}
		}
	}
	open, columns := a.schema.Without(closed...)
	for _, name := range append(closed, columns...) {
		v.hidden[name] = true
	}
	v.schema, err = open.With(more...)
	return v, err
}

func custom(code string, kind metadata.DataType, options *metadata.Options, seen bool) filter.Attribute {
	return filter.Attribute{
		Name: "attributes." + code, Type: kind.FilterType(), CaseExact: true,
		JSON:       &filter.JSONMember{Column: "t.attributes", Key: code, Multi: options.MultiValued},
		Filterable: kind.Readable() && seen, Sortable: kind.Readable() && seen && !options.MultiValued,
	}
}

// conditions turns a list request into where and order clauses.
func (t *table[T]) conditions(ctx context.Context, s authz.Scope, l query.List) (where, order string, args arguments, err error) {
	var clauses []string
	if t.rows != "" {
		clauses = append(clauses, t.rows)
	}
	if clause := t.scopeClause(s, &args); clause != "" {
		clauses = append(clauses, clause)
	}
	v, err := t.list.current(ctx, unitOf(ctx))
	if err != nil {
		return "", "", args, err
	}
	clauses = append(clauses, t.words(l.Q, &v, &args)...)
	if strings.TrimSpace(l.Filter) != "" {
		clause, err := v.filterClause(l.Filter, &args)
		if err != nil {
			return "", "", args, err
		}
		clauses = append(clauses, clause)
	}
	if order, err = filter.OrderBy(l.Sort, v.schema); err != nil {
		return "", "", args, v.refusal("sort", err)
	}
	if order == "" {
		order = t.order
	}
	if len(clauses) > 0 {
		where = " where " + strings.Join(clauses, " and ")
	}
	return where, order + ", t.id", args, nil
}

// words is quick search: every word has to occur in the search expression or in a custom attribute marked for it. What the reader may not
// see is left out in silence: they did not ask for it by name.
func (t *table[T]) words(q string, v *view, args *arguments) []string {
	separated := strings.FieldsFunc(q, func(r rune) bool { return strings.ContainsRune(" ,./\t", r) })
	var clauses []string
	if t.match != nil {
		for _, word := range separated {
			clauses = append(clauses, t.match(word, args.add(word)))
		}
		return clauses
	}
	if t.search == "" {
		return nil
	}
	search := searched(t.search, v.hidden)
	for _, word := range separated {
		pattern := args.add("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%")
		alternatives := []string{search + " like provost.fold(" + pattern + "::text)"}
		for _, code := range v.quick {
			alternatives = append(alternatives, "provost.fold(t.attributes ->> "+args.add(code)+"::text) like provost.fold("+pattern+"::text)")
		}
		clauses = append(clauses, "("+strings.Join(alternatives, " or ")+")")
	}
	return clauses
}

// blank is what stands between the columns of a search expression.
const blank = " || ' ' || "

// searched is a search expression, provost.fold(column || ' ' || column …), without the hidden columns. Nobody hides any in most
// installations, and the expression with its index stays as it is.
func searched(search string, hidden map[string]bool) string {
	if len(hidden) == 0 {
		return search
	}
	columns := strings.Split(strings.TrimSuffix(strings.TrimPrefix(search, "provost.fold("), ")"), blank)
	columns = slices.DeleteFunc(columns, func(column string) bool { return hidden[column] })
	if len(columns) == 0 {
		columns = []string{"''"}
	}
	return "provost.fold(" + strings.Join(columns, blank) + ")"
}

func (v *view) filterClause(text string, args *arguments) (string, error) {
	node, err := filter.Parse(text)
	if err != nil {
		return "", v.refusal("filter", err)
	}
	compiled, err := filter.Compile(node, v.schema, len(args.values)+1)
	if err != nil {
		return "", v.refusal("filter", err)
	}
	args.values = append(args.values, compiled.Args...)
	return compiled.Text, nil
}

// refusal tells the person what is wrong with a question. A syntax error carries its offset for the search box; what the caller may not see
// is denied by name.
func (v *view) refusal(location string, err error) error {
	if attribute, ok := errors.AsType[*filter.AttributeError](err); ok && v.hidden[attribute.Attribute] {
		return &fault.Error{
			Code: fault.Denied, Message: fmt.Sprintf("You may not see the attribute %s, so it cannot be used in a %s.", attribute.Attribute, location),
			Fields: []fault.Field{{Location: location, Message: "You may not see the attribute " + attribute.Attribute + "."}},
		}
	}
	if syntax, ok := errors.AsType[*filter.SyntaxError](err); ok {
		location = fmt.Sprintf("%s[%d]", location, syntax.Offset)
	}
	return fault.InvalidField(location, "%s", err.Error())
}
