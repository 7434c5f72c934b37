package connector

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Change is one attribute that differs. Before and After are nil when the attribute is empty.
type Change struct {
	Attribute string
	Before    any
	After     any
}

// Changes are the differing attributes, sorted by name.
type Changes []Change

// Has reports whether the attribute is among the changes.
func (c Changes) Has(attribute string) bool {
	for _, change := range c {
		if change.Attribute == attribute {
			return true
		}
	}
	return false
}

// Diff returns what would change if desired were written over current. Attributes that desired does not name are ignored. Several values
// are a set: order and repetition do not matter. Values are compared by what they say, not by type, so "5" equals 5, "TRUE" equals true
// and an RFC 3339 text equals the time; nil, "" and an empty list are all empty.
func Diff(current Object, desired Attributes) Changes {
	return diff(current, desired, func(_ string, v any) any { return v })
}

// DiffFor is [Diff] with the connector's own idea of equality, if it is a [Comparer].
func DiffFor(c Connector, class Class, current Object, desired Attributes) Changes {
	comparer, ok := c.(Comparer)
	if !ok {
		return Diff(current, desired)
	}
	return diff(current, desired, func(attribute string, v any) any {
		return comparer.Canonical(class, attribute, v)
	})
}

func diff(current Object, desired Attributes, canonical func(attribute string, v any) any) Changes {
	var changes Changes
	for name, after := range desired {
		before := current.Attributes[name]
		added, removed := DiffValues(Values(before), Values(after), func(v any) any { return canonical(name, v) })
		if len(added)+len(removed) > 0 {
			changes = append(changes, Change{Attribute: name, Before: normal(before), After: normal(after)})
		}
	}
	sort.Slice(changes, func(i, j int) bool { return changes[i].Attribute < changes[j].Attribute })
	return changes
}

// DiffValues compares two sets of single values and returns the members only the second has and those only the first has, each once.
// canonical may be nil.
func DiffValues(before, after []any, canonical func(any) any) (added, removed []any) {
	if canonical == nil {
		canonical = func(v any) any { return v }
	}
	old, wanted := newValueSet(before, canonical), newValueSet(after, canonical)
	return wanted.without(old), old.without(wanted)
}

// valueSet finds a value by its text first. Two texts are equal only if they are the same text, so a pairwise comparison is needed only
// where one side is not text; groups with many thousands of members stay cheap.
type valueSet struct {
	members   []any
	canonical []any
	byText    map[string]bool
	typed     []any
}

func newValueSet(values []any, canonical func(any) any) *valueSet {
	s := &valueSet{byText: make(map[string]bool, len(values))}
	for _, v := range values {
		c := canonical(v)
		text := Text(c)
		if s.byText[text] {
			continue
		}
		s.byText[text] = true
		s.members = append(s.members, v)
		s.canonical = append(s.canonical, c)
		if _, isText := c.(string); !isText {
			s.typed = append(s.typed, c)
		}
	}
	return s
}

func (s *valueSet) without(other *valueSet) []any {
	var rest []any
	for i, c := range s.canonical {
		if !other.contains(c) {
			rest = append(rest, s.members[i])
		}
	}
	return rest
}

func (s *valueSet) contains(v any) bool {
	if s.byText[Text(v)] {
		return true
	}
	candidates := s.canonical
	if _, isText := v.(string); isText {
		candidates = s.typed
	}
	for _, c := range candidates {
		if EqualValues(c, v) {
			return true
		}
	}
	return false
}

func normal(v any) any {
	if len(Values(v)) == 0 {
		return nil
	}
	return v
}

// Values returns the single values of an attribute value: none for an empty one, one for a scalar. Lists of Go's other types are accepted
// as well, and empty members are dropped.
func Values(v any) []any {
	switch list := v.(type) {
	case []any:
		values := make([]any, 0, len(list))
		for _, member := range list {
			values = append(values, Values(member)...)
		}
		return values
	case []string:
		values := make([]any, 0, len(list))
		for _, member := range list {
			values = append(values, Values(member)...)
		}
		return values
	}
	if isEmpty(v) {
		return nil
	}
	return []any{v}
}

func isEmpty(v any) bool {
	switch value := v.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []byte:
		return len(value) == 0
	default:
		return false
	}
}

// EqualValues reports whether two single values say the same; see [Diff].
func EqualValues(a, b any) bool {
	if isEmpty(a) || isEmpty(b) {
		return isEmpty(a) && isEmpty(b)
	}
	if x, y, ok := bothBytes(a, b); ok {
		return bytes.Equal(x, y)
	}
	switch {
	case isBool(a) || isBool(b):
		return strings.EqualFold(Text(a), Text(b))
	case isTime(a) || isTime(b):
		return equalTimes(a, b)
	case isNumber(a) || isNumber(b):
		return equalNumbers(Text(a), Text(b))
	default:
		return Text(a) == Text(b)
	}
}

func bothBytes(a, b any) (x, y []byte, ok bool) {
	x, okX := a.([]byte)
	y, okY := b.([]byte)
	return x, y, okX && okY
}

func isBool(v any) bool {
	_, ok := v.(bool)
	return ok
}

func isTime(v any) bool {
	_, ok := v.(time.Time)
	return ok
}

func isNumber(v any) bool {
	switch v.(type) {
	case int64, int, int32, float64, float32:
		return true
	default:
		return false
	}
}

func equalNumbers(a, b string) bool {
	if a == b {
		return true
	}
	// Whole numbers beyond 2^53 would lose digits as floats.
	x, errX := strconv.ParseInt(a, 10, 64)
	y, errY := strconv.ParseInt(b, 10, 64)
	if errX == nil && errY == nil {
		return x == y
	}
	f, errF := strconv.ParseFloat(a, 64)
	g, errG := strconv.ParseFloat(b, 64)
	return errF == nil && errG == nil && f == g
}

func equalTimes(a, b any) bool {
	x, okX := AsTime(a)
	y, okY := AsTime(b)
	return okX && okY && x.Equal(y)
}

// timeLayouts are the spellings of time that systems use; the last is LDAP's generalized time (RFC 4517, 3.3.13).
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05", time.DateOnly,
	"20060102150405.999999999Z0700", "20060102150405Z0700",
}

// AsTime returns a time value, or the time that a text spells.
func AsTime(v any) (time.Time, bool) {
	switch value := v.(type) {
	case time.Time:
		return value, true
	case string:
		for _, layout := range timeLayouts {
			if t, err := time.Parse(layout, value); err == nil {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// Text returns a single value as text: times in RFC 3339 in UTC, numbers in decimal without an exponent, bytes as they are.
func Text(v any) string {
	switch value := v.(type) {
	case nil:
		return ""
	case string:
		return value
	case []byte:
		return string(value)
	case bool:
		return strconv.FormatBool(value)
	case int64:
		return strconv.FormatInt(value, 10)
	case int:
		return strconv.Itoa(value)
	case int32:
		return strconv.FormatInt(int64(value), 10)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(value), 'f', -1, 32)
	case time.Time:
		return value.UTC().Format(time.RFC3339Nano)
	default:
		return fmt.Sprint(v)
	}
}
