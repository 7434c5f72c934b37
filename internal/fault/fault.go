// Package fault holds the errors people may see. A fault speaks twice: a code for the machine and a sentence for the person that
// names the field and says what to do. Every other error is internal: it is logged, and the person reads only that something failed.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Code says to a machine what kind of fault it is. Codes are stable: clients may depend on them.
type Code string

// The codes, each with the HTTP status the API answers with.
const (
	Invalid         Code = "invalid"         // 422: a field breaks a rule; Fields say which
	NotFound        Code = "notFound"        // 404: no such object, or not visible to the caller
	Conflict        Code = "conflict"        // 409: the name is taken, or the object's state does not allow it
	Stale           Code = "stale"           // 412: somebody else changed the object in between
	Denied          Code = "denied"          // 403: a permission is missing
	Unauthenticated Code = "unauthenticated" // 401: not signed in, or the session ended
	TooMany         Code = "tooMany"         // 429: try again later
	Unavailable     Code = "unavailable"     // 503: a part of the platform or a managed system is away
)

// Field is what is wrong with one field: where, in the words of the API (userName, rows[2].system), and why.
type Field struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

// Error is a fault. Message is one sentence for the person.
type Error struct {
	Code    Code
	Message string
	Fields  []Field
	Err     error
}

// Error gives the sentence and, where fields are named, the fields.
func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	parts := make([]string, 0, len(e.Fields))
	for _, f := range e.Fields {
		parts = append(parts, f.Location+": "+f.Message)
	}
	return e.Message + " (" + strings.Join(parts, "; ") + ")"
}

// Unwrap gives the cause, if there is one.
func (e *Error) Unwrap() error { return e.Err }

// New makes a fault from a format.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes a fault that keeps its cause for the log.
func Wrap(code Code, err error, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: err}
}

// InvalidField makes an Invalid fault about one field.
func InvalidField(location, format string, args ...any) *Error {
	message := fmt.Sprintf(format, args...)
	return &Error{Code: Invalid, Message: message, Fields: []Field{{Location: location, Message: message}}}
}

// CodeOf gives the code of the first fault in the chain, or the empty code for an internal error.
func CodeOf(err error) Code {
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Code
	}
	return ""
}

// Is reports whether err is a fault with the code.
func Is(err error, code Code) bool { return CodeOf(err) == code }

// Collector gathers the findings on several fields so that a person sees all of them at once.
type Collector struct{ fields []Field }

// Add notes what is wrong with a field.
func (c *Collector) Add(location, format string, args ...any) {
	c.fields = append(c.fields, Field{Location: location, Message: fmt.Sprintf(format, args...)})
}

// Merge takes over the fields of an Invalid fault; any other error is returned unchanged.
func (c *Collector) Merge(err error) error {
	var f *Error
	if errors.As(err, &f) && f.Code == Invalid && len(f.Fields) > 0 {
		c.fields = append(c.fields, f.Fields...)
		return nil
	}
	return err
}

// Err gives the Invalid fault with all fields, or nil when nothing was found.
func (c *Collector) Err() error {
	switch len(c.fields) {
	case 0:
		return nil
	case 1:
		return &Error{Code: Invalid, Message: c.fields[0].Message, Fields: c.fields}
	default:
		return &Error{Code: Invalid, Message: fmt.Sprintf("%d fields need attention.", len(c.fields)), Fields: c.fields}
	}
}
