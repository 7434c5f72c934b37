package api

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/metadata"
	"provost/internal/object"
	"provost/internal/process"
)

// attributePrefix leads the names of custom attributes in tables, filters and bulk changes.
const attributePrefix = "attributes."

// formulaStarts are the characters with which spreadsheets take a cell for a formula.
const formulaStarts = "=+-@\t\r"

// disarm puts an apostrophe before a cell that a spreadsheet would run as a formula; numbers are left alone. A cell that begins with
// apostrophes before such a character gets one more, so that arm gives back exactly what was there.
func disarm(cell string) string {
	rest := strings.TrimLeft(cell, "'")
	if rest == "" || !strings.ContainsRune(formulaStarts, rune(rest[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

// arm takes back what disarm did.
func arm(cell string) string {
	rest := strings.TrimLeft(cell, "'")
	if rest == cell || rest == "" || !strings.ContainsRune(formulaStarts, rune(rest[0])) {
		return cell
	}
	return cell[1:]
}

// members gives the JSON members of a type in the order of its fields, with the fields they come from.
func members(t reflect.Type) []reflect.StructField {
	var out []reflect.StructField
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		f.Name = name
		out = append(out, f)
	}
	return out
}

// memberNames lists the members of a type.
func memberNames[T any]() []string {
	var out []string
	for _, f := range members(reflect.TypeFor[T]()) {
		out = append(out, f.Name)
	}
	return out
}

// columns lists everything a row of the table may hold: the members of the type, then the custom attributes of the moment that the caller
// may read. Files that come in may hold passwords too: secrets is set for them.
func (r resource[T, P]) columns(ctx context.Context, secrets bool) ([]string, error) {
	v, err := r.veiler(ctx)
	if err != nil {
		return nil, err
	}
	names := memberNames[T]()
	own := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "attributes" || v.guard.Hidden(name) })
	if !slices.Contains(names, "attributes") {
		return own, nil
	}
	fields, err := r.api.deps.Platform.Attributes.For(ctx, r.service.Type)
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		if !f.Builtin && (secrets || f.Type.Readable()) && f.Type != metadata.Separator {
			own = append(own, f.Name)
		}
	}
	return own, nil
}

// cellsOf gives the cells of an object.
func cellsOf(item any, columns []string) []string {
	values := map[string]reflect.Value{}
	v := reflect.ValueOf(item)
	for _, f := range members(v.Type()) {
		values[f.Name] = v.FieldByIndex(f.Index)
	}
	var attributes object.Attributes
	if v, ok := values["attributes"]; ok {
		attributes, _ = reflect.TypeAssert[object.Attributes](v)
	}
	out := make([]string, len(columns))
	for i, name := range columns {
		if code, custom := strings.CutPrefix(name, attributePrefix); custom {
			out[i] = cellText(attributes[code])
			continue
		}
		if value, ok := strings.CutPrefix(name, process.ValuePrefix); ok {
			held, _ := reflect.TypeAssert[bpm.Values](values["values"])
			out[i] = valueText(held[value])
			continue
		}
		out[i] = cellText(values[name].Interface())
	}
	return out
}

// valueText writes a value of a process as a cell.
func valueText(value json.RawMessage) string {
	var plain any
	if len(value) == 0 || json.Unmarshal(value, &plain) != nil {
		return ""
	}
	return cellText(plain)
}

// cellText writes a value as a cell: scalars plainly, lists and objects as JSON, nothing as the empty cell.
func cellText(value any) string {
	v := reflect.ValueOf(value)
	if !v.IsValid() {
		return ""
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return cellText(v.Elem().Interface())
	case reflect.Map, reflect.Slice:
		if v.Len() == 0 {
			return ""
		}
	case reflect.String:
		return v.String()
	}
	switch typed := value.(type) {
	case time.Time:
		return typed.Format(time.RFC3339Nano)
	case float64:
		return strconv.FormatFloat(typed, 'f', -1, 64)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.Trim(string(text), `"`)
}

// cellValue reads a cell as a member of the type: the inverse of cellText. The empty cell is nil, which clears the attribute.
func cellValue(kind reflect.Type, name, cell string) (any, error) {
	if cell == "" {
		return nil, nil //nolint:nilnil // JSON's null is the value wanted
	}
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch kind.Kind() {
	case reflect.Bool:
		return readBool(name, cell)
	case reflect.Int, reflect.Int64, reflect.Float64:
		number, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			return nil, fault.InvalidField(name, "%q is no number.", cell)
		}
		return number, nil
	case reflect.Map, reflect.Slice, reflect.Struct:
		return readNested(kind, name, cell)
	default:
		return cell, nil
	}
}

func readBool(name, cell string) (any, error) {
	switch strings.ToLower(cell) {
	case "true", "yes", "y", "s", "1":
		return true, nil
	case "false", "no", "n", "0":
		return false, nil
	}
	return nil, fault.InvalidField(name, "%q is neither true nor false.", cell)
}

func readNested(kind reflect.Type, name, cell string) (any, error) {
	if kind == reflect.TypeFor[time.Time]() {
		return readTime(name, cell)
	}
	var value any
	if err := json.Unmarshal([]byte(cell), &value); err != nil {
		return nil, fault.InvalidField(name, "%q holds a list or a record and must be JSON.", name)
	}
	return value, nil
}

func readTime(name, cell string) (any, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, cell); err == nil {
			return t.Format(time.RFC3339Nano), nil
		}
	}
	return nil, fault.InvalidField(name, "%q is no date. Write it as 2026-11-30 or 2026-11-30T18:00:00Z.", cell)
}

// attributeValue reads a cell as the value of a custom attribute; the checker of the metadata gives it its type.
func attributeValue(cell string) any {
	if cell == "" {
		return nil
	}
	if strings.HasPrefix(cell, "[") {
		var list []any
		if json.Unmarshal([]byte(cell), &list) == nil {
			return list
		}
	}
	return cell
}
