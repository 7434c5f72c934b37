package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrValue is returned for a value that has no form a script could hold.
var ErrValue = errors.New("not a script value")

// maxDepth bounds how deeply values nest, so that neither side overflows its stack.
const maxDepth = 200

// A JSON object with one key that starts with $ is a tagged value: a date, bytes, or a map that itself looks like one.
const (
	tagTime  = "$t"
	tagBytes = "$b"
	tagMap   = "$m"
)

// Encode writes a value: nil, string, bool, numbers, time.Time, []byte, lists and string-keyed maps of these, named
// types of these kinds and pointers to them. Keys come out sorted. Anything else, structs included, is ErrValue.
func Encode(v any) (json.RawMessage, error) {
	return appendValue(nil, v, 0)
}

func appendValue(dst []byte, v any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("value nested deeper than %d levels: %w", maxDepth, ErrValue)
	}
	switch x := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case string:
		return appendString(dst, x)
	case bool:
		return strconv.AppendBool(dst, x), nil
	case int64:
		return strconv.AppendInt(dst, x, 10), nil
	case int:
		return strconv.AppendInt(dst, int64(x), 10), nil
	case float64:
		return appendFloat(dst, x), nil
	case time.Time:
		dst = append(dst, `{"`+tagTime+`":"`...)
		return append(x.UTC().AppendFormat(dst, time.RFC3339Nano), `"}`...), nil
	case []byte:
		dst = append(dst, `{"`+tagBytes+`":"`...)
		return append(base64.StdEncoding.AppendEncode(dst, x), `"}`...), nil
	case []any:
		return appendList(dst, len(x), func(i int) any { return x[i] }, depth)
	case map[string]any:
		return appendMap(dst, x, depth)
	default:
		return appendReflected(dst, reflect.ValueOf(v), depth)
	}
}

func appendString(dst []byte, s string) ([]byte, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode text: %w", err)
	}
	return append(dst, text...), nil
}

// appendFloat keeps a mark of being a fraction (3.0), so that the other side does not take it for an integer.
func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'g', -1, 64)
	if !bytes.ContainsAny(dst[start:], ".e") {
		dst = append(dst, ".0"...)
	}
	return dst
}

func appendList(dst []byte, n int, at func(int) any, depth int) ([]byte, error) {
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendValue(dst, at(i), depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func appendMap(dst []byte, m map[string]any, depth int) ([]byte, error) {
	keys := slices.Sorted(maps.Keys(m))
	if len(keys) == 1 && strings.HasPrefix(keys[0], "$") {
		inner, err := appendEntries(nil, m, keys, depth)
		if err != nil {
			return nil, err
		}
		dst = append(dst, `{"`+tagMap+`":`...)
		return append(append(dst, inner...), '}'), nil
	}
	return appendEntries(dst, m, keys, depth)
}

func appendEntries(dst []byte, m map[string]any, keys []string, depth int) ([]byte, error) {
	dst = append(dst, '{')
	for i, k := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendString(dst, k); err != nil {
			return nil, err
		}
		dst = append(dst, ':')
		if dst, err = appendValue(dst, m[k], depth+1); err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
	}
	return append(dst, '}'), nil
}

// appendReflected handles named types, typed slices and maps, and pointers.
func appendReflected(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		return appendValue(dst, v.Elem().Interface(), depth+1)
	case reflect.String:
		return appendString(dst, v.String())
	case reflect.Bool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		return appendFloat(dst, v.Float()), nil
	case reflect.Slice, reflect.Array:
		return appendList(dst, v.Len(), func(i int) any { return v.Index(i).Interface() }, depth)
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			break
		}
		plain := make(map[string]any, v.Len())
		for it := v.MapRange(); it.Next(); {
			plain[it.Key().String()] = it.Value().Interface()
		}
		return appendMap(dst, plain, depth)
	}
	return nil, fmt.Errorf("%s: %w", v.Type(), ErrValue)
}

// Decode reads what Encode wrote. Numbers come back as int64 when written without a fraction, otherwise as float64;
// nothing at all is nil.
func Decode(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("decode value: %w", err)
	}
	return restore(v)
}

// DecodeMap is Decode for a value that has to be a map; nothing at all is nil.
func DecodeMap(raw json.RawMessage) (map[string]any, error) {
	v, err := Decode(raw)
	if err != nil || v == nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%T instead of a map: %w", v, ErrValue)
	}
	return m, nil
}

func restore(v any) (any, error) {
	switch x := v.(type) {
	case json.Number:
		return restoreNumber(x)
	case []any:
		for i := range x {
			item, err := restore(x[i])
			if err != nil {
				return nil, err
			}
			x[i] = item
		}
		return x, nil
	case map[string]any:
		return restoreMap(x)
	default:
		return v, nil
	}
}

func restoreNumber(n json.Number) (any, error) {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return i, nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, fmt.Errorf("number %s: %w", n, ErrValue)
	}
	return f, nil
}

func restoreMap(m map[string]any) (any, error) {
	if len(m) == 1 {
		for tag, inner := range m {
			if v, tagged, err := restoreTagged(tag, inner); tagged || err != nil {
				return v, err
			}
		}
	}
	return restoreEntries(m)
}

func restoreEntries(m map[string]any) (any, error) {
	for k, v := range m {
		item, err := restore(v)
		if err != nil {
			return nil, err
		}
		m[k] = item
	}
	return m, nil
}

func restoreTagged(tag string, inner any) (v any, tagged bool, err error) {
	switch x := inner.(type) {
	case string:
		switch tag {
		case tagTime:
			v, err = time.Parse(time.RFC3339Nano, x)
		case tagBytes:
			v, err = base64.StdEncoding.DecodeString(x)
		default:
			return nil, false, nil
		}
		if err != nil {
			return nil, true, fmt.Errorf("tagged value %s: %w", tag, err)
		}
		return v, true, nil
	case map[string]any:
		if tag != tagMap {
			return nil, false, nil
		}
		v, err = restoreEntries(x)
		return v, true, err
	default:
		return nil, false, nil
	}
}
