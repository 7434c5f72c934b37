package sql

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"provost/internal/connector"
)

// inTransaction runs call in a transaction that is rolled back on an error. A dead connection is noticed when the transaction begins, when
// trying again on another one is harmless.
func (d *Database) inTransaction(ctx context.Context, op string, options pgx.TxOptions, call func(context.Context, pgx.Tx) error) error {
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	return d.run(ctx, op, func(ctx context.Context) error {
		var tx pgx.Tx
		err := d.again(ctx, func(ctx context.Context) (err error) {
			tx, err = d.pool.BeginTx(ctx, options)
			return err
		})
		if err != nil {
			return err
		}
		if err := call(ctx, tx); err != nil {
			// The rollback's own error says nothing new: without it the server rolls back as well.
			_ = tx.Rollback(ctx)
			return err
		}
		return tx.Commit(ctx)
	})
}

// Create inserts the row, by the insert statements or into the table.
func (d *Database) Create(ctx context.Context, class connector.Class, attributes connector.Attributes) (connector.Object, error) {
	s, err := newShape(class)
	if err != nil {
		return connector.Object{}, err
	}
	key := connector.Key{Name: connector.Text(attributes[s.key])}
	if key.Name == "" {
		return connector.Object{}, connector.Errorf(connector.ClassData, "create", "the key column %s has no value; map it", s.key)
	}
	var created connector.Object
	err = d.inTransaction(ctx, "create", pgx.TxOptions{}, func(ctx context.Context, tx pgx.Tx) error {
		if err := d.refuseExisting(ctx, tx, s, "create", key); err != nil {
			return err
		}
		if err := d.insert(ctx, tx, s, key, attributes); err != nil {
			return err
		}
		created, err = d.readBack(ctx, tx, s, "create", key, attributes)
		return err
	})
	return created, err
}

// refuseExisting returns ErrExists if the key is taken, as far as the mapping offers a way to see it; otherwise the database's own
// constraint does.
func (d *Database) refuseExisting(ctx context.Context, tx pgx.Tx, s shape, op string, key connector.Key) error {
	if s.has(phaseCheck) {
		for _, st := range s.statements[phaseCheck] {
			args, err := s.bind(key).arguments(s, st)
			if err != nil {
				return err
			}
			found, err := fetch(ctx, tx, st.text, args, 1)
			if err != nil {
				return err
			}
			if len(found) > 0 {
				return connector.Exists(op, key.Name)
			}
		}
		return nil
	}
	_, err := d.get(ctx, tx, s, op, connector.Key{Name: key.Name})
	switch {
	case err == nil:
		return connector.Exists(op, key.Name)
	case errors.Is(err, connector.ErrNotFound), isUnsupported(err):
		return nil
	default:
		return err
	}
}

func (d *Database) insert(ctx context.Context, tx pgx.Tx, s shape, key connector.Key, attributes connector.Attributes) error {
	if s.has(phaseInsert) {
		_, err := s.execute(ctx, tx, phaseInsert, s.bind(key, attributes))
		return err
	}
	if s.table == "" {
		return s.unsupported("create", phaseInsert)
	}
	var columns, positions []string
	var args []any
	for _, name := range sortedNames(attributes) {
		if len(connector.Values(attributes[name])) == 0 {
			continue
		}
		column, err := d.column(ctx, tx, s, name)
		if err != nil {
			return err
		}
		args = append(args, argument(attributes[name]))
		columns = append(columns, column)
		positions = append(positions, "$"+strconv.Itoa(len(args)))
	}
	text := fmt.Sprintf("insert into %s (%s) values (%s)", s.table, strings.Join(columns, ", "), strings.Join(positions, ", "))
	_, err := tx.Exec(ctx, text, args...)
	return err
}

// execute runs the statements of a phase in order and returns the number of rows they touched. A called procedure counts as one.
func (s shape) execute(ctx context.Context, tx pgx.Tx, phase string, values bindings) (int64, error) {
	var touched int64
	for _, st := range s.statements[phase] {
		args, err := values.arguments(s, st)
		if err != nil {
			return touched, err
		}
		tag, err := tx.Exec(ctx, st.text, args...)
		if err != nil {
			return touched, err
		}
		touched += tag.RowsAffected()
		if st.verb == "call" {
			touched++
		}
	}
	return touched, nil
}

// readBack returns the row as the database holds it, or what was written if the mapping cannot read.
func (d *Database) readBack(
	ctx context.Context, tx pgx.Tx, s shape, op string, key connector.Key, written connector.Attributes,
) (connector.Object, error) {
	object, err := d.get(ctx, tx, s, op, key)
	if isUnsupported(err) {
		return connector.Object{Class: s.class.Name, ID: key.Name, Key: key.Name, Attributes: written}, nil
	}
	return object, err
}

// Update changes the columns that differ, or runs the update statements if any attribute differs.
func (d *Database) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	s, err := newShape(class)
	if err != nil {
		return connector.Object{}, err
	}
	var updated connector.Object
	err = d.inTransaction(ctx, "update", pgx.TxOptions{}, func(ctx context.Context, tx pgx.Tx) error {
		now, err := d.present(ctx, tx, s, "update", current)
		if err != nil {
			return err
		}
		updated, err = d.update(ctx, tx, s, now, desired)
		return err
	})
	return updated, err
}

// present reads the row as it is now; where the mapping cannot read, what the caller saw is taken for it.
func (d *Database) present(ctx context.Context, tx pgx.Tx, s shape, op string, seen connector.Object) (connector.Object, error) {
	now, err := d.get(ctx, tx, s, op, seen.Ref())
	if isUnsupported(err) {
		return seen, nil
	}
	return now, err
}

func (d *Database) update(
	ctx context.Context, tx pgx.Tx, s shape, now connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	changes := connector.Diff(now, desired)
	if len(changes) == 0 {
		return now, nil
	}
	after := now.Ref()
	if name := connector.Text(desired[s.key]); name != "" && name != now.Key {
		after.Name = name
		if s.id == "" {
			after.ID = name
		}
		if err := d.refuseExisting(ctx, tx, s, "update", connector.Key{Name: name}); err != nil {
			return connector.Object{}, err
		}
	}
	touched, err := d.write(ctx, tx, s, now, desired, changes)
	if err != nil {
		return connector.Object{}, err
	}
	if touched == 0 {
		return connector.Object{}, connector.NotFound("update", now.Ref())
	}
	return d.readBack(ctx, tx, s, "update", after, desired)
}

func (d *Database) write(
	ctx context.Context, tx pgx.Tx, s shape, now connector.Object, desired connector.Attributes, changes connector.Changes,
) (int64, error) {
	if s.has(phaseUpdate) {
		return s.execute(ctx, tx, phaseUpdate, s.bind(now.Ref(), now.Attributes, desired))
	}
	if s.table == "" {
		return 0, s.unsupported("update", phaseUpdate)
	}
	var assignments []string
	var args []any
	for _, change := range changes {
		column, err := d.column(ctx, tx, s, change.Attribute)
		if err != nil {
			return 0, err
		}
		args = append(args, argument(change.After))
		assignments = append(assignments, column+" = $"+strconv.Itoa(len(args)))
	}
	where, value, err := d.identify(ctx, tx, s, now.Ref())
	if err != nil {
		return 0, err
	}
	args = append(args, value)
	text := fmt.Sprintf("update %s set %s where %s = $%d", s.table, strings.Join(assignments, ", "), where, len(args))
	tag, err := tx.Exec(ctx, text, args...)
	return tag.RowsAffected(), err
}

// identify returns the column and value that address a row of the table.
func (d *Database) identify(ctx context.Context, tx pgx.Tx, s shape, key connector.Key) (string, any, error) {
	if s.id != "" && key.ID != "" {
		column, err := d.column(ctx, tx, s, s.id)
		return column, key.ID, err
	}
	column, err := d.column(ctx, tx, s, s.key)
	return column, s.effective(key).Name, err
}

// Delete deletes the row, by the delete statements or from the table.
func (d *Database) Delete(ctx context.Context, class connector.Class, key connector.Key) error {
	s, err := newShape(class)
	if err != nil {
		return err
	}
	if !s.has(phaseDelete) && s.table == "" {
		return s.unsupported("delete", phaseDelete)
	}
	return d.inTransaction(ctx, "delete", pgx.TxOptions{}, func(ctx context.Context, tx pgx.Tx) error {
		now, err := d.present(ctx, tx, s, "delete", connector.Object{ID: key.ID, Key: s.effective(key).Name})
		if err != nil {
			return err
		}
		touched, err := d.remove(ctx, tx, s, now)
		if err == nil && touched == 0 {
			return connector.NotFound("delete", key)
		}
		return err
	})
}

func (d *Database) remove(ctx context.Context, tx pgx.Tx, s shape, now connector.Object) (int64, error) {
	if s.has(phaseDelete) {
		return s.execute(ctx, tx, phaseDelete, s.bind(now.Ref(), now.Attributes))
	}
	where, value, err := d.identify(ctx, tx, s, now.Ref())
	if err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, "delete from "+s.table+" where "+where+" = $1", value)
	return tag.RowsAffected(), err
}
