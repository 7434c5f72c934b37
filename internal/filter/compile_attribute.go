package filter

import (
	"encoding/json"
	"strings"
)

// Shapes a jsonb text must have before it may be cast: metadata can change its type while older values stay, and one
// bad value must not break a whole list.
const (
	sqlTimeShape = `'^[0-9]{4}-[0-9]{2}-[0-9]{2}` +
		`(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9]))?$'`
	sqlUUIDShape = `'^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'`
)

// jsonItem is the name of one element of a multi-valued custom attribute inside its exists().
const jsonItem = "filter_item.value"

// attribute compiles a comparison of one attribute.
func (c *compiler) attribute(a *Attribute, op Op, value operand) string {
	if a.JSON == nil {
		return c.scalar(a, a.SQL, op, value)
	}
	if text, ok := c.contains(a, op, value); ok {
		return text
	}
	if !a.JSON.Multi {
		return c.scalar(a, a.jsonExpression(), op, value)
	}
	inner := c.scalar(a, a.itemExpression(), op, value)
	exists := a.existsItem(inner)
	if op == OpNotEqual && !value.null || op == OpEqual && value.null {
		return exists + " or not " + a.existsItem("true")
	}
	return exists
}

// contains uses jsonb containment where it says the same as equality, because a GIN index serves it.
func (c *compiler) contains(a *Attribute, op Op, value operand) (string, bool) {
	exactText := a.Type == TypeEnum || a.Type == TypeString && a.CaseExact
	if op != OpEqual || value.null || !exactText && a.Type != TypeBool && a.Type != TypeNumber {
		return "", false
	}
	var member any = value.text
	if a.Type == TypeBool || a.Type == TypeNumber {
		member = json.RawMessage(value.text)
	}
	one, ok := c.containsMember(a, member)
	if !ok || !a.JSON.Multi {
		return one, ok
	}
	// A value stored bare, from when the attribute had one value only, counts as a list of one.
	many, ok := c.containsMember(a, []any{member})
	return many + " or " + one, ok
}

func (c *compiler) containsMember(a *Attribute, member any) (string, bool) {
	document, err := json.Marshal(map[string]any{a.JSON.Key: member})
	if err != nil {
		return "", false
	}
	return a.JSON.Column + " @> " + c.bind(string(document), "jsonb"), true
}

// scalar compiles a comparison of an expression that yields at most one value.
func (c *compiler) scalar(a *Attribute, expr string, op Op, value operand) string {
	if value.null {
		if op == OpEqual {
			return expr + " is null"
		}
		return expr + " is not null"
	}
	switch op {
	case OpContains:
		return c.like(a, expr, "%"+escapeLike(value.text)+"%")
	case OpStartsWith:
		return c.like(a, expr, escapeLike(value.text)+"%")
	case OpEndsWith:
		return c.like(a, expr, "%"+escapeLike(value.text))
	default:
		return c.related(a, expr, op, value)
	}
}

// related compiles equality and order.
func (c *compiler) related(a *Attribute, expr string, op Op, value operand) string {
	left := expr
	var right string
	switch a.Type {
	case TypeNumber:
		right = c.bind(value.text, numberType(value.text))
	case TypeBool:
		right = c.bind(value.text == "true", "boolean")
	case TypeTime:
		right = c.bind(value.time, "timestamptz")
	case TypeUUID:
		right = c.bind(value.text, "uuid")
	case TypeEnum:
		// As text, so that an enum type of the database and a checked text column read alike.
		left, right = expr+"::text", c.bind(value.text, "text")
	default:
		right = c.bind(value.text, "text")
		if !a.CaseExact {
			left, right = "lower("+expr+")", "lower("+right+")"
		}
	}
	return left + sqlOperator(op) + right
}

func (c *compiler) like(a *Attribute, expr, pattern string) string {
	operator := " ilike "
	if a.CaseExact && a.Type == TypeString {
		operator = " like "
	}
	if a.Type == TypeEnum {
		expr += "::text"
	}
	return expr + operator + c.bind(pattern, "text") + ` escape '\'`
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func escapeLike(text string) string { return likeEscaper.Replace(text) }

// numberType keeps whole numbers bigint, so that an index over an integer column serves the comparison.
func numberType(text string) string {
	if len(text) <= 18 && digits(strings.TrimPrefix(text, "-")) == len(strings.TrimPrefix(text, "-")) {
		return "bigint"
	}
	return "numeric"
}

func sqlOperator(op Op) string {
	switch op {
	case OpNotEqual:
		return " is distinct from "
	case OpGreater:
		return " > "
	case OpGreaterOrEqual:
		return " >= "
	case OpLess:
		return " < "
	case OpLessOrEqual:
		return " <= "
	default:
		return " = "
	}
}

func (a *Attribute) presentSQL() string {
	switch {
	case a.JSON == nil:
		return a.presentExpression(a.SQL)
	case a.JSON.Multi:
		return a.existsItem("coalesce(" + jsonItem + " #>> '{}', '') <> ''")
	default:
		return "coalesce(" + a.jsonText() + ", '') <> ''"
	}
}

func (a *Attribute) presentExpression(expr string) string {
	if a.Type == TypeString {
		return "coalesce(" + expr + ", '') <> ''"
	}
	return expr + " is not null"
}

func (a *Attribute) jsonText() string {
	return "(" + a.JSON.Column + " ->> '" + a.JSON.Key + "')"
}

func (a *Attribute) jsonExpression() string {
	return a.typed(a.JSON.Column+" -> '"+a.JSON.Key+"'", a.jsonText())
}

func (a *Attribute) itemExpression() string {
	return a.typed(jsonItem, "("+jsonItem+" #>> '{}')")
}

// typed casts a jsonb value to the attribute's type; what does not have that shape becomes null.
func (a *Attribute) typed(value, text string) string {
	switch a.Type {
	case TypeNumber:
		return "(case jsonb_typeof(" + value + ") when 'number' then " + text + "::numeric end)"
	case TypeBool:
		return "(case jsonb_typeof(" + value + ") when 'boolean' then " + text + "::boolean end)"
	case TypeTime:
		return "(case when " + text + " ~ " + sqlTimeShape + " and " + sqlDateExists(text) + " then " +
			sqlInstant(text) + " end)"
	case TypeUUID:
		return "(case when " + text + " ~ " + sqlUUIDShape + " then " + text + "::uuid end)"
	default:
		return text
	}
}

// sqlDateExists is false for days like the 30th of February, on which a cast would fail the whole query.
func sqlDateExists(text string) string {
	return "jsonb_path_exists(to_jsonb(left(" + text + ", 10)), '$.datetime()', '{}', true)"
}

// sqlInstant reads a date as its first moment in UTC, as literals are read, whatever the session's time zone is.
func sqlInstant(text string) string {
	return "(" + text + " || case length(" + text + ") when 10 then 'T00:00:00Z' else '' end)::timestamptz"
}

// existsItem asks for one element of a multi-valued custom attribute; a single value stored bare counts as one element.
func (a *Attribute) existsItem(condition string) string {
	member := a.JSON.Column + " -> '" + a.JSON.Key + "'"
	return "exists (select 1 from jsonb_array_elements(case coalesce(jsonb_typeof(" + member + "), 'null') when 'array' then " + member +
		" when 'null' then '[]' else jsonb_build_array(" + member + ") end) as filter_item(value) where (" +
		condition + "))"
}
