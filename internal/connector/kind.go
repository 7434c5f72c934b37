package connector

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Kind describes a type of connector: what it needs, what it can do and how it is opened.
type Kind struct {
	// Name is the stable key, such as "ldap".
	Name string
	// Label and Description are for people.
	Label       string
	Description string
	// Parameters are declared once; names that are not listed are refused.
	Parameters []Parameter
	// Properties are the mapping properties the connector reads from a [Class].
	Properties []Property
	// Templates are the default mappings offered by "Create default mapping".
	Templates []ClassTemplate
	// Capabilities are the interfaces that the opened connector implements.
	Capabilities []Capability
	// Open connects lazily or at once; it is called through [Registry.Open], which validates the parameters first.
	Open func(ctx context.Context, config Config) (Connector, error)
}

// Type is the type of a parameter or property.
type Type string

// The types of parameters and properties.
const (
	TypeString    Type = "string"
	TypeNumber    Type = "number"
	TypeBoolean   Type = "boolean"
	TypeSecret    Type = "secret"
	TypeChoice    Type = "choice"
	TypeMultiline Type = "multiline"
)

// Parameter is one setting of an agent. Values travel as text: numbers in decimal, booleans as "true" or "false".
type Parameter struct {
	Name     string
	Label    string
	Type     Type
	Required bool
	Default  string
	// Choices are the allowed values of a TypeChoice.
	Choices []string
	Help    string
	// Minimum and Maximum bound a TypeNumber when Maximum is not zero.
	Minimum, Maximum int64
}

// Property is one setting of a mapped class.
type Property struct {
	Name    string
	Label   string
	Type    Type
	Default string
	Choices []string
	Help    string
	// Numbered properties may be given several times with a number after the name (update1, update2); they apply in the order of the
	// numbers.
	Numbered bool
}

// Direction says which way an attribute flows, in the guide's arrows: the system on the left.
type Direction string

// The directions.
const (
	Out  Direction = "<="
	In   Direction = "=>"
	Both Direction = "<=>"
)

// ClassTemplate is a default mapping of one class.
type ClassTemplate struct {
	// SystemObject is the name of the class in the system.
	SystemObject string
	// ObjectType is the type of object here: user, account, role, group, grant and so on.
	ObjectType string
	Properties map[string]string
	Rows       []TemplateRow
}

// TemplateRow is one attribute of a default mapping. On the source side of a one-way row an expression may stand in place of a name.
type TemplateRow struct {
	System    string
	Direction Direction
	Provost   string
}

// Default limits for calls whose configuration names none.
const (
	DefaultTaskTimeout = time.Minute
	DefaultLongTimeout = time.Hour
)

// Limits are the time limits of an agent (the guide, "Agents": task time-out and long task time-out).
type Limits struct {
	// TaskTimeout bounds a call on one object; zero means [DefaultTaskTimeout].
	TaskTimeout time.Duration
	// LongTimeout bounds a listing; zero means [DefaultLongTimeout].
	LongTimeout time.Duration
}

// Task returns ctx bounded by the time limit for a call on one object.
func (l Limits) Task(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.TaskTimeout <= 0 {
		return context.WithTimeout(ctx, DefaultTaskTimeout)
	}
	return context.WithTimeout(ctx, l.TaskTimeout)
}

// Long returns ctx bounded by the time limit for a listing.
func (l Limits) Long(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.LongTimeout <= 0 {
		return context.WithTimeout(ctx, DefaultLongTimeout)
	}
	return context.WithTimeout(ctx, l.LongTimeout)
}

// Config is what a connector is opened with.
type Config struct {
	// Parameters hold the values by name. Secrets are resolved by the caller; the map must not be logged.
	Parameters map[string]string
	Limits     Limits
	// Logger may be nil.
	Logger *slog.Logger
}

// Log returns the logger, or one that discards.
func (c Config) Log() *slog.Logger {
	if c.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.Logger
}

// parameter returns the declaration of a parameter.
func (k Kind) parameter(name string) (Parameter, bool) {
	for _, p := range k.Parameters {
		if p.Name == name {
			return p, true
		}
	}
	return Parameter{}, false
}

// property returns the declaration of a property; the number after a numbered one does not matter.
func (k Kind) property(name string) (Property, bool) {
	stem := strings.TrimRight(name, "0123456789")
	for _, p := range k.Properties {
		if p.Name == name || p.Numbered && p.Name == stem {
			return p, true
		}
	}
	return Property{}, false
}

// Can reports whether the kind declares the capability.
func (k Kind) Can(capability Capability) bool {
	return slices.Contains(k.Capabilities, capability)
}

// Secret reports whether the parameter holds a secret, so that callers keep its value apart.
func (k Kind) Secret(name string) bool {
	p, ok := k.parameter(name)
	return ok && p.Type == TypeSecret
}
