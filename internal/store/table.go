package store

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/object"
	"provost/internal/query"
)

// table keeps the rows of one object type. Columns come from the db tags of T: `db:"column"` is read and written,
// `db:"column,auto"` is kept by the database and only read, `db:"name,read" sql:"expression"` is read from the joined tables of from.
type table[T any] struct {
	tenant *Tenant
	name   string // of the SQL table
	// from joins what the read expressions need; the table itself has the alias t.
	from string
	// key is the SQL expression of the natural key, lower case.
	key string
	// rows is the condition on t that all rows of the list fulfil; empty for those of the whole table.
	rows string
	// search is the folded SQL expression that quick search looks in.
	search string
	// match gives the condition by which quick search finds a word, whose pattern is bound to placeholder as it is; it stands instead of search.
	match func(word, placeholder string) string
	// order is the default order of lists.
	order string
	// scope gives the predicate for a limited scope, on alias t; nil means that the type knows no limits and a limited scope sees nothing.
	scope func(s authz.Scope, arg func(any) string) string
	// list describes the attributes that filter and sort may name.
	list  *attributes
	shape shape
	// custom is the index of the field with the custom attributes; nil for a type without.
	custom []int
}

// newTable completes a table: it reads the tags of T once.
func newTable[T any](t table[T]) *table[T] {
	t.shape = shapeOf(reflect.TypeFor[T]())
	for _, c := range t.shape.columns {
		if reflect.TypeFor[T]().FieldByIndex(c.index).Type == reflect.TypeFor[object.Attributes]() {
			t.custom = c.index
		}
	}
	if t.from == "" {
		t.from = t.name + " t"
	}
	if t.order == "" {
		t.order = "t.id"
	}
	return &t
}

// column is one field of an object as the database knows it.
type column struct {
	name    string
	expr    string // how it is read
	index   []int
	written bool
}

// shape is all columns of a type.
type shape struct{ columns []column }

func shapeOf(t reflect.Type) shape {
	var s shape
	for _, f := range reflect.VisibleFields(t) {
		tag, ok := f.Tag.Lookup("db")
		if !ok || tag == "-" || f.Anonymous {
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		c := column{name: name, expr: "t." + name, index: f.Index, written: option == ""}
		if option == "read" {
			c.expr = f.Tag.Get("sql")
		}
		s.columns = append(s.columns, c)
	}
	return s
}

// selected is the select list.
func (s shape) selected() string {
	parts := make([]string, len(s.columns))
	for i, c := range s.columns {
		parts[i] = c.expr + ` as "` + c.name + `"`
	}
	return strings.Join(parts, ", ")
}

// written lists the written columns, each with a prefix.
func (s shape) written(format string) string {
	var parts []string
	for _, c := range s.columns {
		if c.written {
			parts = append(parts, strings.ReplaceAll(format, "%", `"`+c.name+`"`))
		}
	}
	return strings.Join(parts, ", ")
}

// rows encodes objects as the JSON array that jsonb_populate_recordset takes: one statement then writes any number of rows.
func (s shape) rows(objects any) ([]byte, error) {
	v := reflect.ValueOf(objects)
	out := make([]map[string]any, v.Len())
	for i := range out {
		out[i] = make(map[string]any, len(s.columns))
		for _, c := range s.columns {
			if c.written {
				out[i][c.name] = filled(v.Index(i).FieldByIndex(c.index))
			}
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode rows: %w", err)
	}
	return text, nil
}

// pointers gives where the columns of a row go.
func (s shape) pointers(target any) []any {
	v := reflect.ValueOf(target).Elem()
	out := make([]any, len(s.columns))
	for i, c := range s.columns {
		out[i] = v.FieldByIndex(c.index).Addr().Interface()
	}
	return out
}

// filled gives a field's value with empty maps and lists instead of nil, which JSON would write as null.
func filled(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.Map && v.IsNil():
		return map[string]any{}
	case v.Kind() == reflect.Slice && v.IsNil():
		return []any{}
	}
	return v.Interface()
}

// arguments collects bind values and hands out their placeholders.
type arguments struct{ values []any }

func (a *arguments) add(v any) string {
	a.values = append(a.values, v)
	return fmt.Sprintf("$%d", len(a.values))
}

// scopeClause gives the predicate of a scope, or "" when it allows everything.
func (t *table[T]) scopeClause(s authz.Scope, args *arguments) string {
	switch {
	case s.All:
		return ""
	case t.scope == nil || s.Empty():
		return "false"
	default:
		return t.scope(s, args.add)
	}
}

// scan reads a row as everybody sees it: of a password attribute only that it is set.
func (t *table[T]) scan(row pgx.CollectableRow) (T, error) {
	item, err := t.scanStored(row)
	t.mask(&item)
	return item, err
}

// scanStored reads a row as it is stored.
func (t *table[T]) scanStored(row pgx.CollectableRow) (T, error) {
	var item T
	err := row.Scan(t.shape.pointers(&item)...)
	return item, err
}

func (t *table[T]) mask(item *T) {
	if t.custom == nil {
		return
	}
	field := reflect.ValueOf(item).Elem().FieldByIndex(t.custom)
	if all, ok := reflect.TypeAssert[object.Attributes](field); ok {
		field.Set(reflect.ValueOf(all.Masked()))
	}
}

func (t *table[T]) fetch(ctx context.Context, sql string, args ...any) ([]T, error) {
	return t.collect(ctx, t.scan, sql, args...)
}

func (t *table[T]) collect(ctx context.Context, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	var out []T
	err := t.tenant.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.tx.Query(ctx, sql, args...)
		if err != nil {
			return fmt.Errorf("read %s: %w", t.name, err)
		}
		if out, err = pgx.CollectRows(rows, scan); err != nil {
			return fmt.Errorf("read %s: %w", t.name, err)
		}
		return nil
	})
	return out, err
}

// Get implements object.Store.
func (t *table[T]) Get(ctx context.Context, s authz.Scope, ids ...uuid.UUID) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var args arguments
	where := "t.id = any(" + args.add(ids) + ")"
	if clause := t.scopeClause(s, &args); clause != "" {
		where += " and " + clause
	}
	return t.fetch(ctx, "select "+t.shape.selected()+" from "+t.from+" where "+where, args.values...)
}

// Lock implements object.Store. Rows are locked in the order of their ids, so that two batches never wait for each other in a circle.
func (t *table[T]) Lock(ctx context.Context, ids ...uuid.UUID) ([]T, error) {
	err := t.tenant.exec(ctx, func(ctx context.Context, u *unit) error {
		_, err := u.tx.Exec(ctx, "select 1 from "+t.name+" where id = any($1) order by id for update", ids)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", t.name, err)
	}
	return t.collect(ctx, t.scanStored, "select "+t.shape.selected()+" from "+t.from+" where t.id = any($1)", ids)
}

// Named implements object.Store.
func (t *table[T]) Named(ctx context.Context, keys ...string) ([]T, error) {
	if len(keys) == 0 || t.key == "" {
		return nil, nil
	}
	folded := make([]string, len(keys))
	for i, k := range keys {
		folded[i] = strings.ToLower(k)
	}
	return t.fetch(ctx, "select "+t.shape.selected()+" from "+t.from+" where "+t.key+" = any($1)", folded)
}

// Outside implements object.Store.
func (t *table[T]) Outside(ctx context.Context, s authz.Scope, ids ...uuid.UUID) ([]uuid.UUID, error) {
	if s.All || len(ids) == 0 {
		return nil, nil
	}
	inside, err := t.Get(ctx, s, ids...)
	if err != nil {
		return nil, err
	}
	seen := map[uuid.UUID]bool{}
	for i := range inside {
		seen[any(&inside[i]).(object.Object).Base().ID] = true //nolint:forcetypeassert,errcheck // every stored type embeds Meta
	}
	var outside []uuid.UUID
	for _, id := range ids {
		if !seen[id] {
			outside = append(outside, id)
		}
	}
	return outside, nil
}

// List implements object.Store.
func (t *table[T]) List(ctx context.Context, s authz.Scope, l query.List) (query.Page[T], error) {
	l = l.Bounded()
	var page query.Page[T]
	err := t.tenant.query(ctx, func(ctx context.Context, u *unit) error {
		where, order, args, err := t.conditions(ctx, s, l)
		if err != nil {
			return err
		}
		if err := u.tx.QueryRow(ctx, "select count(*) from "+t.from+where, args.values...).Scan(&page.Total); err != nil {
			return fmt.Errorf("count %s: %w", t.name, err)
		}
		page.Items, err = t.fetch(ctx, t.paged(l, where, order), args.values...)
		return err
	})
	return page, err
}

// paged gives the statement of one page.
func (t *table[T]) paged(l query.List, where, order string) string {
	return fmt.Sprintf("select %s from %s%s order by %s limit %d offset %d", t.shape.selected(), t.from, where, order, l.Size, (l.Page-1)*l.Size)
}

// Each implements object.Store: rows stream from the server, whatever their number.
func (t *table[T]) Each(ctx context.Context, s authz.Scope, l query.List, yield func(T) error) error {
	return t.tenant.query(ctx, func(ctx context.Context, u *unit) error {
		where, order, args, err := t.conditions(ctx, s, l)
		if err != nil {
			return err
		}
		rows, err := u.tx.Query(ctx, "select "+t.shape.selected()+" from "+t.from+where+" order by "+order, args.values...)
		if err != nil {
			return fmt.Errorf("read %s: %w", t.name, err)
		}
		defer rows.Close()
		for rows.Next() {
			item, err := t.scan(rows)
			if err != nil {
				return fmt.Errorf("read %s: %w", t.name, err)
			}
			if err := yield(item); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// Insert implements object.Store.
func (t *table[T]) Insert(ctx context.Context, objects []T) error {
	return t.write(ctx, objects, "insert into "+t.name+" ("+t.shape.written("%")+") select "+t.shape.written("r.%")+
		" from jsonb_populate_recordset(null::"+t.name+", $1) r")
}

// Update implements object.Store.
func (t *table[T]) Update(ctx context.Context, objects []T) error {
	return t.write(ctx, objects, "update "+t.name+" t set "+t.shape.written("% = r.%")+
		" from jsonb_populate_recordset(null::"+t.name+", $1) r where t.id = r.id")
}

func (t *table[T]) write(ctx context.Context, objects []T, sql string) error {
	if len(objects) == 0 {
		return nil
	}
	rows, err := t.shape.rows(objects)
	if err != nil {
		return err
	}
	return t.tenant.exec(ctx, func(ctx context.Context, u *unit) error {
		tag, err := u.tx.Exec(ctx, sql, rows)
		if err != nil {
			return fmt.Errorf("write %s: %w", t.name, err)
		}
		if tag.RowsAffected() != int64(len(objects)) {
			return fault.New(fault.Stale, "%d of %d objects were removed by somebody else in the meantime.",
				int64(len(objects))-tag.RowsAffected(), len(objects))
		}
		return nil
	})
}

// Delete implements object.Store.
func (t *table[T]) Delete(ctx context.Context, ids ...uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	return t.tenant.exec(ctx, func(ctx context.Context, u *unit) error {
		if _, err := u.tx.Exec(ctx, "delete from "+t.name+" where id = any($1)", ids); err != nil {
			return fmt.Errorf("delete %s: %w", t.name, err)
		}
		return nil
	})
}

// History implements object.Store: the superseded rows, joined as today's are.
func (t *table[T]) History(ctx context.Context, id uuid.UUID) ([]object.Versioned[T], error) {
	from := strings.Replace(t.from, t.name+" t", t.name+"_history t", 1)
	sql := "select t.superseded_at, t.superseded_by, t.operation, " + t.shape.selected() + " from " + from +
		" where t.id = $1 order by t.superseded_at desc limit 500"
	var out []object.Versioned[T]
	err := t.tenant.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.tx.Query(ctx, sql, id)
		if err != nil {
			return fmt.Errorf("read history of %s: %w", t.name, err)
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (object.Versioned[T], error) {
			var v object.Versioned[T]
			err := row.Scan(append([]any{&v.Superseded, &v.By, &v.Operation}, t.shape.pointers(&v.Object)...)...)
			t.mask(&v.Object)
			return v, err
		})
		return err
	})
	return out, err
}
