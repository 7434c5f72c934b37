package filter

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// comparison compares the values of one attribute with one literal.
type comparison struct {
	op        Op
	literal   Value
	attribute Attribute // only if typed
	typed     bool
}

func (c comparison) matches(value any) bool {
	if object, ok := asObject(value); ok {
		value = c.standIn(object)
	}
	value = c.shaped(plain(value))
	if value == nil || c.literal.Kind == KindNull {
		same := value == nil && c.literal.Kind == KindNull
		return c.op == OpEqual && same || c.op == OpNotEqual && !same
	}
	switch c.op {
	case OpContains, OpStartsWith, OpEndsWith:
		return c.matchesText(text(value))
	case OpEqual, OpNotEqual:
		order, _ := c.relate(value)
		return (order == 0) == (c.op == OpEqual)
	default:
		return c.ordered(value)
	}
}

func (c comparison) ordered(value any) bool {
	order, ordered := c.relate(value)
	if !ordered {
		return false
	}
	switch c.op {
	case OpGreater:
		return order > 0
	case OpGreaterOrEqual:
		return order >= 0
	case OpLess:
		return order < 0
	default:
		return order <= 0
	}
}

// standIn is the part a complex value stands for: "value" (RFC 7643 §2.4), or its relation's default attribute.
func (c comparison) standIn(object Object) any {
	if v := object.Attribute("value"); v != nil || !c.typed {
		return v
	}
	return object.Attribute(c.attribute.Name)
}

// shaped turns what does not have the attribute's shape into null, as a compiled filter does.
func (c comparison) shaped(value any) any {
	if !c.typed || value == nil {
		return value
	}
	_, isText := value.(string)
	bare := isText && c.attribute.JSON != nil // in JSON, "5" is no number and "true" is no bool
	switch c.attribute.Type {
	case TypeNumber:
		if bare || !isJSONNumber(text(value)) {
			return nil
		}
	case TypeBool:
		if t := strings.ToLower(text(value)); bare || t != "true" && t != "false" {
			return nil
		}
	case TypeTime:
		if _, ok := instant(value); !ok {
			return nil
		}
	case TypeUUID:
		if !isUUID(strings.ToLower(text(value))) {
			return nil
		}
	default:
	}
	return value
}

func (c comparison) matchesText(value string) bool {
	value, wanted := c.fold(value), c.fold(c.literal.Text)
	switch c.op {
	case OpContains:
		return strings.Contains(value, wanted)
	case OpStartsWith:
		return strings.HasPrefix(value, wanted)
	default:
		return strings.HasSuffix(value, wanted)
	}
}

func (c comparison) fold(s string) string {
	if c.typed && c.attribute.CaseExact && c.attribute.Type == TypeString {
		return s
	}
	return strings.ToLower(s)
}

// relate tells how value stands to the literal: 0 if equal. Not ordered means that there is no less or greater.
func (c comparison) relate(value any) (order int, ordered bool) {
	if order, ok := c.relateTimes(value); ok {
		return order, true
	}
	_, isBool := value.(bool)
	if isBool || c.literal.Kind == KindBool && !c.typed {
		return strings.Compare(strings.ToLower(text(value)), strings.ToLower(c.literal.Text)), false
	}
	if c.asNumbers(value) {
		return compareNumbers(text(value), c.literal.Text)
	}
	return strings.Compare(c.fold(text(value)), c.fold(c.literal.Text)), true
}

func (c comparison) asNumbers(value any) bool {
	if c.typed {
		return c.attribute.Type == TypeNumber
	}
	return isNumber(value) || c.literal.Kind == KindNumber && isJSONNumber(text(value))
}

// relateTimes compares as instants if the attribute is a time, or the value is one and the literal reads as one.
func (c comparison) relateTimes(value any) (int, bool) {
	_, isTime := value.(time.Time)
	if c.typed && c.attribute.Type != TypeTime && !isTime {
		return 0, false
	}
	if !isTime && !c.typed && len(c.literal.Text) <= len(time.DateOnly) {
		return 0, false
	}
	wanted, err := parseTime(c.literal.Text)
	got, ok := instant(value)
	if err != nil || !ok {
		return 0, false
	}
	return got.Compare(wanted), true
}

func instant(value any) (time.Time, bool) {
	if t, ok := value.(time.Time); ok {
		return t, true
	}
	s, ok := value.(string)
	if !ok {
		return time.Time{}, false
	}
	t, err := parseTime(s)
	return t, err == nil
}

func compareNumbers(a, b string) (order int, ordered bool) {
	if !isJSONNumber(a) || !isJSONNumber(b) || !numberInRange(a) || !numberInRange(b) {
		return 1, false
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	if !okX || !okY {
		return 1, false
	}
	return x.Cmp(y), true
}

// plain opens pointers and named types, so that only nil, string, bool, numbers and time.Time remain where possible.
func plain(value any) any {
	switch v := value.(type) {
	case nil, string, bool, time.Time, json.Number, int, int64, float64:
		return v
	case fmt.Stringer:
		if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
			return nil
		}
		if t, ok := value.(*time.Time); ok {
			return *t
		}
		return v.String()
	}
	r := reflect.ValueOf(value)
	switch r.Kind() {
	case reflect.Pointer, reflect.Interface:
		if r.IsNil() {
			return nil
		}
		return plain(r.Elem().Interface())
	case reflect.String:
		return r.String()
	case reflect.Bool:
		return r.Bool()
	default:
		return value
	}
}

func isNumber(value any) bool {
	if _, ok := value.(json.Number); ok {
		return true
	}
	switch reflect.ValueOf(value).Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64:
		return true
	default:
		return false
	}
}

// text is the value as it would be written in a filter, without quotes.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprint(value)
}

func asObject(value any) (Object, bool) {
	switch v := value.(type) {
	case nil, string, bool:
		return nil, false
	case map[string]any:
		return v, true
	case Object:
		return v, true
	}
	r := reflect.ValueOf(value)
	if r.Kind() != reflect.Map || r.Type().Key().Kind() != reflect.String {
		return nil, false
	}
	object := make(Object, r.Len())
	for entries := r.MapRange(); entries.Next(); {
		object[entries.Key().String()] = entries.Value().Interface()
	}
	return object, true
}

func asList(value any) ([]any, bool) {
	switch v := value.(type) {
	case nil, string, bool:
		return nil, false
	case []any:
		return v, true
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list, true
	}
	r := reflect.ValueOf(value)
	// An array such as a UUID is one value, and so is a slice of bytes.
	if r.Kind() != reflect.Slice || r.Type().Elem().Kind() == reflect.Uint8 {
		return nil, false
	}
	list := make([]any, r.Len())
	for i := range list {
		list[i] = r.Index(i).Interface()
	}
	return list, true
}
