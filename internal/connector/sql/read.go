package sql

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"provost/internal/connector"
)

// querier is a connection pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// query runs a statement with its result as text, which is what [row] reads.
func query(ctx context.Context, q querier, text string, args []any) (pgx.Rows, error) {
	//nolint:rowserrcheck // the callers read the rows
	return q.Query(ctx, text, append([]any{pgx.QueryResultFormats{pgx.TextFormatCode}}, args...)...)
}

// List streams the rows as the server sends them, in bounded memory. With the property since, the token is the newest change there was
// when the listing began.
func (d *Database) List(ctx context.Context, class connector.Class, options connector.ListOptions, emit func(connector.Page) error) error {
	s, err := newShape(class)
	if err != nil {
		return err
	}
	ctx, cancel := d.limits.Long(ctx)
	defer cancel()
	var refused error
	emitted := false
	forward := func(page connector.Page) error {
		emitted = true
		refused = emit(page)
		return refused
	}
	err = d.run(ctx, "list", func(ctx context.Context) error {
		err := d.listInto(ctx, s, options.Token, &pager{size: options.Size(), emit: forward})
		if err != nil && !emitted && ctx.Err() == nil && isBroken(err) {
			d.pool.Reset()
			err = d.listInto(ctx, s, options.Token, &pager{size: options.Size(), emit: forward})
		}
		return err
	})
	if refused != nil {
		return refused
	}
	return err
}

func (d *Database) listInto(ctx context.Context, s shape, token string, pages *pager) error {
	newest, err := d.newest(ctx, s)
	if err != nil {
		return err
	}
	choose := d.listStatements
	if token != "" {
		choose = d.sinceStatements
	}
	statements, err := choose(ctx, s)
	if err != nil {
		return err
	}
	for _, st := range statements {
		if err := d.stream(ctx, s, st, token, pages); err != nil {
			return err
		}
	}
	if pages.page.Token = newest; newest == "" {
		pages.page.Token = token // nothing is there any more: what comes is newer
	}
	return pages.flush()
}

func (d *Database) listStatements(ctx context.Context, s shape) ([]statement, error) {
	if s.has(phaseSelectAll) {
		return s.statements[phaseSelectAll], nil
	}
	if s.table == "" {
		return nil, s.unsupported("list", phaseSelectAll)
	}
	source, err := d.tableSelect(ctx, d.pool, s)
	if err != nil {
		return nil, err
	}
	key, err := d.column(ctx, d.pool, s, s.key)
	if err != nil {
		return nil, err
	}
	return []statement{{text: source + " order by " + key, verb: "select"}}, nil
}

func (d *Database) stream(ctx context.Context, s shape, st statement, token string, pages *pager) error {
	named := s.bind(connector.Key{})
	if token != "" {
		named[bindSince] = token
	}
	args, err := named.arguments(s, st)
	if err != nil {
		return err
	}
	rows, err := query(ctx, d.pool, st.text, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		read, err := row(rows)
		if err != nil {
			return err
		}
		if err := pages.add(s, s.object(read)); err != nil {
			return err
		}
	}
	return rows.Err()
}

// pager gathers objects into pages.
type pager struct {
	size int
	emit func(connector.Page) error
	page connector.Page
	// previous is the last key, to see rows that share theirs as far as they come together.
	previous string
}

func (p *pager) add(s shape, object connector.Object) error {
	switch {
	case object.Key == "":
		p.page.Problems = append(p.page.Problems, connector.Problem{Message: "a row has no value in the key column " + s.key})
	case object.Key == p.previous:
		p.page.Problems = append(p.page.Problems, connector.Problem{
			Key: object.Key, Message: fmt.Sprintf("several rows have the key %q in %s; only the first was read", object.Key, s.key),
		})
	default:
		p.page.Objects = append(p.page.Objects, object)
		p.previous = object.Key
	}
	if len(p.page.Objects)+len(p.page.Problems) < p.size {
		return nil
	}
	return p.flush()
}

func (p *pager) flush() error {
	page := p.page
	p.page = connector.Page{}
	if len(page.Objects)+len(page.Problems) == 0 && page.Token == "" {
		return nil
	}
	return p.emit(page)
}

// Get returns the row with the id, if the mapping names an id column, or else the key.
func (d *Database) Get(ctx context.Context, class connector.Class, key connector.Key) (connector.Object, error) {
	s, err := newShape(class)
	if err != nil {
		return connector.Object{}, err
	}
	var object connector.Object
	err = d.read(ctx, "get", func(ctx context.Context) error {
		object, err = d.get(ctx, d.pool, s, "get", key)
		return err
	})
	return object, err
}

// effective lets the id stand for the key where there is no id column.
func (s shape) effective(key connector.Key) connector.Key {
	if s.id == "" && key.ID != "" {
		key.Name = key.ID
	}
	return key
}

func (d *Database) get(ctx context.Context, q querier, s shape, op string, key connector.Key) (connector.Object, error) {
	key = s.effective(key)
	if key.Name == "" && key.ID == "" {
		return connector.Object{}, connector.Errorf(connector.ClassData, op, "the key of the row is empty")
	}
	statements, err := d.getStatements(ctx, q, s, op, key)
	if err != nil {
		return connector.Object{}, err
	}
	for _, st := range statements {
		args, err := s.bind(key).arguments(s, st)
		if err != nil {
			return connector.Object{}, err
		}
		found, err := fetch(ctx, q, st.text, args, 2)
		if err != nil {
			return connector.Object{}, err
		}
		if len(found) > 1 {
			return connector.Object{}, connector.Errorf(connector.ClassData, op, "%q names several rows; make the key column %s unique", key, s.key)
		}
		if len(found) == 1 {
			return s.object(found[0]), nil
		}
	}
	return connector.Object{}, connector.NotFound(op, key)
}

// getStatements chooses how to read one row: by the given statements, by the table, or by narrowing the listing.
func (d *Database) getStatements(ctx context.Context, q querier, s shape, op string, key connector.Key) ([]statement, error) {
	byID := s.id != "" && key.ID != ""
	if s.has(phaseSelect) && (!byID || s.usesID(phaseSelect)) {
		return s.statements[phaseSelect], nil
	}
	if s.has(phaseSelectByAccountName) && !byID {
		return s.statements[phaseSelectByAccountName], nil
	}
	column, parameter := s.key, bindCurrentKey
	if byID {
		column, parameter = s.id, bindCurrentID
	}
	if s.table != "" {
		source, err := d.tableSelect(ctx, q, s)
		if err != nil {
			return nil, err
		}
		if column, err = d.column(ctx, q, s, column); err != nil {
			return nil, err
		}
		return []statement{{text: source + " where " + column + " = $1", names: []string{parameter}}}, nil
	}
	if !s.has(phaseSelectAll) {
		return nil, s.unsupported(op, phaseSelect)
	}
	var narrowed []statement
	for _, all := range s.statements[phaseSelectAll] {
		position := strconv.Itoa(len(all.names) + 1)
		narrowed = append(narrowed, statement{
			//nolint:unqueryvet // the columns are those of the statement inside
			text:  "select * from (\n" + all.text + "\n) listing where " + quote(strings.ToLower(column)) + "::text = $" + position,
			names: append(append([]string{}, all.names...), parameter),
		})
	}
	return narrowed, nil
}

func (s shape) usesID(phase string) bool {
	for _, st := range s.statements[phase] {
		for _, name := range st.names {
			if strings.EqualFold(name, bindCurrentID) || strings.EqualFold(name, s.id) {
				return true
			}
		}
	}
	return false
}

// fetch returns at most limit rows.
func fetch(ctx context.Context, q querier, text string, args []any, limit int) ([]map[string]any, error) {
	rows, err := query(ctx, q, text, args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []map[string]any
	for len(found) < limit && rows.Next() {
		read, err := row(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, read)
	}
	rows.Close()
	return found, rows.Err()
}

// Find returns rows of the class's table that have the example's values.
func (d *Database) Find(ctx context.Context, class connector.Class, example connector.Attributes, limit int) ([]connector.Object, error) {
	s, err := newShape(class)
	if err != nil {
		return nil, err
	}
	if s.table == "" {
		return nil, s.unsupported("find", propTable)
	}
	if limit <= 0 {
		limit = connector.DefaultPageSize
	}
	var objects []connector.Object
	err = d.read(ctx, "find", func(ctx context.Context) error {
		objects = nil
		text, err := d.tableSelect(ctx, d.pool, s)
		if err != nil {
			return err
		}
		where, args, err := d.where(ctx, s, example)
		if err != nil {
			return err
		}
		found, err := fetch(ctx, d.pool, text+where+" limit "+strconv.Itoa(limit), args, limit)
		for _, read := range found {
			objects = append(objects, s.object(read))
		}
		return err
	})
	return objects, err
}

func (d *Database) where(ctx context.Context, s shape, example connector.Attributes) (string, []any, error) {
	var conditions []string
	var args []any
	for _, name := range sortedNames(example) {
		column, err := d.column(ctx, d.pool, s, name)
		if err != nil {
			return "", nil, err
		}
		if len(connector.Values(example[name])) == 0 {
			conditions = append(conditions, column+" is null")
			continue
		}
		args = append(args, argument(example[name]))
		conditions = append(conditions, column+" = $"+strconv.Itoa(len(args)))
	}
	if len(conditions) == 0 {
		return "", nil, nil
	}
	return " where " + strings.Join(conditions, " and "), args, nil
}

func sortedNames(attributes connector.Attributes) []string {
	names := make([]string, 0, len(attributes))
	for name := range attributes {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// columnsLife is how long a table's columns are believed.
const columnsLife = 5 * time.Minute

// tableColumns are a table's columns by their names in lower case.
type tableColumns struct {
	names map[string]string
	read  time.Time
}

// tableSelect is the select of the mapped columns without a condition.
func (d *Database) tableSelect(ctx context.Context, q querier, s shape) (string, error) {
	if len(s.class.Attributes) == 0 {
		return "select * from " + s.table, nil //nolint:unqueryvet // a mapping without attributes asks for all
	}
	columns, err := d.tableColumns(ctx, q, s)
	if err != nil {
		return "", err
	}
	var list []string
	seen := map[string]bool{}
	for _, name := range append([]string{s.key, s.id}, s.class.Attributes...) {
		actual, known := columns.names[strings.ToLower(name)]
		if known && !seen[actual] {
			seen[actual] = true
			list = append(list, quote(actual))
		}
	}
	if len(list) == 0 {
		return "", noColumn(s, s.key)
	}
	return "select " + strings.Join(list, ", ") + " from " + s.table, nil
}

// column returns the quoted column of an attribute.
func (d *Database) column(ctx context.Context, q querier, s shape, attribute string) (string, error) {
	columns, err := d.tableColumns(ctx, q, s)
	if err != nil {
		return "", err
	}
	actual, known := columns.names[strings.ToLower(attribute)]
	if !known {
		return "", noColumn(s, attribute)
	}
	return quote(actual), nil
}

func noColumn(s shape, attribute string) error {
	return connector.Errorf(connector.ClassPolicy, "mapping", "the table %s has no column %q; correct the mapping of %s",
		s.table, attribute, s.class.Name)
}

func (d *Database) tableColumns(ctx context.Context, q querier, s shape) (tableColumns, error) {
	d.mu.Lock()
	known := d.columns[s.table]
	d.mu.Unlock()
	if !known.read.IsZero() && time.Since(known.read) < columnsLife {
		return known, nil
	}
	//nolint:unqueryvet // the columns are what is asked for
	rows, err := query(ctx, q, "select * from "+s.table+" limit 0", nil)
	if err != nil {
		return tableColumns{}, err
	}
	fresh := tableColumns{names: map[string]string{}, read: time.Now()}
	for _, field := range rows.FieldDescriptions() {
		fresh.names[strings.ToLower(field.Name)] = field.Name
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return tableColumns{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.columns[s.table] = fresh
	return fresh, nil
}

// isUnsupported reports whether the mapping lacks a statement.
func isUnsupported(err error) bool {
	var classified *connector.Error
	return errors.As(err, &classified) && classified.Class == connector.ClassUnsupported
}
