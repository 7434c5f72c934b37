package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Limits of a path expression.
const (
	MaxPathLength = 1024 // bytes
	MaxPathSteps  = 32   // accessors behind the first name
	MaxIndex      = 9999 // of a list
)

// wholeObject is the name that stands for the object itself, for attributes whose name is no identifier:
// THIS{"user-id"} (guide 045).
const wholeObject = "THIS"

var (
	// ErrNotPath says that a text is not a path expression; on the source side of a one-way row it is a script then.
	ErrNotPath = errors.New("not a path expression")
	// ErrNotAssignable says that a value cannot be put where a path leads.
	ErrNotAssignable = errors.New("the path cannot be assigned")
)

// Path is a compiled path expression: a literal ("text", 12, true, false, null) or a name followed by accessors:
// `a.b`, `a{"b"}`, `a["b"]`, `a[0]`. It is immutable and safe for concurrent use.
type Path struct {
	literal bool
	value   any // of a literal
	steps   []step
}

// step goes into a map by key or into a list by index.
type step struct {
	key   string
	index int
	list  bool
}

// ParsePath compiles a path expression. The error wraps [ErrNotPath] and says where the text stops being one.
func ParsePath(text string) (Path, error) {
	if len(text) > MaxPathLength {
		return Path{}, fmt.Errorf("%w: longer than %d bytes", ErrNotPath, MaxPathLength)
	}
	s := &pathScanner{text: text}
	s.blanks()
	path, err := s.path()
	if err != nil {
		return Path{}, err
	}
	s.blanks()
	if s.pos < len(text) {
		return Path{}, s.fail("unexpected character")
	}
	return path, nil
}

// MustParsePath is ParsePath for paths that are part of the program; it panics on an error.
func MustParsePath(text string) Path {
	p, err := ParsePath(text)
	if err != nil {
		panic(err)
	}
	return p
}

// Literal returns the constant a path consists of, if it is one.
func (p Path) Literal() (any, bool) { return p.value, p.literal }

// Root is the name of the attribute a path starts with; empty for a literal and for the whole object.
func (p Path) Root() string {
	if p.literal || len(p.steps) == 0 {
		return ""
	}
	return p.steps[0].key
}

// Equal tells whether two paths lead to the same place: a.b and a{"b"} do.
func (p Path) Equal(other Path) bool {
	return p.literal == other.literal && p.value == other.value && slices.Equal(p.steps, other.steps)
}

// String prints the path in its canonical form.
func (p Path) String() string {
	if p.literal {
		return literalText(p.value)
	}
	var b strings.Builder
	for i, s := range p.steps {
		switch {
		case s.list:
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(s.index))
			b.WriteByte(']')
		case isIdentifier(s.key) && (i > 0 || !isReserved(s.key)):
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.key)
		default:
			if i == 0 {
				b.WriteString(wholeObject)
			}
			b.WriteByte('{')
			b.WriteString(quoteText(s.key))
			b.WriteByte('}')
		}
	}
	if b.Len() == 0 {
		return wholeObject
	}
	return b.String()
}

// Get evaluates the path over an object. What is missing on the way is nil, never an error. Maps and lists are returned
// as they are, not copied.
func (p Path) Get(object map[string]any) any {
	if p.literal {
		return p.value
	}
	var value any = object
	for _, s := range p.steps {
		value = s.get(value)
		if value == nil {
			return nil
		}
	}
	return value
}

func (s step) get(value any) any {
	if s.list {
		switch list := value.(type) {
		case []any:
			if s.index < len(list) {
				return list[s.index]
			}
		case []string:
			if s.index < len(list) {
				return list[s.index]
			}
		}
		return nil
	}
	switch object := value.(type) {
	case map[string]any:
		return object[s.key]
	case map[string]string:
		if v, ok := object[s.key]; ok {
			return v
		}
	}
	return nil
}

// Assign puts value where the path leads, creating maps and lists on the way. It fails with [ErrNotAssignable] for a
// literal or the whole object, and where something that is neither map nor list is in the way; the object may then hold
// new empty maps.
func (p Path) Assign(object map[string]any, value any) error {
	if p.literal || len(p.steps) == 0 {
		return fmt.Errorf("%w: %s", ErrNotAssignable, p)
	}
	_, err := assign(object, p.steps, value)
	if err != nil {
		return fmt.Errorf("%w: %s", err, p)
	}
	return nil
}

// assign returns the container with the value in it; lists may have been reallocated.
func assign(container any, steps []step, value any) (any, error) {
	if len(steps) == 0 {
		return value, nil
	}
	s := steps[0]
	if s.list {
		list, ok := container.([]any)
		if !ok && container != nil {
			return nil, ErrNotAssignable
		}
		for len(list) <= s.index {
			list = append(list, nil)
		}
		item, err := assign(list[s.index], steps[1:], value)
		list[s.index] = item
		return list, err
	}
	object, ok := container.(map[string]any)
	if !ok && container != nil {
		return nil, ErrNotAssignable
	}
	if object == nil {
		object = map[string]any{}
	}
	item, err := assign(object[s.key], steps[1:], value)
	if err != nil {
		return nil, err
	}
	object[s.key] = item
	return object, nil
}
