package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"provost/internal/fault"
)

// constraintSentences says, per constraint that a person can run into in spite of the checks before, what is wrong.
var constraintSentences = map[string]string{
	"runs_active_uq":        "A run of this agent is active already. Wait for it, or cancel it.",
	"accounts_name_uq":      "The system has an account with this name already.",
	"grants_uq":             "The account holds this role with the same scope and holder already.",
	"role_contents_pair_uq": "The role contains this role already.",
	"group_roles_pair_uq":   "The group has this role already.",
}

// translate turns a database error into a fault where a person can do something about it; SQLSTATE never leaves the store.
func translate(err error) error {
	var pg *pgconn.PgError
	if err == nil || !errors.As(err, &pg) {
		return err
	}
	if sentence := constraintSentences[pg.ConstraintName]; sentence != "" {
		return fault.Wrap(fault.Conflict, err, "%s", sentence)
	}
	switch pg.Code {
	case "23505":
		return fault.Wrap(fault.Conflict, err, "The name is taken already (%s). Choose another one.", plain(pg.TableName))
	case "23503":
		if strings.Contains(pg.Detail, "still referenced") {
			return fault.Wrap(fault.Conflict, err, "It is still used by %s. Remove that first.", plain(pg.TableName))
		}
		return fault.Wrap(fault.Invalid, err, "It refers to something that does not exist (%s).", plain(pg.ConstraintName))
	case "23514":
		return fault.Wrap(fault.Invalid, err, "A value is not allowed (%s).", plain(pg.ConstraintName))
	case "22021", "22P05": // a zero byte, or bytes that are no UTF-8
		return fault.Wrap(fault.Invalid, err, "A text holds a character that cannot be stored. Remove it and try again.")
	case "40001", "40P01":
		return fault.Wrap(fault.Conflict, err, "Too many people change this at the same time. Try again.")
	case "57014":
		return fmt.Errorf("cancelled by the database: %w", err)
	}
	return err
}

func plain(name string) string {
	return strings.ReplaceAll(strings.TrimSuffix(name, "_check"), "_", " ")
}
