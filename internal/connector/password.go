package connector

import "fmt"

// Password is a password on its way to a system. It prints, formats and marshals as "***", so that it cannot reach a log by accident.
type Password struct {
	// value is behind a pointer because fmt prints unexported fields of other structs without asking Format.
	value *string
	// MustChange asks the system to make the person choose another one at the next login, where the system can.
	MustChange bool
}

// NewPassword wraps a password.
func NewPassword(value string) Password {
	return Password{value: &value}
}

// Reveal returns the password itself.
func (p Password) Reveal() string {
	if p.value == nil {
		return ""
	}
	return *p.value
}

// String returns "***".
func (p Password) String() string {
	return "***"
}

// Format writes "***" for every verb.
func (p Password) Format(f fmt.State, _ rune) {
	_, _ = f.Write([]byte(p.String()))
}

// MarshalText returns "***".
func (p Password) MarshalText() ([]byte, error) {
	return []byte(p.String()), nil
}
