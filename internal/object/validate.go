package object

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"provost/internal/fault"
)

var validate = newValidator()

func newValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	return v
}

// Validate checks the validator tags of a struct and gives all findings as one fault, located by JSON names.
func Validate(t any) error {
	err := validate.Struct(t)
	if err == nil {
		return nil
	}
	var findings validator.ValidationErrors
	if !errors.As(err, &findings) {
		return fmt.Errorf("validate: %w", err)
	}
	var c fault.Collector
	for _, f := range findings {
		_, location, _ := strings.Cut(f.Namespace(), ".")
		c.Add(strings.TrimPrefix(location, "Meta."), "%s", sentence(f))
	}
	return c.Err()
}

// sentence says what a rule asks for.
func sentence(f validator.FieldError) string {
	switch f.Tag() {
	case "required":
		return f.Field() + " is required"
	case "max":
		return fmt.Sprintf("%s may have at most %s characters or entries", f.Field(), f.Param())
	case "min":
		return fmt.Sprintf("%s needs at least %s", f.Field(), f.Param())
	case "oneof":
		return fmt.Sprintf("%s must be one of %s", f.Field(), strings.Join(strings.Fields(f.Param()), ", "))
	case "email":
		return f.Field() + " must be an e-mail address such as name@example.org"
	case "hostname_rfc1123":
		return f.Field() + " must be a host or domain name such as example.org"
	case "excludesall", "printascii", "alphanum":
		return f.Field() + " holds a character that is not allowed here"
	default:
		return fmt.Sprintf("%s breaks the rule %s", f.Field(), f.Tag())
	}
}
