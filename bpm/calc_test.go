package bpm

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
)

// calc is the tiny language that scripts of tests are in: assignments and one-operator expressions, separated by semicolons.
//
//	n = n + 1; ok = n > 3
//	throw 'no-money The account is empty'
type calc struct{ values map[string]any }

var (
	operation  = regexp.MustCompile(`^(.+?)\s*(==|!=|>=|<=|>|<|\+|-)\s*(.+)$`)
	assignment = regexp.MustCompile(`^([A-Za-z_]\w*)\s*=\s*([^=].*)$`)
)

// evaluateCall gives what a script of a test comes to.
func evaluateCall(text string, seen Values) Result {
	c := calc{values: map[string]any{}}
	for name, raw := range seen {
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			return Result{Fault: &Fault{Code: "calc", Message: err.Error()}}
		}
		c.values[name] = value
	}
	before := maps.Clone(c.values)
	var last any
	for statement := range strings.SplitSeq(text, ";") {
		value, fault := c.statement(strings.TrimSpace(statement))
		if fault != nil {
			return Result{Fault: fault}
		}
		last = value
	}
	result := Result{Value: encode(last), Changed: Values{}}
	for name, value := range c.values {
		if old, found := before[name]; !found || fmt.Sprint(old) != fmt.Sprint(value) {
			result.Changed[name] = encode(value)
		}
	}
	return result
}

func encode(value any) json.RawMessage {
	data, err := json.Marshal(value)
	if err != nil {
		return json.RawMessage("null")
	}
	return data
}

func (c calc) statement(text string) (any, *Fault) {
	if rest, found := strings.CutPrefix(text, "throw "); found {
		code, message, _ := strings.Cut(strings.Trim(rest, "'"), " ")
		return nil, &Fault{Code: code, Message: message}
	}
	if parts := assignment.FindStringSubmatch(text); parts != nil {
		value, fault := c.expression(parts[2])
		c.values[parts[1]] = value
		return value, fault
	}
	return c.expression(text)
}

func (c calc) expression(text string) (any, *Fault) {
	text = strings.TrimSpace(text)
	if inside, found := strings.CutPrefix(text, "("); found {
		text = strings.TrimSpace(strings.TrimSuffix(inside, ")"))
	}
	if parts := operation.FindStringSubmatch(text); parts != nil && !strings.HasPrefix(text, "'") && !strings.HasPrefix(text, "[") {
		left, fault := c.expression(parts[1])
		if fault != nil {
			return nil, fault
		}
		right, fault := c.expression(parts[3])
		if fault != nil {
			return nil, fault
		}
		return operate(left, parts[2], right), nil
	}
	if inside, found := strings.CutPrefix(text, "'"); found {
		return strings.TrimSuffix(inside, "'"), nil
	}
	var value any
	if err := json.Unmarshal([]byte(text), &value); err == nil {
		return value, nil
	}
	value, found := c.values[text]
	if !found {
		return nil, &Fault{Code: "unknown-name", Message: text + " is not defined"}
	}
	return value, nil
}

func operate(left any, operator string, right any) any {
	a, numbers := left.(float64)
	b, alsoNumber := right.(float64)
	numbers = numbers && alsoNumber
	switch operator {
	case "==":
		return fmt.Sprint(left) == fmt.Sprint(right)
	case "!=":
		return fmt.Sprint(left) != fmt.Sprint(right)
	case "+":
		if !numbers {
			return show(left) + show(right)
		}
		return a + b
	case "-":
		return a - b
	case ">":
		return numbers && a > b
	case "<":
		return numbers && a < b
	case ">=":
		return numbers && a >= b
	default:
		return numbers && a <= b
	}
}

func show(value any) string {
	if number, is := value.(float64); is {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}
