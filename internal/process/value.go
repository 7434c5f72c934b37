package process

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"provost/bpm"
	"provost/internal/metadata"
)

// fits says what is wrong with a value for an attribute, or "". Null clears an attribute and fits always; a field that is no attribute of the
// process takes any value.
func fits(a *bpm.Attribute, value json.RawMessage) string {
	if len(value) > MaxValue {
		return fmt.Sprintf("a value has at most %d kB; attach a document instead.", MaxValue>>10)
	}
	var v any
	if err := json.Unmarshal(value, &v); err != nil {
		return "this is not JSON."
	}
	if a == nil || v == nil {
		return ""
	}
	if !a.Multiple {
		return fitsOne(a, v)
	}
	list, ok := v.([]any)
	if !ok {
		return "a list is expected."
	}
	for i, one := range list {
		if problem := fitsOne(a, one); problem != "" {
			return fmt.Sprintf("value %d: %s", i+1, problem)
		}
	}
	return ""
}

func fitsOne(a *bpm.Attribute, v any) string {
	if problem := ofType(metadata.DataType(a.Type), v); problem != "" {
		return problem
	}
	text, isText := v.(string)
	switch {
	case isText && a.Size > 0 && utf8.RuneCountInString(text) > a.Size:
		return fmt.Sprintf("at most %d characters are allowed.", a.Size)
	case len(a.Values) > 0 && text != "" && !slices.ContainsFunc(a.Values, func(c bpm.Value) bool { return c.Code == text }):
		return fmt.Sprintf("%q is none of the values that can be chosen.", text)
	}
	return ""
}

// ofType says what is wrong with the type of a value.
func ofType(kind metadata.DataType, v any) string {
	text, isText := v.(string)
	switch kind {
	case metadata.Boolean:
		if _, ok := v.(bool); !ok {
			return "true or false is expected."
		}
	case metadata.Number, "integer":
		n, ok := v.(float64)
		if !ok {
			return "a number is expected."
		}
		if kind == "integer" && n != math.Trunc(n) {
			return "a whole number is expected."
		}
	case metadata.Date:
		if _, err := time.Parse(time.DateOnly, strings.SplitN(text, "T", 2)[0]); text != "" && err != nil || !isText {
			return "a date is expected, as 2026-01-31."
		}
	case metadata.DateTime:
		if _, err := time.Parse(time.RFC3339, text); text != "" && err != nil || !isText {
			return "a time is expected, as 2026-01-31T08:00:00Z."
		}
	case metadata.Password:
		return "a password is not kept in a process."
	case metadata.String, metadata.Multiline, metadata.HTML, metadata.Email:
		if !isText {
			return "a text is expected."
		}
	default: // references and files are texts or objects
	}
	return ""
}
