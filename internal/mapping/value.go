package mapping

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Change is one attribute that differs between two states of an object.
type Change struct {
	Attribute string `json:"attribute"`
	Before    any    `json:"before"`
	After     any    `json:"after"`
}

// Equal tells whether two values are the same for a managed system: a single value equals a list of one, lists compare as
// sets, numbers, bools, times and texts compare by their canonical text, and nil equals the empty text, list and map.
// It is an equivalence, and equal values have equal [Hash]es.
func Equal(a, b any) bool {
	if s, ok := a.(string); ok {
		if t, ok := b.(string); ok && s == t {
			return true
		}
	}
	return bytes.Equal(appendCanonical(nil, a), appendCanonical(nil, b))
}

// Diff lists the attributes that differ, sorted by name. Values are given as they are, not in canonical form; an
// attribute that is missing on one side has nil there.
func Diff(before, after map[string]any) []Change {
	names := slices.Collect(maps.Keys(before))
	for name := range after {
		if _, ok := before[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var changes []Change
	for _, name := range names {
		if b, a := before[name], after[name]; !Equal(b, a) {
			changes = append(changes, Change{Attribute: name, Before: b, After: a})
		}
	}
	return changes
}

// Hash is the SHA-256 of an object's canonical form, in lower-case hex: the same for objects without a [Diff].
func Hash(object map[string]any) string {
	sum := sha256.Sum256(appendCanonical(nil, object))
	return hex.EncodeToString(sum[:])
}

// Clone copies maps and lists all the way down, so that a mapped object shares nothing that can change with its source.
func Clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return cloneMap(v)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = Clone(item)
		}
		return list
	case []string:
		return slices.Clone(v)
	case []byte:
		return slices.Clone(v)
	case map[string]string:
		return maps.Clone(v)
	}
	return value
}

func cloneMap(object map[string]any) map[string]any {
	if object == nil {
		return nil
	}
	c := make(map[string]any, len(object))
	for k, v := range object {
		c[k] = Clone(v)
	}
	return c
}

// appendCanonical appends the canonical JSON of a value; whatever counts as nothing appends nothing. Scalars become JSON
// strings, lists sorted sets (of one: the element), maps objects with sorted keys and without empty members.
func appendCanonical(dst []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return dst
	case string:
		return appendText(dst, canonicalText(v))
	case map[string]any:
		return appendMap(dst, v)
	case []any:
		return appendSet(dst, len(v), func(i int) any { return v[i] })
	case []string:
		return appendSet(dst, len(v), func(i int) any { return v[i] })
	case []byte:
		return appendText(dst, bytesText(v))
	case time.Time:
		return appendText(dst, timeText(v))
	case bool:
		return appendText(dst, strconv.FormatBool(v))
	case int64:
		return appendText(dst, strconv.FormatInt(v, 10))
	case int:
		return appendText(dst, strconv.Itoa(v))
	case float64:
		return appendText(dst, floatText(v))
	case json.Number:
		return appendText(dst, numberText(v))
	}
	return appendOther(dst, value)
}

// appendOther covers types a connector or a script may hand over although they are not among the documented ones.
func appendOther(dst []byte, value any) []byte {
	r := reflect.ValueOf(value)
	switch r.Kind() {
	case reflect.Pointer:
		if r.IsNil() {
			return dst
		}
		return appendCanonical(dst, r.Elem().Interface())
	case reflect.Slice:
		return appendSet(dst, r.Len(), func(i int) any { return r.Index(i).Interface() })
	case reflect.Map:
		object := make(map[string]any, r.Len())
		for entries := r.MapRange(); entries.Next(); {
			object[fmt.Sprint(entries.Key().Interface())] = entries.Value().Interface()
		}
		return appendMap(dst, object)
	case reflect.Float32:
		return appendText(dst, floatText(r.Float()))
	default:
		return appendText(dst, canonicalText(fmt.Sprint(value)))
	}
}

func appendSet(dst []byte, n int, at func(int) any) []byte {
	items := make([]string, 0, n)
	for i := range n {
		if item := appendCanonical(nil, at(i)); len(item) > 0 {
			items = append(items, string(item))
		}
	}
	slices.Sort(items)
	items = slices.Compact(items)
	if len(items) < 2 {
		return append(dst, strings.Join(items, "")...)
	}
	dst = append(dst, '[')
	dst = append(dst, strings.Join(items, ",")...)
	return append(dst, ']')
}

func appendMap(dst []byte, object map[string]any) []byte {
	start := len(dst)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		mark := len(dst)
		dst = append(dst, ',')
		dst = appendQuoted(dst, key)
		dst = append(dst, ':')
		before := len(dst)
		if dst = appendCanonical(dst, object[key]); len(dst) == before {
			dst = dst[:mark]
		}
	}
	if len(dst) == start {
		return dst
	}
	dst[start] = '{'
	return append(dst, '}')
}

func appendText(dst []byte, text string) []byte {
	if text == "" {
		return dst
	}
	return appendQuoted(dst, text)
}

func appendQuoted(dst []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return strconv.AppendQuote(dst, text)
	}
	return append(dst, quoted...)
}

// canonicalText gives texts that directories use for typed values the form of those values: TRUE and FALSE, and RFC 3339
// times of any offset. Invalid UTF-8 is kept apart from the characters it would be replaced with.
func canonicalText(text string) string {
	switch len(text) {
	case 4, 5:
		if strings.EqualFold(text, "true") || strings.EqualFold(text, "false") {
			return strings.ToLower(text)
		}
	}
	if len(text) >= len("2006-01-02T15:04:05Z") && text[4] == '-' && text[10] == 'T' {
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return timeText(t)
		}
	}
	if !utf8.ValidString(text) {
		return bytesText([]byte(text))
	}
	return text
}

func bytesText(data []byte) string {
	if utf8.Valid(data) {
		return canonicalText(string(data))
	}
	return "base64:" + base64.StdEncoding.EncodeToString(data)
}

func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func floatText(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

func numberText(n json.Number) string {
	if _, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return n.String()
	}
	if f, err := n.Float64(); err == nil {
		return floatText(f)
	}
	return n.String()
}
