package connector

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Sentinels of the operations on single objects. Connectors return them wrapped in an [Error]; test with errors.Is.
var (
	// ErrNotFound says that the object does not exist.
	ErrNotFound = errors.New("the object does not exist in the system")
	// ErrExists says that the key is taken by another object.
	ErrExists = errors.New("an object with this key exists in the system already")
	// ErrClosed says that the connector was closed.
	ErrClosed = errors.New("the connector is closed")
)

// ErrorClass tells the engine how to go on after an error.
type ErrorClass string

// The error classes.
const (
	// ClassUnavailable: the system cannot be reached; wait for the agent, count no attempt.
	ClassUnavailable ErrorClass = "unavailable"
	// ClassThrottled: the system asks to slow down; wait RetryAfter.
	ClassThrottled ErrorClass = "throttled"
	// ClassTransient: trying again may help.
	ClassTransient ErrorClass = "transient"
	// ClassData: the object or the file is wrong; trying again unchanged does not help.
	ClassData ErrorClass = "data"
	// ClassPolicy: the system or the configuration forbids it.
	ClassPolicy ErrorClass = "policy"
	// ClassAuth: the system refuses our credentials.
	ClassAuth ErrorClass = "auth"
	// ClassUnsupported: the connector or the mapping does not offer the operation.
	ClassUnsupported ErrorClass = "unsupported"
)

// Error is a classified failure of a connector.
type Error struct {
	Class ErrorClass
	// Op is the operation in words: "list", "create", "set password".
	Op string
	// Message is a sentence for a person: what is wrong and what to do.
	Message string
	// RetryAfter is how long the system asks to wait; zero if it does not say.
	RetryAfter time.Duration
	Err        error
}

// Error returns operation, message and cause.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Err != nil {
		if e.Message != "" {
			b.WriteString(": ")
		}
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error {
	return e.Err
}

// Errorf returns an [Error] with a formatted message and no cause.
func Errorf(class ErrorClass, op, format string, args ...any) *Error {
	return &Error{Class: class, Op: op, Message: fmt.Sprintf(format, args...)}
}

// NotFound returns an [Error] of class data that is [ErrNotFound].
func NotFound(op string, key Key) *Error {
	return &Error{Class: ClassData, Op: op, Message: fmt.Sprintf("%q", key), Err: ErrNotFound}
}

// Exists returns an [Error] of class data that is [ErrExists].
func Exists(op, key string) *Error {
	return &Error{Class: ClassData, Op: op, Message: fmt.Sprintf("%q", key), Err: ErrExists}
}

// ClassOf returns the class of an error: that of the outermost [Error], data for the sentinels about objects, unavailable for network
// failures, and transient for time-outs and everything else. It is "" for nil.
func ClassOf(err error) ErrorClass {
	var classified *Error
	var network net.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &classified) && classified.Class != "":
		return classified.Class
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrExists):
		return ClassData
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ClassTransient
	case errors.As(err, &network):
		return ClassUnavailable
	default:
		return ClassTransient
	}
}

// RetryAfter returns how long the system asked to wait, or zero.
func RetryAfter(err error) time.Duration {
	if classified, ok := errors.AsType[*Error](err); ok {
		return classified.RetryAfter
	}
	return 0
}

// ContextError returns an [Error] of class transient that wraps the end of ctx, or nil while ctx runs. Connectors ask it first when a call
// failed, because a protocol library reports the end of the context in its own words.
func ContextError(ctx context.Context, op string) error {
	cause := ctx.Err()
	switch {
	case cause == nil:
		return nil
	case errors.Is(cause, context.DeadlineExceeded):
		return &Error{Class: ClassTransient, Op: op, Message: "the system did not answer within the time limit of the agent", Err: cause}
	default:
		return &Error{Class: ClassTransient, Op: op, Message: "the call was cancelled", Err: cause}
	}
}

// Redact returns err with every occurrence of the secrets in its text replaced by "***". The cause stays reachable for errors.Is and
// errors.As. Secrets shorter than three characters are not replaced, because that would only make the text unreadable.
func Redact(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	clean := text
	for _, secret := range secrets {
		if len(secret) >= minSecretLength {
			clean = strings.ReplaceAll(clean, secret, "***")
		}
	}
	if clean == text {
		return err
	}
	return &redactedError{text: clean, err: err}
}

const minSecretLength = 3

type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }
