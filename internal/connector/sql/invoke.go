package sql

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"provost/internal/connector"
)

// maxInvokeRows bounds the answer of a script's statement, which is held in memory.
const maxInvokeRows = 10_000

// Invoke runs a statement given by a script: verb select, insert, update, delete or call; path the statement, for call the procedure with
// its arguments; params the values of its named parameters. select runs in a read-only transaction. The rows are those the statement
// returns, so none for a write without returning.
func (d *Database) Invoke(ctx context.Context, verb, path string, params map[string]any) ([]map[string]any, error) {
	const op = "invoke"
	verb = strings.ToLower(strings.TrimSpace(verb))
	st, err := invocation(verb, path)
	if err != nil {
		return nil, err
	}
	s := shape{class: connector.Class{Name: "the script"}}
	args, err := bindings(params).arguments(s, st)
	if err != nil {
		return nil, err
	}
	options := pgx.TxOptions{}
	if verb == "select" {
		options.AccessMode = pgx.ReadOnly
	}
	var found []map[string]any
	err = d.inTransaction(ctx, op, options, func(ctx context.Context, tx pgx.Tx) error {
		found, err = fetch(ctx, tx, st.text, args, maxInvokeRows+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(found) > maxInvokeRows {
		return nil, connector.Errorf(connector.ClassData, op, "the statement returns more than %d rows; narrow it", maxInvokeRows)
	}
	return found, nil
}

// verbKeywords are the first keywords a statement may have for a verb.
var verbKeywords = map[string][]string{
	"select": {"select", "with", "values", "table"},
	"insert": {"insert", "with"},
	"update": {"update", "with"},
	"delete": {"delete", "with"},
	"call":   {"call"},
}

func invocation(verb, path string) (statement, error) {
	keywords, known := verbKeywords[verb]
	if !known {
		return statement{}, connector.Errorf(connector.ClassUnsupported, "invoke", "the verb %q is not one of select, insert, update, delete, call", verb)
	}
	source := path
	if verb == "call" && !strings.EqualFold(firstWord(path), "call") {
		source = "call " + path
	}
	st, err := parse(source)
	if err != nil {
		return statement{}, &connector.Error{Class: connector.ClassPolicy, Op: "invoke", Message: "correct the statement", Err: err}
	}
	if slices.Contains(keywords, st.verb) {
		return st, nil
	}
	return statement{}, connector.Errorf(connector.ClassPolicy, "invoke", "the verb is %s but the statement begins with %s", verb, st.verb)
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return word
}
