package sql

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"provost/internal/connector"
)

type verdict struct {
	class   connector.ErrorClass
	message string
}

// verdictsByState are looked up by the whole SQLSTATE first, then by its class, the first two characters (PostgreSQL, appendix A).
var verdictsByState = map[string]verdict{
	"08":    {connector.ClassUnavailable, "the connection to the database broke"},
	"0A":    {connector.ClassUnsupported, "the database does not support this"},
	"22":    {connector.ClassData, "a value does not fit its column; correct the mapping"},
	"23":    {connector.ClassData, "the row breaks a constraint of the database"},
	"25":    {connector.ClassPolicy, "the database does not accept changes now; is it a read-only replica?"},
	"28":    {connector.ClassAuth, "the database refuses our user or password; correct the agent's parameters"},
	"40":    {connector.ClassTransient, "the database asks to repeat the transaction"},
	"42":    {connector.ClassPolicy, "the statement is not valid for this database; correct the mapping's properties"},
	"42501": {connector.ClassPolicy, "our database user may not do this; grant it the privilege"},
	"3D":    {connector.ClassPolicy, "the database does not exist; correct the agent's parameters"},
	"44":    {connector.ClassData, "the row breaks the view's check option"},
	"53":    {connector.ClassThrottled, "the database is short of resources"},
	"53300": {connector.ClassThrottled, "the database has too many connections"},
	"54":    {connector.ClassData, "the row or statement exceeds a limit of the database"},
	"55":    {connector.ClassTransient, "the object is in use or not ready"},
	"57014": {connector.ClassTransient, "the statement took longer than the time limit"},
	"57":    {connector.ClassUnavailable, "the database is shutting down or starting"},
	"58":    {connector.ClassUnavailable, "the database's machine reports an error"},
	"P0":    {connector.ClassPolicy, "a rule of the database refuses the change"},
	"XX":    {connector.ClassTransient, "the database reports an internal error"},
}

const stateUniqueViolation = "23505"

// classify turns an error of the driver into one of the SPI.
func classify(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*connector.Error](err); ok {
		return err
	}
	if ended := connector.ContextError(ctx, op); ended != nil {
		return ended
	}
	if state, ok := errors.AsType[*pgconn.PgError](err); ok {
		return fromState(op, state)
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) || isBroken(err) {
		return &connector.Error{Class: connector.ClassUnavailable, Op: op, Message: "the database does not answer", Err: err}
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return &connector.Error{Class: connector.ClassData, Op: op, Err: connector.ErrNotFound}
	}
	return &connector.Error{Class: connector.ClassTransient, Op: op, Message: "the database driver reports an error", Err: err}
}

func fromState(op string, state *pgconn.PgError) error {
	if state.Code == stateUniqueViolation {
		return &connector.Error{
			Class: connector.ClassData, Op: op, Message: "the value of " + state.ConstraintName + " is taken", Err: connector.ErrExists,
		}
	}
	v, known := verdictsByState[state.Code]
	if !known {
		v, known = verdictsByState[state.Code[:min(len(state.Code), 2)]]
	}
	if !known {
		v = verdict{connector.ClassTransient, "the database reports an error"}
	}
	return &connector.Error{Class: v.class, Op: op, Message: v.message, Err: state}
}

// isBroken reports whether the connection went away under a call; the driver has no type of its own for that.
func isBroken(err error) bool {
	text := err.Error()
	for _, sign := range []string{"conn closed", "unexpected EOF", "closed pool", "connection reset", "broken pipe", "use of closed network"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return connector.ClassOf(err) == connector.ClassUnavailable
}
