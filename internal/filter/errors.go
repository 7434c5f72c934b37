package filter

import (
	"errors"
	"fmt"
	"strings"
)

// What can be wrong with a filter or a sort order that reads well but asks the wrong thing. [AttributeError] and
// [ValueError] match them with errors.Is.
var (
	// ErrUnknownAttribute says that the object has no such attribute.
	ErrUnknownAttribute = errors.New("unknown attribute")
	// ErrNotFilterable says that the attribute exists but is secret or may not be read by the caller.
	ErrNotFilterable = errors.New("attribute cannot be used in a filter")
	// ErrNotSortable says that lists cannot be ordered by the attribute.
	ErrNotSortable = errors.New("attribute cannot be used for sorting")
	// ErrOperator says that the operator makes no sense for the attribute's type.
	ErrOperator = errors.New("operator does not fit the attribute")
	// ErrValue says that the literal cannot be read as the attribute's type.
	ErrValue = errors.New("value does not fit the attribute")
)

// SyntaxError says where a filter stops making sense.
type SyntaxError struct {
	Offset   int      // bytes from the start of the text, 0-based
	Message  string   // a sentence without position
	Expected []string // what could have stood there, may be empty
}

// Error reads "at character 10: unexpected ")", expected an operator".
func (e *SyntaxError) Error() string {
	text := fmt.Sprintf("filter: at character %d: %s", e.Offset+1, e.Message)
	if len(e.Expected) == 0 {
		return text
	}
	return text + ", expected " + orList(e.Expected)
}

// AttributeError refuses an attribute. Err is [ErrUnknownAttribute], [ErrNotFilterable] or [ErrNotSortable].
type AttributeError struct {
	Attribute string
	Err       error
	Hint      string   // what to do instead, may be empty
	Near      []string // similar names, best first, at most three
}

// Error names the attribute, the reason and what might have been meant.
func (e *AttributeError) Error() string {
	text := fmt.Sprintf("filter: %q: %s", e.Attribute, e.Err)
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	if len(e.Near) > 0 {
		text += ", did you mean " + orList(e.Near) + "?"
	}
	return text
}

// Unwrap returns the reason.
func (e *AttributeError) Unwrap() error { return e.Err }

// ValueError refuses a comparison of a known attribute. Err is [ErrOperator] or [ErrValue].
type ValueError struct {
	Attribute string
	Op        Op
	Value     Value
	Err       error
	Message   string // a sentence that says what would fit
}

// Error names the attribute, what was asked and what would fit.
func (e *ValueError) Error() string {
	return fmt.Sprintf("filter: %s %s %s: %s: %s", e.Attribute, e.Op, e.Value, e.Err, e.Message)
}

// Unwrap returns the reason.
func (e *ValueError) Unwrap() error { return e.Err }

// prefixed puts the relation's name before the attribute an error of its schema names.
func (r *Relation) prefixed(err error) error {
	if attribute, ok := errors.AsType[*AttributeError](err); ok {
		full := *attribute
		full.Attribute = r.Name + "." + attribute.Attribute
		full.Near = make([]string, len(attribute.Near))
		for i, name := range attribute.Near {
			full.Near[i] = r.Name + "." + name
		}
		return &full
	}
	if value, ok := errors.AsType[*ValueError](err); ok {
		full := *value
		full.Attribute = r.Name + "." + value.Attribute
		return &full
	}
	return err
}

func orList(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " or " + items[last]
}
