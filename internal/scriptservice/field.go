package scriptservice

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/object"
)

// field is one entry of a data object: the names scripts know it by, and what it is with us.
type field[T any] struct {
	names []string // of the guide; the object carries all of them
	// ours is the attribute's name in filters; empty where it cannot be asked for.
	ours string
	get  func(*T) any
	// set is nil for what a script cannot change.
	set func(*T, any) error
	// words translates values that the guide spells otherwise; nil where both say the same.
	words map[string]string
}

// text is a text.
func text[T any](ours string, at func(*T) *string, names ...string) field[T] {
	return field[T]{
		names: names, ours: ours,
		get: func(t *T) any { return *at(t) },
		set: func(t *T, v any) error {
			s, err := asText(v)
			*at(t) = s
			return err
		},
	}
}

// coded is a text that the guide spells with other words: words goes from the guide's to ours. Our own words are taken too.
func coded[T any](ours string, at func(*T) *string, words map[string]string, names ...string) field[T] {
	guide := make(map[string]string, len(words))
	for theirs, our := range words {
		guide[our] = theirs
	}
	f := text(ours, at, names...)
	f.words = words
	f.get = func(t *T) any {
		if theirs, ok := guide[*at(t)]; ok {
			return theirs
		}
		return *at(t)
	}
	f.set = func(t *T, v any) error {
		s, err := asText(v)
		if our, ok := words[s]; ok {
			s = our
		}
		*at(t) = s
		return err
	}
	return f
}

// flag is true or false.
func flag[T any](ours string, at func(*T) *bool, names ...string) field[T] {
	return field[T]{
		names: names, ours: ours,
		get: func(t *T) any { return *at(t) },
		set: func(t *T, v any) error {
			b, err := asBool(v)
			*at(t) = b
			return err
		},
	}
}

// moment is a point in time, or none.
func moment[T any](ours string, at func(*T) **time.Time, names ...string) field[T] {
	return field[T]{
		names: names, ours: ours,
		get: func(t *T) any { return optional(*at(t)) },
		set: func(t *T, v any) error {
			m, err := asMoment(v)
			*at(t) = m
			return err
		},
	}
}

// fixed is what a script sees and cannot change.
func fixed[T any](ours string, get func(*T) any, names ...string) field[T] {
	return field[T]{names: names, ours: ours, get: get}
}

// common are the entries that every object has, before its own ones.
func common[T any, P object.Pointer[T]](own ...field[T]) []field[T] {
	base := func(t *T) *object.Meta { return P(t).Base() }
	return append([]field[T]{
		fixed("id", func(t *T) any { return idOf(base(t).ID) }, "id"),
		fixed("createdAt", func(t *T) any { return timeOf(base(t).CreatedAt) }, "createdOn", "createdDate"),
		fixed("createdBy", func(t *T) any { return base(t).CreatedBy }, "createdBy", "createdByUser"),
		fixed("updatedAt", func(t *T) any { return timeOf(base(t).UpdatedAt) }, "modifiedOn", "modifiedDate"),
		fixed("updatedBy", func(t *T) any { return base(t).UpdatedBy }, "modifiedBy", "modifiedByUser"),
	}, own...)
}

func idOf(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id.String()
}

func timeOf(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

// optional is a moment that may be missing.
func optional(t *time.Time) any {
	if t == nil {
		return nil
	}
	return t.UTC()
}

func asText(v any) (string, error) {
	switch x := v.(type) {
	case nil:
		return "", nil
	case string:
		return x, nil
	case int64, int, float64, bool:
		return fmt.Sprint(x), nil
	default:
		return "", fmt.Errorf("must be a text")
	}
}

func asBool(v any) (bool, error) {
	switch x := v.(type) {
	case nil:
		return false, nil
	case bool:
		return x, nil
	case string:
		if b, err := strconv.ParseBool(strings.ToLower(x)); err == nil {
			return b, nil
		}
	}
	return false, fmt.Errorf("must be true or false")
}

// asMoment takes a date, or its text as RFC 3339 or as a day.
func asMoment(v any) (*time.Time, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil //nolint:nilnil // no moment is a value
	case time.Time:
		return &x, nil
	case string:
		for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
			if t, err := time.Parse(layout, x); err == nil {
				return &t, nil
			}
		}
		if x == "" {
			return nil, nil //nolint:nilnil // no moment is a value
		}
	}
	return nil, fmt.Errorf("must be a date")
}

// asCount takes a whole number that is not negative.
func asCount(v any) (int, error) {
	switch x := v.(type) {
	case nil:
		return 0, nil
	case int64:
		if x >= 0 && x <= math.MaxInt32 {
			return int(x), nil
		}
	case string:
		if n, err := strconv.Atoi(x); err == nil && n >= 0 {
			return n, nil
		}
	}
	return 0, fmt.Errorf("must be a whole number that is not negative")
}

// same tells whether a script gave back what it was shown. Scripts keep times to the millisecond.
func same(given, shown any) bool {
	if empty(given) && empty(shown) {
		return true
	}
	switch s := shown.(type) {
	case time.Time:
		g, ok := given.(time.Time)
		return ok && g.Truncate(time.Millisecond).Equal(s.Truncate(time.Millisecond))
	case map[string]any:
		g, ok := given.(map[string]any)
		return ok && maps.EqualFunc(g, s, same)
	case []any:
		g, ok := given.([]any)
		return ok && slices.EqualFunc(g, s, same)
	case float64:
		switch g := given.(type) {
		case int64:
			return float64(g) == s
		case float64:
			return g == s
		}
		return false
	case string, bool, int64:
		return given == shown
	default:
		return false
	}
}

func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case bool:
		return false
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	default:
		return false
	}
}
