package sql

import (
	"context"

	"github.com/jackc/pgx/v5"

	"provost/internal/connector"
)

// SetPassword runs the updatePassword statements. There is no derived one: how a table keeps passwords is the table's business.
func (d *Database) SetPassword(ctx context.Context, class connector.Class, key connector.Key, password connector.Password) error {
	const op = "set password"
	s, err := newShape(class)
	if err != nil {
		return err
	}
	if !s.has(phaseUpdatePassword) {
		return s.unsupported(op, phaseUpdatePassword)
	}
	if password.Reveal() == "" {
		return connector.Errorf(connector.ClassPolicy, op, "the password is empty")
	}
	err = d.inTransaction(ctx, op, pgx.TxOptions{}, func(ctx context.Context, tx pgx.Tx) error {
		values, err := d.passwordBindings(ctx, tx, s, op, key, password.Reveal())
		if err != nil {
			return err
		}
		values[bindMustChange] = password.MustChange
		touched, err := s.execute(ctx, tx, phaseUpdatePassword, values)
		if err == nil && touched == 0 {
			return connector.NotFound(op, key)
		}
		return err
	})
	return connector.Redact(err, password.Reveal())
}

func (d *Database) passwordBindings(
	ctx context.Context, tx pgx.Tx, s shape, op string, key connector.Key, password string,
) (bindings, error) {
	now, err := d.present(ctx, tx, s, op, connector.Object{ID: key.ID, Key: s.effective(key).Name})
	if err != nil {
		return nil, err
	}
	values := s.bind(now.Ref(), now.Attributes)
	values[bindPassword] = password
	return values, nil
}

// ValidatePassword runs the validatePassword statements. The password is right if the first row's first column is true, or if there is a
// row and it holds no boolean.
func (d *Database) ValidatePassword(ctx context.Context, class connector.Class, key connector.Key, password string) (bool, error) {
	const op = "validate password"
	s, err := newShape(class)
	if err != nil {
		return false, err
	}
	if !s.has(phaseValidatePassword) {
		return false, s.unsupported(op, phaseValidatePassword)
	}
	valid := false
	err = d.inTransaction(ctx, op, pgx.TxOptions{}, func(ctx context.Context, tx pgx.Tx) error {
		values, err := d.passwordBindings(ctx, tx, s, op, key, password)
		if err != nil || password == "" {
			return err
		}
		for _, st := range s.statements[phaseValidatePassword] {
			args, err := values.arguments(s, st)
			if err != nil {
				return err
			}
			valid, err = firstIsTrue(ctx, tx, st.text, args)
			if err != nil || valid {
				return err
			}
		}
		return nil
	})
	return valid && err == nil, connector.Redact(err, password)
}

func firstIsTrue(ctx context.Context, tx pgx.Tx, text string, args []any) (bool, error) {
	rows, err := query(ctx, tx, text, args)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	answer := false
	if rows.Next() {
		read, err := row(rows)
		if err != nil {
			return false, err
		}
		first, isBool := read[rows.FieldDescriptions()[0].Name].(bool)
		answer = first || !isBool && rows.RawValues()[0] != nil
	}
	rows.Close()
	return answer, rows.Err()
}
