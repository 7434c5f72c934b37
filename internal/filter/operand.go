package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

var errNotTime = errors.New("not a date or an RFC 3339 time")

// operand is a literal read as the type of its attribute.
type operand struct {
	null bool
	text string    // text, number, enum (stored spelling), id (lower case), "true" and "false"
	time time.Time // for TypeTime
}

// operand checks a comparison against the attribute and reads its literal; the error is a *ValueError.
func (a *Attribute) operand(c Compare) (operand, error) {
	refuse := func(reason error, format string, args ...any) (operand, error) {
		return operand{}, &ValueError{
			Attribute: a.Name, Op: c.Op, Value: c.Value, Err: reason, Message: fmt.Sprintf(format, args...),
		}
	}
	if ops := a.Type.Ops(); !slices.Contains(ops, c.Op) {
		return refuse(ErrOperator, "%s allows %s", a.Type, orList(opNames(ops)))
	}
	if c.Value.Kind == KindNull {
		if c.Op != OpEqual && c.Op != OpNotEqual {
			return refuse(ErrOperator, "null allows eq or ne")
		}
		return operand{null: true}, nil
	}
	if strings.IndexByte(c.Value.Text, 0) >= 0 || !utf8.ValidString(c.Value.Text) {
		return refuse(ErrValue, "text must be UTF-8 without the character NUL")
	}
	text := c.Value.Text
	switch a.Type {
	case TypeNumber:
		if !isJSONNumber(text) || !numberInRange(text) {
			return refuse(ErrValue, "give a number")
		}
	case TypeBool:
		text = strings.ToLower(text)
		if text != "true" && text != "false" {
			return refuse(ErrValue, "give true or false")
		}
	case TypeTime:
		t, err := parseTime(text)
		if err != nil {
			return refuse(ErrValue, `give a date or a time like "2026-01-31" or "2026-01-31T08:00:00Z"`)
		}
		return operand{time: t}, nil
	case TypeUUID:
		text = strings.ToLower(text)
		if !isUUID(text) {
			return refuse(ErrValue, `give an id like "01890a5d-ac96-774b-bcce-b302099a8057"`)
		}
	case TypeEnum:
		return a.enumOperand(c, refuse)
	case TypeString:
	}
	return operand{text: text}, nil
}

func (a *Attribute) enumOperand(c Compare, refuse func(error, string, ...any) (operand, error)) (operand, error) {
	if c.Op != OpEqual && c.Op != OpNotEqual {
		return operand{text: c.Value.Text}, nil
	}
	for _, v := range a.Values {
		if strings.EqualFold(v, c.Value.Text) {
			return operand{text: v}, nil
		}
	}
	return refuse(ErrValue, "give %s", orList(a.Values))
}

func opNames(ops []Op) []string {
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = string(op)
	}
	return names
}

// parseTime reads RFC 3339 with or without fractions, or a date, which means its first moment in UTC.
// The year 0 is refused: PostgreSQL has none.
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil && t.UTC().Year() > 0 {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errNotTime
}

func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		c := text[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !isDigit(c) && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}
