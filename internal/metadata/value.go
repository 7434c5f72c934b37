package metadata

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Normalise brings a value into the form in which it is stored, or says in a sentence what is wrong with it: text in the letter case
// asked for, numbers as float64, dates as 2026-01-31, instants as RFC 3339 in UTC, references as ids, several values as a list without
// repetitions. Text is read as the type asks, because imports and scripts give text.
func (a *Attribute) Normalise(value any) (any, error) {
	values := several(value)
	if !a.Options.MultiValued {
		if len(values) > 1 {
			return nil, fmt.Errorf("%s takes one value", a.label())
		}
		if len(values) == 0 {
			return nil, nil //nolint:nilnil // no value
		}
		return a.single(values[0])
	}
	out := make([]any, 0, len(values))
	for _, v := range values {
		if empty(v) {
			continue
		}
		stored, err := a.single(v)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, stored) {
			out = append(out, stored)
		}
	}
	return out, nil
}

// single normalises one value.
func (a *Attribute) single(value any) (any, error) {
	switch a.DataType {
	case Number:
		return a.number(value)
	case Boolean:
		return a.boolean(value)
	case Date:
		return a.date(value)
	case DateTime:
		return a.instant(value)
	case Binary, Photo:
		return a.binary(value)
	default:
		return a.written(value)
	}
}

// written normalises a value that is text in any case.
func (a *Attribute) written(value any) (any, error) {
	text, err := a.text(value)
	if err != nil {
		return nil, err
	}
	switch {
	case a.DataType == Email:
		return a.email(text)
	case a.DataType.Reference() != "" || a.DataType == Attachment:
		return a.id(text)
	}
	return a.spell(text)
}

func (a *Attribute) text(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case int, int64:
		return fmt.Sprint(v), nil
	}
	return "", fmt.Errorf("%s must be text", a.label())
}

// spell applies letter case, size and the list of values.
func (a *Attribute) spell(text string) (any, error) {
	if a.DataType == String || a.DataType == SSOInput {
		text = strings.TrimSpace(text)
	}
	switch a.Options.LetterCase {
	case "upper":
		text = strings.ToUpper(text)
	case "lower":
		text = strings.ToLower(text)
	}
	if size := a.Options.Size; size > 0 && utf8.RuneCountInString(text) > size {
		return nil, fmt.Errorf("%s may have at most %d characters", a.label(), size)
	}
	if len(a.Options.Values) == 0 {
		return text, nil
	}
	for _, v := range a.Options.Values {
		if strings.EqualFold(v.Code, text) {
			return v.Code, nil
		}
	}
	codes := make([]string, len(a.Options.Values))
	for i, v := range a.Options.Values {
		codes[i] = v.Code
	}
	return nil, fmt.Errorf("%s must be one of %s", a.label(), strings.Join(codes, ", "))
}

func (a *Attribute) number(value any) (any, error) {
	var n float64
	switch v := value.(type) {
	case float64:
		n = v
	case int:
		n = float64(v)
	case int64:
		n = float64(v)
	case string:
		parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return nil, fmt.Errorf("%s must be a number such as 12.5", a.label())
		}
		n = parsed
	default:
		return nil, fmt.Errorf("%s must be a number", a.label())
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, fmt.Errorf("%s must be a number", a.label())
	}
	return n, nil
}

func (a *Attribute) boolean(value any) (any, error) {
	switch v := value.(type) {
	case bool:
		return v, nil
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "true", "yes", "1":
			return true, nil
		case "false", "no", "0":
			return false, nil
		}
	}
	return nil, fmt.Errorf("%s must be true or false", a.label())
}

func (a *Attribute) date(value any) (any, error) {
	if t, ok := value.(time.Time); ok {
		return t.Format(time.DateOnly), nil
	}
	text, ok := value.(string)
	if !ok {
		return nil, fmt.Errorf("%s must be a date such as 2026-01-31", a.label())
	}
	text = strings.TrimSpace(text)
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	return nil, fmt.Errorf("%s must be a date such as 2026-01-31", a.label())
}

func (a *Attribute) instant(value any) (any, error) {
	if t, ok := value.(time.Time); ok {
		return t.UTC().Format(time.RFC3339Nano), nil
	}
	text, ok := value.(string)
	if !ok {
		return nil, fmt.Errorf("%s must be a date and time such as 2026-01-31T08:30:00Z", a.label())
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t.UTC().Format(time.RFC3339Nano), nil
		}
	}
	return nil, fmt.Errorf("%s must be a date and time such as 2026-01-31T08:30:00Z", a.label())
}

// binary values travel as base64.
func (a *Attribute) binary(value any) (any, error) {
	if raw, ok := value.([]byte); ok {
		return base64.StdEncoding.EncodeToString(raw), nil
	}
	text, ok := value.(string)
	if !ok {
		return nil, fmt.Errorf("%s must be base64 text", a.label())
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%s must be base64 text", a.label())
	}
	if size := a.Options.Size; size > 0 && len(raw) > size {
		return nil, fmt.Errorf("%s may have at most %d bytes", a.label(), size)
	}
	return text, nil
}

func (a *Attribute) email(text string) (any, error) {
	text = strings.TrimSpace(text)
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || !strings.Contains(domainOf(text), ".") {
		return nil, errors.New(a.label() + " must be an e-mail address such as name@example.org")
	}
	return a.spell(text)
}

func (a *Attribute) id(text string) (any, error) {
	id, err := uuid.Parse(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("%s must be the id of a %s", a.label(), a.DataType)
	}
	return id.String(), nil
}

// several gives the values in a value.
func several(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	case []string:
		out := make([]any, len(v))
		for i := range v {
			out[i] = v[i]
		}
		return out
	}
	return []any{value}
}

// empty tells whether a value says nothing.
func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return !slices.ContainsFunc(v, func(x any) bool { return !empty(x) })
	case []string:
		return len(v) == 0
	}
	return false
}
