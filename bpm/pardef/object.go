package pardef

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// object is a JSON object whose members are found whatever their case. A member may be a text where a number or a boolean is expected, as
// different versions of the editor write it.
type object map[string]any

// objectOf reads a value as an object; anything else is an empty one.
func objectOf(value any) object {
	members, _ := value.(map[string]any)
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names) // of two spellings the same one wins every time
	o := object{}
	for _, name := range names {
		key := strings.ToLower(name)
		if old, there := o[key]; !there || empty(old) {
			o[key] = members[name]
		}
	}
	return o
}

func empty(value any) bool { return value == nil || value == "" || value == false }

// text gives the first member of the names that says something.
func (o object) text(names ...string) string {
	for _, name := range names {
		switch v := o[strings.ToLower(name)].(type) {
		case string:
			if s := strings.TrimSpace(v); s != "" {
				return s
			}
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64)
		case bool:
			return strconv.FormatBool(v)
		case []any: // a list of principals or values
			var parts []string
			for _, one := range v {
				if s, ok := one.(string); ok {
					parts = append(parts, s)
				}
			}
			return strings.Join(parts, ", ")
		}
	}
	return ""
}

// flag reads a boolean, also written as text or number.
func (o object) flag(names ...string) bool {
	switch strings.ToLower(o.text(names...)) {
	case "true", "1", "yes", "y", "s", "t":
		return true
	}
	return false
}

// number reads a whole number, 0 for anything else.
func (o object) number(name string) int {
	n, err := strconv.ParseFloat(o.text(name), 64)
	if err != nil || n < 0 || n > 1<<30 {
		return 0
	}
	return int(n)
}

func (o object) object(name string) object { return objectOf(o[strings.ToLower(name)]) }

// list reads a list of objects, in their order where they have one.
func (o object) list(name string) []object {
	items, _ := o[strings.ToLower(name)].([]any) // another type is no list
	var all []object
	for _, item := range items {
		if one := objectOf(item); len(one) > 0 {
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b object) int { return cmp.Compare(a.order(), b.order()) })
	return all
}

// order is the place of an item in its list; those without one come last.
func (o object) order() int {
	if o.text("order") == "" {
		return math.MaxInt
	}
	return o.number("order")
}

// lines reads a list of texts, or a text with one item a line.
func (o object) lines(name string) []string {
	var found []string
	switch v := o[strings.ToLower(name)].(type) {
	case string:
		found = strings.FieldsFunc(v, func(r rune) bool { return r == '\n' || r == ',' })
	case []any:
		for _, one := range v {
			switch item := one.(type) {
			case string:
				found = append(found, item)
			default:
				if text, err := json.Marshal(item); err == nil {
					found = append(found, string(text))
				}
			}
		}
	}
	return found
}
