package scriptservice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/script"
)

// arguments are what a script gave a method.
type arguments []any

// at gives an argument, nil where it is missing.
func (a arguments) at(i int) any {
	if i < len(a) {
		return a[i]
	}
	return nil
}

// text gives an argument that has to be a text or a number; what says in words what it is.
func (c *call) text(i int, what string) (string, error) {
	switch v := c.args.at(i).(type) {
	case string:
		return v, nil
	case int64, int, float64:
		return fmt.Sprint(v), nil
	case nil:
		return "", c.wrong("%s is missing (argument %d)", what, i+1)
	default:
		return "", c.wrong("%s must be a text (argument %d)", what, i+1)
	}
}

// texts gives two arguments.
func (c *call) texts(first, second string) (string, string, error) {
	a, err := c.text(0, first)
	if err != nil {
		return "", "", err
	}
	b, err := c.text(1, second)
	return a, b, err
}

// id gives the first argument, the id of an object or an object with an id. ok is false for a text that is no id: there is no such
// object.
func (c *call) id(what string) (id uuid.UUID, ok bool, err error) {
	if object, is := c.args.at(0).(map[string]any); is {
		text, _ := object["id"].(string)
		id, err := uuid.Parse(text)
		return id, err == nil, nil
	}
	text, err := c.text(0, "the id of "+what)
	if err != nil {
		return uuid.Nil, false, err
	}
	id, err = uuid.Parse(text)
	return id, err == nil, nil
}

// object gives the first argument, which has to be a data object of one of the classes. A plain map counts as any of them.
func (c *call) object(classes ...string) (map[string]any, error) {
	v, ok := c.args.at(0).(map[string]any)
	if !ok {
		return nil, c.wrong("the %s is missing (argument 1)", strings.Join(classes, " or "))
	}
	if class := classOf(v); class != "" && !slices.Contains(classes, class) {
		return nil, c.wrong("it takes a %s and was given a %s", strings.Join(classes, " or "), class)
	}
	return v, nil
}

func classOf(object map[string]any) string {
	class, _ := object[script.ClassKey].(string)
	return class
}

// wrong is an error about how the method was called.
func (c *call) wrong(format string, args ...any) error {
	return fault.New(fault.Invalid, "%s.%s: %s.", c.service, c.method, fmt.Sprintf(format, args...))
}
