package sql

import (
	"context"
	"strconv"
	"strings"

	"provost/internal/connector"
)

// bindSince is what a differential listing goes on from.
const bindSince = "since"

// changes is where a class's rows say when they changed: a source with a column in it.
type changes struct {
	source string // what stands behind "from"
	column string // quoted
	names  []string
}

// changes gives where the rows of the class say when they changed; false if the mapping names no such column.
func (d *Database) changes(ctx context.Context, s shape) (changes, bool, error) {
	if s.since == "" {
		return changes{}, false, nil
	}
	statements := s.statements[phaseSelectAll]
	switch {
	case len(statements) > 1:
		return changes{}, false, connector.Errorf(connector.ClassPolicy, "mapping",
			"the property %s of %s needs one %s statement, not several; join them with union all", propSince, s.class.Name, phaseSelectAll)
	case len(statements) == 1:
		//nolint:unqueryvet // the columns are those of the statement inside
		source := "(select * from (\n" + statements[0].text + "\n) inner_listing) listing"
		return changes{source: source, column: quote(strings.ToLower(s.since)), names: statements[0].names}, true, nil
	case s.table == "":
		return changes{}, false, s.unsupported("list", phaseSelectAll)
	}
	column, err := d.column(ctx, d.pool, s, s.since)
	return changes{source: s.table, column: column}, true, err
}

// newest reads the newest change as the token of a listing that begins now. Rows that change while it runs are newer or the same, and are
// listed again next time. It is empty without a change column and for no rows.
func (d *Database) newest(ctx context.Context, s shape) (string, error) {
	c, ok, err := d.changes(ctx, s)
	if err != nil || !ok {
		return "", err
	}
	st := statement{text: "select max(" + c.column + ")::text as newest from " + c.source, names: c.names}
	args, err := s.bind(connector.Key{}).arguments(s, st)
	if err != nil {
		return "", err
	}
	found, err := fetch(ctx, d.pool, st.text, args, 1)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return connector.Text(found[0]["newest"]), nil
}

// sinceStatements narrows the listing to rows that changed since the token. Rows without a time of change are always listed.
func (d *Database) sinceStatements(ctx context.Context, s shape) ([]statement, error) {
	c, ok, err := d.changes(ctx, s)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, connector.Errorf(connector.ClassData, "list", "%s has a token but no property %s; forget the token", s.class.Name, propSince)
	}
	columns := "*"
	if len(s.statements[phaseSelectAll]) == 0 {
		selected, err := d.tableSelect(ctx, d.pool, s)
		if err != nil {
			return nil, err
		}
		columns = strings.TrimSuffix(strings.TrimPrefix(selected, "select "), " from "+s.table)
	}
	parameter := "$" + strconv.Itoa(len(c.names)+1)
	text := "select " + columns + " from " + c.source + " where " + c.column + " >= " + parameter + " or " + c.column + " is null"
	return []statement{{text: text, names: append(append([]string{}, c.names...), bindSince), verb: "select"}}, nil
}
