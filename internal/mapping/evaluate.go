package mapping

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// conditionScript is the name under which a mapping's condition is handed to the evaluator.
const conditionScript = "condition"

// Script is one script of a mapping.
type Script struct {
	Name   string // unique within a call, for logs: "row 3: departmentNumber", "condition"
	Source string
	// Guard names another script of the same call, usually the condition. Where that one yields a falsy value for an
	// object, this one should not run for it, because scripts may have effects; its value is not looked at.
	Guard string
}

// Value is what a script yields for one object.
type Value struct {
	V   any
	Err error
}

// Evaluator runs scripts. It is implemented by the script host.
type Evaluator interface {
	// Evaluate runs every script over every object, with the object's attributes as variables, and returns one list of
	// values per object, in the order of the scripts. What fails for one object is told in its Value; the error is for
	// the whole call (context ended, script host gone).
	Evaluate(ctx context.Context, scripts []Script, objects []map[string]any) ([][]Value, error)
}

// ErrNoEvaluator says that a mapping with scripts was given no evaluator.
var ErrNoEvaluator = errors.New("mapping: the mapping has scripts and needs an evaluator")

// RowError is the failure of one row for one object.
type RowError struct {
	Row    int    // index in ObjectMapping.Rows, -1 for the condition
	Target string // the path that was to be written, "condition" for the condition
	Err    error
}

// Error names the row as people count, from 1.
func (e *RowError) Error() string {
	if e.Row < 0 {
		return "condition: " + e.Err.Error()
	}
	return fmt.Sprintf("row %d (%s): %s", e.Row+1, e.Target, e.Err)
}

// Unwrap returns the cause.
func (e *RowError) Unwrap() error { return e.Err }

// Result is the translation of one object.
type Result struct {
	// Applies is false if the condition is not true for the object; Object is nil then. After a failed condition it is
	// false as well, with an error: that must not be taken for an object that ceased to apply.
	Applies bool
	// Object holds the rows that worked; it shares no maps or lists with its source.
	Object map[string]any
	// Errors names the rows that failed.
	Errors []*RowError
}

// Err joins the errors of the rows, nil if all worked. An object with an error should not be sent to a system.
func (r Result) Err() error {
	errs := make([]error, len(r.Errors))
	for i, e := range r.Errors {
		errs[i] = e
	}
	return errors.Join(errs...)
}

// Out translates Provost objects to objects of the system, one result per object in the same order. The evaluator is
// called once for all objects and scripts, and not at all (it may be nil) if the mapping has no scripts. The error is the
// evaluator's or the context's; what is wrong with single objects is in their results.
func (c *Compiled) Out(ctx context.Context, batch []map[string]any, evaluator Evaluator) ([]Result, error) {
	return c.out.translate(ctx, c.condition, c.outScripts(), batch, evaluator)
}

// In translates objects of the system to Provost objects, as [Compiled.Out] does. The condition speaks about Provost
// objects and is not asked.
func (c *Compiled) In(ctx context.Context, batch []map[string]any, evaluator Evaluator) ([]Result, error) {
	always := source{path: Path{literal: true, value: true}}
	return c.in.translate(ctx, always, c.in.scripts, batch, evaluator)
}

// outScripts puts the condition in front of the rows' scripts and makes it their guard.
func (c *Compiled) outScripts() []Script {
	if !c.condition.isScript {
		return c.out.scripts
	}
	scripts := make([]Script, 0, len(c.out.scripts)+1)
	scripts = append(scripts, Script{Name: conditionScript, Source: c.mapping.Condition})
	for _, s := range c.out.scripts {
		s.Guard = conditionScript
		scripts = append(scripts, s)
	}
	return scripts
}

func (f flow) translate(
	ctx context.Context, condition source, scripts []Script, batch []map[string]any, evaluator Evaluator,
) ([]Result, error) {
	values, err := evaluate(ctx, scripts, batch, evaluator)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(batch))
	for i, object := range batch {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("mapping: %w", context.Cause(ctx))
		}
		var own []Value
		if values != nil {
			own = values[i]
		}
		if condition.isScript {
			results[i] = f.guarded(own[0], object, own[1:])
		} else if Truthy(condition.path.Get(object)) {
			results[i] = f.object(object, own)
		}
	}
	return results, nil
}

func evaluate(ctx context.Context, scripts []Script, batch []map[string]any, evaluator Evaluator) ([][]Value, error) {
	if len(scripts) == 0 || len(batch) == 0 {
		return nil, nil
	}
	if evaluator == nil {
		return nil, ErrNoEvaluator
	}
	values, err := evaluator.Evaluate(ctx, scripts, batch)
	if err != nil {
		return nil, fmt.Errorf("mapping: evaluating %d scripts over %d objects: %w", len(scripts), len(batch), err)
	}
	if len(values) != len(batch) {
		return nil, fmt.Errorf("mapping: the evaluator answered for %d of %d objects", len(values), len(batch))
	}
	for i, own := range values {
		if len(own) != len(scripts) {
			return nil, fmt.Errorf("mapping: the evaluator gave %d of %d values for object %d", len(own), len(scripts), i)
		}
	}
	return values, nil
}

func (f flow) guarded(condition Value, object map[string]any, values []Value) Result {
	if condition.Err != nil {
		return Result{Errors: []*RowError{{Row: -1, Target: conditionScript, Err: condition.Err}}}
	}
	if !Truthy(condition.V) {
		return Result{}
	}
	return f.object(object, values)
}

// object translates one object to which the mapping applies.
func (f flow) object(object map[string]any, values []Value) Result {
	result := Result{Applies: true, Object: make(map[string]any, len(f.rows))}
	for _, row := range f.rows {
		value, err := row.value(object, values)
		if err == nil {
			err = row.target.Assign(result.Object, value)
		}
		if err != nil {
			result.Errors = append(result.Errors, &RowError{Row: row.row, Target: row.target.String(), Err: err})
		}
	}
	return result
}

func (r flowRow) value(object map[string]any, values []Value) (any, error) {
	if r.source.isScript {
		v := values[r.source.script]
		return v.V, v.Err
	}
	return Clone(r.source.path.Get(object)), nil
}

// Truthy tells whether a script's result counts as true, as in JavaScript: not nil, false, the empty text, zero or NaN.
// Conditions and triggers are judged by it.
func Truthy(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case int64:
		return v != 0
	case int:
		return v != 0
	case float64:
		return v != 0 && !math.IsNaN(v)
	}
	return true
}
